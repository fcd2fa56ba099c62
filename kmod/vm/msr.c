// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model-specific registers, as three tables: those that a guest reads and
 * writes without an exit, since the world switch swaps them; those that are
 * answered here; and those that are a constant.  Any other raises #GP.
 */
#include <linux/array_size.h>
#include <asm/apicdef.h>
#include <asm/msr.h>
#include <asm/msr-index.h>
#include <asm/processor.h>
#include <uapi/asm/kvm_para.h>
#include "../atoll.h"
#include "../hw/hw.h"
#include "../trace.h"

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
	{ MSR_IA32_TSC, atoll_clock_read_tsc, atoll_clock_write_tsc },
	{ MSR_IA32_CR_PAT, read_pat, write_pat },
	{ MSR_TSC_AUX, atoll_tsc_aux_read, atoll_tsc_aux_write },
	{ MSR_KVM_SYSTEM_TIME_NEW, atoll_clock_read_system_time,
	  atoll_clock_write_system_time },
	{ MSR_KVM_SYSTEM_TIME, atoll_clock_read_system_time, atoll_clock_write_system_time },
	{ MSR_KVM_WALL_CLOCK_NEW, atoll_clock_read_wall_clock, atoll_clock_write_wall_clock },
	{ MSR_KVM_WALL_CLOCK, atoll_clock_read_wall_clock, atoll_clock_write_wall_clock },
	{ MSR_KVM_STEAL_TIME, atoll_steal_read, atoll_steal_write },
	{ MSR_KVM_PV_EOI_EN, atoll_lapic_pv_read, atoll_lapic_pv_write },
};

#define INTEL	BIT(X86_VENDOR_INTEL)
#define AMD	BIT(X86_VENDOR_AMD)

/*
 * What a kernel reads and sets on any CPU of that vendor without asking CPUID
 * first.  They read as a machine has them whose firmware left nothing to do;
 * what is written to them is dropped.
 */
static const struct {
	u32 msr;
	u32 vendors;
	u64 value;
} fixed[] = {
	{ MSR_IA32_PLATFORM_ID, INTEL, 0 },
	/* A microcode revision in the upper half; 0 would be an early one */
	{ MSR_IA32_UCODE_REV, INTEL, BIT_ULL(32) },
	{ MSR_AMD64_PATCH_LEVEL, AMD, 1 },
	{ MSR_IA32_MISC_ENABLE, INTEL, MSR_IA32_MISC_ENABLE_FAST_STRING |
	  MSR_IA32_MISC_ENABLE_BTS_UNAVAIL | MSR_IA32_MISC_ENABLE_PEBS_UNAVAIL },
	{ MSR_K7_HWCR, AMD, BIT_ULL(24) },	/* the TSC counts at P0's frequency */
	{ MSR_AMD64_SYSCFG, AMD, 0 },
	{ MSR_K8_INT_PENDING_MSG, AMD, 0 },
	{ MSR_AMD64_LS_CFG, AMD, 0 },
	{ MSR_AMD64_DC_CFG, AMD, 0 },
	{ MSR_AMD64_BU_CFG2, AMD, 0 },
	{ MSR_AMD64_DE_CFG, AMD, MSR_AMD64_DE_CFG_LFENCE_SERIALIZE },
	{ MSR_FAM10H_MMIO_CONF_BASE, AMD, 0 },
	{ MSR_F15H_IC_CFG, AMD, 0 },
};

static int find_fixed(u32 msr)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(fixed); i++) {
		if (fixed[i].msr == msr &&
		    fixed[i].vendors & BIT(boot_cpu_data.x86_vendor))
			return i;
	}
	return -1;
}

/* Count one that nobody knows, and trace it the first time */
static int unknown(struct atoll_vcpu *vcpu, u32 msr, enum atoll_dir dir)
{
	struct atoll_unknown_msrs *seen = &vcpu->unknown_msrs;
	u32 i;

	WRITE_ONCE(seen->count, seen->count + 1);
	for (i = 0; i < seen->nr; i++) {
		if (seen->msr[i] == msr)
			return -EINVAL;
	}
	if (seen->nr < ARRAY_SIZE(seen->msr)) {
		seen->msr[seen->nr++] = msr;
		trace_atoll_unknown_msr(vcpu->vm->id, vcpu->index, msr, dir);
	}
	return -EINVAL;
}

/* The ones that are written at every tick and interrupt come first */
static bool is_lapic(u32 msr)
{
	return msr >> 8 == APIC_BASE_MSR >> 8 || msr == MSR_IA32_TSC_DEADLINE ||
	       msr == MSR_IA32_APICBASE;
}

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
	int at;
	u32 i;

	if (is_lapic(msr))
		return atoll_lapic_msr_read(vcpu, msr, value);
	for (i = 0; i < ARRAY_SIZE(handled); i++) {
		if (handled[i].msr == msr) {
			*value = handled[i].read(vcpu);
			return 0;
		}
	}
	at = find_fixed(msr);
	if (at >= 0) {
		*value = fixed[at].value;
		return 0;
	}
	return unknown(vcpu, msr, ATOLL_READ);
}

/**
 * atoll_msr_write() - WRMSR
 * @vcpu:	the calling thread's own
 * @msr:	ECX
 * @value:	EDX:EAX
 *
 * Return: 0; -EINVAL: #GP; -EAGAIN: nothing has changed, and the vCPU has to leave
 * its loop and execute it again.
 */
int atoll_msr_write(struct atoll_vcpu *vcpu, u32 msr, u64 value)
{
	u32 i;

	if (is_lapic(msr))
		return atoll_lapic_msr_write(vcpu, msr, value);
	for (i = 0; i < ARRAY_SIZE(handled); i++) {
		if (handled[i].msr == msr)
			return handled[i].write(vcpu, value);
	}
	return find_fixed(msr) < 0 ? unknown(vcpu, msr, ATOLL_WRITE) : 0;
}
