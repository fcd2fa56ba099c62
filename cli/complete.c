// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the shell may offer for the word under the cursor, a candidate on each
 * line: "atoll __complete WORD..." with the words from the verb on, the last
 * of them unfinished.  No candidates: the shell offers files.  atoll.bash
 * calls this, so that completion follows the table of verbs by itself.
 */
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "nl.h"

static void offer_options(const struct option *option)
{
	for (; option->name; option++)
		printf("--%s\n", option->name);
}

static void offer_verbs(void)
{
	const struct command *command;

	for (command = commands; command->name; command++)
		puts(command->name);
}

static void offer_command_options(const struct command *command)
{
	size_t i;

	for (i = 0; i < OPTION_GROUPS && command->options[i]; i++)
		offer_options(command->options[i]);
	offer_options(common_options);
}

/* The words that something is one of: "a|b", "[a|b] C"; nothing if it may be any */
static void offer_choice(const char *word)
{
	size_t len;

	word += *word == '[';
	if (word[strcspn(word, "| ")] != '|')
		return;
	for (; *word && !strchr("] ", *word); word += len + (word[len] == '|')) {
		len = strcspn(word, "|] ");
		printf("%.*s\n", (int)len, word);
	}
}

static void offer_guest(const struct vm *vm, int event, void *data)
{
	(void)event;
	(void)data;
	puts(vm->name);
}

/* Without the module there are no guests to offer, and nobody to tell */
static void offer_guests(void)
{
	struct wire *wire = wire_open();

	if (wire)
		wire_vm_dump(wire, offer_guest, NULL);
	wire_close(wire);
}

static void offer_pool(const struct pool *pool, void *data)
{
	(void)data;
	puts(pool->name);
}

static void offer_pools(void)
{
	struct wire *wire = wire_open();

	if (wire)
		wire_pool_dump(wire, offer_pool, NULL);
	wire_close(wire);
}

int complete(int argc, char **argv)
{
	const struct command *command;
	const struct option *option = NULL;
	const char *word = argc ? argv[argc - 1] : "";

	if (argc < 2) {
		if (*word == '-')
			offer_options(common_options);
		else
			offer_verbs();
		return CLI_DONE;
	}
	command = command_find(argv[0]);
	if (!command)
		return CLI_DONE;
	if (!strncmp(argv[argc - 2], "--", 2))
		option = args_option(command, argv[argc - 2] + 2);
	if (option && option->arg && !strcmp(option->arg, "POOL"))
		offer_pools();
	else if (option && option->arg)
		offer_choice(option->arg);
	else if (*word == '-')
		offer_command_options(command);
	else if (strstr(command->args, "NAME") &&
		 !strstr(command->args, "IMAGE"))
		/* Beside an IMAGE stands the name of a guest still to be */
		offer_guests();
	else if (argc == 2)
		offer_choice(command->args);
	else if (argc == 3 && strstr(command->args, "[POOL]"))
		offer_pools();
	return CLI_DONE;
}
