// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local APIC's timer, on a timer of the host's.  Intel SDM vol. 3, "APIC
 * Timer" and "TSC-Deadline Mode".
 *
 * It counts a bus of 1 GHz, so that a tick is a nanosecond before division.
 * The registers belong to the vCPU's thread; the callback, in hard interrupt
 * context, reads the LVT and the period, and the thread stops the timer
 * before it changes what the callback would take for granted.
 */
#include <linux/math64.h>

#include "lapic.h"

/*
 * A periodic timer costs the host an interrupt for each period, whether the
 * guest takes it or not: so it is no faster than this.
 */
#define PERIOD_MIN_NS	(200 * NSEC_PER_USEC)

/* A deadline that is further away fires then, which no guest will see */
#define DEADLINE_MAX_MS	(365ULL * 24 * 3600 * MSEC_PER_SEC)

static u32 mode(const struct atoll_lapic *lapic)
{
	return READ_ONCE(lapic->lvt[ATOLL_LVT_TIMER]) & ATOLL_LAPIC_TIMER_MODE;
}

static struct atoll_lapic *timer_lapic(struct hrtimer *hrtimer)
{
	return container_of(hrtimer, struct atoll_lapic, timer.hrtimer);
}

static u64 clamped_period(const struct atoll_lapic *lapic)
{
	return max_t(u64, READ_ONCE(lapic->timer.period), PERIOD_MIN_NS);
}

static enum hrtimer_restart fired(struct hrtimer *hrtimer)
{
	struct atoll_lapic *lapic = timer_lapic(hrtimer);

	WRITE_ONCE(lapic->timer.deadline, 0);
	atoll_lapic_lvt(lapic, ATOLL_LVT_TIMER);
	if (mode(lapic) != APIC_LVT_TIMER_PERIODIC)
		return HRTIMER_NORESTART;
	hrtimer_forward_now(hrtimer, ns_to_ktime(clamped_period(lapic)));
	return HRTIMER_RESTART;
}

/**
 * atoll_lapic_timer_init() - a timer that stands still
 * @lapic:	being made
 */
void atoll_lapic_timer_init(struct atoll_lapic *lapic)
{
	hrtimer_init(&lapic->timer.hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
	lapic->timer.hrtimer.function = fired;
}

/**
 * atoll_lapic_timer_stop() - it fires no more, and its registers are reset
 * @lapic:	the calling thread's own, or one whose vCPU doesn't run
 *
 * Context: may wait for a callback that runs on another CPU.
 */
void atoll_lapic_timer_stop(struct atoll_lapic *lapic)
{
	struct atoll_lapic_timer *timer = &lapic->timer;

	hrtimer_cancel(&timer->hrtimer);
	timer->initial = 0;
	timer->divide = 0;
	timer->period = 0;
	WRITE_ONCE(timer->deadline, 0);
}

static void start_in(struct atoll_lapic *lapic, u64 ns)
{
	hrtimer_start(&lapic->timer.hrtimer, ktime_add_ns(ktime_get(), ns), HRTIMER_MODE_ABS);
}

/* Intel SDM vol. 3, "Divide Configuration Register": bits 3, 1 and 0 */
static u32 divisor(u32 divide)
{
	u32 value = (divide & 3) | (divide >> 1 & 4);

	return 1 << ((value + 1) & 7);
}

/**
 * atoll_lapic_timer_count() - the current count
 * @lapic:	the calling thread's own
 *
 * A period that is too short for the host ends later than the guest has it;
 * until then the count stands at its beginning.  And where the host's timer is
 * late, it stands at 1: who reads 0 finds the interrupt posted.
 */
u32 atoll_lapic_timer_count(struct atoll_lapic *lapic)
{
	struct atoll_lapic_timer *timer = &lapic->timer;
	s64 left;

	if (mode(lapic) == APIC_LVT_TIMER_TSCDEADLINE)
		return 0;
	/* A callback on another CPU is about to post the interrupt */
	while (hrtimer_callback_running(&timer->hrtimer))
		cpu_relax();
	if (!hrtimer_is_queued(&timer->hrtimer))
		return 0;
	left = ktime_to_ns(hrtimer_get_remaining(&timer->hrtimer));
	left = max_t(s64, left, 0) / divisor(timer->divide);
	return clamp_t(u64, left, 1, timer->initial);
}

/**
 * atoll_lapic_timer_set_initial() - write the initial count, which starts it
 * @lapic:	the calling thread's own
 * @count:	ticks; 0 stops it
 *
 * TSC-deadline mode ignores it.
 */
void atoll_lapic_timer_set_initial(struct atoll_lapic *lapic, u32 count)
{
	struct atoll_lapic_timer *timer = &lapic->timer;

	if (mode(lapic) == APIC_LVT_TIMER_TSCDEADLINE)
		return;
	hrtimer_cancel(&timer->hrtimer);
	timer->initial = count;
	WRITE_ONCE(timer->period, (u64)count * divisor(timer->divide));
	if (!count)
		return;
	if (mode(lapic) == APIC_LVT_TIMER_PERIODIC)
		start_in(lapic, clamped_period(lapic));
	else
		start_in(lapic, timer->period);
}

/**
 * atoll_lapic_timer_set_divide() - write the divide configuration
 * @lapic:	the calling thread's own
 * @divide:	the register's value
 *
 * A count that is under way goes on from where it is, at the new speed.
 */
void atoll_lapic_timer_set_divide(struct atoll_lapic *lapic, u32 divide)
{
	struct atoll_lapic_timer *timer = &lapic->timer;
	u32 left = atoll_lapic_timer_count(lapic);
	int running = 0;

	if (timer->initial)
		running = hrtimer_cancel(&timer->hrtimer);
	timer->divide = divide;
	WRITE_ONCE(timer->period, (u64)timer->initial * divisor(divide));
	if (running)
		start_in(lapic, (u64)left * divisor(divide));
}

/**
 * atoll_lapic_timer_set_lvt() - write the timer's LVT entry
 * @lapic:	the calling thread's own
 * @lvt:	its value
 *
 * To or from TSC-deadline mode disarms the timer.
 */
void atoll_lapic_timer_set_lvt(struct atoll_lapic *lapic, u32 lvt)
{
	struct atoll_lapic_timer *timer = &lapic->timer;
	u32 old = mode(lapic), new = lvt & ATOLL_LAPIC_TIMER_MODE;

	if (old != new && (old | new) & APIC_LVT_TIMER_TSCDEADLINE) {
		hrtimer_cancel(&timer->hrtimer);
		timer->initial = 0;
		WRITE_ONCE(timer->period, 0);
		WRITE_ONCE(timer->deadline, 0);
	}
	WRITE_ONCE(lapic->lvt[ATOLL_LVT_TIMER], lvt);
}

/** atoll_lapic_timer_deadline() - read IA32_TSC_DEADLINE; 0: not armed */
u64 atoll_lapic_timer_deadline(const struct atoll_lapic *lapic)
{
	return READ_ONCE(lapic->timer.deadline);
}

static u64 ticks_to_ns(u64 ticks, u32 khz)
{
	u64 most = DEADLINE_MAX_MS * khz;

	return mul_u64_u64_div_u64(min(ticks, most), NSEC_PER_MSEC, khz);
}

/**
 * atoll_lapic_timer_set_deadline() - write IA32_TSC_DEADLINE
 * @lapic:	the calling thread's own
 * @deadline:	of the guest's TSC; 0 disarms, what has passed fires at once
 *
 * Without TSC-deadline mode the write is ignored.
 */
void atoll_lapic_timer_set_deadline(struct atoll_lapic *lapic, u64 deadline)
{
	struct atoll_lapic_timer *timer = &lapic->timer;
	u64 now;

	if (mode(lapic) != APIC_LVT_TIMER_TSCDEADLINE)
		return;
	hrtimer_cancel(&timer->hrtimer);
	WRITE_ONCE(timer->deadline, 0);
	if (!deadline)
		return;
	now = atoll_clock_read_tsc(lapic->vcpu);
	if (deadline <= now) {
		atoll_lapic_lvt(lapic, ATOLL_LVT_TIMER);
		return;
	}
	WRITE_ONCE(timer->deadline, deadline);
	start_in(lapic, ticks_to_ns(deadline - now, lapic->vcpu->vm->clock.khz));
}

/**
 * atoll_lapic_tsc_changed() - the guest's TSC jumps: its deadline doesn't
 * @vcpu:	the calling thread's own, its new TSC offset in force
 */
void atoll_lapic_tsc_changed(struct atoll_vcpu *vcpu)
{
	u64 deadline = atoll_lapic_timer_deadline(vcpu->lapic);

	if (deadline)
		atoll_lapic_timer_set_deadline(vcpu->lapic, deadline);
}
