// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 page tables, for any CPU whose entries fit struct atoll_s2_format:
 * the tree, how it grows and how it shrinks.  s2leaf.c changes leaves in place.
 *
 * Nothing in here touches hardware or knows what a guest is: the rest of mem/
 * calls it with the addresses of pages that it owns.  It must never map a page
 * of its own tables, never let a CPU see a half-built table, and never free one
 * that somebody may still look into.
 *
 * The caller serialises all calls that change one struct atoll_s2pt.  CPUs may
 * walk it meanwhile and set accessed and dirty bits; a lookup may run under
 * rcu_read_lock() alone.  So an entry that is present changes by cmpxchg only,
 * or to something that needs none of its bits; and a table that has been taken
 * out stays as it is until CPUs have been flushed and lookups are over.
 */
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "s2tree.h"

/**
 * s2_find - go down to an entry
 * @pt:		the tree
 * @gpa:	inside of its space
 * @stop:	level at which to stop at the latest
 *
 * Does not sleep.  The caller serialises changes or is under rcu_read_lock();
 * then what the entry was is all that is known of it.
 *
 * Return: where it came to: at @stop, a leaf or a hole.
 */
struct s2_spot s2_find(const struct atoll_s2pt *pt, u64 gpa, u32 stop)
{
	struct s2_spot spot = { .level = pt->levels };
	u64 *table = pt->root;

	for (;; spot.level--) {
		spot.slot = &table[s2_index(gpa, spot.level)];
		spot.entry = READ_ONCE(*spot.slot);
		if (spot.level == stop || !s2_present(pt->fmt, spot.entry) ||
		    s2_is_leaf(pt->fmt, spot.entry, spot.level))
			return spot;
		table = s2_entry_table(pt, spot.entry);
	}
}

/** s2_alloc_table() - a zeroed table without a place, or NULL; may sleep */
u64 *s2_alloc_table(struct atoll_s2pt *pt)
{
	u64 *table;

	if (pt->max_tables && pt->nr_tables >= pt->max_tables)
		return NULL;
	table = (u64 *)__get_free_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
	if (!table)
		return NULL;
	set_page_private(virt_to_page(table), (unsigned long)pt);
	pt->nr_tables++;
	return table;
}

/** s2_free_table() - free a table that nobody can know of */
void s2_free_table(struct atoll_s2pt *pt, u64 *table)
{
	set_page_private(virt_to_page(table), 0);
	pt->nr_tables--;
	free_page((unsigned long)table);
}

/**
 * s2_unlink_table() - a table is not part of the tree any more
 * @pt:		the tree
 * @table:	that no entry leads to
 * @gather:	gets it
 */
void s2_unlink_table(struct atoll_s2pt *pt, u64 *table,
		     struct atoll_s2_gather *gather)
{
	struct page *page = virt_to_page(table);

	set_page_private(page, 0);
	list_add(&page->lru, &gather->tables);
	gather->flush = true;
	pt->nr_tables--;
}

static bool table_is_empty(const struct atoll_s2pt *pt, const u64 *table)
{
	u32 i;

	for (i = 0; i < S2_ENTRIES; i++)
		if (s2_present(pt->fmt, READ_ONCE(table[i])))
			return false;
	return true;
}

/**
 * atoll_s2pt_init - make an empty tree
 * @pt:		filled in; what it held before is ignored
 * @fmt:	format of the entries
 * @levels:	4 or 5
 *
 * May sleep.
 *
 * Return: 0, -EINVAL for another depth, -ENOMEM.
 */
int atoll_s2pt_init(struct atoll_s2pt *pt, const struct atoll_s2_format *fmt,
		    u32 levels)
{
	memset(pt, 0, sizeof(*pt));
	if (levels != 4 && levels != 5)
		return -EINVAL;
	pt->fmt = fmt;
	pt->levels = levels;
	pt->largest = S2_LEAF_LEVEL_MAX;
	pt->root = s2_alloc_table(pt);
	if (!pt->root)
		return -ENOMEM;
	s2_set_place(pt->root, 0, levels);
	return 0;
}

/*
 * Drop all leaves in [gpa, end), which no leaf straddles, and take out the
 * tables that fall empty.  Goes as deep as the tree, at most five calls.
 */
static void zap_level(struct atoll_s2pt *pt, u64 *table, u32 level, u64 gpa,
		      u64 end, struct atoll_s2_gather *gather)
{
	u64 next, entry, *slot, *child;

	for (; gpa < end; gpa = next) {
		next = min(end, s2_start(gpa, level) + s2_bytes(level));
		slot = &table[s2_index(gpa, level)];
		entry = READ_ONCE(*slot);
		if (!s2_present(pt->fmt, entry))
			continue;
		if (s2_is_leaf(pt->fmt, entry, level)) {
			WRITE_ONCE(*slot, 0);
			gather->flush = true;
			continue;
		}
		child = s2_entry_table(pt, entry);
		zap_level(pt, child, level - 1, gpa, next, gather);
		if (table_is_empty(pt, child)) {
			WRITE_ONCE(*slot, 0);
			s2_unlink_table(pt, child, gather);
		}
		cond_resched();
	}
}

/**
 * atoll_s2pt_destroy - free all tables
 * @pt:	the tree; may be destroyed already, or all zero and never made
 *
 * May sleep.  No CPU may hold a translation from it, and nobody look it up.
 */
void atoll_s2pt_destroy(struct atoll_s2pt *pt)
{
	struct atoll_s2_gather gather;
	struct page *page, *next;

	if (!pt->root)
		return;
	atoll_s2_gather_init(&gather);
	zap_level(pt, pt->root, pt->levels, 0, s2_bytes(pt->levels + 1), &gather);
	list_for_each_entry_safe(page, next, &gather.tables, lru)
		__free_page(page);
	s2_free_table(pt, pt->root);
	pt->root = NULL;
	WARN_ON_ONCE(pt->nr_tables);
}

/*
 * Tables from @level up to below @top, each holding one entry, the lowest
 * @leaf.  The CPU sees none of it until the caller publishes the result.
 * Returns the entry that points to the chain, 0 if memory ran out.
 */
static u64 build_chain(struct atoll_s2pt *pt, u64 gpa, u64 leaf, u32 level,
		       u32 top)
{
	u64 entry = leaf, *table;
	u32 at;

	for (at = level; at < top; at++) {
		table = s2_alloc_table(pt);
		if (!table)
			goto free_chain;
		s2_set_place(table, gpa, at);
		table[s2_index(gpa, at)] = entry;
		entry = s2_table_entry(pt->fmt, virt_to_phys(table));
	}
	return entry;

free_chain:
	while (at-- > level) {
		table = s2_entry_table(pt, entry);
		entry = table[s2_index(gpa, at)];
		s2_free_table(pt, table);
	}
	return 0;
}

static int map_leaf(struct atoll_s2pt *pt, u64 gpa, u64 leaf, u32 level)
{
	struct s2_spot spot = s2_find(pt, gpa, level);
	u64 entry;

	if (s2_present(pt->fmt, spot.entry))
		return -EEXIST;
	entry = build_chain(pt, gpa, leaf, level, spot.level);
	if (!entry)
		return -ENOMEM;
	/* A CPU that sees this entry sees all that hangs from it */
	smp_store_release(spot.slot, entry);
	return 0;
}

static int check_map(const struct atoll_s2pt *pt, u64 gpa, u64 hpa, u64 len,
		     u32 prot)
{
	int err;

	err = s2_check_gpa(pt->levels, gpa, len);
	if (!err)
		err = s2_check_hpa(pt->fmt, hpa, len);
	if (!err && (prot & ~ATOLL_S2_RAM))
		err = -EINVAL;
	return err;
}

/**
 * atoll_s2pt_map - map a range that is not mapped
 * @pt:		the tree
 * @gpa:	guest-physical address, in whole 4 KiB like all three
 * @hpa:	host-physical address
 * @len:	bytes, more than 0
 * @prot:	ATOLL_S2_* bits; reading is always allowed
 *
 * Each leaf is as large as alignment and @len let it be.  May sleep.  If it
 * fails the tree is as it was; a CPU that walked it meanwhile may know more,
 * and has to be flushed, unless it was for a single leaf.
 *
 * Return: 0; -EINVAL: not in whole pages, or unknown @prot; -ERANGE: behind
 * the end of either space; -EEXIST: part of it is mapped; -ENOMEM.
 */
int atoll_s2pt_map(struct atoll_s2pt *pt, u64 gpa, u64 hpa, u64 len, u32 prot)
{
	struct atoll_s2_gather gather;
	u64 done = 0;
	u32 level;
	u64 leaf;
	int err;

	err = check_map(pt, gpa, hpa, len, prot);
	if (err)
		return err;

	while (done < len) {
		level = s2_fit(gpa + done, hpa + done, len - done, pt->largest);
		leaf = s2_leaf_entry(pt->fmt, hpa + done, level, prot);
		err = map_leaf(pt, gpa + done, leaf, level);
		if (err)
			goto zap_done;
		done += s2_bytes(level);
		cond_resched();
	}
	return 0;

zap_done:
	/* It ends where a leaf of ours ends, so there is nothing to split */
	atoll_s2_gather_init(&gather);
	zap_level(pt, pt->root, pt->levels, gpa, gpa + done, &gather);
	atoll_s2pt_flushed(pt, &gather);
	return err;
}

/**
 * atoll_s2pt_map_page - map one page of a given size into a hole
 * @pt:		the tree
 * @gpa:	guest-physical address, a multiple of the size like @hpa
 * @hpa:	host-physical address
 * @level:	1: 4 KiB, 2: 2 MiB, 3: 1 GiB
 * @prot:	ATOLL_S2_* bits; reading is always allowed
 *
 * No flush is needed, CPUs don't keep what is not present (Intel SDM vol. 3,
 * "Guidelines for Use of the INVEPT Instruction"; AMD APM vol. 2, "TLB
 * Management").  May sleep.
 *
 * Return: 0; -EINVAL: not a multiple, larger than @pt takes, unknown @prot;
 * -ERANGE: behind the end of either space; -EEXIST: part of it is mapped;
 * -ENOMEM.  After an error the tree is as it was.
 */
int atoll_s2pt_map_page(struct atoll_s2pt *pt, u64 gpa, u64 hpa, u32 level,
			u32 prot)
{
	int err;

	if (level < 1 || level > pt->largest || !s2_aligned(gpa | hpa, level))
		return -EINVAL;
	err = check_map(pt, gpa, hpa, s2_bytes(level), prot);
	if (err)
		return err;
	return map_leaf(pt, gpa, s2_leaf_entry(pt->fmt, hpa, level, prot), level);
}

/**
 * atoll_s2pt_zap - unmap whatever is mapped in a range
 * @pt:		the tree, which CPUs may be using
 * @gpa:	guest-physical address, in whole 4 KiB like @len
 * @len:	bytes, more than 0
 * @gather:	told what is to be flushed, and given the tables that fell empty
 *
 * A large leaf of which only a part goes is split first; that takes memory.
 * A range that starts and ends where leaves do needs none and cannot fail.
 * What was mapped still belongs to the guest until CPUs are flushed, and to
 * those who looked it up until they are done.  May sleep.
 *
 * Return: 0; -EINVAL: not in whole pages; -ERANGE: behind the end of the
 * space; -ENOMEM: the tree is as it was.
 */
int atoll_s2pt_zap(struct atoll_s2pt *pt, u64 gpa, u64 len,
		   struct atoll_s2_gather *gather)
{
	int err;

	err = s2_check_gpa(pt->levels, gpa, len);
	if (!err)
		err = s2_split_edges(pt, gpa, gpa + len, gather);
	if (!err)
		zap_level(pt, pt->root, pt->levels, gpa, gpa + len, gather);
	return err;
}

/**
 * atoll_s2pt_unmap - the same while no vCPU runs
 * @pt:		the tree
 * @gpa:	guest-physical address, in whole 4 KiB like @len
 * @len:	bytes, more than 0
 *
 * Before a vCPU runs again what its CPU knows has to be flushed.  May sleep.
 *
 * Return: as atoll_s2pt_zap().
 */
int atoll_s2pt_unmap(struct atoll_s2pt *pt, u64 gpa, u64 len)
{
	struct atoll_s2_gather gather;
	int err;

	atoll_s2_gather_init(&gather);
	err = atoll_s2pt_zap(pt, gpa, len, &gather);
	atoll_s2pt_flushed(pt, &gather);
	return err;
}

/*
 * Until the flush a CPU may have marked entries of a table that a merge had
 * taken out.  What maps the same memory now inherits that.
 */
static void keep_late_marks(struct atoll_s2pt *pt, const u64 *table,
			    unsigned long place)
{
	u32 level = place & (S2_PAGE_BYTES - 1), i;
	u64 gpa = place - level, entry, marks;
	struct s2_spot now;

	for (i = 0; i < S2_ENTRIES; i++, gpa += s2_bytes(level)) {
		entry = READ_ONCE(table[i]);
		marks = entry & (pt->fmt->accessed | pt->fmt->dirty);
		if (!s2_present(pt->fmt, entry) || !marks)
			continue;
		now = s2_find(pt, gpa, 1);
		if (s2_present(pt->fmt, now.entry) &&
		    s2_leaf_hpa(pt->fmt, now.entry, now.level, gpa) ==
		    s2_leaf_hpa(pt->fmt, entry, level, gpa))
			s2_change(now.slot, marks, 0);
	}
}

static void free_table_rcu(struct rcu_head *head)
{
	__free_page(container_of(head, struct page, rcu_head));
}

/**
 * atoll_s2pt_flushed - CPUs know nothing any more of what has been changed
 * @pt:		the tree
 * @gather:	what the changes said; empty afterwards, and may be used again
 *
 * To be called after the flush, still serialised with other changes, even if
 * the change failed or no flush was asked for.  Tables are freed after a grace
 * period; whoever unloads this code calls rcu_barrier() before.  Does not sleep.
 */
void atoll_s2pt_flushed(struct atoll_s2pt *pt, struct atoll_s2_gather *gather)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, &gather->tables, lru) {
		keep_late_marks(pt, page_address(page), page->index);
		list_del(&page->lru);
		call_rcu(&page->rcu_head, free_table_rcu);
	}
	gather->flush = false;
}

/**
 * atoll_s2pt_lookup - what a CPU would find
 * @pt:		the tree
 * @gpa:	any guest-physical address
 * @leaf:	filled in if it is mapped
 *
 * Does not sleep.  The caller serialises changes, or is under rcu_read_lock();
 * then the answer may be old when it arrives, and the memory may be used until
 * rcu_read_unlock() if whoever zaps it waits for a grace period.
 *
 * Return: 0; -ENOENT: not mapped; -ERANGE: behind the end of the space.
 */
int atoll_s2pt_lookup(const struct atoll_s2pt *pt, u64 gpa,
		      struct atoll_s2_leaf *leaf)
{
	struct s2_spot spot;

	if (gpa >= s2_bytes(pt->levels + 1))
		return -ERANGE;
	spot = s2_find(pt, gpa, 1);
	if (!s2_present(pt->fmt, spot.entry))
		return -ENOENT;

	leaf->hpa = s2_leaf_hpa(pt->fmt, spot.entry, spot.level, gpa);
	leaf->level = spot.level;
	leaf->entry = spot.entry;
	leaf->prot = s2_leaf_prot(pt->fmt, spot.entry);
	return 0;
}
