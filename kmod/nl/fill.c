// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM as a nest of attributes: the one picture of it that VM_GET, VM_DEFINE
 * and every event show.
 *
 * Reads only, and never takes vm->lock: a verb may hold that for as long as
 * an image takes to load, and looking must not wait for it.
 */
#include <linux/slab.h>
#include <asm/tsc.h>
#include "nl.h"

#define PAUSE_REASON_LEN	64
#define CONSOLE_NAME_LEN	sizeof("ttyATL-2147483648")

static size_t exits_len(void)
{
	size_t len = 0;
	u32 kind;

	for (kind = 0; kind < ATOLL_NR_EXITS; kind++)
		len += nla_total_size(0) +
			nla_total_size(strlen(atoll_exit_name(kind)) + 1) +
			nla_total_size_64bit(sizeof(u64));
	return len;
}

static size_t overhead_len(void)
{
	const char *kind;
	size_t len = 0;
	u32 i;

	for (i = 0; (kind = atoll_overhead_kind(i)); i++)
		len += nla_total_size(0) + nla_total_size(strlen(kind) + 1) +
			nla_total_size_64bit(sizeof(u64));
	return len;
}

static size_t crash_len(void)
{
	return nla_total_size(0) +
		nla_total_size(ATOLL_CRASH_REASON_LEN) +
		nla_total_size(sizeof(u32)) +
		nla_total_size(0) +
		nla_total_size(ATOLL_NR_GPRS * sizeof(u64)) +
		7 * nla_total_size_64bit(sizeof(u64)) +
		2 * nla_total_size(sizeof(u32));
}

/**
 * atoll_nl_vm_len - room that a VM's nest may take
 * @nr_vcpus:	vCPUs that the VM has
 *
 * Any context.
 *
 * Return: bytes, never less than atoll_nl_vm_fill() puts
 */
size_t atoll_nl_vm_len(u32 nr_vcpus)
{
	size_t vcpu_len = nla_total_size(0) + 5 * nla_total_size(sizeof(u32)) + exits_len();

	return nla_total_size(0) +
		2 * nla_total_size(ATOLL_NAME_MAX + 1) +
		nla_total_size(CONSOLE_NAME_LEN) +
		nla_total_size(ATOLL_CONSOLE_TAIL_MAX) +
		nla_total_size(PAUSE_REASON_LEN) +
		8 * nla_total_size(sizeof(u32)) +
		9 * nla_total_size_64bit(sizeof(u64)) +
		overhead_len() +
		crash_len() +
		nr_vcpus * vcpu_len;
}

static int put_regs(struct sk_buff *skb, const struct atoll_cpu_state *state)
{
	struct nlattr *nest = nla_nest_start(skb, ATOLL_CRASH_A_REGS);

	if (!nest ||
	    nla_put(skb, ATOLL_REGS_A_GPR, ATOLL_NR_GPRS * sizeof(u64), state->regs) ||
	    nla_put_u64_64bit(skb, ATOLL_REGS_A_RIP, state->regs[ATOLL_RIP], ATOLL_REGS_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_REGS_A_RFLAGS, state->regs[ATOLL_RFLAGS],
			      ATOLL_REGS_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_REGS_A_CR0, state->cr0, ATOLL_REGS_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_REGS_A_CR2, state->cr2, ATOLL_REGS_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_REGS_A_CR3, state->cr3, ATOLL_REGS_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_REGS_A_CR4, state->cr4, ATOLL_REGS_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_REGS_A_EFER, state->efer, ATOLL_REGS_A_PAD) ||
	    nla_put_u32(skb, ATOLL_REGS_A_CS, state->seg[ATOLL_CS].selector) ||
	    nla_put_u32(skb, ATOLL_REGS_A_SS, state->seg[ATOLL_SS].selector))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static int put_crash(struct sk_buff *skb, const struct atoll_crash *crash)
{
	struct nlattr *nest;

	if (!crash->reason[0])
		return 0;
	nest = nla_nest_start(skb, ATOLL_VM_A_CRASH);
	if (!nest ||
	    nla_put_string(skb, ATOLL_CRASH_A_REASON, crash->reason) ||
	    nla_put_u32(skb, ATOLL_CRASH_A_VCPU, crash->vcpu) ||
	    put_regs(skb, &crash->state))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static const char *pause_reason(int starved)
{
	return starved == -ENOSPC ? "out of memory: guests hold all that the pool has" :
				    "out of memory: the host has none left";
}

/* State, exit code and crash belong together: read them under one lock */
static int put_state_locked(struct sk_buff *skb, struct atoll_vm *vm)
{
	lockdep_assert_held(&vm->state_lock);

	if (nla_put_u32(skb, ATOLL_VM_A_STATE, vm->state) ||
	    (vm->has_exit_code && nla_put_u32(skb, ATOLL_VM_A_EXIT_CODE, vm->exit_code)) ||
	    (vm->state == ATOLL_STATE_PAUSED && vm->starved &&
	     nla_put_string(skb, ATOLL_VM_A_PAUSE_REASON, pause_reason(vm->starved))))
		return -EMSGSIZE;
	return put_crash(skb, &vm->crash);
}

static int put_console(struct sk_buff *skb, struct atoll_vm *vm)
{
	char name[CONSOLE_NAME_LEN];

	snprintf(name, sizeof(name), "ttyATL%d", atoll_console_index(vm));
	if (nla_put_string(skb, ATOLL_VM_A_CONSOLE, name) ||
	    nla_put_u32(skb, ATOLL_VM_A_CONSOLE_PENDING, atoll_console_pending(vm)) ||
	    nla_put_u64_64bit(skb, ATOLL_VM_A_CONSOLE_LOST, atoll_console_lost(vm),
			      ATOLL_VM_A_PAD))
		return -EMSGSIZE;
	return 0;
}

/* The last words of a guest that crashed; without memory it goes without */
static int put_tail(struct sk_buff *skb, struct atoll_vm *vm)
{
	u8 *tail;
	u32 len;
	int err = 0;

	if (!READ_ONCE(vm->crash.reason[0]))
		return 0;
	tail = kmalloc(ATOLL_CONSOLE_TAIL_MAX, GFP_KERNEL);
	if (!tail)
		return 0;
	len = atoll_console_tail(vm, tail);
	if (len)
		err = nla_put(skb, ATOLL_VM_A_CONSOLE_TAIL, len, tail);
	kfree(tail);
	return err;
}

static int put_overhead(struct sk_buff *skb, struct atoll_vm *vm)
{
	struct nlattr *nest;
	const char *kind;
	u32 i;

	for (i = 0; (kind = atoll_overhead_kind(i)); i++) {
		nest = nla_nest_start(skb, ATOLL_VM_A_OVERHEAD);
		if (!nest ||
		    nla_put_string(skb, ATOLL_OVERHEAD_A_KIND, kind) ||
		    nla_put_u64_64bit(skb, ATOLL_OVERHEAD_A_BYTES, atoll_overhead_bytes(vm, i),
				      ATOLL_OVERHEAD_A_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_exits(struct sk_buff *skb, const struct atoll_vcpu *vcpu)
{
	struct nlattr *nest;
	u32 kind;

	for (kind = 0; kind < ATOLL_NR_EXITS; kind++) {
		u64 count = READ_ONCE(vcpu->exits[kind]);

		if (!count)
			continue;
		nest = nla_nest_start(skb, ATOLL_VCPU_A_EXIT);
		if (!nest ||
		    nla_put_string(skb, ATOLL_EXIT_A_KIND, atoll_exit_name(kind)) ||
		    nla_put_u64_64bit(skb, ATOLL_EXIT_A_COUNT, count, ATOLL_EXIT_A_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_vcpu(struct sk_buff *skb, const struct atoll_vcpu *vcpu)
{
	int tid = READ_ONCE(vcpu->tid), cpu = READ_ONCE(vcpu->cpu);
	struct nlattr *nest = nla_nest_start(skb, ATOLL_VM_A_VCPU);

	if (!nest ||
	    nla_put_u32(skb, ATOLL_VCPU_A_INDEX, vcpu->index) ||
	    nla_put_u32(skb, ATOLL_VCPU_A_STATE, READ_ONCE(vcpu->state)) ||
	    (tid && nla_put_u32(skb, ATOLL_VCPU_A_TID, tid)) ||
	    (cpu >= 0 && nla_put_u32(skb, ATOLL_VCPU_A_CPU, cpu)) ||
	    (vcpu->pin >= 0 && nla_put_u32(skb, ATOLL_VCPU_A_PIN, vcpu->pin)) ||
	    put_exits(skb, vcpu))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

static u64 vm_unclaimed(const struct atoll_vm *vm)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < vm->nr_vcpus; i++)
		sum += READ_ONCE(vm->vcpu[i]->unclaimed);
	return sum;
}

static u64 vm_unknown_msrs(const struct atoll_vm *vm)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < vm->nr_vcpus; i++)
		sum += READ_ONCE(vm->vcpu[i]->unknown_msrs.count);
	return sum;
}

/**
 * atoll_nl_vm_fill - put a VM into a message
 * @skb:	the message; what a failed call has put, the caller takes back
 * @vm:		held by the caller, who does not hold vm->state_lock
 *
 * May sleep.
 *
 * Return: 0, or -EMSGSIZE if there is no room
 */
int atoll_nl_vm_fill(struct sk_buff *skb, struct atoll_vm *vm)
{
	struct nlattr *nest = nla_nest_start(skb, ATOLL_A_VM);
	int err;
	u32 i;

	if (!nest ||
	    nla_put_string(skb, ATOLL_VM_A_NAME, vm->cfg.name) ||
	    nla_put_u32(skb, ATOLL_VM_A_ID, vm->id) ||
	    nla_put_u64_64bit(skb, ATOLL_VM_A_MEMORY, vm->cfg.memory, ATOLL_VM_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_VM_A_RESIDENT,
			      atoll_gmem_resident(&vm->gmem),
			      ATOLL_VM_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_VM_A_SHARED, atoll_gmem_shared(&vm->gmem),
			      ATOLL_VM_A_PAD) ||
	    nla_put_u32(skb, ATOLL_VM_A_RESERVE, vm->gmem.reserved) ||
	    (vm->gmem.on_node && nla_put_u32(skb, ATOLL_VM_A_NODE, vm->gmem.node)) ||
	    nla_put_u32(skb, ATOLL_VM_A_TSC_KHZ, vm->cfg.tsc_khz ?: tsc_khz) ||
	    nla_put_u64_64bit(skb, ATOLL_VM_A_SMALL,
			      (u64)READ_ONCE(vm->gmem.nr_frames) << PAGE_SHIFT,
			      ATOLL_VM_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_VM_A_SPLITS, READ_ONCE(vm->gmem.nr_split),
			      ATOLL_VM_A_PAD) ||
	    nla_put_string(skb, ATOLL_VM_A_POOL, atoll_pool_name(vm->gmem.pool)) ||
	    nla_put_u32(skb, ATOLL_VM_A_NR_VCPUS, vm->nr_vcpus))
		return -EMSGSIZE;

	spin_lock(&vm->state_lock);
	err = put_state_locked(skb, vm);
	spin_unlock(&vm->state_lock);
	if (err)
		return err;

	if (put_overhead(skb, vm) || put_console(skb, vm) || put_tail(skb, vm) ||
	    nla_put_u64_64bit(skb, ATOLL_VM_A_UPTIME_NS, atoll_vm_uptime_ns(vm),
			      ATOLL_VM_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_VM_A_UNCLAIMED, vm_unclaimed(vm), ATOLL_VM_A_PAD) ||
	    nla_put_u64_64bit(skb, ATOLL_VM_A_UNKNOWN_MSRS, vm_unknown_msrs(vm),
			      ATOLL_VM_A_PAD))
		return -EMSGSIZE;
	for (i = 0; i < vm->nr_vcpus; i++) {
		err = put_vcpu(skb, vm->vcpu[i]);
		if (err)
			return err;
	}
	nla_nest_end(skb, nest);
	return 0;
}
