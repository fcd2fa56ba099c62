// SPDX-License-Identifier: GPL-2.0-only
/*
 * The decoder: every form it knows in every mode, cut short at every byte,
 * what it must refuse, and random bytes.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <linux/slab.h>

#include "../../kmod/vm/insn.h"
#include "insn_encodings.h"

static const struct encoding refused[] = {
	ENCODING(64, "\x0f\x0b", "ud2"),
	ENCODING(64, "\x0f\x01\x00", "sgdt"),
	ENCODING(64, "\x0f\x01\xd8", "vmrun"),
	ENCODING(64, "\x0f\x01\xd0", "xgetbv"),
	ENCODING(64, "\x8d\x00", "lea"),
	ENCODING(64, "\xc6\x08\x00", "group 11 /1"),
	ENCODING(64, "\xc7\xf8\x00\x00\x00\x00", "xbegin"),
	ENCODING(64, "\xf6\x10", "not"),
	ENCODING(64, "\xf7\x38", "idiv"),
	ENCODING(64, "\xc5\xf8\x77", "vzeroupper"),
	ENCODING(32, "\x63\x00", "arpl"),
	ENCODING(32, "\x40", "inc eax"),
	ENCODING(16, "\x0f\x00\x00", "sldt"),
};

static enum atoll_insn_mode mode_of(const struct encoding *e)
{
	switch (e->bits) {
	case 16:
		return ATOLL_INSN_MODE_16;
	case 32:
		return ATOLL_INSN_MODE_32;
	default:
		return ATOLL_INSN_MODE_64;
	}
}

/* Decode from a buffer behind which KASAN sees every byte that is read */
static int decode_exactly(struct kunit *test, struct atoll_insn *insn,
			  const void *bytes, size_t len,
			  enum atoll_insn_mode mode)
{
	u8 *buf = kmalloc(len, GFP_KERNEL);
	int err;

	KUNIT_ASSERT_NOT_NULL(test, buf);
	memcpy(buf, bytes, len);
	err = atoll_insn_decode(insn, buf, len, mode);
	kfree(buf);
	return err;
}

static const char * const op_names[] = {
	[ATOLL_INSN_ADD] = "add", [ATOLL_INSN_OR] = "or",
	[ATOLL_INSN_ADC] = "adc", [ATOLL_INSN_SBB] = "sbb",
	[ATOLL_INSN_AND] = "and", [ATOLL_INSN_SUB] = "sub",
	[ATOLL_INSN_XOR] = "xor", [ATOLL_INSN_CMP] = "cmp",
	[ATOLL_INSN_TEST] = "test", [ATOLL_INSN_MOV] = "mov",
	[ATOLL_INSN_MOVZX] = "movzx", [ATOLL_INSN_MOVSX] = "movsx",
	[ATOLL_INSN_XCHG] = "xchg", [ATOLL_INSN_STOS] = "stos",
	[ATOLL_INSN_IN] = "in", [ATOLL_INSN_OUT] = "out",
	[ATOLL_INSN_INS] = "ins", [ATOLL_INSN_OUTS] = "outs",
	[ATOLL_INSN_CPUID] = "cpuid", [ATOLL_INSN_RDMSR] = "rdmsr",
	[ATOLL_INSN_WRMSR] = "wrmsr", [ATOLL_INSN_RDPMC] = "rdpmc",
	[ATOLL_INSN_HLT] = "hlt", [ATOLL_INSN_VMCALL] = "vmcall",
	[ATOLL_INSN_VMMCALL] = "vmmcall", [ATOLL_INSN_INVD] = "invd",
	[ATOLL_INSN_WBINVD] = "wbinvd", [ATOLL_INSN_XSETBV] = "xsetbv",
	[ATOLL_INSN_CLTS] = "clts", [ATOLL_INSN_LMSW] = "lmsw",
	[ATOLL_INSN_SMSW] = "smsw",
};

static const char * const word_names[] = {
	"ax", "cx", "dx", "bx", "sp", "bp", "si", "di",
};

static const char * const byte_names[] = {
	"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil",
};

static const char * const high_names[] = { "ah", "ch", "dh", "bh" };

static const char * const seg_names[] = { "es", "cs", "ss", "ds", "fs", "gs" };

static const char * const size_names[] = {
	[1] = "byte", [2] = "word", [4] = "dword", [8] = "qword",
};

struct text {
	char buf[96];
	size_t len;
};

__printf(2, 3)
static void say(struct text *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	t->len += vscnprintf(t->buf + t->len, sizeof(t->buf) - t->len, fmt, args);
	va_end(args);
}

static void say_reg(struct text *t, u8 reg, u8 bytes)
{
	static const char * const wide[] = { [2] = "", [4] = "e", [8] = "r" };
	static const char * const tail[] = {
		[1] = "b", [2] = "w", [4] = "d", [8] = "",
	};

	if (reg == ATOLL_RIP)
		say(t, "%sip", wide[bytes]);
	else if (reg >= ATOLL_R8)
		say(t, "r%d%s", reg, tail[bytes]);
	else if (bytes == 1)
		say(t, "%s", byte_names[reg]);
	else
		say(t, "%s%s", wide[bytes], word_names[reg]);
}

static void say_mem(struct text *t, const struct atoll_insn *insn)
{
	s64 disp = insn->disp;
	const char *plus = "";

	say(t, "%s:[", seg_names[insn->seg]);
	if (insn->base != ATOLL_INSN_NO_REG) {
		say_reg(t, insn->base, insn->addr_bytes);
		plus = "+";
	}
	if (insn->index != ATOLL_INSN_NO_REG) {
		say(t, "%s", plus);
		say_reg(t, insn->index, insn->addr_bytes);
		if (insn->scale != 1)
			say(t, "*%d", insn->scale);
		plus = "+";
	}
	if (!*plus)
		say(t, "0x%llx", disp & GENMASK_ULL(8 * insn->addr_bytes - 1, 0));
	else if (disp < 0)
		say(t, "-0x%llx", -disp);
	else if (disp)
		say(t, "+0x%llx", disp);
	say(t, "]");
}

/* An immediate is as wide as the operand that it is combined with */
static void say_operand(struct text *t, const struct atoll_insn *insn,
			const struct atoll_operand *opnd)
{
	u8 imm_bytes = insn->op == ATOLL_INSN_IN || insn->op == ATOLL_INSN_OUT ?
		       1 : insn->dst.bytes;

	switch (opnd->kind) {
	case ATOLL_OPERAND_GPR:
		if (opnd->high)
			say(t, "%s", high_names[opnd->reg]);
		else
			say_reg(t, opnd->reg, opnd->bytes);
		break;
	case ATOLL_OPERAND_MEM:
		say(t, "%s ", size_names[opnd->bytes]);
		say_mem(t, insn);
		break;
	case ATOLL_OPERAND_IMM:
		say(t, "0x%llx", insn->imm & GENMASK_ULL(8 * imm_bytes - 1, 0));
		break;
	case ATOLL_OPERAND_CR:
		say(t, "cr%d", opnd->reg);
		break;
	case ATOLL_OPERAND_DR:
		say(t, "dr%d", opnd->reg);
		break;
	}
}

static void say_insn(struct text *t, const struct atoll_insn *insn)
{
	static const char * const reps[] = {
		[ATOLL_REP_NONE] = "", [ATOLL_REP] = "rep ",
		[ATOLL_REPNE] = "repne ",
	};
	bool is_sxd = insn->op == ATOLL_INSN_MOVSX && insn->src.bytes == 4;
	bool has_dst = insn->dst.kind != ATOLL_OPERAND_NONE;
	bool has_src = insn->src.kind != ATOLL_OPERAND_NONE;
	bool is_cr8 = insn->src.kind == ATOLL_OPERAND_CR;

	/* The LOCK that stands for CR8 is part of the operand's name */
	say(t, "%s%s%s%s%s", insn->lock && !is_cr8 ? "lock " : "",
	    reps[insn->rep], op_names[insn->op], is_sxd ? "d" : "",
	    has_dst || has_src ? " " : "");
	say_operand(t, insn, &insn->dst);
	if (has_dst && has_src)
		say(t, ",");
	say_operand(t, insn, &insn->src);
}

static void decodes_each_encoding(struct kunit *test)
{
	const struct encoding *e;
	struct atoll_insn insn;

	for (e = encodings; e < encodings + nr_encodings; e++) {
		struct text t = {};

		KUNIT_ASSERT_EQ_MSG(test, 0,
				    decode_exactly(test, &insn, e->bytes, e->len,
						   mode_of(e)),
				    "%d-bit %s", e->bits, e->meaning);
		KUNIT_EXPECT_EQ_MSG(test, insn.len, e->len, "%d-bit %s", e->bits,
				    e->meaning);
		say_insn(&t, &insn);
		KUNIT_EXPECT_STREQ_MSG(test, t.buf, e->meaning, "%d-bit %*ph",
				       e->bits, e->len, e->bytes);
	}
}

static void ignores_what_follows(struct kunit *test)
{
	const struct encoding *e;
	struct atoll_insn insn;
	u8 buf[32];

	for (e = encodings; e < encodings + nr_encodings; e++) {
		memset(buf, 0xff, sizeof(buf));
		memcpy(buf, e->bytes, e->len);
		KUNIT_EXPECT_EQ_MSG(test, 0,
				    decode_exactly(test, &insn, buf, sizeof(buf),
						   mode_of(e)),
				    "%d-bit %s", e->bits, e->meaning);
		KUNIT_EXPECT_EQ_MSG(test, insn.len, e->len, "%d-bit %s", e->bits,
				    e->meaning);
	}
}

static void wants_more_at_every_cut(struct kunit *test)
{
	const struct encoding *e;
	struct atoll_insn insn;
	size_t len;

	for (e = encodings; e < encodings + nr_encodings; e++) {
		for (len = 0; len < e->len; len++)
			KUNIT_EXPECT_EQ_MSG(test, -ENODATA,
					    decode_exactly(test, &insn, e->bytes,
							   len, mode_of(e)),
					    "%d-bit %s cut to %zu", e->bits,
					    e->meaning, len);
	}
}

static void refuses_what_it_does_not_know(struct kunit *test)
{
	const struct encoding *e;
	struct atoll_insn insn;

	for (e = refused; e < refused + ARRAY_SIZE(refused); e++)
		KUNIT_EXPECT_EQ_MSG(test, -EINVAL,
				    decode_exactly(test, &insn, e->bytes, e->len,
						   mode_of(e)),
				    "%d-bit %s", e->bits, e->meaning);
}

static void refuses_more_than_15_bytes(struct kunit *test)
{
	struct atoll_insn insn;
	u8 buf[17];

	memset(buf, 0x66, sizeof(buf));
	KUNIT_EXPECT_EQ(test, -ENODATA,
			decode_exactly(test, &insn, buf, 14, ATOLL_INSN_MODE_32));
	KUNIT_EXPECT_EQ(test, -EINVAL,
			decode_exactly(test, &insn, buf, 15, ATOLL_INSN_MODE_32));
	buf[15] = 0xf4;
	KUNIT_EXPECT_EQ(test, -EINVAL,
			decode_exactly(test, &insn, buf, 17, ATOLL_INSN_MODE_32));
	/* Ten prefixes in front of six bytes that would be an instruction */
	memset(buf, 0x3e, 10);
	memcpy(buf + 10, "\xc7\x00\x00\x00\x00\x00", 6);
	KUNIT_EXPECT_EQ(test, -EINVAL,
			decode_exactly(test, &insn, buf, 16, ATOLL_INSN_MODE_32));
}

static void survives_random_bytes(struct kunit *test)
{
	const struct encoding *e;
	struct rnd_state rnd;
	struct atoll_insn insn;
	u8 buf[20];
	int i, err, known = 0;
	size_t len;

	prandom_seed_state(&rnd, 1);
	for (i = 0; i < 10000; i++) {
		prandom_bytes_state(&rnd, buf, sizeof(buf));
		len = prandom_u32_state(&rnd) % (sizeof(buf) + 1);
		/* Half of them begin like something it knows */
		e = &encodings[prandom_u32_state(&rnd) % nr_encodings];
		if (i & 1)
			memcpy(buf, e->bytes, 1 + e->len / 2);
		err = decode_exactly(test, &insn, buf, len, i % 3);
		KUNIT_ASSERT_TRUE(test, !err || err == -ENODATA || err == -EINVAL);
		if (err)
			continue;
		known++;
		KUNIT_ASSERT_LE(test, insn.len, len);
		KUNIT_ASSERT_GE(test, insn.len, 1);
		KUNIT_ASSERT_LE(test, insn.len, ATOLL_INSN_LEN_MAX);
		KUNIT_ASSERT_LT(test, insn.dst.reg, 16);
		KUNIT_ASSERT_LT(test, insn.src.reg, 16);
		KUNIT_ASSERT_LE(test, insn.seg, ATOLL_GS);
		KUNIT_ASSERT_TRUE(test, insn.base <= ATOLL_RIP ||
				  insn.base == ATOLL_INSN_NO_REG);
		KUNIT_ASSERT_TRUE(test, insn.index < ATOLL_NR_GPRS ||
				  insn.index == ATOLL_INSN_NO_REG);
	}
	/* The test would be blind if next to nothing were accepted */
	KUNIT_EXPECT_GT(test, known, 1000);
}

static void computes_and_wraps_offsets(struct kunit *test)
{
	u64 regs[ATOLL_NR_REGS] = {
		[ATOLL_RAX] = 0xffffffff00001000, [ATOLL_RCX] = 0x10,
		[ATOLL_RBX] = 0xfff0, [ATOLL_RSI] = 0x20,
		[ATOLL_RIP] = 0xfffffffffffffff0,
	};
	struct atoll_insn insn;

	/* mov [rax+rcx*8-1],edx */
	KUNIT_ASSERT_EQ(test, 0, atoll_insn_decode(&insn, "\x89\x54\xc8\xff", 4,
						   ATOLL_INSN_MODE_64));
	KUNIT_EXPECT_EQ(test, atoll_insn_offset(&insn, regs), 0xffffffff0000107f);
	/* The same with 32-bit addresses */
	KUNIT_ASSERT_EQ(test, 0, atoll_insn_decode(&insn, "\x67\x89\x54\xc8\xff", 5,
						   ATOLL_INSN_MODE_64));
	KUNIT_EXPECT_EQ(test, atoll_insn_offset(&insn, regs), 0x107f);
	/* mov [bx+si],al: from the top of 64 KiB to its bottom */
	KUNIT_ASSERT_EQ(test, 0, atoll_insn_decode(&insn, "\x88\x00", 2,
						   ATOLL_INSN_MODE_16));
	KUNIT_EXPECT_EQ(test, atoll_insn_offset(&insn, regs), 0x10);
	/* mov [rip+0x20],eax: counted from the next instruction */
	KUNIT_ASSERT_EQ(test, 0, atoll_insn_decode(&insn, "\x89\x05\x20\0\0\0", 6,
						   ATOLL_INSN_MODE_64));
	KUNIT_EXPECT_EQ(test, atoll_insn_offset(&insn, regs), 0x16);
}

static void writes_parts_of_registers(struct kunit *test)
{
	u64 regs[ATOLL_NR_REGS] = {};
	struct atoll_operand opnd = { .kind = ATOLL_OPERAND_GPR, .reg = ATOLL_RDX };
	static const struct {
		u8 bytes;
		u8 high;
		u64 after;
		u64 read;
	} c[] = {
		{ 1, 0, 0x11223344556677bb, 0xbb },
		{ 1, 1, 0x112233445566bb88, 0xbb },
		{ 2, 0, 0x112233445566aabb, 0xaabb },
		{ 4, 0, 0x8899aabb, 0x8899aabb },
		{ 8, 0, 0xccddeeff8899aabb, 0xccddeeff8899aabb },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(c); i++) {
		regs[ATOLL_RDX] = 0x1122334455667788;
		opnd.bytes = c[i].bytes;
		opnd.high = c[i].high;
		atoll_insn_gpr_write(&opnd, regs, 0xccddeeff8899aabb);
		KUNIT_EXPECT_EQ(test, regs[ATOLL_RDX], c[i].after);
		KUNIT_EXPECT_EQ(test, atoll_insn_gpr_read(&opnd, regs), c[i].read);
	}
}

static struct kunit_case insn_cases[] = {
	KUNIT_CASE(decodes_each_encoding),
	KUNIT_CASE(ignores_what_follows),
	KUNIT_CASE(wants_more_at_every_cut),
	KUNIT_CASE(refuses_what_it_does_not_know),
	KUNIT_CASE(refuses_more_than_15_bytes),
	KUNIT_CASE(survives_random_bytes),
	KUNIT_CASE(computes_and_wraps_offsets),
	KUNIT_CASE(writes_parts_of_registers),
	{}
};

static struct kunit_suite insn_suite = {
	.name = "atoll_insn",
	.test_cases = insn_cases,
};

kunit_test_suite(insn_suite);
