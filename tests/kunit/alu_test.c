// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arithmetic and its flags, compared with the CPU that the suite runs on.
 */
#include <kunit/test.h>
#include <linux/prandom.h>
#include <asm/processor-flags.h>
#include "../../kmod/vm/insn.h"

/* The operands' type gives the width */
#define NATIVE(insn)							\
	({								\
		asm volatile("pushq %[flags]\n\tpopfq\n\t"		\
			     insn " %[b], %[a]\n\t"			\
			     "pushfq\n\tpopq %[flags]"			\
			     : [a] "+r" (a), [flags] "+r" (*flags)	\
			     : [b] "r" (b) : "cc", "memory");		\
	})

static u64 native_u8(enum atoll_insn_op op, u8 a, u8 b, u64 *flags)
{
	switch (op) {
	case ATOLL_INSN_ADD:
		NATIVE("add");
		break;
	case ATOLL_INSN_OR:
		NATIVE("or");
		break;
	case ATOLL_INSN_ADC:
		NATIVE("adc");
		break;
	case ATOLL_INSN_SBB:
		NATIVE("sbb");
		break;
	case ATOLL_INSN_AND:
		NATIVE("and");
		break;
	case ATOLL_INSN_SUB:
		NATIVE("sub");
		break;
	case ATOLL_INSN_XOR:
		NATIVE("xor");
		break;
	case ATOLL_INSN_CMP:
		NATIVE("cmp");
		break;
	default:
		NATIVE("test");
		break;
	}
	return a;
}

static u64 native_u16(enum atoll_insn_op op, u16 a, u16 b, u64 *flags)
{
	switch (op) {
	case ATOLL_INSN_ADD:
		NATIVE("add");
		break;
	case ATOLL_INSN_OR:
		NATIVE("or");
		break;
	case ATOLL_INSN_ADC:
		NATIVE("adc");
		break;
	case ATOLL_INSN_SBB:
		NATIVE("sbb");
		break;
	case ATOLL_INSN_AND:
		NATIVE("and");
		break;
	case ATOLL_INSN_SUB:
		NATIVE("sub");
		break;
	case ATOLL_INSN_XOR:
		NATIVE("xor");
		break;
	case ATOLL_INSN_CMP:
		NATIVE("cmp");
		break;
	default:
		NATIVE("test");
		break;
	}
	return a;
}

static u64 native_u32(enum atoll_insn_op op, u32 a, u32 b, u64 *flags)
{
	switch (op) {
	case ATOLL_INSN_ADD:
		NATIVE("add");
		break;
	case ATOLL_INSN_OR:
		NATIVE("or");
		break;
	case ATOLL_INSN_ADC:
		NATIVE("adc");
		break;
	case ATOLL_INSN_SBB:
		NATIVE("sbb");
		break;
	case ATOLL_INSN_AND:
		NATIVE("and");
		break;
	case ATOLL_INSN_SUB:
		NATIVE("sub");
		break;
	case ATOLL_INSN_XOR:
		NATIVE("xor");
		break;
	case ATOLL_INSN_CMP:
		NATIVE("cmp");
		break;
	default:
		NATIVE("test");
		break;
	}
	return a;
}

static u64 native_u64(enum atoll_insn_op op, u64 a, u64 b, u64 *flags)
{
	switch (op) {
	case ATOLL_INSN_ADD:
		NATIVE("add");
		break;
	case ATOLL_INSN_OR:
		NATIVE("or");
		break;
	case ATOLL_INSN_ADC:
		NATIVE("adc");
		break;
	case ATOLL_INSN_SBB:
		NATIVE("sbb");
		break;
	case ATOLL_INSN_AND:
		NATIVE("and");
		break;
	case ATOLL_INSN_SUB:
		NATIVE("sub");
		break;
	case ATOLL_INSN_XOR:
		NATIVE("xor");
		break;
	case ATOLL_INSN_CMP:
		NATIVE("cmp");
		break;
	default:
		NATIVE("test");
		break;
	}
	return a;
}

static u64 native_alu(enum atoll_insn_op op, u8 bytes, u64 a, u64 b, u64 *flags)
{
	switch (bytes) {
	case 1:
		return native_u8(op, a, b, flags);
	case 2:
		return native_u16(op, a, b, flags);
	case 4:
		return native_u32(op, a, b, flags);
	default:
		return native_u64(op, a, b, flags);
	}
}

static bool has_result(enum atoll_insn_op op)
{
	return op != ATOLL_INSN_CMP && op != ATOLL_INSN_TEST;
}

static u64 flags_defined_by(enum atoll_insn_op op)
{
	u64 all = X86_EFLAGS_CF | X86_EFLAGS_PF | X86_EFLAGS_AF | X86_EFLAGS_ZF |
		  X86_EFLAGS_SF | X86_EFLAGS_OF;

	switch (op) {
	case ATOLL_INSN_OR: case ATOLL_INSN_AND: case ATOLL_INSN_XOR:
	case ATOLL_INSN_TEST:
		return all & ~(u64)X86_EFLAGS_AF;
	default:
		return all;
	}
}

/* Values around the edges of each width, and any others */
static u64 interesting(struct rnd_state *rnd)
{
	u32 r = prandom_u32_state(rnd);
	u64 value = ((u64)prandom_u32_state(rnd) << 32) | prandom_u32_state(rnd);
	u64 edge = BIT_ULL((8 << (r >> 8) % 4) - 1) << (r >> 10) % 2;

	return r & 1 ? value : edge + (r >> 16) % 3 - 1;
}

static void computes_like_the_cpu(struct kunit *test)
{
	u64 a, b, result, native, flags, native_flags;
	enum atoll_insn_op op;
	struct rnd_state rnd;
	int i;
	u8 bytes;

	prandom_seed_state(&rnd, 7);
	for (i = 0; i < 40000; i++) {
		op = ATOLL_INSN_ADD + i % (ATOLL_INSN_TEST + 1);
		bytes = 1 << prandom_u32_state(&rnd) % 4;
		a = interesting(&rnd);
		b = interesting(&rnd);
		flags = X86_EFLAGS_FIXED | X86_EFLAGS_IF |
			(prandom_u32_state(&rnd) & X86_EFLAGS_CF);
		native_flags = flags;
		result = atoll_alu(op, bytes, a, b, &flags);
		native = native_alu(op, bytes, a, b, &native_flags);
		if (has_result(op))
			KUNIT_ASSERT_EQ_MSG(test, result, native, "op %d, %d bytes",
					    op, bytes);
		KUNIT_ASSERT_EQ_MSG(test, flags & flags_defined_by(op),
				    native_flags & flags_defined_by(op),
				    "op %d, %d bytes", op, bytes);
		KUNIT_ASSERT_TRUE(test, flags & X86_EFLAGS_IF);
	}
}

static struct kunit_case alu_cases[] = {
	KUNIT_CASE(computes_like_the_cpu),
	{}
};

static struct kunit_suite alu_suite = {
	.name = "atoll_alu",
	.test_cases = alu_cases,
};

kunit_test_suite(alu_suite);
