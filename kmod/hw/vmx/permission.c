// SPDX-License-Identifier: GPL-2.0-only
/*
 * The MSR bitmap: what a guest may read and write without an exit.  Ports
 * need no bitmap, since each access to one is an exit.
 *
 * The policy is atoll_msr_passthrough()'s, the same for every guest, so one
 * page serves them all.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/string.h>
#include "vmx.h"

#define HIGH_MSRS	0xc0000000
#define MSRS_IN_RANGE	0x2000
#define WRITE_BITS	(0x800 * 8)
#define HIGH_BITS	(0x400 * 8)

static struct page *msr_bitmap;

/**
 * atoll_vmx_msr_bit() - where an MSR's bit lies in the bitmap
 * @msr:	its number
 * @dir:	reading or writing it
 *
 * Four bitmaps of 1 KiB: reads of low and of high MSRs, then writes.  Intel
 * SDM vol. 3, "MSR-Bitmap Address".
 *
 * Return: the number of the bit, -1 if there is none: such an MSR always
 * exits.  Any context.
 */
int atoll_vmx_msr_bit(u32 msr, enum atoll_dir dir)
{
	int bit = dir == ATOLL_WRITE ? WRITE_BITS : 0;

	if (msr < MSRS_IN_RANGE)
		return bit + msr;
	if (msr - HIGH_MSRS < MSRS_IN_RANGE)
		return bit + HIGH_BITS + (msr - HIGH_MSRS);
	return -1;
}

/**
 * atoll_vmx_permission_init() - make the bitmap
 *
 * Return: 0 or -ENOMEM.  May sleep.
 */
int atoll_vmx_permission_init(void)
{
	unsigned long *map;
	u32 i, msr;
	int bit;

	msr_bitmap = alloc_page(GFP_KERNEL);
	if (!msr_bitmap)
		return -ENOMEM;
	map = page_address(msr_bitmap);
	memset(map, 0xff, PAGE_SIZE);
	for (i = 0; atoll_msr_passthrough(i, &msr); i++) {
		bit = atoll_vmx_msr_bit(msr, ATOLL_READ);
		if (WARN_ON_ONCE(bit < 0))
			continue;
		__clear_bit(bit, map);
		__clear_bit(atoll_vmx_msr_bit(msr, ATOLL_WRITE), map);
	}
	return 0;
}

/** atoll_vmx_permission_exit() - free the bitmap, if there is one; may sleep */
void atoll_vmx_permission_exit(void)
{
	if (msr_bitmap)
		__free_page(msr_bitmap);
	msr_bitmap = NULL;
}

/** atoll_vmx_msr_bitmap_pa() - its physical address; any context */
u64 atoll_vmx_msr_bitmap_pa(void)
{
	return page_to_phys(msr_bitmap);
}

/**
 * atoll_vmx_is_guarded() - does a VMCS use the bitmap, and let no port through?
 * @vcpu:	any
 *
 * A VMCS can be read by the CPU that has it loaded, and by no other: this is of
 * the words that each is given.  Intel SDM vol. 3, "Processor-Based VM-Execution
 * Controls": I/O bitmaps would overrule unconditional exiting.  Any context.
 */
bool atoll_vmx_is_guarded(const struct atoll_vcpu *vcpu)
{
	const u32 must = CPU_BASED_USE_MSR_BITMAPS | CPU_BASED_UNCOND_IO_EXITING;

	return (atoll_vmx_controls.cpu & (must | CPU_BASED_USE_IO_BITMAPS)) == must;
}

/**
 * atoll_vmx_msr_exits() - as the bitmap has it
 * @msr:	its number
 * @dir:	reading or writing it
 *
 * Any context.
 */
bool atoll_vmx_msr_exits(u32 msr, enum atoll_dir dir)
{
	int bit = atoll_vmx_msr_bit(msr, dir);

	return bit < 0 || test_bit(bit, page_address(msr_bitmap));
}

/** atoll_vmx_port_exits() - each does, by a control; any context */
bool atoll_vmx_port_exits(u32 port)
{
	return atoll_vmx_controls.cpu & CPU_BASED_UNCOND_IO_EXITING;
}
