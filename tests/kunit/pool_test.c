// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pool: what it hands out is zero, what comes back is scrubbed, and its
 * limit holds, whoever asks at the same time.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../kmod/atoll.h"
#include "pool_limit.h"

/* Who takes; nothing in it is looked at */
static struct atoll_gmem one, other;

static u64 pool_used_bytes(void)
{
	struct atoll_pool_usage pool;

	atoll_pool_get_usage(&atoll_dynamic_pool, &pool);
	return pool.used;
}

static void extents_are_aligned_and_zero(struct kunit *test)
{
	struct page *dirty;
	void *extent[2];
	u32 i;

	/* What somebody else left behind is the likeliest to be handed out next */
	dirty = alloc_pages(GFP_KERNEL, 9);
	KUNIT_ASSERT_NOT_NULL(test, dirty);
	memset(page_address(dirty), 0xa5, SZ_2M);
	__free_pages(dirty, 9);

	for (i = 0; i < 2; i++) {
		extent[i] = atoll_pool_take(&one, NULL);
		KUNIT_ASSERT_FALSE(test, IS_ERR(extent[i]));
		KUNIT_EXPECT_EQ(test, virt_to_phys(extent[i]) % SZ_2M, 0);
		KUNIT_EXPECT_NULL(test, memchr_inv(extent[i], 0, SZ_2M));
	}
	KUNIT_EXPECT_EQ(test, pool_used_bytes(), 2 * SZ_2M);
	KUNIT_EXPECT_PTR_NE(test, extent[0], extent[1]);
	atoll_pool_give(&one, extent[0]);
	KUNIT_EXPECT_EQ(test, pool_used_bytes(), SZ_2M);
	atoll_pool_give(&one, extent[1]);
}

static void what_comes_back_is_scrubbed(struct kunit *test)
{
	void *extent = atoll_pool_take(&one, NULL);
	struct page *page;

	KUNIT_ASSERT_FALSE(test, IS_ERR(extent));
	memset(extent, 0xa5, SZ_2M);
	/*
	 * A reference of our own, so that we can look at what the host gets: the first
	 * page.  A range's extents stay to be looked at as a whole (atoll_reserved).
	 */
	page = virt_to_page(extent);
	get_page(page);
	atoll_pool_give(&one, extent);
	atoll_pool_wait_clean(&atoll_dynamic_pool);
	KUNIT_EXPECT_NULL(test, memchr_inv(page_address(page), 0, PAGE_SIZE));
	put_page(page);
}

static void what_is_being_cleared_is_room_soon(struct kunit *test)
{
	struct atoll_pool_usage pool;
	void *extent;
	u32 i;

	/* Whoever needs it waits for it, and never sees what was in it */
	KUNIT_ASSERT_EQ(test, pool_set(SZ_2M, false), 0);
	for (i = 0; i < 50; i++) {
		extent = atoll_pool_take(&one, NULL);
		KUNIT_ASSERT_FALSE(test, IS_ERR(extent));
		KUNIT_ASSERT_NULL(test, memchr_inv(extent, 0, SZ_2M));
		memset(extent, 0xa5, SZ_2M);
		atoll_pool_give(&one, extent);
		KUNIT_ASSERT_EQ(test, pool_used_bytes(), 0);
	}
	atoll_pool_wait_clean(&atoll_dynamic_pool);
	atoll_pool_get_usage(&atoll_dynamic_pool, &pool);
	KUNIT_EXPECT_EQ(test, pool.clearing, 0);
}

static u32 count_hidden(struct page *page, u32 nr)
{
	u32 hidden = 0, i;

	for (i = 0; i < nr; i++)
		hidden += PageOffline(page + i);
	return hidden;
}

static void no_crash_dump_has_it(struct kunit *test)
{
	void *extent = atoll_pool_take(&one, NULL), *frame = atoll_pool_take_frame(&one, NULL);
	struct page *page[2];

	KUNIT_ASSERT_FALSE(test, IS_ERR(extent) || IS_ERR(frame));
	page[0] = virt_to_page(extent);
	page[1] = virt_to_page(frame);
	KUNIT_EXPECT_EQ(test, count_hidden(page[0], 512), 512);
	KUNIT_EXPECT_EQ(test, count_hidden(page[1], 1), 1);
	/* With references of our own, so that nobody else gets them */
	get_page(page[0]);
	get_page(page[1]);
	atoll_pool_give(&one, extent);
	atoll_pool_give_frame(&one, frame);
	atoll_pool_wait_clean(&atoll_dynamic_pool);
	KUNIT_EXPECT_EQ(test, count_hidden(page[0], 512), 0);
	KUNIT_EXPECT_EQ(test, count_hidden(page[1], 1), 0);
	put_page(page[0]);
	put_page(page[1]);
}

static void each_byte_has_one_owner(struct kunit *test)
{
	void *first = atoll_pool_take(&one, NULL), *second = atoll_pool_take(&other, NULL);
	phys_addr_t hpa;

	KUNIT_ASSERT_FALSE(test, IS_ERR(first) || IS_ERR(second));
	hpa = virt_to_phys(first);
	KUNIT_EXPECT_PTR_EQ(test, atoll_pool_owner(hpa), &one);
	KUNIT_EXPECT_PTR_EQ(test, atoll_pool_owner(hpa + SZ_2M - 1), &one);
	KUNIT_EXPECT_PTR_EQ(test, atoll_pool_owner(virt_to_phys(second)), &other);
	atoll_pool_give(&one, first);
	KUNIT_EXPECT_NULL(test, atoll_pool_owner(hpa));
	KUNIT_EXPECT_PTR_EQ(test, atoll_pool_owner(virt_to_phys(second)), &other);
	atoll_pool_give(&other, second);
	/* Nor has the host's own memory one, nor what is no memory */
	KUNIT_EXPECT_NULL(test, atoll_pool_owner(virt_to_phys(test->priv)));
	KUNIT_EXPECT_NULL(test, atoll_pool_owner(U64_MAX));
}

static void the_limit_holds(struct kunit *test)
{
	struct netlink_ext_ack extack = {};
	struct atoll_pool_usage pool;
	void *extent[3];
	u32 i;

	/* Whole extents only */
	KUNIT_ASSERT_EQ(test, pool_set(3 * SZ_2M + SZ_1M, false), 0);
	atoll_pool_get_usage(&atoll_dynamic_pool, &pool);
	KUNIT_EXPECT_EQ(test, pool.limit, 3 * SZ_2M);

	for (i = 0; i < 3; i++) {
		extent[i] = atoll_pool_take(&one, NULL);
		KUNIT_ASSERT_FALSE(test, IS_ERR(extent[i]));
	}
	KUNIT_EXPECT_EQ(test, PTR_ERR(atoll_pool_take(&one, &extack)), -ENOSPC);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg, "guests hold all that the pool's limit allows");
	/* What is held can't be overcommitted */
	KUNIT_EXPECT_EQ(test, pool_set(3 * SZ_2M - 1, true), -EBUSY);
	KUNIT_EXPECT_EQ(test, pool_set(3 * SZ_2M, false), 0);
	for (i = 0; i < 3; i++)
		atoll_pool_give(&one, extent[i]);
}

static void set_refused(struct kunit *test, u64 bytes, bool overcommit)
{
	struct netlink_ext_ack extack = {};
	struct atoll_pool_usage before, after;

	atoll_pool_get_usage(&atoll_dynamic_pool, &before);
	KUNIT_EXPECT_EQ(test, atoll_pool_set(&atoll_dynamic_pool, &bytes, &overcommit, &extack),
			-EBUSY);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg, "pool limit is below what guests are promised");
	atoll_pool_get_usage(&atoll_dynamic_pool, &after);
	KUNIT_EXPECT_EQ(test, before.limit, after.limit);
	KUNIT_EXPECT_EQ(test, before.overcommit, after.overcommit);
}

static void promises_stay_below_it(struct kunit *test)
{
	struct netlink_ext_ack extack = {};
	struct atoll_pool_usage pool;

	KUNIT_ASSERT_EQ(test, pool_set(4 * SZ_2M, false), 0);
	KUNIT_EXPECT_EQ(test, atoll_pool_promise(&atoll_dynamic_pool, 3, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_pool_promise(&atoll_dynamic_pool, 2, &extack), -ENOSPC);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg, "the pool has no room for that much memory");
	KUNIT_EXPECT_EQ(test, atoll_pool_promise(&atoll_dynamic_pool, U32_MAX, NULL), -ENOSPC);
	KUNIT_EXPECT_EQ(test, atoll_pool_promise(&atoll_dynamic_pool, 1, NULL), 0);
	set_refused(test, 3 * SZ_2M, false);

	KUNIT_EXPECT_EQ(test, pool_set(3 * SZ_2M, true), 0);
	KUNIT_EXPECT_EQ(test, atoll_pool_promise(&atoll_dynamic_pool, 10, NULL), 0);
	atoll_pool_get_usage(&atoll_dynamic_pool, &pool);
	KUNIT_EXPECT_EQ(test, pool.promised, 14 * SZ_2M);
	KUNIT_EXPECT_EQ(test, pool.used, 0);
	/* Nor can it be taken back, with more promised than there is */
	set_refused(test, 3 * SZ_2M, false);
	KUNIT_EXPECT_EQ(test, pool_set(14 * SZ_2M, false), 0);
	atoll_pool_release(&atoll_dynamic_pool, 14);
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
	void *extent;
	int held;
	u32 i;

	for (i = 0; i < 10; i++) {
		extent = atoll_pool_take(&one, NULL);
		if (IS_ERR(extent)) {
			atomic_inc(&t->refused);
			usleep_range(500, 1000);
			continue;
		}
		held = atomic_inc_return(&t->held);
		if (held > atomic_read(&t->most))
			atomic_set(&t->most, held);
		/* So that the others try meanwhile */
		usleep_range(1000, 2000);
		atomic_dec(&t->held);
		atoll_pool_give(&one, extent);
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

	/* Room for two of them at a time */
	KUNIT_ASSERT_EQ(test, pool_set(2 * SZ_2M, false), 0);
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
	KUNIT_CASE(what_is_being_cleared_is_room_soon),
	KUNIT_CASE(no_crash_dump_has_it),
	KUNIT_CASE(each_byte_has_one_owner),
	KUNIT_CASE(the_limit_holds),
	KUNIT_CASE(promises_stay_below_it),
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
