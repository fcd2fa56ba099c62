/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage-2 page tables: guest-physical to host-physical, in the format of
 * whichever CPU walks them.  The formats are data, not code; there is no
 * hardware in here, so all of it can be tested anywhere.
 *
 * Calls that change a tree are serialised by the caller; CPUs walk it and set
 * accessed and dirty bits all the while, and none of those gets lost.  Lookups
 * need no lock, but rcu_read_lock().  docs/memory.md has the rules.
 */
#ifndef ATOLL_S2PT_H
#define ATOLL_S2PT_H

#include <linux/list.h>
#include <linux/types.h>

/**
 * struct atoll_s2_format - the bits of a stage-2 entry
 * @name:	"npt" or "ept"
 * @table:	bits set in an entry that points to a table
 * @leaf:	bits set in every leaf
 * @large:	bits set beside @leaf in a leaf above level 1
 * @present:	an entry is present if any of these is set
 * @write:	bits set in a leaf that may be written
 * @exec:	bits set in a leaf that may be executed
 * @noexec:	bits set in a leaf that may not
 * @accessed:	set by the CPU on use
 * @dirty:	set by the CPU on write, in leaves
 * @addr:	bits that hold the physical address
 */
struct atoll_s2_format {
	const char *name;
	u64 table;
	u64 leaf;
	u64 large;
	u64 present;
	u64 write;
	u64 exec;
	u64 noexec;
	u64 accessed;
	u64 dirty;
	u64 addr;
};

extern const struct atoll_s2_format atoll_npt_format;
extern const struct atoll_s2_format atoll_ept_format;

#define ATOLL_S2_WRITE	0x1
#define ATOLL_S2_EXEC	0x2
#define ATOLL_S2_RAM	(ATOLL_S2_WRITE | ATOLL_S2_EXEC)

/* What the CPU marks in a leaf */
#define ATOLL_S2_ACCESSED	0x1
#define ATOLL_S2_DIRTY		0x2

/**
 * struct atoll_s2pt - one guest's tables
 * @fmt:	their format
 * @levels:	4 or 5: the root is a table of this level, level 1 holds 4 KiB
 * @root:	the root table; its physical address is what the CPU is given
 * @nr_tables:	pages that the tables take, the root included
 * @max_tables:	how many they may, 0: any number; the caller may set it
 * @largest:	level of the largest leaf to make, 3 after init: the caller sets
 *		2 where the CPU takes none of 1 GiB
 *
 * Its tables know it by its address: it can't be copied or moved.
 */
struct atoll_s2pt {
	const struct atoll_s2_format *fmt;
	u32 levels;
	u64 *root;
	u32 nr_tables;
	u32 max_tables;
	u32 largest;
};

/**
 * struct atoll_s2_gather - what must be done after changes to a tree
 * @tables:	pages that are not part of it any more, but CPUs may know them
 * @flush:	CPUs may know what is not so any more: flush their TLBs
 */
struct atoll_s2_gather {
	struct list_head tables;
	bool flush;
};

static inline void atoll_s2_gather_init(struct atoll_s2_gather *gather)
{
	INIT_LIST_HEAD(&gather->tables);
	gather->flush = false;
}

/**
 * struct atoll_s2_leaf - what a lookup found
 * @hpa:	host-physical address that the gpa goes to
 * @level:	1: 4 KiB, 2: 2 MiB, 3: 1 GiB
 * @prot:	ATOLL_S2_* bits
 * @entry:	the entry as the CPU sees it
 */
struct atoll_s2_leaf {
	u64 hpa;
	u32 level;
	u32 prot;
	u64 entry;
};

int atoll_s2pt_init(struct atoll_s2pt *pt, const struct atoll_s2_format *fmt,
		    u32 levels);
void atoll_s2pt_destroy(struct atoll_s2pt *pt);
int atoll_s2pt_map(struct atoll_s2pt *pt, u64 gpa, u64 hpa, u64 len, u32 prot);
int atoll_s2pt_unmap(struct atoll_s2pt *pt, u64 gpa, u64 len);
int atoll_s2pt_lookup(const struct atoll_s2pt *pt, u64 gpa,
		      struct atoll_s2_leaf *leaf);
int atoll_s2pt_map_page(struct atoll_s2pt *pt, u64 gpa, u64 hpa, u32 level,
			u32 prot);
int atoll_s2pt_zap(struct atoll_s2pt *pt, u64 gpa, u64 len,
		   struct atoll_s2_gather *gather);
void atoll_s2pt_flushed(struct atoll_s2pt *pt, struct atoll_s2_gather *gather);

/* s2leaf.c */
typedef void (*atoll_s2_harvest_fn)(void *arg, u64 gpa, u32 level, u32 marks);

int atoll_s2pt_split(struct atoll_s2pt *pt, u64 gpa, u32 level,
		     struct atoll_s2_gather *gather);
int atoll_s2pt_merge(struct atoll_s2pt *pt, u64 gpa, u32 level,
		     struct atoll_s2_gather *gather);
int atoll_s2pt_replace(struct atoll_s2pt *pt, u64 gpa, u64 hpa, u32 level, u32 prot,
		       struct atoll_s2_gather *gather);
int atoll_s2pt_protect(struct atoll_s2pt *pt, u64 gpa, u64 len, u32 give,
		       u32 take, struct atoll_s2_gather *gather);
int atoll_s2pt_harvest(struct atoll_s2pt *pt, u64 gpa, u64 len, u32 marks,
		       atoll_s2_harvest_fn fn, void *arg,
		       struct atoll_s2_gather *gather);

/* s2walk.c */

/* What an audit may find wrong with an entry */
enum atoll_s2_flaw {
	ATOLL_S2_FLAW_NONE,
	ATOLL_S2_FLAW_STRAY,	/* not present, but not 0 either */
	ATOLL_S2_FLAW_BITS,	/* bits set or clear that never are in ours */
	ATOLL_S2_FLAW_ALIGN,	/* a large leaf amid a large page */
	ATOLL_S2_FLAW_TABLE,	/* leads to no table of this tree for this place */
};

/**
 * struct atoll_s2_visit - one entry, as a walk finds it
 * @gpa:	first address that it covers
 * @level:	of the table that it is in
 * @leaf:	maps memory, rather than lead to a table
 * @flaw:	what is wrong with it; the walk goes no deeper there
 * @entry:	as the CPU sees it, never 0
 * @table:	physical address of the table that it is in
 */
struct atoll_s2_visit {
	u64 gpa;
	u32 level;
	bool leaf;
	enum atoll_s2_flaw flaw;
	u64 entry;
	u64 table;
};

/**
 * struct atoll_s2_walk_ops - whom a walk tells
 * @table:	there is a table: where, its level, and the first address that it
 *		covers; may be NULL
 * @entry:	there is an entry that is not 0; may be NULL
 *
 * May sleep if the walk may.  Anything but 0 ends the walk.
 */
struct atoll_s2_walk_ops {
	int (*table)(void *arg, u64 pa, u32 level, u64 gpa);
	int (*entry)(void *arg, const struct atoll_s2_visit *visit);
};

int atoll_s2pt_walk(const struct atoll_s2pt *pt, u64 root_pa, u64 gpa, u64 len,
		    const struct atoll_s2_walk_ops *ops, void *arg);

#endif
