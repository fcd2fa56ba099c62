// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which attributes each command takes, and what each of them may hold.
 *
 * Generic netlink walks these tables before any command runs, so what the
 * rest of this room reads has the type, the length and the alphabet that is
 * promised here.  Whatever a table does not list is refused.  Nothing here
 * looks at a VM: limits that depend on the machine are the core's to check.
 *
 * The checks that are functions exist for their sentences: the kernel's own
 * is "Attribute failed policy validation" for everything.  Only strings have
 * them: the kernel tells a caller the range of a refused integer, and takes
 * the address of its function for one, with a warning in the log.
 */
#include "nl.h"

/**
 * atoll_name_check - may a VM bear this name?
 * @name:	bytes, not necessarily terminated
 * @len:	how many, a terminating NUL not counted
 * @extack:	says what is wrong; may be NULL
 *
 * Any context.
 *
 * Return: 0 or -EINVAL
 */
int atoll_name_check(const char *name, size_t len, struct netlink_ext_ack *extack)
{
	size_t i;

	if (!len) {
		NL_SET_ERR_MSG(extack, "name is empty");
		return -EINVAL;
	}
	if (len > ATOLL_NAME_MAX) {
		NL_SET_ERR_MSG(extack, "name is longer than 63 bytes");
		return -EINVAL;
	}
	for (i = 0; i < len; i++) {
		/* Not isalnum(): it takes Latin-1 letters too */
		if ((name[i] >= 'a' && name[i] <= 'z') ||
		    (name[i] >= 'A' && name[i] <= 'Z') ||
		    (name[i] >= '0' && name[i] <= '9') ||
		    name[i] == '.' || name[i] == '_' || name[i] == '-')
			continue;
		NL_SET_ERR_MSG(extack, "name has bytes other than A-Z a-z 0-9 . _ -");
		return -EINVAL;
	}
	return 0;
}

/* Strings end in one NUL, their last byte; NLA_NUL_STRING saw that it is there */
static bool has_inner_nul(const struct nlattr *attr)
{
	return memchr(nla_data(attr), '\0', nla_len(attr)) !=
		nla_data(attr) + nla_len(attr) - 1;
}

static int check_name(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	int err;

	if (has_inner_nul(attr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "name has a NUL in its middle");
		return -EINVAL;
	}
	err = atoll_name_check(nla_data(attr), nla_len(attr) - 1, extack);
	if (err)
		NL_SET_BAD_ATTR(extack, attr);
	return err;
}

static int check_cmdline(const struct nlattr *attr, struct netlink_ext_ack *extack)
{
	if (has_inner_nul(attr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "command line has a NUL in its middle");
		return -EINVAL;
	}
	if (nla_len(attr) - 1 > ATOLL_CMDLINE_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "command line is longer than 4095 bytes");
		return -EINVAL;
	}
	return 0;
}

/**
 * atoll_nl_once - see that no attribute is given twice
 * @head:	first attribute
 * @len:	bytes of all of them
 * @repeatable:	the one type that may be, or 0
 * @extack:	says what is wrong, and where
 *
 * The kernel's parser takes the last of two equal attributes.  A caller who
 * sends two means one of them, and only he knows which.  Any context.
 *
 * Return: 0 or -EINVAL
 */
int atoll_nl_once(const struct nlattr *head, int len, u16 repeatable,
		  struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	u64 seen = 0;
	int rem;

	BUILD_BUG_ON(ATOLL_A_MAX > 63 || ATOLL_HOST_A_MAX > 63 || ATOLL_VM_A_MAX > 63 ||
		     ATOLL_POOL_A_MAX > 63 || ATOLL_BOOT_A_MAX > 63 || ATOLL_MODULE_A_MAX > 63);

	nla_for_each_attr(attr, head, len, rem) {
		int type = nla_type(attr);

		if (type == repeatable || type > 63)
			continue;
		if (seen & BIT_ULL(type)) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "attribute is given twice");
			return -EINVAL;
		}
		seen |= BIT_ULL(type);
	}
	return 0;
}

/**
 * atoll_nl_nest - take a nest apart
 * @tb:		@maxattr + 1 places, filled by type
 * @maxattr:	highest type that the nest may hold
 * @nest:	the nest
 * @policy:	what it may hold
 * @repeatable:	the one type that may come more than once, or 0
 * @extack:	says what is wrong, and where
 *
 * Any context.
 *
 * Return: 0 or an errno
 */
int atoll_nl_nest(struct nlattr **tb, int maxattr, const struct nlattr *nest,
		  const struct nla_policy *policy, u16 repeatable,
		  struct netlink_ext_ack *extack)
{
	int err = nla_parse_nested(tb, maxattr, nest, policy, extack);

	return err ?: atoll_nl_once(nla_data(nest), nla_len(nest), repeatable, extack);
}

#define HOST_IS_TOLD {							\
	.type = NLA_REJECT,						\
	.reject_message = "only the pool's limit and overcommit can be set",	\
}

/* HOST of HOST_SET */
const struct nla_policy atoll_nl_host_policy[ATOLL_HOST_A_POOL_OVERCOMMIT + 1] = {
	[ATOLL_HOST_A_VERSION ... ATOLL_HOST_A_VMS_ACTIVE] = HOST_IS_TOLD,
	[ATOLL_HOST_A_POOL_LIMIT] = { .type = NLA_U64 },
	[ATOLL_HOST_A_POOL_USED ... ATOLL_HOST_A_POOL_PROMISED] = HOST_IS_TOLD,
	[ATOLL_HOST_A_POOL_OVERCOMMIT] = NLA_POLICY_MAX(NLA_U32, 1),
};

#define AUDIT_IS_TOLD {						\
	.type = NLA_REJECT,					\
	.reject_message = "only how deep can be chosen",	\
}

/* AUDIT of AUDIT */
const struct nla_policy atoll_nl_audit_policy[ATOLL_AUDIT_A_DEEP + 1] = {
	[ATOLL_AUDIT_A_VMS ... ATOLL_AUDIT_A_ZEROES] = AUDIT_IS_TOLD,
	[ATOLL_AUDIT_A_DEEP] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* MAP of VM_MAP */
const struct nla_policy atoll_nl_map_policy[ATOLL_MAP_A_FROM + 1] = {
	[ATOLL_MAP_A_FROM] = { .type = NLA_U64 },
};

#define TRIM_IS_TOLD {							\
	.type = NLA_REJECT,						\
	.reject_message = "only whether to split can be chosen",	\
}

/* TRIM of VM_TRIM */
const struct nla_policy atoll_nl_trim_policy[ATOLL_TRIM_A_MAX + 1] = {
	[ATOLL_TRIM_A_GIVEN_BACK ... ATOLL_TRIM_A_PAD] = TRIM_IS_TOLD,
	[ATOLL_TRIM_A_SPLIT] = NLA_POLICY_MAX(NLA_U32, 1),
	[ATOLL_TRIM_A_CAME_APART] = TRIM_IS_TOLD,
};

/* POOL of POOL_REMOVE, POOL_ADD and POOL_SET */
const struct nla_policy atoll_nl_pool_name_policy[ATOLL_POOL_A_NAME + 1] = {
	[ATOLL_POOL_A_NAME] = NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, check_name),
};

const struct nla_policy atoll_nl_pool_new_policy[ATOLL_POOL_A_LEN + 1] = {
	[ATOLL_POOL_A_NAME] = NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, check_name),
	[ATOLL_POOL_A_LIMIT] = { .type = NLA_U64 },
	[ATOLL_POOL_A_START] = { .type = NLA_U64 },
	[ATOLL_POOL_A_LEN] = { .type = NLA_U64 },
};

const struct nla_policy atoll_nl_pool_numbers_policy[ATOLL_POOL_A_OVERCOMMIT + 1] = {
	[ATOLL_POOL_A_NAME] = NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, check_name),
	[ATOLL_POOL_A_LIMIT] = { .type = NLA_U64 },
	[ATOLL_POOL_A_START ... ATOLL_POOL_A_LEN] = {
		.type = NLA_REJECT,
		.reject_message = "the range of a pool cannot be changed",
	},
	[ATOLL_POOL_A_OVERCOMMIT] = NLA_POLICY_MAX(NLA_U32, 1),
};

/* VM of every command that only names one */
const struct nla_policy atoll_nl_name_policy[ATOLL_VM_A_NAME + 1] = {
	[ATOLL_VM_A_NAME] = NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, check_name),
};

/* VM_DEFINE: VM.BOOT.MODULE, VM.BOOT, VM */
const struct nla_policy atoll_nl_module_policy[ATOLL_MODULE_A_MAX + 1] = {
	[ATOLL_MODULE_A_FD] = { .type = NLA_U32 },
	[ATOLL_MODULE_A_CMDLINE] = NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, check_cmdline),
};

const struct nla_policy atoll_nl_boot_policy[ATOLL_BOOT_A_MAX + 1] = {
	[ATOLL_BOOT_A_IMAGE_FD] = { .type = NLA_U32 },
	[ATOLL_BOOT_A_FORMAT] = { .type = NLA_U32 },
	[ATOLL_BOOT_A_LOAD_ADDR] = { .type = NLA_U64 },
	[ATOLL_BOOT_A_CMDLINE] = NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, check_cmdline),
	[ATOLL_BOOT_A_MODULE] = NLA_POLICY_NESTED(atoll_nl_module_policy),
};

#define VM_BECOMES {							\
	.type = NLA_REJECT,						\
	.reject_message = "what becomes of a VM cannot be chosen",	\
}

const struct nla_policy atoll_nl_define_policy[ATOLL_VM_A_NODE + 1] = {
	[ATOLL_VM_A_NAME] = NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, check_name),
	[ATOLL_VM_A_ID] = {
		.type = NLA_REJECT,
		.reject_message = "the ID of a VM cannot be chosen",
	},
	[ATOLL_VM_A_MEMORY] = { .type = NLA_U64 },
	[ATOLL_VM_A_NR_VCPUS] = { .type = NLA_U32 },
	[ATOLL_VM_A_BOOT] = NLA_POLICY_NESTED(atoll_nl_boot_policy),
	[ATOLL_VM_A_STATE ... ATOLL_VM_A_CONSOLE_TAIL] = VM_BECOMES,
	[ATOLL_VM_A_PIN] = { .type = NLA_U32 },
	[ATOLL_VM_A_RESERVE] = NLA_POLICY_MAX(NLA_U32, 1),
	[ATOLL_VM_A_UNKNOWN_MSRS ... ATOLL_VM_A_PAUSE_REASON] = VM_BECOMES,
	[ATOLL_VM_A_TSC_KHZ] = { .type = NLA_U32 },
	[ATOLL_VM_A_OVERHEAD] = VM_BECOMES,
	[ATOLL_VM_A_POOL] = NLA_POLICY_VALIDATE_FN(NLA_NUL_STRING, check_name),
	[ATOLL_VM_A_SMALL ... ATOLL_VM_A_SPLITS] = VM_BECOMES,
	[ATOLL_VM_A_NODE] = { .type = NLA_U32 },
};

/* The messages themselves */
const struct nla_policy atoll_nl_host_set_policy[ATOLL_A_HOST + 1] = {
	[ATOLL_A_HOST] = NLA_POLICY_NESTED(atoll_nl_host_policy),
};

const struct nla_policy atoll_nl_audit_msg_policy[ATOLL_A_AUDIT + 1] = {
	[ATOLL_A_HOST ... ATOLL_A_VM] = {
		.type = NLA_REJECT,
		.reject_message = "this command is about all VMs",
	},
	[ATOLL_A_AUDIT] = NLA_POLICY_NESTED(atoll_nl_audit_policy),
};

const struct nla_policy atoll_nl_vm_policy[ATOLL_A_VM + 1] = {
	[ATOLL_A_HOST] = {
		.type = NLA_REJECT,
		.reject_message = "this command is about a VM, not the host",
	},
	[ATOLL_A_VM] = NLA_POLICY_NESTED(atoll_nl_name_policy),
};

const struct nla_policy atoll_nl_vm_define_policy[ATOLL_A_VM + 1] = {
	[ATOLL_A_HOST] = {
		.type = NLA_REJECT,
		.reject_message = "this command is about a VM, not the host",
	},
	[ATOLL_A_VM] = NLA_POLICY_NESTED(atoll_nl_define_policy),
};

const struct nla_policy atoll_nl_vm_map_policy[ATOLL_A_MAP + 1] = {
	[ATOLL_A_HOST] = {
		.type = NLA_REJECT,
		.reject_message = "this command is about a VM, not the host",
	},
	[ATOLL_A_VM] = NLA_POLICY_NESTED(atoll_nl_name_policy),
	[ATOLL_A_MAP] = NLA_POLICY_NESTED(atoll_nl_map_policy),
};

const struct nla_policy atoll_nl_vm_trim_policy[ATOLL_A_TRIM + 1] = {
	[ATOLL_A_HOST] = {
		.type = NLA_REJECT,
		.reject_message = "this command is about a VM, not the host",
	},
	[ATOLL_A_VM] = NLA_POLICY_NESTED(atoll_nl_name_policy),
	[ATOLL_A_TRIM] = NLA_POLICY_NESTED(atoll_nl_trim_policy),
};

#define ABOUT_A_POOL {							\
	.type = NLA_REJECT,						\
	.reject_message = "this command is about a pool",		\
}

const struct nla_policy atoll_nl_pool_remove_policy[ATOLL_A_POOL + 1] = {
	[ATOLL_A_HOST ... ATOLL_A_MAP] = ABOUT_A_POOL,
	[ATOLL_A_POOL] = NLA_POLICY_NESTED(atoll_nl_pool_name_policy),
};

const struct nla_policy atoll_nl_pool_add_policy[ATOLL_A_POOL + 1] = {
	[ATOLL_A_HOST ... ATOLL_A_MAP] = ABOUT_A_POOL,
	[ATOLL_A_POOL] = NLA_POLICY_NESTED(atoll_nl_pool_new_policy),
};

const struct nla_policy atoll_nl_pool_set_policy[ATOLL_A_POOL + 1] = {
	[ATOLL_A_HOST ... ATOLL_A_MAP] = ABOUT_A_POOL,
	[ATOLL_A_POOL] = NLA_POLICY_NESTED(atoll_nl_pool_numbers_policy),
};
