// SPDX-License-Identifier: GPL-2.0-only
/*
 * PVH: ELF images that say in a note where they want to be entered, Linux'
 * vmlinux among them.  The kernel's include/xen/interface/hvm/start_info.h has
 * what the image is told, Xen's docs/misc/pvh.pandoc, "x86/HVM direct boot ABI",
 * the state of the CPU.  Nothing here needs Xen.
 */
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/e820/types.h>
#include <xen/interface/elfnote.h>
#include <xen/interface/hvm/start_info.h>

#include "boot.h"

/* Leaves what is below to boot code that expects a BIOS to have used it */
#define INFO_MIN_GPA	0x10000
#define INFO_VERSION	1
#define TSS_LIMIT	0x67

struct pvh_info {
	struct hvm_start_info start;
	struct hvm_memmap_table_entry map[ATOLL_BOOT_E820_MAX];
	struct hvm_modlist_entry module[ATOLL_MODULES_MAX];
	char strings[];
};

static int read_entry(const struct atoll_boot_source *src, u64 *entry,
		      struct netlink_ext_ack *extack)
{
	struct atoll_elf_note note = { .name = "Xen", .type = XEN_ELFNOTE_PHYS32_ENTRY };
	int err = atoll_elf_note(src, &note, extack);

	if (err)
		return err;
	if (note.len != sizeof(u32) && note.len != sizeof(u64)) {
		NL_SET_ERR_MSG(extack, "image has a PVH entry that is no address");
		return -ENOEXEC;
	}
	*entry = 0;
	return atoll_boot_read(src, note.pos, entry, note.len, extack);
}

/**
 * atoll_pvh_probe - is this an ELF image with a PVH entry?
 * @src:	the image
 * @extack:	told if that can't be known
 *
 * An image whose headers are broken is in no known format.  May sleep.
 *
 * Return: 1: yes; 0: no; or an errno.
 */
int atoll_pvh_probe(const struct atoll_boot_source *src, struct netlink_ext_ack *extack)
{
	u64 entry;
	int err = read_entry(src, &entry, NULL);

	switch (err) {
	case 0:
		return 1;
	case -ENOENT:
	case -ENOEXEC:
	case -ENODATA:
	case -E2BIG:
		return 0;
	default:
		NL_SET_ERR_MSG(extack, "image could not be read");
		return err;
	}
}

static size_t strings_len(const struct atoll_boot_job *job)
{
	size_t len = strlen(atoll_boot_words(job->cmdline)) + 1;
	u32 i;

	for (i = 0; i < job->nr_modules; i++)
		len += strlen(job->module[i].cmdline) + 1;
	return len;
}

/* Returns where the string will lie */
static u64 add_string(struct pvh_info *info, u64 gpa, size_t *used, const char *string)
{
	u64 at = gpa + offsetof(struct pvh_info, strings) + *used;
	size_t len = strlen(string) + 1;

	memcpy(info->strings + *used, string, len);
	*used += len;
	return at;
}

static u32 fill_map(struct pvh_info *info, const struct atoll_gmem *ram)
{
	struct boot_e820_entry map[ATOLL_BOOT_E820_MAX];
	u32 i, nr = atoll_boot_e820(ram, map);

	/* The types are e820's */
	for (i = 0; i < nr; i++)
		info->map[i] = (struct hvm_memmap_table_entry){
			.addr = map[i].addr,
			.size = map[i].size,
			.type = map[i].type,
		};
	return nr;
}

static void fill_info(struct pvh_info *info, u64 gpa, const struct atoll_boot_plan *plan,
		      const struct atoll_boot_job *job, const u64 *module_gpa)
{
	size_t used = 0;
	u32 i;

	info->start = (struct hvm_start_info){
		.magic = XEN_HVM_START_MAGIC_VALUE,
		.version = INFO_VERSION,
		.nr_modules = job->nr_modules,
		.cmdline_paddr = add_string(info, gpa, &used, atoll_boot_words(job->cmdline)),
		.rsdp_paddr = plan->rsdp,
		.memmap_paddr = gpa + offsetof(struct pvh_info, map),
		.memmap_entries = fill_map(info, &plan->ram),
	};
	if (job->nr_modules)
		info->start.modlist_paddr = gpa + offsetof(struct pvh_info, module);
	for (i = 0; i < job->nr_modules; i++)
		info->module[i] = (struct hvm_modlist_entry){
			.paddr = module_gpa[i],
			.size = job->module[i].src.size,
			.cmdline_paddr = add_string(info, gpa, &used, job->module[i].cmdline),
		};
}

static int plan_info(struct atoll_boot_plan *plan, const struct atoll_boot_job *job,
		     const u64 *module_gpa, u64 *gpa, struct netlink_ext_ack *extack)
{
	struct atoll_boot_source src = { .size = sizeof(struct pvh_info) + strings_len(job) };
	int err;

	plan->info = kvzalloc(src.size, GFP_KERNEL_ACCOUNT);
	if (!plan->info) {
		NL_SET_ERR_MSG(extack, "the host is out of memory");
		return -ENOMEM;
	}
	plan->info_len = src.size;
	src.data = plan->info;
	err = atoll_boot_plan_place(plan, &src, INFO_MIN_GPA, 8, gpa);
	if (err) {
		NL_SET_ERR_MSG(extack, "memory has no room for the boot information");
		return err;
	}
	fill_info(plan->info, *gpa, plan, job, module_gpa);
	return 0;
}

/**
 * atoll_pvh_plan - plan the boot of an ELF image with a PVH entry
 * @plan:	filled in
 * @job:	what to boot; for Linux, the first module is the initrd
 * @extack:	told why not
 *
 * May sleep.
 *
 * Return: 0; -ENOENT: not such an image; -ENOEXEC: it contradicts itself;
 * -ENOMEM; and the errnos of atoll_boot_read(), atoll_boot_plan_add() and
 * atoll_boot_plan_place().
 */
int atoll_pvh_plan(struct atoll_boot_plan *plan, const struct atoll_boot_job *job,
		   struct netlink_ext_ack *extack)
{
	u64 module_gpa[ATOLL_MODULES_MAX];
	u64 entry, info_gpa, elf_entry;
	int err;

	err = read_entry(&job->image, &entry, extack);
	if (err == -ENOENT) {
		NL_SET_ERR_MSG(extack, "image has no PVH entry among its ELF notes");
		return -ENOEXEC;
	}
	if (err)
		return err;

	plan->reserved_start = ATOLL_BOOT_LOW_END;
	plan->reserved_end = ATOLL_BOOT_HIGH_START;
	err = atoll_elf_plan(plan, &job->image, &elf_entry, extack);
	if (err)
		return err;
	if (entry > U32_MAX || !atoll_boot_plan_loads(plan, entry)) {
		NL_SET_ERR_MSG(extack, "image has its entry point outside of what it loads");
		return -ENOEXEC;
	}
	err = atoll_boot_plan_modules(plan, job, module_gpa, extack);
	if (!err)
		err = atoll_acpi_plan(plan, job->nr_vcpus, &plan->rsdp, extack);
	if (!err)
		err = plan_info(plan, job, module_gpa, &info_gpa, extack);
	if (err)
		return err;

	atoll_cpu_state_flat32(&plan->entry);
	plan->entry.seg[ATOLL_TR].limit = TSS_LIMIT;
	plan->entry.regs[ATOLL_RBX] = info_gpa;
	plan->entry.regs[ATOLL_RIP] = entry;
	return 0;
}
