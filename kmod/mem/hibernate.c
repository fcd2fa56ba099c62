// SPDX-License-Identifier: GPL-2.0-only
/*
 * Hibernation is refused while guests hold memory: the image that the host writes
 * leaves out what it takes to be of no use to it, a guest's memory in dynamic pools
 * (hide() in pool.c) and all that is not its RAM in reserved ones.  A guest would
 * wake up with somebody else's bytes.
 *
 * A notifier says so in time.  A guest that takes its first memory behind it is
 * found when nothing runs any more, just before the image is made.  main.c calls
 * this.  Suspend keeps all memory, and is none of this file's business.
 */
#include <linux/mm.h>
#include <linux/notifier.h>
#include <linux/suspend.h>
#include <linux/syscore_ops.h>

#include "pool.h"

static bool hibernating;

static bool is_held(void)
{
	unsigned long extent = 0, frame = 0;

	return atoll_pool_next_owned(ATOLL_EXTENT_SHIFT, &extent) ||
	       atoll_pool_next_owned(PAGE_SHIFT, &frame);
}

static int notice(struct notifier_block *nb, unsigned long event, void *data)
{
	if (event == PM_POST_HIBERNATION)
		hibernating = false;
	if (event != PM_HIBERNATION_PREPARE)
		return NOTIFY_DONE;
	/* Where guests are left it would go on for as long as they give back */
	if (!is_held())
		atoll_scrub_flush();
	if (!atoll_record_is_empty()) {
		pr_warn("atoll: no hibernation while guests hold memory, which it would lose\n");
		return notifier_from_errno(-EBUSY);
	}
	hibernating = true;
	return NOTIFY_OK;
}

/* On the last CPU, with interrupts off */
static int suspend(void)
{
	return hibernating && !atoll_record_is_empty() ? -EBUSY : 0;
}

static struct notifier_block notifier = { .notifier_call = notice };
static struct syscore_ops syscore = { .suspend = suspend };

/**
 * atoll_hibernate_init - have hibernation ask
 *
 * May sleep.
 *
 * Return: 0 or an errno.
 */
int atoll_hibernate_init(void)
{
	int err = register_pm_notifier(&notifier);

	if (!err)
		register_syscore_ops(&syscore);
	return err;
}

/** atoll_hibernate_exit() - no guest is left */
void atoll_hibernate_exit(void)
{
	unregister_syscore_ops(&syscore);
	unregister_pm_notifier(&notifier);
}
