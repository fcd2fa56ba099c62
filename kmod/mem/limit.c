// SPDX-License-Identifier: GPL-2.0-only
/*
 * A pool's numbers: what guests may hold of it together, were promised, hold, and
 * have given back that nobody can have yet.
 *
 * What is promised never passes the limit unless the pool is told to overcommit,
 * and what is held and what is being cleared never pass it together.  Room is counted
 * before memory is looked for, and stays counted until the memory is back: so who has
 * room in a range finds an extent there.  pool.c asks for each extent and frame,
 * elastic.c and trim.c for promises.
 */
#include <linux/mm.h>
#include <linux/wait.h>

#include "pool.h"

/* Taken for a few instructions; nothing is called under it */
static DEFINE_SPINLOCK(usage_lock);

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
	spin_lock(&usage_lock);
	atoll_dynamic_pool.usage = (struct atoll_pool_usage){
		.limit = round_down(limit_bytes, ATOLL_EXTENT_BYTES),
	};
	spin_unlock(&usage_lock);
	return 0;
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

	spin_lock(&usage_lock);
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
	spin_unlock(&usage_lock);
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
	spin_lock(&usage_lock);
	*usage = pool->usage;
	spin_unlock(&usage_lock);
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

	spin_lock(&usage_lock);
	if (!usage->overcommit && usage->promised + bytes > usage->limit)
		err = -ENOSPC;
	else
		usage->promised += bytes;
	spin_unlock(&usage_lock);
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
	spin_lock(&usage_lock);
	pool->usage.promised -= (u64)nr << ATOLL_EXTENT_SHIFT;
	spin_unlock(&usage_lock);
}

/* What is being cleared is room soon, and nobody's until then: -EAGAIN */
static int try_use(struct atoll_pool *pool, u64 bytes)
{
	struct atoll_pool_usage *usage = &pool->usage;
	int err = 0;

	spin_lock(&usage_lock);
	if (usage->used + bytes > usage->limit)
		err = -ENOSPC;
	else if (usage->used + usage->clearing + bytes > usage->limit)
		err = -EAGAIN;
	else
		usage->used += bytes;
	spin_unlock(&usage_lock);
	return err;
}

/* Is it worth to try again? */
static bool has_cleared(const struct atoll_pool *pool, u64 bytes)
{
	bool has;

	spin_lock(&usage_lock);
	has = pool->usage.used + pool->usage.clearing + bytes <= pool->usage.limit ||
	      !pool->usage.clearing;
	spin_unlock(&usage_lock);
	return has;
}

/**
 * atoll_pool_use - count what a guest is about to hold
 * @pool:	of which pool
 * @bytes:	how much
 * @extack:	told why not
 *
 * Before anything is allocated, so that two callers can't share the last room.
 * Sleeps where that room is still being cleared.
 *
 * Return: 0; -ENOSPC: guests hold all that the limit allows; -EINTR: the caller is
 * being killed.
 */
int atoll_pool_use(struct atoll_pool *pool, u64 bytes, struct netlink_ext_ack *extack)
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

/**
 * atoll_pool_unuse - a guest doesn't hold it any more, or didn't get it
 * @pool:	of which pool
 * @bytes:	how much
 *
 * Does not sleep.
 */
void atoll_pool_unuse(struct atoll_pool *pool, u64 bytes)
{
	spin_lock(&usage_lock);
	pool->usage.used -= bytes;
	spin_unlock(&usage_lock);
}

static bool is_clean(struct atoll_pool *pool)
{
	bool clean;

	spin_lock(&usage_lock);
	clean = !pool->usage.clearing;
	spin_unlock(&usage_lock);
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

/**
 * atoll_pool_wait_clean_a_while - the same, for as long as is reasonable
 * @pool:	of which pool
 *
 * Sleeps, for ten seconds at the most.
 *
 * Return: false: there is nothing to wait for.
 */
bool atoll_pool_wait_clean_a_while(struct atoll_pool *pool)
{
	if (is_clean(pool))
		return false;
	wait_event_timeout(clean_wait, is_clean(pool), CLEAN_PATIENCE);
	return true;
}

/**
 * atoll_pool_start_clearing - what a guest held is nobody's, and not clean yet
 * @pool:	of which pool
 *
 * It is an extent, here and below.  Does not sleep.
 */
void atoll_pool_start_clearing(struct atoll_pool *pool)
{
	spin_lock(&usage_lock);
	pool->usage.used -= ATOLL_EXTENT_BYTES;
	pool->usage.clearing += ATOLL_EXTENT_BYTES;
	spin_unlock(&usage_lock);
}

/**
 * atoll_pool_end_clearing - it can be had
 * @pool:	of which pool
 *
 * Who waits for room looks again.  Does not sleep.
 */
void atoll_pool_end_clearing(struct atoll_pool *pool)
{
	spin_lock(&usage_lock);
	pool->usage.clearing -= ATOLL_EXTENT_BYTES;
	spin_unlock(&usage_lock);
	wake_up_all(&clean_wait);
}

/**
 * atoll_pool_pretend_clearing - count an extent that is free as if it were being cleared
 * @pool:	a reserved one
 *
 * Until atoll_pool_end_clearing().  Whoever needs the room waits for it.  Does not
 * sleep.
 *
 * Return: false: all of the range is somebody's, or about to be.
 */
bool atoll_pool_pretend_clearing(struct atoll_pool *pool)
{
	struct atoll_pool_usage *usage = &pool->usage;
	bool has_room;

	spin_lock(&usage_lock);
	has_room = usage->used + usage->clearing + ATOLL_EXTENT_BYTES <= pool->len;
	if (has_room)
		usage->clearing += ATOLL_EXTENT_BYTES;
	spin_unlock(&usage_lock);
	return has_room;
}

/**
 * atoll_pool_count_split - there was no extent, but there was a frame
 * @pool:	of which pool
 *
 * Does not sleep.
 */
void atoll_pool_count_split(struct atoll_pool *pool)
{
	spin_lock(&usage_lock);
	pool->usage.nr_split++;
	spin_unlock(&usage_lock);
}
