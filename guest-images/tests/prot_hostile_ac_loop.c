// SPDX-License-Identifier: GPL-2.0-only
/*
 * An alignment check whose delivery does not align either.  Its handler is in
 * ring 3 like the program, on the same misaligned stack: a CPU that is not
 * told to stop delivers #AC for ever, within microcode (CVE-2015-5307).  A
 * CPU that does not check alignment goes round a small loop instead.
 *
 * expect: runs
 */
#include "guest.h"

static u8 stack[4096] __attribute__((aligned(16)));

static void misalign(void)
{
	asm volatile("pushf\n\torl %0, (%%esp)\n\tpopf\n"
		     "1:\tmovl (%%esp), %%eax\n\t"
		     "jmp 1b"
		     : : "i"(EFLAGS_AC) : "eax", "memory", "cc");
}

int main(void)
{
	printf("alignment checks without end\n");
	uart_drain();
	trap_selector(AC_VECTOR, USER_CS32);
	write_cr0(read_cr0() | CR0_AM);
	asm volatile("push %0\n\tpush %1\n\tpush $2\n\tpush %2\n\tpush %3\n\tiret"
		     : : "r"(USER_DS), "r"((ulong)stack + 2049), "i"(USER_CS32), "r"(misalign));
	__builtin_unreachable();
}
