// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands about the host: what it has to give, and how much of it.
 * Knows no VM; family.c calls it.
 */
#include "nl.h"
#include "../hw/hw.h"
#include "../mem/pool.h"

static int put_features(struct sk_buff *skb)
{
	const char *name;
	u32 i;

	for (i = 0; (name = atoll_hw->feature(i)); i++)
		if (nla_put_string(skb, ATOLL_HOST_A_FEATURE, name))
			return -EMSGSIZE;
	return 0;
}

static int put_host(struct sk_buff *skb)
{
	struct atoll_pool_usage pool;
	u32 defined, active;
	struct nlattr *nest;

	atoll_pool_get_usage(&atoll_dynamic_pool, &pool);
	atoll_vm_count(&defined, &active);

	nest = nla_nest_start(skb, ATOLL_A_HOST);
	if (!nest ||
	    nla_put_string(skb, ATOLL_HOST_A_VERSION, ATOLL_VERSION) ||
	    nla_put_string(skb, ATOLL_HOST_A_BACKEND, atoll_hw->name) ||
	    nla_put_u32(skb, ATOLL_HOST_A_VCPUS_MAX, ATOLL_VCPUS_MAX) ||
	    nla_put_u32(skb, ATOLL_HOST_A_VMS, defined) ||
	    nla_put_u32(skb, ATOLL_HOST_A_VMS_ACTIVE, active) ||
	    nla_put_u64_64bit(skb, ATOLL_HOST_A_POOL_LIMIT, pool.limit, ATOLL_HOST_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_HOST_A_POOL_USED, pool.used, ATOLL_HOST_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_HOST_A_POOL_PROMISED, pool.promised,
			      ATOLL_HOST_A_PAD) ||
	    nla_put_u32(skb, ATOLL_HOST_A_POOL_OVERCOMMIT, pool.overcommit) ||
	    nla_put_u32(skb, ATOLL_HOST_A_CPUS_ON, atoll_hw_cpus_on()) ||
	    put_features(skb))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * atoll_nl_host_get - answer HOST_GET
 * @skb:	the request
 * @info:	its parts; it has no attributes
 *
 * Sleeps.
 *
 * Return: 0 or an errno
 */
int atoll_nl_host_get(struct sk_buff *skb, struct genl_info *info)
{
	struct sk_buff *reply;
	int err = -EMSGSIZE;
	void *head;

	reply = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!reply)
		return -ENOMEM;
	head = genlmsg_put_reply(reply, info, &atoll_nl_family, 0, ATOLL_CMD_HOST_GET);
	if (head)
		err = put_host(reply);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}

/**
 * atoll_nl_host_set - do HOST_SET
 * @skb:	the request
 * @info:	its parts
 *
 * Sleeps.
 *
 * Return: 0 or an errno, with a sentence
 */
int atoll_nl_host_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[ARRAY_SIZE(atoll_nl_host_policy)], *nest = info->attrs[ATOLL_A_HOST];
	struct nlattr *limit, *overcommit;
	bool wants_overcommit;
	u64 bytes;
	int err;

	if (GENL_REQ_ATTR_CHECK(info, ATOLL_A_HOST)) {
		GENL_SET_ERR_MSG(info, "HOST is missing");
		return -EINVAL;
	}
	err = atoll_nl_nest(tb, ARRAY_SIZE(tb) - 1, nest, atoll_nl_host_policy, 0,
			    info->extack);
	if (err)
		return err;
	limit = tb[ATOLL_HOST_A_POOL_LIMIT];
	overcommit = tb[ATOLL_HOST_A_POOL_OVERCOMMIT];
	if (!overcommit && NL_REQ_ATTR_CHECK(info->extack, nest, tb, ATOLL_HOST_A_POOL_LIMIT)) {
		GENL_SET_ERR_MSG(info, "pool limit is missing");
		return -EINVAL;
	}
	bytes = limit ? nla_get_u64(limit) : 0;
	wants_overcommit = overcommit && nla_get_u32(overcommit);
	return atoll_pool_set(&atoll_dynamic_pool, limit ? &bytes : NULL,
			      overcommit ? &wants_overcommit : NULL, info->extack);
}
