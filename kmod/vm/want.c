// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that a vCPU has to take before it goes on.  Exits are handled where
 * nothing may sleep; so a handler that needs RAM which isn't there yet leaves a
 * note and the loop, with nothing changed, and the guest does it again
 * afterwards.  A VM for which there is no memory is paused, not killed.
 *
 * Called by handlers of exits, and by the vCPU's thread between two runs.
 */
#include "../atoll.h"

/**
 * atoll_vcpu_wants() - must this be taken before it can be written?
 * @vcpu:	the calling thread's own
 * @gpa:	first byte
 * @len:	bytes; any range
 *
 * Context: any.
 * Return: true if so: the caller undoes what it has begun and returns
 * ATOLL_NEXT_LEAVE.  False: all of it is there, or not all of it is RAM.
 */
bool atoll_vcpu_wants(struct atoll_vcpu *vcpu, u64 gpa, u64 len)
{
	if (likely(!atoll_gmem_lacks(&vcpu->vm->gmem, gpa, len)))
		return false;
	vcpu->want_gpa = gpa;
	vcpu->want_len = len;
	vcpu->want_zeroes = 0;
	return true;
}

/* Without zeroes, or where reading them doesn't satisfy the CPU, it is taken */
static int take(struct atoll_vcpu *vcpu)
{
	struct atoll_gmem *gmem = &vcpu->vm->gmem;

	if (vcpu->want_zeroes && !atoll_gmem_share(gmem, vcpu->want_gpa))
		return 0;
	return atoll_gmem_fill(gmem, vcpu->want_gpa, vcpu->want_len, NULL);
}

/**
 * atoll_vcpu_take_wanted() - take what the vCPU has noted
 * @vcpu:	the calling thread's own, outside of its loop
 *
 * Without memory the note stays, and the VM will be paused.
 *
 * Context: may sleep.
 */
void atoll_vcpu_take_wanted(struct atoll_vcpu *vcpu)
{
	int err = take(vcpu);

	if (err == -ENOSPC || err == -ENOMEM) {
		atoll_vm_starve(vcpu->vm, err);
		return;
	}
	if (err)
		atoll_vm_crash(vcpu, "stage 2 lacks gpa %#llx, which is ram", vcpu->want_gpa);
	vcpu->want_len = 0;
}
