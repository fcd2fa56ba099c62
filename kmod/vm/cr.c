// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes to control registers, EFER and XCR0: checked as the CPU checks
 * them, so that no guest gets into a state that the CPU would refuse to
 * enter.  AMD APM vol. 2, "Control Registers" and "Canonicalization and
 * Consistency Checks"; what CPUID doesn't offer can't be switched on.
 */
#include <asm/page.h>
#include <asm/fpu/types.h>
#include <asm/msr-index.h>
#include <asm/processor-flags.h>
#include <asm/trapnr.h>
#include "../atoll.h"
#include "../hw/hw.h"
#include "insn.h"

#define CR0_DEFINED	(X86_CR0_PE | X86_CR0_MP | X86_CR0_EM | X86_CR0_TS | \
			 X86_CR0_ET | X86_CR0_NE | X86_CR0_WP | X86_CR0_AM | \
			 X86_CR0_NW | X86_CR0_CD | X86_CR0_PG)

static bool in_64bit_code(struct atoll_vcpu *vcpu)
{
	return atoll_vcpu_mode(vcpu) == ATOLL_INSN_MODE_64;
}

/* CS.L counts even before long mode is active */
static bool code_segment_is_long(struct atoll_vcpu *vcpu)
{
	struct atoll_segment cs;

	atoll_hw->get_seg(vcpu, ATOLL_CS, &cs);
	return cs.attr & ATOLL_SEG_L;
}

/* Paging goes on: with EFER.LME, that is the step into long mode */
static int paging_on(struct atoll_vcpu *vcpu)
{
	u64 efer = atoll_hw->get_reg(vcpu, ATOLL_EFER);

	if (!(efer & EFER_LME))
		return 0;
	if (!(atoll_hw->get_reg(vcpu, ATOLL_CR4) & X86_CR4_PAE))
		return -EINVAL;
	if (code_segment_is_long(vcpu))
		return -EINVAL;
	atoll_hw->set_reg(vcpu, ATOLL_EFER, efer | EFER_LMA);
	return 0;
}

static int paging_off(struct atoll_vcpu *vcpu)
{
	u64 efer = atoll_hw->get_reg(vcpu, ATOLL_EFER);

	if (in_64bit_code(vcpu))
		return -EINVAL;
	if (atoll_hw->get_reg(vcpu, ATOLL_CR4) & X86_CR4_PCIDE)
		return -EINVAL;
	atoll_hw->set_reg(vcpu, ATOLL_EFER, efer & ~EFER_LMA);
	return 0;
}

/* -EINVAL: #GP */
static int set_cr0(struct atoll_vcpu *vcpu, u64 cr0)
{
	u64 old = atoll_hw->get_reg(vcpu, ATOLL_CR0);
	int err = 0;

	if (cr0 >> 32)
		return -EINVAL;
	cr0 = (cr0 & CR0_DEFINED) | X86_CR0_ET;
	if ((cr0 & X86_CR0_PG) && !(cr0 & X86_CR0_PE))
		return -EINVAL;
	if ((cr0 & X86_CR0_NW) && !(cr0 & X86_CR0_CD))
		return -EINVAL;

	if ((cr0 & ~old) & X86_CR0_PG)
		err = paging_on(vcpu);
	else if ((old & ~cr0) & X86_CR0_PG)
		err = paging_off(vcpu);
	if (!err)
		atoll_hw->set_reg(vcpu, ATOLL_CR0, cr0);
	return err;
}

static int set_cr4(struct atoll_vcpu *vcpu, u64 cr4)
{
	u64 changed = cr4 ^ atoll_hw->get_reg(vcpu, ATOLL_CR4);
	bool long_mode = atoll_hw->get_reg(vcpu, ATOLL_EFER) & EFER_LMA;

	if (cr4 & ~atoll_cpuid_cr4_allowed())
		return -EINVAL;
	if (long_mode && (changed & (X86_CR4_LA57 | X86_CR4_PAE)))
		return -EINVAL;
	if (changed & cr4 & X86_CR4_PCIDE) {
		if (!long_mode || (atoll_hw->get_reg(vcpu, ATOLL_CR3) & X86_CR3_PCID_MASK))
			return -EINVAL;
	}
	atoll_hw->set_reg(vcpu, ATOLL_CR4, cr4);
	return 0;
}

/**
 * atoll_efer_write() - the guest writes EFER
 * @vcpu:	the calling thread's own
 * @efer:	the value; LMA in it is ignored, as it is read-only
 *
 * Return: 0, or -EINVAL: #GP.
 */
int atoll_efer_write(struct atoll_vcpu *vcpu, u64 efer)
{
	u64 old = atoll_hw->get_reg(vcpu, ATOLL_EFER);

	efer = (efer & ~(u64)EFER_LMA) | (old & EFER_LMA);
	if (efer & ~(atoll_cpuid_efer_allowed() | EFER_LMA))
		return -EINVAL;
	if (((efer ^ old) & EFER_LME) && (atoll_hw->get_reg(vcpu, ATOLL_CR0) & X86_CR0_PG))
		return -EINVAL;
	atoll_hw->set_reg(vcpu, ATOLL_EFER, efer);
	return 0;
}

/* CR8 is intercepted while it keeps an interrupt from the guest */
static int set_cr8(struct atoll_vcpu *vcpu, u64 cr8)
{
	if (cr8 & ~0xfULL)
		return -EINVAL;
	atoll_hw->set_reg(vcpu, ATOLL_CR8, cr8);
	return 0;
}

static int set_cr(struct atoll_vcpu *vcpu, u8 cr, u64 value)
{
	switch (cr) {
	case 0:		return set_cr0(vcpu, value);
	case 4:		return set_cr4(vcpu, value);
	case 8:		return set_cr8(vcpu, value);
	default:	return -EINVAL;
	}
}

/* LMSW writes PE, MP, EM and TS, and can't clear PE: APM vol. 3, "LMSW" */
static u64 lmsw_value(struct atoll_vcpu *vcpu, u64 word)
{
	u64 old = atoll_hw->get_reg(vcpu, ATOLL_CR0);

	return (old & ~0xeULL) | (word & 0xf);
}

/* Not 0: the guest has been told */
static int lmsw_operand(struct atoll_vcpu *vcpu, const struct atoll_insn *insn, u64 *value)
{
	struct atoll_span span;
	int err;

	if (insn->src.kind == ATOLL_OPERAND_GPR) {
		*value = atoll_insn_gpr_read(&insn->src, vcpu->regs);
		return 0;
	}
	err = atoll_insn_locate(vcpu, insn, atoll_vcpu_access(vcpu), &span);
	if (!err)
		*value = atoll_span_read(vcpu, &span);
	return err;
}

/**
 * atoll_cr_handle() - MOV to CR0, CR4 or CR8, CLTS, LMSW
 * @vcpu:	the calling thread's own
 */
enum atoll_next atoll_cr_handle(struct atoll_vcpu *vcpu)
{
	struct atoll_insn insn;
	u64 value;
	int err;

	err = atoll_insn_current(vcpu, &insn);
	if (err)
		return atoll_insn_next(err);

	if (insn.op == ATOLL_INSN_CLTS) {
		err = set_cr0(vcpu, atoll_hw->get_reg(vcpu, ATOLL_CR0) & ~(u64)X86_CR0_TS);
	} else if (insn.op == ATOLL_INSN_LMSW) {
		err = lmsw_operand(vcpu, &insn, &value);
		if (err)
			return atoll_insn_next(err);
		err = set_cr0(vcpu, lmsw_value(vcpu, value));
	} else if (insn.op == ATOLL_INSN_MOV && insn.dst.kind == ATOLL_OPERAND_CR) {
		value = atoll_insn_gpr_read(&insn.src, vcpu->regs);
		err = set_cr(vcpu, insn.dst.reg, value);
	} else {
		atoll_vm_crash(vcpu, "its code changed while CR%u was written", vcpu->exit.cr.cr);
		return ATOLL_NEXT_LEAVE;
	}

	if (err)
		atoll_inject_error(vcpu, X86_TRAP_GP, 0);
	else
		atoll_exit_skip(vcpu, insn.len);
	return ATOLL_NEXT_RUN;
}

/* AMD APM vol. 2, "XFEATURE_ENABLED_MASK Register" */
static bool xcr0_valid(u64 xcr0)
{
	if (!(xcr0 & XFEATURE_MASK_FP) || (xcr0 & ~atoll_cpuid_xcr0_allowed()))
		return false;
	if ((xcr0 & XFEATURE_MASK_YMM) && !(xcr0 & XFEATURE_MASK_SSE))
		return false;
	if (!(xcr0 & XFEATURE_MASK_AVX512))
		return true;
	return (xcr0 & XFEATURE_MASK_AVX512) == XFEATURE_MASK_AVX512 &&
	       (xcr0 & XFEATURE_MASK_YMM);
}

/**
 * atoll_xsetbv_handle() - the guest writes an extended control register
 * @vcpu:	the calling thread's own
 *
 * The FPU state is loaded for the XCR0 that was; leaving the inner loop and
 * entering it again loads it for the new one.
 */
enum atoll_next atoll_xsetbv_handle(struct atoll_vcpu *vcpu)
{
	u64 xcr0 = (u32)vcpu->regs[ATOLL_RAX] | (vcpu->regs[ATOLL_RDX] << 32);
	struct atoll_insn insn;

	if ((u32)vcpu->regs[ATOLL_RCX] != 0 || !xcr0_valid(xcr0)) {
		atoll_inject_error(vcpu, X86_TRAP_GP, 0);
		return ATOLL_NEXT_RUN;
	}
	insn.len = vcpu->exit.insn_len;
	if (!insn.len && atoll_insn_current(vcpu, &insn))
		return ATOLL_NEXT_RUN;
	vcpu->xcr0 = xcr0;
	atoll_exit_skip(vcpu, insn.len);
	return ATOLL_NEXT_LEAVE;
}
