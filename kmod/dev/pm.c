// SPDX-License-Identifier: GPL-2.0-only
/*
 * Power management of a VM: ACPI's fixed hardware, its SCI on IRQ 9, and the
 * ways of a PC to be reset: the reset register at 0xcf9, and the pulse that
 * the keyboard controller gives the processor's RESET pin.  There is no
 * keyboard controller: its other answers are those of an empty socket.
 *
 * A timer of the host serves the guest that asks for the SCI when the PM timer
 * wraps, every ten minutes.  It runs in hard interrupt context, so the lock is
 * taken with IRQs off.
 *
 * The PM timer is a clock that a guest may go by, so it stands still when the VM's
 * time does: by 24 of its bits, a pause would else be some part of 4.7 seconds.
 */
#include <linux/hrtimer.h>
#include <linux/ktime.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "../atoll.h"
#include "../pc.h"
#include "pm.h"

#define RESET_CPU	BIT(2)		/* of the reset register */
#define KBC_PULSE	0xf0		/* command: pulse the lines whose bits are 0 */
#define KBC_PULSE_MASK	0xf0
#define KBC_NO_RESET	BIT(0)

/**
 * struct atoll_pm - the power management of a VM
 * @dev:	the PM1a block; owns this struct
 * @smi:	where the guest takes over
 * @reset:	the reset register
 * @kbc:	the keyboard controller's command port
 * @lock:	guards the rest
 * @chip:	ACPI's registers
 * @timer:	due when the PM timer is to raise the SCI
 * @level:	what the SCI was last set to
 * @reset_reg:	what the reset register reads
 */
struct atoll_pm {
	struct atoll_device dev, smi, reset, kbc;
	spinlock_t lock;	/* IRQs off; outside the irqchip's */
	struct atoll_pm_chip chip;
	struct hrtimer timer;
	u32 level;
	u8 reset_reg;
};

/* Let line and timer follow the chip */
static void settle_locked(struct atoll_pm *pm)
{
	u32 level = atoll_pm_chip_sci(&pm->chip);
	u64 next = atoll_pm_chip_next(&pm->chip);

	lockdep_assert_held(&pm->lock);
	if (level != pm->level)
		atoll_irq_set(pm->dev.vm, ATOLL_PC_SCI, level);
	pm->level = level;
	/* A timer that runs already waits for the lock, and then finds nothing */
	if (next == ATOLL_PM_NEVER)
		hrtimer_try_to_cancel(&pm->timer);
	else
		hrtimer_start(&pm->timer, ns_to_ktime(next), HRTIMER_MODE_ABS_HARD);
}

static enum hrtimer_restart pm_timer(struct hrtimer *timer)
{
	struct atoll_pm *pm = container_of(timer, struct atoll_pm, timer);
	unsigned long flags;

	spin_lock_irqsave(&pm->lock, flags);
	atoll_pm_chip_sync(&pm->chip, ktime_get_ns());
	settle_locked(pm);
	spin_unlock_irqrestore(&pm->lock, flags);
	return HRTIMER_NORESTART;
}

static void pm_pio(struct atoll_device *dev, struct atoll_io *io)
{
	struct atoll_pm *pm = container_of(dev, struct atoll_pm, dev);
	enum atoll_pm_action action = ATOLL_PM_NOTHING;
	u8 *byte = (u8 *)&io->data;
	unsigned long flags;
	u64 now;
	u32 i;

	spin_lock_irqsave(&pm->lock, flags);
	now = ktime_get_ns();
	for (i = 0; i < io->len; i++) {
		if (io->dir == ATOLL_READ)
			byte[i] = atoll_pm_chip_read(&pm->chip, io->addr + i, now);
		else
			action |= atoll_pm_chip_write(&pm->chip, io->addr + i, byte[i], now);
	}
	settle_locked(pm);
	spin_unlock_irqrestore(&pm->lock, flags);
	if (action == ATOLL_PM_POWER_OFF)
		atoll_vm_exited(dev->vm, 0);
}

static void smi_pio(struct atoll_device *dev, struct atoll_io *io)
{
	struct atoll_pm *pm = container_of(dev, struct atoll_pm, smi);
	unsigned long flags;

	if (io->dir == ATOLL_READ)
		return;
	spin_lock_irqsave(&pm->lock, flags);
	atoll_pm_chip_smi(&pm->chip, io->data);
	settle_locked(pm);
	spin_unlock_irqrestore(&pm->lock, flags);
}

static void reset_pio(struct atoll_device *dev, struct atoll_io *io)
{
	struct atoll_pm *pm = container_of(dev, struct atoll_pm, reset);

	if (io->dir == ATOLL_READ) {
		io->data = READ_ONCE(pm->reset_reg);
		return;
	}
	WRITE_ONCE(pm->reset_reg, io->data & ~RESET_CPU);
	if (io->data & RESET_CPU)
		atoll_vm_reboot(dev->vm);
}

static void kbc_pio(struct atoll_device *dev, struct atoll_io *io)
{
	u8 command = io->data;

	/* A read keeps its preset: all-ones, as where no controller is */
	if (io->dir == ATOLL_WRITE && (command & KBC_PULSE_MASK) == KBC_PULSE &&
	    !(command & KBC_NO_RESET))
		atoll_vm_reboot(dev->vm);
}

static void pm_reset(struct atoll_device *dev)
{
	struct atoll_pm *pm = container_of(dev, struct atoll_pm, dev);

	spin_lock_irq(&pm->lock);
	atoll_pm_chip_reset(&pm->chip, ktime_get_ns());
	WRITE_ONCE(pm->reset_reg, 0);
	settle_locked(pm);
	spin_unlock_irq(&pm->lock);
}

static void pm_destroy(struct atoll_device *dev)
{
	struct atoll_pm *pm = container_of(dev, struct atoll_pm, dev);

	hrtimer_cancel(&pm->timer);
	dev->vm->pm = NULL;
	kfree(pm);
}

static const struct atoll_device_ops pm_ops = {
	.name = "pm",
	.pio = pm_pio,
	.reset = pm_reset,
	.destroy = pm_destroy,
	.size = sizeof(struct atoll_pm),
};

static const struct atoll_device_ops smi_ops = { .name = "smi", .pio = smi_pio };
static const struct atoll_device_ops reset_ops = { .name = "reset", .pio = reset_pio };
static const struct atoll_device_ops kbc_ops = { .name = "kbc", .pio = kbc_pio };

/**
 * atoll_pm_press() - press the power button
 * @vm:		a VM that runs
 *
 * Context: any but NMI.
 * Return: 0: the guest has not enabled ACPI and will never notice.
 */
u32 atoll_pm_press(struct atoll_vm *vm)
{
	struct atoll_pm *pm = vm->pm;
	unsigned long flags;
	u32 noticed;

	spin_lock_irqsave(&pm->lock, flags);
	noticed = atoll_pm_chip_press(&pm->chip);
	settle_locked(pm);
	spin_unlock_irqrestore(&pm->lock, flags);
	return noticed;
}

/**
 * atoll_pm_pause() - the PM timer stands still from now on
 * @vm:		every vCPU is held
 *
 * A VM that KUnit makes has none.
 *
 * Context: any but NMI.
 */
void atoll_pm_pause(struct atoll_vm *vm)
{
	struct atoll_pm *pm = vm->pm;
	unsigned long flags;

	if (!pm)
		return;
	spin_lock_irqsave(&pm->lock, flags);
	atoll_pm_chip_pause(&pm->chip, ktime_get_ns());
	settle_locked(pm);
	spin_unlock_irqrestore(&pm->lock, flags);
}

/**
 * atoll_pm_resume() - it goes on
 * @vm:		after atoll_pm_pause(); its vCPUs are still held
 *
 * Context: any but NMI.
 */
void atoll_pm_resume(struct atoll_vm *vm)
{
	struct atoll_pm *pm = vm->pm;
	unsigned long flags;

	if (!pm)
		return;
	spin_lock_irqsave(&pm->lock, flags);
	atoll_pm_chip_resume(&pm->chip, ktime_get_ns());
	settle_locked(pm);
	spin_unlock_irqrestore(&pm->lock, flags);
}

/**
 * atoll_pm_create() - give a VM its power management
 * @vm:		the VM, being defined; it has its interrupt controllers
 *
 * Context: process; may sleep.
 * Return: 0, -ENOMEM, or an error of atoll_bus_add().  After an error the
 * VM's teardown frees what there is.
 */
int atoll_pm_create(struct atoll_vm *vm)
{
	struct atoll_pm *pm = kzalloc(sizeof(*pm), GFP_KERNEL_ACCOUNT);
	int err;

	if (!pm)
		return -ENOMEM;
	spin_lock_init(&pm->lock);
	atoll_pm_chip_reset(&pm->chip, ktime_get_ns());
	hrtimer_init(&pm->timer, CLOCK_MONOTONIC, HRTIMER_MODE_ABS_HARD);
	pm->timer.function = pm_timer;
	/* The owner first: destroying goes backwards */
	atoll_device_add(vm, &pm->dev, &pm_ops);
	atoll_device_add(vm, &pm->smi, &smi_ops);
	atoll_device_add(vm, &pm->reset, &reset_ops);
	atoll_device_add(vm, &pm->kbc, &kbc_ops);
	vm->pm = pm;

	err = atoll_bus_add(&vm->pio, &pm->dev, ATOLL_PC_PM_PORT, ATOLL_PC_PM_PORTS);
	if (!err)
		err = atoll_bus_add(&vm->pio, &pm->smi, ATOLL_PC_SMI_PORT, 1);
	if (!err)
		err = atoll_bus_add(&vm->pio, &pm->reset, ATOLL_PC_RESET_PORT, 1);
	if (!err)
		err = atoll_bus_add(&vm->pio, &pm->kbc, ATOLL_PC_KBC_PORT, 1);
	return err;
}
