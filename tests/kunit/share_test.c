// SPDX-License-Identifier: GPL-2.0-only
/*
 * Zeroes that all guests read: they are lent where nothing is taken, can't be written,
 * and are gone from CPUs before memory comes in their place.
 */
#include <kunit/test.h>
#include <linux/io.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../kmod/atoll.h"
#include "../../kmod/mem/gmem.h"
#include "pool_limit.h"

/* Three extents, and two pages of a fourth */
#define GMEM_BYTES	(3 * SZ_2M + 2 * SZ_4K)
#define SHORT		(3 * SZ_2M)

/* What was so when CPUs were flushed */
static u32 flushes;
static bool was_mapped, was_taken;
static u64 watched;

static void flush(struct atoll_gmem *gmem)
{
	struct atoll_s2_leaf leaf;

	flushes++;
	was_mapped = !atoll_s2pt_lookup(&gmem->s2, watched, &leaf);
	was_taken = !atoll_gmem_lacks(gmem, watched, 1);
}

static struct atoll_gmem *gmem_create(struct kunit *test, const struct atoll_s2_format *fmt)
{
	struct atoll_gmem *gmem = kunit_kzalloc(test, sizeof(*gmem), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, gmem);
	KUNIT_ASSERT_EQ(test, atoll_gmem_init(gmem, &(struct atoll_gmem_config){
			.pool = &atoll_dynamic_pool, .bytes = GMEM_BYTES, .flush = flush,
		}, fmt, 4, NULL), 0);
	flushes = 0;
	return gmem;
}

static struct atoll_s2_leaf leaf_at(struct kunit *test, struct atoll_gmem *gmem, u64 gpa)
{
	struct atoll_s2_leaf leaf = {};

	KUNIT_EXPECT_EQ_MSG(test, atoll_s2pt_lookup(&gmem->s2, gpa, &leaf), 0, "%#llx", gpa);
	return leaf;
}

static void expect_lent(struct kunit *test, struct atoll_gmem *gmem, u64 gpa, u32 level)
{
	struct atoll_s2_leaf leaf = leaf_at(test, gmem, gpa);

	KUNIT_EXPECT_EQ(test, leaf.level, level);
	KUNIT_EXPECT_EQ(test, leaf.prot, 0);
	KUNIT_EXPECT_NULL(test, atoll_pool_owner(leaf.hpa));
	KUNIT_EXPECT_NULL(test, memchr_inv(phys_to_virt(leaf.hpa & PAGE_MASK), 0, SZ_4K));
	KUNIT_EXPECT_TRUE(test, atoll_gmem_lacks(gmem, gpa, 1));
}

static void expect_taken(struct kunit *test, struct atoll_gmem *gmem, u64 gpa, u32 level)
{
	struct atoll_s2_leaf leaf = leaf_at(test, gmem, gpa);

	KUNIT_EXPECT_EQ(test, leaf.level, level);
	KUNIT_EXPECT_EQ(test, leaf.prot, ATOLL_S2_RAM);
	KUNIT_EXPECT_PTR_EQ(test, atoll_pool_owner(leaf.hpa), gmem);
}

static void audit(struct atoll_gmem *gmem, struct atoll_audit *audit)
{
	memset(audit, 0, sizeof(*audit));
	audit->who = "board";
	audit->deep = 1;
	atoll_gmem_audit(gmem, virt_to_phys(gmem->s2.root), audit);
}

static void expect_sound(struct kunit *test, struct atoll_gmem *gmem, u64 shared)
{
	struct atoll_audit *a = kunit_kzalloc(test, sizeof(*a), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, a);
	audit(gmem, a);
	KUNIT_EXPECT_EQ_MSG(test, a->nr_violations, 0, "%s", a->violation[0]);
	KUNIT_EXPECT_EQ(test, a->shared, shared);
	KUNIT_EXPECT_EQ(test, atoll_gmem_shared(gmem), shared * SZ_4K);
}

static void what_is_read_is_lent(struct kunit *test)
{
	const struct atoll_s2_format *fmt[] = { &atoll_npt_format, &atoll_ept_format };
	struct atoll_gmem *gmem;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(fmt); i++) {
		gmem = gmem_create(test, fmt[i]);
		KUNIT_EXPECT_EQ(test, atoll_gmem_share(gmem, SZ_2M + 5), 0);
		expect_lent(test, gmem, 2 * SZ_2M - 1, 2);
		/* A page of the last extent, which ends behind the next */
		KUNIT_EXPECT_EQ(test, atoll_gmem_share(gmem, SHORT + SZ_4K), 0);
		expect_lent(test, gmem, SHORT + SZ_4K, 1);
		expect_sound(test, gmem, 512 + 1);
		KUNIT_EXPECT_EQ(test, atoll_gmem_resident(gmem), 0);
		/* Nothing was there before: no CPU knows better */
		KUNIT_EXPECT_EQ(test, flushes, 0);
		atoll_gmem_destroy(gmem);
	}
}

static void where_there_is_something_nothing_is_lent(struct kunit *test)
{
	struct atoll_gmem *gmem = gmem_create(test, &atoll_npt_format);

	KUNIT_EXPECT_EQ(test, atoll_gmem_share(gmem, GMEM_BYTES), -EFAULT);
	KUNIT_EXPECT_EQ(test, atoll_gmem_share(gmem, U64_MAX), -EFAULT);
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(gmem, 0, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_share(gmem, SZ_2M - 1), -EEXIST);
	expect_taken(test, gmem, 0, 2);
	KUNIT_EXPECT_EQ(test, atoll_gmem_share(gmem, SZ_2M), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_share(gmem, SZ_2M), -EEXIST);
	expect_sound(test, gmem, 512);
	atoll_gmem_destroy(gmem);
}

/* First the zeroes go, then CPUs forget them, then there is memory to write to */
static void what_is_written_is_taken(struct kunit *test)
{
	struct atoll_gmem *gmem = gmem_create(test, &atoll_ept_format);

	KUNIT_ASSERT_EQ(test, atoll_gmem_share(gmem, SZ_2M), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_share(gmem, 2 * SZ_2M), 0);
	watched = SZ_2M + SZ_4K;
	was_mapped = true;
	was_taken = true;
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, watched, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, flushes, 1);
	KUNIT_EXPECT_FALSE(test, was_mapped);
	KUNIT_EXPECT_FALSE(test, was_taken);
	expect_taken(test, gmem, watched, 2);
	expect_lent(test, gmem, 2 * SZ_2M, 2);
	expect_sound(test, gmem, 512);
	/* Where none was lent, no CPU is asked */
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, 0, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, flushes, 1);
	atoll_gmem_destroy(gmem);
}

static void the_short_end_is_taken_as_a_whole(struct kunit *test)
{
	struct atoll_gmem *gmem = gmem_create(test, &atoll_npt_format);

	KUNIT_ASSERT_EQ(test, atoll_gmem_share(gmem, SHORT), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_share(gmem, SHORT + SZ_4K), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, SHORT + SZ_4K, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, flushes, 1);
	expect_taken(test, gmem, SHORT, 1);
	expect_taken(test, gmem, SHORT + SZ_4K, 1);
	expect_sound(test, gmem, 0);
	atoll_gmem_destroy(gmem);
}

/* A place that is split holds a frame, and is lent the one next to it */
static void frames_are_lent_one_by_one(struct kunit *test)
{
	struct atoll_gmem *gmem = gmem_create(test, &atoll_npt_format);
	void **frames = kcalloc(512, sizeof(*frames), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, frames);
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(gmem, SZ_2M, 1, NULL), 0);
	gmem->slot[0].dir[0][0] = (void *)((unsigned long)frames + ATOLL_PLACE_SPLIT);
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(gmem, 3 * SZ_4K, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_share(gmem, 4 * SZ_4K), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_share(gmem, 5 * SZ_4K), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_share(gmem, 3 * SZ_4K), -EEXIST);
	expect_lent(test, gmem, 4 * SZ_4K, 1);
	expect_sound(test, gmem, 2);
	watched = 4 * SZ_4K;
	was_mapped = true;
	was_taken = true;
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(gmem, watched + 7, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, flushes, 1);
	KUNIT_EXPECT_FALSE(test, was_mapped);
	KUNIT_EXPECT_FALSE(test, was_taken);
	expect_taken(test, gmem, watched, 1);
	expect_taken(test, gmem, 3 * SZ_4K, 1);
	expect_lent(test, gmem, 5 * SZ_4K, 1);
	expect_sound(test, gmem, 1);
	atoll_gmem_destroy(gmem);
}

static void resets_and_trims_forget_what_was_lent(struct kunit *test)
{
	struct atoll_gmem *gmem = gmem_create(test, &atoll_ept_format);
	struct atoll_s2_leaf leaf;
	struct atoll_trim trim = {};

	KUNIT_ASSERT_EQ(test, atoll_gmem_share(gmem, SZ_2M), 0);
	atoll_gmem_zero(gmem);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&gmem->s2, SZ_2M, &leaf), -ENOENT);
	expect_sound(test, gmem, 0);

	KUNIT_ASSERT_EQ(test, atoll_gmem_share(gmem, SZ_2M), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_share(gmem, SHORT), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_trim(gmem, &trim, NULL), 0);
	KUNIT_EXPECT_EQ(test, flushes, 1);
	KUNIT_EXPECT_EQ(test, trim.given_bytes, 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&gmem->s2, SZ_2M, &leaf), -ENOENT);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&gmem->s2, SHORT, &leaf), -ENOENT);
	expect_sound(test, gmem, 0);
	atoll_gmem_destroy(gmem);
}

static void all_guests_have_the_same(struct kunit *test)
{
	struct atoll_gmem *one = gmem_create(test, &atoll_npt_format);
	struct atoll_gmem *two = gmem_create(test, &atoll_npt_format);

	KUNIT_ASSERT_EQ(test, atoll_gmem_share(one, SZ_2M), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_share(two, 2 * SZ_2M), 0);
	KUNIT_EXPECT_EQ(test, leaf_at(test, one, SZ_2M).hpa, leaf_at(test, two, 2 * SZ_2M).hpa);
	atoll_gmem_destroy(one);
	/* They are there for as long as somebody reads them */
	expect_lent(test, two, 2 * SZ_2M, 2);
	expect_sound(test, two, 512);
	atoll_gmem_destroy(two);
}

static void expect_one(struct kunit *test, struct atoll_gmem *gmem, struct atoll_audit *a,
		       const char *words)
{
	audit(gmem, a);
	KUNIT_ASSERT_GE(test, a->nr_violations, 1);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(a->violation[0], words), "%s", a->violation[0]);
}

static void the_audit_knows_them(struct kunit *test)
{
	struct atoll_gmem *gmem = gmem_create(test, &atoll_ept_format);
	struct atoll_audit *a = kunit_kzalloc(test, sizeof(*a), GFP_KERNEL);
	u64 hpa;

	KUNIT_ASSERT_NOT_NULL(test, a);
	KUNIT_ASSERT_EQ(test, atoll_gmem_share(gmem, SZ_2M), 0);
	hpa = leaf_at(test, gmem, SZ_2M).hpa;
	gmem->nr_shared++;
	expect_one(test, gmem, a, "512 shared frames are mapped, and 513 are counted");
	gmem->nr_shared--;
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&gmem->s2, 0, hpa, SZ_4K, ATOLL_S2_RAM), 0);
	expect_one(test, gmem, a, "gpa 0x0 can write to frame");
	KUNIT_EXPECT_EQ(test, atoll_s2pt_unmap(&gmem->s2, 0, SZ_4K), 0);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&gmem->s2, 4 * SZ_2M, hpa, SZ_4K, 0), 0);
	expect_one(test, gmem, a, "and is not RAM");
	KUNIT_EXPECT_EQ(test, atoll_s2pt_unmap(&gmem->s2, 4 * SZ_2M, SZ_4K), 0);
	/* Memory of its own, which it doesn't reach */
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(gmem, 0, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_unmap(&gmem->s2, 0, SZ_2M), 0);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&gmem->s2, 0, hpa, SZ_2M, 0), 0);
	expect_one(test, gmem, a, "which guests share, and has its own");
	atoll_gmem_destroy(gmem);
}

static void zeroes_are_audited(struct kunit *test)
{
	struct atoll_gmem *gmem = gmem_create(test, &atoll_npt_format);
	struct atoll_audit *a = kunit_kzalloc(test, sizeof(*a), GFP_KERNEL);
	u64 *word;

	KUNIT_ASSERT_NOT_NULL(test, a);
	KUNIT_ASSERT_EQ(test, atoll_gmem_share(gmem, 0), 0);
	a->deep = 1;
	atoll_zeroes_audit(a);
	KUNIT_EXPECT_EQ(test, a->nr_violations, 0);
	KUNIT_EXPECT_EQ(test, a->zeroes, 512);
	word = phys_to_virt(leaf_at(test, gmem, 0).hpa);
	word[100] = 1;
	atoll_zeroes_audit(a);
	word[100] = 0;
	KUNIT_ASSERT_EQ(test, a->nr_violations, 1);
	KUNIT_EXPECT_NOT_NULL(test, strstr(a->violation[0], "which guests share, is not zero"));
	atoll_gmem_destroy(gmem);
}

static struct kunit_case share_cases[] = {
	KUNIT_CASE(what_is_read_is_lent),
	KUNIT_CASE(where_there_is_something_nothing_is_lent),
	KUNIT_CASE(what_is_written_is_taken),
	KUNIT_CASE(the_short_end_is_taken_as_a_whole),
	KUNIT_CASE(frames_are_lent_one_by_one),
	KUNIT_CASE(resets_and_trims_forget_what_was_lent),
	KUNIT_CASE(all_guests_have_the_same),
	KUNIT_CASE(the_audit_knows_them),
	KUNIT_CASE(zeroes_are_audited),
	{}
};

static struct kunit_suite share_suite = {
	.name = "atoll_share",
	.init = pool_limit_init,
	.exit = pool_limit_exit,
	.test_cases = share_cases,
};

kunit_test_suite(share_suite);
