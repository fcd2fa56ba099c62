// SPDX-License-Identifier: GPL-2.0-only
/*
 * Taking back: what a guest holds and has nothing in goes to the pool, and a place
 * that came in frames becomes an extent where one can be had by now.  Memory that
 * is not taken reads as zero, and is taken when it is touched: so memory that is
 * zero and memory that is not there are the same to the guest.  Who asks for it gets
 * back single frames of extents as well, which come apart (split.c).
 *
 * Readers and writers of guest memory take no lock, since what they find stays for
 * as long as a vCPU may run (elastic.c).  So this is only for a guest that doesn't,
 * whose vCPUs hold or are gone: all that looks into its memory then does so under
 * gmem->lock, as this does.  It must never give back what may be reached, nor
 * break what another guest was promised.  vm/trim.c calls it.
 */
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "elastic.h"

/* So many of 512 frames that are in use are worth a whole extent */
#define MERGE_FRAMES	(EXTENT_PAGES * 7 / 8)

/*
 * And so many that aren't are worth to go without one.  The two are far apart, or
 * what was split by one trim would be merged by the next.
 */
#define SPLIT_FRAMES	(EXTENT_PAGES / 2)

static u64 extent_gpa(const struct atoll_slot *slot, u32 i)
{
	return slot->gpa + ((u64)i << ATOLL_EXTENT_SHIFT);
}

static bool is_unused(const struct atoll_trim *trim, const void *memory, u64 gpa, u64 len)
{
	return !memchr_inv(memory, 0, len) && !(trim->keep && trim->keep(trim->arg, gpa, len));
}

/* Whole leaves: takes no memory, and can't fail.  What CPUs know, the caller flushes */
static bool unmap_locked(struct atoll_gmem *gmem, u64 gpa, u64 len)
{
	lockdep_assert_held(&gmem->lock);
	return !WARN_ON_ONCE(atoll_s2pt_unmap(&gmem->s2, gpa, len));
}

static void give_extent_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot, u32 i,
			       struct atoll_trim *trim)
{
	void **place = extent_place(slot, i), *extent = *place;

	lockdep_assert_held(&gmem->lock);
	if (!unmap_locked(gmem, extent_gpa(slot, i), extent_len(slot, i)))
		return;
	WRITE_ONCE(*place, NULL);
	WRITE_ONCE(gmem->nr_resident, gmem->nr_resident - 1);
	atoll_pool_give(gmem, extent);
	trim->given_bytes += ATOLL_EXTENT_BYTES;
}

static void give_frame_locked(struct atoll_gmem *gmem, u64 gpa, void **place,
			      struct atoll_trim *trim)
{
	void *frame = *place;

	lockdep_assert_held(&gmem->lock);
	if (!is_unused(trim, frame, gpa, PAGE_SIZE) || !unmap_locked(gmem, gpa, PAGE_SIZE))
		return;
	WRITE_ONCE(*place, NULL);
	WRITE_ONCE(gmem->nr_frames, gmem->nr_frames - 1);
	atoll_pool_give_frame(gmem, frame);
	trim->given_bytes += PAGE_SIZE;
}

static u32 count_frames(void **frames)
{
	u32 i, nr = 0;

	for (i = 0; i < EXTENT_PAGES; i++)
		nr += !!frames[i];
	return nr;
}

/* A place without a frame has no table either, and may be an extent next time */
static void give_from_split_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot, u32 i,
				   struct atoll_trim *trim)
{
	void **place = extent_place(slot, i), **frames = atoll_place_frames(*place);
	u32 page;

	lockdep_assert_held(&gmem->lock);
	for (page = 0; page < EXTENT_PAGES; page++)
		if (frames[page])
			give_frame_locked(gmem, extent_gpa(slot, i) + page * PAGE_SIZE,
					  &frames[page], trim);
	if (count_frames(frames))
		return;
	WRITE_ONCE(*place, NULL);
	kfree(frames);
}

/* Of a short last extent all that is behind the end of RAM counts as well */
static u32 count_unused(const struct atoll_trim *trim, const struct atoll_slot *slot, u32 i)
{
	const void *extent = atoll_slot_place(slot, i);
	u32 page, nr = 0;

	for (page = 0; page < EXTENT_PAGES; page++)
		nr += is_unused(trim, extent + page * PAGE_SIZE,
				extent_gpa(slot, i) + page * PAGE_SIZE, PAGE_SIZE);
	return nr;
}

static bool is_worth_splitting(const struct atoll_gmem *gmem, const struct atoll_slot *slot,
			       u32 i, const struct atoll_trim *trim)
{
	return trim->split && !atoll_pool_is_reserved(gmem->pool) &&
	       count_unused(trim, slot, i) >= SPLIT_FRAMES;
}

/* As a whole, or, if that is wanted and pays, what of it can be */
static void give_from_extent_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot,
				    u32 i, struct atoll_trim *trim)
{
	lockdep_assert_held(&gmem->lock);
	if (is_unused(trim, atoll_slot_place(slot, i), extent_gpa(slot, i), extent_len(slot, i))) {
		give_extent_locked(gmem, slot, i, trim);
	} else if (is_worth_splitting(gmem, slot, i, trim) &&
		   !elastic_split_locked(gmem, slot, i)) {
		trim->nr_split++;
		give_from_split_locked(gmem, slot, i, trim);
	}
}

static void give_unused_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot,
			       struct atoll_trim *trim)
{
	void *place;
	u32 i;

	lockdep_assert_held(&gmem->lock);
	for (i = 0; i < slot->nr_extents && !fatal_signal_pending(current); i++) {
		place = atoll_slot_place(slot, i);
		if (atoll_place_frames(place))
			give_from_split_locked(gmem, slot, i, trim);
		else if (place)
			give_from_extent_locked(gmem, slot, i, trim);
		cond_resched();
	}
}

/* False: there is no extent, and all is as it was */
static bool merge_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot, u32 i)
{
	void **place = extent_place(slot, i), **frames = atoll_place_frames(*place), *extent;
	struct atoll_s2_gather gather;
	u32 page;
	int err;

	lockdep_assert_held(&gmem->lock);
	extent = atoll_pool_take(gmem, NULL);
	if (IS_ERR(extent))
		return false;
	for (page = 0; page < EXTENT_PAGES; page++)
		if (frames[page])
			copy_page(extent + page * PAGE_SIZE, frames[page]);
	atoll_s2_gather_init(&gather);
	err = atoll_s2pt_replace(&gmem->s2, extent_gpa(slot, i), atoll_pool_hpa(gmem, extent), 2,
				 ATOLL_S2_RAM, &gather);
	atoll_s2pt_flushed(&gmem->s2, &gather);
	if (WARN_ON_ONCE(err)) {
		atoll_pool_give(gmem, extent);
		return false;
	}
	WRITE_ONCE(*place, extent);
	WRITE_ONCE(gmem->nr_resident, gmem->nr_resident + 1);
	WRITE_ONCE(gmem->nr_frames, gmem->nr_frames - count_frames(frames));
	elastic_give_frames(gmem, frames);
	return true;
}

/*
 * For a moment it holds the extent and the frames.  Where that is more than it was
 * promised, the room for it must be promised to nobody else.
 */
static bool merge_within_promise_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot,
					u32 i)
{
	bool fits = gmem->nr_resident + 1 + DIV_ROUND_UP(gmem->nr_frames, EXTENT_PAGES) <=
		    gmem->nr_promised;
	bool merged;

	lockdep_assert_held(&gmem->lock);
	if (!fits && atoll_pool_promise(gmem->pool, 1, NULL))
		return false;
	merged = merge_locked(gmem, slot, i);
	if (!fits)
		atoll_pool_release(gmem->pool, 1);
	return merged;
}

/* The short last place of a slot can't be a large page */
static bool is_worth_merging(const struct atoll_slot *slot, u32 i)
{
	void **frames = atoll_place_frames(atoll_slot_place(slot, i));

	return frames && extent_len(slot, i) == ATOLL_EXTENT_BYTES &&
	       count_frames(frames) >= MERGE_FRAMES;
}

/* Once the host has no extent it is not asked again: it looks for one for long */
static bool merge_slot_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot,
			      struct atoll_trim *trim)
{
	u32 i;

	lockdep_assert_held(&gmem->lock);
	for (i = 0; i < slot->nr_extents && !fatal_signal_pending(current); i++) {
		if (!is_worth_merging(slot, i))
			continue;
		if (!merge_within_promise_locked(gmem, slot, i))
			return false;
		trim->nr_merged++;
		cond_resched();
	}
	return true;
}

/**
 * atoll_gmem_trim - give back what is zero, and make places whole
 * @gmem:	the guest's memory
 * @trim:	what to keep; receives what was done
 * @extack:	told why not
 *
 * First all that is zero goes, so that the pool and the host have room, of extents as a
 * whole unless @trim->split says otherwise.  Then frames become extents, where an eighth
 * of one is missing at most: that much the guest holds more than before.
 *
 * May sleep, for long: it reads what the guest holds, and the host may have to
 * compact its memory.  Ends early if the caller is being killed.  No vCPU runs, and
 * before one does, what its CPU cached of stage 2 is flushed.
 *
 * Return: 0; -EOPNOTSUPP: the memory is reserved.
 */
int atoll_gmem_trim(struct atoll_gmem *gmem, struct atoll_trim *trim,
		    struct netlink_ext_ack *extack)
{
	const struct atoll_slot *slot;

	trim->given_bytes = 0;
	trim->nr_split = 0;
	trim->nr_merged = 0;
	if (gmem->reserved) {
		NL_SET_ERR_MSG(extack, "the guest's memory is reserved: it keeps all of it");
		return -EOPNOTSUPP;
	}
	guard(mutex)(&gmem->lock);
	/* They are mapped as the places are, which change */
	elastic_unshare_all_locked(gmem);
	for (slot = gmem->slot; slot < gmem->slot + gmem->nr_slots; slot++)
		give_unused_locked(gmem, slot, trim);
	for (slot = gmem->slot; slot < gmem->slot + gmem->nr_slots; slot++)
		if (!merge_slot_locked(gmem, slot, trim))
			break;
	return 0;
}
