// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pool's extents: host memory for guests, 2 MiB at a time, from the page
 * allocator (dynamic) or out of a range that the host leaves alone (reserved).
 *
 * A guest takes extents as it goes, within the pool's limit (limit.c).  A frame is
 * zero when it leaves the pool and zero again before anybody else gets it: nothing in
 * here may skip either.  An extent that comes back is cleared in the background
 * (scrub.c), and counts as long as that takes.  Of a frame of 4 KiB, of which a guest
 * gets some where the host's memory is in pieces, it is done at once.  elastic.c takes
 * and gives, record.c knows whose everything is, pools.c has the list.
 */
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/page-flags.h>

#include "pool.h"

#define EXTENT_ORDER	(ATOLL_EXTENT_SHIFT - PAGE_SHIFT)

/*
 * Of extents and frames.  Work for it, but rather fail than kill a process for it
 * (RETRY_MAYFAIL), and the caller hears a sentence instead of the log (NOWARN).  ZERO: a
 * kernel that zeroes what it hands out anyway does it once.  An extent is no compound
 * page, which could not come apart (atoll_pool_split()).
 */
#define POOL_GFP	(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/* Which extents of a range are taken; held while a free one is looked for */
static DEFINE_SPINLOCK(range_lock);

/**
 * atoll_pool_exit - let all pools go, and check that every extent has come back
 */
void atoll_pool_exit(void)
{
	const struct atoll_pool_usage *usage = &atoll_dynamic_pool.usage;

	atoll_pool_wait_clean(&atoll_dynamic_pool);
	atoll_pool_remove_all();
	atoll_scrub_flush();
	WARN_ON_ONCE(usage->used || usage->promised || !atoll_record_is_empty());
}

/*
 * Which extent of a range comes next: the lowest that is free.  For a guest that takes
 * all of its memory at once, from its first byte on, the one behind the last; and
 * each of its GiB begins at a multiple of one where there is room: see large.c.
 */
static unsigned long pick(const struct atoll_pool *pool, const struct atoll_gmem *owner)
{
	unsigned long nr = pool->len >> ATOLL_EXTENT_SHIFT, i = nr;

	if (!owner->reserved)
		return find_first_zero_bit(pool->taken, nr);
	if (owner->nr_resident % ATOLL_CHUNK_EXTENTS)
		i = find_next_zero_bit(pool->taken, nr, owner->next_extent);
	else if (owner->nr_promised - owner->nr_resident >= ATOLL_CHUNK_EXTENTS)
		i = bitmap_find_next_zero_area_off(pool->taken, nr, 0, ATOLL_CHUNK_EXTENTS,
						   ATOLL_CHUNK_EXTENTS - 1,
						   pool->start >> ATOLL_EXTENT_SHIFT);
	return i < nr ? i : find_first_zero_bit(pool->taken, nr);
}

/*
 * One that is free, zeroed here if no guest has had it yet: whatever the
 * machine had there before must not be seen.  There is one: it has been counted.
 */
static void *take_from_range(struct atoll_pool *pool, struct atoll_gmem *owner)
{
	unsigned long nr = pool->len >> ATOLL_EXTENT_SHIFT, i;
	bool clean = false;
	void *extent;

	spin_lock(&range_lock);
	i = pick(pool, owner);
	if (i < nr) {
		__set_bit(i, pool->taken);
		clean = __test_and_set_bit(i, pool->clean);
	}
	spin_unlock(&range_lock);
	if (WARN_ON_ONCE(i >= nr))
		return NULL;
	owner->next_extent = i + 1;
	extent = pool->map + ((u64)i << ATOLL_EXTENT_SHIFT);
	if (!clean)
		atoll_scrub(extent, BIT(EXTENT_ORDER));
	return extent;
}

/*
 * As virtio-mem says of memory that a guest is not to touch: what makes crash dumps
 * leaves it out, and /proc/kcore reads zeroes.  Whoever is reading there finishes
 * before a guest has it.  Hibernation leaves it out, too: see hibernate.c.
 */
static void hide(struct page *page, u32 nr)
{
	u32 i;

	page_offline_begin();
	for (i = 0; i < nr; i++)
		__SetPageOffline(page + i);
	page_offline_end();
}

static void unhide(struct page *page, u32 nr)
{
	u32 i;

	for (i = 0; i < nr; i++)
		__ClearPageOffline(page + i);
}

static struct page *alloc_for(const struct atoll_gmem *owner, gfp_t gfp, u32 order)
{
	if (!owner->on_node)
		return alloc_pages(gfp, order);
	/* It may have gone since the guest was defined, which the kernel would warn of */
	if (!node_online(owner->node))
		return NULL;
	return alloc_pages_node(owner->node, gfp | __GFP_THISNODE, order);
}

static void *take_from_host(struct atoll_pool *pool, const struct atoll_gmem *owner)
{
	struct page *page = alloc_for(owner, POOL_GFP, EXTENT_ORDER);

	/* The host may have none because it is not back yet */
	if (!page && atoll_pool_wait_clean_a_while(pool))
		page = alloc_for(owner, POOL_GFP, EXTENT_ORDER);
	if (!page)
		return NULL;
	hide(page, BIT(EXTENT_ORDER));
	return page_address(page);
}

static void free_extent(struct atoll_pool *pool, void *extent)
{
	if (!pool->map) {
		unhide(virt_to_page(extent), BIT(EXTENT_ORDER));
		__free_pages(virt_to_page(extent), EXTENT_ORDER);
		return;
	}
	spin_lock(&range_lock);
	__clear_bit((extent - pool->map) >> ATOLL_EXTENT_SHIFT, pool->taken);
	spin_unlock(&range_lock);
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
	const struct atoll_pool *pool = atoll_pool_of(owner);

	return pool->map ? pool->start + (memory - pool->map) : virt_to_phys((void *)memory);
}

/**
 * atoll_pool_take - take a zeroed extent
 * @owner:	who owns it from now on
 * @extack:	told why not
 *
 * May sleep, for long: the host may have to compact its memory, or what others had
 * has to be cleared first.
 *
 * Return: where the host sees it; ERR_PTR(-ENOSPC): guests hold all that the
 * limit allows; ERR_PTR(-ENOMEM): the host has none; ERR_PTR(-EINTR): the caller is
 * being killed.
 */
void *atoll_pool_take(struct atoll_gmem *owner, struct netlink_ext_ack *extack)
{
	struct atoll_pool *pool = atoll_pool_of(owner);
	void *extent;
	int err;

	err = atoll_pool_use(pool, ATOLL_EXTENT_BYTES, extack);
	if (err)
		return ERR_PTR(err);
	err = -ENOMEM;
	extent = pool->map ? take_from_range(pool, owner) : take_from_host(pool, owner);
	if (!extent)
		goto unuse;
	err = atoll_record_add(owner, ATOLL_EXTENT_SHIFT, atoll_pool_hpa(owner, extent));
	if (err)
		goto free;
	return extent;

free:
	free_extent(pool, extent);
unuse:
	atoll_pool_unuse(pool, ATOLL_EXTENT_BYTES);
	if (owner->on_node)
		NL_SET_ERR_MSG(extack, "the NUMA node has no free 2 MiB extents left");
	else
		NL_SET_ERR_MSG(extack, "the host has no free 2 MiB extents left");
	return ERR_PTR(err);
}

/**
 * atoll_pool_give - give an extent back
 * @owner:	whose it is
 * @extent:	from atoll_pool_take()
 *
 * It is cleared later, and has no owner until then.  Does not sleep.  Nobody may
 * reach it any more: neither a CPU through stage-2 tables nor a device.
 */
void atoll_pool_give(struct atoll_gmem *owner, void *extent)
{
	struct atoll_pool *pool = atoll_pool_of(owner);

	atoll_pool_start_clearing(pool);
	atoll_record_leave(owner, pool, atoll_pool_hpa(owner, extent));
	atoll_scrub_start();
}

/* It has been zero, or is now, and can be had */
static void finish_clearing(struct atoll_pool *pool, void *extent)
{
	free_extent(pool, extent);
	atoll_pool_end_clearing(pool);
}

/**
 * atoll_pool_clear - clear an extent that came back, and let others have it
 * @pool:	of which pool; may be gone when this returns
 * @hpa:	of atoll_record_claim()
 *
 * For scrub.c.  May sleep.
 */
void atoll_pool_clear(struct atoll_pool *pool, u64 hpa)
{
	void *extent = pool->map ? pool->map + (hpa - pool->start) : phys_to_virt(hpa);

	atoll_scrub(extent, BIT(EXTENT_ORDER));
	atoll_record_forget(hpa);
	finish_clearing(pool, extent);
}

/**
 * atoll_pool_borrow - keep an extent that is free from everybody, to look at it
 * @pool:	a reserved one
 * @i:		which is the first that will do; receives which it is
 *
 * Only one that has been zeroed will do.  Meanwhile it counts as if it were being
 * cleared: whoever needs the room waits for it.  Does not sleep.
 *
 * Return: where the host sees it; NULL: there is none.
 */
void *atoll_pool_borrow(struct atoll_pool *pool, unsigned long *i)
{
	unsigned long nr = pool->len >> ATOLL_EXTENT_SHIFT;

	/* Not the last room of who is about to pick one */
	if (!atoll_pool_pretend_clearing(pool))
		return NULL;
	spin_lock(&range_lock);
	do {
		*i = find_next_zero_bit(pool->taken, nr, *i);
	} while (*i < nr && !test_bit(*i, pool->clean) && ++*i);
	if (*i < nr)
		__set_bit(*i, pool->taken);
	spin_unlock(&range_lock);
	if (*i < nr)
		return pool->map + ((u64)*i << ATOLL_EXTENT_SHIFT);
	atoll_pool_end_clearing(pool);
	return NULL;
}

/**
 * atoll_pool_unborrow - and let others have it again
 * @pool:	of which pool
 * @extent:	from atoll_pool_borrow(), as it was
 *
 * Does not sleep.
 */
void atoll_pool_unborrow(struct atoll_pool *pool, void *extent)
{
	finish_clearing(pool, extent);
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
	struct atoll_pool *pool = atoll_pool_of(owner);
	struct page *page;
	int err;

	err = atoll_pool_use(pool, PAGE_SIZE, extack);
	if (err)
		return ERR_PTR(err);
	err = -ENOMEM;
	page = alloc_for(owner, POOL_GFP, 0);
	if (!page)
		goto unuse;
	err = atoll_record_add(owner, PAGE_SHIFT, page_to_phys(page));
	if (err)
		goto free;
	hide(page, 1);
	return page_address(page);

free:
	__free_page(page);
unuse:
	atoll_pool_unuse(pool, PAGE_SIZE);
	NL_SET_ERR_MSG(extack, "the host has no memory left");
	return ERR_PTR(err);
}

/**
 * atoll_pool_give_frame - scrub a frame and give it back
 * @owner:	whose it is
 * @frame:	from atoll_pool_take_frame()
 *
 * As atoll_pool_give(), but it is cleared at once.
 */
void atoll_pool_give_frame(struct atoll_gmem *owner, void *frame)
{
	atoll_scrub(frame, 1);
	atoll_record_remove_frame(owner, virt_to_phys(frame));
	unhide(virt_to_page(frame), 1);
	free_page((unsigned long)frame);
	atoll_pool_unuse(atoll_pool_of(owner), PAGE_SIZE);
}

/**
 * atoll_pool_split - make frames of an extent, where it lies
 * @owner:	whose it is; its pool is a dynamic one
 * @extent:	from atoll_pool_take(), and no extent any more
 *
 * Each of the 512 is as if it came from atoll_pool_take_frame().  May sleep.
 *
 * Return: 0; -ENOMEM: it is an extent still.
 */
int atoll_pool_split(struct atoll_gmem *owner, void *extent)
{
	int err = atoll_record_split(owner, atoll_pool_hpa(owner, extent));

	if (!err)
		split_page(virt_to_page(extent), EXTENT_ORDER);
	return err;
}
