// SPDX-License-Identifier: GPL-2.0-only
/*
 * What there is to tell of a guest's console: its tty, what waits in it, what was
 * lost, what it takes of the host's memory.  Reads only, and never sleeps.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/kernfs.h>
#include <linux/minmax.h>
#include <linux/shmem_fs.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "../atoll.h"
#include "console.h"
#include "uart8250.h"

/**
 * atoll_console_index() - the number in the name of a VM's tty
 * @vm:		the VM, which has its devices
 */
int atoll_console_index(const struct atoll_vm *vm)
{
	return vm->uart->console->index;
}

/**
 * atoll_console_pending() - bytes printed that the tty has not taken yet
 * @vm:		the VM, which has its devices
 *
 * 0 means that all the guest has printed lies ready to be read from the tty,
 * has been read, or was dropped.
 *
 * Context: process; takes the serial port's lock.
 */
u32 atoll_console_pending(const struct atoll_vm *vm)
{
	struct atoll_uart *uart = vm->uart;
	u32 len;

	spin_lock(&uart->lock);
	len = atoll_backlog_len(&uart->console->backlog) + uart->console->chunk_len;
	spin_unlock(&uart->lock);
	return len;
}

/**
 * atoll_console_lost() - bytes dropped because nobody read them in time
 * @vm:		the VM, which has its devices
 *
 * Context: process; takes the serial port's lock.
 */
u64 atoll_console_lost(const struct atoll_vm *vm)
{
	struct atoll_uart *uart = vm->uart;
	u64 lost;

	spin_lock(&uart->lock);
	lost = uart->console->backlog.lost;
	spin_unlock(&uart->lock);
	return lost;
}

/*
 * A tty as the kernel keeps it: a device and a cdev, names in sysfs, a file in /dev.
 * It tells nobody how much that is: these are the objects that were found on Linux
 * 6.1, of the sizes that they have here.
 */
static size_t tty_bytes(void)
{
	/* Itself, uevent, dev, two links to it and one from it, power/ and what is in that */
	size_t names = IS_ENABLED(CONFIG_PM_ADVANCED_DEBUG) ? 16 : 12;
	/* Each has a number, in a tree whose nodes have room for so many */
	size_t name = sizeof(struct kernfs_node) + sizeof(struct xa_node) / XA_CHUNK_SIZE;
	/* The driver core's part, where the number leads to, and what the names are */
	size_t rest = 256 + 64 + 64;

	if (IS_ENABLED(CONFIG_DEVTMPFS))
		rest += sizeof(struct shmem_inode_info) + sizeof(struct dentry);
	return kmalloc_size_roundup(sizeof(struct device)) +
	       kmalloc_size_roundup(sizeof(struct cdev)) + names * name + rest;
}

/**
 * atoll_console_bytes() - what a console takes of the host's memory
 * @vm:		the VM, which has its devices
 *
 * The tty included, what is printed not.  Any context.
 */
u64 atoll_console_bytes(struct atoll_vm *vm)
{
	return kmalloc_size_roundup(sizeof(struct atoll_console)) + tty_bytes();
}

/**
 * atoll_console_output_bytes() - what a guest's output takes of the host's memory
 * @vm:		the VM, which has its devices
 *
 * Context: process; takes the serial port's lock.
 */
u64 atoll_console_output_bytes(struct atoll_vm *vm)
{
	struct atoll_uart *uart = vm->uart;
	u64 bytes;

	spin_lock(&uart->lock);
	bytes = (u64)atoll_backlog_pages(&uart->console->backlog) * PAGE_SIZE;
	if (uart->console->tail)
		bytes += kmalloc_size_roundup(ATOLL_CONSOLE_TAIL_MAX);
	spin_unlock(&uart->lock);
	return bytes;
}

/**
 * atoll_console_tail() - what was printed last, whether or not it was read
 * @vm:		the VM, which has its devices
 * @buf:	room for ATOLL_CONSOLE_TAIL_MAX bytes
 *
 * Context: process; takes the serial port's lock.
 * Return: how many there are; at most since the machine was reset.
 */
u32 atoll_console_tail(const struct atoll_vm *vm, u8 *buf)
{
	struct atoll_console *con = vm->uart->console;
	u32 len, i;

	spin_lock(&vm->uart->lock);
	len = min_t(u64, con->printed, ATOLL_CONSOLE_TAIL_MAX);
	for (i = 0; i < len; i++)
		buf[i] = con->tail[(con->printed - len + i) % ATOLL_CONSOLE_TAIL_MAX];
	spin_unlock(&vm->uart->lock);
	return len;
}
