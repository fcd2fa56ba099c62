// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output without end, at times not even asking whether the port can take it.
 *
 * expect: runs
 */
#include "guest.h"

int main(void)
{
	ulong i;

	for (i = 0;; i++) {
		printf("flood %lu\n", i);
		if (!(i & 0xff)) {
			ulong count = 256;
			const void *p = main;

			asm volatile("rep outsb" : "+S"(p), "+c"(count)
				     : "d"(UART_PORT) : "memory");
		}
	}
}
