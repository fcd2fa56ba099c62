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
#include "../../kmod/mem/pool.h"

static inline int pool_set(u64 bytes, bool overcommit)
{
	return atoll_pool_set(&atoll_dynamic_pool, &bytes, &overcommit, NULL);
}

static inline int pool_limit_init(struct kunit *test)
{
	struct atoll_pool_usage *was = kunit_kzalloc(test, sizeof(*was), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, was);
	atoll_pool_get_usage(&atoll_dynamic_pool, was);
	test->priv = was;
	KUNIT_ASSERT_EQ(test, was->used, 0);
	KUNIT_ASSERT_EQ(test, was->promised, 0);
	KUNIT_ASSERT_EQ(test, pool_set(SZ_64M, false), 0);
	return 0;
}

/* Whatever a test did, every extent must be back, and no promise be left */
static inline void pool_limit_exit(struct kunit *test)
{
	struct atoll_pool_usage now, *was = test->priv;

	if (!was)
		return;
	atoll_pool_wait_clean(&atoll_dynamic_pool);
	atoll_pool_get_usage(&atoll_dynamic_pool, &now);
	KUNIT_EXPECT_EQ(test, now.used, 0);
	KUNIT_EXPECT_EQ(test, now.promised, 0);
	/* Before the module's init there is no limit, and none can't be set */
	if (was->limit)
		KUNIT_EXPECT_EQ(test, pool_set(was->limit, was->overcommit), 0);
	else
		KUNIT_EXPECT_EQ(test, atoll_pool_init(0), 0);
}

#endif
