// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long a command takes until it says something:
 *
 *	until SECONDS LINE COMMAND [ARGUMENT...]
 *
 * Starts the command, reads what it writes to stdout, and prints the TSC from
 * before it was started and from when the line had been read, whatever its end
 * looks like.  Then the command is asked to terminate, and waited for.
 *
 * Exit status: 0; 1 with a sentence on stderr, and all that the command wrote,
 * when the line didn't come in time.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

#define OUTPUT_MAX	(1UL << 20)
#define END_SECONDS	60

static char output[OUTPUT_MAX];
static size_t used;
static pid_t child;

__attribute__((noreturn, format(printf, 1, 2)))
static void die(const char *fmt, ...)
{
	va_list ap;

	fwrite(output, 1, used, stderr);
	fprintf(stderr, "\nuntil: ");
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	if (child > 0)
		kill(child, SIGKILL);
	exit(1);
}

static int start(char **command)
{
	int fd[2];

	if (pipe(fd))
		die("no pipe: %s", strerror(errno));
	child = fork();
	if (child < 0)
		die("no process: %s", strerror(errno));
	if (!child) {
		dup2(fd[1], STDOUT_FILENO);
		close(fd[0]);
		close(fd[1]);
		execvp(command[0], command);
		fprintf(stderr, "until: %s: %s\n", command[0], strerror(errno));
		_exit(127);
	}
	close(fd[1]);
	return fd[0];
}

/* Looks at each line once, when it is whole */
static int is_said(const char *line)
{
	static const char *at = output;
	const char *end;
	size_t len;

	for (; (end = strchr(at, '\n')); at = end + 1) {
		len = end - at;
		while (len && at[len - 1] == '\r')
			len--;
		if (len == strlen(line) && !memcmp(at, line, len))
			return 1;
	}
	return 0;
}

static long seconds_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

/* 0: the end of the output */
static ssize_t read_some(int fd, long deadline)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	long left = deadline - seconds_now();
	ssize_t got;

	if (left <= 0 || poll(&ready, 1, left * 1000) <= 0)
		die("the time was up");
	/* One byte stays for the end of the string */
	if (used == OUTPUT_MAX - 1)
		die("the command writes too much");
	got = read(fd, output + used, OUTPUT_MAX - 1 - used);
	if (got < 0)
		die("its output can't be read: %s", strerror(errno));
	used += got;
	return got;
}

int main(int argc, char **argv)
{
	unsigned long long begin, end;
	long deadline;
	int fd;

	if (argc < 4) {
		fprintf(stderr, "usage: until SECONDS LINE COMMAND [ARGUMENT...]\n");
		return 1;
	}
	/* What is touched first later would count as the command's */
	memset(output, 0, sizeof(output));
	deadline = seconds_now() + atol(argv[1]);

	begin = __rdtsc();
	fd = start(argv + 3);
	do {
		if (!read_some(fd, deadline))
			die("the command ended before it said '%s'", argv[2]);
	} while (!is_said(argv[2]));
	end = __rdtsc();

	printf("%llu %llu\n", begin, end);
	kill(child, SIGTERM);
	deadline = seconds_now() + END_SECONDS;
	while (read_some(fd, deadline))
		;
	return waitpid(child, NULL, 0) == child ? 0 : 1;
}
