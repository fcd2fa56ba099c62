// SPDX-License-Identifier: GPL-2.0-only
/*
 * TSC_AUX: the number that RDTSCP and RDPID return beside the time, in which kernels
 * keep which CPU this is.  The host's own is only of use to its user space, so the
 * guest's stays in the CPU for as long as the vCPU has it.
 *
 * Intel SDM vol. 3, "IA32_TSC_AUX Register and RDTSCP Support"; AMD APM vol. 2, "Time
 * Stamp Counter".  Each CPU that can nest paging has it.
 */
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include "../atoll.h"

/**
 * atoll_tsc_aux_load() - the guest's into the CPU
 * @vcpu:	the calling thread's own
 *
 * Context: preemption is off until atoll_tsc_aux_put().
 */
void atoll_tsc_aux_load(struct atoll_vcpu *vcpu)
{
	if (!boot_cpu_has(X86_FEATURE_RDTSCP))
		return;
	rdmsrl(MSR_TSC_AUX, vcpu->host_tsc_aux);
	if (vcpu->tsc_aux != vcpu->host_tsc_aux)
		wrmsrl(MSR_TSC_AUX, vcpu->tsc_aux);
}

/**
 * atoll_tsc_aux_put() - the host's into the CPU
 * @vcpu:	as above
 */
void atoll_tsc_aux_put(struct atoll_vcpu *vcpu)
{
	if (boot_cpu_has(X86_FEATURE_RDTSCP) && vcpu->tsc_aux != vcpu->host_tsc_aux)
		wrmsrl(MSR_TSC_AUX, vcpu->host_tsc_aux);
}

/** atoll_tsc_aux_read() - RDMSR of it */
u64 atoll_tsc_aux_read(struct atoll_vcpu *vcpu)
{
	return vcpu->tsc_aux;
}

/**
 * atoll_tsc_aux_write() - WRMSR of it
 * @vcpu:	the calling thread's own, its state loaded
 * @value:	32 bits; of more, Intel's CPUs raise #GP, and AMD's drop them
 *
 * Return: 0, or -EINVAL: #GP.
 */
int atoll_tsc_aux_write(struct atoll_vcpu *vcpu, u64 value)
{
	if (value >> 32 && boot_cpu_data.x86_vendor == X86_VENDOR_INTEL)
		return -EINVAL;
	vcpu->tsc_aux = value;
	if (boot_cpu_has(X86_FEATURE_RDTSCP))
		wrmsrl(MSR_TSC_AUX, vcpu->tsc_aux);
	return 0;
}
