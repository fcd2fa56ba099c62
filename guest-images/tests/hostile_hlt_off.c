// SPDX-License-Identifier: GPL-2.0-only
/*
 * HLT with interrupts off: sleeps until somebody ends it, at no cost.
 *
 * expect: halted
 */
#include "guest.h"

int main(void)
{
	printf("sleeping for good\n");
	uart_drain();
	for (;;)
		asm volatile("cli\n\thlt");
}
