// SPDX-License-Identifier: GPL-2.0-only
/*
 * The run loop, from start to end of a run, on fake CPUs.
 */
#include <linux/cpumask.h>
#include <linux/delay.h>
#include <linux/sched.h>
#include "../../kmod/mem/pool.h"
#include "fake_hw.h"

static const struct atoll_exit irq = { .kind = ATOLL_EXIT_IRQ };
static const struct atoll_exit hlt = { .kind = ATOLL_EXIT_HLT, .insn_len = 1 };

#define OUT(port_) {								\
	.kind = ATOLL_EXIT_PIO,							\
	.pio = { .port = (port_), .size = 1, .dir = ATOLL_WRITE, .next_rip = 2 } }

static struct atoll_vm *started(struct kunit *test, const struct atoll_exit *script, u32 len)
{
	struct atoll_vm *vm = fake_vm_define(test, "run", 1);

	fake_hw_play(script, len);
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	return vm;
}

/* Wait until the guest was entered @goal times since its script began */
static void wait_runs(struct kunit *test, int goal)
{
	int tries;

	for (tries = 0; tries < 500 && atomic_read(&fake_hw.runs) < goal; tries++)
		msleep(20);
	KUNIT_EXPECT_GE(test, atomic_read(&fake_hw.runs), goal);
}

/* Wait until the thread of vCPU @i has come to @state */
static void wait_state(struct kunit *test, struct atoll_vm *vm, u32 i,
		       enum atoll_vcpu_state state)
{
	int tries;

	for (tries = 0; tries < 500 && READ_ONCE(vm->vcpu[i]->state) != state; tries++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, READ_ONCE(vm->vcpu[i]->state), (int)state);
}

static void exit_port_ends_the_run(struct kunit *test)
{
	static const struct atoll_exit script[] = {
		{ .kind = ATOLL_EXIT_IRQ },
		{ .kind = ATOLL_EXIT_HYPERCALL, .insn_len = 3 },
		{ .kind = ATOLL_EXIT_HYPERCALL, .insn_len = 3 },
		OUT(0xf4),
	};
	struct atoll_vm *vm = started(test, script, ARRAY_SIZE(script));

	KUNIT_EXPECT_EQ(test, (int)fake_vm_wait_end(vm), (int)ATOLL_STATE_STOPPED);
	KUNIT_EXPECT_EQ(test, vm->has_exit_code, 1);
	/* RAX after a hypercall that isn't one: -1000, its low byte 0x18 */
	KUNIT_EXPECT_EQ(test, vm->exit_code, 0x18);
	KUNIT_EXPECT_EQ(test, vm->vcpu[0]->exits[ATOLL_EXIT_IRQ], 1);
	KUNIT_EXPECT_EQ(test, vm->vcpu[0]->exits[ATOLL_EXIT_HYPERCALL], 2);
	KUNIT_EXPECT_EQ(test, vm->vcpu[0]->exits[ATOLL_EXIT_PIO], 1);
	KUNIT_EXPECT_EQ(test, vm->vcpu[0]->regs[ATOLL_RIP], 2);
	fake_vm_undefine(vm);
}

static void triple_fault_crashes(struct kunit *test)
{
	static const struct atoll_exit script[] = { { .kind = ATOLL_EXIT_SHUTDOWN } };
	struct atoll_vm *vm = started(test, script, ARRAY_SIZE(script));

	KUNIT_EXPECT_EQ(test, (int)fake_vm_wait_end(vm), (int)ATOLL_STATE_CRASHED);
	KUNIT_EXPECT_STREQ(test, vm->crash.reason, "triple fault");
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_hw.runs), 1);
	fake_vm_undefine(vm);
}

static void unknown_exit_crashes(struct kunit *test)
{
	static const struct atoll_exit script[] = {
		{ .kind = ATOLL_EXIT_UNKNOWN, .hw_reason = 0x123 },
		{ .kind = ATOLL_EXIT_IRQ },
	};
	struct atoll_vm *vm = started(test, script, ARRAY_SIZE(script));

	KUNIT_EXPECT_EQ(test, (int)fake_vm_wait_end(vm), (int)ATOLL_STATE_CRASHED);
	KUNIT_EXPECT_NOT_NULL(test, strstr(vm->crash.reason, "0x123"));
	/* It never got back into the guest */
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_hw.runs), 1);
	fake_vm_undefine(vm);
}

/* In the vCPU's own thread, which has not left its loop yet: all in one exit */
static void fatal_pio(struct atoll_device *dev, struct atoll_io *io)
{
	atoll_vm_crash(dev->vm->vcpu[0], "the first");
	atoll_vm_exited(dev->vm, 1);
	atoll_vm_crash(dev->vm->vcpu[0], "the second");
}

static const struct atoll_device_ops fatal_ops = { .name = "fatal", .pio = fatal_pio };

static void only_the_first_crash_is_kept(struct kunit *test)
{
	static const struct atoll_exit script[] = { OUT(0x80) };
	static struct atoll_device fatal;
	struct atoll_vm *vm = fake_vm_define(test, "run", 1);

	atoll_device_add(vm, &fatal, &fatal_ops);
	KUNIT_ASSERT_EQ(test, atoll_bus_add(&vm->pio, &fatal, 0x80, 1), 0);
	fake_hw_play(script, ARRAY_SIZE(script));
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, (int)fake_vm_wait_end(vm), (int)ATOLL_STATE_CRASHED);
	KUNIT_EXPECT_STREQ(test, vm->crash.reason, "the first");
	KUNIT_EXPECT_EQ(test, vm->has_exit_code, 0);
	fake_vm_undefine(vm);
}

static void halted_vcpu_sleeps(struct kunit *test)
{
	struct atoll_vm *vm = started(test, &hlt, 1);

	wait_state(test, vm, 0, ATOLL_VCPU_HALTED);
	msleep(50);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_hw.runs), 1);
	KUNIT_EXPECT_EQ(test, atoll_vm_stop(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, (int)vm->state, (int)ATOLL_STATE_STOPPED);
	KUNIT_EXPECT_EQ(test, vm->has_exit_code, 0);
	fake_vm_undefine(vm);
}

static void busy_guest_is_stopped(struct kunit *test)
{
	struct atoll_vm *vm = started(test, &irq, 1);

	wait_runs(test, 10);
	KUNIT_EXPECT_EQ(test, atoll_vm_stop(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, (int)vm->state, (int)ATOLL_STATE_STOPPED);
	fake_vm_undefine(vm);
}

/* On this CPU no interrupt but ours ends the guest's run: not even the tick's */
static void guest_without_exits_is_kicked(struct kunit *test)
{
	int here = cpumask_first(cpu_online_mask), runs, tries;
	int there = cpumask_next(here, cpu_online_mask);
	struct atoll_vm *vm;

	if (there >= nr_cpu_ids)
		kunit_skip(test, "the machine has one CPU only");
	KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(current, cpumask_of(here)), 0);
	vm = started(test, &irq, 1);
	KUNIT_ASSERT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	KUNIT_ASSERT_EQ(test, set_cpus_allowed_ptr(vm->vcpu[0]->task, cpumask_of(there)), 0);
	fake_hw.wait_for_kick = 1;
	runs = atomic_read(&fake_hw.runs);
	KUNIT_ASSERT_EQ(test, atoll_vm_resume(vm, NULL), 0);
	/* Jiffies may stand still meanwhile: no msleep() */
	for (tries = 0; tries < 10000 && atomic_read(&fake_hw.runs) == runs; tries++)
		usleep_range(100, 200);
	KUNIT_EXPECT_GT(test, atomic_read(&fake_hw.runs), runs);
	KUNIT_EXPECT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	fake_hw.wait_for_kick = 0;
	KUNIT_EXPECT_EQ(test, fake_hw.unkicked, 0);
	fake_vm_undefine(vm);
}

static void paused_guest_does_not_run(struct kunit *test)
{
	struct atoll_vm *vm = started(test, &irq, 1);
	int runs;

	wait_runs(test, 10);
	KUNIT_EXPECT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, (int)vm->state, (int)ATOLL_STATE_PAUSED);
	runs = atomic_read(&fake_hw.runs);
	msleep(50);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_hw.runs), runs);
	KUNIT_EXPECT_EQ(test, atoll_vm_resume(vm, NULL), 0);
	wait_runs(test, runs + 10);
	fake_vm_undefine(vm);
}

static void halted_guest_can_be_paused(struct kunit *test)
{
	struct atoll_vm *vm = started(test, &hlt, 1);

	wait_state(test, vm, 0, ATOLL_VCPU_HALTED);
	KUNIT_EXPECT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, READ_ONCE(vm->vcpu[0]->state), (int)ATOLL_VCPU_HELD);
	KUNIT_EXPECT_EQ(test, atoll_vm_resume(vm, NULL), 0);
	wait_state(test, vm, 0, ATOLL_VCPU_HALTED);
	/* It went on sleeping, and did not halt once more */
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_hw.runs), 1);
	fake_vm_undefine(vm);
}

static void paused_guest_can_be_stopped(struct kunit *test)
{
	struct atoll_vm *vm = started(test, &irq, 1);

	KUNIT_EXPECT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_vm_stop(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, (int)vm->state, (int)ATOLL_STATE_STOPPED);
	fake_vm_undefine(vm);
}

static void program_pic(struct atoll_vm *vm)
{
	static const struct { u16 port; u8 value; } writes[] = {
		{ 0x20, 0x11 }, { 0x21, 0x40 }, { 0x21, 0x04 }, { 0x21, 0x01 }, { 0x21, 0xef },
	};
	struct atoll_io io;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(writes); i++) {
		io = (struct atoll_io){ .addr = writes[i].port, .len = 1, .dir = ATOLL_WRITE,
					.data = writes[i].value };
		atoll_bus_pio(vm->vcpu[0], &io);
	}
}

static void interrupt_wakes_a_halted_vcpu(struct kunit *test)
{
	static const struct atoll_exit script[] = {
		{ .kind = ATOLL_EXIT_HLT, .insn_len = 1 },
		{ .kind = ATOLL_EXIT_SHUTDOWN },
	};
	struct atoll_vm *vm = started(test, script, ARRAY_SIZE(script));

	wait_state(test, vm, 0, ATOLL_VCPU_HALTED);
	KUNIT_ASSERT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	program_pic(vm);
	KUNIT_ASSERT_EQ(test, atoll_vm_resume(vm, NULL), 0);
	/* Let it fall asleep again, so that there is somebody to wake */
	wait_state(test, vm, 0, ATOLL_VCPU_HALTED);
	msleep(50);
	fake_hw.take_interrupts = 1;
	atoll_irq_set(vm, 4, 1);
	KUNIT_EXPECT_EQ(test, (int)fake_vm_wait_end(vm), (int)ATOLL_STATE_CRASHED);
	KUNIT_EXPECT_EQ(test, fake_hw.injected, 0x44);
	fake_vm_undefine(vm);
}

static void interrupt_waits_for_a_window(struct kunit *test)
{
	struct atoll_vm *vm = started(test, &irq, 1);

	KUNIT_ASSERT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	program_pic(vm);
	atoll_irq_set(vm, 4, 1);
	KUNIT_ASSERT_EQ(test, atoll_vm_resume(vm, NULL), 0);
	wait_runs(test, atomic_read(&fake_hw.runs) + 2);
	KUNIT_EXPECT_EQ(test, fake_hw.injected, -1);
	KUNIT_EXPECT_GE(test, READ_ONCE(fake_hw.windows), 1);
	WRITE_ONCE(fake_hw.take_interrupts, 1);
	wait_runs(test, atomic_read(&fake_hw.runs) + 2);
	KUNIT_EXPECT_EQ(test, READ_ONCE(fake_hw.injected), 0x44);
	fake_vm_undefine(vm);
}

static void secondary_vcpus_wait(struct kunit *test)
{
	struct atoll_vm *vm = fake_vm_define(test, "smp", 4);

	fake_hw_play(&irq, 1);
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	wait_runs(test, 5);
	KUNIT_EXPECT_EQ(test, READ_ONCE(vm->vcpu[3]->state), (int)ATOLL_VCPU_WAIT_SIPI);
	KUNIT_EXPECT_EQ(test, vm->vcpu[3]->exits[ATOLL_EXIT_IRQ], 0);
	KUNIT_EXPECT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, READ_ONCE(vm->vcpu[3]->state), (int)ATOLL_VCPU_HELD);
	KUNIT_EXPECT_EQ(test, atoll_vm_resume(vm, NULL), 0);
	wait_state(test, vm, 3, ATOLL_VCPU_WAIT_SIPI);
	KUNIT_EXPECT_EQ(test, vm->vcpu[3]->exits[ATOLL_EXIT_IRQ], 0);
	KUNIT_EXPECT_EQ(test, atoll_vm_stop(vm, NULL), 0);
	fake_vm_undefine(vm);
}

static void vcpus_run_where_they_are_pinned(struct kunit *test)
{
	struct atoll_vm *vm = fake_vm_define(test, "pinned", 3);
	u32 i;

	KUNIT_EXPECT_EQ(test, vm->vcpu[0]->pin, -1);
	vm->vcpu[0]->pin = 0;
	vm->vcpu[1]->pin = cpumask_last(cpu_online_mask);
	fake_hw_play(&irq, 1);
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE(test, cpumask_equal(vm->vcpu[i]->task->cpus_ptr,
						      cpumask_of(vm->vcpu[i]->pin)));
	KUNIT_EXPECT_TRUE(test, cpumask_equal(vm->vcpu[2]->task->cpus_ptr, cpu_possible_mask));
	wait_runs(test, 5);
	KUNIT_EXPECT_EQ(test, READ_ONCE(vm->vcpu[0]->cpu), 0);
	fake_vm_undefine(vm);
}

static void start_without_hardware_is_refused(struct kunit *test)
{
	struct netlink_ext_ack extack = { };
	struct atoll_vm *vm = fake_vm_define(test, "run", 1);

	fake_hw_play(&irq, 1);
	fake_hw.cpu_on_err = -EBUSY;
	KUNIT_EXPECT_EQ(test, atoll_vm_start(vm, &extack), -EBUSY);
	KUNIT_EXPECT_NOT_NULL(test, strstr(extack._msg, "another hypervisor"));
	KUNIT_EXPECT_EQ(test, (int)vm->state, (int)ATOLL_STATE_NEW);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_hw.runs), 0);
	fake_hw.cpu_on_err = 0;
	KUNIT_EXPECT_EQ(test, atoll_vm_start(vm, &extack), 0);
	wait_runs(test, 1);
	fake_vm_undefine(vm);
}

static void second_run_starts_afresh(struct kunit *test)
{
	static const struct atoll_exit script[] = { { .kind = ATOLL_EXIT_SHUTDOWN } };
	struct atoll_vm *vm = started(test, script, ARRAY_SIZE(script));
	u8 byte = 0xaa, seen = 0xff;

	fake_vm_wait_end(vm);
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(&vm->gmem, 0x200000, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_write(&vm->gmem, 0x200000, &byte, 1), 0);
	program_pic(vm);
	atoll_irq_set(vm, 4, 1);
	KUNIT_EXPECT_TRUE(test, atoll_irqchip_pending(vm->vcpu[0]));
	fake_hw_play(&irq, 1);
	KUNIT_EXPECT_EQ(test, atoll_vm_start(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, vm->crash.reason[0], '\0');
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(&vm->gmem, 0x200000, &seen, 1), 0);
	KUNIT_EXPECT_EQ(test, seen, 0);
	KUNIT_EXPECT_EQ(test, vm->vcpu[0]->exits[ATOLL_EXIT_SHUTDOWN], 0);
	KUNIT_EXPECT_FALSE(test, atoll_irqchip_pending(vm->vcpu[0]));
	fake_vm_undefine(vm);
}

#define FAULT(gpa_) { .kind = ATOLL_EXIT_S2FAULT, .s2 = { .gpa = (gpa_), .walk = 1 } }

static void touched_ram_is_taken(struct kunit *test)
{
	static const struct atoll_exit script[] = { FAULT(0x3fffff), OUT(0xf4) };
	struct atoll_vm *vm = started(test, script, ARRAY_SIZE(script));

	/* The image's extent, and that one; no instruction was skipped for it */
	KUNIT_EXPECT_EQ(test, (int)fake_vm_wait_end(vm), (int)ATOLL_STATE_STOPPED);
	KUNIT_EXPECT_EQ(test, vm->gmem.nr_resident, 2);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_hw.runs), 2);
	KUNIT_EXPECT_EQ(test, vm->vcpu[0]->regs[ATOLL_RIP], 2);
	fake_vm_undefine(vm);
}

static void clock_takes_its_ram_first(struct kunit *test)
{
	struct atoll_vm *vm = fake_vm_define(test, "run", 1);
	struct atoll_vcpu *vcpu = vm->vcpu[0];

	KUNIT_EXPECT_EQ(test, atoll_clock_write_system_time(vcpu, 0x200001), -EAGAIN);
	KUNIT_EXPECT_EQ(test, vcpu->pv.clock_gpa, 0);
	KUNIT_EXPECT_EQ(test, vcpu->want_gpa, 0x200000);
	atoll_vcpu_take_wanted(vcpu);
	KUNIT_EXPECT_EQ(test, vcpu->want_len, 0);
	KUNIT_EXPECT_EQ(test, atoll_clock_write_system_time(vcpu, 0x200001), 0);
	KUNIT_EXPECT_EQ(test, vcpu->pv.clock_gpa, 0x200000);
	fake_vm_undefine(vm);
}

/* Wait until a verb or a vCPU has brought the VM there */
static void wait_vm_state(struct kunit *test, struct atoll_vm *vm, enum atoll_state state)
{
	int tries;

	for (tries = 0; tries < 500 && READ_ONCE(vm->state) != state; tries++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, (int)READ_ONCE(vm->state), (int)state);
}

static void set_pool(struct kunit *test, u64 bytes)
{
	const bool overcommit = true;

	KUNIT_EXPECT_EQ(test, atoll_pool_set(&atoll_dynamic_pool, &bytes, &overcommit, NULL), 0);
}

static void want_of_memory_pauses(struct kunit *test)
{
	static const struct atoll_exit script[] = { FAULT(0x200000), OUT(0xf4) };
	struct atoll_vm *vm = fake_vm_define(test, "run", 2);

	set_pool(test, 2 << 20);
	fake_hw_play(script, ARRAY_SIZE(script));
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	wait_vm_state(test, vm, ATOLL_STATE_PAUSED);
	KUNIT_EXPECT_EQ(test, vm->starved, -ENOSPC);
	/* In vain, and then not */
	KUNIT_EXPECT_EQ(test, atoll_vm_resume(vm, NULL), 0);
	wait_vm_state(test, vm, ATOLL_STATE_PAUSED);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_hw.runs), 1);
	set_pool(test, 4 << 20);
	KUNIT_EXPECT_EQ(test, atoll_vm_resume(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, (int)fake_vm_wait_end(vm), (int)ATOLL_STATE_STOPPED);
	KUNIT_EXPECT_EQ(test, vm->starved, 0);
	KUNIT_EXPECT_EQ(test, vm->gmem.nr_resident, 2);
	fake_vm_undefine(vm);
}

static void starved_guest_can_be_stopped(struct kunit *test)
{
	static const struct atoll_exit script[] = { FAULT(0x200000) };
	struct atoll_vm *vm = fake_vm_define(test, "run", 2);

	set_pool(test, 2 << 20);
	fake_hw_play(script, ARRAY_SIZE(script));
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	wait_vm_state(test, vm, ATOLL_STATE_PAUSED);
	KUNIT_EXPECT_EQ(test, atoll_vm_stop(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, (int)vm->state, (int)ATOLL_STATE_STOPPED);
	fake_vm_undefine(vm);
}

static struct kunit_case run_cases[] = {
	KUNIT_CASE(exit_port_ends_the_run),
	KUNIT_CASE(touched_ram_is_taken),
	KUNIT_CASE(clock_takes_its_ram_first),
	KUNIT_CASE(want_of_memory_pauses),
	KUNIT_CASE(starved_guest_can_be_stopped),
	KUNIT_CASE(triple_fault_crashes),
	KUNIT_CASE(unknown_exit_crashes),
	KUNIT_CASE(only_the_first_crash_is_kept),
	KUNIT_CASE(halted_vcpu_sleeps),
	KUNIT_CASE(busy_guest_is_stopped),
	KUNIT_CASE(guest_without_exits_is_kicked),
	KUNIT_CASE(paused_guest_does_not_run),
	KUNIT_CASE(halted_guest_can_be_paused),
	KUNIT_CASE(paused_guest_can_be_stopped),
	KUNIT_CASE(interrupt_wakes_a_halted_vcpu),
	KUNIT_CASE(interrupt_waits_for_a_window),
	KUNIT_CASE(secondary_vcpus_wait),
	KUNIT_CASE(vcpus_run_where_they_are_pinned),
	KUNIT_CASE(start_without_hardware_is_refused),
	KUNIT_CASE(second_run_starts_afresh),
	{}
};

static struct kunit_suite run_suite = {
	.name = "atoll_run",
	.init = fake_rooms_open,
	.exit = fake_rooms_close,
	.test_cases = run_cases,
};

kunit_test_suite(run_suite);
