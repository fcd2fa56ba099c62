// SPDX-License-Identifier: GPL-2.0-only
/*
 * The opcode map as tables.  An instruction that becomes known to Atoll gets
 * its row here and needs no code in the decoder.
 *
 * Nothing in here reads a guest's bytes or knows an address.  Called by
 * insn.c only.  Opcodes, groups and the letters for operands are those of
 * AMD APM vol. 3, "Opcode and Operand Encodings".
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include "opcode.h"

#define EB	{ AT_RM, WIDTH_1 }
#define EW	{ AT_RM, WIDTH_2 }
#define EZ	{ AT_RM, WIDTH_Z }
#define EV	{ AT_RM, WIDTH_V }
#define GB	{ AT_REG, WIDTH_1 }
#define GV	{ AT_REG, WIDTH_V }
#define RN	{ AT_GPR, WIDTH_MODE }
#define CN	{ AT_CR, WIDTH_MODE }
#define DN	{ AT_DR, WIDTH_MODE }
#define IB	{ AT_IMM, WIDTH_1 }
#define IZ	{ AT_IMM, WIDTH_Z }
#define OB	{ AT_MOFFS, WIDTH_1 }
#define OV	{ AT_MOFFS, WIDTH_V }
#define AL	{ AT_RAX, WIDTH_1 }
#define AZ	{ AT_RAX, WIDTH_Z }
#define AV	{ AT_RAX, WIDTH_V }
#define DX	{ AT_RDX, WIDTH_2 }
#define XB	{ AT_SI, WIDTH_1 }
#define XZ	{ AT_SI, WIDTH_Z }
#define YB	{ AT_DI, WIDTH_1 }
#define YZ	{ AT_DI, WIDTH_Z }
#define YV	{ AT_DI, WIDTH_V }
#define NO	{ AT_NONE, 0 }

#define INSN(what, dst, src)	{ OPCODE_PLAIN, ATOLL_INSN_##what, dst, src }

static const struct atoll_opcode opcodes[OPCODE_NR_MAPS][256] = {
[OPCODE_MAP_ONE_BYTE] = {
	[0x00] = INSN(ADD, EB, GB),
	[0x01] = INSN(ADD, EV, GV),
	[0x02] = INSN(ADD, GB, EB),
	[0x03] = INSN(ADD, GV, EV),
	[0x08] = INSN(OR, EB, GB),
	[0x09] = INSN(OR, EV, GV),
	[0x0a] = INSN(OR, GB, EB),
	[0x0b] = INSN(OR, GV, EV),
	[0x10] = INSN(ADC, EB, GB),
	[0x11] = INSN(ADC, EV, GV),
	[0x12] = INSN(ADC, GB, EB),
	[0x13] = INSN(ADC, GV, EV),
	[0x18] = INSN(SBB, EB, GB),
	[0x19] = INSN(SBB, EV, GV),
	[0x1a] = INSN(SBB, GB, EB),
	[0x1b] = INSN(SBB, GV, EV),
	[0x20] = INSN(AND, EB, GB),
	[0x21] = INSN(AND, EV, GV),
	[0x22] = INSN(AND, GB, EB),
	[0x23] = INSN(AND, GV, EV),
	[0x28] = INSN(SUB, EB, GB),
	[0x29] = INSN(SUB, EV, GV),
	[0x2a] = INSN(SUB, GB, EB),
	[0x2b] = INSN(SUB, GV, EV),
	[0x30] = INSN(XOR, EB, GB),
	[0x31] = INSN(XOR, EV, GV),
	[0x32] = INSN(XOR, GB, EB),
	[0x33] = INSN(XOR, GV, EV),
	[0x38] = INSN(CMP, EB, GB),
	[0x39] = INSN(CMP, EV, GV),
	[0x3a] = INSN(CMP, GB, EB),
	[0x3b] = INSN(CMP, GV, EV),
	[0x63] = { OPCODE_LONG_ONLY, ATOLL_INSN_MOVSX, GV, EZ },
	[0x6c] = INSN(INS, YB, DX),
	[0x6d] = INSN(INS, YZ, DX),
	[0x6e] = INSN(OUTS, DX, XB),
	[0x6f] = INSN(OUTS, DX, XZ),
	[0x80] = { OPCODE_GROUP_ALU, 0, EB, IB },
	[0x81] = { OPCODE_GROUP_ALU, 0, EV, IZ },
	[0x83] = { OPCODE_GROUP_ALU, 0, EV, IB },
	[0x84] = INSN(TEST, EB, GB),
	[0x85] = INSN(TEST, EV, GV),
	[0x86] = INSN(XCHG, EB, GB),
	[0x87] = INSN(XCHG, EV, GV),
	[0x88] = INSN(MOV, EB, GB),
	[0x89] = INSN(MOV, EV, GV),
	[0x8a] = INSN(MOV, GB, EB),
	[0x8b] = INSN(MOV, GV, EV),
	[0xa0] = INSN(MOV, AL, OB),
	[0xa1] = INSN(MOV, AV, OV),
	[0xa2] = INSN(MOV, OB, AL),
	[0xa3] = INSN(MOV, OV, AV),
	[0xaa] = INSN(STOS, YB, AL),
	[0xab] = INSN(STOS, YV, AV),
	[0xc6] = { OPCODE_GROUP_MOV, ATOLL_INSN_MOV, EB, IB },
	[0xc7] = { OPCODE_GROUP_MOV, ATOLL_INSN_MOV, EV, IZ },
	[0xe4] = INSN(IN, AL, IB),
	[0xe5] = INSN(IN, AZ, IB),
	[0xe6] = INSN(OUT, IB, AL),
	[0xe7] = INSN(OUT, IB, AZ),
	[0xec] = INSN(IN, AL, DX),
	[0xed] = INSN(IN, AZ, DX),
	[0xee] = INSN(OUT, DX, AL),
	[0xef] = INSN(OUT, DX, AZ),
	[0xf4] = INSN(HLT, NO, NO),
	[0xf6] = { OPCODE_GROUP_TEST, ATOLL_INSN_TEST, EB, IB },
	[0xf7] = { OPCODE_GROUP_TEST, ATOLL_INSN_TEST, EV, IZ },
},
[OPCODE_MAP_0F] = {
	[0x01] = { OPCODE_GROUP_SYSTEM },
	[0x06] = INSN(CLTS, NO, NO),
	[0x08] = INSN(INVD, NO, NO),
	[0x09] = INSN(WBINVD, NO, NO),
	[0x20] = INSN(MOV, RN, CN),
	[0x21] = INSN(MOV, RN, DN),
	[0x22] = INSN(MOV, CN, RN),
	[0x23] = INSN(MOV, DN, RN),
	[0x30] = INSN(WRMSR, NO, NO),
	[0x32] = INSN(RDMSR, NO, NO),
	[0x33] = INSN(RDPMC, NO, NO),
	[0xa2] = INSN(CPUID, NO, NO),
	[0xb6] = INSN(MOVZX, GV, EB),
	[0xb7] = INSN(MOVZX, GV, EW),
	[0xbe] = INSN(MOVSX, GV, EB),
	[0xbf] = INSN(MOVSX, GV, EW),
} };

/* Those behind 0F 01 that all of ModRM selects */
static const struct {
	u8 mask;
	u8 modrm;
	struct atoll_opcode opcode;
} system_insn[] = {
	{ 0xff, 0xc1, INSN(VMCALL, NO, NO) },
	{ 0xff, 0xd1, INSN(XSETBV, NO, NO) },
	{ 0xff, 0xd9, INSN(VMMCALL, NO, NO) },
	{ 0xf8, 0xe0, INSN(SMSW, EV, NO) },
	{ 0x38, 0x20, INSN(SMSW, EW, NO) },
	{ 0x38, 0x30, INSN(LMSW, NO, EW) },
};

/**
 * atoll_opcode_find() - look an opcode up
 * @opcode:	what is found
 * @map:	which bytes led here
 * @byte:	the opcode's last byte
 *
 * Any context, no lock.
 *
 * Return: 0, or -EINVAL if it is not known.
 */
int atoll_opcode_find(struct atoll_opcode *opcode, enum atoll_opcode_map map,
		      u8 byte)
{
	*opcode = opcodes[map][byte];
	return opcode->kind == OPCODE_UNKNOWN ? -EINVAL : 0;
}

static bool operand_has_modrm(const struct atoll_opcode_operand *operand)
{
	switch (operand->place) {
	case AT_RM: case AT_REG: case AT_GPR: case AT_CR: case AT_DR:
		return true;
	default:
		return false;
	}
}

/**
 * atoll_opcode_has_modrm() - does a ModRM byte follow the opcode?
 * @opcode:	what atoll_opcode_find() found
 *
 * Any context, no lock.
 */
bool atoll_opcode_has_modrm(const struct atoll_opcode *opcode)
{
	return opcode->kind >= OPCODE_GROUP_ALU ||
	       operand_has_modrm(&opcode->dst) ||
	       operand_has_modrm(&opcode->src);
}

static int settle_system(struct atoll_opcode *opcode, u8 modrm)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(system_insn); i++) {
		if ((modrm & system_insn[i].mask) == system_insn[i].modrm) {
			*opcode = system_insn[i].opcode;
			return 0;
		}
	}
	return -EINVAL;
}

/**
 * atoll_opcode_settle() - choose within a group, now that ModRM is known
 * @opcode:	what atoll_opcode_find() found; becomes one instruction
 * @modrm:	the byte
 *
 * Any context, no lock.
 *
 * Return: 0, or -EINVAL if the group has no such member that is known.
 */
int atoll_opcode_settle(struct atoll_opcode *opcode, u8 modrm)
{
	u8 reg = (modrm >> 3) & 7;

	switch (opcode->kind) {
	case OPCODE_GROUP_ALU:
		opcode->op = ATOLL_INSN_ADD + reg;
		return 0;
	case OPCODE_GROUP_MOV:
		return reg == 0 ? 0 : -EINVAL;
	case OPCODE_GROUP_TEST:
		return reg <= 1 ? 0 : -EINVAL;
	case OPCODE_GROUP_SYSTEM:
		return settle_system(opcode, modrm);
	default:
		return 0;
	}
}
