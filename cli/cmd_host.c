// SPDX-License-Identifier: GPL-2.0-only
/*
 * host: what the module found in this machine, and how much of it guests
 * may take.
 */
#include <string.h>

#include "cli.h"
#include "nl.h"

const struct option host_options[] = {
	{ "pool-limit", "SIZE", "most memory that guests may hold together" },
	{ NULL }
};

static void show_host(const struct host *host, enum out_format format)
{
	struct json_object *tree = out_object_new();
	struct json_object *features;
	size_t i;

	out_string(tree, "version", host->version);
	out_string(tree, "backend", host->backend);
	features = out_array(tree, "features");
	for (i = 0; i < host->nr_features; i++)
		out_word(features, host->feature[i]);
	out_number(tree, "vcpus_max", host->vcpus_max);
	out_number(tree, "guests", host->vms);
	out_number(tree, "guests_active", host->vms_active);
	out_bytes(tree, "pool_limit_bytes", host->pool_limit);
	out_bytes(tree, "pool_promised_bytes", host->pool_promised);
	out_bytes(tree, "pool_used_bytes", host->pool_used);
	out_number(tree, "cpus_on", host->cpus_on);
	out_print(tree, format);
}

int cmd_host(struct call *call)
{
	u64 limit = 0;
	struct host host;
	struct wire *wire;
	size_t i;
	int err;

	for (i = 0; i < call->nr_given; i++)
		if (size_parse(call->given[i].value, &limit))
			return usage(call, "--pool-limit takes a size such as 2G, not \"%s\"",
				     call->given[i].value);
	wire = wire_open();
	if (!wire)
		return unreachable();
	if (call->nr_given)
		err = wire_host_set(wire, &limit, NULL);
	else
		err = wire_host_get(wire, &host);
	if (err && call->nr_given)
		pool_explain(call, wire, ATOLL_POOL_DEFAULT, &limit);
	else if (err)
		refuse_wire(call, NULL);
	wire_close(wire);
	if (err)
		return CLI_REFUSED;
	if (!call->nr_given)
		show_host(&host, call->format);
	return CLI_DONE;
}
