// SPDX-License-Identifier: GPL-2.0-only
/*
 * The 16550A, each case from a section of the PC16550D data sheet.  A wire
 * stands in for the world: it records what is sent and hands out what the
 * test has put on it.
 */
#include <kunit/test.h>
#include <linux/serial_reg.h>

#include "../../kmod/dev/uart8250.h"

#define NO_INT		UART_IIR_NO_INT
#define FIFOS		0xc0
#define FIFO_ON		UART_FCR_ENABLE_FIFO
#define EMPTY		(UART_LSR_THRE | UART_LSR_TEMT)
#define LINES		(UART_MSR_CTS | UART_MSR_DSR | UART_MSR_DCD)

struct wire {
	struct atoll_uart_chip chip;
	u8 out[64];
	u32 nr_out;
	u8 in[64];
	u32 nr_in, next_in;
	u32 level;
	u32 rises;
};

static void wire_tx(struct atoll_uart_chip *chip, u8 byte)
{
	struct wire *w = container_of(chip, struct wire, chip);

	w->out[w->nr_out++ % sizeof(w->out)] = byte;
}

static int wire_rx(struct atoll_uart_chip *chip)
{
	struct wire *w = container_of(chip, struct wire, chip);

	return w->next_in < w->nr_in ? w->in[w->next_in++] : -1;
}

static void wire_irq(struct atoll_uart_chip *chip, u32 level)
{
	struct wire *w = container_of(chip, struct wire, chip);

	w->level = level;
	w->rises += level;
}

static const struct atoll_uart_wires wires = {
	.tx = wire_tx,
	.rx = wire_rx,
	.irq = wire_irq,
};

static struct wire *new_wire(struct kunit *test)
{
	struct wire *w = kunit_kzalloc(test, sizeof(*w), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, w);
	w->chip.wires = &wires;
	atoll_uart_chip_reset(&w->chip);
	return w;
}

static u8 in(struct wire *w, u32 reg)
{
	return atoll_uart_chip_read(&w->chip, reg);
}

static void out(struct wire *w, u32 reg, u8 val)
{
	atoll_uart_chip_write(&w->chip, reg, val);
}

/* @n characters, counting up from @first, arrive */
static void arrive(struct wire *w, u8 first, u32 n)
{
	while (n--)
		w->in[w->nr_in++] = first++;
	atoll_uart_chip_rx_ready(&w->chip);
}

static void loop(struct wire *w, u8 mcr)
{
	out(w, UART_MCR, UART_MCR_LOOP | mcr);
	in(w, UART_MSR);
}

/* "Reset Functions" */
static void resets(struct kunit *test)
{
	struct wire *w = new_wire(test);

	out(w, UART_IER, 0x0f);
	out(w, UART_FCR, FIFO_ON);
	out(w, UART_MCR, 0x1f);
	out(w, UART_SCR, 0x99);
	out(w, UART_TX, 'x');
	out(w, UART_LCR, 0x9b);
	KUNIT_EXPECT_EQ(test, w->level, 1);
	atoll_uart_chip_reset(&w->chip);
	KUNIT_EXPECT_EQ(test, w->level, 0);
	KUNIT_EXPECT_EQ(test, in(w, UART_LCR), 0);
	KUNIT_EXPECT_EQ(test, in(w, UART_IER), 0);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), NO_INT);
	KUNIT_EXPECT_EQ(test, in(w, UART_MCR), 0);
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY);
	KUNIT_EXPECT_EQ(test, in(w, UART_MSR), LINES);
	KUNIT_EXPECT_EQ(test, in(w, UART_SCR), 0);
}

/* "Registers": which bits exist */
static void keeps_what_is_written(struct kunit *test)
{
	struct wire *w = new_wire(test);
	u32 i;

	for (i = 0; i < 256; i++) {
		out(w, UART_SCR, i);
		KUNIT_EXPECT_EQ(test, in(w, UART_SCR), i);
	}
	out(w, UART_IER, 0xff);
	KUNIT_EXPECT_EQ(test, in(w, UART_IER), 0x0f);
	out(w, UART_MCR, 0xff);
	KUNIT_EXPECT_EQ(test, in(w, UART_MCR), 0x1f);
	out(w, UART_LCR, 0x7f);
	KUNIT_EXPECT_EQ(test, in(w, UART_LCR), 0x7f);
}

/* "Programmable Baud Generator" */
static void switches_to_the_divisor(struct kunit *test)
{
	struct wire *w = new_wire(test);

	out(w, UART_IER, 0x05);
	out(w, UART_LCR, UART_LCR_DLAB | 0x03);
	out(w, UART_DLL, 0x34);
	out(w, UART_DLM, 0x12);
	KUNIT_EXPECT_EQ(test, in(w, UART_DLL), 0x34);
	KUNIT_EXPECT_EQ(test, in(w, UART_DLM), 0x12);
	KUNIT_EXPECT_EQ(test, w->nr_out, 0);
	out(w, UART_LCR, 0x03);
	KUNIT_EXPECT_EQ(test, in(w, UART_IER), 0x05);
}

static void sends(struct kunit *test)
{
	struct wire *w = new_wire(test);

	out(w, UART_TX, 'h');
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY);
	out(w, UART_FCR, FIFO_ON);
	out(w, UART_TX, 0xe9);
	KUNIT_ASSERT_EQ(test, w->nr_out, 2);
	KUNIT_EXPECT_EQ(test, w->out[0], 'h');
	KUNIT_EXPECT_EQ(test, w->out[1], 0xe9);
}

/* Line and modem status are inputs */
static void ignores_writes_to_status(struct kunit *test)
{
	struct wire *w = new_wire(test);

	out(w, UART_LSR, 0xff);
	out(w, UART_MSR, 0xff);
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY);
	KUNIT_EXPECT_EQ(test, in(w, UART_MSR), LINES);
}

static void receives_one_by_one(struct kunit *test)
{
	struct wire *w = new_wire(test);

	arrive(w, 'a', 2);
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY | UART_LSR_DR);
	KUNIT_EXPECT_EQ(test, in(w, UART_RX), 'a');
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY | UART_LSR_DR);
	KUNIT_EXPECT_EQ(test, in(w, UART_RX), 'b');
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY);
}

/* What came before the program was ready isn't cleared away by its set-up */
static void leaves_early_input_on_the_line(struct kunit *test)
{
	struct wire *w = new_wire(test);

	arrive(w, 'a', 3);
	out(w, UART_FCR, FIFO_ON | UART_FCR_CLEAR_RCVR | UART_FCR_CLEAR_XMIT);
	out(w, UART_LCR, 0x03);
	out(w, UART_MCR, UART_MCR_DTR | UART_MCR_RTS | UART_MCR_OUT2);
	KUNIT_EXPECT_EQ(test, w->next_in, 0);
	out(w, UART_IER, UART_IER_RDI);
	KUNIT_EXPECT_EQ(test, w->level, 1);
	KUNIT_EXPECT_EQ(test, in(w, UART_RX), 'a');
}

static void takes_no_more_than_the_fifo_holds(struct kunit *test)
{
	struct wire *w = new_wire(test);
	u32 i;

	out(w, UART_FCR, FIFO_ON);
	arrive(w, 0, 40);
	in(w, UART_LSR);
	KUNIT_EXPECT_EQ(test, w->next_in, 16);
	for (i = 0; i < 40; i++) {
		KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY | UART_LSR_DR);
		KUNIT_EXPECT_EQ(test, in(w, UART_RX), i);
	}
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY);
}

/* "FIFO Control Register" */
static void clears_fifos(struct kunit *test)
{
	struct wire *w = new_wire(test);

	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), NO_INT);
	out(w, UART_FCR, FIFO_ON);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), FIFOS | NO_INT);
	arrive(w, 'a', 5);
	in(w, UART_LSR);
	out(w, UART_FCR, FIFO_ON | UART_FCR_CLEAR_RCVR);
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY);
	arrive(w, 'k', 2);
	in(w, UART_LSR);
	/* Turning them off clears, too; the other bits don't count then */
	out(w, UART_FCR, UART_FCR_TRIGGER_14);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), NO_INT);
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY);
	arrive(w, 'm', 1);
	in(w, UART_LSR);
	out(w, UART_FCR, UART_FCR_CLEAR_RCVR);
	KUNIT_EXPECT_EQ(test, in(w, UART_RX), 'm');
	out(w, UART_FCR, FIFO_ON);
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY);
}

/* "FIFO Interrupt Mode Operation" */
static void interrupts_at_the_trigger_level(struct kunit *test)
{
	static const struct { u8 fcr, level; } t[] = {
		{ UART_FCR_TRIGGER_1, 1 }, { UART_FCR_TRIGGER_4, 4 },
		{ UART_FCR_TRIGGER_8, 8 }, { UART_FCR_TRIGGER_14, 14 },
	};
	struct wire *w;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(t); i++) {
		w = new_wire(test);
		out(w, UART_MCR, UART_MCR_OUT2);
		out(w, UART_FCR, FIFO_ON | t[i].fcr);
		out(w, UART_IER, UART_IER_RDI);
		if (t[i].level > 1) {
			arrive(w, 0, t[i].level - 1);
			KUNIT_EXPECT_EQ(test, in(w, UART_IIR), FIFOS | UART_IIR_RX_TIMEOUT);
		}
		arrive(w, 0, 1);
		KUNIT_EXPECT_EQ(test, in(w, UART_IIR), FIFOS | UART_IIR_RDI);
		KUNIT_EXPECT_EQ(test, w->level, 1);
		while (in(w, UART_LSR) & UART_LSR_DR)
			in(w, UART_RX);
		KUNIT_EXPECT_EQ(test, in(w, UART_IIR), FIFOS | NO_INT);
		KUNIT_EXPECT_EQ(test, w->level, 0);
	}
}

/* "Interrupt Identification Register": the transmitter's */
static void interrupts_when_empty(struct kunit *test)
{
	struct wire *w = new_wire(test);

	out(w, UART_MCR, UART_MCR_OUT2);
	out(w, UART_IER, UART_IER_THRI);
	KUNIT_EXPECT_EQ(test, w->rises, 1);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), UART_IIR_THRI);
	KUNIT_EXPECT_EQ(test, w->level, 0);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), NO_INT);
	out(w, UART_TX, 'a');
	KUNIT_EXPECT_EQ(test, w->rises, 2);
	/* Each character gives an edge, whether IIR was read or not */
	out(w, UART_TX, 'b');
	KUNIT_EXPECT_EQ(test, w->rises, 3);
	KUNIT_EXPECT_EQ(test, w->level, 1);
	in(w, UART_IIR);
	/* Enabling it again asks again */
	out(w, UART_IER, 0);
	out(w, UART_IER, UART_IER_THRI);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), UART_IIR_THRI);
}

/* "Interrupt Control Functions": four priorities, each with its own reset */
static void ranks_interrupts(struct kunit *test)
{
	struct wire *w = new_wire(test);

	loop(w, UART_MCR_OUT2);
	out(w, UART_TX, 1);
	out(w, UART_TX, 2);
	out(w, UART_MCR, UART_MCR_LOOP | UART_MCR_OUT2 | UART_MCR_RTS);
	out(w, UART_IER, 0x0f);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), UART_IIR_RLSI);
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY | UART_LSR_DR | UART_LSR_OE);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), UART_IIR_RDI);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), UART_IIR_RDI);
	in(w, UART_RX);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), UART_IIR_THRI);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), UART_IIR_MSI);
	KUNIT_EXPECT_EQ(test, w->level, 1);
	in(w, UART_MSR);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), NO_INT);
	KUNIT_EXPECT_EQ(test, w->level, 0);
}

static void reports_only_what_is_enabled(struct kunit *test)
{
	struct wire *w = new_wire(test);

	loop(w, UART_MCR_OUT2);
	out(w, UART_TX, 1);
	out(w, UART_TX, 2);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), NO_INT);
	out(w, UART_IER, UART_IER_MSI);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), NO_INT);
	KUNIT_EXPECT_EQ(test, w->rises, 0);
}

/* As a PC wires it: OUT2 lets the interrupt through */
static void gates_the_line_by_out2(struct kunit *test)
{
	struct wire *w = new_wire(test);

	out(w, UART_IER, UART_IER_RDI);
	arrive(w, 'a', 1);
	KUNIT_EXPECT_EQ(test, in(w, UART_IIR), UART_IIR_RDI);
	KUNIT_EXPECT_EQ(test, w->level, 0);
	out(w, UART_MCR, UART_MCR_OUT2);
	KUNIT_EXPECT_EQ(test, w->level, 1);
	out(w, UART_MCR, 0);
	KUNIT_EXPECT_EQ(test, w->level, 0);
}

/* "MODEM Control Register", bit 4 */
static void loops_data(struct kunit *test)
{
	struct wire *w = new_wire(test);
	u32 i;

	out(w, UART_FCR, FIFO_ON);
	loop(w, 0);
	arrive(w, 'z', 1);
	for (i = 0; i < 16; i++)
		out(w, UART_TX, i);
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY | UART_LSR_DR);
	/* One more is lost, and reported once */
	out(w, UART_TX, 16);
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY | UART_LSR_DR | UART_LSR_OE);
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY | UART_LSR_DR);
	for (i = 0; i < 16; i++)
		KUNIT_EXPECT_EQ(test, in(w, UART_RX), i);
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY);
	/* Neither SOUT nor SIN is connected */
	KUNIT_EXPECT_EQ(test, w->nr_out, 0);
	KUNIT_EXPECT_EQ(test, w->next_in, 0);
	out(w, UART_MCR, 0);
	KUNIT_EXPECT_EQ(test, in(w, UART_RX), 'z');
}

static void overruns_the_buffer(struct kunit *test)
{
	struct wire *w = new_wire(test);

	loop(w, 0);
	out(w, UART_TX, 1);
	out(w, UART_TX, 2);
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY | UART_LSR_DR | UART_LSR_OE);
	KUNIT_EXPECT_EQ(test, in(w, UART_RX), 2);
	KUNIT_EXPECT_EQ(test, in(w, UART_LSR), EMPTY);
}

static void loops_modem_lines(struct kunit *test)
{
	static const struct { u8 mcr, msr; } line[] = {
		{ UART_MCR_RTS, UART_MSR_CTS }, { UART_MCR_DTR, UART_MSR_DSR },
		{ UART_MCR_OUT1, UART_MSR_RI }, { UART_MCR_OUT2, UART_MSR_DCD },
	};
	struct wire *w = new_wire(test);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(line); i++) {
		loop(w, line[i].mcr);
		KUNIT_EXPECT_EQ(test, in(w, UART_MSR), line[i].msr);
	}
}

/* "MODEM Status Register", bits 0 to 3 */
static void tells_changes_once(struct kunit *test)
{
	struct wire *w = new_wire(test);

	loop(w, 0);
	out(w, UART_MCR, UART_MCR_LOOP | 0x0f);
	/* The start of a ring isn't reported */
	KUNIT_EXPECT_EQ(test, in(w, UART_MSR),
			0xf0 | UART_MSR_DCTS | UART_MSR_DDSR | UART_MSR_DDCD);
	KUNIT_EXPECT_EQ(test, in(w, UART_MSR), 0xf0);
	out(w, UART_MCR, UART_MCR_LOOP | 0x0b);
	KUNIT_EXPECT_EQ(test, in(w, UART_MSR), 0xb0 | UART_MSR_TERI);
	/* There and back is a change as well */
	out(w, UART_MCR, UART_MCR_LOOP | 0x09);
	out(w, UART_MCR, UART_MCR_LOOP | 0x0b);
	KUNIT_EXPECT_EQ(test, in(w, UART_MSR), 0xb0 | UART_MSR_DCTS);
}

static struct kunit_case uart_cases[] = {
	KUNIT_CASE(resets),
	KUNIT_CASE(keeps_what_is_written),
	KUNIT_CASE(switches_to_the_divisor),
	KUNIT_CASE(sends),
	KUNIT_CASE(ignores_writes_to_status),
	KUNIT_CASE(receives_one_by_one),
	KUNIT_CASE(leaves_early_input_on_the_line),
	KUNIT_CASE(takes_no_more_than_the_fifo_holds),
	KUNIT_CASE(clears_fifos),
	KUNIT_CASE(interrupts_at_the_trigger_level),
	KUNIT_CASE(interrupts_when_empty),
	KUNIT_CASE(ranks_interrupts),
	KUNIT_CASE(reports_only_what_is_enabled),
	KUNIT_CASE(gates_the_line_by_out2),
	KUNIT_CASE(loops_data),
	KUNIT_CASE(overruns_the_buffer),
	KUNIT_CASE(loops_modem_lines),
	KUNIT_CASE(tells_changes_once),
	{}
};

static struct kunit_suite uart_suite = {
	.name = "atoll_uart",
	.test_cases = uart_cases,
};

kunit_test_suite(uart_suite);
