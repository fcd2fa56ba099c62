// SPDX-License-Identifier: GPL-2.0-only
/*
 * Init and exit: a line for each room, unwound in reverse.  The door to
 * users opens last and closes first.
 */
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/reboot.h>
#include <net/genetlink.h>
#include "atoll.h"
#include "hw/hw.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

static unsigned long pool_limit_mb;
module_param(pool_limit_mb, ulong, 0444);
MODULE_PARM_DESC(pool_limit_mb,
		 "MiB of the host's memory that guests may hold (default: half of it)");

static char *pool_reserved = "";
module_param(pool_reserved, charp, 0444);
MODULE_PARM_DESC(pool_reserved,
		 "START+SIZE[,...]: ranges that the host leaves alone (memmap=), as pools");

/* A new kernel, or the firmware, must find the CPUs as they were */
static int reboot(struct notifier_block *nb, unsigned long action, void *data)
{
	atoll_vm_stop_all();
	return NOTIFY_DONE;
}

static struct notifier_block reboot_nb = {
	.notifier_call = reboot,
};

static int __init atoll_init(void)
{
	int err;

	err = atoll_hw_init();
	if (err)
		return err;
	atoll_cpuid_init();
	err = atoll_pool_init((u64)pool_limit_mb << 20);
	if (err)
		goto exit_hw;
	err = atoll_pool_add_ranges(pool_reserved);
	if (err)
		goto exit_pool;
	err = atoll_console_init();
	if (err)
		goto exit_pool;
	err = atoll_hibernate_init();
	if (err)
		goto exit_console;
	err = register_reboot_notifier(&reboot_nb);
	if (err)
		goto exit_hibernate;
	err = atoll_nl_init();
	if (err)
		goto exit_reboot;
	return 0;

exit_reboot:
	unregister_reboot_notifier(&reboot_nb);
exit_hibernate:
	atoll_hibernate_exit();
exit_console:
	atoll_console_exit();
exit_pool:
	atoll_pool_exit();
exit_hw:
	atoll_hw_exit();
	return err;
}

static void __exit atoll_exit(void)
{
	atoll_nl_exit();
	unregister_reboot_notifier(&reboot_nb);
	atoll_vm_exit_all();
	atoll_hibernate_exit();
	atoll_console_exit();
	atoll_pool_exit();
	atoll_hw_exit();
	/* Stage-2 tables are freed after a grace period, by code of ours */
	rcu_barrier();
}

module_init(atoll_init);
module_exit(atoll_exit);

MODULE_DESCRIPTION("Atoll: a whole virtual machine monitor in the kernel");
MODULE_LICENSE("GPL");
MODULE_VERSION(ATOLL_VERSION);
MODULE_ALIAS_GENL_FAMILY(ATOLL_GENL_NAME);
