// SPDX-License-Identifier: GPL-2.0-only
/*
 * A walk through the stage-2 tables as a CPU does it, from the root that it is
 * given, for those who want to know whether they are as they ought to be.
 *
 * It takes nothing that stands in a table for granted.  It goes down only to
 * pages that the page allocator's own records call a table of this tree, for
 * this place: so it never leaves the tree, never comes twice to one table, and
 * always ends, whatever has been written to them.
 */
#include <linux/pfn.h>
#include <linux/sched.h>

#include "s2tree.h"

struct walk {
	const struct atoll_s2pt *pt;
	const struct atoll_s2_walk_ops *ops;
	void *arg;
};

static bool is_table(const struct atoll_s2pt *pt, u64 pa, u32 level, u64 gpa)
{
	struct page *page;

	if (!IS_ALIGNED(pa, PAGE_SIZE) || !pfn_valid(PHYS_PFN(pa)))
		return false;
	page = pfn_to_page(PHYS_PFN(pa));
	return page_private(page) == (unsigned long)pt &&
	       page->index == s2_place(gpa, level);
}

/* What is in [gpa, end); as deep as the tree, at most five calls */
static int walk_table(const struct walk *w, u64 pa, u32 level, u64 gpa, u64 end)
{
	const struct atoll_s2_format *fmt = w->pt->fmt;
	struct atoll_s2_visit visit = { .level = level, .table = pa };
	const u64 *table = phys_to_virt(pa);
	u64 next, child;
	int err = 0;

	if (w->ops->table)
		err = w->ops->table(w->arg, pa, level, s2_start(gpa, level + 1));
	for (; !err && gpa < end; gpa = next) {
		visit.gpa = s2_start(gpa, level);
		next = min(end, visit.gpa + s2_bytes(level));
		visit.entry = READ_ONCE(table[s2_index(gpa, level)]);
		if (!visit.entry)
			continue;
		visit.flaw = s2_entry_flaw(fmt, visit.entry, level);
		visit.leaf = s2_present(fmt, visit.entry) &&
			     s2_is_leaf(fmt, visit.entry, level);
		child = visit.entry & fmt->addr;
		if (!visit.flaw && !visit.leaf &&
		    !is_table(w->pt, child, level - 1, gpa))
			visit.flaw = ATOLL_S2_FLAW_TABLE;
		if (w->ops->entry)
			err = w->ops->entry(w->arg, &visit);
		if (!err && !visit.flaw && !visit.leaf)
			err = walk_table(w, child, level - 1, gpa, next);
		cond_resched();
	}
	return err;
}

/**
 * atoll_s2pt_walk - visit all tables and entries that cover a range
 * @pt:		the tree
 * @root_pa:	where the CPU is told to start
 * @gpa:	guest-physical address, in whole 4 KiB like @len
 * @len:	bytes, more than 0
 * @ops:	told of each, a table before its entries, an entry before what it
 *		leads to
 * @arg:	for @ops
 *
 * The caller serialises changes; CPUs may go on.  A long walk can be done in
 * pieces, with changes in between: it then visits the upper tables and entries
 * once more in each.  May sleep.
 *
 * Return: 0; -EINVAL: not in whole pages; -ERANGE: behind the end of the
 * space; -ENXIO: @root_pa is not the tree's root; else what @ops returned.
 */
int atoll_s2pt_walk(const struct atoll_s2pt *pt, u64 root_pa, u64 gpa, u64 len,
		    const struct atoll_s2_walk_ops *ops, void *arg)
{
	const struct walk w = { .pt = pt, .ops = ops, .arg = arg };
	int err;

	err = s2_check_gpa(pt->levels, gpa, len);
	if (err)
		return err;
	if (!is_table(pt, root_pa, pt->levels, 0))
		return -ENXIO;
	return walk_table(&w, root_pa, pt->levels, gpa, gpa + len);
}
