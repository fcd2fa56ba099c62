// SPDX-License-Identifier: GPL-2.0-only
/*
 * A 16550A serial port, after National Semiconductor's PC16550D data sheet.
 *
 * The first part is the chip: a state machine that knows nothing of a VM.  The
 * second puts it on the bus, with its lock, its interrupt line and the console
 * at the other end.  Nothing but reset, create and destroy may sleep.
 *
 * Characters take no time: the transmitter is always empty when a program can
 * look, and what waits below the trigger level has always waited long enough
 * for a time-out.
 *
 * Deviation: characters have eight bits whatever LCR says, since a program
 * that never set LCR up expects to be read.  OUT2 gates the interrupt in the
 * loop, too.  SOUT has no break, the lines from the modem never change.
 */
#include <linux/bits.h>
#include <linux/err.h>
#include <linux/serial_reg.h>
#include <linux/slab.h>

#include "../atoll.h"
#include "console.h"
#include "uart8250.h"

#define UART_PORTS	8
#define IER_BITS	0x0f
#define MCR_BITS	0x1f
#define FCR_BITS	(UART_FCR_ENABLE_FIFO | UART_FCR_TRIGGER_MASK)
#define MSR_LINES	0xf0
#define IIR_FIFOS	0xc0
#define LSR_EMPTY	(UART_LSR_THRE | UART_LSR_TEMT)
#define DIVISOR_9600	12

static bool has_fifo(const struct atoll_uart_chip *chip)
{
	return chip->fcr & UART_FCR_ENABLE_FIFO;
}

static u8 rx_room(const struct atoll_uart_chip *chip)
{
	return (has_fifo(chip) ? ATOLL_UART_FIFO_LEN : 1) - chip->rx_count;
}

static void rx_clear(struct atoll_uart_chip *chip)
{
	chip->rx_head = 0;
	chip->rx_count = 0;
}

static void rx_push(struct atoll_uart_chip *chip, u8 byte)
{
	if (!rx_room(chip)) {
		chip->lsr |= UART_LSR_OE;
		/* A full FIFO keeps what it has, the buffer takes the new one */
		if (!has_fifo(chip))
			chip->fifo[chip->rx_head] = byte;
		return;
	}
	chip->fifo[(chip->rx_head + chip->rx_count) % ATOLL_UART_FIFO_LEN] = byte;
	chip->rx_count++;
}

/*
 * Take from the line what there is room for.  Called only when the program
 * looks for input or has asked to be interrupted by it: what comes earlier
 * waits at the other end, lest the program's own set-up clear it away.
 */
static void rx_fill(struct atoll_uart_chip *chip)
{
	int byte;

	if (chip->mcr & UART_MCR_LOOP)
		return;
	while (rx_room(chip)) {
		byte = chip->wires->rx(chip);
		if (byte < 0)
			break;
		rx_push(chip, byte);
	}
}

static u8 rx_trigger(const struct atoll_uart_chip *chip)
{
	static const u8 level[] = { 1, 4, 8, 14 };

	return has_fifo(chip) ? level[chip->fcr >> 6] : 1;
}

/* PC16550D, "Interrupt Control Functions": the highest of those pending */
static u8 interrupt_id(const struct atoll_uart_chip *chip)
{
	if ((chip->ier & UART_IER_RLSI) && chip->lsr)
		return UART_IIR_RLSI;
	if ((chip->ier & UART_IER_RDI) && chip->rx_count)
		return chip->rx_count < rx_trigger(chip) ? UART_IIR_RX_TIMEOUT : UART_IIR_RDI;
	if ((chip->ier & UART_IER_THRI) && chip->thre_pending)
		return UART_IIR_THRI;
	if ((chip->ier & UART_IER_MSI) && (chip->msr & UART_MSR_ANY_DELTA))
		return UART_IIR_MSI;
	return UART_IIR_NO_INT;
}

/* Let the receiver and the interrupt line follow the state */
static void settle(struct atoll_uart_chip *chip)
{
	u8 level = 0;

	if (chip->ier & UART_IER_RDI)
		rx_fill(chip);
	if (chip->ier && (chip->mcr & UART_MCR_OUT2))
		level = interrupt_id(chip) != UART_IIR_NO_INT;
	if (level == chip->level)
		return;
	chip->level = level;
	chip->wires->irq(chip, level);
}

/* The modem's lines: those of a cable that is plugged in, or the chip's own */
static u8 modem_lines(const struct atoll_uart_chip *chip)
{
	u8 lines = 0;

	if (!(chip->mcr & UART_MCR_LOOP))
		return UART_MSR_CTS | UART_MSR_DSR | UART_MSR_DCD;
	if (chip->mcr & UART_MCR_RTS)
		lines |= UART_MSR_CTS;
	if (chip->mcr & UART_MCR_DTR)
		lines |= UART_MSR_DSR;
	if (chip->mcr & UART_MCR_OUT1)
		lines |= UART_MSR_RI;
	if (chip->mcr & UART_MCR_OUT2)
		lines |= UART_MSR_DCD;
	return lines;
}

static void write_mcr(struct atoll_uart_chip *chip, u8 val)
{
	u8 before = chip->msr & MSR_LINES, now, changed;

	chip->mcr = val & MCR_BITS;
	now = modem_lines(chip);
	changed = before ^ now;
	chip->msr = (chip->msr & UART_MSR_ANY_DELTA) | now;
	if (changed & UART_MSR_CTS)
		chip->msr |= UART_MSR_DCTS;
	if (changed & UART_MSR_DSR)
		chip->msr |= UART_MSR_DDSR;
	if (changed & UART_MSR_DCD)
		chip->msr |= UART_MSR_DDCD;
	/* Of the ring indicator only the end counts */
	if (changed & before & UART_MSR_RI)
		chip->msr |= UART_MSR_TERI;
}

static void write_fcr(struct atoll_uart_chip *chip, u8 val)
{
	if ((val ^ chip->fcr) & UART_FCR_ENABLE_FIFO)
		rx_clear(chip);
	/* The other bits count only together with the enable bit */
	if (!(val & UART_FCR_ENABLE_FIFO)) {
		chip->fcr = 0;
		return;
	}
	if (val & UART_FCR_CLEAR_RCVR)
		rx_clear(chip);
	chip->fcr = val & FCR_BITS;
}

static void write_ier(struct atoll_uart_chip *chip, u8 val)
{
	u8 on = val & ~chip->ier;

	/* The transmitter is empty: say so once it may */
	if (on & UART_IER_THRI)
		chip->thre_pending = 1;
	chip->ier = val & IER_BITS;
}

static void write_thr(struct atoll_uart_chip *chip, u8 val)
{
	/* For a moment it isn't empty: edge-triggered controllers must see that */
	chip->thre_pending = 0;
	if (chip->level)
		settle(chip);
	if (chip->mcr & UART_MCR_LOOP)
		rx_push(chip, val);
	else
		chip->wires->tx(chip, val);
	chip->thre_pending = 1;
}

/**
 * atoll_uart_chip_write() - the processor writes a register
 * @chip:	the chip
 * @reg:	its address, 0 to 7
 * @val:	the byte
 */
void atoll_uart_chip_write(struct atoll_uart_chip *chip, u32 reg, u8 val)
{
	u8 dlab = chip->lcr & UART_LCR_DLAB;

	switch (reg) {
	case UART_TX:
		if (dlab)
			chip->dll = val;
		else
			write_thr(chip, val);
		break;
	case UART_IER:
		if (dlab)
			chip->dlm = val;
		else
			write_ier(chip, val);
		break;
	case UART_FCR:
		write_fcr(chip, val);
		break;
	case UART_LCR:
		chip->lcr = val;
		break;
	case UART_MCR:
		write_mcr(chip, val);
		break;
	case UART_SCR:
		chip->scr = val;
		break;
	default:
		/* LSR and MSR: "factory testing" only */
		break;
	}
	settle(chip);
}

static u8 read_rbr(struct atoll_uart_chip *chip)
{
	u8 byte;

	rx_fill(chip);
	byte = chip->fifo[chip->rx_head];
	if (chip->rx_count) {
		chip->rx_head = (chip->rx_head + 1) % ATOLL_UART_FIFO_LEN;
		chip->rx_count--;
	}
	return byte;
}

static u8 read_iir(struct atoll_uart_chip *chip)
{
	u8 id = interrupt_id(chip);

	if (id == UART_IIR_THRI)
		chip->thre_pending = 0;
	return id | (has_fifo(chip) ? IIR_FIFOS : 0);
}

static u8 read_lsr(struct atoll_uart_chip *chip)
{
	u8 lsr;

	rx_fill(chip);
	lsr = chip->lsr | LSR_EMPTY | (chip->rx_count ? UART_LSR_DR : 0);
	chip->lsr = 0;
	return lsr;
}

static u8 read_msr(struct atoll_uart_chip *chip)
{
	u8 msr = chip->msr;

	chip->msr &= MSR_LINES;
	return msr;
}

static u8 read_reg(struct atoll_uart_chip *chip, u32 reg)
{
	u8 dlab = chip->lcr & UART_LCR_DLAB;

	switch (reg) {
	case UART_RX:
		return dlab ? chip->dll : read_rbr(chip);
	case UART_IER:
		return dlab ? chip->dlm : chip->ier;
	case UART_IIR:
		return read_iir(chip);
	case UART_LCR:
		return chip->lcr;
	case UART_MCR:
		return chip->mcr;
	case UART_LSR:
		return read_lsr(chip);
	case UART_MSR:
		return read_msr(chip);
	default:
		return chip->scr;
	}
}

/**
 * atoll_uart_chip_read() - the processor reads a register
 * @chip:	the chip
 * @reg:	its address, 0 to 7
 *
 * Return: the byte.
 */
u8 atoll_uart_chip_read(struct atoll_uart_chip *chip, u32 reg)
{
	u8 val = read_reg(chip, reg);

	settle(chip);
	return val;
}

/**
 * atoll_uart_chip_rx_ready() - characters have arrived on SIN
 * @chip:	the chip
 */
void atoll_uart_chip_rx_ready(struct atoll_uart_chip *chip)
{
	settle(chip);
}

/**
 * atoll_uart_chip_reset() - the state after Master Reset
 * @chip:	the chip
 *
 * The scratch register and the divisor, which it leaves undefined, get values
 * that don't tell one guest what another wrote.
 */
void atoll_uart_chip_reset(struct atoll_uart_chip *chip)
{
	const struct atoll_uart_wires *wires = chip->wires;
	u8 level = chip->level;

	*chip = (struct atoll_uart_chip){
		.wires = wires,
		.dll = DIVISOR_9600,
		.level = level,
	};
	chip->msr = modem_lines(chip);
	settle(chip);
}

static struct atoll_uart *uart_of(struct atoll_uart_chip *chip)
{
	return container_of(chip, struct atoll_uart, chip);
}

static void uart_tx(struct atoll_uart_chip *chip, u8 byte)
{
	atoll_console_put(uart_of(chip)->console, byte);
}

static int uart_rx(struct atoll_uart_chip *chip)
{
	return atoll_console_get(uart_of(chip)->console);
}

static void uart_irq(struct atoll_uart_chip *chip, u32 level)
{
	struct atoll_uart *uart = uart_of(chip);

	atoll_irq_set(uart->dev.vm, uart->gsi, level);
}

static const struct atoll_uart_wires uart_wires = {
	.tx = uart_tx,
	.rx = uart_rx,
	.irq = uart_irq,
};

static void access_byte(struct atoll_uart *uart, struct atoll_io *io, u32 i)
{
	u8 *byte = (u8 *)&io->data + i;

	if (io->dir == ATOLL_READ)
		*byte = atoll_uart_chip_read(&uart->chip, io->addr + i);
	else
		atoll_uart_chip_write(&uart->chip, io->addr + i, *byte);
}

/* The bus is eight bits wide: a wider access is one of each byte */
static noinline void access_more(struct atoll_uart *uart, struct atoll_io *io)
{
	u32 i;

	for (i = 1; i < io->len; i++)
		access_byte(uart, io, i);
}

static void uart_pio(struct atoll_device *dev, struct atoll_io *io)
{
	struct atoll_uart *uart = container_of(dev, struct atoll_uart, dev);

	spin_lock(&uart->lock);
	access_byte(uart, io, 0);
	if (unlikely(io->len > 1))
		access_more(uart, io);
	spin_unlock(&uart->lock);
}

static void uart_reset(struct atoll_device *dev)
{
	struct atoll_uart *uart = container_of(dev, struct atoll_uart, dev);

	spin_lock(&uart->lock);
	atoll_uart_chip_reset(&uart->chip);
	atoll_console_forget(uart->console);
	spin_unlock(&uart->lock);
}

static void uart_destroy(struct atoll_device *dev)
{
	struct atoll_uart *uart = container_of(dev, struct atoll_uart, dev);

	atoll_console_destroy(uart->console);
	dev->vm->uart = NULL;
	kfree(uart);
}

static const struct atoll_device_ops uart_ops = {
	.name = "uart",
	.pio = uart_pio,
	.reset = uart_reset,
	.destroy = uart_destroy,
	.size = sizeof(struct atoll_uart),
};

/**
 * atoll_uart_create() - give a VM its serial port and the host the console
 * @vm:		the VM, being defined; it has its interrupt controllers
 * @port:	first of eight ports
 * @gsi:	interrupt line
 *
 * Context: process; may sleep.
 * Return: 0, -ENOMEM, -ENOSPC if the host has no tty left, or an error of
 * atoll_bus_add().  After an error the VM's teardown frees what there is.
 */
int atoll_uart_create(struct atoll_vm *vm, u16 port, u32 gsi)
{
	struct atoll_uart *uart = kzalloc(sizeof(*uart), GFP_KERNEL_ACCOUNT);

	if (!uart)
		return -ENOMEM;
	spin_lock_init(&uart->lock);
	uart->gsi = gsi;
	uart->chip.wires = &uart_wires;
	uart->console = atoll_console_create(uart);
	if (IS_ERR(uart->console)) {
		int err = PTR_ERR(uart->console);

		kfree(uart);
		return err;
	}
	atoll_device_add(vm, &uart->dev, &uart_ops);
	atoll_uart_chip_reset(&uart->chip);
	vm->uart = uart;
	return atoll_bus_add(&vm->pio, &uart->dev, port, UART_PORTS);
}
