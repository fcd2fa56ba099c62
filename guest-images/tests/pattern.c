// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fills all RAM behind its image with a pattern, each word another, and looks in
 * rounds that each word is still there, whatever goes on beside it.  Goes on until
 * a byte arrives on its serial port.  Words of the command line:
 *
 *	rounds=N	end after so many in any case
 *
 * expect: exit 0
 * append: rounds=2
 * memory: 16M
 */
#include "guest.h"

static ulong pattern(ulong addr)
{
	return (addr + 1) * 0x9e3779b97f4a7c15UL;
}

static ulong first(void)
{
	return ((ulong)image_end + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

/* How many words are not as they were written, and where the first is */
static ulong look(ulong end, ulong *where)
{
	ulong addr, wrong = 0;

	for (addr = first(); addr < end; addr += sizeof(ulong))
		if (*(volatile ulong *)addr != pattern(addr) && !wrong++)
			*where = addr;
	return wrong;
}

int main(void)
{
	/* The boot loader's words are gone once RAM is filled */
	ulong rounds = boot_number("rounds", -1UL), end = boot_ram_end();
	ulong addr, i, wrong, where = 0;

	for (addr = first(); addr < end; addr += sizeof(ulong))
		*(volatile ulong *)addr = pattern(addr);
	printf("filled: %lu KiB\n", (end - first()) / 1024);
	for (i = 1; i <= rounds; i++) {
		wrong = look(end, &where);
		report(!wrong, "round %lu: %lu words have changed, from %lx on", i, wrong, where);
		if (wrong || (uart_in(UART_LSR) & UART_LSR_DR))
			break;
	}
	return report_summary();
}
