// SPDX-License-Identifier: GPL-2.0-only
/*
 * CR3 with a reserved bit.  A CPU answers with #GP; TCG says that the host
 * entered the guest with a bad state, and the guest ends.  The host is none
 * the worse for either.
 *
 * expect: any
 */
#include "guest.h"

int main(void)
{
	printf("about to load CR3 with a reserved bit\n");
	uart_drain();
	asm volatile(TRY("mov %0, %%cr3") : : "r"(read_cr3() | BIT(62)) : "memory");
	report(trap.vector == GP_VECTOR, "CR3 refuses bit 62");
	return report_summary();
}
