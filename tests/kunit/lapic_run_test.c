// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local APIC in time: its timer, and what it asks of a vCPU's thread.
 * Intel SDM vol. 3, "Advanced Programmable Interrupt Controller (APIC)".
 */
#include <linux/delay.h>
#include <asm/tsc.h>
#include "lapic_board.h"

static bool fires(struct atoll_vcpu *vcpu, u8 vector)
{
	u32 tries;

	for (tries = 0; tries < 200; tries++) {
		if (test_and_clear_bit(vector, vcpu->lapic->irr))
			return true;
		msleep(20);
	}
	return false;
}

/* "Divide Configuration Register" */
static void timer_divides(struct kunit *test)
{
	static const struct { u8 divide, by; } cases[] = {
		{ 0x0, 2 }, { 0x1, 4 }, { 0x2, 8 }, { 0x3, 16 },
		{ 0x8, 32 }, { 0x9, 64 }, { 0xa, 128 }, { 0xb, 1 },
	};
	struct atoll_vm *vm = new_vm(test);
	struct atoll_vcpu *vcpu = vm->vcpu[0];
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		mmio_write(vcpu, 0x3e0, cases[i].divide);
		mmio_write(vcpu, 0x380, 0xffffffff);
		KUNIT_EXPECT_EQ_MSG(test, vcpu->lapic->timer.period, 0xffffffffULL * cases[i].by,
				    "divide configuration %#x", cases[i].divide);
	}
	fake_vm_undefine(vm);
}

/* "APIC Timer" */
static void timer_counts(struct kunit *test)
{
	struct atoll_vm *vm = new_vm(test);
	struct atoll_vcpu *vcpu = vm->vcpu[0];
	s64 expires, before;
	u32 a;

	mmio_write(vcpu, 0x3e0, 0xb);
	mmio_write(vcpu, 0x320, 0x61);
	mmio_write(vcpu, 0x380, 1000);
	KUNIT_EXPECT_TRUE(test, fires(vcpu, 0x61));
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x390), 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x380), 1000);

	mmio_write(vcpu, 0x320, 0x20061);
	mmio_write(vcpu, 0x380, 3000000);
	KUNIT_EXPECT_TRUE(test, fires(vcpu, 0x61));
	KUNIT_EXPECT_TRUE(test, fires(vcpu, 0x61));
	mmio_write(vcpu, 0x380, 0);
	clear_bit(0x61, vcpu->lapic->irr);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&vcpu->lapic->timer.hrtimer));

	/* 2^32 - 1 ticks of 128 ns last nine minutes */
	mmio_write(vcpu, 0x3e0, 0xa);
	mmio_write(vcpu, 0x380, 0xffffffff);
	a = mmio_read(vcpu, 0x390);
	KUNIT_EXPECT_GT(test, a, 0xf0000000);
	mmio_write(vcpu, 0x3e0, 0x0);
	KUNIT_EXPECT_LE(test, mmio_read(vcpu, 0x390), a);
	KUNIT_EXPECT_GT(test, mmio_read(vcpu, 0x390), 0xe0000000);

	/* What would be a storm */
	before = ktime_get_ns();
	mmio_write(vcpu, 0x3e0, 0xb);
	mmio_write(vcpu, 0x380, 1);
	expires = ktime_to_ns(hrtimer_get_expires(&vcpu->lapic->timer.hrtimer));
	KUNIT_EXPECT_GE(test, expires - before, 100 * NSEC_PER_USEC);
	KUNIT_EXPECT_LE(test, mmio_read(vcpu, 0x390), 1);
	KUNIT_EXPECT_TRUE(test, fires(vcpu, 0x61));
	atoll_lapic_reset(vcpu);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&vcpu->lapic->timer.hrtimer));
	fake_vm_undefine(vm);
}

/* "TSC-Deadline Mode" */
static void deadline_passes(struct kunit *test)
{
	struct atoll_vm *vm = new_vm(test);
	struct atoll_vcpu *vcpu = vm->vcpu[0];
	u64 v;

	atoll_clock_start(&vm->clock, 0, tsc_khz, 0, 1);
	vm->clock.tsc_offset = 0;
	KUNIT_EXPECT_EQ(test, atoll_lapic_msr_write(vcpu, 0x6e0, rdtsc()), 0);
	KUNIT_EXPECT_FALSE(test, test_bit(0x61, vcpu->lapic->irr));
	mmio_write(vcpu, 0x320, 0x40061);
	mmio_write(vcpu, 0x380, 1000);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x380), 0);

	/* The guest's TSC is 2^40 ahead */
	vm->clock.tsc_offset = BIT_ULL(40);
	atoll_lapic_msr_write(vcpu, 0x6e0, rdtsc() + BIT_ULL(40) - 1);
	KUNIT_EXPECT_TRUE(test, test_and_clear_bit(0x61, vcpu->lapic->irr));
	atoll_lapic_msr_read(vcpu, 0x6e0, &v);
	KUNIT_EXPECT_EQ(test, v, 0);
	atoll_lapic_msr_write(vcpu, 0x6e0, rdtsc() + BIT_ULL(40) + 10000);
	KUNIT_EXPECT_TRUE(test, fires(vcpu, 0x61));
	atoll_lapic_msr_read(vcpu, 0x6e0, &v);
	KUNIT_EXPECT_EQ(test, v, 0);

	atoll_lapic_msr_write(vcpu, 0x6e0, ~0ULL);
	atoll_lapic_msr_read(vcpu, 0x6e0, &v);
	KUNIT_EXPECT_EQ(test, v, ~0ULL);
	/* A jump of the TSC behind the deadline */
	atoll_lapic_msr_write(vcpu, 0x6e0, BIT_ULL(62));
	vm->clock.tsc_offset = BIT_ULL(62);
	atoll_lapic_tsc_changed(vcpu);
	KUNIT_EXPECT_TRUE(test, test_and_clear_bit(0x61, vcpu->lapic->irr));

	atoll_lapic_msr_write(vcpu, 0x6e0, ~0ULL);
	mmio_write(vcpu, 0x320, 0x61);
	atoll_lapic_msr_read(vcpu, 0x6e0, &v);
	KUNIT_EXPECT_EQ(test, v, 0);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&vcpu->lapic->timer.hrtimer));
	fake_vm_undefine(vm);
}

static const struct atoll_exit irq = { .kind = ATOLL_EXIT_IRQ };

static void wait_state(struct kunit *test, struct atoll_vm *vm, u32 i,
		       enum atoll_vcpu_state state)
{
	int tries;

	for (tries = 0; tries < 500 && READ_ONCE(vm->vcpu[i]->state) != state; tries++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, READ_ONCE(vm->vcpu[i]->state), (int)state);
}

static struct atoll_vm *started(struct kunit *test)
{
	struct atoll_vm *vm = fake_vm_define(test, "lapic", CPUS);

	fake_hw_play(&irq, 1);
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	return vm;
}

/* "MP Initialization Protocol", and "Processor State After Reset" for INIT */
static void init_and_sipi(struct kunit *test)
{
	struct atoll_vm *vm = started(test);
	struct atoll_vcpu *vcpu = vm->vcpu[2];
	struct atoll_cpu_state state;
	u64 tsc_offset;

	wait_state(test, vm, 2, ATOLL_VCPU_WAIT_SIPI);
	tsc_offset = atoll_hw->get_reg(vm->vcpu[0], ATOLL_TSC_OFFSET);
	KUNIT_EXPECT_EQ(test, atoll_hw->get_reg(vcpu, ATOLL_TSC_OFFSET), tsc_offset);
	atoll_vcpu_sipi(vcpu, 0x9a);
	wait_state(test, vm, 2, ATOLL_VCPU_RUNS);
	KUNIT_ASSERT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	atoll_hw->save_state(vcpu, &state);
	KUNIT_EXPECT_EQ(test, state.seg[ATOLL_CS].selector, 0x9a00);
	KUNIT_EXPECT_EQ(test, state.seg[ATOLL_CS].base, 0x9a000);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RIP], 0);

	/* Registers go, MSRs, the TSC and the cache bits of CR0 stay */
	state.cr0 = 0xe0000011;
	state.cr3 = 0x1000;
	state.lstar = 0x1234;
	atoll_hw->load_state(vcpu, &state);
	atoll_vcpu_init(vcpu);
	KUNIT_ASSERT_EQ(test, atoll_vm_resume(vm, NULL), 0);
	wait_state(test, vm, 2, ATOLL_VCPU_WAIT_SIPI);
	atoll_hw->save_state(vcpu, &state);
	KUNIT_EXPECT_EQ(test, state.cr0, 0x60000010);
	KUNIT_EXPECT_EQ(test, state.cr3, 0);
	KUNIT_EXPECT_EQ(test, state.lstar, 0x1234);
	KUNIT_EXPECT_EQ(test, state.regs[ATOLL_RIP], 0xfff0);
	KUNIT_EXPECT_EQ(test, atoll_hw->get_reg(vcpu, ATOLL_TSC_OFFSET), tsc_offset);
	fake_vm_undefine(vm);
}

/* A start-up IPI right behind an INIT is not lost, and none is heeded by a CPU that runs */
static void sipi_follows_init(struct kunit *test)
{
	struct atoll_vm *vm = started(test);
	struct atoll_vcpu *vcpu = vm->vcpu[1];
	struct atoll_cpu_state state;
	int i, tries;

	for (i = 1; i <= 50; i++) {
		atoll_vcpu_init(vcpu);
		atoll_vcpu_sipi(vcpu, i);
		for (tries = 0; tries < 500 && READ_ONCE(vcpu->sipi) >= 0; tries++)
			msleep(20);
		KUNIT_EXPECT_EQ(test, READ_ONCE(vcpu->sipi), -1);
		wait_state(test, vm, 1, ATOLL_VCPU_RUNS);
	}
	atoll_vcpu_sipi(vcpu, 0x77);
	KUNIT_ASSERT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	atoll_hw->save_state(vcpu, &state);
	KUNIT_EXPECT_EQ(test, state.seg[ATOLL_CS].base, 50 << 12);
	fake_vm_undefine(vm);
}

static void nmi_waits_and_comes(struct kunit *test)
{
	struct atoll_vm *vm = started(test);
	int tries;

	atoll_vcpu_request(vm->vcpu[0], ATOLL_REQ_NMI);
	for (tries = 0; tries < 500 && !READ_ONCE(fake_hw.nmi_windows); tries++)
		msleep(20);
	KUNIT_EXPECT_GE(test, READ_ONCE(fake_hw.nmi_windows), 1);
	KUNIT_EXPECT_EQ(test, READ_ONCE(fake_hw.nmis), 0);
	/* One is kept, not two */
	atoll_vcpu_request(vm->vcpu[0], ATOLL_REQ_NMI);
	msleep(50);
	WRITE_ONCE(fake_hw.take_nmis, 1);
	msleep(100);
	KUNIT_EXPECT_EQ(test, READ_ONCE(fake_hw.nmis), 1);
	fake_vm_undefine(vm);
}

static void cr8_keeps_an_interrupt_out(struct kunit *test)
{
	struct atoll_vm *vm = started(test);
	int tries;

	KUNIT_ASSERT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	fake_hw.take_interrupts = 1;
	atoll_hw->set_reg(vm->vcpu[0], ATOLL_CR8, 9);
	atoll_lapic_post(vm->vcpu[0]->lapic, 0x93, 0);
	KUNIT_ASSERT_EQ(test, atoll_vm_resume(vm, NULL), 0);
	for (tries = 0; tries < 500 && !READ_ONCE(fake_hw.cr8_below); tries++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, READ_ONCE(fake_hw.cr8_below), 9);
	KUNIT_EXPECT_EQ(test, READ_ONCE(fake_hw.injected), -1);
	atoll_hw->set_reg(vm->vcpu[0], ATOLL_CR8, 8);
	for (tries = 0; tries < 500 && READ_ONCE(fake_hw.injected) < 0; tries++)
		msleep(20);
	KUNIT_EXPECT_EQ(test, READ_ONCE(fake_hw.injected), 0x93);
	fake_vm_undefine(vm);
}

static void timer_stops_with_the_run(struct kunit *test)
{
	struct atoll_vm *vm = started(test);
	struct atoll_vcpu *vcpu = vm->vcpu[0];

	KUNIT_ASSERT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	mmio_write(vcpu, 0x320, 0x20061);
	mmio_write(vcpu, 0x380, 1);
	KUNIT_EXPECT_TRUE(test, hrtimer_active(&vcpu->lapic->timer.hrtimer));
	KUNIT_EXPECT_EQ(test, atoll_vm_stop(vm, NULL), 0);
	KUNIT_EXPECT_FALSE(test, hrtimer_active(&vcpu->lapic->timer.hrtimer));
	fake_vm_undefine(vm);
}

static struct kunit_case lapic_run_cases[] = {
	KUNIT_CASE(timer_divides),
	KUNIT_CASE(timer_counts),
	KUNIT_CASE(deadline_passes),
	KUNIT_CASE(init_and_sipi),
	KUNIT_CASE(sipi_follows_init),
	KUNIT_CASE(nmi_waits_and_comes),
	KUNIT_CASE(cr8_keeps_an_interrupt_out),
	KUNIT_CASE(timer_stops_with_the_run),
	{}
};

static struct kunit_suite lapic_run_suite = {
	.name = "atoll_lapic_run",
	.init = fake_rooms_open,
	.exit = fake_rooms_close,
	.test_cases = lapic_run_cases,
};

kunit_test_suite(lapic_run_suite);
