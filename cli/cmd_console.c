// SPDX-License-Identifier: GPL-2.0-only
/*
 * console: attach to the serial port of a guest that is there.
 */
#include "cli.h"
#include "console.h"

int cmd_console(struct call *call)
{
	struct console *console = console_new(call);
	const char *name = call->args[0];
	int status = CLI_DONE;
	struct vm vm;

	if (!console)
		return CLI_REFUSED;
	switch (console_attach(console, name, &vm)) {
	case CONSOLE_ENDED:
	case CONSOLE_ESCAPED:
	case CONSOLE_DEAF:
		break;
	case CONSOLE_SIGNALLED:
		status = 128 + console_signal(console);
		break;
	case CONSOLE_GONE:
		status = refuse(call, name, "undefined while attached");
		break;
	case CONSOLE_FAILED:
		status = CLI_REFUSED;
		break;
	}
	console_free(console);
	return status;
}
