/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest's memory is made of, for all rooms: where RAM lies, what of it is
 * taken, and the tables that lead there.
 */
#ifndef ATOLL_MEM_RAM_H
#define ATOLL_MEM_RAM_H

#include <linux/mutex.h>
#include <linux/types.h>

#include "s2pt.h"

struct atoll_gmem;
struct atoll_pool;

/**
 * struct atoll_slot - a run of guest RAM
 * @gpa:	first byte, a multiple of an extent
 * @len:	bytes, a multiple of 4096
 * @dir:	a table for each GiB, with a place for each extent of 2 MiB: see
 *		atoll_slot_place().  Never NULL itself
 * @nr_extents:	the last may be used in part
 */
struct atoll_slot {
	u64 gpa;
	u64 len;
	void ***dir;
	u32 nr_extents;
};

/**
 * struct atoll_gmem_config - what memory a guest shall have
 * @pool:	where it comes from; stays for as long as the guest's memory
 * @bytes:	of RAM: a multiple of 4096, up to ATOLL_MEMORY_MAX
 * @reserve:	take all of it now, and keep it
 * @on_node:	all of it from one NUMA node
 * @node:	that one, any value
 * @flush:	called with the memory's lock held, when what vCPUs may have cached of
 *		stage 2 has to be gone before it returns; NULL: none ever runs
 */
struct atoll_gmem_config {
	struct atoll_pool *pool;
	u64 bytes;
	bool reserve;
	bool on_node;
	u32 node;
	void (*flush)(struct atoll_gmem *gmem);
};

/**
 * struct atoll_gmem - a guest's physical memory
 * @pool:	[I] where it takes extents from; NULL: from the default one
 * @slot:	[I] RAM, ascending; the extents are published under @lock
 * @nr_promised: [I] extents that it may come to hold
 * @nr_resident: extents that it holds; others may read it torn-free	[@lock]
 * @next_extent: reserved: the one of its pool's range that had best come next	[@lock]
 * @nr_frames:	the same of frames, where there was no extent to be had	[@lock]
 * @nr_split:	how often that was so, since it was defined		[@lock]
 * @nr_shared:	frames of zeroes that it reads and doesn't hold		[@lock]
 * @zeroes:	where the host sees them, NULL: it has none		[@lock]
 * @flush:	[I] of the config
 * @lock:	mutex; see LOCKING.md
 * @s2:		the tables that the CPU walks				[@lock]
 * @node:	[I] the NUMA node that all of it is from, if @on_node
 * @reserved:	[I] all of it was taken at define, and is kept
 * @on_node:	[I]
 * @dirty:	[L] a guest has run on it: zero it before the next start
 */
struct atoll_gmem {
	struct atoll_pool *pool;
	struct atoll_slot slot[2];
	u32 nr_slots;
	u32 nr_promised;
	u32 nr_resident;
	u32 next_extent;
	u32 nr_frames;
	u64 nr_split;
	u64 nr_shared;
	void *zeroes;
	void (*flush)(struct atoll_gmem *gmem);
	struct mutex lock;		/* see LOCKING.md */
	struct atoll_s2pt s2;
	u32 node;
	u8 reserved;
	u8 on_node;
	u8 dirty;
};

#endif
