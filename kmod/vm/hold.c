// SPDX-License-Identifier: GPL-2.0-only
/*
 * How vCPUs are held where they are, for a verb or for want of memory, and let go.
 *
 * A vCPU that holds sleeps in its thread, outside of its guest and of its loop: it
 * touches neither the guest's memory nor its devices, and comes to nothing else
 * before it is let go or the run ends.  When all do, the VM is the caller's.  Called
 * by the verbs that need that, and by vCPUs' threads.
 */
#include "../atoll.h"
#include "../trace.h"

/**
 * atoll_vm_starve() - a vCPU can't go on without memory that it doesn't get
 * @vm:		whose
 * @err:	why: -ENOSPC or -ENOMEM
 *
 * All vCPUs are asked to hold; the last to do so makes the VM PAUSED, and a resume
 * has this one try again.
 *
 * Context: a vCPU's thread.
 */
void atoll_vm_starve(struct atoll_vm *vm, int err)
{
	spin_lock(&vm->state_lock);
	if (vm->end_state == ATOLL_STATE_RUNNING) {
		vm->starved = err;
		atoll_vm_request(vm, ATOLL_REQ_PAUSE);
	}
	spin_unlock(&vm->state_lock);
}

/* The VM's time stands still from here on */
static bool become_paused_locked(struct atoll_vm *vm)
{
	lockdep_assert_held(&vm->state_lock);
	if (vm->state != ATOLL_STATE_RUNNING || vm->end_state != ATOLL_STATE_RUNNING)
		return false;
	vm->state = ATOLL_STATE_PAUSED;
	atoll_clock_pause(vm);
	return true;
}

static void tell_paused(struct atoll_vm *vm)
{
	trace_atoll_state(vm->id, ATOLL_STATE_PAUSED);
	atoll_nl_event(vm, ATOLL_EVENT_PAUSED);
}

/**
 * atoll_vm_vcpu_held() - a vCPU holds from now on, since it was asked to
 * @vm:		whose
 *
 * The last vCPU of a VM that lacks memory makes it PAUSED.  It counts itself only
 * when that is told, so that a resume, which waits for it, is told after it.
 *
 * Context: the vCPU's thread, may sleep.
 */
void atoll_vm_vcpu_held(struct atoll_vm *vm)
{
	bool paused = false;

	spin_lock(&vm->state_lock);
	if (vm->starved && vm->held + 1 == vm->nr_live)
		paused = become_paused_locked(vm);
	if (!paused)
		vm->held++;
	spin_unlock(&vm->state_lock);
	if (paused) {
		tell_paused(vm);
		spin_lock(&vm->state_lock);
		vm->held++;
		spin_unlock(&vm->state_lock);
	}
	wake_up_all(&vm->state_wq);
}

/**
 * atoll_vm_vcpu_freed() - it holds no longer
 * @vm:		whose
 *
 * Context: the vCPU's thread.
 */
void atoll_vm_vcpu_freed(struct atoll_vm *vm)
{
	spin_lock(&vm->state_lock);
	vm->held--;
	spin_unlock(&vm->state_lock);
	wake_up_all(&vm->state_wq);
}

static bool all_held_or_ended(struct atoll_vm *vm)
{
	bool done;

	spin_lock(&vm->state_lock);
	done = vm->held == vm->nr_live || vm->end_state != ATOLL_STATE_RUNNING;
	spin_unlock(&vm->state_lock);
	return done;
}

/**
 * atoll_vm_become_paused() - make a VM PAUSED, and tell so
 * @vm:		every vCPU holds; PAUSED already: nothing is done
 *
 * Context: may sleep; vm->lock is held.
 */
void atoll_vm_become_paused(struct atoll_vm *vm)
{
	bool paused;

	lockdep_assert_held(&vm->lock);
	spin_lock(&vm->state_lock);
	paused = become_paused_locked(vm);
	spin_unlock(&vm->state_lock);
	if (paused)
		tell_paused(vm);
}

/**
 * atoll_vm_hold() - hold every vCPU where it is
 * @vm:		RUNNING or PAUSED
 *
 * Meanwhile it may become PAUSED for want of memory.  Who lacks memory may still be
 * telling that when all others hold: this waits for it, too.  One that was let go a
 * moment ago may still be counted, but finds the request again before it does
 * anything else.
 *
 * Context: may sleep; vm->lock is held.
 * Return: false: the run ends, or has ended; no vCPU will hold.
 */
bool atoll_vm_hold(struct atoll_vm *vm)
{
	bool ended;

	lockdep_assert_held(&vm->lock);
	atoll_vm_request(vm, ATOLL_REQ_PAUSE);
	wait_event(vm->state_wq, all_held_or_ended(vm));
	/* While all hold nobody ends it: the guest can't, and a verb would have the lock */
	spin_lock(&vm->state_lock);
	ended = vm->end_state != ATOLL_STATE_RUNNING;
	spin_unlock(&vm->state_lock);
	return !ended;
}

/**
 * atoll_vm_let_go() - let every vCPU go on, and the VM's time with them
 * @vm:		RUNNING; all of them hold, and atoll_clock_pause() has been called
 *
 * Context: may sleep; vm->lock is held.
 */
void atoll_vm_let_go(struct atoll_vm *vm)
{
	u32 i;

	atoll_clock_resume(vm);
	/* All at once: the first to go on may starve again, and ask all to hold */
	spin_lock(&vm->state_lock);
	for (i = 0; i < vm->nr_vcpus; i++)
		atoll_vcpu_withdraw(vm->vcpu[i], ATOLL_REQ_PAUSE);
	spin_unlock(&vm->state_lock);
}
