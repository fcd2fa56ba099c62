/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the command share: the table of verbs, a verb's call,
 * and the ways to say no.  A cmd_*.c file holds a group of verbs; each verb
 * is one function that gets its words already sorted by args.c.
 */
#ifndef ATOLL_CLI_H
#define ATOLL_CLI_H

#include <stddef.h>
#include "types.h"

#include "out.h"

#define CLI_VERSION	"0.1"

/* Exit statuses.  `atoll run` adds to them what the guest says. */
enum {
	CLI_DONE = 0,
	CLI_REFUSED = 1,
	CLI_USAGE = 2,
};

struct call;

/**
 * struct option - an option, as help and completion show it
 * @name:	without the dashes; NULL ends a table
 * @arg:	what its value is called, "a|b" where the value is one of a few
 *		words, NULL: takes no value
 * @help:	one line
 */
struct option {
	const char *name;
	const char *arg;
	const char *help;
};

#define OPTION_GROUPS	3

/**
 * struct command - a verb
 * @name:	what the user types
 * @args:	its positional words: "[X]" may be left out, "X..." may be
 *		repeated; how many there may be follows from it
 * @help:	one line
 * @fn:		does it, returns the exit status
 * @options:	tables of options, ended by NULL; those that every verb takes
 *		are not among them
 */
struct command {
	const char *name;
	const char *args;
	const char *help;
	int (*fn)(struct call *call);
	const struct option *options[OPTION_GROUPS];
};

struct given {
	const struct option *option;
	const char *value;	/* NULL: the option takes none */
};

/**
 * struct call - a verb with the words that the user gave it
 * @args:	positional words
 * @given:	options in the order in which they stood, "json" and "help"
 *		excepted
 */
struct call {
	const struct command *command;
	enum out_format format;
	int wants_help;
	char **args;
	size_t nr_args;
	struct given *given;
	size_t nr_given;
};

/* main.c */
extern const struct command commands[];
extern const struct option common_options[];
const struct command *command_find(const char *name);

/* args.c */
int args_parse(struct call *call, int argc, char **argv);
void args_free(struct call *call);
int args_take_common(struct call *call, const char *word);
const struct option *args_option(const struct command *command,
				 const char *name);
void args_count(const struct command *command, size_t *min, size_t *max);

/* help.c */
void help_all(void);
void help_synopsis(void);
void help_command(const struct command *command);
const char *help_nearest(const char *word);

/* complete.c */
int complete(int argc, char **argv);

/* say.c */
void say(const char *fmt, ...) __printf(1, 2);
int refuse(const struct call *call, const char *subject, const char *fmt, ...)
	__printf(3, 4);
int refuse_wire(const struct call *call, const char *subject);
int unreachable(void);
int usage(const struct call *call, const char *fmt, ...)
	__printf(2, 3);
void *must(void *allocated);

/* number.c */
int number_parse(const char *text, u64 *value);
int number_parse_u32(const char *text, u32 *value);
int size_parse(const char *text, u64 *bytes);
int list_parse(const char *text, u32 *numbers, size_t max, size_t *count);

/* cmd_pool.c */
struct wire;
int pool_explain(const struct call *call, struct wire *wire, const char *name, const u64 *limit);

/* cmd_*.c */
extern const struct option audit_options[];
extern const struct option trim_options[];
extern const struct option boot_options[];
extern const struct option events_options[];
extern const struct option host_options[];
extern const struct option map_options[];
extern const struct option pool_options[];
extern const struct option run_options[];
extern const struct option stop_options[];
int cmd_audit(struct call *call);
int cmd_console(struct call *call);
int cmd_define(struct call *call);
int cmd_events(struct call *call);
int cmd_host(struct call *call);
int cmd_kill(struct call *call);
int cmd_list(struct call *call);
int cmd_map(struct call *call);
int cmd_pause(struct call *call);
int cmd_pool(struct call *call);
int cmd_resume(struct call *call);
int cmd_run(struct call *call);
int cmd_show(struct call *call);
int cmd_start(struct call *call);
int cmd_stop(struct call *call);
int cmd_trim(struct call *call);
int cmd_undefine(struct call *call);

#endif
