// SPDX-License-Identifier: GPL-2.0-only
/*
 * The virtual machine control block: set up from tables, read, written,
 * dumped.  AMD APM vol. 2, "VMCB Layout".
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/printk.h>
#include <asm/processor-flags.h>
#include <asm/trapnr.h>
#include "svm.h"

/*
 * What makes a guest exit.  #AC and #DB are here because a guest can arrange
 * for either to arise in its own delivery, endlessly, and nothing but an
 * intercept breaks that loop.  #MC is the host's.
 */
static const u16 intercepts[] = {
	INTERCEPT_CR0_WRITE,
	INTERCEPT_CR4_WRITE,
	INTERCEPT_DR0_READ, INTERCEPT_DR1_READ, INTERCEPT_DR2_READ, INTERCEPT_DR3_READ,
	INTERCEPT_DR4_READ, INTERCEPT_DR5_READ, INTERCEPT_DR6_READ, INTERCEPT_DR7_READ,
	INTERCEPT_DR0_WRITE, INTERCEPT_DR1_WRITE, INTERCEPT_DR2_WRITE, INTERCEPT_DR3_WRITE,
	INTERCEPT_DR4_WRITE, INTERCEPT_DR5_WRITE, INTERCEPT_DR6_WRITE, INTERCEPT_DR7_WRITE,
	INTERCEPT_EXCEPTION_OFFSET + X86_TRAP_DB,
	INTERCEPT_EXCEPTION_OFFSET + X86_TRAP_AC,
	INTERCEPT_EXCEPTION_OFFSET + X86_TRAP_MC,
	INTERCEPT_INTR,
	INTERCEPT_NMI,
	INTERCEPT_INIT,
	INTERCEPT_RDPMC,
	INTERCEPT_CPUID,
	INTERCEPT_INVD,
	INTERCEPT_HLT,
	INTERCEPT_INVLPGA,
	INTERCEPT_IOIO_PROT,
	INTERCEPT_MSR_PROT,
	INTERCEPT_FERR_FREEZE,
	INTERCEPT_SHUTDOWN,
	INTERCEPT_VMRUN,
	INTERCEPT_VMMCALL,
	INTERCEPT_VMLOAD,
	INTERCEPT_VMSAVE,
	INTERCEPT_STGI,
	INTERCEPT_CLGI,
	INTERCEPT_SKINIT,
	INTERCEPT_WBINVD,
	INTERCEPT_MONITOR,
	INTERCEPT_MWAIT,
	INTERCEPT_XSETBV,
	INTERCEPT_RDPRU,
	INTERCEPT_INVLPGB,
	INTERCEPT_INVLPGB_ILLEGAL,
	INTERCEPT_MCOMMIT,
	INTERCEPT_TLBSYNC,
};

/**
 * atoll_svm_vmcb_init() - write what stays the same for the vCPU's life
 * @vcpu:	its control block is zeroed
 */
void atoll_svm_vmcb_init(struct atoll_vcpu *vcpu)
{
	struct vmcb_control_area *control = &to_svm(vcpu)->vmcb->control;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(intercepts); i++)
		control->intercepts[intercepts[i] / 32] |= BIT(intercepts[i] % 32);
	control->iopm_base_pa = atoll_svm_iopm_pa();
	control->msrpm_base_pa = atoll_svm_msrpm_pa();
	control->int_ctl = V_INTR_MASKING_MASK;
	control->nested_ctl = SVM_NESTED_CTL_NP_ENABLE;
	control->nested_cr3 = virt_to_phys(vcpu->vm->gmem.s2.root);
}

static struct vmcb_seg *vmcb_seg(struct vmcb_save_area *save, enum atoll_seg seg)
{
	switch (seg) {
	case ATOLL_ES:		return &save->es;
	case ATOLL_CS:		return &save->cs;
	case ATOLL_SS:		return &save->ss;
	case ATOLL_DS:		return &save->ds;
	case ATOLL_FS:		return &save->fs;
	case ATOLL_GS:		return &save->gs;
	case ATOLL_LDTR:	return &save->ldtr;
	default:		return &save->tr;
	}
}

/**
 * atoll_svm_get_attr() - a segment register's attributes alone
 * @vcpu:	as for atoll_svm_get_seg()
 * @seg:	which
 */
u32 atoll_svm_get_attr(struct atoll_vcpu *vcpu, enum atoll_seg seg)
{
	struct vmcb_save_area *save = &to_svm(vcpu)->vmcb->save;
	u32 attr = vmcb_seg(save, seg)->attrib;

	if (seg == ATOLL_SS) {
		attr &= ~(3 << ATOLL_SEG_DPL_SHIFT);
		attr |= save->cpl << ATOLL_SEG_DPL_SHIFT;
	}
	return attr;
}

/**
 * atoll_svm_get_seg() - read a segment register
 * @vcpu:	the calling thread's own, or one that doesn't run
 * @seg:	which
 * @out:	receives it; the DPL of SS is the current privilege level
 */
void atoll_svm_get_seg(struct atoll_vcpu *vcpu, enum atoll_seg seg,
		       struct atoll_segment *out)
{
	struct vmcb_save_area *save = &to_svm(vcpu)->vmcb->save;
	const struct vmcb_seg *from = vmcb_seg(save, seg);

	out->base = from->base;
	out->limit = from->limit;
	out->selector = from->selector;
	out->attr = atoll_svm_get_attr(vcpu, seg);
}

static void set_seg(struct vmcb_save_area *save, enum atoll_seg seg,
		    const struct atoll_segment *in)
{
	struct vmcb_seg *to = vmcb_seg(save, seg);

	to->base = in->base;
	to->limit = in->limit;
	to->selector = in->selector;
	to->attrib = in->attr;
	if (seg == ATOLL_SS)
		save->cpl = (in->attr >> ATOLL_SEG_DPL_SHIFT) & 3;
}

/*
 * The guest's EFER as VMRUN gets it.  SVME must be set.  LME waits for paging,
 * without which it means nothing: QEMU's TCG (7.2) does not restore the host's
 * CR0 when it leaves a guest that has LME and neither paging nor CR4.PAE.
 */
static void put_efer(struct atoll_svm *svm)
{
	struct vmcb_save_area *save = &svm->vmcb->save;

	save->efer = svm->efer | EFER_SVME;
	if (!(save->cr0 & X86_CR0_PG))
		save->efer &= ~(u64)EFER_LME;
}

/**
 * atoll_svm_save_state() - the control block's registers, in neutral form
 * @vcpu:	doesn't run, or is the calling thread's own
 * @state:	receives all of it
 */
void atoll_svm_save_state(struct atoll_vcpu *vcpu, struct atoll_cpu_state *state)
{
	struct vmcb_save_area *save = &to_svm(vcpu)->vmcb->save;
	u32 i;

	memcpy(state->regs, vcpu->regs, sizeof(state->regs));
	for (i = 0; i < ATOLL_NR_SEGS; i++)
		atoll_svm_get_seg(vcpu, i, &state->seg[i]);
	state->gdt = (struct atoll_dtable){ save->gdtr.base, save->gdtr.limit };
	state->idt = (struct atoll_dtable){ save->idtr.base, save->idtr.limit };
	state->cr0 = save->cr0;
	state->cr2 = save->cr2;
	state->cr3 = save->cr3;
	state->cr4 = save->cr4;
	state->efer = to_svm(vcpu)->efer;
	state->dr6 = save->dr6;
	state->dr7 = save->dr7;
	state->star = save->star;
	state->lstar = save->lstar;
	state->cstar = save->cstar;
	state->sfmask = save->sfmask;
	state->kernel_gs_base = save->kernel_gs_base;
	state->sysenter_cs = save->sysenter_cs;
	state->sysenter_esp = save->sysenter_esp;
	state->sysenter_eip = save->sysenter_eip;
	state->pat = save->g_pat;
}

/**
 * atoll_svm_load_state() - the reverse; pending events are forgotten
 * @vcpu:	doesn't run
 * @state:	values that the CPU accepts
 */
void atoll_svm_load_state(struct atoll_vcpu *vcpu, const struct atoll_cpu_state *state)
{
	struct atoll_svm *svm = to_svm(vcpu);
	struct vmcb_save_area *save = &svm->vmcb->save;
	u32 i;

	memcpy(vcpu->regs, state->regs, sizeof(vcpu->regs));
	for (i = 0; i < ATOLL_NR_SEGS; i++)
		set_seg(save, i, &state->seg[i]);
	save->gdtr.base = state->gdt.base;
	save->gdtr.limit = state->gdt.limit;
	save->idtr.base = state->idt.base;
	save->idtr.limit = state->idt.limit;
	save->cr0 = state->cr0;
	save->cr2 = state->cr2;
	save->cr3 = state->cr3;
	save->cr4 = state->cr4;
	svm->efer = state->efer;
	put_efer(svm);
	save->dr6 = state->dr6;
	save->dr7 = state->dr7;
	save->star = state->star;
	save->lstar = state->lstar;
	save->cstar = state->cstar;
	save->sfmask = state->sfmask;
	save->kernel_gs_base = state->kernel_gs_base;
	save->sysenter_cs = state->sysenter_cs;
	save->sysenter_esp = state->sysenter_esp;
	save->sysenter_eip = state->sysenter_eip;
	save->g_pat = state->pat;
	save->dbgctl = 0;

	svm->vmcb->control.event_inj = 0;
	svm->vmcb->control.exit_int_info = 0;
	svm->vmcb->control.int_state = 0;
	svm->vmcb->control.int_ctl = V_INTR_MASKING_MASK;
	atoll_svm_close_window(svm);
	atoll_svm_close_cr8(svm);
	atoll_svm_reset_nmi(svm);
	/* Nothing that was cached for the former state may be used for this one */
	svm->asid_generation = 0;
}

static u64 *vmcb_reg(struct vmcb *vmcb, enum atoll_creg reg)
{
	struct vmcb_save_area *save = &vmcb->save;

	switch (reg) {
	case ATOLL_CR0:		return &save->cr0;
	case ATOLL_CR2:		return &save->cr2;
	case ATOLL_CR3:		return &save->cr3;
	case ATOLL_CR4:		return &save->cr4;
	case ATOLL_DR6:		return &save->dr6;
	case ATOLL_DR7:		return &save->dr7;
	case ATOLL_PAT:		return &save->g_pat;
	default:		return &vmcb->control.tsc_offset;
	}
}

/**
 * atoll_svm_get_reg() - read a control register
 * @vcpu:	the calling thread's own, or one that doesn't run
 * @reg:	which
 */
u64 atoll_svm_get_reg(struct atoll_vcpu *vcpu, enum atoll_creg reg)
{
	struct atoll_svm *svm = to_svm(vcpu);

	if (reg == ATOLL_EFER)
		return svm->efer;
	if (reg == ATOLL_TSC_RATIO)
		return svm->tsc_ratio;
	if (reg == ATOLL_CR8)
		return svm->vmcb->control.int_ctl & V_TPR_MASK;
	return *vmcb_reg(svm->vmcb, reg);
}

static void set_cr8(struct vmcb *vmcb, u64 cr8)
{
	vmcb->control.int_ctl &= ~V_TPR_MASK;
	vmcb->control.int_ctl |= cr8 & V_TPR_MASK;
}

/**
 * atoll_svm_get_paging() - read what a walk of the guest's page tables starts from
 * @vcpu:	as for atoll_svm_get_reg()
 * @out:	receives it
 */
void atoll_svm_get_paging(struct atoll_vcpu *vcpu, struct atoll_paging *out)
{
	struct atoll_svm *svm = to_svm(vcpu);
	struct vmcb_save_area *save = &svm->vmcb->save;

	out->cr0 = save->cr0;
	out->cr3 = save->cr3;
	out->cr4 = save->cr4;
	out->efer = svm->efer;
	out->cs_attr = save->cs.attrib;
	out->ss_attr = atoll_svm_get_attr(vcpu, ATOLL_SS);
}

/**
 * atoll_svm_set_reg() - write a control register
 * @vcpu:	the calling thread's own, or one that doesn't run
 * @reg:	which
 * @value:	one that the CPU accepts
 *
 * ATOLL_TSC_RATIO is in force from the next vcpu_load() on.  A change of paging mode
 * or of protection bits makes cached translations wrong, so a write to CR0, CR4 or
 * EFER flushes, as it does on the CPU itself: AMD APM vol. 2, "Implicit Invalidations".
 */
void atoll_svm_set_reg(struct atoll_vcpu *vcpu, enum atoll_creg reg, u64 value)
{
	struct atoll_svm *svm = to_svm(vcpu);

	if (reg == ATOLL_CR0 || reg == ATOLL_CR4 || reg == ATOLL_EFER)
		atoll_svm_flush_tlb(vcpu);
	if (reg == ATOLL_CR8) {
		set_cr8(svm->vmcb, value);
		return;
	}
	if (reg == ATOLL_TSC_RATIO) {
		svm->tsc_ratio = value;
		return;
	}
	if (reg == ATOLL_EFER)
		svm->efer = value;
	else
		*vmcb_reg(svm->vmcb, reg) = value;
	put_efer(svm);
}

static void dump_segs(struct vmcb_save_area *save)
{
	static const char * const name[ATOLL_NR_SEGS] = {
		"es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"
	};
	const struct vmcb_seg *seg;
	u32 i;

	for (i = 0; i < ATOLL_NR_SEGS; i++) {
		seg = vmcb_seg(save, i);
		pr_err("  %-4s %04x base %016llx limit %08x attr %03x\n", name[i],
		       seg->selector, seg->base, seg->limit, seg->attrib);
	}
}

/**
 * atoll_svm_dump() - the control block to the kernel's log
 * @vcpu:	doesn't run, or is the calling thread's own
 */
void atoll_svm_dump(struct atoll_vcpu *vcpu)
{
	const struct vmcb_control_area *c = &to_svm(vcpu)->vmcb->control;
	struct vmcb_save_area *s = &to_svm(vcpu)->vmcb->save;

	pr_err("%s: vcpu %u: VMCB\n", vcpu->vm->cfg.name, vcpu->index);
	pr_err("  intercepts %*ph\n", (int)sizeof(c->intercepts), c->intercepts);
	pr_err("  exit_code %#x:%08x info1 %#llx info2 %#llx int_info %#x err %#x\n",
	       c->exit_code_hi, c->exit_code, c->exit_info_1, c->exit_info_2,
	       c->exit_int_info, c->exit_int_info_err);
	pr_err("  asid %u tlb_ctl %u int_ctl %#x int_state %#x event_inj %#x err %#x\n",
	       c->asid, c->tlb_ctl, c->int_ctl, c->int_state, c->event_inj, c->event_inj_err);
	pr_err("  nested_ctl %#llx nested_cr3 %#llx iopm %#llx msrpm %#llx virt_ext %#llx\n",
	       c->nested_ctl, c->nested_cr3, c->iopm_base_pa, c->msrpm_base_pa, c->virt_ext);
	dump_segs(s);
	pr_err("  gdtr base %016llx limit %x, idtr base %016llx limit %x, cpl %u\n",
	       s->gdtr.base, s->gdtr.limit, s->idtr.base, s->idtr.limit, s->cpl);
	pr_err("  cr0 %#llx cr2 %#llx cr3 %#llx cr4 %#llx efer %#llx dr6 %#llx dr7 %#llx\n",
	       s->cr0, s->cr2, s->cr3, s->cr4, s->efer, s->dr6, s->dr7);
	pr_err("  rip %#llx rsp %#llx rax %#llx rflags %#llx\n",
	       s->rip, s->rsp, s->rax, s->rflags);
}
