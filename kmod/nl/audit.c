// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit's command: every guest in turn, while they run.  What is checked is
 * mem/audit.c's; here it is only which tables the hardware uses.  family.c calls it.
 */
#include <linux/ktime.h>
#include <linux/slab.h>
#include "nl.h"
#include "../hw/hw.h"

static void audit_vm(struct atoll_vm *vm, struct atoll_audit *audit)
{
	u64 root_pa = atoll_hw->s2_root(vm->vcpu[0]);
	u32 i;

	audit->who = vm->cfg.name;
	audit->vms++;
	atoll_gmem_audit(&vm->gmem, root_pa, audit);
	for (i = 1; i < vm->nr_vcpus; i++) {
		if (atoll_hw->s2_root(vm->vcpu[i]) != root_pa)
			atoll_blame(audit, "vCPU %u has other tables than vCPU 0", i);
	}
}

static void audit_all(struct atoll_audit *audit)
{
	ktime_t begin = ktime_get();
	struct atoll_vm *vm;
	u32 id = 0;

	while ((vm = atoll_vm_next(id))) {
		id = vm->id;
		audit_vm(vm, audit);
		atoll_vm_put(vm);
	}
	audit->ns = ktime_to_ns(ktime_sub(ktime_get(), begin));
}

static int put_audit(struct sk_buff *skb, const struct atoll_audit *audit)
{
	struct nlattr *nest = nla_nest_start(skb, ATOLL_A_AUDIT);
	u32 i;

	if (!nest ||
	    nla_put_u32(skb, ATOLL_AUDIT_A_VMS, audit->vms) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_TABLES, audit->tables, ATOLL_AUDIT_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_ENTRIES, audit->entries, ATOLL_AUDIT_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_FRAMES, audit->frames, ATOLL_AUDIT_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_RECORDS, audit->records, ATOLL_AUDIT_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_TIME_NS, audit->ns, ATOLL_AUDIT_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_AUDIT_A_VIOLATIONS, audit->nr_violations,
			      ATOLL_AUDIT_A_PAD))
		return -EMSGSIZE;
	for (i = 0; i < min_t(u64, audit->nr_violations, ATOLL_AUDIT_TOLD_MAX); i++)
		if (nla_put_string(skb, ATOLL_AUDIT_A_VIOLATION, audit->violation[i]))
			return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int reply_audit(struct genl_info *info, const struct atoll_audit *audit)
{
	/* Eight numbers, and sentences as long as they may be */
	size_t len = nla_total_size(0) + 8 * nla_total_size_64bit(sizeof(u64)) +
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

/**
 * atoll_nl_audit - do AUDIT
 * @skb:	the request
 * @info:	its parts; it has no attributes
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
	audit_all(audit);
	err = reply_audit(info, audit);
	kfree(audit);
	return err;
}
