// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decoder: bytes in, struct atoll_insn out.  It knows the instructions
 * that can touch a device's memory and those whose exits may come without a
 * length, and refuses all others.
 *
 * It must never read past the bytes it was given, and it knows neither a
 * vCPU nor memory: the bytes come from a hostile guest.  Called by gva.c for
 * everybody.
 *
 * Cites AMD APM vol. 3, "Instruction Encoding", throughout.
 */
#include <linux/bitops.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include "opcode.h"

/* How far the decoder has come */
struct decoder {
	struct atoll_insn *insn;
	const u8 *bytes;
	u8 pos;
	u8 end;			/* no byte from here on may be read */
	int end_error;		/* the answer to those who try */
	u8 rex;			/* 0: none */
	u8 seg;			/* the override, or ATOLL_INSN_NO_REG */
	u8 modrm;
	u8 opnd_bytes;
};

#define REX_B	0x1
#define REX_X	0x2
#define REX_R	0x4
#define REX_W	0x8

static int take(struct decoder *d, u8 *byte)
{
	if (d->pos >= d->end)
		return d->end_error;
	*byte = d->bytes[d->pos++];
	return 0;
}

/* Take a little-endian number of @bytes bytes and extend its sign */
static int take_number(struct decoder *d, u8 bytes, u64 *value)
{
	u64 number = 0;
	u8 byte;
	int i, err;

	for (i = 0; i < bytes; i++) {
		err = take(d, &byte);
		if (err)
			return err;
		number |= (u64)byte << (8 * i);
	}
	*value = sign_extend64(number, 8 * bytes - 1);
	return 0;
}

static bool take_prefix(struct decoder *d, u8 byte)
{
	struct atoll_insn *insn = d->insn;
	bool is_64 = insn->mode == ATOLL_INSN_MODE_64;

	switch (byte) {
	case 0x26: case 0x2e: case 0x36: case 0x3e:
		/* ES CS SS DS: without a meaning in 64-bit mode */
		if (!is_64)
			d->seg = ATOLL_ES + ((byte >> 3) & 3);
		return true;
	case 0x64: case 0x65:
		d->seg = ATOLL_FS + (byte & 1);
		return true;
	case 0x66:
		d->opnd_bytes = insn->mode == ATOLL_INSN_MODE_16 ? 4 : 2;
		return true;
	case 0x67:
		insn->addr_bytes = insn->mode == ATOLL_INSN_MODE_32 ? 2 : 4;
		return true;
	case 0xf0:
		insn->lock = 1;
		return true;
	case 0xf2:
		insn->rep = ATOLL_REPNE;
		return true;
	case 0xf3:
		insn->rep = ATOLL_REP;
		return true;
	default:
		return false;
	}
}

/* Take prefixes and the opcode's first byte, which is put into @byte */
static int take_prefixes(struct decoder *d, u8 *byte)
{
	int err;

	/* Ends by itself: each turn takes one of the at most 15 bytes */
	for (;;) {
		err = take(d, byte);
		if (err)
			return err;
		if (d->insn->mode == ATOLL_INSN_MODE_64 && (*byte & 0xf0) == 0x40) {
			d->rex = *byte;
			continue;
		}
		if (!take_prefix(d, *byte))
			break;
		/* A REX prefix counts only just before the opcode */
		d->rex = 0;
	}
	if (d->rex & REX_W)
		d->opnd_bytes = 8;
	return 0;
}

static int take_opcode(struct decoder *d, struct atoll_opcode *opcode)
{
	enum atoll_opcode_map map = OPCODE_MAP_ONE_BYTE;
	u8 byte;
	int err;

	err = take_prefixes(d, &byte);
	if (err)
		return err;
	if (byte == 0x0f) {
		map = OPCODE_MAP_0F;
		err = take(d, &byte);
		if (err)
			return err;
	}
	err = atoll_opcode_find(opcode, map, byte);
	if (err)
		return err;
	if (opcode->kind == OPCODE_LONG_ONLY && d->insn->mode != ATOLL_INSN_MODE_64)
		return -EINVAL;
	if (!atoll_opcode_has_modrm(opcode))
		return 0;
	err = take(d, &d->modrm);
	if (err)
		return err;
	return atoll_opcode_settle(opcode, d->modrm);
}

/* A memory operand's address by ModRM, 16-bit form */
static int take_address_16(struct decoder *d)
{
	static const u8 base[8] = {
		ATOLL_RBX, ATOLL_RBX, ATOLL_RBP, ATOLL_RBP,
		ATOLL_RSI, ATOLL_RDI, ATOLL_RBP, ATOLL_RBX,
	};
	static const u8 index[8] = {
		ATOLL_RSI, ATOLL_RDI, ATOLL_RSI, ATOLL_RDI,
		ATOLL_INSN_NO_REG, ATOLL_INSN_NO_REG,
		ATOLL_INSN_NO_REG, ATOLL_INSN_NO_REG,
	};
	struct atoll_insn *insn = d->insn;
	u8 mod = d->modrm >> 6, rm = d->modrm & 7;

	if (mod == 0 && rm == 6)
		return take_number(d, 2, &insn->disp);
	insn->base = base[rm];
	insn->index = index[rm];
	return mod ? take_number(d, mod, &insn->disp) : 0;
}

/* The same, 32-bit and 64-bit form */
static int take_address_32(struct decoder *d)
{
	struct atoll_insn *insn = d->insn;
	u8 mod = d->modrm >> 6, rm = d->modrm & 7;
	u8 sib, index;
	int err;

	if (mod == 0 && rm == 5) {
		if (insn->mode == ATOLL_INSN_MODE_64)
			insn->base = ATOLL_RIP;
		return take_number(d, 4, &insn->disp);
	}
	if (rm == 4) {
		err = take(d, &sib);
		if (err)
			return err;
		index = ((sib >> 3) & 7) | (d->rex & REX_X ? 8 : 0);
		if (index != ATOLL_RSP)
			insn->index = index;
		insn->scale = 1 << (sib >> 6);
		rm = sib & 7;
	}
	if (mod == 0 && rm == 5)
		return take_number(d, 4, &insn->disp);
	insn->base = rm | (d->rex & REX_B ? 8 : 0);
	return mod ? take_number(d, mod == 1 ? 1 : 4, &insn->disp) : 0;
}

static int take_address(struct decoder *d)
{
	struct atoll_insn *insn = d->insn;
	int err;

	if (insn->addr_bytes == 2)
		err = take_address_16(d);
	else
		err = take_address_32(d);
	if (insn->base == ATOLL_RSP || insn->base == ATOLL_RBP)
		insn->seg = ATOLL_SS;
	if (d->seg != ATOLL_INSN_NO_REG)
		insn->seg = d->seg;
	return err;
}

static u8 width_bytes(const struct decoder *d, enum atoll_opcode_width width)
{
	switch (width) {
	case WIDTH_1:
		return 1;
	case WIDTH_2:
		return 2;
	case WIDTH_Z:
		return min_t(u8, d->opnd_bytes, 4);
	case WIDTH_V:
		return d->opnd_bytes;
	case WIDTH_MODE:
		break;
	}
	return d->insn->mode == ATOLL_INSN_MODE_64 ? 8 : 4;
}

static void set_gpr(const struct decoder *d, struct atoll_operand *opnd, u8 reg)
{
	opnd->kind = ATOLL_OPERAND_GPR;
	opnd->reg = reg;
	/* Without REX the bytes numbered 4 to 7 are AH CH DH BH */
	if (opnd->bytes == 1 && !d->rex && reg >= 4) {
		opnd->reg = reg - 4;
		opnd->high = 1;
	}
}

static int take_operand(struct decoder *d,
			const struct atoll_opcode_operand *spec,
			struct atoll_operand *opnd)
{
	struct atoll_insn *insn = d->insn;
	u8 reg = ((d->modrm >> 3) & 7) | (d->rex & REX_R ? 8 : 0);
	u8 rm = (d->modrm & 7) | (d->rex & REX_B ? 8 : 0);

	opnd->bytes = width_bytes(d, spec->width);
	switch (spec->place) {
	case AT_RM:
		if ((d->modrm >> 6) == 3) {
			set_gpr(d, opnd, rm);
			return 0;
		}
		opnd->kind = ATOLL_OPERAND_MEM;
		return take_address(d);
	case AT_REG:
		set_gpr(d, opnd, reg);
		return 0;
	case AT_GPR:
		set_gpr(d, opnd, rm);
		return 0;
	case AT_CR:
		opnd->kind = ATOLL_OPERAND_CR;
		/* APM vol. 3, "Lock Prefix": how 32-bit code names CR8 */
		opnd->reg = insn->lock ? reg | 8 : reg;
		return 0;
	case AT_DR:
		opnd->kind = ATOLL_OPERAND_DR;
		opnd->reg = reg;
		return 0;
	case AT_IMM:
		opnd->kind = ATOLL_OPERAND_IMM;
		return take_number(d, opnd->bytes, &insn->imm);
	case AT_MOFFS:
		opnd->kind = ATOLL_OPERAND_MEM;
		if (d->seg != ATOLL_INSN_NO_REG)
			insn->seg = d->seg;
		return take_number(d, insn->addr_bytes, &insn->disp);
	case AT_RAX:
		set_gpr(d, opnd, ATOLL_RAX);
		return 0;
	case AT_RDX:
		set_gpr(d, opnd, ATOLL_RDX);
		return 0;
	case AT_SI:
		opnd->kind = ATOLL_OPERAND_MEM;
		insn->base = ATOLL_RSI;
		if (d->seg != ATOLL_INSN_NO_REG)
			insn->seg = d->seg;
		return 0;
	case AT_DI:
		opnd->kind = ATOLL_OPERAND_MEM;
		insn->base = ATOLL_RDI;
		insn->seg = ATOLL_ES;
		return 0;
	default:
		opnd->bytes = 0;
		return 0;
	}
}

/**
 * atoll_insn_decode() - take an instruction apart
 * @insn:	the result; undefined after an error
 * @bytes:	where the instruction begins
 * @len:	how many bytes may be read; more than 15 do no harm
 * @mode:	what the code segment says
 *
 * Any context, no lock.
 *
 * Return: 0, -ENODATA if @bytes end within the instruction, -EINVAL if it
 * is none that is known here or is longer than 15 bytes.
 */
int atoll_insn_decode(struct atoll_insn *insn, const u8 *bytes, size_t len,
		      enum atoll_insn_mode mode)
{
	struct decoder d = {
		.insn = insn,
		.bytes = bytes,
		.end = min_t(size_t, len, ATOLL_INSN_LEN_MAX),
		.end_error = len < ATOLL_INSN_LEN_MAX ? -ENODATA : -EINVAL,
		.seg = ATOLL_INSN_NO_REG,
		.opnd_bytes = mode == ATOLL_INSN_MODE_16 ? 2 : 4,
	};
	struct atoll_opcode opcode;
	int err;

	memset(insn, 0, sizeof(*insn));
	insn->mode = mode;
	insn->addr_bytes = 2 << mode;
	insn->seg = ATOLL_DS;
	insn->base = ATOLL_INSN_NO_REG;
	insn->index = ATOLL_INSN_NO_REG;
	insn->scale = 1;

	err = take_opcode(&d, &opcode);
	if (err)
		return err;
	insn->op = opcode.op;
	/* No instruction here has an immediate in front of an address */
	err = take_operand(&d, &opcode.dst, &insn->dst);
	if (err)
		return err;
	err = take_operand(&d, &opcode.src, &insn->src);
	if (err)
		return err;
	insn->len = d.pos;
	return 0;
}

/**
 * atoll_insn_offset() - where in its segment a memory operand lies
 * @insn:	a decoded instruction with a memory operand
 * @regs:	ATOLL_NR_REGS registers, RIP that of the instruction itself
 *
 * Any context, no lock.
 *
 * Return: the offset, wrapped as the address size says.
 */
u64 atoll_insn_offset(const struct atoll_insn *insn, const u64 *regs)
{
	u64 offset = insn->disp;

	if (insn->base == ATOLL_RIP)
		offset += regs[ATOLL_RIP] + insn->len;
	else if (insn->base != ATOLL_INSN_NO_REG)
		offset += regs[insn->base];
	if (insn->index != ATOLL_INSN_NO_REG)
		offset += regs[insn->index] * insn->scale;
	return offset & GENMASK_ULL(8 * insn->addr_bytes - 1, 0);
}

/**
 * atoll_insn_gpr_read() - a register operand's value
 * @opnd:	an operand whose kind is GPR
 * @regs:	the vCPU's registers
 *
 * Any context, no lock.
 *
 * Return: as many bytes as the operand has, zero-extended.
 */
u64 atoll_insn_gpr_read(const struct atoll_operand *opnd, const u64 *regs)
{
	u64 value = regs[opnd->reg] >> (opnd->high ? 8 : 0);

	return value & GENMASK_ULL(8 * opnd->bytes - 1, 0);
}

/**
 * atoll_insn_gpr_write() - set a register operand
 * @opnd:	an operand whose kind is GPR
 * @regs:	the vCPU's registers
 * @value:	bits above the operand's width are ignored
 *
 * 1 and 2 bytes leave the rest of the register alone, 4 bytes clear its
 * upper half.  Any context, no lock.
 */
void atoll_insn_gpr_write(const struct atoll_operand *opnd, u64 *regs,
			  u64 value)
{
	u64 mask = GENMASK_ULL(8 * opnd->bytes - 1, 0);
	u8 shift = opnd->high ? 8 : 0;

	if (opnd->bytes == 4)
		regs[opnd->reg] = 0;
	regs[opnd->reg] &= ~(mask << shift);
	regs[opnd->reg] |= (value & mask) << shift;
}
