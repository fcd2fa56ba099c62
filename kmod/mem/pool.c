// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pool's extents: host memory for guests, 2 MiB at a time, from the page
 * allocator (dynamic) or out of a range that the host leaves alone (reserved), up
 * to a limit.
 *
 * A guest is promised its memory when it is defined, and takes extents as it
 * goes: what is promised never passes the limit unless the pool is told to
 * overcommit, what is taken never does.  A frame is zero when it leaves the pool
 * and zero again before anybody else gets it: nothing in here may skip either.
 * An extent that comes back is cleared in the background (scrub.c), and counts as
 * long as that takes.  Of a frame of 4 KiB, of which a guest gets some where the
 * host's memory is in pieces, it is done at once.  elastic.c takes and gives,
 * record.c knows whose everything is, pools.c has the list.
 */
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/nodemask.h>
#include <linux/page-flags.h>
#include <linux/wait.h>

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

/* Who waits for an extent to be clean, whatever pool it is of */
static DECLARE_WAIT_QUEUE_HEAD(clean_wait);

/*
 * How long, in ticks.  An extent takes less than a millisecond, but guests that are
 * reset again and again give back and take all the while: nobody may be kept from
 * ending by that.
 */
#define CLEAN_PATIENCE	(10 * HZ)

/**
 * atoll_pool_init - set the default pool's first limit
 * @limit_bytes:	rounded down to extents; 0: half of the host's RAM
 *
 * No guest holds any of it.  May sleep.
 */
int atoll_pool_init(u64 limit_bytes)
{
	if (!limit_bytes)
		limit_bytes = (u64)totalram_pages() * PAGE_SIZE / 2;
	atoll_pool_wait_clean(&atoll_dynamic_pool);
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

	atoll_pool_wait_clean(&atoll_dynamic_pool);
	atoll_pool_remove_all();
	atoll_scrub_flush();
	WARN_ON_ONCE(usage->used || usage->promised || !atoll_record_is_empty());
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

/* What is being cleared is room soon, and nobody's until then: -EAGAIN */
static int try_use(struct atoll_pool *pool, u64 bytes)
{
	struct atoll_pool_usage *usage = &pool->usage;
	int err = 0;

	spin_lock(&pool_lock);
	if (usage->used + bytes > usage->limit)
		err = -ENOSPC;
	else if (usage->used + usage->clearing + bytes > usage->limit)
		err = -EAGAIN;
	else
		usage->used += bytes;
	spin_unlock(&pool_lock);
	return err;
}

/* Is it worth to try again? */
static bool has_cleared(const struct atoll_pool *pool, u64 bytes)
{
	bool has;

	spin_lock(&pool_lock);
	has = pool->usage.used + pool->usage.clearing + bytes <= pool->usage.limit ||
	      !pool->usage.clearing;
	spin_unlock(&pool_lock);
	return has;
}

/* Before anything is allocated, so that two callers can't share the last room */
static int use(struct atoll_pool *pool, u64 bytes, struct netlink_ext_ack *extack)
{
	int err = try_use(pool, bytes);
	long left = CLEAN_PATIENCE;

	while (err == -EAGAIN && left > 0) {
		left = wait_event_killable_timeout(clean_wait, has_cleared(pool, bytes), left);
		if (left < 0) {
			NL_SET_ERR_MSG(extack, "interrupted while memory was cleared");
			return -EINTR;
		}
		err = try_use(pool, bytes);
	}
	if (!err)
		return 0;
	NL_SET_ERR_MSG(extack, "guests hold all that the pool's limit allows");
	return -ENOSPC;
}

static void unuse(struct atoll_pool *pool, u64 bytes)
{
	spin_lock(&pool_lock);
	pool->usage.used -= bytes;
	spin_unlock(&pool_lock);
}

static bool is_clean(struct atoll_pool *pool)
{
	bool clean;

	spin_lock(&pool_lock);
	clean = !pool->usage.clearing;
	spin_unlock(&pool_lock);
	return clean;
}

/**
 * atoll_pool_wait_clean - wait until all that came back is cleared
 * @pool:	of which pool; no guest takes from it
 *
 * Sleeps.
 */
void atoll_pool_wait_clean(struct atoll_pool *pool)
{
	wait_event(clean_wait, is_clean(pool));
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

	spin_lock(&pool_lock);
	i = pick(pool, owner);
	if (i < nr) {
		__set_bit(i, pool->taken);
		clean = __test_and_set_bit(i, pool->clean);
	}
	spin_unlock(&pool_lock);
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
	struct page *page = alloc_for(owner, EXTENT_GFP, EXTENT_ORDER);

	if (!page && !is_clean(pool)) {
		/* The host has none because it is not back yet */
		wait_event_timeout(clean_wait, is_clean(pool), CLEAN_PATIENCE);
		page = alloc_for(owner, EXTENT_GFP, EXTENT_ORDER);
	}
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
	struct atoll_pool *pool = pool_of(owner);
	void *extent;
	int err;

	err = use(pool, ATOLL_EXTENT_BYTES, extack);
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
	unuse(pool, ATOLL_EXTENT_BYTES);
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
	struct atoll_pool *pool = pool_of(owner);

	spin_lock(&pool_lock);
	pool->usage.used -= ATOLL_EXTENT_BYTES;
	pool->usage.clearing += ATOLL_EXTENT_BYTES;
	spin_unlock(&pool_lock);
	atoll_record_leave(owner, pool, atoll_pool_hpa(owner, extent));
	atoll_scrub_start();
}

/* It has been zero, or is now, and can be had */
static void finish_clearing(struct atoll_pool *pool, void *extent)
{
	free_extent(pool, extent);
	spin_lock(&pool_lock);
	pool->usage.clearing -= ATOLL_EXTENT_BYTES;
	spin_unlock(&pool_lock);
	wake_up_all(&clean_wait);
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
	struct atoll_pool_usage *usage = &pool->usage;
	unsigned long nr = pool->len >> ATOLL_EXTENT_SHIFT;
	void *extent = NULL;

	spin_lock(&pool_lock);
	do {
		*i = find_next_zero_bit(pool->taken, nr, *i);
	} while (*i < nr && !test_bit(*i, pool->clean) && ++*i);
	/* Not the last room of who is about to pick one */
	if (*i < nr && usage->used + usage->clearing + ATOLL_EXTENT_BYTES <= pool->len) {
		__set_bit(*i, pool->taken);
		usage->clearing += ATOLL_EXTENT_BYTES;
		extent = pool->map + ((u64)*i << ATOLL_EXTENT_SHIFT);
	}
	spin_unlock(&pool_lock);
	return extent;
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
	struct atoll_pool *pool = pool_of(owner);
	struct page *page;
	int err;

	err = use(pool, PAGE_SIZE, extack);
	if (err)
		return ERR_PTR(err);
	err = -ENOMEM;
	page = alloc_for(owner, FRAME_GFP, 0);
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
	unuse(pool, PAGE_SIZE);
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
