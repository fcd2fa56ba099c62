// SPDX-License-Identifier: GPL-2.0-only
/*
 * From SVM's exit codes to struct atoll_exit: the backend decodes, and
 * decides nothing.  AMD APM vol. 2, "SVM Intercept Exit Codes".
 */
#include <asm/cpufeature.h>
#include <asm/trapnr.h>
#include "svm.h"

/* EXITINFO1 of a nested page fault: AMD APM vol. 2, "Nested versus Guest Page Faults" */
#define NPF_WRITE	BIT_ULL(1)
#define NPF_FETCH	BIT_ULL(4)
#define NPF_GUEST_WALK	BIT_ULL(33)

/* Exits that say nothing but what they are; plus 1, so that 0 is none */
static const u8 insn_exits[] = {
	[SVM_EXIT_CPUID] = ATOLL_EXIT_CPUID + 1,
	[SVM_EXIT_HLT] = ATOLL_EXIT_HLT + 1,
	[SVM_EXIT_INVD] = ATOLL_EXIT_CACHE + 1,
	[SVM_EXIT_WBINVD] = ATOLL_EXIT_CACHE + 1,
	[SVM_EXIT_RDPMC] = ATOLL_EXIT_RDPMC + 1,
	[SVM_EXIT_VMMCALL] = ATOLL_EXIT_HYPERCALL + 1,
	[SVM_EXIT_XSETBV] = ATOLL_EXIT_XSETBV + 1,
	[SVM_EXIT_INVLPGA] = ATOLL_EXIT_UD + 1,
	[SVM_EXIT_VMRUN] = ATOLL_EXIT_UD + 1,
	[SVM_EXIT_VMLOAD] = ATOLL_EXIT_UD + 1,
	[SVM_EXIT_VMSAVE] = ATOLL_EXIT_UD + 1,
	[SVM_EXIT_STGI] = ATOLL_EXIT_UD + 1,
	[SVM_EXIT_CLGI] = ATOLL_EXIT_UD + 1,
	[SVM_EXIT_SKINIT] = ATOLL_EXIT_UD + 1,
	[SVM_EXIT_MONITOR] = ATOLL_EXIT_UD + 1,
	[SVM_EXIT_MWAIT] = ATOLL_EXIT_UD + 1,
	[SVM_EXIT_MWAIT_COND] = ATOLL_EXIT_UD + 1,
	[SVM_EXIT_RDPRU] = ATOLL_EXIT_UD + 1,
	[0x0a0] = ATOLL_EXIT_UD + 1,	/* INVLPGB */
	[0x0a1] = ATOLL_EXIT_UD + 1,	/* INVLPGB, illegal operands */
	[0x0a3] = ATOLL_EXIT_UD + 1,	/* MCOMMIT */
	[0x0a4] = ATOLL_EXIT_UD + 1,	/* TLBSYNC */
	/* These may stand beside an instruction, but are not caused by one */
	[SVM_EXIT_INTR] = ATOLL_EXIT_IRQ + 1,
	[SVM_EXIT_INIT] = ATOLL_EXIT_IRQ + 1,
	[SVM_EXIT_NMI] = ATOLL_EXIT_NMI + 1,
	[SVM_EXIT_FERR_FREEZE] = ATOLL_EXIT_IRQ + 1,
	[SVM_EXIT_SHUTDOWN] = ATOLL_EXIT_SHUTDOWN + 1,
};

static void decode_pio(const struct vmcb_control_area *c, struct atoll_exit *exit)
{
	u32 info = c->exit_info_1;

	exit->kind = ATOLL_EXIT_PIO;
	exit->pio.port = info >> 16;
	exit->pio.size = (info & SVM_IOIO_SIZE_MASK) >> SVM_IOIO_SIZE_SHIFT;
	exit->pio.dir = info & SVM_IOIO_TYPE_MASK ? ATOLL_READ : ATOLL_WRITE;
	exit->pio.string = !!(info & SVM_IOIO_STR_MASK);
	exit->pio.rep = !!(info & SVM_IOIO_REP_MASK);
	exit->pio.next_rip = c->exit_info_2;
}

static void decode_npf(const struct vmcb_control_area *c, struct atoll_exit *exit)
{
	exit->kind = ATOLL_EXIT_S2FAULT;
	exit->s2.gpa = c->exit_info_2;
	exit->s2.dir = c->exit_info_1 & NPF_WRITE ? ATOLL_WRITE : ATOLL_READ;
	exit->s2.fetch = !!(c->exit_info_1 & NPF_FETCH);
	exit->s2.walk = !!(c->exit_info_1 & NPF_GUEST_WALK);
	exit->s2.in_event = !!(c->exit_int_info & SVM_EXITINTINFO_VALID);
}

static void decode_exception(const struct vmcb *vmcb, struct atoll_exit *exit)
{
	exit->kind = ATOLL_EXIT_EXCEPTION;
	exit->exception.vector = vmcb->control.exit_code - SVM_EXIT_EXCP_BASE;
	exit->exception.error_code = vmcb->control.exit_info_1;
}

static void decode_dr(u32 code, struct atoll_exit *exit)
{
	exit->kind = ATOLL_EXIT_DR;
	exit->dr.dr = code & 0xf;
	exit->dr.dir = code >= SVM_EXIT_WRITE_DR0 ? ATOLL_WRITE : ATOLL_READ;
}

/* With NRIPS the CPU says where the next instruction starts */
static void decode_insn_len(const struct vmcb *vmcb, struct atoll_exit *exit)
{
	u64 len = vmcb->control.next_rip - vmcb->save.rip;

	if (static_cpu_has(X86_FEATURE_NRIPS) && len - 1 < 15)
		exit->insn_len = len;
}

/**
 * atoll_svm_decode_exit() - fill vcpu->exit from the control block
 * @vcpu:	just left its guest
 *
 * Context: IRQs off.
 */
void atoll_svm_decode_exit(struct atoll_vcpu *vcpu)
{
	struct vmcb *vmcb = to_svm(vcpu)->vmcb;
	const struct vmcb_control_area *c = &vmcb->control;
	struct atoll_exit *exit = &vcpu->exit;
	u32 code = c->exit_code;

	exit->hw_reason = code;
	exit->hw_info[0] = c->exit_info_1;
	exit->hw_info[1] = c->exit_info_2;
	exit->insn_len = 0;

	if (likely(code < ARRAY_SIZE(insn_exits) && insn_exits[code])) {
		exit->kind = insn_exits[code] - 1;
		decode_insn_len(vmcb, exit);
		return;
	}

	if (likely(code == SVM_EXIT_IOIO)) {
		decode_pio(c, exit);
		return;
	}

	switch (code) {
	case SVM_EXIT_MSR:
		exit->kind = c->exit_info_1 ? ATOLL_EXIT_WRMSR : ATOLL_EXIT_RDMSR;
		decode_insn_len(vmcb, exit);
		break;
	case SVM_EXIT_NPF:
		decode_npf(c, exit);
		break;
	case SVM_EXIT_VINTR:
		atoll_svm_close_window(to_svm(vcpu));
		exit->kind = ATOLL_EXIT_WINDOW;
		break;
	case SVM_EXIT_IRET:
		atoll_svm_begin_iret(vcpu);
		exit->kind = ATOLL_EXIT_WINDOW;
		break;
	case SVM_EXIT_WRITE_CR8:
		atoll_svm_close_cr8(to_svm(vcpu));
		fallthrough;
	case SVM_EXIT_WRITE_CR0:
	case SVM_EXIT_WRITE_CR4:
		exit->kind = ATOLL_EXIT_CR;
		exit->cr.cr = code - SVM_EXIT_WRITE_CR0;
		break;
	case SVM_EXIT_READ_DR0 ... SVM_EXIT_WRITE_DR7:
		decode_dr(code, exit);
		break;
	case SVM_EXIT_EXCP_BASE ... SVM_EXIT_LAST_EXCP:
		decode_exception(vmcb, exit);
		break;
	case SVM_EXIT_ERR:
		exit->kind = ATOLL_EXIT_FAIL_ENTRY;
		break;
	default:
		exit->kind = ATOLL_EXIT_UNKNOWN;
	}
}
