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

struct linux_info {
	struct boot_params params;
	u64 pml4[PTES];
	u64 pdpt[PTES];
	u64 pd[NR_PD][PTES];
	u64 gdt[4];
	char cmdline[];
};

static_assert(sizeof(struct boot_params) == SZ_4K);

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

static void fill_tables(struct linux_info *info, u64 gpa)
{
	u64 i;

	info->pml4[0] = (gpa + offsetof(struct linux_info, pdpt)) | PTE_PRESENT_WRITABLE;
	for (i = 0; i < NR_PD; i++)
		info->pdpt[i] = (gpa + offsetof(struct linux_info, pd[i])) | PTE_PRESENT_WRITABLE;
	for (i = 0; i < NR_PD * PTES; i++)
		info->pd[i / PTES][i % PTES] = i * SZ_2M | PTE_LARGE | PTE_PRESENT_WRITABLE;
	info->gdt[BOOT_CS / 8] = GDT_CODE64;
	info->gdt[BOOT_DS / 8] = GDT_DATA;
}

/* Interrupts are off: RFLAGS is as after a reset */
static void set_entry(struct atoll_cpu_state *state, u64 entry, u64 gpa)
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
	state->gdt.base = gpa + offsetof(struct linux_info, gdt);
	state->gdt.limit = sizeof_field(struct linux_info, gdt) - 1;
	state->cr0 = X86_CR0_PG | X86_CR0_ET | X86_CR0_PE;
	state->cr3 = gpa + offsetof(struct linux_info, pml4);
	state->cr4 = X86_CR4_PAE;
	state->efer = EFER_LME | EFER_LMA;
	state->regs[ATOLL_RDX] = 0;
	state->regs[ATOLL_RSI] = gpa + offsetof(struct linux_info, params);
	state->regs[ATOLL_RIP] = entry;
}

/**
 * atoll_linux_info - build what a kernel is told, and how it is entered
 * @plan:	gets the piece, and owns its bytes; gets the entry state
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
	struct atoll_boot_source src = { .size = sizeof(struct linux_info) + words_len };
	struct linux_info *info;
	u64 gpa;
	int err;

	info = kvzalloc(src.size, GFP_KERNEL_ACCOUNT);
	if (!info) {
		NL_SET_ERR_MSG(extack, "the host is out of memory");
		return -ENOMEM;
	}
	plan->info = info;
	src.data = info;
	err = atoll_boot_plan_place(plan, &src, INFO_MIN_GPA, SZ_4K, &gpa);
	if (err) {
		NL_SET_ERR_MSG(extack, "memory has no room for the boot information");
		return err;
	}
	fill_params(&info->params, plan, boot, gpa + offsetof(struct linux_info, cmdline));
	fill_tables(info, gpa);
	memcpy(info->cmdline, boot->words, words_len);
	set_entry(&plan->entry, boot->entry, gpa);
	return 0;
}
