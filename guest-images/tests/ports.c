// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every port, in each width: no harm, and all-ones where there is nothing.
 * Written as well, but for the exit port.
 *
 * expect: exit 0
 */
#include "guest.h"

#define EXIT_PORT	0xf4

static int is_claimed(u32 port)
{
	/* Clock, power management, reset and panic ports; the keyboard's reads all-ones */
	if ((port & ~1U) == 0x70 || (port >= 0x600 && port < 0x60c) || port == 0x64 ||
	    port == 0xb2 || port == 0xcf9 || port == 0x505)
		return 1;
	/* The interrupt controllers, and their edge/level registers */
	return (port & ~1U) == 0x20 || (port & ~1U) == 0xa0 || (port & ~1U) == 0x4d0 ||
	       /* The interval timer, and the port where its counter 2 is seen */
	       (port >= PIT_COUNTER(0) && port <= PIT_CONTROL) || port == PIT_PORT61 ||
	       port == EXIT_PORT ||
	       (port >= UART_PORT && port < UART_PORT + 8);
}

/* Does any byte of the access belong to a device? */
static int any_claimed(u32 port, u32 len)
{
	u32 i;

	for (i = 0; i < len; i++)
		if (is_claimed((port + i) & 0xffff))
			return 1;
	return 0;
}

/* Does any byte of the access end the guest? */
static int ends_guest(u32 port, u32 len)
{
	return port <= EXIT_PORT && port + len > EXIT_PORT;
}

static void check_reads(void)
{
	u32 port, wrong = 0;

	for (port = 0; port < 0x10000; port++) {
		u32 b = inb(port);
		u32 w = inw(port);
		u32 l = inl(port);

		if ((any_claimed(port, 1) || b == 0xff) &&
		    (any_claimed(port, 2) || w == 0xffff) &&
		    (any_claimed(port, 4) || l == 0xffffffff))
			continue;
		wrong++;
		printf("  port %x reads %x, %x, %x\n", port, b, w, l);
	}
	report(!wrong, "each unclaimed port reads all-ones in each width, %u do not", wrong);
}

static void check_writes(void)
{
	u32 port;

	for (port = 0; port < 0x10000; port++) {
		if (any_claimed(port, 4))
			continue;
		switch (port % 3) {
		case 0:
			outb(port, port);
			break;
		case 1:
			outw(port, port);
			break;
		default:
			outl(port, port);
		}
	}
	report(1, "each unclaimed port takes a write");
}

/* Wider accesses than a device has registers, and across its edges */
static void check_edges(void)
{
	u32 port, ok = 1;

	uart_drain();
	for (port = UART_PORT - 3; port < UART_PORT + 8; port++) {
		inw(port);
		inl(port);
	}
	for (port = EXIT_PORT - 4; port <= EXIT_PORT + 1; port++) {
		inl(port);
		if (!ends_guest(port, 2))
			outw(port, 0xffff);
	}
	outw(0x20, 0);
	outl(0xa0 - 3, 0);
	inl(0xffff);
	outl(0xffff, 0);
	inl(0xfffe);
	uart_init();
	uart_out(UART_SCR, 0x5a);
	ok = uart_in(UART_SCR) == 0x5a;
	report(ok, "accesses across the edges of devices do no harm");
	report(inb(EXIT_PORT) == 0xff, "the exit port reads all-ones, %x", inb(EXIT_PORT));
}

/* The register's other bytes are no business of a narrow IN */
static void check_registers(void)
{
	ulong rax = ~0UL;

	asm volatile("inb %w1, %%al" : "+a"(rax) : "d"(UART_PORT + UART_SCR));
	report(rax >> 8 == ~0UL >> 8, "IN AL leaves the rest of RAX alone, %lx", rax);
	rax = ~0UL << 16;
	asm volatile("inw %w1, %%ax" : "+a"(rax) : "d"(0x1234));
	report(rax == ~0UL, "IN AX leaves the rest of RAX alone, %lx", rax);
	rax = ~0UL << 32;
	asm volatile("inl %w1, %%eax" : "+a"(rax) : "d"(0x1234));
	report(rax == 0xffffffff, "IN EAX clears the upper half of RAX, %lx", rax);
}

int main(void)
{
	check_registers();
	check_edges();
	check_writes();
	check_reads();
	return report_summary();
}
