// SPDX-License-Identifier: GPL-2.0-only
/*
 * Multiboot images, by the Multiboot Specification version 0.6.96: the header
 * within the first 8 KiB ("The layout of Multiboot header"), the image behind
 * it as ELF or by the header's address fields, modules, and the state of the
 * machine ("Machine state").  multiboot_info.c builds what EBX points to.
 */
#include <linux/bits.h>
#include <linux/minmax.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "boot.h"

#define HEADER_MAGIC		0x1badb002
#define ENTRY_MAGIC		0x2badb002
#define SEARCH_LEN		8192

#define FLAG_PAGE_ALIGN		BIT(0)
#define FLAG_MEMORY_INFO	BIT(1)
#define FLAG_VIDEO_MODE		BIT(2)
#define FLAG_ADDRESS		BIT(16)
/* A loader that doesn't know one of these must refuse; the rest are hints */
#define FLAGS_REQUIRED		0xffff

struct multiboot_header {
	u32 magic;
	u32 flags;
	u32 checksum;
	/* with FLAG_ADDRESS */
	u32 header_addr;
	u32 load_addr;
	u32 load_end_addr;
	u32 bss_end_addr;
	u32 entry_addr;
};

#define HEADER_BASE_LEN		offsetof(struct multiboot_header, header_addr)

static int parse_header(const void *head, size_t len, size_t pos,
			struct multiboot_header *header,
			struct netlink_ext_ack *extack)
{
	memset(header, 0, sizeof(*header));
	memcpy(header, head + pos, HEADER_BASE_LEN);
	if (!(header->flags & FLAG_ADDRESS))
		return 0;
	if (len - pos < sizeof(*header)) {
		NL_SET_ERR_MSG(extack, "image has a multiboot header that is cut off");
		return -ENOEXEC;
	}
	memcpy(header, head + pos, sizeof(*header));
	return 0;
}

/* Where the header is, -ENOENT: nowhere, or another errno */
static ssize_t find_header(const struct atoll_boot_source *src,
			   struct multiboot_header *header,
			   struct netlink_ext_ack *extack)
{
	size_t pos, len = min_t(u64, src->size, SEARCH_LEN);
	const u32 *word;
	void *head;
	ssize_t ret;

	head = kmalloc(SEARCH_LEN, GFP_KERNEL);
	if (!head) {
		NL_SET_ERR_MSG(extack, "the host is out of memory");
		return -ENOMEM;
	}
	ret = atoll_boot_read(src, 0, head, len, extack);
	if (ret)
		goto free_head;

	ret = -ENOENT;
	for (pos = 0; pos + HEADER_BASE_LEN <= len; pos += sizeof(*word)) {
		word = head + pos;
		if (word[0] != HEADER_MAGIC || word[0] + word[1] + word[2])
			continue;
		ret = parse_header(head, len, pos, header, extack);
		if (!ret)
			ret = pos;
		break;
	}
free_head:
	kfree(head);
	return ret;
}

/**
 * atoll_multiboot_probe - is this a multiboot image?
 * @src:	the image
 * @extack:	told if that can't be known
 *
 * May sleep.
 *
 * Return: 1: yes; 0: no; or an errno.
 */
int atoll_multiboot_probe(const struct atoll_boot_source *src,
			  struct netlink_ext_ack *extack)
{
	struct multiboot_header header;
	ssize_t pos = find_header(src, &header, extack);

	if (pos == -ENOENT)
		return 0;
	return pos < 0 ? pos : 1;
}

static int check_flags(u32 flags, struct netlink_ext_ack *extack)
{
	if (flags & FLAG_VIDEO_MODE) {
		NL_SET_ERR_MSG(extack,
			       "image wants a video mode, which this machine does not have");
		return -EOPNOTSUPP;
	}
	if (flags & FLAGS_REQUIRED & ~(FLAG_PAGE_ALIGN | FLAG_MEMORY_INFO)) {
		NL_SET_ERR_MSG(extack,
			       "image has a multiboot header that requires an unknown feature");
		return -EOPNOTSUPP;
	}
	return 0;
}

/* One piece, from the address fields of the header at @pos in the file */
static int plan_address_fields(struct atoll_boot_plan *plan,
			       const struct atoll_boot_source *src,
			       const struct multiboot_header *header, u64 pos,
			       struct netlink_ext_ack *extack)
{
	struct atoll_boot_piece piece = { .src = *src, .gpa = header->load_addr };
	u64 end;

	if (header->load_addr > header->header_addr ||
	    header->header_addr - header->load_addr > pos ||
	    (header->load_end_addr && header->load_end_addr <= header->load_addr))
		goto contradiction;

	piece.pos = pos - (header->header_addr - header->load_addr);
	piece.file_len = header->load_end_addr ?
			 header->load_end_addr - header->load_addr :
			 src->size - piece.pos;
	piece.mem_len = piece.file_len;
	end = piece.gpa + piece.file_len;
	if (header->bss_end_addr) {
		if (header->bss_end_addr < end)
			goto contradiction;
		piece.mem_len = header->bss_end_addr - piece.gpa;
	}
	return atoll_boot_plan_add(plan, &piece, extack);

contradiction:
	NL_SET_ERR_MSG(extack,
		       "image has a multiboot header with contradictory addresses");
	return -ENOEXEC;
}

/**
 * atoll_multiboot_plan - plan the boot of a multiboot image
 * @plan:	filled in
 * @job:	what to boot
 * @extack:	told why not
 *
 * Modules lie on page boundaries from 1 MiB on, wherever the image leaves
 * room.  May sleep.
 *
 * Return: 0; -ENOEXEC: not such an image, or one that contradicts itself;
 * -EOPNOTSUPP: it requires what this machine lacks; and the errnos of
 * atoll_boot_read(), atoll_boot_plan_add() and atoll_boot_plan_place().
 */
int atoll_multiboot_plan(struct atoll_boot_plan *plan,
			 const struct atoll_boot_job *job,
			 struct netlink_ext_ack *extack)
{
	u64 module_gpa[ATOLL_MODULES_MAX];
	struct multiboot_header header;
	u64 entry, info_gpa;
	ssize_t pos;
	int err;

	pos = find_header(&job->image, &header, extack);
	if (pos == -ENOENT) {
		NL_SET_ERR_MSG(extack, "image has no multiboot header in its first 8 KiB");
		return -ENOEXEC;
	}
	if (pos < 0)
		return pos;
	err = check_flags(header.flags, extack);
	if (err)
		return err;

	plan->reserved_start = ATOLL_BOOT_LOW_END;
	plan->reserved_end = ATOLL_BOOT_HIGH_START;
	if (header.flags & FLAG_ADDRESS) {
		entry = header.entry_addr;
		err = plan_address_fields(plan, &job->image, &header, pos, extack);
	} else {
		err = atoll_elf_plan(plan, &job->image, &entry, extack);
	}
	if (err)
		return err;
	if (entry > U32_MAX || !atoll_boot_plan_loads(plan, entry)) {
		NL_SET_ERR_MSG(extack, "image has its entry point outside of what it loads");
		return -ENOEXEC;
	}

	err = atoll_boot_plan_modules(plan, job, module_gpa, extack);
	if (!err)
		err = atoll_multiboot_info(plan, job, module_gpa, &info_gpa, extack);
	if (err)
		return err;

	/* "Machine state": what it leaves undefined is as after a reset */
	atoll_cpu_state_flat32(&plan->entry);
	plan->entry.regs[ATOLL_RAX] = ENTRY_MAGIC;
	plan->entry.regs[ATOLL_RBX] = info_gpa;
	plan->entry.regs[ATOLL_RIP] = entry;
	return 0;
}
