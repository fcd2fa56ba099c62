/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The arithmetic of stage-2 tables: which entry, and what its bits say.
 *
 * All of it is computing, without memory or side effects, so that tests/proof
 * can prove it for all inputs; it must stay so.  For the stage-2 code and the
 * audit only.  Levels: 1 maps 4 KiB, and each above it 512 times as much.
 */
#ifndef ATOLL_S2ENTRY_H
#define ATOLL_S2ENTRY_H

#include <linux/bits.h>
#include <linux/errno.h>

#include "s2pt.h"

#define S2_PAGE_SHIFT		12
#define S2_PAGE_BYTES		BIT_ULL(S2_PAGE_SHIFT)
#define S2_INDEX_BITS		9
#define S2_ENTRIES		BIT(S2_INDEX_BITS)
#define S2_LEAF_LEVEL_MAX	3

static inline u32 s2_shift(u32 level)
{
	return S2_PAGE_SHIFT + S2_INDEX_BITS * (level - 1);
}

/* Bytes that one entry of a table of @level covers; all of a tree: levels + 1 */
static inline u64 s2_bytes(u32 level)
{
	return BIT_ULL(s2_shift(level));
}

/* Where the entry of @level that covers @gpa begins to */
static inline u64 s2_start(u64 gpa, u32 level)
{
	return gpa & ~(s2_bytes(level) - 1);
}

static inline bool s2_aligned(u64 addr, u32 level)
{
	return !(addr & (s2_bytes(level) - 1));
}

/* Below S2_ENTRIES, whatever @gpa is */
static inline u64 s2_index(u64 gpa, u32 level)
{
	return (gpa >> s2_shift(level)) & (S2_ENTRIES - 1);
}

static inline bool s2_present(const struct atoll_s2_format *fmt, u64 entry)
{
	return !!(entry & fmt->present);
}

/* Of an entry that is present */
static inline bool s2_is_leaf(const struct atoll_s2_format *fmt, u64 entry,
			      u32 level)
{
	if (level == 1)
		return true;
	return level <= S2_LEAF_LEVEL_MAX && !!(entry & fmt->large);
}

static inline u64 s2_table_entry(const struct atoll_s2_format *fmt, u64 pa)
{
	return pa | fmt->table;
}

static inline u64 s2_leaf_entry(const struct atoll_s2_format *fmt, u64 hpa,
				u32 level, u32 prot)
{
	u64 entry = hpa | fmt->leaf;

	if (level > 1)
		entry |= fmt->large;
	if (prot & ATOLL_S2_WRITE)
		entry |= fmt->write;
	entry |= prot & ATOLL_S2_EXEC ? fmt->exec : fmt->noexec;
	return entry;
}

/* Where a leaf of @level sends @gpa */
static inline u64 s2_leaf_hpa(const struct atoll_s2_format *fmt, u64 entry,
			      u32 level, u64 gpa)
{
	return (entry & fmt->addr) + (gpa & (s2_bytes(level) - 1));
}

static inline u32 s2_leaf_prot(const struct atoll_s2_format *fmt, u64 entry)
{
	u32 prot = 0;

	if (entry & fmt->write)
		prot |= ATOLL_S2_WRITE;
	if ((entry & (fmt->exec | fmt->noexec)) == fmt->exec)
		prot |= ATOLL_S2_EXEC;
	return prot;
}

/*
 * The bits to set in a leaf to give it the rights @on and take @off from it;
 * with the two exchanged, the bits to clear.
 */
static inline u64 s2_rights(const struct atoll_s2_format *fmt, u32 on, u32 off)
{
	u64 bits = 0;

	if (on & ATOLL_S2_WRITE)
		bits |= fmt->write;
	if (on & ATOLL_S2_EXEC)
		bits |= fmt->exec;
	if (off & ATOLL_S2_EXEC)
		bits |= fmt->noexec;
	return bits;
}

/*
 * Number @i of the leaves that map what @entry, a leaf of @level, does.  At
 * level 1 the large bit means something else, or must be 0.
 */
static inline u64 s2_split_entry(const struct atoll_s2_format *fmt, u64 entry,
				 u32 level, u64 i)
{
	if (level == 2)
		entry &= ~fmt->large;
	return entry + i * s2_bytes(level - 1);
}

/* The leaf of @level that maps what @first, of the level below, begins */
static inline u64 s2_merge_entry(const struct atoll_s2_format *fmt, u64 first,
				 u32 level)
{
	return level == 2 ? first | fmt->large : first;
}

/* Whether [gpa, gpa + len) is whole pages in a tree of @levels */
static inline int s2_check_gpa(u32 levels, u64 gpa, u64 len)
{
	u64 space = s2_bytes(levels + 1);

	if (!len || !s2_aligned(gpa | len, 1))
		return -EINVAL;
	if (gpa >= space || len > space - gpa)
		return -ERANGE;
	return 0;
}

/* The same of host memory that an entry can name */
static inline int s2_check_hpa(const struct atoll_s2_format *fmt, u64 hpa, u64 len)
{
	u64 last = fmt->addr | (S2_PAGE_BYTES - 1);

	if (!s2_aligned(hpa, 1))
		return -EINVAL;
	if (hpa > last || len - 1 > last - hpa)
		return -ERANGE;
	return 0;
}

/* The largest leaf, up to @largest, that can start here */
static inline u32 s2_fit(u64 gpa, u64 hpa, u64 len, u32 largest)
{
	u32 level = largest;

	while (level > 1 && (!s2_aligned(gpa | hpa, level) || len < s2_bytes(level)))
		level--;
	return level;
}

/* The largest leaf that may end or begin at @gpa */
static inline u32 s2_edge_level(u64 gpa)
{
	u32 level = 1;

	while (level < S2_LEAF_LEVEL_MAX && s2_aligned(gpa, level + 1))
		level++;
	return level;
}

/* What is wrong with an entry by itself, wherever it points */
static inline enum atoll_s2_flaw s2_entry_flaw(const struct atoll_s2_format *fmt,
					       u64 entry, u32 level)
{
	u64 must = fmt->table, may = fmt->addr | fmt->accessed;

	if (!s2_present(fmt, entry))
		return entry ? ATOLL_S2_FLAW_STRAY : ATOLL_S2_FLAW_NONE;
	if (s2_is_leaf(fmt, entry, level)) {
		must = fmt->leaf | (level > 1 ? fmt->large : 0);
		may |= fmt->dirty | fmt->write | fmt->exec | fmt->noexec;
	}
	if ((entry & must) != must || (entry & ~(must | may)))
		return ATOLL_S2_FLAW_BITS;
	if (s2_is_leaf(fmt, entry, level) && !s2_aligned(entry & fmt->addr, level))
		return ATOLL_S2_FLAW_ALIGN;
	return ATOLL_S2_FLAW_NONE;
}

#endif
