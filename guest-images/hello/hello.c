// SPDX-License-Identifier: GPL-2.0-only
/*
 * The first guest: says where it is, and ends.  Words of the command line:
 *
 *	code=N	end with this code, 0 if absent
 *	echo	say back each line of input, until an empty one
 *	lines=N	print N numbered lines
 *	forever	print a line now and then, without end
 */
#include "guest.h"

#define LINE_MAX	256

/* One line of input into @line; returns its length */
static size_t read_line(char *line)
{
	size_t len = 0;
	char c;

	for (;;) {
		c = uart_getc();
		if (c == '\r' || c == '\n')
			break;
		if (len < LINE_MAX - 1)
			line[len++] = c;
	}
	line[len] = 0;
	return len;
}

static void echo(void)
{
	char line[LINE_MAX];

	printf("say something, an empty line ends it\n");
	while (read_line(line))
		printf("you said: %s\n", line);
}

static void print_forever(void)
{
	ulong n, i;

	for (n = 1;; n++) {
		printf("still here, %lu\n", n);
		for (i = 0; i < 20000000; i++)
			barrier();
	}
}

int main(void)
{
	ulong lines = boot_number("lines", 0), i;

	printf("hello from a guest in %s mode\n",
	       rdmsr(MSR_EFER) & EFER_LMA ? "long" : "protected");
	printf("command line: %s\n", boot_cmdline());
	printf("memory: %lu KiB\n", boot_ram_end() / 1024);
	for (i = 1; i <= lines; i++)
		printf("line %lu of %lu\n", i, lines);
	if (boot_has("echo"))
		echo();
	if (boot_has("forever"))
		print_forever();
	printf("goodbye\n");
	return boot_number("code", 0);
}
