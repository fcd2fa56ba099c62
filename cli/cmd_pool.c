// SPDX-License-Identifier: GPL-2.0-only
/*
 * pool: the memory that guests are promised and hold together, and who they
 * are.
 */
#include <errno.h>
#include <string.h>

#include "cli.h"
#include "nl.h"
#include "vm.h"

static void add_guest(const struct vm *vm, int event, void *data)
{
	struct json_object *row = out_row(data);

	(void)event;
	out_string(row, "name", vm->name);
	out_string(row, "memory_kind", vm_memory_kind(vm));
	out_bytes(row, "memory_bytes", vm->memory);
	out_bytes(row, "resident_bytes", vm->resident);
}

static int show_pool(struct call *call, struct wire *wire)
{
	struct json_object *tree;
	struct host host;
	int err;

	if (wire_host_get(wire, &host))
		return refuse_wire(call, NULL);
	tree = out_object_new();
	out_bytes(tree, "limit_bytes", host.pool_limit);
	out_string(tree, "overcommit", host.pool_overcommit ? "on" : "off");
	out_bytes(tree, "promised_bytes", host.pool_promised);
	out_bytes(tree, "used_bytes", host.pool_used);
	out_bytes(tree, "free_bytes", host.pool_limit - host.pool_used);
	/* A list that changes meanwhile lacks a guest at worst */
	err = wire_vm_dump(wire, add_guest, out_array(tree, "guests"));
	if (err < 0)
		return refuse_wire(call, NULL);
	out_print(tree, call->format);
	return CLI_DONE;
}

/**
 * pool_explain() - say why the pool was not given a limit
 * @limit: in bytes
 *
 * The kernel's sentence has no numbers in it.
 *
 * Return: the exit status.
 */
int pool_explain(const struct call *call, struct wire *wire, u64 limit)
{
	char want[32], have[32];
	struct host host;

	/* Asking may replace what there is to say */
	if (wire_errno() != EBUSY)
		return refuse_wire(call, NULL);
	if (wire_host_get(wire, &host))
		return refuse(call, NULL, "pool limit is below what guests hold or are promised");
	out_size(limit, want, sizeof(want));
	out_size(host.pool_used, have, sizeof(have));
	if (limit < host.pool_used)
		return refuse(call, NULL,
			      "pool limit is below what guests hold now: %s is less than %s",
			      want, have);
	out_size(host.pool_promised, have, sizeof(have));
	return refuse(call, NULL,
		      "pool limit is below what guests are promised: %s is less than %s",
		      want, have);
}

static int resize(struct call *call, struct wire *wire, u64 limit)
{
	if (wire_host_set(wire, &limit, NULL))
		return pool_explain(call, wire, limit);
	return CLI_DONE;
}

static int overcommit(struct call *call, struct wire *wire, u32 on)
{
	struct host host;

	if (!wire_host_set(wire, NULL, &on))
		return CLI_DONE;
	if (wire_errno() != EBUSY || wire_host_get(wire, &host))
		return refuse_wire(call, NULL);
	return pool_explain(call, wire, host.pool_limit);
}

int cmd_pool(struct call *call)
{
	const char *action = call->nr_args ? call->args[0] : NULL;
	const char *value = call->nr_args > 1 ? call->args[1] : "";
	struct wire *wire;
	u64 limit = 0;
	int status;

	if (action && strcmp(action, "resize") && strcmp(action, "overcommit"))
		return usage(call, "there is no action \"%s\"; there are resize and overcommit",
			     action);
	if (action && !strcmp(action, "resize") && size_parse(value, &limit))
		return usage(call, "resize takes a size such as 2G, not \"%s\"", value);
	if (action && !strcmp(action, "overcommit") && strcmp(value, "on") && strcmp(value, "off"))
		return usage(call, "overcommit takes on or off, not \"%s\"", value);
	wire = wire_open();
	if (!wire)
		return unreachable();
	if (!action)
		status = show_pool(call, wire);
	else if (!strcmp(action, "resize"))
		status = resize(call, wire, limit);
	else
		status = overcommit(call, wire, !strcmp(value, "on"));
	wire_close(wire);
	return status;
}
