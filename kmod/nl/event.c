// SPDX-License-Identifier: GPL-2.0-only
/*
 * Events: each change of a VM's state, told to whoever listens.
 *
 * Never fails its caller: a change has happened whether or not it can be
 * told.  Verbs and vCPU threads that have left their loop call it.
 */
#include <linux/rwsem.h>
#include "nl.h"

/* The group's number is ours only while the family is registered */
static DECLARE_RWSEM(open_lock);
static bool is_open;		/* [open_lock] */

/** atoll_nl_events_open - the family is registered; sleeps */
void atoll_nl_events_open(void)
{
	down_write(&open_lock);
	is_open = true;
	up_write(&open_lock);
}

/** atoll_nl_events_close - the family is about to go; sleeps */
void atoll_nl_events_close(void)
{
	down_write(&open_lock);
	is_open = false;
	up_write(&open_lock);
}

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

/* Listeners that miss an event read ENOBUFS, and know to look for themselves */
static void event_send(struct atoll_vm *vm, enum atoll_event event)
{
	struct sk_buff *skb = event_new(vm, event);

	if (skb)
		genlmsg_multicast(&atoll_nl_family, skb, 0, ATOLL_NL_EVENTS, GFP_KERNEL);
	else
		genl_set_err(&atoll_nl_family, &init_net, 0, ATOLL_NL_EVENTS, -ENOBUFS);
}

/**
 * atoll_nl_event - tell the listeners what has happened to a VM
 * @vm:		held by the caller, who does not hold vm->state_lock
 * @event:	what has happened
 *
 * Costs next to nothing when nobody listens, and does nothing while the
 * family is not registered.  Sleeps; the caller may hold vm->lock.
 */
void atoll_nl_event(struct atoll_vm *vm, enum atoll_event event)
{
	down_read(&open_lock);
	if (is_open && genl_has_listeners(&atoll_nl_family, &init_net, ATOLL_NL_EVENTS))
		event_send(vm, event);
	up_read(&open_lock);
}
