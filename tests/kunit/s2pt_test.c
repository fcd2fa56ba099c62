// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 tables of both formats.  What an entry must look like is written
 * here a second time, from the manuals: AMD APM vol. 2, "Nested Paging" and
 * "Long-Mode Page Translation"; Intel SDM vol. 3, "EPT Translation Mechanism".
 */
#include <kunit/test.h>
#include <linux/io.h>
#include <linux/prandom.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "../../kmod/mem/s2pt.h"

#define NPT_P		0x001ULL
#define NPT_RW		0x002ULL
#define NPT_US		0x004ULL
#define NPT_PS		0x080ULL
#define NPT_NX		0x8000000000000000ULL
#define EPT_R		0x001ULL
#define EPT_W		0x002ULL
#define EPT_X		0x004ULL
#define EPT_WB		0x030ULL
#define EPT_LARGE	0x080ULL

struct variant {
	const char *name;
	const struct atoll_s2_format *fmt;
	u32 levels;
	u64 table;
	u64 rwx;
	u64 rw;
	u64 rx;
	u64 ro;
	u64 large;
};

#define NPT_BITS .fmt = &atoll_npt_format,				\
	.table = NPT_P | NPT_RW | NPT_US, .rwx = NPT_P | NPT_RW | NPT_US, \
	.rw = NPT_P | NPT_RW | NPT_US | NPT_NX, .rx = NPT_P | NPT_US,	\
	.ro = NPT_P | NPT_US | NPT_NX, .large = NPT_PS
#define EPT_BITS .fmt = &atoll_ept_format,				\
	.table = EPT_R | EPT_W | EPT_X,					\
	.rwx = EPT_R | EPT_W | EPT_X | EPT_WB,				\
	.rw = EPT_R | EPT_W | EPT_WB, .rx = EPT_R | EPT_X | EPT_WB,	\
	.ro = EPT_R | EPT_WB, .large = EPT_LARGE

static const struct variant variants[] = {
	{ .name = "npt, 4 levels", .levels = 4, NPT_BITS },
	{ .name = "npt, 5 levels", .levels = 5, NPT_BITS },
	{ .name = "ept, 4 levels", .levels = 4, EPT_BITS },
	{ .name = "ept, 5 levels", .levels = 5, EPT_BITS },
};

static void variant_desc(const struct variant *v, char *desc)
{
	strscpy(desc, v->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(variant, variants, variant_desc);

static const struct variant *start(struct kunit *test, struct atoll_s2pt *pt)
{
	const struct variant *v = test->param_value;

	KUNIT_ASSERT_EQ(test, atoll_s2pt_init(pt, v->fmt, v->levels), 0);
	return v;
}

static void expect_leaf(struct kunit *test, struct atoll_s2pt *pt, u64 gpa,
			u64 hpa, u32 level, u64 entry)
{
	struct atoll_s2_leaf leaf = {};

	KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(pt, gpa, &leaf), 0);
	KUNIT_EXPECT_EQ(test, leaf.hpa, hpa);
	KUNIT_EXPECT_EQ(test, leaf.level, level);
	KUNIT_EXPECT_EQ(test, leaf.entry, entry);
}

static void expect_none(struct kunit *test, struct atoll_s2pt *pt, u64 gpa)
{
	struct atoll_s2_leaf leaf;

	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(pt, gpa, &leaf), -ENOENT);
}

static void entries_are_what_the_manual_says(struct kunit *test)
{
	struct atoll_s2pt pt;
	const struct variant *v = start(test, &pt);
	u64 gpa = SZ_1G + 5 * SZ_2M + 7 * SZ_4K;
	u64 *table = pt.root;
	u32 level;

	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&pt, gpa, 0x123456789000, SZ_4K,
					     ATOLL_S2_RAM), 0);
	for (level = v->levels; level > 1; level--) {
		u64 entry = table[(gpa >> (12 + 9 * (level - 1))) & 511];

		KUNIT_ASSERT_EQ(test, entry & ~GENMASK_ULL(51, 12), v->table);
		table = phys_to_virt(entry & GENMASK_ULL(51, 12));
	}
	KUNIT_EXPECT_EQ(test, table[7], 0x123456789000 | v->rwx);
	KUNIT_EXPECT_EQ(test, pt.nr_tables, v->levels);
	atoll_s2pt_destroy(&pt);
	KUNIT_EXPECT_EQ(test, pt.nr_tables, 0);
	KUNIT_EXPECT_NULL(test, pt.root);
}

static void protections_become_bits(struct kunit *test)
{
	struct atoll_s2pt pt;
	const struct variant *v = start(test, &pt);
	const u64 bits[] = {
		[0] = v->ro,
		[ATOLL_S2_WRITE] = v->rw,
		[ATOLL_S2_EXEC] = v->rx,
		[ATOLL_S2_RAM] = v->rwx,
	};
	struct atoll_s2_leaf leaf;
	u32 prot;

	for (prot = 0; prot < ARRAY_SIZE(bits); prot++) {
		u64 gpa = prot * SZ_4K;

		KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&pt, gpa, SZ_1M, SZ_4K, prot), 0);
		expect_leaf(test, &pt, gpa, SZ_1M, 1, SZ_1M | bits[prot]);
		KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(&pt, gpa, &leaf), 0);
		KUNIT_EXPECT_EQ(test, leaf.prot, prot);
	}
	atoll_s2pt_destroy(&pt);
}

static void the_largest_leaf_is_chosen(struct kunit *test)
{
	struct atoll_s2pt pt;
	const struct variant *v = start(test, &pt);
	u64 hpa = 5ULL * SZ_1G - SZ_2M - SZ_4K, gpa = hpa + SZ_1G;
	u64 large = v->rwx | v->large;

	/* 4 KiB, 2 MiB, 1 GiB, 2 MiB, 4 KiB: up to a 1 GiB boundary and away */
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&pt, gpa, hpa,
					     SZ_1G + 2 * (SZ_2M + SZ_4K),
					     ATOLL_S2_RAM), 0);
	expect_leaf(test, &pt, gpa + 5, hpa + 5, 1, hpa | v->rwx);
	hpa += SZ_4K;
	gpa += SZ_4K;
	expect_leaf(test, &pt, gpa + SZ_2M - 1, hpa + SZ_2M - 1, 2, hpa | large);
	hpa += SZ_2M;
	gpa += SZ_2M;
	expect_leaf(test, &pt, gpa + SZ_1G - 1, hpa + SZ_1G - 1, 3, hpa | large);
	hpa += SZ_1G;
	gpa += SZ_1G;
	expect_leaf(test, &pt, gpa, hpa, 2, hpa | large);
	expect_leaf(test, &pt, gpa + SZ_2M, hpa + SZ_2M, 1, (hpa + SZ_2M) | v->rwx);
	expect_none(test, &pt, gpa + SZ_2M + SZ_4K);

	/* Aligned in one space only: 4 KiB leaves */
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&pt, 0, SZ_4K, SZ_2M, ATOLL_S2_RAM), 0);
	expect_leaf(test, &pt, 0, SZ_4K, 1, SZ_4K | v->rwx);
	atoll_s2pt_destroy(&pt);
}

static void bad_ranges_are_refused(struct kunit *test)
{
	struct atoll_s2pt pt;
	const struct variant *v = start(test, &pt);
	u64 end = 1ULL << (12 + 9 * v->levels);
	u64 hpa_end = 1ULL << 52;
	struct atoll_s2_leaf leaf;

	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, 1, 0, SZ_4K, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, 0, 512, SZ_4K, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, 0, 0, SZ_4K + 1, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, 0, 0, 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, 0, 0, SZ_4K, 4), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, end, 0, SZ_4K, 0), -ERANGE);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, end - SZ_4K, 0, SZ_8K, 0), -ERANGE);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, SZ_4K, 0, -SZ_4K, 0), -ERANGE);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, 0, hpa_end, SZ_4K, 0), -ERANGE);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, 0, hpa_end - SZ_4K, SZ_8K, 0), -ERANGE);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_unmap(&pt, 1, SZ_4K), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_unmap(&pt, 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_unmap(&pt, end, SZ_4K), -ERANGE);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&pt, end, &leaf), -ERANGE);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&pt, U64_MAX, &leaf), -ERANGE);
	KUNIT_EXPECT_EQ(test, pt.nr_tables, 1);

	/* The very last page is as good as any */
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, end - SZ_4K, hpa_end - SZ_4K,
					     SZ_4K, 0), 0);
	expect_leaf(test, &pt, end - 1, hpa_end - 1, 1, (hpa_end - SZ_4K) | v->ro);
	atoll_s2pt_destroy(&pt);
}

static void other_depths_are_refused(struct kunit *test)
{
	struct atoll_s2pt pt;

	KUNIT_EXPECT_EQ(test, atoll_s2pt_init(&pt, &atoll_npt_format, 3), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_init(&pt, &atoll_npt_format, 6), -EINVAL);
	atoll_s2pt_destroy(&pt);
}

static void a_refused_overlap_leaves_nothing(struct kunit *test)
{
	struct atoll_s2pt pt;
	const struct variant *v = start(test, &pt);
	u32 tables;

	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&pt, SZ_1G, 0, SZ_4K, ATOLL_S2_RAM), 0);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&pt, 3ULL * SZ_1G, 0, SZ_1G,
					     ATOLL_S2_RAM), 0);
	tables = pt.nr_tables;

	/* Runs into the page only after many leaves, in tables of their own */
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, SZ_1G - SZ_4M - SZ_4K, SZ_4K,
					     SZ_8M, ATOLL_S2_RAM), -EEXIST);
	/* A large leaf over a table, a small one and a table below a large one */
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, SZ_1G, 0, SZ_1G, ATOLL_S2_RAM),
			-EEXIST);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&pt, 3ULL * SZ_1G + SZ_2M, 0, SZ_4K,
					     ATOLL_S2_RAM), -EEXIST);
	KUNIT_EXPECT_EQ(test, pt.nr_tables, tables);
	expect_none(test, &pt, SZ_1G - SZ_4M - SZ_4K);
	expect_none(test, &pt, SZ_1G - SZ_4K);
	expect_none(test, &pt, SZ_1G + SZ_4K);
	expect_leaf(test, &pt, SZ_1G, 0, 1, v->rwx);
	atoll_s2pt_destroy(&pt);
}

static void a_part_of_a_large_leaf_goes(struct kunit *test)
{
	struct atoll_s2pt pt;
	const struct variant *v = start(test, &pt);
	u64 hole = 3 * SZ_2M + 5 * SZ_4K, hpa = 2ULL * SZ_1G;
	u64 *entry;

	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&pt, 0, hpa, SZ_1G, ATOLL_S2_RAM), 0);
	/* As if the CPU had marked it; nothing may get lost by splitting */
	entry = phys_to_virt(pt.root[0] & GENMASK_ULL(51, 12));
	if (v->levels == 5)
		entry = phys_to_virt(entry[0] & GENMASK_ULL(51, 12));
	entry[0] |= v->fmt->accessed | v->fmt->dirty;

	KUNIT_ASSERT_EQ(test, atoll_s2pt_unmap(&pt, hole, SZ_4K), 0);
	expect_none(test, &pt, hole);
	expect_leaf(test, &pt, hole - 1, hpa + hole - 1, 1,
		    (hpa + hole - SZ_4K) | v->rwx | v->fmt->accessed | v->fmt->dirty);
	expect_leaf(test, &pt, hole + SZ_4K, hpa + hole + SZ_4K, 1,
		    (hpa + hole + SZ_4K) | v->rwx | v->fmt->accessed | v->fmt->dirty);
	expect_leaf(test, &pt, SZ_2M, hpa + SZ_2M, 2,
		    (hpa + SZ_2M) | v->rwx | v->large | v->fmt->accessed |
		    v->fmt->dirty);
	KUNIT_EXPECT_EQ(test, pt.nr_tables, v->levels);

	KUNIT_ASSERT_EQ(test, atoll_s2pt_unmap(&pt, 0, SZ_1G), 0);
	KUNIT_EXPECT_EQ(test, pt.nr_tables, 1);
	atoll_s2pt_destroy(&pt);
}

/*
 * The model: runs of mapped memory, no two adjacent ones joined, in no order.
 */
#define RUNS_MAX	512
#define OPS		6000

struct run {
	u64 gpa, hpa, len;
	u32 prot;
};

struct model {
	struct run run[RUNS_MAX];
	u32 nr;
	struct rnd_state rnd;
};

static u64 pick(struct model *m, u64 below)
{
	u64 wide = (u64)prandom_u32_state(&m->rnd) << 32;

	return (wide | prandom_u32_state(&m->rnd)) % below;
}

static struct run *model_find(struct model *m, u64 gpa)
{
	u32 i;

	for (i = 0; i < m->nr; i++)
		if (gpa - m->run[i].gpa < m->run[i].len)
			return &m->run[i];
	return NULL;
}

static bool model_overlaps(struct model *m, u64 gpa, u64 len)
{
	u32 i;

	for (i = 0; i < m->nr; i++)
		if (gpa < m->run[i].gpa + m->run[i].len && m->run[i].gpa < gpa + len)
			return true;
	return false;
}

static void model_add(struct model *m, u64 gpa, u64 hpa, u64 len, u32 prot)
{
	m->run[m->nr++] = (struct run){ gpa, hpa, len, prot };
}

static void model_remove(struct model *m, u64 gpa, u64 len)
{
	u64 end = gpa + len;
	u32 i = 0;

	while (i < m->nr) {
		struct run r = m->run[i];
		u64 r_end = r.gpa + r.len;

		if (r.gpa >= end || gpa >= r_end) {
			i++;
			continue;
		}
		/* What is left of it goes behind; neither half overlaps again */
		m->run[i] = m->run[--m->nr];
		if (r.gpa < gpa)
			model_add(m, r.gpa, r.hpa, gpa - r.gpa, r.prot);
		if (r_end > end)
			model_add(m, end, r.hpa + end - r.gpa, r_end - end, r.prot);
	}
}

static u64 pick_unit(struct model *m)
{
	static const u64 unit[] = { SZ_4K, SZ_4K, SZ_2M, SZ_2M, SZ_1G };

	return unit[pick(m, ARRAY_SIZE(unit))];
}

/* Somewhere in 8 GiB, preferably near an edge that matters */
static void pick_range(struct model *m, u64 *gpa, u64 *len)
{
	u64 unit = pick_unit(m);

	*gpa = pick(m, 8ULL * SZ_1G / unit) * unit;
	if (!pick(m, 3))
		*gpa += pick(m, 16) * SZ_4K;
	unit = pick_unit(m);
	*len = unit * (1 + pick(m, unit == SZ_4K ? 40 : 2));
}

/* Large leaves fit, unless it is little enough to try 4 KiB ones instead */
static u64 pick_hpa(struct model *m, u64 gpa, u64 len)
{
	u64 off = len <= SZ_2M && !pick(m, 4) ? SZ_4K : 0;

	return (1ULL << 40) + gpa + off;
}

static bool agree(struct atoll_s2pt *pt, struct model *m, u64 gpa)
{
	const struct run *r = model_find(m, gpa);
	struct atoll_s2_leaf leaf = {};
	int err = atoll_s2pt_lookup(pt, gpa, &leaf);

	if (!r)
		return err == -ENOENT;
	return !err && leaf.prot == r->prot && leaf.hpa == r->hpa + gpa - r->gpa;
}

static bool step(struct atoll_s2pt *pt, struct model *m)
{
	u64 gpa, len, hpa;
	u32 prot = pick(m, 4);
	int want = 0;

	pick_range(m, &gpa, &len);
	if (m->nr + 2 < RUNS_MAX && pick(m, 2)) {
		hpa = pick_hpa(m, gpa, len);
		if (model_overlaps(m, gpa, len))
			want = -EEXIST;
		else
			model_add(m, gpa, hpa, len, prot);
		if (atoll_s2pt_map(pt, gpa, hpa, len, prot) != want)
			return false;
	} else {
		model_remove(m, gpa, len);
		if (atoll_s2pt_unmap(pt, gpa, len))
			return false;
	}
	return agree(pt, m, gpa) && agree(pt, m, gpa + len - 1) &&
	       agree(pt, m, gpa - (gpa ? 1 : 0)) &&
	       agree(pt, m, gpa + len) &&
	       agree(pt, m, pick(m, 10ULL * SZ_1G));
}

static bool agree_everywhere(struct atoll_s2pt *pt, struct model *m)
{
	u32 i;

	for (i = 0; i < m->nr; i++) {
		const struct run r = m->run[i];

		if (!agree(pt, m, r.gpa) ||
		    !agree(pt, m, r.gpa + pick(m, r.len)) ||
		    !agree(pt, m, r.gpa + r.len - 1) ||
		    !agree(pt, m, r.gpa + r.len))
			return false;
	}
	return true;
}

static void random_operations_match_a_model(struct kunit *test)
{
	const u64 seed = 0x41746f6c6c;
	struct atoll_s2pt pt;
	struct model *m;
	u32 i;

	m = kunit_kzalloc(test, sizeof(*m), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m);
	prandom_seed_state(&m->rnd, seed);
	start(test, &pt);

	for (i = 0; i < OPS; i++) {
		if (!step(&pt, m) ||
		    (i % 256 == 0 && !agree_everywhere(&pt, m))) {
			KUNIT_FAIL(test, "seed %llx, operation %u", seed, i);
			break;
		}
	}
	KUNIT_EXPECT_TRUE(test, agree_everywhere(&pt, m));
	KUNIT_EXPECT_EQ(test, atoll_s2pt_unmap(&pt, 0, 16ULL * SZ_1G), 0);
	KUNIT_EXPECT_EQ(test, pt.nr_tables, 1);
	atoll_s2pt_destroy(&pt);
}

static struct kunit_case s2pt_cases[] = {
	KUNIT_CASE_PARAM(entries_are_what_the_manual_says, variant_gen_params),
	KUNIT_CASE_PARAM(protections_become_bits, variant_gen_params),
	KUNIT_CASE_PARAM(the_largest_leaf_is_chosen, variant_gen_params),
	KUNIT_CASE_PARAM(bad_ranges_are_refused, variant_gen_params),
	KUNIT_CASE_PARAM(a_refused_overlap_leaves_nothing, variant_gen_params),
	KUNIT_CASE_PARAM(a_part_of_a_large_leaf_goes, variant_gen_params),
	KUNIT_CASE_PARAM(random_operations_match_a_model, variant_gen_params),
	KUNIT_CASE(other_depths_are_refused),
	{}
};

static struct kunit_suite s2pt_suite = {
	.name = "atoll_s2pt",
	.test_cases = s2pt_cases,
};

kunit_test_suite(s2pt_suite);
