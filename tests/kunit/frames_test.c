// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest memory that came in frames of 4 KiB, since the host had no extent: it is
 * read, written, taken, given back and audited as the rest is.  That a want of
 * extents leads there is for tests/e2e/frames.sh, which can make one.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../../kmod/atoll.h"
#include "../../kmod/mem/gmem.h"
#include "pool_limit.h"

#define GMEM_BYTES	(2 * SZ_2M + 3 * SZ_4K)
/* The one page of the first extent that is there to begin with */
#define FIRST		(7 * SZ_4K)

static struct atoll_pool_usage usage(void)
{
	struct atoll_pool_usage now;

	atoll_pool_get_usage(&atoll_dynamic_pool, &now);
	return now;
}

/* The first extent's place is split, with one frame; the second is an extent */
static struct atoll_gmem *start(struct kunit *test)
{
	struct atoll_gmem *gmem = kunit_kzalloc(test, sizeof(*gmem), GFP_KERNEL);
	void **frames = kcalloc(512, sizeof(*frames), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, gmem);
	KUNIT_ASSERT_NOT_NULL(test, frames);
	KUNIT_ASSERT_EQ(test, atoll_gmem_init(gmem, &(struct atoll_gmem_config){
			.pool = &atoll_dynamic_pool, .bytes = GMEM_BYTES,
		}, &atoll_npt_format, 4, NULL), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(gmem, SZ_2M, 1, NULL), 0);
	frames[FIRST / SZ_4K] = atoll_pool_take_frame(gmem, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(frames[FIRST / SZ_4K]));
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&gmem->s2, FIRST,
					     virt_to_phys(frames[FIRST / SZ_4K]), SZ_4K,
					     ATOLL_S2_RAM), 0);
	gmem->slot[0].dir[0][0] = (void *)((unsigned long)frames + ATOLL_PLACE_SPLIT);
	gmem->nr_frames = 1;
	return gmem;
}

static void a_frame_is_zero_and_has_one_owner(struct kunit *test)
{
	static struct atoll_gmem owner;
	void *frame = atoll_pool_take_frame(&owner, NULL);
	phys_addr_t hpa;

	KUNIT_ASSERT_FALSE(test, IS_ERR(frame));
	hpa = virt_to_phys(frame);
	KUNIT_EXPECT_NULL(test, memchr_inv(frame, 0, SZ_4K));
	KUNIT_EXPECT_EQ(test, usage().used, SZ_4K);
	KUNIT_EXPECT_PTR_EQ(test, atoll_pool_owner(hpa + SZ_4K - 1), &owner);
	KUNIT_EXPECT_NULL(test, atoll_pool_owner(hpa + SZ_4K));
	KUNIT_EXPECT_NULL(test, atoll_pool_owner(hpa - 1));
	memset(frame, 0xa5, SZ_4K);
	get_page(virt_to_page(frame));
	atoll_pool_give_frame(&owner, frame);
	KUNIT_EXPECT_NULL(test, memchr_inv(frame, 0, SZ_4K));
	put_page(virt_to_page(frame));
	KUNIT_EXPECT_NULL(test, atoll_pool_owner(hpa));
	KUNIT_EXPECT_EQ(test, usage().used, 0);
}

static void the_limit_counts_frames(struct kunit *test)
{
	static struct atoll_gmem owner;
	void *frame, *extent;

	KUNIT_ASSERT_EQ(test, pool_set(SZ_2M, true), 0);
	frame = atoll_pool_take_frame(&owner, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(frame));
	KUNIT_EXPECT_EQ(test, PTR_ERR(atoll_pool_take(&owner, NULL)), -ENOSPC);
	atoll_pool_give_frame(&owner, frame);
	extent = atoll_pool_take(&owner, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(extent));
	KUNIT_EXPECT_EQ(test, PTR_ERR(atoll_pool_take_frame(&owner, NULL)), -ENOSPC);
	atoll_pool_give(&owner, extent);
}

static void what_a_split_place_lacks(struct kunit *test)
{
	struct atoll_gmem *gmem = start(test);
	u64 value = U64_MAX;
	u8 old;

	KUNIT_EXPECT_FALSE(test, atoll_gmem_lacks(gmem, FIRST, SZ_4K));
	KUNIT_EXPECT_TRUE(test, atoll_gmem_lacks(gmem, FIRST, SZ_4K + 1));
	KUNIT_EXPECT_TRUE(test, atoll_gmem_lacks(gmem, FIRST - 1, 1));
	KUNIT_EXPECT_TRUE(test, atoll_gmem_lacks(gmem, SZ_2M - 1, 2));
	KUNIT_EXPECT_EQ(test, atoll_gmem_write(gmem, FIRST - 4, &value, 8), -EAGAIN);
	KUNIT_EXPECT_EQ(test, atoll_gmem_xchg(gmem, 0, 1, &old), -EAGAIN);
	/* Half of it there, half of it zero */
	KUNIT_EXPECT_EQ(test, atoll_gmem_write(gmem, FIRST + SZ_4K - 8, &value, 8), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, FIRST + SZ_4K - 4, &value, 8), 0);
	KUNIT_EXPECT_EQ(test, value, U32_MAX);
	KUNIT_EXPECT_TRUE(test, atoll_gmem_read_in_page(gmem, FIRST + SZ_4K, &value, 8));
	KUNIT_EXPECT_EQ(test, value, 0);
	KUNIT_EXPECT_TRUE(test, atoll_gmem_read_in_page(gmem, FIRST + SZ_4K - 8, &value, 8));
	KUNIT_EXPECT_EQ(test, value, U64_MAX);
	atoll_gmem_destroy(gmem);
}

static void a_fill_takes_the_frames_that_it_touches(struct kunit *test)
{
	struct atoll_gmem *gmem = start(test);
	u64 value = 0x1122334455667788, got = 0;
	struct atoll_s2_leaf leaf = {};

	/* Two bytes on an edge of which one side is there, and two where none is */
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, FIRST + SZ_4K - 1, 2, NULL), 0);
	KUNIT_EXPECT_EQ(test, gmem->nr_frames, 2);
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, SZ_4K - 1, 2, NULL), 0);
	KUNIT_EXPECT_EQ(test, gmem->nr_frames, 4);
	/* Across the end of it, into the extent */
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, SZ_2M - 4, 8, NULL), 0);
	KUNIT_EXPECT_EQ(test, gmem->nr_frames, 5);
	KUNIT_EXPECT_EQ(test, gmem->nr_resident, 1);
	KUNIT_EXPECT_EQ(test, usage().used, SZ_2M + 5 * SZ_4K);
	KUNIT_EXPECT_EQ(test, atoll_gmem_resident(gmem), SZ_2M + 5 * SZ_4K);

	KUNIT_EXPECT_EQ(test, atoll_gmem_write(gmem, SZ_2M - 4, &value, 8), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, SZ_2M - 4, &got, 8), 0);
	KUNIT_EXPECT_EQ(test, got, value);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(&gmem->s2, SZ_2M - 4, &leaf), 0);
	KUNIT_EXPECT_EQ(test, leaf.level, 1);
	KUNIT_EXPECT_EQ(test, *(u32 *)phys_to_virt(leaf.hpa), (u32)value);
	KUNIT_EXPECT_PTR_EQ(test, atoll_pool_owner(leaf.hpa), gmem);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&gmem->s2, 2 * SZ_4K, &leaf), -ENOENT);

	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, 0, GMEM_BYTES, NULL), 0);
	KUNIT_EXPECT_EQ(test, gmem->nr_frames, 512);
	KUNIT_EXPECT_EQ(test, gmem->nr_resident, 2);
	KUNIT_EXPECT_FALSE(test, atoll_gmem_lacks(gmem, 0, GMEM_BYTES));
	atoll_gmem_destroy(gmem);
}

static void a_reset_gives_frames_back(struct kunit *test)
{
	struct atoll_gmem *gmem = start(test);
	struct atoll_s2_leaf leaf;

	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, 0, SZ_2M, NULL), 0);
	atoll_gmem_zero(gmem);
	KUNIT_EXPECT_EQ(test, usage().used, 0);
	KUNIT_EXPECT_EQ(test, gmem->nr_frames, 0);
	KUNIT_EXPECT_EQ(test, gmem->s2.nr_tables, 1);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&gmem->s2, FIRST, &leaf), -ENOENT);
	/* There is an extent to be had now */
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, FIRST, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, gmem->nr_resident, 1);
	KUNIT_EXPECT_EQ(test, gmem->nr_frames, 0);
	atoll_gmem_destroy(gmem);
}

static void audit(struct atoll_gmem *gmem, struct atoll_audit *audit)
{
	memset(audit, 0, sizeof(*audit));
	audit->who = "board";
	atoll_gmem_audit(gmem, virt_to_phys(gmem->s2.root), audit);
}

static void expect_one(struct kunit *test, struct atoll_gmem *gmem, struct atoll_audit *a,
		       const char *words)
{
	audit(gmem, a);
	KUNIT_ASSERT_GE(test, a->nr_violations, 1);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(a->violation[0], words), "%s", a->violation[0]);
}

static void frames_are_audited(struct kunit *test)
{
	struct atoll_gmem *gmem = start(test);
	struct atoll_audit *a = kunit_kzalloc(test, sizeof(*a), GFP_KERNEL);
	u64 first = virt_to_phys(atoll_place_frames(gmem->slot[0].dir[0][0])[FIRST / SZ_4K]);
	void *theirs;

	KUNIT_ASSERT_NOT_NULL(test, a);
	audit(gmem, a);
	KUNIT_EXPECT_EQ_MSG(test, a->nr_violations, 0, "%s", a->violation[0]);
	KUNIT_EXPECT_EQ(test, a->frames, 512 + 1);

	gmem->nr_frames++;
	expect_one(test, gmem, a, "1 frames are mapped, and 2 are held");
	gmem->nr_frames--;
	theirs = atoll_pool_take_frame(gmem, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(theirs));
	expect_one(test, gmem, a, "the pool has 2 frames on record, and 1 are held");
	atoll_pool_give_frame(gmem, theirs);
	/* The same frame once more, and the host's next to it */
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&gmem->s2, 0, first, SZ_4K, ATOLL_S2_RAM), 0);
	expect_one(test, gmem, a, "lies elsewhere in RAM");
	KUNIT_EXPECT_EQ(test, atoll_s2pt_unmap(&gmem->s2, 0, SZ_4K), 0);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&gmem->s2, 0, virt_to_phys(a) & PAGE_MASK, SZ_4K,
					     ATOLL_S2_RAM), 0);
	expect_one(test, gmem, a, "the host's frame");
	atoll_gmem_destroy(gmem);
}

static struct kunit_case frames_cases[] = {
	KUNIT_CASE(a_frame_is_zero_and_has_one_owner),
	KUNIT_CASE(the_limit_counts_frames),
	KUNIT_CASE(what_a_split_place_lacks),
	KUNIT_CASE(a_fill_takes_the_frames_that_it_touches),
	KUNIT_CASE(a_reset_gives_frames_back),
	KUNIT_CASE(frames_are_audited),
	{}
};

static struct kunit_suite frames_suite = {
	.name = "atoll_frames",
	.init = pool_limit_init,
	.exit = pool_limit_exit,
	.test_cases = frames_cases,
};

kunit_test_suite(frames_suite);
