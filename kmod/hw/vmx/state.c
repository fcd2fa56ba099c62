// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's registers: those that live in the VMCS, those that are kept
 * beside it, and their neutral form.
 *
 * Control and debug registers, EFER and PAT are written by exits only, so the
 * copy in struct atoll_vmx is always right and a read of them costs no
 * VMREAD.  CR3 and the segments change without an exit: they are read from
 * the VMCS, which must be loaded.
 */
#include <linux/array_size.h>
#include <linux/string.h>
#include <asm/msr-index.h>
#include <asm/processor-flags.h>
#include "vmx.h"

/* Access rights: Intel SDM vol. 3, "Guest Register State" */
#define AR_LOW		0x00ff		/* type, S, DPL, P */
#define AR_HIGH		0xf000		/* AVL, L, D/B, G */
#define AR_HIGH_SHIFT	4
#define AR_UNUSABLE	BIT(16)

/* Where the virtual-APIC page has the TPR */
#define VAPIC_TPR	0x80

#define PDPTES		4
#define PDPTE_PRESENT	BIT_ULL(0)

/**
 * atoll_vmx_access_rights() - a segment's attributes as VT-x has them
 * @attr:	neutral: 12 bits, as SVM has them
 *
 * A segment that isn't present is unusable, which here is a bit of its own.
 */
u32 atoll_vmx_access_rights(u32 attr)
{
	if (!(attr & ATOLL_SEG_P))
		return AR_UNUSABLE;
	return (attr & AR_LOW) | ((attr << AR_HIGH_SHIFT) & AR_HIGH);
}

/** atoll_vmx_attr() - the reverse of atoll_vmx_access_rights() */
u32 atoll_vmx_attr(u32 access_rights)
{
	u32 attr = (access_rights & AR_LOW) | ((access_rights & AR_HIGH) >> AR_HIGH_SHIFT);

	return access_rights & AR_UNUSABLE ? attr & ~ATOLL_SEG_P : attr;
}

/* The VMCS has them in the order of enum atoll_seg, two numbers apart */
static u32 seg_offset(enum atoll_seg seg)
{
	return seg * 2;
}

/**
 * atoll_vmx_put_seg() - a segment register into the VMCS, which is current
 * @seg:	which
 * @in:		its value
 */
void atoll_vmx_put_seg(enum atoll_seg seg, const struct atoll_segment *in)
{
	u32 offset = seg_offset(seg);

	atoll_vmwrite(GUEST_ES_SELECTOR + offset, in->selector);
	atoll_vmwrite(GUEST_ES_BASE + offset, in->base);
	atoll_vmwrite(GUEST_ES_LIMIT + offset, in->limit);
	atoll_vmwrite(GUEST_ES_AR_BYTES + offset, atoll_vmx_access_rights(in->attr));
}

/**
 * atoll_vmx_get_seg() - read a segment register
 * @vcpu:	loaded by the calling thread, or not run since its state was set
 * @seg:	which
 * @out:	receives it; the DPL of SS is the current privilege level
 */
void atoll_vmx_get_seg(struct atoll_vcpu *vcpu, enum atoll_seg seg,
		       struct atoll_segment *out)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);
	u32 offset = seg_offset(seg);

	if (!vmx->loaded) {
		*out = vmx->state.seg[seg];
		return;
	}
	out->selector = atoll_vmread(GUEST_ES_SELECTOR + offset);
	out->base = atoll_vmread(GUEST_ES_BASE + offset);
	out->limit = atoll_vmread(GUEST_ES_LIMIT + offset);
	out->attr = atoll_vmx_attr(atoll_vmread(GUEST_ES_AR_BYTES + offset));
}

/**
 * atoll_vmx_get_attr() - a segment register's attributes alone
 * @vcpu:	as for atoll_vmx_get_seg()
 * @seg:	which
 */
u32 atoll_vmx_get_attr(struct atoll_vcpu *vcpu, enum atoll_seg seg)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);

	if (unlikely(!vmx->loaded))
		return vmx->state.seg[seg].attr;
	return atoll_vmx_attr(atoll_vmread(GUEST_ES_AR_BYTES + seg_offset(seg)));
}

static bool pae_paging(const struct atoll_vmx *vmx)
{
	return (vmx->cr0 & X86_CR0_PG) && (vmx->cr4 & X86_CR4_PAE) &&
	       !(vmx->efer & EFER_LMA);
}

/*
 * With EPT the CPU loads PAE's page-directory pointers at MOV to CR3, but not
 * for a MOV to CR0 or CR4 that the host carries out: Intel SDM vol. 3, "PDPTE
 * Registers".  Reserved bits are cut off where the guest would get #GP; an
 * entry that isn't there reads as not present.
 */
static void put_pdptes(struct atoll_vcpu *vcpu)
{
	static const u64 reserved = 0x1e6;
	u64 pdpte[PDPTES] = { };
	u64 cr3 = atoll_vmread(GUEST_CR3);
	u32 i;

	atoll_gmem_read(&vcpu->vm->gmem, cr3 & 0xffffffe0, pdpte, sizeof(pdpte));
	for (i = 0; i < PDPTES; i++) {
		if (!(pdpte[i] & PDPTE_PRESENT) || (pdpte[i] & ~atoll_cpuid_gpa_mask()))
			pdpte[i] &= ~PDPTE_PRESENT;
		atoll_vmwrite(GUEST_PDPTR0 + 2 * i, pdpte[i] & ~reserved);
	}
}

/**
 * atoll_vmx_put_crs() - CR0, CR4 and EFER into the VMCS, which is current
 * @vcpu:	whose
 *
 * VT-x wants CR0.NE and CR4.VMXE set, whatever the guest wrote; the read
 * shadows hide that.  "IA-32e mode guest" follows EFER.LMA.  Intel SDM vol. 3,
 * "Checks on Guest Control Registers, Debug Registers, and MSRs".
 */
void atoll_vmx_put_crs(struct atoll_vcpu *vcpu)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);
	u32 entry = atoll_vmx_controls.entry;

	if (vmx->efer & EFER_LMA)
		entry |= VM_ENTRY_IA32E_MODE;
	atoll_vmwrite(VM_ENTRY_CONTROLS, entry);
	atoll_vmwrite(GUEST_IA32_EFER, vmx->efer);
	atoll_vmwrite(GUEST_CR0, vmx->cr0 | X86_CR0_NE);
	atoll_vmwrite(CR0_READ_SHADOW, vmx->cr0);
	atoll_vmwrite(GUEST_CR4, vmx->cr4 | X86_CR4_VMXE);
	atoll_vmwrite(CR4_READ_SHADOW, vmx->cr4);
	if (pae_paging(vmx))
		put_pdptes(vcpu);
}

static u64 *kept(struct atoll_vmx *vmx, enum atoll_creg reg)
{
	switch (reg) {
	case ATOLL_CR0:		return &vmx->cr0;
	case ATOLL_CR2:		return &vmx->cr2;
	case ATOLL_CR4:		return &vmx->cr4;
	case ATOLL_EFER:	return &vmx->efer;
	case ATOLL_DR6:		return &vmx->dr6;
	case ATOLL_DR7:		return &vmx->dr7;
	case ATOLL_PAT:		return &vmx->pat;
	case ATOLL_TSC_RATIO:	return &vmx->tsc_ratio;
	default:		return &vmx->tsc_offset;
	}
}

/* CR8 is its upper half; the CPU writes it behind the compiler's back */
static u8 *vapic_tpr(struct atoll_vmx *vmx)
{
	return (u8 *)vmx->vapic + VAPIC_TPR;
}

/* An entry fails if CR8 is below the threshold */
static void set_cr8(struct atoll_vmx *vmx, u64 cr8)
{
	WRITE_ONCE(*vapic_tpr(vmx), cr8 << 4);
	atoll_vmx_close_cr8(vmx);
}

/**
 * atoll_vmx_get_reg() - read a control register
 * @vcpu:	loaded by the calling thread, or not run since its state was set
 * @reg:	which
 */
u64 atoll_vmx_get_reg(struct atoll_vcpu *vcpu, enum atoll_creg reg)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);

	if (reg == ATOLL_CR8)
		return READ_ONCE(*vapic_tpr(vmx)) >> 4;
	if (reg == ATOLL_CR3)
		return vmx->loaded ? atoll_vmread(GUEST_CR3) : vmx->state.cr3;
	return *kept(vmx, reg);
}

/**
 * atoll_vmx_get_paging() - read what a walk of the guest's page tables starts from
 * @vcpu:	as for atoll_vmx_get_reg()
 * @out:	receives it
 */
void atoll_vmx_get_paging(struct atoll_vcpu *vcpu, struct atoll_paging *out)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);

	out->cr0 = vmx->cr0;
	out->cr3 = likely(vmx->loaded) ? atoll_vmread(GUEST_CR3) : vmx->state.cr3;
	out->cr4 = vmx->cr4;
	out->efer = vmx->efer;
	out->cs_attr = atoll_vmx_get_attr(vcpu, ATOLL_CS);
	out->ss_attr = atoll_vmx_get_attr(vcpu, ATOLL_SS);
}

/**
 * atoll_vmx_put_tsc_ratio() - the TSC multiplier into the VMCS
 * @vmx:	its VMCS is current
 */
void atoll_vmx_put_tsc_ratio(const struct atoll_vmx *vmx)
{
	u32 bits = atoll_vmx_tsc_ratio_bits();

	if (bits)
		atoll_vmwrite(TSC_MULTIPLIER, vmx->tsc_ratio ?: BIT_ULL(bits));
}

/**
 * atoll_vmx_set_reg() - write a control register
 * @vcpu:	loaded by the calling thread, or not run since its state was set
 * @reg:	which; not CR3, which no exit writes
 * @value:	one that the CPU accepts
 *
 * The CPU drops cached translations when a guest changes its paging mode; a
 * change that the host carries out has to do that itself.
 */
void atoll_vmx_set_reg(struct atoll_vcpu *vcpu, enum atoll_creg reg, u64 value)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);

	if (reg == ATOLL_CR8) {
		set_cr8(vmx, value);
		return;
	}
	*kept(vmx, reg) = value;
	if (reg == ATOLL_CR0 || reg == ATOLL_CR4 || reg == ATOLL_EFER)
		vmx->flush |= ATOLL_VMX_FLUSH_LINEAR;
	if (!vmx->loaded)
		return;
	switch (reg) {
	case ATOLL_CR0:
	case ATOLL_CR4:
	case ATOLL_EFER:
		atoll_vmx_put_crs(vcpu);
		break;
	case ATOLL_DR7:
		atoll_vmwrite(GUEST_DR7, value);
		break;
	case ATOLL_PAT:
		atoll_vmwrite(GUEST_IA32_PAT, value);
		break;
	case ATOLL_TSC_OFFSET:
		atoll_vmwrite(TSC_OFFSET, value);
		break;
	case ATOLL_TSC_RATIO:
		atoll_vmx_put_tsc_ratio(vmx);
		break;
	default:
		break;
	}
}

/* What is kept beside the VMCS, into the neutral form and back */
static void copy_kept(struct atoll_vmx *vmx, struct atoll_cpu_state *state, bool save)
{
	const struct { u64 *kept, *neutral; } pair[] = {
		{ &vmx->cr0, &state->cr0 },
		{ &vmx->cr2, &state->cr2 },
		{ &vmx->cr4, &state->cr4 },
		{ &vmx->efer, &state->efer },
		{ &vmx->dr6, &state->dr6 },
		{ &vmx->dr7, &state->dr7 },
		{ &vmx->pat, &state->pat },
		{ &vmx->msr[ATOLL_VMX_STAR], &state->star },
		{ &vmx->msr[ATOLL_VMX_LSTAR], &state->lstar },
		{ &vmx->msr[ATOLL_VMX_CSTAR], &state->cstar },
		{ &vmx->msr[ATOLL_VMX_SFMASK], &state->sfmask },
		{ &vmx->msr[ATOLL_VMX_KERNEL_GS_BASE], &state->kernel_gs_base },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(pair); i++) {
		if (save)
			*pair[i].neutral = *pair[i].kept;
		else
			*pair[i].kept = *pair[i].neutral;
	}
}

/**
 * atoll_vmx_save_state() - the guest's registers, in neutral form
 * @vcpu:	loaded by the calling thread, or not run since its state was set
 * @state:	receives all of it
 */
void atoll_vmx_save_state(struct atoll_vcpu *vcpu, struct atoll_cpu_state *state)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);
	u32 i;

	*state = vmx->state;
	memcpy(state->regs, vcpu->regs, sizeof(state->regs));
	if (vmx->loaded)
		atoll_vmx_read_msrs(vmx);
	copy_kept(vmx, state, true);
	if (!vmx->loaded)
		return;
	for (i = 0; i < ATOLL_NR_SEGS; i++)
		atoll_vmx_get_seg(vcpu, i, &state->seg[i]);
	state->gdt.base = atoll_vmread(GUEST_GDTR_BASE);
	state->gdt.limit = atoll_vmread(GUEST_GDTR_LIMIT);
	state->idt.base = atoll_vmread(GUEST_IDTR_BASE);
	state->idt.limit = atoll_vmread(GUEST_IDTR_LIMIT);
	state->cr3 = atoll_vmread(GUEST_CR3);
	state->sysenter_cs = atoll_vmread(GUEST_SYSENTER_CS);
	state->sysenter_esp = atoll_vmread(GUEST_SYSENTER_ESP);
	state->sysenter_eip = atoll_vmread(GUEST_SYSENTER_EIP);
}

/**
 * atoll_vmx_load_state() - the reverse; pending events are forgotten
 * @vcpu:	doesn't run
 * @state:	values that the CPU accepts
 */
void atoll_vmx_load_state(struct atoll_vcpu *vcpu, const struct atoll_cpu_state *state)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);

	memcpy(vcpu->regs, state->regs, sizeof(vcpu->regs));
	vmx->state = *state;
	copy_kept(vmx, &vmx->state, false);
	memset(vmx->vapic, 0, PAGE_SIZE);
	vmx->event = 0;
	vmx->cr8_threshold = 0;
	vmx->interruptibility = 0;
	vmx->fresh = 1;
	/* Nothing that was cached for the former state may be used for this one */
	atoll_vmx_flush_tlb(vcpu);
}
