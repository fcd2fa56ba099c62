// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: each change of a VM's state, told to whoever listens.
 *
 * Never fails its caller: a change has happened whether or not it can be
 * told.  Verbs and vCPU threads that have left their loop call it.
 */
#include "nl.h"

static struct sk_buff *event_new(struct atoll_vm *vm, enum atoll_event event)
{
	struct sk_buff *skb;
	void *head;

	skb = genlmsg_new(nla_total_size(sizeof(u32)) + atoll_nl_vm_len(vm->nr_vcpus),
			  GFP_KERNEL);
	if (!skb)
		return NULL;
	head = genlmsg_put(skb, 0, 0, &atoll_nl_family, 0, ATOLL_CMD_VM_EVENT);
	if (!head || nla_put_u32(skb, ATOLL_A_EVENT, event) || atoll_nl_vm_fill(skb, vm)) {
		nlmsg_free(skb);
		return NULL;
	}
	genlmsg_end(skb, head);
	return skb;
}

/**
 * atoll_nl_event - tell the listeners what has happened to a VM
 * @vm:		held by the caller, who does not hold vm->state_lock
 * @event:	what has happened
 *
 * Listeners that miss it read ENOBUFS, so that they know to look for
 * themselves.  Sleeps.
 */
void atoll_nl_event(struct atoll_vm *vm, enum atoll_event event)
{
	struct sk_buff *skb;

	if (!atoll_nl_heard())
		return;
	skb = event_new(vm, event);
	if (skb)
		genlmsg_multicast(&atoll_nl_family, skb, 0, ATOLL_NL_EVENTS, GFP_KERNEL);
	else
		genl_set_err(&atoll_nl_family, &init_net, 0, ATOLL_NL_EVENTS, -ENOBUFS);
}
