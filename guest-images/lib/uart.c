// SPDX-License-Identifier: GPL-2.0-only
/*
 * Polled output and input on the first serial port.  Never uses interrupts,
 * so that a guest may do what it likes with them.
 */
#include "uart.h"

static u32 room;	/* bytes that the FIFO surely takes */

void uart_init(void)
{
	uart_out(UART_IER, 0);
	uart_out(UART_LCR, UART_LCR_DLAB | UART_LCR_8N1);
	uart_out(UART_DLL, 1);
	uart_out(UART_DLM, 0);
	uart_out(UART_LCR, UART_LCR_8N1);
	uart_out(UART_FCR, UART_FCR_ENABLE | UART_FCR_CLEAR);
	uart_out(UART_MCR, UART_MCR_DTR | UART_MCR_RTS | UART_MCR_OUT2);
	room = 0;
}

static void put_raw(char c)
{
	if (!room) {
		while (!(uart_in(UART_LSR) & UART_LSR_THRE))
			;
		/* An empty FIFO takes sixteen: ask once for each sixteen */
		room = UART_FIFO_LEN;
	}
	room--;
	uart_out(UART_THR, c);
}

void uart_putc(char c)
{
	if (c == '\n')
		put_raw('\r');
	put_raw(c);
}

/* Waits until all output has left; tests of the UART itself begin with this */
void uart_drain(void)
{
	while (!(uart_in(UART_LSR) & UART_LSR_TEMT))
		;
	room = 0;
}

char uart_getc(void)
{
	while (!(uart_in(UART_LSR) & UART_LSR_DR))
		asm volatile("pause");
	return uart_in(UART_RBR);
}
