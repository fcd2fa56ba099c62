// SPDX-License-Identifier: GPL-2.0-only
/*
 * What CPUID tells, and that it tells the truth.
 *
 * expect: exit 0
 */
#include "guest.h"

struct bit {
	u32 leaf;
	char reg;	/* a, b, c or d */
	u8 nr;
	const char *name;
};

/* Each 64-bit CPU has these */
static const struct bit present[] = {
	{ 1, 'd', 0, "FPU" },		{ 1, 'd', 4, "TSC" },
	{ 1, 'd', 5, "MSR" },		{ 1, 'd', 6, "PAE" },
	{ 1, 'd', 8, "CX8" },		{ 1, 'd', 13, "PGE" },
	{ 1, 'd', 9, "APIC" },		{ 1, 'c', 21, "X2APIC" },
	{ 1, 'c', 24, "TSC_DEADLINE" },	{ 6, 'a', 2, "ARAT" },
	{ 1, 'd', 15, "CMOV" },		{ 1, 'd', 16, "PAT" },
	{ 1, 'd', 24, "FXSR" },		{ 1, 'd', 25, "SSE" },
	{ 1, 'd', 26, "SSE2" },		{ 1, 'c', 31, "HYPERVISOR" },
	{ 0x80000001, 'd', 11, "SYSCALL" },
	{ 0x80000001, 'd', 20, "NX" },	{ 0x80000001, 'd', 29, "LM" },
};

/* The machine has none of these, whatever the host's CPU has */
static const struct bit absent[] = {
	{ 1, 'c', 3, "MONITOR" },	{ 1, 'c', 5, "VMX" },
	{ 1, 'c', 6, "SMX" },		{ 1, 'c', 15, "PDCM" },
	{ 0x80000001, 'c', 2, "SVM" },	{ 0x80000001, 'c', 12, "SKINIT" },
	{ 7, 'c', 3, "PKU" },		{ 7, 'c', 4, "OSPKE" },
	{ 7, 'c', 7, "CET_SS" },	{ 7, 'd', 20, "CET_IBT" },
	{ 0x80000008, 'b', 4, "RDPRU" },
};

/* Clock, port 0x80 needs no delay, clock 2, steal time, EOI, unhalt, TLB flush, IPIs */
#define PV_FEATURES	(BIT(0) | BIT(1) | BIT(3) | BIT(5) | BIT(6) | BIT(7) | BIT(9) | \
			 BIT(11))

static int has(const struct bit *b)
{
	struct cpuid c = cpuid(b->leaf);
	u32 reg = b->reg == 'a' ? c.eax : b->reg == 'b' ? c.ebx : b->reg == 'c' ? c.ecx : c.edx;

	return reg >> b->nr & 1;
}

static int is_zero(struct cpuid c)
{
	return !(c.eax | c.ebx | c.ecx | c.edx);
}

static void check_hypervisor(void)
{
	struct cpuid c = cpuid(0x40000000);

	report(c.ebx == 0x4b4d564b && c.ecx == 0x564b4d56 && c.edx == 0x4d,
	       "leaf 0x40000000 has KVM's signature");
	report(c.eax == 0x40000001, "its last leaf is 0x40000001, %x", c.eax);
	c = cpuid(0x40000001);
	report(!(c.eax & ~(BIT(24) | PV_FEATURES)) && (c.eax & PV_FEATURES) == PV_FEATURES && !c.edx,
	       "these paravirtual features are promised and no others, %x", c.eax);
	report(is_zero(cpuid(0x40000002)) && is_zero(cpuid(0x400000ff)),
	       "leaves behind it are zero");
}

static void check_registers(void)
{
	ulong a = ~0UL << 32, b = ~0UL, c = ~0UL << 32, d = ~0UL;

	asm volatile("cpuid" : "+a"(a), "+b"(b), "+c"(c), "+d"(d));
	report(!((a | b | c | d) >> 32), "the upper halves of the four registers become zero");
}

static void check_xsave(void)
{
	struct cpuid c = cpuid_count(0xd, 0), all;
	ulong cr4 = read_cr4();

	report(!(cpuid(1).ecx & BIT(27)), "OSXSAVE is clear while CR4.OSXSAVE is");
	if (!(cpuid(1).ecx & BIT(26))) {
		report_skip("this CPU has no XSAVE");
		return;
	}
	report((c.eax & 3) == 3 && !(c.eax & ~0xe7U) && !c.edx,
	       "XCR0 may have x87, SSE, AVX, AVX-512 and nothing else, %x", c.eax);
	report(!(c.eax & 0xe0) || (c.eax & 0xe4) == 0xe4, "AVX-512 is whole, and goes with AVX");
	report(!(c.eax & 4) == !(cpuid(1).ecx & BIT(28)), "AVX in XCR0 goes with AVX itself");
	report(c.ecx >= 576 && c.ecx <= 4096, "all of it takes %u bytes", c.ecx);
	write_cr4(cr4 | CR4_OSXSAVE);
	report(cpuid(1).ecx & BIT(27), "OSXSAVE follows CR4.OSXSAVE");
	asm volatile("xsetbv" : : "a"(1), "d"(0), "c"(0));
	report(cpuid_count(0xd, 0).ebx == 576, "x87 alone takes 576 bytes, %u",
	       cpuid_count(0xd, 0).ebx);
	asm volatile("xsetbv" : : "a"(c.eax), "d"(0), "c"(0));
	all = cpuid_count(0xd, 0);
	report(all.ebx == all.ecx, "all in XCR0 takes what all may take, %u", all.ebx);
	write_cr4(cr4);
}

int main(void)
{
	struct cpuid c = cpuid(0), d;
	u32 i, max = c.eax, max_ext = cpuid(0x80000000).eax;

	report(max >= 7 && max < 0x1000, "the last basic leaf is %x", max);
	report(max_ext >= 0x80000008 && max_ext < 0x80001000,
	       "the last extended leaf is %x", max_ext);
	report(c.ebx && c.ecx && c.edx, "the vendor has a name");
	if (cpu_is_amd())
		report(is_zero(cpuid(max_ext + 1)) && is_zero(cpuid(0xc0000000)),
		       "leaves behind the last are zero");
	for (i = 0; i < ARRAY_SIZE(present); i++)
		report(has(&present[i]), "%s is there", present[i].name);
	for (i = 0; i < ARRAY_SIZE(absent); i++)
		report(!has(&absent[i]), "%s is not there", absent[i].name);
	report(is_zero(cpuid(0x8000000a)), "SVM's own leaf is zero");
	d = cpuid(6);
	report(!((d.eax & ~BIT(2)) | d.ebx | d.ecx | d.edx),
	       "leaf 6 has nothing of power but ARAT, %x", d.eax);

	check_hypervisor();
	check_registers();
	check_xsave();

	c = cpuid(1);
	report((c.ebx >> 24) == 0, "the first CPU has APIC ID 0");
	report((c.ebx >> 16 & 0xff) == 1 && !(c.edx & BIT(28)), "and there is no other");
	d = cpuid_count(0xb, 0);
	report(d.eax == 0 && d.ebx == 1 && d.ecx == 0x100 && d.edx == 0,
	       "its cores have one thread each");
	d = cpuid_count(0xb, 1);
	report(d.eax == 0 && d.ebx == 1 && d.ecx == 0x201 && d.edx == 0,
	       "its package has one core");
	d = cpuid_count(0xb, 2);
	report(d.eax == 0 && d.ebx == 0 && d.ecx == 2, "there is nothing above");
	d = cpuid(0x80000008);
	report((d.eax & 0xff) >= 36 && (d.eax & 0xff) <= 52,
	       "physical addresses have %u bits", d.eax & 0xff);
	report((d.eax >> 8 & 0xff) == 48 || (d.eax >> 8 & 0xff) == 57,
	       "linear addresses have %u bits", d.eax >> 8 & 0xff);
	return report_summary();
}
