// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses where there is nothing: they read as all-ones and drop writes, by
 * each form of instruction that touches devices.
 *
 *	full	look at every page up to 4 GiB, not at one of many
 *
 * expect: exit 0
 */
#include "guest.h"

#define HOLE	0xd0000000UL
#define IOAPIC	0xfec00000UL
#define LAPIC	0xfee00000UL
#define STRIDE	61	/* pages; odd, so that all offsets within 2 MiB occur */

static ulong at = HOLE;

#define LOAD(insn, reg, want) do {					\
	ulong r_ = 0x1122334455667788UL;				\
									\
	asm volatile(TRY(insn) : "+a"(r_) : "D"(at) : "memory", "cc");	\
	report(trap.vector == NO_TRAP && r_ == (want), "%s reads %lx", insn, r_); \
} while (0)

static void check_loads(void)
{
	LOAD("movb (%%rdi), %%al", al, 0x11223344556677ffUL);
	LOAD("movb (%%rdi), %%ah", ah, 0x112233445566ff88UL);
	LOAD("movw (%%rdi), %%ax", ax, 0x112233445566ffffUL);
	LOAD("movl (%%rdi), %%eax", eax, 0xffffffffUL);
	LOAD("movq (%%rdi), %%rax", rax, ~0UL);
	LOAD("movabsb 0xd0000001, %%al", al, 0x11223344556677ffUL);
	LOAD("movabsl 0xd0000004, %%eax", eax, 0xffffffffUL);
	LOAD("movabsq 0xd0000008, %%rax", rax, ~0UL);
	LOAD("movzbw (%%rdi), %%ax", ax, 0x11223344556600ffUL);
	LOAD("movzbl 1(%%rdi), %%eax", eax, 0xffUL);
	LOAD("movzbq 1(%%rdi), %%rax", rax, 0xffUL);
	LOAD("movzwl 2(%%rdi), %%eax", eax, 0xffffUL);
	LOAD("movzwq 2(%%rdi), %%rax", rax, 0xffffUL);
	LOAD("movsbw (%%rdi), %%ax", ax, 0x112233445566ffffUL);
	LOAD("movsbl (%%rdi), %%eax", eax, 0xffffffffUL);
	LOAD("movsbq (%%rdi), %%rax", rax, ~0UL);
	LOAD("movswl (%%rdi), %%eax", eax, 0xffffffffUL);
	LOAD("movslq (%%rdi), %%rax", rax, ~0UL);
	LOAD("andl (%%rdi), %%eax", eax, 0x55667788UL);
	LOAD("andw (%%rdi), %%ax", ax, 0x1122334455667788UL);
	LOAD("orb (%%rdi), %%al", al, 0x11223344556677ffUL);
	LOAD("orq (%%rdi), %%rax", rax, ~0UL);
	LOAD("xorl (%%rdi), %%eax", eax, 0xaa998877UL);
	LOAD("xchgb %%al, (%%rdi)", al, 0x11223344556677ffUL);
	LOAD("xchgw %%ax, (%%rdi)", ax, 0x112233445566ffffUL);
	LOAD("xchgl %%eax, (%%rdi)", eax, 0xffffffffUL);
	LOAD("xchgq %%rax, (%%rdi)", rax, ~0UL);
	/* Across the edge of a page */
	LOAD("movl 4094(%%rdi), %%eax", eax, 0xffffffffUL);
	LOAD("movq 4093(%%rdi), %%rax", rax, ~0UL);
}

#define STORE(insn) do {						\
	ulong r_ = 0x1122334455667788UL;				\
									\
	asm volatile(TRY(insn) : "+a"(r_) : "D"(at) : "memory", "cc");	\
	report(trap.vector == NO_TRAP && r_ == 0x1122334455667788UL,	\
	       "%s is dropped", insn);					\
} while (0)

static void check_stores(void)
{
	STORE("movb %%al, (%%rdi)");
	STORE("movb %%ah, (%%rdi)");
	STORE("movw %%ax, (%%rdi)");
	STORE("movl %%eax, (%%rdi)");
	STORE("movq %%rax, (%%rdi)");
	STORE("movb $0x12, (%%rdi)");
	STORE("movw $0x1234, (%%rdi)");
	STORE("movl $0x12345678, (%%rdi)");
	STORE("movq $-5, (%%rdi)");
	STORE("movabsl %%eax, 0xd0000004");
	STORE("movabsq %%rax, 0xd0000008");
	STORE("andl %%eax, (%%rdi)");
	STORE("orb $1, (%%rdi)");
	STORE("xorw $0x7f, (%%rdi)");
	STORE("andq $-2, (%%rdi)");
	STORE("lock orl %%eax, (%%rdi)");
	STORE("movq %%rax, 4092(%%rdi)");
}

#define FLAGS(insn, want) do {						\
	ulong flags_;							\
									\
	asm volatile(TRY(insn "\n\tpushf\n\tpop %0")			\
		     : "=r"(flags_)					\
		     : "D"(at), "a"(0xffffffffUL) : "memory", "cc");	\
	report(trap.vector == NO_TRAP && (flags_ & 0x8d5) == (want),	\
	       "%s leaves flags %lx", insn, flags_ & 0x8d5);		\
} while (0)

#define CF	0x001
#define PF	0x004
#define AF	0x010
#define ZF	0x040
#define SF	0x080

static void check_flags(void)
{
	FLAGS("testl %%eax, (%%rdi)", PF | SF);
	FLAGS("testb $0, (%%rdi)", PF | ZF);
	FLAGS("testl $0x100, (%%rdi)", PF);
	FLAGS("cmpl %%eax, (%%rdi)", PF | ZF);
	FLAGS("cmpb $0, (%%rdi)", PF | SF);
	FLAGS("cmpq %%rax, (%%rdi)", SF | PF);
	FLAGS("cmpw (%%rdi), %%ax", PF | ZF);
	FLAGS("cmpq (%%rdi), %%rax", CF | PF);
	FLAGS("xorl %%eax, (%%rdi)", PF | ZF);
	FLAGS("andb $0x81, (%%rdi)", SF | PF);
}

static void check_strings(void)
{
	ulong di = HOLE, cx = 100, ax = 0x55;

	asm volatile(TRY("rep stosb") : "+D"(di), "+c"(cx) : "a"(ax) : "memory");
	report(trap.vector == NO_TRAP && di == HOLE + 100 && cx == 0, "REP STOSB is dropped");
	di = HOLE + 4096;
	cx = 40;
	asm volatile(TRY("std\n\trep stosq\n\tcld") : "+D"(di), "+c"(cx) : "a"(ax) : "memory");
	report(trap.vector == NO_TRAP && di == HOLE + 4096 - 320 && cx == 0,
	       "REP STOSQ with DF is dropped");
}

static void check_addressing(void)
{
	ulong r8 = 0;

	asm volatile(TRY("movl 0x10(%1,%2,8), %k0")
		     : "=r"(r8) : "r"(HOLE), "r"(3UL) : "memory");
	report(r8 == 0xffffffff, "base, index, scale and displacement");
	r8 = 0;
	asm volatile(TRY("xor %%r13d, %%r13d\n\tmov %1, %%r12\n\t"
			 "movb (%%r12), %%r13b\n\tmov %%r13, %0")
		     : "=r"(r8) : "r"(HOLE) : "r12", "r13", "memory");
	report(r8 == 0xff, "extended registers");
	wrmsr(MSR_GS_BASE, HOLE);
	asm volatile(TRY("movl %%gs:8, %k0") : "=r"(r8) : : "memory");
	report(r8 == 0xffffffff, "a segment with a base");
	wrmsr(MSR_GS_BASE, 0);
	r8 = 0;
	asm volatile(TRY("addr32 movl (%k1), %k0") : "=r"(r8) : "r"(HOLE | 1UL << 40));
	report(r8 == 0xffffffff, "a 32-bit address");
}

/* Pages from the end of RAM to 4 GiB */
static void check_pages(void)
{
	ulong stride = (boot_has("full") ? 1 : STRIDE) * PAGE_BYTES;
	ulong p, n = 0, wrong = 0, first = 0;
	volatile u32 *v;

	for (p = boot_ram_end(); p < 1UL << 32; p += stride) {
		if (p == IOAPIC || p == LAPIC)
			continue;
		v = (volatile u32 *)p;
		n++;
		*v = 0x12345678;
		if (*v == 0xffffffff)
			continue;
		first = wrong++ ? first : p;
	}
	report(!wrong, "%lu pages from the end of RAM to 4 GiB are empty, %lu are not, from %lx on",
	       n, wrong, first);
}

/* And behind 4 GiB, up to what the CPU can address */
static void check_far(void)
{
	u32 bits = cpuid(0x80000008).eax & 0xff, shift, wrong = 0;
	volatile u32 *v;

	for (shift = 32; shift < bits; shift++) {
		v = map_window(1UL << shift);
		*v = 0;
		wrong += *v != 0xffffffff;
	}
	v = map_window((1UL << bits) - 4);
	wrong += *v != 0xffffffff;
	report(!wrong, "nor is there anything behind 4 GiB, up to %u bits", bits);
}

int main(void)
{
	check_loads();
	check_stores();
	check_flags();
	check_strings();
	check_addressing();
	check_pages();
	check_far();
	return report_summary();
}
