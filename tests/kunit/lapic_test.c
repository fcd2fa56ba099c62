// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local APIC, each case from a section of Intel's SDM vol. 3, chapter
 * "Advanced Programmable Interrupt Controller (APIC)".
 */
#include <asm/msr-index.h>
#include "lapic_board.h"

/* "Local APIC State After Power-Up or Reset", and what firmware changes of it */
static void starts_as_firmware_leaves_it(struct kunit *test)
{
	static const u32 lvts[] = { 0x320, 0x330, 0x340, 0x350, 0x360, 0x370 };
	struct atoll_vm *vm = new_vm(test);
	u64 base;
	u32 i;

	KUNIT_EXPECT_EQ(test, mmio_read(vm->vcpu[0], 0x0f0), 0x1ff);
	KUNIT_EXPECT_EQ(test, mmio_read(vm->vcpu[0], 0x350), 0x700);
	KUNIT_EXPECT_EQ(test, atoll_lapic_msr_read(vm->vcpu[0], MSR_IA32_APICBASE, &base), 0);
	KUNIT_EXPECT_EQ(test, base, BASE | 0x900);

	KUNIT_EXPECT_EQ(test, mmio_read(vm->vcpu[2], 0x020), 2 << 24);
	KUNIT_EXPECT_EQ(test, mmio_read(vm->vcpu[2], 0x030), 0x00050014);
	KUNIT_EXPECT_EQ(test, mmio_read(vm->vcpu[2], 0x0d0), 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vm->vcpu[2], 0x0e0), 0xffffffff);
	KUNIT_EXPECT_EQ(test, mmio_read(vm->vcpu[2], 0x0f0), 0xff);
	for (i = 0; i < ARRAY_SIZE(lvts); i++)
		KUNIT_EXPECT_EQ(test, mmio_read(vm->vcpu[2], lvts[i]), 0x10000);
	KUNIT_EXPECT_EQ(test, atoll_lapic_msr_read(vm->vcpu[2], MSR_IA32_APICBASE, &base), 0);
	KUNIT_EXPECT_EQ(test, base, BASE | 0x800);
	fake_vm_undefine(vm);
}

/* "Interrupt Acceptance for Fixed Interrupts", "Signaling Interrupt Servicing Completion" */
static void serves_by_priority(struct kunit *test)
{
	struct atoll_vm *vm = new_vm(test);
	struct atoll_vcpu *vcpu = vm->vcpu[0];

	KUNIT_EXPECT_FALSE(test, atoll_irqchip_busy(vcpu));
	atoll_lapic_post(vcpu->lapic, 0x41, 0);
	atoll_lapic_post(vcpu->lapic, 0x52, 1);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x220), BIT(1) | BIT(0x12));
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x1a0), BIT(0x12));
	KUNIT_EXPECT_EQ(test, who_is_asked(vm, ATOLL_REQ_EVENT), BIT(0));
	/* A second request while the first waits is the same one */
	atoll_lapic_post(vcpu->lapic, 0x41, 0);
	KUNIT_EXPECT_EQ(test, who_is_asked(vm, ATOLL_REQ_EVENT), 0);

	KUNIT_EXPECT_TRUE(test, atoll_irqchip_pending(vcpu));
	KUNIT_EXPECT_EQ(test, atoll_irqchip_ack(vcpu), 0x52);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x120), BIT(0x12));
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x220), BIT(1));
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x0a0), 0x50);
	/* The lower class waits, the same class too, a higher one doesn't */
	KUNIT_EXPECT_FALSE(test, atoll_irqchip_pending(vcpu));
	atoll_lapic_post(vcpu->lapic, 0x5f, 0);
	KUNIT_EXPECT_FALSE(test, atoll_irqchip_pending(vcpu));
	atoll_lapic_post(vcpu->lapic, 0x60, 0);
	KUNIT_EXPECT_EQ(test, atoll_irqchip_ack(vcpu), 0x60);
	mmio_write(vcpu, 0x0b0, 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x0a0), 0x50);
	mmio_write(vcpu, 0x0b0, 0);
	KUNIT_EXPECT_EQ(test, atoll_irqchip_ack(vcpu), 0x5f);
	mmio_write(vcpu, 0x0b0, 0);
	KUNIT_EXPECT_EQ(test, atoll_irqchip_ack(vcpu), 0x41);
	mmio_write(vcpu, 0x0b0, 0);
	KUNIT_EXPECT_EQ(test, atoll_irqchip_ack(vcpu), -1);
	KUNIT_EXPECT_FALSE(test, atoll_irqchip_busy(vcpu));
	fake_vm_undefine(vm);
}

/* "Task and Processor Priorities", "Task Priority in IA-32e Mode" */
static void tpr_is_cr8(struct kunit *test)
{
	struct atoll_vm *vm = new_vm(test);
	struct atoll_vcpu *vcpu = vm->vcpu[0];

	mmio_write(vcpu, 0x080, 0x4a);
	KUNIT_EXPECT_EQ(test, atoll_hw->get_reg(vcpu, ATOLL_CR8), 4);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x080), 0x4a);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x0a0), 0x4a);
	atoll_hw->set_reg(vcpu, ATOLL_CR8, 5);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x080), 0x50);

	atoll_lapic_post(vcpu->lapic, 0x55, 0);
	KUNIT_EXPECT_FALSE(test, atoll_irqchip_pending(vcpu));
	KUNIT_EXPECT_EQ(test, atoll_lapic_blocked_class(vcpu), 5);
	atoll_hw->set_reg(vcpu, ATOLL_CR8, 4);
	KUNIT_EXPECT_EQ(test, atoll_lapic_blocked_class(vcpu), 0);
	KUNIT_EXPECT_EQ(test, atoll_irqchip_ack(vcpu), 0x55);
	/* The vector in service counts where it is higher */
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x0a0), 0x50);
	atoll_lapic_post(vcpu->lapic, 0x51, 0);
	KUNIT_EXPECT_FALSE(test, atoll_irqchip_pending(vcpu));
	KUNIT_EXPECT_EQ(test, atoll_lapic_blocked_class(vcpu), 0);
	fake_vm_undefine(vm);
}

static u32 reach(struct atoll_vm *vm, u32 dest, u8 logical)
{
	struct atoll_irq_msg msg = { .dest = dest, .dest_logical = logical, .vector = 0x77 };
	bool taken = atoll_lapic_send(vm, &msg);
	u32 set = who_has(vm, 0x77);

	return taken == !!set ? set : ~0U;
}

/* "Physical Destination Mode", "Logical Destination Mode" */
static void finds_xapic_destinations(struct kunit *test)
{
	struct atoll_vm *vm = new_vm(test);
	u32 i;

	KUNIT_EXPECT_EQ(test, reach(vm, 1, 0), 0);
	enable_all(vm);
	KUNIT_EXPECT_EQ(test, reach(vm, 1, 0), BIT(1));
	KUNIT_EXPECT_EQ(test, reach(vm, 9, 0), 0);
	KUNIT_EXPECT_EQ(test, reach(vm, 0xff, 0), 0xf);

	KUNIT_EXPECT_EQ(test, reach(vm, 0x01, 1), 0);
	for (i = 0; i < CPUS; i++)
		mmio_write(vm->vcpu[i], 0x0d0, BIT(24 + i));
	KUNIT_EXPECT_EQ(test, reach(vm, 0x05, 1), BIT(0) | BIT(2));
	KUNIT_EXPECT_EQ(test, reach(vm, 0xf0, 1), 0);
	KUNIT_EXPECT_EQ(test, reach(vm, 0xff, 1), 0xf);

	/* Clusters 1 and 2, with two members each */
	for (i = 0; i < CPUS; i++) {
		mmio_write(vm->vcpu[i], 0x0e0, 0x0fffffff);
		mmio_write(vm->vcpu[i], 0x0d0, (1 + i / 2) << 28 | BIT(24 + i % 2));
	}
	KUNIT_EXPECT_EQ(test, reach(vm, 0x11, 1), BIT(0));
	KUNIT_EXPECT_EQ(test, reach(vm, 0x23, 1), BIT(2) | BIT(3));
	KUNIT_EXPECT_EQ(test, reach(vm, 0x31, 1), 0);
	KUNIT_EXPECT_EQ(test, reach(vm, 0xf2, 1), BIT(1) | BIT(3));
	KUNIT_EXPECT_EQ(test, reach(vm, 0xff, 1), 0xf);
	fake_vm_undefine(vm);
}

/* "Logical Destination Mode in x2APIC Mode" */
static void finds_x2apic_destinations(struct kunit *test)
{
	struct atoll_vm *vm = new_vm(test);
	u64 v;
	u32 i;

	enable_all(vm);
	for (i = 0; i < CPUS; i++)
		go_x2apic(test, vm->vcpu[i]);
	KUNIT_EXPECT_EQ(test, atoll_lapic_msr_read(vm->vcpu[3], 0x80d, &v), 0);
	KUNIT_EXPECT_EQ(test, v, BIT(3));
	KUNIT_EXPECT_EQ(test, reach(vm, 2, 0), BIT(2));
	KUNIT_EXPECT_EQ(test, reach(vm, 0x102, 0), 0);
	KUNIT_EXPECT_EQ(test, reach(vm, 0xffffffff, 0), 0xf);
	KUNIT_EXPECT_EQ(test, reach(vm, 0x0000000a, 1), BIT(1) | BIT(3));
	KUNIT_EXPECT_EQ(test, reach(vm, 0x0001000f, 1), 0);
	KUNIT_EXPECT_EQ(test, reach(vm, 0xffffffff, 1), 0xf);
	fake_vm_undefine(vm);
}

/* "Lowest Priority Delivery Mode": one of them, and in turns */
static void lowest_priority_reaches_one(struct kunit *test)
{
	struct atoll_irq_msg msg = { .dest = 0xff, .delivery = 1, .vector = 0x44 };
	struct atoll_vm *vm = new_vm(test);
	u32 i, set, all = 0;

	enable_all(vm);
	for (i = 0; i < CPUS; i++) {
		KUNIT_EXPECT_TRUE(test, atoll_lapic_send(vm, &msg));
		set = who_has(vm, 0x44);
		KUNIT_EXPECT_EQ(test, hweight32(set), 1);
		all |= set;
	}
	KUNIT_EXPECT_EQ(test, all, 0xf);
	fake_vm_undefine(vm);
}

static void send(struct atoll_vcpu *vcpu, u8 dest, u32 command)
{
	mmio_write(vcpu, 0x310, dest << 24);
	mmio_write(vcpu, 0x300, command);
}

/* "Interrupt Command Register (ICR)", "Destination Shorthand" */
static void sends_ipis(struct kunit *test)
{
	struct atoll_vm *vm = new_vm(test);
	struct atoll_vcpu *vcpu = vm->vcpu[1];

	enable_all(vm);
	send(vcpu, 3, 0x4050);
	KUNIT_EXPECT_EQ(test, who_has(vm, 0x50), BIT(3));
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x300), 0x4050);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x310), 3 << 24);
	send(vcpu, 3, 0x44050);
	KUNIT_EXPECT_EQ(test, who_has(vm, 0x50), BIT(1));
	send(vcpu, 3, 0x84050);
	KUNIT_EXPECT_EQ(test, who_has(vm, 0x50), 0xf);
	send(vcpu, 3, 0xc4050);
	KUNIT_EXPECT_EQ(test, who_has(vm, 0x50), 0xf & ~BIT(1));

	who_is_asked(vm, ATOLL_REQ_EVENT);
	send(vcpu, 2, 0x4400);
	KUNIT_EXPECT_EQ(test, who_is_asked(vm, ATOLL_REQ_NMI), BIT(2));
	send(vcpu, 0, 0xc4500);
	KUNIT_EXPECT_EQ(test, who_is_asked(vm, ATOLL_REQ_INIT), 0xf & ~BIT(1));
	/* INIT level de-assert */
	send(vcpu, 2, 0x8500);
	KUNIT_EXPECT_EQ(test, who_is_asked(vm, ATOLL_REQ_INIT), 0);
	send(vcpu, 2, 0x4612);
	KUNIT_EXPECT_EQ(test, vm->vcpu[2]->sipi, 0x12);
	/* An INIT makes an earlier start-up IPI void */
	send(vcpu, 2, 0x4500);
	KUNIT_EXPECT_EQ(test, vm->vcpu[2]->sipi, -1);
	/* NMI to oneself by shorthand is no valid combination; nor is SMI here */
	who_is_asked(vm, ATOLL_REQ_INIT);
	send(vcpu, 0, 0x44400);
	send(vcpu, 0, 0x4200);
	send(vcpu, 0, 0x4300);
	KUNIT_EXPECT_EQ(test, vm->vcpu[0]->requests | vcpu->requests, 0);
	fake_vm_undefine(vm);
}

/* "Error Handling" */
static void reports_errors(struct kunit *test)
{
	struct atoll_vm *vm = new_vm(test);
	struct atoll_vcpu *vcpu = vm->vcpu[0];

	mmio_write(vcpu, 0x370, 0xe1);
	send(vcpu, 1, 0x400f);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x280), 0);
	mmio_write(vcpu, 0x280, 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x280), BIT(5));
	KUNIT_EXPECT_EQ(test, who_has(vm, 0xe1), BIT(0));
	mmio_write(vcpu, 0x280, 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x280), 0);
	atoll_lapic_post(vcpu->lapic, 0xf, 0);
	mmio_read(vcpu, 0x0f00);
	mmio_write(vcpu, 0x280, 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x280), BIT(6) | BIT(7));
	/* An error vector that is illegal itself */
	mmio_write(vcpu, 0x370, 0x02);
	atoll_lapic_post(vcpu->lapic, 0x0, 0);
	mmio_write(vcpu, 0x280, 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x280), BIT(6));
	fake_vm_undefine(vm);
}

/* "Message Address Register Format", "Message Data Register Format" */
static void decodes_msis(struct kunit *test)
{
	struct atoll_vm *vm = new_vm(test);
	u32 i;

	enable_all(vm);
	for (i = 0; i < CPUS; i++)
		mmio_write(vm->vcpu[i], 0x0d0, BIT(24 + i));
	atoll_msi_send(vm, 0xfee02000, 0x4031);
	KUNIT_EXPECT_EQ(test, who_has(vm, 0x31), BIT(2));
	atoll_msi_send(vm, 0xfee0c004, 0x4031);
	KUNIT_EXPECT_EQ(test, who_has(vm, 0x31), BIT(2) | BIT(3));
	atoll_msi_send(vm, 0xfee0c00c, 0x4031);
	KUNIT_EXPECT_EQ(test, hweight32(who_has(vm, 0x31)), 1);
	atoll_msi_send(vm, 0xfee01000, 0x4400);
	KUNIT_EXPECT_EQ(test, who_is_asked(vm, ATOLL_REQ_NMI), BIT(1));
	atoll_msi_send(vm, 0xfed01000, 0x4031);
	atoll_msi_send(vm, 0x1fee01000ULL, 0x4031);
	KUNIT_EXPECT_EQ(test, who_has(vm, 0x31), 0);
	fake_vm_undefine(vm);
}

/* "x2APIC State Transitions" */
static void changes_modes(struct kunit *test)
{
	enum { OFF = 0, X = 0x800, X2 = 0xc00, BAD = 0x400 };
	static const struct { u32 from, to; int err; } steps[] = {
		{ X, X, 0 }, { X, X2, 0 }, { X, OFF, 0 }, { X, BAD, -EINVAL },
		{ X2, X2, 0 }, { X2, X, -EINVAL }, { X2, OFF, 0 }, { X2, BAD, -EINVAL },
		{ OFF, OFF, 0 }, { OFF, X, 0 }, { OFF, X2, -EINVAL }, { OFF, BAD, -EINVAL },
	};
	struct atoll_vm *vm = new_vm(test);
	struct atoll_vcpu *vcpu = vm->vcpu[1];
	u64 v;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		atoll_lapic_reset(vcpu);
		if (steps[i].from != X)
			KUNIT_EXPECT_EQ(test, atoll_lapic_msr_write(vcpu, 0x1b,
								    BASE | steps[i].from), 0);
		KUNIT_EXPECT_EQ_MSG(test, atoll_lapic_msr_write(vcpu, 0x1b, BASE | steps[i].to),
				    steps[i].err, "from %x to %x", steps[i].from, steps[i].to);
		atoll_lapic_msr_read(vcpu, 0x1b, &v);
		KUNIT_EXPECT_EQ(test, v, BASE | (steps[i].err ? steps[i].from : steps[i].to));
	}
	atoll_lapic_reset(vcpu);
	KUNIT_EXPECT_EQ(test, atoll_lapic_msr_write(vcpu, 0x1b, BASE | X | BIT(9)), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_lapic_msr_write(vcpu, 0x1b, BASE | X | BIT_ULL(52)), -EINVAL);
	/* Off forgets, and takes nothing */
	enable(vcpu);
	atoll_lapic_msr_write(vcpu, 0x1b, BASE);
	KUNIT_EXPECT_EQ(test, reach(vm, 1, 0), 0);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x030), 0xffffffff);
	atoll_lapic_msr_write(vcpu, 0x1b, BASE | X);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x0f0), 0xff);
	fake_vm_undefine(vm);
}

/* "Local APIC Register Address Map Supported by x2APIC", "x2APIC Register Availability" */
static void refuses_wrong_x2apic_accesses(struct kunit *test)
{
	static const u32 read_only[] = {
		0x802, 0x803, 0x80a, 0x80d, 0x810, 0x817, 0x818, 0x81f, 0x820, 0x827, 0x839,
	};
	static const u32 write_only[] = { 0x80b, 0x83f };
	static const u32 absent[] = {
		0x800, 0x801, 0x804, 0x809, 0x80c, 0x80e, 0x829, 0x82f, 0x831, 0x83a, 0x83d, 0x840,
		0x8ff,
	};
	static const struct { u32 msr; u64 value; } reserved[] = {
		{ 0x808, 0x100 }, { 0x80b, 1 }, { 0x80f, 0x400 }, { 0x828, 1 }, { 0x830, BIT(12) },
		{ 0x830, BIT(20) }, { 0x832, BIT(8) }, { 0x835, BIT(17) }, { 0x837, BIT(8) },
		{ 0x838, BIT_ULL(32) }, { 0x83e, BIT(2) }, { 0x83f, 0x100 }, { 0x808, BIT_ULL(63) },
	};
	struct atoll_vm *vm = new_vm(test);
	struct atoll_vcpu *vcpu = vm->vcpu[1];
	u64 v;
	u32 i;

	KUNIT_EXPECT_EQ(test, atoll_lapic_msr_read(vcpu, 0x802, &v), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_lapic_msr_write(vcpu, 0x80b, 0), -EINVAL);
	go_x2apic(test, vcpu);
	for (i = 0; i < ARRAY_SIZE(read_only); i++) {
		KUNIT_EXPECT_EQ(test, atoll_lapic_msr_read(vcpu, read_only[i], &v), 0);
		KUNIT_EXPECT_EQ(test, atoll_lapic_msr_write(vcpu, read_only[i], 0), -EINVAL);
	}
	for (i = 0; i < ARRAY_SIZE(write_only); i++)
		KUNIT_EXPECT_EQ(test, atoll_lapic_msr_read(vcpu, write_only[i], &v), -EINVAL);
	for (i = 0; i < ARRAY_SIZE(absent); i++) {
		KUNIT_EXPECT_EQ_MSG(test, atoll_lapic_msr_read(vcpu, absent[i], &v), -EINVAL,
				    "%x", absent[i]);
		KUNIT_EXPECT_EQ(test, atoll_lapic_msr_write(vcpu, absent[i], 0), -EINVAL);
	}
	for (i = 0; i < ARRAY_SIZE(reserved); i++)
		KUNIT_EXPECT_EQ_MSG(test, atoll_lapic_msr_write(vcpu, reserved[i].msr,
								reserved[i].value),
				    -EINVAL, "%x", reserved[i].msr);
	/* "Delivery Status" and "Remote IRR" are read-only, not reserved */
	KUNIT_EXPECT_EQ(test, atoll_lapic_msr_write(vcpu, 0x835, 0x5700 | APIC_LVT_MASKED), 0);
	KUNIT_EXPECT_EQ(test, atoll_lapic_msr_read(vcpu, 0x835, &v), 0);
	KUNIT_EXPECT_EQ(test, v, 0x700 | APIC_LVT_MASKED);
	enable_all(vm);
	KUNIT_EXPECT_EQ(test, atoll_lapic_msr_write(vcpu, 0x80f, 0x1ff), 0);
	KUNIT_EXPECT_EQ(test, atoll_lapic_msr_write(vcpu, 0x830, (2ULL << 32) | 0x51), 0);
	KUNIT_EXPECT_EQ(test, who_has(vm, 0x51), BIT(2));
	KUNIT_EXPECT_EQ(test, atoll_lapic_msr_write(vcpu, 0x83f, 0x52), 0);
	KUNIT_EXPECT_EQ(test, who_has(vm, 0x52), BIT(1));
	fake_vm_undefine(vm);
}

/* "Spurious-Interrupt Vector Register": software disable */
static void software_disable_masks_all(struct kunit *test)
{
	struct atoll_vm *vm = new_vm(test);
	struct atoll_vcpu *vcpu = vm->vcpu[0];

	mmio_write(vcpu, 0x370, 0x99);
	mmio_write(vcpu, 0x0f0, 0x0ff);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x370), 0x10099);
	mmio_write(vcpu, 0x370, 0x99);
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x370), 0x10099);
	KUNIT_EXPECT_EQ(test, reach(vm, 0, 0), 0);
	/* Software's switch keeps no NMI and no INIT out */
	send(vm->vcpu[1], 0, 0x4400);
	send(vm->vcpu[1], 0, 0x4500);
	KUNIT_EXPECT_EQ(test, who_is_asked(vm, ATOLL_REQ_NMI), BIT(0));
	KUNIT_EXPECT_EQ(test, who_is_asked(vm, ATOLL_REQ_INIT), BIT(0));
	fake_vm_undefine(vm);
}

static void raise_pic(struct atoll_vm *vm)
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
	atoll_irq_set(vm, 4, 1);
}

/* "Local Vector Table": ExtINT on LINT0; the APIC's switch makes it INTR */
static void lint0_leads_to_the_8259s(struct kunit *test)
{
	struct atoll_vm *vm = new_vm(test);
	struct atoll_vcpu *vcpu = vm->vcpu[0];

	raise_pic(vm);
	KUNIT_EXPECT_TRUE(test, atoll_irqchip_pending(vcpu));
	KUNIT_EXPECT_FALSE(test, atoll_irqchip_pending(vm->vcpu[1]));
	/* No priority keeps it out */
	mmio_write(vcpu, 0x080, 0xff);
	KUNIT_EXPECT_TRUE(test, atoll_irqchip_pending(vcpu));
	mmio_write(vcpu, 0x350, 0x10700);
	KUNIT_EXPECT_FALSE(test, atoll_irqchip_pending(vcpu));
	atoll_lapic_msr_write(vcpu, 0x1b, BASE);
	KUNIT_EXPECT_TRUE(test, atoll_irqchip_pending(vcpu));
	KUNIT_EXPECT_EQ(test, atoll_irqchip_ack(vcpu), 0x44);
	fake_vm_undefine(vm);
}

/* An IOAPIC's message of that mode fetches a vector of the 8259s, too */
static void extint_message(struct kunit *test)
{
	struct atoll_irq_msg msg = { .dest = 0, .delivery = 7 };
	struct atoll_vm *vm = new_vm(test);
	struct atoll_vcpu *vcpu = vm->vcpu[0];

	mmio_write(vcpu, 0x350, 0x10000);
	raise_pic(vm);
	KUNIT_EXPECT_FALSE(test, atoll_irqchip_pending(vcpu));
	KUNIT_EXPECT_TRUE(test, atoll_lapic_send(vm, &msg));
	KUNIT_EXPECT_TRUE(test, atoll_irqchip_pending(vcpu));
	KUNIT_EXPECT_EQ(test, atoll_irqchip_ack(vcpu), 0x44);
	KUNIT_EXPECT_FALSE(test, atoll_irqchip_pending(vcpu));
	fake_vm_undefine(vm);
}

/* "All 32-bit registers should be accessed using 128-bit aligned 32-bit accesses" */
static void odd_accesses_do_no_harm(struct kunit *test)
{
	struct atoll_vm *vm = new_vm(test);
	struct atoll_vcpu *vcpu = vm->vcpu[3];
	struct atoll_io io;
	u32 addr;
	u8 len;

	for (len = 1; len <= 8; len *= 2) {
		for (addr = 0; addr <= 0x1000 - len; addr++) {
			io = (struct atoll_io){ .addr = BASE + addr, .len = len,
						.dir = ATOLL_WRITE, .data = ~0ULL };
			if (len != 4 || addr % 16)
				atoll_bus_mmio(vcpu, &io);
		}
	}
	KUNIT_EXPECT_EQ(test, mmio_read(vcpu, 0x0f0), 0xff);
	io = (struct atoll_io){ .addr = BASE + 0x23, .len = 1, .dir = ATOLL_READ };
	atoll_bus_mmio(vcpu, &io);
	KUNIT_EXPECT_EQ(test, (u8)io.data, 3);
	fake_vm_undefine(vm);
}

static struct kunit_case lapic_cases[] = {
	KUNIT_CASE(starts_as_firmware_leaves_it),
	KUNIT_CASE(serves_by_priority),
	KUNIT_CASE(tpr_is_cr8),
	KUNIT_CASE(finds_xapic_destinations),
	KUNIT_CASE(finds_x2apic_destinations),
	KUNIT_CASE(lowest_priority_reaches_one),
	KUNIT_CASE(sends_ipis),
	KUNIT_CASE(reports_errors),
	KUNIT_CASE(decodes_msis),
	KUNIT_CASE(changes_modes),
	KUNIT_CASE(refuses_wrong_x2apic_accesses),
	KUNIT_CASE(software_disable_masks_all),
	KUNIT_CASE(lint0_leads_to_the_8259s),
	KUNIT_CASE(extint_message),
	KUNIT_CASE(odd_accesses_do_no_harm),
	{}
};

static struct kunit_suite lapic_suite = {
	.name = "atoll_lapic",
	.init = fake_rooms_open,
	.exit = fake_rooms_close,
	.test_cases = lapic_cases,
};

kunit_test_suite(lapic_suite);
