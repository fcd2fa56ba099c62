/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What other rooms know of a pool: what to ask for, and how one is.  What it is
 * made of is in pool.h, which only its own files look into.
 */
#ifndef ATOLL_MEM_POOLS_H
#define ATOLL_MEM_POOLS_H

#include <linux/types.h>
#include <uapi/linux/atoll.h>

/**
 * struct atoll_pool_usage - a pool's numbers, in bytes
 * @limit:	what guests may hold together
 * @promised:	what guests that are defined may come to hold
 * @used:	what they hold
 * @clearing:	what they have given back and nobody can have yet
 * @overcommit:	@promised may pass @limit
 * @nr_split:	how often there was no extent to be had, and frames were taken
 */
struct atoll_pool_usage {
	u64 limit;
	u64 promised;
	u64 used;
	u64 clearing;
	bool overcommit;
	u64 nr_split;
};

/* What a pool shall be */
struct atoll_pool_config {
	char name[ATOLL_NAME_MAX + 1];
	enum atoll_pool_kind kind;
	u64 limit;		/* dynamic */
	u64 start, len;		/* reserved: host-physical */
};

/**
 * struct atoll_pool_info - what a pool is, and how it is
 * @id:		never reused while loaded
 * @guests:	that are defined and take from it
 * @name:	as it was given
 * @kind:	where its memory comes from
 * @start:	reserved: host-physical address of the range
 * @len:	and its bytes
 * @usage:	its numbers
 * @free:	reserved: bytes that no guest holds; dynamic: what the host has free
 * @free_whole:	reserved: the longest run of those; dynamic: what of that is there
 *		in whole extents
 */
struct atoll_pool_info {
	u32 id;
	u32 guests;
	char name[ATOLL_NAME_MAX + 1];
	enum atoll_pool_kind kind;
	u64 start, len;
	struct atoll_pool_usage usage;
	u64 free;
	u64 free_whole;
};

#endif
