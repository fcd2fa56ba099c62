/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the netlink room share.  Nobody outside nl/ includes
 * this but its tests.
 */
#ifndef ATOLL_NL_H
#define ATOLL_NL_H

#include <net/genetlink.h>
#include "../atoll.h"

/* Bits of genl_ops.internal_flags: what is done before and after a command */
#define ATOLL_NL_VM	0x01	/* find the named VM, hold it in user_ptr[0] */

/* The one multicast group */
#define ATOLL_NL_EVENTS	0

/* nl/policy.c: which attributes each command takes */
extern const struct nla_policy atoll_nl_host_policy[ATOLL_HOST_A_POOL_OVERCOMMIT + 1];
extern const struct nla_policy atoll_nl_name_policy[ATOLL_VM_A_NAME + 1];
extern const struct nla_policy atoll_nl_module_policy[ATOLL_MODULE_A_MAX + 1];
extern const struct nla_policy atoll_nl_boot_policy[ATOLL_BOOT_A_MAX + 1];
extern const struct nla_policy atoll_nl_audit_policy[ATOLL_AUDIT_A_DEEP + 1];
extern const struct nla_policy atoll_nl_map_policy[ATOLL_MAP_A_FROM + 1];
extern const struct nla_policy atoll_nl_trim_policy[ATOLL_TRIM_A_MAX + 1];
extern const struct nla_policy atoll_nl_define_policy[ATOLL_VM_A_NODE + 1];
extern const struct nla_policy atoll_nl_host_set_policy[ATOLL_A_HOST + 1];
extern const struct nla_policy atoll_nl_audit_msg_policy[ATOLL_A_AUDIT + 1];
extern const struct nla_policy atoll_nl_vm_map_policy[ATOLL_A_MAP + 1];
extern const struct nla_policy atoll_nl_vm_trim_policy[ATOLL_A_TRIM + 1];
extern const struct nla_policy atoll_nl_vm_policy[ATOLL_A_VM + 1];
extern const struct nla_policy atoll_nl_vm_define_policy[ATOLL_A_VM + 1];
extern const struct nla_policy atoll_nl_pool_name_policy[ATOLL_POOL_A_NAME + 1];
extern const struct nla_policy atoll_nl_pool_new_policy[ATOLL_POOL_A_LEN + 1];
extern const struct nla_policy atoll_nl_pool_numbers_policy[ATOLL_POOL_A_OVERCOMMIT + 1];
extern const struct nla_policy atoll_nl_pool_remove_policy[ATOLL_A_POOL + 1];
extern const struct nla_policy atoll_nl_pool_add_policy[ATOLL_A_POOL + 1];
extern const struct nla_policy atoll_nl_pool_set_policy[ATOLL_A_POOL + 1];
int atoll_name_check(const char *name, size_t len, struct netlink_ext_ack *extack);
int atoll_nl_once(const struct nlattr *head, int len, u16 repeatable,
		  struct netlink_ext_ack *extack);
int atoll_nl_nest(struct nlattr **tb, int maxattr, const struct nlattr *nest,
		  const struct nla_policy *policy, u16 repeatable,
		  struct netlink_ext_ack *extack);

/* nl/family.c: the family, its commands, what precedes and follows them */
extern struct genl_family atoll_nl_family;

/* nl/event.c: events are sent between these two */
void atoll_nl_events_open(void);
void atoll_nl_events_close(void);

/* nl/host.c: the machine that the guests share */
int atoll_nl_host_get(struct sk_buff *skb, struct genl_info *info);
int atoll_nl_host_set(struct sk_buff *skb, struct genl_info *info);

/* nl/pool.c: the pools that guests' memory comes from */
int atoll_nl_pool_add(struct sk_buff *skb, struct genl_info *info);
int atoll_nl_pool_set(struct sk_buff *skb, struct genl_info *info);
int atoll_nl_pool_remove(struct sk_buff *skb, struct genl_info *info);
int atoll_nl_pool_dump_start(struct netlink_callback *cb);
int atoll_nl_pool_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* nl/audit.c: who reaches what */
int atoll_nl_audit(struct sk_buff *skb, struct genl_info *info);

/* nl/map.c: where a VM's memory lies */
int atoll_nl_vm_map(struct sk_buff *skb, struct genl_info *info);

/* nl/trim.c: memory that a VM doesn't use */
int atoll_nl_vm_trim(struct sk_buff *skb, struct genl_info *info);

/* nl/vm.c: the commands that name a VM */
int atoll_nl_vm_define(struct sk_buff *skb, struct genl_info *info);
int atoll_nl_vm_get(struct sk_buff *skb, struct genl_info *info);
int atoll_nl_vm_verb(struct sk_buff *skb, struct genl_info *info);
int atoll_nl_vm_dump_start(struct netlink_callback *cb);
int atoll_nl_vm_dump(struct sk_buff *skb, struct netlink_callback *cb);

/* nl/fill.c: a VM as a nest of attributes */
size_t atoll_nl_vm_len(u32 nr_vcpus);
int atoll_nl_vm_fill(struct sk_buff *skb, struct atoll_vm *vm);

#endif
