// SPDX-License-Identifier: GPL-2.0-only
/*
 * Help, printed from the table of verbs, on stdout: whoever asks for help
 * wants it as data.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static void option_text(const struct option *option, char *text, size_t len)
{
	snprintf(text, len, "--%s%s%s", option->name, option->arg ? " " : "",
		 option->arg ? option->arg : "");
}

static void print_options(const struct option *option)
{
	char text[64];

	for (; option->name; option++) {
		option_text(option, text, sizeof(text));
		printf("  %-28s %s\n", text, option->help);
	}
}

static void command_line(const struct command *command, char *text, size_t len)
{
	snprintf(text, len, "%s%s%s%s", command->name,
		 *command->args ? " " : "", command->args,
		 command->options[0] ? " [OPTIONS]" : "");
}

void help_synopsis(void)
{
	fprintf(stderr,
		"usage: atoll [-j] VERB [NAME] [OPTIONS]\n"
		"Try: atoll --help\n");
}

void help_all(void)
{
	const struct command *command;
	char text[96];

	printf("usage: atoll [-j] VERB [NAME] [OPTIONS]\n\n"
	       "Defines, starts, watches and tears down guests of the atoll kernel module.\n\n");
	for (command = commands; command->name; command++) {
		command_line(command, text, sizeof(text));
		printf("  %-28s %s\n", text, command->help);
	}
	printf("\nWith every verb:\n");
	print_options(common_options);
	printf("\natoll VERB --help tells a verb's own options; atoll --version the version.\n");
}

void help_command(const struct command *command)
{
	char text[96];
	size_t i;

	command_line(command, text, sizeof(text));
	printf("usage: atoll %s\n\n%s.\n\n", text, command->help);
	for (i = 0; i < OPTION_GROUPS && command->options[i]; i++)
		print_options(command->options[i]);
	print_options(common_options);
}

#define WORD_MAX	16

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters to add, drop or change to make one word of the other */
static size_t distance(const char *a, const char *b)
{
	size_t row[WORD_MAX + 1];
	size_t i, j, above, corner;

	for (j = 0; j <= strlen(b); j++)
		row[j] = j;
	for (i = 0; a[i]; i++) {
		corner = i;
		row[0] = i + 1;
		for (j = 0; b[j]; j++) {
			above = row[j + 1];
			row[j + 1] = least(least(above, row[j]) + 1,
					   corner + (a[i] != b[j]));
			corner = above;
		}
	}
	return row[strlen(b)];
}

/**
 * help_nearest() - the verb that a misspelt word may have meant
 *
 * Return: NULL if none is near.
 */
const char *help_nearest(const char *word)
{
	const struct command *command;
	const char *nearest = NULL;
	size_t best = 3;
	size_t d;

	if (!*word || strlen(word) > WORD_MAX)
		return NULL;
	for (command = commands; command->name; command++) {
		if (!strncmp(command->name, word, strlen(word)))
			return command->name;
		d = distance(word, command->name);
		if (d < best && d < strlen(command->name)) {
			best = d;
			nearest = command->name;
		}
	}
	return nearest;
}
