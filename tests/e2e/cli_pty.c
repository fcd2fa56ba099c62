// SPDX-License-Identifier: GPL-2.0-only
/*
 * cli_pty TEXT KEYS COMMAND...: a user at a terminal.  Runs the command on a
 * pty, passes its output through, and once TEXT came by, types KEYS, in which
 * ^X is control-X; KEYS "TERM" or "INT" sends the signal instead.
 *
 * Exits with the command's status (128 + n: killed by signal n), or 200 if
 * the terminal's settings were not as before, 201 if TEXT never came.
 */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

enum { BAD_USAGE = 199, NOT_RESTORED = 200, NO_TEXT = 201 };

static void type_keys(int master, const char *keys)
{
	char c;

	for (; *keys; keys++) {
		c = *keys;
		if (c == '^' && keys[1])
			c = *++keys & 0x1f;
		if (write(master, &c, 1) != 1)
			return;
	}
}

static pid_t spawn(int slave, char **argv)
{
	pid_t pid = fork();

	if (pid)
		return pid;
	setsid();
	ioctl(slave, TIOCSCTTY, 0);
	dup2(slave, 0);
	dup2(slave, 1);
	dup2(slave, 2);
	execvp(argv[0], argv);
	_exit(127);
}

static int status_of(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

/* Returns 1 once @text has been seen in what came by */
static int pass_on(int master, const char *text)
{
	static char seen[1 << 16];
	static size_t len;
	ssize_t got;

	if (len >= sizeof(seen) - 1)
		len = 0;
	got = read(master, seen + len, sizeof(seen) - 1 - len);
	if (got <= 0)
		return 0;
	fwrite(seen + len, 1, got, stdout);
	fflush(stdout);
	len += got;
	seen[len] = '\0';
	return !!strstr(seen, text);
}

int main(int argc, char **argv)
{
	/* Compared whole, and tcgetattr() leaves the padding as it is */
	static struct termios before, after;
	struct pollfd in = { .events = POLLIN };
	int master, slave, typed = 0;
	int status;
	pid_t pid;

	if (argc < 4)
		return BAD_USAGE;
	master = posix_openpt(O_RDWR | O_NOCTTY);
	if (master < 0 || grantpt(master) || unlockpt(master))
		return BAD_USAGE;
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);
	if (slave < 0 || tcgetattr(slave, &before))
		return BAD_USAGE;
	pid = spawn(slave, argv + 3);
	in.fd = master;
	while (!waitpid(pid, &status, WNOHANG)) {
		if (poll(&in, 1, 50) <= 0 || !pass_on(master, argv[1]) || typed)
			continue;
		typed = 1;
		if (!strcmp(argv[2], "TERM"))
			kill(pid, SIGTERM);
		else if (!strcmp(argv[2], "INT"))
			kill(pid, SIGINT);
		else
			type_keys(master, argv[2]);
	}
	while (poll(&in, 1, 50) > 0)
		pass_on(master, argv[1]);
	tcgetattr(slave, &after);
	if (memcmp(&before, &after, sizeof(before)))
		return NOT_RESTORED;
	return typed ? status_of(status) : NO_TEXT;
}
