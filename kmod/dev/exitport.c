// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exit port: a guest that writes a byte to port 0xf4 ends, and the byte is
 * its exit code.  Test guests have no other way to say how they fared.
 *
 * It holds no state and takes no lock.
 */
#include <linux/slab.h>

#include "../atoll.h"

#define EXIT_PORT	0xf4

static void exitport_pio(struct atoll_device *dev, struct atoll_io *io)
{
	if (io->dir == ATOLL_READ)
		io->data = 0xff;
	else
		atoll_vm_exited(dev->vm, io->data & 0xff);
}

static void exitport_destroy(struct atoll_device *dev)
{
	kfree(dev);
}

static const struct atoll_device_ops exitport_ops = {
	.name = "exitport",
	.pio = exitport_pio,
	.destroy = exitport_destroy,
	.size = sizeof(struct atoll_device),
};

/**
 * atoll_exitport_create() - give a VM its exit port
 * @vm:		the VM, being defined
 *
 * Context: process; may sleep.
 * Return: 0, -ENOMEM, or an error of atoll_bus_add().  After an error the
 * VM's teardown frees what there is.
 */
int atoll_exitport_create(struct atoll_vm *vm)
{
	struct atoll_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL_ACCOUNT);

	if (!dev)
		return -ENOMEM;
	atoll_device_add(vm, dev, &exitport_ops);
	return atoll_bus_add(&vm->pio, dev, EXIT_PORT, 1);
}
