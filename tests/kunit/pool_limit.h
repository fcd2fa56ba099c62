/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Set-up for suites that take guest memory: a pool with room for 64 MiB while
 * a test runs.  Suites may run before the module's own init has set a limit.
 */
#ifndef ATOLL_TEST_POOL_LIMIT_H
#define ATOLL_TEST_POOL_LIMIT_H

#include <kunit/test.h>
#include <linux/sizes.h>

#include "../../kmod/atoll.h"

static inline int pool_limit_init(struct kunit *test)
{
	u64 used, *limit = kunit_kzalloc(test, sizeof(*limit), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, limit);
	atoll_pool_usage(limit, &used);
	test->priv = limit;
	KUNIT_ASSERT_EQ(test, used, 0);
	KUNIT_ASSERT_EQ(test, atoll_pool_set_limit(SZ_64M, NULL), 0);
	return 0;
}

/* Whatever a test did, every extent must be back */
static inline void pool_limit_exit(struct kunit *test)
{
	u64 limit, used, *was = test->priv;

	if (!was)
		return;
	atoll_pool_usage(&limit, &used);
	KUNIT_EXPECT_EQ(test, used, 0);
	KUNIT_EXPECT_EQ(test, atoll_pool_set_limit(*was, NULL), 0);
}

#endif
