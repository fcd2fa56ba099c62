// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's hypercalls (Documentation/virt/kvm/x86/hypercalls.rst), as far as
 * CPUID promises them.  The number is in RAX, arguments are in RBX, RCX, RDX
 * and RSI, the answer goes to RAX.  Only the guest's kernel may call.
 */
#include <linux/array_size.h>
#include <asm/apicdef.h>
#include <uapi/linux/kvm_para.h>
#include "../atoll.h"
#include "../hw/hw.h"
#include "insn.h"

/* Of the interrupt command register */
#define SHORTHANDS	APIC_DEST_ALLBUT

struct hypercall {
	u64 nr;
	u64 arg[4];
	u32 is_64bit;
};

/* A vCPU that waits for a lock in HLT, with interrupts off, has got it */
static s64 kick_cpu(struct atoll_vcpu *vcpu, const struct hypercall *call)
{
	struct atoll_vm *vm = vcpu->vm;
	u64 apic_id = call->arg[1];

	if (apic_id >= vm->nr_vcpus)
		return 0;
	WRITE_ONCE(vm->vcpu[apic_id]->pv.unhalted, 1);
	atoll_vcpu_kick(vm->vcpu[apic_id]);
	return 0;
}

/*
 * One interrupt for many vCPUs: a bit for each APIC ID from arg[2] on, and the
 * command register without a destination.  The answer is how many took it.
 */
static s64 send_ipi(struct atoll_vcpu *vcpu, const struct hypercall *call)
{
	u32 width = call->is_64bit ? 64 : 32, icr = call->arg[3], i;
	struct atoll_irq_msg msg = {
		.delivery = (icr & APIC_MODE_MASK) >> 8,
		.vector = icr & APIC_VECTOR_MASK,
	};
	s64 count = 0;

	if (icr & (APIC_DEST_LOGICAL | SHORTHANDS))
		return -KVM_EINVAL;
	for (i = 0; i < 2 * width; i++) {
		if (!(call->arg[i / width] & BIT_ULL(i % width)))
			continue;
		if (call->arg[2] >= ATOLL_VCPUS_MAX || call->arg[2] + i >= vcpu->vm->nr_vcpus)
			break;
		msg.dest = call->arg[2] + i;
		count += atoll_lapic_send(vcpu->vm, &msg);
	}
	return count;
}

static const struct {
	u64 nr;
	s64 (*call)(struct atoll_vcpu *vcpu, const struct hypercall *call);
} hypercalls[] = {
	{ KVM_HC_KICK_CPU, kick_cpu },
	{ KVM_HC_SEND_IPI, send_ipi },
};

static s64 carry_out(struct atoll_vcpu *vcpu, const struct hypercall *call)
{
	struct atoll_segment ss;
	u32 i;

	/* SS.DPL is the CPL: AMD APM vol. 2, "Segment Privilege Levels" */
	atoll_hw->get_seg(vcpu, ATOLL_SS, &ss);
	if ((ss.attr >> ATOLL_SEG_DPL_SHIFT) & 3)
		return -KVM_EPERM;
	for (i = 0; i < ARRAY_SIZE(hypercalls); i++) {
		if (hypercalls[i].nr == call->nr)
			return hypercalls[i].call(vcpu, call);
	}
	return -KVM_ENOSYS;
}

/**
 * atoll_hypercall_handle() - VMCALL, VMMCALL
 * @vcpu:	the calling thread's own
 */
enum atoll_next atoll_hypercall_handle(struct atoll_vcpu *vcpu)
{
	const u64 *regs = vcpu->regs;
	struct hypercall call = {
		.nr = regs[ATOLL_RAX],
		.arg = { regs[ATOLL_RBX], regs[ATOLL_RCX], regs[ATOLL_RDX], regs[ATOLL_RSI] },
		.is_64bit = atoll_vcpu_mode(vcpu) == ATOLL_INSN_MODE_64,
	};
	u64 answer;
	u32 i;

	if (!call.is_64bit) {
		call.nr = (u32)call.nr;
		for (i = 0; i < ARRAY_SIZE(call.arg); i++)
			call.arg[i] = (u32)call.arg[i];
	}
	answer = carry_out(vcpu, &call);
	vcpu->regs[ATOLL_RAX] = call.is_64bit ? answer : (u32)answer;
	return atoll_exit_skip_insn(vcpu);
}
