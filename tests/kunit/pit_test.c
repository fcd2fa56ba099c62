// SPDX-License-Identifier: GPL-2.0-only
/*
 * The 8254, each case from a section of Intel's data sheet (231164).  Time is
 * told in clock pulses: what is written at pulse t is loaded at pulse t + 1.
 */
#include <kunit/test.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "../../kmod/dev/pit8254.h"

#define CONTROL		3
#define COUNTER(n)	((n) << 6)
#define LATCH_COUNT	0x00
#define LSB		0x10
#define MSB		0x20
#define BOTH		0x30
#define MODE(n)		((n) << 1)
#define BCD		0x01
#define READ_BACK	0xc0
#define NO_COUNT	0x20
#define NO_STATUS	0x10
#define BACK(n)		(2 << (n))
#define STATUS_OUT	0x80
#define STATUS_NULL	0x40

/* A chip at a time */
struct board {
	struct atoll_pit pit;
	u64 t;
};

static u64 ns_of(u64 t)
{
	return DIV64_U64_ROUND_UP(t * NSEC_PER_SEC, ATOLL_PIT_HZ);
}

static u64 now(struct board *b)
{
	return ns_of(b->t);
}

static struct board *new_board(struct kunit *test)
{
	struct board *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->t = 1000;
	atoll_pit_reset(&b->pit, now(b));
	return b;
}

static void control(struct board *b, u8 val)
{
	atoll_pit_write(&b->pit, CONTROL, val, now(b));
}

static void put(struct board *b, u32 n, u8 val)
{
	atoll_pit_write(&b->pit, n, val, now(b));
}

static u8 get(struct board *b, u32 n)
{
	return atoll_pit_read(&b->pit, n, now(b));
}

static void put16(struct board *b, u32 n, u16 val)
{
	put(b, n, val);
	put(b, n, val >> 8);
}

static u16 get16(struct board *b, u32 n)
{
	u8 lsb = get(b, n);

	return get(b, n) << 8 | lsb;
}

static u32 out(struct board *b, u32 n)
{
	return atoll_pit_out(&b->pit, n, now(b));
}

static void gate(struct board *b, u32 level)
{
	atoll_pit_set_gate(&b->pit, 2, level, now(b));
}

static bool rose(struct board *b, u32 n)
{
	return atoll_pit_rose(&b->pit, n, now(b));
}

/* Pulses from now to the next rise, -1: none */
static s64 rise_in(struct board *b, u32 n)
{
	u64 ns = atoll_pit_next_rise(&b->pit, n);

	return ns == U64_MAX ? -1 : atoll_pit_pulses(ns) - b->t;
}

/* Counter 2 with GATE high, programmed and loaded; @b->t is the load's pulse */
static struct board *loaded(struct kunit *test, u8 mode, u16 count)
{
	struct board *b = new_board(test);

	gate(b, 1);
	control(b, COUNTER(2) | BOTH | mode);
	put16(b, 2, count);
	b->t++;
	return b;
}

static void expect(struct kunit *test, struct board *b, u32 pulses, u16 count, u32 level)
{
	b->t += pulses;
	KUNIT_EXPECT_EQ(test, get16(b, 2), count);
	KUNIT_EXPECT_EQ(test, out(b, 2), level);
}

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

/* 0 is 2^16, or 10^4 for BCD */
static void zero_is_the_largest_count(struct kunit *test)
{
	struct board *b = loaded(test, MODE(2), 0);

	expect(test, b, 0, 0, 1);
	expect(test, b, 1, 0xffff, 1);
	expect(test, b, 0xfffe, 1, 0);
	expect(test, b, 1, 0, 1);

	b = loaded(test, MODE(2) | BCD, 0);
	expect(test, b, 0, 0, 1);
	expect(test, b, 1, 0x9999, 1);
	expect(test, b, 9998, 0x0001, 0);
	expect(test, b, 1, 0, 1);
}

static void counts_in_bcd(struct kunit *test)
{
	struct board *b = loaded(test, MODE(0) | BCD, 0x1000);

	expect(test, b, 1, 0x0999, 0);
	expect(test, b, 998, 0x0001, 0);
	expect(test, b, 1, 0x0000, 1);
	expect(test, b, 1, 0x9999, 1);
	expect(test, b, 123456, 0x6543, 1);
	b = loaded(test, MODE(3) | BCD, 0x0020);
	expect(test, b, 1, 0x0018, 1);
	expect(test, b, 9, 0x0020, 0);
}

static void reads_and_writes_single_bytes(struct kunit *test)
{
	struct board *b = new_board(test);

	control(b, COUNTER(0) | LSB | MODE(2));
	put(b, 0, 0x80);
	b->t += 1 + 0x10;
	KUNIT_EXPECT_EQ(test, get(b, 0), 0x70);
	KUNIT_EXPECT_EQ(test, get(b, 0), 0x70);
	b->t += 0x70;
	KUNIT_EXPECT_EQ(test, get(b, 0), 0x80);

	control(b, COUNTER(1) | MSB | MODE(2));
	put(b, 1, 0x80);
	b->t += 1 + 0x1000;
	KUNIT_EXPECT_EQ(test, get(b, 1), 0x70);
	KUNIT_EXPECT_EQ(test, get(b, 1), 0x70);
	KUNIT_EXPECT_EQ(test, get(b, CONTROL), 0xff);
}

/* "Counter Latch Command" */
static void latches_a_count(struct kunit *test)
{
	struct board *b = loaded(test, MODE(2), 0x1234);

	b->t += 0x34;
	control(b, COUNTER(2) | LATCH_COUNT);
	b->t += 0x100;
	/* The second is ignored, and so is the rest of the word */
	control(b, COUNTER(2) | LATCH_COUNT | 0x0f);
	KUNIT_EXPECT_EQ(test, get(b, 2), 0x00);
	b->t += 0x100;
	KUNIT_EXPECT_EQ(test, get(b, 2), 0x12);
	KUNIT_EXPECT_EQ(test, get16(b, 2), 0x1000);
	/* Programming the counter forgets it */
	control(b, COUNTER(2) | LATCH_COUNT);
	control(b, COUNTER(2) | BOTH | MODE(2));
	put16(b, 2, 0x4321);
	b->t++;
	KUNIT_EXPECT_EQ(test, get16(b, 2), 0x4321);
}

/* "Read-Back Command": several at once, status before count */
static void reads_back(struct kunit *test)
{
	struct board *b = new_board(test);

	gate(b, 1);
	control(b, COUNTER(0) | LSB | MODE(0));
	control(b, COUNTER(1) | MSB | MODE(2) | BCD);
	control(b, COUNTER(2) | BOTH | MODE(7));
	put16(b, 2, 0x2000);
	b->t += 1 + 0x1000;
	control(b, READ_BACK | BACK(0) | BACK(1) | BACK(2));
	b->t += 5;
	KUNIT_EXPECT_EQ(test, get(b, 0), STATUS_NULL | LSB | MODE(0));
	KUNIT_EXPECT_EQ(test, get(b, 1), STATUS_OUT | STATUS_NULL | MSB | MODE(2) | BCD);
	/* The mode exactly as it was written, and OUT as it was then */
	KUNIT_EXPECT_EQ(test, get(b, 2), BOTH | MODE(7));
	KUNIT_EXPECT_EQ(test, get16(b, 2), 0x2000);
	KUNIT_EXPECT_EQ(test, get16(b, 2), 0x2000 - 2 * 5);
}

static void reads_back_one_of_both(struct kunit *test)
{
	struct board *b = loaded(test, MODE(2), 100);

	b->t += 10;
	control(b, READ_BACK | NO_STATUS | BACK(2));
	b->t += 10;
	KUNIT_EXPECT_EQ(test, get16(b, 2), 90);
	control(b, READ_BACK | NO_COUNT | BACK(2));
	b->t += 79;
	/* A second status doesn't replace one that was not read */
	control(b, READ_BACK | NO_COUNT | BACK(2));
	KUNIT_EXPECT_EQ(test, get(b, 2), STATUS_OUT | BOTH | MODE(2));
	KUNIT_EXPECT_EQ(test, get16(b, 2), 1);
	control(b, READ_BACK | NO_COUNT | NO_STATUS | BACK(2));
	KUNIT_EXPECT_EQ(test, get16(b, 2), 1);
}

/* NULL COUNT: until the count that was written is the one being counted */
static void tells_when_a_count_is_loaded(struct kunit *test)
{
	struct board *b = loaded(test, MODE(2), 100);

	put16(b, 2, 50);
	control(b, READ_BACK | NO_COUNT | BACK(2));
	KUNIT_EXPECT_EQ(test, get(b, 2) & STATUS_NULL, STATUS_NULL);
	b->t += 100;
	control(b, READ_BACK | NO_COUNT | BACK(2));
	KUNIT_EXPECT_EQ(test, get(b, 2) & STATUS_NULL, 0);
}

/* "Control Word Format": OUT goes to its initial state at once */
static void a_control_word_sets_out(struct kunit *test)
{
	struct board *b = new_board(test);
	u32 mode;

	for (mode = 1; mode < 6; mode++) {
		control(b, COUNTER(0) | BOTH | MODE(0));
		KUNIT_EXPECT_EQ(test, out(b, 0), 0);
		rose(b, 0);
		control(b, COUNTER(0) | BOTH | MODE(mode));
		KUNIT_EXPECT_EQ(test, out(b, 0), 1);
		KUNIT_EXPECT_TRUE(test, rose(b, 0));
		KUNIT_EXPECT_EQ(test, rise_in(b, 0), -1);
	}
}

/* What no data sheet allows does no harm: every word, every count's edges */
static void survives_everything(struct kunit *test)
{
	static const u16 count[] = { 0, 1, 2, 3, 0xff, 0x9999, 0xffff };
	struct board *b = new_board(test);
	u32 word, i;

	for (word = 0; word < 256; word++) {
		for (i = 0; i < ARRAY_SIZE(count); i++) {
			control(b, word);
			put16(b, word >> 6 & 1, count[i]);
			put16(b, 2, count[i]);
			gate(b, i & 1);
			b->t += 1 + 997 * (word & 3);
			get16(b, 0);
			get16(b, 2);
			rise_in(b, 0);
			KUNIT_EXPECT_NE(test, rise_in(b, 0), 0);
		}
	}
}

static void is_silent_after_a_reset(struct kunit *test)
{
	struct board *b = loaded(test, MODE(2), 100);
	u32 n;

	atoll_pit_reset(&b->pit, now(b));
	for (n = 0; n < 3; n++) {
		KUNIT_EXPECT_EQ(test, rise_in(b, n), -1);
		b->t += 100000;
		KUNIT_EXPECT_FALSE(test, rose(b, n));
		KUNIT_EXPECT_EQ(test, get16(b, n), 0);
	}
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
	KUNIT_CASE(zero_is_the_largest_count),
	KUNIT_CASE(counts_in_bcd),
	KUNIT_CASE(reads_and_writes_single_bytes),
	KUNIT_CASE(latches_a_count),
	KUNIT_CASE(reads_back),
	KUNIT_CASE(reads_back_one_of_both),
	KUNIT_CASE(tells_when_a_count_is_loaded),
	KUNIT_CASE(a_control_word_sets_out),
	KUNIT_CASE(survives_everything),
	KUNIT_CASE(is_silent_after_a_reset),
	{}
};

static struct kunit_suite suite = {
	.name = "atoll_pit",
	.test_cases = cases,
};

kunit_test_suite(suite);
