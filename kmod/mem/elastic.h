/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What elastic.c, which takes a guest's memory and gives all of it back, and trim.c,
 * which gives back what isn't used, split.c, which helps it, and share.c, which lends
 * zeroes, know together; the audit and the map ask what is lent.  Nobody else includes
 * this.
 */
#ifndef ATOLL_MEM_ELASTIC_H
#define ATOLL_MEM_ELASTIC_H

#include <linux/minmax.h>
#include <linux/mm.h>

#include "gmem.h"

#define EXTENT_PAGES	(ATOLL_EXTENT_BYTES / PAGE_SIZE)

/* The part of an extent that is RAM: all of it, but for a slot's last */
static inline u64 extent_len(const struct atoll_slot *slot, u32 i)
{
	return min_t(u64, ATOLL_EXTENT_BYTES,
		     slot->len - ((u64)i << ATOLL_EXTENT_SHIFT));
}

/* Where the place of an extent is, to write to; something has been taken near it */
static inline void **extent_place(const struct atoll_slot *slot, u32 i)
{
	return &slot->dir[i / ATOLL_CHUNK_EXTENTS][i % ATOLL_CHUNK_EXTENTS];
}

/* split.c: frames out of an extent */
int elastic_split_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot, u32 i);

/* share.c: zeroes that all guests read */
bool elastic_is_shared(const struct atoll_gmem *gmem, u64 hpa);
void elastic_unshare_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot,
			    u64 offset, u64 end);
void elastic_unshare_all_locked(struct atoll_gmem *gmem);
void elastic_forget_shared_locked(struct atoll_gmem *gmem);

void elastic_give_frames(struct atoll_gmem *gmem, void **frames);

#endif
