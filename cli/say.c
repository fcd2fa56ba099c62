// SPDX-License-Identifier: GPL-2.0-only
/*
 * Talk, all of it on stderr: "atoll: VERB SUBJECT: sentence".
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli.h"
#include "nl.h"

void say(const char *fmt, ...)
{
	va_list ap;

	fputs("atoll: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static void say_prefix(const struct call *call, const char *subject)
{
	fprintf(stderr, "atoll: %s", call->command->name);
	if (subject)
		fprintf(stderr, " %s", subject);
	fputs(": ", stderr);
}

/**
 * refuse() - say why a verb was not done
 * @subject: the guest that it was about, or NULL
 *
 * Return: the exit status.
 */
int refuse(const struct call *call, const char *subject, const char *fmt, ...)
{
	va_list ap;

	say_prefix(call, subject);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return CLI_REFUSED;
}

/* The same, in the words of the kernel or of the way to it */
int refuse_wire(const struct call *call, const char *subject)
{
	return refuse(call, subject, "%s", wire_sentence());
}

/* The module can't be reached at all, whatever the verb */
int unreachable(void)
{
	say("%s", wire_sentence());
	return CLI_REFUSED;
}

/**
 * usage() - say what is wrong with the words of a call, and how they go
 *
 * Return: the exit status.
 */
int usage(const struct call *call, const char *fmt, ...)
{
	va_list ap;

	say_prefix(call, NULL);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, "\nTry: atoll %s --help\n", call->command->name);
	return CLI_USAGE;
}

/* Memory for a command that lives for one verb: without it, give up */
void *must(void *allocated)
{
	if (allocated)
		return allocated;
	say("out of memory");
	exit(CLI_REFUSED);
}
