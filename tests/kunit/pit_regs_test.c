// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program writes to the 8254 and reads from it, each case from a section
 * of Intel's data sheet (231164).
 */
#include "pit_board.h"

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
	.name = "atoll_pit_regs",
	.test_cases = cases,
};

kunit_test_suite(suite);
