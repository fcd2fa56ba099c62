/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a pool is, for the files that make it up: pool.c gives its extents out,
 * limit.c counts them, pools.c keeps the list, record.c knows whose they are, scrub.c clears them,
 * range.c gets reserved memory from the host.
 */
#ifndef ATOLL_MEM_POOL_H
#define ATOLL_MEM_POOL_H

#include <linux/list.h>
#include "../atoll.h"

/**
 * struct atoll_pool - host memory for guests
 * @node:	in the list of all pools	[pools.c's list lock]
 * @id:		[I] never reused while loaded
 * @guests:	that take from it		[pools.c's list lock]
 * @name:	[I]
 * @kind:	[I]
 * @usage:	numbers, in bytes		[limit.c's usage_lock]
 * @start:	[I] reserved: host-physical address of the range, else 0
 * @len:	[I] and its bytes, a multiple of an extent
 * @map:	[I] and where the host sees it.  It may have no struct page
 * @taken:	a bit for each extent of the range, until it is clean again	[range_lock]
 * @clean:	the same: it has been zeroed since the pool was added	[range_lock]
 */
struct atoll_pool {
	struct list_head node;
	u32 id;
	u32 guests;
	char name[ATOLL_NAME_MAX + 1];
	enum atoll_pool_kind kind;
	struct atoll_pool_usage usage;
	u64 start;
	u64 len;
	void *map;
	unsigned long *taken;
	unsigned long *clean;
};

/* The one that is always there: what a guest takes from by default */
extern struct atoll_pool atoll_dynamic_pool;

static inline struct atoll_pool *atoll_pool_of(const struct atoll_gmem *owner)
{
	return owner->pool ?: &atoll_dynamic_pool;
}

/* mem/limit.c: numbers, for pool.c */
int atoll_pool_use(struct atoll_pool *pool, u64 bytes, struct netlink_ext_ack *extack);
void atoll_pool_unuse(struct atoll_pool *pool, u64 bytes);
void atoll_pool_wait_clean(struct atoll_pool *pool);
bool atoll_pool_wait_clean_a_while(struct atoll_pool *pool);
void atoll_pool_start_clearing(struct atoll_pool *pool);
void atoll_pool_end_clearing(struct atoll_pool *pool);
bool atoll_pool_pretend_clearing(struct atoll_pool *pool);

/* mem/range.c: physical memory that the host was told to leave alone */
int atoll_range_claim(u64 start, u64 len, void **map, struct netlink_ext_ack *extack);
void atoll_range_release(u64 start, u64 len, void *map);

/* mem/record.c: who owns what */
int atoll_record_add(struct atoll_gmem *owner, u32 shift, u64 hpa);
int atoll_record_split(struct atoll_gmem *owner, u64 hpa);
void atoll_record_remove_frame(struct atoll_gmem *owner, u64 hpa);
void atoll_record_leave(struct atoll_gmem *owner, struct atoll_pool *pool, u64 hpa);
struct atoll_pool *atoll_record_claim(u64 *hpa);
void atoll_record_forget(u64 hpa);
bool atoll_record_is_empty(void);

/* mem/scrub.c: memory that comes back is cleared */
void atoll_scrub(void *memory, u32 nr_pages);
void atoll_scrub_start(void);
void atoll_scrub_flush(void);

/* mem/pool.c, for those two and for pools.c */
void atoll_pool_clear(struct atoll_pool *pool, u64 hpa);
void *atoll_pool_borrow(struct atoll_pool *pool, unsigned long *i);
void atoll_pool_unborrow(struct atoll_pool *pool, void *extent);

/* mem/audit_free.c: what is free is zero */
bool atoll_pool_audit_free(struct atoll_pool *pool, unsigned long *i, struct atoll_audit *audit);

#endif
