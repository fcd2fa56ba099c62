// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ACPI tables as a piece of a boot plan.  They lie in the PC's hole below
 * 1 MiB, where a BIOS has its ROM and guests look for the RSDP; it is RAM here,
 * and the guest's own, so the memory map must call it reserved.
 */
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "acpi.h"
#include "boot.h"

#define TABLES_GPA	0xe0000
#define TABLES_MAX	SZ_32K

/* The tables in no more memory than they need */
static struct atoll_acpi *build(u32 nr_vcpus)
{
	struct atoll_acpi *draft, *acpi = NULL;
	u32 len;

	draft = kvzalloc(struct_size(draft, data, TABLES_MAX), GFP_KERNEL);
	if (!draft)
		return NULL;
	len = atoll_acpi_build(draft, TABLES_MAX, TABLES_GPA, nr_vcpus);
	if (!WARN_ON_ONCE(len > TABLES_MAX))
		acpi = kmemdup(draft, struct_size(draft, data, len), GFP_KERNEL_ACCOUNT);
	kvfree(draft);
	return acpi;
}

/**
 * atoll_acpi_plan - have the guest find ACPI tables
 * @plan:	gets the piece, and owns its bytes; has no tables yet
 * @nr_vcpus:	of the guest
 * @rsdp_gpa:	where the RSDP lies
 * @extack:	told why not
 *
 * May sleep.
 *
 * Return: 0; -ENOMEM; and what atoll_boot_plan_add_firmware() returns.
 */
int atoll_acpi_plan(struct atoll_boot_plan *plan, u32 nr_vcpus, u64 *rsdp_gpa,
		    struct netlink_ext_ack *extack)
{
	struct atoll_boot_source src = {};

	plan->acpi = build(nr_vcpus);
	if (!plan->acpi) {
		NL_SET_ERR_MSG(extack, "the host is out of memory");
		return -ENOMEM;
	}
	src.data = plan->acpi->data;
	src.size = plan->acpi->len;
	*rsdp_gpa = TABLES_GPA;
	return atoll_boot_plan_add_firmware(plan, &src, TABLES_GPA, extack);
}

/**
 * atoll_acpi_add_virtio - tell the guest that it has a virtio device
 * @plan:	not loaded yet; without tables there is nothing to tell
 * @slot:	below ATOLL_PC_VIRTIO_SLOTS
 */
void atoll_acpi_add_virtio(struct atoll_boot_plan *plan, u32 slot)
{
	if (plan->acpi)
		atoll_acpi_occupy(plan->acpi, slot);
}
