// SPDX-License-Identifier: GPL-2.0-only
/*
 * The VMCS, filled from tables: controls once, the host's state whenever it
 * comes to a CPU, the guest's when it was set from outside.
 *
 * All of this needs a VMCS that is current, so it happens in the vCPU's
 * thread, between vcpu_load() and vcpu_put().
 */
#include <linux/array_size.h>
#include <linux/io.h>
#include <asm/cpu_entry_area.h>
#include <asm/desc.h>
#include <asm/mmu_context.h>
#include <asm/msr.h>
#include <asm/segment.h>
#include <asm/special_insns.h>
#include <asm/tlbflush.h>
#include <asm/tsc.h>
#include <asm/trapnr.h>
#include "vmx.h"

/*
 * #AC and #DB are here because a guest can arrange for either to arise in its
 * own delivery, endlessly, and nothing but an intercept breaks that loop.
 * #MC is the host's.
 */
#define INTERCEPTED_EXCEPTIONS	(BIT(X86_TRAP_DB) | BIT(X86_TRAP_AC) | BIT(X86_TRAP_MC))

#define NO_LINK			(~0ULL)

/*
 * A guest is left after so many milliseconds if nothing else ends its run.
 * The host's interrupts do that; this is for a CPU that forgets to: Bochs 2.7
 * does while the guest has RFLAGS.IF clear.
 */
#define LONGEST_RUN_MS		10

struct field {
	u32 field;
	u64 value;
};

static void put_fields(const struct field *f, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++)
		atoll_vmwrite(f[i].field, f[i].value);
}

/* Intel SDM vol. 3, "VMX-Preemption Timer": it counts at the TSC's rate, shifted */
static u32 longest_run(void)
{
	u64 misc;

	rdmsrl(MSR_IA32_VMX_MISC, misc);
	return ((u64)tsc_khz * LONGEST_RUN_MS) >> vmx_misc_preemption_timer_rate(misc);
}

/**
 * atoll_vmx_vmcs_init() - write what stays the same for the vCPU's life
 * @vcpu:	its VMCS is current, and was never written
 *
 * All bits of CR0 and CR4 are the host's, so that the guest reads what it
 * wrote, and each write of another value is an exit.
 */
void atoll_vmx_vmcs_init(struct atoll_vcpu *vcpu)
{
	const struct atoll_vmx_controls *word = &atoll_vmx_controls;
	struct atoll_vmx *vmx = to_vmx(vcpu);
	u32 cpu2 = word->cpu2;
	const struct field fields[] = {
		{ PIN_BASED_VM_EXEC_CONTROL, word->pin },
		{ CPU_BASED_VM_EXEC_CONTROL, word->cpu },
		{ VM_EXIT_CONTROLS, word->exit },
		{ VM_ENTRY_CONTROLS, word->entry },
		{ EXCEPTION_BITMAP, INTERCEPTED_EXCEPTIONS },
		{ PAGE_FAULT_ERROR_CODE_MASK, 0 },
		{ PAGE_FAULT_ERROR_CODE_MATCH, 0 },
		{ CR3_TARGET_COUNT, 0 },
		{ VM_EXIT_MSR_STORE_COUNT, 0 },
		{ VM_EXIT_MSR_LOAD_COUNT, 0 },
		{ VM_ENTRY_MSR_LOAD_COUNT, 0 },
		{ CR0_GUEST_HOST_MASK, ~0ULL },
		{ CR4_GUEST_HOST_MASK, ~0ULL },
		{ MSR_BITMAP, atoll_vmx_msr_bitmap_pa() },
		{ VIRTUAL_APIC_PAGE_ADDR, virt_to_phys(vmx->vapic) },
		{ VMCS_LINK_POINTER, NO_LINK },
		{ EPT_POINTER, vmx->eptp },
		{ HOST_RIP, (unsigned long)atoll_vmx_exit_point },
		{ HOST_CS_SELECTOR, __KERNEL_CS },
		{ HOST_SS_SELECTOR, __KERNEL_DS },
		{ HOST_DS_SELECTOR, 0 },
		{ HOST_ES_SELECTOR, 0 },
		{ HOST_FS_SELECTOR, 0 },
		{ HOST_GS_SELECTOR, 0 },
		{ HOST_TR_SELECTOR, GDT_ENTRY_TSS * 8 },
		{ HOST_IA32_SYSENTER_CS, __KERNEL_CS },
	};

	put_fields(fields, ARRAY_SIZE(fields));
	if (vmx->vpid)
		atoll_vmwrite(VIRTUAL_PROCESSOR_ID, vmx->vpid);
	else
		cpu2 &= ~SECONDARY_EXEC_ENABLE_VPID;
	atoll_vmwrite(SECONDARY_VM_EXEC_CONTROL, cpu2);
	if (word->pin & PIN_BASED_VMX_PREEMPTION_TIMER)
		atoll_vmwrite(VMX_PREEMPTION_TIMER_VALUE, longest_run());
	if (cpu2 & SECONDARY_EXEC_ENCLS_EXITING)
		atoll_vmwrite(ENCLS_EXITING_BITMAP, ~0ULL);
}

static u64 read_msr(u32 msr)
{
	u64 value;

	rdmsrl(msr, value);
	return value;
}

static void put_host_fields(const struct atoll_vmx *vmx, u64 idt)
{
	const struct cpu_entry_area *area = get_cpu_entry_area(raw_smp_processor_id());
	const struct field fields[] = {
		{ HOST_CR0, read_cr0() },
		{ HOST_CR3, vmx->host_cr3 },
		{ HOST_CR4, vmx->host_cr4 },
		{ HOST_FS_BASE, read_msr(MSR_FS_BASE) },
		{ HOST_GS_BASE, read_msr(MSR_GS_BASE) },
		{ HOST_TR_BASE, (unsigned long)&area->tss.x86_tss },
		{ HOST_GDTR_BASE, (unsigned long)get_current_gdt_ro() },
		{ HOST_IDTR_BASE, idt },
		{ HOST_IA32_SYSENTER_ESP, read_msr(MSR_IA32_SYSENTER_ESP) },
		{ HOST_IA32_SYSENTER_EIP, read_msr(MSR_IA32_SYSENTER_EIP) },
		{ HOST_IA32_EFER, read_msr(MSR_EFER) },
		{ HOST_IA32_PAT, read_msr(MSR_IA32_CR_PAT) },
	};

	put_fields(fields, ARRAY_SIZE(fields));
}

/**
 * atoll_vmx_host_state() - what an exit brings back, as this CPU has it now
 * @vmx:	its VMCS is current
 *
 * CR3 and CR4 may change under the thread, even with preemption off: vcpu.c
 * looks at them before each entry.
 *
 * Context: preemption off.
 */
void atoll_vmx_host_state(struct atoll_vmx *vmx)
{
	struct desc_ptr idt;

	store_idt(&idt);
	vmx->host_cr3 = __native_read_cr3();
	vmx->host_cr4 = native_read_cr4();
	put_host_fields(vmx, idt.address);
}

/**
 * atoll_vmx_put_state() - vmx->state into the VMCS; pending events are gone
 * @vcpu:	its VMCS is current
 */
void atoll_vmx_put_state(struct atoll_vcpu *vcpu)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);
	const struct atoll_cpu_state *s = &vmx->state;
	const struct field fields[] = {
		{ GUEST_GDTR_BASE, s->gdt.base },
		{ GUEST_GDTR_LIMIT, s->gdt.limit },
		{ GUEST_IDTR_BASE, s->idt.base },
		{ GUEST_IDTR_LIMIT, s->idt.limit },
		{ GUEST_CR3, s->cr3 },
		{ GUEST_DR7, vmx->dr7 },
		{ GUEST_IA32_PAT, vmx->pat },
		{ GUEST_IA32_DEBUGCTL, 0 },
		{ GUEST_SYSENTER_CS, s->sysenter_cs },
		{ GUEST_SYSENTER_ESP, s->sysenter_esp },
		{ GUEST_SYSENTER_EIP, s->sysenter_eip },
		{ GUEST_INTERRUPTIBILITY_INFO, 0 },
		{ GUEST_ACTIVITY_STATE, GUEST_ACTIVITY_ACTIVE },
		{ GUEST_PENDING_DBG_EXCEPTIONS, 0 },
		{ TSC_OFFSET, vmx->tsc_offset },
		{ VM_ENTRY_INTR_INFO_FIELD, 0 },
		{ TPR_THRESHOLD, 0 },
		{ CPU_BASED_VM_EXEC_CONTROL, atoll_vmx_controls.cpu },
		{ GUEST_RIP, vcpu->regs[ATOLL_RIP] },
		{ GUEST_RSP, vcpu->regs[ATOLL_RSP] },
		{ GUEST_RFLAGS, vcpu->regs[ATOLL_RFLAGS] },
	};
	u32 i;

	put_fields(fields, ARRAY_SIZE(fields));
	for (i = 0; i < ATOLL_NR_SEGS; i++)
		atoll_vmx_put_seg(i, &s->seg[i]);
	atoll_vmx_put_crs(vcpu);
	atoll_vmx_put_tsc_ratio(vmx);
	vmx->window = 0;
	vmx->fresh = 0;
}
