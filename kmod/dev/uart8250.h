/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A 16550A, and the serial port that a VM has it in.  The chip is pure state:
 * whoever owns it serialises its calls and tells it its surroundings.
 */
#ifndef ATOLL_DEV_UART8250_H
#define ATOLL_DEV_UART8250_H

#include <linux/spinlock.h>
#include <linux/types.h>

#include "../atoll.h"

#define ATOLL_UART_FIFO_LEN	16

struct atoll_uart_chip;

/**
 * struct atoll_uart_wires - what lies outside of a chip
 * @tx:		a character leaves on SOUT
 * @rx:		the next character on SIN, -1: the line is idle
 * @irq:	the interrupt line changes to @level
 *
 * All are called from within the chip's own functions and must not call back.
 */
struct atoll_uart_wires {
	void (*tx)(struct atoll_uart_chip *chip, u8 byte);
	int (*rx)(struct atoll_uart_chip *chip);
	void (*irq)(struct atoll_uart_chip *chip, u32 level);
};

/**
 * struct atoll_uart_chip - a 16550A
 * @ier:	registers by their names in the data sheet
 * @fcr:	what of FCR lasts: FIFO enable and trigger level
 * @lsr:	error bits only, the others follow from the state
 * @msr:	the lines as last seen, and their changes since MSR was read
 * @dll:	the divisor latch; stored, and without meaning
 * @thre_pending: the transmitter's interrupt, until IIR or THR is accessed
 * @level:	what the interrupt line was last set to
 * @fifo:	received; a ring from @rx_head of @rx_count.  Without FIFOs just
 *		one place, the receiver buffer
 */
struct atoll_uart_chip {
	const struct atoll_uart_wires *wires;
	u8 ier, fcr, lcr, mcr, lsr, msr, scr;
	u8 dll, dlm;
	u8 thre_pending;
	u8 level;
	u8 rx_head, rx_count;
	u8 fifo[ATOLL_UART_FIFO_LEN];
};

void atoll_uart_chip_reset(struct atoll_uart_chip *chip);
u8 atoll_uart_chip_read(struct atoll_uart_chip *chip, u32 reg);
void atoll_uart_chip_write(struct atoll_uart_chip *chip, u32 reg, u8 val);
void atoll_uart_chip_rx_ready(struct atoll_uart_chip *chip);

struct atoll_console;

/**
 * struct atoll_uart - a serial port
 * @lock:	guards @chip, and the output that @console keeps.  Taken by vCPU
 *		threads and work items, never in an interrupt
 */
struct atoll_uart {
	struct atoll_device dev;
	spinlock_t lock;		/* process context; outermost here */
	struct atoll_uart_chip chip;
	u32 gsi;			/* [I] */
	struct atoll_console *console;	/* [I] */
};

#endif
