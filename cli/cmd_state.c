// SPDX-License-Identifier: GPL-2.0-only
/*
 * The verbs that push guests from one state to another: one message for each
 * name.  A refusal does not keep the names after it from their turn.
 */
#include "cli.h"
#include "nl.h"

static int each_name(struct call *call, enum atoll_cmd cmd)
{
	struct wire *wire = wire_open();
	int status = CLI_DONE;
	size_t i;

	if (!wire)
		return unreachable();
	for (i = 0; i < call->nr_args; i++)
		if (wire_vm_do(wire, cmd, call->args[i]))
			status = refuse_wire(call, call->args[i]);
	wire_close(wire);
	return status;
}

int cmd_undefine(struct call *call)
{
	return each_name(call, ATOLL_CMD_VM_UNDEFINE);
}

int cmd_start(struct call *call)
{
	return each_name(call, ATOLL_CMD_VM_START);
}

int cmd_kill(struct call *call)
{
	return each_name(call, ATOLL_CMD_VM_KILL);
}

int cmd_pause(struct call *call)
{
	return each_name(call, ATOLL_CMD_VM_PAUSE);
}

int cmd_resume(struct call *call)
{
	return each_name(call, ATOLL_CMD_VM_RESUME);
}
