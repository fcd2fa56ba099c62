/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage-2 page tables: guest-physical to host-physical, in the format of
 * whichever CPU walks them.  The formats are data, not code; there is no
 * hardware in here, so all of it can be tested anywhere.
 */
#ifndef ATOLL_S2PT_H
#define ATOLL_S2PT_H

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

/**
 * struct atoll_s2pt - one guest's tables
 * @fmt:	their format
 * @levels:	4 or 5: the root is a table of this level, level 1 holds 4 KiB
 * @root:	the root table; its physical address is what the CPU is given
 * @nr_tables:	pages that the tables take, the root included
 */
struct atoll_s2pt {
	const struct atoll_s2_format *fmt;
	u32 levels;
	u64 *root;
	u32 nr_tables;
};

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

#endif
