// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guest-physical memory: RAM in extents from the pool, mapped by stage-2
 * tables, and the only way for anybody but the guest to reach it.
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

#include "atoll.h"

static int check_bytes(u64 bytes, struct netlink_ext_ack *extack)
{
	if (!bytes) {
		NL_SET_ERR_MSG(extack, "memory is 0");
		return -EINVAL;
	}
	if (!IS_ALIGNED(bytes, PAGE_SIZE)) {
		NL_SET_ERR_MSG(extack, "memory is not a multiple of 4096");
		return -EINVAL;
	}
	if (bytes > ATOLL_MEMORY_MAX) {
		NL_SET_ERR_MSG(extack, "memory is more than 1 TiB");
		return -ERANGE;
	}
	return 0;
}

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

/* The part of an extent that is RAM: all of it, but for a slot's last */
static u64 extent_len(const struct atoll_slot *slot, u32 i)
{
	return min_t(u64, ATOLL_EXTENT_BYTES,
		     slot->len - ((u64)i << ATOLL_EXTENT_SHIFT));
}

static int map_slot(struct atoll_gmem *gmem, const struct atoll_slot *slot)
{
	u64 gpa = slot->gpa;
	int err;
	u32 i;

	for (i = 0; i < slot->nr_extents; i++) {
		err = atoll_s2pt_map(&gmem->s2, gpa,
				     page_to_phys(slot->extents[i]),
				     extent_len(slot, i), ATOLL_S2_RAM);
		if (err)
			return err;
		gpa += ATOLL_EXTENT_BYTES;
	}
	return 0;
}

static int map_slots(struct atoll_gmem *gmem, const struct atoll_s2_format *fmt,
		     u32 levels)
{
	int err;
	u32 i;

	err = atoll_s2pt_init(&gmem->s2, fmt, levels);
	for (i = 0; !err && i < gmem->nr_slots; i++)
		err = map_slot(gmem, &gmem->slot[i]);
	if (err)
		atoll_s2pt_destroy(&gmem->s2);
	return err;
}

/* Both slots point into one array, so that the pool gives all or nothing */
static u32 share_extents(struct atoll_gmem *gmem, struct page **extents)
{
	u32 i, nr = 0;

	for (i = 0; i < gmem->nr_slots; i++) {
		gmem->slot[i].extents = extents ? extents + nr : NULL;
		nr += gmem->slot[i].nr_extents;
	}
	return nr;
}

/**
 * atoll_gmem_init - give a guest its memory, zeroed and mapped
 * @gmem:	filled in; what it held before is ignored
 * @bytes:	of RAM: a multiple of 4096, up to ATOLL_MEMORY_MAX
 * @fmt:	format of the stage-2 tables
 * @levels:	and their depth
 * @extack:	told why not
 *
 * May sleep.  After a failure @gmem holds nothing and may be destroyed.
 *
 * Return: 0; -EINVAL, -ERANGE: @bytes; -ENOSPC: the pool's limit;
 * -ENOMEM; -EINTR: the caller is being killed.
 */
int atoll_gmem_init(struct atoll_gmem *gmem, u64 bytes,
		    const struct atoll_s2_format *fmt, u32 levels,
		    struct netlink_ext_ack *extack)
{
	struct page **extents;
	int err;
	u32 nr;

	memset(gmem, 0, sizeof(*gmem));
	err = check_bytes(bytes, extack);
	if (err)
		return err;

	gmem->nr_slots = atoll_gmem_layout(bytes, gmem->slot);
	nr = share_extents(gmem, NULL);
	extents = kvcalloc(nr, sizeof(*extents), GFP_KERNEL_ACCOUNT);
	if (!extents) {
		NL_SET_ERR_MSG(extack, "the host is out of memory");
		err = -ENOMEM;
		goto forget;
	}
	share_extents(gmem, extents);

	err = atoll_pool_take(extents, nr, extack);
	if (err)
		goto free_array;
	err = map_slots(gmem, fmt, levels);
	if (err) {
		NL_SET_ERR_MSG(extack, "the host has no memory for page tables");
		goto give_extents;
	}
	return 0;

give_extents:
	atoll_pool_give(extents, nr);
free_array:
	kvfree(extents);
forget:
	memset(gmem, 0, sizeof(*gmem));
	return err;
}

/**
 * atoll_gmem_destroy - give all memory back, scrubbed
 * @gmem:	destroyed already, failed to init, or all zero: nothing is done
 *
 * May sleep.  No vCPU runs, and no CPU holds a translation from its tables.
 */
void atoll_gmem_destroy(struct atoll_gmem *gmem)
{
	struct page **extents = gmem->slot[0].extents;
	u32 i, nr = 0;

	if (!extents)
		return;
	/* Nothing may lead to the extents when they go */
	atoll_s2pt_destroy(&gmem->s2);
	for (i = 0; i < gmem->nr_slots; i++)
		nr += gmem->slot[i].nr_extents;
	atoll_pool_give(extents, nr);
	kvfree(extents);
	memset(gmem, 0, sizeof(*gmem));
}

/**
 * atoll_gmem_zero - make all RAM as it was before the first start
 * @gmem:	the guest's memory
 *
 * May sleep.  No vCPU runs.
 */
void atoll_gmem_zero(struct atoll_gmem *gmem)
{
	const struct atoll_slot *slot;
	u32 i, page;

	for (slot = gmem->slot; slot < gmem->slot + gmem->nr_slots; slot++) {
		for (i = 0; i < slot->nr_extents; i++) {
			for (page = 0; page < extent_len(slot, i) / PAGE_SIZE; page++)
				clear_highpage(slot->extents[i] + page);
			cond_resched();
		}
	}
	gmem->dirty = 0;
}

static const struct atoll_slot *find_slot(const struct atoll_gmem *gmem,
					  u64 gpa, u64 len)
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
	return find_slot(gmem, gpa, len);
}

/*
 * Where the host sees @gpa, which lies in @slot, and in @span how many of the
 * next @len bytes follow it there.
 */
static void *slot_span(const struct atoll_slot *slot, u64 gpa, u64 len,
		       size_t *span)
{
	u64 offset = gpa - slot->gpa;
	u64 in_extent = offset & (ATOLL_EXTENT_BYTES - 1);

	*span = min_t(u64, len, ATOLL_EXTENT_BYTES - in_extent);
	return page_address(slot->extents[offset >> ATOLL_EXTENT_SHIFT]) + in_extent;
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
 * Does not sleep.
 *
 * Return: 0, or -EFAULT if a byte is not RAM; then nothing was copied.
 */
int atoll_gmem_read(struct atoll_gmem *gmem, u64 gpa, void *buf, size_t len)
{
	const struct atoll_slot *slot = find_slot(gmem, gpa, len);
	const void *from;
	size_t span;

	if (!slot)
		return -EFAULT;
	for (; len; len -= span, gpa += span, buf += span) {
		from = slot_span(slot, gpa, len, &span);
		copy_out(buf, from, span);
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
 * Return: 0, or -EFAULT if a byte is not RAM; then nothing was copied.
 */
int atoll_gmem_write(struct atoll_gmem *gmem, u64 gpa, const void *buf, size_t len)
{
	const struct atoll_slot *slot = find_slot(gmem, gpa, len);
	size_t span;
	void *to;

	if (!slot)
		return -EFAULT;
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
 * Return: 0, or -EFAULT if it is not RAM.
 */
int atoll_gmem_xchg(struct atoll_gmem *gmem, u64 gpa, u8 value, u8 *old)
{
	const struct atoll_slot *slot = find_slot(gmem, gpa, 1);
	size_t span;

	if (!slot)
		return -EFAULT;
	*old = xchg((u8 *)slot_span(slot, gpa, 1, &span), value);
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
 * May sleep.  No vCPU runs.
 *
 * Return: 0; -EFAULT: not RAM, nothing was read; -ENODATA: the file is
 * shorter; -EINTR: the caller is being killed; what the file system says.
 * After the last three RAM holds a part of it.
 */
int atoll_gmem_load_file(struct atoll_gmem *gmem, u64 gpa, struct file *file,
			 u64 pos, u64 len)
{
	const struct atoll_slot *slot = find_slot(gmem, gpa, len);
	loff_t at = pos;
	size_t span;
	ssize_t got;
	void *to;

	if (!slot)
		return -EFAULT;
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
