// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a multiboot image is told: Multiboot Specification version 0.6.96,
 * "Boot information format".  The structure, the lists of modules and of
 * memory, and all strings are one piece of the plan, in low memory if there
 * is room.  Called by multiboot.c once image and modules have their places.
 */
#include <linux/build_bug.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/e820/types.h>

#include "boot.h"

/* Leaves what is below to boot code that expects a BIOS to have used it */
#define INFO_MIN_GPA		0x10000
#define LOADER_NAME		"Atoll " ATOLL_VERSION

#define INFO_MEMORY		BIT(0)
#define INFO_CMDLINE		BIT(2)
#define INFO_MODULES		BIT(3)
#define INFO_MMAP		BIT(6)
#define INFO_LOADER_NAME	BIT(9)

struct multiboot_info {
	u32 flags;
	u32 mem_lower;
	u32 mem_upper;
	u32 boot_device;
	u32 cmdline;
	u32 mods_count;
	u32 mods_addr;
	u32 syms[4];
	u32 mmap_length;
	u32 mmap_addr;
	u32 drives_length;
	u32 drives_addr;
	u32 config_table;
	u32 boot_loader_name;
	u32 apm_table;
	u32 vbe[4];
	u32 framebuffer[7];
};

static_assert(offsetof(struct multiboot_info, mmap_length) == 44);
static_assert(offsetof(struct multiboot_info, boot_loader_name) == 64);
static_assert(sizeof(struct multiboot_info) == 116);

struct multiboot_module {
	u32 mod_start;
	u32 mod_end;
	u32 string;
	u32 reserved;
};

struct multiboot_mmap {
	u32 size;		/* of what follows */
	u64 addr;
	u64 len;
	u32 type;
} __packed;

/* The bytes in the making, and where they will lie */
struct info_blob {
	u8 *data;
	u64 gpa;
	size_t used;
};

static u32 blob_add(struct info_blob *blob, const void *from, size_t len)
{
	u32 gpa = blob->gpa + blob->used;

	memcpy(blob->data + blob->used, from, len);
	blob->used += len;
	return gpa;
}

static u32 blob_add_string(struct info_blob *blob, const char *string)
{
	return blob_add(blob, string, strlen(string) + 1);
}

/* The types that are in use are e820's */
static u32 fill_mmap(const struct atoll_gmem *ram, struct multiboot_mmap *map)
{
	struct boot_e820_entry e820[ATOLL_BOOT_E820_MAX];
	u32 i, nr = atoll_boot_e820(ram, e820);

	for (i = 0; i < nr; i++)
		map[i] = (struct multiboot_mmap){
			.size = sizeof(*map) - sizeof(map->size),
			.addr = e820[i].addr,
			.len = e820[i].size,
			.type = e820[i].type,
		};
	return nr;
}

static size_t info_len(const struct atoll_boot_job *job, u32 nr_mmap)
{
	size_t len = sizeof(struct multiboot_info);
	u32 i;

	len += nr_mmap * sizeof(struct multiboot_mmap);
	len += job->nr_modules * sizeof(struct multiboot_module);
	len += strlen(job->cmdline) + 1 + sizeof(LOADER_NAME);
	for (i = 0; i < job->nr_modules; i++)
		len += strlen(job->module[i].cmdline) + 1;
	return len;
}

static u32 add_modules(struct info_blob *blob, const struct atoll_boot_job *job,
		       const u64 *module_gpa)
{
	struct multiboot_module mod = {};
	u32 i, list = blob->gpa + blob->used;
	u32 string = list + job->nr_modules * sizeof(mod);

	/* The list first, then the strings, in the same order */
	for (i = 0; i < job->nr_modules; i++) {
		mod.mod_start = module_gpa[i];
		mod.mod_end = module_gpa[i] + job->module[i].src.size;
		mod.string = string;
		string += strlen(job->module[i].cmdline) + 1;
		blob_add(blob, &mod, sizeof(mod));
	}
	for (i = 0; i < job->nr_modules; i++)
		blob_add_string(blob, job->module[i].cmdline);
	return list;
}

static void fill_info(struct info_blob *blob, const struct atoll_boot_plan *plan,
		      const struct atoll_boot_job *job, const u64 *module_gpa,
		      const struct multiboot_mmap *map, u32 nr_mmap)
{
	u64 low_end = plan->ram.slot[0].len;
	struct multiboot_info info = {
		.flags = INFO_MEMORY | INFO_CMDLINE | INFO_MODULES | INFO_MMAP |
			 INFO_LOADER_NAME,
		.mem_lower = min(low_end, ATOLL_BOOT_LOW_END) / 1024,
		.mods_count = job->nr_modules,
		.mmap_length = nr_mmap * sizeof(*map),
	};

	if (low_end > ATOLL_BOOT_HIGH_START)
		info.mem_upper = (low_end - ATOLL_BOOT_HIGH_START) / 1024;
	blob->used = sizeof(info);
	info.mmap_addr = blob_add(blob, map, info.mmap_length);
	info.mods_addr = add_modules(blob, job, module_gpa);
	info.cmdline = blob_add_string(blob, job->cmdline);
	info.boot_loader_name = blob_add_string(blob, LOADER_NAME);
	memcpy(blob->data, &info, sizeof(info));
}

/**
 * atoll_multiboot_info - build the information for a multiboot image
 * @plan:	gets the piece, and owns its bytes
 * @job:	what is booted
 * @module_gpa:	where each module lies
 * @gpa:	where the information lies
 * @extack:	told why not
 *
 * May sleep.
 *
 * Return: 0; -ENOMEM; -ENOSPC: no room in the guest.
 */
int atoll_multiboot_info(struct atoll_boot_plan *plan,
			 const struct atoll_boot_job *job, const u64 *module_gpa,
			 u64 *gpa, struct netlink_ext_ack *extack)
{
	struct multiboot_mmap map[ATOLL_BOOT_E820_MAX];
	struct atoll_boot_source src = {};
	struct info_blob blob = {};
	u32 nr_mmap;
	int err;

	nr_mmap = fill_mmap(&plan->ram, map);
	src.size = info_len(job, nr_mmap);
	plan->info = kvzalloc(src.size, GFP_KERNEL_ACCOUNT);
	if (!plan->info) {
		NL_SET_ERR_MSG(extack, "the host is out of memory");
		return -ENOMEM;
	}
	plan->info_len = src.size;
	src.data = plan->info;
	err = atoll_boot_plan_place(plan, &src, INFO_MIN_GPA, 16, gpa);
	if (err) {
		NL_SET_ERR_MSG(extack,
			       "memory has no room for the multiboot information");
		return err;
	}
	blob.data = plan->info;
	blob.gpa = *gpa;
	fill_info(&blob, plan, job, module_gpa, map, nr_mmap);
	WARN_ON_ONCE(blob.used != src.size);
	return 0;
}
