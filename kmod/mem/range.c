// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ranges of physical memory that the host was told to leave alone at boot, by
 * memmap=SIZE$START or mem=SIZE, and that a reserved pool is made of.
 *
 * Two parties are asked before anything is touched: the kernel's resource tree,
 * for what the host uses, and the memory map that the firmware handed over, for
 * where there is RAM at all.  What both agree on is requested, so that no driver
 * and no reader of /dev/mem gets it, and mapped: most of it has no place in the
 * host's direct map, and no struct page.  pools.c calls this.
 */
#include <linux/io.h>
#include <linux/ioport.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <asm/e820/api.h>
#include <asm/processor.h>

#include "pool.h"

static bool is_ram_byte(u64 hpa)
{
	return e820__mapped_raw_any(hpa, hpa + 1, E820_TYPE_RAM);
}

/*
 * The map as the firmware had it, before memmap= and mem= changed the kernel's.
 * It can only be asked whether any of a range is of a type, so ask for all other
 * types at once, and for RAM in each page: a gap has no type.  Nothing else that a
 * module may call knows that map's ranges: the resource tree, which
 * walk_iomem_res_desc() and region_intersects() look at, is made of the changed map,
 * where memmap= has made this RAM reserved, and mem= has left it out;
 * e820__mapped_all() is gone after boot, and asks the changed map, too; and the list
 * behind /sys/firmware/memmap isn't exported.
 */
static bool is_ram(u64 start, u64 end)
{
	static const enum e820_type others[] = {
		E820_TYPE_RESERVED, E820_TYPE_ACPI, E820_TYPE_NVS, E820_TYPE_UNUSABLE,
		E820_TYPE_PMEM, E820_TYPE_PRAM, E820_TYPE_SOFT_RESERVED,
		E820_TYPE_RESERVED_KERN,
	};
	u64 page;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(others); i++)
		if (e820__mapped_raw_any(start, end, others[i]))
			return false;
	for (page = start; page < end; page += PAGE_SIZE) {
		if (!is_ram_byte(page) || !is_ram_byte(page + PAGE_SIZE - 1))
			return false;
		if (!(page & (ATOLL_EXTENT_BYTES - 1)))
			cond_resched();
	}
	return true;
}

static int check_numbers(u64 start, u64 len, struct netlink_ext_ack *extack)
{
	const u64 most = 1ULL << boot_cpu_data.x86_phys_bits;

	if (!len) {
		NL_SET_ERR_MSG(extack, "the range is empty");
		return -EINVAL;
	}
	if (!IS_ALIGNED(start | len, ATOLL_EXTENT_BYTES)) {
		NL_SET_ERR_MSG(extack, "the range does not begin and end at a multiple of 2 MiB");
		return -EINVAL;
	}
	if (len > U64_MAX - start) {
		NL_SET_ERR_MSG(extack, "the range wraps around the end of all addresses");
		return -ERANGE;
	}
	if (start + len > most) {
		NL_SET_ERR_MSG(extack, "the range ends behind the last address that the CPU has");
		return -ERANGE;
	}
	return 0;
}

/* May a pool be made of this range?  Touches nothing */
static int check(u64 start, u64 len, struct netlink_ext_ack *extack)
{
	int err = check_numbers(start, len, extack);

	if (err)
		return err;
	if (region_intersects(start, len, IORESOURCE_SYSTEM_RAM, IORES_DESC_NONE) !=
	    REGION_DISJOINT) {
		NL_SET_ERR_MSG(extack, "a part of the range is RAM that the host uses");
		return -EBUSY;
	}
	if (!is_ram(start, start + len)) {
		NL_SET_ERR_MSG(extack, "a part of the range is no RAM that the firmware left us");
		return -EINVAL;
	}
	return 0;
}

/*
 * What memmap= sets aside is "Reserved", at the tree's top and not busy; what
 * mem= hides is not in the tree.  Anything else around the range, or anything
 * at all inside of it, belongs to somebody.
 */
static bool is_set_aside(const struct resource *res)
{
	const struct resource *around = res->parent;

	return around == &iomem_resource ||
	       (around->parent == &iomem_resource && around->desc == IORES_DESC_RESERVED);
}

/**
 * atoll_range_claim - get a range from the host
 * @start:	host-physical address of its first byte; any value
 * @len:	bytes; any value
 * @map:	receives where the host sees it; what is in it is not touched
 * @extack:	told why not
 *
 * May sleep.
 *
 * Return: 0; -EINVAL: no such range, or not RAM; -ERANGE: it wraps, or is beyond the
 * CPU; -EBUSY: the host uses a part, or a driver; -ENOMEM.
 */
int atoll_range_claim(u64 start, u64 len, void **map, struct netlink_ext_ack *extack)
{
	struct resource *res;
	int err = check(start, len, extack);

	if (err)
		return err;
	res = request_mem_region_exclusive(start, len, "atoll");
	if (!res || !is_set_aside(res)) {
		NL_SET_ERR_MSG(extack, "a part of the range is a driver's, or was not set aside");
		err = -EBUSY;
		goto release;
	}
	*map = memremap(start, len, MEMREMAP_WB);
	if (!*map) {
		NL_SET_ERR_MSG(extack, "the host has no memory to map the range with");
		err = -ENOMEM;
		goto release;
	}
	return 0;

release:
	if (res)
		release_mem_region(start, len);
	return err;
}

/**
 * atoll_range_release - give a range back
 * @start:	of atoll_range_claim()
 * @len:	of that, too
 * @map:	from that
 *
 * May sleep.  Nothing of a guest is left in it.
 */
void atoll_range_release(u64 start, u64 len, void *map)
{
	memunmap(map);
	release_mem_region(start, len);
}
