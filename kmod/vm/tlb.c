// SPDX-License-Identifier: GPL-2.0-only
/*
 * A flush that is over when it returns, for a change to stage 2 that no vCPU may
 * miss while others run.  Where it is enough that none enters again before it has
 * flushed, a request does: see trim.c, which says what a flush is good for, too.
 */
#include <asm/processor.h>
#include "../atoll.h"

/*
 * It was in its guest when it was asked, and is still: it set in_guest before it
 * looked at its requests (enter() in vcpu.c).  The kick makes it leave, and it honours
 * the request before it enters again.
 */
static bool is_inside(const struct atoll_vcpu *vcpu)
{
	return READ_ONCE(vcpu->in_guest) && test_bit(ATOLL_REQ_TLB_FLUSH, &vcpu->requests);
}

/**
 * atoll_vm_flush_tlbs() - wait until no vCPU knows what stage 2 was like
 * @gmem:	a VM's
 *
 * Waits for an interrupt to be served on each CPU where one is in its guest.
 *
 * Context: may sleep, interrupts on; gmem->lock is held.
 */
void atoll_vm_flush_tlbs(struct atoll_gmem *gmem)
{
	struct atoll_vm *vm = container_of(gmem, struct atoll_vm, gmem);
	u32 i;

	atoll_vm_request(vm, ATOLL_REQ_TLB_FLUSH);
	for (i = 0; i < vm->nr_vcpus; i++)
		while (is_inside(vm->vcpu[i]))
			cpu_relax();
}
