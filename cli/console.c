// SPDX-License-Identifier: GPL-2.0-only
/*
 * Carries bytes between a guest's tty and stdin and stdout until the guest
 * has ended and all that it printed is out, or until somebody says stop.
 *
 * Signals come in as data, so that there is one way out, and on it the
 * terminal gets its settings back.  This file never changes a guest's state.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "console.h"
#include "vm.h"

#define ESCAPE_KEY	0x1d	/* Ctrl-] */
/* What a pipe takes without blocking once it says that it takes any */
#define BUFFER_LEN	4096
/* How often to look after output that the tty has not passed on yet */
#define DRAIN_MS	20
/* How long such output may stand still before it is given up */
#define DRAIN_TRIES	250

struct buffer {
	char data[BUFFER_LEN];
	size_t len;
};

/**
 * struct console - an attachment
 * @wire:		for questions
 * @events:	subscribed before any question is asked, so that no change
 *		of state falls between
 * @tty:	the guest's serial port, -1: not open
 * @from_guest:	read from the tty, not yet on stdout
 * @to_guest:	read from stdin, not yet on the tty
 * @stdin_open:	stdin has not come to its end
 * @is_terminal: stdin is a terminal, and @saved its settings
 * @look:	the guest's state may have changed
 * @tries:	how often pending output was found unmoved
 */
struct console {
	struct call *call;
	struct wire *wire;
	struct wire *events;
	const char *name;
	struct vm *vm;
	int signals;
	int signal;
	int tty;
	struct buffer from_guest;
	struct buffer to_guest;
	int stdin_open;
	int is_terminal;
	struct termios saved;
	int look;
	int tries;
	u32 pending;
};

enum { POLL_SIGNAL, POLL_EVENTS, POLL_TTY, POLL_STDIN, POLL_STDOUT, NR_POLLS };

static int catch_signals(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	struct sigaction action;
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		/* What nohup or a shell's & had ignored stays ignored */
		if (!sigaction(signals[i], NULL, &action) &&
		    action.sa_handler != SIG_IGN)
			sigaddset(&set, signals[i]);
	}
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	/* Stopping with the terminal raw would leave it so; EPIPE is enough */
	signal(SIGTSTP, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

/**
 * console_new() - get ready to attach
 *
 * From here on the usual signals wait for console_attach().
 *
 * Return: NULL after having said why.
 */
struct console *console_new(struct call *call)
{
	struct console *console = must(calloc(1, sizeof(*console)));

	console->call = call;
	console->tty = -1;
	console->stdin_open = 1;
	console->signals = -1;
	console->wire = wire_open();
	if (console->wire)
		console->events = wire_open_events();
	if (!console->events) {
		unreachable();
		goto failed;
	}
	console->signals = catch_signals();
	if (console->signals >= 0)
		return console;
	refuse(call, NULL, "signalfd: %s", strerror(errno));
failed:
	console_free(console);
	return NULL;
}

void console_free(struct console *console)
{
	wire_close(console->events);
	wire_close(console->wire);
	if (console->signals >= 0)
		close(console->signals);
	free(console);
}

struct wire *console_wire(struct console *console)
{
	return console->wire;
}

int console_signal(struct console *console)
{
	return console->signal;
}

static int open_tty(struct console *console)
{
	struct termios raw;
	char path[48];

	snprintf(path, sizeof(path), "/dev/%s", console->vm->console);
	console->tty = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (console->tty < 0) {
		refuse(console->call, console->name, "%s: %s", path,
		       strerror(errno));
		return -1;
	}
	/* It begins raw, but whoever used it last may have left it otherwise */
	if (!tcgetattr(console->tty, &raw)) {
		cfmakeraw(&raw);
		tcsetattr(console->tty, TCSANOW, &raw);
	}
	return 0;
}

static void terminal_raw(struct console *console)
{
	struct termios raw;

	if (tcgetattr(STDIN_FILENO, &console->saved))
		return;
	console->is_terminal = 1;
	raw = console->saved;
	cfmakeraw(&raw);
	tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
	fprintf(stderr, "atoll: attached to %s; Ctrl-] leaves\r\n",
		console->name);
}

static void terminal_restore(struct console *console)
{
	if (console->is_terminal)
		tcsetattr(STDIN_FILENO, TCSADRAIN, &console->saved);
}

static int would_block(ssize_t len)
{
	return len < 0 && (errno == EAGAIN || errno == EINTR);
}

/* Returns -1 if the other end is gone */
static int drain(struct buffer *buffer, int fd)
{
	ssize_t len = write(fd, buffer->data, buffer->len);

	if (would_block(len))
		return 0;
	if (len < 0)
		return -1;
	buffer->len -= len;
	memmove(buffer->data, buffer->data + len, buffer->len);
	return 0;
}

/* Returns how much came in, 0: nothing there, -1: hung up */
static int read_tty(struct console *console)
{
	struct buffer *buffer = &console->from_guest;
	ssize_t len = read(console->tty, buffer->data, BUFFER_LEN);

	if (would_block(len))
		return 0;
	if (len <= 0)
		return -1;
	buffer->len = len;
	return len;
}

/*
 * A terminal is read even when the guest takes nothing, since the escape key
 * must work then too; what does not fit is lost.  A pipe waits instead.
 */
static int wants_stdin(const struct console *console)
{
	return console->stdin_open &&
	       (console->is_terminal || !console->to_guest.len);
}

/* Returns 1 if the user wants to leave */
static int read_stdin(struct console *console)
{
	struct buffer *buffer = &console->to_guest;
	char typed[BUFFER_LEN];
	char *escape = NULL;
	ssize_t len;

	len = read(STDIN_FILENO, typed, sizeof(typed));
	if (would_block(len))
		return 0;
	if (len <= 0) {
		console->stdin_open = 0;
		return 0;
	}
	if (console->is_terminal)
		escape = memchr(typed, ESCAPE_KEY, len);
	if (escape)
		len = escape - typed;
	if ((size_t)len > BUFFER_LEN - buffer->len)
		len = BUFFER_LEN - buffer->len;
	memcpy(buffer->data + buffer->len, typed, len);
	buffer->len += len;
	return !!escape;
}

static void note_event(const struct vm *vm, int event, void *data)
{
	struct console *console = data;

	(void)event;
	if (vm->id == console->vm->id)
		console->look = 1;
}

/* Returns -1 if the guest that was attached to is no more */
static int look(struct console *console)
{
	u32 id = console->vm->id;
	struct vm now;

	console->look = 0;
	if (wire_vm_get(console->wire, console->name, &now) || now.id != id)
		return -1;
	*console->vm = now;
	return 0;
}

static int read_events(struct console *console)
{
	int lost = wire_events(console->events, note_event, console);

	if (lost)
		console->look = 1;
	return lost < 0 ? -1 : 0;
}

/*
 * All is out when the module holds nothing back and then another read finds
 * nothing: output goes from the module through the tty, never the other way.
 *
 * Returns 1 when there is no more to come.
 */
static int is_drained(struct console *console)
{
	if (console->from_guest.len || look(console))
		return 0;
	if (!vm_has_ended(console->vm))
		return 0;
	if (!console->vm->console_pending)
		return read_tty(console) <= 0;
	if (console->vm->console_pending != console->pending)
		console->tries = 0;
	console->pending = console->vm->console_pending;
	if (++console->tries < DRAIN_TRIES)
		return 0;
	say("%s: %u bytes of output did not come through", console->name,
	    console->pending);
	return 1;
}

static int wait_for_any(struct console *console, struct pollfd *polls)
{
	int timeout = vm_has_ended(console->vm) ? DRAIN_MS : -1;

	memset(polls, 0, NR_POLLS * sizeof(*polls));
	polls[POLL_SIGNAL] = (struct pollfd){ console->signals, POLLIN, 0 };
	polls[POLL_EVENTS] = (struct pollfd){ wire_fd(console->events), POLLIN, 0 };
	polls[POLL_TTY].fd = console->tty;
	if (!console->from_guest.len)
		polls[POLL_TTY].events |= POLLIN;
	if (console->to_guest.len)
		polls[POLL_TTY].events |= POLLOUT;
	polls[POLL_STDIN].fd = wants_stdin(console) ? STDIN_FILENO : -1;
	polls[POLL_STDIN].events = POLLIN;
	polls[POLL_STDOUT].fd = console->from_guest.len ? STDOUT_FILENO : -1;
	polls[POLL_STDOUT].events = POLLOUT;
	return poll(polls, NR_POLLS, timeout);
}

#define GO_ON	(-1)

/* Moves what can be moved; returns an enum console_end, or GO_ON */
static int step(struct console *console, const struct pollfd *polls)
{
	struct signalfd_siginfo info;

	if (polls[POLL_SIGNAL].revents &&
	    read(console->signals, &info, sizeof(info)) == sizeof(info)) {
		console->signal = info.ssi_signo;
		return CONSOLE_SIGNALLED;
	}
	if (polls[POLL_STDIN].revents && read_stdin(console))
		return CONSOLE_ESCAPED;
	if (polls[POLL_STDOUT].revents &&
	    drain(&console->from_guest, STDOUT_FILENO))
		return CONSOLE_DEAF;
	if ((polls[POLL_TTY].revents & POLLOUT) &&
	    drain(&console->to_guest, console->tty))
		return CONSOLE_GONE;
	if ((polls[POLL_TTY].revents & ~POLLOUT) && !console->from_guest.len &&
	    read_tty(console) < 0)
		return CONSOLE_GONE;
	if (polls[POLL_EVENTS].revents && read_events(console)) {
		refuse_wire(console->call, console->name);
		return CONSOLE_FAILED;
	}
	if (console->look && look(console))
		return CONSOLE_GONE;
	return GO_ON;
}

static enum console_end carry(struct console *console)
{
	struct pollfd polls[NR_POLLS];
	int end = GO_ON;
	int ready;

	while (end == GO_ON) {
		ready = wait_for_any(console, polls);
		if (ready < 0 && errno != EINTR) {
			refuse(console->call, console->name, "poll: %s",
			       strerror(errno));
			return CONSOLE_FAILED;
		}
		if (ready > 0)
			end = step(console, polls);
		else if (!ready && is_drained(console))
			end = CONSOLE_ENDED;
	}
	return end;
}

/**
 * console_attach() - carry bytes until there is a reason to stop
 * @vm: filled with the guest's last known state
 */
enum console_end console_attach(struct console *console, const char *name,
				struct vm *vm)
{
	enum console_end end;

	console->name = name;
	console->vm = vm;
	if (wire_vm_get(console->wire, name, vm)) {
		refuse_wire(console->call, name);
		return CONSOLE_FAILED;
	}
	if (open_tty(console))
		return CONSOLE_FAILED;
	terminal_raw(console);
	end = carry(console);
	terminal_restore(console);
	close(console->tty);
	console->tty = -1;
	return end;
}
