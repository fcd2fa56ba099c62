// SPDX-License-Identifier: GPL-2.0-only
/*
 * A jump to an address where there is neither RAM nor a device.
 *
 * expect: crash unmapped
 */
#include "guest.h"

int main(void)
{
	printf("about to jump to an address without memory\n");
	uart_drain();
	asm volatile("jmp *%0" : : "r"(0xd0000000UL));
	__builtin_unreachable();
}
