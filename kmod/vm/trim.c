// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest's memory is trimmed while its vCPUs hold: mem/trim.c says what that does.
 * A guest that runs goes on afterwards, and its time has stood still; one that is
 * paused or has ended stays so.
 *
 * CPUs may have translations cached of what is given back, tagged as this guest's.
 * They are of use to nobody while no vCPU of it is in its guest: a CPU looks up
 * only what bears the tag that it runs under, and neither another guest nor the host
 * runs under this one's.  So it is enough that none enters again before it
 * has flushed, on each CPU that it ran on.  ATOLL_REQ_TLB_FLUSH is looked at with
 * IRQs off before each entry, and a vCPU's flush is good for the CPU that it enters
 * on; on others it left something behind, too, but comes to none of them without:
 *
 * - SVM (hw/svm/asid.c): a vCPU that comes to another CPU, or back to one, gets an
 *   ASID that has not been used there since all of them were flushed.
 * - VT-x (hw/vmx/tlb.c): one that comes to another CPU than the last flushes there
 *   what has its VPID and its root.  The root is the same for all vCPUs of a guest,
 *   but each was asked to flush.
 *
 * A start and a reset, which ask for nothing, flush each vCPU (atoll_vcpu_reset()).
 */
#include <linux/types.h>
#include <asm/pvclock-abi.h>
#include <uapi/asm/kvm_para.h>

#include "../atoll.h"

static bool overlaps(u64 a, u64 a_len, u64 b, u64 b_len)
{
	return a < b + b_len && b < a + a_len;
}

/*
 * What a vCPU's thread writes for its guest where it can't take memory first: it was
 * there when the guest named it, and has to stay.  An EOI that is told by a zero
 * would be lost otherwise.
 */
static bool is_written_blindly(void *arg, u64 gpa, u64 len)
{
	struct atoll_vm *vm = arg;
	const struct atoll_pv *pv;
	u32 i;

	for (i = 0; i < vm->nr_vcpus; i++) {
		pv = &vm->vcpu[i]->pv;
		if ((pv->clock_gpa && overlaps(gpa, len, pv->clock_gpa,
					       sizeof(struct pvclock_vcpu_time_info))) ||
		    (pv->steal_gpa && overlaps(gpa, len, pv->steal_gpa,
					       sizeof(struct kvm_steal_time))) ||
		    (pv->eoi_gpa && overlaps(gpa, len, pv->eoi_gpa, sizeof(u32))))
			return true;
	}
	return false;
}

/* True: it runs, and has to be let go.  Otherwise no vCPU will go on by itself */
static bool hold_running(struct atoll_vm *vm)
{
	bool runs;

	lockdep_assert_held(&vm->lock);
	if (!atoll_vm_is_active(vm))
		return false;
	if (!atoll_vm_hold(vm)) {
		/* Some may still be in their guest, on their way out */
		wait_event(vm->state_wq, !atoll_vm_is_active(vm));
		return false;
	}
	spin_lock(&vm->state_lock);
	/* It may be PAUSED, or have become so for want of memory */
	runs = vm->state == ATOLL_STATE_RUNNING;
	if (runs)
		atoll_clock_pause(vm);
	spin_unlock(&vm->state_lock);
	return runs;
}

/**
 * atoll_vm_trim() - give back what a guest holds and doesn't use
 * @vm:		in any state
 * @trim:	receives what was done
 * @extack:	receives a sentence on failure
 *
 * Context: may sleep, for long; takes vm->lock.
 * Return: 0: the state is what it was, unless the guest has ended or starved
 * meanwhile; -ENOENT; -EOPNOTSUPP: its memory is reserved.
 */
int atoll_vm_trim(struct atoll_vm *vm, struct atoll_trim *trim, struct netlink_ext_ack *extack)
{
	bool runs;
	int err;

	guard(mutex)(&vm->lock);
	err = atoll_vm_check_there(vm, extack);
	if (err)
		return err;
	trim->keep = is_written_blindly;
	trim->arg = vm;
	runs = hold_running(vm);
	/* Before anything is given back, and to be honoured before any entry */
	atoll_vm_request(vm, ATOLL_REQ_TLB_FLUSH);
	err = atoll_gmem_trim(&vm->gmem, trim, extack);
	if (runs)
		atoll_vm_let_go(vm);
	return err;
}
