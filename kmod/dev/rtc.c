// SPDX-License-Identifier: GPL-2.0-only
/*
 * The real-time clock of a VM: an MC146818 at ports 0x70 and 0x71, its
 * interrupt output on IRQ 8, and a timer that looks at it when the output has
 * a reason to rise.
 *
 * The timer runs in hard interrupt context, so the lock is taken with IRQs
 * off.  It is armed only for an event that the guest has enabled, and not again
 * before the guest has read register C.
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "../atoll.h"
#include "../pc.h"
#include "rtc.h"

/**
 * struct atoll_rtc - the clock of a VM
 * @dev:	on the bus at 0x70
 * @lock:	guards the rest
 * @chip:	the MC146818
 * @timer:	due when the chip's interrupt output is to rise
 * @level:	what the interrupt line was last set to
 */
struct atoll_rtc {
	struct atoll_device dev;
	spinlock_t lock;	/* IRQs off; outside the irqchip's */
	struct atoll_rtc_chip chip;
	struct hrtimer timer;
	u32 level;
};

/* Let line and timer follow the chip */
static void settle_locked(struct atoll_rtc *rtc)
{
	u32 level = atoll_rtc_chip_irq(&rtc->chip);
	u64 next = atoll_rtc_chip_next(&rtc->chip);

	lockdep_assert_held(&rtc->lock);
	if (level != rtc->level)
		atoll_irq_set(rtc->dev.vm, ATOLL_PC_RTC_IRQ, level);
	rtc->level = level;
	/* A timer that runs already waits for the lock, and then finds nothing */
	if (next == ATOLL_RTC_NEVER)
		hrtimer_try_to_cancel(&rtc->timer);
	else
		hrtimer_start(&rtc->timer, ns_to_ktime(next), HRTIMER_MODE_ABS_HARD);
}

static enum hrtimer_restart rtc_timer(struct hrtimer *timer)
{
	struct atoll_rtc *rtc = container_of(timer, struct atoll_rtc, timer);
	unsigned long flags;

	spin_lock_irqsave(&rtc->lock, flags);
	atoll_rtc_chip_sync(&rtc->chip, ktime_get_real_ns());
	settle_locked(rtc);
	spin_unlock_irqrestore(&rtc->lock, flags);
	return HRTIMER_NORESTART;
}

/* The bus is eight bits wide: a wider access is one of each byte */
static void rtc_pio(struct atoll_device *dev, struct atoll_io *io)
{
	struct atoll_rtc *rtc = container_of(dev, struct atoll_rtc, dev);
	u8 *byte = (u8 *)&io->data;
	unsigned long flags;
	u64 now;
	u32 i;

	spin_lock_irqsave(&rtc->lock, flags);
	now = ktime_get_real_ns();
	for (i = 0; i < io->len; i++) {
		if (io->dir == ATOLL_READ)
			byte[i] = atoll_rtc_chip_read(&rtc->chip, io->addr + i, now);
		else
			atoll_rtc_chip_write(&rtc->chip, io->addr + i, byte[i], now);
	}
	settle_locked(rtc);
	spin_unlock_irqrestore(&rtc->lock, flags);
}

static void rtc_reset(struct atoll_device *dev)
{
	struct atoll_rtc *rtc = container_of(dev, struct atoll_rtc, dev);

	spin_lock_irq(&rtc->lock);
	atoll_rtc_chip_reset(&rtc->chip, ktime_get_real_ns());
	settle_locked(rtc);
	spin_unlock_irq(&rtc->lock);
}

static void rtc_destroy(struct atoll_device *dev)
{
	struct atoll_rtc *rtc = container_of(dev, struct atoll_rtc, dev);

	hrtimer_cancel(&rtc->timer);
	kfree(rtc);
}

static const struct atoll_device_ops rtc_ops = {
	.name = "rtc",
	.pio = rtc_pio,
	.reset = rtc_reset,
	.destroy = rtc_destroy,
	.size = sizeof(struct atoll_rtc),
};

/**
 * atoll_rtc_create() - give a VM its clock, which shows UTC
 * @vm:		the VM, being defined; it has its interrupt controllers
 *
 * Context: process; may sleep.
 * Return: 0, -ENOMEM, or an error of atoll_bus_add().  After an error the
 * VM's teardown frees what there is.
 */
int atoll_rtc_create(struct atoll_vm *vm)
{
	struct atoll_rtc *rtc = kzalloc(sizeof(*rtc), GFP_KERNEL_ACCOUNT);

	if (!rtc)
		return -ENOMEM;
	spin_lock_init(&rtc->lock);
	atoll_rtc_chip_init(&rtc->chip, ktime_get_real_ns());
	hrtimer_init(&rtc->timer, CLOCK_REALTIME, HRTIMER_MODE_ABS_HARD);
	rtc->timer.function = rtc_timer;
	atoll_device_add(vm, &rtc->dev, &rtc_ops);
	return atoll_bus_add(&vm->pio, &rtc->dev, ATOLL_PC_RTC_PORT, ATOLL_PC_RTC_PORTS);
}
