// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command's table of verbs, and the way from the first word to one of
 * them.  Help, completion, the manual page's check and the tests all read
 * this table.  What a verb does is in its cmd_*.c.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

const struct option common_options[] = {
	{ "json", NULL, "print JSON (also -j)" },
	{ "help", NULL, "print this (also -h)" },
	{ NULL }
};

const struct command commands[] = {
	{ "host", "", "Show the host, or set what guests may take of it",
	  cmd_host, { host_options } },
	{ "pool", "[list|add|remove|resize|overcommit] [POOL] [VALUE]",
	  "Show the memory that guests share, or change it", cmd_pool, { pool_options } },
	{ "audit", "", "Prove that each guest reaches its own memory and no other",
	  cmd_audit, { audit_options } },
	{ "map", "[NAME]", "Draw where a guest's memory lies, or whose the host's is",
	  cmd_map, { map_options } },
	{ "define", "NAME [IMAGE]", "Make a guest out of an image",
	  cmd_define, { boot_options } },
	{ "undefine", "NAME...", "Forget guests and give back their memory",
	  cmd_undefine, { NULL } },
	{ "start", "NAME...", "Start guests", cmd_start, { NULL } },
	{ "stop", "NAME...", "Press guests' power buttons, and wait until they end",
	  cmd_stop, { stop_options } },
	{ "kill", "NAME...", "End guests at once, without asking them",
	  cmd_kill, { NULL } },
	{ "pause", "NAME...", "Hold guests where they are",
	  cmd_pause, { NULL } },
	{ "resume", "NAME...", "Let paused guests go on",
	  cmd_resume, { NULL } },
	{ "trim", "NAME...", "Take back memory that guests hold and don't use",
	  cmd_trim, { trim_options } },
	{ "list", "", "List all guests", cmd_list, { NULL } },
	{ "show", "[NAME]", "Show all that is known of a guest, or of each",
	  cmd_show, { NULL } },
	{ "console", "NAME", "Attach to a guest's serial console",
	  cmd_console, { NULL } },
	{ "run", "[IMAGE]", "Define, start, attach, and undefine at the end",
	  cmd_run, { boot_options, run_options } },
	{ "events", "", "Print what happens to guests as it happens",
	  cmd_events, { events_options } },
	{ NULL }
};

const struct command *command_find(const char *name)
{
	const struct command *command;

	for (command = commands; command->name; command++)
		if (!strcmp(command->name, name))
			return command;
	return NULL;
}

static int unknown_verb(const char *word)
{
	const char *nearest = help_nearest(word);

	if (nearest)
		say("there is no verb \"%s\"; did you mean %s?", word, nearest);
	else
		say("there is no verb \"%s\"", word);
	help_synopsis();
	return CLI_USAGE;
}

static int run_call(struct call *call, int argc, char **argv)
{
	int status = args_parse(call, argc, argv);

	if (status == CLI_DONE && call->wants_help)
		help_command(call->command);
	else if (status == CLI_DONE)
		status = call->command->fn(call);
	args_free(call);
	return status;
}

static int dispatch(int argc, char **argv)
{
	struct call call = { .format = OUT_TEXT };
	int i = 1;

	while (i < argc && args_take_common(&call, argv[i]))
		i++;
	if (call.wants_help) {
		help_all();
		return CLI_DONE;
	}
	if (i == argc) {
		help_synopsis();
		return CLI_USAGE;
	}
	if (!strcmp(argv[i], "--version")) {
		puts("atoll " CLI_VERSION);
		return CLI_DONE;
	}
	if (!strcmp(argv[i], "__complete"))
		return complete(argc - i - 1, argv + i + 1);
	if (argv[i][0] == '-') {
		say("there is no option %s before the verb", argv[i]);
		help_synopsis();
		return CLI_USAGE;
	}
	call.command = command_find(argv[i]);
	if (!call.command)
		return unknown_verb(argv[i]);
	return run_call(&call, argc - i - 1, argv + i + 1);
}

/* Keep a file that is opened later from becoming stdin, stdout or stderr */
static void open_standard_fds(void)
{
	int fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	int status;

	open_standard_fds();
	status = dispatch(argc, argv);
	if (fflush(stdout) || ferror(stdout)) {
		say("stdout: cannot write");
		return CLI_REFUSED;
	}
	return status;
}
