/* SPDX-License-Identifier: GPL-2.0-only */
/* Attaching to a guest's serial port, for `console` and `run`. */
#ifndef ATOLL_CONSOLE_H
#define ATOLL_CONSOLE_H

#include "cli.h"
#include "nl.h"

enum console_end {
	CONSOLE_ENDED,		/* the guest ended; all its output is out */
	CONSOLE_ESCAPED,	/* the user typed Ctrl-] */
	CONSOLE_SIGNALLED,	/* told to go; see the signal */
	CONSOLE_GONE,		/* undefined while attached */
	CONSOLE_DEAF,		/* nobody reads stdout any more */
	CONSOLE_FAILED,		/* has been said on stderr */
};

struct console;

struct console *console_new(struct call *call);
enum console_end console_attach(struct console *console, const char *name,
				struct vm *vm);
struct wire *console_wire(struct console *console);
int console_signal(struct console *console);
void console_free(struct console *console);

#endif
