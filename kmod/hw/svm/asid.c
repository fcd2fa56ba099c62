// SPDX-License-Identifier: GPL-2.0-only
/*
 * ASIDs: the tags that keep one guest's TLB entries from another's.
 *
 * Each host CPU hands out its ASIDs in ascending order, within a generation.
 * A vCPU keeps its ASID as long as it stays on that CPU and the generation
 * lasts.  When the ASIDs are used up, or SVM was off in between, a new
 * generation begins with a flush of all of them; so an ASID is never seen
 * by a second vCPU without a flush in between.
 */
#include <linux/percpu.h>
#include <asm/cpufeature.h>
#include <asm/processor.h>
#include "svm.h"

/**
 * struct asid_cpu - the ASIDs of a host CPU
 * @generation:	never 0, so that a new vCPU's 0 matches none
 * @next:	the next to hand out; 0 is the host's own
 * @end:	the first that this CPU doesn't have
 */
struct asid_cpu {
	u64 generation;
	u32 next;
	u32 end;
};

static DEFINE_PER_CPU(struct asid_cpu, asid_cpus);

/**
 * atoll_svm_asid_cpu_on() - begin a new generation on this CPU
 *
 * Whoever used SVM before us may have left TLB entries behind.
 *
 * Context: IRQs off.
 */
void atoll_svm_asid_cpu_on(void)
{
	struct asid_cpu *c = this_cpu_ptr(&asid_cpus);

	/* No ASID from before is used again without the flush that follows */
	c->generation++;
	c->end = cpuid_ebx(0x8000000a);
	c->next = c->end;
}

/**
 * atoll_svm_asid_choose() - make sure that the vCPU has an ASID on this CPU
 * @svm:	about to run
 *
 * Context: IRQs off.
 */
void atoll_svm_asid_choose(struct atoll_svm *svm)
{
	struct asid_cpu *c = this_cpu_ptr(&asid_cpus);
	int cpu = raw_smp_processor_id();

	if (likely(svm->asid_generation == c->generation && svm->asid_cpu == cpu))
		return;

	svm->vmcb->control.tlb_ctl = TLB_CONTROL_DO_NOTHING;
	if (c->next >= c->end) {
		c->generation++;
		c->next = 1;
		svm->vmcb->control.tlb_ctl = TLB_CONTROL_FLUSH_ALL_ASID;
	}
	svm->asid_generation = c->generation;
	svm->asid_cpu = cpu;
	svm->asid = c->next++;
	svm->vmcb->control.asid = svm->asid;
}

/**
 * atoll_svm_flush_tlb() - forget what the CPU cached of this vCPU's stage 2
 * @vcpu:	the calling thread's own, not in the guest
 *
 * Without FLUSHBYASID a new ASID does the same.
 */
void atoll_svm_flush_tlb(struct atoll_vcpu *vcpu)
{
	struct atoll_svm *svm = to_svm(vcpu);

	if (boot_cpu_has(X86_FEATURE_FLUSHBYASID))
		svm->vmcb->control.tlb_ctl = TLB_CONTROL_FLUSH_ASID;
	else
		svm->asid_generation = 0;
}
