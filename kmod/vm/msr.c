// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model-specific registers, as two tables: those that a guest reads and
 * writes without an exit, since the world switch swaps them, and those that
 * are answered here.  Any other raises #GP.
 */
#include <linux/array_size.h>
#include <asm/msr.h>
#include <asm/msr-index.h>
#include <asm/tsc.h>
#include "../atoll.h"
#include "../hw/hw.h"

/* Swapped with every entry and exit, harmless in any value a guest can set */
static const u32 passthrough[] = {
	MSR_FS_BASE,
	MSR_GS_BASE,
	MSR_KERNEL_GS_BASE,
	MSR_STAR,
	MSR_LSTAR,
	MSR_CSTAR,
	MSR_SYSCALL_MASK,
	MSR_IA32_SYSENTER_CS,
	MSR_IA32_SYSENTER_ESP,
	MSR_IA32_SYSENTER_EIP,
};

/**
 * atoll_msr_passthrough() - walk the MSRs that need no exit
 * @i:		from 0 on
 * @msr:	receives its number
 *
 * Return: false at the end.  Any context.
 */
bool atoll_msr_passthrough(u32 i, u32 *msr)
{
	if (i >= ARRAY_SIZE(passthrough))
		return false;
	*msr = passthrough[i];
	return true;
}

static u64 read_tsc(struct atoll_vcpu *vcpu)
{
	return rdtsc_ordered() + atoll_hw->get_reg(vcpu, ATOLL_TSC_OFFSET);
}

static int write_tsc(struct atoll_vcpu *vcpu, u64 value)
{
	atoll_hw->set_reg(vcpu, ATOLL_TSC_OFFSET, value - rdtsc_ordered());
	atoll_lapic_tsc_changed(vcpu);
	return 0;
}

static u64 read_efer(struct atoll_vcpu *vcpu)
{
	return atoll_hw->get_reg(vcpu, ATOLL_EFER);
}

static u64 read_pat(struct atoll_vcpu *vcpu)
{
	return atoll_hw->get_reg(vcpu, ATOLL_PAT);
}

/* AMD APM vol. 2, "PAT Register": a type for each byte, 2 and 3 are none */
static int write_pat(struct atoll_vcpu *vcpu, u64 value)
{
	static const u8 valid_types = BIT(0) | BIT(1) | BIT(4) | BIT(5) | BIT(6) | BIT(7);
	u32 i, type;

	for (i = 0; i < 8; i++) {
		type = (value >> (8 * i)) & 0xff;
		if (type > 7 || !(valid_types & BIT(type)))
			return -EINVAL;
	}
	atoll_hw->set_reg(vcpu, ATOLL_PAT, value);
	return 0;
}

static const struct {
	u32 msr;
	u64 (*read)(struct atoll_vcpu *vcpu);
	int (*write)(struct atoll_vcpu *vcpu, u64 value);
} handled[] = {
	{ MSR_EFER, read_efer, atoll_efer_write },
	{ MSR_IA32_TSC, read_tsc, write_tsc },
	{ MSR_IA32_CR_PAT, read_pat, write_pat },
};

/**
 * atoll_msr_read() - RDMSR
 * @vcpu:	the calling thread's own
 * @msr:	ECX
 * @value:	receives the answer
 *
 * Return: 0, or -EINVAL: #GP.
 */
int atoll_msr_read(struct atoll_vcpu *vcpu, u32 msr, u64 *value)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(handled); i++) {
		if (handled[i].msr == msr) {
			*value = handled[i].read(vcpu);
			return 0;
		}
	}
	return atoll_lapic_msr_read(vcpu, msr, value);
}

/**
 * atoll_msr_write() - WRMSR
 * @vcpu:	the calling thread's own
 * @msr:	ECX
 * @value:	EDX:EAX
 *
 * Return: 0, or -EINVAL: #GP.
 */
int atoll_msr_write(struct atoll_vcpu *vcpu, u32 msr, u64 value)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(handled); i++) {
		if (handled[i].msr == msr)
			return handled[i].write(vcpu, value);
	}
	return atoll_lapic_msr_write(vcpu, msr, value);
}
