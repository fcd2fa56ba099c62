// SPDX-License-Identifier: GPL-2.0-only
/*
 * The life of a VM: which verb is allowed in which state, and how a run
 * begins and ends.
 *
 *	NEW -> RUNNING <-> PAUSED
 *	RUNNING, PAUSED -> STOPPED | CRASHED, CRASHED -> STOPPED
 *	STOPPED, CRASHED -> RUNNING
 *
 * A run is ended by whoever comes first: the guest itself, its crash, or a
 * verb.  That sets end_state and asks every vCPU to leave; the last vCPU to
 * leave its loop gives the hardware back and makes end_state the state.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>
#include "../atoll.h"
#include "../hw/hw.h"
#include "../trace.h"

enum verb {
	VERB_START, VERB_STOP, VERB_PAUSE, VERB_RESUME, VERB_BUTTON, VERB_UNDEFINE, NR_VERBS
};

/* Why a verb is refused in a state; NULL: it is allowed */
static const char * const refusal[NR_VERBS][__ATOLL_STATES] = {
	[VERB_START] = {
		[ATOLL_STATE_RUNNING]	= "already running",
		[ATOLL_STATE_PAUSED]	= "paused: resume it, or kill it first",
	},
	[VERB_STOP] = {
		[ATOLL_STATE_NEW]	= "not running: it was never started",
		[ATOLL_STATE_STOPPED]	= "not running: it has stopped already",
	},
	[VERB_PAUSE] = {
		[ATOLL_STATE_NEW]	= "not running: it was never started",
		[ATOLL_STATE_PAUSED]	= "already paused",
		[ATOLL_STATE_STOPPED]	= "not running: it has stopped",
		[ATOLL_STATE_CRASHED]	= "not running: it has crashed",
	},
	[VERB_RESUME] = {
		[ATOLL_STATE_NEW]	= "not paused: it was never started",
		[ATOLL_STATE_RUNNING]	= "not paused: it is running",
		[ATOLL_STATE_STOPPED]	= "not paused: it has stopped",
		[ATOLL_STATE_CRASHED]	= "not paused: it has crashed",
	},
	[VERB_BUTTON] = {
		[ATOLL_STATE_NEW]	= "not running: it was never started",
		[ATOLL_STATE_PAUSED]	= "paused: resume it, or kill it",
		[ATOLL_STATE_STOPPED]	= "not running: it has stopped already",
		[ATOLL_STATE_CRASHED]	= "not running: it has crashed",
	},
	[VERB_UNDEFINE] = {
		[ATOLL_STATE_RUNNING]	= "running: stop it first",
		[ATOLL_STATE_PAUSED]	= "paused: kill it first",
	},
};

/**
 * atoll_vm_check_there() - is it still defined?
 * @vm:		a VM; vm->lock is held
 * @extack:	receives a sentence if not
 *
 * Context: any.
 * Return: 0, or -ENOENT.
 */
int atoll_vm_check_there(const struct atoll_vm *vm, struct netlink_ext_ack *extack)
{
	lockdep_assert_held(&vm->lock);
	if (!vm->removed)
		return 0;
	NL_SET_ERR_MSG(extack, "no guest of that name is defined");
	return -ENOENT;
}

static int check_verb(struct atoll_vm *vm, enum verb verb, struct netlink_ext_ack *extack)
{
	enum atoll_state state = READ_ONCE(vm->state);
	int err;

	err = atoll_vm_check_there(vm, extack);
	if (err || !refusal[verb][state])
		return err;
	if (extack)
		extack->_msg = refusal[verb][state];
	return -EBUSY;
}

/**
 * atoll_vm_is_active() - RUNNING or PAUSED?
 * @vm:		a VM
 *
 * Context: any; the answer may be old by the time it is used, unless the
 * caller holds vm->lock and it is false.
 */
bool atoll_vm_is_active(const struct atoll_vm *vm)
{
	enum atoll_state state = READ_ONCE(vm->state);

	return state == ATOLL_STATE_RUNNING || state == ATOLL_STATE_PAUSED;
}

/**
 * atoll_vm_request() - ask something of every vCPU
 * @vm:		a VM
 * @req:	what
 *
 * Context: any but NMI.
 */
void atoll_vm_request(struct atoll_vm *vm, enum atoll_request req)
{
	u32 i;

	for (i = 0; i < vm->nr_vcpus; i++)
		atoll_vcpu_request(vm->vcpu[i], req);
}

/*
 * The run shall end in @end_state.  False: it has ended, or somebody else
 * was first.  The caller may be a vCPU's thread, with preemption off.
 */
static bool end_run_locked(struct atoll_vm *vm, enum atoll_state end_state)
{
	lockdep_assert_held(&vm->state_lock);
	if (!atoll_vm_is_active(vm) || vm->end_state != ATOLL_STATE_RUNNING)
		return false;
	vm->end_state = end_state;
	atoll_vm_request(vm, ATOLL_REQ_EXIT);
	return true;
}

/**
 * atoll_vm_exited() - the guest has ended itself
 * @vm:		whose guest
 * @code:	that it gave
 *
 * Context: a vCPU's thread, preemption may be off.
 */
void atoll_vm_exited(struct atoll_vm *vm, u32 code)
{
	spin_lock(&vm->state_lock);
	if (end_run_locked(vm, ATOLL_STATE_STOPPED)) {
		vm->exit_code = code;
		vm->has_exit_code = 1;
	}
	spin_unlock(&vm->state_lock);
}

/**
 * atoll_vm_crash() - the guest did what it can't go on from
 * @vcpu:	the calling thread's own
 * @fmt:	the reason; the first one is kept, with the registers
 *
 * Callers carry on as if nothing had happened; the vCPU leaves its loop
 * before it enters the guest again.
 *
 * Context: the vCPU's thread, preemption may be off.
 */
void atoll_vm_crash(struct atoll_vcpu *vcpu, const char *fmt, ...)
{
	struct atoll_vm *vm = vcpu->vm;
	va_list args;

	spin_lock(&vm->state_lock);
	if (end_run_locked(vm, ATOLL_STATE_CRASHED)) {
		va_start(args, fmt);
		vscnprintf(vm->crash.reason, sizeof(vm->crash.reason), fmt, args);
		va_end(args);
		vm->crash.vcpu = vcpu->index;
		atoll_hw->save_state(vcpu, &vm->crash.state);
	}
	spin_unlock(&vm->state_lock);
}

/**
 * atoll_vm_vcpu_gone() - a vCPU's thread has left its loop for good
 * @vm:		whose
 *
 * The last one ends the run.  The module's reference is given back before
 * anybody can see the new state, so that whoever saw it may rmmod; module
 * exit joins this thread before its text goes away.
 *
 * Context: the vCPU's thread, may sleep.
 */
void atoll_vm_vcpu_gone(struct atoll_vm *vm)
{
	enum atoll_state state;
	u32 left;

	spin_lock(&vm->state_lock);
	left = --vm->nr_live;
	spin_unlock(&vm->state_lock);
	if (left)
		return;

	atoll_hw_put();
	module_put(THIS_MODULE);

	spin_lock(&vm->state_lock);
	state = vm->end_state;
	vm->ended = ktime_get();
	vm->state = state;
	spin_unlock(&vm->state_lock);
	trace_atoll_state(vm->id, state);
	wake_up_all(&vm->state_wq);
	atoll_nl_event(vm, state == ATOLL_STATE_CRASHED ? ATOLL_EVENT_CRASHED :
							  ATOLL_EVENT_STOPPED);
}

/* Wait until the threads of the last run, if there was one, are gone */
static void reap_all(struct atoll_vm *vm)
{
	u32 i;

	lockdep_assert_held(&vm->lock);
	for (i = 0; i < vm->nr_vcpus; i++)
		atoll_vcpu_reap(vm->vcpu[i]);
}

static int spawn_all(struct atoll_vm *vm, struct netlink_ext_ack *extack)
{
	int err;
	u32 i;

	for (i = 0; i < vm->nr_vcpus; i++) {
		err = atoll_vcpu_spawn(vm->vcpu[i], extack);
		if (err) {
			reap_all(vm);
			return err;
		}
	}
	return 0;
}

static void begin_run(struct atoll_vm *vm)
{
	u32 i;

	spin_lock(&vm->state_lock);
	vm->nr_live = vm->nr_vcpus;
	vm->held = 0;
	vm->starved = 0;
	vm->met = 0;
	vm->rebooting = 0;
	vm->has_exit_code = 0;
	vm->crash.reason[0] = '\0';
	vm->end_state = ATOLL_STATE_RUNNING;
	vm->state = ATOLL_STATE_RUNNING;
	vm->started = ktime_get();
	spin_unlock(&vm->state_lock);
	trace_atoll_state(vm->id, ATOLL_STATE_RUNNING);
	/* Before the guest has the chance to end */
	atoll_nl_event(vm, ATOLL_EVENT_STARTED);
	for (i = 0; i < vm->nr_vcpus; i++)
		wake_up_process(vm->vcpu[i]->task);
	/* Last: on a serial console it takes as long as a guest needs to boot */
	pr_info("guest %s runs; the module can't be unloaded until it ends\n", vm->cfg.name);
}

static int start_locked(struct atoll_vm *vm, struct netlink_ext_ack *extack)
{
	int err;

	err = check_verb(vm, VERB_START, extack);
	if (err)
		return err;
	reap_all(vm);
	if (!try_module_get(THIS_MODULE)) {
		NL_SET_ERR_MSG(extack, "the module is being unloaded");
		return -ENODEV;
	}
	err = atoll_hw_get(extack);
	if (err)
		goto put_module;
	err = atoll_vm_load(vm, extack);
	if (err)
		goto put_hw;
	atoll_vm_reset(vm);
	err = spawn_all(vm, extack);
	if (err)
		goto put_hw;
	begin_run(vm);
	return 0;

put_hw:
	atoll_hw_put();
put_module:
	module_put(THIS_MODULE);
	return err;
}

/**
 * atoll_vm_start() - run a guest from its beginning
 * @vm:		NEW, STOPPED or CRASHED
 * @extack:	receives a sentence on failure
 *
 * While a guest runs, it holds the module; rmmod fails, and the log tells
 * which guests are to blame, since a refused rmmod never asks the module.
 *
 * Context: may sleep; takes vm->lock.
 * Return: 0 or an errno; on failure the state is what it was.
 */
int atoll_vm_start(struct atoll_vm *vm, struct netlink_ext_ack *extack)
{
	guard(mutex)(&vm->lock);
	return start_locked(vm, extack);
}

/**
 * atoll_vm_stop() - end a guest's run, or clear away a crash
 * @vm:		RUNNING, PAUSED or CRASHED
 * @extack:	receives a sentence on failure
 *
 * Context: may sleep; takes vm->lock.
 * Return: 0: it is STOPPED, or CRASHED when the guest was quicker; an errno.
 */
int atoll_vm_stop(struct atoll_vm *vm, struct netlink_ext_ack *extack)
{
	int err;

	guard(mutex)(&vm->lock);
	err = check_verb(vm, VERB_STOP, extack);
	if (err)
		return err;

	spin_lock(&vm->state_lock);
	end_run_locked(vm, ATOLL_STATE_STOPPED);
	spin_unlock(&vm->state_lock);
	/* A thread that is reaped before its first step would never take it */
	wait_event(vm->state_wq, !atoll_vm_is_active(vm));
	reap_all(vm);

	if (vm->state == ATOLL_STATE_CRASHED) {
		WRITE_ONCE(vm->state, ATOLL_STATE_STOPPED);
		trace_atoll_state(vm->id, ATOLL_STATE_STOPPED);
		atoll_nl_event(vm, ATOLL_EVENT_STOPPED);
	}
	return 0;
}

/**
 * atoll_vm_pause() - hold every vCPU where it is
 * @vm:		RUNNING
 * @extack:	receives a sentence on failure
 *
 * Context: may sleep; takes vm->lock.
 * Return: 0: no vCPU executes anything until atoll_vm_resume(); an errno.
 */
int atoll_vm_pause(struct atoll_vm *vm, struct netlink_ext_ack *extack)
{
	int err;

	guard(mutex)(&vm->lock);
	err = check_verb(vm, VERB_PAUSE, extack);
	if (err)
		return err;
	if (!atoll_vm_hold(vm)) {
		NL_SET_ERR_MSG(extack, "not running: it has just ended");
		return -EBUSY;
	}
	/* Or it was for want of memory meanwhile */
	atoll_vm_become_paused(vm);
	return 0;
}

/**
 * atoll_vm_resume() - let the vCPUs of a paused VM go on
 * @vm:		PAUSED
 * @extack:	receives a sentence on failure
 *
 * Context: may sleep; takes vm->lock.
 * Return: 0 or an errno.
 */
int atoll_vm_resume(struct atoll_vm *vm, struct netlink_ext_ack *extack)
{
	int err;

	guard(mutex)(&vm->lock);
	err = check_verb(vm, VERB_RESUME, extack);
	if (err)
		return err;

	/* The last to hold for want of memory may still be telling it */
	atoll_vm_hold(vm);
	spin_lock(&vm->state_lock);
	vm->state = ATOLL_STATE_RUNNING;
	vm->starved = 0;
	spin_unlock(&vm->state_lock);
	trace_atoll_state(vm->id, ATOLL_STATE_RUNNING);
	atoll_nl_event(vm, ATOLL_EVENT_RESUMED);
	atoll_vm_let_go(vm);
	return 0;
}

/**
 * atoll_vm_press() - press a guest's power button
 * @vm:		RUNNING
 * @extack:	receives a sentence on failure
 *
 * Context: may sleep; takes vm->lock.
 * Return: 0: the guest has been told, and does what it likes; an errno.
 */
int atoll_vm_press(struct atoll_vm *vm, struct netlink_ext_ack *extack)
{
	int err;

	guard(mutex)(&vm->lock);
	err = check_verb(vm, VERB_BUTTON, extack);
	if (err)
		return err;
	if (atoll_pm_press(vm))
		return 0;
	NL_SET_ERR_MSG(extack,
		       "the guest has not switched ACPI on and can't be asked; atoll kill ends it");
	return -EOPNOTSUPP;
}

/**
 * atoll_vm_undefine() - forget a VM
 * @vm:		not RUNNING, not PAUSED; the caller has a reference
 * @extack:	receives a sentence on failure
 *
 * Context: may sleep; takes vm->lock.
 * Return: 0: its name is free; its memory is, too, once the last reference
 * is put; an errno.
 */
int atoll_vm_undefine(struct atoll_vm *vm, struct netlink_ext_ack *extack)
{
	int err;

	mutex_lock(&vm->lock);
	err = check_verb(vm, VERB_UNDEFINE, extack);
	if (!err) {
		reap_all(vm);
		atoll_vm_unlink(vm);
	}
	mutex_unlock(&vm->lock);
	if (err)
		return err;
	atoll_nl_event(vm, ATOLL_EVENT_UNDEFINED);
	atoll_vm_put(vm);
	return 0;
}

/**
 * atoll_vm_uptime_ns() - how long the VM has been running, or ran
 * @vm:		any state
 *
 * Context: any that may take a spinlock.
 * Return: nanoseconds; 0: never started.
 */
u64 atoll_vm_uptime_ns(struct atoll_vm *vm)
{
	ktime_t end;

	spin_lock(&vm->state_lock);
	end = atoll_vm_is_active(vm) ? ktime_get() : vm->ended;
	end = vm->started ? ktime_sub(end, vm->started) : 0;
	spin_unlock(&vm->state_lock);
	return ktime_to_ns(end);
}
