// SPDX-License-Identifier: GPL-2.0-only
/*
 * list and show: guests as they are now, a line or a page for each.
 */
#include <json-c/json.h>

#include "cli.h"
#include "nl.h"
#include "vm.h"

/* How often a list that changed while it was read is read again */
#define TRIES	5

typedef void (*fill_fn)(struct json_object *object, const struct vm *vm);

struct listing {
	struct json_object *array;
	fill_fn fill;
};

static void add_vm(const struct vm *vm, int event, void *data)
{
	struct listing *listing = data;

	(void)event;
	listing->fill(out_row(listing->array), vm);
}

/* Returns the array, or NULL after having said why not */
static struct json_object *read_all(struct call *call, fill_fn fill)
{
	struct listing listing = { .fill = fill };
	struct wire *wire = wire_open();
	int tries = 0;
	int err;

	if (!wire) {
		unreachable();
		return NULL;
	}
	for (;;) {
		listing.array = out_array_new();
		err = wire_vm_dump(wire, add_vm, &listing);
		if (!err || (err > 0 && ++tries == TRIES))
			break;
		json_object_put(listing.array);
		listing.array = NULL;
		if (err < 0)
			break;
	}
	wire_close(wire);
	if (err < 0)
		refuse_wire(call, NULL);
	else if (err > 0)
		say("the list changed while it was read; it may lack a guest");
	return listing.array;
}

int cmd_list(struct call *call)
{
	struct json_object *array = read_all(call, vm_fill_row);

	if (!array)
		return CLI_REFUSED;
	out_print(array, call->format);
	return CLI_DONE;
}

static int show_one(struct call *call, const char *name)
{
	struct wire *wire = wire_open();
	struct json_object *tree;
	struct vm vm;
	int err;

	if (!wire)
		return unreachable();
	err = wire_vm_get(wire, name, &vm);
	wire_close(wire);
	if (err)
		return refuse_wire(call, name);
	tree = out_object_new();
	vm_fill_all(tree, &vm);
	out_print(tree, call->format);
	return CLI_DONE;
}

int cmd_show(struct call *call)
{
	struct json_object *array;

	if (call->nr_args)
		return show_one(call, call->args[0]);
	array = read_all(call, vm_fill_all);
	if (!array)
		return CLI_REFUSED;
	out_print_records(array, call->format);
	return CLI_DONE;
}
