// SPDX-License-Identifier: GPL-2.0-only
/*
 * The panic port: how a guest's kernel tells that it has panicked, after
 * QEMU's docs/specs/pvpanic ("ISA Interface").  A read says which events are
 * understood, a write is one.
 *
 * It holds no state and takes no lock.
 */
#include <linux/bits.h>
#include <linux/slab.h>

#include "../atoll.h"
#include "../pc.h"

#define PANICKED	BIT(0)
#define CRASH_LOADED	BIT(1)		/* panicked, and sees to it itself */

static void pvpanic_pio(struct atoll_device *dev, struct atoll_io *io)
{
	if (io->dir == ATOLL_READ)
		io->data = PANICKED | CRASH_LOADED;
	else if (io->data & PANICKED)
		atoll_vm_crash(io->vcpu, "the guest's kernel panicked");
}

static void pvpanic_destroy(struct atoll_device *dev)
{
	kfree(dev);
}

static const struct atoll_device_ops pvpanic_ops = {
	.name = "pvpanic",
	.pio = pvpanic_pio,
	.destroy = pvpanic_destroy,
	.size = sizeof(struct atoll_device),
};

/**
 * atoll_pvpanic_create() - give a VM its panic port
 * @vm:		the VM, being defined
 *
 * Context: process; may sleep.
 * Return: 0, -ENOMEM, or an error of atoll_bus_add().  After an error the
 * VM's teardown frees what there is.
 */
int atoll_pvpanic_create(struct atoll_vm *vm)
{
	struct atoll_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL_ACCOUNT);

	if (!dev)
		return -ENOMEM;
	atoll_device_add(vm, dev, &pvpanic_ops);
	return atoll_bus_add(&vm->pio, dev, ATOLL_PC_PANIC_PORT, 1);
}
