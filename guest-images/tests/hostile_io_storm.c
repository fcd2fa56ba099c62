// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exits as fast as they come: ports and addresses, claimed and unclaimed.
 *
 *	n=N	end after so many rounds, never if absent
 *
 * expect: exit 0
 * append: n=20000
 * expect: runs
 */
#include "guest.h"

int main(void)
{
	ulong n = boot_number("n", 0), i;
	volatile u32 *nowhere = map_window(0xd0000000);
	u8 buf[64];

	printf("storming\n");
	for (i = 0; !n || i < n; i++) {
		void *p = buf;
		ulong count = sizeof(buf);

		outb(0x80, i);
		inl(i & 0xfffc);
		uart_in(UART_LSR);
		uart_out(UART_SCR, i);
		*nowhere = i;
		(void)nowhere[i & 0xffff];
		if (!(i & 63))
			asm volatile("rep insb" : "+D"(p), "+c"(count) : "d"(0x1234) : "memory");
	}
	printf("ok: the storm is over\n");
	return 0;
}
