// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pages of 1 GiB: where a guest took all of its memory at define, out of a range,
 * the pool gave it extents that follow each other (pick() in pool.c), and 512 leaves
 * become one.  The books stay in extents.
 *
 * Called by vm/ before the guest's first start.
 */
#include <linux/mutex.h>

#include "gmem.h"
#include "s2entry.h"

#define GIB_LEVEL	3

/**
 * atoll_gmem_join - make the guest's pages as large as they can be
 * @gmem:	its memory; no vCPU has run yet
 * @largest:	level of the largest leaf that the CPU takes
 *
 * Where extents don't follow each other, or not from a multiple of 1 GiB on, they
 * stay pages of 2 MiB.  May sleep.
 */
void atoll_gmem_join(struct atoll_gmem *gmem, u32 largest)
{
	struct atoll_s2_gather gather;
	const struct atoll_slot *slot;
	u64 gpa, end;

	if (!gmem->reserved || !atoll_pool_is_reserved(gmem->pool) || largest < GIB_LEVEL)
		return;
	atoll_s2_gather_init(&gather);
	guard(mutex)(&gmem->lock);
	gmem->s2.largest = largest;
	for (slot = gmem->slot; slot < gmem->slot + gmem->nr_slots; slot++) {
		end = slot->gpa + slot->len;
		for (gpa = slot->gpa; gpa + s2_bytes(GIB_LEVEL) <= end; gpa += s2_bytes(GIB_LEVEL))
			atoll_s2pt_merge(&gmem->s2, gpa, GIB_LEVEL, &gather);
	}
	/* No CPU knows any of it yet */
	atoll_s2pt_flushed(&gmem->s2, &gather);
}
