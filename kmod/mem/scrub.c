// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clears what guests have given back, in the background: whoever undefines a guest
 * of many GiB doesn't wait for it, and where there is much, half of the host's CPUs
 * share the work.
 *
 * What is to be done is on record.  pool.c says so here, and does the rest when it is
 * done; who needs the room waits there.
 */
#include <linux/atomic.h>
#include <linux/cpumask.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "pool.h"

static void clear_all(struct work_struct *work);

/* Initialized as they are, since tests need them before the module's init */
#define SCRUBBER(i)	__WORK_INITIALIZER(scrubber[i], clear_all)
static struct work_struct scrubber[] = {
	SCRUBBER(0), SCRUBBER(1), SCRUBBER(2), SCRUBBER(3),
	SCRUBBER(4), SCRUBBER(5), SCRUBBER(6), SCRUBBER(7),
};

static void clear_all(struct work_struct *work)
{
	struct atoll_pool *pool;
	u64 hpa;

	while ((pool = atoll_record_claim(&hpa))) {
		atoll_pool_clear(pool, hpa);
		cond_resched();
	}
}

/**
 * atoll_scrub - clear memory now
 * @memory:	where the host sees it, a multiple of a page
 * @nr_pages:	how much
 *
 * clear_page() is the fastest that the kernel found for this CPU at boot.  Does not
 * sleep.
 */
void atoll_scrub(void *memory, u32 nr_pages)
{
	u32 i;

	for (i = 0; i < nr_pages; i++)
		clear_page(memory + i * PAGE_SIZE);
}

/**
 * atoll_scrub_start - there is an extent more on record that waits to be cleared
 *
 * The more there are, the more workers.  Does not sleep.
 */
void atoll_scrub_start(void)
{
	static atomic_t turn;
	u32 nr = clamp_t(u32, num_online_cpus() / 2, 1, ARRAY_SIZE(scrubber));

	queue_work(system_unbound_wq, &scrubber[(u32)atomic_inc_return(&turn) % nr]);
}

/**
 * atoll_scrub_flush - all that waited is cleared, and no worker runs any more
 *
 * Sleeps.  What comes back meanwhile may be left.
 */
void atoll_scrub_flush(void)
{
	u32 i;

	for (i = 0; i < ARRAY_SIZE(scrubber); i++)
		flush_work(&scrubber[i]);
}
