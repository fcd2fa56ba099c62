/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GUEST_UART_H
#define GUEST_UART_H

#include "cpu.h"

#define UART_PORT	0x3f8
#define UART_IRQ	4

/* Registers of a 16550A, as offsets from its first port */
#define UART_RBR	0	/* read */
#define UART_THR	0	/* write */
#define UART_DLL	0	/* with LCR.DLAB */
#define UART_IER	1
#define UART_DLM	1	/* with LCR.DLAB */
#define UART_IIR	2	/* read */
#define UART_FCR	2	/* write */
#define UART_LCR	3
#define UART_MCR	4
#define UART_LSR	5
#define UART_MSR	6
#define UART_SCR	7

#define UART_IER_RDI	0x01
#define UART_IER_THRI	0x02
#define UART_IER_RLSI	0x04
#define UART_IER_MSI	0x08
#define UART_IIR_NONE	0x01
#define UART_IIR_MSI	0x00
#define UART_IIR_THRI	0x02
#define UART_IIR_RDI	0x04
#define UART_IIR_RLSI	0x06
#define UART_IIR_CTI	0x0c
#define UART_IIR_ID	0x0f
#define UART_IIR_FIFO	0xc0
#define UART_FCR_ENABLE	0x01
#define UART_FCR_CLEAR	0x06
#define UART_LCR_8N1	0x03
#define UART_LCR_DLAB	0x80
#define UART_MCR_DTR	0x01
#define UART_MCR_RTS	0x02
#define UART_MCR_OUT1	0x04
#define UART_MCR_OUT2	0x08
#define UART_MCR_LOOP	0x10
#define UART_LSR_DR	0x01
#define UART_LSR_OE	0x02
#define UART_LSR_THRE	0x20
#define UART_LSR_TEMT	0x40
#define UART_MSR_DELTAS	0x0f
#define UART_MSR_CTS	0x10
#define UART_MSR_DSR	0x20
#define UART_MSR_RI	0x40
#define UART_MSR_DCD	0x80

#define UART_FIFO_LEN	16

static inline u8 uart_in(u16 reg)
{
	return inb(UART_PORT + reg);
}

static inline void uart_out(u16 reg, u8 v)
{
	outb(UART_PORT + reg, v);
}

void uart_init(void);
void uart_putc(char c);
void uart_drain(void);
char uart_getc(void);

#endif
