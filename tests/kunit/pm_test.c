// SPDX-License-Identifier: GPL-2.0-only
/*
 * ACPI's fixed hardware, each case from a section of the specification (6.4,
 * chapter "ACPI Hardware Specification").
 */
#include <kunit/test.h>
#include <linux/time64.h>

#include "../../kmod/dev/pm.h"

#define STATUS		0
#define ENABLE		2
#define CONTROL		4
#define TIMER		8
#define ENABLE_ACPI	0xf1
#define DISABLE_ACPI	0xf0
#define BUTTON		0x100
/* Half of the timer's 32 bits, at 3579545 Hz */
#define HALF_NS		599932015941ULL

static struct atoll_pm_chip *new_pm(struct kunit *test)
{
	struct atoll_pm_chip *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, c);
	atoll_pm_chip_reset(c, NSEC_PER_SEC);
	return c;
}

static u32 get(struct atoll_pm_chip *c, u32 reg, u32 nr, u64 now)
{
	u32 value = 0, i;

	for (i = 0; i < nr; i++)
		value |= (u32)atoll_pm_chip_read(c, reg + i, now) << (8 * i);
	return value;
}

static u32 put16(struct atoll_pm_chip *c, u32 reg, u16 val)
{
	return atoll_pm_chip_write(c, reg, val, NSEC_PER_SEC) |
	       atoll_pm_chip_write(c, reg + 1, val >> 8, NSEC_PER_SEC);
}

/* "Power Management Timer" */
static void timer_counts_3579545_in_a_second(struct kunit *test)
{
	struct atoll_pm_chip *c = new_pm(test);

	KUNIT_EXPECT_EQ(test, get(c, TIMER, 4, NSEC_PER_SEC), 0);
	KUNIT_EXPECT_EQ(test, get(c, TIMER, 4, 2ULL * NSEC_PER_SEC), 3579545);
	KUNIT_EXPECT_EQ(test, get(c, TIMER + 1, 2, 2ULL * NSEC_PER_SEC), 3579545 >> 8);
	/* It wraps after 1199.86 s */
	KUNIT_EXPECT_EQ(test, get(c, TIMER, 4, 1201ULL * NSEC_PER_SEC),
			(u32)(1200ULL * 3579545));
}

/* "PM1 Status Registers": TMR_STS is set when the highest bit changes */
static void timer_raises_the_sci(struct kunit *test)
{
	struct atoll_pm_chip *c = new_pm(test);
	u64 half = NSEC_PER_SEC + HALF_NS;

	KUNIT_EXPECT_EQ(test, atoll_pm_chip_next(c), ATOLL_PM_NEVER);
	atoll_pm_chip_smi(c, ENABLE_ACPI);
	put16(c, ENABLE, 0x0001);
	KUNIT_EXPECT_LE(test, atoll_pm_chip_next(c) - half, 300ULL);
	atoll_pm_chip_sync(c, half - 1000);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_sci(c), 0);
	atoll_pm_chip_sync(c, atoll_pm_chip_next(c));
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_sci(c), 1);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_next(c), ATOLL_PM_NEVER);
	KUNIT_EXPECT_EQ(test, get(c, STATUS, 2, half + 1000), 0x0001);
	atoll_pm_chip_write(c, STATUS, 0x01, half + 1000);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_sci(c), 0);
	KUNIT_EXPECT_GT(test, atoll_pm_chip_next(c), half + HALF_NS - 1000);
}

/* No section: a pause is no time for a guest that goes by the timer */
static void timer_stands_still(struct kunit *test)
{
	struct atoll_pm_chip *c = new_pm(test);
	u64 half = NSEC_PER_SEC + HALF_NS;

	put16(c, ENABLE, 0x0001);
	atoll_pm_chip_pause(c, 2ULL * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_next(c), ATOLL_PM_NEVER);
	KUNIT_EXPECT_EQ(test, get(c, TIMER, 4, 3ULL * NSEC_PER_SEC), 3579545);
	/* A host's timer that was on its way finds nothing to do */
	atoll_pm_chip_sync(c, half + NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, get(c, STATUS, 2, half + NSEC_PER_SEC), 0);
	atoll_pm_chip_resume(c, half + 2ULL * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, get(c, TIMER, 4, half + 2ULL * NSEC_PER_SEC), 3579545);
	KUNIT_EXPECT_EQ(test, get(c, TIMER, 4, half + 3ULL * NSEC_PER_SEC), 2 * 3579545);
	KUNIT_EXPECT_LE(test, atoll_pm_chip_next(c) - half - HALF_NS - NSEC_PER_SEC, 300ULL);
	/* A reset while it stands still sets it going */
	atoll_pm_chip_pause(c, half + 3ULL * NSEC_PER_SEC);
	atoll_pm_chip_reset(c, half + 4ULL * NSEC_PER_SEC);
	atoll_pm_chip_resume(c, half + 5ULL * NSEC_PER_SEC);
	KUNIT_EXPECT_EQ(test, get(c, TIMER, 4, half + 5ULL * NSEC_PER_SEC), 3579545);
}

/* "Power Button": status and enable, both needed; a 1 clears the status */
static void button_raises_the_sci(struct kunit *test)
{
	struct atoll_pm_chip *c = new_pm(test);

	atoll_pm_chip_smi(c, ENABLE_ACPI);
	KUNIT_EXPECT_EQ(test, get(c, CONTROL, 2, NSEC_PER_SEC), 1);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_press(c), 1);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_sci(c), 0);
	put16(c, ENABLE, BUTTON);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_sci(c), 1);
	KUNIT_EXPECT_EQ(test, get(c, STATUS, 2, NSEC_PER_SEC), BUTTON);
	put16(c, STATUS, 0xfe21);
	KUNIT_EXPECT_EQ(test, get(c, STATUS, 2, NSEC_PER_SEC), BUTTON);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_sci(c), 1);
	put16(c, STATUS, BUTTON);
	KUNIT_EXPECT_EQ(test, get(c, STATUS, 2, NSEC_PER_SEC), 0);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_sci(c), 0);
}

/* "Legacy/ACPI Select and the SCI Interrupt": the guest can't write SCI_EN */
static void button_is_dead_before_acpi(struct kunit *test)
{
	struct atoll_pm_chip *c = new_pm(test);

	put16(c, ENABLE, BUTTON);
	put16(c, CONTROL, 0x0003);
	KUNIT_EXPECT_EQ(test, get(c, CONTROL, 2, NSEC_PER_SEC), 0x0002);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_press(c), 0);
	KUNIT_EXPECT_EQ(test, get(c, STATUS, 2, NSEC_PER_SEC), 0);
	atoll_pm_chip_smi(c, ENABLE_ACPI);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_press(c), 1);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_sci(c), 1);
	put16(c, CONTROL, 0);
	KUNIT_EXPECT_EQ(test, get(c, CONTROL, 2, NSEC_PER_SEC), 0x0001);
	atoll_pm_chip_smi(c, DISABLE_ACPI);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_sci(c), 0);
}

/* "PM1 Control Registers": SLP_EN with the SLP_TYP of S5, in either width */
static void sleep_enable_powers_off(struct kunit *test)
{
	struct atoll_pm_chip *c = new_pm(test);
	u32 type;

	KUNIT_EXPECT_EQ(test, put16(c, CONTROL, 5 << 10), ATOLL_PM_NOTHING);
	KUNIT_EXPECT_EQ(test, get(c, CONTROL, 2, NSEC_PER_SEC), 5 << 10);
	for (type = 0; type < 8; type++)
		KUNIT_EXPECT_EQ(test, put16(c, CONTROL, type << 10 | 1 << 13),
				type == 5 ? ATOLL_PM_POWER_OFF : ATOLL_PM_NOTHING);
	/* SLP_EN reads 0 */
	KUNIT_EXPECT_EQ(test, get(c, CONTROL, 2, NSEC_PER_SEC), 7 << 10);
	KUNIT_EXPECT_EQ(test, atoll_pm_chip_write(c, CONTROL + 1, 0x34, NSEC_PER_SEC),
			ATOLL_PM_POWER_OFF);
}

static void survives_nonsense(struct kunit *test)
{
	struct atoll_pm_chip *c = new_pm(test);
	u64 now = NSEC_PER_SEC;
	u32 reg, val;

	for (reg = 0; reg < 16; reg++) {
		for (val = 0; val < 256; val++) {
			atoll_pm_chip_write(c, reg, val, now += NSEC_PER_SEC);
			KUNIT_EXPECT_GT(test, atoll_pm_chip_next(c), now);
			get(c, reg, 1, now);
		}
	}
	KUNIT_EXPECT_EQ(test, get(c, ENABLE, 2, now) & ~0x121U, 0);
	KUNIT_EXPECT_EQ(test, get(c, 6, 2, now), 0);
}

static struct kunit_case pm_cases[] = {
	KUNIT_CASE(timer_counts_3579545_in_a_second),
	KUNIT_CASE(timer_raises_the_sci),
	KUNIT_CASE(timer_stands_still),
	KUNIT_CASE(button_raises_the_sci),
	KUNIT_CASE(button_is_dead_before_acpi),
	KUNIT_CASE(sleep_enable_powers_off),
	KUNIT_CASE(survives_nonsense),
	{}
};

static struct kunit_suite pm_suite = {
	.name = "atoll_pm",
	.test_cases = pm_cases,
};

kunit_test_suite(pm_suite);
