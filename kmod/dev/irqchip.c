// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lines in, vectors out: the interrupt controllers of a VM, seen from its
 * devices and from its vCPUs.
 *
 * Devices call atoll_irq_set() and know of no controller; the run loop asks
 * atoll_irqchip_pending() before each entry, without a lock, and fetches the
 * vector with atoll_irqchip_ack().  Nothing here sleeps, and nothing here
 * touches a vCPU but by atoll_vcpu_request().
 *
 * The lock is taken by vCPU threads, by whoever feeds devices, and by timers
 * of devices in hard interrupt context.  It nests inside a device's lock.
 */
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "../atoll.h"
#include "ioapic.h"
#include "lapic.h"
#include "pic8259.h"

#define MASTER_PORT	0x20
#define SLAVE_PORT	0xa0
#define ELCR_PORT	0x4d0
#define LAPIC_BYTES	4096
#define IOAPIC_GPA	0xfec00000
#define IOAPIC_BYTES	0x1000
#define IOAPIC_TIMER_PIN 2

/**
 * struct atoll_irqchip - the interrupt controllers of a VM
 * @master:	on the bus at 0x20; owns this struct
 * @slave:	on the bus at 0xa0
 * @elcr:	on the bus at 0x4d0
 * @lapic:	the page in which each vCPU finds its local APIC
 * @ioapic_dev:	on the bus at 0xfec00000
 * @lock:	guards @pic and @ioapic
 * @pic:	the chips; its intr is also read without the lock, by READ_ONCE
 * @ioapic:	sends its messages with @lock held
 */
struct atoll_irqchip {
	struct atoll_device master, slave, elcr, lapic, ioapic_dev;
	spinlock_t lock;	/* IRQs off; inside the devices' */
	struct atoll_pic pic;
	struct atoll_ioapic ioapic;
};

/*
 * Tell LINT0 of vCPU 0, if the INTR pin has gone up since it was @before.  A pin
 * that stays up needs no second look: the vCPU has not acknowledged it yet.
 */
static void notify(struct atoll_vm *vm, struct atoll_irqchip *chip, u8 before)
{
	if (!before && READ_ONCE(chip->pic.intr))
		atoll_lapic_lint0(vm->vcpu[0]->lapic);
}

/*
 * The I/O APIC's pin for a line, or one that it doesn't have.  The MADT says
 * so, too: the timer is on the pin that the cascade leaves free.
 */
static u32 pin_of(u32 gsi)
{
	if (gsi == IOAPIC_TIMER_PIN)
		return ATOLL_IOAPIC_PINS;
	return gsi ? gsi : IOAPIC_TIMER_PIN;
}

/**
 * atoll_irq_set() - drive an interrupt line
 * @vm:		the VM
 * @gsi:	the line; 0 to 15 are the PC's IRQs and reach the 8259s as well
 *		as the I/O APIC, 16 to 23 the I/O APIC only, others nothing
 * @level:	0: not asserted
 *
 * Context: any but NMI.  The caller may hold its device's lock.
 */
void atoll_irq_set(struct atoll_vm *vm, u32 gsi, u32 level)
{
	struct atoll_irqchip *chip = vm->irqchip;
	unsigned long flags;
	u8 before;

	spin_lock_irqsave(&chip->lock, flags);
	before = chip->pic.intr;
	atoll_pic_set_line(&chip->pic, gsi, level);
	atoll_ioapic_set_line(&chip->ioapic, pin_of(gsi), level);
	spin_unlock_irqrestore(&chip->lock, flags);
	notify(vm, chip, before);
}

/**
 * atoll_irqchip_busy() - is there anything that may become an interrupt?
 * @vcpu:	the vCPU
 *
 * What each entry asks.  Without a lock: who raises a line sets
 * ATOLL_REQ_EVENT after it, so a vCPU that looks at its requests first misses
 * nothing.
 *
 * Context: any.
 * Return: false: no controller wants anything of this vCPU.
 */
bool atoll_irqchip_busy(struct atoll_vcpu *vcpu)
{
	return atoll_lapic_busy(vcpu->lapic) ||
	       (vcpu->index == 0 && READ_ONCE(vcpu->vm->irqchip->pic.intr));
}

/* An interrupt of the 8259s, which goes past the local APIC's priorities */
static bool extint_pending(struct atoll_vcpu *vcpu)
{
	if (READ_ONCE(vcpu->lapic->extint))
		return true;
	return vcpu->index == 0 && READ_ONCE(vcpu->vm->irqchip->pic.intr) &&
	       atoll_lapic_takes_extint(vcpu->lapic);
}

/**
 * atoll_irqchip_pending() - does a vCPU have an interrupt to take?
 * @vcpu:	the calling thread's own
 *
 * Return: true if one would be delivered now, were its RFLAGS.IF set.
 */
bool atoll_irqchip_pending(struct atoll_vcpu *vcpu)
{
	return atoll_irqchip_busy(vcpu) &&
	       (extint_pending(vcpu) || atoll_lapic_pending(vcpu->lapic) >= 0);
}

/**
 * atoll_irqchip_ack() - acknowledge the interrupt that is pending
 * @vcpu:	the vCPU, which has seen atoll_irqchip_pending() and takes the
 *		vector now
 *
 * If the request has gone since, the 8259s answer as the real ones do: with
 * the spurious vector of IRQ 7 or 15.
 *
 * Context: the vCPU's thread, preemption may be off.  Does not sleep.
 * Return: the vector, -1 if there is none.
 */
int atoll_irqchip_ack(struct atoll_vcpu *vcpu)
{
	struct atoll_irqchip *chip = vcpu->vm->irqchip;
	unsigned long flags;
	int vector;

	if (!extint_pending(vcpu))
		return atoll_lapic_ack(vcpu->lapic);
	WRITE_ONCE(vcpu->lapic->extint, 0);
	spin_lock_irqsave(&chip->lock, flags);
	vector = atoll_pic_ack(&chip->pic);
	spin_unlock_irqrestore(&chip->lock, flags);
	return vector;
}

/**
 * atoll_ioapic_eoi() - a local APIC has ended the service of a level
 * @vm:		the VM
 * @vector:	that was served
 *
 * A line that is still asserted is sent once more, and not before the next
 * EOI again.
 *
 * Context: a vCPU's thread, preemption may be off, without any lock that
 * atoll_lapic_send() takes.  Does not sleep.
 */
void atoll_ioapic_eoi(struct atoll_vm *vm, u8 vector)
{
	struct atoll_irqchip *chip = vm->irqchip;
	unsigned long flags;

	spin_lock_irqsave(&chip->lock, flags);
	atoll_ioapic_end(&chip->ioapic, vector);
	spin_unlock_irqrestore(&chip->lock, flags);
}

/* The bus is eight bits wide: a wider access is one of each byte */
static void chip_pio(struct atoll_irqchip *chip, u32 n, struct atoll_io *io)
{
	struct atoll_vm *vm = chip->master.vm;
	u8 *byte = (u8 *)&io->data;
	unsigned long flags;
	u8 before;
	u32 i;

	spin_lock_irqsave(&chip->lock, flags);
	before = chip->pic.intr;
	for (i = 0; i < io->len; i++) {
		if (io->dir == ATOLL_READ)
			byte[i] = atoll_pic_read(&chip->pic, n, io->addr + i);
		else
			atoll_pic_write(&chip->pic, n, io->addr + i, byte[i]);
	}
	spin_unlock_irqrestore(&chip->lock, flags);
	notify(vm, chip, before);
}

static void master_pio(struct atoll_device *dev, struct atoll_io *io)
{
	chip_pio(container_of(dev, struct atoll_irqchip, master), 0, io);
}

static void slave_pio(struct atoll_device *dev, struct atoll_io *io)
{
	chip_pio(container_of(dev, struct atoll_irqchip, slave), 1, io);
}

static void elcr_pio(struct atoll_device *dev, struct atoll_io *io)
{
	struct atoll_irqchip *chip = container_of(dev, struct atoll_irqchip, elcr);
	u8 *byte = (u8 *)&io->data;
	unsigned long flags;
	u8 before;
	u32 i;

	spin_lock_irqsave(&chip->lock, flags);
	before = chip->pic.intr;
	for (i = 0; i < io->len; i++) {
		if (io->dir == ATOLL_READ)
			byte[i] = atoll_pic_read_elcr(&chip->pic, io->addr + i);
		else
			atoll_pic_write_elcr(&chip->pic, io->addr + i, byte[i]);
	}
	spin_unlock_irqrestore(&chip->lock, flags);
	notify(dev->vm, chip, before);
}

static bool ioapic_send(struct atoll_ioapic *io, const struct atoll_irq_msg *msg)
{
	struct atoll_irqchip *chip = container_of(io, struct atoll_irqchip, ioapic);

	return atoll_lapic_send(chip->master.vm, msg);
}

/* Registers are doublewords: what else is written is lost, reads are all-ones */
static void ioapic_mmio(struct atoll_device *dev, struct atoll_io *io)
{
	struct atoll_irqchip *chip = container_of(dev, struct atoll_irqchip, ioapic_dev);
	unsigned long flags;

	if (io->len != 4 || io->addr % 4)
		return;
	spin_lock_irqsave(&chip->lock, flags);
	if (io->dir == ATOLL_READ)
		io->data = atoll_ioapic_read(&chip->ioapic, io->addr);
	else
		atoll_ioapic_write(&chip->ioapic, io->addr, io->data);
	spin_unlock_irqrestore(&chip->lock, flags);
}

static void irqchip_reset(struct atoll_device *dev)
{
	struct atoll_irqchip *chip = container_of(dev, struct atoll_irqchip, master);

	spin_lock_irq(&chip->lock);
	atoll_pic_reset(&chip->pic);
	atoll_ioapic_reset(&chip->ioapic);
	spin_unlock_irq(&chip->lock);
}

static void irqchip_destroy(struct atoll_device *dev)
{
	struct atoll_irqchip *chip = container_of(dev, struct atoll_irqchip, master);

	dev->vm->irqchip = NULL;
	kfree(chip);
}

static const struct atoll_device_ops master_ops = {
	.name = "pic master",
	.pio = master_pio,
	.reset = irqchip_reset,
	.destroy = irqchip_destroy,
	.size = sizeof(struct atoll_irqchip),
};

static const struct atoll_device_ops slave_ops = {
	.name = "pic slave",
	.pio = slave_pio,
};

static const struct atoll_device_ops elcr_ops = {
	.name = "elcr",
	.pio = elcr_pio,
};

static const struct atoll_device_ops lapic_ops = {
	.name = "lapic",
	.mmio = atoll_lapic_mmio,
};

static const struct atoll_device_ops ioapic_ops = {
	.name = "ioapic",
	.mmio = ioapic_mmio,
};

/**
 * atoll_irqchip_create() - give a VM its interrupt controllers
 * @vm:		the VM, being defined; comes before every device that has a line
 *
 * Context: process; may sleep.
 * Return: 0, -ENOMEM, or an error of atoll_bus_add().  After an error the
 * VM's teardown frees what there is.
 */
int atoll_irqchip_create(struct atoll_vm *vm)
{
	struct atoll_irqchip *chip = kzalloc(sizeof(*chip), GFP_KERNEL_ACCOUNT);
	int err;

	if (!chip)
		return -ENOMEM;
	spin_lock_init(&chip->lock);
	atoll_pic_reset(&chip->pic);
	chip->ioapic.send = ioapic_send;
	atoll_ioapic_reset(&chip->ioapic);
	/* The master first: it owns the struct, and destroying goes backwards */
	atoll_device_add(vm, &chip->master, &master_ops);
	atoll_device_add(vm, &chip->slave, &slave_ops);
	atoll_device_add(vm, &chip->elcr, &elcr_ops);
	atoll_device_add(vm, &chip->lapic, &lapic_ops);
	atoll_device_add(vm, &chip->ioapic_dev, &ioapic_ops);
	vm->irqchip = chip;

	err = atoll_bus_add(&vm->pio, &chip->master, MASTER_PORT, 2);
	if (!err)
		err = atoll_bus_add(&vm->pio, &chip->slave, SLAVE_PORT, 2);
	if (!err)
		err = atoll_bus_add(&vm->pio, &chip->elcr, ELCR_PORT, 2);
	if (!err)
		err = atoll_bus_add(&vm->mmio, &chip->lapic, APIC_DEFAULT_PHYS_BASE, LAPIC_BYTES);
	if (!err)
		err = atoll_bus_add(&vm->mmio, &chip->ioapic_dev, IOAPIC_GPA, IOAPIC_BYTES);
	return err;
}
