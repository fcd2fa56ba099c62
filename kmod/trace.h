/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracepoints: every exit, every injected interrupt, every change of state, and
 * each time that a vCPU gets a CPU of the host.
 *
 *	echo 1 > /sys/kernel/tracing/events/atoll/enable
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM atoll

#if !defined(ATOLL_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define ATOLL_TRACE_H

#include <linux/tracepoint.h>
#include "atoll.h"

TRACE_EVENT(atoll_exit,
	TP_PROTO(const struct atoll_vcpu *vcpu),
	TP_ARGS(vcpu),
	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, vcpu)
		__field(u32, kind)
		__field(u64, rip)
		__field(u64, reason)
		__field(u64, info0)
		__field(u64, info1)
		__field(u32, eax)
		__field(u32, ecx)
	),
	TP_fast_assign(
		__entry->vm = vcpu->vm->id;
		__entry->vcpu = vcpu->index;
		__entry->kind = vcpu->exit.kind;
		__entry->rip = vcpu->regs[ATOLL_RIP];
		__entry->reason = vcpu->exit.hw_reason;
		__entry->info0 = vcpu->exit.hw_info[0];
		__entry->info1 = vcpu->exit.hw_info[1];
		__entry->eax = vcpu->regs[ATOLL_RAX];
		__entry->ecx = vcpu->regs[ATOLL_RCX];
	),
	TP_printk("vm=%u vcpu=%u kind=%u rip=%#llx reason=%#llx info=%#llx,%#llx eax=%#x ecx=%#x",
		  __entry->vm, __entry->vcpu, __entry->kind, __entry->rip,
		  __entry->reason, __entry->info0, __entry->info1,
		  __entry->eax, __entry->ecx)
);

/* The first of a run stands where the guest is about to execute something */
TRACE_EVENT(atoll_load,
	TP_PROTO(u32 vm, u32 vcpu),
	TP_ARGS(vm, vcpu),
	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, vcpu)
	),
	TP_fast_assign(
		__entry->vm = vm;
		__entry->vcpu = vcpu;
	),
	TP_printk("vm=%u vcpu=%u", __entry->vm, __entry->vcpu)
);

TRACE_EVENT(atoll_inject,
	TP_PROTO(u32 vm, u32 vcpu, u32 vector),
	TP_ARGS(vm, vcpu, vector),
	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, vcpu)
		__field(u32, vector)
	),
	TP_fast_assign(
		__entry->vm = vm;
		__entry->vcpu = vcpu;
		__entry->vector = vector;
	),
	TP_printk("vm=%u vcpu=%u vector=%u", __entry->vm, __entry->vcpu, __entry->vector)
);

TRACE_EVENT(atoll_unknown_msr,
	TP_PROTO(u32 vm, u32 vcpu, u32 msr, u32 dir),
	TP_ARGS(vm, vcpu, msr, dir),
	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, vcpu)
		__field(u32, msr)
		__field(u32, dir)
	),
	TP_fast_assign(
		__entry->vm = vm;
		__entry->vcpu = vcpu;
		__entry->msr = msr;
		__entry->dir = dir;
	),
	TP_printk("vm=%u vcpu=%u %s %#x", __entry->vm, __entry->vcpu,
		  __entry->dir == ATOLL_READ ? "rdmsr" : "wrmsr", __entry->msr)
);

TRACE_EVENT(atoll_state,
	TP_PROTO(u32 vm, u32 state),
	TP_ARGS(vm, state),
	TP_STRUCT__entry(
		__field(u32, vm)
		__field(u32, state)
	),
	TP_fast_assign(
		__entry->vm = vm;
		__entry->state = state;
	),
	TP_printk("vm=%u state=%u", __entry->vm, __entry->state)
);

#endif

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
