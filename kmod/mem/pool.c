// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pool: host memory for guests, in extents of 2 MiB from the page
 * allocator, up to a limit.
 *
 * A frame is zero when it leaves the pool and zero again before the host gets
 * it back: nothing in here may skip either.  Whoever took an extent is its
 * only owner until it is given back.  gmem.c calls take and give, netlink
 * asks for and sets the limit.
 */
#include <linux/gfp.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>

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
static u64 pool_limit;		/* in extents, like pool_used [pool_lock] */
static u64 pool_used;		/* reserved, allocated or not [pool_lock] */

/**
 * atoll_pool_init - set the first limit
 * @limit_bytes:	rounded down to extents; 0: half of the host's RAM
 */
int atoll_pool_init(u64 limit_bytes)
{
	if (!limit_bytes)
		limit_bytes = (u64)totalram_pages() * PAGE_SIZE / 2;
	spin_lock(&pool_lock);
	pool_limit = limit_bytes >> ATOLL_EXTENT_SHIFT;
	pool_used = 0;
	spin_unlock(&pool_lock);
	return 0;
}

/**
 * atoll_pool_exit - check that every extent has come back
 */
void atoll_pool_exit(void)
{
	WARN_ON_ONCE(pool_used);
}

/**
 * atoll_pool_set_limit - change what guests may hold together
 * @bytes:	rounded down to extents
 * @extack:	told why not
 *
 * Return: 0, or -EBUSY if guests hold more.
 */
int atoll_pool_set_limit(u64 bytes, struct netlink_ext_ack *extack)
{
	u64 limit = bytes >> ATOLL_EXTENT_SHIFT;
	int err = 0;

	spin_lock(&pool_lock);
	if (limit < pool_used)
		err = -EBUSY;
	else
		pool_limit = limit;
	spin_unlock(&pool_lock);
	if (err)
		NL_SET_ERR_MSG(extack, "pool limit is below what guests hold now");
	return err;
}

/**
 * atoll_pool_usage - what may be held and what is
 * @limit_bytes:	the limit
 * @used_bytes:		held by guests, or reserved by one in the making
 */
void atoll_pool_usage(u64 *limit_bytes, u64 *used_bytes)
{
	spin_lock(&pool_lock);
	*limit_bytes = pool_limit << ATOLL_EXTENT_SHIFT;
	*used_bytes = pool_used << ATOLL_EXTENT_SHIFT;
	spin_unlock(&pool_lock);
}

/* Before anything is allocated, so that two callers can't share the last room */
static int reserve(u32 nr)
{
	int err = 0;

	spin_lock(&pool_lock);
	if (nr > pool_limit - pool_used)
		err = -ENOSPC;
	else
		pool_used += nr;
	spin_unlock(&pool_lock);
	return err;
}

static void unreserve(u32 nr)
{
	spin_lock(&pool_lock);
	pool_used -= nr;
	spin_unlock(&pool_lock);
}

static void free_extents(struct page **extents, u32 nr)
{
	u32 i, page;

	for (i = 0; i < nr; i++) {
		for (page = 0; page < EXTENT_PAGES; page++)
			clear_highpage(extents[i] + page);
		__free_pages(extents[i], EXTENT_ORDER);
		extents[i] = NULL;
		cond_resched();
	}
}

/**
 * atoll_pool_take - take zeroed extents, all or none
 * @extents:	room for @nr pointers to their first pages
 * @nr:		how many, may be 0
 * @extack:	told why not
 *
 * May sleep, for long: the host may have to compact its memory.
 *
 * Return: 0; -ENOSPC: over the limit; -ENOMEM: the host has none;
 * -EINTR: the caller is being killed.
 */
int atoll_pool_take(struct page **extents, u32 nr, struct netlink_ext_ack *extack)
{
	int err;
	u32 i;

	err = reserve(nr);
	if (err) {
		NL_SET_ERR_MSG(extack, "the pool has no room for that much memory");
		return err;
	}

	for (i = 0; i < nr; i++) {
		err = -EINTR;
		if (fatal_signal_pending(current))
			goto free_taken;
		err = -ENOMEM;
		extents[i] = alloc_pages(EXTENT_GFP, EXTENT_ORDER);
		if (!extents[i])
			goto free_taken;
		cond_resched();
	}
	return 0;

free_taken:
	if (err == -EINTR)
		NL_SET_ERR_MSG(extack, "interrupted while memory was taken");
	else
		NL_SET_ERR_MSG(extack, "the host has no free 2 MiB extents left");
	free_extents(extents, i);
	unreserve(nr);
	return err;
}

/**
 * atoll_pool_give - scrub extents and give them back to the host
 * @extents:	what atoll_pool_take() filled in; set to NULL
 * @nr:		how many
 *
 * May sleep.  Nobody may reach the extents any more: neither a CPU through
 * stage-2 tables nor a device.
 */
void atoll_pool_give(struct page **extents, u32 nr)
{
	free_extents(extents, nr);
	unreserve(nr);
}
