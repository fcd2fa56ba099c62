// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whether this machine has VT-x for us, and switching it on and off, CPU by
 * CPU.
 *
 * CR4.VMXE is the lock that hypervisors share: whoever finds it set keeps its
 * hands off that CPU.  KVM follows the same rule.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpu.h>
#include <linux/gfp.h>
#include <linux/percpu.h>
#include <linux/printk.h>
#include <asm/cpufeature.h>
#include <linux/perf_event.h>
#include <asm/msr.h>
#include <asm/processor.h>
#include <asm/special_insns.h>
#include <asm/tlbflush.h>
#include "vmx.h"

#define LEAF1_ECX_VMX	BIT(5)

#define DISABLED_BY_FIRMWARE \
	"the firmware has disabled VT-x (IA32_FEATURE_CONTROL); switch it on in its set-up"

/**
 * struct vmx_cpu - one host CPU
 * @region:	the page that VMXON takes
 * @on:		we executed VMXON here
 */
struct vmx_cpu {
	struct page *region;
	int on;
};

static DEFINE_PER_CPU(struct vmx_cpu, vmx_cpus);

/* Intel SDM vol. 3, "Discovering Support for VMX" and "Enabling and Entering VMX" */
static const char *firmware_lock(void)
{
	u64 feat_ctl;

	if (rdmsrl_safe(MSR_IA32_FEAT_CTL, &feat_ctl))
		return "the CPU has VT-x, but no register that says whether it may be used";
	if (!(feat_ctl & FEAT_CTL_LOCKED))
		return NULL;
	if (!(feat_ctl & FEAT_CTL_VMX_ENABLED_OUTSIDE_SMX))
		return DISABLED_BY_FIRMWARE;
	return NULL;
}

/**
 * atoll_vmx_probe() - can this machine run VT-x guests?
 * @why:	receives a sentence when it can't
 *
 * The kernel clears its own flag for VMX where the firmware has locked it, so
 * the CPU itself is asked.
 *
 * Return: 0; -ENODEV: not a CPU with VT-x; -EOPNOTSUPP: one that can't be
 * used.  Any context.
 */
int atoll_vmx_probe(const char **why)
{
	const char *lock;

	if (!(cpuid_ecx(1) & LEAF1_ECX_VMX))
		return -ENODEV;
	lock = firmware_lock();
	if (lock)
		*why = lock;
	else if (!boot_cpu_has(X86_FEATURE_VMX))
		*why = "the kernel has switched VT-x off; its log says why";
	else if (!boot_cpu_has(X86_FEATURE_XSAVE))
		*why = "the CPU has no XSAVE, or the kernel was told not to use it (noxsave)";
	else
		return atoll_vmx_controls_init(why);
	return -EOPNOTSUPP;
}

/** atoll_vmx_s2_levels() - how deep stage-2 tables are: the EPTP says so, not the host */
u32 atoll_vmx_s2_levels(void)
{
	return 4;
}

/** atoll_vmx_revision() - what VMXON regions and VMCSs begin with */
u32 atoll_vmx_revision(void)
{
	u64 basic;

	rdmsrl(MSR_IA32_VMX_BASIC, basic);
	return vmx_basic_vmcs_revision_id(basic);
}

static void warn_of_l1tf(void)
{
	if (boot_cpu_has_bug(X86_BUG_L1TF) && !boot_cpu_has(X86_FEATURE_FLUSH_L1D))
		pr_warn("the CPU has L1TF and can't flush its level-1 cache: update the microcode, or guests may read what the host leaves there\n");
}

/**
 * atoll_vmx_setup() - allocate the page each CPU needs and the MSR bitmap
 *
 * Return: 0 or -ENOMEM.  May sleep.
 */
int atoll_vmx_setup(void)
{
	struct vmx_cpu *c;
	int cpu;

	for_each_possible_cpu(cpu) {
		c = per_cpu_ptr(&vmx_cpus, cpu);
		c->region = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!c->region)
			goto cleanup;
		*(u32 *)page_address(c->region) = atoll_vmx_revision();
	}
	if (atoll_vmx_permission_init())
		goto cleanup;
	warn_of_l1tf();
	return 0;

cleanup:
	atoll_vmx_cleanup();
	return -ENOMEM;
}

/**
 * atoll_vmx_cleanup() - undo atoll_vmx_setup(), also one that failed half-way
 *
 * Every CPU is off by now.  May sleep.
 */
void atoll_vmx_cleanup(void)
{
	struct vmx_cpu *c;
	int cpu;

	atoll_vmx_permission_exit();
	for_each_possible_cpu(cpu) {
		c = per_cpu_ptr(&vmx_cpus, cpu);
		if (c->region)
			__free_page(c->region);
		c->region = NULL;
	}
}

/* Where the firmware left the choice open, it is ours to make and to lock */
static void open_firmware_lock(void)
{
	u64 feat_ctl;

	rdmsrl(MSR_IA32_FEAT_CTL, feat_ctl);
	if (!(feat_ctl & FEAT_CTL_LOCKED))
		wrmsrl(MSR_IA32_FEAT_CTL,
		       feat_ctl | FEAT_CTL_VMX_ENABLED_OUTSIDE_SMX | FEAT_CTL_LOCKED);
}

static int exec_vmxon(u64 region_pa)
{
	u8 failed = 1;

	asm volatile("1: vmxon %[pa]\n\t"
		     "setna %[failed]\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : [failed] "+q" (failed) : [pa] "m" (region_pa) : "cc", "memory");
	return failed ? -EIO : 0;
}

/* #UD: an emergency reboot was faster */
static void exec_vmxoff(void)
{
	asm volatile("1: vmxoff\n"
		     "2:\n"
		     _ASM_EXTABLE(1b, 2b)
		     : : : "cc", "memory");
}

/**
 * atoll_vmx_cpu_on() - VMXON on this CPU
 *
 * From here on the CPU ignores INIT, and A20M# is the machine's problem:
 * Intel SDM vol. 3, "Restrictions on VMX Operation".
 *
 * Context: IRQs off.
 * Return: 0; -EBUSY when another hypervisor holds it; -EOPNOTSUPP when this
 * CPU differs from the boot CPU; -EIO when VMXON fails.
 */
int atoll_vmx_cpu_on(void)
{
	struct vmx_cpu *c = this_cpu_ptr(&vmx_cpus);

	if (!(cpuid_ecx(1) & LEAF1_ECX_VMX) || firmware_lock())
		return -EOPNOTSUPP;
	if (native_read_cr4() & X86_CR4_VMXE)
		return -EBUSY;

	open_firmware_lock();
	intel_pt_handle_vmx(1);
	cr4_set_bits(X86_CR4_VMXE);
	if (exec_vmxon(page_to_phys(c->region))) {
		cr4_clear_bits(X86_CR4_VMXE);
		intel_pt_handle_vmx(0);
		return -EIO;
	}
	c->on = 1;
	return 0;
}

/**
 * atoll_vmx_cpu_off() - VMXOFF on this CPU, if it was us who switched it on
 *
 * No VMCS is current here: a vCPU clears its own when it leaves a CPU.
 *
 * Context: IRQs off.
 */
void atoll_vmx_cpu_off(void)
{
	struct vmx_cpu *c = this_cpu_ptr(&vmx_cpus);

	if (!c->on)
		return;
	c->on = 0;
	exec_vmxoff();
	cr4_clear_bits(X86_CR4_VMXE);
	intel_pt_handle_vmx(0);
}
