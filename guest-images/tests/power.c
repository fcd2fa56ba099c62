// SPDX-License-Identifier: GPL-2.0-only
/*
 * The clock, the power management timer, and the ways to end: power off, be
 * reset, panic.  A reset guest finds its memory and devices as at the start;
 * the clock's battery keeps what tells the lives apart.
 *
 * expect: exit 0
 * expect: exit 0
 * append: off
 * expect: crash the guest's kernel panicked
 * append: panic
 */
#include "guest.h"

#define RTC_IRQ		8
#define RTC_A		10
#define RTC_B		11
#define RTC_C		12
#define RTC_PIE		0x40
#define RTC_24H		0x02
#define RTC_LIVES	0x40		/* a byte that nobody else uses */

#define PM1_STATUS	0x600
#define PM1_CONTROL	0x604
#define PM_TIMER	0x608
#define SMI_CMD		0xb2
#define PANIC		0x505
#define RESET		0xcf9
#define KBC		0x64

#define S5		(5 << 10 | 1 << 13)

static volatile u32 ticks;
/* Not zero, so that it lies in the image, and a reset must load it again */
static volatile u32 fresh = 0x1234;

static u8 rtc_read(u8 reg)
{
	outb(0x70, reg);
	return inb(0x71);
}

static void rtc_write(u8 reg, u8 val)
{
	outb(0x70, reg);
	outb(0x71, val);
}

static void tick(struct trap_frame *frame)
{
	ticks++;
	rtc_read(RTC_C);
	pic_eoi(RTC_IRQ);
}

static u32 bcd(u8 byte)
{
	return (byte >> 4) * 10 + (byte & 15);
}

static void check_clock(void)
{
	u32 century = bcd(rtc_read(0x32)), month = bcd(rtc_read(8));
	u32 start, us;

	report(century >= 20 && month >= 1 && month <= 12 && bcd(rtc_read(2)) < 60,
	       "the clock shows a date, century %u, month %u", century, month);

	pic_init();
	trap_set(PIC_VECTOR + RTC_IRQ, tick);
	pic_mask((u16)~(BIT(2) | BIT(RTC_IRQ)));
	rtc_write(RTC_A, 0x2a);		/* 64 Hz */
	/* In this order: a period that ends in between counts */
	start = inl(PM_TIMER);
	rtc_read(RTC_C);
	rtc_write(RTC_B, RTC_24H | RTC_PIE);
	while (ticks < 16)
		sti_hlt_cli();
	us = (u64)(u32)(inl(PM_TIMER) - start) * 1000000 / 3579545;
	rtc_write(RTC_B, RTC_24H);
	/* Whoever is late is late; but nobody may be early */
	report(us >= 230000, "16 periodic interrupts of 64 Hz take a quarter of a second, %u us",
	       us);
}

static void check_pm(void)
{
	u32 a = inl(PM_TIMER), i, back = 0, b;

	for (i = 0; i < 1000; i++) {
		b = inl(PM_TIMER);
		back += b - a > 0x80000000;
		a = b;
	}
	report(!back, "the timer never goes back");
	report(!(inw(PM1_CONTROL) & 1), "ACPI is off at first");
	outb(SMI_CMD, 0xf1);
	report(inw(PM1_CONTROL) & 1, "and on when the guest says so");
	report(!(inw(PM1_STATUS) & 0x100), "nobody has pressed the button");
	report(inb(PANIC) == 3, "the panic port knows its events, %x", inb(PANIC));
	report(inb(KBC) == 0xff, "there is no keyboard controller, %x", inb(KBC));
}

/* Each way to be reset once, and what a reset leaves */
static void live(u32 life)
{
	rtc_write(RTC_LIVES, life + 1);
	report(fresh == 0x1234, "life %u: memory is as it was loaded, %x", life, fresh);
	report(!(inw(PM1_CONTROL) & 1), "life %u: ACPI is off", life);
	outb(SMI_CMD, 0xf1);
	fresh = 0;
	if (life == 0)
		outb(RESET, 0x06);
	else if (life == 1)
		outb(KBC, 0xfe);
	else
		return;
	report(0, "life %u: it goes on behind the reset", life);
}

int main(void)
{
	if (boot_has("panic")) {
		outb(PANIC, 2);
		outb(PANIC, 1);
	}
	if (boot_has("off")) {
		outw(PM1_CONTROL, S5);
		report(0, "it goes on behind the power-off");
		return report_summary();
	}
	live(rtc_read(RTC_LIVES));
	outb(SMI_CMD, 0xf0);
	check_clock();
	check_pm();
	return report_summary();
}
