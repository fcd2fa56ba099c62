// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit of all guests: records that belong to nobody, vCPUs and permission
 * maps that let through what they must not.  Memory itself is audit_test.c's.
 */
#include <linux/sizes.h>
#include <linux/string.h>

#include "fake_hw.h"

/* Read and write of three times 8192 MSRs; ports, and three behind the last */
#define NR_PERMISSIONS	(2 * 3 * 0x2000 + 0x10000 + 3)

static struct atoll_audit *audit(struct kunit *test)
{
	struct atoll_audit *audit = kunit_kzalloc(test, sizeof(*audit), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, audit);
	atoll_vm_audit(audit);
	return audit;
}

static void expect_none(struct kunit *test, u32 vms, u64 records)
{
	struct atoll_audit *a = audit(test);

	KUNIT_EXPECT_EQ_MSG(test, a->nr_violations, 0, "%s", a->violation[0]);
	KUNIT_EXPECT_EQ(test, a->vms, vms);
	KUNIT_EXPECT_EQ(test, a->records, records);
	KUNIT_EXPECT_EQ(test, a->permissions, NR_PERMISSIONS);
}

static void expect_one(struct kunit *test, const char *words)
{
	struct atoll_audit *a = audit(test);

	KUNIT_ASSERT_EQ(test, a->nr_violations, 1);
	KUNIT_EXPECT_NOT_NULL_MSG(test, strstr(a->violation[0], words), "%s", a->violation[0]);
}

static struct atoll_vm *define(struct kunit *test, const char *name)
{
	struct atoll_vm *vm = fake_vm_define(test, name, 2);

	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(&vm->gmem, 0, 1, NULL), 0);
	return vm;
}

static void all_guests_are_looked_at(struct kunit *test)
{
	struct atoll_vm *a = define(test, "a"), *b = define(test, "b");

	expect_none(test, 2, 2);
	fake_vm_undefine(a);
	expect_none(test, 1, 1);
	fake_vm_undefine(b);
	expect_none(test, 0, 0);
}

static void a_record_of_nobody_is_found(struct kunit *test)
{
	static struct atoll_gmem nobody;
	struct atoll_vm *vm = define(test, "a");
	void *extent = atoll_pool_take(&nobody, NULL);

	KUNIT_ASSERT_FALSE(test, IS_ERR(extent));
	expect_one(test, "on record for a guest that is no more");
	atoll_pool_give(&nobody, extent);
	expect_none(test, 1, 1);
	fake_vm_undefine(vm);
}

/* Off the list, and its memory not back yet: somebody still has a look at it */
static void a_guest_that_goes_is_known(struct kunit *test)
{
	struct atoll_vm *vm = define(test, "a"), *held = atoll_vm_find("a");

	KUNIT_ASSERT_PTR_EQ(test, vm, held);
	fake_vm_undefine(vm);
	expect_none(test, 0, 1);
	atoll_vm_put(held);
	expect_none(test, 0, 0);
}

static void what_is_let_through_is_found(struct kunit *test)
{
	struct atoll_vm *vm = define(test, "a");

	fake_hw.open_msr = 0xc0011fff;
	expect_one(test, "permissions: MSR 0xc0011fff can be written without an exit");
	fake_hw.open_msr = 0;
	fake_hw.open_port = 0x10002;
	expect_one(test, "permissions: port 0x10002 can be used without an exit");
	fake_hw.open_port = 0;
	fake_hw.unguarded = 1;
	KUNIT_EXPECT_EQ(test, audit(test)->nr_violations, 2);
	fake_hw.unguarded = 0;
	expect_none(test, 1, 1);
	fake_vm_undefine(vm);
}

static struct kunit_case vm_audit_cases[] = {
	KUNIT_CASE(all_guests_are_looked_at),
	KUNIT_CASE(a_record_of_nobody_is_found),
	KUNIT_CASE(a_guest_that_goes_is_known),
	KUNIT_CASE(what_is_let_through_is_found),
	{}
};

static struct kunit_suite vm_audit_suite = {
	.name = "atoll_vm_audit",
	.init = fake_rooms_open,
	.exit = fake_rooms_close,
	.test_cases = vm_audit_cases,
};

kunit_test_suite(vm_audit_suite);
