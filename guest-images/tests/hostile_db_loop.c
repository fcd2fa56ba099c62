// SPDX-License-Identifier: GPL-2.0-only
/*
 * A data breakpoint on the stack onto which its own exception is pushed: a
 * CPU that is not told to stop delivers #DB for ever, within microcode
 * (CVE-2015-8104).  Bochs doesn't look at breakpoints while it pushes a
 * frame: there the handler goes back to where it all began.  TCG forgets
 * breakpoints when it enters a guest, and just spins.
 *
 * expect: runs
 */
#include "guest.h"

static u8 stack[4096] __attribute__((aligned(16)));

asm("db_again:\n"
    "	lea	stack + 4096, %rsp\n"
    "	push	%rax\n"
    "	jmp	.\n");
extern const char db_again[];

int main(void)
{
	ulong top = (ulong)stack + sizeof(stack);

	printf("debug exceptions without end\n");
	uart_drain();
	trap_own_stack(0);
	trap_raw(DB_VECTOR, db_again);
	/* Where SS:RSP, RFLAGS, CS, RIP of a frame at the top will go */
	write_dr0(top - 8);
	write_dr1(top - 16);
	write_dr2(top - 24);
	write_dr3(top - 40);
	write_dr7(0xbbbb0000 | 0x2aa);	/* eight bytes each, read or write, global */
	asm volatile("jmp db_again");
	__builtin_unreachable();
}
