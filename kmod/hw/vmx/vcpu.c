// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU under VT-x: made, brought to a CPU and away, run until its next exit.
 *
 * Its VMCS is current, and active, only between vcpu_load() and vcpu_put(),
 * during which preemption is off.  So a vCPU that isn't loaded may move to
 * any CPU and may be freed anywhere, and a CPU may go offline or into suspend
 * without looking for VMCSs that are active on it.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/slab.h>
#include <asm/cpufeature.h>
#include <asm/debugreg.h>
#include <asm/desc.h>
#include <asm/mmu_context.h>
#include <asm/msr.h>
#include <asm/special_insns.h>
#include <asm/tlbflush.h>
#include <asm/trapnr.h>
#include "vmx.h"
#include "../guest_context.h"
#include "../host.h"

static const u32 msr_number[ATOLL_VMX_NR_MSRS] = {
	[ATOLL_VMX_STAR] = MSR_STAR,
	[ATOLL_VMX_LSTAR] = MSR_LSTAR,
	[ATOLL_VMX_CSTAR] = MSR_CSTAR,
	[ATOLL_VMX_SFMASK] = MSR_SYSCALL_MASK,
	[ATOLL_VMX_KERNEL_GS_BASE] = MSR_KERNEL_GS_BASE,
};

static int vcpu_init(struct atoll_vcpu *vcpu)
{
	struct atoll_vmx *vmx = kzalloc(sizeof(*vmx), GFP_KERNEL);

	if (!vmx)
		return -ENOMEM;
	vmx->vmcs = (void *)get_zeroed_page(GFP_KERNEL);
	vmx->vapic = (void *)get_zeroed_page(GFP_KERNEL);
	vmx->tlb_cpu = -1;
	vcpu->hw = vmx;
	if (!vmx->vmcs || !vmx->vapic)
		return -ENOMEM;
	*(u32 *)vmx->vmcs = atoll_vmx_revision();
	vmx->vmcs_pa = virt_to_phys(vmx->vmcs);
	vmx->eptp = atoll_vmx_eptp(virt_to_phys(vcpu->vm->gmem.s2.root));
	atoll_vmx_vpid_alloc(vmx);
	return 0;
}

static void vcpu_exit(struct atoll_vcpu *vcpu)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);

	if (!vmx)
		return;
	atoll_vmx_vpid_free(vmx);
	free_page((unsigned long)vmx->vmcs);
	free_page((unsigned long)vmx->vapic);
	kfree(vmx);
	vcpu->hw = NULL;
}

static size_t vcpu_bytes(void)
{
	return kmalloc_size_roundup(sizeof(struct atoll_vmx)) + 2 * PAGE_SIZE;
}

static void exec_vmclear(u64 pa)
{
	asm volatile("vmclear %0" : : "m" (pa) : "cc", "memory");
}

static void exec_vmptrld(u64 pa)
{
	asm volatile("vmptrld %0" : : "m" (pa) : "cc", "memory");
}

static void swap_msrs_in(struct atoll_vmx *vmx)
{
	u32 i;

	for (i = 0; i < ATOLL_VMX_NR_MSRS; i++) {
		rdmsrl(msr_number[i], vmx->host_msr[i]);
		wrmsrl(msr_number[i], vmx->msr[i]);
	}
}

/**
 * atoll_vmx_read_msrs() - take over what the guest wrote without an exit
 * @vmx:	loaded
 */
void atoll_vmx_read_msrs(struct atoll_vmx *vmx)
{
	u32 i;

	for (i = 0; i < ATOLL_VMX_NR_MSRS; i++)
		rdmsrl(msr_number[i], vmx->msr[i]);
}

static void swap_msrs_out(struct atoll_vmx *vmx)
{
	u32 i;

	atoll_vmx_read_msrs(vmx);
	for (i = 0; i < ATOLL_VMX_NR_MSRS; i++)
		wrmsrl(msr_number[i], vmx->host_msr[i]);
}

static void vcpu_load(struct atoll_vcpu *vcpu)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);
	int cpu = raw_smp_processor_id();

	if (!vmx->used)
		exec_vmclear(vmx->vmcs_pa);
	exec_vmptrld(vmx->vmcs_pa);
	vmx->loaded = 1;
	vmx->launched = 0;
	if (!vmx->used) {
		atoll_vmx_vmcs_init(vcpu);
		vmx->used = 1;
	}
	if (vmx->fresh)
		atoll_vmx_put_state(vcpu);
	atoll_vmx_host_state(vmx);
	if (vmx->tlb_cpu != cpu) {
		vmx->tlb_cpu = cpu;
		atoll_vmx_flush_tlb(vcpu);
	}
	store_ldt(vmx->host_ldt);
	vmx->host_debugctl = get_debugctlmsr();
	swap_msrs_in(vmx);
	atoll_host_leave(vcpu);
}

/*
 * What an exit loads with a fixed value of the host's: LDTR with null, the
 * limits of the GDT and the TSS.  Intel SDM vol. 3, "Loading Host Segment and
 * Descriptor-Table Registers".
 */
static void restore_tables(struct atoll_vmx *vmx)
{
	if (vmx->host_ldt)
		asm volatile("lldt %0" : : "r" (vmx->host_ldt));
	load_fixmap_gdt(raw_smp_processor_id());
	invalidate_tss_limit();
}

static void vcpu_put(struct atoll_vcpu *vcpu)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);

	vmx->interruptibility = atoll_vmread(GUEST_INTERRUPTIBILITY_INFO);
	exec_vmclear(vmx->vmcs_pa);
	vmx->loaded = 0;
	swap_msrs_out(vmx);
	restore_tables(vmx);
	atoll_host_return();
}

/*
 * Changed under the thread: lazy TLB mode, PCIDs, and who else writes CR4.  The
 * kernel has copies of both, but to ask for them takes a call each.
 */
static void refresh_host_state(struct atoll_vmx *vmx)
{
	u64 cr3 = __native_read_cr3(), cr4 = native_read_cr4();

	if (unlikely(vmx->host_cr3 != cr3)) {
		atoll_vmwrite(HOST_CR3, cr3);
		vmx->host_cr3 = cr3;
	}
	if (unlikely(vmx->host_cr4 != cr4)) {
		atoll_vmwrite(HOST_CR4, cr4);
		vmx->host_cr4 = cr4;
	}
}

static void put_event(struct atoll_vmx *vmx)
{
	atoll_vmwrite(VM_ENTRY_EXCEPTION_ERROR_CODE, vmx->event_error);
	atoll_vmwrite(VM_ENTRY_INTR_INFO_FIELD, vmx->event);
}

static void put_rsp_rflags(struct atoll_vcpu *vcpu)
{
	atoll_vmwrite(GUEST_RSP, vcpu->regs[ATOLL_RSP]);
	atoll_vmwrite(GUEST_RFLAGS, vcpu->regs[ATOLL_RFLAGS]);
	vcpu->rsp_rflags_dirty = 0;
}

static void get_registers(struct atoll_vcpu *vcpu)
{
	atoll_vmread_to(GUEST_RIP, &vcpu->regs[ATOLL_RIP]);
	atoll_vmread_to(GUEST_RSP, &vcpu->regs[ATOLL_RSP]);
	atoll_vmread_to(GUEST_RFLAGS, &vcpu->regs[ATOLL_RFLAGS]);
}

/* L1 Terminal Fault: a guest may read whatever lies in the level-1 cache */
static void flush_l1d(void)
{
	if (static_cpu_has(X86_FEATURE_FLUSH_L1D) && static_cpu_has_bug(X86_BUG_L1TF))
		wrmsrl(MSR_IA32_FLUSH_CMD, L1D_FLUSH);
}

/*
 * An NMI ended the run, and further ones are blocked until an IRET, which the
 * handler's is.  The IDT's entry wants to be reached as an interrupt, on the
 * stack that it has for it.
 */
static void handle_nmi(void)
{
	asm volatile("int %0" : : "i" (X86_TRAP_NMI) : "memory");
}

/* RIP moves with nearly every exit that isn't the host's, all else seldom */
static void prepare(struct atoll_vcpu *vcpu, struct atoll_vmx *vmx)
{
	refresh_host_state(vmx);
	atoll_vmwrite(GUEST_RIP, vcpu->regs[ATOLL_RIP]);
	if (unlikely(vcpu->rsp_rflags_dirty))
		put_rsp_rflags(vcpu);
	if (unlikely(vmx->event))
		put_event(vmx);
	if (unlikely(vmx->flush))
		atoll_vmx_flush_pending(vmx);
	flush_l1d();
}

static void finish(struct atoll_vcpu *vcpu, struct atoll_vmx *vmx)
{
	vmx->launched = 1;
	if (unlikely(vmx->host_debugctl))
		update_debugctlmsr(vmx->host_debugctl);
	get_registers(vcpu);
	atoll_vmx_decode_exit(vcpu);
}

static void fail(struct atoll_vcpu *vcpu, struct atoll_vmx *vmx, int failed)
{
	vmx->failed = failed;
	vcpu->exit.kind = ATOLL_EXIT_FAIL_ENTRY;
}

/* The host's CR2 is worth nothing here: its page faults have been handled */
static noinstr void vcpu_run(struct atoll_vcpu *vcpu)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);
	int failed;

	instrumentation_begin();
	prepare(vcpu, vmx);
	instrumentation_end();

	atoll_guest_context_enter(vcpu);
	if (vmx->cr2 != native_read_cr2())
		native_write_cr2(vmx->cr2);
	failed = atoll_vmx_enter(vcpu->regs, vmx->launched, &vmx->host_rsp);
	vmx->cr2 = native_read_cr2();
	atoll_guest_context_exit();

	instrumentation_begin();
	if (likely(!failed))
		finish(vcpu, vmx);
	else
		fail(vcpu, vmx, failed);
	instrumentation_end();
}

/**
 * atoll_vmx_host_event() - if the host's NMI or machine check ended a run: serve it
 * @vcpu:	just left its guest, its exit is decoded
 *
 * Context: IRQs off.
 */
void atoll_vmx_host_event(struct atoll_vcpu *vcpu)
{
	if (vcpu->exit.kind == ATOLL_EXIT_NMI)
		handle_nmi();
	else if (vcpu->exit.kind == ATOLL_EXIT_EXCEPTION &&
		 vcpu->exit.exception.vector == X86_TRAP_MC)
		atoll_host_machine_check();
}

static void skip(struct atoll_vcpu *vcpu, u64 rip)
{
	u64 info = atoll_vmread_known(GUEST_INTERRUPTIBILITY_INFO);

	vcpu->regs[ATOLL_RIP] = rip;
	if (unlikely(info & ATOLL_VMX_SHADOW))
		atoll_vmwrite(GUEST_INTERRUPTIBILITY_INFO, info & ~(u64)ATOLL_VMX_SHADOW);
}

static u64 s2_root(const struct atoll_vcpu *vcpu)
{
	const struct atoll_vmx *vmx = vcpu->hw;

	/* Below the address lie how to walk and the memory type */
	return vmx->eptp & PAGE_MASK;
}

const struct atoll_hw_ops atoll_vmx_ops = {
	.name		= "vmx",
	.rival		= ATOLL_HW_RIVAL("VT-x", "kvm_intel"),
	.s2_format	= &atoll_ept_format,
	.probe		= atoll_vmx_probe,
	.setup		= atoll_vmx_setup,
	.cleanup	= atoll_vmx_cleanup,
	.s2_levels	= atoll_vmx_s2_levels,
	.s2_largest	= atoll_vmx_s2_largest,
	.s2_marks	= atoll_vmx_s2_marks,
	.feature	= atoll_vmx_feature,
	.tsc_ratio_bits	= atoll_vmx_tsc_ratio_bits,
	.cpu_on		= atoll_vmx_cpu_on,
	.cpu_off	= atoll_vmx_cpu_off,
	.vcpu_init	= vcpu_init,
	.vcpu_exit	= vcpu_exit,
	.vcpu_bytes	= vcpu_bytes,
	.vcpu_load	= vcpu_load,
	.vcpu_put	= vcpu_put,
	.vcpu_run	= vcpu_run,
	.save_state	= atoll_vmx_save_state,
	.load_state	= atoll_vmx_load_state,
	.get_reg	= atoll_vmx_get_reg,
	.set_reg	= atoll_vmx_set_reg,
	.get_seg	= atoll_vmx_get_seg,
	.get_attr	= atoll_vmx_get_attr,
	.get_paging	= atoll_vmx_get_paging,
	.can_inject	= atoll_vmx_can_inject,
	.inject		= atoll_vmx_inject,
	.want_window	= atoll_vmx_want_window,
	.want_cr8_below	= atoll_vmx_want_cr8_below,
	.can_inject_nmi	= atoll_vmx_can_inject_nmi,
	.inject_nmi	= atoll_vmx_inject_nmi,
	.want_nmi_window = atoll_vmx_want_nmi_window,
	.raise		= atoll_vmx_raise,
	.skip		= skip,
	.flush_tlb	= atoll_vmx_flush_tlb,
	.s2_root	= s2_root,
	.is_guarded	= atoll_vmx_is_guarded,
	.msr_exits	= atoll_vmx_msr_exits,
	.port_exits	= atoll_vmx_port_exits,
	.dump		= atoll_vmx_dump,
};
