// SPDX-License-Identifier: GPL-2.0-only
/*
 * Page tables where there is no RAM: the CPU's own walk leaves memory.
 *
 * expect: crash page table
 */
#include "guest.h"

int main(void)
{
	printf("about to load CR3 with an address without memory\n");
	uart_drain();
	write_cr3(0xd0000000);
	printf("FAIL: alive without page tables\n");
	return 1;
}
