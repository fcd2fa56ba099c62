// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 tables against a plain array: a word for each 4 KiB of guest memory,
 * 0 but for the first of each leaf, which holds the leaf.  Random operations are
 * done to both; after each the two are compared at its edges, now and then in
 * all places.
 */
#include <kunit/test.h>
#include <linux/bits.h>
#include <linux/mm.h>
#include <linux/prandom.h>
#include <linux/sizes.h>

#include "s2_variants.h"

#define OPS		50000
#define FULL_EVERY	5000
#define GIB_PAGES	(SZ_1G / SZ_4K)
#define SPACE_PAGES	(3 * GIB_PAGES)
#define SPACE		(3ULL * SZ_1G)
#define HPA		BIT_ULL(40)
/* Most happens in the first pages of each GiB, so that things meet */
#define BUSY_PAGES	(6 * 512)

/* A leaf in the array: level, rights, marks, and 4 KiB units that it is moved by */
struct word {
	u8 level, prot, marks, moved;
};

struct model {
	struct rnd_state rnd;
	const struct s2_variant *v;
	struct atoll_s2pt pt;
	struct atoll_s2_gather gather;
	u32 flush;
	struct word at[SPACE_PAGES];
	/* what a harvest found, and what it should */
	u64 found, expected;
	/* of a full comparison */
	u32 bad, leaves, tables;
};

static u32 pick(struct model *m, u32 below)
{
	return prandom_u32_state(&m->rnd) % below;
}

static u32 pages_of(u32 level)
{
	return 1U << (9 * (level - 1));
}

/* The first page of the leaf that maps @page, or SPACE_PAGES */
static u32 head_of(struct model *m, u32 page)
{
	u32 level, head;

	for (level = 1; level <= 3 && page < SPACE_PAGES; level++) {
		head = page & ~(pages_of(level) - 1);
		if (m->at[head].level >= level)
			return head;
	}
	return SPACE_PAGES;
}

static u64 hpa_of(u32 page, struct word w)
{
	return HPA + ((u64)page + w.moved) * SZ_4K;
}

static bool agree(struct model *m, u32 page)
{
	u64 gpa = (u64)page * SZ_4K + pick(m, SZ_4K);
	u32 head = head_of(m, page);
	struct atoll_s2_leaf leaf = {};
	int err = atoll_s2pt_lookup(&m->pt, gpa, &leaf);
	struct word w;
	u32 marks;

	if (head == SPACE_PAGES)
		return err == -ENOENT;
	w = m->at[head];
	marks = (leaf.entry & m->v->accessed ? ATOLL_S2_ACCESSED : 0) |
		(leaf.entry & m->v->dirty ? ATOLL_S2_DIRTY : 0);
	return !err && leaf.level == w.level && leaf.prot == w.prot &&
	       marks == w.marks && leaf.hpa == hpa_of(page, w) + gpa % SZ_4K;
}

static void model_split(struct model *m, u32 page, u32 level)
{
	u32 head = head_of(m, page), i;

	while (head < SPACE_PAGES && m->at[head].level > level) {
		struct word w = m->at[head];

		w.level--;
		for (i = 0; i < 512; i++)
			m->at[head + i * pages_of(w.level)] = w;
		m->flush = true;
		head = head_of(m, page);
	}
}

/* No leaf may lie across the start of @page */
static void model_split_at(struct model *m, u32 page)
{
	u32 level = 1;

	while (level < 3 && !(page & (pages_of(level + 1) - 1)))
		level++;
	model_split(m, page, level);
}

static bool model_merge(struct model *m, u32 page, u32 level)
{
	u32 step = pages_of(level - 1), i;
	struct word w = m->at[page], sum = w;

	if (w.level != level - 1 || w.moved)
		return false;
	for (i = 1; i < 512; i++) {
		struct word o = m->at[page + i * step];

		if (o.level != w.level || o.prot != w.prot || o.moved)
			return false;
		sum.marks |= o.marks;
	}
	for (i = 1; i < 512; i++)
		m->at[page + i * step] = (struct word){};
	sum.level++;
	m->at[page] = sum;
	m->flush = true;
	return true;
}

static u32 pick_page(struct model *m)
{
	return pick(m, 3) * GIB_PAGES + pick(m, BUSY_PAGES);
}

/* Seldom a GiB: the model takes its time for that */
static u32 pick_level(struct model *m)
{
	return pick(m, 200) == 0 ? 3 : 1 + pick(m, 2);
}

static void pick_range(struct model *m, u32 *page, u32 *nr)
{
	u32 level = pick_level(m);

	*page = pick_page(m);
	if (pick(m, 2))
		*page &= ~(pages_of(level) - 1);
	*nr = pages_of(level) * (1 + pick(m, level == 3 ? 1 : 3));
	*nr = min_t(u32, *nr, SPACE_PAGES - *page);
}

static bool step_map(struct model *m)
{
	u32 level = pick_level(m), nr = pages_of(level), i;
	u32 page = pick_page(m) & ~(nr - 1);
	struct word w = { .level = level, .prot = pick(m, 4) };
	int want = head_of(m, page) == SPACE_PAGES ? 0 : -EEXIST;

	/* Now and then something that can't be merged */
	if (level == 1 && !pick(m, 500))
		w.moved = 1;
	for (i = 0; !want && i < nr; i++)
		if (m->at[page + i].level)
			want = -EEXIST;
	if (!want)
		m->at[page] = w;
	return atoll_s2pt_map_page(&m->pt, (u64)page * SZ_4K, hpa_of(page, w), level,
				   w.prot) == want &&
	       agree(m, page) && agree(m, page + nr - 1);
}

static void mark_fill(struct model *m, u32 page, u32 prot)
{
	u32 i;

	for (i = 0; i < 512; i++)
		if (!m->at[page + i].level)
			m->at[page + i] = (struct word){ .level = 1, .prot = prot };
}

/* Fill the holes of 2 MiB, so that merges have something to do */
static bool step_fill(struct model *m)
{
	u32 page = pick_page(m) & ~511, prot = pick(m, 4), i;
	u32 head = head_of(m, page);

	if (head < SPACE_PAGES && m->at[head].level > 1)
		return true;
	for (i = page; i < page + 512; i++)
		if (!m->at[i].level &&
		    atoll_s2pt_map_page(&m->pt, (u64)i * SZ_4K, HPA + (u64)i * SZ_4K, 1,
					prot))
			return false;
	mark_fill(m, page, prot);
	return agree(m, page + pick(m, 512));
}

static bool step_split(struct model *m)
{
	u32 page = pick_page(m), level = 1 + pick(m, 3);
	int want = head_of(m, page) == SPACE_PAGES ? -ENOENT : 0;

	model_split(m, page, level);
	return atoll_s2pt_split(&m->pt, (u64)page * SZ_4K, level, &m->gather) == want &&
	       agree(m, page) && agree(m, page ^ 1) && agree(m, page ^ 512);
}

static bool step_merge(struct model *m)
{
	u32 level = pick(m, 8) ? 2 : 3;
	u32 page = pick_page(m) & ~(pages_of(level) - 1);
	bool merged = model_merge(m, page, level);
	int err = atoll_s2pt_merge(&m->pt, (u64)page * SZ_4K, level, &m->gather);

	return merged == !err && (!err || err == -EDOM || err == -ENOENT) &&
	       agree(m, page) && agree(m, page + pages_of(level) - 1);
}

static bool step_zap(struct model *m)
{
	u32 page, nr, i;

	pick_range(m, &page, &nr);
	model_split_at(m, page);
	if (page + nr < SPACE_PAGES)
		model_split_at(m, page + nr);
	for (i = page; i < page + nr; i++) {
		if (m->at[i].level)
			m->flush = true;
		m->at[i] = (struct word){};
	}
	return !atoll_s2pt_zap(&m->pt, (u64)page * SZ_4K, (u64)nr * SZ_4K, &m->gather) &&
	       agree(m, page) && agree(m, page + nr - 1) &&
	       (!page || agree(m, page - 1)) && agree(m, page + nr);
}

static bool step_protect(struct model *m)
{
	u32 page, nr, i, give = pick(m, 4), take = pick(m, 4) & ~give;

	pick_range(m, &page, &nr);
	model_split_at(m, page);
	if (page + nr < SPACE_PAGES)
		model_split_at(m, page + nr);
	for (i = page; i < page + nr; i++) {
		struct word *w = &m->at[i];

		if (!w->level)
			continue;
		if (w->prot & take)
			m->flush = true;
		w->prot = (w->prot | give) & ~take;
	}
	return !atoll_s2pt_protect(&m->pt, (u64)page * SZ_4K, (u64)nr * SZ_4K, give,
				   take, &m->gather) &&
	       agree(m, page) && agree(m, page + nr - 1) && agree(m, page + nr);
}

/* The guest uses a page */
static bool step_touch(struct model *m)
{
	u32 page = pick_page(m), head = head_of(m, page), level;
	u32 marks = ATOLL_S2_ACCESSED | (pick(m, 2) ? ATOLL_S2_DIRTY : 0);
	u64 *slot;

	if (head == SPACE_PAGES)
		return agree(m, page);
	slot = s2_cpu_walk(m->v, m->pt.root, (u64)page * SZ_4K, &level);
	*slot |= m->v->accessed | (marks & ATOLL_S2_DIRTY ? m->v->dirty : 0);
	m->at[head].marks |= marks;
	return agree(m, page);
}

/* A sum that depends on place, size and marks, but not on order */
static u64 mark_sum(u64 gpa, u32 level, u32 marks)
{
	return (gpa + level * 4 + marks) * 0x9e3779b97f4a7c15ULL;
}

static void harvested(void *arg, u64 gpa, u32 level, u32 marks)
{
	struct model *m = arg;

	m->found += mark_sum(gpa, level, marks);
}

static bool step_harvest(struct model *m)
{
	u32 page, nr, i, what = 1 + pick(m, 3), head, marks;

	pick_range(m, &page, &nr);
	head = head_of(m, page);
	m->found = 0;
	m->expected = 0;
	for (i = min(head, page); i < page + nr; i++) {
		marks = m->at[i].marks & what;
		if (!marks || (i < page && i != head))
			continue;
		m->expected += mark_sum((u64)i * SZ_4K, m->at[i].level, marks);
		m->at[i].marks &= ~what;
		m->flush = true;
	}
	return !atoll_s2pt_harvest(&m->pt, (u64)page * SZ_4K, (u64)nr * SZ_4K, what,
				   harvested, m, &m->gather) &&
	       m->found == m->expected && agree(m, page) && agree(m, page + nr - 1);
}

static bool step(struct model *m)
{
	static bool (* const steps[])(struct model *m) = {
		step_map, step_map, step_map, step_fill, step_split, step_merge,
		step_merge, step_zap, step_protect, step_touch, step_touch, step_harvest,
	};
	bool good, asked;

	m->flush = false;
	good = steps[pick(m, ARRAY_SIZE(steps))](m);
	asked = m->gather.flush;
	atoll_s2pt_flushed(&m->pt, &m->gather);
	return good && asked == m->flush;
}

static int count_table(void *arg, u64 pa, u32 level, u64 gpa)
{
	((struct model *)arg)->tables++;
	cond_resched();
	return 0;
}

static int compare_entry(void *arg, const struct atoll_s2_visit *v)
{
	struct model *m = arg;
	u32 page = v->gpa / SZ_4K;

	if (v->flaw)
		m->bad++;
	if (!v->leaf)
		return 0;
	m->leaves++;
	if (page >= SPACE_PAGES || m->at[page].level != v->level || !agree(m, page))
		m->bad++;
	return 0;
}

/* Every leaf is in the array, and there are as many; no table too many */
static bool agree_everywhere(struct model *m)
{
	static const struct atoll_s2_walk_ops ops = { count_table, compare_entry };
	u32 i, leaves = 0, seen = 0, need = 1;
	u32 gib_seen = U32_MAX, mib_seen = U32_MAX;

	m->bad = 0;
	m->leaves = 0;
	m->tables = 0;
	if (atoll_s2pt_walk(&m->pt, virt_to_phys(m->pt.root), 0, 8ULL * SZ_1G, &ops, m))
		return false;
	for (i = 0; i < SPACE_PAGES; i++) {
		if (!m->at[i].level)
			continue;
		leaves++;
		if (!seen++)
			need += m->v->levels - 3;
		if (m->at[i].level < 3 && i / GIB_PAGES != gib_seen) {
			gib_seen = i / GIB_PAGES;
			need++;
		}
		if (m->at[i].level < 2 && i / 512 != mib_seen) {
			mib_seen = i / 512;
			need++;
		}
	}
	return !m->bad && m->leaves == leaves && m->tables == need &&
	       m->pt.nr_tables == need;
}

static void random_operations_match_an_array(struct kunit *test)
{
	static const u64 seeds[] = { 0x41746f6c6c, 5 };
	struct model *m;
	u32 i, s;

	m = kvzalloc(sizeof(*m), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, m);
	m->v = test->param_value;
	for (s = 0; s < ARRAY_SIZE(seeds); s++) {
		prandom_seed_state(&m->rnd, seeds[s]);
		memset(m->at, 0, sizeof(m->at));
		atoll_s2_gather_init(&m->gather);
		if (atoll_s2pt_init(&m->pt, m->v->fmt, m->v->levels)) {
			KUNIT_FAIL(test, "no memory");
			break;
		}
		for (i = 0; i < OPS / ARRAY_SIZE(seeds); i++) {
			if (!step(m) || (i % FULL_EVERY == 0 && !agree_everywhere(m))) {
				KUNIT_FAIL(test, "seed %llx, operation %u", seeds[s], i);
				break;
			}
			cond_resched();
		}
		KUNIT_EXPECT_TRUE(test, agree_everywhere(m));
		KUNIT_EXPECT_EQ(test, atoll_s2pt_unmap(&m->pt, 0, SPACE), 0);
		KUNIT_EXPECT_EQ(test, m->pt.nr_tables, 1);
		atoll_s2pt_destroy(&m->pt);
	}
	kvfree(m);
}

static struct kunit_case s2model_cases[] = {
	KUNIT_CASE_PARAM(random_operations_match_an_array, s2_variant_gen_params),
	{}
};

static struct kunit_suite s2model_suite = {
	.name = "atoll_s2model",
	.test_cases = s2model_cases,
};

kunit_test_suite(s2model_suite);
