// SPDX-License-Identifier: GPL-2.0-only
/*
 * Plain structs to attributes and back: the tree of <linux/atoll.h>, once.
 * The kernel judges what is asked for; only what does not fit a message is
 * refused here.  An answer is checked against policies before it is read.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nl_sock.h"

#define STRING	{ .type = NLA_STRING, .minlen = 1 }
#define U32	{ .type = NLA_U32 }
#define U64	{ .type = NLA_U64 }
#define NEST	{ .type = NLA_NESTED }

static struct nla_policy top_policy[ATOLL_A_MAX + 1] = {
	[ATOLL_A_HOST] = NEST,
	[ATOLL_A_VM] = NEST,
	[ATOLL_A_EVENT] = U32,
	[ATOLL_A_AUDIT] = NEST,
};

static struct nla_policy audit_policy[ATOLL_AUDIT_A_MAX + 1] = {
	[ATOLL_AUDIT_A_VMS] = U32,
	[ATOLL_AUDIT_A_TABLES] = U64,
	[ATOLL_AUDIT_A_ENTRIES] = U64,
	[ATOLL_AUDIT_A_FRAMES] = U64,
	[ATOLL_AUDIT_A_SHARED] = U64,
	[ATOLL_AUDIT_A_RECORDS] = U64,
	[ATOLL_AUDIT_A_TIME_NS] = U64,
	[ATOLL_AUDIT_A_VIOLATIONS] = U64,
	[ATOLL_AUDIT_A_VIOLATION] = STRING,
	[ATOLL_AUDIT_A_PERMISSIONS] = U64,
	[ATOLL_AUDIT_A_ZEROES] = U64,
};

static struct nla_policy host_policy[ATOLL_HOST_A_MAX + 1] = {
	[ATOLL_HOST_A_VERSION] = STRING,
	[ATOLL_HOST_A_BACKEND] = STRING,
	[ATOLL_HOST_A_VCPUS_MAX] = U32,
	[ATOLL_HOST_A_VMS] = U32,
	[ATOLL_HOST_A_VMS_ACTIVE] = U32,
	[ATOLL_HOST_A_POOL_LIMIT] = U64,
	[ATOLL_HOST_A_POOL_USED] = U64,
	[ATOLL_HOST_A_CPUS_ON] = U32,
	[ATOLL_HOST_A_FEATURE] = STRING,
	[ATOLL_HOST_A_POOL_PROMISED] = U64,
	[ATOLL_HOST_A_POOL_OVERCOMMIT] = U32,
};

static struct nla_policy vm_policy[ATOLL_VM_A_MAX + 1] = {
	[ATOLL_VM_A_NAME] = STRING,
	[ATOLL_VM_A_ID] = U32,
	[ATOLL_VM_A_MEMORY] = U64,
	[ATOLL_VM_A_NR_VCPUS] = U32,
	[ATOLL_VM_A_STATE] = U32,
	[ATOLL_VM_A_EXIT_CODE] = U32,
	[ATOLL_VM_A_CRASH] = NEST,
	[ATOLL_VM_A_CONSOLE] = STRING,
	[ATOLL_VM_A_CONSOLE_PENDING] = U32,
	[ATOLL_VM_A_CONSOLE_LOST] = U64,
	[ATOLL_VM_A_UPTIME_NS] = U64,
	[ATOLL_VM_A_UNCLAIMED] = U64,
	[ATOLL_VM_A_UNKNOWN_MSRS] = U64,
	[ATOLL_VM_A_VCPU] = NEST,
	[ATOLL_VM_A_RESERVE] = U32,
	[ATOLL_VM_A_TSC_KHZ] = U32,
	[ATOLL_VM_A_RESIDENT] = U64,
	[ATOLL_VM_A_SHARED] = U64,
	[ATOLL_VM_A_PAUSE_REASON] = STRING,
	[ATOLL_VM_A_OVERHEAD] = NEST,
	[ATOLL_VM_A_POOL] = STRING,
	[ATOLL_VM_A_SMALL] = U64,
	[ATOLL_VM_A_SPLITS] = U64,
	[ATOLL_VM_A_NODE] = U32,
};

static struct nla_policy crash_policy[ATOLL_CRASH_A_MAX + 1] = {
	[ATOLL_CRASH_A_REASON] = STRING,
	[ATOLL_CRASH_A_VCPU] = U32,
	[ATOLL_CRASH_A_REGS] = NEST,
};

static struct nla_policy regs_policy[ATOLL_REGS_A_MAX + 1] = {
	[ATOLL_REGS_A_GPR] = { .minlen = sizeof(((struct regs *)0)->gpr) },
	[ATOLL_REGS_A_RIP] = U64,
	[ATOLL_REGS_A_RFLAGS] = U64,
	[ATOLL_REGS_A_CR0] = U64,
	[ATOLL_REGS_A_CR2] = U64,
	[ATOLL_REGS_A_CR3] = U64,
	[ATOLL_REGS_A_CR4] = U64,
	[ATOLL_REGS_A_EFER] = U64,
	[ATOLL_REGS_A_CS] = U32,
	[ATOLL_REGS_A_SS] = U32,
};

static struct nla_policy vcpu_policy[ATOLL_VCPU_A_MAX + 1] = {
	[ATOLL_VCPU_A_INDEX] = U32,
	[ATOLL_VCPU_A_STATE] = U32,
	[ATOLL_VCPU_A_TID] = U32,
	[ATOLL_VCPU_A_CPU] = U32,
	[ATOLL_VCPU_A_EXIT] = NEST,
	[ATOLL_VCPU_A_PIN] = U32,
};

static struct nla_policy exit_policy[ATOLL_EXIT_A_MAX + 1] = {
	[ATOLL_EXIT_A_KIND] = STRING,
	[ATOLL_EXIT_A_COUNT] = U64,
};

static struct nla_policy overhead_policy[ATOLL_OVERHEAD_A_MAX + 1] = {
	[ATOLL_OVERHEAD_A_KIND] = STRING,
	[ATOLL_OVERHEAD_A_BYTES] = U64,
};

/* An attribute that is absent reads as 0 or as the empty string */
u32 wire_u32(struct nlattr *attr)
{
	return attr ? nla_get_u32(attr) : 0;
}

u64 wire_u64(struct nlattr *attr)
{
	return attr ? nla_get_u64(attr) : 0;
}

static s64 u32_or_none(struct nlattr *attr)
{
	return attr ? (s64)nla_get_u32(attr) : -1;
}

void wire_string(struct nlattr *attr, char *buf, size_t len)
{
	snprintf(buf, len, "%s", attr ? nla_get_string(attr) : "");
}

static int read_regs(struct nlattr *nest, struct regs *regs)
{
	struct nlattr *a[ATOLL_REGS_A_MAX + 1];

	if (nla_parse_nested(a, ATOLL_REGS_A_MAX, nest, regs_policy))
		return -1;
	if (a[ATOLL_REGS_A_GPR])
		memcpy(regs->gpr, nla_data(a[ATOLL_REGS_A_GPR]),
		       sizeof(regs->gpr));
	regs->rip = wire_u64(a[ATOLL_REGS_A_RIP]);
	regs->rflags = wire_u64(a[ATOLL_REGS_A_RFLAGS]);
	regs->cr0 = wire_u64(a[ATOLL_REGS_A_CR0]);
	regs->cr2 = wire_u64(a[ATOLL_REGS_A_CR2]);
	regs->cr3 = wire_u64(a[ATOLL_REGS_A_CR3]);
	regs->cr4 = wire_u64(a[ATOLL_REGS_A_CR4]);
	regs->efer = wire_u64(a[ATOLL_REGS_A_EFER]);
	regs->cs = wire_u32(a[ATOLL_REGS_A_CS]);
	regs->ss = wire_u32(a[ATOLL_REGS_A_SS]);
	return 0;
}

static int read_crash(struct nlattr *nest, struct vm *vm)
{
	struct nlattr *a[ATOLL_CRASH_A_MAX + 1];

	if (nla_parse_nested(a, ATOLL_CRASH_A_MAX, nest, crash_policy))
		return -1;
	wire_string(a[ATOLL_CRASH_A_REASON], vm->crash_reason,
		  sizeof(vm->crash_reason));
	vm->crash_vcpu = wire_u32(a[ATOLL_CRASH_A_VCPU]);
	if (!a[ATOLL_CRASH_A_REGS])
		return 0;
	vm->has_crash_regs = 1;
	return read_regs(a[ATOLL_CRASH_A_REGS], &vm->crash_regs);
}

static int read_exit_count(struct nlattr *nest, struct vcpu *vcpu)
{
	struct nlattr *a[ATOLL_EXIT_A_MAX + 1];
	struct kind_count *count;

	if (vcpu->nr_exits == NL_KINDS_MAX ||
	    nla_parse_nested(a, ATOLL_EXIT_A_MAX, nest, exit_policy))
		return -1;
	count = &vcpu->exits[vcpu->nr_exits++];
	wire_string(a[ATOLL_EXIT_A_KIND], count->kind, sizeof(count->kind));
	count->count = wire_u64(a[ATOLL_EXIT_A_COUNT]);
	return 0;
}

static int read_vcpu(struct nlattr *nest, struct vm *vm)
{
	struct nlattr *a[ATOLL_VCPU_A_MAX + 1];
	struct nlattr *attr;
	struct vcpu *vcpu;
	int left;

	if (vm->nr_vcpu_reports == ATOLL_VCPUS_MAX ||
	    nla_parse_nested(a, ATOLL_VCPU_A_MAX, nest, vcpu_policy))
		return -1;
	vcpu = &vm->vcpu[vm->nr_vcpu_reports++];
	vcpu->index = wire_u32(a[ATOLL_VCPU_A_INDEX]);
	vcpu->state = wire_u32(a[ATOLL_VCPU_A_STATE]);
	vcpu->tid = u32_or_none(a[ATOLL_VCPU_A_TID]);
	vcpu->cpu = u32_or_none(a[ATOLL_VCPU_A_CPU]);
	vcpu->pin = u32_or_none(a[ATOLL_VCPU_A_PIN]);
	nla_for_each_nested(attr, nest, left) {
		if (nla_type(attr) != ATOLL_VCPU_A_EXIT)
			continue;
		if (read_exit_count(attr, vcpu))
			return -1;
	}
	return 0;
}

static int read_overhead(struct nlattr *nest, struct vm *vm)
{
	struct nlattr *a[ATOLL_OVERHEAD_A_MAX + 1];
	struct kind_count *count;

	if (vm->nr_overhead == NL_KINDS_MAX ||
	    nla_parse_nested(a, ATOLL_OVERHEAD_A_MAX, nest, overhead_policy))
		return -1;
	count = &vm->overhead[vm->nr_overhead++];
	wire_string(a[ATOLL_OVERHEAD_A_KIND], count->kind, sizeof(count->kind));
	count->count = wire_u64(a[ATOLL_OVERHEAD_A_BYTES]);
	return 0;
}

static void read_tail(struct nlattr *attr, struct vm *vm)
{
	size_t len = attr ? nla_len(attr) : 0;

	if (len > ATOLL_CONSOLE_TAIL_MAX)
		len = ATOLL_CONSOLE_TAIL_MAX;
	if (len)
		memcpy(vm->console_tail, nla_data(attr), len);
	vm->console_tail_len = len;
}

static int read_vm(struct nlattr *nest, struct vm *vm)
{
	struct nlattr *a[ATOLL_VM_A_MAX + 1];
	struct nlattr *attr;
	int left;

	memset(vm, 0, sizeof(*vm));
	if (nla_parse_nested(a, ATOLL_VM_A_MAX, nest, vm_policy))
		return -1;
	wire_string(a[ATOLL_VM_A_NAME], vm->name, sizeof(vm->name));
	wire_string(a[ATOLL_VM_A_CONSOLE], vm->console, sizeof(vm->console));
	vm->id = wire_u32(a[ATOLL_VM_A_ID]);
	vm->state = wire_u32(a[ATOLL_VM_A_STATE]);
	vm->nr_vcpus = wire_u32(a[ATOLL_VM_A_NR_VCPUS]);
	vm->memory = wire_u64(a[ATOLL_VM_A_MEMORY]);
	vm->resident = wire_u64(a[ATOLL_VM_A_RESIDENT]);
	vm->shared = wire_u64(a[ATOLL_VM_A_SHARED]);
	vm->small = wire_u64(a[ATOLL_VM_A_SMALL]);
	vm->splits = wire_u64(a[ATOLL_VM_A_SPLITS]);
	vm->node = u32_or_none(a[ATOLL_VM_A_NODE]);
	vm->reserve = wire_u32(a[ATOLL_VM_A_RESERVE]);
	vm->tsc_khz = wire_u32(a[ATOLL_VM_A_TSC_KHZ]);
	wire_string(a[ATOLL_VM_A_POOL], vm->pool, sizeof(vm->pool));
	wire_string(a[ATOLL_VM_A_PAUSE_REASON], vm->pause_reason,
		  sizeof(vm->pause_reason));
	vm->exit_code = u32_or_none(a[ATOLL_VM_A_EXIT_CODE]);
	vm->console_pending = wire_u32(a[ATOLL_VM_A_CONSOLE_PENDING]);
	vm->console_lost = wire_u64(a[ATOLL_VM_A_CONSOLE_LOST]);
	vm->uptime_ns = wire_u64(a[ATOLL_VM_A_UPTIME_NS]);
	vm->unclaimed = wire_u64(a[ATOLL_VM_A_UNCLAIMED]);
	vm->unknown_msrs = wire_u64(a[ATOLL_VM_A_UNKNOWN_MSRS]);
	read_tail(a[ATOLL_VM_A_CONSOLE_TAIL], vm);
	if (a[ATOLL_VM_A_CRASH] && read_crash(a[ATOLL_VM_A_CRASH], vm))
		return -1;
	nla_for_each_nested(attr, nest, left) {
		if (nla_type(attr) == ATOLL_VM_A_VCPU && read_vcpu(attr, vm))
			return -1;
		if (nla_type(attr) == ATOLL_VM_A_OVERHEAD && read_overhead(attr, vm))
			return -1;
	}
	return 0;
}

static int read_host(struct nlattr *nest, struct host *host)
{
	struct nlattr *a[ATOLL_HOST_A_MAX + 1];
	struct nlattr *attr;
	char *feature;
	int left;

	if (nla_parse_nested(a, ATOLL_HOST_A_MAX, nest, host_policy))
		return -1;
	wire_string(a[ATOLL_HOST_A_VERSION], host->version,
		  sizeof(host->version));
	wire_string(a[ATOLL_HOST_A_BACKEND], host->backend,
		  sizeof(host->backend));
	host->vcpus_max = wire_u32(a[ATOLL_HOST_A_VCPUS_MAX]);
	host->vms = wire_u32(a[ATOLL_HOST_A_VMS]);
	host->vms_active = wire_u32(a[ATOLL_HOST_A_VMS_ACTIVE]);
	host->cpus_on = wire_u32(a[ATOLL_HOST_A_CPUS_ON]);
	host->pool_limit = wire_u64(a[ATOLL_HOST_A_POOL_LIMIT]);
	host->pool_used = wire_u64(a[ATOLL_HOST_A_POOL_USED]);
	host->pool_promised = wire_u64(a[ATOLL_HOST_A_POOL_PROMISED]);
	host->pool_overcommit = wire_u32(a[ATOLL_HOST_A_POOL_OVERCOMMIT]);
	nla_for_each_nested(attr, nest, left) {
		if (nla_type(attr) != ATOLL_HOST_A_FEATURE)
			continue;
		if (host->nr_features == NL_FEATURES_MAX)
			return -1;
		feature = host->feature[host->nr_features++];
		wire_string(attr, feature, sizeof(host->feature[0]));
	}
	return 0;
}

static int read_host_msg(struct nlmsghdr *hdr, void *data)
{
	struct nlattr *a[ATOLL_A_MAX + 1];

	if (genlmsg_parse(hdr, 0, a, ATOLL_A_MAX, top_policy) ||
	    !a[ATOLL_A_HOST])
		return -1;
	return read_host(a[ATOLL_A_HOST], data);
}

static int read_audit_msg(struct nlmsghdr *hdr, void *data)
{
	struct nlattr *top[ATOLL_A_MAX + 1], *a[ATOLL_AUDIT_A_MAX + 1], *attr;
	struct audit *audit = data;
	int left;

	if (genlmsg_parse(hdr, 0, top, ATOLL_A_MAX, top_policy) || !top[ATOLL_A_AUDIT] ||
	    nla_parse_nested(a, ATOLL_AUDIT_A_MAX, top[ATOLL_A_AUDIT], audit_policy))
		return -1;
	audit->vms = wire_u32(a[ATOLL_AUDIT_A_VMS]);
	audit->tables = wire_u64(a[ATOLL_AUDIT_A_TABLES]);
	audit->entries = wire_u64(a[ATOLL_AUDIT_A_ENTRIES]);
	audit->frames = wire_u64(a[ATOLL_AUDIT_A_FRAMES]);
	audit->shared = wire_u64(a[ATOLL_AUDIT_A_SHARED]);
	audit->records = wire_u64(a[ATOLL_AUDIT_A_RECORDS]);
	audit->permissions = wire_u64(a[ATOLL_AUDIT_A_PERMISSIONS]);
	audit->zeroes = a[ATOLL_AUDIT_A_ZEROES] ? (s64)wire_u64(a[ATOLL_AUDIT_A_ZEROES]) : -1;
	audit->ns = wire_u64(a[ATOLL_AUDIT_A_TIME_NS]);
	audit->nr_violations = wire_u64(a[ATOLL_AUDIT_A_VIOLATIONS]);
	nla_for_each_nested(attr, top[ATOLL_A_AUDIT], left) {
		if (nla_type(attr) != ATOLL_AUDIT_A_VIOLATION)
			continue;
		if (audit->nr_told == NL_VIOLATIONS_MAX)
			return -1;
		wire_string(attr, audit->told[audit->nr_told++], sizeof(audit->told[0]));
	}
	return 0;
}

static int read_vm_msg(struct nlmsghdr *hdr, void *data)
{
	struct nlattr *a[ATOLL_A_MAX + 1];

	if (genlmsg_parse(hdr, 0, a, ATOLL_A_MAX, top_policy) || !a[ATOLL_A_VM])
		return -1;
	return read_vm(a[ATOLL_A_VM], data);
}

struct each {
	struct vm vm;
	vm_fn fn;
	void *data;
};

static int read_each_msg(struct nlmsghdr *hdr, void *data)
{
	struct nlattr *a[ATOLL_A_MAX + 1];
	struct each *each = data;

	if (genlmsg_parse(hdr, 0, a, ATOLL_A_MAX, top_policy) ||
	    !a[ATOLL_A_VM] || read_vm(a[ATOLL_A_VM], &each->vm))
		return -1;
	each->fn(&each->vm, u32_or_none(a[ATOLL_A_EVENT]), each->data);
	return 0;
}

/**
 * wire_too_long() - give up a request that there is no room for
 * @msg: is freed
 *
 * Return: -1, with a sentence.
 */
int wire_too_long(struct nl_msg *msg)
{
	nlmsg_free(msg);
	return wire_fail(EMSGSIZE, "name and command lines together are longer than 64 KiB");
}

int wire_host_get(struct wire *wire, struct host *host)
{
	struct nl_msg *msg = wire_request(wire, ATOLL_CMD_HOST_GET, 0);

	memset(host, 0, sizeof(*host));
	return msg ? wire_call(wire, msg, read_host_msg, host) : -1;
}

/**
 * wire_host_set() - change the pool
 * @pool_limit: in bytes, NULL: as it is
 * @overcommit: 0 or 1, NULL: as it is
 */
int wire_host_set(struct wire *wire, const u64 *pool_limit, const u32 *overcommit)
{
	struct nl_msg *msg = wire_request(wire, ATOLL_CMD_HOST_SET, 0);
	struct nlattr *nest;

	if (!msg)
		return -1;
	nest = nla_nest_start(msg, ATOLL_A_HOST);
	if (!nest ||
	    (pool_limit && nla_put_u64(msg, ATOLL_HOST_A_POOL_LIMIT, *pool_limit)) ||
	    (overcommit && nla_put_u32(msg, ATOLL_HOST_A_POOL_OVERCOMMIT, *overcommit)))
		return wire_too_long(msg);
	nla_nest_end(msg, nest);
	return wire_call(wire, msg, NULL, NULL);
}

int wire_audit(struct wire *wire, u32 deep, struct audit *audit)
{
	struct nl_msg *msg = wire_request(wire, ATOLL_CMD_AUDIT, 0);
	struct nlattr *nest;

	if (!msg)
		return -1;
	memset(audit, 0, sizeof(*audit));
	nest = nla_nest_start(msg, ATOLL_A_AUDIT);
	if (!nest || nla_put_u32(msg, ATOLL_AUDIT_A_DEEP, deep))
		return wire_too_long(msg);
	nla_nest_end(msg, nest);
	return wire_call(wire, msg, read_audit_msg, audit);
}

/**
 * wire_request_named() - a request about one VM that is there already, named and no more
 *
 * Return: a message for wire_call(), or NULL and a sentence.
 */
struct nl_msg *wire_request_named(struct wire *wire, enum atoll_cmd cmd, const char *name)
{
	struct nl_msg *msg = wire_request(wire, cmd, 0);
	struct nlattr *nest;

	if (!msg)
		return NULL;
	nest = nla_nest_start(msg, ATOLL_A_VM);
	if (!nest || nla_put_string(msg, ATOLL_VM_A_NAME, name)) {
		wire_too_long(msg);
		return NULL;
	}
	nla_nest_end(msg, nest);
	return msg;
}

int wire_vm_do(struct wire *wire, enum atoll_cmd cmd, const char *name)
{
	struct nl_msg *msg = wire_request_named(wire, cmd, name);

	return msg ? wire_call(wire, msg, NULL, NULL) : -1;
}

int wire_vm_get(struct wire *wire, const char *name, struct vm *vm)
{
	struct nl_msg *msg = wire_request_named(wire, ATOLL_CMD_VM_GET, name);

	return msg ? wire_call(wire, msg, read_vm_msg, vm) : -1;
}

static int put_module(struct nl_msg *msg, const struct boot_module *module)
{
	struct nlattr *nest = nla_nest_start(msg, ATOLL_BOOT_A_MODULE);

	if (!nest || nla_put_u32(msg, ATOLL_MODULE_A_FD, module->fd))
		return -1;
	if (module->cmdline &&
	    nla_put_string(msg, ATOLL_MODULE_A_CMDLINE, module->cmdline))
		return -1;
	nla_nest_end(msg, nest);
	return 0;
}

static int put_boot(struct nl_msg *msg, const struct definition *def)
{
	struct nlattr *nest = nla_nest_start(msg, ATOLL_VM_A_BOOT);
	size_t i;

	if (!nest || nla_put_u32(msg, ATOLL_BOOT_A_IMAGE_FD, def->image_fd) ||
	    nla_put_u32(msg, ATOLL_BOOT_A_FORMAT, def->format) ||
	    nla_put_string(msg, ATOLL_BOOT_A_CMDLINE, def->cmdline))
		return -1;
	if (def->has_load_addr &&
	    nla_put_u64(msg, ATOLL_BOOT_A_LOAD_ADDR, def->load_addr))
		return -1;
	for (i = 0; i < def->nr_modules; i++)
		if (put_module(msg, &def->module[i]))
			return -1;
	nla_nest_end(msg, nest);
	return 0;
}

static int put_pins(struct nl_msg *msg, const struct definition *def)
{
	size_t i;

	for (i = 0; i < def->nr_pins; i++)
		if (nla_put_u32(msg, ATOLL_VM_A_PIN, def->pin[i]))
			return -1;
	return 0;
}

int wire_vm_define(struct wire *wire, const struct definition *def, struct vm *vm)
{
	struct nl_msg *msg = wire_request(wire, ATOLL_CMD_VM_DEFINE, 0);
	struct nlattr *nest;

	if (!msg)
		return -1;
	nest = nla_nest_start(msg, ATOLL_A_VM);
	if (!nest || nla_put_string(msg, ATOLL_VM_A_NAME, def->name) ||
	    nla_put_u64(msg, ATOLL_VM_A_MEMORY, def->memory) ||
	    nla_put_u32(msg, ATOLL_VM_A_NR_VCPUS, def->nr_vcpus) ||
	    nla_put_u32(msg, ATOLL_VM_A_RESERVE, def->reserve) ||
	    nla_put_u32(msg, ATOLL_VM_A_TSC_KHZ, def->tsc_khz) ||
	    (def->has_node && nla_put_u32(msg, ATOLL_VM_A_NODE, def->node)) ||
	    (def->pool && nla_put_string(msg, ATOLL_VM_A_POOL, def->pool)) ||
	    put_pins(msg, def) || put_boot(msg, def))
		return wire_too_long(msg);
	nla_nest_end(msg, nest);
	return wire_call(wire, msg, read_vm_msg, vm);
}

static int with_each(struct wire *wire, struct nl_msg *msg, vm_fn fn, void *data)
{
	struct each *each = malloc(sizeof(*each));
	int err;

	if (!each) {
		nlmsg_free(msg);
		return wire_fail(ENOMEM, "out of memory");
	}
	each->fn = fn;
	each->data = data;
	if (msg)
		err = wire_call(wire, msg, read_each_msg, each);
	else
		err = wire_receive(wire, read_each_msg, each);
	free(each);
	return err;
}

/**
 * wire_vm_dump() - all VMs
 *
 * Return: 0; 1 if a VM came or went meanwhile, so that one may be missing
 * and asking again is right; -1 and a sentence.
 */
int wire_vm_dump(struct wire *wire, vm_fn fn, void *data)
{
	struct nl_msg *msg = wire_request(wire, ATOLL_CMD_VM_GET, NLM_F_DUMP);

	return msg ? with_each(wire, msg, fn, data) : -1;
}

/**
 * wire_events() - the events that have come in, without waiting
 * @wire: from wire_open_events()
 *
 * Return: 0; 1 if events were lost; -1 and a sentence.
 */
int wire_events(struct wire *wire, vm_fn fn, void *data)
{
	return with_each(wire, NULL, fn, data);
}
