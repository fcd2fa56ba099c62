// SPDX-License-Identifier: GPL-2.0-only
/*
 * An interrupt that is never served: each IRET is met by the next one.
 *
 * expect: runs
 */
#include "guest.h"

static void storm(struct trap_frame *frame)
{
	/* IIR is not read, and the toggled enable raises it again */
	uart_out(UART_IER, 0);
	uart_out(UART_IER, UART_IER_THRI);
	pic_eoi(UART_IRQ);
}

int main(void)
{
	printf("interrupt storm\n");
	uart_drain();
	trap_set(PIC_VECTOR + UART_IRQ, storm);
	pic_init();
	pic_mask((u16)~BIT(UART_IRQ));
	uart_out(UART_IER, UART_IER_THRI);
	irq_on();
	for (;;)
		barrier();
}
