// SPDX-License-Identifier: GPL-2.0-only
/*
 * An exception whose delivery must read and write where there is no RAM:
 * first the interrupt table, then the stack.
 *
 * expect: crash unmapped
 * append: idt
 * expect: crash unmapped
 * append: stack
 * expect: crash unmapped
 * append: gdt
 */
#include "guest.h"

#define NOWHERE	0xd0000000UL

int main(void)
{
	struct table_reg nowhere = { 0xfff, NOWHERE };

	printf("about to have an exception delivered through nowhere\n");
	uart_drain();
	trap_own_stack(0);
	if (boot_has("idt"))
		lidt(nowhere);
	else if (boot_has("gdt"))
		asm volatile("lgdt %0" : : "m"(nowhere));
	else
		asm volatile("mov %0, %%rsp" : : "r"(NOWHERE + 0x1000));
	asm volatile("ud2");
	__builtin_unreachable();
}
