// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pools: plain structs to attributes and back.  The kernel judges what is asked
 * for; an answer is checked against a policy before it is read.
 */
#include <errno.h>
#include <string.h>

#include "nl_sock.h"

static struct nla_policy top_policy[ATOLL_A_MAX + 1] = {
	[ATOLL_A_POOL] = { .type = NLA_NESTED },
};

static struct nla_policy pool_policy[ATOLL_POOL_A_MAX + 1] = {
	[ATOLL_POOL_A_NAME] = { .type = NLA_STRING, .minlen = 1 },
	[ATOLL_POOL_A_LIMIT] = { .type = NLA_U64 },
	[ATOLL_POOL_A_START] = { .type = NLA_U64 },
	[ATOLL_POOL_A_LEN] = { .type = NLA_U64 },
	[ATOLL_POOL_A_OVERCOMMIT] = { .type = NLA_U32 },
	[ATOLL_POOL_A_KIND] = { .type = NLA_U32 },
	[ATOLL_POOL_A_PROMISED] = { .type = NLA_U64 },
	[ATOLL_POOL_A_USED] = { .type = NLA_U64 },
	[ATOLL_POOL_A_GUESTS] = { .type = NLA_U32 },
	[ATOLL_POOL_A_FREE] = { .type = NLA_U64 },
	[ATOLL_POOL_A_FREE_WHOLE] = { .type = NLA_U64 },
	[ATOLL_POOL_A_SPLITS] = { .type = NLA_U64 },
	[ATOLL_POOL_A_CLEARING] = { .type = NLA_U64 },
};

struct each {
	pool_fn fn;
	void *data;
};

static int read_pool_msg(struct nlmsghdr *hdr, void *data)
{
	struct nlattr *top[ATOLL_A_MAX + 1], *a[ATOLL_POOL_A_MAX + 1];
	struct each *each = data;
	struct pool pool;

	if (genlmsg_parse(hdr, 0, top, ATOLL_A_MAX, top_policy) || !top[ATOLL_A_POOL] ||
	    nla_parse_nested(a, ATOLL_POOL_A_MAX, top[ATOLL_A_POOL], pool_policy))
		return -1;
	memset(&pool, 0, sizeof(pool));
	wire_string(a[ATOLL_POOL_A_NAME], pool.name, sizeof(pool.name));
	pool.kind = wire_u32(a[ATOLL_POOL_A_KIND]);
	pool.limit = wire_u64(a[ATOLL_POOL_A_LIMIT]);
	pool.start = wire_u64(a[ATOLL_POOL_A_START]);
	pool.len = wire_u64(a[ATOLL_POOL_A_LEN]);
	pool.overcommit = wire_u32(a[ATOLL_POOL_A_OVERCOMMIT]);
	pool.promised = wire_u64(a[ATOLL_POOL_A_PROMISED]);
	pool.used = wire_u64(a[ATOLL_POOL_A_USED]);
	pool.guests = wire_u32(a[ATOLL_POOL_A_GUESTS]);
	pool.clearing = wire_u64(a[ATOLL_POOL_A_CLEARING]);
	pool.splits = wire_u64(a[ATOLL_POOL_A_SPLITS]);
	pool.free = wire_u64(a[ATOLL_POOL_A_FREE]);
	pool.free_whole = wire_u64(a[ATOLL_POOL_A_FREE_WHOLE]);
	each->fn(&pool, each->data);
	return 0;
}

/**
 * wire_pool_dump() - all pools
 *
 * Return: as wire_vm_dump().
 */
int wire_pool_dump(struct wire *wire, pool_fn fn, void *data)
{
	struct nl_msg *msg = wire_request(wire, ATOLL_CMD_POOL_GET, NLM_F_DUMP);
	struct each each = { fn, data };

	return msg ? wire_call(wire, msg, read_pool_msg, &each) : -1;
}

static int call_named(struct wire *wire, enum atoll_cmd cmd, const char *name,
		      int (*put)(struct nl_msg *msg, const struct pool_change *change),
		      const struct pool_change *change)
{
	struct nl_msg *msg = wire_request(wire, cmd, 0);
	struct nlattr *nest;

	if (!msg)
		return -1;
	nest = nla_nest_start(msg, ATOLL_A_POOL);
	if (!nest || nla_put_string(msg, ATOLL_POOL_A_NAME, name) ||
	    (put && put(msg, change))) {
		nlmsg_free(msg);
		return wire_fail(EMSGSIZE, "name is longer than 64 KiB");
	}
	nla_nest_end(msg, nest);
	return wire_call(wire, msg, NULL, NULL);
}

static int put_change(struct nl_msg *msg, const struct pool_change *change)
{
	if (change->limit && nla_put_u64(msg, ATOLL_POOL_A_LIMIT, *change->limit))
		return -1;
	if (change->overcommit && nla_put_u32(msg, ATOLL_POOL_A_OVERCOMMIT, *change->overcommit))
		return -1;
	if (change->len && (nla_put_u64(msg, ATOLL_POOL_A_START, *change->start) ||
			    nla_put_u64(msg, ATOLL_POOL_A_LEN, *change->len)))
		return -1;
	return 0;
}

/**
 * wire_pool_add() - make a pool
 * @what: a limit: a dynamic one; a start and a length: a reserved one
 */
int wire_pool_add(struct wire *wire, const char *name, const struct pool_change *what)
{
	return call_named(wire, ATOLL_CMD_POOL_ADD, name, put_change, what);
}

/**
 * wire_pool_set() - change a pool
 * @change: a limit, or overcommit
 */
int wire_pool_set(struct wire *wire, const char *name, const struct pool_change *change)
{
	return call_named(wire, ATOLL_CMD_POOL_SET, name, put_change, change);
}

int wire_pool_remove(struct wire *wire, const char *name)
{
	return call_named(wire, ATOLL_CMD_POOL_REMOVE, name, NULL, NULL);
}
