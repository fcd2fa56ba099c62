/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one access to a guest's RAM that is made so often that a call is too much:
 * an aligned word, as page tables are made of.
 */
#ifndef ATOLL_MEM_GMEM_H
#define ATOLL_MEM_GMEM_H

#include <linux/compiler.h>
#include <linux/mm.h>
#include "../atoll.h"

/**
 * atoll_gmem_read_word() - read 8 bytes of RAM in one piece
 * @gmem:	the guest's memory
 * @gpa:	a multiple of 8
 * @word:	receives them
 *
 * The first slot holds all RAM below the hole for devices; the rest takes the
 * common way.  A slot and an extent end with a page, so an aligned word lies
 * in it as a whole or not at all.  Does not sleep.
 *
 * Return: false if it is not RAM.
 */
static __always_inline bool atoll_gmem_read_word(struct atoll_gmem *gmem, u64 gpa, u64 *word)
{
	const struct atoll_slot *slot = &gmem->slot[0];
	u64 offset = gpa - slot->gpa;

	if (unlikely(offset >= slot->len))
		return !atoll_gmem_read(gmem, gpa, word, sizeof(*word));
	*word = READ_ONCE(*(const u64 *)(page_address(slot->extents[offset >> ATOLL_EXTENT_SHIFT]) +
					 (offset & (ATOLL_EXTENT_BYTES - 1))));
	return true;
}

#endif
