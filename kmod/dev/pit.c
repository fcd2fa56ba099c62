// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interval timer of a VM: an 8254 at port 0x40, counter 0 wired to IRQ 0,
 * counter 2 to port 0x61 as in a PC ("NMI Status and Control", 82371SB).
 *
 * The host's timer runs only while counter 0 has an edge ahead, never more
 * often than every 100 us, whatever a guest programs; edges in between, and
 * those that a busy host missed, are one interrupt.  What a program reads from
 * the counters is exact all the same.  The timer is armed by vCPU threads and
 * by itself, and stops when the VM has ended.  It goes on while the VM is
 * paused, where its interrupts become one, since nobody takes them.
 *
 * Deviation: there is no loudspeaker, no memory whose refresh counter 1 drives
 * (the bit toggles as if it did), and no memory or bus errors to report.
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "../atoll.h"
#include "pit8254.h"

#define PIT_PORT	0x40
#define PIT_PORTS	4
#define PIT_IRQ		0
#define CONTROL_PORT	0x61
#define SPEAKER		2		/* its counter */
#define REFRESH_PULSES	18
#define TIMER_MIN_NS	(100 * NSEC_PER_USEC)

#define CONTROL_GATE	BIT(0)
#define CONTROL_WRITABLE 0x0f
#define CONTROL_REFRESH	BIT(4)
#define CONTROL_OUT	BIT(5)

/**
 * struct atoll_pit_dev - the timer on its board
 * @dev:	on the bus at 0x40; owns this struct
 * @control:	on the bus at 0x61
 * @lock:	guards the rest
 * @pit:	the chip, in the host's monotonic time
 * @timer:	expires at an edge of counter 0
 * @fired:	when it did last
 * @line:	what IRQ 0 was set to
 * @control_bits: the writable ones of port 0x61
 */
struct atoll_pit_dev {
	struct atoll_device dev, control;
	spinlock_t lock;	/* IRQs off; outside the irqchip's */
	struct atoll_pit pit;
	struct hrtimer timer;
	u64 fired;
	u8 line;
	u8 control_bits;
};

static void set_line_locked(struct atoll_pit_dev *p, u8 level)
{
	lockdep_assert_held(&p->lock);
	if (p->line == level)
		return;
	p->line = level;
	atoll_irq_set(p->dev.vm, PIT_IRQ, level);
}

/* Let IRQ 0 and the host's timer follow counter 0 */
static void settle_locked(struct atoll_pit_dev *p, u64 now)
{
	u64 rise;

	lockdep_assert_held(&p->lock);
	if (atoll_pit_rose(&p->pit, 0, now)) {
		set_line_locked(p, 0);
		set_line_locked(p, 1);
	} else if (!atoll_pit_out(&p->pit, 0, now)) {
		set_line_locked(p, 0);
	}

	rise = atoll_pit_next_rise(&p->pit, 0);
	if (rise == U64_MAX) {
		/* If it runs right now it will find nothing to do */
		hrtimer_try_to_cancel(&p->timer);
		return;
	}
	rise = max(rise, p->fired + TIMER_MIN_NS);
	if (!hrtimer_is_queued(&p->timer) || hrtimer_get_expires_ns(&p->timer) != rise)
		hrtimer_start(&p->timer, ns_to_ktime(rise), HRTIMER_MODE_ABS_HARD);
}

static enum hrtimer_restart timer_fires(struct hrtimer *timer)
{
	struct atoll_pit_dev *p = container_of(timer, struct atoll_pit_dev, timer);
	unsigned long flags;

	if (!atoll_vm_is_active(p->dev.vm))
		return HRTIMER_NORESTART;
	spin_lock_irqsave(&p->lock, flags);
	p->fired = ktime_get_ns();
	/* Starts the timer itself, as a vCPU may be about to */
	settle_locked(p, p->fired);
	spin_unlock_irqrestore(&p->lock, flags);
	return HRTIMER_NORESTART;
}

/* The bus is eight bits wide: a wider access is one of each byte */
static void pit_pio(struct atoll_device *dev, struct atoll_io *io)
{
	struct atoll_pit_dev *p = container_of(dev, struct atoll_pit_dev, dev);
	u8 *byte = (u8 *)&io->data;
	unsigned long flags;
	u64 now;
	u32 i;

	spin_lock_irqsave(&p->lock, flags);
	now = ktime_get_ns();
	for (i = 0; i < io->len; i++) {
		if (io->dir == ATOLL_READ)
			byte[i] = atoll_pit_read(&p->pit, io->addr + i, now);
		else
			atoll_pit_write(&p->pit, io->addr + i, byte[i], now);
	}
	settle_locked(p, now);
	spin_unlock_irqrestore(&p->lock, flags);
}

static u8 control_read_locked(struct atoll_pit_dev *p, u64 now)
{
	u8 val = p->control_bits;

	lockdep_assert_held(&p->lock);
	if (atoll_pit_pulses(now) / REFRESH_PULSES & 1)
		val |= CONTROL_REFRESH;
	if (atoll_pit_out(&p->pit, SPEAKER, now))
		val |= CONTROL_OUT;
	return val;
}

static void control_pio(struct atoll_device *dev, struct atoll_io *io)
{
	struct atoll_pit_dev *p = container_of(dev, struct atoll_pit_dev, control);
	unsigned long flags;
	u64 now;

	spin_lock_irqsave(&p->lock, flags);
	now = ktime_get_ns();
	if (io->dir == ATOLL_READ) {
		io->data = control_read_locked(p, now);
	} else {
		p->control_bits = io->data & CONTROL_WRITABLE;
		atoll_pit_set_gate(&p->pit, SPEAKER, p->control_bits & CONTROL_GATE, now);
	}
	spin_unlock_irqrestore(&p->lock, flags);
}

static void pit_reset(struct atoll_device *dev)
{
	struct atoll_pit_dev *p = container_of(dev, struct atoll_pit_dev, dev);

	hrtimer_cancel(&p->timer);
	spin_lock_irq(&p->lock);
	atoll_pit_reset(&p->pit, ktime_get_ns());
	p->fired = 0;
	p->control_bits = 0;
	/* The controllers were reset before, perhaps while the timer ran */
	p->line = 0;
	atoll_irq_set(dev->vm, PIT_IRQ, 0);
	spin_unlock_irq(&p->lock);
}

static void pit_destroy(struct atoll_device *dev)
{
	struct atoll_pit_dev *p = container_of(dev, struct atoll_pit_dev, dev);

	hrtimer_cancel(&p->timer);
	kfree(p);
}

static const struct atoll_device_ops pit_ops = {
	.name = "pit",
	.pio = pit_pio,
	.reset = pit_reset,
	.destroy = pit_destroy,
	.size = sizeof(struct atoll_pit_dev),
};

static const struct atoll_device_ops control_ops = {
	.name = "port 61",
	.pio = control_pio,
};

/**
 * atoll_pit_create() - give a VM its interval timer
 * @vm:		the VM, being defined; it has its interrupt controllers
 *
 * Context: process; may sleep.
 * Return: 0, -ENOMEM, or an error of atoll_bus_add().  After an error the
 * VM's teardown frees what there is.
 */
int atoll_pit_create(struct atoll_vm *vm)
{
	struct atoll_pit_dev *p = kzalloc(sizeof(*p), GFP_KERNEL_ACCOUNT);
	int err;

	if (!p)
		return -ENOMEM;
	spin_lock_init(&p->lock);
	hrtimer_init(&p->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);
	p->timer.function = timer_fires;
	atoll_pit_reset(&p->pit, ktime_get_ns());
	/* The timer first: it owns the struct, and destroying goes backwards */
	atoll_device_add(vm, &p->dev, &pit_ops);
	atoll_device_add(vm, &p->control, &control_ops);

	err = atoll_bus_add(&vm->pio, &p->dev, PIT_PORT, PIT_PORTS);
	if (!err)
		err = atoll_bus_add(&vm->pio, &p->control, CONTROL_PORT, 1);
	return err;
}
