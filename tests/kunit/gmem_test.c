// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest-physical memory: its layout, its bounds, and that the CPU's view of
 * it (stage 2) and everybody else's are the same bytes.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/io.h>
#include <linux/kthread.h>
#include <linux/shmem_fs.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../kmod/atoll.h"
#include "pool_limit.h"

#define GMEM_BYTES	(2 * SZ_2M + 3 * SZ_4K)

static void layout_has_the_hole_of_a_pc(struct kunit *test)
{
	struct atoll_slot slot[2];

	KUNIT_EXPECT_EQ(test, atoll_gmem_layout(SZ_4K, slot), 1);
	KUNIT_EXPECT_EQ(test, slot[0].gpa, 0);
	KUNIT_EXPECT_EQ(test, slot[0].len, SZ_4K);
	KUNIT_EXPECT_EQ(test, slot[0].nr_extents, 1);

	KUNIT_EXPECT_EQ(test, atoll_gmem_layout(3ULL * SZ_1G, slot), 1);
	KUNIT_EXPECT_EQ(test, slot[0].nr_extents, 1536);

	KUNIT_EXPECT_EQ(test, atoll_gmem_layout(3ULL * SZ_1G + SZ_4K, slot), 2);
	KUNIT_EXPECT_EQ(test, slot[0].len, 3ULL * SZ_1G);
	KUNIT_EXPECT_EQ(test, slot[1].gpa, 4ULL * SZ_1G);
	KUNIT_EXPECT_EQ(test, slot[1].len, SZ_4K);
	KUNIT_EXPECT_EQ(test, slot[1].nr_extents, 1);
}

static void has_knows_every_edge(struct kunit *test)
{
	u64 low_end = 3ULL * SZ_1G, high = 4ULL * SZ_1G, high_end = 5ULL * SZ_1G;
	struct atoll_gmem gmem = {};

	gmem.nr_slots = atoll_gmem_layout(4ULL * SZ_1G, gmem.slot);
	KUNIT_EXPECT_TRUE(test, atoll_gmem_has(&gmem, 0, low_end));
	KUNIT_EXPECT_TRUE(test, atoll_gmem_has(&gmem, low_end - 1, 1));
	KUNIT_EXPECT_FALSE(test, atoll_gmem_has(&gmem, low_end - 1, 2));
	KUNIT_EXPECT_FALSE(test, atoll_gmem_has(&gmem, low_end, 1));
	KUNIT_EXPECT_FALSE(test, atoll_gmem_has(&gmem, 0, high_end));
	KUNIT_EXPECT_FALSE(test, atoll_gmem_has(&gmem, high - 1, 2));
	KUNIT_EXPECT_TRUE(test, atoll_gmem_has(&gmem, high, SZ_1G));
	KUNIT_EXPECT_FALSE(test, atoll_gmem_has(&gmem, high, SZ_1G + 1ULL));
	KUNIT_EXPECT_TRUE(test, atoll_gmem_has(&gmem, high_end - 1, 1));
	KUNIT_EXPECT_FALSE(test, atoll_gmem_has(&gmem, high_end, 1));
	/* Sums that wrap around */
	KUNIT_EXPECT_FALSE(test, atoll_gmem_has(&gmem, SZ_4K, U64_MAX));
	KUNIT_EXPECT_FALSE(test, atoll_gmem_has(&gmem, U64_MAX, 1));
	KUNIT_EXPECT_FALSE(test, atoll_gmem_has(&gmem, U64_MAX, U64_MAX));
	KUNIT_EXPECT_FALSE(test, atoll_gmem_has(&gmem, high, -high));
}

static void refuse_bytes(struct kunit *test, u64 bytes, int err, const char *why)
{
	struct netlink_ext_ack extack = {};
	struct atoll_gmem gmem;

	KUNIT_EXPECT_EQ(test, atoll_gmem_init(&gmem, &(struct atoll_gmem_config){
			.pool = &atoll_dynamic_pool, .bytes = bytes,
		}, &atoll_npt_format, 4, &extack), err);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg, why);
	atoll_gmem_destroy(&gmem);
}

static void bad_sizes_are_refused(struct kunit *test)
{
	refuse_bytes(test, 0, -EINVAL, "memory is 0");
	refuse_bytes(test, 1, -EINVAL, "memory is not a multiple of 4096");
	refuse_bytes(test, SZ_1M + 512, -EINVAL, "memory is not a multiple of 4096");
	refuse_bytes(test, ATOLL_MEMORY_MAX + SZ_4K, -ERANGE,
		     "memory is more than 1 TiB");
	refuse_bytes(test, U64_MAX & ~(u64)(SZ_4K - 1), -ERANGE,
		     "memory is more than 1 TiB");
	refuse_bytes(test, ATOLL_MEMORY_MAX, -ENOSPC,
		     "the pool has no room for that much memory");
}

static int on_node(u32 node, struct atoll_pool *pool, struct netlink_ext_ack *extack)
{
	const struct atoll_gmem_config cfg = {
		.pool = pool, .bytes = SZ_4M, .reserve = true, .on_node = true, .node = node,
	};
	struct atoll_gmem gmem;
	int err = atoll_gmem_init(&gmem, &cfg, &atoll_npt_format, 4, extack);

	atoll_gmem_destroy(&gmem);
	return err;
}

static void a_node_must_be_there(struct kunit *test)
{
	struct atoll_pool range = { .kind = ATOLL_POOL_RESERVED };
	struct netlink_ext_ack extack = {};

	KUNIT_EXPECT_EQ(test, on_node(page_to_nid(virt_to_page(test)), &atoll_dynamic_pool, NULL),
			0);
	KUNIT_EXPECT_EQ(test, on_node(MAX_NUMNODES, &atoll_dynamic_pool, &extack), -ENODEV);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg,
			   "the host has no such NUMA node, or no memory there");
	KUNIT_EXPECT_EQ(test, on_node(U32_MAX, &atoll_dynamic_pool, NULL), -ENODEV);
	KUNIT_EXPECT_EQ(test, on_node(0, &range, &extack), -EINVAL);
	KUNIT_EXPECT_STREQ(test, extack._msg,
			   "a reserved pool has no NUMA node to choose");
}

static u64 pool_used(void)
{
	struct atoll_pool_usage pool;

	atoll_pool_get_usage(&atoll_dynamic_pool, &pool);
	return pool.used;
}

static struct atoll_gmem *start(struct kunit *test)
{
	struct atoll_gmem *gmem = kunit_kzalloc(test, sizeof(*gmem), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, gmem);
	KUNIT_ASSERT_EQ(test, atoll_gmem_init(gmem, &(struct atoll_gmem_config){
			.pool = &atoll_dynamic_pool, .bytes = GMEM_BYTES, .reserve = true,
		}, &atoll_npt_format, 4, NULL), 0);
	return gmem;
}

static void a_tail_is_mapped_to_its_last_page(struct kunit *test)
{
	struct atoll_gmem *gmem = start(test);
	struct atoll_s2_leaf leaf = {};
	u64 last = GMEM_BYTES - 1;

	KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(&gmem->s2, 2 * SZ_2M - 1, &leaf), 0);
	KUNIT_EXPECT_EQ(test, leaf.level, 2);
	KUNIT_EXPECT_EQ(test, leaf.prot, ATOLL_S2_RAM);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(&gmem->s2, last, &leaf), 0);
	KUNIT_EXPECT_EQ(test, leaf.level, 1);
	KUNIT_EXPECT_EQ(test, leaf.hpa, virt_to_phys(gmem->slot[0].dir[0][2]) +
			3 * SZ_4K - 1);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&gmem->s2, last + 1, &leaf), -ENOENT);
	atoll_gmem_destroy(gmem);
}

static void the_guest_sees_what_is_written(struct kunit *test)
{
	struct atoll_gmem *gmem = start(test);
	static const size_t lens[] = { 1, 2, 3, 4, 7, 8, 16, 4096 };
	u8 *out = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	u8 *in = kunit_kzalloc(test, SZ_4K, GFP_KERNEL);
	struct atoll_s2_leaf leaf = {};
	u32 i, k;

	KUNIT_ASSERT_NOT_NULL(test, in);
	KUNIT_ASSERT_NOT_NULL(test, out);
	for (i = 0; i < ARRAY_SIZE(lens); i++) {
		/* Half of it on either side of two extents' edge, and aligned */
		const u64 gpa[] = { SZ_2M - lens[i] / 2, SZ_2M };

		for (k = 0; k < 2; k++) {
			memset(in, 0x11 * (i + 1) + k, lens[i]);
			KUNIT_ASSERT_EQ(test, atoll_gmem_write(gmem, gpa[k], in,
							       lens[i]), 0);
			KUNIT_ASSERT_EQ(test, atoll_gmem_read(gmem, gpa[k], out,
							      lens[i]), 0);
			KUNIT_EXPECT_EQ(test, memcmp(in, out, lens[i]), 0);
		}
	}
	KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(&gmem->s2, SZ_2M + 4095, &leaf), 0);
	KUNIT_EXPECT_EQ(test, *(u8 *)phys_to_virt(leaf.hpa), in[0]);
	atoll_gmem_destroy(gmem);
}

static void an_access_is_whole_or_not_at_all(struct kunit *test)
{
	struct atoll_gmem *gmem = start(test);
	u64 value = 0x1122334455667788, end = GMEM_BYTES;
	u8 last = 0;

	KUNIT_EXPECT_EQ(test, atoll_gmem_write(gmem, end - 1, &value, 8), -EFAULT);
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, end - 1, &last, 1), 0);
	KUNIT_EXPECT_EQ(test, last, 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, end - 7, &value, 8), -EFAULT);
	KUNIT_EXPECT_EQ(test, value, 0x1122334455667788);
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, end, &value, 1), -EFAULT);
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, U64_MAX, &value, 8), -EFAULT);
	KUNIT_EXPECT_EQ(test, atoll_gmem_write(gmem, 0, &value, SIZE_MAX), -EFAULT);
	KUNIT_EXPECT_EQ(test, atoll_gmem_write(gmem, end - 8, &value, 8), 0);
	atoll_gmem_destroy(gmem);
}

static void zero_forgets_the_last_run(struct kunit *test)
{
	struct atoll_gmem *gmem = start(test);
	u64 value = U64_MAX;

	gmem->dirty = 1;
	KUNIT_ASSERT_EQ(test, atoll_gmem_write(gmem, 0, &value, 8), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_write(gmem, GMEM_BYTES - 8, &value, 8), 0);
	atoll_gmem_zero(gmem);
	KUNIT_EXPECT_EQ(test, gmem->dirty, 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, 0, &value, 8), 0);
	KUNIT_EXPECT_EQ(test, value, 0);
	value = U64_MAX;
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, GMEM_BYTES - 8, &value, 8), 0);
	KUNIT_EXPECT_EQ(test, value, 0);
	atoll_gmem_destroy(gmem);
}

static void files_land_where_they_should(struct kunit *test)
{
	struct atoll_gmem *gmem = start(test);
	u64 value = 0x1122334455667788, got = 0;
	loff_t pos = SZ_4K;
	struct file *file;

	file = shmem_file_setup("atoll-test", 0, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_ASSERT_EQ(test, kernel_write(file, &value, 8, &pos), 8);

	/* The file is a page of holes and 8 bytes; they end behind an edge */
	KUNIT_EXPECT_EQ(test, atoll_gmem_load_file(gmem, SZ_2M - SZ_4K - 4, file, 0,
						   SZ_4K + 8), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, SZ_2M - 4, &got, 8), 0);
	KUNIT_EXPECT_EQ(test, got, value);
	KUNIT_EXPECT_EQ(test, atoll_gmem_load_file(gmem, 0, file, SZ_4K + 4, 4), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, 0, &got, 8), 0);
	KUNIT_EXPECT_EQ(test, got, value >> 32);

	KUNIT_EXPECT_EQ(test, atoll_gmem_load_file(gmem, 0, file, SZ_4K, 9), -ENODATA);
	KUNIT_EXPECT_EQ(test, atoll_gmem_load_file(gmem, 0, file, SZ_1G, 1), -ENODATA);
	KUNIT_EXPECT_EQ(test, atoll_gmem_load_file(gmem, 0, file, U64_MAX, 1), -ENODATA);
	KUNIT_EXPECT_EQ(test, atoll_gmem_load_file(gmem, 0, file, SZ_1G, 0), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_load_file(gmem, GMEM_BYTES - 8, file, 0, 9),
			-EFAULT);
	fput(file);
	atoll_gmem_destroy(gmem);
}

static void destroy_may_come_twice(struct kunit *test)
{
	struct atoll_gmem *gmem = start(test);

	KUNIT_EXPECT_EQ(test, pool_used(), 3 * SZ_2M);
	atoll_gmem_destroy(gmem);
	atoll_gmem_destroy(gmem);
	KUNIT_EXPECT_EQ(test, pool_used(), 0);
	KUNIT_EXPECT_FALSE(test, atoll_gmem_has(gmem, 0, 1));
}

/* As start(), but nothing is taken yet */
static struct atoll_gmem *start_elastic(struct kunit *test, u64 bytes)
{
	struct atoll_gmem *gmem = kunit_kzalloc(test, sizeof(*gmem), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, gmem);
	KUNIT_ASSERT_EQ(test, atoll_gmem_init(gmem, &(struct atoll_gmem_config){
			.pool = &atoll_dynamic_pool, .bytes = bytes,
		}, &atoll_ept_format, 4, NULL), 0);
	return gmem;
}

static void what_is_not_taken_is_zero(struct kunit *test)
{
	struct atoll_gmem *gmem = start_elastic(test, GMEM_BYTES);
	struct atoll_s2_leaf leaf = {};
	u64 value = U64_MAX;
	u8 old = 1;

	KUNIT_EXPECT_EQ(test, pool_used(), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, SZ_2M - 4, &value, 8), 0);
	KUNIT_EXPECT_EQ(test, value, 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_write(gmem, SZ_2M - 4, &value, 8), -EAGAIN);
	KUNIT_EXPECT_EQ(test, atoll_gmem_xchg(gmem, 0, 1, &old), -EAGAIN);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&gmem->s2, 0, &leaf), -ENOENT);
	/* None of that took any */
	KUNIT_EXPECT_EQ(test, pool_used(), 0);
	KUNIT_EXPECT_EQ(test, gmem->nr_resident, 0);
	atoll_gmem_destroy(gmem);
}

static void a_fill_takes_what_it_touches(struct kunit *test)
{
	struct atoll_gmem *gmem = start_elastic(test, GMEM_BYTES);
	struct atoll_s2_leaf leaf = {};
	u64 value = 0x1122334455667788, got = 0;

	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, GMEM_BYTES, 1, NULL), -EFAULT);
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, 0, U64_MAX, NULL), -EFAULT);
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, SZ_2M, 0, NULL), 0);
	KUNIT_EXPECT_EQ(test, gmem->nr_resident, 0);

	/* One byte takes its extent, and the last is mapped to its end only */
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, GMEM_BYTES - 1, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, gmem->nr_resident, 1);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&gmem->s2, GMEM_BYTES - 1, &leaf), 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&gmem->s2, GMEM_BYTES, &leaf), -ENOENT);
	/* A word on an edge takes both, and nothing that is there is taken again */
	KUNIT_EXPECT_TRUE(test, atoll_gmem_lacks(gmem, SZ_2M - 4, 8));
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, SZ_2M - 4, 8, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, 0, GMEM_BYTES, NULL), 0);
	KUNIT_EXPECT_EQ(test, gmem->nr_resident, 3);
	KUNIT_EXPECT_EQ(test, pool_used(), 3 * SZ_2M);
	KUNIT_EXPECT_FALSE(test, atoll_gmem_lacks(gmem, 0, GMEM_BYTES));
	KUNIT_EXPECT_EQ(test, atoll_gmem_write(gmem, SZ_2M - 4, &value, 8), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, SZ_2M - 4, &got, 8), 0);
	KUNIT_EXPECT_EQ(test, got, value);
	KUNIT_EXPECT_PTR_EQ(test, atoll_pool_owner(leaf.hpa), gmem);
	atoll_gmem_destroy(gmem);
}

static void a_reset_gives_memory_back(struct kunit *test)
{
	struct atoll_gmem *gmem = start_elastic(test, GMEM_BYTES);
	u64 value = U64_MAX;
	struct atoll_s2_leaf leaf;

	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(gmem, 0, GMEM_BYTES, NULL), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_write(gmem, 0, &value, 8), 0);
	atoll_gmem_zero(gmem);
	KUNIT_EXPECT_EQ(test, pool_used(), 0);
	KUNIT_EXPECT_EQ(test, gmem->nr_resident, 0);
	KUNIT_EXPECT_EQ(test, gmem->s2.nr_tables, 1);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&gmem->s2, 0, &leaf), -ENOENT);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&gmem->s2, GMEM_BYTES - 1, &leaf), -ENOENT);
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(gmem, 0, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, 0, &value, 8), 0);
	KUNIT_EXPECT_EQ(test, value, 0);
	atoll_gmem_destroy(gmem);
}

static void an_empty_pool_is_told_and_harms_nothing(struct kunit *test)
{
	struct netlink_ext_ack extack = {};
	struct atoll_gmem *gmem;

	KUNIT_ASSERT_EQ(test, pool_set(SZ_2M, true), 0);
	/* A promise that can't be kept, across the hole of a PC */
	gmem = start_elastic(test, 4ULL * SZ_1G);
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, 4ULL * SZ_1G, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, 0, 1, &extack), -ENOSPC);
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_EQ(test, gmem->nr_resident, 1);
	KUNIT_EXPECT_EQ(test, pool_set(SZ_4M, true), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, 0, 1, NULL), 0);
	atoll_gmem_destroy(gmem);
}

#define FILLERS		4
#define FILLED		8	/* extents */

struct fillers {
	struct atoll_gmem *gmem;
	atomic_t failed;
	atomic_t done;
};

/* As a vCPU that touches one extent after the other, and leaves a mark in each */
static int fill_all(void *data)
{
	static atomic_t last_mark;
	u8 mark = atomic_inc_return(&last_mark) % FILLERS, seen;
	struct fillers *f = data;
	u64 gpa;

	for (gpa = mark; gpa < FILLED * SZ_2M; gpa += SZ_2M) {
		if (atoll_gmem_fill(f->gmem, gpa, 1, NULL) ||
		    atoll_gmem_write(f->gmem, gpa, &mark, 1) ||
		    atoll_gmem_read(f->gmem, gpa, &seen, 1) || seen != mark)
			atomic_inc(&f->failed);
	}
	atomic_inc(&f->done);
	while (!kthread_should_stop())
		schedule_timeout_interruptible(1);
	return 0;
}

static void all_may_touch_the_same(struct kunit *test)
{
	struct fillers f = { .gmem = start_elastic(test, FILLED * SZ_2M) };
	struct task_struct *task[FILLERS];
	u32 i, tries;
	u64 gpa;
	u8 mark;

	/* No more room than for one of each: who comes second must not starve */
	KUNIT_ASSERT_EQ(test, pool_set(FILLED * SZ_2M, false), 0);
	for (i = 0; i < FILLERS; i++)
		task[i] = kthread_run(fill_all, &f, "atoll-test");
	for (tries = 0; tries < 1000 && atomic_read(&f.done) < FILLERS; tries++)
		msleep(20);
	for (i = 0; i < FILLERS; i++)
		if (!IS_ERR(task[i]))
			kthread_stop(task[i]);
	KUNIT_EXPECT_EQ(test, atomic_read(&f.done), FILLERS);
	KUNIT_EXPECT_EQ(test, atomic_read(&f.failed), 0);
	KUNIT_EXPECT_EQ(test, f.gmem->nr_resident, FILLED);
	/* Nobody's mark was lost to an extent that was thrown away */
	for (gpa = 0; gpa < FILLED * SZ_2M; gpa += SZ_2M) {
		for (i = 0; i < FILLERS; i++) {
			atoll_gmem_read(f.gmem, gpa + i, &mark, 1);
			KUNIT_EXPECT_EQ(test, mark, i);
		}
	}
	atoll_gmem_destroy(f.gmem);
}

static struct kunit_case gmem_cases[] = {
	KUNIT_CASE(layout_has_the_hole_of_a_pc),
	KUNIT_CASE(has_knows_every_edge),
	KUNIT_CASE(bad_sizes_are_refused),
	KUNIT_CASE(a_node_must_be_there),
	KUNIT_CASE(a_tail_is_mapped_to_its_last_page),
	KUNIT_CASE(the_guest_sees_what_is_written),
	KUNIT_CASE(an_access_is_whole_or_not_at_all),
	KUNIT_CASE(zero_forgets_the_last_run),
	KUNIT_CASE(files_land_where_they_should),
	KUNIT_CASE(destroy_may_come_twice),
	KUNIT_CASE(what_is_not_taken_is_zero),
	KUNIT_CASE(a_fill_takes_what_it_touches),
	KUNIT_CASE(a_reset_gives_memory_back),
	KUNIT_CASE(an_empty_pool_is_told_and_harms_nothing),
	KUNIT_CASE(all_may_touch_the_same),
	{}
};

static struct kunit_suite gmem_suite = {
	.name = "atoll_gmem",
	.init = pool_limit_init,
	.exit = pool_limit_exit,
	.test_cases = gmem_cases,
};

kunit_test_suite(gmem_suite);
