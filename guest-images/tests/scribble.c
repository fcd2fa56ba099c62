// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two CPUs that write all the time: in each round they turn each second 2 MiB of
 * RAM, page by page and in turns, from zero to a pattern and the others from that to
 * zero, and see that each page is as they left it.  Goes on until a byte arrives on
 * its serial port.  Words of the command line:
 *
 *	rounds=N	end after so many in any case
 *
 * expect: exit 0
 * append: rounds=4
 * memory: 8M
 * vcpus: 2
 */
#include "apic.h"
#include "guest.h"

#define CPUS		2
#define LAST		(PAGE_BYTES / sizeof(ulong) - 1)

static volatile u32 stop, gone;
static volatile ulong wrong[CPUS], rounds[CPUS];
static ulong end, limit;

static ulong first(void)
{
	return ((ulong)image_end + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

/* What the page's first and last word are after a round */
static ulong word(ulong page, ulong round)
{
	return ((page >> 21) + round) & 1 ? (page + round) * 0x9e3779b97f4a7c15UL | 1 : 0;
}

static void write_page(ulong id, ulong page, ulong round)
{
	volatile ulong *p = (volatile ulong *)page;
	ulong old = word(page, round - 1), new = word(page, round);

	/* Before the first round the boot loader's words are there */
	wrong[id] += round > 1 && (p[0] != old || p[LAST] != old);
	p[0] = new;
	p[LAST] = new;
	wrong[id] += p[0] != new || p[LAST] != new;
}

static void scribble(ulong id)
{
	ulong page, round;

	for (round = 1; !stop && round <= limit; round++) {
		for (page = first() + id * PAGE_BYTES; page < end; page += CPUS * PAGE_BYTES)
			write_page(id, page, round);
		rounds[id] = round;
		if (!id && (uart_in(UART_LSR) & UART_LSR_DR))
			stop = 1;
	}
}

static void ap(ulong id)
{
	scribble(id);
	gone = 1;
	for (;;)
		asm volatile("cli\n\thlt");
}

int main(void)
{
	ulong id;

	limit = boot_number("rounds", -1UL);
	end = boot_ram_end();
	for (id = first(); id < end; id += PAGE_BYTES)
		memset((void *)id, 0, PAGE_BYTES);
	ap_prepare();
	ap_main = ap;
	ap_start(1);
	printf("begins\n");
	scribble(0);
	while (!gone)
		barrier();
	for (id = 0; id < CPUS; id++)
		report(rounds[id] && !wrong[id], "CPU %lu: %lu rounds, and %lu pages were wrong",
		       id, rounds[id], wrong[id]);
	return report_summary();
}
