// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accesses to guest-physical addresses that are not RAM: the instruction is
 * taken from the guest's memory and carried out here, on the bus.
 *
 * The guest may have changed that instruction since the CPU executed it: do
 * nothing that its own tables and privilege don't allow.  Called by exit.c.
 */
#include <linux/bitops.h>
#include <linux/bug.h>
#include <asm/processor-flags.h>
#include "../mem/gmem.h"
#include "insn.h"

#define STATUS_FLAGS	(X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | \
			 X86_EFLAGS_ZF | X86_EFLAGS_SF | X86_EFLAGS_OF)

/**
 * atoll_alu() - one arithmetic instruction
 * @op:		ATOLL_INSN_ADD to ATOLL_INSN_TEST
 * @bytes:	width of operands and result: 1, 2, 4 or 8
 * @a:		first operand
 * @b:		second operand; bits above @bytes are ignored in both
 * @rflags:	carry goes in, the six status flags come out
 *
 * AMD APM vol. 1, "Status Flags"; AF is cleared where it is undefined.  Any
 * context, no lock.
 *
 * Return: the result, zero-extended, also where it isn't kept (CMP, TEST).
 */
u64 atoll_alu(enum atoll_insn_op op, u8 bytes, u64 a, u64 b, u64 *rflags)
{
	u64 sign = BIT_ULL(8 * bytes - 1);
	u64 mask = sign | (sign - 1);
	u64 carry_in = *rflags & X86_EFLAGS_CF;
	/* Carries out of each bit, and signed overflow at each bit */
	u64 carry = 0, overflow = 0, half = 0;
	u64 flags = 0, r;

	switch (op) {
	case ATOLL_INSN_ADD:
	case ATOLL_INSN_ADC:
		r = a + b + (op == ATOLL_INSN_ADC ? carry_in : 0);
		carry = (a & b) | ((a | b) & ~r);
		overflow = (a ^ r) & (b ^ r);
		half = a ^ b ^ r;
		break;
	case ATOLL_INSN_SUB:
	case ATOLL_INSN_SBB:
	case ATOLL_INSN_CMP:
		r = a - b - (op == ATOLL_INSN_SBB ? carry_in : 0);
		carry = (~a & b) | ((~a | b) & r);
		overflow = (a ^ b) & (a ^ r);
		half = a ^ b ^ r;
		break;
	case ATOLL_INSN_OR:
		r = a | b;
		break;
	case ATOLL_INSN_XOR:
		r = a ^ b;
		break;
	default:
		r = a & b;
		break;
	}
	r &= mask;
	if (carry & sign)
		flags |= X86_EFLAGS_CF;
	if (overflow & sign)
		flags |= X86_EFLAGS_OF;
	if (r & sign)
		flags |= X86_EFLAGS_SF;
	if (!r)
		flags |= X86_EFLAGS_ZF;
	if (!(hweight8(r) & 1))
		flags |= X86_EFLAGS_PF;
	flags |= half & X86_EFLAGS_AF;
	*rflags = (*rflags & ~(u64)STATUS_FLAGS) | flags;
	return r;
}

static u64 operand_read(struct atoll_vcpu *vcpu, const struct atoll_insn *insn,
			const struct atoll_operand *opnd,
			const struct atoll_span *span)
{
	switch (opnd->kind) {
	case ATOLL_OPERAND_MEM:
		return atoll_span_read(vcpu, span);
	case ATOLL_OPERAND_GPR:
		return atoll_insn_gpr_read(opnd, vcpu->regs);
	default:
		return insn->imm;
	}
}

static void operand_write(struct atoll_vcpu *vcpu,
			  const struct atoll_operand *opnd,
			  const struct atoll_span *span, u64 value)
{
	if (opnd->kind == ATOLL_OPERAND_MEM)
		atoll_span_write(vcpu, span, value);
	else
		atoll_insn_gpr_write(opnd, vcpu->regs, value);
}

static bool is_kept(const struct atoll_insn *insn)
{
	return insn->op != ATOLL_INSN_CMP && insn->op != ATOLL_INSN_TEST;
}

static int carry_out(struct atoll_vcpu *vcpu, const struct atoll_insn *insn)
{
	bool writes = is_kept(insn) && insn->dst.kind == ATOLL_OPERAND_MEM;
	u64 src, dst, result;
	struct atoll_span span;
	int err;

	err = atoll_insn_locate(vcpu, insn, writes ? ATOLL_GVA_WRITE : 0, &span);
	if (err)
		return err;
	src = operand_read(vcpu, insn, &insn->src, &span);
	result = src;
	if (insn->op <= ATOLL_INSN_TEST) {
		dst = operand_read(vcpu, insn, &insn->dst, &span);
		result = atoll_alu(insn->op, insn->dst.bytes, dst, src,
				   &vcpu->regs[ATOLL_RFLAGS]);
	} else if (insn->op == ATOLL_INSN_XCHG) {
		dst = operand_read(vcpu, insn, &insn->dst, &span);
		atoll_insn_gpr_write(&insn->src, vcpu->regs, dst);
	} else if (insn->op == ATOLL_INSN_MOVSX) {
		result = sign_extend64(src, 8 * insn->src.bytes - 1);
	}
	if (is_kept(insn))
		operand_write(vcpu, &insn->dst, &span, result);
	atoll_exit_skip(vcpu, insn->len);
	return 0;
}

static int carry_out_stos(struct atoll_vcpu *vcpu, const struct atoll_insn *insn)
{
	u64 count = atoll_string_count(vcpu, insn);
	u64 data = atoll_insn_gpr_read(&insn->src, vcpu->regs);
	struct atoll_span span;
	int i, err;

	for (i = 0; i < ATOLL_STRING_MAX && count; i++, count--) {
		err = atoll_insn_locate(vcpu, insn, ATOLL_GVA_WRITE, &span);
		if (err)
			return err;
		atoll_span_write(vcpu, &span, data);
		atoll_string_step(vcpu, insn);
	}
	if (!count)
		atoll_exit_skip(vcpu, insn->len);
	return 0;
}

static bool is_emulated(const struct atoll_insn *insn)
{
	return insn->op <= ATOLL_INSN_STOS &&
	       (insn->dst.kind == ATOLL_OPERAND_MEM ||
		insn->src.kind == ATOLL_OPERAND_MEM);
}

/*
 * Most of what guests do: a MOV between a register and a device, at the address
 * that the CPU has told.  False: it is something else.
 */
static bool move(struct atoll_vcpu *vcpu, const struct atoll_insn *insn)
{
	u64 gpa = vcpu->exit.s2.gpa, data;

	if (insn->op != ATOLL_INSN_MOV)
		return false;
	if (insn->dst.kind == ATOLL_OPERAND_MEM) {
		if (!atoll_insn_is_at_exit(vcpu, insn, insn->dst.bytes, ATOLL_GVA_WRITE))
			return false;
		data = insn->imm;
		if (insn->src.kind == ATOLL_OPERAND_GPR)
			data = atoll_insn_gpr_read(&insn->src, vcpu->regs);
		atoll_device_write(vcpu, gpa, insn->dst.bytes, data);
	} else {
		if (!atoll_insn_is_at_exit(vcpu, insn, insn->src.bytes, 0))
			return false;
		data = atoll_device_read(vcpu, gpa, insn->src.bytes);
		atoll_insn_gpr_write(&insn->dst, vcpu->regs, data);
	}
	atoll_exit_skip(vcpu, insn->len);
	return true;
}

/*
 * Of data, by an instruction.  A CPU that walks page tables may write them, and what
 * it executes or finds its way to a handler by, the guest has written or will.
 */
static bool is_plain_read(const struct atoll_exit *exit)
{
	return exit->s2.dir == ATOLL_READ &&
	       !(exit->s2.walk | exit->s2.fetch | exit->s2.in_event);
}

/*
 * RAM that nobody has written yet: it is taken outside of the loop, and then the
 * guest tries again, as it would after any fault.  And accesses that no
 * instruction of the guest stands for: they crash it.
 */
static noinline bool refuse(struct atoll_vcpu *vcpu)
{
	u64 gpa = vcpu->exit.s2.gpa;

	if (atoll_gmem_is_ram(&vcpu->vm->gmem, gpa)) {
		vcpu->want_gpa = gpa;
		vcpu->want_len = 1;
		vcpu->want_zeroes = is_plain_read(&vcpu->exit);
		return true;
	}
	if (vcpu->exit.s2.walk)
		atoll_vm_crash(vcpu, "page tables in unmapped gpa %#llx", gpa);
	else if (vcpu->exit.s2.fetch)
		atoll_vm_crash(vcpu, "executes from unmapped gpa %#llx", gpa);
	else if (vcpu->exit.s2.in_event)
		atoll_vm_crash(vcpu, "exception delivered through unmapped gpa %#llx",
			       gpa);
	else
		return false;
	return true;
}

static noinline enum atoll_next emulate(struct atoll_vcpu *vcpu, const struct atoll_insn *insn)
{
	int err;

	if (insn->op == ATOLL_INSN_STOS)
		err = carry_out_stos(vcpu, insn);
	else
		err = carry_out(vcpu, insn);
	return atoll_insn_next(err);
}

/**
 * atoll_mmio_handle() - answer an access to a gpa that stage 2 does not map
 * @vcpu:	the vCPU; own thread, its exit is an S2FAULT
 *
 * Any context, no lock; takes what locks the device takes.
 */
enum atoll_next atoll_mmio_handle(struct atoll_vcpu *vcpu)
{
	const typeof(vcpu->exit.s2) *s2 = &vcpu->exit.s2;
	const struct atoll_insn *insn;

	if (unlikely(s2->walk | s2->fetch | s2->in_event ||
		     atoll_gmem_is_ram(&vcpu->vm->gmem, s2->gpa)) && refuse(vcpu))
		return ATOLL_NEXT_LEAVE;
	insn = atoll_insn_peek(vcpu);
	if (!insn)
		return ATOLL_NEXT_LEAVE;
	if (!is_emulated(insn)) {
		atoll_vm_crash(vcpu, "instruction at rip %#llx cannot access gpa %#llx",
			       vcpu->regs[ATOLL_RIP], vcpu->exit.s2.gpa);
		return ATOLL_NEXT_LEAVE;
	}
	if (likely(move(vcpu, insn)))
		return ATOLL_NEXT_RUN;
	return emulate(vcpu, insn);
}
