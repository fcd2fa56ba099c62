// SPDX-License-Identifier: GPL-2.0-only
/*
 * To long mode and back from a 32-bit program, in each order that the manual
 * allows, and the orders that it refuses (AMD APM vol. 2, "Long-Mode
 * Initialization").
 *
 * expect: exit 0
 */
#include "guest.h"

static u64 pml4[512] __attribute__((aligned(4096)));
static u64 pdpt[512] __attribute__((aligned(4096)));
static u64 pd[512] __attribute__((aligned(4096)));
static u32 legacy_pd[1024] __attribute__((aligned(4096)));

#define LARGE_PAGE	0xe7

static void make_tables(void)
{
	u32 i;

	for (i = 0; i < 512; i++)
		pd[i] = (u64)i << 21 | LARGE_PAGE;
	pml4[0] = (uintptr_t)pdpt | 7;
	for (i = 0; i < 1024; i++)
		legacy_pd[i] = i << 22 | LARGE_PAGE;
}

enum step { PAE, CR3, LME, NXE, PG, STEPS };

static void do_step(enum step step)
{
	switch (step) {
	case PAE:
		write_cr4(read_cr4() | CR4_PAE);
		break;
	case CR3:
		pdpt[0] = (uintptr_t)pd | 7;
		write_cr3((uintptr_t)pml4);
		break;
	case LME:
		wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_LME);
		break;
	case NXE:
		wrmsr(MSR_EFER, rdmsr(MSR_EFER) | EFER_NXE);
		break;
	default:
		write_cr0(read_cr0() | CR0_PG);
	}
}

static void leave(void)
{
	write_cr0(read_cr0() & ~CR0_PG);
	wrmsr(MSR_EFER, 0);
	write_cr4(read_cr4() & ~CR4_PAE);
	write_cr3(0);
}

/* Goes to 64-bit code and adds two numbers that only that can hold */
static u32 add_in_long_mode(u32 a)
{
	u32 r;

	asm volatile("lcall %1, $1f\n\t"
		     "jmp 2f\n"
		     ".code64\n"
		     "1:\tmov %%eax, %%r8d\n\t"
		     "shl $32, %%r8\n\t"
		     "mov $0x1234, %%r9d\n\t"
		     "add %%r9, %%r8\n\t"
		     "push %%rbx\n\t"
		     "cpuid\n\t"			/* an exit in 64-bit code */
		     "pop %%rbx\n\t"
		     "mov %%r8, %%rax\n\t"
		     "shr $32, %%r8\n\t"
		     "add %%r8d, %%eax\n\t"
		     "lretl\n"
		     ".code32\n"
		     "2:" : "=a"(r) : "i"(KERNEL_CS64), "a"(a) : "ecx", "edx", "memory", "cc");
	return r;
}

static void try_order(const enum step *order, const char *name)
{
	u64 before, during, after;
	u32 i, sum, compat;

	for (i = 0; i < STEPS - 1; i++)
		do_step(order[i]);
	before = rdmsr(MSR_EFER);
	do_step(PG);
	during = rdmsr(MSR_EFER);
	compat = cpuid(0).eax;
	sum = add_in_long_mode(0x100);
	write_cr0(read_cr0() & ~CR0_PG);
	after = rdmsr(MSR_EFER);
	leave();
	report(!(before & EFER_LMA) && (during & EFER_LMA) && !(after & EFER_LMA) && compat &&
	       sum == 0x1334, "long mode and back: %s, %llx %llx %llx, %x", name, before, during,
	       after, sum);
}

static void check_orders(void)
{
	static const struct {
		enum step step[STEPS - 1];
		const char *name;
	} orders[] = {
		{ { PAE, CR3, LME, NXE }, "PAE, CR3, LME, NXE" },
		{ { LME, NXE, PAE, CR3 }, "LME, NXE, PAE, CR3" },
		{ { CR3, LME, NXE, PAE }, "CR3, LME, NXE, PAE" },
		{ { NXE, CR3, PAE, LME }, "NXE, CR3, PAE, LME" },
		{ { LME, CR3, PAE, NXE }, "LME, CR3, PAE, NXE" },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(orders); i++)
		try_order(orders[i].step, orders[i].name);
}

static void check_refusals(void)
{
	ulong cr0 = read_cr0(), cr4 = read_cr4();

	do_step(CR3);
	do_step(LME);
	report(try_write_cr0(cr0 | CR0_PG) == GP_VECTOR && read_cr0() == cr0,
	       "PG with LME and without PAE is refused");
	report(!(rdmsr(MSR_EFER) & EFER_LMA), "and LMA stays clear");
	wrmsr(MSR_EFER, 0);
	report(try_wrmsr(MSR_EFER, EFER_SVME) == GP_VECTOR, "EFER.SVME can't be set");
	report(try_write_cr0((cr0 | CR0_PG) & ~CR0_PE) == GP_VECTOR, "PG without PE is refused");
	if (cpuid(1).ecx & BIT(17))
		report(try_write_cr4(cr4 | BIT(17)) == GP_VECTOR,
		       "PCIDE outside of long mode is refused");
	leave();
}

/* Paging without long mode: 4 MiB pages, and PAE's three levels */
static void check_legacy(void)
{
	volatile u32 *probe = (void *)0x400000;
	u32 got;

	*probe = 0xfeed;
	write_cr4(read_cr4() | BIT(4));
	write_cr3((uintptr_t)legacy_pd);
	write_cr0(read_cr0() | CR0_PG);
	got = cpuid(0).eax ? *probe : 0;
	report(try_wrmsr(MSR_EFER, EFER_LME) == GP_VECTOR, "LME can't be set while paging is on");
	write_cr0(read_cr0() & ~CR0_PG);
	write_cr4(read_cr4() & ~BIT(4));
	report(got == 0xfeed, "32-bit paging with pages of 4 MiB");

	pdpt[0] = (uintptr_t)pd | 1;
	write_cr4(read_cr4() | CR4_PAE);
	write_cr3((uintptr_t)pdpt);
	write_cr0(read_cr0() | CR0_PG);
	got = cpuid(0).eax ? *probe : 0;
	asm volatile(TRY("movl (%0), %%eax") : : "r"(0x40000000) : "eax");
	write_cr0(read_cr0() & ~CR0_PG);
	leave();
	report(got == 0xfeed, "PAE paging");
	report(trap.vector == PF_VECTOR && trap.cr2 == 0x40000000,
	       "and a page fault where its table has a hole");
}

int main(void)
{
	report(!(boot_entry.cr0 & CR0_PG), "paging is off at first");
	make_tables();
	check_orders();
	check_refusals();
	check_legacy();
	return report_summary();
}
