// SPDX-License-Identifier: GPL-2.0-only
/*
 * A map of a guest's memory, for people: what is taken, where the host has it, in
 * pages of which size, and whether the guest has touched it since the last look.
 *
 * It takes and maps nothing.  It clears the CPU's accessed marks as it goes, so
 * that the next look tells what was touched in between: its caller has to have
 * TLBs flushed, or CPUs won't mark again.  nl/ calls it.
 */
#include <linux/minmax.h>
#include <linux/sched.h>

#include "elastic.h"
#include "s2entry.h"

static void note_touch(void *arg, u64 gpa, u32 level, u32 marks)
{
	struct atoll_run *run = arg;

	run->touched = 1;
}

/* What begins at run->gpa and ends with its leaf, or with the extent or frame that lacks one */
static void look_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot,
			struct atoll_run *run, struct atoll_s2_gather *gather)
{
	void *place = atoll_slot_place(slot, (run->gpa - slot->gpa) >> ATOLL_EXTENT_SHIFT);
	u64 bytes = atoll_place_frames(place) ? PAGE_SIZE : ATOLL_EXTENT_BYTES;
	u64 left = slot->gpa + slot->len - run->gpa;
	struct atoll_s2_leaf leaf;

	lockdep_assert_held(&gmem->lock);
	if (!atoll_s2pt_lookup(&gmem->s2, run->gpa, &leaf)) {
		run->hpa = leaf.hpa;
		run->level = leaf.level;
		run->shared = elastic_is_shared(gmem, leaf.hpa);
		bytes = s2_bytes(leaf.level);
	}
	if (run->level && !run->shared) {
		/* RAM is whole pages: nothing in here can fail */
		WARN_ON_ONCE(atoll_s2pt_harvest(&gmem->s2, run->gpa, PAGE_SIZE,
						ATOLL_S2_ACCESSED, note_touch, run, gather));
	}
	run->len = min(left, bytes - (run->gpa & (bytes - 1)));
}

static bool joins(const struct atoll_run *run, const struct atoll_run *next)
{
	return run->gpa + run->len == next->gpa && run->level == next->level &&
	       run->touched == next->touched && run->shared == next->shared &&
	       (!run->level || run->shared || run->hpa + run->len == next->hpa);
}

/* The slot that @gpa lies in or before, with *gpa moved to its beginning then */
static const struct atoll_slot *slot_from(const struct atoll_gmem *gmem, u64 *gpa)
{
	const struct atoll_slot *slot;

	for (slot = gmem->slot; slot < gmem->slot + gmem->nr_slots; slot++) {
		if (*gpa >= slot->gpa + slot->len)
			continue;
		*gpa = max(*gpa, slot->gpa);
		return slot;
	}
	return NULL;
}

/**
 * atoll_gmem_map - describe RAM from an address on
 * @gmem:	the guest's memory; vCPUs may run
 * @gpa:	where to begin, any value; receives where the next call has to
 * @run:	room for @max
 * @max:	at least 1; the last ones of a call and the first of the next may be alike
 * @gather:	told if what CPUs know of the marks has to be flushed; no tables
 *
 * May sleep, and waits while an extent is taken.
 *
 * Return: how many were filled in; less than @max: that was all.
 */
u32 atoll_gmem_map(struct atoll_gmem *gmem, u64 *gpa, struct atoll_run *run, u32 max,
		   struct atoll_s2_gather *gather)
{
	const struct atoll_slot *slot;
	u32 nr = 0;

	*gpa &= PAGE_MASK;
	guard(mutex)(&gmem->lock);
	while (nr < max && (slot = slot_from(gmem, gpa))) {
		run[nr] = (struct atoll_run){ .gpa = *gpa };
		look_locked(gmem, slot, &run[nr], gather);
		*gpa += run[nr].len;
		if (nr && joins(&run[nr - 1], &run[nr]))
			run[nr - 1].len += run[nr].len;
		else
			nr++;
		cond_resched();
	}
	return nr;
}
