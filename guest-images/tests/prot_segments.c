// SPDX-License-Identifier: GPL-2.0-only
/*
 * 32-bit and 16-bit protected mode: what only these have, and exits in each,
 * where whoever decodes instructions must know the width of code and stack.
 *
 * expect: exit 0
 */
#include "guest.h"

static void check_exceptions(void)
{
	int bounds[2] = { 1, 5 };

	asm volatile(TRY("mov $0x7f, %%al\n\tadd $1, %%al\n\tinto") : : : "eax", "cc");
	report(trap.vector == OF_VECTOR, "INTO with overflow");
	asm volatile(TRY("bound %0, (%1)") : : "r"(7), "r"(bounds) : "memory");
	report(trap.vector == BR_VECTOR, "BOUND outside of the bounds");
	asm volatile(TRY("mov %0, %%ds") : : "r"(NOT_PRESENT_SEL));
	report(trap.vector == NP_VECTOR && trap.error == NOT_PRESENT_SEL,
	       "a selector that is not present, %x", trap.error);
	asm volatile(TRY("mov %0, %%fs\n\tmovl %%fs:0xffff, %%eax")
		     : : "r"(DATA16_SEL) : "eax");
	asm volatile("mov %0, %%fs" : : "r"(0));
	/* TCG knows no segment limits */
	report_cpu(trap.vector == GP_VECTOR && trap.error == 0,
		   "an access across a segment's limit");
	asm volatile(TRY("movl %%fs:0, %%eax") : : : "eax");
	report_cpu(trap.vector == GP_VECTOR && trap.error == 0,
		   "an access through a null selector");
}

/* IN and CPUID in a 16-bit segment whose base is that of the code */
static void check_code16(void)
{
	u32 eax = 0, want = cpuid(0).eax, max;

	/* The segment's base is 0: code below 64 KiB */
	static const u8 code[] = {
		0xe5, 0x80,			/* in ax, 0x80 */
		0x66, 0x89, 0xc6,		/* mov esi, eax */
		0x66, 0x31, 0xc0,		/* xor eax, eax */
		0x0f, 0xa2,			/* cpuid */
		0x66, 0xcb,			/* lretd */
	};
	memcpy((void *)0x8000, code, sizeof(code));
	asm volatile("push %%ebx\n\txor %%eax, %%eax\n\tlcall %2, $0x8000\n\tpop %%ebx"
		     : "=S"(eax), "=&a"(max) : "i"(CODE16_SEL) : "ecx", "edx", "memory", "cc");
	report(eax == 0xffff, "IN AX in a 16-bit segment, %x", eax);
	report(max == want, "CPUID in a 16-bit segment");
}

static void check_mmio(void)
{
	u32 v = 0;

	asm volatile(TRY("movl 0xd0000000, %0") : "=r"(v));
	report(v == 0xffffffff, "MMIO in 32-bit code");
	v = 0;
	asm volatile(TRY("movzwl (%1), %0") : "=r"(v) : "r"(0xd0000000));
	report(v == 0xffff, "MMIO of a word");
	asm volatile(TRY("incl (%0)") : : "r"(0x00200000));
	report(trap.vector == NO_TRAP, "RAM beside it");
}

/* SYSENTER and SYSEXIT, which AMD has outside of long mode only */
static volatile u32 sysenter_cs, sysenter_esp, sysenter_times;

asm(".globl sysenter_entry\n"
    "sysenter_entry:\n"
    "	mov	%ss, %eax\n"		/* the way to ring 3 has emptied DS */
    "	mov	%eax, %ds\n"
    "	incl	sysenter_times\n"
    "	mov	%cs, sysenter_cs\n"
    "	mov	%esp, sysenter_esp\n"
    "	xor	%eax, %eax\n"
    "	cpuid\n"
    "	mov	%edi, %edx\n"
    "	mov	%ebp, %ecx\n"
    "	sysexit\n");

extern char sysenter_entry[];
static u8 user_stack[1024] __attribute__((aligned(16)));

static void user_code(void)
{
	asm volatile("mov $1f, %%edi\n\t"
		     "push %%ebp\n\t"
		     "mov %%esp, %%ebp\n\t"
		     "sysenter\n"
		     "1:\tpop %%ebp\n\t"
		     "int3" : : : "eax", "ebx", "ecx", "edx", "edi", "memory", "cc");
}

static void check_sysenter(void)
{
	if (!(cpuid(1).edx & BIT(11))) {
		report_skip("this CPU has no SYSENTER");
		return;
	}
	wrmsr(MSR_SYSENTER_CS, KERNEL_CS);
	wrmsr(MSR_SYSENTER_ESP, 0x9000);
	wrmsr(MSR_SYSENTER_EIP, (uintptr_t)sysenter_entry);
	asm volatile("push %%ebp\n\t"
		     TRY("push %0\n\tpush %1\n\tpush $2\n\tpush %2\n\tpush %3\n\tiret")
		     "pop %%ebp\n\t"
		     "mov %4, %%eax\n\tmov %%eax, %%ds\n\tmov %%eax, %%es"
		     : : "r"(USER_DS), "r"((ulong)user_stack + sizeof(user_stack)),
		       "i"(USER_CS32), "r"(user_code), "i"(KERNEL_DS)
		     : "eax", "ebx", "edi", "memory", "cc");
	report(trap.vector == BP_VECTOR && sysenter_times == 1, "SYSENTER and back, %d",
	       trap.vector);
	report((sysenter_cs & 0xffff) == KERNEL_CS && sysenter_esp == 0x9000,
	       "CS and ESP are those of the MSRs, %x %x", sysenter_cs, sysenter_esp);
}

int main(void)
{
	check_exceptions();
	check_code16();
	check_mmio();
	check_sysenter();
	return report_summary();
}
