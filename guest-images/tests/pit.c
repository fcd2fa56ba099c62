// SPDX-License-Identifier: GPL-2.0-only
/*
 * The 8254: counting in each mode, latches, counter 2 through port 0x61, and
 * IRQ 0 at the rate that was asked for (Intel 8254, 231164).
 *
 * Nobody knows how long the machine holds the guest up, so time is compared
 * with time: what came too soon is wrong, what came late once is tried again.
 *
 * expect: exit 0
 */
#include "guest.h"

#define PATIENCE	2000000UL
#define MS(n)		((n) * PIT_HZ / 1000)

static volatile u32 taken;

static void handler(struct trap_frame *frame)
{
	taken++;
	pic_eoi(PIT_IRQ);
}

/* Counter 2 in @mode with @count, started */
static void start2(u8 mode, u16 count)
{
	pit_gate2(0);
	pit_mode(2, mode);
	pit_write(2, count);
	pit_gate2(1);
}

static int wait_out2(int level)
{
	ulong i;

	for (i = 0; i < PATIENCE; i++)
		if (pit_out2() == level)
			return 1;
	return 0;
}

static void wait_loaded(void)
{
	while (pit_status(2) & PIT_STATUS_NULL)
		barrier();
}

/* Some time, during which counter 2's output should stay low; does it? */
static int stays_low(void)
{
	u32 i, low = 1;

	for (i = 0; i < 1000; i++)
		low &= !pit_out2();
	return low;
}

static void check_modes(void)
{
	u32 mode, i, down;
	u16 last, v, odd;

	for (mode = 0; mode < 6; mode++) {
		start2(mode, 0xfffe);
		wait_loaded();
		down = 0;
		odd = 0;
		last = pit_read_latched(2);
		for (i = 0; i < 40; i++) {
			v = pit_read_latched(2);
			down += v < last;
			odd |= v & 1;
			last = v;
		}
		/* All but where it wrapped */
		report(down >= 30, "the counter goes down in mode %u, %u of 40", mode, down);
		if (mode == 3)
			report(!odd, "and by two in mode 3");
	}
}

static void check_gate(void)
{
	u16 a, b;

	start2(2, 0);
	pit_gate2(0);
	a = pit_read(2);
	report(a == pit_read(2) && a == pit_read_latched(2), "a low gate stops counter 2, at %x", a);
	report(pit_out2(), "and lifts its output in mode 2");

	pit_mode(2, 0);
	report(!pit_out2(), "mode 0 begins with a low output");
	pit_write(2, MS(1));
	wait_loaded();
	a = pit_read_latched(2);
	report(stays_low(), "which lasts while the gate is low");
	b = pit_read_latched(2);
	report(a == MS(1) && b == MS(1), "and so does the count, %x, %x", a, b);
	pit_gate2(1);
	report(wait_out2(1), "with a high gate it expires");
	pit_mode(2, 0);
	report(!pit_out2(), "until the next control word");
}

static void check_square(void)
{
	u32 tries = 0;

	start2(3, MS(10));
	report(wait_out2(0) && wait_out2(1) && wait_out2(0), "mode 3 swings the output");
	do
		start2(1, MS(50));
	while (pit_out2() && ++tries < 100);
	report(tries < 100 && wait_out2(1), "mode 1 has a pulse, started by the gate");
}

static void check_latches(void)
{
	u8 status;
	u16 v;

	pit_gate2(0);
	pit_mode(2, 4);
	status = pit_status(2);
	report(status == (PIT_STATUS_OUT | PIT_STATUS_NULL | PIT_BOTH | PIT_MODE(4)),
	       "the status has the mode, and no count, %x", status);
	pit_write(2, 0x5678);
	wait_loaded();
	outb(PIT_CONTROL, PIT_READ_BACK | PIT_BACK(2));
	/* It runs, and another latch has no effect */
	pit_gate2(1);
	stays_low();
	outb(PIT_CONTROL, PIT_READ_BACK | PIT_BACK(2));
	outb(PIT_CONTROL, PIT_SELECT(2) | PIT_LATCH);
	status = inb(PIT_COUNTER(2));
	v = pit_read(2);
	report(status == (PIT_STATUS_OUT | PIT_BOTH | PIT_MODE(4)) && v == 0x5678,
	       "read-back has status and count as they were, %x, %x", status, v);
	report(inb(PIT_CONTROL) == 0xff, "the control word can't be read");

	outb(PIT_CONTROL, PIT_SELECT(2) | PIT_MSB | PIT_MODE(0) | PIT_BCD);
	pit_gate2(0);
	outb(PIT_COUNTER(2), 0x42);
	wait_loaded();
	report(inb(PIT_COUNTER(2)) == 0x42 && inb(PIT_COUNTER(2)) == 0x42,
	       "one byte can be all there is to it");
}

static void check_port61(void)
{
	u8 seen = 0, v;
	ulong i;

	for (v = 0; v < 16; v++) {
		outb(PIT_PORT61, 0xf0 | v);
		seen |= (inb(PIT_PORT61) & 0xcf) ^ v;
	}
	report(!seen, "port 61 keeps its lower four bits, and has no errors to tell, %x", seen);
	outb(PIT_PORT61, 0);
	for (i = 0; i < PATIENCE && seen != 3; i++)
		seen |= inb(PIT_PORT61) & PIT_REFRESH ? 1 : 2;
	report(seen == 3, "its refresh bit toggles");
}

/* Counter 0 in @mode, its edges of the past forgotten, waiting for a count */
static void set_up(u8 mode)
{
	pit_mode(0, mode);
	pic_init();
	pic_mask((u16)~BIT(PIT_IRQ));
	taken = 0;
}

static void silence(void)
{
	pit_mode(0, 0);
	pic_mask(0xffff);
}

/* With interrupts on, until counter 2 has counted @count */
static void run_for(u16 count)
{
	start2(0, count);
	irq_on();
	wait_out2(1);
	irq_off();
}

static void check_once(void)
{
	u32 n;

	set_up(0);
	pit_write(0, MS(1));
	while (!taken)
		sti_hlt_cli();
	n = taken;
	run_for(MS(40));
	report(n == 1 && taken == 1, "mode 0 wakes HLT once, %u, and comes once, %u", n, taken);
	pit_write(0, MS(1));
	while (taken < 2)
		sti_hlt_cli();
	report(taken == 2, "and for each count again, %u", taken);
	silence();
}

/* Halts for @n interrupts; has counter 2 counted @count meanwhile? */
static int outlasts(u32 n, u16 count)
{
	start2(0, count);
	taken = 0;
	while (taken < n)
		sti_hlt_cli();
	return pit_out2();
}

static void check_rate(u8 mode)
{
	int soon, late, tries;
	u32 n;

	set_up(mode);
	pit_write(0, MS(2));
	soon = !outlasts(20, MS(30));
	late = 1;
	for (tries = 0; tries < 50 && late; tries++)
		late = outlasts(10, MS(45));
	report(!soon, "20 periods of 2 ms in mode %u are not over within 30 ms", mode);
	report(!late, "and 10 of them are within 45 ms");
	taken = 0;
	run_for(MS(40));
	n = taken;
	report(n > 0 && n <= 40, "nor does a busy guest get more, %u in 40 ms", n);
	pit_mode(0, 0);
	taken = 0;
	run_for(MS(10));
	report(!taken, "a control word ends it, %u", taken);
	silence();
}

/* Far more often than the host lets it: that is its own affair, not a storm */
static void check_fastest(void)
{
	u32 n;

	set_up(2);
	pit_write(0, 2);
	run_for(MS(50));
	n = taken;
	silence();
	report(n > 0, "the shortest period gets interrupts, %u in 50 ms", n);
}

int main(void)
{
	trap_set(PIC_VECTOR + PIT_IRQ, handler);
	check_modes();
	check_gate();
	check_square();
	check_latches();
	check_port61();
	check_once();
	check_rate(2);
	check_rate(3);
	check_fastest();
	return report_summary();
}
