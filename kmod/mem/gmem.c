// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest-physical memory: where RAM lies, and the only way for anybody but the
 * guest to reach it.  What is not taken from the pool yet reads as zero, and has
 * to be taken (elastic.c) before it can be written.
 *
 * Every access checks its whole range first and then touches only bytes that
 * the guest owns; it must never hand out a pointer.  A guest may change its
 * memory at any time: what is checked has to be copied out first.  Callers
 * are vm/ (life, the guest's page tables and instructions), dev/ and boot/.
 */
#include <linux/align.h>
#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/unaligned.h>

#include "gmem.h"

/**
 * atoll_gmem_layout - where RAM lies in a guest of this size
 * @bytes:	of RAM
 * @slot:	room for two; gpa, len and nr_extents are filled in
 *
 * Return: how many were filled in.
 */
u32 atoll_gmem_layout(u64 bytes, struct atoll_slot *slot)
{
	u64 low_len = min_t(u64, bytes, ATOLL_RAM_LOW_END);

	slot[0].gpa = 0;
	slot[0].len = low_len;
	slot[0].nr_extents = DIV_ROUND_UP_ULL(low_len, ATOLL_EXTENT_BYTES);
	if (bytes == low_len)
		return 1;
	slot[1].gpa = ATOLL_RAM_HIGH_START;
	slot[1].len = bytes - low_len;
	slot[1].nr_extents = DIV_ROUND_UP_ULL(slot[1].len, ATOLL_EXTENT_BYTES);
	return 2;
}

/**
 * atoll_gmem_slot - the slot that all of a range lies in
 * @gmem:	the guest's memory
 * @gpa:	first byte
 * @len:	bytes; any value, also one that overflows
 *
 * Does not sleep.
 *
 * Return: NULL: it is not RAM, or not all of it.
 */
const struct atoll_slot *atoll_gmem_slot(const struct atoll_gmem *gmem, u64 gpa, u64 len)
{
	const struct atoll_slot *slot;

	for (slot = gmem->slot; slot < gmem->slot + gmem->nr_slots; slot++)
		if (gpa >= slot->gpa && len <= slot->len &&
		    gpa - slot->gpa <= slot->len - len)
			return slot;
	return NULL;
}

/**
 * atoll_gmem_has - is this range RAM, all of it?
 * @gmem:	the guest's memory
 * @gpa:	first byte
 * @len:	bytes; any value, also one that overflows
 *
 * Does not sleep.
 */
bool atoll_gmem_has(const struct atoll_gmem *gmem, u64 gpa, u64 len)
{
	return atoll_gmem_slot(gmem, gpa, len);
}

/*
 * Where the host sees @gpa, which lies in @slot, and in @span how many of the
 * next @len bytes follow it there.  NULL: that isn't taken, and reads as zero.
 */
static void *slot_span(const struct atoll_slot *slot, u64 gpa, u64 len,
		       size_t *span)
{
	u64 offset = gpa - slot->gpa;
	void *place = atoll_slot_place(slot, offset >> ATOLL_EXTENT_SHIFT);
	void **frame = atoll_place_frames(place), *start = place;
	u64 whole = ATOLL_EXTENT_BYTES;

	if (unlikely(frame)) {
		whole = PAGE_SIZE;
		start = READ_ONCE(frame[(offset & (ATOLL_EXTENT_BYTES - 1)) >> PAGE_SHIFT]);
	}
	*span = min_t(u64, len, whole - (offset & (whole - 1)));
	return start ? start + (offset & (whole - 1)) : NULL;
}

static bool slot_lacks(const struct atoll_slot *slot, u64 gpa, u64 len)
{
	size_t span;

	for (; len; len -= span, gpa += span)
		if (!slot_span(slot, gpa, len, &span))
			return true;
	return false;
}

/**
 * atoll_gmem_lacks - is there something to be taken before this can be written?
 * @gmem:	the guest's memory
 * @gpa:	first byte
 * @len:	bytes; any value, also one that overflows
 *
 * Does not sleep.
 *
 * Return: true if all of it is RAM and some of it is not there yet: call
 * atoll_gmem_fill() where that may sleep.
 */
bool atoll_gmem_lacks(const struct atoll_gmem *gmem, u64 gpa, u64 len)
{
	const struct atoll_slot *slot = atoll_gmem_slot(gmem, gpa, len);

	return slot && len && slot_lacks(slot, gpa, len);
}

/*
 * The guest's other CPUs may write the same word, so move an aligned one in
 * one piece, as a CPU or a device on the bus would.
 */
static void copy_out(void *to, const void *guest, size_t len)
{
	u64 word8;
	u32 word4;

	if (len == sizeof(word8) && IS_ALIGNED((unsigned long)guest, len)) {
		word8 = READ_ONCE(*(const u64 *)guest);
		memcpy(to, &word8, sizeof(word8));
	} else if (len == sizeof(word4) && IS_ALIGNED((unsigned long)guest, len)) {
		word4 = READ_ONCE(*(const u32 *)guest);
		memcpy(to, &word4, sizeof(word4));
	} else if (len - sizeof(word8) <= sizeof(word8)) {
		/* An instruction, mostly: its two ends may overlap */
		put_unaligned(get_unaligned((const u64 *)guest), (u64 *)to);
		put_unaligned(get_unaligned((const u64 *)(guest + len - sizeof(word8))),
			      (u64 *)(to + len - sizeof(word8)));
	} else {
		memcpy(to, guest, len);
	}
}

static void copy_in(void *guest, const void *from, size_t len)
{
	u64 word8;
	u32 word4;

	if (len == sizeof(word8) && IS_ALIGNED((unsigned long)guest, len)) {
		memcpy(&word8, from, sizeof(word8));
		WRITE_ONCE(*(u64 *)guest, word8);
	} else if (len == sizeof(word4) && IS_ALIGNED((unsigned long)guest, len)) {
		memcpy(&word4, from, sizeof(word4));
		WRITE_ONCE(*(u32 *)guest, word4);
	} else {
		memcpy(guest, from, len);
	}
}

/**
 * atoll_gmem_read - copy out of RAM
 * @gmem:	the guest's memory
 * @gpa:	first byte
 * @buf:	room for @len bytes
 * @len:	bytes
 *
 * What is not taken is zero, and stays untaken.  Does not sleep.
 *
 * Return: 0, or -EFAULT if a byte is not RAM; then nothing was copied.
 */
int atoll_gmem_read(struct atoll_gmem *gmem, u64 gpa, void *buf, size_t len)
{
	const struct atoll_slot *slot = atoll_gmem_slot(gmem, gpa, len);
	const void *from;
	size_t span;

	if (!slot)
		return -EFAULT;
	for (; len; len -= span, gpa += span, buf += span) {
		from = slot_span(slot, gpa, len, &span);
		if (likely(from))
			copy_out(buf, from, span);
		else
			memset(buf, 0, span);
	}
	return 0;
}

/**
 * atoll_gmem_write - copy into RAM
 * @gmem:	the guest's memory
 * @gpa:	first byte
 * @buf:	what to write
 * @len:	bytes
 *
 * Does not sleep.
 *
 * Return: 0; -EFAULT: a byte is not RAM; -EAGAIN: some of it is not taken, so
 * do that by atoll_gmem_fill() and try again.  After both nothing was copied.
 */
int atoll_gmem_write(struct atoll_gmem *gmem, u64 gpa, const void *buf, size_t len)
{
	const struct atoll_slot *slot = atoll_gmem_slot(gmem, gpa, len);
	size_t span;
	void *to;

	if (!slot)
		return -EFAULT;
	if (unlikely(len && slot_lacks(slot, gpa, len)))
		return -EAGAIN;
	for (; len; len -= span, gpa += span, buf += span) {
		to = slot_span(slot, gpa, len, &span);
		copy_in(to, buf, span);
	}
	return 0;
}

/**
 * atoll_gmem_xchg - exchange a byte of RAM, in one step for the guest's CPUs
 * @gmem:	the guest's memory
 * @gpa:	of the byte
 * @value:	that it gets
 * @old:	receives what it had
 *
 * Does not sleep.
 *
 * Return: 0; -EFAULT: it is not RAM; -EAGAIN: it is not taken.
 */
int atoll_gmem_xchg(struct atoll_gmem *gmem, u64 gpa, u8 value, u8 *old)
{
	const struct atoll_slot *slot = atoll_gmem_slot(gmem, gpa, 1);
	size_t span;
	u8 *byte;

	if (!slot)
		return -EFAULT;
	byte = slot_span(slot, gpa, 1, &span);
	if (!byte)
		return -EAGAIN;
	*old = xchg(byte, value);
	return 0;
}

/**
 * atoll_gmem_load_file - read a part of a file into RAM
 * @gmem:	the guest's memory
 * @gpa:	where its first byte goes
 * @file:	regular and open for reading
 * @pos:	first byte in the file
 * @len:	bytes, may be 0
 *
 * May sleep.
 *
 * Return: 0; -EFAULT: not RAM, -EAGAIN: some of it is not taken; then nothing was
 * read; -ENODATA: the file is
 * shorter; -EINTR: the caller is being killed; what the file system says.
 * After the last three RAM holds a part of it.
 */
int atoll_gmem_load_file(struct atoll_gmem *gmem, u64 gpa, struct file *file,
			 u64 pos, u64 len)
{
	const struct atoll_slot *slot = atoll_gmem_slot(gmem, gpa, len);
	loff_t at = pos;
	size_t span;
	ssize_t got;
	void *to;

	if (!slot)
		return -EFAULT;
	if (len && slot_lacks(slot, gpa, len))
		return -EAGAIN;
	if (pos > LLONG_MAX || len > LLONG_MAX - pos)
		return -ENODATA;
	for (; len; len -= got, gpa += got) {
		if (fatal_signal_pending(current))
			return -EINTR;
		to = slot_span(slot, gpa, len, &span);
		got = kernel_read(file, to, span, &at);
		if (got < 0)
			return got;
		if (!got)
			return -ENODATA;
		cond_resched();
	}
	return 0;
}
