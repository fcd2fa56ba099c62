/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The accesses to a guest's RAM that are made so often that a call is too much:
 * to a word of its page tables, to an instruction.
 */
#ifndef ATOLL_MEM_GMEM_H
#define ATOLL_MEM_GMEM_H

#include <linux/compiler.h>
#include <linux/string.h>
#include "../atoll.h"

const struct atoll_slot *atoll_gmem_slot(const struct atoll_gmem *gmem, u64 gpa, u64 len);

/* In a place: it leads to a table of frames, not to an extent */
#define ATOLL_PLACE_SPLIT	1UL

/**
 * atoll_slot_place() - what is in the place of an extent of a slot
 * @slot:	the slot
 * @i:		the extent's number in it
 *
 * A vCPU's thread that doesn't hold, or whoever has the VM to itself: what is there
 * stays until it holds.  Anybody else: under gmem->lock, or without following it.
 *
 * Return: where the host sees the extent; NULL: it is not taken; a table of
 * frames, with ATOLL_PLACE_SPLIT set.
 */
static __always_inline void *atoll_slot_place(const struct atoll_slot *slot, u32 i)
{
	void **chunk = READ_ONCE(slot->dir[i / ATOLL_CHUNK_EXTENTS]);

	return READ_ONCE(chunk[i % ATOLL_CHUNK_EXTENTS]);
}

/**
 * atoll_place_frames() - the table of frames that a place leads to
 * @place:	from atoll_slot_place()
 *
 * Any context.  The table and the frames in it stay like extents do.
 *
 * Return: where the host sees each of the 512 frames, NULL: it is not taken.
 * NULL itself: the place has no such table.
 */
static __always_inline void **atoll_place_frames(void *place)
{
	return (unsigned long)place & ATOLL_PLACE_SPLIT ?
		(void **)((unsigned long)place - ATOLL_PLACE_SPLIT) : NULL;
}

/**
 * atoll_gmem_read_in_page() - read a few bytes of RAM
 * @gmem:	the guest's memory
 * @gpa:	first byte
 * @to:		room for @len bytes; 8 that are aligned are read in one piece
 * @len:	a constant; all of them lie in one page
 *
 * The first slot holds all RAM below the hole for devices; the rest takes the
 * common way.  A slot and an extent end with a page, so what lies in a page
 * lies in both of them as a whole, or not at all.  Does not sleep.
 *
 * Return: false if it is not RAM.
 */
static __always_inline bool atoll_gmem_read_in_page(struct atoll_gmem *gmem, u64 gpa,
						    void *to, size_t len)
{
	const struct atoll_slot *slot = &gmem->slot[0];
	u64 offset = gpa - slot->gpa;
	const void *from;

	if (unlikely(offset >= slot->len))
		return !atoll_gmem_read(gmem, gpa, to, len);
	from = atoll_slot_place(slot, offset >> ATOLL_EXTENT_SHIFT);
	if (unlikely(!from || ((unsigned long)from & ATOLL_PLACE_SPLIT)))
		return !atoll_gmem_read(gmem, gpa, to, len);
	from += offset & (ATOLL_EXTENT_BYTES - 1);
	if (len == sizeof(u64))
		*(u64 *)to = READ_ONCE(*(const u64 *)from);
	else
		memcpy(to, from, len);
	return true;
}

/**
 * atoll_gmem_is_ram() - is there RAM at this address?
 * @gmem:	the guest's memory; a slot that it doesn't have is empty
 * @gpa:	the address
 *
 * Does not sleep.
 */
static __always_inline bool atoll_gmem_is_ram(const struct atoll_gmem *gmem, u64 gpa)
{
	return gpa - gmem->slot[0].gpa < gmem->slot[0].len ||
	       gpa - gmem->slot[1].gpa < gmem->slot[1].len;
}

#endif
