// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit finds nothing where nothing is amiss, and each kind of violation that
 * is planted, by its name.
 */
#include <kunit/test.h>
#include <linux/io.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../kmod/atoll.h"
#include "pool_limit.h"

#define GMEM_BYTES	(3 * SZ_2M + 2 * SZ_4K)

struct board {
	struct atoll_gmem gmem, other;
	struct atoll_audit audit;
};

/* The second extent and the short last one of each are taken, with either format */
static struct board *board_create(struct kunit *test, const struct atoll_s2_format *fmt)
{
	struct board *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	KUNIT_ASSERT_EQ(test, atoll_gmem_init(&b->gmem, &(struct atoll_gmem_config){
			.pool = &atoll_dynamic_pool, .bytes = GMEM_BYTES,
		}, fmt, 4, NULL), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_init(&b->other, &(struct atoll_gmem_config){
			.pool = &atoll_dynamic_pool, .bytes = GMEM_BYTES,
		}, fmt, 4, NULL), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(&b->gmem, SZ_2M, 1, NULL), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(&b->gmem, 3 * SZ_2M, 1, NULL), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(&b->other, SZ_2M, 1, NULL), 0);
	return b;
}

static void board_destroy(struct board *b)
{
	atoll_gmem_destroy(&b->gmem);
	atoll_gmem_destroy(&b->other);
}

static void audit(struct board *b)
{
	memset(&b->audit, 0, sizeof(b->audit));
	b->audit.who = "board";
	b->audit.deep = 1;
	atoll_gmem_audit(&b->gmem, virt_to_phys(b->gmem.s2.root), &b->audit);
}

static void expect_one(struct kunit *test, struct board *b, const char *words)
{
	audit(b);
	KUNIT_ASSERT_GE(test, b->audit.nr_violations, 1);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(b->audit.violation[0], words), "%s",
				  b->audit.violation[0]);
}

static void nothing_is_amiss(struct kunit *test)
{
	const struct atoll_s2_format *fmt[] = { &atoll_npt_format, &atoll_ept_format };
	struct board *b;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(fmt); i++) {
		b = board_create(test, fmt[i]);
		audit(b);
		KUNIT_EXPECT_EQ_MSG(test, b->audit.nr_violations, 0, "%s", b->audit.violation[0]);
		/* An extent of 512 pages, and two pages */
		KUNIT_EXPECT_EQ(test, b->audit.frames, 514);
		/* Four levels, of which each has one table */
		KUNIT_EXPECT_EQ(test, b->audit.tables, 4);
		KUNIT_EXPECT_EQ(test, b->audit.entries, 4 * 512);
		/* The last extent, but for two pages of RAM */
		KUNIT_EXPECT_EQ(test, b->audit.zeroes, 510);
		board_destroy(b);
	}
}

/* Map 4 KiB at gpa 0, which is RAM and not taken, to what it must not be */
static void plant(struct kunit *test, struct board *b, u64 hpa)
{
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&b->gmem.s2, 0, hpa, SZ_4K, ATOLL_S2_RAM), 0);
}

static void a_frame_of_the_hosts_is_found(struct kunit *test)
{
	struct board *b = board_create(test, &atoll_ept_format);

	plant(test, b, virt_to_phys(b) & PAGE_MASK);
	expect_one(test, b, "the host's frame");
	board_destroy(b);
}

static void a_frame_of_a_table_is_found(struct kunit *test)
{
	struct board *b = board_create(test, &atoll_npt_format);

	plant(test, b, virt_to_phys(b->gmem.s2.root));
	expect_one(test, b, "the host's frame");
	board_destroy(b);
}

static void a_frame_of_another_guest_is_found(struct kunit *test)
{
	struct board *b = board_create(test, &atoll_ept_format);

	plant(test, b, virt_to_phys(b->other.slot[0].dir[0][1]) + SZ_4K);
	expect_one(test, b, "of another guest");
	board_destroy(b);
}

static void a_frame_at_two_addresses_is_found(struct kunit *test)
{
	struct board *b = board_create(test, &atoll_npt_format);

	plant(test, b, virt_to_phys(b->gmem.slot[0].dir[0][1]) + SZ_4K);
	expect_one(test, b, "lies elsewhere in RAM");
	board_destroy(b);
}

static void a_mapping_behind_ram_is_found(struct kunit *test)
{
	struct board *b = board_create(test, &atoll_ept_format);
	u64 hpa = virt_to_phys(b->gmem.slot[0].dir[0][3]) + 2 * SZ_4K;

	/* The rest of the last extent: the guest's own, but not promised */
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&b->gmem.s2, GMEM_BYTES, hpa, SZ_4K, 0), 0);
	expect_one(test, b, "is not RAM");
	board_destroy(b);
}

static void a_table_in_guest_memory_is_found(struct kunit *test)
{
	struct board *b = board_create(test, &atoll_npt_format);
	u64 table = virt_to_phys(b->gmem.slot[0].dir[0][1]);

	/* It is zero, so it maps nothing: an empty table that the guest can write */
	b->gmem.s2.root[511] = table | atoll_npt_format.table;
	expect_one(test, b, "lies in guest memory");
	b->gmem.s2.root[511] = 0;
	board_destroy(b);
}

/* What is wrong with an entry by itself, each in turn in place of @slot */
static void entries_that_none_is_are_found(struct kunit *test)
{
	const struct atoll_s2_format *fmt = &atoll_npt_format;
	struct board *b = board_create(test, fmt);
	u64 *root = b->gmem.s2.root, *table;

	root[511] = SZ_4K;
	expect_one(test, b, "is not present and not 0");
	root[511] = virt_to_phys(root) | fmt->table | BIT_ULL(52);
	expect_one(test, b, "has bits that none has");
	root[511] = virt_to_phys(b->other.s2.root) | fmt->table;
	expect_one(test, b, "was never made for that");
	root[511] = 0;
	/* Both tables below the root have one entry, for the first GiB */
	table = phys_to_virt(root[0] & fmt->addr);
	table = phys_to_virt(table[0] & fmt->addr);
	table[8] = (table[1] & fmt->addr) | SZ_8K | fmt->leaf | fmt->large;
	expect_one(test, b, "maps no whole large page");
	table[8] = 0;
	audit(b);
	KUNIT_EXPECT_EQ(test, b->audit.nr_violations, 0);
	board_destroy(b);
}

static void tables_of_another_guest_are_found(struct kunit *test)
{
	struct board *b = board_create(test, &atoll_ept_format);

	memset(&b->audit, 0, sizeof(b->audit));
	b->audit.who = "board";
	atoll_gmem_audit(&b->gmem, virt_to_phys(b->other.s2.root), &b->audit);
	KUNIT_EXPECT_NOT_NULL(test, strstr(b->audit.violation[0], "is not this guest's"));
	board_destroy(b);
}

/* Only where it is asked for: reading all takes its time */
static void dirt_behind_ram_is_found(struct kunit *test)
{
	struct board *b = board_create(test, &atoll_ept_format);
	u8 *last = b->gmem.slot[0].dir[0][3] + SZ_2M - 1;

	*last = 1;
	expect_one(test, b, "behind the end of RAM, is not zero");
	b->audit = (struct atoll_audit){ .who = "board" };
	atoll_gmem_audit(&b->gmem, virt_to_phys(b->gmem.s2.root), &b->audit);
	KUNIT_EXPECT_EQ(test, b->audit.nr_violations, 0);
	KUNIT_EXPECT_EQ(test, b->audit.zeroes, 0);
	*last = 0;
	board_destroy(b);
}

/* With the lock held, it must not be walked for as long as it has paths */
static void a_loop_ends(struct kunit *test)
{
	struct board *b = board_create(test, &atoll_npt_format);
	u64 *root = b->gmem.s2.root;

	root[511] = virt_to_phys(root) | atoll_npt_format.table;
	audit(b);
	KUNIT_EXPECT_GT(test, b->audit.nr_violations, 0);
	KUNIT_EXPECT_LE(test, b->audit.tables, b->gmem.s2.nr_tables + 1);
	root[511] = 0;
	board_destroy(b);
}

static void books_that_disagree_are_found(struct kunit *test)
{
	struct board *b = board_create(test, &atoll_ept_format);
	void *theirs;

	b->gmem.nr_resident++;
	expect_one(test, b, "2 extents are mapped, and 3 are held");
	b->gmem.nr_resident--;
	b->gmem.s2.nr_tables++;
	expect_one(test, b, "4 tables are reached, and 5 are on record");
	b->gmem.s2.nr_tables--;

	/* The pool knows of one more than the guest does */
	theirs = atoll_pool_take(&b->gmem, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(theirs));
	expect_one(test, b, "the pool has 3 extents on record, and 2 are held");
	atoll_pool_give(&b->gmem, theirs);
	audit(b);
	KUNIT_EXPECT_EQ(test, b->audit.nr_violations, 0);
	board_destroy(b);
}

static struct kunit_case audit_cases[] = {
	KUNIT_CASE(nothing_is_amiss),
	KUNIT_CASE(a_frame_of_the_hosts_is_found),
	KUNIT_CASE(a_frame_of_a_table_is_found),
	KUNIT_CASE(a_frame_of_another_guest_is_found),
	KUNIT_CASE(a_frame_at_two_addresses_is_found),
	KUNIT_CASE(a_mapping_behind_ram_is_found),
	KUNIT_CASE(a_table_in_guest_memory_is_found),
	KUNIT_CASE(entries_that_none_is_are_found),
	KUNIT_CASE(tables_of_another_guest_are_found),
	KUNIT_CASE(dirt_behind_ram_is_found),
	KUNIT_CASE(a_loop_ends),
	KUNIT_CASE(books_that_disagree_are_found),
	{}
};

static struct kunit_suite audit_suite = {
	.name = "atoll_audit",
	.init = pool_limit_init,
	.exit = pool_limit_exit,
	.test_cases = audit_cases,
};

kunit_test_suite(audit_suite);
