// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command that shows where a VM's memory lies, a piece at a time: each answer
 * says where the next begins.  What there is to show is mem/map.c's.  family.c
 * calls it.
 */
#include <linux/slab.h>
#include "nl.h"
#include "../hw/hw.h"

/* So many fit into 32 KiB */
#define RUNS_MAX	256

static u64 page_bytes(const struct atoll_run *run)
{
	return BIT_ULL(PAGE_SHIFT + 9 * (run->level - 1));
}

static bool is_held(const struct atoll_run *run)
{
	return run->level && !run->shared;
}

static int put_run(struct sk_buff *skb, const struct atoll_run *run)
{
	struct nlattr *nest = nla_nest_start(skb, ATOLL_MAP_A_RUN);

	if (!nest ||
	    nla_put_u64_64bit(skb, ATOLL_RUN_A_GPA, run->gpa, ATOLL_RUN_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_RUN_A_LEN, run->len, ATOLL_RUN_A_PAD))
		return -EMSGSIZE;
	if (run->level && nla_put_u32(skb, ATOLL_RUN_A_PAGE, page_bytes(run)))
		return -EMSGSIZE;
	if (run->shared && nla_put_flag(skb, ATOLL_RUN_A_SHARED))
		return -EMSGSIZE;
	if (is_held(run) &&
	    nla_put_u64_64bit(skb, ATOLL_RUN_A_HPA, run->hpa, ATOLL_RUN_A_PAD))
		return -EMSGSIZE;
	if (is_held(run) && atoll_hw->s2_marks() &&
	    nla_put_u32(skb, ATOLL_RUN_A_TOUCHED, run->touched))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static size_t reply_len(void)
{
	size_t run = nla_total_size(0) + 3 * nla_total_size_64bit(sizeof(u64)) +
		     2 * nla_total_size(sizeof(u32)) + nla_total_size(0);

	return nla_total_size(0) + nla_total_size_64bit(sizeof(u64)) + RUNS_MAX * run;
}

static int put_map(struct sk_buff *skb, const struct atoll_run *run, u32 nr, u64 next)
{
	struct nlattr *nest = nla_nest_start(skb, ATOLL_A_MAP);
	u32 i;

	if (!nest)
		return -EMSGSIZE;
	for (i = 0; i < nr; i++)
		if (put_run(skb, &run[i]))
			return -EMSGSIZE;
	if (nr == RUNS_MAX && nla_put_u64_64bit(skb, ATOLL_MAP_A_NEXT, next, ATOLL_MAP_A_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int take_from(struct genl_info *info, u64 *from)
{
	struct nlattr *tb[ARRAY_SIZE(atoll_nl_map_policy)], *nest = info->attrs[ATOLL_A_MAP];
	int err;

	if (!nest)
		return 0;
	err = atoll_nl_nest(tb, ARRAY_SIZE(tb) - 1, nest, atoll_nl_map_policy, 0, info->extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, ATOLL_MAP_A_FROM)) {
		GENL_SET_ERR_MSG(info, "where to begin is missing");
		return -EINVAL;
	}
	*from = nla_get_u64(tb[ATOLL_MAP_A_FROM]);
	return 0;
}

/* Marks that were cleared have to be made again where the guest goes on touching */
static u32 look(struct atoll_vm *vm, u64 *gpa, struct atoll_run *run)
{
	struct atoll_s2_gather gather;
	u32 nr;

	atoll_s2_gather_init(&gather);
	nr = atoll_gmem_map(&vm->gmem, gpa, run, RUNS_MAX, &gather);
	if (gather.flush)
		atoll_vm_request(vm, ATOLL_REQ_TLB_FLUSH);
	return nr;
}

static int reply_map(struct genl_info *info, struct atoll_run *run, u64 gpa)
{
	struct sk_buff *reply = genlmsg_new(reply_len(), GFP_KERNEL);
	int err = -EMSGSIZE;
	void *head;
	u32 nr;

	if (!reply)
		return -ENOMEM;
	nr = look(info->user_ptr[0], &gpa, run);
	head = genlmsg_put_reply(reply, info, &atoll_nl_family, 0, ATOLL_CMD_VM_MAP);
	if (head)
		err = put_map(reply, run, nr, gpa);
	if (err) {
		nlmsg_free(reply);
		return err;
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}

/**
 * atoll_nl_vm_map - do VM_MAP
 * @skb:	the request
 * @info:	its parts; the VM is held
 *
 * Sleeps.
 *
 * Return: 0 or an errno
 */
int atoll_nl_vm_map(struct sk_buff *skb, struct genl_info *info)
{
	struct atoll_run *run;
	u64 from = 0;
	int err;

	err = take_from(info, &from);
	if (err)
		return err;
	run = kcalloc(RUNS_MAX, sizeof(*run), GFP_KERNEL);
	if (!run)
		return -ENOMEM;
	err = reply_map(info, run, from);
	kfree(run);
	return err;
}
