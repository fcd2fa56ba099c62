/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a trim is asked and what it tells: what vm/ and nl/ know of it.
 */
#ifndef ATOLL_MEM_TRIM_H
#define ATOLL_MEM_TRIM_H

#include <linux/types.h>

/**
 * struct atoll_trim - a trim of a guest's memory
 * @keep:	is a part of this needed, zero or not?  NULL: nothing is
 * @arg:	for @keep
 * @split:	take back frames of extents, too, where at least half of them are zero
 * @given_bytes: what went back to the pool
 * @nr_split:	extents that came apart for it
 * @nr_merged:	places whose frames became an extent
 */
struct atoll_trim {
	bool (*keep)(void *arg, u64 gpa, u64 len);
	void *arg;
	bool split;
	u64 given_bytes;
	u64 nr_split;
	u64 nr_merged;
};

#endif
