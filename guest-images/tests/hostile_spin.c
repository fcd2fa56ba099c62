// SPDX-License-Identifier: GPL-2.0-only
/*
 * A tight loop with interrupts off: no exit that it causes itself.
 *
 * expect: runs
 */
#include "guest.h"

int main(void)
{
	printf("spinning\n");
	uart_drain();
	irq_off();
	for (;;)
		barrier();
}
