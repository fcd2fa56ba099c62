// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sorts a verb's words into positional ones and options, by the tables in
 * the verb's row.  Options may stand anywhere; names are taken in full only,
 * so that a script of today never means something else tomorrow.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static const struct option *find(const struct option *option, const char *name)
{
	for (; option->name; option++)
		if (!strcmp(option->name, name))
			return option;
	return NULL;
}

/**
 * args_option() - find an option of a verb, or one that every verb has
 * @name: without the dashes
 */
const struct option *args_option(const struct command *command,
				 const char *name)
{
	const struct option *option = find(common_options, name);
	size_t i;

	for (i = 0; !option && i < OPTION_GROUPS && command->options[i]; i++)
		option = find(command->options[i], name);
	return option;
}

/**
 * args_count() - how many positional words a verb takes
 * @max: SIZE_MAX where there is no bound
 */
void args_count(const struct command *command, size_t *min, size_t *max)
{
	const char *word = command->args;
	size_t len;

	*min = 0;
	*max = 0;
	for (; *word; word += len + strspn(word + len, " ")) {
		len = strcspn(word, " ");
		if (*word != '[')
			++*min;
		if (len > 3 && !strncmp(word + len - 3, "...", 3))
			*max = SIZE_MAX;
		else
			++*max;
	}
}

/**
 * args_take_common() - take an option that every verb has
 *
 * Return: 1 if @word was one.
 */
int args_take_common(struct call *call, const char *word)
{
	if (!strcmp(word, "-j") || !strcmp(word, "--json"))
		call->format = OUT_JSON;
	else if (!strcmp(word, "-h") || !strcmp(word, "--help"))
		call->wants_help = 1;
	else
		return 0;
	return 1;
}

/* Takes "--name=value" or "--name value"; returns how many words that was */
static int take_option(struct call *call, char **argv, int left)
{
	char *name = argv[0] + 2;
	char *value = strchr(name, '=');
	const struct option *option;
	int words = 1;

	if (argv[0][1] != '-')
		return -usage(call, "there is no option %s", argv[0]);
	if (value)
		*value++ = '\0';
	option = args_option(call->command, name);
	if (!option)
		return -usage(call, "there is no option --%s", name);
	if (!option->arg && value)
		return -usage(call, "--%s takes no value", name);
	if (option->arg && !value) {
		if (left < 2)
			return -usage(call, "--%s needs a value: %s", name,
				      option->arg);
		value = argv[1];
		words = 2;
	}
	call->given[call->nr_given].option = option;
	call->given[call->nr_given].value = value;
	call->nr_given++;
	return words;
}

static int check_count(const struct call *call)
{
	size_t min, max;

	args_count(call->command, &min, &max);
	if (call->nr_args > max)
		return usage(call, "\"%s\" is one word too many",
			     call->args[max]);
	if (call->nr_args < min)
		return usage(call, "it needs %s", call->command->args);
	return CLI_DONE;
}

/**
 * args_parse() - sort the words that follow the verb
 *
 * Return: CLI_DONE, or CLI_USAGE after having said why.
 */
int args_parse(struct call *call, int argc, char **argv)
{
	int taken;
	int i = 0;

	call->args = must(calloc(argc + 1, sizeof(*call->args)));
	call->given = must(calloc(argc + 1, sizeof(*call->given)));
	while (i < argc && strcmp(argv[i], "--")) {
		if (argv[i][0] != '-' || !argv[i][1]) {
			call->args[call->nr_args++] = argv[i++];
			continue;
		}
		if (args_take_common(call, argv[i])) {
			i++;
			continue;
		}
		taken = take_option(call, argv + i, argc - i);
		if (taken < 0)
			return -taken;
		i += taken;
	}
	for (i++; i < argc; i++)
		call->args[call->nr_args++] = argv[i];
	return call->wants_help ? CLI_DONE : check_count(call);
}

void args_free(struct call *call)
{
	free(call->args);
	free(call->given);
}
