// SPDX-License-Identifier: GPL-2.0-only
/*
 * stop: press the power buttons of guests, and wait until they have shut
 * themselves down.  All are pressed first, so that they do it side by side.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli.h"
#include "nl.h"
#include "vm.h"

#define TIMEOUT_S	30
#define TIMEOUT_MAX_S	(365ULL * 86400)
#define LOOK_NS		(50 * 1000 * 1000)

const struct option stop_options[] = {
	{ "timeout", "SECONDS", "how long to wait; default 30" },
	{ "kill", NULL, "kill who has not ended by then, or can't be asked" },
	{ NULL }
};

enum guest_state { GUEST_DONE, GUEST_ASKED };

/**
 * struct stop - a call
 * @ids:	of the guests, in the order of the names: who has a name later may
 *		be another
 */
struct stop {
	struct call *call;
	struct wire *wire;
	u64 timeout_s;
	int kill;
	enum guest_state *state;
	u32 *ids;
	int status;
};

static int take_options(struct stop *stop)
{
	struct call *call = stop->call;
	const struct given *given;
	size_t i;

	for (i = 0; i < call->nr_given; i++) {
		given = &call->given[i];
		if (!strcmp(given->option->name, "kill"))
			stop->kill = 1;
		else if (number_parse(given->value, &stop->timeout_s) ||
			 stop->timeout_s > TIMEOUT_MAX_S)
			return usage(call, "--timeout takes a number of seconds, not \"%s\"",
				     given->value);
	}
	return CLI_DONE;
}

static void kill_guest(struct stop *stop, const char *name)
{
	/* It may have ended a moment ago, or be gone */
	if (wire_vm_do(stop->wire, ATOLL_CMD_VM_KILL, name) &&
	    wire_errno() != EBUSY && wire_errno() != ENOENT)
		stop->status = refuse_wire(stop->call, name);
}

static void press(struct stop *stop, size_t i)
{
	const char *name = stop->call->args[i];
	struct vm vm;

	if (wire_vm_get(stop->wire, name, &vm)) {
		stop->status = refuse_wire(stop->call, name);
		return;
	}
	stop->ids[i] = vm.id;
	if (!wire_vm_do(stop->wire, ATOLL_CMD_VM_BUTTON, name))
		stop->state[i] = GUEST_ASKED;
	else if (stop->kill && wire_errno() == EOPNOTSUPP)
		kill_guest(stop, name);
	else
		stop->status = refuse_wire(stop->call, name);
}

static void look(struct stop *stop, size_t i)
{
	const char *name = stop->call->args[i];
	struct vm vm;

	if (wire_vm_get(stop->wire, name, &vm)) {
		if (wire_errno() != ENOENT)
			stop->status = refuse_wire(stop->call, name);
		stop->state[i] = GUEST_DONE;
		return;
	}
	if (vm.id == stop->ids[i] && !vm_has_ended(&vm))
		return;
	stop->state[i] = GUEST_DONE;
	if (vm.id == stop->ids[i] && vm.state == ATOLL_STATE_CRASHED)
		stop->status = refuse(stop->call, name, "the guest crashed: %s",
				      vm.crash_reason);
}

/* How many have not ended yet */
static size_t look_at_all(struct stop *stop)
{
	size_t i, left = 0;

	for (i = 0; i < stop->call->nr_args; i++) {
		if (stop->state[i] == GUEST_ASKED)
			look(stop, i);
		left += stop->state[i] == GUEST_ASKED;
	}
	return left;
}

static u64 now_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec;
}

static void give_up(struct stop *stop, size_t i)
{
	const char *name = stop->call->args[i];

	if (stop->state[i] != GUEST_ASKED)
		return;
	if (stop->kill)
		kill_guest(stop, name);
	else
		stop->status = refuse(stop->call, name,
				      "it has not ended within %llu s; atoll kill ends it at once",
				      stop->timeout_s);
}

static void stop_all(struct stop *stop)
{
	const struct timespec pause = { .tv_nsec = LOOK_NS };
	size_t nr = stop->call->nr_args, i;
	u64 end;

	for (i = 0; i < nr; i++)
		press(stop, i);
	end = now_s() + stop->timeout_s;
	while (look_at_all(stop) && now_s() < end)
		nanosleep(&pause, NULL);
	for (i = 0; i < nr; i++)
		give_up(stop, i);
}

int cmd_stop(struct call *call)
{
	struct stop stop = { .call = call, .timeout_s = TIMEOUT_S };
	int status = take_options(&stop);

	if (status)
		return status;
	stop.wire = wire_open();
	if (!stop.wire)
		return unreachable();
	stop.state = must(calloc(call->nr_args, sizeof(*stop.state)));
	stop.ids = must(calloc(call->nr_args, sizeof(*stop.ids)));
	stop_all(&stop);
	free(stop.ids);
	free(stop.state);
	wire_close(stop.wire);
	return stop.status;
}
