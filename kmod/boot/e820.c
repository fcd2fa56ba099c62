// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's memory as a PC's BIOS tells it: ACPI Specification, "System
 * Address Map Interfaces".  Every format that describes memory to its image
 * takes it from here.
 */
#include <linux/minmax.h>
#include <asm/e820/types.h>

#include "boot.h"

static void add(struct boot_e820_entry *map, u32 *nr, u64 start, u64 end, u32 type)
{
	if (start >= end)
		return;
	map[*nr] = (struct boot_e820_entry){
		.addr = start,
		.size = end - start,
		.type = type,
	};
	(*nr)++;
}

/**
 * atoll_boot_e820 - describe RAM
 * @ram:	where it is
 * @map:	room for ATOLL_BOOT_E820_MAX entries; ascending, none overlap
 *
 * Any context.
 *
 * Return: how many entries there are.
 */
u32 atoll_boot_e820(const struct atoll_gmem *ram, struct boot_e820_entry *map)
{
	const struct atoll_slot *high = &ram->slot[1];
	u64 low_end = ram->slot[0].len;
	u32 nr = 0;

	add(map, &nr, 0, min(low_end, ATOLL_BOOT_LOW_END), E820_TYPE_RAM);
	add(map, &nr, ATOLL_BOOT_LOW_END, min(low_end, ATOLL_BOOT_HIGH_START),
	    E820_TYPE_RESERVED);
	add(map, &nr, ATOLL_BOOT_HIGH_START, low_end, E820_TYPE_RAM);
	if (ram->nr_slots > 1)
		add(map, &nr, high->gpa, high->gpa + high->len, E820_TYPE_RAM);
	return nr;
}
