// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest holds of the memory that it is promised: nothing at first, and
 * an extent more whenever something in it is written first, be it by the
 * guest, a device, the boot loader or an instruction that is carried out here.
 * Where the host has no extent in one piece, it takes the frame that is written.
 *
 * An extent is taken, zeroed, mapped, and then published: whoever sees it in its
 * slot may use it, without a lock, for as long as a vCPU may run.  It is given
 * back only while none does, with nothing left that leads to it: here all of them
 * at a reset and the end, in trim.c those that aren't used.  Called by
 * vm/, which decides when; reading and writing is in gmem.c.
 */
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/moduleparam.h>
#include <linux/nodemask.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "elastic.h"

/* To measure and to test what only a host whose memory is in pieces would show */
static bool small_pages;
module_param(small_pages, bool, 0644);
MODULE_PARM_DESC(small_pages,
		 "give elastic guests frames of 4 KiB and no extents (default: N)");

/* Stands for each GiB of which nothing is taken, so that readers need no test */
static void * const no_extents[ATOLL_CHUNK_EXTENTS];

static void **nothing(void)
{
	return (void **)no_extents;
}

static u32 nr_chunks(const struct atoll_slot *slot)
{
	return DIV_ROUND_UP(slot->nr_extents, ATOLL_CHUNK_EXTENTS);
}

/* Of a page within its extent */
static u32 frame_index(u64 offset)
{
	return (offset & (ATOLL_EXTENT_BYTES - 1)) >> PAGE_SHIFT;
}

/* Both slots point into one array */
static int alloc_dirs(struct atoll_gmem *gmem)
{
	u32 nr = nr_chunks(&gmem->slot[0]) + nr_chunks(&gmem->slot[1]), i;
	void ***dir = kvmalloc_array(nr, sizeof(*dir), GFP_KERNEL_ACCOUNT);

	if (!dir)
		return -ENOMEM;
	for (i = 0; i < nr; i++)
		dir[i] = nothing();
	gmem->slot[0].dir = dir;
	gmem->slot[1].dir = dir + nr_chunks(&gmem->slot[0]);
	return 0;
}

static void free_dirs(struct atoll_gmem *gmem)
{
	void ***dir = gmem->slot[0].dir;
	u32 nr = nr_chunks(&gmem->slot[0]) + nr_chunks(&gmem->slot[1]), i;

	for (i = 0; dir && i < nr; i++)
		if (dir[i] != nothing())
			kfree(dir[i]);
	kvfree(dir);
}

static size_t chunk_bytes(const struct atoll_slot *slot, u32 first)
{
	return sizeof(void *) * min_t(u32, ATOLL_CHUNK_EXTENTS, slot->nr_extents - first);
}

static u64 slot_bytes(const struct atoll_gmem *gmem, const struct atoll_slot *slot)
{
	u64 sum = 0;
	void *place;
	u32 i;

	for (i = 0; i < slot->nr_extents; i++) {
		if (i % ATOLL_CHUNK_EXTENTS == 0) {
			if (READ_ONCE(slot->dir[i / ATOLL_CHUNK_EXTENTS]) == nothing()) {
				i += ATOLL_CHUNK_EXTENTS - 1;
				continue;
			}
			sum += kmalloc_size_roundup(chunk_bytes(slot, i));
			cond_resched();
		}
		place = atoll_slot_place(slot, i);
		if (atoll_place_frames(place))
			sum += kmalloc_size_roundup(EXTENT_PAGES * sizeof(void *));
		else if (place)
			sum += atoll_pool_record_bytes(gmem, place);
	}
	return sum;
}

/**
 * atoll_gmem_books_bytes - what it takes to know of the extents that a guest holds
 * @gmem:	its memory
 *
 * Frames count with the table that they are in, and with the least that each takes on
 * record.  May sleep.  What is taken or given back meanwhile may be counted or not.
 */
u64 atoll_gmem_books_bytes(const struct atoll_gmem *gmem)
{
	u32 nr = nr_chunks(&gmem->slot[0]) + nr_chunks(&gmem->slot[1]);

	return kmalloc_size_roundup(nr * sizeof(*gmem->slot[0].dir)) +
	       slot_bytes(gmem, &gmem->slot[0]) + slot_bytes(gmem, &gmem->slot[1]) +
	       READ_ONCE(gmem->nr_frames) * atoll_pool_frame_record_bytes();
}

/* Where the place of extent @i is, to write to; NULL: no memory */
static void **place_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot, u32 i)
{
	void ***entry = &slot->dir[i / ATOLL_CHUNK_EXTENTS], **chunk = *entry;
	u32 first = round_down(i, ATOLL_CHUNK_EXTENTS);

	lockdep_assert_held(&gmem->lock);
	if (chunk == nothing()) {
		chunk = kzalloc(chunk_bytes(slot, first), GFP_KERNEL_ACCOUNT);
		if (!chunk)
			return NULL;
		/* Pairs with the dependent load in atoll_slot_place() */
		smp_store_release(entry, chunk);
	}
	return &chunk[i - first];
}

static int add_extent_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot, u32 i,
			     void *extent)
{
	void **place = place_locked(gmem, slot, i);
	int err;

	lockdep_assert_held(&gmem->lock);
	if (!place)
		return -ENOMEM;
	err = atoll_s2pt_map(&gmem->s2, slot->gpa + ((u64)i << ATOLL_EXTENT_SHIFT),
			     atoll_pool_hpa(gmem, extent), extent_len(slot, i), ATOLL_S2_RAM);
	if (err)
		return err;
	/* Mapped and zero before anybody finds it; pairs as above */
	smp_store_release(place, extent);
	WRITE_ONCE(gmem->nr_resident, gmem->nr_resident + 1);
	return 0;
}

static int take_extent_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot, u32 i,
			      struct netlink_ext_ack *extack)
{
	void *extent;
	int err;

	lockdep_assert_held(&gmem->lock);
	extent = atoll_pool_take(gmem, extack);
	if (IS_ERR(extent))
		return PTR_ERR(extent);
	err = add_extent_locked(gmem, slot, i, extent);
	if (err) {
		NL_SET_ERR_MSG(extack, "the host has no memory for page tables");
		atoll_pool_give(gmem, extent);
	}
	return err;
}

static int take_frame_locked(struct atoll_gmem *gmem, u64 gpa, void **place,
			     struct netlink_ext_ack *extack)
{
	void *frame;
	int err;

	lockdep_assert_held(&gmem->lock);
	frame = atoll_pool_take_frame(gmem, extack);
	if (IS_ERR(frame))
		return PTR_ERR(frame);
	err = atoll_s2pt_map(&gmem->s2, gpa, atoll_pool_hpa(gmem, frame), PAGE_SIZE,
			     ATOLL_S2_RAM);
	if (err) {
		NL_SET_ERR_MSG(extack, "the host has no memory for page tables");
		atoll_pool_give_frame(gmem, frame);
		return err;
	}
	/* As for an extent */
	smp_store_release(place, frame);
	WRITE_ONCE(gmem->nr_frames, gmem->nr_frames + 1);
	return 0;
}

/* Make the table of frames that stands for extent @i, with the first frame in it */
static int split_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot, u64 offset,
			struct netlink_ext_ack *extack)
{
	void **place, **frames;
	int err = -ENOMEM;

	lockdep_assert_held(&gmem->lock);
	place = place_locked(gmem, slot, offset >> ATOLL_EXTENT_SHIFT);
	frames = kcalloc(EXTENT_PAGES, sizeof(*frames), GFP_KERNEL_ACCOUNT);
	if (place && frames)
		err = take_frame_locked(gmem, slot->gpa + offset, &frames[frame_index(offset)],
					extack);
	if (err) {
		kfree(frames);
		return err;
	}
	/* The first frame is in it before anybody finds the table; pairs as above */
	smp_store_release(place, (void *)((unsigned long)frames + ATOLL_PLACE_SPLIT));
	return 0;
}

/*
 * Where the host has no extent, frames do, one by one as they are touched.  What is
 * promised in whole extents, or is a range, comes in those.  A place that was to be
 * small from the start is not counted: no extent was asked for.
 */
static int take_place_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot, u64 offset,
			     struct netlink_ext_ack *extack)
{
	bool may_split = !gmem->reserved && !atoll_pool_is_reserved(gmem->pool);
	int err;

	lockdep_assert_held(&gmem->lock);
	if (may_split && READ_ONCE(small_pages))
		return split_locked(gmem, slot, offset, extack);
	err = take_extent_locked(gmem, slot, offset >> ATOLL_EXTENT_SHIFT, extack);
	if (err != -ENOMEM || !may_split)
		return err;
	err = split_locked(gmem, slot, offset, extack);
	if (!err) {
		WRITE_ONCE(gmem->nr_split, gmem->nr_split + 1);
		atoll_pool_count_split(gmem->pool);
	}
	return err;
}

/* From @offset up to @end, which are pages' edges within one extent */
static int fill_frames_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot, u64 offset,
			      u64 end, struct netlink_ext_ack *extack)
{
	void **frame;
	int err = 0;

	lockdep_assert_held(&gmem->lock);
	frame = atoll_place_frames(atoll_slot_place(slot, offset >> ATOLL_EXTENT_SHIFT));
	for (; !err && offset < end; offset += PAGE_SIZE)
		if (!frame[frame_index(offset)])
			err = take_frame_locked(gmem, slot->gpa + offset,
						&frame[frame_index(offset)], extack);
	return err;
}

/*
 * The lock is held while the host looks for an extent: whoever wants the same one
 * must find it then, and not starve for one that is about to come.  A place that was
 * split stays so until the guest gives its memory back, or a trim merges it.
 */
static int fill_place(struct atoll_gmem *gmem, const struct atoll_slot *slot, u64 offset,
		      u64 end, struct netlink_ext_ack *extack)
{
	u32 i = offset >> ATOLL_EXTENT_SHIFT;
	int err = 0;

	guard(mutex)(&gmem->lock);
	if (unlikely(gmem->nr_shared))
		elastic_unshare_locked(gmem, slot, offset, end);
	if (!atoll_slot_place(slot, i))
		err = take_place_locked(gmem, slot, offset & PAGE_MASK, extack);
	if (!err && atoll_place_frames(atoll_slot_place(slot, i)))
		err = fill_frames_locked(gmem, slot, offset & PAGE_MASK, end, extack);
	return err;
}

/**
 * atoll_gmem_fill - take what a range of RAM lacks
 * @gmem:	the guest's memory
 * @gpa:	first byte
 * @len:	bytes, may be 0
 * @extack:	told why not
 *
 * May sleep, for long.  vCPUs may run, and others may fill the same.
 *
 * Return: 0: all of it can be read, written and executed; -EFAULT: a byte is
 * not RAM; -ENOSPC: guests hold all that the pool's limit allows; -ENOMEM: the
 * host has none; -EINTR: the caller is being killed.  After the last three a
 * part may have been taken.
 */
int atoll_gmem_fill(struct atoll_gmem *gmem, u64 gpa, u64 len, struct netlink_ext_ack *extack)
{
	const struct atoll_slot *slot = atoll_gmem_slot(gmem, gpa, len);
	struct atoll_s2_leaf leaf;
	u64 offset, end, next;
	int err;

	if (!slot)
		return -EFAULT;
	if (!len)
		return 0;
	end = gpa + len - slot->gpa;
	for (offset = gpa - slot->gpa; offset < end; offset = next) {
		next = min(end, round_down(offset, ATOLL_EXTENT_BYTES) + ATOLL_EXTENT_BYTES);
		if (fatal_signal_pending(current)) {
			NL_SET_ERR_MSG(extack, "interrupted while memory was taken");
			return -EINTR;
		}
		if (!atoll_gmem_lacks(gmem, slot->gpa + offset, next - offset))
			continue;
		err = fill_place(gmem, slot, offset, next, extack);
		if (err)
			return err;
		cond_resched();
	}
	/* A vCPU that faulted there would come again and again */
	return WARN_ON_ONCE(atoll_s2pt_lookup(&gmem->s2, gpa, &leaf)) ? -EFAULT : 0;
}

/**
 * elastic_give_frames - give back what a split place held, scrubbed
 * @gmem:	the guest's memory; who counts its frames is the caller
 * @frames:	the table, which nobody may find any more; it is freed
 *
 * Does not sleep.
 */
void elastic_give_frames(struct atoll_gmem *gmem, void **frames)
{
	u32 i;

	for (i = 0; i < EXTENT_PAGES; i++)
		if (frames[i])
			atoll_pool_give_frame(gmem, frames[i]);
	kfree(frames);
}

/* Nothing may lead to the extents any more: neither tables nor a cached entry */
static void give_all_locked(struct atoll_gmem *gmem)
{
	const struct atoll_slot *slot;
	void **place;
	u32 i;

	lockdep_assert_held(&gmem->lock);
	for (slot = gmem->slot; slot < gmem->slot + gmem->nr_slots; slot++) {
		for (i = 0; i < slot->nr_extents; i++) {
			if (slot->dir[i / ATOLL_CHUNK_EXTENTS] == nothing()) {
				i |= ATOLL_CHUNK_EXTENTS - 1;
				continue;
			}
			place = extent_place(slot, i);
			if (!*place)
				continue;
			if (atoll_place_frames(*place))
				elastic_give_frames(gmem, atoll_place_frames(*place));
			else
				atoll_pool_give(gmem, *place);
			*place = NULL;
		}
	}
	WRITE_ONCE(gmem->nr_resident, 0);
	WRITE_ONCE(gmem->nr_frames, 0);
	elastic_forget_shared_locked(gmem);
}

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

static int check_node(const struct atoll_gmem_config *cfg, struct netlink_ext_ack *extack)
{
	if (!cfg->on_node)
		return 0;
	if (atoll_pool_is_reserved(cfg->pool)) {
		NL_SET_ERR_MSG(extack, "a reserved pool has no NUMA node to choose");
		return -EINVAL;
	}
	if (cfg->node >= MAX_NUMNODES || !node_state(cfg->node, N_MEMORY)) {
		NL_SET_ERR_MSG(extack, "the host has no such NUMA node, or no memory there");
		return -ENODEV;
	}
	return 0;
}

static int build(struct atoll_gmem *gmem, const struct atoll_s2_format *fmt, u32 levels,
		 struct netlink_ext_ack *extack)
{
	const struct atoll_slot *slot;
	int err;

	err = alloc_dirs(gmem);
	if (err) {
		NL_SET_ERR_MSG(extack, "the host is out of memory");
		return err;
	}
	err = atoll_s2pt_init(&gmem->s2, fmt, levels);
	if (err) {
		NL_SET_ERR_MSG(extack, "the host has no memory for page tables");
		return err;
	}
	if (!gmem->reserved)
		return 0;
	for (slot = gmem->slot; !err && slot < gmem->slot + gmem->nr_slots; slot++)
		err = atoll_gmem_fill(gmem, slot->gpa, slot->len, extack);
	return err;
}

/**
 * atoll_gmem_init - promise a guest its memory
 * @gmem:	filled in; what it held before is ignored
 * @cfg:	how much, and where from
 * @fmt:	format of the stage-2 tables
 * @levels:	and their depth
 * @extack:	told why not
 *
 * May sleep.  After a failure @gmem holds nothing and may be destroyed.
 *
 * Return: 0; -EINVAL, -ERANGE: how much; -EINVAL, -ENODEV: which node; -ENOSPC:
 * the pool's limit; -ENOMEM; -EINTR: the caller is being killed.
 */
int atoll_gmem_init(struct atoll_gmem *gmem, const struct atoll_gmem_config *cfg,
		    const struct atoll_s2_format *fmt, u32 levels,
		    struct netlink_ext_ack *extack)
{
	int err;
	u32 nr;

	memset(gmem, 0, sizeof(*gmem));
	err = check_bytes(cfg->bytes, extack) ?: check_node(cfg, extack);
	if (err)
		return err;
	gmem->pool = cfg->pool;
	gmem->on_node = cfg->on_node;
	gmem->node = cfg->node;
	gmem->flush = cfg->flush;
	gmem->nr_slots = atoll_gmem_layout(cfg->bytes, gmem->slot);
	nr = gmem->slot[0].nr_extents + gmem->slot[1].nr_extents;
	err = atoll_pool_promise(gmem->pool, nr, extack);
	if (err) {
		memset(gmem, 0, sizeof(*gmem));
		return err;
	}
	mutex_init(&gmem->lock);
	gmem->nr_promised = nr;
	gmem->reserved = cfg->reserve;
	err = build(gmem, fmt, levels, extack);
	if (err)
		atoll_gmem_destroy(gmem);
	return err;
}

/**
 * atoll_gmem_destroy - give all memory back, scrubbed, and the promise
 * @gmem:	destroyed already, failed to init, or all zero: nothing is done
 *
 * May sleep.  No vCPU runs, and no CPU holds a translation from its tables.
 */
void atoll_gmem_destroy(struct atoll_gmem *gmem)
{
	if (!gmem->nr_promised)
		return;
	mutex_lock(&gmem->lock);
	/* Nothing may lead to the extents when they go */
	atoll_s2pt_destroy(&gmem->s2);
	if (gmem->slot[0].dir)
		give_all_locked(gmem);
	mutex_unlock(&gmem->lock);
	free_dirs(gmem);
	atoll_pool_release(gmem->pool, gmem->nr_promised);
	mutex_destroy(&gmem->lock);
	memset(gmem, 0, sizeof(*gmem));
}

/**
 * atoll_gmem_resident - bytes that a guest holds
 * @gmem:	the guest's memory
 *
 * Any context.  As it is just now.
 */
u64 atoll_gmem_resident(const struct atoll_gmem *gmem)
{
	return ((u64)READ_ONCE(gmem->nr_resident) << ATOLL_EXTENT_SHIFT) +
	       ((u64)READ_ONCE(gmem->nr_frames) << PAGE_SHIFT);
}

static void clear_slot(const struct atoll_slot *slot)
{
	u32 i, page;

	for (i = 0; i < slot->nr_extents; i++) {
		for (page = 0; page < extent_len(slot, i) / PAGE_SIZE; page++)
			clear_page(atoll_slot_place(slot, i) + page * PAGE_SIZE);
		cond_resched();
	}
}

/**
 * atoll_gmem_zero - make all RAM as it was before the first start
 * @gmem:	the guest's memory
 *
 * What isn't reserved goes back to the pool.  May sleep.  No vCPU runs, and
 * before one does, what its CPU cached of stage 2 is flushed.
 */
void atoll_gmem_zero(struct atoll_gmem *gmem)
{
	const struct atoll_slot *slot;
	int err = 0;

	guard(mutex)(&gmem->lock);
	gmem->dirty = 0;
	for (slot = gmem->slot; slot < gmem->slot + gmem->nr_slots; slot++) {
		if (gmem->reserved)
			clear_slot(slot);
		else
			err = err ?: atoll_s2pt_unmap(&gmem->s2, slot->gpa, slot->len);
	}
	/* No leaf straddles a slot's end: nothing had to be split, nothing can fail */
	if (!gmem->reserved && !WARN_ON_ONCE(err))
		give_all_locked(gmem);
}
