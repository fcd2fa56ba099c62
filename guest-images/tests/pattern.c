// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fills all RAM behind its image with a pattern, each word another, and looks in
 * rounds that each word is still there, whatever goes on beside it.  Goes on until
 * a byte arrives on its serial port.  Words of the command line:
 *
 *	rounds=N	end after so many in any case
 *	holes		clear each second 2 MiB once all is filled, leave that alone
 *			until the end, and then see that it is zero, and can be filled
 *	pages		the same with three of each four pages of 4 KiB
 *
 * expect: exit 0
 * append: rounds=2
 * memory: 16M
 * expect: exit 0
 * append: rounds=2 holes
 * memory: 8M
 * expect: exit 0
 * append: rounds=2 pages
 * memory: 4M
 */
#include "guest.h"

#define HOLE_BYTES	(2UL << 20)

static int holes, pages;

static ulong pattern(ulong addr)
{
	return (addr + 1) * 0x9e3779b97f4a7c15UL;
}

static ulong first(void)
{
	return ((ulong)image_end + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

static int in_hole(ulong addr)
{
	return (holes && (addr / HOLE_BYTES & 1)) || (pages && (addr / PAGE_BYTES & 3));
}

/* How many words are not as they were written, and where the first is */
static ulong look(ulong end, ulong *where)
{
	ulong addr, wrong = 0;

	for (addr = first(); addr < end; addr += sizeof(ulong))
		if (!in_hole(addr) && *(volatile ulong *)addr != pattern(addr) && !wrong++)
			*where = addr;
	return wrong;
}

/* Cleared, or filled again; how many words of the holes were not zero before that */
static ulong write_holes(ulong end, int fill)
{
	ulong addr, dirty = 0;

	for (addr = first(); addr < end; addr += sizeof(ulong)) {
		if (!in_hole(addr))
			continue;
		dirty += *(volatile ulong *)addr != 0;
		*(volatile ulong *)addr = fill ? pattern(addr) : 0;
	}
	return dirty;
}

static void check_holes(ulong end)
{
	ulong dirty = write_holes(end, 1), where = 0, wrong;

	report(!dirty, "holes: %lu words are not zero", dirty);
	holes = 0;
	pages = 0;
	wrong = look(end, &where);
	report(!wrong, "without holes: %lu words have changed, from %lx on", wrong, where);
}

int main(void)
{
	/* The boot loader's words are gone once RAM is filled */
	ulong rounds = boot_number("rounds", -1UL), end = boot_ram_end();
	int with_holes = boot_has("holes"), with_pages = boot_has("pages");
	ulong addr, i, wrong, where = 0;

	for (addr = first(); addr < end; addr += sizeof(ulong))
		*(volatile ulong *)addr = pattern(addr);
	holes = with_holes;
	pages = with_pages;
	write_holes(end, 0);
	printf("filled: %lu KiB\n", (end - first()) / 1024);
	for (i = 1; i <= rounds; i++) {
		wrong = look(end, &where);
		report(!wrong, "round %lu: %lu words have changed, from %lx on", i, wrong, where);
		if (wrong || (uart_in(UART_LSR) & UART_LSR_DR))
			break;
	}
	if (with_holes || with_pages)
		check_holes(end);
	return report_summary();
}
