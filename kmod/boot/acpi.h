/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ACPI tables of a guest as bytes.  Pure: neither a plan nor a VM.
 */
#ifndef ATOLL_BOOT_ACPI_H
#define ATOLL_BOOT_ACPI_H

#include <linux/types.h>

#include "pc.h"

/**
 * struct atoll_acpi - the tables, and where in them what changes is
 * @len:	bytes of all tables
 * @dsdt:	first byte of the DSDT
 * @dsdt_len:	its bytes
 * @virtio_sta:	for each slot, the byte that says whether a device is in it
 * @data:	the tables; the RSDP comes first
 */
struct atoll_acpi {
	u32 len;
	u32 dsdt, dsdt_len;
	u32 virtio_sta[ATOLL_PC_VIRTIO_SLOTS];
	u8 data[];
};

u32 atoll_acpi_build(struct atoll_acpi *acpi, u32 size, u32 gpa, u32 nr_vcpus);
void atoll_acpi_occupy(struct atoll_acpi *acpi, u32 slot);

#endif
