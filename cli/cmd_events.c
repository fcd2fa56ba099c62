// SPDX-License-Identifier: GPL-2.0-only
/*
 * events: a line for each thing that happens to a guest, until interrupted.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "cli.h"
#include "nl.h"
#include "vm.h"

const struct option events_options[] = {
	{ "count", "N", "end after N events" },
	{ NULL }
};

struct watch {
	enum out_format format;
	u64 left;
};

static const char *event_name(int event)
{
	static const char * const names[] = {
		[ATOLL_EVENT_DEFINED] = "defined",
		[ATOLL_EVENT_STARTED] = "started",
		[ATOLL_EVENT_PAUSED] = "paused",
		[ATOLL_EVENT_RESUMED] = "resumed",
		[ATOLL_EVENT_STOPPED] = "stopped",
		[ATOLL_EVENT_CRASHED] = "crashed",
		[ATOLL_EVENT_UNDEFINED] = "undefined",
		[ATOLL_EVENT_REBOOTED] = "rebooted",
	};

	if (event < 0 || event > ATOLL_EVENT_REBOOTED)
		return "unknown";
	return names[event];
}

static void print_event(const struct vm *vm, int event, void *data)
{
	struct watch *watch = data;
	struct json_object *line;

	if (!watch->left)
		return;
	watch->left--;
	line = out_object_new();
	out_string(line, "event", event_name(event));
	out_string(line, "name", vm->name);
	out_number(line, "id", vm->id);
	vm_add_end(line, vm);
	out_line(stdout, line, watch->format);
}

static int watch_events(struct call *call, struct wire *wire, struct watch *watch)
{
	struct pollfd poll_wire = { .fd = wire_fd(wire), .events = POLLIN };
	int lost;

	while (watch->left && !ferror(stdout)) {
		if (poll(&poll_wire, 1, -1) < 0 && errno != EINTR)
			return refuse(call, NULL, "%s", strerror(errno));
		lost = wire_events(wire, print_event, watch);
		if (lost < 0)
			return refuse_wire(call, NULL);
		if (lost)
			say("events came faster than they were read: some are lost");
	}
	return CLI_DONE;
}

/* A kernel may let anybody subscribe and then send nothing: ask it first */
static int may_listen(struct call *call)
{
	struct wire *wire = wire_open();
	struct host host;
	int err;

	if (!wire)
		return unreachable();
	err = wire_host_get(wire, &host);
	wire_close(wire);
	return err ? refuse_wire(call, NULL) : CLI_DONE;
}

int cmd_events(struct call *call)
{
	struct watch watch = { .format = call->format, .left = UINT64_MAX };
	struct wire *wire;
	int status;
	size_t i;

	for (i = 0; i < call->nr_given; i++)
		if (number_parse(call->given[i].value, &watch.left))
			return usage(call, "--count takes a number, not \"%s\"",
				     call->given[i].value);
	status = may_listen(call);
	if (status)
		return status;
	wire = wire_open_events();
	if (!wire)
		return unreachable();
	say("listening");
	status = watch_events(call, wire, &watch);
	wire_close(wire);
	return status;
}
