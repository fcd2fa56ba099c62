// SPDX-License-Identifier: GPL-2.0-only
/*
 * An Intel 8254 programmable interval timer, after its data sheet (order
 * number 231164).
 *
 * This is the chip and nothing else: no locks, no VM, no timers.  pit.c owns
 * one, serialises every call and tells the time.
 *
 * A counter is kept as the pulse at which its count was loaded; what it holds
 * and whether OUT is high follow from the pulses since.  Counts that wait for
 * a pulse, for the end of a cycle or for a trigger are loaded by the first
 * call behind that time (catch_up()), which changes nothing that can be seen.
 *
 * Deviation: a counter without a count reads 0, where the data sheet leaves it
 * undefined; BCD digits above 9 count as their value; the count 1, illegal in
 * modes 2 and 3, has no edges.
 */
#include <linux/bcd.h>
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/time64.h>

#include "pit8254.h"

#define REG_CONTROL	3

#define CONTROL_BCD	BIT(0)
#define CONTROL_MODE_SHIFT 1
#define CONTROL_RW_SHIFT 4
#define CONTROL_BITS	0x3f		/* without the counter's number */
#define CONTROL_SC_SHIFT 6
#define SC_READ_BACK	3
#define READ_BACK_NO_COUNT BIT(5)
#define READ_BACK_NO_STATUS BIT(4)
#define STATUS_NULL	BIT(6)
#define STATUS_OUT	BIT(7)

/* Control word, RW1 and RW0 */
enum rw { RW_LATCH, RW_LSB, RW_MSB, RW_BOTH };

/* What holds counting up: bits of counter->stop */
#define STOP_GATE	BIT(0)
#define STOP_BYTE	BIT(1)		/* mode 0 has one byte of a count */

static u32 mode_of(const struct atoll_pit_counter *c)
{
	u32 mode = (c->control >> CONTROL_MODE_SHIFT) & 7;

	/* Modes 2 and 3 take no notice of the uppermost bit */
	return mode > 5 ? mode - 4 : mode;
}

static enum rw rw_of(const struct atoll_pit_counter *c)
{
	return (c->control >> CONTROL_RW_SHIFT) & 3;
}

static bool is_periodic(const struct atoll_pit_counter *c)
{
	return mode_of(c) == 2 || mode_of(c) == 3;
}

/* Modes that a rising GATE starts, and that its level doesn't stop */
static bool is_triggered(const struct atoll_pit_counter *c)
{
	return mode_of(c) == 1 || mode_of(c) == 5;
}

/* How long OUT is high in a cycle of mode 3 */
static u32 high_half(u32 count)
{
	return (count + 1) / 2;
}

/* Pulses that were counted at pulse @t, since the load */
static s64 elapsed(const struct atoll_pit_counter *c, s64 t)
{
	return c->stop ? c->held : t - c->base;
}

static u32 in_cycle(const struct atoll_pit_counter *c, s64 t)
{
	return (u64)elapsed(c, t) % c->count;
}

/* "Mode Definitions" */
static u32 out(const struct atoll_pit_counter *c, s64 t)
{
	if (!c->running)
		return mode_of(c) != 0;
	switch (mode_of(c)) {
	case 0:
		/* Low from the first byte of a count on */
		return !c->pending && !(c->stop & STOP_BYTE) && elapsed(c, t) >= c->count;
	case 1:
		return elapsed(c, t) >= c->count;
	case 2:
		return c->stop || in_cycle(c, t) != c->count - 1;
	case 3:
		return c->stop || in_cycle(c, t) < high_half(c->count);
	default:
		return elapsed(c, t) != c->count;
	}
}

/* The counting element, in binary */
static u32 element(const struct atoll_pit_counter *c, s64 t)
{
	u32 half = high_half(c->count), pos;

	switch (mode_of(c)) {
	case 2:
		return c->count - in_cycle(c, t);
	case 3:
		/* By two in each half; an odd count is loaded less one */
		pos = in_cycle(c, t);
		return (c->count & ~1U) - 2 * (pos < half ? pos : pos - half);
	default:
		/* Behind 0 it wraps, and counts on */
		return c->count - (u64)elapsed(c, t);
	}
}

/* As a program reads it */
static u16 value(const struct atoll_pit_counter *c, s64 t)
{
	s64 e = elapsed(c, t);
	u32 val;

	if (!c->running)
		return 0;
	if (!(c->control & CONTROL_BCD))
		return element(c, t);
	val = is_periodic(c) ? element(c, t) : 2 * 10000 + c->count - (u64)e % 10000;
	val %= 10000;
	return bin2bcd(val / 100) << 8 | bin2bcd(val % 100);
}

/* The first pulse behind @after at which OUT rises, if no count is loaded */
static s64 next_rise(const struct atoll_pit_counter *c, s64 after)
{
	s64 first;

	if (!c->running || c->stop || (is_periodic(c) && c->count < 2))
		return ATOLL_PIT_NEVER;
	if (mode_of(c) == 0 && c->pending)
		return ATOLL_PIT_NEVER;
	first = c->base + c->count;
	/* A strobe is low for one pulse */
	if (mode_of(c) >= 4)
		first++;
	if (first > after)
		return first;
	if (!is_periodic(c))
		return ATOLL_PIT_NEVER;
	return first + ((after - first) / c->count + 1) * c->count;
}

/* "Counter Programming": the count register goes to the counting element */
static void load(struct atoll_pit_counter *c)
{
	c->count = c->reg;
	c->base = c->load_at;
	if (c->low_half)
		c->base -= high_half(c->count);
	c->held = 0;
	if (c->gate)
		c->stop &= ~STOP_GATE;
	c->running = 1;
	c->null = 0;
	c->pending = 0;
	c->low_half = 0;
}

static void note_rises(struct atoll_pit_counter *c, s64 t)
{
	if (next_rise(c, c->seen) <= t)
		c->rose = 1;
	c->seen = t;
}

/* Do what should have happened up to pulse @t */
static void catch_up(struct atoll_pit_counter *c, s64 t)
{
	if (c->pending && c->load_at <= t) {
		note_rises(c, c->load_at);
		load(c);
	}
	note_rises(c, t);
}

static void stop(struct atoll_pit_counter *c, u8 why, s64 t)
{
	c->held = elapsed(c, t);
	c->stop |= why;
}

static void go_on(struct atoll_pit_counter *c, u8 why, s64 t)
{
	c->stop &= ~why;
	if (!c->stop)
		c->base = t - c->held;
}

static void load_next_pulse(struct atoll_pit_counter *c, s64 t)
{
	c->pending = 1;
	c->low_half = 0;
	c->load_at = t + 1;
}

/* Modes 2 and 3 finish their cycle, or half of it, first */
static void load_behind_cycle(struct atoll_pit_counter *c, s64 t)
{
	u32 pos = in_cycle(c, t), half = high_half(c->count);

	c->pending = 1;
	c->low_half = mode_of(c) == 3 && pos < half;
	c->load_at = t - pos + (c->low_half ? half : c->count);
}

static void write_count(struct atoll_pit_counter *c, u16 val, s64 t)
{
	u32 limit = BIT(16);

	c->reg = val;
	if (c->control & CONTROL_BCD) {
		c->reg = bcd2bin(val >> 8) * 100 + bcd2bin(val & 0xff);
		limit = 10000;
	}
	if (!c->reg)
		c->reg = limit;
	c->written = 1;
	c->null = 1;
	if (is_triggered(c))
		return;
	if (!is_periodic(c) || !c->running)
		load_next_pulse(c, t);
	else if (!c->stop)
		load_behind_cycle(c, t);
}

static void write_byte(struct atoll_pit_counter *c, u8 val, s64 t)
{
	switch (rw_of(c)) {
	case RW_LSB:
		write_count(c, val, t);
		return;
	case RW_MSB:
		write_count(c, val << 8, t);
		return;
	default:
		break;
	}
	c->write_msb ^= 1;
	if (c->write_msb) {
		c->lsb = val;
		if (mode_of(c) == 0)
			stop(c, STOP_BYTE, t);
		return;
	}
	if (mode_of(c) == 0)
		go_on(c, STOP_BYTE, t);
	write_count(c, val << 8 | c->lsb, t);
}

static void latch_count(struct atoll_pit_counter *c, s64 t)
{
	/* One that was not read yet stays */
	if (c->latch_left)
		return;
	c->latch = value(c, t);
	c->latch_left = rw_of(c) == RW_BOTH ? 2 : 1;
}

static void latch_status(struct atoll_pit_counter *c, s64 t)
{
	if (c->status_latched)
		return;
	c->status_latched = 1;
	c->status = c->control | (c->null ? STATUS_NULL : 0) | (out(c, t) ? STATUS_OUT : 0);
}

static void program(struct atoll_pit_counter *c, u8 control, s64 t)
{
	*c = (struct atoll_pit_counter){
		.control = control & CONTROL_BITS,
		.gate = c->gate,
		.null = 1,
		.rose = c->rose,
		.seen = t,
	};
	if (!c->gate && !is_triggered(c))
		c->stop = STOP_GATE;
}

static void read_back(struct atoll_pit *pit, u8 val, s64 t)
{
	u32 n;

	for (n = 0; n < ATOLL_PIT_COUNTERS; n++) {
		if (!(val & BIT(n + 1)))
			continue;
		if (!(val & READ_BACK_NO_COUNT))
			latch_count(&pit->counter[n], t);
		if (!(val & READ_BACK_NO_STATUS))
			latch_status(&pit->counter[n], t);
	}
}

/* What may lift OUT at once: find out whether it did */
static void change(struct atoll_pit_counter *c, s64 t,
		   void (*how)(struct atoll_pit_counter *c, u8 val, s64 t), u8 val)
{
	u32 was = out(c, t);

	how(c, val, t);
	if (!was && out(c, t))
		c->rose = 1;
}

static s64 catch_up_all(struct atoll_pit *pit, u64 ns)
{
	s64 t = atoll_pit_pulses(ns);
	u32 n;

	for (n = 0; n < ATOLL_PIT_COUNTERS; n++)
		catch_up(&pit->counter[n], t);
	return t;
}

/**
 * atoll_pit_write() - the processor writes to the chip
 * @pit:	the chip
 * @reg:	0 to 2 a counter, 3 the control word
 * @val:	the byte
 * @ns:		the time
 */
void atoll_pit_write(struct atoll_pit *pit, u32 reg, u8 val, u64 ns)
{
	s64 t = catch_up_all(pit, ns);
	u32 n = val >> CONTROL_SC_SHIFT;

	if (reg != REG_CONTROL)
		change(&pit->counter[reg], t, write_byte, val);
	else if (n == SC_READ_BACK)
		read_back(pit, val, t);
	else if (((val >> CONTROL_RW_SHIFT) & 3) == RW_LATCH)
		latch_count(&pit->counter[n], t);
	else
		change(&pit->counter[n], t, program, val);
}

static u8 read_latch(struct atoll_pit_counter *c)
{
	u8 msb = rw_of(c) == RW_MSB || (rw_of(c) == RW_BOTH && c->latch_left == 1);

	c->latch_left--;
	return msb ? c->latch >> 8 : c->latch;
}

/**
 * atoll_pit_read() - the processor reads from the chip
 * @pit:	the chip
 * @reg:	0 to 2 a counter; the control word can't be read
 * @ns:		the time
 *
 * Return: the byte.
 */
u8 atoll_pit_read(struct atoll_pit *pit, u32 reg, u64 ns)
{
	s64 t = catch_up_all(pit, ns);
	struct atoll_pit_counter *c;
	u8 msb;

	if (reg == REG_CONTROL)
		return 0xff;
	c = &pit->counter[reg];
	if (c->status_latched) {
		c->status_latched = 0;
		return c->status;
	}
	if (c->latch_left)
		return read_latch(c);
	msb = rw_of(c) == RW_MSB;
	if (rw_of(c) == RW_BOTH) {
		msb = c->read_msb;
		c->read_msb ^= 1;
	}
	return msb ? value(c, t) >> 8 : value(c, t);
}

static void set_gate(struct atoll_pit_counter *c, u8 level, s64 t)
{
	bool rises = level && !c->gate;
	bool falls = !level && c->gate;

	c->gate = level;
	if (falls && !is_triggered(c)) {
		stop(c, STOP_GATE, t);
		/* What waited for the end of the cycle waits for the trigger */
		if (is_periodic(c) && c->running)
			c->pending = 0;
	}
	if (!rises)
		return;
	if (!is_triggered(c) && !is_periodic(c))
		go_on(c, STOP_GATE, t);
	else if (c->written)
		load_next_pulse(c, t);
}

/**
 * atoll_pit_set_gate() - drive a counter's GATE input
 * @pit:	the chip
 * @n:		which counter
 * @level:	0: low
 * @ns:		the time
 */
void atoll_pit_set_gate(struct atoll_pit *pit, u32 n, u32 level, u64 ns)
{
	s64 t = catch_up_all(pit, ns);

	change(&pit->counter[n], t, set_gate, !!level);
}

/**
 * atoll_pit_out() - the level of a counter's OUT
 * @pit:	the chip
 * @n:		which counter
 * @ns:		the time
 *
 * Return: 0 or 1.
 */
u32 atoll_pit_out(struct atoll_pit *pit, u32 n, u64 ns)
{
	s64 t = catch_up_all(pit, ns);

	return out(&pit->counter[n], t);
}

/**
 * atoll_pit_rose() - has a counter's OUT risen since the last call?
 * @pit:	the chip
 * @n:		which counter
 * @ns:		the time
 *
 * Return: true: at least once.
 */
bool atoll_pit_rose(struct atoll_pit *pit, u32 n, u64 ns)
{
	struct atoll_pit_counter *c = &pit->counter[n];
	bool rose;

	catch_up_all(pit, ns);
	rose = c->rose;
	c->rose = 0;
	return rose;
}

/**
 * atoll_pit_next_rise() - when will a counter's OUT rise, if left alone?
 * @pit:	the chip
 * @n:		which counter
 *
 * Return: the time in nanoseconds, behind that of the last call; U64_MAX:
 * it won't.
 */
u64 atoll_pit_next_rise(struct atoll_pit *pit, u32 n)
{
	struct atoll_pit_counter c = pit->counter[n];
	s64 rise = next_rise(&c, c.seen);

	if (c.pending && c.load_at < rise) {
		c.seen = c.load_at;
		load(&c);
		rise = next_rise(&c, c.seen);
	}
	if (rise == ATOLL_PIT_NEVER)
		return U64_MAX;
	return mul_u64_u32_div(rise, NSEC_PER_SEC, ATOLL_PIT_HZ) + 1;
}

/**
 * atoll_pit_pulses() - how many pulses of the clock are in a time
 * @ns:		the time
 */
s64 atoll_pit_pulses(u64 ns)
{
	return mul_u64_u32_div(ns, ATOLL_PIT_HZ, NSEC_PER_SEC);
}

/**
 * atoll_pit_reset() - power-on state
 * @pit:	the chip
 * @ns:		the time
 *
 * The data sheet leaves it undefined up to the first control word: have the
 * counters wait for a count with OUT high.  GATE is high but for counter 2's.
 */
void atoll_pit_reset(struct atoll_pit *pit, u64 ns)
{
	u32 n;

	memset(pit, 0, sizeof(*pit));
	for (n = 0; n < ATOLL_PIT_COUNTERS; n++) {
		pit->counter[n].gate = n != 2;
		program(&pit->counter[n], RW_BOTH << CONTROL_RW_SHIFT | 2 << CONTROL_MODE_SHIFT,
			atoll_pit_pulses(ns));
	}
}
