// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bus: which chip answers at which address, and the list of all chips of
 * a VM.
 *
 * Ranges are added while the VM does not run and never leave before the VM
 * does, so the run path looks them up without a lock.  Nothing here may sleep
 * or allocate once a vCPU runs.  vm/ drives it: exit handlers dispatch
 * accesses, define creates devices, start resets them, teardown destroys them.
 */
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/slab.h>

#include "../atoll.h"

/* Bits of the bytes that an access of @len bytes moves */
static u64 len_mask(u8 len)
{
	return len >= 8 ? U64_MAX : (1ULL << (len * 8)) - 1;
}

/* Index of the first range that ends behind @addr, bus->nr if none does */
static u32 first_behind(const struct atoll_bus *bus, u64 addr)
{
	u32 lo = 0, hi = bus->nr;

	while (lo < hi) {
		u32 mid = (lo + hi) / 2;

		if (addr < bus->range[mid].end)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

static bool vm_active(struct atoll_vm *vm)
{
	enum atoll_state state;

	if (!vm)
		return false;
	state = READ_ONCE(vm->state);
	return state == ATOLL_STATE_RUNNING || state == ATOLL_STATE_PAUSED;
}

/**
 * atoll_bus_add() - have a device answer at a range of addresses
 * @bus:	the VM's ports or its physical addresses
 * @dev:	who answers; it stays on the bus until the VM goes
 * @start:	first address
 * @len:	how many, at least 1
 *
 * Context: process; the VM is neither running nor paused, and the caller
 * serialises additions.
 * Return: 0, -EINVAL if the range is empty or wraps, -EBUSY if it overlaps
 * another or the VM is active, -ENOSPC if the bus is full.
 */
int atoll_bus_add(struct atoll_bus *bus, struct atoll_device *dev, u64 start, u64 len)
{
	u32 at, i;

	if (WARN_ON_ONCE(vm_active(dev->vm)))
		return -EBUSY;
	if (!len || len > U64_MAX - start)
		return -EINVAL;

	at = first_behind(bus, start);
	if (at < bus->nr && bus->range[at].start < start + len)
		return -EBUSY;
	if (bus->nr == ATOLL_BUS_RANGES_MAX)
		return -ENOSPC;

	for (i = bus->nr; i > at; i--)
		bus->range[i] = bus->range[i - 1];
	bus->range[at] = (struct atoll_range){
		.start = start,
		.end = start + len,
		.dev = dev,
	};
	bus->nr++;
	return 0;
}

/**
 * atoll_bus_find() - who answers an access
 * @bus:	the VM's ports or its physical addresses
 * @addr:	first address of the access
 * @len:	bytes, at least 1
 *
 * Context: any.
 * Return: the range that holds the whole access, NULL if none does.
 */
struct atoll_range *atoll_bus_find(struct atoll_bus *bus, u64 addr, u32 len)
{
	u32 i = first_behind(bus, addr);
	struct atoll_range *r = &bus->range[i];

	if (i == bus->nr || addr < r->start || len > r->end - addr)
		return NULL;
	return r;
}

/*
 * As atoll_bus_find(), but look first where the vCPU found something last.  A
 * bus never loses ranges, so @recent is always the number of one, or 0.
 */
static struct atoll_range *find(struct atoll_bus *bus, u32 *recent, struct atoll_io *io)
{
	struct atoll_range *r = &bus->range[*recent];

	if (likely(io->addr - r->start < r->end - r->start && io->len <= r->end - io->addr))
		return r;
	r = atoll_bus_find(bus, io->addr, io->len);
	if (r)
		*recent = r - bus->range;
	return r;
}

static noinline void answer_unclaimed(struct atoll_vcpu *vcpu, struct atoll_io *io)
{
	WRITE_ONCE(vcpu->unclaimed, vcpu->unclaimed + 1);
	if (io->dir == ATOLL_READ)
		io->data = len_mask(io->len);
}

/**
 * atoll_bus_pio() - carry out a guest's access to a port
 * @vcpu:	whose
 * @io:		the access, @io->addr the port; relative to the device's range
 *		on return if a device claims it
 *
 * Nobody's port reads all-ones, drops writes, and is counted.
 *
 * Context: the vCPU's thread, preemption off.  Does not sleep.
 */
void atoll_bus_pio(struct atoll_vcpu *vcpu, struct atoll_io *io)
{
	struct atoll_range *r = find(&vcpu->vm->pio, &vcpu->recent_pio, io);

	if (!r) {
		answer_unclaimed(vcpu, io);
		return;
	}
	io->vcpu = vcpu;
	io->addr -= r->start;
	r->dev->ops->pio(r->dev, io);
}

/**
 * atoll_bus_mmio() - carry out a guest's access to an address without memory
 * @vcpu:	whose
 * @io:		as for atoll_bus_pio(), @io->addr the gpa
 *
 * Context: as atoll_bus_pio().
 */
void atoll_bus_mmio(struct atoll_vcpu *vcpu, struct atoll_io *io)
{
	struct atoll_range *r = find(&vcpu->vm->mmio, &vcpu->recent_mmio, io);

	if (!r) {
		answer_unclaimed(vcpu, io);
		return;
	}
	io->vcpu = vcpu;
	io->addr -= r->start;
	r->dev->ops->mmio(r->dev, io);
}

/**
 * atoll_device_add() - make a device part of a VM
 * @vm:		the VM, being defined
 * @dev:	the device; from now on the VM's teardown destroys it
 * @ops:	what it can do; @pio and @mmio only if it joins that bus, @reset
 *		and @destroy may be NULL
 *
 * Context: process; nobody else can see @vm yet.
 */
void atoll_device_add(struct atoll_vm *vm, struct atoll_device *dev,
		      const struct atoll_device_ops *ops)
{
	dev->ops = ops;
	dev->vm = vm;
	list_add_tail(&dev->node, &vm->devices);
}

/**
 * atoll_devices_reset() - put every device into its power-on state
 * @vm:		the VM; none of its vCPUs runs
 *
 * In order of creation, so that a chip finds those it is wired to reset.
 *
 * Context: process, under vm->lock; may sleep.
 */
void atoll_devices_reset(struct atoll_vm *vm)
{
	struct atoll_device *dev;

	list_for_each_entry(dev, &vm->devices, node) {
		if (dev->ops->reset)
			dev->ops->reset(dev);
	}
}

/**
 * atoll_devices_destroy() - free every device, the youngest first
 * @vm:		the VM; none of its vCPUs will run again.  Its vCPUs still
 *		exist, for a device may yet raise an interrupt until it is gone
 *
 * Context: process; may sleep.
 */
void atoll_devices_destroy(struct atoll_vm *vm)
{
	struct atoll_device *dev, *older;

	list_for_each_entry_safe_reverse(dev, older, &vm->devices, node) {
		list_del(&dev->node);
		if (dev->ops->destroy)
			dev->ops->destroy(dev);
	}
	vm->pio.nr = 0;
	vm->mmio.nr = 0;
}

/**
 * atoll_devices_bytes() - what a VM's devices take of the host's memory
 * @vm:		complete
 *
 * Any context.
 */
size_t atoll_devices_bytes(const struct atoll_vm *vm)
{
	const struct atoll_device *dev;
	size_t sum = 0;

	list_for_each_entry(dev, &vm->devices, node)
		sum += kmalloc_size_roundup(dev->ops->size);
	return sum;
}
