// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit's walk: it sees every table and every entry, and survives whatever
 * has been written into a table.
 */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/sizes.h>

#include "s2_variants.h"

#define HPA	(64ULL * SZ_1G)
#define GPA	(5ULL * SZ_1G + 3 * SZ_2M)

struct seen {
	u32 tables, leaves, flaws;
	struct atoll_s2_visit bad;
	u64 bytes, xor;
};

static int see_table(void *arg, u64 pa, u32 level, u64 gpa)
{
	struct seen *s = arg;

	s->tables++;
	s->xor ^= pa;
	return 0;
}

static int see_entry(void *arg, const struct atoll_s2_visit *v)
{
	struct seen *s = arg;

	if (v->flaw) {
		s->flaws++;
		s->bad = *v;
	} else if (v->leaf) {
		s->leaves++;
		s->bytes += SZ_4K << (9 * (v->level - 1));
	} else {
		s->xor ^= v->entry & S2_ADDR;
	}
	return 0;
}

static const struct atoll_s2_walk_ops ops = { see_table, see_entry };

static struct seen look(struct kunit *test, struct atoll_s2pt *pt)
{
	struct seen s = {};

	KUNIT_EXPECT_EQ(test, atoll_s2pt_walk(pt, virt_to_phys(pt->root), 0,
					      16ULL * SZ_1G, &ops, &s), 0);
	return s;
}

static void everything_is_seen(struct kunit *test)
{
	const struct s2_variant *v = test->param_value;
	struct atoll_s2pt pt;
	struct seen s = {};

	KUNIT_ASSERT_EQ(test, atoll_s2pt_init(&pt, v->fmt, v->levels), 0);
	s = look(test, &pt);
	KUNIT_EXPECT_EQ(test, s.tables, 1);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&pt, SZ_1G - SZ_8K, HPA - SZ_8K,
					     SZ_1G + SZ_2M + SZ_8K, ATOLL_S2_RAM), 0);
	s = look(test, &pt);
	KUNIT_EXPECT_EQ(test, s.tables, pt.nr_tables);
	KUNIT_EXPECT_EQ(test, s.leaves, 4);
	KUNIT_EXPECT_EQ(test, s.bytes, SZ_1G + SZ_2M + SZ_8K);
	KUNIT_EXPECT_EQ(test, s.flaws, 0);
	/* Each table but for the root was announced, and then visited */
	KUNIT_EXPECT_EQ(test, s.xor, virt_to_phys(pt.root));

	/* A piece of it */
	s = (struct seen){};
	KUNIT_EXPECT_EQ(test, atoll_s2pt_walk(&pt, virt_to_phys(pt.root), SZ_1G - SZ_4K,
					      SZ_8K, &ops, &s), 0);
	KUNIT_EXPECT_EQ(test, s.leaves, 2);
	/* Not where this tree begins */
	KUNIT_EXPECT_EQ(test, atoll_s2pt_walk(&pt, virt_to_phys(pt.root) + SZ_4K, 0,
					      SZ_4K, &ops, &s), -ENXIO);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_walk(&pt, S2_ADDR, 0, SZ_4K, &ops, &s), -ENXIO);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_walk(&pt, virt_to_phys(pt.root), 0, 5, &ops, &s),
			-EINVAL);
	atoll_s2pt_destroy(&pt);
}

/* What a flipped bit, or a stray write, may leave behind */
/* The table of @level that leads to GPA */
static u64 *table_at(struct atoll_s2pt *pt, u32 level)
{
	u64 *table = pt->root;
	u32 at = pt->levels;

	for (; at > level; at--)
		table = phys_to_virt(table[(GPA >> (12 + 9 * (at - 1))) & 511] & S2_ADDR);
	return table;
}

static void check_corruption(struct kunit *test, struct atoll_s2pt *pt, u32 level,
			     u64 entry, enum atoll_s2_flaw flaw)
{
	u64 *table = table_at(pt, level), *slot, was;
	struct seen s;

	slot = &table[(GPA >> (12 + 9 * (level - 1))) & 511];
	was = *slot;
	WRITE_ONCE(*slot, entry);
	s = look(test, pt);
	WRITE_ONCE(*slot, was);

	KUNIT_EXPECT_EQ_MSG(test, s.flaws, 1, "level %u, %llx", level, entry);
	KUNIT_EXPECT_EQ_MSG(test, s.bad.flaw, flaw, "level %u, %llx", level, entry);
	KUNIT_EXPECT_EQ(test, s.bad.level, level);
	KUNIT_EXPECT_EQ(test, s.bad.entry, entry);
	KUNIT_EXPECT_EQ(test, s.bad.table, virt_to_phys(table));
	KUNIT_EXPECT_LE(test, s.tables, pt->nr_tables);
}

static void corruption_is_named_and_survived(struct kunit *test)
{
	const struct s2_variant *v = test->param_value;
	u64 tab = v->fmt->table, root;
	struct atoll_s2pt pt, other;
	u32 level;

	KUNIT_ASSERT_EQ(test, atoll_s2pt_init(&pt, v->fmt, v->levels), 0);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_init(&other, v->fmt, v->levels), 0);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map_page(&pt, GPA, HPA, 1, ATOLL_S2_RAM), 0);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map_page(&other, GPA, HPA, 1, ATOLL_S2_RAM), 0);
	root = virt_to_phys(pt.root);
	for (level = 2; level <= v->levels; level++) {
		/* A loop, another's table, no table, no memory */
		check_corruption(test, &pt, level, root | tab, ATOLL_S2_FLAW_TABLE);
		check_corruption(test, &pt, level, virt_to_phys(table_at(&other, level - 1)) | tab,
				 ATOLL_S2_FLAW_TABLE);
		check_corruption(test, &pt, level, SZ_1M | tab, ATOLL_S2_FLAW_TABLE);
		check_corruption(test, &pt, level, S2_ADDR | tab, ATOLL_S2_FLAW_TABLE);
		/* A table that denies something, and bits of no meaning */
		check_corruption(test, &pt, level, root | (tab & ~v->write),
				 ATOLL_S2_FLAW_BITS);
		check_corruption(test, &pt, level, root | tab | BIT_ULL(52),
				 ATOLL_S2_FLAW_BITS);
	}
	for (level = 1; level <= v->levels; level++)
		check_corruption(test, &pt, level, root, ATOLL_S2_FLAW_STRAY);
	/* Large leaves: above 1 GiB, and amid a page */
	check_corruption(test, &pt, 4, HPA | v->fmt->leaf | v->large, ATOLL_S2_FLAW_BITS);
	check_corruption(test, &pt, 3, (HPA + SZ_2M) | v->fmt->leaf | v->large,
			 ATOLL_S2_FLAW_ALIGN);
	check_corruption(test, &pt, 2, (HPA + SZ_8K) | v->fmt->leaf | v->large,
			 ATOLL_S2_FLAW_ALIGN);
	/* Uncached memory, and an address that no CPU has */
	check_corruption(test, &pt, 1, HPA | v->fmt->leaf | BIT(3) | BIT(4) | BIT(5) |
			 BIT(6), ATOLL_S2_FLAW_BITS);
	check_corruption(test, &pt, 1, HPA | v->fmt->leaf | BIT_ULL(55), ATOLL_S2_FLAW_BITS);
	KUNIT_EXPECT_EQ(test, look(test, &pt).flaws, 0);
	atoll_s2pt_destroy(&other);
	atoll_s2pt_destroy(&pt);
}

static struct kunit_case s2walk_cases[] = {
	KUNIT_CASE_PARAM(everything_is_seen, s2_variant_gen_params),
	KUNIT_CASE_PARAM(corruption_is_named_and_survived, s2_variant_gen_params),
	{}
};

static struct kunit_suite s2walk_suite = {
	.name = "atoll_s2walk",
	.test_cases = s2walk_cases,
};

kunit_test_suite(s2walk_suite);
