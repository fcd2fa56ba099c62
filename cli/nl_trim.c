// SPDX-License-Identifier: GPL-2.0-only
/*
 * A trim of a VM's memory: TRIM of <linux/atoll.h>.
 */
#include "nl_sock.h"

static struct nla_policy top_policy[ATOLL_A_MAX + 1] = {
	[ATOLL_A_TRIM] = { .type = NLA_NESTED },
};

static struct nla_policy trim_policy[ATOLL_TRIM_A_MAX + 1] = {
	[ATOLL_TRIM_A_GIVEN_BACK] = { .type = NLA_U64 },
	[ATOLL_TRIM_A_MERGED] = { .type = NLA_U64 },
	[ATOLL_TRIM_A_CAME_APART] = { .type = NLA_U64 },
};

static int read_trim_msg(struct nlmsghdr *hdr, void *data)
{
	struct nlattr *top[ATOLL_A_MAX + 1], *a[ATOLL_TRIM_A_MAX + 1];
	struct trim *trim = data;

	if (genlmsg_parse(hdr, 0, top, ATOLL_A_MAX, top_policy) || !top[ATOLL_A_TRIM] ||
	    nla_parse_nested(a, ATOLL_TRIM_A_MAX, top[ATOLL_A_TRIM], trim_policy))
		return -1;
	trim->given_back = wire_u64(a[ATOLL_TRIM_A_GIVEN_BACK]);
	trim->merged = wire_u64(a[ATOLL_TRIM_A_MERGED]);
	trim->split = wire_u64(a[ATOLL_TRIM_A_CAME_APART]);
	return 0;
}

/**
 * wire_vm_trim() - have a guest give back memory that it doesn't use
 * @split: 1: in pieces of 4 KiB, too
 * @trim: filled in
 */
int wire_vm_trim(struct wire *wire, const char *name, u32 split, struct trim *trim)
{
	struct nl_msg *msg = wire_request_named(wire, ATOLL_CMD_VM_TRIM, name);
	struct nlattr *nest;

	if (!msg)
		return -1;
	*trim = (struct trim){ 0 };
	nest = nla_nest_start(msg, ATOLL_A_TRIM);
	if (!nest || nla_put_u32(msg, ATOLL_TRIM_A_SPLIT, split))
		return wire_too_long(msg);
	nla_nest_end(msg, nest);
	return wire_call(wire, msg, read_trim_msg, trim);
}
