// SPDX-License-Identifier: GPL-2.0-only
/*
 * A data breakpoint on the stack onto which its own exception is pushed: a
 * CPU that is not told to stop delivers #DB for ever, within microcode
 * (CVE-2015-8104).  TCG forgets breakpoints when it enters a guest, and just
 * spins.
 *
 * expect: runs
 */
#include "guest.h"

int main(void)
{
	static u8 stack[4096] __attribute__((aligned(16)));
	ulong top = (ulong)stack + sizeof(stack);

	printf("debug exceptions without end\n");
	uart_drain();
	trap_own_stack(0);
	/* Where SS:RSP, RFLAGS, CS, RIP of a frame at the top will go */
	write_dr0(top - 8);
	write_dr1(top - 16);
	write_dr2(top - 24);
	write_dr3(top - 40);
	write_dr7(0xbbbb0000 | 0x2aa);	/* eight bytes each, read or write, global */
	asm volatile("mov %0, %%rsp\n\tpush %%rax\n\tjmp ." : : "r"(top) : "memory");
	__builtin_unreachable();
}
