// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands about pools: attributes become a plain struct, one call into mem/
 * does the work.  No rule about pools is made here.  family.c calls this.
 */
#include "nl.h"

static int take_pool(struct genl_info *info, struct nlattr **tb, int maxattr,
		     const struct nla_policy *policy)
{
	struct nlattr *nest = info->attrs[ATOLL_A_POOL];
	int err;

	if (GENL_REQ_ATTR_CHECK(info, ATOLL_A_POOL)) {
		GENL_SET_ERR_MSG(info, "POOL is missing");
		return -EINVAL;
	}
	err = atoll_nl_nest(tb, maxattr, nest, policy, 0, info->extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, ATOLL_POOL_A_NAME)) {
		GENL_SET_ERR_MSG(info, "name is missing");
		return -EINVAL;
	}
	return 0;
}

/**
 * atoll_nl_pool_add - do POOL_ADD
 * @skb:	the request
 * @info:	its parts
 *
 * Sleeps.
 *
 * Return: 0 or an errno, with a sentence
 */
int atoll_nl_pool_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[ARRAY_SIZE(atoll_nl_pool_new_policy)];
	struct atoll_pool_config cfg = {};
	int err;

	err = take_pool(info, tb, ARRAY_SIZE(tb) - 1, atoll_nl_pool_new_policy);
	if (err)
		return err;
	if (!tb[ATOLL_POOL_A_START] != !tb[ATOLL_POOL_A_LEN] ||
	    !tb[ATOLL_POOL_A_START] == !tb[ATOLL_POOL_A_LIMIT]) {
		GENL_SET_ERR_MSG(info, "a pool has either a limit, or a start and a length");
		return -EINVAL;
	}
	nla_strscpy(cfg.name, tb[ATOLL_POOL_A_NAME], sizeof(cfg.name));
	if (tb[ATOLL_POOL_A_LIMIT]) {
		cfg.kind = ATOLL_POOL_DYNAMIC;
		cfg.limit = nla_get_u64(tb[ATOLL_POOL_A_LIMIT]);
	} else {
		cfg.kind = ATOLL_POOL_RESERVED;
		cfg.start = nla_get_u64(tb[ATOLL_POOL_A_START]);
		cfg.len = nla_get_u64(tb[ATOLL_POOL_A_LEN]);
	}
	return atoll_pool_add(&cfg, info->extack);
}

/**
 * atoll_nl_pool_set - do POOL_SET
 * @skb:	the request
 * @info:	its parts
 *
 * Sleeps.
 *
 * Return: 0 or an errno, with a sentence
 */
int atoll_nl_pool_set(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[ARRAY_SIZE(atoll_nl_pool_numbers_policy)], *limit, *overcommit;
	bool wants_overcommit;
	u64 bytes;
	int err;

	err = take_pool(info, tb, ARRAY_SIZE(tb) - 1, atoll_nl_pool_numbers_policy);
	if (err)
		return err;
	limit = tb[ATOLL_POOL_A_LIMIT];
	overcommit = tb[ATOLL_POOL_A_OVERCOMMIT];
	if (!limit && !overcommit) {
		GENL_SET_ERR_MSG(info, "pool limit is missing");
		return -EINVAL;
	}
	bytes = limit ? nla_get_u64(limit) : 0;
	wants_overcommit = overcommit && nla_get_u32(overcommit);
	return atoll_pool_set_named(nla_data(tb[ATOLL_POOL_A_NAME]), limit ? &bytes : NULL,
				    overcommit ? &wants_overcommit : NULL, info->extack);
}

/**
 * atoll_nl_pool_remove - do POOL_REMOVE
 * @skb:	the request
 * @info:	its parts
 *
 * Sleeps.
 *
 * Return: 0 or an errno, with a sentence
 */
int atoll_nl_pool_remove(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *tb[ARRAY_SIZE(atoll_nl_pool_name_policy)];
	int err;

	err = take_pool(info, tb, ARRAY_SIZE(tb) - 1, atoll_nl_pool_name_policy);
	return err ?: atoll_pool_remove(nla_data(tb[ATOLL_POOL_A_NAME]), info->extack);
}

/**
 * atoll_nl_pool_dump_start - begin to answer POOL_GET
 * @cb:		the dump
 *
 * As for VM_GET: pre_doit() does not see dumps, and there is no sentence.
 *
 * Return: 0 or an errno
 */
int atoll_nl_pool_dump_start(struct netlink_callback *cb)
{
	if (!netlink_capable(cb->skb, CAP_SYS_ADMIN))
		return -EPERM;
	return nlmsg_attrlen(cb->nlh, GENL_HDRLEN) ? -EINVAL : 0;
}

static int put_u64(struct sk_buff *skb, enum atoll_pool_attr attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, ATOLL_POOL_A_PAD);
}

static int put_pool(struct sk_buff *skb, const struct atoll_pool_info *pool)
{
	struct nlattr *nest = nla_nest_start(skb, ATOLL_A_POOL);

	if (!nest ||
	    nla_put_string(skb, ATOLL_POOL_A_NAME, pool->name) ||
	    nla_put_u32(skb, ATOLL_POOL_A_KIND, pool->kind) ||
	    put_u64(skb, ATOLL_POOL_A_LIMIT, pool->usage.limit) ||
	    (pool->kind == ATOLL_POOL_RESERVED &&
	     (put_u64(skb, ATOLL_POOL_A_START, pool->start) ||
	      put_u64(skb, ATOLL_POOL_A_LEN, pool->len))) ||
	    nla_put_u32(skb, ATOLL_POOL_A_OVERCOMMIT, pool->usage.overcommit) ||
	    put_u64(skb, ATOLL_POOL_A_PROMISED, pool->usage.promised) ||
	    put_u64(skb, ATOLL_POOL_A_USED, pool->usage.used) ||
	    put_u64(skb, ATOLL_POOL_A_CLEARING, pool->usage.clearing) ||
	    put_u64(skb, ATOLL_POOL_A_SPLITS, pool->usage.nr_split) ||
	    nla_put_u32(skb, ATOLL_POOL_A_GUESTS, pool->guests) ||
	    put_u64(skb, ATOLL_POOL_A_FREE, pool->free) ||
	    put_u64(skb, ATOLL_POOL_A_FREE_WHOLE, pool->free_whole))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int dump_pool(struct sk_buff *skb, struct netlink_callback *cb,
		     const struct atoll_pool_info *pool)
{
	void *head;
	int err;

	head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &atoll_nl_family,
			   NLM_F_MULTI, ATOLL_CMD_POOL_GET);
	if (!head)
		return -EMSGSIZE;
	err = put_pool(skb, pool);
	if (err) {
		genlmsg_cancel(skb, head);
		return err;
	}
	genlmsg_end(skb, head);
	return 0;
}

/**
 * atoll_nl_pool_dump - put as many pools into a message as it takes
 * @skb:	the message
 * @cb:		the dump; args[0] is the ID of the last pool that was put
 *
 * Sleeps.
 *
 * Return: bytes in the message, 0 after the last pool
 */
int atoll_nl_pool_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct atoll_pool_info pool;
	int err = 0;

	while (!err && atoll_pool_next(cb->args[0], &pool)) {
		err = dump_pool(skb, cb, &pool);
		if (!err)
			cb->args[0] = pool.id;
	}
	return skb->len ?: err;
}
