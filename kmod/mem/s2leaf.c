// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes to leaves of the stage-2 tables that leave mapped what is mapped:
 * their size, what a guest may do there, and what the CPU has marked.  One maps
 * other memory instead, while no CPU is looking.
 *
 * CPUs walk the tables meanwhile.  A split and a merge change the size of a
 * page but neither its frame, nor rights, nor memory type: a CPU that knows
 * both sizes for a while may use either, so that the entry needs not be empty
 * in between (Intel SDM vol. 3, "Details of TLB Use").  The flush comes after.
 * What else needs one is in "Guidelines for Use of the INVEPT Instruction":
 * rights that are taken, marks that are cleared, a change of bit 7.  Rights
 * that are given don't: a CPU that doesn't know of them yet faults, and then
 * has forgotten what it knew; AMD APM vol. 2, "TLB Management", says the same.
 */
#include <linux/sched.h>

#include "s2tree.h"

/* An unmap splits at two edges, each down from 1 GiB to 4 KiB */
#define STOCK_MAX	(2 * (S2_LEAF_LEVEL_MAX - 1))

/* Tables taken in advance, so that what follows can't fail half-way */
struct stock {
	u64 *table[STOCK_MAX];
	u32 nr;
};

static void empty_stock(struct atoll_s2pt *pt, struct stock *stock)
{
	while (stock->nr)
		s2_free_table(pt, stock->table[--stock->nr]);
}

static int fill_stock(struct atoll_s2pt *pt, struct stock *stock, u32 nr)
{
	u64 *table;

	while (stock->nr < nr) {
		table = s2_alloc_table(pt);
		if (!table) {
			empty_stock(pt, stock);
			return -ENOMEM;
		}
		stock->table[stock->nr++] = table;
	}
	return 0;
}

/* How many tables it takes to have no leaf above @level at @gpa */
static u32 splits_to(const struct atoll_s2pt *pt, u64 gpa, u32 level)
{
	struct s2_spot spot = s2_find(pt, gpa, 1);

	if (!s2_present(pt->fmt, spot.entry) || spot.level <= level)
		return 0;
	return spot.level - level;
}

/* Turn a leaf into a table of leaves one level below that map the same */
static void split_leaf(struct atoll_s2pt *pt, struct s2_spot *spot, u64 gpa,
		       u64 *table, struct atoll_s2_gather *gather)
{
	u64 entry = s2_table_entry(pt->fmt, virt_to_phys(table));
	u32 i;

	s2_set_place(table, gpa, spot->level - 1);
	/* If the CPU has marked it meanwhile, they get the new marks, too */
	do {
		for (i = 0; i < S2_ENTRIES; i++)
			table[i] = s2_split_entry(pt->fmt, spot->entry,
						  spot->level, i);
	} while (!try_cmpxchg(spot->slot, &spot->entry, entry));
	gather->flush = true;
}

static void split_to(struct atoll_s2pt *pt, u64 gpa, u32 level,
		     struct stock *stock, struct atoll_s2_gather *gather)
{
	struct s2_spot spot;
	u32 nr;

	for (nr = splits_to(pt, gpa, level); nr; nr--) {
		spot = s2_find(pt, gpa, 1);
		split_leaf(pt, &spot, gpa, stock->table[--stock->nr], gather);
	}
}

/**
 * s2_split_edges - split so that no leaf lies across an end of a range
 * @pt:		the tree
 * @gpa:	first address
 * @end:	behind the last, may be behind the space as well
 * @gather:	told if that has to be flushed
 *
 * May sleep.
 *
 * Return: 0, or -ENOMEM: nothing was split.
 */
int s2_split_edges(struct atoll_s2pt *pt, u64 gpa, u64 end,
		   struct atoll_s2_gather *gather)
{
	u32 first = s2_edge_level(gpa), last = s2_edge_level(end);
	struct stock stock = {};

	/* One too many if both lie in one leaf; end == space is never split */
	if (fill_stock(pt, &stock, splits_to(pt, gpa, first) +
				   splits_to(pt, end, last)))
		return -ENOMEM;
	split_to(pt, gpa, first, &stock, gather);
	split_to(pt, end, last, &stock, gather);
	empty_stock(pt, &stock);
	return 0;
}

/**
 * atoll_s2pt_split - make leaves smaller
 * @pt:		the tree
 * @gpa:	an address
 * @level:	that the leaf that maps it is to have at most
 * @gather:	told if that has to be flushed
 *
 * The new leaves have all that the old one had, the CPU's marks included.
 * May sleep.
 *
 * Return: 0; -EINVAL: no such level; -ERANGE: behind the end of the space;
 * -ENOENT: not mapped; -ENOMEM: the tree is as it was.
 */
int atoll_s2pt_split(struct atoll_s2pt *pt, u64 gpa, u32 level,
		     struct atoll_s2_gather *gather)
{
	struct stock stock = {};

	if (level < 1 || level > S2_LEAF_LEVEL_MAX)
		return -EINVAL;
	if (gpa >= s2_bytes(pt->levels + 1))
		return -ERANGE;
	if (!s2_present(pt->fmt, s2_find(pt, gpa, 1).entry))
		return -ENOENT;
	if (fill_stock(pt, &stock, splits_to(pt, gpa, level)))
		return -ENOMEM;
	split_to(pt, gpa, level, &stock, gather);
	return 0;
}

/*
 * The leaf that can stand for a table of leaves of the level below @level, with
 * the marks of all; 0 if there is none.
 */
static u64 merged_leaf(const struct atoll_s2pt *pt, const u64 *table, u32 level)
{
	u64 marks = pt->fmt->accessed | pt->fmt->dirty, seen = 0;
	u64 first = READ_ONCE(table[0]) & ~marks, leaf, entry;
	u32 i;

	if (!s2_present(pt->fmt, first) || !s2_is_leaf(pt->fmt, first, level - 1))
		return 0;
	leaf = s2_merge_entry(pt->fmt, first, level);
	if (!s2_aligned(leaf & pt->fmt->addr, level))
		return 0;
	for (i = 0; i < S2_ENTRIES; i++) {
		entry = READ_ONCE(table[i]);
		if ((entry & ~marks) != s2_split_entry(pt->fmt, leaf, level, i))
			return 0;
		seen |= entry & marks;
	}
	return leaf | seen;
}

/**
 * atoll_s2pt_merge - make one leaf of 512
 * @pt:		the tree
 * @gpa:	what it is to map, a multiple of its size
 * @level:	its level, 2 or 3
 * @gather:	told to flush, and given the table
 *
 * The 512 must be leaves of the level below, follow each other in host memory
 * from a multiple of the size on, and allow the same.  The new one has a mark if
 * any of them had, or gets it before the flush.  Does not sleep.
 *
 * Return: 0; -EINVAL: not a multiple, or a size that @pt doesn't take; -ERANGE:
 * behind the end of the space; -ENOENT: there is no table, but a hole, or a leaf
 * of that size or larger; -EDOM: they are not such 512.
 */
int atoll_s2pt_merge(struct atoll_s2pt *pt, u64 gpa, u32 level,
		     struct atoll_s2_gather *gather)
{
	struct s2_spot spot;
	u64 *table, leaf;

	if (level < 2 || level > pt->largest || !s2_aligned(gpa, level))
		return -EINVAL;
	if (gpa >= s2_bytes(pt->levels + 1))
		return -ERANGE;
	spot = s2_find(pt, gpa, level);
	if (!s2_present(pt->fmt, spot.entry) ||
	    s2_is_leaf(pt->fmt, spot.entry, spot.level))
		return -ENOENT;

	table = s2_entry_table(pt, spot.entry);
	leaf = merged_leaf(pt, table, level);
	if (!leaf)
		return -EDOM;
	/* Nobody needs the marks of an entry that leads to a table */
	WRITE_ONCE(*spot.slot, leaf);
	s2_unlink_table(pt, table, gather);
	return 0;
}

/* The marks of all leaves in a table of the level below @level; false: it leads to tables */
static bool leaves_marks(const struct atoll_s2pt *pt, const u64 *table, u32 level, u64 *seen)
{
	u64 marks = pt->fmt->accessed | pt->fmt->dirty, entry;
	u32 i;

	*seen = 0;
	for (i = 0; i < S2_ENTRIES; i++) {
		entry = READ_ONCE(table[i]);
		if (!s2_present(pt->fmt, entry))
			continue;
		if (!s2_is_leaf(pt->fmt, entry, level - 1))
			return false;
		*seen |= entry & marks;
	}
	return true;
}

/**
 * atoll_s2pt_replace - map other memory, in one leaf, in the place of a table
 * @pt:		the tree, which no CPU is using
 * @gpa:	what it is to map, a multiple of its size like @hpa
 * @hpa:	host-physical address
 * @level:	its level, 2 or 3
 * @prot:	ATOLL_S2_* bits; reading is always allowed
 * @gather:	told to flush, and given the table
 *
 * The table has leaves of the level below and holes.  The new leaf has the marks
 * of all.  Before a vCPU runs again what its CPU knows has to be flushed.  Takes no
 * memory.  Does not sleep.
 *
 * Return: 0; -EINVAL: not a multiple, a size that @pt doesn't take, unknown @prot;
 * -ERANGE: behind the end of either space; -ENOENT: there is no table, but a hole,
 * or a leaf of that size or larger; -EDOM: the table leads to others.
 */
int atoll_s2pt_replace(struct atoll_s2pt *pt, u64 gpa, u64 hpa, u32 level, u32 prot,
		       struct atoll_s2_gather *gather)
{
	struct s2_spot spot;
	u64 *table, seen;
	int err;

	if (level < 2 || level > pt->largest || !s2_aligned(gpa | hpa, level) ||
	    (prot & ~ATOLL_S2_RAM))
		return -EINVAL;
	err = s2_check_gpa(pt->levels, gpa, s2_bytes(level)) ?:
		s2_check_hpa(pt->fmt, hpa, s2_bytes(level));
	if (err)
		return err;
	spot = s2_find(pt, gpa, level);
	if (!s2_present(pt->fmt, spot.entry) ||
	    s2_is_leaf(pt->fmt, spot.entry, spot.level))
		return -ENOENT;

	table = s2_entry_table(pt, spot.entry);
	if (!leaves_marks(pt, table, level, &seen))
		return -EDOM;
	WRITE_ONCE(*spot.slot, s2_leaf_entry(pt->fmt, hpa, level, prot) | seen);
	s2_unlink_table(pt, table, gather);
	return 0;
}

/* The first leaf that maps something in [*gpa, end); *gpa goes there */
static bool next_leaf(const struct atoll_s2pt *pt, u64 *gpa, u64 end,
		      struct s2_spot *spot)
{
	for (; *gpa < end; *gpa = s2_start(*gpa, spot->level) + s2_bytes(spot->level)) {
		*spot = s2_find(pt, *gpa, 1);
		if (s2_present(pt->fmt, spot->entry))
			return true;
		cond_resched();
	}
	return false;
}

/**
 * atoll_s2pt_protect - change what a guest may do in a range
 * @pt:		the tree
 * @gpa:	guest-physical address, in whole 4 KiB like @len
 * @len:	bytes, more than 0
 * @give:	ATOLL_S2_* bits that it gets
 * @take:	others that it loses; what is in neither stays
 * @gather:	told if that has to be flushed
 *
 * Holes stay holes.  A large leaf across an end of the range is split, that
 * takes memory.  After rights were given a CPU may fault once more for want of
 * them.  May sleep.
 *
 * Return: 0; -EINVAL: not in whole pages, unknown rights, or one in both;
 * -ERANGE: behind the end of the space; -ENOMEM: the tree is as it was.
 */
int atoll_s2pt_protect(struct atoll_s2pt *pt, u64 gpa, u64 len, u32 give,
		       u32 take, struct atoll_s2_gather *gather)
{
	u64 set = s2_rights(pt->fmt, give, take), end = gpa + len, old;
	u64 clear = s2_rights(pt->fmt, take, give);
	struct s2_spot spot;
	int err;

	if (((give | take) & ~ATOLL_S2_RAM) || (give & take))
		return -EINVAL;
	err = s2_check_gpa(pt->levels, gpa, len);
	if (!err)
		err = s2_split_edges(pt, gpa, end, gather);
	if (err)
		return err;

	for (; next_leaf(pt, &gpa, end, &spot); gpa += s2_bytes(spot.level)) {
		old = s2_change(spot.slot, set, clear);
		if (s2_leaf_prot(pt->fmt, old) & take)
			gather->flush = true;
		cond_resched();
	}
	return 0;
}

static u32 marks_of(const struct atoll_s2_format *fmt, u64 entry)
{
	return (entry & fmt->accessed ? ATOLL_S2_ACCESSED : 0) |
	       (entry & fmt->dirty ? ATOLL_S2_DIRTY : 0);
}

/**
 * atoll_s2pt_harvest - read and clear what the CPU has marked in a range
 * @pt:		the tree
 * @gpa:	guest-physical address, in whole 4 KiB like @len
 * @len:	bytes, more than 0
 * @marks:	ATOLL_S2_ACCESSED, ATOLL_S2_DIRTY or both
 * @fn:		called for each leaf that had some of them: its first address,
 *		its level, and which
 * @arg:	for @fn
 * @gather:	told if that has to be flushed; until then a CPU doesn't mark
 *		again what it knows to be marked
 *
 * A large leaf counts as a whole, and where only a part of it is in the range as
 * well.  Where the CPU doesn't mark (EPT without that feature) there is nothing to
 * find.  May sleep.
 *
 * Return: 0; -EINVAL: not in whole pages, or unknown @marks; -ERANGE: behind
 * the end of the space.
 */
int atoll_s2pt_harvest(struct atoll_s2pt *pt, u64 gpa, u64 len, u32 marks,
		       atoll_s2_harvest_fn fn, void *arg,
		       struct atoll_s2_gather *gather)
{
	u64 clear = 0, end = gpa + len;
	struct s2_spot spot;
	u32 found;
	int err;

	if (!marks || (marks & ~(ATOLL_S2_ACCESSED | ATOLL_S2_DIRTY)))
		return -EINVAL;
	err = s2_check_gpa(pt->levels, gpa, len);
	if (err)
		return err;
	if (marks & ATOLL_S2_ACCESSED)
		clear |= pt->fmt->accessed;
	if (marks & ATOLL_S2_DIRTY)
		clear |= pt->fmt->dirty;

	while (next_leaf(pt, &gpa, end, &spot)) {
		gpa = s2_start(gpa, spot.level);
		found = marks_of(pt->fmt, s2_change(spot.slot, 0, clear)) & marks;
		if (found) {
			gather->flush = true;
			fn(arg, gpa, spot.level, found);
		}
		gpa += s2_bytes(spot.level);
		cond_resched();
	}
	return 0;
}
