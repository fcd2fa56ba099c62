// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit's command.  What is checked is vm/audit.c's and mem/audit.c's; here it
 * is only asked for and told.  family.c calls it.
 */
#include <linux/slab.h>
#include "nl.h"

static int put_audit(struct sk_buff *skb, const struct atoll_audit *audit)
{
	struct nlattr *nest = nla_nest_start(skb, ATOLL_A_AUDIT);
	u32 i;

	if (!nest ||
	    nla_put_u32(skb, ATOLL_AUDIT_A_VMS, audit->vms) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_TABLES, audit->tables, ATOLL_AUDIT_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_ENTRIES, audit->entries, ATOLL_AUDIT_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_FRAMES, audit->frames, ATOLL_AUDIT_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_SHARED, audit->shared, ATOLL_AUDIT_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_RECORDS, audit->records, ATOLL_AUDIT_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_TIME_NS, audit->ns, ATOLL_AUDIT_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_VIOLATIONS, audit->nr_violations,
			      ATOLL_AUDIT_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_PERMISSIONS, audit->permissions,
			      ATOLL_AUDIT_A_PAD))
		return -EMSGSIZE;
	if (audit->deep &&
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_ZEROES, audit->zeroes, ATOLL_AUDIT_A_PAD))
		return -EMSGSIZE;
	for (i = 0; i < min_t(u64, audit->nr_violations, ATOLL_AUDIT_TOLD_MAX); i++)
		if (nla_put_string(skb, ATOLL_AUDIT_A_VIOLATION, audit->violation[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int reply_audit(struct genl_info *info, const struct atoll_audit *audit)
{
	/* Ten numbers, and sentences as long as they may be */
	size_t len = nla_total_size(0) + 10 * nla_total_size_64bit(sizeof(u64)) +
		     ATOLL_AUDIT_TOLD_MAX * nla_total_size(sizeof(audit->violation[0]));
	struct sk_buff *reply = genlmsg_new(len, GFP_KERNEL);
	int err = -EMSGSIZE;
	void *head;

	if (!reply)
		return -ENOMEM;
	head = genlmsg_put_reply(reply, info, &atoll_nl_family, 0, ATOLL_CMD_AUDIT);
	if (head)
		err = put_audit(reply, audit);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}

static int take_wishes(struct genl_info *info, struct atoll_audit *audit)
{
	struct nlattr *tb[ARRAY_SIZE(atoll_nl_audit_policy)], *nest = info->attrs[ATOLL_A_AUDIT];
	int err;

	if (!nest)
		return 0;
	err = atoll_nl_nest(tb, ARRAY_SIZE(tb) - 1, nest, atoll_nl_audit_policy, 0, info->extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, ATOLL_AUDIT_A_DEEP)) {
		GENL_SET_ERR_MSG(info, "how deep is missing");
		return -EINVAL;
	}
	audit->deep = nla_get_u32(tb[ATOLL_AUDIT_A_DEEP]);
	return 0;
}

/**
 * atoll_nl_audit - do AUDIT
 * @skb:	the request
 * @info:	its parts
 *
 * Sleeps.
 *
 * Return: 0, whatever was found; or an errno
 */
int atoll_nl_audit(struct sk_buff *skb, struct genl_info *info)
{
	struct atoll_audit *audit = kzalloc(sizeof(*audit), GFP_KERNEL);
	int err;

	if (!audit)
		return -ENOMEM;
	err = take_wishes(info, audit);
	if (!err) {
		atoll_vm_audit(audit);
		err = reply_audit(info, audit);
	}
	kfree(audit);
	return err;
}
