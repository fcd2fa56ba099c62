// SPDX-License-Identifier: GPL-2.0-only
/*
 * SYSCALL and SYSRET, SWAPGS, and that the registers behind them are the
 * guest's own whatever the host does with its.
 *
 * expect: exit 0
 */
#include "guest.h"

#define ROUNDS	100

static volatile ulong entries, seen_rcx, seen_r11, seen_cs, seen_ss;
static volatile ulong back_at;

/* SYSCALL lands here on the user's stack; it counts and goes back, or traps */
asm(".globl syscall_entry\n"
    "syscall_entry:\n"
    "	incq	entries\n"
    "	mov	%rcx, seen_rcx\n"
    "	mov	%r11, seen_r11\n"
    "	mov	%cs, seen_cs\n"
    "	mov	%ss, seen_ss\n"
    "	mov	%rcx, %r12\n"
    "	mov	%r11, %r13\n"
    "	xor	%eax, %eax\n"
    "	cpuid\n"			/* an exit between the two */
    "	inb	$0x80, %al\n"
    "	mov	%r12, %rcx\n"
    "	mov	%r13, %r11\n"
    "	sysretq\n");

extern char syscall_entry[];

static void user_syscalls(void)
{
	asm volatile("mov %0, %%r14d\n"
		     "1:\tsyscall\n"
		     "2:\tdec %%r14d\n\t"
		     "jnz 1b\n\t"
		     "lea 2b(%%rip), %%rax\n\t"
		     "mov %%rax, back_at\n\t"
		     "int3"
		     : : "i"(ROUNDS)
		     : "rax", "rbx", "rcx", "rdx", "r11", "r12", "r13", "r14", "memory", "cc");
}

static void user_syscall_once(void)
{
	asm volatile("syscall" : : : "rcx", "r11", "memory");
}

static void check_syscall(void)
{
	u64 efer = rdmsr(MSR_EFER);

	report(try_user(user_syscall_once) == UD_VECTOR, "SYSCALL is undefined without EFER.SCE");
	wrmsr(MSR_EFER, efer | EFER_SCE);
	wrmsr(MSR_STAR, (u64)KERNEL_CS << 32 | (u64)(USER_CS32) << 48);
	wrmsr(MSR_LSTAR, (ulong)syscall_entry);
	wrmsr(MSR_SFMASK, EFLAGS_IF | EFLAGS_DF);
	try_user(user_syscalls);
	report(trap.vector == BP_VECTOR && entries == ROUNDS, "SYSCALL and back, %lu times",
	       entries);
	report(seen_rcx == back_at, "RCX has the address behind it");
	report(seen_r11 & 2, "R11 has the flags");
	report((seen_cs & 0xffff) == KERNEL_CS && (seen_ss & 0xffff) == KERNEL_DS,
	       "CS and SS are STAR's, %lx %lx", seen_cs & 0xffff, seen_ss & 0xffff);
	report(trap.cs == USER_CS64, "SYSRET's CS is STAR's, %x", trap.cs);
	wrmsr(MSR_EFER, efer);
}

static void check_swapgs(void)
{
	u32 i, ok = 1;

	for (i = 0; i < ROUNDS; i++) {
		wrmsr(MSR_GS_BASE, 0x1000 + i);
		wrmsr(MSR_KERNEL_GS_BASE, 0xffff800000000000 + i);
		cpuid(0);
		asm volatile("swapgs" : : : "memory");
		inb(0x80);
		ok &= rdmsr(MSR_GS_BASE) == 0xffff800000000000 + i;
		ok &= rdmsr(MSR_KERNEL_GS_BASE) == 0x1000 + i;
		asm volatile("swapgs" : : : "memory");
	}
	report(ok, "SWAPGS changes the two bases, exits or not");
	wrmsr(MSR_GS_BASE, 0);
	wrmsr(MSR_KERNEL_GS_BASE, 0);
}

static void check_bases(void)
{
	static u32 words[2] = { 0x11111111, 0x22222222 };
	u32 i, fs, gs, ok = 1;

	wrmsr(MSR_FS_BASE, (ulong)&words[0]);
	wrmsr(MSR_GS_BASE, (ulong)&words[1]);
	for (i = 0; i < ROUNDS; i++) {
		cpuid(0);
		uart_in(UART_SCR);
		asm volatile("movl %%fs:0, %0\n\tmovl %%gs:0, %1" : "=r"(fs), "=r"(gs));
		ok &= fs == words[0] && gs == words[1];
	}
	report(ok, "FS and GS point where they should behind each exit");
	wrmsr(MSR_FS_BASE, 0);
	wrmsr(MSR_GS_BASE, 0);
}

static void check_sysenter(void)
{
	wrmsr(MSR_SYSENTER_CS, 0);
	asm volatile(TRY("sysenter") : : : "memory");
	if (cpu_is_amd())
		report(trap.vector == UD_VECTOR, "SYSENTER is undefined in long mode");
	else
		report(trap.vector == GP_VECTOR, "SYSENTER without a CS is refused");
}

int main(void)
{
	check_syscall();
	check_swapgs();
	check_bases();
	check_sysenter();
	return report_summary();
}
