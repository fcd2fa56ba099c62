// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MC146818, each case from a section of Motorola's data sheet.  The host's
 * time is a number that the test moves.
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "../../kmod/dev/rtc.h"

#define SECOND		NSEC_PER_SEC
#define MS		NSEC_PER_MSEC
#define US		NSEC_PER_USEC
/* Saturday, 29 February 2020, 23:59:58 UTC */
#define LEAP_NIGHT	1583020798ULL

#define SET		0x80
#define PIE		0x40
#define AIE		0x20
#define UIE		0x10
#define BINARY		0x04
#define HOURS_24	0x02
#define IRQF		0x80
#define PF		0x40
#define AF		0x20
#define UF		0x10

struct desk {
	struct atoll_rtc_chip chip;
	u64 now;
};

static struct desk *new_desk(struct kunit *test)
{
	struct desk *d = kunit_kzalloc(test, sizeof(*d), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, d);
	d->now = LEAP_NIGHT * SECOND;
	atoll_rtc_chip_init(&d->chip, d->now);
	return d;
}

static u8 get(struct desk *d, u8 reg)
{
	atoll_rtc_chip_write(&d->chip, 0, reg, d->now);
	return atoll_rtc_chip_read(&d->chip, 1, d->now);
}

static void put(struct desk *d, u8 reg, u8 val)
{
	atoll_rtc_chip_write(&d->chip, 0, reg, d->now);
	atoll_rtc_chip_write(&d->chip, 1, val, d->now);
}

static u32 irq(struct desk *d)
{
	atoll_rtc_chip_sync(&d->chip, d->now);
	return atoll_rtc_chip_irq(&d->chip);
}

static void expect_time(struct kunit *test, struct desk *d, u8 hour, u8 minute, u8 second)
{
	KUNIT_EXPECT_EQ(test, get(d, 4), hour);
	KUNIT_EXPECT_EQ(test, get(d, 2), minute);
	KUNIT_EXPECT_EQ(test, get(d, 0), second);
}

static void expect_date(struct kunit *test, struct desk *d, u8 century, u8 year,
			u8 month, u8 day, u8 weekday)
{
	KUNIT_EXPECT_EQ(test, get(d, 0x32), century);
	KUNIT_EXPECT_EQ(test, get(d, 9), year);
	KUNIT_EXPECT_EQ(test, get(d, 8), month);
	KUNIT_EXPECT_EQ(test, get(d, 7), day);
	KUNIT_EXPECT_EQ(test, get(d, 6), weekday);
}

/* "Time, Calendar, and Alarm Locations": all formats, over midnight */
static void shows_utc_in_every_format(struct kunit *test)
{
	struct desk *d = new_desk(test);

	KUNIT_EXPECT_EQ(test, get(d, 13), 0x80);
	expect_time(test, d, 0x23, 0x59, 0x58);
	expect_date(test, d, 0x20, 0x20, 0x02, 0x29, 7);
	put(d, 11, HOURS_24 | BINARY);
	d->now += MS;
	expect_time(test, d, 23, 59, 58);
	put(d, 11, BINARY);
	d->now += MS;
	expect_time(test, d, 0x80 | 11, 59, 58);
	d->now += 2 * SECOND;
	expect_time(test, d, 12, 0, 0);
	expect_date(test, d, 20, 20, 3, 1, 1);
	put(d, 11, 0);
	d->now += 12 * 3600 * SECOND;
	expect_time(test, d, 0x80 | 0x12, 0, 0);
}

/* "SET": the time stands still, is written, and goes on from there */
static void is_set_by_the_guest(struct kunit *test)
{
	struct desk *d = new_desk(test);

	put(d, 11, SET | HOURS_24);
	d->now += 5 * SECOND;
	expect_time(test, d, 0x23, 0x59, 0x58);
	put(d, 0x32, 0x19);
	put(d, 9, 0x99);
	put(d, 8, 0x12);
	put(d, 7, 0x31);
	put(d, 4, 0x23);
	put(d, 2, 0x59);
	put(d, 0, 0x59);
	KUNIT_EXPECT_EQ(test, get(d, 9), 0x99);
	put(d, 11, HOURS_24);
	expect_time(test, d, 0x23, 0x59, 0x59);
	d->now += SECOND;
	expect_time(test, d, 0, 0, 0);
	expect_date(test, d, 0x20, 0x00, 0x01, 0x01, 7);
	/* and the battery keeps it */
	atoll_rtc_chip_reset(&d->chip, d->now);
	d->now += 60 * SECOND;
	expect_time(test, d, 0, 1, 0);
	/* A byte that is written without SET counts, too */
	put(d, 2, 0x30);
	d->now += SECOND;
	expect_time(test, d, 0, 0x30, 1);
}

/* "Divider Control": half a second after the reset is the first update */
static void starts_half_a_second_after_a_divider_reset(struct kunit *test)
{
	struct desk *d = new_desk(test);

	d->now += 123 * MS;
	put(d, 10, 0x76);
	d->now += 3 * SECOND;
	expect_time(test, d, 0x23, 0x59, 0x58);
	put(d, 0, 0x10);
	put(d, 10, 0x26);
	d->now += 499 * MS;
	expect_time(test, d, 0x23, 0x59, 0x10);
	d->now += 2 * MS;
	expect_time(test, d, 0x23, 0x59, 0x11);
}

/* "Update Cycle": UIP is up from 244 us before the cycle to its end */
static void tells_that_an_update_is_near(struct kunit *test)
{
	struct desk *d = new_desk(test);

	KUNIT_EXPECT_EQ(test, get(d, 10), 0x26);
	d->now += SECOND - 2229 * US;
	KUNIT_EXPECT_EQ(test, get(d, 10), 0x26);
	d->now += 2 * US;
	KUNIT_EXPECT_EQ(test, get(d, 10), 0xa6);
	put(d, 10, 0xa6);
	put(d, 11, SET);
	KUNIT_EXPECT_EQ(test, get(d, 10), 0x26);
	put(d, 11, 0);
	d->now += 2227 * US;
	KUNIT_EXPECT_EQ(test, get(d, 10), 0x26);
}

/* "Register C": flags rise without their enables, a read clears all of them */
static void reads_and_clears_flags(struct kunit *test)
{
	struct desk *d = new_desk(test);

	d->now += SECOND;
	KUNIT_EXPECT_EQ(test, get(d, 12), PF | UF);
	KUNIT_EXPECT_EQ(test, get(d, 12), 0);
	put(d, 11, HOURS_24 | UIE);
	KUNIT_EXPECT_EQ(test, atoll_rtc_chip_next(&d->chip), (LEAP_NIGHT + 2) * SECOND);
	KUNIT_EXPECT_EQ(test, irq(d), 0);
	d->now += SECOND;
	KUNIT_EXPECT_EQ(test, irq(d), 1);
	/* Nothing more happens before the guest has looked */
	KUNIT_EXPECT_EQ(test, atoll_rtc_chip_next(&d->chip), ATOLL_RTC_NEVER);
	/* It is midnight, where the alarm bytes stand */
	KUNIT_EXPECT_EQ(test, get(d, 12), IRQF | PF | AF | UF);
	KUNIT_EXPECT_EQ(test, irq(d), 0);
	/* SET clears UIE */
	put(d, 11, SET | HOURS_24 | UIE);
	KUNIT_EXPECT_EQ(test, get(d, 11), SET | HOURS_24);
}

/* "Alarm": bytes from 0xc0 on fit anything */
static void raises_alarms(struct kunit *test)
{
	struct desk *d = new_desk(test);
	u64 midnight = (LEAP_NIGHT + 2) * SECOND;

	put(d, 11, HOURS_24 | AIE);
	put(d, 5, 0x06);
	put(d, 3, 0x30);
	put(d, 1, 0x15);
	KUNIT_EXPECT_EQ(test, atoll_rtc_chip_next(&d->chip),
			midnight + (6 * 3600 + 30 * 60 + 15) * SECOND);
	put(d, 5, 0xff);
	put(d, 3, 0xc0);
	KUNIT_EXPECT_EQ(test, atoll_rtc_chip_next(&d->chip), midnight + 15 * SECOND);
	d->now = midnight + 14 * SECOND;
	KUNIT_EXPECT_EQ(test, irq(d), 0);
	d->now += SECOND;
	KUNIT_EXPECT_EQ(test, irq(d), 1);
	KUNIT_EXPECT_EQ(test, get(d, 12) & (IRQF | AF), IRQF | AF);
	/* One that was due while nobody looked */
	d->now += 3600 * SECOND;
	KUNIT_EXPECT_EQ(test, irq(d), 1);
	get(d, 12);
	/* One that never comes */
	put(d, 5, 0x30);
	KUNIT_EXPECT_EQ(test, atoll_rtc_chip_next(&d->chip), ATOLL_RTC_NEVER);
	put(d, 5, 0xff);
	put(d, 3, 0x60);
	KUNIT_EXPECT_EQ(test, atoll_rtc_chip_next(&d->chip), ATOLL_RTC_NEVER);
	put(d, 3, 0x59);
	put(d, 1, 0x60);
	KUNIT_EXPECT_EQ(test, atoll_rtc_chip_next(&d->chip), ATOLL_RTC_NEVER);
	put(d, 1, 0x59);
	KUNIT_EXPECT_EQ(test, atoll_rtc_chip_next(&d->chip), midnight + 2 * 3600 * SECOND - SECOND);
	/* and one in twelve hours' format: 2 in the afternoon */
	put(d, 11, AIE);
	put(d, 5, 0x82);
	put(d, 3, 0x00);
	put(d, 1, 0x00);
	KUNIT_EXPECT_EQ(test, atoll_rtc_chip_next(&d->chip), midnight + 14 * 3600 * SECOND);
}

/* "Periodic Interrupt Rate": the table, and none quicker than 8192 Hz */
static void repeats_at_the_chosen_rate(struct kunit *test)
{
	static const u32 hz[16] = {
		0, 256, 128, 8192, 4096, 2048, 1024, 512, 256, 128, 64, 32, 16, 8, 4, 2,
	};
	struct desk *d = new_desk(test);
	u64 next;
	u32 rs;

	put(d, 11, HOURS_24 | PIE);
	for (rs = 1; rs < 16; rs++) {
		put(d, 10, 0x20 | rs);
		get(d, 12);
		next = atoll_rtc_chip_next(&d->chip);
		KUNIT_EXPECT_EQ_MSG(test, next - d->now, DIV_ROUND_UP_ULL(SECOND, hz[rs]),
				    "rate %u", rs);
		d->now = next - 1;
		KUNIT_EXPECT_EQ(test, irq(d), 0);
		d->now = next;
		KUNIT_EXPECT_EQ(test, irq(d), 1);
		KUNIT_EXPECT_EQ(test, get(d, 12), IRQF | PF);
		d->now = (LEAP_NIGHT + 1 + rs) * SECOND;
	}
	put(d, 10, 0x20);
	get(d, 12);
	KUNIT_EXPECT_EQ(test, atoll_rtc_chip_next(&d->chip), ATOLL_RTC_NEVER);
}

static void survives_nonsense(struct kunit *test)
{
	struct desk *d = new_desk(test);
	u32 reg, val;

	for (reg = 0; reg < 256; reg++) {
		for (val = 0; val < 256; val += 5) {
			put(d, reg, val);
			d->now += SECOND;
			atoll_rtc_chip_next(&d->chip);
			get(d, reg);
		}
	}
	/* The host's clock may be set back */
	put(d, 10, 0x26);
	put(d, 11, UIE);
	d->now -= 1000 * SECOND;
	irq(d);
	get(d, 12);
	d->now += SECOND;
	KUNIT_EXPECT_EQ(test, irq(d), 1);
}

/* "RESET": interrupts are off, and memory stays */
static void keeps_its_memory(struct kunit *test)
{
	struct desk *d = new_desk(test);

	put(d, 0x0e, 0x12);
	put(d, 0x7f, 0x34);
	put(d, 11, HOURS_24 | PIE | AIE | UIE);
	d->now += SECOND;
	KUNIT_EXPECT_EQ(test, irq(d), 1);
	atoll_rtc_chip_reset(&d->chip, d->now);
	KUNIT_EXPECT_EQ(test, irq(d), 0);
	KUNIT_EXPECT_EQ(test, get(d, 11), HOURS_24);
	KUNIT_EXPECT_EQ(test, get(d, 0x8e), 0x12);
	KUNIT_EXPECT_EQ(test, get(d, 0x7f), 0x34);
	KUNIT_EXPECT_EQ(test, atoll_rtc_chip_read(&d->chip, 0, d->now), 0xff);
}

static struct kunit_case rtc_cases[] = {
	KUNIT_CASE(shows_utc_in_every_format),
	KUNIT_CASE(is_set_by_the_guest),
	KUNIT_CASE(starts_half_a_second_after_a_divider_reset),
	KUNIT_CASE(tells_that_an_update_is_near),
	KUNIT_CASE(reads_and_clears_flags),
	KUNIT_CASE(raises_alarms),
	KUNIT_CASE(repeats_at_the_chosen_rate),
	KUNIT_CASE(survives_nonsense),
	KUNIT_CASE(keeps_its_memory),
	{}
};

static struct kunit_suite rtc_suite = {
	.name = "atoll_rtc",
	.test_cases = rtc_cases,
};

kunit_test_suite(rtc_suite);
