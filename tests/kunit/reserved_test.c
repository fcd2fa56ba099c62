// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reserved pools: which ranges are none, each with its reason; and what a pool
 * does with memory whose place in the host's address space says nothing of its
 * physical address.  Pools come, change and go by name.
 */
#include <kunit/test.h>
#include <linux/err.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <asm/processor.h>

#include "../../kmod/atoll.h"
#include "../../kmod/mem/pool.h"
#include "pool_limit.h"

static void range_refused(struct kunit *test, u64 start, u64 len, int err, const char *words)
{
	struct netlink_ext_ack extack = {};
	void *map = NULL;

	KUNIT_EXPECT_EQ(test, atoll_range_claim(start, len, &map, &extack), err);
	KUNIT_EXPECT_NULL(test, map);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(extack._msg, words), "%#llx+%#llx: %s", start, len,
				  extack._msg);
}

static void ranges_that_are_none_are_refused(struct kunit *test)
{
	const u64 end = 1ULL << boot_cpu_data.x86_phys_bits;

	range_refused(test, SZ_4G, 0, -EINVAL, "empty");
	range_refused(test, SZ_4G + 1, SZ_2M, -EINVAL, "multiple of 2 MiB");
	range_refused(test, SZ_4G + SZ_1M, SZ_2M, -EINVAL, "multiple of 2 MiB");
	range_refused(test, SZ_4G, SZ_2M + SZ_4K, -EINVAL, "multiple of 2 MiB");
	range_refused(test, SZ_4G, U64_MAX, -EINVAL, "multiple of 2 MiB");
	/* The last of all addresses would still be in it, and wrap by one */
	range_refused(test, -(u64)SZ_2M, SZ_2M, -ERANGE, "wraps");
	range_refused(test, -(u64)SZ_2M, SZ_4M, -ERANGE, "wraps");
	range_refused(test, SZ_4G, -(u64)SZ_2M, -ERANGE, "wraps");
	range_refused(test, end, SZ_2M, -ERANGE, "last address");
	range_refused(test, end - SZ_2M, SZ_4M, -ERANGE, "last address");
	range_refused(test, 0, end + SZ_2M, -ERANGE, "last address");
	range_refused(test, end - SZ_2M, SZ_2M, -EINVAL, "no RAM");
}

static void what_is_in_use_is_refused(struct kunit *test)
{
	u64 ours = virt_to_phys(test->priv) & ~(u64)(SZ_2M - 1);

	range_refused(test, ours, SZ_2M, -EBUSY, "RAM that the host uses");
	/* RAM at one end only */
	range_refused(test, ours, round_up(SZ_4G, SZ_2M) - ours, -EBUSY, "RAM that the host uses");
	/* The local APICs; the firmware's ROM is at the end of 4 GiB */
	range_refused(test, 0xfee00000, SZ_2M, -EINVAL, "no RAM");
	range_refused(test, SZ_4G - SZ_2M, SZ_2M, -EINVAL, "no RAM");
}

#define RANGE_ORDER	10		/* two extents */
#define RANGE_BYTES	(PAGE_SIZE << RANGE_ORDER)

/* A range as another part of the address space shows it, as memremap() does */
struct board {
	struct page *pages;
	struct page *page[BIT(RANGE_ORDER)];
	unsigned long taken, clean;
	struct atoll_pool pool;
	struct atoll_gmem one;
};

static struct board *board_create(struct kunit *test)
{
	struct board *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);
	u32 i;

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->pages = alloc_pages(GFP_KERNEL, RANGE_ORDER);
	KUNIT_ASSERT_NOT_NULL(test, b->pages);
	memset(page_address(b->pages), 0xa5, RANGE_BYTES);
	for (i = 0; i < BIT(RANGE_ORDER); i++)
		b->page[i] = b->pages + i;
	b->pool.map = vmap(b->page, BIT(RANGE_ORDER), VM_MAP, PAGE_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, b->pool.map);
	b->pool.kind = ATOLL_POOL_RESERVED;
	b->pool.start = page_to_phys(b->pages);
	b->pool.len = RANGE_BYTES;
	b->pool.usage.limit = RANGE_BYTES;
	b->pool.taken = &b->taken;
	b->pool.clean = &b->clean;
	b->one.pool = &b->pool;
	return b;
}

static void board_destroy(struct board *b)
{
	atoll_pool_wait_clean(&b->pool);
	vunmap(b->pool.map);
	__free_pages(b->pages, RANGE_ORDER);
}

/* An extent that no guest has had, and one that came back */
static void what_is_free_is_audited(struct kunit *test)
{
	struct atoll_audit *a = kunit_kzalloc(test, sizeof(*a), GFP_KERNEL);
	struct board *b = board_create(test);
	unsigned long i = 0;
	u8 *extent;

	KUNIT_ASSERT_NOT_NULL(test, a);
	a->who = "pool";
	KUNIT_EXPECT_FALSE(test, atoll_pool_audit_free(&b->pool, &i, a));
	extent = atoll_pool_take(&b->one, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(extent));
	i = 0;
	KUNIT_EXPECT_FALSE(test, atoll_pool_audit_free(&b->pool, &i, a));
	memset(extent, 0xa5, SZ_2M);
	atoll_pool_give(&b->one, extent);
	atoll_pool_wait_clean(&b->pool);
	i = 0;
	KUNIT_EXPECT_TRUE(test, atoll_pool_audit_free(&b->pool, &i, a));
	KUNIT_EXPECT_EQ(test, i, 1);
	KUNIT_EXPECT_FALSE(test, atoll_pool_audit_free(&b->pool, &i, a));
	KUNIT_EXPECT_EQ(test, a->zeroes, 512);
	KUNIT_EXPECT_EQ_MSG(test, a->nr_violations, 0, "%s", a->violation[0]);

	extent[SZ_1M] = 1;
	i = 0;
	KUNIT_EXPECT_TRUE(test, atoll_pool_audit_free(&b->pool, &i, a));
	extent[SZ_1M] = 0;
	KUNIT_ASSERT_EQ(test, a->nr_violations, 1);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(a->violation[0], "is free and not zero"), "%s",
				  a->violation[0]);
	board_destroy(b);
}

/* Somebody looks at the last one that there is room for */
static void who_needs_what_is_looked_at_waits(struct kunit *test)
{
	struct board *b = board_create(test);
	unsigned long i = 0;
	void *extent[2], *seen;

	extent[0] = atoll_pool_take(&b->one, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(extent[0]));
	atoll_pool_give(&b->one, extent[0]);
	atoll_pool_wait_clean(&b->pool);
	seen = atoll_pool_borrow(&b->pool, &i);
	KUNIT_ASSERT_PTR_EQ(test, seen, extent[0]);
	KUNIT_EXPECT_EQ(test, b->pool.usage.clearing, SZ_2M);
	KUNIT_EXPECT_NULL(test, atoll_pool_borrow(&b->pool, &i));
	/* There is another */
	extent[1] = atoll_pool_take(&b->one, NULL);
	KUNIT_EXPECT_PTR_EQ(test, extent[1], b->pool.map + SZ_2M);
	atoll_pool_unborrow(&b->pool, seen);
	KUNIT_EXPECT_EQ(test, b->pool.usage.clearing, 0);
	/* Somebody has been counted, and is about to pick it */
	b->pool.usage.used += SZ_2M;
	i = 0;
	KUNIT_EXPECT_NULL(test, atoll_pool_borrow(&b->pool, &i));
	b->pool.usage.used -= SZ_2M;
	extent[0] = atoll_pool_take(&b->one, NULL);
	KUNIT_EXPECT_PTR_EQ(test, extent[0], seen);
	atoll_pool_give(&b->one, extent[0]);
	atoll_pool_give(&b->one, extent[1]);
	board_destroy(b);
}

static void a_range_is_given_out_from_its_start(struct kunit *test)
{
	struct netlink_ext_ack extack = {};
	struct board *b = board_create(test);
	void *extent[2];

	extent[0] = atoll_pool_take(&b->one, NULL);
	KUNIT_ASSERT_PTR_EQ(test, extent[0], b->pool.map);
	KUNIT_EXPECT_EQ(test, atoll_pool_hpa(&b->one, extent[0]), b->pool.start);
	extent[1] = atoll_pool_take(&b->one, NULL);
	KUNIT_ASSERT_PTR_EQ(test, extent[1], b->pool.map + SZ_2M);
	KUNIT_EXPECT_EQ(test, atoll_pool_hpa(&b->one, extent[1] + 5), b->pool.start + SZ_2M + 5);
	KUNIT_EXPECT_PTR_EQ(test, atoll_pool_owner(b->pool.start + SZ_2M), &b->one);
	KUNIT_EXPECT_EQ(test, PTR_ERR(atoll_pool_take(&b->one, &extack)), -ENOSPC);
	KUNIT_EXPECT_EQ(test, b->pool.usage.used, RANGE_BYTES);

	/* What comes back is the next to go, and nobody's until then */
	atoll_pool_give(&b->one, extent[0]);
	KUNIT_EXPECT_NULL(test, atoll_pool_owner(b->pool.start));
	KUNIT_EXPECT_PTR_EQ(test, atoll_pool_take(&b->one, NULL), extent[0]);
	atoll_pool_give(&b->one, extent[0]);
	atoll_pool_give(&b->one, extent[1]);
	KUNIT_EXPECT_EQ(test, b->pool.usage.used, 0);
	atoll_pool_wait_clean(&b->pool);
	KUNIT_EXPECT_EQ(test, b->taken, 0);
	board_destroy(b);
}

static void a_range_is_zero_before_it_is_seen(struct kunit *test)
{
	struct board *b = board_create(test);
	u8 *host = page_address(b->pages);
	void *extent = atoll_pool_take(&b->one, NULL);

	/* Whatever the machine had left there; what is not taken can wait */
	KUNIT_ASSERT_FALSE(test, IS_ERR(extent));
	KUNIT_EXPECT_NULL(test, memchr_inv(host, 0, SZ_2M));
	KUNIT_EXPECT_EQ(test, host[SZ_2M], 0xa5);
	memset(extent, 0x5a, SZ_2M);
	atoll_pool_give(&b->one, extent);
	atoll_pool_wait_clean(&b->pool);
	KUNIT_EXPECT_NULL(test, memchr_inv(host, 0, SZ_2M));
	/* It is known to be zero now */
	host[0] = 1;
	extent = atoll_pool_take(&b->one, NULL);
	KUNIT_EXPECT_EQ(test, *(u8 *)extent, 1);
	atoll_pool_give(&b->one, extent);
	board_destroy(b);
}

static void a_guest_lives_in_a_range(struct kunit *test)
{
	struct board *b = board_create(test);
	struct atoll_audit *audit = kunit_kzalloc(test, sizeof(*audit), GFP_KERNEL);
	struct atoll_s2_leaf leaf = {};
	u64 value = 0x1122334455667788;

	KUNIT_ASSERT_NOT_NULL(test, audit);
	KUNIT_ASSERT_EQ(test, atoll_gmem_init(&b->one, &(struct atoll_gmem_config){
			.pool = &b->pool, .bytes = RANGE_BYTES, .reserve = true,
		}, &atoll_npt_format, 4, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_s2pt_lookup(&b->one.s2, SZ_2M + 8, &leaf), 0);
	KUNIT_EXPECT_EQ(test, leaf.hpa, b->pool.start + SZ_2M + 8);
	KUNIT_EXPECT_EQ(test, leaf.level, 2);
	KUNIT_EXPECT_EQ(test, atoll_gmem_write(&b->one, SZ_2M + 8, &value, 8), 0);
	KUNIT_EXPECT_EQ(test, *(u64 *)phys_to_virt(leaf.hpa), value);
	audit->who = "board";
	atoll_gmem_audit(&b->one, virt_to_phys(b->one.s2.root), audit);
	KUNIT_EXPECT_EQ_MSG(test, audit->nr_violations, 0, "%s", audit->violation[0]);
	atoll_gmem_destroy(&b->one);
	KUNIT_EXPECT_EQ(test, b->pool.usage.promised, 0);
	atoll_pool_wait_clean(&b->pool);
	KUNIT_EXPECT_EQ(test, b->taken, 0);
	board_destroy(b);
}

static void an_extent_of_a_range_stays_whole(struct kunit *test)
{
	struct board *b = board_create(test);
	struct atoll_trim trim = { .split = true };
	u64 value = 1;

	KUNIT_ASSERT_EQ(test, atoll_gmem_init(&b->one, &(struct atoll_gmem_config){
			.pool = &b->pool, .bytes = RANGE_BYTES,
		}, &atoll_npt_format, 4, NULL), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(&b->one, 0, RANGE_BYTES, NULL), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_write(&b->one, 0, &value, sizeof(value)), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_trim(&b->one, &trim, NULL), 0);
	KUNIT_EXPECT_EQ(test, trim.nr_split, 0);
	KUNIT_EXPECT_EQ(test, trim.given_bytes, SZ_2M);
	KUNIT_EXPECT_EQ(test, b->one.nr_resident, 1);
	atoll_gmem_destroy(&b->one);
	board_destroy(b);
}

static void a_range_has_a_limit(struct kunit *test)
{
	struct netlink_ext_ack extack = {};
	struct board *b = board_create(test);
	u64 more = RANGE_BYTES + SZ_2M, less = SZ_2M + 1, none = SZ_1M;
	void *extent;

	KUNIT_EXPECT_EQ(test, atoll_pool_set(&b->pool, &more, NULL, &extack), -ERANGE);
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_EQ(test, atoll_pool_set(&b->pool, &none, NULL, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, b->pool.usage.limit, RANGE_BYTES);
	KUNIT_EXPECT_EQ(test, atoll_pool_set(&b->pool, &less, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, b->pool.usage.limit, SZ_2M);
	extent = atoll_pool_take(&b->one, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(extent));
	KUNIT_EXPECT_EQ(test, PTR_ERR(atoll_pool_take(&b->one, NULL)), -ENOSPC);
	atoll_pool_give(&b->one, extent);
	board_destroy(b);
}

static int add_dynamic(const char *name, u64 limit, struct netlink_ext_ack *extack)
{
	struct atoll_pool_config cfg = { .kind = ATOLL_POOL_DYNAMIC, .limit = limit };

	strscpy(cfg.name, name, sizeof(cfg.name));
	return atoll_pool_add(&cfg, extack);
}

static void pools_come_and_go_by_name(struct kunit *test)
{
	struct netlink_ext_ack extack = {};
	struct atoll_pool *pool;
	u64 bytes = SZ_4M;

	KUNIT_EXPECT_EQ(test, add_dynamic("test", 0, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_dynamic("test", SZ_2M + SZ_4K, NULL), -EINVAL);
	KUNIT_EXPECT_EQ(test, add_dynamic("test", 1ULL << 52, NULL), -ERANGE);
	KUNIT_ASSERT_EQ(test, add_dynamic("test", SZ_2M, NULL), 0);
	KUNIT_EXPECT_EQ(test, add_dynamic("test", SZ_2M, NULL), -EEXIST);
	KUNIT_EXPECT_EQ(test, add_dynamic(ATOLL_POOL_DEFAULT, SZ_2M, NULL), -EEXIST);
	KUNIT_EXPECT_EQ(test, atoll_pool_set_named("tes", &bytes, NULL, &extack), -ENOENT);
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_EQ(test, atoll_pool_set_named("test", &bytes, NULL, NULL), 0);

	pool = atoll_pool_hold("test", NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(pool));
	KUNIT_EXPECT_EQ(test, pool->usage.limit, SZ_4M);
	KUNIT_EXPECT_EQ(test, atoll_pool_remove("test", NULL), -EBUSY);
	atoll_pool_put(pool);
	KUNIT_EXPECT_EQ(test, atoll_pool_remove("test", NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_pool_remove("test", NULL), -ENOENT);
	KUNIT_EXPECT_EQ(test, PTR_ERR(atoll_pool_hold("test", NULL)), -ENOENT);
	KUNIT_EXPECT_EQ(test, atoll_pool_remove(ATOLL_POOL_DEFAULT, NULL), -EINVAL);
}

static void two_pools_don_t_share_their_limits(struct kunit *test)
{
	static struct atoll_gmem one, other;
	void *extent[2];

	KUNIT_ASSERT_EQ(test, add_dynamic("test", SZ_2M, NULL), 0);
	other.pool = atoll_pool_hold("test", NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(other.pool));
	KUNIT_ASSERT_EQ(test, pool_set(SZ_2M, false), 0);
	extent[0] = atoll_pool_take(&one, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(extent[0]));
	extent[1] = atoll_pool_take(&other, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(extent[1]));
	KUNIT_EXPECT_EQ(test, PTR_ERR(atoll_pool_take(&one, NULL)), -ENOSPC);
	KUNIT_EXPECT_EQ(test, PTR_ERR(atoll_pool_take(&other, NULL)), -ENOSPC);
	atoll_pool_give(&one, extent[0]);
	KUNIT_EXPECT_EQ(test, PTR_ERR(atoll_pool_take(&other, NULL)), -ENOSPC);
	atoll_pool_give(&other, extent[1]);
	atoll_pool_put(other.pool);
	KUNIT_EXPECT_EQ(test, atoll_pool_remove("test", NULL), 0);
}

static struct kunit_case reserved_cases[] = {
	KUNIT_CASE(ranges_that_are_none_are_refused),
	KUNIT_CASE(what_is_in_use_is_refused),
	KUNIT_CASE(what_is_free_is_audited),
	KUNIT_CASE(who_needs_what_is_looked_at_waits),
	KUNIT_CASE(a_range_is_given_out_from_its_start),
	KUNIT_CASE(a_range_is_zero_before_it_is_seen),
	KUNIT_CASE(a_guest_lives_in_a_range),
	KUNIT_CASE(an_extent_of_a_range_stays_whole),
	KUNIT_CASE(a_range_has_a_limit),
	KUNIT_CASE(pools_come_and_go_by_name),
	KUNIT_CASE(two_pools_don_t_share_their_limits),
	{}
};

static struct kunit_suite reserved_suite = {
	.name = "atoll_reserved",
	.init = pool_limit_init,
	.exit = pool_limit_exit,
	.test_cases = reserved_cases,
};

kunit_test_suite(reserved_suite);
