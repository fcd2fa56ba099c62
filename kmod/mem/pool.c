// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pool's extents: host memory for guests, 2 MiB at a time, from the page
 * allocator (dynamic) or out of a range that the host leaves alone (reserved), up
 * to a limit; and the one record of who owns each of them, whatever pool it is of.
 *
 * A guest is promised its memory when it is defined, and takes extents as it
 * goes: what is promised never passes the limit unless the pool is told to
 * overcommit, what is taken never does.  A frame is zero when it leaves the pool
 * and zero again before anybody else gets it: nothing in here may skip either.
 * An extent has one entry in the record from the moment that it is taken until
 * it is scrubbed; so does a frame of 4 KiB, of which a guest gets some where the
 * host's memory is in pieces.  elastic.c takes and gives, pools.c has the list.
 */
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/xarray.h>

#include "pool.h"

#define EXTENT_ORDER	(ATOLL_EXTENT_SHIFT - PAGE_SHIFT)

/*
 * One reference holds a whole extent (COMP).  Work for it, but rather fail
 * than kill a process for it (RETRY_MAYFAIL), and the caller hears a sentence
 * instead of the log (NOWARN).  ZERO: a kernel that zeroes what it hands out
 * anyway does it once.
 */
#define EXTENT_GFP	(GFP_KERNEL | __GFP_COMP | __GFP_ZERO | __GFP_NOWARN | \
			 __GFP_RETRY_MAYFAIL)

#define FRAME_GFP	(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/* Taken for a few instructions; nothing is called under it */
static DEFINE_SPINLOCK(pool_lock);

/* Who owns the extent at this address, by its number: address / 2 MiB */
static DEFINE_XARRAY(owners);
/* Who owns a frame that is no extent's, by its number; no byte is in both */
static DEFINE_XARRAY(frame_owners);

/**
 * atoll_pool_init - set the default pool's first limit
 * @limit_bytes:	rounded down to extents; 0: half of the host's RAM
 */
int atoll_pool_init(u64 limit_bytes)
{
	if (!limit_bytes)
		limit_bytes = (u64)totalram_pages() * PAGE_SIZE / 2;
	spin_lock(&pool_lock);
	atoll_dynamic_pool.usage = (struct atoll_pool_usage){
		.limit = round_down(limit_bytes, ATOLL_EXTENT_BYTES),
	};
	spin_unlock(&pool_lock);
	return 0;
}

/**
 * atoll_pool_exit - let all pools go, and check that every extent has come back
 */
void atoll_pool_exit(void)
{
	const struct atoll_pool_usage *usage = &atoll_dynamic_pool.usage;

	WARN_ON_ONCE(usage->used || usage->promised || !xa_empty(&owners) ||
		     !xa_empty(&frame_owners));
	atoll_pool_remove_all();
}

/* More can't be there to take */
static u64 most_bytes(const struct atoll_pool *pool)
{
	return pool->map ? pool->len : (u64)totalram_pages() * PAGE_SIZE;
}

/**
 * atoll_pool_set - change what guests may be promised and hold together
 * @pool:	of which pool
 * @bytes:	the limit, rounded down to extents; NULL: as it is
 * @overcommit:	may promises pass the limit? NULL: as it is
 * @extack:	told why not
 *
 * Does not sleep.
 *
 * Return: 0; -EBUSY: guests hold more, or are promised more without overcommit;
 * -EINVAL: less than an extent; -ERANGE: more than there is.  When it is refused,
 * nothing has changed.
 */
int atoll_pool_set(struct atoll_pool *pool, const u64 *bytes, const bool *overcommit,
		   struct netlink_ext_ack *extack)
{
	struct atoll_pool_usage want;
	const char *why = NULL;
	int err = -EBUSY;

	spin_lock(&pool_lock);
	want = pool->usage;
	if (bytes)
		want.limit = round_down(*bytes, ATOLL_EXTENT_BYTES);
	if (overcommit)
		want.overcommit = *overcommit;
	if (want.limit < want.used)
		why = "pool limit is below what guests hold now";
	else if (want.limit < want.promised && !want.overcommit)
		why = "pool limit is below what guests are promised";
	if (!why && bytes && !want.limit) {
		why = "pool limit is less than 2 MiB";
		err = -EINVAL;
	} else if (!why && bytes && want.limit > most_bytes(pool)) {
		why = "pool limit is more than there is";
		err = -ERANGE;
	}
	if (!why)
		pool->usage = want;
	spin_unlock(&pool_lock);
	if (why && extack)
		extack->_msg = why;
	return why ? err : 0;
}

/**
 * atoll_pool_get_usage - what may be held and what is
 * @pool:	of which pool
 * @usage:	filled in
 *
 * Does not sleep.
 */
void atoll_pool_get_usage(struct atoll_pool *pool, struct atoll_pool_usage *usage)
{
	spin_lock(&pool_lock);
	*usage = pool->usage;
	spin_unlock(&pool_lock);
}

/**
 * atoll_pool_promise - promise extents to a guest that is being defined
 * @pool:	from which pool
 * @nr:		how many
 * @extack:	told why not
 *
 * Does not sleep.
 *
 * Return: 0, or -ENOSPC: over the limit.
 */
int atoll_pool_promise(struct atoll_pool *pool, u32 nr, struct netlink_ext_ack *extack)
{
	struct atoll_pool_usage *usage = &pool->usage;
	u64 bytes = (u64)nr << ATOLL_EXTENT_SHIFT;
	int err = 0;

	spin_lock(&pool_lock);
	if (!usage->overcommit && usage->promised + bytes > usage->limit)
		err = -ENOSPC;
	else
		usage->promised += bytes;
	spin_unlock(&pool_lock);
	if (err)
		NL_SET_ERR_MSG(extack, "the pool has no room for that much memory");
	return err;
}

/**
 * atoll_pool_release - the guest that was promised them is no more
 * @pool:	of which pool
 * @nr:		of atoll_pool_promise(); all that were taken are back
 *
 * Does not sleep.
 */
void atoll_pool_release(struct atoll_pool *pool, u32 nr)
{
	spin_lock(&pool_lock);
	pool->usage.promised -= (u64)nr << ATOLL_EXTENT_SHIFT;
	spin_unlock(&pool_lock);
}

static struct atoll_pool *pool_of(const struct atoll_gmem *owner)
{
	return owner->pool ?: &atoll_dynamic_pool;
}

/* Before anything is allocated, so that two callers can't share the last room */
static int use(struct atoll_pool *pool, u64 bytes)
{
	int err = 0;

	spin_lock(&pool_lock);
	if (pool->usage.used + bytes > pool->usage.limit)
		err = -ENOSPC;
	else
		pool->usage.used += bytes;
	spin_unlock(&pool_lock);
	return err;
}

static void unuse(struct atoll_pool *pool, u64 bytes)
{
	spin_lock(&pool_lock);
	pool->usage.used -= bytes;
	spin_unlock(&pool_lock);
}

/* clear_page() is the fastest that the kernel found for this CPU at boot */
static void scrub(void *memory, u32 nr_pages)
{
	u32 i;

	for (i = 0; i < nr_pages; i++)
		clear_page(memory + i * PAGE_SIZE);
}

/*
 * The lowest that is free, zeroed here if no guest has had it yet: whatever the
 * machine had there before must not be seen.  There is one: it has been counted.
 */
static void *take_from_range(struct atoll_pool *pool)
{
	unsigned long nr = pool->len >> ATOLL_EXTENT_SHIFT, i;
	bool clean = false;
	void *extent;

	spin_lock(&pool_lock);
	i = find_first_zero_bit(pool->taken, nr);
	if (i < nr) {
		__set_bit(i, pool->taken);
		clean = __test_and_set_bit(i, pool->clean);
	}
	spin_unlock(&pool_lock);
	if (WARN_ON_ONCE(i >= nr))
		return NULL;
	extent = pool->map + ((u64)i << ATOLL_EXTENT_SHIFT);
	if (!clean)
		scrub(extent, BIT(EXTENT_ORDER));
	return extent;
}

static void *take_from_host(void)
{
	struct page *page = alloc_pages(EXTENT_GFP, EXTENT_ORDER);

	return page ? page_address(page) : NULL;
}

static void free_extent(struct atoll_pool *pool, void *extent)
{
	if (!pool->map) {
		__free_pages(virt_to_page(extent), EXTENT_ORDER);
		return;
	}
	spin_lock(&pool_lock);
	__clear_bit((extent - pool->map) >> ATOLL_EXTENT_SHIFT, pool->taken);
	spin_unlock(&pool_lock);
}

/**
 * atoll_pool_hpa - the physical address of what a guest owns
 * @owner:	who took it
 * @memory:	where the host sees it, anywhere in an extent
 *
 * Any context.
 */
u64 atoll_pool_hpa(const struct atoll_gmem *owner, const void *memory)
{
	const struct atoll_pool *pool = pool_of(owner);

	return pool->map ? pool->start + (memory - pool->map) : virt_to_phys((void *)memory);
}

static unsigned long extent_number(const struct atoll_gmem *owner, const void *extent)
{
	return atoll_pool_hpa(owner, extent) >> ATOLL_EXTENT_SHIFT;
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
	struct atoll_pool *pool = pool_of(owner);
	void *extent;
	int err;

	err = use(pool, ATOLL_EXTENT_BYTES);
	if (err) {
		NL_SET_ERR_MSG(extack, "guests hold all that the pool's limit allows");
		return ERR_PTR(err);
	}
	err = -ENOMEM;
	extent = pool->map ? take_from_range(pool) : take_from_host();
	if (!extent)
		goto unuse;
	err = xa_insert(&owners, extent_number(owner, extent), owner, GFP_KERNEL);
	if (err)
		goto free;
	return extent;

free:
	free_extent(pool, extent);
unuse:
	unuse(pool, ATOLL_EXTENT_BYTES);
	NL_SET_ERR_MSG(extack, "the host has no free 2 MiB extents left");
	return ERR_PTR(err);
}

/**
 * atoll_pool_give - scrub an extent and give it back
 * @owner:	whose it is
 * @extent:	from atoll_pool_take()
 *
 * May sleep.  Nobody may reach it any more: neither a CPU through stage-2
 * tables nor a device.
 */
void atoll_pool_give(struct atoll_gmem *owner, void *extent)
{
	struct atoll_pool *pool = pool_of(owner);

	scrub(extent, BIT(EXTENT_ORDER));
	WARN_ON_ONCE(xa_erase(&owners, extent_number(owner, extent)) != owner);
	free_extent(pool, extent);
	unuse(pool, ATOLL_EXTENT_BYTES);
	cond_resched();
}

/**
 * atoll_pool_take_frame - take a zeroed frame of 4 KiB
 * @owner:	who owns it from now on; its pool is a dynamic one
 * @extack:	told why not
 *
 * May sleep.
 *
 * Return: as atoll_pool_take().
 */
void *atoll_pool_take_frame(struct atoll_gmem *owner, struct netlink_ext_ack *extack)
{
	struct atoll_pool *pool = pool_of(owner);
	struct page *page;
	int err;

	err = use(pool, PAGE_SIZE);
	if (err) {
		NL_SET_ERR_MSG(extack, "guests hold all that the pool's limit allows");
		return ERR_PTR(err);
	}
	err = -ENOMEM;
	page = alloc_page(FRAME_GFP);
	if (!page)
		goto unuse;
	err = xa_insert(&frame_owners, page_to_pfn(page), owner, GFP_KERNEL);
	if (err)
		goto free;
	return page_address(page);

free:
	__free_page(page);
unuse:
	unuse(pool, PAGE_SIZE);
	NL_SET_ERR_MSG(extack, "the host has no memory left");
	return ERR_PTR(err);
}

/**
 * atoll_pool_give_frame - scrub a frame and give it back
 * @owner:	whose it is
 * @frame:	from atoll_pool_take_frame()
 *
 * As atoll_pool_give(), but does not sleep.
 */
void atoll_pool_give_frame(struct atoll_gmem *owner, void *frame)
{
	scrub(frame, 1);
	WARN_ON_ONCE(xa_erase(&frame_owners, virt_to_phys(frame) >> PAGE_SHIFT) != owner);
	free_page((unsigned long)frame);
	unuse(pool_of(owner), PAGE_SIZE);
}

/**
 * atoll_pool_count_split - there was no extent, but there was a frame
 * @owner:	for whom
 *
 * Does not sleep.
 */
void atoll_pool_count_split(struct atoll_gmem *owner)
{
	spin_lock(&pool_lock);
	pool_of(owner)->usage.nr_split++;
	spin_unlock(&pool_lock);
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
	return xa_load(&owners, hpa >> ATOLL_EXTENT_SHIFT) ?:
	       xa_load(&frame_owners, hpa >> PAGE_SHIFT);
}

static u64 count_owned(struct xarray *record, const struct atoll_gmem *owner, u64 *all)
{
	unsigned long number;
	struct atoll_gmem *one;
	u64 owned = 0;

	*all = 0;
	xa_for_each(record, number, one) {
		owned += one == owner;
		(*all)++;
		cond_resched();
	}
	return owned;
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
	return xa_find(shift == PAGE_SHIFT ? &frame_owners : &owners, number, ULONG_MAX,
		       XA_PRESENT);
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
	return count_owned(&owners, owner, all);
}

/**
 * atoll_pool_owned_frames - count the frames on record that are no extent's
 * @owner:	whose
 * @all:	as in atoll_pool_owned()
 *
 * May sleep, the same way.
 *
 * Return: how many are @owner's.
 */
u64 atoll_pool_owned_frames(const struct atoll_gmem *owner, u64 *all)
{
	return count_owned(&frame_owners, owner, all);
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
	XA_STATE(xas, &owners, extent_number(owner, extent));
	size_t bytes = 0;

	rcu_read_lock();
	/* The only extent of all, number 0, would need no node */
	if (xas_load(&xas) && xas.xa_node)
		bytes = sizeof(struct xa_node) / max_t(u32, 1, READ_ONCE(xas.xa_node->count));
	rcu_read_unlock();
	return bytes;
}
