// SPDX-License-Identifier: GPL-2.0-only
/*
 * Model-specific registers: which are there, what they keep, what they refuse.
 *
 * expect: exit 0
 */
#include "guest.h"

#define NON_CANONICAL	(1UL << 62)
#define MSR_TSC		0x10
#define MSR_VM_CR	0xc0010114
#define MSR_VM_HSAVE_PA	0xc0010117

static const struct {
	u32 msr;
	const char *name;
	u64 value;
	int address;	/* refuses a non-canonical one */
} kept[] = {
	{ MSR_STAR, "STAR", 0x0018000800000000, 0 },
	{ MSR_LSTAR, "LSTAR", 0xffff800012345678, 1 },
	{ MSR_CSTAR, "CSTAR", 0x00007fffdeadbeef, 1 },
	{ MSR_SFMASK, "SFMASK", 0x47700, 0 },
	{ MSR_FS_BASE, "FS_BASE", 0xffff8000aaaa5555, 1 },
	{ MSR_GS_BASE, "GS_BASE", 0x0000555555555555, 1 },
	{ MSR_KERNEL_GS_BASE, "KERNEL_GS_BASE", 0xffffffffff600000, 1 },
	{ MSR_SYSENTER_CS, "SYSENTER_CS", 0x8, 0 },
	{ MSR_SYSENTER_ESP, "SYSENTER_ESP", 0x12345000, 0 },
	{ MSR_SYSENTER_EIP, "SYSENTER_EIP", 0x87654321, 0 },
	{ MSR_PAT, "PAT", 0x0001040506070406, 0 },
};

/* Numbers that no machine like this one has */
static const u32 unknown[] = {
	0x7777777, 0x1fff, 0x3fffffff, 0x40000000, 0x400000f0, 0x4b564d02,
	0x4b564dff, 0xc0001fff, 0xc0011fff, 0xdeadbeef, 0xffffffff,
	MSR_VM_CR, MSR_VM_HSAVE_PA,
};

/* @vector came of a write that the CPU refuses; TCG takes any address and type */
static void report_refused(int vector, const char *name, const char *what)
{
	report_cpu(vector == GP_VECTOR && trap.error == 0, "%s refuses %s", name, what);
}

static void check_kept(void)
{
	u64 before, after;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(kept); i++) {
		before = rdmsr(kept[i].msr);
		wrmsr(kept[i].msr, kept[i].value);
		/* An exit in between, for those that only the host could lose */
		cpuid(0);
		after = rdmsr(kept[i].msr);
		report(after == kept[i].value, "%s keeps what is written, %llx", kept[i].name,
		       after);
		if (kept[i].address)
			report_refused(try_wrmsr(kept[i].msr, NON_CANONICAL), kept[i].name,
				       "an address that is not canonical");
		wrmsr(kept[i].msr, before);
	}
}

static void check_efer(void)
{
	u64 efer = rdmsr(MSR_EFER);

	report((efer & (EFER_LME | EFER_LMA | EFER_NXE)) == (EFER_LME | EFER_LMA | EFER_NXE),
	       "EFER has LME, LMA, NXE, %llx", efer);
	report(!(efer & EFER_SVME), "EFER.SVME is clear");
	report(try_wrmsr(MSR_EFER, efer | EFER_SVME) == GP_VECTOR, "EFER.SVME can't be set");
	report(try_wrmsr(MSR_EFER, efer | BIT(1)) == GP_VECTOR, "EFER refuses reserved bit 1");
	report(try_wrmsr(MSR_EFER, efer | BIT(9)) == GP_VECTOR, "EFER refuses reserved bit 9");
	report(try_wrmsr(MSR_EFER, efer | BIT(32)) == GP_VECTOR, "EFER refuses reserved bit 32");
	report(try_wrmsr(MSR_EFER, efer | BIT(63)) == GP_VECTOR, "EFER refuses reserved bit 63");
	report(try_wrmsr(MSR_EFER, efer & ~EFER_LME) == GP_VECTOR,
	       "EFER.LME can't be cleared while paging is on");
	report(rdmsr(MSR_EFER) == efer, "refused writes change nothing");
	wrmsr(MSR_EFER, efer | EFER_SCE);
	report(rdmsr(MSR_EFER) == (efer | EFER_SCE), "EFER.SCE can be set");
	wrmsr(MSR_EFER, efer);
	report(rdmsr(MSR_EFER) == efer, "EFER.SCE can be cleared");
}

static void user_rdmsr(void)
{
	asm volatile("rdmsr" : : "c"(MSR_TSC) : "eax", "edx");
}

static void user_wrmsr(void)
{
	asm volatile("wrmsr" : : "c"(MSR_STAR), "a"(0), "d"(0));
}

static void check_unknown(void)
{
	u64 v;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(unknown); i++)
		report(try_rdmsr(unknown[i], &v) == GP_VECTOR && trap.error == 0 &&
		       try_wrmsr(unknown[i], 0) == GP_VECTOR && trap.error == 0,
		       "%x is refused, read and written", unknown[i]);
}

static void check_tsc_aux(void)
{
	u64 v;

	if (!(cpuid(0x80000001).edx & BIT(27))) {
		report(try_rdmsr(MSR_TSC_AUX, &v) == GP_VECTOR, "without RDTSCP no TSC_AUX");
		return;
	}
	report(rdmsr(MSR_TSC_AUX) == 0 && rdtscp_aux() == 0, "TSC_AUX begins with 0, %x",
	       rdtscp_aux());
	wrmsr(MSR_TSC_AUX, 0x89abcdef);
	cpuid(0);
	report(rdtscp_aux() == 0x89abcdef, "RDTSCP returns what was written, %x", rdtscp_aux());
	report(rdmsr(MSR_TSC_AUX) == 0x89abcdef, "and so does RDMSR");
	if (cpuid_count(7, 0).ecx & BIT(22)) {
		asm volatile("rdpid %0" : "=r"(v));
		report(v == 0x89abcdef, "and RDPID, %llx", v);
	}
	if (!cpu_is_amd())
		report(try_wrmsr(MSR_TSC_AUX, BIT(32)) == GP_VECTOR, "it has 32 bits");
}

int main(void)
{
	ulong a = ~0UL, d = ~0UL;
	u64 t1, t2;

	check_kept();
	wrmsr(MSR_PAT, 0x0007040600070406);
	report_refused(try_wrmsr(MSR_PAT, 0x0007040600070402), "PAT", "type 2");
	report_refused(try_wrmsr(MSR_PAT, 0x0307040600070406), "PAT", "type 3");
	report_refused(try_wrmsr(MSR_PAT, 0x0807040600070406), "PAT", "type 8");
	wrmsr(MSR_PAT, 0x0007040600070406);
	check_efer();
	check_unknown();
	check_tsc_aux();

	t1 = rdmsr(MSR_TSC);
	t2 = rdtsc();
	/* TCG reads this MSR as 0 */
	report_cpu(t1 && t2 >= t1 && rdmsr(MSR_TSC) >= t2,
		   "the TSC by RDMSR and by RDTSC is one clock");
	asm volatile("rdmsr" : "+a"(a), "+d"(d) : "c"(MSR_EFER));
	report(!(a >> 32) && !(d >> 32), "RDMSR clears the upper halves of RAX and RDX");
	report(try_user(user_rdmsr) == GP_VECTOR, "RDMSR is refused in ring 3");
	report(try_user(user_wrmsr) == GP_VECTOR, "WRMSR is refused in ring 3");
	return report_summary();
}
