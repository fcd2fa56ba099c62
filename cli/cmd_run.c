// SPDX-License-Identifier: GPL-2.0-only
/*
 * run: a guest's whole life in one call.  It ends as a program would: its
 * output on stdout, its code as exit status, and nothing left behind,
 * whichever way it ends.
 */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "boot.h"
#include "console.h"
#include "vm.h"

/* Exit statuses besides the guest's own code and CLI_* */
enum {
	RUN_CRASHED = 125,
	RUN_KILLED = 137,
	RUN_SIGNALLED = 128,	/* plus the signal's number */
};

#define NAMES_TRIED	1000

const struct option run_options[] = {
	{ "name", "NAME", "the guest's name; default IMAGE's base name" },
	{ "keep", NULL, "leave the guest defined, and as it is" },
	{ NULL }
};

/**
 * struct run - a run
 * @given_name:	--name, or NULL
 * @name:	the guest's
 */
struct run {
	struct call *call;
	struct boot boot;
	struct console *console;
	const char *given_name;
	int keep;
	char name[ATOLL_NAME_MAX + 1];
	struct vm vm;
};

static int take_options(struct run *run)
{
	struct call *call = run->call;
	int status;
	size_t i;

	for (i = 0; i < call->nr_given; i++) {
		if (!strcmp(call->given[i].option->name, "name")) {
			run->given_name = call->given[i].value;
		} else if (!strcmp(call->given[i].option->name, "keep")) {
			run->keep = 1;
		} else {
			status = boot_option(call, &call->given[i], &run->boot);
			if (status)
				return status;
		}
	}
	return boot_image(call, 0, &run->boot);
}

/* The base name with what a guest's name may not contain replaced */
static void make_name(struct run *run, unsigned int try)
{
	const char *base = boot_base_name(run->boot.image);
	char suffix[16] = "";
	size_t i;

	if (try > 1)
		snprintf(suffix, sizeof(suffix), "-%u", try);
	snprintf(run->name, sizeof(run->name), "%.*s%s",
		 (int)(ATOLL_NAME_MAX - strlen(suffix)), base, suffix);
	for (i = 0; run->name[i]; i++)
		if (!isascii(run->name[i]) ||
		    (!isalnum(run->name[i]) && !strchr("._-", run->name[i])))
			run->name[i] = '-';
}

static int define(struct run *run)
{
	struct wire *wire = console_wire(run->console);
	unsigned int try = 1;
	int err;

	if (run->given_name) {
		run->boot.def.name = run->given_name;
		return wire_vm_define(wire, &run->boot.def, &run->vm);
	}
	run->boot.def.name = run->name;
	do {
		make_name(run, try);
		err = wire_vm_define(wire, &run->boot.def, &run->vm);
	} while (err && wire_errno() == EEXIST && try++ < NAMES_TRIED);
	return err;
}

/* Nothing of a run stays: refusals mean that others were here before */
static void clean_up(struct run *run)
{
	struct wire *wire = console_wire(run->console);

	if (run->keep)
		return;
	wire_vm_do(wire, ATOLL_CMD_VM_KILL, run->vm.name);
	if (wire_vm_do(wire, ATOLL_CMD_VM_UNDEFINE, run->vm.name) &&
	    wire_errno() != ENOENT)
		refuse_wire(run->call, run->vm.name);
}

static int report_end(struct run *run)
{
	const struct vm *vm = &run->vm;

	if (*vm->crash_reason) {
		refuse(run->call, vm->name, "the guest crashed: %s",
		       vm->crash_reason);
		return RUN_CRASHED;
	}
	if (vm->exit_code >= 0)
		return vm->exit_code > 255 ? 255 : vm->exit_code;
	refuse(run->call, vm->name, "the guest was stopped");
	return RUN_KILLED;
}

static int report(struct run *run, enum console_end end)
{
	switch (end) {
	case CONSOLE_ENDED:
		return report_end(run);
	case CONSOLE_SIGNALLED:
		return RUN_SIGNALLED + console_signal(run->console);
	case CONSOLE_ESCAPED:
		return run->keep ? CLI_DONE : RUN_KILLED;
	case CONSOLE_GONE:
		refuse(run->call, run->boot.def.name,
		       "undefined while attached");
		return RUN_KILLED;
	case CONSOLE_DEAF:
		return refuse(run->call, run->boot.def.name,
			      "nobody reads stdout any more");
	case CONSOLE_FAILED:
		break;
	}
	return CLI_REFUSED;
}

/* stdout belongs to the guest, so the record goes to stderr */
static void print_record(struct run *run)
{
	struct json_object *line;

	if (run->call->format != OUT_JSON)
		return;
	line = out_object_new();
	vm_fill_all(line, &run->vm);
	out_line(stderr, line, OUT_JSON);
}

static int live(struct run *run)
{
	struct wire *wire = console_wire(run->console);
	enum console_end end;
	int status;

	if (define(run))
		return refuse_wire(run->call, run->boot.def.name);
	if (wire_vm_do(wire, ATOLL_CMD_VM_START, run->boot.def.name)) {
		status = refuse_wire(run->call, run->boot.def.name);
		clean_up(run);
		return status;
	}
	end = console_attach(run->console, run->boot.def.name, &run->vm);
	status = report(run, end);
	print_record(run);
	/* Whoever has the name now is another guest */
	if (end != CONSOLE_GONE)
		clean_up(run);
	return status;
}

int cmd_run(struct call *call)
{
	struct run run = { .call = call };
	int status;

	boot_init(&run.boot);
	status = take_options(&run);
	if (status)
		return status;
	make_name(&run, 1);
	status = boot_open(call, run.given_name ? run.given_name : run.name,
			   &run.boot);
	if (status == CLI_DONE) {
		run.console = console_new(call);
		status = run.console ? live(&run) : CLI_REFUSED;
	}
	if (run.console)
		console_free(run.console);
	boot_close(&run.boot);
	return status;
}
