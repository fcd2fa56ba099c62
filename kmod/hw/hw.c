// SPDX-License-Identifier: GPL-2.0-only
/*
 * Chooses the backend for this machine, and has virtualization switched on
 * exactly while some guest is started, on exactly the CPUs that are online.
 *
 * CPU hotplug does the switching: the state is installed with the first
 * guest and removed with the last, and in between the kernel calls it for
 * each CPU that comes and goes.  Suspend takes the boot CPU without hotplug,
 * so a syscore operation does that one.  Before a reboot or a kexec main.c
 * ends the guests, and so the CPUs are off.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/syscore_ops.h>
#include "hw.h"

const struct atoll_hw_ops *atoll_hw;

DEFINE_STATIC_CALL_NULL(atoll_hw_vcpu_run, *((struct atoll_hw_ops *)NULL)->vcpu_run);
DEFINE_STATIC_CALL_NULL(atoll_hw_get_reg, *((struct atoll_hw_ops *)NULL)->get_reg);
DEFINE_STATIC_CALL_NULL(atoll_hw_get_seg, *((struct atoll_hw_ops *)NULL)->get_seg);
DEFINE_STATIC_CALL_NULL(atoll_hw_get_attr, *((struct atoll_hw_ops *)NULL)->get_attr);
DEFINE_STATIC_CALL_NULL(atoll_hw_get_paging, *((struct atoll_hw_ops *)NULL)->get_paging);
DEFINE_STATIC_CALL_NULL(atoll_hw_skip, *((struct atoll_hw_ops *)NULL)->skip);

static DEFINE_MUTEX(hw_lock);
static u32 hw_users;			/* guests started	[hw_lock] */
static enum cpuhp_state hw_state;	/* valid while in use	[hw_lock] */
static cpumask_t hw_cpus;		/* where it is on	[a] */

static int switch_on(unsigned int cpu)
{
	unsigned long flags;
	int err;

	local_irq_save(flags);
	err = atoll_hw->cpu_on();
	local_irq_restore(flags);
	if (err) {
		pr_err("CPU %u: can't switch %s on: %s\n", cpu, atoll_hw->name,
		       err == -EBUSY ? "another hypervisor uses it" : "the CPU refuses");
		return err;
	}
	cpumask_set_cpu(cpu, &hw_cpus);
	return 0;
}

static int switch_off(unsigned int cpu)
{
	unsigned long flags;

	local_irq_save(flags);
	cpumask_clear_cpu(cpu, &hw_cpus);
	atoll_hw->cpu_off();
	local_irq_restore(flags);
	return 0;
}

/**
 * atoll_hw_cpu_is_on() - may this CPU enter a guest?
 *
 * False for a moment on a CPU that is going offline; the caller's thread
 * will find itself on another one.
 *
 * Context: IRQs off.
 */
bool atoll_hw_cpu_is_on(void)
{
	return cpumask_test_cpu(raw_smp_processor_id(), &hw_cpus);
}

/** atoll_hw_cpus_on() - on how many CPUs virtualization is on; any context */
u32 atoll_hw_cpus_on(void)
{
	return cpumask_weight(&hw_cpus);
}

/* The boot CPU, on the way into suspend and back; all others are offline */
static int hw_suspend(void)
{
	if (atoll_hw_cpu_is_on())
		atoll_hw->cpu_off();
	return 0;
}

static void hw_resume(void)
{
	if (atoll_hw_cpu_is_on() && atoll_hw->cpu_on())
		cpumask_clear_cpu(raw_smp_processor_id(), &hw_cpus);
}

static struct syscore_ops hw_syscore_ops = {
	.suspend = hw_suspend,
	.resume = hw_resume,
};

/**
 * atoll_hw_get() - a guest starts: have virtualization on
 * @extack:	receives a sentence when that is not possible
 *
 * Context: may sleep.
 * Return: 0; -EBUSY when another hypervisor holds a CPU; another errno.
 */
int atoll_hw_get(struct netlink_ext_ack *extack)
{
	int state;

	guard(mutex)(&hw_lock);
	if (hw_users) {
		hw_users++;
		return 0;
	}
	state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "atoll:online",
				  switch_on, switch_off);
	if (state < 0) {
		NL_SET_ERR_MSG(extack, "a CPU refuses; the kernel's log says which, and why");
		if (state == -EBUSY && extack)
			extack->_msg = atoll_hw->rival;
		return state;
	}
	hw_state = state;
	hw_users = 1;
	return 0;
}

/**
 * atoll_hw_put() - a guest has ended: with the last one, switch it off
 *
 * Context: may sleep.
 */
void atoll_hw_put(void)
{
	guard(mutex)(&hw_lock);
	if (!--hw_users)
		cpuhp_remove_state(hw_state);
}

/**
 * atoll_hw_use() - have atoll_hw and atoll_hw_call() lead to a backend
 * @ops:	the backend; NULL: there is none, and nobody calls one
 *
 * Context: may sleep; no vCPU exists.
 */
void atoll_hw_use(const struct atoll_hw_ops *ops)
{
	atoll_hw = ops;
	if (!ops)
		return;
	static_call_update(atoll_hw_vcpu_run, ops->vcpu_run);
	static_call_update(atoll_hw_get_reg, ops->get_reg);
	static_call_update(atoll_hw_get_seg, ops->get_seg);
	static_call_update(atoll_hw_get_attr, ops->get_attr);
	static_call_update(atoll_hw_get_paging, ops->get_paging);
	static_call_update(atoll_hw_skip, ops->skip);
}

/**
 * atoll_hw_init() - find a backend that works here
 *
 * Context: module init, may sleep.
 * Return: 0 or an errno, with a sentence in the kernel's log.
 */
int atoll_hw_init(void)
{
	static const struct atoll_hw_ops * const backends[] = {
		&atoll_svm_ops, &atoll_vmx_ops
	};
	const char *why;
	int err = -ENODEV;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(backends) && err == -ENODEV; i++) {
		err = backends[i]->probe(&why);
		if (!err)
			atoll_hw_use(backends[i]);
	}
	if (err == -ENODEV)
		why = "the CPU has neither SVM (AMD-V) nor VMX (VT-x)";
	if (err) {
		pr_err("this machine can't run guests: %s\n", why);
		return err;
	}
	err = atoll_hw->setup();
	if (err)
		return err;
	register_syscore_ops(&hw_syscore_ops);
	return 0;
}

/**
 * atoll_hw_exit() - undo atoll_hw_init()
 *
 * Context: module exit, no guest is left; may sleep.
 */
void atoll_hw_exit(void)
{
	unregister_syscore_ops(&hw_syscore_ops);
	atoll_hw->cleanup();
}
