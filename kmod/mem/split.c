// SPDX-License-Identifier: GPL-2.0-only
/*
 * An extent comes apart where it lies: its 512 frames become the guest's one by one, in
 * its tables, its books and the record, so that some of them can be given back.
 * Nothing is copied, and no frame is taken for it: just a few tables and records.
 *
 * trim.c decides which, while no vCPU runs.  The way back is a merge there, into another
 * extent.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "elastic.h"

/* All that may fail comes first.  Short last extents have small leaves already */
static int split_leaf_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot, u32 i,
			     void *extent)
{
	u64 gpa = slot->gpa + ((u64)i << ATOLL_EXTENT_SHIFT);
	bool is_large = extent_len(slot, i) == ATOLL_EXTENT_BYTES;
	struct atoll_s2_gather gather;
	int err;

	lockdep_assert_held(&gmem->lock);
	atoll_s2_gather_init(&gather);
	err = atoll_s2pt_split(&gmem->s2, gpa, 1, &gather);
	if (!err) {
		err = atoll_pool_split(gmem, extent);
		if (err && is_large)
			WARN_ON_ONCE(atoll_s2pt_merge(&gmem->s2, gpa, 2, &gather));
	}
	atoll_s2pt_flushed(&gmem->s2, &gather);
	return err;
}

/**
 * elastic_split_locked - make frames of an extent
 * @gmem:	the guest's memory, locked; no vCPU runs, and none will before a flush
 * @slot:	of its slots
 * @i:		whose place holds a dynamic pool's extent
 *
 * Those of a slot's short last extent that lie behind the end of RAM are there, too,
 * zero and not mapped: who asked for this gives them back.  May sleep.
 *
 * Return: 0; -ENOMEM: all is as it was.
 */
int elastic_split_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot, u32 i)
{
	void **place = extent_place(slot, i), *extent = *place, **frames;
	u32 page;
	int err;

	lockdep_assert_held(&gmem->lock);
	/* Nobody shall be killed for it, or pay who asked for the trim */
	frames = kmalloc_array(EXTENT_PAGES, sizeof(*frames),
			       GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN);
	if (!frames)
		return -ENOMEM;
	for (page = 0; page < EXTENT_PAGES; page++)
		frames[page] = extent + page * PAGE_SIZE;
	err = split_leaf_locked(gmem, slot, i, extent);
	if (err) {
		kfree(frames);
		return err;
	}
	/* Whoever finds it finds it complete; pairs with the load in atoll_slot_place() */
	smp_store_release(place, (void *)((unsigned long)frames + ATOLL_PLACE_SPLIT));
	WRITE_ONCE(gmem->nr_resident, gmem->nr_resident - 1);
	WRITE_ONCE(gmem->nr_frames, gmem->nr_frames + EXTENT_PAGES);
	return 0;
}
