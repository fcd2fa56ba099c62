// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit of what nobody has.  In a reserved pool a free extent that a guest has had
 * before was cleared then, and will be given out as it is: it has to be zero.  One that
 * no guest has had holds what the machine left there, and is cleared when it is taken.
 * What a dynamic pool gives back is the host's, who may write to it.
 *
 * pools.c calls it, for vm/audit.c.
 */
#include <linux/mm.h>
#include <linux/string.h>

#include "pool.h"

/**
 * atoll_pool_audit_free - check that the next free extent is zero
 * @pool:	a reserved one
 * @i:		which is the first to look at; receives the one behind what was looked at
 * @audit:	counts and violations are added; audit->who is set
 *
 * May sleep.  Nobody can take it meanwhile: who needs the room waits.
 *
 * Return: false: there was none.
 */
bool atoll_pool_audit_free(struct atoll_pool *pool, unsigned long *i, struct atoll_audit *audit)
{
	void *extent = atoll_pool_borrow(pool, i), *dirt;

	if (!extent)
		return false;
	dirt = memchr_inv(extent, 0, ATOLL_EXTENT_BYTES);
	audit->zeroes += ATOLL_EXTENT_BYTES >> PAGE_SHIFT;
	if (dirt)
		atoll_blame(audit, "frame %#llx is free and not zero",
			    (pool->start + (dirt - pool->map)) & PAGE_MASK);
	atoll_pool_unborrow(pool, extent);
	(*i)++;
	return true;
}
