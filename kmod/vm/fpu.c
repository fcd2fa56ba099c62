// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's FPU, SSE and AVX state, and its XCR0.
 *
 * The area holds every component that CPUID offers, whatever the guest's
 * XCR0 of the moment, and is saved and restored under the host's XCR0; the
 * guest's is in force only while the guest may run.
 */
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/cpufeature.h>
#include <asm/page.h>
#include <asm/fpu/types.h>
#include <asm/fpu/xcr.h>
#include <asm/msr.h>
#include "../atoll.h"

/* Intel SDM vol. 1, "XSAVE Area": legacy region, header, then components */
#define FPU_FCW_INIT	0x37f
#define FPU_MXCSR_INIT	0x1f80

/**
 * struct atoll_fpu - what XSAVE writes
 * @area:	aligned to 64 bytes, as XSAVE wants it
 */
struct atoll_fpu {
	struct xregs_state area;
};

/* Supervisor state that the host may have on; no guest may reach it */
static u64 host_xss(void)
{
	u64 xss = 0;

	if (boot_cpu_has(X86_FEATURE_XSAVES))
		rdmsrl(MSR_IA32_XSS, xss);
	return xss;
}

/**
 * atoll_fpu_init() - allocate the vCPU's area
 * @vcpu:	without one
 *
 * The allocator aligns a power of two to itself, so to 64 bytes at least.
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int atoll_fpu_init(struct atoll_vcpu *vcpu)
{
	vcpu->fpu = kzalloc(roundup_pow_of_two(atoll_cpuid_xsave_bytes()), GFP_KERNEL);
	return vcpu->fpu ? 0 : -ENOMEM;
}

/** atoll_fpu_free() - free it; @vcpu may be without one; may sleep */
void atoll_fpu_free(struct atoll_vcpu *vcpu)
{
	kfree(vcpu->fpu);
	vcpu->fpu = NULL;
}

/** atoll_fpu_bytes() - what one takes of the host's memory; any context */
size_t atoll_fpu_bytes(void)
{
	return kmalloc_size_roundup(roundup_pow_of_two(atoll_cpuid_xsave_bytes()));
}

/**
 * atoll_fpu_reset() - the state after FNINIT, with all else in its initial state
 * @vcpu:	doesn't run
 */
void atoll_fpu_reset(struct atoll_vcpu *vcpu)
{
	struct xregs_state *area = &vcpu->fpu->area;

	memset(area, 0, sizeof(*area));
	area->i387.cwd = FPU_FCW_INIT;
	area->i387.mxcsr = FPU_MXCSR_INIT;
	area->header.xfeatures = XFEATURE_MASK_FPSSE;
	vcpu->xcr0 = XFEATURE_MASK_FP;
}

/**
 * atoll_fpu_load() - the guest's state into the CPU
 * @vcpu:	the calling thread's own
 *
 * Context: between kernel_fpu_begin() and kernel_fpu_end().
 */
void atoll_fpu_load(struct atoll_vcpu *vcpu)
{
	u64 mask = atoll_cpuid_xcr0_allowed();

	asm volatile("xrstor64 %0" : : "m" (vcpu->fpu->area), "a" ((u32)mask),
		     "d" ((u32)(mask >> 32)) : "memory");
	vcpu->host_xss = host_xss();
	if (unlikely(vcpu->host_xss))
		wrmsrl(MSR_IA32_XSS, 0);
	vcpu->host_xcr0 = xgetbv(XCR_XFEATURE_ENABLED_MASK);
	vcpu->loaded_xcr0 = vcpu->xcr0;
	if (vcpu->xcr0 != vcpu->host_xcr0)
		xsetbv(XCR_XFEATURE_ENABLED_MASK, vcpu->xcr0);
}

/**
 * atoll_fpu_sync_xcr0() - take over an XCR0 that was written without an exit
 * @vcpu:	the calling thread's own, its state loaded
 *
 * A CPU intercepts XSETBV; QEMU's TCG (7.2) doesn't, and executes it.  What
 * CPUID doesn't offer is cut off.
 *
 * Return: what is in force in the CPU.
 */
u64 atoll_fpu_sync_xcr0(struct atoll_vcpu *vcpu)
{
	u64 in_force = xgetbv(XCR_XFEATURE_ENABLED_MASK);

	if (unlikely(in_force != vcpu->loaded_xcr0)) {
		vcpu->xcr0 = in_force & atoll_cpuid_xcr0_allowed();
		vcpu->loaded_xcr0 = in_force;
	}
	return in_force;
}

/**
 * atoll_fpu_put() - the reverse
 * @vcpu:	the calling thread's own
 *
 * Context: between kernel_fpu_begin() and kernel_fpu_end().
 */
void atoll_fpu_put(struct atoll_vcpu *vcpu)
{
	u64 mask = atoll_cpuid_xcr0_allowed();

	if (atoll_fpu_sync_xcr0(vcpu) != vcpu->host_xcr0)
		xsetbv(XCR_XFEATURE_ENABLED_MASK, vcpu->host_xcr0);
	if (unlikely(vcpu->host_xss))
		wrmsrl(MSR_IA32_XSS, vcpu->host_xss);
	asm volatile("xsave64 %0" : "+m" (vcpu->fpu->area) : "a" ((u32)mask),
		     "d" ((u32)(mask >> 32)) : "memory");
}
