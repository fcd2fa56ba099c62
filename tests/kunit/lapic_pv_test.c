// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's paravirtual EOI, from Documentation/virt/kvm/x86/msr.rst: when the bit
 * may be set, and what it means that the guest has cleared it.
 */
#include <uapi/asm/kvm_para.h>
#include "lapic_board.h"

#define AREA	0x6000ULL
#define ISR_OF_0x41	0x120	/* the registers that have the vectors' bits, bit 1 */
#define ISR_OF_0x61	0x130

static struct atoll_vm *vm;
static struct atoll_vcpu *vcpu;

static int pv_init(struct kunit *test)
{
	int err = fake_rooms_open(test);

	if (err)
		return err;
	vm = new_vm(test);
	vcpu = vm->vcpu[0];
	/* Memory that nobody has touched yet has to be taken first */
	KUNIT_EXPECT_EQ(test, atoll_msr_write(vcpu, MSR_KVM_PV_EOI_EN, AREA | 1), -EAGAIN);
	KUNIT_EXPECT_EQ(test, vcpu->pv.eoi_gpa, 0);
	KUNIT_EXPECT_EQ(test, atoll_gmem_fill(&vm->gmem, 0, vm->cfg.memory, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_msr_write(vcpu, MSR_KVM_PV_EOI_EN, AREA | 1), 0);
	return 0;
}

static void pv_exit(struct kunit *test)
{
	fake_vm_undefine(vm);
	fake_rooms_close(test);
}

static u32 area(void)
{
	u32 value = ~0U;

	atoll_gmem_read(&vm->gmem, AREA, &value, sizeof(value));
	return value;
}

/* What Linux does instead of an EOI: true if that was enough */
static bool guest_clears_bit(void)
{
	u32 old = area(), zero = 0;

	atoll_gmem_write(&vm->gmem, AREA, &zero, sizeof(zero));
	return old & 1;
}

static void deliver(struct kunit *test, u8 vector, u8 level)
{
	atoll_lapic_post(vcpu->lapic, vector, level);
	KUNIT_ASSERT_TRUE(test, atoll_irqchip_pending(vcpu));
	KUNIT_ASSERT_EQ(test, atoll_irqchip_ack(vcpu), vector);
}

static void a_cleared_bit_is_an_eoi(struct kunit *test)
{
	deliver(test, 0x41, 0);
	KUNIT_EXPECT_EQ(test, area(), 1);
	KUNIT_EXPECT_TRUE(test, guest_clears_bit());
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x0a0), 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, ISR_OF_0x41), 0);
	/* Nothing is in service any more: the same vector comes again */
	deliver(test, 0x41, 0);
	KUNIT_EXPECT_TRUE(test, guest_clears_bit());
	deliver(test, 0x41, 0);
	KUNIT_EXPECT_EQ(test, area(), 1);
}

static void a_bit_that_stays_is_none(struct kunit *test)
{
	deliver(test, 0x41, 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, ISR_OF_0x41), BIT(1));
	KUNIT_EXPECT_EQ(test, area(), 0);
	mmio_write(vcpu, APIC_EOI, 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, ISR_OF_0x41), 0);
}

/* "It is always safe for the guest to ignore the optimization" */
static void an_eoi_may_be_written_all_the_same(struct kunit *test)
{
	deliver(test, 0x41, 0);
	mmio_write(vcpu, APIC_EOI, 0);
	KUNIT_EXPECT_EQ(test, area(), 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, ISR_OF_0x41), 0);
}

static void a_level_needs_its_eoi(struct kunit *test)
{
	deliver(test, 0x41, 1);
	KUNIT_EXPECT_EQ(test, area(), 0);
}

static void another_request_needs_the_eoi(struct kunit *test)
{
	atoll_lapic_post(vcpu->lapic, 0x31, 0);
	deliver(test, 0x41, 0);
	KUNIT_EXPECT_EQ(test, area(), 0);
	mmio_write(vcpu, APIC_EOI, 0);
	KUNIT_EXPECT_EQ(test, atoll_irqchip_ack(vcpu), 0x31);
	KUNIT_EXPECT_EQ(test, area(), 1);
}

/* A request of no higher priority, after the bit was set and before it is cleared */
static void a_later_request_takes_the_bit_back(struct kunit *test)
{
	deliver(test, 0x41, 0);
	atoll_lapic_post(vcpu->lapic, 0x31, 0);
	KUNIT_EXPECT_FALSE(test, atoll_irqchip_pending(vcpu));
	KUNIT_EXPECT_FALSE(test, guest_clears_bit());
	mmio_write(vcpu, APIC_EOI, 0);
	KUNIT_EXPECT_TRUE(test, atoll_irqchip_pending(vcpu));
}

static void a_nested_one_ends_first(struct kunit *test)
{
	deliver(test, 0x41, 0);
	deliver(test, 0x61, 0);
	KUNIT_EXPECT_TRUE(test, guest_clears_bit());
	/* The outer handler finds no bit, and writes */
	KUNIT_EXPECT_FALSE(test, guest_clears_bit());
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, ISR_OF_0x61), 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, ISR_OF_0x41), BIT(1));
	mmio_write(vcpu, APIC_EOI, 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, ISR_OF_0x41), 0);
}

/* The write of the outer handler is the first that the APIC hears of either */
static void two_eois_come_at_once(struct kunit *test)
{
	deliver(test, 0x41, 0);
	deliver(test, 0x61, 0);
	KUNIT_EXPECT_TRUE(test, guest_clears_bit());
	mmio_write(vcpu, APIC_EOI, 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, ISR_OF_0x61), 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, ISR_OF_0x41), 0);
}

static void it_is_switched_off(struct kunit *test)
{
	u64 value;

	KUNIT_EXPECT_EQ(test, atoll_msr_read(vcpu, MSR_KVM_PV_EOI_EN, &value), 0);
	KUNIT_EXPECT_EQ(test, value, AREA | 1);
	deliver(test, 0x41, 0);
	KUNIT_EXPECT_TRUE(test, guest_clears_bit());
	KUNIT_EXPECT_EQ(test, atoll_msr_write(vcpu, MSR_KVM_PV_EOI_EN, 0), 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, ISR_OF_0x41), 0);
	deliver(test, 0x41, 0);
	KUNIT_EXPECT_EQ(test, area(), 0);
	KUNIT_EXPECT_EQ(test, atoll_msr_read(vcpu, MSR_KVM_PV_EOI_EN, &value), 0);
	KUNIT_EXPECT_EQ(test, value, 0);
}

static void an_init_forgets_it(struct kunit *test)
{
	u64 value;

	deliver(test, 0x41, 0);
	atoll_lapic_init(vcpu);
	KUNIT_EXPECT_EQ(test, area(), 0);
	KUNIT_EXPECT_EQ(test, atoll_msr_read(vcpu, MSR_KVM_PV_EOI_EN, &value), 0);
	KUNIT_EXPECT_EQ(test, value, 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, ISR_OF_0x41), 0);
}

/* What lies there then is the new machine's */
static void a_reset_leaves_memory_alone(struct kunit *test)
{
	static struct atoll_cpu_state state;
	u32 loaded = 0x90909091;

	deliver(test, 0x41, 0);
	atoll_gmem_write(&vm->gmem, AREA, &loaded, sizeof(loaded));
	atoll_cpu_state_reset(&state);
	atoll_vcpu_reset(vcpu, &state);
	KUNIT_EXPECT_EQ(test, area(), loaded);
	KUNIT_EXPECT_EQ(test, vcpu->pv.eoi_gpa, 0);
	deliver(test, 0x41, 0);
	KUNIT_EXPECT_EQ(test, area(), loaded);
}

static void bad_values_are_refused(struct kunit *test)
{
	const u64 bad[] = { 1, AREA | 2, AREA | 3, vm->cfg.memory | 1, (vm->cfg.memory - 4) | 3,
			    0xfee00001, BIT_ULL(63) | 1, U64_MAX & ~2ULL };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ_MSG(test, atoll_msr_write(vcpu, MSR_KVM_PV_EOI_EN, bad[i]),
				    -EINVAL, "%llx", bad[i]);
	KUNIT_EXPECT_EQ(test, atoll_msr_write(vcpu, MSR_KVM_PV_EOI_EN,
					      (vm->cfg.memory - 4) | 1), 0);
}

static struct kunit_case pv_cases[] = {
	KUNIT_CASE(a_cleared_bit_is_an_eoi),
	KUNIT_CASE(a_bit_that_stays_is_none),
	KUNIT_CASE(an_eoi_may_be_written_all_the_same),
	KUNIT_CASE(a_level_needs_its_eoi),
	KUNIT_CASE(another_request_needs_the_eoi),
	KUNIT_CASE(a_later_request_takes_the_bit_back),
	KUNIT_CASE(a_nested_one_ends_first),
	KUNIT_CASE(two_eois_come_at_once),
	KUNIT_CASE(it_is_switched_off),
	KUNIT_CASE(an_init_forgets_it),
	KUNIT_CASE(a_reset_leaves_memory_alone),
	KUNIT_CASE(bad_values_are_refused),
	{}
};

static struct kunit_suite pv_suite = {
	.name = "atoll_lapic_pv",
	.init = pv_init,
	.exit = pv_exit,
	.test_cases = pv_cases,
};

kunit_test_suite(pv_suite);
