// SPDX-License-Identifier: GPL-2.0-only
/*
 * audit: does any guest reach memory that isn't its own?
 */
#include <json-c/json.h>

#include "cli.h"
#include "nl.h"

const struct option audit_options[] = {
	{ "deep", NULL, "read the memory that has to be zero, too" },
	{ NULL }
};

int cmd_audit(struct call *call)
{
	struct wire *wire = wire_open();
	struct json_object *tree, *violations;
	struct audit audit;
	size_t i;
	int err;

	if (!wire)
		return unreachable();
	err = wire_audit(wire, call->nr_given > 0, &audit);
	wire_close(wire);
	if (err)
		return refuse_wire(call, NULL);
	tree = out_object_new();
	out_number(tree, "guests", audit.vms);
	out_number(tree, "tables", audit.tables);
	out_number(tree, "entries", audit.entries);
	out_number(tree, "frames", audit.frames);
	out_number(tree, "shared_frames", audit.shared);
	out_number(tree, "extents", audit.records);
	out_number(tree, "permissions", audit.permissions);
	if (audit.zeroes < 0)
		out_null(tree, "zero_frames");
	else
		out_number(tree, "zero_frames", audit.zeroes);
	out_ns(tree, "time_ns", audit.ns);
	out_number(tree, "violations", audit.nr_violations);
	violations = out_lines(tree, "violation");
	for (i = 0; i < audit.nr_told; i++)
		out_word(violations, audit.told[i]);
	out_print(tree, call->format);
	if (!audit.nr_violations)
		return CLI_DONE;
	return refuse(call, NULL, "guests are not kept apart: %llu violations",
		      audit.nr_violations);
}
