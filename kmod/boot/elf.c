// SPDX-License-Identifier: GPL-2.0-only
/*
 * ELF images, 32-bit and 64-bit, by their program headers: System V ABI,
 * "Program Header".  Reads headers only; the plan refuses what doesn't fit.
 * Called by the formats that wrap an ELF image.
 */
#include <linux/align.h>
#include <linux/elf.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "boot.h"

/* What both classes have in common */
struct elf_head {
	u8 class;
	u16 type, machine;
	u64 entry, phoff;
	u32 phentsize, phnum;
};

struct elf_segment {
	u32 type;
	u64 offset, vaddr, paddr, filesz, memsz, align;
};

#define NOTES_MAX	256

static int read_head32(const struct atoll_boot_source *src, struct elf_head *head,
		       struct netlink_ext_ack *extack)
{
	struct elf32_hdr raw;
	int err = atoll_boot_read(src, 0, &raw, sizeof(raw), extack);

	if (err)
		return err;
	head->type = raw.e_type;
	head->machine = raw.e_machine;
	head->entry = raw.e_entry;
	head->phoff = raw.e_phoff;
	head->phentsize = raw.e_phentsize;
	head->phnum = raw.e_phnum;
	return 0;
}

static int read_head64(const struct atoll_boot_source *src, struct elf_head *head,
		       struct netlink_ext_ack *extack)
{
	struct elf64_hdr raw;
	int err = atoll_boot_read(src, 0, &raw, sizeof(raw), extack);

	if (err)
		return err;
	head->type = raw.e_type;
	head->machine = raw.e_machine;
	head->entry = raw.e_entry;
	head->phoff = raw.e_phoff;
	head->phentsize = raw.e_phentsize;
	head->phnum = raw.e_phnum;
	return 0;
}

static int read_head(const struct atoll_boot_source *src, struct elf_head *head,
		     struct netlink_ext_ack *extack)
{
	u8 ident[EI_NIDENT];
	int err = atoll_boot_read(src, 0, ident, sizeof(ident), extack);

	if (err)
		return err;
	if (memcmp(ident, ELFMAG, SELFMAG)) {
		NL_SET_ERR_MSG(extack, "image is not ELF and gives no load address");
		return -ENOEXEC;
	}
	if (ident[EI_DATA] != ELFDATA2LSB || ident[EI_VERSION] != EV_CURRENT) {
		NL_SET_ERR_MSG(extack, "image is an ELF file for another machine");
		return -ENOEXEC;
	}
	head->class = ident[EI_CLASS];
	if (head->class == ELFCLASS32)
		return read_head32(src, head, extack);
	if (head->class == ELFCLASS64)
		return read_head64(src, head, extack);
	NL_SET_ERR_MSG(extack, "image is an ELF file, neither 32-bit nor 64-bit");
	return -ENOEXEC;
}

static int check_head(const struct elf_head *head, struct netlink_ext_ack *extack)
{
	u32 phentsize = head->class == ELFCLASS32 ? sizeof(struct elf32_phdr) :
						    sizeof(struct elf64_phdr);

	if (head->machine != EM_386 && head->machine != EM_X86_64) {
		NL_SET_ERR_MSG(extack, "image is an ELF file for another machine");
		return -ENOEXEC;
	}
	if (head->type != ET_EXEC) {
		NL_SET_ERR_MSG(extack, "image is an ELF file, but not an executable one");
		return -ENOEXEC;
	}
	if (!head->phnum) {
		NL_SET_ERR_MSG(extack, "image is an ELF file with nothing to load");
		return -ENOEXEC;
	}
	if (head->phnum > ATOLL_BOOT_SEGMENTS_MAX) {
		NL_SET_ERR_MSG(extack, "image has more than 64 program headers");
		return -E2BIG;
	}
	if (head->phentsize != phentsize) {
		NL_SET_ERR_MSG(extack, "image has program headers of a wrong size");
		return -ENOEXEC;
	}
	return 0;
}

static int read_segment32(const struct atoll_boot_source *src, u64 pos,
			  struct elf_segment *seg, struct netlink_ext_ack *extack)
{
	struct elf32_phdr raw;
	int err = atoll_boot_read(src, pos, &raw, sizeof(raw), extack);

	if (err)
		return err;
	seg->type = raw.p_type;
	seg->offset = raw.p_offset;
	seg->vaddr = raw.p_vaddr;
	seg->paddr = raw.p_paddr;
	seg->filesz = raw.p_filesz;
	seg->memsz = raw.p_memsz;
	seg->align = raw.p_align;
	return 0;
}

static int read_segment64(const struct atoll_boot_source *src, u64 pos,
			  struct elf_segment *seg, struct netlink_ext_ack *extack)
{
	struct elf64_phdr raw;
	int err = atoll_boot_read(src, pos, &raw, sizeof(raw), extack);

	if (err)
		return err;
	seg->type = raw.p_type;
	seg->offset = raw.p_offset;
	seg->vaddr = raw.p_vaddr;
	seg->paddr = raw.p_paddr;
	seg->filesz = raw.p_filesz;
	seg->memsz = raw.p_memsz;
	seg->align = raw.p_align;
	return 0;
}

static int read_segment(const struct atoll_boot_source *src,
			const struct elf_head *head, u32 i,
			struct elf_segment *seg, struct netlink_ext_ack *extack)
{
	u64 pos;

	if (check_add_overflow(head->phoff, (u64)i * head->phentsize, &pos))
		pos = U64_MAX;
	if (head->class == ELFCLASS32)
		return read_segment32(src, pos, seg, extack);
	return read_segment64(src, pos, seg, extack);
}

static int add_segment(struct atoll_boot_plan *plan,
		       const struct atoll_boot_source *src,
		       const struct elf_segment *seg,
		       struct netlink_ext_ack *extack)
{
	const struct atoll_boot_piece piece = {
		.src = *src,
		.pos = seg->offset,
		.gpa = seg->paddr,
		.file_len = seg->filesz,
		.mem_len = seg->memsz,
	};

	return atoll_boot_plan_add(plan, &piece, extack);
}

/**
 * atoll_elf_plan - plan to load all segments of an ELF image
 * @plan:	gets a piece for each that takes memory
 * @src:	the image
 * @entry:	guest-physical address of its entry point, not checked yet
 * @extack:	told why not
 *
 * Segments go to their physical addresses.  The entry point is a virtual
 * address of a segment, as the ABI has it, or else a physical one, as kernels
 * that are linked high and entered low have it.  May sleep.
 *
 * Return: 0, or an errno of atoll_boot_read() and atoll_boot_plan_add().
 */
int atoll_elf_plan(struct atoll_boot_plan *plan,
		   const struct atoll_boot_source *src, u64 *entry,
		   struct netlink_ext_ack *extack)
{
	struct elf_segment seg;
	struct elf_head head;
	u32 i, nr = 0;
	int err;

	err = read_head(src, &head, extack);
	if (!err)
		err = check_head(&head, extack);
	if (err)
		return err;

	*entry = head.entry;
	for (i = 0; i < head.phnum; i++) {
		err = read_segment(src, &head, i, &seg, extack);
		if (err)
			return err;
		if (seg.type != PT_LOAD || (!seg.memsz && !seg.filesz))
			continue;
		err = add_segment(plan, src, &seg, extack);
		if (err)
			return err;
		nr++;
		if (head.entry >= seg.vaddr && head.entry - seg.vaddr < seg.memsz)
			*entry = head.entry - seg.vaddr + seg.paddr;
	}
	if (!nr) {
		NL_SET_ERR_MSG(extack, "image is an ELF file with nothing to load");
		return -ENOEXEC;
	}
	return 0;
}

/* Names end in a NUL, which counts */
static int note_matches(const struct atoll_boot_source *src, u64 pos,
			const struct elf64_note *raw, const struct atoll_elf_note *want,
			struct netlink_ext_ack *extack)
{
	char name[sizeof(want->name)];
	int err;

	if (raw->n_type != want->type || raw->n_namesz != strlen(want->name) + 1)
		return 0;
	err = atoll_boot_read(src, pos + sizeof(*raw), name, raw->n_namesz, extack);
	return err ?: !memcmp(name, want->name, raw->n_namesz);
}

/* @nr: notes that were seen, in all segments */
static int find_note(const struct atoll_boot_source *src, const struct elf_segment *seg,
		     struct atoll_elf_note *note, u32 *nr, struct netlink_ext_ack *extack)
{
	u64 align = seg->align == 8 ? 8 : 4;
	u64 pos = seg->offset, end;
	struct elf64_note raw;
	int ret;

	if (check_add_overflow(seg->offset, seg->filesz, &end) || end > src->size) {
		NL_SET_ERR_MSG(extack, "image is truncated: it ends within a segment");
		return -ENODATA;
	}
	while (pos < end && end - pos >= sizeof(raw)) {
		if (++*nr > NOTES_MAX) {
			NL_SET_ERR_MSG(extack, "image has more than 256 ELF notes");
			return -E2BIG;
		}
		ret = atoll_boot_read(src, pos, &raw, sizeof(raw), extack);
		if (!ret)
			ret = note_matches(src, pos, &raw, note, extack);
		if (ret < 0)
			return ret;
		note->pos = pos + sizeof(raw) + ALIGN((u64)raw.n_namesz, align);
		note->len = raw.n_descsz;
		if (ret)
			return 0;
		pos = note->pos + ALIGN((u64)raw.n_descsz, align);
	}
	return -ENOENT;
}

/**
 * atoll_elf_note - look for a note in an ELF image
 * @src:	the image
 * @note:	name and type say which; gets the place of what it says
 * @extack:	told why not, but for -ENOENT
 *
 * System V ABI, "Note Section"; found through program headers of type
 * PT_NOTE.  The place was not compared with the image's size.  May sleep.
 *
 * Return: 0; -ENOENT: there is no such note; -ENOEXEC, -E2BIG: not such an
 * image; or an errno of atoll_boot_read().
 */
int atoll_elf_note(const struct atoll_boot_source *src, struct atoll_elf_note *note,
		   struct netlink_ext_ack *extack)
{
	struct elf_segment seg;
	struct elf_head head;
	u32 i, nr = 0;
	int err;

	err = read_head(src, &head, extack);
	if (!err)
		err = check_head(&head, extack);
	if (err)
		return err;
	for (i = 0; i < head.phnum; i++) {
		err = read_segment(src, &head, i, &seg, extack);
		if (!err && seg.type == PT_NOTE)
			err = find_note(src, &seg, note, &nr, extack);
		else if (!err)
			continue;
		if (err != -ENOENT)
			return err;
	}
	return -ENOENT;
}
