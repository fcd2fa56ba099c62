// SPDX-License-Identifier: GPL-2.0-only
/*
 * The serial port as a driver sees it (National Semiconductor PC16550D,
 * "Registers", "FIFO Interrupt Mode Operation").  What is said about it is
 * printed when a check is over, since the port is what prints.
 *
 * expect: exit 0
 */
#include "guest.h"

#define LOOP	(UART_MCR_LOOP | UART_MCR_DTR | UART_MCR_RTS | UART_MCR_OUT2)

static void loop_on(u8 fcr)
{
	uart_drain();
	uart_out(UART_MCR, LOOP);
	uart_out(UART_FCR, 0);
	if (fcr)
		uart_out(UART_FCR, fcr | UART_FCR_CLEAR);
	uart_in(UART_RBR);
	uart_in(UART_LSR);
	uart_in(UART_MSR);
	uart_in(UART_IIR);
}

static u8 iir(void)
{
	return uart_in(UART_IIR) & UART_IIR_ID;
}

static void check_registers(void)
{
	u32 i, scratch = 1, ier, mcr, lcr, dll, dlm;

	uart_drain();
	for (i = 0; i < 256; i++) {
		uart_out(UART_SCR, i);
		scratch &= uart_in(UART_SCR) == i;
	}
	uart_out(UART_IER, 0xff);
	ier = uart_in(UART_IER);
	uart_out(UART_IER, 0);
	uart_out(UART_MCR, 0xff);
	mcr = uart_in(UART_MCR);
	uart_out(UART_MCR, UART_MCR_DTR | UART_MCR_RTS);
	uart_out(UART_LCR, 0x1b);
	lcr = uart_in(UART_LCR);
	uart_out(UART_LCR, UART_LCR_DLAB | UART_LCR_8N1);
	uart_out(UART_DLL, 0x12);
	uart_out(UART_DLM, 0x34);
	dll = uart_in(UART_DLL);
	dlm = uart_in(UART_DLM);
	uart_init();
	report(scratch, "the scratch register keeps each value");
	report(ier == 0x0f, "IER has four bits, %x", ier);
	report(mcr == 0x1f, "MCR has five bits, %x", mcr);
	report(lcr == 0x1b, "LCR keeps what is written, %x", lcr);
	report(dll == 0x12 && dlm == 0x34, "DLAB shows the divisor, %x %x", dll, dlm);
	report(uart_in(UART_IER) == 0, "and hides nothing of IER for good");
}

static void check_fifo_bits(void)
{
	u8 off, on;

	uart_drain();
	uart_out(UART_FCR, 0);
	off = uart_in(UART_IIR);
	uart_out(UART_FCR, UART_FCR_ENABLE);
	on = uart_in(UART_IIR);
	report((off & UART_IIR_FIFO) == 0, "IIR shows no FIFO when it is off, %x", off);
	report((on & UART_IIR_FIFO) == UART_IIR_FIFO, "IIR shows a 16550A's FIFO, %x", on);
}

static void check_modem(void)
{
	u8 lines[16], deltas, again, ri, i, ok = 1;

	loop_on(0);
	for (i = 0; i < 16; i++) {
		uart_out(UART_MCR, UART_MCR_LOOP | i);
		lines[i] = uart_in(UART_MSR) & 0xf0;
	}
	uart_out(UART_MCR, UART_MCR_LOOP);
	uart_in(UART_MSR);
	uart_out(UART_MCR, UART_MCR_LOOP | UART_MCR_RTS);
	deltas = uart_in(UART_MSR);
	again = uart_in(UART_MSR);
	uart_out(UART_MCR, UART_MCR_LOOP | UART_MCR_OUT1);
	uart_in(UART_MSR);
	uart_out(UART_MCR, UART_MCR_LOOP);
	ri = uart_in(UART_MSR);
	uart_init();
	for (i = 0; i < 16; i++)
		ok &= lines[i] == ((i & UART_MCR_RTS ? UART_MSR_CTS : 0) |
				   (i & UART_MCR_DTR ? UART_MSR_DSR : 0) |
				   (i & UART_MCR_OUT1 ? UART_MSR_RI : 0) |
				   (i & UART_MCR_OUT2 ? UART_MSR_DCD : 0));
	report(ok, "the loop leads RTS, DTR, OUT1, OUT2 to CTS, DSR, RI, DCD");
	report(deltas == (UART_MSR_CTS | 0x01), "a change of CTS shows, %x", deltas);
	report(again == UART_MSR_CTS, "and is forgotten once it is read, %x", again);
	report((ri & UART_MSR_DELTAS) == 0x04, "the end of RI shows as its trailing edge, %x", ri);
}

static void check_loop_data(void)
{
	u32 i, order = 1, ready = 1;
	u8 first, empty, overrun, once;

	loop_on(UART_FCR_ENABLE | 0xc0);
	for (i = 0; i < UART_FIFO_LEN; i++)
		uart_out(UART_THR, 0xa0 + i);
	first = uart_in(UART_LSR);
	uart_out(UART_THR, 0xee);
	overrun = uart_in(UART_LSR);
	once = uart_in(UART_LSR);
	for (i = 0; i < UART_FIFO_LEN; i++) {
		ready &= uart_in(UART_LSR) & UART_LSR_DR;
		order &= uart_in(UART_RBR) == 0xa0 + i;
	}
	empty = uart_in(UART_LSR);
	uart_init();
	report((first & (UART_LSR_DR | UART_LSR_OE)) == UART_LSR_DR, "the FIFO takes 16, %x",
	       first);
	report(overrun & UART_LSR_OE, "one more is an overrun, %x", overrun);
	report(!(once & UART_LSR_OE), "which shows once, %x", once);
	report(ready && order, "the 16 come back in order, the one more does not");
	report(!(empty & UART_LSR_DR), "then nothing is ready, %x", empty);
	report((empty & (UART_LSR_THRE | UART_LSR_TEMT)) == (UART_LSR_THRE | UART_LSR_TEMT),
	       "and the transmitter is empty");
}

static void check_without_fifo(void)
{
	u8 overrun, byte, cleared;

	loop_on(0);
	uart_out(UART_THR, 0x11);
	uart_out(UART_THR, 0x22);
	overrun = uart_in(UART_LSR);
	byte = uart_in(UART_RBR);
	uart_out(UART_FCR, UART_FCR_ENABLE);
	uart_out(UART_THR, 0x33);
	uart_out(UART_FCR, UART_FCR_ENABLE | UART_FCR_CLEAR);
	cleared = uart_in(UART_LSR);
	uart_init();
	report(overrun & UART_LSR_OE, "without FIFO the second byte is an overrun, %x", overrun);
	report(byte == 0x22, "and takes the place of the first, %x", byte);
	report(!(cleared & UART_LSR_DR), "FCR clears what was received, %x", cleared);
}

static void check_interrupts(void)
{
	u8 none, thr, thr_again, thr_rearmed, rx, rx_gone, line, line_gone, modem;

	loop_on(UART_FCR_ENABLE);
	none = iir();
	uart_out(UART_IER, UART_IER_THRI);
	thr = iir();
	thr_again = iir();
	uart_out(UART_THR, 'a');
	thr_rearmed = iir();
	uart_out(UART_THR, 'b');
	uart_out(UART_IER, 0x0f);	/* now both are pending */
	rx = iir();
	while (uart_in(UART_LSR) & UART_LSR_DR)
		uart_in(UART_RBR);
	rx_gone = iir();
	iir();
	uart_out(UART_FCR, 0);
	uart_out(UART_THR, 'c');
	uart_out(UART_THR, 'd');
	line = iir();
	uart_in(UART_LSR);
	line_gone = iir();
	uart_in(UART_RBR);
	iir();
	uart_out(UART_MCR, LOOP & ~UART_MCR_RTS);
	modem = iir();
	uart_in(UART_MSR);
	none |= iir() << 4;
	uart_init();
	report((none & 15) == UART_IIR_NONE, "no interrupt at first, %x", none & 15);
	report(thr == UART_IIR_THRI, "an empty transmitter, as soon as enabled, %x", thr);
	report(thr_again == UART_IIR_NONE, "is over once IIR is read, %x", thr_again);
	report(thr_rearmed == UART_IIR_THRI, "and is back behind the next byte, %x", thr_rearmed);
	report(rx == UART_IIR_RDI, "a received byte comes before it, %x", rx);
	report(rx_gone == UART_IIR_THRI, "and is over once it is read, %x", rx_gone);
	report(line == UART_IIR_RLSI, "an overrun comes before all, %x", line);
	report(line_gone == UART_IIR_RDI, "and is over once LSR is read, %x", line_gone);
	report(modem == UART_IIR_MSI, "a modem line comes last, %x", modem);
	report(none >> 4 == UART_IIR_NONE, "and is over once MSR is read, %x", none >> 4);
}

static void check_trigger(void)
{
	u8 below = UART_IIR_NONE, at, timeout;
	u32 i;

	loop_on(UART_FCR_ENABLE | 0x80);	/* eight */
	uart_out(UART_IER, UART_IER_RDI);
	for (i = 0; i < 7; i++)
		uart_out(UART_THR, i);
	below = iir();
	uart_out(UART_THR, 7);
	at = iir();
	for (i = 0; i < 7; i++)
		uart_in(UART_RBR);
	for (i = 0; i < 100000; i++) {
		timeout = iir();
		if (timeout != UART_IIR_NONE)
			break;
	}
	uart_init();
	report(below == UART_IIR_NONE || below == UART_IIR_CTI,
	       "seven bytes do not reach a trigger of eight, %x", below);
	report(at == UART_IIR_RDI, "eight do, %x", at);
	report(timeout == UART_IIR_CTI, "a byte that lies there times out, %x", timeout);
}

int main(void)
{
	check_registers();
	check_fifo_bits();
	check_modem();
	check_loop_data();
	check_without_fifo();
	check_interrupts();
	check_trigger();
	return report_summary();
}
