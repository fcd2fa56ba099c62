/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the decoder makes of an instruction, and the last one that it made.
 * Apart from insn.h, since a vCPU has one inside.
 */
#ifndef ATOLL_DECODED_H
#define ATOLL_DECODED_H

#include <linux/types.h>

/* AMD APM vol. 3, "Instruction Length": more than this is a #GP */
#define ATOLL_INSN_LEN_MAX	15

/**
 * struct atoll_operand - one operand of an instruction
 * @kind:	enum atoll_operand_kind
 * @reg:	GPR: enum atoll_gpr.  CR, DR: its number, 0 to 15
 * @high:	GPR: bits 15 to 8 of it: AH, CH, DH or BH
 * @bytes:	its width: 1, 2, 4 or 8.  IMM: as encoded
 */
struct atoll_operand {
	u8 kind;
	u8 reg;
	u8 high;
	u8 bytes;
};

/**
 * struct atoll_insn - one instruction, decoded
 * @len:	bytes that it takes, prefixes included
 * @op:		enum atoll_insn_op
 * @mode:	enum atoll_insn_mode that it was decoded in
 * @rep:	enum atoll_rep; INS, OUTS and STOS repeat on either
 * @lock:	it has a LOCK prefix
 * @dst:	first operand.  IN, INS: where the data goes; OUT, OUTS: port
 * @src:	second operand.  An instruction with one operand that only
 *		reads it (LMSW) has it here
 * @imm:	the immediate, sign-extended; of a port only the low byte counts
 * @seg:	enum atoll_seg of the memory operand, override applied
 * @base:	enum atoll_gpr, ATOLL_RIP (of the next instruction) or
 *		ATOLL_INSN_NO_REG
 * @index:	enum atoll_gpr or ATOLL_INSN_NO_REG
 * @scale:	1, 2, 4 or 8: what the index is multiplied by
 * @addr_bytes:	size of an address, and of the count of a repetition: 2, 4, 8
 * @disp:	displacement, sign-extended
 *
 * @seg to @scale and @disp hold if @dst or @src is MEM, @imm if @src or
 * @dst is IMM, the rest always.
 */
struct atoll_insn {
	u8 len;
	u8 op;
	u8 mode;
	u8 rep;
	u8 lock;
	struct atoll_operand dst;
	struct atoll_operand src;
	u8 seg;
	u8 base;
	u8 index;
	u8 scale;
	u8 addr_bytes;
	u64 imm;
	u64 disp;
};

/**
 * struct atoll_insn_memo - the instruction that was decoded last
 * @fetched:	what lies at RIP now
 * @bytes:	what @insn was made of
 * @len:	how many of them there were, 0: @insn is none
 * @insn:	nothing but @bytes, @len and its mode went into it, so while those
 *		are the same it need not be decoded again
 */
struct atoll_insn_memo {
	u8 fetched[ATOLL_INSN_LEN_MAX];
	u8 bytes[ATOLL_INSN_LEN_MAX];
	u8 len;
	struct atoll_insn insn;
};

#endif
