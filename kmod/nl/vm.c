// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands about a VM: attributes become a plain struct, one call into
 * the core does the work, the VM goes into the reply.
 *
 * No rule about VMs is made here.  Files are looked up in the caller's file
 * table, so these functions run in the caller's thread.  family.c calls them.
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/slab.h>
#include "nl.h"

static int take_file(const struct nlattr *attr, struct file **filep,
		     struct netlink_ext_ack *extack)
{
	struct file *file = fget(nla_get_u32(attr));

	if (!file) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "file descriptor is not open");
		return -EBADF;
	}
	/* The config owns it now and gives it back, refused or not */
	*filep = file;

	if (!(file->f_mode & FMODE_READ)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "file is not open for reading");
		return -EBADF;
	}
	if (S_ISDIR(file_inode(file)->i_mode)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "file is a directory");
		return -EISDIR;
	}
	if (!S_ISREG(file_inode(file)->i_mode)) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "file is not a regular file");
		return -EINVAL;
	}
	return 0;
}

/* @attr may be NULL: an absent command line is an empty one */
static int take_cmdline(const struct nlattr *attr, char **cmdlinep)
{
	*cmdlinep = attr ? nla_strdup(attr, GFP_KERNEL) : kstrdup("", GFP_KERNEL);
	return *cmdlinep ? 0 : -ENOMEM;
}

static int take_module(const struct nlattr *nest, struct atoll_boot_config *boot,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *tb[ARRAY_SIZE(atoll_nl_module_policy)];
	struct atoll_boot_module *module;
	int err;

	if (boot->nr_modules == ATOLL_MODULES_MAX) {
		NL_SET_ERR_MSG_ATTR(extack, nest, "more than 32 modules");
		return -E2BIG;
	}
	err = atoll_nl_nest(tb, ARRAY_SIZE(tb) - 1, nest, atoll_nl_module_policy, 0, extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(extack, nest, tb, ATOLL_MODULE_A_FD)) {
		NL_SET_ERR_MSG(extack, "file of a module is missing");
		return -EINVAL;
	}

	/* Count it first, so that a half-filled one is given back as well */
	module = &boot->module[boot->nr_modules++];
	err = take_file(tb[ATOLL_MODULE_A_FD], &module->file, extack);
	return err ?: take_cmdline(tb[ATOLL_MODULE_A_CMDLINE], &module->cmdline);
}

static int take_format(struct nlattr **tb, struct atoll_boot_config *boot,
		       struct netlink_ext_ack *extack)
{
	const struct nlattr *format = tb[ATOLL_BOOT_A_FORMAT], *addr = tb[ATOLL_BOOT_A_LOAD_ADDR];
	u32 number = format ? nla_get_u32(format) : ATOLL_BOOT_AUTO;

	if (number >= __ATOLL_BOOT_FORMATS) {
		NL_SET_ERR_MSG_ATTR(extack, format, "boot format is unknown");
		return -EINVAL;
	}
	if (number != ATOLL_BOOT_FLAT && addr) {
		NL_SET_ERR_MSG_ATTR(extack, addr, "load address is for flat binaries only");
		return -EINVAL;
	}
	boot->format = number;
	boot->load_addr = addr ? nla_get_u64(addr) : 0;
	return 0;
}

static int take_boot(const struct nlattr *nest, struct atoll_boot_config *boot,
		     struct netlink_ext_ack *extack)
{
	struct nlattr *tb[ARRAY_SIZE(atoll_nl_boot_policy)], *attr;
	int err, rem;

	err = atoll_nl_nest(tb, ARRAY_SIZE(tb) - 1, nest, atoll_nl_boot_policy,
			    ATOLL_BOOT_A_MODULE, extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(extack, nest, tb, ATOLL_BOOT_A_IMAGE_FD)) {
		NL_SET_ERR_MSG(extack, "image is missing");
		return -EINVAL;
	}

	err = take_format(tb, boot, extack);
	if (err)
		return err;
	err = take_file(tb[ATOLL_BOOT_A_IMAGE_FD], &boot->image, extack);
	if (err)
		return err;
	err = take_cmdline(tb[ATOLL_BOOT_A_CMDLINE], &boot->cmdline);
	if (err)
		return err;
	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != ATOLL_BOOT_A_MODULE)
			continue;
		err = take_module(attr, boot, extack);
		if (err)
			return err;
	}
	return 0;
}

static int take_pins(const struct nlattr *nest, struct atoll_vm_config *cfg,
		     struct netlink_ext_ack *extack)
{
	const struct nlattr *attr;
	int rem;

	nla_for_each_nested(attr, nest, rem) {
		if (nla_type(attr) != ATOLL_VM_A_PIN)
			continue;
		if (cfg->nr_pins == ATOLL_VCPUS_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr, "more than 32 host CPUs to pin to");
			return -E2BIG;
		}
		cfg->pin[cfg->nr_pins++] = nla_get_u32(attr);
	}
	return 0;
}

/* Whatever this returns, the caller gives @cfg's contents back or hands them on */
static int take_config(struct genl_info *info, struct atoll_vm_config *cfg)
{
	struct nlattr *tb[ARRAY_SIZE(atoll_nl_define_policy)], *nest = info->attrs[ATOLL_A_VM];
	int err;

	if (GENL_REQ_ATTR_CHECK(info, ATOLL_A_VM)) {
		GENL_SET_ERR_MSG(info, "VM is missing");
		return -EINVAL;
	}
	err = atoll_nl_nest(tb, ARRAY_SIZE(tb) - 1, nest, atoll_nl_define_policy,
			    ATOLL_VM_A_PIN, info->extack);
	if (err)
		return err;
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, ATOLL_VM_A_NAME)) {
		GENL_SET_ERR_MSG(info, "name is missing");
		return -EINVAL;
	}
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, ATOLL_VM_A_MEMORY)) {
		GENL_SET_ERR_MSG(info, "memory is missing");
		return -EINVAL;
	}
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, ATOLL_VM_A_NR_VCPUS)) {
		GENL_SET_ERR_MSG(info, "number of vCPUs is missing");
		return -EINVAL;
	}
	if (NL_REQ_ATTR_CHECK(info->extack, nest, tb, ATOLL_VM_A_BOOT)) {
		GENL_SET_ERR_MSG(info, "what to boot is missing");
		return -EINVAL;
	}

	nla_strscpy(cfg->name, tb[ATOLL_VM_A_NAME], sizeof(cfg->name));
	cfg->memory = nla_get_u64(tb[ATOLL_VM_A_MEMORY]);
	cfg->reserve = tb[ATOLL_VM_A_RESERVE] && nla_get_u32(tb[ATOLL_VM_A_RESERVE]);
	if (tb[ATOLL_VM_A_POOL])
		nla_strscpy(cfg->pool, tb[ATOLL_VM_A_POOL], sizeof(cfg->pool));
	cfg->on_node = tb[ATOLL_VM_A_NODE];
	cfg->node = cfg->on_node ? nla_get_u32(tb[ATOLL_VM_A_NODE]) : 0;
	cfg->nr_vcpus = nla_get_u32(tb[ATOLL_VM_A_NR_VCPUS]);
	cfg->tsc_khz = tb[ATOLL_VM_A_TSC_KHZ] ? nla_get_u32(tb[ATOLL_VM_A_TSC_KHZ]) : 0;
	err = take_pins(nest, cfg, info->extack);
	return err ?: take_boot(tb[ATOLL_VM_A_BOOT], &cfg->boot, info->extack);
}

static struct sk_buff *reply_new(u32 nr_vcpus)
{
	return genlmsg_new(atoll_nl_vm_len(nr_vcpus), GFP_KERNEL);
}

/* Send @vm in @reply, which is gone afterwards in any case */
static int reply_vm(struct sk_buff *reply, struct genl_info *info, struct atoll_vm *vm)
{
	void *head = genlmsg_put_reply(reply, info, &atoll_nl_family, 0, info->genlhdr->cmd);

	if (!head || atoll_nl_vm_fill(reply, vm)) {
		nlmsg_free(reply);
		return -EMSGSIZE;
	}
	genlmsg_end(reply, head);
	return genlmsg_reply(reply, info);
}

/**
 * atoll_nl_vm_define - do VM_DEFINE
 * @skb:	the request
 * @info:	its parts
 *
 * Sleeps.
 *
 * Return: 0 or an errno, with a sentence
 */
int atoll_nl_vm_define(struct sk_buff *skb, struct genl_info *info)
{
	struct atoll_vm_config *cfg;
	struct sk_buff *reply;
	struct atoll_vm *vm;
	int err;

	/* Find room for the reply first: a refusal must have changed nothing */
	reply = reply_new(ATOLL_VCPUS_MAX);
	if (!reply)
		return -ENOMEM;
	err = -ENOMEM;
	cfg = kzalloc(sizeof(*cfg), GFP_KERNEL);
	if (!cfg)
		goto free_reply;
	err = take_config(info, cfg);
	if (err)
		goto release_config;
	err = atoll_vm_define(cfg, info->extack, &vm);
	if (err)
		goto release_config;

	/* It is defined; a caller too busy to read the reply can ask again */
	reply_vm(reply, info, vm);
	atoll_vm_put(vm);
	kfree(cfg);
	return 0;

release_config:
	atoll_vm_config_release(cfg);
	kfree(cfg);
free_reply:
	nlmsg_free(reply);
	return err;
}

/**
 * atoll_nl_vm_get - answer VM_GET about one VM
 * @skb:	the request
 * @info:	its parts; the VM is held
 *
 * Sleeps.
 *
 * Return: 0 or an errno
 */
int atoll_nl_vm_get(struct sk_buff *skb, struct genl_info *info)
{
	struct atoll_vm *vm = info->user_ptr[0];
	struct sk_buff *reply = reply_new(vm->nr_vcpus);

	return reply ? reply_vm(reply, info, vm) : -ENOMEM;
}

/* What each command that only names a VM comes down to */
static int (*const verbs[])(struct atoll_vm *vm, struct netlink_ext_ack *extack) = {
	[ATOLL_CMD_VM_UNDEFINE]	= atoll_vm_undefine,
	[ATOLL_CMD_VM_START]	= atoll_vm_start,
	[ATOLL_CMD_VM_STOP]	= atoll_vm_stop,
	[ATOLL_CMD_VM_KILL]	= atoll_vm_stop,
	[ATOLL_CMD_VM_PAUSE]	= atoll_vm_pause,
	[ATOLL_CMD_VM_RESUME]	= atoll_vm_resume,
	[ATOLL_CMD_VM_BUTTON]	= atoll_vm_press,
};

/**
 * atoll_nl_vm_verb - do what the command says to the VM that it names
 * @skb:	the request
 * @info:	its parts; the VM is held
 *
 * Sleeps, until the new state holds.
 *
 * Return: 0 or an errno, with a sentence
 */
int atoll_nl_vm_verb(struct sk_buff *skb, struct genl_info *info)
{
	return verbs[info->genlhdr->cmd](info->user_ptr[0], info->extack);
}

/**
 * atoll_nl_vm_dump_start - begin to answer VM_GET about all VMs
 * @cb:		the dump
 *
 * pre_doit() does not see dumps, so check here who asks.  The kernel offers
 * no place for a sentence.
 *
 * Return: 0 or an errno
 */
int atoll_nl_vm_dump_start(struct netlink_callback *cb)
{
	if (!netlink_capable(cb->skb, CAP_SYS_ADMIN))
		return -EPERM;
	if (genl_dumpit_info(cb)->attrs[ATOLL_A_VM])
		return -EINVAL;
	/* The largest VM there can be fits into an empty message */
	cb->min_dump_alloc = nlmsg_total_size(GENL_HDRLEN + atoll_nl_vm_len(ATOLL_VCPUS_MAX));
	return 0;
}

static int dump_vm(struct sk_buff *skb, struct netlink_callback *cb, struct atoll_vm *vm)
{
	void *head;
	int err;

	head = genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, &atoll_nl_family,
			   NLM_F_MULTI, ATOLL_CMD_VM_GET);
	if (!head)
		return -EMSGSIZE;
	err = atoll_nl_vm_fill(skb, vm);
	if (err) {
		genlmsg_cancel(skb, head);
		return err;
	}
	genlmsg_end(skb, head);
	return 0;
}

/**
 * atoll_nl_vm_dump - put as many VMs into a message as it takes
 * @skb:	the message
 * @cb:		the dump; args[0] is the ID of the last VM that was put
 *
 * Each VM is shown whole and as it was at one moment; one that comes or goes
 * while the list is read may be in it or not.  Sleeps.
 *
 * Return: bytes in the message, 0 after the last VM
 */
int atoll_nl_vm_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct atoll_vm *vm;
	int err = 0;

	while (!err && (vm = atoll_vm_next(cb->args[0]))) {
		err = dump_vm(skb, cb, vm);
		if (!err)
			cb->args[0] = vm->id;
		atoll_vm_put(vm);
	}
	return skb->len ?: err;
}
