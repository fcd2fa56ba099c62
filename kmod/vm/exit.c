// SPDX-License-Identifier: GPL-2.0-only
/*
 * What each kind of exit means.  The backend has decoded it; here it is
 * decided, and where a chip is meant, the chip answers.
 *
 * Called with preemption off and the guest's FPU state loaded: no handler
 * sleeps.
 */
#include <linux/printk.h>
#include <asm/processor-flags.h>
#include <asm/trapnr.h>
#include <uapi/asm/debugreg.h>
#include "../atoll.h"
#include "../hw/hw.h"
#include "insn.h"

static const char * const names[ATOLL_NR_EXITS] = {
	[ATOLL_EXIT_IRQ]	= "irq",
	[ATOLL_EXIT_NMI]	= "nmi",
	[ATOLL_EXIT_HLT]	= "hlt",
	[ATOLL_EXIT_PIO]	= "pio",
	[ATOLL_EXIT_S2FAULT]	= "s2fault",
	[ATOLL_EXIT_CPUID]	= "cpuid",
	[ATOLL_EXIT_RDMSR]	= "rdmsr",
	[ATOLL_EXIT_WRMSR]	= "wrmsr",
	[ATOLL_EXIT_CR]		= "cr",
	[ATOLL_EXIT_DR]		= "dr",
	[ATOLL_EXIT_XSETBV]	= "xsetbv",
	[ATOLL_EXIT_HYPERCALL]	= "hypercall",
	[ATOLL_EXIT_CACHE]	= "cache",
	[ATOLL_EXIT_RDPMC]	= "rdpmc",
	[ATOLL_EXIT_UD]		= "ud",
	[ATOLL_EXIT_EXCEPTION]	= "exception",
	[ATOLL_EXIT_WINDOW]	= "window",
	[ATOLL_EXIT_SHUTDOWN]	= "shutdown",
	[ATOLL_EXIT_FAIL_ENTRY]	= "fail-entry",
	[ATOLL_EXIT_UNKNOWN]	= "unknown",
};

/**
 * atoll_exit_name() - a kind of exit, for people
 * @kind:	enum atoll_exit_kind
 *
 * Return: a short name.  Any context.
 */
const char *atoll_exit_name(enum atoll_exit_kind kind)
{
	return kind < ATOLL_NR_EXITS ? names[kind] : "?";
}

/**
 * atoll_inject_exception() - have an exception without error code delivered
 * @vcpu:	the calling thread's own
 * @vector:	X86_TRAP_*
 */
void atoll_inject_exception(struct atoll_vcpu *vcpu, u8 vector)
{
	atoll_hw->raise(vcpu, vector, -1);
}

/**
 * atoll_inject_error() - have an exception with an error code delivered
 * @vcpu:	the calling thread's own
 * @vector:	X86_TRAP_*
 * @error_code:	that it pushes; in real mode none is: AMD APM vol. 2, "Real Mode
 *		Interrupt Control Transfers"
 */
void atoll_inject_error(struct atoll_vcpu *vcpu, u8 vector, u32 error_code)
{
	bool real_mode = !(atoll_hw->get_reg(vcpu, ATOLL_CR0) & X86_CR0_PE);

	atoll_hw->raise(vcpu, vector, real_mode ? -1 : (s64)error_code);
}

/**
 * atoll_inject_pf() - have a page fault delivered
 * @vcpu:	the calling thread's own
 * @gva:	the address that CR2 will hold
 * @error_code:	ATOLL_GVA_* bits and the present bit
 */
void atoll_inject_pf(struct atoll_vcpu *vcpu, u64 gva, u32 error_code)
{
	atoll_hw->set_reg(vcpu, ATOLL_CR2, gva);
	atoll_inject_error(vcpu, X86_TRAP_PF, error_code);
}

/* RIP wraps as wide as the mode has it, and each instruction is a step */
static noinline void skip_carefully(struct atoll_vcpu *vcpu, u64 rip)
{
	if (rip >> 32 && atoll_vcpu_mode(vcpu) != ATOLL_INSN_MODE_64)
		rip = (u32)rip;
	atoll_hw_call(skip)(vcpu, rip);
	if (!(vcpu->regs[ATOLL_RFLAGS] & X86_EFLAGS_TF))
		return;
	atoll_hw->set_reg(vcpu, ATOLL_DR6, atoll_hw->get_reg(vcpu, ATOLL_DR6) | DR_STEP);
	atoll_inject_exception(vcpu, X86_TRAP_DB);
}

/**
 * atoll_exit_skip() - the guest's instruction is done; on to the next one
 * @vcpu:	the calling thread's own
 * @len:	bytes of the instruction
 *
 * RIP wraps as wide as the mode has it; outside 64-bit mode it is below 4 GiB, so
 * only there it can.  With RFLAGS.TF set, the end of an instruction is a
 * single-step trap, also of one that the host carried out.
 */
void atoll_exit_skip(struct atoll_vcpu *vcpu, u32 len)
{
	u64 rip = vcpu->regs[ATOLL_RIP] + len;

	if (unlikely((u32)rip < len || vcpu->regs[ATOLL_RFLAGS] & X86_EFLAGS_TF))
		skip_carefully(vcpu, rip);
	else
		atoll_hw_call(skip)(vcpu, rip);
}

/* Apart, so that nobody else pays for its stack frame */
static noinline enum atoll_next skip_decoded(struct atoll_vcpu *vcpu)
{
	struct atoll_insn insn;
	int err;

	err = atoll_insn_current(vcpu, &insn);
	if (err)
		return atoll_insn_next(err);
	atoll_exit_skip(vcpu, insn.len);
	return ATOLL_NEXT_RUN;
}

/**
 * atoll_exit_skip_insn() - skip the instruction that caused the exit
 * @vcpu:	the calling thread's own
 *
 * The CPU may not have told how long it is.
 *
 * Return: what the exit's handler returns then.
 */
enum atoll_next atoll_exit_skip_insn(struct atoll_vcpu *vcpu)
{
	u32 len = vcpu->exit.insn_len;

	if (unlikely(!len))
		return skip_decoded(vcpu);
	atoll_exit_skip(vcpu, len);
	return ATOLL_NEXT_RUN;
}

static enum atoll_next handle_hlt(struct atoll_vcpu *vcpu)
{
	if (atoll_exit_skip_insn(vcpu) == ATOLL_NEXT_LEAVE)
		return ATOLL_NEXT_LEAVE;
	if (atoll_vcpu_wakes(vcpu)) {
		WRITE_ONCE(vcpu->pv.unhalted, 0);
		return ATOLL_NEXT_RUN;
	}
	WRITE_ONCE(vcpu->state, ATOLL_VCPU_HALTED);
	return ATOLL_NEXT_LEAVE;
}

static enum atoll_next handle_cpuid(struct atoll_vcpu *vcpu)
{
	u32 len = vcpu->exit.insn_len;

	atoll_cpuid(vcpu);
	if (unlikely(!len))
		return skip_decoded(vcpu);
	atoll_exit_skip(vcpu, len);
	return ATOLL_NEXT_RUN_ON;
}

/* Apart, as skip_decoded() */
static noinline enum atoll_next handle_rdmsr(struct atoll_vcpu *vcpu)
{
	u64 value;

	if (atoll_msr_read(vcpu, vcpu->regs[ATOLL_RCX], &value)) {
		atoll_inject_error(vcpu, X86_TRAP_GP, 0);
		return ATOLL_NEXT_RUN;
	}
	vcpu->regs[ATOLL_RAX] = (u32)value;
	vcpu->regs[ATOLL_RDX] = value >> 32;
	return atoll_exit_skip_insn(vcpu);
}

static enum atoll_next handle_wrmsr(struct atoll_vcpu *vcpu)
{
	u64 value = (u32)vcpu->regs[ATOLL_RAX] | (vcpu->regs[ATOLL_RDX] << 32);
	int err = atoll_msr_write(vcpu, vcpu->regs[ATOLL_RCX], value);

	if (unlikely(err == -EAGAIN))
		return ATOLL_NEXT_LEAVE;
	if (err) {
		atoll_inject_error(vcpu, X86_TRAP_GP, 0);
		return ATOLL_NEXT_RUN;
	}
	return atoll_exit_skip_insn(vcpu);
}

static enum atoll_next handle_rdpmc(struct atoll_vcpu *vcpu)
{
	atoll_inject_error(vcpu, X86_TRAP_GP, 0);
	return ATOLL_NEXT_RUN;
}

static enum atoll_next handle_ud(struct atoll_vcpu *vcpu)
{
	atoll_inject_exception(vcpu, X86_TRAP_UD);
	return ATOLL_NEXT_RUN;
}

/* The host had to see it; now the guest gets it.  #MC was the host's own */
static enum atoll_next handle_exception(struct atoll_vcpu *vcpu)
{
	switch (vcpu->exit.exception.vector) {
	case X86_TRAP_MC:
		break;
	case X86_TRAP_AC:
		atoll_inject_error(vcpu, X86_TRAP_AC, 0);
		break;
	default:
		atoll_inject_exception(vcpu, vcpu->exit.exception.vector);
	}
	return ATOLL_NEXT_RUN;
}

static enum atoll_next handle_shutdown(struct atoll_vcpu *vcpu)
{
	atoll_vm_crash(vcpu, "triple fault");
	return ATOLL_NEXT_LEAVE;
}

static enum atoll_next handle_fail_entry(struct atoll_vcpu *vcpu)
{
	atoll_vm_crash(vcpu, "the CPU refused to enter; the host's log has the control block");
	atoll_hw->dump(vcpu);
	return ATOLL_NEXT_LEAVE;
}

static enum atoll_next handle_unknown(struct atoll_vcpu *vcpu)
{
	atoll_vm_crash(vcpu, "exit for an unknown reason %#llx, info %#llx %#llx",
		       vcpu->exit.hw_reason, vcpu->exit.hw_info[0], vcpu->exit.hw_info[1]);
	return ATOLL_NEXT_LEAVE;
}

/* What may change any register, RSP and RFLAGS among them, or is rare */
static noinline enum atoll_next handle_other(struct atoll_vcpu *vcpu)
{
	vcpu->rsp_rflags_dirty = 1;
	switch (vcpu->exit.kind) {
	case ATOLL_EXIT_CR:
		return atoll_cr_handle(vcpu);
	case ATOLL_EXIT_DR:
		return atoll_dr_handle(vcpu);
	case ATOLL_EXIT_XSETBV:
		return atoll_xsetbv_handle(vcpu);
	case ATOLL_EXIT_CACHE:
		return atoll_exit_skip_insn(vcpu);
	case ATOLL_EXIT_RDPMC:
		return handle_rdpmc(vcpu);
	case ATOLL_EXIT_UD:
		return handle_ud(vcpu);
	case ATOLL_EXIT_EXCEPTION:
		return handle_exception(vcpu);
	case ATOLL_EXIT_SHUTDOWN:
		return handle_shutdown(vcpu);
	case ATOLL_EXIT_FAIL_ENTRY:
		return handle_fail_entry(vcpu);
	default:
		return handle_unknown(vcpu);
	}
}

/**
 * atoll_exit_handle() - do what vcpu->exit asks for
 * @vcpu:	the calling thread's own
 *
 * Context: preemption off, IRQs on; does not sleep.
 * Return: whether to enter the guest again at once.
 */
enum atoll_next atoll_exit_handle(struct atoll_vcpu *vcpu)
{
	enum atoll_exit_kind kind = vcpu->exit.kind;

	/* The frequent ones first; no table, as indirect calls cost a retpoline */
	if (likely(kind == ATOLL_EXIT_PIO))
		return atoll_pio_handle(vcpu);
	if (likely(kind == ATOLL_EXIT_CPUID))
		return handle_cpuid(vcpu);
	if (likely(kind == ATOLL_EXIT_S2FAULT)) {
		vcpu->rsp_rflags_dirty = 1;
		return atoll_mmio_handle(vcpu);
	}

	switch (kind) {
	case ATOLL_EXIT_IRQ:
	case ATOLL_EXIT_NMI:
	case ATOLL_EXIT_WINDOW:
		return ATOLL_NEXT_RUN;
	case ATOLL_EXIT_RDMSR:
		return handle_rdmsr(vcpu);
	case ATOLL_EXIT_WRMSR:
		return handle_wrmsr(vcpu);
	case ATOLL_EXIT_HYPERCALL:
		return atoll_hypercall_handle(vcpu);
	case ATOLL_EXIT_HLT:
		return handle_hlt(vcpu);
	default:
		return handle_other(vcpu);
	}
}
