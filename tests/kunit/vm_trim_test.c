// SPDX-License-Identifier: GPL-2.0-only
/*
 * A trim of a VM: its state, its vCPUs and its time are afterwards what they were,
 * TLBs are flushed before it goes on, and what vCPUs' threads write blindly stays.
 */
#include <linux/delay.h>
#include <linux/sizes.h>

#include "fake_hw.h"

static const struct atoll_exit irq = { .kind = ATOLL_EXIT_IRQ };
static const struct atoll_exit shutdown = { .kind = ATOLL_EXIT_SHUTDOWN };

/* With two vCPUs, of which the second waits for a start-up IPI; its last extent is zero */
static struct atoll_vm *start(struct kunit *test, const struct atoll_exit *script)
{
	struct atoll_vm *vm = fake_vm_define(test, "trim", 2);

	fake_hw_play(script, 1);
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(&vm->gmem, SZ_2M, 1, NULL), 0);
	return vm;
}

static u64 trim(struct kunit *test, struct atoll_vm *vm)
{
	struct atoll_trim trim;

	KUNIT_EXPECT_EQ(test, atoll_vm_trim(vm, &trim, NULL), 0);
	return trim.given_bytes;
}

static bool asked_to_flush(const struct atoll_vm *vm, u32 i)
{
	return test_bit(ATOLL_REQ_TLB_FLUSH, &vm->vcpu[i]->requests);
}

/* Entries of a guest, after it has had time for some */
static int runs_later(void)
{
	msleep(20);
	return atomic_read(&fake_hw.runs);
}

static void one_that_runs_goes_on(struct kunit *test)
{
	struct atoll_vm *vm = start(test, &irq);
	int flushes = atomic_read(&fake_hw.flushes), runs;
	u64 offset = vm->clock.tsc_offset;

	KUNIT_EXPECT_EQ(test, trim(test, vm), SZ_2M);
	KUNIT_EXPECT_EQ(test, (int)vm->state, ATOLL_STATE_RUNNING);
	runs = atomic_read(&fake_hw.runs);
	KUNIT_EXPECT_GT(test, runs_later(), runs);
	/* The one that runs has flushed, the other will before it does */
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_hw.flushes), flushes + 1);
	KUNIT_EXPECT_FALSE(test, asked_to_flush(vm, 0));
	KUNIT_EXPECT_TRUE(test, asked_to_flush(vm, 1));
	/* Its time has stood still */
	KUNIT_EXPECT_LT(test, (s64)(vm->clock.tsc_offset - offset), 0);
	KUNIT_EXPECT_EQ(test, trim(test, vm), 0);
	fake_vm_undefine(vm);
}

static void one_that_is_paused_stays_so(struct kunit *test)
{
	struct atoll_vm *vm = start(test, &irq);
	u64 offset;
	int runs;

	KUNIT_ASSERT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	offset = vm->clock.tsc_offset;
	runs = atomic_read(&fake_hw.runs);
	KUNIT_EXPECT_EQ(test, trim(test, vm), SZ_2M);
	KUNIT_EXPECT_EQ(test, (int)vm->state, ATOLL_STATE_PAUSED);
	KUNIT_EXPECT_EQ(test, runs_later(), runs);
	KUNIT_EXPECT_TRUE(test, asked_to_flush(vm, 0));
	KUNIT_EXPECT_TRUE(test, asked_to_flush(vm, 1));
	KUNIT_EXPECT_EQ(test, vm->clock.tsc_offset, offset);
	KUNIT_EXPECT_EQ(test, atoll_vm_resume(vm, NULL), 0);
	KUNIT_EXPECT_GT(test, runs_later(), runs);
	KUNIT_EXPECT_FALSE(test, asked_to_flush(vm, 0));
	fake_vm_undefine(vm);
}

static void one_that_does_not_run_is_trimmed_as_well(struct kunit *test)
{
	struct atoll_vm *vm = fake_vm_define(test, "new", 1);

	KUNIT_EXPECT_EQ(test, trim(test, vm), 0);
	KUNIT_EXPECT_EQ(test, (int)vm->state, ATOLL_STATE_NEW);
	fake_vm_undefine(vm);

	vm = start(test, &irq);
	KUNIT_ASSERT_EQ(test, atoll_vm_stop(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, trim(test, vm), SZ_2M);
	KUNIT_EXPECT_EQ(test, (int)vm->state, ATOLL_STATE_STOPPED);
	/* And it can be started again */
	KUNIT_EXPECT_EQ(test, atoll_vm_start(vm, NULL), 0);
	KUNIT_EXPECT_GT(test, runs_later(), 0);
	fake_vm_undefine(vm);

	vm = start(test, &shutdown);
	KUNIT_ASSERT_EQ(test, (int)fake_vm_wait_end(vm), ATOLL_STATE_CRASHED);
	KUNIT_EXPECT_EQ(test, trim(test, vm), SZ_2M);
	KUNIT_EXPECT_EQ(test, (int)vm->state, ATOLL_STATE_CRASHED);
	fake_vm_undefine(vm);
}

/* It is the kick of the trim that makes the guest crash; its vCPU is slow to leave */
static void one_that_ends_meanwhile_has_ended(struct kunit *test)
{
	struct atoll_vm *vm;

	fake_hw.wait_for_kick = 1;
	vm = start(test, &shutdown);
	KUNIT_ASSERT_GT(test, runs_later(), 0);
	fake_hw.put_ms = 50;
	KUNIT_EXPECT_EQ(test, trim(test, vm), SZ_2M);
	KUNIT_EXPECT_EQ(test, (int)vm->state, ATOLL_STATE_CRASHED);
	KUNIT_EXPECT_EQ(test, vm->nr_live, 0);
	fake_hw.put_ms = 0;
	fake_hw.wait_for_kick = 0;
	fake_hw_play(&irq, 1);
	KUNIT_EXPECT_EQ(test, atoll_vm_start(vm, NULL), 0);
	KUNIT_EXPECT_GT(test, runs_later(), 0);
	fake_vm_undefine(vm);
}

static void what_is_written_blindly_stays(struct kunit *test)
{
	struct atoll_vm *vm = start(test, &irq);
	struct atoll_pv *pv = &vm->vcpu[1]->pv;
	u64 *const gpas[] = { &pv->clock_gpa, &pv->steal_gpa, &pv->eoi_gpa };
	u32 i;

	KUNIT_ASSERT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	for (i = 0; i < ARRAY_SIZE(gpas); i++) {
		/* The last byte of each lies in the extent, then the first */
		*gpas[i] = SZ_2M - 3;
		KUNIT_EXPECT_EQ_MSG(test, trim(test, vm), 0, "%u", i);
		*gpas[i] = SZ_4M - 1;
		KUNIT_EXPECT_EQ_MSG(test, trim(test, vm), 0, "%u", i);
		*gpas[i] = 0;
	}
	/* Elsewhere they are of no concern to it */
	pv->eoi_gpa = SZ_2M - 4;
	KUNIT_EXPECT_EQ(test, trim(test, vm), SZ_2M);
	pv->eoi_gpa = 0;
	fake_vm_undefine(vm);
}

static void one_that_is_gone_is_refused(struct kunit *test)
{
	struct atoll_vm *vm = fake_vm_define(test, "gone", 1);
	struct netlink_ext_ack extack = { };
	struct atoll_trim trim;

	KUNIT_EXPECT_EQ(test, atoll_vm_undefine(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_vm_trim(vm, &trim, &extack), -ENOENT);
	KUNIT_EXPECT_NOT_NULL(test, extack._msg);
	atoll_vm_put(vm);
}

static struct kunit_case vm_trim_cases[] = {
	KUNIT_CASE(one_that_runs_goes_on),
	KUNIT_CASE(one_that_is_paused_stays_so),
	KUNIT_CASE(one_that_does_not_run_is_trimmed_as_well),
	KUNIT_CASE(one_that_ends_meanwhile_has_ended),
	KUNIT_CASE(what_is_written_blindly_stays),
	KUNIT_CASE(one_that_is_gone_is_refused),
	{}
};

static struct kunit_suite vm_trim_suite = {
	.name = "atoll_vm_trim",
	.init = fake_rooms_open,
	.exit = fake_rooms_close,
	.test_cases = vm_trim_cases,
};

kunit_test_suite(vm_trim_suite);
