// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pool: host memory for guests, in extents of 2 MiB from the page
 * allocator, up to a limit, and the record of who owns each of them.
 *
 * A guest is promised its memory when it is defined, and takes extents as it
 * goes: what is promised never passes the limit unless the pool is told to
 * overcommit, what is taken never does.  A frame is zero when it leaves the pool
 * and zero again before the host gets it back: nothing in here may skip either.
 * An extent has one entry in the record from the moment that it is taken until
 * it is scrubbed.  elastic.c takes and gives, netlink asks for and sets the limit.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/xarray.h>

#include "atoll.h"

#define EXTENT_ORDER	(ATOLL_EXTENT_SHIFT - PAGE_SHIFT)
#define EXTENT_PAGES	BIT(EXTENT_ORDER)

/*
 * One reference holds a whole extent (COMP).  Work for it, but rather fail
 * than kill a process for it (RETRY_MAYFAIL), and the caller hears a sentence
 * instead of the log (NOWARN).  ZERO: a kernel that zeroes what it hands out
 * anyway does it once.
 */
#define EXTENT_GFP	(GFP_KERNEL | __GFP_COMP | __GFP_ZERO | __GFP_NOWARN | \
			 __GFP_RETRY_MAYFAIL)

/* Taken for a few instructions; nothing is called under it */
static DEFINE_SPINLOCK(pool_lock);
static struct atoll_pool_usage pool;	/* in extents, not bytes [pool_lock] */

/* Who owns the extent at this address, by its number: address / 2 MiB */
static DEFINE_XARRAY(owners);

/**
 * atoll_pool_init - set the first limit
 * @limit_bytes:	rounded down to extents; 0: half of the host's RAM
 */
int atoll_pool_init(u64 limit_bytes)
{
	if (!limit_bytes)
		limit_bytes = (u64)totalram_pages() * PAGE_SIZE / 2;
	spin_lock(&pool_lock);
	pool = (struct atoll_pool_usage){ .limit = limit_bytes >> ATOLL_EXTENT_SHIFT };
	spin_unlock(&pool_lock);
	return 0;
}

/**
 * atoll_pool_exit - check that every extent has come back
 */
void atoll_pool_exit(void)
{
	WARN_ON_ONCE(pool.used || pool.promised || !xa_empty(&owners));
}

/**
 * atoll_pool_set - change what guests may be promised and hold together
 * @bytes:	the limit, rounded down to extents; NULL: as it is
 * @overcommit:	may promises pass the limit? NULL: as it is
 * @extack:	told why not
 *
 * Return: 0, or -EBUSY if guests hold more, or are promised more without
 * overcommit; then nothing has changed.
 */
int atoll_pool_set(const u64 *bytes, const bool *overcommit, struct netlink_ext_ack *extack)
{
	struct atoll_pool_usage want;
	const char *why = NULL;

	spin_lock(&pool_lock);
	want = pool;
	if (bytes)
		want.limit = *bytes >> ATOLL_EXTENT_SHIFT;
	if (overcommit)
		want.overcommit = *overcommit;
	if (want.limit < want.used)
		why = "pool limit is below what guests hold now";
	else if (want.limit < want.promised && !want.overcommit)
		why = "pool limit is below what guests are promised";
	else
		pool = want;
	spin_unlock(&pool_lock);
	if (why && extack)
		extack->_msg = why;
	return why ? -EBUSY : 0;
}

/**
 * atoll_pool_get_usage - what may be held and what is
 * @usage:	filled in, in bytes
 */
void atoll_pool_get_usage(struct atoll_pool_usage *usage)
{
	spin_lock(&pool_lock);
	*usage = pool;
	spin_unlock(&pool_lock);
	usage->limit <<= ATOLL_EXTENT_SHIFT;
	usage->promised <<= ATOLL_EXTENT_SHIFT;
	usage->used <<= ATOLL_EXTENT_SHIFT;
}

/**
 * atoll_pool_promise - promise extents to a guest that is being defined
 * @nr:		how many
 * @extack:	told why not
 *
 * Return: 0, or -ENOSPC: over the limit.
 */
int atoll_pool_promise(u32 nr, struct netlink_ext_ack *extack)
{
	int err = 0;

	spin_lock(&pool_lock);
	if (!pool.overcommit && pool.promised + nr > pool.limit)
		err = -ENOSPC;
	else
		pool.promised += nr;
	spin_unlock(&pool_lock);
	if (err)
		NL_SET_ERR_MSG(extack, "the pool has no room for that much memory");
	return err;
}

/**
 * atoll_pool_release - the guest that was promised them is no more
 * @nr:		of atoll_pool_promise(); all that were taken are back
 */
void atoll_pool_release(u32 nr)
{
	spin_lock(&pool_lock);
	pool.promised -= nr;
	spin_unlock(&pool_lock);
}

/* Before anything is allocated, so that two callers can't share the last room */
static int use_one(void)
{
	int err = 0;

	spin_lock(&pool_lock);
	if (pool.used >= pool.limit)
		err = -ENOSPC;
	else
		pool.used++;
	spin_unlock(&pool_lock);
	return err;
}

static void unuse_one(void)
{
	spin_lock(&pool_lock);
	pool.used--;
	spin_unlock(&pool_lock);
}

static unsigned long extent_number(void *extent)
{
	return virt_to_phys(extent) >> ATOLL_EXTENT_SHIFT;
}

/**
 * atoll_pool_take - take a zeroed extent
 * @owner:	who owns it from now on
 * @extack:	told why not
 *
 * May sleep, for long: the host may have to compact its memory.
 *
 * Return: where the host sees it; ERR_PTR(-ENOSPC): guests hold all that the
 * limit allows; ERR_PTR(-ENOMEM): the host has none.
 */
void *atoll_pool_take(struct atoll_gmem *owner, struct netlink_ext_ack *extack)
{
	struct page *page;
	int err;

	err = use_one();
	if (err) {
		NL_SET_ERR_MSG(extack, "guests hold all that the pool's limit allows");
		return ERR_PTR(err);
	}
	err = -ENOMEM;
	page = alloc_pages(EXTENT_GFP, EXTENT_ORDER);
	if (!page)
		goto unuse;
	err = xa_insert(&owners, extent_number(page_address(page)), owner, GFP_KERNEL);
	if (err)
		goto free;
	return page_address(page);

free:
	__free_pages(page, EXTENT_ORDER);
unuse:
	unuse_one();
	NL_SET_ERR_MSG(extack, "the host has no free 2 MiB extents left");
	return ERR_PTR(err);
}

/**
 * atoll_pool_give - scrub an extent and give it back to the host
 * @extent:	from atoll_pool_take()
 *
 * May sleep.  Nobody may reach it any more: neither a CPU through stage-2
 * tables nor a device.
 */
void atoll_pool_give(void *extent)
{
	struct page *page = virt_to_page(extent);
	u32 i;

	for (i = 0; i < EXTENT_PAGES; i++)
		clear_highpage(page + i);
	WARN_ON_ONCE(!xa_erase(&owners, extent_number(extent)));
	__free_pages(page, EXTENT_ORDER);
	unuse_one();
	cond_resched();
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
	return xa_load(&owners, hpa >> ATOLL_EXTENT_SHIFT);
}

/**
 * atoll_pool_next - the first extent on record from a given one on
 * @number:	of the extent, its address / 2 MiB; receives that of what was found
 *
 * Does not sleep.
 *
 * Return: its owner, who may be gone if there is nothing that keeps him; NULL:
 * there is none.
 */
const struct atoll_gmem *atoll_pool_next(unsigned long *number)
{
	return xa_find(&owners, number, ULONG_MAX, XA_PRESENT);
}

/**
 * atoll_pool_owned - count the extents on record
 * @owner:	whose
 * @all:	receives how many there are of anybody
 *
 * May sleep.  What others take or give meanwhile may be counted or not.
 *
 * Return: how many are @owner's.
 */
u64 atoll_pool_owned(const struct atoll_gmem *owner, u64 *all)
{
	unsigned long number;
	struct atoll_gmem *one;
	u64 owned = 0;

	*all = 0;
	xa_for_each(&owners, number, one) {
		owned += one == owner;
		(*all)++;
		cond_resched();
	}
	return owned;
}

/**
 * atoll_pool_record_bytes - what the record of an extent takes of the host's memory
 * @extent:	the extent; it may be given back meanwhile
 *
 * Its share of the node that it is in with its neighbours.  Does not sleep.
 */
size_t atoll_pool_record_bytes(void *extent)
{
	XA_STATE(xas, &owners, extent_number(extent));
	size_t bytes = 0;

	rcu_read_lock();
	/* The only extent of all, number 0, would need no node */
	if (xas_load(&xas) && xas.xa_node)
		bytes = sizeof(struct xa_node) / max_t(u32, 1, READ_ONCE(xas.xa_node->count));
	rcu_read_unlock();
	return bytes;
}
