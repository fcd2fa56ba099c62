// SPDX-License-Identifier: GPL-2.0-only
/*
 * A vCPU under SVM: made, moved between CPUs, run until its next exit.
 */
#include <linux/context_tracking.h>
#include <linux/gfp.h>
#include <linux/slab.h>
#include <asm/trapnr.h>
#include "svm.h"
#include "../guest_context.h"
#include "../host.h"

static int vcpu_init(struct atoll_vcpu *vcpu)
{
	struct atoll_svm *svm;
	struct page *page;

	svm = kzalloc(sizeof(*svm), GFP_KERNEL);
	if (!svm)
		return -ENOMEM;
	page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!page) {
		kfree(svm);
		return -ENOMEM;
	}
	svm->vmcb = page_address(page);
	svm->vmcb_pa = page_to_phys(page);
	svm->asid_cpu = -1;
	vcpu->hw = svm;
	atoll_svm_vmcb_init(vcpu);
	return 0;
}

static void vcpu_exit(struct atoll_vcpu *vcpu)
{
	struct atoll_svm *svm = to_svm(vcpu);

	if (!svm)
		return;
	free_page((unsigned long)svm->vmcb);
	kfree(svm);
	vcpu->hw = NULL;
}

static size_t vcpu_bytes(void)
{
	return kmalloc_size_roundup(sizeof(struct atoll_svm)) + PAGE_SIZE;
}

/*
 * What VMRUN and #VMEXIT leave alone of the host goes into this CPU's VMSAVE
 * area, once for all the runs until vcpu_put(): with preemption off, it
 * doesn't change.
 */
static void vcpu_load(struct atoll_vcpu *vcpu)
{
	struct atoll_svm *svm = to_svm(vcpu);

	svm->host_state_pa = atoll_svm_host_state_pa();
	asm volatile("vmsave %0" : : "a" (svm->host_state_pa) : "memory");
	if (unlikely(svm->tsc_ratio))
		wrmsrl(MSR_AMD64_TSC_RATIO, svm->tsc_ratio);
	atoll_host_leave(vcpu);
}

static void vcpu_put(struct atoll_vcpu *vcpu)
{
	if (unlikely(to_svm(vcpu)->tsc_ratio))
		wrmsrl(MSR_AMD64_TSC_RATIO, SVM_TSC_RATIO_DEFAULT);
	atoll_host_return();
}

static void prepare(struct atoll_vcpu *vcpu, struct atoll_svm *svm)
{
	struct vmcb_save_area *save = &svm->vmcb->save;

	atoll_svm_asid_choose(svm);
	if (unlikely(atoll_svm_in_qemu))
		atoll_svm_deliver_once(svm->vmcb);
	save->rax = vcpu->regs[ATOLL_RAX];
	save->rsp = vcpu->regs[ATOLL_RSP];
	save->rip = vcpu->regs[ATOLL_RIP];
	save->rflags = vcpu->regs[ATOLL_RFLAGS];
}

static void finish(struct atoll_vcpu *vcpu, struct atoll_svm *svm)
{
	struct vmcb *vmcb = svm->vmcb;

	vcpu->regs[ATOLL_RAX] = vmcb->save.rax;
	vcpu->regs[ATOLL_RSP] = vmcb->save.rsp;
	vcpu->regs[ATOLL_RIP] = vmcb->save.rip;
	vcpu->regs[ATOLL_RFLAGS] = vmcb->save.rflags;
	vmcb->control.tlb_ctl = TLB_CONTROL_DO_NOTHING;

	vmcb->control.event_inj = 0;
	if (unlikely(vmcb->control.exit_int_info & SVM_EXITINTINFO_VALID))
		atoll_svm_complete_events(vmcb);
	atoll_svm_decode_exit(vcpu);
	if (unlikely(vmcb->control.int_state & SVM_INTERRUPT_SHADOW_MASK))
		atoll_svm_keep_shadow(vcpu, vmcb);
	if (unlikely(vcpu->exit.kind == ATOLL_EXIT_EXCEPTION &&
		     vcpu->exit.exception.vector == X86_TRAP_MC))
		atoll_host_machine_check();
}

/*
 * The host's RFLAGS.IF decides, with V_INTR_MASKING, whether its interrupts
 * end the guest's run.  GIF = 0 keeps them out of the code around VMRUN.
 */
static noinstr void vcpu_run(struct atoll_vcpu *vcpu)
{
	struct atoll_svm *svm = to_svm(vcpu);

	instrumentation_begin();
	prepare(vcpu, svm);
	instrumentation_end();

	asm volatile("clgi" : : : "memory");
	atoll_guest_context_enter(vcpu);
	raw_local_irq_enable();
	if (static_cpu_has_bug(X86_BUG_DIV0))
		amd_clear_divider();
	atoll_svm_enter(vcpu->regs, svm->vmcb_pa, svm->host_state_pa);
	raw_local_irq_disable();
	atoll_guest_context_exit();
	/* An NMI that ended the run is delivered to the host right here */
	asm volatile("stgi" : : : "memory");

	instrumentation_begin();
	finish(vcpu, svm);
	instrumentation_end();
}

static void skip(struct atoll_vcpu *vcpu, u64 rip)
{
	vcpu->regs[ATOLL_RIP] = rip;
	to_svm(vcpu)->vmcb->control.int_state &= ~SVM_INTERRUPT_SHADOW_MASK;
}

static u64 s2_root(const struct atoll_vcpu *vcpu)
{
	const struct atoll_svm *svm = vcpu->hw;

	return svm->vmcb->control.nested_cr3;
}

/* AMD APM vol. 2, "Nested Paging": in the format of long mode, marks and all */
static bool s2_marks(void)
{
	return true;
}

const struct atoll_hw_ops atoll_svm_ops = {
	.name		= "svm",
	.rival		= ATOLL_HW_RIVAL("SVM", "kvm_amd"),
	.s2_format	= &atoll_npt_format,
	.probe		= atoll_svm_probe,
	.setup		= atoll_svm_setup,
	.cleanup	= atoll_svm_cleanup,
	.s2_levels	= atoll_svm_s2_levels,
	.s2_largest	= atoll_svm_s2_largest,
	.s2_marks	= s2_marks,
	.feature	= atoll_svm_feature,
	.tsc_ratio_bits	= atoll_svm_tsc_ratio_bits,
	.cpu_on		= atoll_svm_cpu_on,
	.cpu_off	= atoll_svm_cpu_off,
	.vcpu_init	= vcpu_init,
	.vcpu_exit	= vcpu_exit,
	.vcpu_bytes	= vcpu_bytes,
	.vcpu_load	= vcpu_load,
	.vcpu_put	= vcpu_put,
	.vcpu_run	= vcpu_run,
	.save_state	= atoll_svm_save_state,
	.load_state	= atoll_svm_load_state,
	.get_reg	= atoll_svm_get_reg,
	.set_reg	= atoll_svm_set_reg,
	.get_seg	= atoll_svm_get_seg,
	.get_attr	= atoll_svm_get_attr,
	.get_paging	= atoll_svm_get_paging,
	.can_inject	= atoll_svm_can_inject,
	.inject		= atoll_svm_inject,
	.want_window	= atoll_svm_want_window,
	.want_cr8_below	= atoll_svm_want_cr8_below,
	.can_inject_nmi	= atoll_svm_can_inject_nmi,
	.inject_nmi	= atoll_svm_inject_nmi,
	.want_nmi_window = atoll_svm_want_nmi_window,
	.raise		= atoll_svm_raise,
	.skip		= skip,
	.flush_tlb	= atoll_svm_flush_tlb,
	.s2_root	= s2_root,
	.is_guarded	= atoll_svm_is_guarded,
	.msr_exits	= atoll_svm_msr_exits,
	.port_exits	= atoll_svm_port_exits,
	.dump		= atoll_svm_dump,
};
