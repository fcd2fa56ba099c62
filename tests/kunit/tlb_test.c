// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stage 2 lends and lacks, seen from vCPUs: reads are lent zeroes, writes take
 * memory, and a flush is over when it returns, which only CPUs that run side by side
 * could show.
 */
#include <linux/sizes.h>
#include <linux/workqueue.h>

#include "fake_hw.h"

#define FAULT(gpa_, dir_, walk_, fetch_, in_event_) \
	{ .kind = ATOLL_EXIT_S2FAULT, .s2 = { .gpa = (gpa_), .dir = (dir_), .walk = (walk_), \
	  .fetch = (fetch_), .in_event = (in_event_) } }
#define READS(gpa_)	FAULT(gpa_, ATOLL_READ, 0, 0, 0)
#define WRITES(gpa_)	FAULT(gpa_, ATOLL_WRITE, 0, 0, 0)
#define END		{ .kind = ATOLL_EXIT_PIO, .insn_len = 2, \
			  .pio = { .port = 0xf4, .size = 1, .dir = ATOLL_WRITE, .next_rip = 2 } }

/* Run that to its end: the image's extent is there, and @resident and @shared others */
static void play(struct kunit *test, const struct atoll_exit *script, u32 nr, u32 resident,
		 u64 shared)
{
	struct atoll_vm *vm = fake_vm_define(test, "tlb", 1);

	fake_hw_play(script, nr);
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, (int)fake_vm_wait_end(vm), (int)ATOLL_STATE_STOPPED);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_hw.runs), nr);
	KUNIT_EXPECT_EQ(test, vm->gmem.nr_resident, 1 + resident);
	KUNIT_EXPECT_EQ(test, atoll_gmem_shared(&vm->gmem), shared);
	fake_vm_undefine(vm);
}

static void reads_are_lent_zeroes(struct kunit *test)
{
	static const struct atoll_exit once[] = { READS(SZ_2M), END };
	/* Whatever the CPU wants there, it is not satisfied with zeroes */
	static const struct atoll_exit again[] = { READS(SZ_2M), READS(SZ_2M + 8), END };

	play(test, once, ARRAY_SIZE(once), 0, SZ_2M);
	play(test, again, ARRAY_SIZE(again), 1, 0);
}

static void others_take_memory(struct kunit *test)
{
	static const struct atoll_exit script[][3] = {
		{ READS(SZ_2M), WRITES(SZ_2M), END },
		{ READS(SZ_2M), FAULT(SZ_2M, ATOLL_READ, 1, 0, 0), END },
		{ READS(SZ_2M), FAULT(SZ_2M, ATOLL_READ, 0, 1, 0), END },
		{ READS(SZ_2M), FAULT(SZ_2M, ATOLL_READ, 0, 0, 1), END },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(script); i++)
		play(test, script[i], ARRAY_SIZE(script[i]), 1, 0);
	for (i = 0; i < ARRAY_SIZE(script); i++)
		play(test, script[i] + 1, 2, 1, 0);
}

static struct atoll_vm *inside;
static bool has_left;

/* What the kick's interrupt does on another CPU */
static void leave(struct work_struct *work)
{
	has_left = true;
	/* That it has left before it is seen to have */
	smp_store_release(&inside->vcpu[1]->in_guest, 0);
}

static DECLARE_DELAYED_WORK(leaving, leave);

static void a_flush_waits_for_who_is_inside(struct kunit *test)
{
	struct atoll_vm *vm = fake_vm_define(test, "tlb", 2);

	/* Nobody is: there is nothing to wait for, and all are asked */
	atoll_vm_flush_tlbs(&vm->gmem);
	KUNIT_EXPECT_TRUE(test, test_bit(ATOLL_REQ_TLB_FLUSH, &vm->vcpu[0]->requests));
	KUNIT_EXPECT_TRUE(test, test_bit(ATOLL_REQ_TLB_FLUSH, &vm->vcpu[1]->requests));

	inside = vm;
	has_left = false;
	WRITE_ONCE(vm->vcpu[1]->cpu, 0);
	WRITE_ONCE(vm->vcpu[1]->in_guest, 1);
	schedule_delayed_work(&leaving, HZ / 10);
	atoll_vm_flush_tlbs(&vm->gmem);
	KUNIT_EXPECT_TRUE(test, has_left);
	cancel_delayed_work_sync(&leaving);
	WRITE_ONCE(vm->vcpu[1]->in_guest, 0);
	fake_vm_undefine(vm);
}

/* One that is in again has flushed on its way */
static void a_flush_does_not_wait_for_who_has_flushed(struct kunit *test)
{
	struct atoll_vm *vm = fake_vm_define(test, "tlb", 1);
	static const struct atoll_exit irq = { .kind = ATOLL_EXIT_IRQ };
	int flushes, i;

	fake_hw_play(&irq, 1);
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	flushes = atomic_read(&fake_hw.flushes);
	for (i = 1; i <= 100; i++) {
		atoll_vm_flush_tlbs(&vm->gmem);
		/* It is asked again only when it has done so: each time counts */
		while (test_bit(ATOLL_REQ_TLB_FLUSH, &vm->vcpu[0]->requests))
			cond_resched();
	}
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_hw.flushes), flushes + 100);
	KUNIT_EXPECT_EQ(test, atoll_vm_stop(vm, NULL), 0);
	fake_vm_undefine(vm);
}

static struct kunit_case tlb_cases[] = {
	KUNIT_CASE(reads_are_lent_zeroes),
	KUNIT_CASE(others_take_memory),
	KUNIT_CASE(a_flush_waits_for_who_is_inside),
	KUNIT_CASE(a_flush_does_not_wait_for_who_has_flushed),
	{}
};

static struct kunit_suite tlb_suite = {
	.name = "atoll_tlb",
	.init = fake_rooms_open,
	.exit = fake_rooms_close,
	.test_cases = tlb_cases,
};

kunit_test_suite(tlb_suite);
