// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's debug registers.  DR0 to DR3 lie in the vCPU and are put into
 * the CPU only while DR7 enables one of them; DR6 and DR7 are swapped with
 * every entry.  AMD APM vol. 2, "Software-Debug Resources".
 */
#include <uapi/asm/debugreg.h>
#include <asm/processor-flags.h>
#include <asm/trapnr.h>
#include "../atoll.h"
#include "../hw/hw.h"
#include "insn.h"

#define DR_BUS_GD	0x2000ULL	/* DR6.BD */
#define DR7_GD		0x2000ULL
#define DR6_WRITABLE	(DR_TRAP_BITS | DR_BUS_GD | DR_STEP | DR_SWITCH)
#define DR6_ONES	0xffff0ff0ULL
#define DR7_WRITABLE	0xffff23ffULL
#define DR7_ONES	0x00000400ULL

static u64 read_dr(struct atoll_vcpu *vcpu, u32 dr)
{
	if (dr < 4)
		return vcpu->dr[dr];
	return atoll_hw->get_reg(vcpu, dr == 6 ? ATOLL_DR6 : ATOLL_DR7);
}

/* -EINVAL: #GP */
static int write_dr(struct atoll_vcpu *vcpu, u32 dr, u64 value)
{
	if (dr < 4) {
		vcpu->dr[dr] = value;
		return 0;
	}
	if (value >> 32)
		return -EINVAL;
	if (dr == 6)
		atoll_hw->set_reg(vcpu, ATOLL_DR6, (value & DR6_WRITABLE) | DR6_ONES);
	else
		atoll_hw->set_reg(vcpu, ATOLL_DR7, (value & DR7_WRITABLE) | DR7_ONES);
	return 0;
}

/* DR7.GD guards all debug registers, the handler's own access excepted */
static void raise_general_detect(struct atoll_vcpu *vcpu)
{
	u64 dr6 = atoll_hw->get_reg(vcpu, ATOLL_DR6);
	u64 dr7 = atoll_hw->get_reg(vcpu, ATOLL_DR7);

	atoll_hw->set_reg(vcpu, ATOLL_DR6, dr6 | DR_BUS_GD);
	atoll_hw->set_reg(vcpu, ATOLL_DR7, dr7 & ~DR7_GD);
	atoll_inject_exception(vcpu, X86_TRAP_DB);
}

/**
 * atoll_dr_handle() - MOV to or from a debug register
 * @vcpu:	the calling thread's own
 *
 * After a write the inner loop is left, so that the breakpoints in the CPU
 * are loaded afresh.
 */
enum atoll_next atoll_dr_handle(struct atoll_vcpu *vcpu)
{
	struct atoll_insn insn;
	u32 dr;

	if (atoll_insn_current(vcpu, &insn))
		return ATOLL_NEXT_RUN;
	dr = vcpu->exit.dr.dr;
	if (dr == 4 || dr == 5) {
		if (atoll_hw->get_reg(vcpu, ATOLL_CR4) & X86_CR4_DE) {
			atoll_inject_exception(vcpu, X86_TRAP_UD);
			return ATOLL_NEXT_RUN;
		}
		dr += 2;
	}
	if (atoll_hw->get_reg(vcpu, ATOLL_DR7) & DR7_GD) {
		raise_general_detect(vcpu);
		return ATOLL_NEXT_RUN;
	}

	if (vcpu->exit.dr.dir == ATOLL_READ && insn.dst.kind == ATOLL_OPERAND_GPR) {
		atoll_insn_gpr_write(&insn.dst, vcpu->regs, read_dr(vcpu, dr));
	} else if (insn.src.kind == ATOLL_OPERAND_GPR &&
		   write_dr(vcpu, dr, atoll_insn_gpr_read(&insn.src, vcpu->regs))) {
		atoll_inject_error(vcpu, X86_TRAP_GP, 0);
		return ATOLL_NEXT_RUN;
	}
	atoll_exit_skip(vcpu, insn.len);
	return ATOLL_NEXT_LEAVE;
}
