// SPDX-License-Identifier: GPL-2.0-only
/*
 * The map of a guest's memory: all of RAM is in it once and nothing else, touched
 * memory is told once, and CPUs are flushed where a mark was cleared.
 */
#include <kunit/test.h>
#include <linux/io.h>
#include <linux/sizes.h>

#include "../../kmod/atoll.h"
#include "pool_limit.h"

/* Three extents, and two pages of a fourth */
#define GMEM_BYTES	(3 * SZ_2M + 2 * SZ_4K)
#define RUNS		8

static struct atoll_run runs[RUNS];
static struct atoll_s2_gather gather;

/* The second extent and the short last one are taken */
static struct atoll_gmem *gmem_create(struct kunit *test, const struct atoll_s2_format *fmt)
{
	struct atoll_gmem *gmem = kunit_kzalloc(test, sizeof(*gmem), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, gmem);
	KUNIT_ASSERT_EQ(test, atoll_gmem_init(gmem, &(struct atoll_gmem_config){
			.pool = &atoll_dynamic_pool, .bytes = GMEM_BYTES,
		}, fmt, 4, NULL), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(gmem, SZ_2M, 1, NULL), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(gmem, 3 * SZ_2M, 1, NULL), 0);
	return gmem;
}

static u32 look(struct atoll_gmem *gmem, u64 *gpa, u32 max)
{
	memset(runs, 0xff, sizeof(runs));
	atoll_s2_gather_init(&gather);
	return atoll_gmem_map(gmem, gpa, runs, max, &gather);
}

static u32 look_at_all(struct atoll_gmem *gmem)
{
	u64 gpa = 0;

	return look(gmem, &gpa, RUNS);
}

static void expect(struct kunit *test, u32 i, u64 gpa, u64 len, const void *host, u32 level,
		   u8 touched)
{
	KUNIT_EXPECT_EQ_MSG(test, runs[i].gpa, gpa, "run %u", i);
	KUNIT_EXPECT_EQ_MSG(test, runs[i].len, len, "run %u", i);
	KUNIT_EXPECT_EQ_MSG(test, runs[i].level, level, "run %u", i);
	KUNIT_EXPECT_EQ_MSG(test, runs[i].touched, touched, "run %u", i);
	if (level)
		KUNIT_EXPECT_EQ_MSG(test, runs[i].hpa, virt_to_phys((void *)host), "run %u", i);
}

/* What a CPU does: the entry of @level for @gpa, which lies in the first GiB */
static void mark(struct atoll_gmem *gmem, u64 gpa, u32 level, u64 bit)
{
	const struct atoll_s2_format *fmt = gmem->s2.fmt;
	u64 *table = gmem->s2.root;
	u32 at;

	for (at = 4; at > level; at--)
		table = phys_to_virt(table[(gpa >> (12 + 9 * (at - 1))) & 511] & fmt->addr);
	table[(gpa >> (12 + 9 * (level - 1))) & 511] |= bit;
}

static void all_of_ram_is_told(struct kunit *test)
{
	struct atoll_gmem *gmem = gmem_create(test, &atoll_ept_format);
	void **extent = gmem->slot[0].dir[0];
	u64 gpa = 0;

	KUNIT_ASSERT_EQ(test, look(gmem, &gpa, RUNS), 4);
	KUNIT_EXPECT_EQ(test, gpa, GMEM_BYTES);
	expect(test, 0, 0, SZ_2M, NULL, 0, 0);
	expect(test, 1, SZ_2M, SZ_2M, extent[1], 2, 0);
	expect(test, 2, 2 * SZ_2M, SZ_2M, NULL, 0, 0);
	expect(test, 3, 3 * SZ_2M, 2 * SZ_4K, extent[3], 1, 0);
	KUNIT_EXPECT_FALSE(test, gather.flush);
	KUNIT_EXPECT_EQ(test, gmem->nr_resident, 2);
	atoll_gmem_destroy(gmem);
}

static void what_was_touched_is_told_once(struct kunit *test)
{
	/* AMD APM vol. 2, "Page-Translation-Table Entry Fields": bit 5; Intel SDM: bit 8 */
	static const struct {
		const struct atoll_s2_format *fmt;
		u64 accessed;
	} kinds[] = {
		{ &atoll_npt_format, BIT_ULL(5) }, { &atoll_ept_format, BIT_ULL(8) },
	};
	struct atoll_gmem *gmem;
	void **extent;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		gmem = gmem_create(test, kinds[i].fmt);
		extent = gmem->slot[0].dir[0];
		mark(gmem, SZ_2M, 2, kinds[i].accessed);
		mark(gmem, 3 * SZ_2M + SZ_4K, 1, kinds[i].accessed);
		KUNIT_ASSERT_EQ(test, look_at_all(gmem), 5);
		expect(test, 1, SZ_2M, SZ_2M, extent[1], 2, 1);
		expect(test, 3, 3 * SZ_2M, SZ_4K, extent[3], 1, 0);
		expect(test, 4, 3 * SZ_2M + SZ_4K, SZ_4K, extent[3] + SZ_4K, 1, 1);
		KUNIT_EXPECT_TRUE(test, gather.flush);
		KUNIT_EXPECT_TRUE(test, list_empty(&gather.tables));

		KUNIT_ASSERT_EQ(test, look_at_all(gmem), 4);
		expect(test, 1, SZ_2M, SZ_2M, extent[1], 2, 0);
		expect(test, 3, 3 * SZ_2M, 2 * SZ_4K, extent[3], 1, 0);
		KUNIT_EXPECT_FALSE(test, gather.flush);
		atoll_gmem_destroy(gmem);
	}
}

/* As many as there is room for, and nothing is lost in between */
static void pieces_make_the_whole(struct kunit *test)
{
	struct atoll_gmem *gmem = gmem_create(test, &atoll_npt_format);
	u64 gpa = 0, end = 0;
	u32 nr = 0, touched = 0;

	mark(gmem, SZ_2M, 2, BIT_ULL(5));
	mark(gmem, 3 * SZ_2M + SZ_4K, 1, BIT_ULL(5));
	while (look(gmem, &gpa, 1)) {
		KUNIT_EXPECT_EQ(test, runs[0].gpa, end);
		end = runs[0].gpa + runs[0].len;
		KUNIT_EXPECT_EQ(test, gpa, end);
		touched += runs[0].touched;
		nr++;
	}
	KUNIT_EXPECT_EQ(test, nr, 5);
	KUNIT_EXPECT_EQ(test, touched, 2);
	KUNIT_EXPECT_EQ(test, end, GMEM_BYTES);
	atoll_gmem_destroy(gmem);
}

static void the_hole_for_devices_is_no_ram(struct kunit *test)
{
	struct atoll_gmem *gmem = kunit_kzalloc(test, sizeof(*gmem), GFP_KERNEL);
	u64 gpa;

	KUNIT_ASSERT_NOT_NULL(test, gmem);
	KUNIT_ASSERT_EQ(test, pool_set(SZ_64M, true), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_init(gmem, &(struct atoll_gmem_config){
			.pool = &atoll_dynamic_pool, .bytes = 3ULL * SZ_1G + SZ_4M,
		}, &atoll_npt_format, 4, NULL), 0);
	KUNIT_ASSERT_EQ(test, look_at_all(gmem), 2);
	expect(test, 0, 0, 3ULL * SZ_1G, NULL, 0, 0);
	expect(test, 1, 4ULL * SZ_1G, SZ_4M, NULL, 0, 0);
	gpa = 3ULL * SZ_1G;
	KUNIT_ASSERT_EQ(test, look(gmem, &gpa, RUNS), 1);
	expect(test, 0, 4ULL * SZ_1G, SZ_4M, NULL, 0, 0);
	/* From the middle of a page, of an extent; from behind the end */
	gpa = SZ_2M + SZ_4K + 5;
	KUNIT_ASSERT_EQ(test, look(gmem, &gpa, 1), 1);
	KUNIT_EXPECT_EQ(test, runs[0].gpa, SZ_2M + SZ_4K);
	gpa = U64_MAX;
	KUNIT_EXPECT_EQ(test, look(gmem, &gpa, RUNS), 0);
	atoll_gmem_destroy(gmem);
}

static struct kunit_case map_cases[] = {
	KUNIT_CASE(all_of_ram_is_told),
	KUNIT_CASE(what_was_touched_is_told_once),
	KUNIT_CASE(pieces_make_the_whole),
	KUNIT_CASE(the_hole_for_devices_is_no_ram),
	{}
};

static struct kunit_suite map_suite = {
	.name = "atoll_map",
	.init = pool_limit_init,
	.exit = pool_limit_exit,
	.test_cases = map_cases,
};

kunit_test_suite(map_suite);
