/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the boot formats share: where the bytes of an image come from, and
 * the plan that says where they go.
 *
 * A boot is planned once, when the guest is defined: headers are read, every
 * range is checked, and what the format wants to find in memory is built.
 * It is loaded at each start, from the plan and the files.
 */
#ifndef ATOLL_BOOT_H
#define ATOLL_BOOT_H

#include "atoll.h"

/* A PC's memory map: RAM, the EBDA and ROMs, RAM again */
#define ATOLL_BOOT_LOW_END	0x9fc00ULL
#define ATOLL_BOOT_HIGH_START	0x100000ULL

#define ATOLL_BOOT_E820_MAX	4

#define ATOLL_BOOT_SEGMENTS_MAX	64
/* Segments, modules, three for what a format builds itself, and the ACPI tables */
#define ATOLL_BOOT_PIECES_MAX	(ATOLL_BOOT_SEGMENTS_MAX + ATOLL_MODULES_MAX + 4)

/**
 * struct atoll_boot_source - where bytes come from
 * @file:	regular and open for reading, or NULL: @data
 * @data:	@size bytes
 * @size:	bytes there are; a file may have shrunk since
 */
struct atoll_boot_source {
	struct file *file;
	const void *data;
	u64 size;
};

/**
 * struct atoll_boot_piece - bytes that go to one place
 * @src:	from here,
 * @pos:	starting at this byte,
 * @file_len:	so many,
 * @gpa:	to there, followed by zeroes up to
 * @mem_len:	bytes in all
 */
struct atoll_boot_piece {
	struct atoll_boot_source src;
	u64 pos;
	u64 gpa;
	u64 file_len;
	u64 mem_len;
};

struct atoll_acpi;

/**
 * struct atoll_boot_plan - all that a start has to do
 * @ram:	where RAM is to be; a layout only, with no memory behind it
 * @reserved_start: no piece of this plan but the ACPI tables lies between here
 * @reserved_end: and here
 * @rsdp:	where the ACPI tables are told to begin, 0: there are none
 * @entry:	what the first vCPU starts with
 * @identity:	where page tables go that map all below 4 GiB onto itself, 0: nowhere
 * @info:	bytes that the format built, freed with the plan
 * @info_len:	how many
 * @acpi:	the ACPI tables, NULL: none; freed with the plan
 * @nr:		pieces
 * @piece:	no two overlap, all lie in RAM
 */
struct atoll_boot_plan {
	struct atoll_gmem ram;
	u64 reserved_start, reserved_end;
	u64 rsdp;
	struct atoll_cpu_state entry;
	u64 identity;
	void *info;
	size_t info_len;
	struct atoll_acpi *acpi;
	u32 nr;
	struct atoll_boot_piece piece[];
};

struct atoll_boot_job_module {
	struct atoll_boot_source src;
	const char *cmdline;
};

/* struct atoll_boot_config with its files checked and measured */
struct atoll_boot_job {
	struct atoll_boot_source image;
	enum atoll_boot_format format;
	u64 load_addr;
	const char *cmdline;
	struct atoll_boot_job_module module[ATOLL_MODULES_MAX];
	u32 nr_modules;
	u32 nr_vcpus;
};

/**
 * struct atoll_elf_note - a note in an ELF image
 * @name:	who defined its type
 * @type:	what it is about
 * @pos:	first byte of what it says, in the image
 * @len:	bytes of that
 */
struct atoll_elf_note {
	char name[8];
	u32 type;
	u64 pos;
	u32 len;
};

struct boot_e820_entry;

/* boot/image.c */
int atoll_boot_plan_job(const struct atoll_boot_job *job, u64 memory,
			struct atoll_boot_plan **planp,
			struct netlink_ext_ack *extack);

/* boot/plan.c */
int atoll_boot_read(const struct atoll_boot_source *src, u64 pos, void *buf,
		    size_t len, struct netlink_ext_ack *extack);
struct atoll_boot_plan *atoll_boot_plan_alloc(u64 memory);
struct atoll_boot_plan *atoll_boot_plan_trim(struct atoll_boot_plan *plan);
int atoll_boot_plan_add(struct atoll_boot_plan *plan,
			const struct atoll_boot_piece *piece,
			struct netlink_ext_ack *extack);
int atoll_boot_plan_place(struct atoll_boot_plan *plan,
			  const struct atoll_boot_source *src, u64 min_gpa,
			  u64 align, u64 *gpa);
int atoll_boot_plan_place_padded(struct atoll_boot_plan *plan,
				 const struct atoll_boot_source *src, u64 mem_len,
				 u64 min_gpa, u64 align, u64 *gpa);
int atoll_boot_plan_modules(struct atoll_boot_plan *plan,
			    const struct atoll_boot_job *job, u64 *module_gpa,
			    struct netlink_ext_ack *extack);
int atoll_boot_plan_add_firmware(struct atoll_boot_plan *plan,
				 const struct atoll_boot_source *src, u64 gpa,
				 struct netlink_ext_ack *extack);
bool atoll_boot_plan_loads(const struct atoll_boot_plan *plan, u64 gpa);
const char *atoll_boot_words(const char *cmdline);

/* boot/reset.c */
void atoll_cpu_state_flat32(struct atoll_cpu_state *state);

/* boot/e820.c */
u32 atoll_boot_e820(const struct atoll_gmem *ram, struct boot_e820_entry *map);

/* boot/acpi.c */
int atoll_acpi_plan(struct atoll_boot_plan *plan, u32 nr_vcpus, u64 *rsdp_gpa,
		    struct netlink_ext_ack *extack);
void atoll_acpi_add_virtio(struct atoll_boot_plan *plan, u32 slot);

/* boot/elf.c */
int atoll_elf_plan(struct atoll_boot_plan *plan,
		   const struct atoll_boot_source *src, u64 *entry,
		   struct netlink_ext_ack *extack);
int atoll_elf_note(const struct atoll_boot_source *src, struct atoll_elf_note *note,
		   struct netlink_ext_ack *extack);

/* boot/flat.c */
int atoll_flat_plan(struct atoll_boot_plan *plan,
		    const struct atoll_boot_job *job,
		    struct netlink_ext_ack *extack);

/* boot/multiboot.c */
int atoll_multiboot_probe(const struct atoll_boot_source *src,
			  struct netlink_ext_ack *extack);
int atoll_multiboot_plan(struct atoll_boot_plan *plan,
			 const struct atoll_boot_job *job,
			 struct netlink_ext_ack *extack);

/* boot/linux.c */
int atoll_linux_probe(const struct atoll_boot_source *src,
		      struct netlink_ext_ack *extack);
int atoll_linux_plan(struct atoll_boot_plan *plan,
		     const struct atoll_boot_job *job,
		     struct netlink_ext_ack *extack);

/* boot/linux_info.c */
int atoll_linux_tables(struct atoll_gmem *gmem, u64 gpa, struct netlink_ext_ack *extack);

/* boot/pvh.c */
int atoll_pvh_probe(const struct atoll_boot_source *src,
		    struct netlink_ext_ack *extack);
int atoll_pvh_plan(struct atoll_boot_plan *plan,
		   const struct atoll_boot_job *job,
		   struct netlink_ext_ack *extack);

/* boot/multiboot_info.c */
int atoll_multiboot_info(struct atoll_boot_plan *plan,
			 const struct atoll_boot_job *job, const u64 *module_gpa,
			 u64 *gpa, struct netlink_ext_ack *extack);

#endif
