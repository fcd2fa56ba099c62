// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest holds of the memory that it is promised: nothing at first, and
 * an extent more whenever something in it is written first, be it by the
 * guest, a device, the boot loader or an instruction that is carried out here.
 *
 * An extent is taken, zeroed, mapped, and then published: whoever sees it in its
 * slot may use it, without a lock, for as long as a vCPU may run.  It is given
 * back only while none does, with nothing left that leads to it.  Called by
 * vm/, which decides when; reading and writing is in gmem.c.
 */
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "gmem.h"

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

/* The part of an extent that is RAM: all of it, but for a slot's last */
static u64 extent_len(const struct atoll_slot *slot, u32 i)
{
	return min_t(u64, ATOLL_EXTENT_BYTES,
		     slot->len - ((u64)i << ATOLL_EXTENT_SHIFT));
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
	void *extent;
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
		extent = atoll_slot_extent(slot, i);
		if (extent)
			sum += atoll_pool_record_bytes(gmem, extent);
	}
	return sum;
}

/**
 * atoll_gmem_books_bytes - what it takes to know of the extents that a guest holds
 * @gmem:	its memory
 *
 * May sleep.  What is taken or given back meanwhile may be counted or not.
 */
u64 atoll_gmem_books_bytes(const struct atoll_gmem *gmem)
{
	u32 nr = nr_chunks(&gmem->slot[0]) + nr_chunks(&gmem->slot[1]);

	return kmalloc_size_roundup(nr * sizeof(*gmem->slot[0].dir)) +
	       slot_bytes(gmem, &gmem->slot[0]) + slot_bytes(gmem, &gmem->slot[1]);
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
		/* Pairs with the dependent load in atoll_slot_extent() */
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

/*
 * The lock is held while the host looks for an extent: whoever wants the same one
 * must find it then, and not starve for one that is about to come.
 */
static int fill_extent(struct atoll_gmem *gmem, const struct atoll_slot *slot, u32 i,
		       struct netlink_ext_ack *extack)
{
	void *extent;
	int err;

	if (atoll_slot_extent(slot, i))
		return 0;
	guard(mutex)(&gmem->lock);
	if (atoll_slot_extent(slot, i))
		return 0;
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
	u32 i, last;
	int err;

	if (!slot)
		return -EFAULT;
	if (!len)
		return 0;
	last = (gpa + len - 1 - slot->gpa) >> ATOLL_EXTENT_SHIFT;
	for (i = (gpa - slot->gpa) >> ATOLL_EXTENT_SHIFT; i <= last; i++) {
		if (fatal_signal_pending(current)) {
			NL_SET_ERR_MSG(extack, "interrupted while memory was taken");
			return -EINTR;
		}
		err = fill_extent(gmem, slot, i, extack);
		if (err)
			return err;
		cond_resched();
	}
	/* A vCPU that faulted there would come again and again */
	return WARN_ON_ONCE(atoll_s2pt_lookup(&gmem->s2, gpa, &leaf)) ? -EFAULT : 0;
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
			place = &slot->dir[i / ATOLL_CHUNK_EXTENTS][i % ATOLL_CHUNK_EXTENTS];
			if (!*place)
				continue;
			atoll_pool_give(gmem, *place);
			*place = NULL;
		}
	}
	WRITE_ONCE(gmem->nr_resident, 0);
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
 * @pool:	where its memory comes from; stays for as long as @gmem
 * @bytes:	of RAM: a multiple of 4096, up to ATOLL_MEMORY_MAX
 * @reserve:	take all of it now, and keep it
 * @fmt:	format of the stage-2 tables
 * @levels:	and their depth
 * @extack:	told why not
 *
 * May sleep.  After a failure @gmem holds nothing and may be destroyed.
 *
 * Return: 0; -EINVAL, -ERANGE: @bytes; -ENOSPC: the pool's limit;
 * -ENOMEM; -EINTR: the caller is being killed.
 */
int atoll_gmem_init(struct atoll_gmem *gmem, struct atoll_pool *pool, u64 bytes, bool reserve,
		    const struct atoll_s2_format *fmt, u32 levels,
		    struct netlink_ext_ack *extack)
{
	int err;
	u32 nr;

	memset(gmem, 0, sizeof(*gmem));
	err = check_bytes(bytes, extack);
	if (err)
		return err;
	gmem->pool = pool;
	gmem->nr_slots = atoll_gmem_layout(bytes, gmem->slot);
	nr = gmem->slot[0].nr_extents + gmem->slot[1].nr_extents;
	err = atoll_pool_promise(pool, nr, extack);
	if (err) {
		memset(gmem, 0, sizeof(*gmem));
		return err;
	}
	mutex_init(&gmem->lock);
	gmem->nr_promised = nr;
	gmem->reserved = reserve;
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

static void clear_slot(const struct atoll_slot *slot)
{
	u32 i, page;

	for (i = 0; i < slot->nr_extents; i++) {
		for (page = 0; page < extent_len(slot, i) / PAGE_SIZE; page++)
			clear_page(atoll_slot_extent(slot, i) + page * PAGE_SIZE);
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
