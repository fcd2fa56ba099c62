// SPDX-License-Identifier: GPL-2.0-only
/*
 * trim: take back memory that guests hold and don't use, a line for each guest.  A
 * refusal does not keep the names after it from their turn.
 */
#include <json-c/json.h>

#include "cli.h"
#include "nl.h"

const struct option trim_options[] = {
	{ "split", NULL, "take back 4 KiB at a time where at least half of 2 MiB is zero" },
	{ NULL }
};

static int trim_one(struct call *call, struct wire *wire, const char *name,
		    struct json_object *rows)
{
	struct json_object *row;
	struct trim trim;

	if (wire_vm_trim(wire, name, call->nr_given > 0, &trim))
		return refuse_wire(call, name);
	row = out_row(rows);
	out_string(row, "name", name);
	out_bytes(row, "given_back_bytes", trim.given_back);
	out_number(row, "merged", trim.merged);
	out_number(row, "split", trim.split);
	return CLI_DONE;
}

int cmd_trim(struct call *call)
{
	struct wire *wire = wire_open();
	struct json_object *rows;
	int status = CLI_DONE;
	size_t i;

	if (!wire)
		return unreachable();
	rows = out_array_new();
	for (i = 0; i < call->nr_args; i++)
		if (trim_one(call, wire, call->args[i], rows))
			status = CLI_REFUSED;
	wire_close(wire);
	/* Where all were refused there is nothing to tell */
	if (json_object_array_length(rows))
		out_print(rows, call->format);
	else
		json_object_put(rows);
	return status;
}
