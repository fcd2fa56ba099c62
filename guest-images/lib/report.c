// SPDX-License-Identifier: GPL-2.0-only
/*
 * A check is a sentence that holds or does not.
 */
#include "print.h"
#include "report.h"

static unsigned int nr_ok, nr_failed;

int report(int holds, const char *fmt, ...)
{
	va_list ap;

	if (holds)
		nr_ok++;
	else
		nr_failed++;
	printf(holds ? "ok: " : "FAIL: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	return holds;
}

void report_skip(const char *fmt, ...)
{
	va_list ap;

	printf("skip: ");
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
}

int report_summary(void)
{
	printf("summary: %u ok, %u failed\n", nr_ok, nr_failed);
	return nr_failed || !nr_ok;
}
