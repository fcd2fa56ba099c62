// SPDX-License-Identifier: GPL-2.0-only
/*
 * Debug registers: what they keep, what they refuse, and that breakpoints
 * strike (AMD APM vol. 2, "Debug Registers").
 *
 * expect: exit 0
 */
#include "guest.h"

#define DR6_INIT	0xffff0ff0UL
#define DR7_INIT	0x400UL
#define DR6_BD		BIT(13)
#define DR6_BS		BIT(14)
#define DR7_GD		BIT(13)

static volatile ulong target[2] __attribute__((aligned(16)));

static void check_values(void)
{
	report((read_dr6() & 0xffff0fffUL) == DR6_INIT, "DR6 begins as %lx", read_dr6());
	report(read_dr7() == DR7_INIT, "DR7 begins as %lx", read_dr7());
	write_dr0(0x1111222233334444);
	write_dr1(0xffff800000001234);
	write_dr2(3);
	write_dr3(0x7fffffffffff);
	cpuid(0);
	uart_drain();
	report(read_dr0() == 0x1111222233334444 && read_dr1() == 0xffff800000001234 &&
	       read_dr2() == 3 && read_dr3() == 0x7fffffffffff,
	       "DR0 to DR3 keep what is written across exits");
	write_dr6(0xf);
	report((read_dr6() & 0xfff0ffffUL) == (DR6_INIT & 0xfff0ffffUL) + 0xf,
	       "DR6 keeps its four bits, its fixed ones stay, %lx", read_dr6());
	write_dr6(DR6_INIT);
	write_dr7(0x5500);
	report(read_dr7() & 0x400, "DR7's fixed bit stays, %lx",
	       read_dr7());
	write_dr7(DR7_INIT);
}

static void check_refusals(void)
{
	ulong v, dr6;

	asm volatile(TRY("mov %0, %%dr7") : : "r"(BIT(40) | DR7_INIT));
	report(trap.vector == GP_VECTOR && trap.error == 0, "DR7 refuses upper bits");
	asm volatile(TRY("mov %0, %%dr6") : : "r"(BIT(32) | DR6_INIT));
	report(trap.vector == GP_VECTOR && trap.error == 0, "DR6 refuses upper bits");

	dr6 = read_dr6();
	asm volatile(TRY("mov %%db4, %0") : "=r"(v));
	report(trap.vector == NO_TRAP && v == dr6, "DR4 is DR6 without CR4.DE");
	asm volatile(TRY("mov %%db5, %0") : "=r"(v));
	report(trap.vector == NO_TRAP && v == read_dr7(), "DR5 is DR7 without CR4.DE");
	write_cr4(read_cr4() | CR4_DE);
	asm volatile(TRY("mov %%db4, %0") : "=r"(v));
	report(trap.vector == UD_VECTOR, "DR4 is undefined with CR4.DE");
	asm volatile(TRY("mov %0, %%db5") : : "r"(0UL));
	report(trap.vector == UD_VECTOR, "DR5 is undefined with CR4.DE");
	write_cr4(read_cr4() & ~CR4_DE);
}

/* Breakpoint @nr of @kind (0 execute, 1 write, 3 access) and bytes - 1 */
static void arm(ulong nr, ulong kind, ulong len)
{
	write_dr6(DR6_INIT);
	write_dr7(DR7_INIT | 2UL << nr * 2 | (kind | len << 2) << (16 + nr * 4));
}

static void disarm(void)
{
	write_dr7(DR7_INIT);
}

/* TCG forgets breakpoints when it enters a guest */
static void check_data(void)
{
	ulong dr6;

	write_dr0((ulong)target);
	arm(0, 1, 2);
	asm volatile(TRY("mov %1, %0\n\tnop\n\tnop") : "=m"(target[0]) : "r"(5UL));
	dr6 = read_dr6();
	disarm();
	report_cpu(trap.vector == DB_VECTOR && (dr6 & 15) == 1, "a write strikes, DR6 %lx", dr6);
	arm(0, 1, 2);
	asm volatile(TRY("mov %0, %%rax\n\tnop") : : "m"(target[0]) : "rax");
	disarm();
	report(trap.vector == NO_TRAP, "a read does not, where only writes do");
	write_dr2((ulong)&target[1]);
	arm(2, 3, 0);
	asm volatile(TRY("movb %0, %%al\n\tnop") : : "m"(target[1]) : "rax");
	dr6 = read_dr6();
	disarm();
	report_cpu(trap.vector == DB_VECTOR && (dr6 & 15) == 4, "a read strikes DR2, DR6 %lx", dr6);
	arm(2, 3, 0);
	cpuid(0);
	uart_in(UART_SCR);
	asm volatile(TRY("movb %0, %%al\n\tnop") : : "m"(target[1]) : "rax");
	disarm();
	report_cpu(trap.vector == DB_VECTOR, "and strikes behind exits as well");
}

static void check_code(void)
{
	ulong at, dr6;

	asm volatile("lea 661f(%%rip), %0\n\t"
		     "mov %0, %%dr3\n\t"
		     "mov %1, %%dr7\n\t"
		     TRY("nop\n661:\tcpuid")
		     : "=&r"(at) : "r"(DR7_INIT | 2UL << 6), "a"(0)
		     : "rbx", "rcx", "rdx");
	dr6 = read_dr6();
	disarm();
	report_cpu(trap.vector == DB_VECTOR && trap.ip == at && (dr6 & 15) == 8,
	       "an instruction that exits can have a breakpoint, DR6 %lx", dr6);
	write_dr6(DR6_INIT);
}

/* Single steps over instructions that the host completes */
static volatile ulong steps, step_at[8];

static void step(struct trap_frame *frame)
{
	if (steps < ARRAY_SIZE(step_at))
		step_at[steps] = frame->ip;
	steps++;
}

static void check_steps(void)
{
	ulong first;

	trap_set(DB_VECTOR, step);
	asm volatile("pushf\n\torl $0x100, (%%rsp)\n\tpopf\n\t"
		     "nop\n"
		     "661:\tcpuid\n\t"			/* 2 bytes */
		     "xor %%eax, %%eax\n\t"		/* 2 bytes */
		     "inb $0x80, %%al\n\t"		/* 2 bytes */
		     "pushf\n\tandl $0xfffffeff, (%%rsp)\n\tpopf\n\t"
		     "lea 661b(%%rip), %0"
		     : "=r"(first) : "a"(0) : "rbx", "rcx", "rdx", "memory", "cc");
	trap_set(DB_VECTOR, 0);
	write_dr6(DR6_INIT);
	report(step_at[0] == first && step_at[1] == first + 2 && step_at[2] == first + 4 &&
	       step_at[3] == first + 6, "single steps stop behind CPUID and IN too");
}

static void check_gd(void)
{
	ulong dr6, v;

	write_dr6(DR6_INIT);
	write_dr7(DR7_INIT | DR7_GD);
	asm volatile(TRY("mov %%dr0, %0") : "=r"(v));
	dr6 = read_dr6();
	write_dr7(DR7_INIT);
	report_cpu(trap.vector == DB_VECTOR && (dr6 & DR6_BD), "DR7.GD guards the registers");
	write_dr6(DR6_INIT);
}

int main(void)
{
	check_values();
	check_refusals();
	check_data();
	check_code();
	check_steps();
	check_gd();
	return report_summary();
}
