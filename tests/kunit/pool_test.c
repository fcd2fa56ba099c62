// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pool: what it hands out is zero, what comes back is scrubbed, and its
 * limit holds, whoever asks at the same time.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../kmod/atoll.h"
#include "pool_limit.h"

static u64 pool_used_bytes(void)
{
	u64 limit, used;

	atoll_pool_usage(&limit, &used);
	return used;
}

static void extents_are_aligned_and_zero(struct kunit *test)
{
	struct page *extent[2], *dirty;
	u32 i;

	/* What somebody else left behind is the likeliest to be handed out next */
	dirty = alloc_pages(GFP_KERNEL, 9);
	KUNIT_ASSERT_NOT_NULL(test, dirty);
	memset(page_address(dirty), 0xa5, SZ_2M);
	__free_pages(dirty, 9);

	KUNIT_ASSERT_EQ(test, atoll_pool_take(extent, 2, NULL), 0);
	KUNIT_EXPECT_EQ(test, pool_used_bytes(), 2 * SZ_2M);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_EQ(test, page_to_phys(extent[i]) % SZ_2M, 0);
		KUNIT_EXPECT_NULL(test, memchr_inv(page_address(extent[i]), 0, SZ_2M));
	}
	KUNIT_EXPECT_PTR_NE(test, extent[0], extent[1]);
	atoll_pool_give(extent, 2);
	KUNIT_EXPECT_NULL(test, extent[0]);
}

static void what_comes_back_is_scrubbed(struct kunit *test)
{
	struct page *extent, *page;

	KUNIT_ASSERT_EQ(test, atoll_pool_take(&extent, 1, NULL), 0);
	memset(page_address(extent), 0xa5, SZ_2M);
	/* A reference of our own, so that we can look at what the host gets */
	page = extent;
	get_page(page);
	atoll_pool_give(&extent, 1);
	KUNIT_EXPECT_NULL(test, memchr_inv(page_address(page), 0, SZ_2M));
	put_page(page);
}

static void the_limit_holds(struct kunit *test)
{
	struct netlink_ext_ack extack = {};
	struct page *extent[4];
	u64 limit, used;

	/* Whole extents only */
	KUNIT_ASSERT_EQ(test, atoll_pool_set_limit(3 * SZ_2M + SZ_1M, NULL), 0);
	atoll_pool_usage(&limit, &used);
	KUNIT_EXPECT_EQ(test, limit, 3 * SZ_2M);

	KUNIT_ASSERT_EQ(test, atoll_pool_take(extent, 4, &extack), -ENOSPC);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg,
			   "the pool has no room for that much memory");
	KUNIT_EXPECT_EQ(test, atoll_pool_take(extent, U32_MAX, NULL), -ENOSPC);
	KUNIT_EXPECT_EQ(test, pool_used_bytes(), 0);

	KUNIT_ASSERT_EQ(test, atoll_pool_take(extent, 3, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_pool_take(&extent[3], 1, NULL), -ENOSPC);
	KUNIT_EXPECT_EQ(test, atoll_pool_set_limit(3 * SZ_2M - 1, &extack), -EBUSY);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg,
			   "pool limit is below what guests hold now");
	KUNIT_EXPECT_EQ(test, atoll_pool_set_limit(3 * SZ_2M, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_pool_take(extent, 0, NULL), 0);
	atoll_pool_give(extent, 3);
}

#define TAKERS	4

/* What the takers have, by their own account */
struct takers {
	atomic_t held;		/* extents */
	atomic_t most;		/* of them at a time, or more than that */
	atomic_t refused;
	atomic_t done;
};

static int take_and_give(void *data)
{
	struct takers *t = data;
	struct page *extent[2];
	int held;
	u32 i;

	for (i = 0; i < 10; i++) {
		if (atoll_pool_take(extent, 2, NULL)) {
			atomic_inc(&t->refused);
			usleep_range(500, 1000);
			continue;
		}
		held = atomic_add_return(2, &t->held);
		if (held > atomic_read(&t->most))
			atomic_set(&t->most, held);
		/* So that the others try meanwhile */
		usleep_range(1000, 2000);
		atomic_sub(2, &t->held);
		atoll_pool_give(extent, 2);
	}
	atomic_inc(&t->done);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static void takers_at_once_stay_below_it(struct kunit *test)
{
	struct task_struct *task[TAKERS];
	struct takers t = {};
	u32 i, tries;

	/* Room for one of them at a time */
	KUNIT_ASSERT_EQ(test, atoll_pool_set_limit(3 * SZ_2M, NULL), 0);
	for (i = 0; i < TAKERS; i++)
		task[i] = kthread_run(take_and_give, &t, "atoll-test");
	/* A thread that is stopped before its first step would take nothing */
	for (tries = 0; tries < 1000 && atomic_read(&t.done) < TAKERS; tries++)
		msleep(20);
	for (i = 0; i < TAKERS; i++)
		if (!IS_ERR(task[i]))
			kthread_stop(task[i]);
	KUNIT_EXPECT_EQ(test, atomic_read(&t.done), TAKERS);
	KUNIT_EXPECT_EQ(test, atomic_read(&t.most), 2);
	/* The test would be blind if they never met */
	KUNIT_EXPECT_GT(test, atomic_read(&t.refused), 0);
}

static struct kunit_case pool_cases[] = {
	KUNIT_CASE(extents_are_aligned_and_zero),
	KUNIT_CASE(what_comes_back_is_scrubbed),
	KUNIT_CASE(the_limit_holds),
	KUNIT_CASE(takers_at_once_stay_below_it),
	{}
};

static struct kunit_suite pool_suite = {
	.name = "atoll_pool",
	.init = pool_limit_init,
	.exit = pool_limit_exit,
	.test_cases = pool_cases,
};

kunit_test_suite(pool_suite);
