/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The opcode map: which bytes stand for which operation, and where its
 * operands are found.  Private to insn.c and opcode.c.
 */
#ifndef ATOLL_OPCODE_H
#define ATOLL_OPCODE_H

#include "insn.h"

/* Where an operand is found; the manual's letter behind each */
enum atoll_opcode_place {
	AT_NONE,
	AT_RM,		/* E: a GPR or memory, by ModRM.rm */
	AT_REG,		/* G: a GPR, by ModRM.reg */
	AT_GPR,		/* R: a GPR, by ModRM.rm; ModRM.mod is ignored */
	AT_CR,		/* C: a control register, by ModRM.reg */
	AT_DR,		/* D: a debug register, by ModRM.reg */
	AT_IMM,		/* I */
	AT_MOFFS,	/* O: memory, its address follows the opcode */
	AT_RAX,
	AT_RDX,
	AT_SI,		/* X: memory at DS:rSI */
	AT_DI,		/* Y: memory at ES:rDI */
};

/* How wide it is; the manual's letter behind each */
enum atoll_opcode_width {
	WIDTH_1,	/* b */
	WIDTH_2,	/* w */
	WIDTH_Z,	/* z: the operand size, but 4 for 8 */
	WIDTH_V,	/* v: the operand size */
	WIDTH_MODE,	/* 8 in 64-bit mode, else 4 */
};

struct atoll_opcode_operand {
	u8 place;
	u8 width;
};

enum atoll_opcode_kind {
	OPCODE_UNKNOWN,
	OPCODE_PLAIN,		/* it is as it stands */
	OPCODE_LONG_ONLY,	/* known in 64-bit mode only */
	OPCODE_GROUP_ALU,	/* ModRM.reg names one of the first eight ops */
	OPCODE_GROUP_MOV,	/* ModRM.reg is 0, all else is unknown */
	OPCODE_GROUP_TEST,	/* ModRM.reg is 0 or 1, all else is unknown */
	OPCODE_GROUP_SYSTEM,	/* ModRM as a whole names the instruction */
};

struct atoll_opcode {
	u8 kind;
	u8 op;
	struct atoll_opcode_operand dst;
	struct atoll_opcode_operand src;
};

enum atoll_opcode_map {
	OPCODE_MAP_ONE_BYTE,
	OPCODE_MAP_0F,
	OPCODE_NR_MAPS
};

int atoll_opcode_find(struct atoll_opcode *opcode, enum atoll_opcode_map map,
		      u8 byte);
bool atoll_opcode_has_modrm(const struct atoll_opcode *opcode);
int atoll_opcode_settle(struct atoll_opcode *opcode, u8 modrm);

#endif
