// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a bzImage is told and needs to be entered in long mode: the zero page,
 * page tables, descriptors and the command line, as one piece of the plan, in
 * low memory.  The kernel's Documentation/x86/boot.rst, "64-bit BOOT PROTOCOL",
 * and Documentation/x86/zero-page.rst.  Called by linux.c.
 */
#include <linux/build_bug.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/e820/types.h>
#include <asm/msr-index.h>
#include <asm/processor-flags.h>

#include "linux.h"

/* Leaves what is below to the kernel's own real-mode code */
#define INFO_MIN_GPA		0x10000
#define LOADER_UNKNOWN		0xff

#define PTE_PRESENT_WRITABLE	0x3ULL
#define PTE_LARGE		0x80ULL
#define PTES			512
/* All that lies below 4 GiB is mapped, where each piece of the plan is */
#define NR_PD			4

/* "__BOOT_CS(0x10) and __BOOT_DS(0x18)": flat, 64-bit code, data */
#define BOOT_CS			0x10
#define BOOT_DS			0x18
#define GDT_CODE64		0x00af9b000000ffffULL
#define GDT_DATA		0x00cf93000000ffffULL
#define ATTR_DATA		(ATOLL_SEG_G | ATOLL_SEG_DB | ATOLL_SEG_P | ATOLL_SEG_S | 0x3)
#define ATTR_CODE64		(ATOLL_SEG_G | ATOLL_SEG_L | ATOLL_SEG_P | ATOLL_SEG_S | 0xb)

/* One root, one table below it, and those that map */
#define TABLES_BYTES		((2 + NR_PD) * SZ_4K)
/* Entries that are written at once */
#define ROW			32

/* Behind the memory map, the zero page is zero */
#define PARAMS_USED		(offsetof(struct boot_params, e820_table) +	\
				 ATOLL_BOOT_E820_MAX * sizeof(struct boot_e820_entry))

/* Kept for as long as the guest is defined, so without what is zero or can be computed */
struct linux_info {
	u8 params[PARAMS_USED];
	u64 gdt[4];
	char cmdline[];
};

static_assert(sizeof(struct boot_params) == SZ_4K);
static_assert(ATOLL_LINUX_HEADER_POS + sizeof(union atoll_linux_header) <= PARAMS_USED);

static void fill_params(struct boot_params *params, const struct atoll_boot_plan *plan,
			const struct atoll_linux_boot *boot, u64 cmdline_gpa)
{
	struct setup_header *hdr = &params->hdr;

	memcpy((void *)params + ATOLL_LINUX_HEADER_POS, boot->header.raw,
	       sizeof(boot->header.raw));
	hdr->type_of_loader = LOADER_UNKNOWN;
	hdr->code32_start = boot->kernel_gpa;
	hdr->cmd_line_ptr = cmdline_gpa;
	hdr->ramdisk_image = boot->initrd_gpa;
	hdr->ramdisk_size = boot->initrd_len;
	hdr->setup_data = 0;
	params->acpi_rsdp_addr = plan->rsdp;
	params->e820_entries = atoll_boot_e820(&plan->ram, params->e820_table);
}

/* @nr entries of one table: @first, and each @step more than the one before */
static int write_entries(struct atoll_gmem *gmem, u64 gpa, u64 first, u64 step, u32 nr)
{
	u64 row[ROW];
	u32 i, k, n;
	int err = 0;

	for (i = 0; !err && i < nr; i += n) {
		n = min_t(u32, nr - i, ROW);
		for (k = 0; k < n; k++)
			row[k] = first + (i + k) * step;
		err = atoll_gmem_write(gmem, gpa + i * sizeof(u64), row, n * sizeof(u64));
	}
	return err;
}

/**
 * atoll_linux_tables - write page tables that map all below 4 GiB onto itself
 * @gmem:	RAM, which is zero there
 * @gpa:	of the root, the others follow it; on a page
 * @extack:	told why not
 *
 * May sleep.
 *
 * Return: 0, or an error of atoll_gmem_fill().
 */
int atoll_linux_tables(struct atoll_gmem *gmem, u64 gpa, struct netlink_ext_ack *extack)
{
	u64 pdpt = gpa + SZ_4K, pd = pdpt + SZ_4K;
	int err;

	err = atoll_gmem_fill(gmem, gpa, TABLES_BYTES, extack);
	if (!err)
		err = write_entries(gmem, gpa, pdpt | PTE_PRESENT_WRITABLE, 0, 1);
	if (!err)
		err = write_entries(gmem, pdpt, pd | PTE_PRESENT_WRITABLE, SZ_4K, NR_PD);
	/* The last tables lie one behind the other, as what they map does */
	return err ?: write_entries(gmem, pd, PTE_LARGE | PTE_PRESENT_WRITABLE, SZ_2M,
				    NR_PD * PTES);
}

/* Interrupts are off: RFLAGS is as after a reset */
static void set_entry(struct atoll_cpu_state *state, u64 entry, u64 params, u64 gdt, u64 tables)
{
	const struct atoll_segment data = {
		.limit = U32_MAX, .selector = BOOT_DS, .attr = ATTR_DATA,
	};
	u32 i;

	atoll_cpu_state_reset(state);
	for (i = ATOLL_ES; i <= ATOLL_GS; i++)
		state->seg[i] = data;
	state->seg[ATOLL_CS].selector = BOOT_CS;
	state->seg[ATOLL_CS].attr = ATTR_CODE64;
	state->gdt.base = gdt;
	state->gdt.limit = sizeof_field(struct linux_info, gdt) - 1;
	state->cr0 = X86_CR0_PG | X86_CR0_ET | X86_CR0_PE;
	state->cr3 = tables;
	state->cr4 = X86_CR4_PAE;
	state->efer = EFER_LME | EFER_LMA;
	state->regs[ATOLL_RDX] = 0;
	state->regs[ATOLL_RSI] = params;
	state->regs[ATOLL_RIP] = entry;
}

/* Where its parts go: the zero page, GDT and command line, the tables */
static int place(struct atoll_boot_plan *plan, struct linux_info *info, u64 *params, u64 *gdt)
{
	const struct atoll_boot_source page = { .data = info, .size = sizeof(info->params) };
	const struct atoll_boot_source rest = {
		.data = info->gdt, .size = plan->info_len - offsetof(struct linux_info, gdt),
	};
	const struct atoll_boot_source none = { };
	int err;

	err = atoll_boot_plan_place_padded(plan, &page, sizeof(struct boot_params),
					   INFO_MIN_GPA, SZ_4K, params);
	if (!err)
		err = atoll_boot_plan_place(plan, &rest, INFO_MIN_GPA, 8, gdt);
	return err ?: atoll_boot_plan_place_padded(plan, &none, TABLES_BYTES, INFO_MIN_GPA,
						   SZ_4K, &plan->identity);
}

/**
 * atoll_linux_info - build what a kernel is told, and how it is entered
 * @plan:	gets the pieces, and owns their bytes; gets the entry state
 * @boot:	what was decided
 * @extack:	told why not
 *
 * May sleep.
 *
 * Return: 0; -ENOMEM; -ENOSPC: no room in the guest.
 */
int atoll_linux_info(struct atoll_boot_plan *plan, const struct atoll_linux_boot *boot,
		     struct netlink_ext_ack *extack)
{
	size_t words_len = strlen(boot->words) + 1;
	struct linux_info *info;
	u64 params, gdt;
	int err;

	plan->info_len = sizeof(*info) + words_len;
	info = kvzalloc(plan->info_len, GFP_KERNEL_ACCOUNT);
	if (!info) {
		NL_SET_ERR_MSG(extack, "the host is out of memory");
		return -ENOMEM;
	}
	plan->info = info;
	err = place(plan, info, &params, &gdt);
	if (err) {
		NL_SET_ERR_MSG(extack, "memory has no room for the boot information");
		return err;
	}
	fill_params(plan->info, plan, boot, gdt + sizeof(info->gdt));
	info->gdt[BOOT_CS / 8] = GDT_CODE64;
	info->gdt[BOOT_DS / 8] = GDT_DATA;
	memcpy(info->cmdline, boot->words, words_len);
	set_entry(&plan->entry, boot->entry, params, gdt, plan->identity);
	return 0;
}
