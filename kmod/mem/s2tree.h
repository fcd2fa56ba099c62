/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the stage-2 code share: entries in memory, and the pages
 * that hold them.  Nobody else includes this.
 */
#ifndef ATOLL_S2TREE_H
#define ATOLL_S2TREE_H

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/mm.h>

#include "s2entry.h"

/* An entry in a table */
struct s2_spot {
	u64 *slot;
	u64 entry;		/* what it held when it was read */
	u32 level;
};

struct s2_spot s2_find(const struct atoll_s2pt *pt, u64 gpa, u32 stop);
u64 *s2_alloc_table(struct atoll_s2pt *pt);
void s2_free_table(struct atoll_s2pt *pt, u64 *table);
void s2_unlink_table(struct atoll_s2pt *pt, u64 *table,
		     struct atoll_s2_gather *gather);
int s2_split_edges(struct atoll_s2pt *pt, u64 gpa, u64 end,
		   struct atoll_s2_gather *gather);

/*
 * The one place of a table: which part of the guest's memory it covers, and
 * its level in the bits that are always 0 there.  With the tree's address it
 * stands in the struct page, where no entry can forge it.
 */
static inline unsigned long s2_place(u64 gpa, u32 level)
{
	return s2_start(gpa, level + 1) | level;
}

static inline void s2_set_place(u64 *table, u64 gpa, u32 level)
{
	virt_to_page(table)->index = s2_place(gpa, level);
}

static inline u64 *s2_entry_table(const struct atoll_s2pt *pt, u64 entry)
{
	return phys_to_virt(entry & pt->fmt->addr);
}

/*
 * Change bits of an entry that CPUs may be marking meanwhile; returns what it
 * was before.
 */
static inline u64 s2_change(u64 *slot, u64 set, u64 clear)
{
	u64 old = READ_ONCE(*slot), new;

	do {
		new = (old & ~clear) | set;
		if (new == old)
			break;
	} while (!try_cmpxchg(slot, &old, new));
	return old;
}

#endif
