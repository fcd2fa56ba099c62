// SPDX-License-Identifier: GPL-2.0-only
/*
 * The one record of who owns what, whatever pool it is of: an entry for each extent
 * from the moment that it is taken until it is clean again, and one for each frame
 * that is no extent's.  An address can't have two, but for a moment, in which an extent
 * comes apart, and both are the same owner's.
 *
 * What a guest has given back and what is not cleared yet stays on record, for its
 * pool and for nobody.  Locks: the xarrays' own.  pool.c writes it, scrub.c finds
 * what is to be cleared, audits and overhead read.
 */
#include <linux/mm.h>
#include <linux/xarray.h>

#include "pool.h"

/* Who owns the extent at this address, by its number: address / 2 MiB */
static DEFINE_XARRAY(owners);
/* Who owns a frame that is no extent's, by its number */
static DEFINE_XARRAY(frame_owners);

/* Entries of what waits to be cleared and whom nobody has claimed yet */
#define WAITS	XA_MARK_0

/* A tagged pointer leads to a pool, one without a tag to a guest's memory */
#define NOBODY	1

/* Nobody shall be killed for what a guest can do without */
#define SPLIT_GFP	(GFP_KERNEL | __GFP_NORETRY | __GFP_NOWARN)

static bool is_owned(const void *entry)
{
	return entry && xa_pointer_tag((void *)entry) != NOBODY;
}

static struct xarray *record_of(u32 shift)
{
	return shift == PAGE_SHIFT ? &frame_owners : &owners;
}

/**
 * atoll_record_add - something has an owner from now on
 * @owner:	who
 * @shift:	ATOLL_EXTENT_SHIFT: an extent; PAGE_SHIFT: a frame
 * @hpa:	its host-physical address
 *
 * May sleep.
 *
 * Return: 0; -ENOMEM; -EBUSY: it has one, which is a defect.
 */
int atoll_record_add(struct atoll_gmem *owner, u32 shift, u64 hpa)
{
	return xa_insert(record_of(shift), hpa >> shift, owner, GFP_KERNEL);
}

/**
 * atoll_record_remove_frame - a frame is the host's again
 * @owner:	whose it was
 * @hpa:	its host-physical address
 *
 * Does not sleep.
 */
void atoll_record_remove_frame(struct atoll_gmem *owner, u64 hpa)
{
	WARN_ON_ONCE(xa_erase(&frame_owners, hpa >> PAGE_SHIFT) != owner);
}

/**
 * atoll_record_split - an extent is on record as frames from now on
 * @owner:	whose it is
 * @hpa:	its host-physical address
 *
 * Until all frames are, it is as an extent.  May sleep.
 *
 * Return: 0; -ENOMEM: it is as it was.
 */
int atoll_record_split(struct atoll_gmem *owner, u64 hpa)
{
	unsigned long first = hpa >> PAGE_SHIFT, end = first + ATOLL_EXTENT_BYTES / PAGE_SIZE;
	unsigned long number;
	int err = 0;

	for (number = first; !err && number < end; number++)
		err = xa_insert(&frame_owners, number, owner, SPLIT_GFP);
	if (err) {
		/* The last one is not there */
		for (number--; number-- > first;)
			atoll_record_remove_frame(owner, (u64)number << PAGE_SHIFT);
		return err;
	}
	WARN_ON_ONCE(xa_erase(&owners, hpa >> ATOLL_EXTENT_SHIFT) != owner);
	return 0;
}

/**
 * atoll_record_leave - an extent has no owner any more, and is to be cleared
 * @owner:	whose it was
 * @pool:	of which pool
 * @hpa:	its host-physical address
 *
 * Does not sleep, and can't fail: there is an entry.
 */
void atoll_record_leave(struct atoll_gmem *owner, struct atoll_pool *pool, u64 hpa)
{
	unsigned long number = hpa >> ATOLL_EXTENT_SHIFT;
	void *was;

	xa_lock(&owners);
	was = __xa_store(&owners, number, xa_tag_pointer(pool, NOBODY), GFP_ATOMIC);
	__xa_set_mark(&owners, number, WAITS);
	xa_unlock(&owners);
	WARN_ON_ONCE(was != owner);
}

/**
 * atoll_record_claim - find an extent that waits to be cleared
 * @hpa:	receives its host-physical address
 *
 * Nobody else is told of it.  Does not sleep.
 *
 * Return: its pool, NULL: there is none.
 */
struct atoll_pool *atoll_record_claim(u64 *hpa)
{
	unsigned long number = 0;
	void *entry;

	xa_lock(&owners);
	entry = xa_find(&owners, &number, ULONG_MAX, WAITS);
	if (entry)
		__xa_clear_mark(&owners, number, WAITS);
	xa_unlock(&owners);
	*hpa = (u64)number << ATOLL_EXTENT_SHIFT;
	return entry ? xa_untag_pointer(entry) : NULL;
}

/**
 * atoll_record_forget - an extent is clean
 * @hpa:	its host-physical address, from atoll_record_claim()
 *
 * Does not sleep.
 */
void atoll_record_forget(u64 hpa)
{
	WARN_ON_ONCE(is_owned(xa_erase(&owners, hpa >> ATOLL_EXTENT_SHIFT)));
}

/** atoll_record_is_empty() - is nothing on record? */
bool atoll_record_is_empty(void)
{
	return xa_empty(&owners) && xa_empty(&frame_owners);
}

/**
 * atoll_pool_owner - whose is the memory at this address?
 * @hpa:	host-physical address, of anything
 *
 * Does not sleep.
 *
 * Return: the guest's memory that it is a part of; NULL: it is no guest's.
 */
struct atoll_gmem *atoll_pool_owner(u64 hpa)
{
	void *owner = xa_load(&owners, hpa >> ATOLL_EXTENT_SHIFT) ?:
		      xa_load(&frame_owners, hpa >> PAGE_SHIFT);

	return is_owned(owner) ? owner : NULL;
}

/**
 * atoll_pool_next_owned - the first on record from a given one on
 * @shift:	ATOLL_EXTENT_SHIFT: of the extents, PAGE_SHIFT: of the frames that are none's
 * @number:	its address >> @shift; receives that of what was found
 *
 * Does not sleep.
 *
 * Return: its owner, who may be gone if there is nothing that keeps him; NULL:
 * there is none.
 */
const struct atoll_gmem *atoll_pool_next_owned(u32 shift, unsigned long *number)
{
	const void *owner = xa_find(record_of(shift), number, ULONG_MAX, XA_PRESENT);

	while (owner && !is_owned(owner))
		owner = xa_find_after(record_of(shift), number, ULONG_MAX, XA_PRESENT);
	return owner;
}

/**
 * atoll_pool_owned - count what is on record
 * @owner:	whose
 * @shift:	as in atoll_pool_next_owned()
 *
 * May sleep.  What is taken or given meanwhile may be counted or not.
 *
 * Return: how many are @owner's.
 */
u64 atoll_pool_owned(const struct atoll_gmem *owner, u32 shift)
{
	unsigned long number;
	const void *one;
	u64 nr = 0;

	xa_for_each(record_of(shift), number, one) {
		nr += one == owner;
		cond_resched();
	}
	return nr;
}

/**
 * atoll_pool_record_bytes - what the record of an extent takes of the host's memory
 * @owner:	whose it is
 * @extent:	the extent; it may be given back meanwhile
 *
 * Its share of the node that it is in with its neighbours.  Does not sleep.
 */
size_t atoll_pool_record_bytes(const struct atoll_gmem *owner, void *extent)
{
	XA_STATE(xas, &owners, atoll_pool_hpa(owner, extent) >> ATOLL_EXTENT_SHIFT);
	size_t bytes = 0;

	rcu_read_lock();
	/* The only extent of all, number 0, would need no node */
	if (xas_load(&xas) && xas.xa_node)
		bytes = sizeof(struct xa_node) / max_t(u32, 1, READ_ONCE(xas.xa_node->count));
	rcu_read_unlock();
	return bytes;
}

/**
 * atoll_pool_frame_record_bytes - the same of a frame that is no extent's, at the least
 *
 * That is when its neighbours are on record as well.  Any context.
 */
size_t atoll_pool_frame_record_bytes(void)
{
	return sizeof(struct xa_node) / XA_CHUNK_SIZE;
}
