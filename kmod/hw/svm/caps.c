// SPDX-License-Identifier: GPL-2.0-only
/*
 * What this CPU's SVM can do, and switching it on and off, CPU by CPU.
 *
 * EFER.SVME is the lock that hypervisors share: whoever finds it set keeps
 * its hands off that CPU.  KVM follows the same rule.
 */
#include <linux/cc_platform.h>
#include <linux/gfp.h>
#include <linux/percpu.h>
#include <asm/cpufeature.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/special_insns.h>
#include "svm.h"

/**
 * struct svm_cpu - one host CPU
 * @hsave:	the page where VMRUN keeps the host's state
 * @host_state:	the page where VMSAVE keeps the rest of it
 * @on:		we set EFER.SVME here
 */
struct svm_cpu {
	struct page *hsave;
	struct page *host_state;
	int on;
};

static DEFINE_PER_CPU(struct svm_cpu, svm_cpus);

/* The CPU is QEMU's, whose VMRUN has mistakes of its own: docs/silicon.md */
bool atoll_svm_in_qemu __read_mostly;

/* Optional features that the backend makes use of */
static const struct {
	u16 bit;
	const char *name;
} optional_features[] = {
	{ X86_FEATURE_NRIPS, "nrips" },
	{ X86_FEATURE_FLUSHBYASID, "flushbyasid" },
	{ X86_FEATURE_V_SPEC_CTRL, "v_spec_ctrl" },
	{ X86_FEATURE_TSCRATEMSR, "tsc-scaling" },
};

/**
 * atoll_svm_feature() - name the optional CPU features in use
 * @i:	from 0 on
 *
 * Return: a name, or NULL when there is no @i-th.  Any context.
 */
const char *atoll_svm_feature(u32 i)
{
	u32 k;

	for (k = 0; k < ARRAY_SIZE(optional_features); k++) {
		if (!boot_cpu_has(optional_features[k].bit))
			continue;
		if (!i--)
			return optional_features[k].name;
	}
	return NULL;
}

/**
 * atoll_svm_probe() - can this machine run SVM guests?
 * @why:	receives a sentence when it can't
 *
 * AMD APM vol. 2, "Enabling SVM": CPUID says whether the extension is there,
 * VM_CR.SVMDIS whether the firmware locked it away.
 *
 * Return: 0; -ENODEV: the CPU has no SVM; -EOPNOTSUPP: it can't be used.  Any
 * context.
 */
int atoll_svm_probe(const char **why)
{
	u64 vm_cr;

	if (!boot_cpu_has(X86_FEATURE_SVM))
		return -ENODEV;
	if (!boot_cpu_has(X86_FEATURE_NPT))
		*why = "the CPU's SVM has no nested paging (NPT)";
	else if (!boot_cpu_has(X86_FEATURE_XSAVE))
		*why = "the CPU has no XSAVE, or the kernel was told not to use it (noxsave)";
	else if (cc_platform_has(CC_ATTR_MEM_ENCRYPT))
		*why = "memory encryption (SME, SEV) is on; boot with mem_encrypt=off";
	else if (rdmsrl_safe(MSR_VM_CR, &vm_cr))
		*why = "the CPU has SVM, but no VM_CR register that says whether it may be used";
	else if (vm_cr & SVM_VM_CR_SVM_DIS_MASK)
		*why = "the firmware has disabled SVM (VM_CR.SVMDIS); switch it on in its set-up";
	else
		return 0;
	return -EOPNOTSUPP;
}

/**
 * atoll_svm_s2_levels() - how deep nested page tables are
 *
 * A nested walk has the host's paging mode, so it has as many levels as the
 * host itself: AMD APM vol. 2, "Nested Paging and VMRUN/#VMEXIT".
 */
u32 atoll_svm_s2_levels(void)
{
	return native_read_cr4() & X86_CR4_LA57 ? 5 : 4;
}

/** atoll_svm_s2_largest() - 1 GiB where the host itself has such pages, as it is its paging */
u32 atoll_svm_s2_largest(void)
{
	return boot_cpu_has(X86_FEATURE_GBPAGES) ? 3 : 2;
}

/** atoll_svm_tsc_ratio_bits() - AMD APM vol. 2, "TSC Ratio MSR": 8 bits, the point, 32 bits */
u32 atoll_svm_tsc_ratio_bits(void)
{
	return boot_cpu_has(X86_FEATURE_TSCRATEMSR) ? 32 : 0;
}

/**
 * atoll_svm_setup() - allocate the pages each CPU needs and the permission maps
 *
 * Return: 0 or -ENOMEM.  May sleep.
 */
int atoll_svm_setup(void)
{
	struct svm_cpu *c;
	int cpu;

	atoll_svm_in_qemu = boot_cpu_has(X86_FEATURE_HYPERVISOR) &&
			    hypervisor_cpuid_base("TCGTCGTCGTCG", 0);
	for_each_possible_cpu(cpu) {
		c = per_cpu_ptr(&svm_cpus, cpu);
		c->hsave = alloc_page(GFP_KERNEL | __GFP_ZERO);
		c->host_state = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!c->hsave || !c->host_state)
			goto cleanup;
	}
	if (atoll_svm_permission_init())
		goto cleanup;
	return 0;

cleanup:
	atoll_svm_cleanup();
	return -ENOMEM;
}

/**
 * atoll_svm_cleanup() - undo atoll_svm_setup(), also one that failed half-way
 *
 * Every CPU is off by now.  May sleep.
 */
void atoll_svm_cleanup(void)
{
	struct svm_cpu *c;
	int cpu;

	atoll_svm_permission_exit();
	for_each_possible_cpu(cpu) {
		c = per_cpu_ptr(&svm_cpus, cpu);
		if (c->hsave)
			__free_page(c->hsave);
		if (c->host_state)
			__free_page(c->host_state);
		c->hsave = NULL;
		c->host_state = NULL;
	}
}

/**
 * atoll_svm_cpu_on() - set EFER.SVME on this CPU
 *
 * Context: IRQs off.
 * Return: 0; -EBUSY when another hypervisor has set it; -EOPNOTSUPP when
 * this CPU's firmware lock differs from the boot CPU's.
 */
int atoll_svm_cpu_on(void)
{
	struct svm_cpu *c = this_cpu_ptr(&svm_cpus);
	const char *why;
	u64 efer;

	if (atoll_svm_probe(&why))
		return -EOPNOTSUPP;
	rdmsrl(MSR_EFER, efer);
	if (efer & EFER_SVME)
		return -EBUSY;

	atoll_svm_asid_cpu_on();
	wrmsrl(MSR_EFER, efer | EFER_SVME);
	wrmsrl(MSR_VM_HSAVE_PA, page_to_phys(c->hsave));
	if (boot_cpu_has(X86_FEATURE_TSCRATEMSR))
		wrmsrl(MSR_AMD64_TSC_RATIO, SVM_TSC_RATIO_DEFAULT);
	c->on = 1;
	return 0;
}

/**
 * atoll_svm_cpu_off() - clear EFER.SVME on this CPU, if it was us who set it
 *
 * GIF must be 1 while SVME goes away, or NMIs and INITs would be lost for
 * good: AMD APM vol. 2, "Global Interrupt Flag".
 *
 * Context: IRQs off.
 */
void atoll_svm_cpu_off(void)
{
	struct svm_cpu *c = this_cpu_ptr(&svm_cpus);
	u64 efer;

	if (!c->on)
		return;
	c->on = 0;
	asm volatile("stgi");
	wrmsrl(MSR_VM_HSAVE_PA, 0);
	rdmsrl(MSR_EFER, efer);
	wrmsrl(MSR_EFER, efer & ~EFER_SVME);
}

/**
 * atoll_svm_host_state_pa() - where this CPU's VMSAVE area lies
 *
 * Context: preemption off.
 */
u64 atoll_svm_host_state_pa(void)
{
	return page_to_phys(this_cpu_read(svm_cpus.host_state));
}
