// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command that has a VM give back memory that it doesn't use.  What that means
 * is vm/trim.c's and mem/trim.c's.  family.c calls it.
 */
#include "nl.h"

static int put_trim(struct sk_buff *skb, const struct atoll_trim *trim)
{
	struct nlattr *nest = nla_nest_start(skb, ATOLL_A_TRIM);

	if (!nest ||
	    nla_put_u64_64bit(skb, ATOLL_TRIM_A_GIVEN_BACK, trim->given_bytes,
			      ATOLL_TRIM_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_TRIM_A_MERGED, trim->nr_merged, ATOLL_TRIM_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_TRIM_A_CAME_APART, trim->nr_split, ATOLL_TRIM_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int take_wishes(struct genl_info *info, struct atoll_trim *trim)
{
	struct nlattr *tb[ARRAY_SIZE(atoll_nl_trim_policy)], *nest = info->attrs[ATOLL_A_TRIM];
	int err;

	if (!nest)
		return 0;
	err = atoll_nl_nest(tb, ARRAY_SIZE(tb) - 1, nest, atoll_nl_trim_policy, 0, info->extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, ATOLL_TRIM_A_SPLIT)) {
		GENL_SET_ERR_MSG(info, "whether to split is missing");
		return -EINVAL;
	}
	trim->split = nla_get_u32(tb[ATOLL_TRIM_A_SPLIT]);
	return 0;
}

static int reply_trim(struct genl_info *info, struct atoll_trim *trim)
{
	size_t len = nla_total_size(0) + 3 * nla_total_size_64bit(sizeof(u64));
	/* Find room for the reply first: a refusal must have changed nothing */
	struct sk_buff *reply = genlmsg_new(len, GFP_KERNEL);
	int err = -EMSGSIZE;
	void *head;

	if (!reply)
		return -ENOMEM;
	head = genlmsg_put_reply(reply, info, &atoll_nl_family, 0, ATOLL_CMD_VM_TRIM);
	if (head)
		err = atoll_vm_trim(info->user_ptr[0], trim, info->extack);
	if (!err)
		err = put_trim(reply, trim);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}

/**
 * atoll_nl_vm_trim - do VM_TRIM
 * @skb:	the request
 * @info:	its parts; the VM is held
 *
 * Sleeps.
 *
 * Return: 0 or an errno, with a sentence
 */
int atoll_nl_vm_trim(struct sk_buff *skb, struct genl_info *info)
{
	struct atoll_trim trim = {};

	return take_wishes(info, &trim) ?: reply_trim(info, &trim);
}
