// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAM that comes when it is used: some is read first and then written, some written at
 * once, some never more than read, and far apart.  Words of the command line:
 *
 *	wait	begin when a byte arrives on the serial port, and end when another does
 *
 * expect: exit 0
 * memory: 16M
 */
#include "guest.h"

#define STEP	(2 * MIB)

static void read_then_write(ulong gpa)
{
	volatile ulong *word = (volatile ulong *)(gpa + 24), was = *word;

	*word = gpa;
	report(!was && *word == gpa && !word[1], "%lx: zero, and then what was written", gpa);
}

static void write_at_once(ulong gpa)
{
	volatile ulong *word = (volatile ulong *)(gpa + STEP - 8);

	*word = ~gpa;
	report(*word == ~gpa && !word[-1], "%lx: what was written", gpa);
}

static void only_read(ulong gpa)
{
	report(!*(volatile ulong *)gpa && !*(volatile ulong *)(gpa + STEP - 8), "%lx: zero", gpa);
}

int main(void)
{
	ulong end = boot_ram_end() & ~(STEP - 1);
	int wait = boot_has("wait");

	printf("begins\n");
	if (wait)
		uart_getc();
	read_then_write(end - STEP);
	only_read(end - 2 * STEP);
	write_at_once(end - 3 * STEP);
	read_then_write(end - 3 * STEP + PAGE_BYTES);
	printf("used\n");
	if (wait)
		uart_getc();
	return report_summary();
}
