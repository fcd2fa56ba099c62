// SPDX-License-Identifier: GPL-2.0-only
/*
 * From VT-x's exit reasons to struct atoll_exit: the backend decodes, and
 * decides nothing.  Intel SDM vol. 3, "Basic Exit Reasons" and "Exit
 * Qualification".
 */
#include <asm/processor-flags.h>
#include <asm/trapnr.h>
#include <uapi/asm/debugreg.h>
#include <uapi/asm/vmx.h>
#include "vmx.h"

#define GETSEC			11
#define RSM			17
#define MCE_DURING_ENTRY	41

#define IO_SIZE			0x7
#define IO_IN			BIT(3)
#define IO_STRING		BIT(4)
#define IO_REP			BIT(5)
#define IO_PORT_SHIFT		16

#define DR_BUS_GD		BIT(13)
#define DB_DR6_BITS		(DR_TRAP_BITS | DR_BUS_GD | DR_STEP)

/* Instructions, most of which say nothing but what they are; plus 1: 0 is none */
static const u8 insn_exits[] = {
	[EXIT_REASON_CPUID] = ATOLL_EXIT_CPUID + 1,
	[EXIT_REASON_IO_INSTRUCTION] = ATOLL_EXIT_PIO + 1,
	[EXIT_REASON_HLT] = ATOLL_EXIT_HLT + 1,
	[EXIT_REASON_INVD] = ATOLL_EXIT_CACHE + 1,
	[EXIT_REASON_WBINVD] = ATOLL_EXIT_CACHE + 1,
	[EXIT_REASON_RDPMC] = ATOLL_EXIT_RDPMC + 1,
	[EXIT_REASON_MSR_READ] = ATOLL_EXIT_RDMSR + 1,
	[EXIT_REASON_MSR_WRITE] = ATOLL_EXIT_WRMSR + 1,
	[EXIT_REASON_VMCALL] = ATOLL_EXIT_HYPERCALL + 1,
	[EXIT_REASON_XSETBV] = ATOLL_EXIT_XSETBV + 1,
	[EXIT_REASON_VMCLEAR] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_VMLAUNCH] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_VMPTRLD] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_VMPTRST] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_VMREAD] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_VMRESUME] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_VMWRITE] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_VMOFF] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_VMON] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_INVEPT] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_INVVPID] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_VMFUNC] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_ENCLS] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_MWAIT_INSTRUCTION] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_MONITOR_INSTRUCTION] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_XSAVES] = ATOLL_EXIT_UD + 1,
	[EXIT_REASON_XRSTORS] = ATOLL_EXIT_UD + 1,
	[GETSEC] = ATOLL_EXIT_UD + 1,
	[RSM] = ATOLL_EXIT_UD + 1,
};

/**
 * atoll_vmx_decode_io() - an access to a port
 * @qualification: of the exit
 * @next_rip:	where the next instruction starts
 * @exit:	receives what it says
 */
void atoll_vmx_decode_io(u64 qualification, u64 next_rip, struct atoll_exit *exit)
{
	exit->kind = ATOLL_EXIT_PIO;
	exit->pio.port = qualification >> IO_PORT_SHIFT;
	exit->pio.size = (qualification & IO_SIZE) + 1;
	exit->pio.dir = qualification & IO_IN ? ATOLL_READ : ATOLL_WRITE;
	exit->pio.string = !!(qualification & IO_STRING);
	exit->pio.rep = !!(qualification & IO_REP);
	exit->pio.next_rip = next_rip;
}

/**
 * atoll_vmx_decode_ept() - an access to a gpa that stage 2 doesn't map
 * @qualification: of the exit
 * @gpa:	the guest-physical address
 * @exit:	receives what it says, but for in_event
 *
 * With a valid linear address, a clear "translated" bit says that the CPU was
 * walking the guest's page tables.  A read-modify-write reports both accesses.
 */
void atoll_vmx_decode_ept(u64 qualification, u64 gpa, struct atoll_exit *exit)
{
	exit->kind = ATOLL_EXIT_S2FAULT;
	exit->s2.gpa = gpa;
	exit->s2.dir = qualification & EPT_VIOLATION_ACC_WRITE ? ATOLL_WRITE : ATOLL_READ;
	exit->s2.fetch = !!(qualification & EPT_VIOLATION_ACC_INSTR);
	exit->s2.walk = (qualification & EPT_VIOLATION_GVA_IS_VALID) &&
			!(qualification & EPT_VIOLATION_GVA_TRANSLATED);
}

/**
 * atoll_vmx_decode_dr() - MOV to or from a debug register
 * @qualification: of the exit
 * @exit:	receives what it says
 */
void atoll_vmx_decode_dr(u64 qualification, struct atoll_exit *exit)
{
	exit->kind = ATOLL_EXIT_DR;
	exit->dr.dr = qualification & DEBUG_REG_ACCESS_NUM;
	exit->dr.dir = qualification & DEBUG_REG_ACCESS_TYPE ? ATOLL_READ : ATOLL_WRITE;
}

/*
 * #DB exits leave DR6 alone, and say in the qualification what it would hold.
 * INT1 is not done yet, and must not be executed again once it was reported.
 * A guest that single-steps in the shadow of MOV SS or STI can be entered
 * only with the trap still pending: Intel SDM vol. 3, "Checks on Guest
 * Non-Register State".
 */
static void decode_debug(struct atoll_vcpu *vcpu, u32 intr_info)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);
	u64 pending;

	vmx->dr6 &= ~DR_TRAP_BITS;
	vmx->dr6 |= atoll_vmread(EXIT_QUALIFICATION) & DB_DR6_BITS;
	if ((intr_info & INTR_INFO_INTR_TYPE_MASK) == INTR_TYPE_PRIV_SW_EXCEPTION) {
		vcpu->regs[ATOLL_RIP] += atoll_vmread(VM_EXIT_INSTRUCTION_LEN);
	} else if ((vcpu->regs[ATOLL_RFLAGS] & X86_EFLAGS_TF) &&
		   (atoll_vmread(GUEST_INTERRUPTIBILITY_INFO) & ATOLL_VMX_SHADOW)) {
		pending = atoll_vmread(GUEST_PENDING_DBG_EXCEPTIONS);
		atoll_vmwrite(GUEST_PENDING_DBG_EXCEPTIONS, pending | DR_STEP);
	}
}

static void decode_exception(struct atoll_vcpu *vcpu)
{
	u32 info = atoll_vmread(VM_EXIT_INTR_INFO);
	struct atoll_exit *exit = &vcpu->exit;

	if ((info & INTR_INFO_INTR_TYPE_MASK) == INTR_TYPE_NMI_INTR) {
		exit->kind = ATOLL_EXIT_NMI;
		return;
	}
	exit->kind = ATOLL_EXIT_EXCEPTION;
	exit->exception.vector = info & INTR_INFO_VECTOR_MASK;
	exit->exception.error_code = 0;
	if (info & INTR_INFO_DELIVER_CODE_MASK)
		exit->exception.error_code = atoll_vmread(VM_EXIT_INTR_ERROR_CODE);
	atoll_vmx_block_nmi(info);
	if (exit->exception.vector == X86_TRAP_DB)
		decode_debug(vcpu, info);
}

static void decode_unknown(struct atoll_exit *exit)
{
	exit->kind = ATOLL_EXIT_UNKNOWN;
	exit->hw_info[0] = atoll_vmread(EXIT_QUALIFICATION);
	exit->hw_info[1] = atoll_vmread(VM_EXIT_INTR_INFO);
}

/* Was an event being delivered?  Then it goes again */
static u32 decode_vectoring(struct atoll_vmx *vmx)
{
	u32 info = atoll_vmread_known(IDT_VECTORING_INFO_FIELD);

	vmx->event = 0;
	if (likely(!(info & VECTORING_INFO_VALID_MASK)))
		return 0;
	atoll_vmx_complete_events(vmx, info);
	return 1;
}

static noinline void decode_ept(struct atoll_vcpu *vcpu)
{
	u64 qualification = atoll_vmread_known(EXIT_QUALIFICATION);
	u64 gpa = atoll_vmread_known(GUEST_PHYSICAL_ADDRESS);
	struct atoll_exit *exit = &vcpu->exit;

	exit->insn_len = 0;
	exit->hw_info[0] = qualification;
	exit->hw_info[1] = gpa;
	atoll_vmx_decode_ept(qualification, gpa, exit);
	if (unlikely(qualification & INTR_INFO_UNBLOCK_NMI))
		atoll_vmx_block_nmi(qualification);
	exit->s2.in_event = decode_vectoring(to_vmx(vcpu));
}

static void decode_cr(struct atoll_exit *exit)
{
	exit->hw_info[0] = atoll_vmread(EXIT_QUALIFICATION);
	exit->kind = ATOLL_EXIT_CR;
	exit->cr.cr = exit->hw_info[0] & CONTROL_REG_ACCESS_NUM;
}

/* What is no instruction may have ended the delivery of an event */
static noinline void decode_other(struct atoll_vcpu *vcpu, u32 reason)
{
	struct atoll_exit *exit = &vcpu->exit;

	exit->insn_len = 0;
	decode_vectoring(to_vmx(vcpu));
	switch (reason) {
	case EXIT_REASON_EXTERNAL_INTERRUPT:
	case EXIT_REASON_PREEMPTION_TIMER:
		exit->kind = ATOLL_EXIT_IRQ;
		break;
	case EXIT_REASON_EXCEPTION_NMI:
		decode_exception(vcpu);
		break;
	case EXIT_REASON_INTERRUPT_WINDOW:
	case EXIT_REASON_NMI_WINDOW:
		atoll_vmx_close_windows(to_vmx(vcpu));
		exit->kind = ATOLL_EXIT_WINDOW;
		break;
	case EXIT_REASON_TPR_BELOW_THRESHOLD:
		atoll_vmx_close_cr8(to_vmx(vcpu));
		exit->kind = ATOLL_EXIT_WINDOW;
		break;
	case EXIT_REASON_CR_ACCESS:
		decode_cr(exit);
		break;
	case EXIT_REASON_DR_ACCESS:
		exit->hw_info[0] = atoll_vmread(EXIT_QUALIFICATION);
		atoll_vmx_decode_dr(exit->hw_info[0], exit);
		break;
	case EXIT_REASON_TRIPLE_FAULT:
		exit->kind = ATOLL_EXIT_SHUTDOWN;
		break;
	case MCE_DURING_ENTRY | ENTRY_FAILED:
		exit->kind = ATOLL_EXIT_EXCEPTION;
		exit->exception.vector = X86_TRAP_MC;
		break;
	default:
		decode_unknown(exit);
		if (reason & ENTRY_FAILED)
			exit->kind = ATOLL_EXIT_FAIL_ENTRY;
	}
	atoll_vmx_host_event(vcpu);
}

/**
 * atoll_vmx_decode_exit() - fill vcpu->exit from the VMCS
 * @vcpu:	just left its guest
 *
 * An instruction that exits has had its events delivered: none is pending.
 *
 * Context: IRQs off.
 */
void atoll_vmx_decode_exit(struct atoll_vcpu *vcpu)
{
	u32 reason = atoll_vmread_known(VM_EXIT_REASON);
	struct atoll_exit *exit = &vcpu->exit;

	exit->hw_reason = reason;
	if (reason == EXIT_REASON_EPT_VIOLATION) {
		decode_ept(vcpu);
		return;
	}
	exit->hw_info[0] = 0;
	exit->hw_info[1] = 0;
	if (unlikely(reason >= ARRAY_SIZE(insn_exits) || !insn_exits[reason])) {
		decode_other(vcpu, reason);
		return;
	}
	to_vmx(vcpu)->event = 0;
	exit->kind = insn_exits[reason] - 1;
	exit->insn_len = atoll_vmread_known(VM_EXIT_INSTRUCTION_LEN);
	if (exit->kind == ATOLL_EXIT_PIO) {
		exit->hw_info[0] = atoll_vmread_known(EXIT_QUALIFICATION);
		atoll_vmx_decode_io(exit->hw_info[0], vcpu->regs[ATOLL_RIP] + exit->insn_len,
				    exit);
	}
}
