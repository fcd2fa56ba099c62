// SPDX-License-Identifier: GPL-2.0-only
/*
 * The door: the generic netlink family "atoll", its commands, and what is
 * the same before and after each of them.
 *
 * It decides nothing about a VM.  Commands may run in parallel: a start that
 * reads a large image must not hold up everybody else's generic netlink, so
 * each VM's own lock is what orders the commands on it.
 *
 * main.c opens the door last and closes it first.
 */
#include "nl.h"

static int vm_hold(struct genl_info *info)
{
	struct nlattr *tb[ARRAY_SIZE(atoll_nl_name_policy)], *nest = info->attrs[ATOLL_A_VM];
	struct atoll_vm *vm;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, ATOLL_A_VM)) {
		GENL_SET_ERR_MSG(info, "VM is missing");
		return -EINVAL;
	}
	err = atoll_nl_nest(tb, ARRAY_SIZE(tb) - 1, nest, atoll_nl_name_policy, 0, info->extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, ATOLL_VM_A_NAME)) {
		GENL_SET_ERR_MSG(info, "name is missing");
		return -EINVAL;
	}

	vm = atoll_vm_find(nla_data(tb[ATOLL_VM_A_NAME]));
	if (!vm) {
		NL_SET_ERR_MSG_ATTR(info->extack, tb[ATOLL_VM_A_NAME],
				    "no guest of that name is defined");
		return -ENOENT;
	}
	info->user_ptr[0] = vm;
	return 0;
}

static int pre_doit(const struct genl_ops *ops, struct sk_buff *skb,
		    struct genl_info *info)
{
	int err;

	/* GENL_ADMIN_PERM asks for CAP_NET_ADMIN; a VM's memory asks for more */
	if (!netlink_capable(skb, CAP_SYS_ADMIN)) {
		GENL_SET_ERR_MSG(info, "CAP_SYS_ADMIN is needed");
		return -EPERM;
	}
	err = atoll_nl_once(genlmsg_data(info->genlhdr), genlmsg_len(info->genlhdr), 0,
			    info->extack);
	if (err)
		return err;
	return ops->internal_flags & ATOLL_NL_VM ? vm_hold(info) : 0;
}

static void post_doit(const struct genl_ops *ops, struct sk_buff *skb,
		      struct genl_info *info)
{
	if (ops->internal_flags & ATOLL_NL_VM)
		atoll_vm_put(info->user_ptr[0]);
}

#define VM_OP(_cmd, _name, _doit) {				\
	.cmd = (_cmd),						\
	.flags = GENL_ADMIN_PERM,				\
	.internal_flags = ATOLL_NL_VM,				\
	.policy = atoll_nl_##_name##_policy,			\
	.maxattr = ARRAY_SIZE(atoll_nl_##_name##_policy) - 1,	\
	.doit = (_doit),					\
}

#define VM_VERB(_cmd)	VM_OP(_cmd, vm, atoll_nl_vm_verb)

#define POOL_VERB(_cmd, _verb) {					\
	.cmd = (_cmd),							\
	.flags = GENL_ADMIN_PERM,					\
	.policy = atoll_nl_pool_##_verb##_policy,			\
	.maxattr = ARRAY_SIZE(atoll_nl_pool_##_verb##_policy) - 1,	\
	.doit = atoll_nl_pool_##_verb,					\
}

/* A command without a policy takes no attributes at all */
static const struct genl_ops ops[] = {
	{
		.cmd = ATOLL_CMD_HOST_GET,
		.flags = GENL_ADMIN_PERM,
		.doit = atoll_nl_host_get,
	},
	{
		.cmd = ATOLL_CMD_HOST_SET,
		.flags = GENL_ADMIN_PERM,
		.policy = atoll_nl_host_set_policy,
		.maxattr = ARRAY_SIZE(atoll_nl_host_set_policy) - 1,
		.doit = atoll_nl_host_set,
	},
	{
		.cmd = ATOLL_CMD_AUDIT,
		.flags = GENL_ADMIN_PERM,
		.policy = atoll_nl_audit_msg_policy,
		.maxattr = ARRAY_SIZE(atoll_nl_audit_msg_policy) - 1,
		.doit = atoll_nl_audit,
	},
	{
		.cmd = ATOLL_CMD_POOL_GET,
		.flags = GENL_ADMIN_PERM,
		.start = atoll_nl_pool_dump_start,
		.dumpit = atoll_nl_pool_dump,
	},
	POOL_VERB(ATOLL_CMD_POOL_ADD, add),
	POOL_VERB(ATOLL_CMD_POOL_SET, set),
	POOL_VERB(ATOLL_CMD_POOL_REMOVE, remove),
	{
		.cmd = ATOLL_CMD_VM_DEFINE,
		.flags = GENL_ADMIN_PERM,
		.policy = atoll_nl_vm_define_policy,
		.maxattr = ARRAY_SIZE(atoll_nl_vm_define_policy) - 1,
		.doit = atoll_nl_vm_define,
	},
	{
		.cmd = ATOLL_CMD_VM_GET,
		.flags = GENL_ADMIN_PERM,
		.internal_flags = ATOLL_NL_VM,
		.policy = atoll_nl_vm_policy,
		.maxattr = ARRAY_SIZE(atoll_nl_vm_policy) - 1,
		.doit = atoll_nl_vm_get,
		.start = atoll_nl_vm_dump_start,
		.dumpit = atoll_nl_vm_dump,
	},
	VM_OP(ATOLL_CMD_VM_MAP, vm_map, atoll_nl_vm_map),
	VM_OP(ATOLL_CMD_VM_TRIM, vm_trim, atoll_nl_vm_trim),
	VM_VERB(ATOLL_CMD_VM_UNDEFINE),
	VM_VERB(ATOLL_CMD_VM_START),
	VM_VERB(ATOLL_CMD_VM_STOP),
	VM_VERB(ATOLL_CMD_VM_KILL),
	VM_VERB(ATOLL_CMD_VM_PAUSE),
	VM_VERB(ATOLL_CMD_VM_RESUME),
	VM_VERB(ATOLL_CMD_VM_BUTTON),
};

static const struct genl_multicast_group groups[] = {
	[ATOLL_NL_EVENTS] = {
		.name = ATOLL_MCGRP_EVENTS,
		.flags = GENL_MCAST_CAP_SYS_ADMIN,
	},
};

/*
 * Leave resv_start_op zero: every command gets the strict checks of the
 * header and of its attributes.
 */
struct genl_family atoll_nl_family __ro_after_init = {
	.name = ATOLL_GENL_NAME,
	.version = ATOLL_GENL_VERSION,
	.module = THIS_MODULE,
	.parallel_ops = true,
	.pre_doit = pre_doit,
	.post_doit = post_doit,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
};

/**
 * atoll_nl_init - open the door
 *
 * From here on callers may come in, so all else must be ready.  Sleeps.
 *
 * Return: 0 or an errno
 */
int atoll_nl_init(void)
{
	int err = genl_register_family(&atoll_nl_family);

	if (!err)
		atoll_nl_events_open();
	return err;
}

/**
 * atoll_nl_exit - close the door
 *
 * Waits for the commands that are inside.  Later events reach nobody.
 * Sleeps.
 */
void atoll_nl_exit(void)
{
	atoll_nl_events_close();
	genl_unregister_family(&atoll_nl_family);
}
