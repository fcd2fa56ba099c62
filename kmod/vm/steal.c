// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest is told of the time that it didn't get: KVM's steal time, and
 * whether a vCPU is off its CPU just now (Documentation/virt/kvm/x86/msr.rst,
 * MSR_KVM_STEAL_TIME).  Another vCPU may leave a note there that the TLB is to
 * be flushed before this one goes on, and spares itself the IPI.
 *
 * Called by msr.c and by the vCPU's loop, never between IRQs-off and entry.
 */
#include <linux/sched.h>
#include <linux/stddef.h>
#include <uapi/asm/kvm_para.h>
#include "../atoll.h"
#include "../hw/hw.h"

/* Nanoseconds that this thread was ready to run and didn't */
static u64 run_delay(void)
{
#ifdef CONFIG_SCHED_INFO
	return current->sched_info.run_delay;
#else
	return 0;
#endif
}

/* An odd version tells the guest to read again */
static void add_stolen(struct atoll_vcpu *vcpu, u64 ns)
{
	struct atoll_gmem *gmem = &vcpu->vm->gmem;
	u64 gpa = vcpu->pv.steal_gpa, steal;
	u64 version_gpa = gpa + offsetof(struct kvm_steal_time, version);
	u32 version;

	if (atoll_gmem_read(gmem, version_gpa, &version, sizeof(version)) ||
	    atoll_gmem_read(gmem, gpa, &steal, sizeof(steal)))
		return;
	version = (version | 1) + 2;
	atoll_gmem_write(gmem, version_gpa, &version, sizeof(version));
	/* The odd version before what it warns of; pairs with the guest's reads */
	smp_wmb();
	steal += ns;
	atoll_gmem_write(gmem, gpa, &steal, sizeof(steal));
	/* And that before the even one */
	smp_wmb();
	version++;
	atoll_gmem_write(gmem, version_gpa, &version, sizeof(version));
}

static u8 set_preempted(struct atoll_vcpu *vcpu, u8 value)
{
	u8 old = 0;

	atoll_gmem_xchg(&vcpu->vm->gmem,
			vcpu->pv.steal_gpa + offsetof(struct kvm_steal_time, preempted),
			value, &old);
	return old;
}

/**
 * atoll_steal_load() - the vCPU is about to run
 * @vcpu:	the calling thread's own, loaded
 */
void atoll_steal_load(struct atoll_vcpu *vcpu)
{
	u64 delay = run_delay();

	if (!vcpu->pv.steal_gpa)
		return;
	if (set_preempted(vcpu, 0) & KVM_VCPU_FLUSH_TLB)
		atoll_hw->flush_tlb(vcpu);
	if (delay != vcpu->pv.run_delay)
		add_stolen(vcpu, delay - vcpu->pv.run_delay);
	vcpu->pv.run_delay = delay;
}

/**
 * atoll_steal_put() - the vCPU's thread gives its CPU away
 * @vcpu:	the calling thread's own
 */
void atoll_steal_put(struct atoll_vcpu *vcpu)
{
	if (vcpu->pv.steal_gpa)
		set_preempted(vcpu, KVM_VCPU_PREEMPTED);
}

/** atoll_steal_read() - MSR_KVM_STEAL_TIME, as it was written */
u64 atoll_steal_read(struct atoll_vcpu *vcpu)
{
	return vcpu->pv.steal_gpa ? vcpu->pv.steal_gpa | KVM_MSR_ENABLED : 0;
}

/**
 * atoll_steal_write() - MSR_KVM_STEAL_TIME
 * @vcpu:	the calling thread's own, loaded
 * @value:	gpa of a struct kvm_steal_time, aligned to its 64 bytes; bit 0:
 *		keep it up to date
 *
 * Once set, its memory is there: all later updates find it.
 *
 * Return: 0; -EINVAL: a reserved bit, or no such memory; -EAGAIN: the vCPU has to
 * take that first.
 */
int atoll_steal_write(struct atoll_vcpu *vcpu, u64 value)
{
	u64 gpa = value & KVM_STEAL_VALID_BITS;

	if (value & KVM_STEAL_RESERVED_MASK)
		return -EINVAL;
	vcpu->pv.steal_gpa = 0;
	if (!(value & KVM_MSR_ENABLED))
		return 0;
	if (!gpa || !atoll_gmem_has(&vcpu->vm->gmem, gpa, sizeof(struct kvm_steal_time)))
		return -EINVAL;
	if (atoll_vcpu_wants(vcpu, gpa, sizeof(struct kvm_steal_time)))
		return -EAGAIN;
	vcpu->pv.steal_gpa = gpa;
	vcpu->pv.run_delay = run_delay();
	set_preempted(vcpu, 0);
	return 0;
}
