// SPDX-License-Identifier: GPL-2.0-only
/*
 * The modes of the 8254, each case from a section of Intel's data sheet
 * (231164).
 */
#include "pit_board.h"

/* "Mode 0": OUT rises N + 1 pulses behind the write, and the count wraps */
static void mode_0_counts_once(struct kunit *test)
{
	struct board *b = new_board(test);

	gate(b, 1);
	control(b, COUNTER(2) | BOTH | MODE(0));
	KUNIT_EXPECT_EQ(test, out(b, 2), 0);
	put16(b, 2, 4);
	rose(b, 2);
	KUNIT_EXPECT_EQ(test, rise_in(b, 2), 5);
	expect(test, b, 1, 4, 0);
	expect(test, b, 3, 1, 0);
	KUNIT_EXPECT_FALSE(test, rose(b, 2));
	expect(test, b, 1, 0, 1);
	KUNIT_EXPECT_TRUE(test, rose(b, 2));
	KUNIT_EXPECT_FALSE(test, rose(b, 2));
	expect(test, b, 1, 0xffff, 1);
	expect(test, b, 0xffff, 0, 1);
	KUNIT_EXPECT_FALSE(test, rose(b, 2));
	KUNIT_EXPECT_EQ(test, rise_in(b, 2), -1);
}

static void mode_0_stops_for_the_gate(struct kunit *test)
{
	struct board *b = loaded(test, MODE(0), 10);

	expect(test, b, 3, 7, 0);
	gate(b, 0);
	KUNIT_EXPECT_EQ(test, rise_in(b, 2), -1);
	expect(test, b, 1000, 7, 0);
	gate(b, 1);
	KUNIT_EXPECT_EQ(test, rise_in(b, 2), 7);
	expect(test, b, 6, 1, 0);
	expect(test, b, 1, 0, 1);
	/* The gate's level doesn't change OUT */
	gate(b, 0);
	KUNIT_EXPECT_EQ(test, out(b, 2), 1);
}

/* A count written while GATE is low is loaded, and counted N pulses long */
static void mode_0_loads_with_the_gate_low(struct kunit *test)
{
	struct board *b = new_board(test);

	control(b, COUNTER(2) | BOTH | MODE(0));
	put16(b, 2, 10);
	expect(test, b, 1, 10, 0);
	expect(test, b, 100, 10, 0);
	gate(b, 1);
	expect(test, b, 9, 1, 0);
	expect(test, b, 1, 0, 1);
}

/* The first byte stops the counting and drops OUT, the second starts it */
static void mode_0_waits_for_both_bytes(struct kunit *test)
{
	struct board *b = loaded(test, MODE(0), 3);

	expect(test, b, 5, 0xfffe, 1);
	put(b, 2, 20);
	KUNIT_EXPECT_EQ(test, out(b, 2), 0);
	expect(test, b, 100, 0xfffe, 0);
	put(b, 2, 0);
	expect(test, b, 1, 20, 0);
	expect(test, b, 19, 1, 0);
	expect(test, b, 1, 0, 1);
	/* The next one begins before this one is loaded */
	put16(b, 2, 30);
	put(b, 2, 40);
	expect(test, b, 1, 30, 0);
	expect(test, b, 100, 30, 0);
	put(b, 2, 0);
	expect(test, b, 1, 40, 0);
	/* Where a count has one byte, that drops OUT */
	control(b, COUNTER(2) | LSB | MODE(0));
	put(b, 2, 5);
	b->t += 6;
	KUNIT_EXPECT_EQ(test, out(b, 2), 1);
	put(b, 2, 5);
	KUNIT_EXPECT_EQ(test, out(b, 2), 0);
}

static void mode_0_starts_over(struct kunit *test)
{
	struct board *b = loaded(test, MODE(0), 100);

	expect(test, b, 99, 1, 0);
	put16(b, 2, 50);
	KUNIT_EXPECT_EQ(test, rise_in(b, 2), 51);
	expect(test, b, 1, 50, 0);
	KUNIT_EXPECT_FALSE(test, rose(b, 2));
	expect(test, b, 50, 0, 1);
	KUNIT_EXPECT_TRUE(test, rose(b, 2));
}

/* "Mode 1": a rising gate starts a pulse of N, and starts it again */
static void mode_1_is_a_one_shot(struct kunit *test)
{
	struct board *b = loaded(test, MODE(1), 10);

	b->t += 100;
	KUNIT_EXPECT_EQ(test, out(b, 2), 1);
	gate(b, 0);
	gate(b, 1);
	KUNIT_EXPECT_EQ(test, out(b, 2), 1);
	expect(test, b, 1, 10, 0);
	/* Its level doesn't count, nor does a new count before the next trigger */
	gate(b, 0);
	put16(b, 2, 20);
	expect(test, b, 8, 2, 0);
	gate(b, 1);
	expect(test, b, 1, 20, 0);
	expect(test, b, 19, 1, 0);
	expect(test, b, 1, 0, 1);
	expect(test, b, 1, 0xffff, 1);
}

/* "Mode 2": low for one pulse of each N, when the count is 1 */
static void mode_2_divides(struct kunit *test)
{
	struct board *b = loaded(test, MODE(2), 3);
	u32 i;

	for (i = 0; i < 3; i++) {
		expect(test, b, 0, 3, 1);
		expect(test, b, 1, 2, 1);
		KUNIT_EXPECT_EQ(test, rise_in(b, 2), 2);
		rose(b, 2);
		expect(test, b, 1, 1, 0);
		KUNIT_EXPECT_FALSE(test, rose(b, 2));
		b->t++;
		KUNIT_EXPECT_TRUE(test, rose(b, 2));
	}
	/* Many rises are one */
	b->t += 300;
	KUNIT_EXPECT_TRUE(test, rose(b, 2));
	KUNIT_EXPECT_FALSE(test, rose(b, 2));
}

static void mode_2_obeys_the_gate(struct kunit *test)
{
	struct board *b = loaded(test, MODE(2), 10);

	expect(test, b, 9, 1, 0);
	gate(b, 0);
	expect(test, b, 0, 1, 1);
	expect(test, b, 55, 1, 1);
	KUNIT_EXPECT_EQ(test, rise_in(b, 2), -1);
	gate(b, 1);
	expect(test, b, 1, 10, 1);
	expect(test, b, 8, 2, 1);
	expect(test, b, 1, 1, 0);
}

/* A new count waits for the end of the cycle, or for a trigger */
static void mode_2_finishes_its_cycle(struct kunit *test)
{
	struct board *b = loaded(test, MODE(2), 10);

	expect(test, b, 4, 6, 1);
	put16(b, 2, 5);
	KUNIT_EXPECT_EQ(test, rise_in(b, 2), 6);
	expect(test, b, 5, 1, 0);
	expect(test, b, 1, 5, 1);
	KUNIT_EXPECT_EQ(test, rise_in(b, 2), 5);
	expect(test, b, 4, 1, 0);
	expect(test, b, 1, 5, 1);
	put16(b, 2, 100);
	gate(b, 0);
	expect(test, b, 50, 5, 1);
	gate(b, 1);
	expect(test, b, 1, 100, 1);
}

/* "Mode 3", even counts: by two, high for a half and low for the other */
static void mode_3_is_a_square_wave(struct kunit *test)
{
	struct board *b = loaded(test, MODE(3), 6);
	u32 i;

	for (i = 0; i < 3; i++) {
		expect(test, b, 0, 6, 1);
		expect(test, b, 2, 2, 1);
		rose(b, 2);
		KUNIT_EXPECT_EQ(test, rise_in(b, 2), 4);
		expect(test, b, 1, 6, 0);
		expect(test, b, 2, 2, 0);
		KUNIT_EXPECT_FALSE(test, rose(b, 2));
		b->t++;
		KUNIT_EXPECT_TRUE(test, rose(b, 2));
	}
}

/* Odd counts: loaded less one, and the high half is one pulse longer */
static void mode_3_takes_odd_counts(struct kunit *test)
{
	struct board *b = loaded(test, MODE(7), 5);
	u32 i;

	for (i = 0; i < 3; i++) {
		expect(test, b, 0, 4, 1);
		expect(test, b, 1, 2, 1);
		expect(test, b, 1, 0, 1);
		expect(test, b, 1, 4, 0);
		expect(test, b, 1, 2, 0);
		b->t++;
	}
}

/* A new count waits for the end of the half-cycle */
static void mode_3_finishes_its_half(struct kunit *test)
{
	struct board *b = loaded(test, MODE(3), 20);

	expect(test, b, 3, 14, 1);
	put16(b, 2, 8);
	KUNIT_EXPECT_EQ(test, rise_in(b, 2), 7 + 4);
	expect(test, b, 6, 2, 1);
	expect(test, b, 1, 8, 0);
	put16(b, 2, 100);
	KUNIT_EXPECT_EQ(test, rise_in(b, 2), 4);
	expect(test, b, 3, 2, 0);
	expect(test, b, 1, 100, 1);
	expect(test, b, 49, 2, 1);
	expect(test, b, 1, 100, 0);
}

static void mode_3_obeys_the_gate(struct kunit *test)
{
	struct board *b = loaded(test, MODE(3), 20);

	expect(test, b, 15, 10, 0);
	gate(b, 0);
	expect(test, b, 0, 10, 1);
	b->t += 77;
	gate(b, 1);
	KUNIT_EXPECT_EQ(test, out(b, 2), 1);
	expect(test, b, 1, 20, 1);
	expect(test, b, 10, 20, 0);
}

/* "Mode 4": a strobe N + 1 pulses behind the write */
static void mode_4_strobes(struct kunit *test)
{
	struct board *b = loaded(test, MODE(4), 4);

	rose(b, 2);
	KUNIT_EXPECT_EQ(test, rise_in(b, 2), 5);
	expect(test, b, 3, 1, 1);
	expect(test, b, 1, 0, 0);
	KUNIT_EXPECT_FALSE(test, rose(b, 2));
	expect(test, b, 1, 0xffff, 1);
	KUNIT_EXPECT_TRUE(test, rose(b, 2));
	KUNIT_EXPECT_EQ(test, rise_in(b, 2), -1);
	/* A new count is loaded at the next pulse */
	put16(b, 2, 10);
	expect(test, b, 1, 10, 1);
	gate(b, 0);
	expect(test, b, 50, 10, 1);
	gate(b, 1);
	expect(test, b, 10, 0, 0);
}

/* "Mode 5": the same, from a rising gate on */
static void mode_5_strobes_when_triggered(struct kunit *test)
{
	struct board *b = loaded(test, MODE(5), 4);

	b->t += 100;
	KUNIT_EXPECT_EQ(test, rise_in(b, 2), -1);
	gate(b, 0);
	gate(b, 1);
	expect(test, b, 1, 4, 1);
	gate(b, 0);
	expect(test, b, 2, 2, 1);
	gate(b, 1);
	expect(test, b, 1, 4, 1);
	expect(test, b, 4, 0, 0);
	expect(test, b, 1, 0xffff, 1);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(mode_0_counts_once),
	KUNIT_CASE(mode_0_stops_for_the_gate),
	KUNIT_CASE(mode_0_loads_with_the_gate_low),
	KUNIT_CASE(mode_0_waits_for_both_bytes),
	KUNIT_CASE(mode_0_starts_over),
	KUNIT_CASE(mode_1_is_a_one_shot),
	KUNIT_CASE(mode_2_divides),
	KUNIT_CASE(mode_2_obeys_the_gate),
	KUNIT_CASE(mode_2_finishes_its_cycle),
	KUNIT_CASE(mode_3_is_a_square_wave),
	KUNIT_CASE(mode_3_takes_odd_counts),
	KUNIT_CASE(mode_3_finishes_its_half),
	KUNIT_CASE(mode_3_obeys_the_gate),
	KUNIT_CASE(mode_4_strobes),
	KUNIT_CASE(mode_5_strobes_when_triggered),
	{}
};

static struct kunit_suite suite = {
	.name = "atoll_pit",
	.test_cases = cases,
};

kunit_test_suite(suite);
