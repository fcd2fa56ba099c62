// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 tables while a guest uses them: split, merge, protect, harvest, zap,
 * what has to be flushed, and what an audit sees.  What needs a flush is taken
 * from Intel SDM vol. 3, "Guidelines for Use of the INVEPT Instruction", and AMD
 * APM vol. 2, "TLB Management".
 */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/sizes.h>

#include "s2_variants.h"

#define HPA	(64ULL * SZ_1G)

struct board {
	const struct s2_variant *v;
	struct atoll_s2pt pt;
	struct atoll_s2_gather gather;
};

static struct board *start(struct kunit *test)
{
	struct board *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->v = test->param_value;
	atoll_s2_gather_init(&b->gather);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_init(&b->pt, b->v->fmt, b->v->levels), 0);
	return b;
}

static void finish(struct kunit *test, struct board *b)
{
	KUNIT_EXPECT_EQ(test, atoll_s2pt_unmap(&b->pt, 0, 64ULL * SZ_1G), 0);
	KUNIT_EXPECT_EQ(test, b->pt.nr_tables, 1);
	atoll_s2pt_destroy(&b->pt);
}

/* The TLBs are flushed, if that was asked for; was it? */
static bool flush(struct board *b)
{
	bool asked = b->gather.flush;

	atoll_s2pt_flushed(&b->pt, &b->gather);
	return asked;
}

static u64 entry_of(struct board *b, u64 gpa)
{
	u32 level;

	return *s2_cpu_walk(b->v, b->pt.root, gpa, &level);
}

static u32 level_of(struct board *b, u64 gpa)
{
	struct atoll_s2_leaf leaf;

	return atoll_s2pt_lookup(&b->pt, gpa, &leaf) ? 0 : leaf.level;
}

static void mark(struct board *b, u64 gpa, u64 marks)
{
	u32 level;

	*s2_cpu_walk(b->v, b->pt.root, gpa, &level) |= marks;
}

static void one_page_goes_into_a_hole(struct kunit *test)
{
	static const u64 bytes[] = { 0, SZ_4K, SZ_2M, SZ_1G };
	struct board *b = start(test);
	struct atoll_s2_leaf leaf;
	u32 level;

	for (level = 1; level <= 3; level++) {
		u64 gpa = level * 2ULL * SZ_1G;

		KUNIT_ASSERT_EQ(test, atoll_s2pt_map_page(&b->pt, gpa, HPA, level,
							  ATOLL_S2_RAM), 0);
		KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(&b->pt, gpa + bytes[level] - 1,
							&leaf), 0);
		KUNIT_EXPECT_EQ(test, leaf.level, level);
		KUNIT_EXPECT_EQ(test, leaf.hpa, HPA + bytes[level] - 1);
		KUNIT_EXPECT_EQ(test, level_of(b, gpa + bytes[level]), 0);
		KUNIT_EXPECT_EQ(test, atoll_s2pt_map_page(&b->pt, gpa, HPA, level, 0),
				-EEXIST);
		KUNIT_EXPECT_EQ(test, atoll_s2pt_map_page(&b->pt, gpa, HPA, 1, 0),
				-EEXIST);
		/* Over what is smaller, too */
		KUNIT_EXPECT_EQ(test, atoll_s2pt_map_page(&b->pt, gpa, HPA, 3, 0),
				-EEXIST);
		KUNIT_EXPECT_EQ(test, atoll_s2pt_map_page(&b->pt, SZ_4K, HPA, level + 1, 0),
				-EINVAL);
		KUNIT_EXPECT_EQ(test, atoll_s2pt_map_page(&b->pt, 0, HPA + SZ_4K,
							  level + 1, 0), -EINVAL);
	}
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map_page(&b->pt, 0, HPA, 0, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map_page(&b->pt, 0, HPA, 4, 0), -EINVAL);
	b->pt.largest = 2;
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map_page(&b->pt, 0, HPA, 3, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(&b->pt, 0, HPA, SZ_1G, 0), 0);
	KUNIT_EXPECT_EQ(test, level_of(b, 0), 2);
	finish(test, b);
}

static void a_split_keeps_everything(struct kunit *test)
{
	struct board *b = start(test);
	u64 marks[] = { 0, b->v->accessed, b->v->accessed | b->v->dirty };
	u64 was, gpa;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(marks); i++) {
		gpa = i * (u64)SZ_1G;
		KUNIT_ASSERT_EQ(test, atoll_s2pt_map_page(&b->pt, gpa, HPA, 3,
							  ATOLL_S2_WRITE), 0);
		mark(b, gpa, marks[i]);
		was = entry_of(b, gpa);
		KUNIT_ASSERT_EQ(test, atoll_s2pt_split(&b->pt, gpa + SZ_2M + 5, 2,
						       &b->gather), 0);
		KUNIT_EXPECT_EQ(test, entry_of(b, gpa + 511ULL * SZ_2M),
				was + 511ULL * SZ_2M);
		KUNIT_ASSERT_EQ(test, atoll_s2pt_split(&b->pt, gpa + SZ_2M + 5, 1,
						       &b->gather), 0);
		KUNIT_EXPECT_EQ(test, entry_of(b, gpa), was);
		KUNIT_EXPECT_EQ(test, entry_of(b, gpa + SZ_2M + 511 * SZ_4K),
				(was & ~b->v->large) + SZ_2M + 511 * SZ_4K);
		/* Bit 7 of an entry has changed */
		KUNIT_EXPECT_TRUE(test, flush(b));
		/* It is small enough already */
		KUNIT_EXPECT_EQ(test, atoll_s2pt_split(&b->pt, gpa + SZ_2M, 2,
						       &b->gather), 0);
		KUNIT_EXPECT_FALSE(test, flush(b));
	}
	KUNIT_EXPECT_EQ(test, b->pt.nr_tables, b->v->levels - 2 + 2 * 3);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_split(&b->pt, 0, 0, &b->gather), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_split(&b->pt, 0, 4, &b->gather), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_split(&b->pt, 8ULL * SZ_1G, 1, &b->gather),
			-ENOENT);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_split(&b->pt, U64_MAX, 1, &b->gather), -ERANGE);
	finish(test, b);
}

static void a_merge_keeps_marks_also_late_ones(struct kunit *test)
{
	struct board *b = start(test);
	u64 was, *old;
	u32 level;

	KUNIT_ASSERT_EQ(test, atoll_s2pt_map_page(&b->pt, SZ_1G, HPA, 3, ATOLL_S2_RAM), 0);
	was = entry_of(b, SZ_1G);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_split(&b->pt, SZ_1G, 1, &b->gather), 0);
	KUNIT_EXPECT_TRUE(test, flush(b));

	mark(b, SZ_1G + 77 * SZ_4K, b->v->accessed);
	old = s2_cpu_walk(b->v, b->pt.root, SZ_1G + 78 * SZ_4K, &level);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_merge(&b->pt, SZ_1G, 2, &b->gather), 0);
	KUNIT_EXPECT_EQ(test, entry_of(b, SZ_1G), was | b->v->accessed);
	/* A CPU that came here before the merge, and marks after it */
	*old |= b->v->dirty;
	KUNIT_EXPECT_TRUE(test, flush(b));
	KUNIT_EXPECT_EQ(test, entry_of(b, SZ_1G), was | b->v->accessed | b->v->dirty);

	KUNIT_ASSERT_EQ(test, atoll_s2pt_merge(&b->pt, SZ_1G, 3, &b->gather), 0);
	KUNIT_EXPECT_TRUE(test, flush(b));
	KUNIT_EXPECT_EQ(test, level_of(b, SZ_1G), 3);
	KUNIT_EXPECT_EQ(test, entry_of(b, SZ_1G), was | b->v->accessed | b->v->dirty);
	KUNIT_EXPECT_EQ(test, b->pt.nr_tables, b->v->levels - 2);
	finish(test, b);
}

static void what_does_not_fit_is_not_merged(struct kunit *test)
{
	struct board *b = start(test);
	struct atoll_s2pt *pt = &b->pt;
	u64 gpa = 4 * SZ_2M;
	u32 tables;

	KUNIT_EXPECT_EQ(test, atoll_s2pt_merge(pt, 0, 2, &b->gather), -ENOENT);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_merge(pt, SZ_4K, 2, &b->gather), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_merge(pt, SZ_2M, 3, &b->gather), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_merge(pt, 0, 1, &b->gather), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_merge(pt, 0, 4, &b->gather), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_merge(pt, 1ULL << 62, 2, &b->gather), -ERANGE);

	/* One is missing; comes from elsewhere; allows other things */
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(pt, gpa, HPA, SZ_2M - SZ_4K, ATOLL_S2_RAM), 0);
	tables = pt->nr_tables;
	KUNIT_EXPECT_EQ(test, atoll_s2pt_merge(pt, gpa, 2, &b->gather), -EDOM);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(pt, gpa + SZ_2M - SZ_4K, HPA + SZ_2M, SZ_4K,
					     ATOLL_S2_RAM), 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_merge(pt, gpa, 2, &b->gather), -EDOM);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_unmap(pt, gpa + SZ_2M - SZ_4K, SZ_4K), 0);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(pt, gpa + SZ_2M - SZ_4K, HPA + SZ_2M - SZ_4K,
					     SZ_4K, ATOLL_S2_EXEC), 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_merge(pt, gpa, 2, &b->gather), -EDOM);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_merge(pt, 0, 3, &b->gather), -EDOM);
	KUNIT_EXPECT_EQ(test, pt->nr_tables, tables);
	KUNIT_EXPECT_FALSE(test, flush(b));

	/* Contiguous, but not from a multiple of 2 MiB on */
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(pt, 0, HPA + SZ_4K, SZ_2M, ATOLL_S2_RAM), 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_merge(pt, 0, 2, &b->gather), -EDOM);
	/* Larger already */
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map_page(pt, SZ_1G, HPA, 3, 0), 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_merge(pt, SZ_1G, 2, &b->gather), -ENOENT);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_merge(pt, SZ_1G, 3, &b->gather), -ENOENT);
	KUNIT_EXPECT_FALSE(test, flush(b));
	finish(test, b);
}

static void rights_come_and_go(struct kunit *test)
{
	/* What is there, given, taken; what is there then; a flush */
	static const struct {
		u32 was, give, take, is;
		bool flush;
	} cases[] = {
		{ ATOLL_S2_RAM, 0, ATOLL_S2_WRITE, ATOLL_S2_EXEC, true },
		{ ATOLL_S2_RAM, 0, ATOLL_S2_EXEC, ATOLL_S2_WRITE, true },
		{ ATOLL_S2_RAM, 0, ATOLL_S2_RAM, 0, true },
		{ ATOLL_S2_RAM, ATOLL_S2_WRITE, 0, ATOLL_S2_RAM, false },
		{ 0, ATOLL_S2_WRITE, ATOLL_S2_EXEC, ATOLL_S2_WRITE, false },
		{ 0, ATOLL_S2_RAM, 0, ATOLL_S2_RAM, false },
		{ 0, 0, ATOLL_S2_RAM, 0, false },
		{ ATOLL_S2_WRITE, ATOLL_S2_EXEC, ATOLL_S2_WRITE, ATOLL_S2_EXEC, true },
		{ ATOLL_S2_EXEC, 0, ATOLL_S2_WRITE, ATOLL_S2_EXEC, false },
	};
	struct board *b = start(test);
	u64 marks = b->v->accessed | b->v->dirty;
	struct atoll_s2_leaf leaf;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u64 gpa = i * 2ULL * SZ_2M;

		KUNIT_ASSERT_EQ(test, atoll_s2pt_map_page(&b->pt, gpa, HPA, 2,
							  cases[i].was), 0);
		mark(b, gpa, marks);
		/* The hole behind it stays one */
		KUNIT_EXPECT_EQ(test, atoll_s2pt_protect(&b->pt, gpa, 2 * SZ_2M,
							 cases[i].give, cases[i].take,
							 &b->gather), 0);
		KUNIT_EXPECT_EQ(test, flush(b), cases[i].flush);
		KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(&b->pt, gpa, &leaf), 0);
		KUNIT_EXPECT_EQ(test, leaf.prot, cases[i].is);
		KUNIT_EXPECT_EQ(test, leaf.entry & marks, marks);
		KUNIT_EXPECT_EQ(test, leaf.hpa, HPA);
		KUNIT_EXPECT_EQ(test, level_of(b, gpa + SZ_2M), 0);
	}

	/* A part of a large one: the rest keeps what it had, in pieces */
	KUNIT_ASSERT_EQ(test, atoll_s2pt_protect(&b->pt, SZ_4K, SZ_4K, ATOLL_S2_WRITE, 0,
						 &b->gather), 0);
	KUNIT_EXPECT_TRUE(test, flush(b));
	KUNIT_EXPECT_EQ(test, entry_of(b, SZ_4K) & b->v->write, b->v->write);
	KUNIT_EXPECT_EQ(test, entry_of(b, 0) & b->v->write, 0);
	KUNIT_EXPECT_EQ(test, entry_of(b, SZ_8K) & b->v->write, 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_protect(&b->pt, 0, SZ_4K, 4, 0, &b->gather),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_protect(&b->pt, 0, SZ_4K, 1, 1, &b->gather),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_protect(&b->pt, 0, 1, 0, 1, &b->gather), -EINVAL);
	finish(test, b);
}

struct found {
	u64 gpa[4];
	u32 level[4], marks[4];
	u32 nr;
};

static void find_mark(void *arg, u64 gpa, u32 level, u32 marks)
{
	struct found *f = arg;

	if (f->nr < ARRAY_SIZE(f->gpa)) {
		f->gpa[f->nr] = gpa;
		f->level[f->nr] = level;
		f->marks[f->nr] = marks;
	}
	f->nr++;
}

static void marks_are_harvested_once(struct kunit *test)
{
	struct board *b = start(test);
	u32 both = ATOLL_S2_ACCESSED | ATOLL_S2_DIRTY;
	struct found f = {};

	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&b->pt, SZ_2M - SZ_8K, HPA - SZ_8K,
					     SZ_2M + SZ_8K, ATOLL_S2_RAM), 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_harvest(&b->pt, 0, SZ_1G, both, find_mark, &f,
						 &b->gather), 0);
	KUNIT_EXPECT_EQ(test, f.nr, 0);
	KUNIT_EXPECT_FALSE(test, flush(b));

	mark(b, SZ_2M - SZ_4K, b->v->accessed);
	mark(b, SZ_2M, b->v->accessed | b->v->dirty);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_harvest(&b->pt, 0, SZ_1G, ATOLL_S2_DIRTY,
						 find_mark, &f, &b->gather), 0);
	KUNIT_EXPECT_TRUE(test, flush(b));
	/* A range amid the large leaf: all of it */
	KUNIT_EXPECT_EQ(test, atoll_s2pt_harvest(&b->pt, SZ_2M - SZ_4K, SZ_8K, both,
						 find_mark, &f, &b->gather), 0);
	KUNIT_EXPECT_TRUE(test, flush(b));
	KUNIT_ASSERT_EQ(test, f.nr, 3);
	KUNIT_EXPECT_EQ(test, f.gpa[0], SZ_2M);
	KUNIT_EXPECT_EQ(test, f.marks[0], ATOLL_S2_DIRTY);
	KUNIT_EXPECT_EQ(test, f.gpa[1], SZ_2M - SZ_4K);
	KUNIT_EXPECT_EQ(test, f.level[1], 1);
	KUNIT_EXPECT_EQ(test, f.marks[1], ATOLL_S2_ACCESSED);
	KUNIT_EXPECT_EQ(test, f.gpa[2], SZ_2M);
	KUNIT_EXPECT_EQ(test, f.level[2], 2);
	KUNIT_EXPECT_EQ(test, f.marks[2], ATOLL_S2_ACCESSED);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_harvest(&b->pt, 0, SZ_1G, 4, find_mark, &f,
						 &b->gather), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_harvest(&b->pt, 0, SZ_1G, 0, find_mark, &f,
						 &b->gather), -EINVAL);
	finish(test, b);
}

static void a_zap_asks_for_no_more_than_it_needs(struct kunit *test)
{
	struct board *b = start(test);
	u64 *old;
	u32 level;

	KUNIT_EXPECT_EQ(test, atoll_s2pt_zap(&b->pt, 0, SZ_1G, &b->gather), 0);
	KUNIT_EXPECT_FALSE(test, flush(b));
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map_page(&b->pt, SZ_2M, HPA, 1, ATOLL_S2_RAM), 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_zap(&b->pt, 0, SZ_2M, &b->gather), 0);
	KUNIT_EXPECT_FALSE(test, flush(b));

	old = s2_cpu_walk(b->v, b->pt.root, SZ_2M, &level);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_zap(&b->pt, SZ_2M, SZ_4K, &b->gather), 0);
	KUNIT_EXPECT_EQ(test, b->pt.nr_tables, 1);
	/* Out of the tree, still there, and nothing in it */
	KUNIT_EXPECT_FALSE(test, list_empty(&b->gather.tables));
	KUNIT_EXPECT_EQ(test, *old, 0);
	KUNIT_EXPECT_TRUE(test, flush(b));
	KUNIT_EXPECT_TRUE(test, list_empty(&b->gather.tables));
	finish(test, b);
}

/* Whatever the first table is that can't be had, nothing has changed */
static void without_memory_nothing_happens(struct kunit *test)
{
	struct board *b = start(test);
	struct atoll_s2pt *pt = &b->pt;
	u64 whole, gib = 3ULL * SZ_1G, map_gpa = 2ULL * SZ_1G - SZ_4K;
	u32 tables, spare;
	int err;

	KUNIT_ASSERT_EQ(test, atoll_s2pt_map_page(pt, gib, HPA, 3, ATOLL_S2_RAM), 0);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map_page(pt, gib + SZ_1G, HPA, 3, ATOLL_S2_RAM), 0);
	tables = pt->nr_tables;
	whole = entry_of(b, gib);

	for (spare = 0; spare < 4; spare++) {
		pt->max_tables = tables + spare;
		err = atoll_s2pt_zap(pt, gib + SZ_4K, SZ_1G, &b->gather);
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		err = atoll_s2pt_protect(pt, gib + SZ_4K, SZ_1G, 0, 1, &b->gather);
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		if (spare < 2) {
			err = atoll_s2pt_split(pt, gib, 1, &b->gather);
			KUNIT_EXPECT_EQ(test, err, -ENOMEM);
			err = atoll_s2pt_map_page(pt, SZ_1G, HPA, 1, 0);
			KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		}
		/* A page at the end of one table, one at the start of the next */
		err = atoll_s2pt_map(pt, map_gpa, HPA + SZ_4K, SZ_8K, 0);
		KUNIT_EXPECT_EQ(test, err, -ENOMEM);
		KUNIT_EXPECT_EQ(test, pt->nr_tables, tables);
		KUNIT_EXPECT_EQ(test, entry_of(b, gib), whole);
		KUNIT_EXPECT_EQ(test, entry_of(b, gib + SZ_1G), whole);
		KUNIT_EXPECT_EQ(test, level_of(b, map_gpa), 0);
		KUNIT_EXPECT_FALSE(test, flush(b));
	}
	pt->max_tables = tables + 4;
	KUNIT_EXPECT_EQ(test, atoll_s2pt_map(pt, map_gpa, HPA + SZ_4K, SZ_8K, 0), 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_unmap(pt, map_gpa, SZ_8K), 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_zap(pt, gib + SZ_4K, SZ_1G, &b->gather), 0);
	KUNIT_EXPECT_TRUE(test, flush(b));
	pt->max_tables = 0;
	finish(test, b);
}

/* A table with holes becomes a leaf that maps other memory, with the marks of all */
static void a_leaf_replaces_a_table(struct kunit *test)
{
	struct board *b = start(test);
	struct atoll_s2_leaf leaf = {};
	u32 tables;

	KUNIT_ASSERT_EQ(test, atoll_s2pt_map_page(&b->pt, SZ_1G, HPA + SZ_8M, 2, 0), 0);
	tables = b->pt.nr_tables;
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map(&b->pt, SZ_1G + SZ_2M + SZ_4K, HPA + SZ_4K, SZ_1M,
					     ATOLL_S2_RAM), 0);
	KUNIT_EXPECT_EQ(test, b->pt.nr_tables, tables + 1);
	mark(b, SZ_1G + SZ_2M + SZ_4K, b->v->accessed);
	mark(b, SZ_1G + SZ_2M + SZ_8K, b->v->dirty);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_replace(&b->pt, SZ_1G + SZ_2M, HPA + SZ_4M, 2,
						 ATOLL_S2_RAM, &b->gather), 0);
	KUNIT_EXPECT_TRUE(test, flush(b));
	KUNIT_EXPECT_EQ(test, b->pt.nr_tables, tables);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(&b->pt, SZ_1G + SZ_4M - 1, &leaf), 0);
	KUNIT_EXPECT_EQ(test, leaf.level, 2);
	KUNIT_EXPECT_EQ(test, leaf.prot, ATOLL_S2_RAM);
	KUNIT_EXPECT_EQ(test, leaf.hpa, HPA + SZ_4M + SZ_2M - 1);
	KUNIT_EXPECT_EQ(test, leaf.entry & (b->v->accessed | b->v->dirty),
			b->v->accessed | b->v->dirty);
	/* Its neighbour, and what is behind it */
	KUNIT_ASSERT_EQ(test, atoll_s2pt_lookup(&b->pt, SZ_1G + SZ_2M - 1, &leaf), 0);
	KUNIT_EXPECT_EQ(test, leaf.hpa, HPA + SZ_8M + SZ_2M - 1);
	KUNIT_EXPECT_EQ(test, level_of(b, SZ_1G + SZ_4M), 0);
	finish(test, b);
}

static void what_no_leaf_replaces(struct kunit *test)
{
	struct board *b = start(test);
	struct atoll_s2_gather *gather = &b->gather;
	struct atoll_s2pt *pt = &b->pt;

	KUNIT_EXPECT_EQ(test, atoll_s2pt_replace(pt, 0, HPA, 2, 0, gather), -ENOENT);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map_page(pt, 0, HPA, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_replace(pt, SZ_4K, HPA, 2, 0, gather), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_replace(pt, 0, HPA + SZ_4K, 2, 0, gather), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_replace(pt, 0, HPA, 1, 0, gather), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_replace(pt, 0, HPA, 4, 0, gather), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_replace(pt, 0, HPA, 2, 4, gather), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_replace(pt, 1ULL << 62, HPA, 2, 0, gather), -ERANGE);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_replace(pt, 0, 1ULL << 62, 2, 0, gather), -ERANGE);
	/* A table of tables; a leaf of that size */
	KUNIT_EXPECT_EQ(test, atoll_s2pt_replace(pt, 0, HPA, 3, 0, gather), -EDOM);
	KUNIT_ASSERT_EQ(test, atoll_s2pt_map_page(pt, SZ_2M, HPA, 2, 0), 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_replace(pt, SZ_2M, HPA, 2, 0, gather), -ENOENT);
	KUNIT_EXPECT_FALSE(test, flush(b));
	KUNIT_EXPECT_EQ(test, level_of(b, 0), 1);
	finish(test, b);
}

static struct kunit_case s2ops_cases[] = {
	KUNIT_CASE_PARAM(one_page_goes_into_a_hole, s2_variant_gen_params),
	KUNIT_CASE_PARAM(a_split_keeps_everything, s2_variant_gen_params),
	KUNIT_CASE_PARAM(a_merge_keeps_marks_also_late_ones, s2_variant_gen_params),
	KUNIT_CASE_PARAM(what_does_not_fit_is_not_merged, s2_variant_gen_params),
	KUNIT_CASE_PARAM(a_leaf_replaces_a_table, s2_variant_gen_params),
	KUNIT_CASE_PARAM(what_no_leaf_replaces, s2_variant_gen_params),
	KUNIT_CASE_PARAM(rights_come_and_go, s2_variant_gen_params),
	KUNIT_CASE_PARAM(marks_are_harvested_once, s2_variant_gen_params),
	KUNIT_CASE_PARAM(a_zap_asks_for_no_more_than_it_needs, s2_variant_gen_params),
	KUNIT_CASE_PARAM(without_memory_nothing_happens, s2_variant_gen_params),
	{}
};

static struct kunit_suite s2ops_suite = {
	.name = "atoll_s2ops",
	.test_cases = s2ops_cases,
};

kunit_test_suite(s2ops_suite);
