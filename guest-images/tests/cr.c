// SPDX-License-Identifier: GPL-2.0-only
/*
 * Control registers and XCR0: what they keep, and each value they refuse
 * (AMD APM vol. 2, "System-Control Registers"; vol. 3, "MOV CRn").
 *
 * expect: exit 0
 */
#include "guest.h"

static void refused_cr0(ulong v, const char *why)
{
	ulong before = read_cr0();

	report(try_write_cr0(v) == GP_VECTOR && trap.error == 0 && read_cr0() == before,
	       "CR0 refuses %s", why);
}

static void check_cr0(void)
{
	static const struct {
		ulong bit;
		const char *name;
	} bits[] = {
		{ CR0_MP, "MP" }, { CR0_EM, "EM" }, { CR0_TS, "TS" }, { CR0_NE, "NE" },
		{ CR0_WP, "WP" }, { CR0_AM, "AM" }, { CR0_CD, "CD" },
	};
	ulong cr0 = read_cr0(), a, b;
	u32 i;

	refused_cr0(cr0 & ~CR0_PE, "PG without PE");
	refused_cr0(cr0 | CR0_NW, "NW without CD");
	refused_cr0(cr0 | BIT(32), "bit 32");
	refused_cr0(cr0 | BIT(63), "bit 63");
	for (i = 0; i < ARRAY_SIZE(bits); i++) {
		write_cr0(cr0 ^ bits[i].bit);
		cpuid(0);
		a = read_cr0();
		write_cr0(cr0);
		b = read_cr0();
		report(a == (cr0 ^ bits[i].bit) && b == cr0, "CR0.%s can be changed and back",
		       bits[i].name);
	}
	write_cr0(cr0 | CR0_CD | CR0_NW);
	report(read_cr0() == (cr0 | CR0_CD | CR0_NW), "CR0 takes CD and NW together");
	write_cr0(cr0);
	write_cr0(cr0 & ~CR0_ET);
	report(read_cr0() & CR0_ET, "CR0.ET is always set");
}

static void check_msw(void)
{
	ulong cr0 = read_cr0(), msw = 0;

	asm volatile("smsw %0" : "=r"(msw));
	report((msw & 0xffff) == (cr0 & 0xffff), "SMSW reads CR0");
	asm volatile("lmsw %w0" : : "r"(cr0 | CR0_TS));
	report(read_cr0() == (cr0 | CR0_TS), "LMSW sets TS");
	asm volatile("clts");
	report(read_cr0() == cr0, "CLTS clears TS");
	asm volatile("lmsw %w0" : : "r"(cr0 & ~CR0_PE));
	report(read_cr0() == cr0, "LMSW can't clear PE");
}

/* @leaf 0: no CPU that a guest sees has it */
static const struct {
	u8 bit;
	char reg;
	u8 cpuid_bit;
	u32 leaf;
	const char *name;
} cr4_bits[] = {
	{ 0, 'd', 1, 1, "VME" },	{ 1, 'd', 1, 1, "PVI" },
	{ 2, 'd', 4, 1, "TSD" },	{ 3, 'd', 2, 1, "DE" },
	{ 4, 'd', 3, 1, "PSE" },	{ 6, 'd', 7, 1, "MCE" },
	{ 7, 'd', 13, 1, "PGE" },
	{ 9, 'd', 24, 1, "OSFXSR" },	{ 10, 'd', 25, 1, "OSXMMEXCPT" },
	{ 11, 'c', 2, 7, "UMIP" },	{ 13, 0, 0, 0, "VMXE" },
	{ 14, 0, 0, 0, "SMXE" },	{ 15, 0, 0, 0, "bit 15" },
	{ 16, 'b', 0, 7, "FSGSBASE" },	{ 17, 'c', 17, 1, "PCIDE" },
	{ 18, 'c', 26, 1, "OSXSAVE" },	{ 19, 0, 0, 0, "KL" },
	{ 20, 'b', 7, 7, "SMEP" },	{ 21, 'b', 20, 7, "SMAP" },
	{ 22, 0, 0, 0, "PKE" },		{ 23, 0, 0, 0, "CET" },
	{ 24, 0, 0, 0, "PKS" },		{ 25, 0, 0, 0, "UINTR" },
	{ 31, 0, 0, 0, "bit 31" },	{ 32, 0, 0, 0, "bit 32" },
	{ 63, 0, 0, 0, "bit 63" },
};

static int cpu_has(u32 i)
{
	struct cpuid c;

	if (!cr4_bits[i].leaf)
		return 0;
	c = cpuid(cr4_bits[i].leaf);
	return (cr4_bits[i].reg == 'b' ? c.ebx : cr4_bits[i].reg == 'c' ? c.ecx : c.edx) >>
	       cr4_bits[i].cpuid_bit & 1;
}

/* Pages of this guest are user pages: with SMEP or SMAP it would die */
static int is_lethal(u32 bit)
{
	return bit == 20 || bit == 21;
}

static void check_cr4(void)
{
	ulong cr4 = read_cr4(), a, bit;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cr4_bits); i++) {
		bit = BIT(cr4_bits[i].bit);
		if (!cpu_has(i)) {
			report(try_write_cr4(cr4 | bit) == GP_VECTOR && trap.error == 0 &&
			       read_cr4() == cr4, "CR4 refuses %s, which CPUID has not",
			       cr4_bits[i].name);
			continue;
		}
		if (is_lethal(cr4_bits[i].bit))
			continue;
		write_cr4(cr4 ^ bit);
		cpuid(0);
		a = read_cr4();
		write_cr4(cr4);
		report(a == (cr4 ^ bit) && read_cr4() == cr4, "CR4.%s can be changed and back",
		       cr4_bits[i].name);
	}
	report(try_write_cr4(cr4 & ~CR4_PAE) == GP_VECTOR, "CR4.PAE can't be cleared in long mode");
	report(try_write_cr4(cr4 ^ BIT(12)) == GP_VECTOR, "CR4.LA57 can't be changed in long mode");
}

static void check_others(void)
{
	ulong cr3 = read_cr3(), v;

	write_cr2(0x123456789abcdef0);
	cpuid(0);
	report(read_cr2() == 0x123456789abcdef0, "CR2 keeps what is written");
	write_cr3(cr3 | 0x18);
	cpuid(0);
	report(read_cr3() == (cr3 | 0x18), "CR3 keeps PWT and PCD");
	write_cr3(cr3);

	asm volatile("mov %%cr8, %0" : "=r"(v));
	report(v == 0, "CR8 begins as zero");
	asm volatile("mov %0, %%cr8\n\tcpuid" : : "r"(9UL), "a"(0) : "rbx", "rcx", "rdx");
	asm volatile("mov %%cr8, %0" : "=r"(v));
	report(v == 9, "CR8 keeps a priority, %lx", v);
	asm volatile("mov %0, %%cr8" : : "r"(0UL));

	asm volatile(TRY("mov %%cr1, %0") : "=r"(v));
	report(trap.vector == UD_VECTOR, "there is no CR1");
	asm volatile(TRY("mov %0, %%cr5") : : "r"(0UL));
	report(trap.vector == UD_VECTOR, "there is no CR5");
	asm volatile(TRY("mov %0, %%cr15") : : "r"(0UL));
	report(trap.vector == UD_VECTOR, "there is no CR15");
}

static int try_xsetbv(u32 xcr, u64 v)
{
	asm volatile(TRY("xsetbv") : : "c"(xcr), "a"((u32)v), "d"((u32)(v >> 32)));
	return trap.vector;
}

static u32 xgetbv(void)
{
	u32 lo, hi;

	asm volatile("xgetbv" : "=a"(lo), "=d"(hi) : "c"(0));
	return lo;
}

static void user_xsetbv(void)
{
	asm volatile("xsetbv" : : "c"(0), "a"(1), "d"(0));
}

static void user_mov_cr0(void)
{
	ulong v;

	asm volatile("mov %%cr0, %0" : "=r"(v));
}

static void check_xcr0(void)
{
	u32 all = cpuid_count(0xd, 0).eax;

	if (!(cpuid(1).ecx & BIT(26))) {
		report_skip("this CPU has no XSAVE");
		return;
	}
	report(try_xsetbv(0, 1) == UD_VECTOR, "XSETBV is undefined without CR4.OSXSAVE");
	write_cr4(read_cr4() | CR4_OSXSAVE);
	report(xgetbv() == 1, "XCR0 begins with x87 alone, %x", xgetbv());
	report(try_xsetbv(0, all) == NO_TRAP && xgetbv() == all, "XCR0 takes all that CPUID has");
	report(try_xsetbv(0, all & ~1U) == GP_VECTOR, "XCR0 refuses to lose x87");
	if (all & 4)
		report(try_xsetbv(0, 5) == GP_VECTOR, "XCR0 refuses AVX without SSE");
	report(try_xsetbv(0, ~0ULL) == GP_VECTOR, "XCR0 refuses all-ones");
	report(try_xsetbv(0, all | BIT(63)) == GP_VECTOR, "XCR0 refuses bit 63");
	report(try_xsetbv(1, 1) == GP_VECTOR, "there is no XCR1");
	report(xgetbv() == all, "refused writes change nothing");
	/* TCG executes XSETBV without asking, and has PKRU itself */
	report_cpu(try_xsetbv(0, all | BIT(9)) == GP_VECTOR, "XCR0 refuses PKRU");
	report(try_user(user_xsetbv) == GP_VECTOR, "XSETBV is refused in ring 3");
	report(try_xsetbv(0, 1) == NO_TRAP && xgetbv() == 1, "XCR0 goes back to x87 alone");
}

int main(void)
{
	check_cr0();
	check_msw();
	check_cr4();
	check_others();
	check_xcr0();
	report(try_user(user_mov_cr0) == GP_VECTOR, "CR0 can't be read in ring 3");
	return report_summary();
}
