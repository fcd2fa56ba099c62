// SPDX-License-Identifier: GPL-2.0-only
/*
 * Stage-2 page tables, for any CPU whose entries fit struct atoll_s2_format.
 *
 * Nothing in here touches hardware or knows what a guest is: gmem.c calls it
 * with the addresses of pages that it owns.  It must never map a page of its
 * own tables, and must never let the CPU see a half-built table.
 *
 * A CPU may walk the tables while atoll_s2pt_map() runs.  While entries are
 * taken away or split no vCPU may run on them, and before one runs again its
 * cached translations must be flushed: a table that fell empty is freed at
 * once, and a CPU may still hold a pointer to it.
 *
 * The caller serialises all calls on one struct atoll_s2pt.
 */
#include <linux/align.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "s2pt.h"

#define S2_PAGE_SHIFT		12
#define S2_INDEX_BITS		9
#define S2_ENTRIES		BIT(S2_INDEX_BITS)
#define S2_LEAF_LEVEL_MAX	3

/*
 * AMD APM vol. 2, "Nested Paging": the format is that of long-mode paging,
 * and every access of a guest counts as a user access, so U/S (bit 2) is set
 * at all levels.  Bit 7 is PS in a large leaf.  PWT, PCD and PAT stay 0:
 * write-back, so that the guest's own PAT decides.
 */
const struct atoll_s2_format atoll_npt_format = {
	.name		= "npt",
	.table		= BIT_ULL(0) | BIT_ULL(1) | BIT_ULL(2),
	.leaf		= BIT_ULL(0) | BIT_ULL(2),
	.large		= BIT_ULL(7),
	.present	= BIT_ULL(0),
	.write		= BIT_ULL(1),
	.exec		= 0,
	.noexec		= BIT_ULL(63),
	.accessed	= BIT_ULL(5),
	.dirty		= BIT_ULL(6),
	.addr		= GENMASK_ULL(51, 12),
};

/*
 * Intel SDM vol. 3, "EPT Translation Mechanism": bits 0 to 2 are read, write
 * and execute, bits 5:3 of a leaf the memory type (6: write-back), bit 7 says
 * that a leaf lies above level 1, bits 8 and 9 are accessed and dirty.
 */
const struct atoll_s2_format atoll_ept_format = {
	.name		= "ept",
	.table		= BIT_ULL(0) | BIT_ULL(1) | BIT_ULL(2),
	.leaf		= BIT_ULL(0) | (6ULL << 3),
	.large		= BIT_ULL(7),
	.present	= BIT_ULL(0) | BIT_ULL(1) | BIT_ULL(2),
	.write		= BIT_ULL(1),
	.exec		= BIT_ULL(2),
	.noexec		= 0,
	.accessed	= BIT_ULL(8),
	.dirty		= BIT_ULL(9),
	.addr		= GENMASK_ULL(51, 12),
};

/* Bytes that one entry of a table of @level covers */
static u64 entry_bytes(u32 level)
{
	return 1ULL << (S2_PAGE_SHIFT + S2_INDEX_BITS * (level - 1));
}

/* Bytes of guest-physical space that the whole tree covers */
static u64 space_bytes(const struct atoll_s2pt *pt)
{
	return entry_bytes(pt->levels + 1);
}

static u32 entry_index(u64 gpa, u32 level)
{
	return (gpa / entry_bytes(level)) % S2_ENTRIES;
}

static bool entry_present(const struct atoll_s2pt *pt, u64 entry)
{
	return entry & pt->fmt->present;
}

static bool entry_is_leaf(const struct atoll_s2pt *pt, u64 entry, u32 level)
{
	if (level == 1)
		return true;
	return level <= S2_LEAF_LEVEL_MAX && (entry & pt->fmt->large);
}

static u64 *entry_table(const struct atoll_s2pt *pt, u64 entry)
{
	return phys_to_virt(entry & pt->fmt->addr);
}

static u64 leaf_entry(const struct atoll_s2_format *fmt, u64 hpa, u32 level,
		      u32 prot)
{
	u64 entry = hpa | fmt->leaf;

	if (level > 1)
		entry |= fmt->large;
	if (prot & ATOLL_S2_WRITE)
		entry |= fmt->write;
	entry |= prot & ATOLL_S2_EXEC ? fmt->exec : fmt->noexec;
	return entry;
}

static u64 *alloc_table(struct atoll_s2pt *pt)
{
	u64 *table = (u64 *)__get_free_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);

	if (table)
		pt->nr_tables++;
	return table;
}

static void free_table(struct atoll_s2pt *pt, u64 *table)
{
	pt->nr_tables--;
	free_page((unsigned long)table);
}

static bool table_is_empty(const struct atoll_s2pt *pt, const u64 *table)
{
	u32 i;

	for (i = 0; i < S2_ENTRIES; i++)
		if (entry_present(pt, READ_ONCE(table[i])))
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
	pt->root = alloc_table(pt);
	return pt->root ? 0 : -ENOMEM;
}

/*
 * Drop all leaves in [gpa, end), which no leaf straddles, and the tables that
 * fall empty.  Goes as deep as the tree, at most five calls.
 */
static void unmap_level(struct atoll_s2pt *pt, u64 *table, u32 level, u64 gpa,
			u64 end)
{
	u64 bytes = entry_bytes(level);
	u64 next, entry, *slot, *child;

	for (; gpa < end; gpa = next) {
		next = min(end, ALIGN_DOWN(gpa, bytes) + bytes);
		slot = &table[entry_index(gpa, level)];
		entry = READ_ONCE(*slot);
		if (!entry_present(pt, entry))
			continue;
		if (entry_is_leaf(pt, entry, level)) {
			WRITE_ONCE(*slot, 0);
			continue;
		}
		child = entry_table(pt, entry);
		unmap_level(pt, child, level - 1, gpa, next);
		if (table_is_empty(pt, child)) {
			WRITE_ONCE(*slot, 0);
			free_table(pt, child);
		}
		cond_resched();
	}
}

/**
 * atoll_s2pt_destroy - free all tables
 * @pt:	the tree; may be destroyed already, or all zero and never made
 *
 * May sleep.  No CPU may hold a translation from it.
 */
void atoll_s2pt_destroy(struct atoll_s2pt *pt)
{
	if (!pt->root)
		return;
	unmap_level(pt, pt->root, pt->levels, 0, space_bytes(pt));
	free_table(pt, pt->root);
	pt->root = NULL;
	WARN_ON_ONCE(pt->nr_tables);
}

static int check_gpa_range(const struct atoll_s2pt *pt, u64 gpa, u64 len)
{
	if (!len || !IS_ALIGNED(gpa | len, 1ULL << S2_PAGE_SHIFT))
		return -EINVAL;
	if (gpa >= space_bytes(pt) || len > space_bytes(pt) - gpa)
		return -ERANGE;
	return 0;
}

static int check_hpa_range(const struct atoll_s2pt *pt, u64 hpa, u64 len)
{
	u64 last = pt->fmt->addr | (BIT_ULL(S2_PAGE_SHIFT) - 1);

	if (!IS_ALIGNED(hpa, 1ULL << S2_PAGE_SHIFT))
		return -EINVAL;
	if (hpa > last || len - 1 > last - hpa)
		return -ERANGE;
	return 0;
}

/* The largest leaf that can start here */
static u32 leaf_level(u64 gpa, u64 hpa, u64 len)
{
	u32 level = S2_LEAF_LEVEL_MAX;

	while (level > 1 && (!IS_ALIGNED(gpa | hpa, entry_bytes(level)) ||
			     len < entry_bytes(level)))
		level--;
	return level;
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
		table = alloc_table(pt);
		if (!table)
			goto free_chain;
		table[entry_index(gpa, at)] = entry;
		entry = virt_to_phys(table) | pt->fmt->table;
	}
	return entry;

free_chain:
	while (at-- > level) {
		table = entry_table(pt, entry);
		entry = table[entry_index(gpa, at)];
		free_table(pt, table);
	}
	return 0;
}

static int map_leaf(struct atoll_s2pt *pt, u64 gpa, u64 leaf, u32 level)
{
	u64 *slot, *table = pt->root;
	u32 at = pt->levels;
	u64 entry;

	for (;; at--) {
		slot = &table[entry_index(gpa, at)];
		entry = READ_ONCE(*slot);
		if (!entry_present(pt, entry))
			break;
		if (at == level || entry_is_leaf(pt, entry, at))
			return -EEXIST;
		table = entry_table(pt, entry);
	}

	entry = build_chain(pt, gpa, leaf, level, at);
	if (!entry)
		return -ENOMEM;
	/* A CPU that sees this entry sees all that hangs from it */
	smp_store_release(slot, entry);
	return 0;
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
 * fails the tree is as it was.
 *
 * Return: 0; -EINVAL: not in whole pages, or unknown @prot; -ERANGE: behind
 * the end of either space; -EEXIST: part of it is mapped; -ENOMEM.
 */
int atoll_s2pt_map(struct atoll_s2pt *pt, u64 gpa, u64 hpa, u64 len, u32 prot)
{
	u64 done = 0;
	u32 level;
	u64 leaf;
	int err;

	err = check_gpa_range(pt, gpa, len);
	if (!err)
		err = check_hpa_range(pt, hpa, len);
	if (!err && (prot & ~ATOLL_S2_RAM))
		err = -EINVAL;
	if (err)
		return err;

	while (done < len) {
		level = leaf_level(gpa + done, hpa + done, len - done);
		leaf = leaf_entry(pt->fmt, hpa + done, level, prot);
		err = map_leaf(pt, gpa + done, leaf, level);
		if (err)
			goto unmap_done;
		done += entry_bytes(level);
		cond_resched();
	}
	return 0;

unmap_done:
	/* It ends where a leaf of ours ends, so there is nothing to split */
	unmap_level(pt, pt->root, pt->levels, gpa, gpa + done);
	return err;
}

/* Turn a leaf into a table of leaves one level below that map the same */
static int split_leaf(struct atoll_s2pt *pt, u64 *slot, u32 level)
{
	u64 entry = READ_ONCE(*slot);
	u64 *table;
	u32 i;

	table = alloc_table(pt);
	if (!table)
		return -ENOMEM;
	/* At level 1 the bit means something else, or must be 0 */
	if (level == 2)
		entry &= ~pt->fmt->large;
	for (i = 0; i < S2_ENTRIES; i++)
		table[i] = entry + i * entry_bytes(level - 1);
	/* Filled first, seen after */
	smp_store_release(slot, virt_to_phys(table) | pt->fmt->table);
	return 0;
}

/* Split until no leaf has @gpa anywhere but at its start */
static int split_at(struct atoll_s2pt *pt, u64 gpa)
{
	u64 *slot, *table = pt->root;
	u32 level;
	int err;

	for (level = pt->levels; level > 1; level--) {
		if (IS_ALIGNED(gpa, entry_bytes(level)))
			break;
		slot = &table[entry_index(gpa, level)];
		if (!entry_present(pt, *slot))
			break;
		if (entry_is_leaf(pt, *slot, level)) {
			err = split_leaf(pt, slot, level);
			if (err)
				return err;
		}
		table = entry_table(pt, *slot);
	}
	return 0;
}

/**
 * atoll_s2pt_unmap - unmap whatever is mapped in a range
 * @pt:		the tree
 * @gpa:	guest-physical address, in whole 4 KiB like @len
 * @len:	bytes, more than 0
 *
 * A large leaf of which only a part goes is split first; that takes memory.
 * A range that starts and ends where leaves do needs none and cannot fail.
 * May sleep.  No vCPU may run on the tree, see the head of this file.
 *
 * Return: 0; -EINVAL: not in whole pages; -ERANGE: behind the end of the
 * space; -ENOMEM: all is still mapped as it was.
 */
int atoll_s2pt_unmap(struct atoll_s2pt *pt, u64 gpa, u64 len)
{
	int err;

	err = check_gpa_range(pt, gpa, len);
	if (!err)
		err = split_at(pt, gpa);
	if (!err)
		err = split_at(pt, gpa + len);
	if (err)
		return err;
	unmap_level(pt, pt->root, pt->levels, gpa, gpa + len);
	return 0;
}

/**
 * atoll_s2pt_lookup - what a CPU would find
 * @pt:		the tree
 * @gpa:	any guest-physical address
 * @leaf:	filled in if it is mapped
 *
 * Does not sleep.
 *
 * Return: 0; -ENOENT: not mapped; -ERANGE: behind the end of the space.
 */
int atoll_s2pt_lookup(const struct atoll_s2pt *pt, u64 gpa,
		      struct atoll_s2_leaf *leaf)
{
	const struct atoll_s2_format *fmt = pt->fmt;
	const u64 *table = pt->root;
	u32 level = pt->levels;
	u64 entry, offset;

	if (gpa >= space_bytes(pt))
		return -ERANGE;
	for (;; level--) {
		entry = READ_ONCE(table[entry_index(gpa, level)]);
		if (!entry_present(pt, entry))
			return -ENOENT;
		if (entry_is_leaf(pt, entry, level))
			break;
		table = entry_table(pt, entry);
	}

	offset = gpa & (entry_bytes(level) - 1);
	leaf->hpa = (entry & fmt->addr) + offset;
	leaf->level = level;
	leaf->entry = entry;
	leaf->prot = 0;
	if (entry & fmt->write)
		leaf->prot |= ATOLL_S2_WRITE;
	if ((entry & (fmt->exec | fmt->noexec)) == fmt->exec)
		leaf->prot |= ATOLL_S2_EXEC;
	return 0;
}
