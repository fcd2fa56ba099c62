// SPDX-License-Identifier: GPL-2.0-only
/*
 * The machine as a power-on finds it: at a start, and when the guest resets it.
 *
 * A guest that resets its machine goes on in the same run: its threads, the
 * hardware and the module stay held.  Each vCPU leaves its guest and comes here,
 * the last one to come does what a start does, and all begin anew.  A verb that
 * holds vm->lock can wait for that: nothing here takes it.
 */
#include <linux/netlink.h>
#include <asm/tsc.h>

#include "../atoll.h"
#include "../hw/hw.h"

/**
 * atoll_vm_load() - memory as a power-on finds it, and the image loaded
 * @vm:		none of its vCPUs runs
 * @extack:	receives a sentence on failure
 *
 * Context: may sleep.
 * Return: 0, or an error of atoll_boot_load().
 */
int atoll_vm_load(struct atoll_vm *vm, struct netlink_ext_ack *extack)
{
	if (vm->gmem.dirty)
		atoll_gmem_zero(&vm->gmem);
	vm->gmem.dirty = 1;
	return atoll_boot_load(vm->plan, &vm->gmem, extack);
}

/**
 * atoll_vm_reset() - devices and CPUs as a power-on finds them
 * @vm:		none of its vCPUs runs
 *
 * Context: may sleep.
 */
void atoll_vm_reset(struct atoll_vm *vm)
{
	struct atoll_cpu_state reset;
	u32 i;

	atoll_clock_start(&vm->clock, vm->cfg.tsc_khz, tsc_khz, atoll_hw->tsc_ratio_bits(),
			  atoll_clock_host_stable());
	atoll_devices_reset(vm);
	atoll_vcpu_reset(vm->vcpu[0], atoll_boot_entry(vm->plan));
	atoll_cpu_state_reset(&reset);
	for (i = 1; i < vm->nr_vcpus; i++)
		atoll_vcpu_reset(vm->vcpu[i], &reset);
}

/**
 * atoll_vm_reboot() - the guest resets its machine
 * @vm:		whose guest
 *
 * The vCPUs meet, and the calling one doesn't enter its guest before.
 *
 * Context: a vCPU's thread, preemption may be off.
 */
void atoll_vm_reboot(struct atoll_vm *vm)
{
	spin_lock(&vm->state_lock);
	if (atoll_vm_is_active(vm) && vm->end_state == ATOLL_STATE_RUNNING)
		atoll_vm_request(vm, ATOLL_REQ_REBOOT);
	spin_unlock(&vm->state_lock);
}

/*
 * May a vCPU that waits go its way?  Once all have met, not before the machine
 * is reset: that touches every vCPU, and none may run or be gone meanwhile.
 */
static bool may_part(struct atoll_vcpu *vcpu, u32 seen)
{
	struct atoll_vm *vm = vcpu->vm;
	bool part;

	spin_lock(&vm->state_lock);
	/* Not the request's bit: the next reboot may have set that again */
	part = vm->reboots != seen ||
	       (vm->end_state != ATOLL_STATE_RUNNING && !vm->rebooting);
	spin_unlock(&vm->state_lock);
	return part;
}

/* The others wait meanwhile, so everything of the VM is this thread's */
static void reboot(struct atoll_vcpu *vcpu)
{
	struct netlink_ext_ack extack = { };
	struct atoll_vm *vm = vcpu->vm;
	int err;
	u32 i;

	err = atoll_vm_load(vm, &extack);
	atoll_vm_reset(vm);
	if (err)
		atoll_vm_crash(vcpu, "the guest could not be rebooted: %s", extack._msg);

	spin_lock(&vm->state_lock);
	vm->met = 0;
	vm->rebooting = 0;
	vm->reboots++;
	for (i = 0; i < vm->nr_vcpus; i++)
		clear_bit(ATOLL_REQ_REBOOT, &vm->vcpu[i]->requests);
	spin_unlock(&vm->state_lock);
	if (!err)
		atoll_nl_event(vm, ATOLL_EVENT_REBOOTED);
	for (i = 0; i < vm->nr_vcpus; i++)
		wake_up(&vm->vcpu[i]->wq);
}

/**
 * atoll_vm_meet() - come together with the other vCPUs for a reboot
 * @vcpu:	the calling thread's own, which has ATOLL_REQ_REBOOT
 *
 * Returns when the machine has been reset, or when the run ends; a run that
 * ends before all have met is not reset, and one that ends later is first.
 *
 * Context: the vCPU's thread, may sleep.
 */
void atoll_vm_meet(struct atoll_vcpu *vcpu)
{
	struct atoll_vm *vm = vcpu->vm;
	bool last;
	u32 seen;

	spin_lock(&vm->state_lock);
	if (vm->end_state != ATOLL_STATE_RUNNING) {
		spin_unlock(&vm->state_lock);
		return;
	}
	last = ++vm->met == vm->nr_vcpus;
	seen = vm->reboots;
	vm->rebooting = last;
	spin_unlock(&vm->state_lock);

	if (last)
		reboot(vcpu);
	else
		wait_event_idle(vcpu->wq, may_part(vcpu, seen));
}
