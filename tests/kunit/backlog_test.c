// SPDX-License-Identifier: GPL-2.0-only
/*
 * The console's backlog: nothing lost up to its size, the oldest lost and
 * counted beyond, order kept, and no page held for nothing.
 */
#include <kunit/test.h>

#include "../../kmod/dev/backlog.h"

static struct atoll_backlog *new_log(struct kunit *test)
{
	struct atoll_backlog *log = kunit_kzalloc(test, sizeof(*log), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, log);
	return log;
}

/* What stands at position @i of the stream that the tests print */
static u8 pattern(u32 i)
{
	return i ^ (i >> 8) ^ (i >> 16);
}

static void print(struct atoll_backlog *log, u32 from, u32 n)
{
	while (n--)
		atoll_backlog_put(log, pattern(from++));
}

/* How many bytes come back right, from position @from on, at most @n */
static u32 read_back(struct atoll_backlog *log, u32 from, u32 n)
{
	u32 right = 0, got, i;
	u8 buf[100];

	while (n) {
		got = atoll_backlog_take(log, buf, min_t(u32, n, sizeof(buf)));
		if (!got)
			return right;
		for (i = 0; i < got; i++)
			right += buf[i] == pattern(from++);
		n -= got;
	}
	return right;
}

static u32 nr_pages(const struct atoll_backlog *log)
{
	u32 i, n = 0;

	for (i = 0; i < ATOLL_BACKLOG_PAGES; i++)
		n += !!log->page[i];
	return n;
}

static void keeps_its_size(struct kunit *test)
{
	struct atoll_backlog *log = new_log(test);

	print(log, 0, ATOLL_BACKLOG_BYTES);
	KUNIT_EXPECT_EQ(test, atoll_backlog_len(log), ATOLL_BACKLOG_BYTES);
	KUNIT_EXPECT_EQ(test, log->lost, 0ULL);
	KUNIT_EXPECT_EQ(test, read_back(log, 0, U32_MAX), ATOLL_BACKLOG_BYTES);
	KUNIT_EXPECT_EQ(test, atoll_backlog_len(log), 0);
	KUNIT_EXPECT_EQ(test, nr_pages(log), 0);
	atoll_backlog_free(log);
}

static void loses_the_oldest(struct kunit *test)
{
	struct atoll_backlog *log = new_log(test);
	u32 more = 3 * ATOLL_BACKLOG_BYTES + 1234;

	print(log, 0, ATOLL_BACKLOG_BYTES + more);
	KUNIT_EXPECT_EQ(test, log->lost, (u64)more);
	KUNIT_EXPECT_EQ(test, atoll_backlog_len(log), ATOLL_BACKLOG_BYTES);
	KUNIT_EXPECT_EQ(test, nr_pages(log), ATOLL_BACKLOG_PAGES);
	KUNIT_EXPECT_EQ(test, read_back(log, more, U32_MAX), ATOLL_BACKLOG_BYTES);
	atoll_backlog_free(log);
	KUNIT_EXPECT_EQ(test, nr_pages(log), 0);
}

/* A reader beside the printer, at all paces, around the ring many times */
static void keeps_order_around_the_ring(struct kunit *test)
{
	struct atoll_backlog *log = new_log(test);
	u32 printed = 0, taken = 0, step, n;

	for (step = 1; printed < 10 * ATOLL_BACKLOG_BYTES; step = step * 7 % 9973) {
		n = min_t(u32, step, ATOLL_BACKLOG_BYTES - atoll_backlog_len(log));
		print(log, printed, n);
		printed += n;
		n = min(step * 3 % 8191, atoll_backlog_len(log));
		KUNIT_ASSERT_EQ(test, read_back(log, taken, n), n);
		taken += n;
		KUNIT_ASSERT_LE(test, nr_pages(log), atoll_backlog_len(log) / PAGE_SIZE + 2);
	}
	KUNIT_EXPECT_EQ(test, log->lost, 0ULL);
	KUNIT_EXPECT_EQ(test, read_back(log, taken, U32_MAX), printed - taken);
	atoll_backlog_free(log);
}

static void survives_its_counters(struct kunit *test)
{
	struct atoll_backlog *log = new_log(test);

	log->head = U32_MAX - 5000;
	log->tail = log->head;
	print(log, 0, 10000);
	KUNIT_EXPECT_EQ(test, atoll_backlog_len(log), 10000);
	KUNIT_EXPECT_EQ(test, read_back(log, 0, U32_MAX), 10000);
	atoll_backlog_free(log);
}

static void holds_one_page_for_a_little(struct kunit *test)
{
	struct atoll_backlog *log = new_log(test);
	u32 i;

	KUNIT_EXPECT_EQ(test, nr_pages(log), 0);
	for (i = 0; i < 1000; i++) {
		print(log, i * 10, 10);
		KUNIT_ASSERT_EQ(test, read_back(log, i * 10, 10), 10);
		KUNIT_ASSERT_LE(test, nr_pages(log), 1);
	}
	atoll_backlog_free(log);
}

static void takes_nothing_from_nothing(struct kunit *test)
{
	struct atoll_backlog *log = new_log(test);
	u8 byte;

	KUNIT_EXPECT_EQ(test, atoll_backlog_take(log, &byte, 1), 0);
	atoll_backlog_free(log);
}

static struct kunit_case backlog_cases[] = {
	KUNIT_CASE(keeps_its_size),
	KUNIT_CASE(loses_the_oldest),
	KUNIT_CASE(keeps_order_around_the_ring),
	KUNIT_CASE(survives_its_counters),
	KUNIT_CASE(holds_one_page_for_a_little),
	KUNIT_CASE(takes_nothing_from_nothing),
	{}
};

static struct kunit_suite backlog_suite = {
	.name = "atoll_backlog",
	.test_cases = backlog_cases,
};

kunit_test_suite(backlog_suite);
