// SPDX-License-Identifier: GPL-2.0-only
/*
 * A check is a sentence that holds or does not.
 */
#include "print.h"
#include "report.h"
#include "string.h"

static unsigned int nr_ok, nr_failed;

static void say(const char *verdict, const char *fmt, va_list ap)
{
	printf("%s: ", verdict);
	vprintf(fmt, ap);
	printf("\n");
}

static void judge(int holds, const char *fmt, va_list ap)
{
	if (holds)
		nr_ok++;
	else
		nr_failed++;
	say(holds ? "ok" : "FAIL", fmt, ap);
}

int report(int holds, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	judge(holds, fmt, ap);
	va_end(ap);
	return holds;
}

/* QEMU's TCG says so in the first leaf of the brand string */
int cpu_is_tcg(void)
{
	struct cpuid c = cpuid(0x80000002);

	return !memcmp(&c.eax, "QEMU TCG", 8);
}

int report_cpu(int holds, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (!holds && cpu_is_tcg())
		say("skip, not so in TCG", fmt, ap);
	else
		judge(holds, fmt, ap);
	va_end(ap);
	return holds;
}

void report_skip(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say("skip", fmt, ap);
	va_end(ap);
}

int report_summary(void)
{
	printf("summary: %u ok, %u failed\n", nr_ok, nr_failed);
	return nr_failed || !nr_ok;
}
