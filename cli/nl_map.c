// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's memory as the module tells of it, a piece at a time: MAP and RUN of
 * <linux/atoll.h>.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "nl_sock.h"

#define U32	{ .type = NLA_U32 }
#define U64	{ .type = NLA_U64 }
#define NEST	{ .type = NLA_NESTED }

static struct nla_policy top_policy[ATOLL_A_MAX + 1] = {
	[ATOLL_A_MAP] = NEST,
};

static struct nla_policy map_policy[ATOLL_MAP_A_MAX + 1] = {
	[ATOLL_MAP_A_RUN] = NEST,
	[ATOLL_MAP_A_NEXT] = U64,
};

static struct nla_policy run_policy[ATOLL_RUN_A_MAX + 1] = {
	[ATOLL_RUN_A_GPA] = U64,
	[ATOLL_RUN_A_LEN] = U64,
	[ATOLL_RUN_A_HPA] = U64,
	[ATOLL_RUN_A_PAGE] = U32,
	[ATOLL_RUN_A_TOUCHED] = U32,
	[ATOLL_RUN_A_SHARED] = { .type = NLA_FLAG },
};

static enum run_state state_of(struct nlattr **a)
{
	if (a[ATOLL_RUN_A_SHARED])
		return RUN_SHARED;
	if (!a[ATOLL_RUN_A_HPA])
		return RUN_UNTAKEN;
	if (!a[ATOLL_RUN_A_TOUCHED])
		return RUN_HELD;
	return nla_get_u32(a[ATOLL_RUN_A_TOUCHED]) ? RUN_HOT : RUN_COLD;
}

/* Pieces end where a message is full, whether or not the next run is alike */
static int joins(const struct memory_run *run, const struct memory_run *next)
{
	return run->gpa + run->len == next->gpa && run->state == next->state &&
	       run->page == next->page &&
	       (run->state == RUN_UNTAKEN || run->state == RUN_SHARED ||
		run->host + run->len == next->host);
}

static void add_run(struct memory_map *map, const struct memory_run *run)
{
	if (map->nr && joins(&map->runs[map->nr - 1], run)) {
		map->runs[map->nr - 1].len += run->len;
		return;
	}
	map->runs = must(reallocarray(map->runs, map->nr + 1, sizeof(*run)));
	map->runs[map->nr++] = *run;
}

static int read_run(struct nlattr *nest, struct memory_map *map)
{
	struct nlattr *a[ATOLL_RUN_A_MAX + 1];
	struct memory_run run = { 0 };

	if (nla_parse_nested(a, ATOLL_RUN_A_MAX, nest, run_policy) ||
	    !a[ATOLL_RUN_A_GPA] || !a[ATOLL_RUN_A_LEN] || !nla_get_u64(a[ATOLL_RUN_A_LEN]))
		return -1;
	run.gpa = nla_get_u64(a[ATOLL_RUN_A_GPA]);
	run.len = nla_get_u64(a[ATOLL_RUN_A_LEN]);
	run.host = a[ATOLL_RUN_A_HPA] ? nla_get_u64(a[ATOLL_RUN_A_HPA]) : 0;
	run.page = a[ATOLL_RUN_A_PAGE] ? nla_get_u32(a[ATOLL_RUN_A_PAGE]) : 0;
	run.state = state_of(a);
	add_run(map, &run);
	return 0;
}

static int read_map_msg(struct nlmsghdr *hdr, void *data)
{
	struct nlattr *top[ATOLL_A_MAX + 1], *a[ATOLL_MAP_A_MAX + 1], *attr;
	struct memory_map *map = data;
	int left;

	if (genlmsg_parse(hdr, 0, top, ATOLL_A_MAX, top_policy) || !top[ATOLL_A_MAP] ||
	    nla_parse_nested(a, ATOLL_MAP_A_MAX, top[ATOLL_A_MAP], map_policy))
		return -1;
	nla_for_each_nested(attr, top[ATOLL_A_MAP], left) {
		if (nla_type(attr) == ATOLL_MAP_A_RUN && read_run(attr, map))
			return -1;
	}
	map->more = !!a[ATOLL_MAP_A_NEXT];
	if (map->more)
		map->next = nla_get_u64(a[ATOLL_MAP_A_NEXT]);
	return 0;
}

static struct nl_msg *request_from(struct wire *wire, const char *name, u64 from)
{
	struct nl_msg *msg = wire_request(wire, ATOLL_CMD_VM_MAP, 0);
	struct nlattr *vm, *map;

	if (!msg)
		return NULL;
	vm = nla_nest_start(msg, ATOLL_A_VM);
	if (!vm || nla_put_string(msg, ATOLL_VM_A_NAME, name))
		goto too_long;
	nla_nest_end(msg, vm);
	map = nla_nest_start(msg, ATOLL_A_MAP);
	if (!map || nla_put_u64(msg, ATOLL_MAP_A_FROM, from))
		goto too_long;
	nla_nest_end(msg, map);
	return msg;

too_long:
	nlmsg_free(msg);
	wire_fail(EMSGSIZE, "name is longer than 64 KiB");
	return NULL;
}

/**
 * wire_vm_map() - all of a guest's memory
 * @map: filled in; runs are the caller's to free, after a failure, too
 */
int wire_vm_map(struct wire *wire, const char *name, struct memory_map *map)
{
	struct nl_msg *msg;

	memset(map, 0, sizeof(*map));
	do {
		msg = request_from(wire, name, map->next);
		if (!msg || wire_call(wire, msg, read_map_msg, map))
			return -1;
	} while (map->more);
	return 0;
}
