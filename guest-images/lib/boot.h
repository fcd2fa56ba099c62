/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GUEST_BOOT_H
#define GUEST_BOOT_H

#include "cpu.h"

#define MULTIBOOT_MAGIC		0x2badb002

#define MBI_MEMORY		BIT(0)
#define MBI_CMDLINE		BIT(2)
#define MBI_MODS		BIT(3)
#define MBI_MMAP		BIT(6)
#define MBI_LOADER_NAME		BIT(9)

/* What the CPU held at the first instruction; start.S writes it down */
struct boot_entry {
	u32 eax, ebx, eflags, cr0, cr4, efer;
	u16 cs, ds, es, fs, gs, ss;
};

/* Multiboot specification 0.6.96, "Boot information format" */
struct mbi {
	u32 flags;
	u32 mem_lower, mem_upper;	/* KiB */
	u32 boot_device;
	u32 cmdline;
	u32 mods_count, mods_addr;
	u32 syms[4];
	u32 mmap_length, mmap_addr;
	u32 drives_length, drives_addr;
	u32 config_table;
	u32 boot_loader_name;
};

struct mb_module {
	u32 start, end, string, reserved;
};

struct mb_mmap {
	u32 size;			/* of the rest of the entry */
	u64 base, length;
	u32 type;
} __attribute__((packed));

#define MB_MMAP_RAM	1

extern struct boot_entry boot_entry;
extern char image_start[], image_end[];

static inline struct mbi *boot_info(void)
{
	return (struct mbi *)(uintptr_t)boot_entry.ebx;
}

const char *boot_cmdline(void);
/* Is @word among the words of the command line, the first one excepted? */
int boot_has(const char *word);
/* The N of the last "KEY=N" */
ulong boot_number(const char *key, ulong absent);
/* First byte behind RAM, as the boot loader tells it */
ulong boot_ram_end(void);

/* The guest's own part */
int main(void);

#endif
