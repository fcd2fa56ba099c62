/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the rest of the kernel must know around a world switch: that this CPU
 * runs with interrupts on as lockdep sees it, and that it is in no RCU
 * read-side section.  Both functions are called with IRQs off, from code
 * that nothing instruments; between them, no tracing, no RCU, no lock.
 */
#ifndef ATOLL_GUEST_CONTEXT_H
#define ATOLL_GUEST_CONTEXT_H

#include <linux/context_tracking.h>
#include <linux/ftrace.h>
#include <linux/instrumentation.h>
#include <linux/irqflags.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/rcupdate.h>
#include "../atoll.h"

/*
 * RCU takes the run of a guest for a quiescent state.  Where no context
 * tracking says so it looks for one at each tick, so telling it once in a tick
 * is as good as with each entry.
 */
static __always_inline void atoll_guest_context_enter(struct atoll_vcpu *vcpu)
{
	unsigned long now = jiffies;

	instrumentation_begin();
	trace_hardirqs_on_prepare();
	lockdep_hardirqs_on_prepare();
	instrumentation_end();

	if (!context_tracking_guest_enter() && unlikely(vcpu->rcu_told != now)) {
		instrumentation_begin();
		vcpu->rcu_told = now;
		rcu_virt_note_context_switch(raw_smp_processor_id());
		instrumentation_end();
	}
	lockdep_hardirqs_on(CALLER_ADDR0);
}

static __always_inline void atoll_guest_context_exit(void)
{
	lockdep_hardirqs_off(CALLER_ADDR0);
	context_tracking_guest_exit();

	instrumentation_begin();
	trace_hardirqs_off_finish();
	instrumentation_end();
}

#endif
