// SPDX-License-Identifier: GPL-2.0-only
/*
 * define: a guest comes to be.
 */
#include "boot.h"
#include "vm.h"

static int define(struct call *call, struct boot *boot)
{
	struct json_object *tree;
	struct wire *wire = wire_open();
	struct vm vm;
	int err;

	if (!wire)
		return unreachable();
	err = wire_vm_define(wire, &boot->def, &vm);
	wire_close(wire);
	if (err)
		return refuse_wire(call, boot->def.name);
	if (call->format == OUT_JSON) {
		tree = out_object_new();
		vm_fill_all(tree, &vm);
		out_print(tree, OUT_JSON);
	}
	return CLI_DONE;
}

int cmd_define(struct call *call)
{
	struct boot boot;
	int status;
	size_t i;

	boot_init(&boot);
	boot.def.name = call->args[0];
	for (i = 0; i < call->nr_given; i++) {
		status = boot_option(call, &call->given[i], &boot);
		if (status)
			return status;
	}
	status = boot_image(call, 1, &boot);
	if (status)
		return status;
	status = boot_open(call, boot.def.name, &boot);
	if (status == CLI_DONE)
		status = define(call, &boot);
	boot_close(&boot);
	return status;
}
