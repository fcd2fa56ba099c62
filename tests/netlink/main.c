// SPDX-License-Identifier: GPL-2.0-only
/* nltest's arguments, and its count of what is right and what is not. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "nltest.h"

static unsigned int nr_good, nr_bad;

void check(bool good, const char *fmt, ...)
{
	va_list args;

	printf("%s ", good ? "ok" : "FAIL");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	if (good)
		nr_good++;
	else
		nr_bad++;
}

void die(const char *fmt, ...)
{
	va_list args;

	printf("FAIL ");
	va_start(args, fmt);
	vprintf(fmt, args);
	va_end(args);
	putchar('\n');
	exit(1);
}

static void usage(int status)
{
	fputs("usage: nltest [malformed|headers|values|states|fuzz]...\n"
	      "       nltest --unprivileged\n"
	      "       nltest --fail-nth COMMAND|all\n"
	      "Send the atoll family what no sane program would; see that it is refused\n"
	      "and that nothing has changed.  Wants root and no guests.\n",
	      status ? stderr : stdout);
	exit(status);
}

static const struct {
	const char *name;
	void (*run)(void);
} parts[] = {
	{ "malformed", test_malformed },
	{ "headers", test_headers },
	{ "values", test_values },
	{ "states", test_states },
	{ "fuzz", test_fuzz },
};

#define NR_PARTS	ARRAY_SIZE(parts)

static bool is_wanted(const char *name, char **wanted)
{
	if (!*wanted)
		return true;
	for (; *wanted; wanted++)
		if (!strcmp(*wanted, name))
			return true;
	return false;
}

static void check_wanted(char **wanted)
{
	unsigned int i;

	for (; *wanted; wanted++) {
		for (i = 0; i < NR_PARTS && strcmp(*wanted, parts[i].name); i++)
			;
		if (i == NR_PARTS)
			usage(2);
	}
}

static int result(void)
{
	printf("%u ok, %u not\n", nr_good, nr_bad);
	return nr_bad || !nr_good;
}

int main(int argc, char **argv)
{
	unsigned int i;

	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc == 2 && !strcmp(argv[1], "--help"))
		usage(0);
	if (argc == 2 && !strcmp(argv[1], "--unprivileged")) {
		sock_open();
		test_privilege();
		return result();
	}
	if (argc == 3 && !strcmp(argv[1], "--fail-nth")) {
		sock_open();
		world_open();
		test_fail_nth(argv[2]);
		world_close();
		return result();
	}
	check_wanted(argv + 1);

	sock_open();
	world_open();
	for (i = 0; i < NR_PARTS; i++)
		if (is_wanted(parts[i].name, argv + 1))
			parts[i].run();
	world_close();
	return result();
}
