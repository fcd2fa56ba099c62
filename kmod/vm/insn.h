/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's instruction, taken apart: what it does, on which operands, and
 * how long it is.
 */
#ifndef ATOLL_INSN_H
#define ATOLL_INSN_H

#include <linux/errno.h>
#include "../atoll.h"
#include "decoded.h"

enum atoll_insn_mode {
	ATOLL_INSN_MODE_16,
	ATOLL_INSN_MODE_32,
	ATOLL_INSN_MODE_64,
};

/*
 * The first eight stand in the order in which opcodes and ModRM.reg encode
 * them.  Up to ATOLL_INSN_STOS are those that mmio.c carries out.
 */
enum atoll_insn_op {
	ATOLL_INSN_ADD, ATOLL_INSN_OR, ATOLL_INSN_ADC, ATOLL_INSN_SBB,
	ATOLL_INSN_AND, ATOLL_INSN_SUB, ATOLL_INSN_XOR, ATOLL_INSN_CMP,
	ATOLL_INSN_TEST,
	ATOLL_INSN_MOV,		/* to and from CR and DR: see the operands */
	ATOLL_INSN_MOVZX,
	ATOLL_INSN_MOVSX,	/* and MOVSXD */
	ATOLL_INSN_XCHG,
	ATOLL_INSN_STOS,
	ATOLL_INSN_IN, ATOLL_INSN_OUT, ATOLL_INSN_INS, ATOLL_INSN_OUTS,
	ATOLL_INSN_CPUID,
	ATOLL_INSN_RDMSR, ATOLL_INSN_WRMSR, ATOLL_INSN_RDPMC,
	ATOLL_INSN_HLT,
	ATOLL_INSN_VMCALL, ATOLL_INSN_VMMCALL,
	ATOLL_INSN_INVD, ATOLL_INSN_WBINVD,
	ATOLL_INSN_XSETBV,
	ATOLL_INSN_CLTS, ATOLL_INSN_LMSW, ATOLL_INSN_SMSW,
};

enum atoll_operand_kind {
	ATOLL_OPERAND_NONE,
	ATOLL_OPERAND_GPR,
	ATOLL_OPERAND_MEM,
	ATOLL_OPERAND_IMM,
	ATOLL_OPERAND_CR,
	ATOLL_OPERAND_DR,
};

enum atoll_rep { ATOLL_REP_NONE, ATOLL_REP, ATOLL_REPNE };

/* Stands for a base or an index that an address doesn't have */
#define ATOLL_INSN_NO_REG	0xff

/* insn.c */
int atoll_insn_decode(struct atoll_insn *insn, const u8 *bytes, size_t len,
		      enum atoll_insn_mode mode);
u64 atoll_insn_offset(const struct atoll_insn *insn, const u64 *regs);
u64 atoll_insn_gpr_read(const struct atoll_operand *opnd, const u64 *regs);
void atoll_insn_gpr_write(const struct atoll_operand *opnd, u64 *regs,
			  u64 value);

/**
 * struct atoll_span - where in guest-physical memory an operand lies
 * @gpa:	its first byte, and its first byte in the next page
 * @len:	bytes in each page; the second may be 0
 */
struct atoll_span {
	u64 gpa[2];
	u8 len[2];
};

/* gva.c */
enum atoll_insn_mode atoll_vcpu_mode(struct atoll_vcpu *vcpu);
u32 atoll_vcpu_access(struct atoll_vcpu *vcpu);
int atoll_insn_fetch(struct atoll_vcpu *vcpu, u8 *buf, size_t *lenp,
		     enum atoll_insn_mode *mode);

/* operand.c */
const struct atoll_insn *atoll_insn_peek(struct atoll_vcpu *vcpu);
int atoll_insn_current(struct atoll_vcpu *vcpu, struct atoll_insn *insn);
int atoll_insn_locate(struct atoll_vcpu *vcpu, const struct atoll_insn *insn,
		      u32 access, struct atoll_span *span);
bool atoll_insn_is_at_exit(struct atoll_vcpu *vcpu, const struct atoll_insn *insn,
			   u8 bytes, u32 access);
u64 atoll_device_read(struct atoll_vcpu *vcpu, u64 gpa, u8 len);
void atoll_device_write(struct atoll_vcpu *vcpu, u64 gpa, u8 len, u64 data);
u64 atoll_span_read(struct atoll_vcpu *vcpu, const struct atoll_span *span);
void atoll_span_write(struct atoll_vcpu *vcpu, const struct atoll_span *span,
		      u64 data);
u64 atoll_string_count(struct atoll_vcpu *vcpu, const struct atoll_insn *insn);
void atoll_string_step(struct atoll_vcpu *vcpu, const struct atoll_insn *insn);

/* mmio.c */
u64 atoll_alu(enum atoll_insn_op op, u8 bytes, u64 a, u64 b, u64 *rflags);

/*
 * Most elements of a string instruction that one exit carries out, so that a
 * huge count can't hold the host up; the guest then executes it again.
 */
#define ATOLL_STRING_MAX	64

/* What to do after an error that one of the above has told the guest of */
static inline enum atoll_next atoll_insn_next(int err)
{
	return err == -EIO ? ATOLL_NEXT_LEAVE : ATOLL_NEXT_RUN;
}

#endif
