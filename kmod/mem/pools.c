// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pools by name: the dynamic one that is always there, and those that are
 * added and removed.  A pool goes only when no guest takes from it any more.
 *
 * Knows names, ranges and who uses what; extents and numbers are pool.c's.
 * Called by nl/ for the verbs, by main.c for module parameters, and by vm/ for a
 * guest that is defined or forgotten.
 */
#include <linux/bitmap.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mmzone.h>
#include <linux/mutex.h>
#include <linux/nodemask.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "pool.h"

#define EXTENT_ORDER	(ATOLL_EXTENT_SHIFT - PAGE_SHIFT)

/* A list of one, to begin with: tests need the pool before the module's init */
static struct list_head pools = { &atoll_dynamic_pool.node, &atoll_dynamic_pool.node };
struct atoll_pool atoll_dynamic_pool = {
	.node = { &pools, &pools },
	.id = 1,
	.name = ATOLL_POOL_DEFAULT,
	.kind = ATOLL_POOL_DYNAMIC,
};

/* The list, names, and how many guests take from each */
static DEFINE_MUTEX(pools_lock);
static u32 last_id = 1;

static struct atoll_pool *find_locked(const char *name)
{
	struct atoll_pool *pool;

	lockdep_assert_held(&pools_lock);
	list_for_each_entry(pool, &pools, node)
		if (!strcmp(pool->name, name))
			return pool;
	return NULL;
}

static struct atoll_pool *find_or_tell_locked(const char *name, struct netlink_ext_ack *extack)
{
	struct atoll_pool *pool = find_locked(name);

	if (!pool)
		NL_SET_ERR_MSG(extack, "there is no pool of that name");
	return pool;
}

static int check_new_locked(const struct atoll_pool_config *cfg, struct netlink_ext_ack *extack)
{
	const struct atoll_pool *pool;

	lockdep_assert_held(&pools_lock);
	if (find_locked(cfg->name)) {
		NL_SET_ERR_MSG(extack, "there is a pool of that name already");
		return -EEXIST;
	}
	list_for_each_entry(pool, &pools, node) {
		/* Neither sum may wrap: what does is refused by the range's check */
		if (cfg->len > U64_MAX - cfg->start ||
		    cfg->start + cfg->len <= pool->start ||
		    pool->start + pool->len <= cfg->start)
			continue;
		NL_SET_ERR_MSG(extack, "the range overlaps that of another pool");
		return -EBUSY;
	}
	return 0;
}

static void free_pool(struct atoll_pool *pool)
{
	/* A range that is given back is clean, but for what no guest has had */
	atoll_pool_wait_clean(pool);
	if (pool->map)
		atoll_range_release(pool->start, pool->len, pool->map);
	kvfree(pool->taken);
	kvfree(pool->clean);
	kfree(pool);
}

/* The range first: until it is claimed, its length is only what somebody asked for */
static int fill_pool(struct atoll_pool *pool, const struct atoll_pool_config *cfg,
		     struct netlink_ext_ack *extack)
{
	u64 nr_words = BITS_TO_LONGS(cfg->len >> ATOLL_EXTENT_SHIFT);
	int err;

	strscpy(pool->name, cfg->name, sizeof(pool->name));
	pool->kind = cfg->kind;
	if (cfg->kind == ATOLL_POOL_DYNAMIC)
		return atoll_pool_set(pool, &cfg->limit, NULL, extack);
	pool->start = cfg->start;
	pool->len = cfg->len;
	pool->usage.limit = cfg->len;
	err = atoll_range_claim(cfg->start, cfg->len, &pool->map, extack);
	if (err)
		return err;
	pool->taken = kvcalloc(nr_words, sizeof(long), GFP_KERNEL);
	pool->clean = kvcalloc(nr_words, sizeof(long), GFP_KERNEL);
	if (!pool->taken || !pool->clean) {
		NL_SET_ERR_MSG(extack, "the host is out of memory");
		return -ENOMEM;
	}
	return 0;
}

/* What a range must be, whoever claims it looks at */
static int check_size(const struct atoll_pool_config *cfg, struct netlink_ext_ack *extack)
{
	if (cfg->kind == ATOLL_POOL_RESERVED)
		return 0;
	if (!cfg->limit || !IS_ALIGNED(cfg->limit, ATOLL_EXTENT_BYTES)) {
		NL_SET_ERR_MSG(extack, "the size is not a multiple of 2 MiB, or 0");
		return -EINVAL;
	}
	return 0;
}

/**
 * atoll_pool_add - make a pool
 * @cfg:	what it shall be
 * @extack:	told why not
 *
 * May sleep.  Memory of a reserved pool is zeroed when a guest takes it first, so
 * this takes no longer than a look at the firmware's map for each page.
 *
 * Return: 0; -EEXIST: the name is taken; -EINVAL, -ERANGE: the size or the range;
 * -EBUSY: the range is in use; -ENOMEM.
 */
int atoll_pool_add(const struct atoll_pool_config *cfg, struct netlink_ext_ack *extack)
{
	struct atoll_pool *pool;
	int err;

	guard(mutex)(&pools_lock);
	err = check_new_locked(cfg, extack) ?: check_size(cfg, extack);
	if (err)
		return err;
	pool = kzalloc(sizeof(*pool), GFP_KERNEL);
	if (!pool)
		return -ENOMEM;
	err = fill_pool(pool, cfg, extack);
	if (err) {
		free_pool(pool);
		return err;
	}
	pool->id = ++last_id;
	list_add_tail(&pool->node, &pools);
	return 0;
}

/**
 * atoll_pool_remove - give a pool's memory back to whom it came from
 * @name:	the pool's
 * @extack:	told why not
 *
 * May sleep.
 *
 * Return: 0; -ENOENT; -EBUSY: guests take from it; -EINVAL: it is the default one.
 */
int atoll_pool_remove(const char *name, struct netlink_ext_ack *extack)
{
	struct atoll_pool *pool;

	guard(mutex)(&pools_lock);
	pool = find_or_tell_locked(name, extack);
	if (!pool)
		return -ENOENT;
	if (pool == &atoll_dynamic_pool) {
		NL_SET_ERR_MSG(extack, "the default pool can't be removed");
		return -EINVAL;
	}
	if (pool->guests) {
		NL_SET_ERR_MSG(extack, "guests are defined that take from the pool");
		return -EBUSY;
	}
	list_del(&pool->node);
	free_pool(pool);
	return 0;
}

/**
 * atoll_pool_remove_all - the module goes: give all ranges back
 *
 * No guest is left.  May sleep.
 */
void atoll_pool_remove_all(void)
{
	struct atoll_pool *pool, *next;

	guard(mutex)(&pools_lock);
	list_for_each_entry_safe(pool, next, &pools, node) {
		if (pool == &atoll_dynamic_pool)
			continue;
		list_del(&pool->node);
		free_pool(pool);
	}
}

/**
 * atoll_pool_set_named - atoll_pool_set() by name
 * @name:	the pool's
 * @bytes:	as there
 * @overcommit:	as there
 * @extack:	as there
 *
 * May sleep.
 *
 * Return: as there; -ENOENT.
 */
int atoll_pool_set_named(const char *name, const u64 *bytes, const bool *overcommit,
			 struct netlink_ext_ack *extack)
{
	struct atoll_pool *pool;

	guard(mutex)(&pools_lock);
	pool = find_or_tell_locked(name, extack);
	return pool ? atoll_pool_set(pool, bytes, overcommit, extack) : -ENOENT;
}

/**
 * atoll_pool_hold - a guest is going to take from a pool
 * @name:	the pool's; empty: the default one
 * @extack:	told why not
 *
 * May sleep.
 *
 * Return: the pool, which stays until atoll_pool_put(); ERR_PTR(-ENOENT).
 */
struct atoll_pool *atoll_pool_hold(const char *name, struct netlink_ext_ack *extack)
{
	struct atoll_pool *pool;

	guard(mutex)(&pools_lock);
	pool = *name ? find_or_tell_locked(name, extack) : &atoll_dynamic_pool;
	if (!pool)
		return ERR_PTR(-ENOENT);
	pool->guests++;
	return pool;
}

/**
 * atoll_pool_put - the guest takes no more, and has given all back
 * @pool:	from atoll_pool_hold()
 *
 * May sleep.
 */
void atoll_pool_put(struct atoll_pool *pool)
{
	guard(mutex)(&pools_lock);
	pool->guests--;
}

/**
 * atoll_pool_name - what a pool is called
 * @pool:	held by the caller; NULL: the default one
 *
 * Any context.
 */
const char *atoll_pool_name(const struct atoll_pool *pool)
{
	return pool ? pool->name : atoll_dynamic_pool.name;
}

/**
 * atoll_pool_is_reserved - is its memory a range?
 * @pool:	held by the caller; NULL: the default one
 *
 * Any context.
 */
bool atoll_pool_is_reserved(const struct atoll_pool *pool)
{
	return pool && pool->kind == ATOLL_POOL_RESERVED;
}

/* As long as others take and give, this is how it is just now: no lock */
static u64 longest_free_run(const struct atoll_pool *pool)
{
	unsigned long nr = pool->len >> ATOLL_EXTENT_SHIFT, from, to = 0, most = 0;

	for (;;) {
		from = find_next_zero_bit(pool->taken, nr, to);
		if (from >= nr)
			return (u64)most << ATOLL_EXTENT_SHIFT;
		to = find_next_bit(pool->taken, nr, from);
		most = max(most, to - from);
		cond_resched();
	}
}

/* What of the host's free memory is there in whole extents, without compaction */
static u64 host_free_in_extents(void)
{
	struct zone *zone;
	u64 nr = 0;
	u32 order;
	int nid;

	for_each_online_node(nid) {
		zone = NODE_DATA(nid)->node_zones;
		for (; zone < NODE_DATA(nid)->node_zones + MAX_NR_ZONES; zone++)
			for (order = EXTENT_ORDER; order < ARRAY_SIZE(zone->free_area); order++)
				nr += (u64)READ_ONCE(zone->free_area[order].nr_free) <<
				      (order - EXTENT_ORDER);
	}
	return nr << ATOLL_EXTENT_SHIFT;
}

/**
 * atoll_pools_audit_free - check of all reserved pools that what is free is zero
 * @audit:	counts and violations are added
 *
 * The list is locked for one extent at a time.  May sleep.
 */
void atoll_pools_audit_free(struct atoll_audit *audit)
{
	struct atoll_pool *pool;
	unsigned long i = 0;
	u32 id = 0;

	audit->who = "pool";
again:
	mutex_lock(&pools_lock);
	list_for_each_entry(pool, &pools, node) {
		if (pool->id < id || pool->kind != ATOLL_POOL_RESERVED)
			continue;
		if (pool->id > id)
			i = 0;
		id = pool->id;
		if (!atoll_pool_audit_free(pool, &i, audit))
			continue;
		mutex_unlock(&pools_lock);
		cond_resched();
		goto again;
	}
	mutex_unlock(&pools_lock);
}

/**
 * atoll_pool_next - walk all pools, without holding a lock in between
 * @after_id:	0, or the id of the one that was told last
 * @info:	filled in
 *
 * May sleep.
 *
 * Return: false: that was the last.
 */
bool atoll_pool_next(u32 after_id, struct atoll_pool_info *info)
{
	struct atoll_pool *pool;
	struct sysinfo host;

	guard(mutex)(&pools_lock);
	list_for_each_entry(pool, &pools, node) {
		if (pool->id <= after_id)
			continue;
		memset(info, 0, sizeof(*info));
		info->id = pool->id;
		info->guests = pool->guests;
		strscpy(info->name, pool->name, sizeof(info->name));
		info->kind = pool->kind;
		info->start = pool->start;
		info->len = pool->len;
		atoll_pool_get_usage(pool, &info->usage);
		if (pool->kind == ATOLL_POOL_RESERVED) {
			info->free = info->len - info->usage.used - info->usage.clearing;
			info->free_whole = longest_free_run(pool);
		} else {
			si_meminfo(&host);
			info->free = (u64)host.freeram * host.mem_unit;
			info->free_whole = host_free_in_extents();
		}
		return true;
	}
	return false;
}

/**
 * atoll_pool_add_ranges - reserved pools of a module parameter
 * @text:	"START+SIZE[,START+SIZE...]", as the kernel has numbers: 4G, 0x1000
 *
 * They are called reserved, reserved-2 and so on.  May sleep.
 *
 * Return: 0 or an errno, after a line in the log; then there are none.
 */
int atoll_pool_add_ranges(const char *text)
{
	struct netlink_ext_ack extack = {};
	struct atoll_pool_config cfg = { .kind = ATOLL_POOL_RESERVED, .name = "reserved" };
	char *at = (char *)text;
	u32 nr = 1;
	int err = 0;

	while (!err && *at) {
		cfg.start = memparse(at, &at);
		err = *at++ == '+' ? 0 : -EINVAL;
		if (err)
			break;
		cfg.len = memparse(at, &at);
		err = !*at || *at++ == ',' ? atoll_pool_add(&cfg, &extack) : -EINVAL;
		snprintf(cfg.name, sizeof(cfg.name), "reserved-%u", ++nr);
	}
	if (!err)
		return 0;
	pr_err("atoll: pool_reserved=%s: %s\n", text,
	       extack._msg ?: "not of the form START+SIZE[,START+SIZE...]");
	atoll_pool_remove_all();
	return err;
}
