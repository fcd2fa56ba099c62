/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Four CPUs with their local APICs, for the suites that look at those.
 */
#ifndef LAPIC_BOARD_H
#define LAPIC_BOARD_H

#include <asm/msr-index.h>
#include "../../kmod/dev/lapic.h"
#include "fake_hw.h"

#define CPUS		4
#define BASE		0xfee00000ULL
#define X2APIC(offset)	(0x800 + ((offset) >> 4))

/* Four CPUs as a start leaves them, without a thread */
static inline struct atoll_vm *new_vm(struct kunit *test)
{
	struct atoll_vm *vm = fake_vm_define(test, "lapic", CPUS);
	u32 i;

	for (i = 0; i < CPUS; i++)
		atoll_lapic_reset(vm->vcpu[i]);
	return vm;
}

static inline u32 mmio_read(struct atoll_vcpu *vcpu, u32 offset)
{
	struct atoll_io io = { .addr = BASE + offset, .len = 4, .dir = ATOLL_READ, .data = ~0ULL };

	atoll_bus_mmio(vcpu, &io);
	return io.data;
}

static inline void mmio_write(struct atoll_vcpu *vcpu, u32 offset, u32 value)
{
	struct atoll_io io = { .addr = BASE + offset, .len = 4, .dir = ATOLL_WRITE, .data = value };

	atoll_bus_mmio(vcpu, &io);
}

static inline void enable(struct atoll_vcpu *vcpu)
{
	mmio_write(vcpu, APIC_SPIV, 0x1ff);
}

static inline void enable_all(struct atoll_vm *vm)
{
	u32 i;

	for (i = 0; i < CPUS; i++)
		enable(vm->vcpu[i]);
}

static inline void go_x2apic(struct kunit *test, struct atoll_vcpu *vcpu)
{
	u64 base;

	KUNIT_ASSERT_EQ(test, atoll_lapic_msr_read(vcpu, MSR_IA32_APICBASE, &base), 0);
	KUNIT_ASSERT_EQ(test, atoll_lapic_msr_write(vcpu, MSR_IA32_APICBASE, base | BIT(10)), 0);
}

/* Which CPUs have @vector in their IRR, one bit for each; it is taken out */
static inline u32 who_has(struct atoll_vm *vm, u8 vector)
{
	u32 i, set = 0;

	for (i = 0; i < CPUS; i++)
		if (test_and_clear_bit(vector, vm->vcpu[i]->lapic->irr))
			set |= BIT(i);
	return set;
}

static inline u32 who_is_asked(struct atoll_vm *vm, enum atoll_request req)
{
	u32 i, set = 0;

	for (i = 0; i < CPUS; i++)
		if (test_and_clear_bit(req, &vm->vcpu[i]->requests))
			set |= BIT(i);
	return set;
}

#endif
