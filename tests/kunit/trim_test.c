// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a trim gives back and what it leaves, in extents and in frames; and frames
 * that become an extent again, or stay as they were where that can't be.
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
#include "../../kmod/mem/pool.h"
#include "pool_limit.h"

#define EXTENTS		4
#define TAIL		(EXTENTS * SZ_2M)
#define GMEM_BYTES	(TAIL + 3 * SZ_4K)

struct board {
	struct atoll_gmem gmem;
	struct atoll_trim trim;
	struct atoll_audit audit;
};

static struct atoll_pool_usage usage(void)
{
	struct atoll_pool_usage now;

	atoll_pool_wait_clean(&atoll_dynamic_pool);
	atoll_pool_get_usage(&atoll_dynamic_pool, &now);
	return now;
}

static struct board *start(struct kunit *test, u64 bytes, bool reserve)
{
	struct board *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_ASSERT_EQ(test, atoll_gmem_init(&b->gmem, &(struct atoll_gmem_config){
			.pool = &atoll_dynamic_pool, .bytes = bytes, .reserve = reserve,
		}, &atoll_npt_format, 4, NULL), 0);
	return b;
}

static void audit(struct kunit *test, struct board *b)
{
	memset(&b->audit, 0, sizeof(b->audit));
	b->audit.who = "board";
	b->audit.deep = true;
	atoll_gmem_audit(&b->gmem, virt_to_phys(b->gmem.s2.root), &b->audit);
	KUNIT_EXPECT_EQ_MSG(test, b->audit.nr_violations, 0, "%s", b->audit.violation[0]);
}

/* Whatever was to be done, the books are in order and nobody else paid */
static void trim(struct kunit *test, struct board *b, u64 given, u64 merged)
{
	struct atoll_pool_usage before = usage();

	KUNIT_EXPECT_EQ(test, atoll_gmem_trim(&b->gmem, &b->trim, NULL), 0);
	KUNIT_EXPECT_EQ(test, b->trim.given_bytes, given);
	KUNIT_EXPECT_EQ(test, b->trim.nr_merged, merged);
	KUNIT_EXPECT_EQ(test, usage().used, atoll_gmem_resident(&b->gmem));
	KUNIT_EXPECT_EQ(test, usage().promised, before.promised);
	audit(test, b);
}

/* The same with extents that may come apart */
static void trim_split(struct kunit *test, struct board *b, u64 given, u64 apart)
{
	b->trim.split = true;
	trim(test, b, given, 0);
	KUNIT_EXPECT_EQ(test, b->trim.nr_split, apart);
	b->trim.split = false;
}

static void finish(struct board *b)
{
	atoll_gmem_destroy(&b->gmem);
}

static void fill(struct kunit *test, struct board *b, u64 gpa, u64 len)
{
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(&b->gmem, gpa, len, NULL), 0);
}

static void put(struct kunit *test, struct board *b, u64 gpa, u64 value)
{
	KUNIT_ASSERT_EQ(test, atoll_gmem_write(&b->gmem, gpa, &value, sizeof(value)), 0);
}

static u64 get(struct board *b, u64 gpa)
{
	u64 value = 0xdead;

	atoll_gmem_read(&b->gmem, gpa, &value, sizeof(value));
	return value;
}

/* Of the leaf that the CPU finds, 0: none */
static u32 level_at(struct board *b, u64 gpa)
{
	struct atoll_s2_leaf leaf;

	return atoll_s2pt_lookup(&b->gmem.s2, gpa, &leaf) ? 0 : leaf.level;
}

/* What elastic.c does where the host has no extent: the place of @gpa, @nr frames of it */
static void split(struct kunit *test, struct board *b, u64 gpa, u32 nr)
{
	void **frames = kcalloc(512, sizeof(*frames), GFP_KERNEL);
	struct atoll_gmem *gmem = &b->gmem;
	const struct atoll_slot *slot = atoll_gmem_slot(gmem, gpa, 1);
	u64 offset = gpa - slot->gpa;
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, frames);
	for (i = 0; i < nr; i++) {
		frames[i] = atoll_pool_take_frame(gmem, NULL);
		KUNIT_ASSERT_FALSE(test, IS_ERR(frames[i]));
		KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&gmem->s2, gpa + i * SZ_4K,
						     virt_to_phys(frames[i]), SZ_4K,
						     ATOLL_S2_RAM), 0);
	}
	gmem->nr_frames += nr;
	/* The table of its GiB is there once something near has been taken */
	slot->dir[offset >> 30][(offset >> 21) & 511] =
		(void *)((unsigned long)frames + ATOLL_PLACE_SPLIT);
}

static void zero_extents_go_back(struct kunit *test)
{
	struct board *b = start(test, GMEM_BYTES, false);

	trim(test, b, 0, 0);
	fill(test, b, 0, GMEM_BYTES);
	put(test, b, 2 * SZ_2M - 8, 0x80ULL << 56);	/* the last byte of the second */
	put(test, b, 3 * SZ_2M, 1);			/* the first of the fourth */
	/* The first, the third, and the last, of which three pages are RAM */
	trim(test, b, 3 * SZ_2M, 0);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_resident, 2);
	KUNIT_EXPECT_EQ(test, level_at(b, 0), 0);
	KUNIT_EXPECT_EQ(test, level_at(b, SZ_2M), 2);
	KUNIT_EXPECT_EQ(test, level_at(b, 2 * SZ_2M), 0);
	KUNIT_EXPECT_EQ(test, level_at(b, 3 * SZ_2M), 2);
	KUNIT_EXPECT_EQ(test, level_at(b, TAIL), 0);
	KUNIT_EXPECT_EQ(test, get(b, 2 * SZ_2M - 8), 0x80ULL << 56);
	KUNIT_EXPECT_EQ(test, get(b, 3 * SZ_2M), 1);
	/* What went reads as zero, and can be taken again */
	KUNIT_EXPECT_EQ(test, get(b, 2 * SZ_2M), 0);
	KUNIT_EXPECT_TRUE(test, atoll_gmem_lacks(&b->gmem, 2 * SZ_2M, 1));
	fill(test, b, 0, GMEM_BYTES);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_resident, EXTENTS + 1);
	put(test, b, 2 * SZ_2M + 8, 3);
	trim(test, b, 2 * SZ_2M, 0);
	/* Once more: there is nothing to do */
	trim(test, b, 0, 0);
	KUNIT_EXPECT_EQ(test, get(b, 2 * SZ_2M + 8), 3);
	finish(b);
}

static void a_short_last_extent_stays_for_its_last_byte(struct kunit *test)
{
	struct board *b = start(test, GMEM_BYTES, false);

	fill(test, b, 0, GMEM_BYTES);
	put(test, b, GMEM_BYTES - 8, 1ULL << 63);
	trim(test, b, EXTENTS * SZ_2M, 0);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_resident, 1);
	KUNIT_EXPECT_EQ(test, level_at(b, TAIL), 1);
	KUNIT_EXPECT_EQ(test, get(b, GMEM_BYTES - 8), 1ULL << 63);
	put(test, b, GMEM_BYTES - 8, 0);
	trim(test, b, SZ_2M, 0);
	/* All of the tables but for the root */
	KUNIT_EXPECT_EQ(test, b->gmem.s2.nr_tables, 1);
	finish(b);
}

static void zero_frames_go_back(struct kunit *test)
{
	struct board *b = start(test, GMEM_BYTES, false);

	fill(test, b, SZ_2M, 1);
	put(test, b, SZ_2M, 1);
	split(test, b, 0, 20);
	put(test, b, 7 * SZ_4K - 8, 1ULL << 63);
	put(test, b, 9 * SZ_4K, 1);
	trim(test, b, 18 * SZ_4K, 0);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_frames, 2);
	KUNIT_EXPECT_EQ(test, level_at(b, 6 * SZ_4K), 1);
	KUNIT_EXPECT_EQ(test, level_at(b, 9 * SZ_4K), 1);
	KUNIT_EXPECT_EQ(test, level_at(b, 8 * SZ_4K), 0);
	KUNIT_EXPECT_EQ(test, get(b, 7 * SZ_4K - 8), 1ULL << 63);
	KUNIT_EXPECT_EQ(test, get(b, 10 * SZ_4K), 0);
	/* A place that has none is whole again: the next touch takes an extent */
	put(test, b, 7 * SZ_4K - 8, 0);
	put(test, b, 9 * SZ_4K, 0);
	trim(test, b, 2 * SZ_4K, 0);
	KUNIT_EXPECT_NULL(test, atoll_slot_place(&b->gmem.slot[0], 0));
	fill(test, b, 9 * SZ_4K, 1);
	KUNIT_EXPECT_EQ(test, level_at(b, 9 * SZ_4K), 2);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_frames, 0);
	finish(b);
}

/* Each page of a place gets another word, and its end, too */
static void put_tags(struct kunit *test, struct board *b, u64 gpa, u32 nr)
{
	u64 page;

	for (page = gpa; page < gpa + (u64)nr * SZ_4K; page += SZ_4K) {
		put(test, b, page, page + 1);
		put(test, b, page + SZ_4K - 8, ~page);
	}
}

static u32 wrong_tags(struct board *b, u64 gpa, u32 nr)
{
	u32 wrong = 0;
	u64 page;

	for (page = gpa; page < gpa + (u64)nr * SZ_4K; page += SZ_4K)
		wrong += get(b, page) != page + 1 || get(b, page + 8) ||
			 get(b, page + SZ_4K - 8) != ~page;
	return wrong;
}

static void frames_become_an_extent(struct kunit *test)
{
	struct board *b = start(test, GMEM_BYTES, false);
	struct atoll_s2_leaf leaf = {};
	u32 tables;

	fill(test, b, 0, 1);
	put(test, b, 0, 1);
	tables = b->gmem.s2.nr_tables;
	split(test, b, SZ_2M, 512);
	put_tags(test, b, SZ_2M, 512);
	trim(test, b, 0, 1);
	KUNIT_EXPECT_EQ(test, wrong_tags(b, SZ_2M, 512), 0);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_frames, 0);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_resident, 2);
	KUNIT_EXPECT_EQ(test, b->gmem.s2.nr_tables, tables);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(&b->gmem.s2, SZ_2M, &leaf), 0);
	KUNIT_EXPECT_EQ(test, leaf.level, 2);
	KUNIT_EXPECT_EQ(test, leaf.prot, ATOLL_S2_RAM);
	KUNIT_EXPECT_EQ(test, *(u64 *)phys_to_virt(leaf.hpa), SZ_2M + 1);
	/* It is an extent like any other */
	trim(test, b, 0, 0);
	finish(b);
}

static void a_few_frames_may_be_missing(struct kunit *test)
{
	struct board *b = start(test, GMEM_BYTES, false);

	fill(test, b, 0, 1);
	put(test, b, 0, 1);
	/* The last 64 of them are zero, or aren't there; then one more */
	split(test, b, SZ_2M, 500);
	put_tags(test, b, SZ_2M, 448);
	split(test, b, 2 * SZ_2M, 447);
	put_tags(test, b, 2 * SZ_2M, 447);
	trim(test, b, 52 * SZ_4K, 1);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_frames, 447);
	KUNIT_EXPECT_EQ(test, level_at(b, SZ_2M), 2);
	KUNIT_EXPECT_EQ(test, level_at(b, 2 * SZ_2M), 1);
	KUNIT_EXPECT_EQ(test, wrong_tags(b, SZ_2M, 448), 0);
	KUNIT_EXPECT_EQ(test, wrong_tags(b, 2 * SZ_2M, 447), 0);
	KUNIT_EXPECT_EQ(test, get(b, SZ_2M + 448 * SZ_4K), 0);
	KUNIT_EXPECT_EQ(test, get(b, 2 * SZ_2M - 8), 0);
	finish(b);
}

static void a_short_last_place_stays_in_frames(struct kunit *test)
{
	struct board *b = start(test, SZ_2M + 500 * SZ_4K, false);

	fill(test, b, 0, 1);
	put(test, b, 0, 1);
	split(test, b, SZ_2M, 500);
	put_tags(test, b, SZ_2M, 500);
	trim(test, b, 0, 0);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_frames, 500);
	KUNIT_EXPECT_EQ(test, wrong_tags(b, SZ_2M, 500), 0);
	finish(b);
}

static void without_an_extent_all_stays(struct kunit *test)
{
	struct board *b = start(test, GMEM_BYTES, false);

	fill(test, b, 0, 1);
	put(test, b, 0, 1);
	split(test, b, SZ_2M, 512);
	put_tags(test, b, SZ_2M, 512);
	split(test, b, 2 * SZ_2M, 512);
	put_tags(test, b, 2 * SZ_2M, 512);
	KUNIT_ASSERT_EQ(test, pool_set(usage().used, true), 0);
	trim(test, b, 0, 0);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_frames, 1024);
	KUNIT_EXPECT_EQ(test, level_at(b, SZ_2M), 1);
	KUNIT_EXPECT_EQ(test, wrong_tags(b, SZ_2M, 1024), 0);
	/* What is zero goes first, and makes room for the rest */
	put(test, b, 0, 0);
	trim(test, b, SZ_2M, 2);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_frames, 0);
	KUNIT_EXPECT_EQ(test, wrong_tags(b, SZ_2M, 1024), 0);
	finish(b);
}

/* All that a guest was promised is in frames; the rest of the pool is another's */
static void no_promise_is_broken_for_a_merge(struct kunit *test)
{
	struct board *b = start(test, 2 * SZ_2M, false);
	struct board *other = start(test, SZ_2M, false);

	fill(test, b, 0, 1);
	put(test, b, 0, 1);
	split(test, b, SZ_2M, 512);
	put_tags(test, b, SZ_2M, 512);
	KUNIT_ASSERT_EQ(test, pool_set(3 * SZ_2M, false), 0);
	trim(test, b, 0, 0);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_frames, 512);
	/* Room that is nobody's will do */
	KUNIT_ASSERT_EQ(test, pool_set(4 * SZ_2M, false), 0);
	trim(test, b, 0, 1);
	KUNIT_EXPECT_EQ(test, wrong_tags(b, SZ_2M, 512), 0);
	KUNIT_EXPECT_EQ(test, usage().promised, 3 * SZ_2M);
	finish(other);
	finish(b);
}

static void half_of_an_extent_goes_back(struct kunit *test)
{
	struct board *b = start(test, GMEM_BYTES, false);
	struct atoll_s2_leaf before = {}, after = {};

	fill(test, b, 0, 3 * SZ_2M);
	put_tags(test, b, SZ_4K, 256);
	put_tags(test, b, SZ_2M, 257);			/* one too many */
	put(test, b, 3 * SZ_2M - 8, 1ULL << 63);	/* the last of all */
	KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(&b->gmem.s2, SZ_4K, &before), 0);
	/* Not unless it is asked for */
	trim(test, b, 0, 0);
	KUNIT_EXPECT_EQ(test, b->trim.nr_split, 0);
	trim_split(test, b, (256 + 511) * SZ_4K, 2);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_resident, 1);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_frames, 257);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_split, 0);
	KUNIT_EXPECT_EQ(test, wrong_tags(b, SZ_4K, 256), 0);
	KUNIT_EXPECT_EQ(test, get(b, 3 * SZ_2M - 8), 1ULL << 63);
	/* They are where they were, and the CPU finds the same there */
	KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(&b->gmem.s2, SZ_4K, &after), 0);
	KUNIT_EXPECT_EQ(test, after.hpa, before.hpa);
	KUNIT_EXPECT_EQ(test, after.level, 1);
	KUNIT_EXPECT_EQ(test, after.prot, ATOLL_S2_RAM);
	KUNIT_EXPECT_EQ(test, level_at(b, 0), 0);
	KUNIT_EXPECT_EQ(test, level_at(b, SZ_2M), 2);
	/* And one by one the host's to have */
	KUNIT_EXPECT_EQ(test, page_count(pfn_to_page(PHYS_PFN(after.hpa))), 1);
	/* Once more: there is nothing to do, and it does not become whole either */
	trim_split(test, b, 0, 0);
	finish(b);
}

static void what_went_back_is_given_again(struct kunit *test)
{
	struct board *b = start(test, GMEM_BYTES, false);
	u64 page;

	fill(test, b, 0, SZ_2M);
	put_tags(test, b, 0, 200);
	trim_split(test, b, 312 * SZ_4K, 1);
	KUNIT_EXPECT_TRUE(test, atoll_gmem_lacks(&b->gmem, 300 * SZ_4K, 1));
	KUNIT_EXPECT_EQ(test, get(b, 300 * SZ_4K), 0);
	fill(test, b, 300 * SZ_4K, 1);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_frames, 201);
	put(test, b, 300 * SZ_4K, 7);
	audit(test, b);
	/* All of it: and it becomes an extent again */
	fill(test, b, 0, SZ_2M);
	put_tags(test, b, 200 * SZ_4K, 312);
	trim(test, b, 0, 1);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_resident, 1);
	KUNIT_EXPECT_EQ(test, level_at(b, 0), 2);
	KUNIT_EXPECT_EQ(test, wrong_tags(b, 0, 512), 0);
	/* And comes apart again */
	for (page = 0; page < 256 * SZ_4K; page += SZ_4K) {
		put(test, b, page, 0);
		put(test, b, page + SZ_4K - 8, 0);
	}
	trim_split(test, b, 256 * SZ_4K, 1);
	KUNIT_EXPECT_EQ(test, wrong_tags(b, SZ_1M, 256), 0);
	finish(b);
}

static void a_short_last_extent_comes_apart_too(struct kunit *test)
{
	struct board *b = start(test, GMEM_BYTES, false);

	fill(test, b, TAIL, 1);
	put(test, b, TAIL + SZ_4K, 1);
	trim_split(test, b, 511 * SZ_4K, 1);
	KUNIT_EXPECT_EQ(test, atoll_gmem_resident(&b->gmem), SZ_4K);
	KUNIT_EXPECT_EQ(test, level_at(b, TAIL), 0);
	KUNIT_EXPECT_EQ(test, level_at(b, TAIL + SZ_4K), 1);
	KUNIT_EXPECT_EQ(test, get(b, TAIL + SZ_4K), 1);
	finish(b);
}

static void without_a_table_it_stays_whole(struct kunit *test)
{
	struct board *b = start(test, GMEM_BYTES, false);

	fill(test, b, 0, 1);
	put(test, b, 0, 1);
	b->gmem.s2.max_tables = b->gmem.s2.nr_tables;
	trim_split(test, b, 0, 0);
	KUNIT_EXPECT_EQ(test, level_at(b, 0), 2);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_resident, 1);
	b->gmem.s2.max_tables = 0;
	trim_split(test, b, 511 * SZ_4K, 1);
	finish(b);
}

/* A frame of it is on record already, which is a defect, and will do for a test */
static void without_a_record_it_stays_whole(struct kunit *test)
{
	struct board *b = start(test, GMEM_BYTES, false);
	struct atoll_s2_leaf leaf = {};

	fill(test, b, 0, 1);
	put_tags(test, b, 0, 1);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(&b->gmem.s2, 300 * SZ_4K, &leaf), 0);
	KUNIT_ASSERT_EQ(test, atoll_record_add(&b->gmem, PAGE_SHIFT, leaf.hpa), 0);
	b->trim.split = true;
	KUNIT_EXPECT_EQ(test, atoll_gmem_trim(&b->gmem, &b->trim, NULL), 0);
	KUNIT_EXPECT_EQ(test, b->trim.nr_split, 0);
	KUNIT_EXPECT_EQ(test, atoll_pool_owned(&b->gmem, PAGE_SHIFT), 1);
	KUNIT_EXPECT_EQ(test, level_at(b, 0), 2);
	KUNIT_EXPECT_EQ(test, wrong_tags(b, 0, 1), 0);
	atoll_record_remove_frame(&b->gmem, leaf.hpa);
	trim_split(test, b, 511 * SZ_4K, 1);
	finish(b);
}

static bool keep_one(void *arg, u64 gpa, u64 len)
{
	u64 *kept = arg;

	return *kept - gpa < len;
}

static void what_is_kept_stays(struct kunit *test)
{
	struct board *b = start(test, GMEM_BYTES, false);
	u64 kept = 2 * SZ_2M - 1;

	b->trim.keep = keep_one;
	b->trim.arg = &kept;
	fill(test, b, SZ_2M, 2 * SZ_2M);
	trim(test, b, SZ_2M, 0);
	KUNIT_EXPECT_EQ(test, level_at(b, SZ_2M), 2);
	split(test, b, 0, 3);
	kept = SZ_4K;
	trim(test, b, SZ_2M + 2 * SZ_4K, 0);
	KUNIT_EXPECT_EQ(test, level_at(b, SZ_4K), 1);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_frames, 1);
	/* Of an extent that comes apart, too; and it counts among what is used */
	kept = 2 * SZ_2M - 1;
	fill(test, b, SZ_2M, 1);
	put_tags(test, b, SZ_2M, 256);
	trim_split(test, b, SZ_4K, 0);
	b->trim.keep = NULL;
	trim_split(test, b, 256 * SZ_4K, 1);
	b->trim.keep = keep_one;
	fill(test, b, 2 * SZ_2M, 1);
	kept = 2 * SZ_2M;
	trim_split(test, b, 511 * SZ_4K, 1);
	KUNIT_EXPECT_EQ(test, level_at(b, 2 * SZ_2M), 1);
	KUNIT_EXPECT_EQ(test, b->gmem.nr_frames, 256 + 1);
	finish(b);
}

static void memory_above_the_hole_counts(struct kunit *test)
{
	const u64 high = 4ULL * SZ_1G;
	struct board *b;

	KUNIT_ASSERT_EQ(test, pool_set(SZ_64M, true), 0);
	b = start(test, 3ULL * SZ_1G + SZ_8M, false);
	fill(test, b, 3ULL * SZ_1G - 1, 1);
	fill(test, b, high, 3 * SZ_2M);
	put(test, b, high + SZ_2M, 1);
	split(test, b, high + 3 * SZ_2M, 512);
	put_tags(test, b, high + 3 * SZ_2M, 512);
	trim(test, b, 3 * SZ_2M, 1);
	KUNIT_EXPECT_EQ(test, level_at(b, 3ULL * SZ_1G - 1), 0);
	KUNIT_EXPECT_EQ(test, get(b, high + SZ_2M), 1);
	KUNIT_EXPECT_EQ(test, level_at(b, high + 3 * SZ_2M), 2);
	KUNIT_EXPECT_EQ(test, wrong_tags(b, high + 3 * SZ_2M, 512), 0);
	finish(b);
}

static void reserved_memory_stays(struct kunit *test)
{
	struct board *b = start(test, GMEM_BYTES, true);
	struct netlink_ext_ack extack = {};

	KUNIT_EXPECT_EQ(test, atoll_gmem_trim(&b->gmem, &b->trim, &extack), -EOPNOTSUPP);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_NOT_NULL(test, strstr(extack._msg, "the guest's memory is reserved"));
	KUNIT_EXPECT_EQ(test, b->gmem.nr_resident, EXTENTS + 1);
	KUNIT_EXPECT_EQ(test, level_at(b, 0), 2);
	audit(test, b);
	finish(b);
}

static struct kunit_case trim_cases[] = {
	KUNIT_CASE(zero_extents_go_back),
	KUNIT_CASE(a_short_last_extent_stays_for_its_last_byte),
	KUNIT_CASE(zero_frames_go_back),
	KUNIT_CASE(frames_become_an_extent),
	KUNIT_CASE(a_few_frames_may_be_missing),
	KUNIT_CASE(a_short_last_place_stays_in_frames),
	KUNIT_CASE(without_an_extent_all_stays),
	KUNIT_CASE(no_promise_is_broken_for_a_merge),
	KUNIT_CASE(half_of_an_extent_goes_back),
	KUNIT_CASE(what_went_back_is_given_again),
	KUNIT_CASE(a_short_last_extent_comes_apart_too),
	KUNIT_CASE(without_a_table_it_stays_whole),
	KUNIT_CASE(without_a_record_it_stays_whole),
	KUNIT_CASE(what_is_kept_stays),
	KUNIT_CASE(memory_above_the_hole_counts),
	KUNIT_CASE(reserved_memory_stays),
	{}
};

static struct kunit_suite trim_suite = {
	.name = "atoll_trim",
	.init = pool_limit_init,
	.exit = pool_limit_exit,
	.test_cases = trim_cases,
};

kunit_test_suite(trim_suite);
