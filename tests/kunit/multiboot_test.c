// SPDX-License-Identifier: GPL-2.0-only
/*
 * Multiboot images, well-formed and not, by the Multiboot Specification and
 * the System V ABI's "Object Files".  An image is a buffer of exactly its
 * size, so that KASAN sees whoever reads behind it.
 */
#include <kunit/test.h>
#include <linux/elf.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../kmod/boot/boot.h"

#define MAGIC		0x1badb002
#define IMAGE_LEN	1024
#define HEADER_POS	512

struct mb_header {
	u32 magic, flags, checksum;
	u32 header_addr, load_addr, load_end_addr, bss_end_addr, entry_addr;
};

/* An image of two segments: text at 1 MiB, data and BSS at 2 MiB */
struct image64 {
	struct elf64_hdr elf;
	struct elf64_phdr ph[3];
	u8 pad[HEADER_POS - sizeof(struct elf64_hdr) - 3 * sizeof(struct elf64_phdr)];
	struct mb_header header;
	u8 rest[IMAGE_LEN - HEADER_POS - sizeof(struct mb_header)];
};

struct image32 {
	struct elf32_hdr elf;
	struct elf32_phdr ph[2];
	u8 pad[HEADER_POS - sizeof(struct elf32_hdr) - 2 * sizeof(struct elf32_phdr)];
	struct mb_header header;
	u8 rest[IMAGE_LEN - HEADER_POS - sizeof(struct mb_header)];
};

static_assert(sizeof(struct image64) == IMAGE_LEN);
static_assert(sizeof(struct image32) == IMAGE_LEN);

static void set_flags(struct mb_header *header, u32 flags)
{
	header->magic = MAGIC;
	header->flags = flags;
	header->checksum = -(MAGIC + flags);
}

static struct atoll_boot_job *job_of(struct kunit *test, const void *image, size_t len)
{
	struct atoll_boot_job *job = kunit_kzalloc(test, sizeof(*job), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, job);
	job->image.data = image;
	job->image.size = len;
	job->cmdline = "kernel";
	return job;
}

static struct image64 *new_image64(struct kunit *test)
{
	struct image64 *image = kunit_kzalloc(test, sizeof(*image), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, image);
	memcpy(image->elf.e_ident, ELFMAG, SELFMAG);
	image->elf.e_ident[EI_CLASS] = ELFCLASS64;
	image->elf.e_ident[EI_DATA] = ELFDATA2LSB;
	image->elf.e_ident[EI_VERSION] = EV_CURRENT;
	image->elf.e_type = ET_EXEC;
	image->elf.e_machine = EM_X86_64;
	image->elf.e_entry = 0x100010;
	image->elf.e_phoff = offsetof(struct image64, ph);
	image->elf.e_phentsize = sizeof(image->ph[0]);
	image->elf.e_phnum = 3;
	image->ph[0] = (struct elf64_phdr){
		.p_type = PT_LOAD, .p_offset = 512, .p_vaddr = 0x100000,
		.p_paddr = 0x100000, .p_filesz = 256, .p_memsz = 256,
	};
	image->ph[1] = (struct elf64_phdr){ .p_type = PT_NOTE, .p_filesz = U64_MAX };
	image->ph[2] = (struct elf64_phdr){
		.p_type = PT_LOAD, .p_offset = 768, .p_vaddr = 0x200000,
		.p_paddr = 0x200000, .p_filesz = 256, .p_memsz = 8192,
	};
	set_flags(&image->header, 3);
	return image;
}

static struct image32 *new_image32(struct kunit *test)
{
	struct image32 *image = kunit_kzalloc(test, sizeof(*image), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, image);
	memcpy(image->elf.e_ident, ELFMAG, SELFMAG);
	image->elf.e_ident[EI_CLASS] = ELFCLASS32;
	image->elf.e_ident[EI_DATA] = ELFDATA2LSB;
	image->elf.e_ident[EI_VERSION] = EV_CURRENT;
	image->elf.e_type = ET_EXEC;
	image->elf.e_machine = EM_386;
	image->elf.e_entry = 0xc0100010;
	image->elf.e_phoff = offsetof(struct image32, ph);
	image->elf.e_phentsize = sizeof(image->ph[0]);
	image->elf.e_phnum = 2;
	image->ph[0] = (struct elf32_phdr){
		.p_type = PT_LOAD, .p_offset = 512, .p_vaddr = 0xc0100000,
		.p_paddr = 0x100000, .p_filesz = 256, .p_memsz = 256,
	};
	image->ph[1] = (struct elf32_phdr){
		.p_type = PT_LOAD, .p_offset = 768, .p_vaddr = 0xc0100100,
		.p_paddr = 0x100100, .p_filesz = 0, .p_memsz = 0x1000,
	};
	set_flags(&image->header, 0);
	return image;
}

static void expect_piece(struct kunit *test, const struct atoll_boot_plan *plan,
			 u32 i, u64 pos, u64 gpa, u64 file_len, u64 mem_len)
{
	KUNIT_ASSERT_GT(test, plan->nr, i);
	KUNIT_EXPECT_EQ(test, plan->piece[i].pos, pos);
	KUNIT_EXPECT_EQ(test, plan->piece[i].gpa, gpa);
	KUNIT_EXPECT_EQ(test, plan->piece[i].file_len, file_len);
	KUNIT_EXPECT_EQ(test, plan->piece[i].mem_len, mem_len);
}

/* Why is NULL: any sentence will do */
static void refuse(struct kunit *test, const void *image, size_t len, u64 memory,
		   int err, const char *why)
{
	struct netlink_ext_ack extack = {};
	struct atoll_boot_plan *plan;

	KUNIT_EXPECT_EQ(test, atoll_boot_plan_job(job_of(test, image, len), memory,
						  &plan, &extack), err);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	if (why)
		KUNIT_EXPECT_STREQ(test, extack._msg, why);
}

static void elf64_is_planned_exactly(struct kunit *test)
{
	struct image64 *image = new_image64(test);
	struct atoll_boot_plan *plan;

	KUNIT_ASSERT_EQ(test, atoll_boot_plan_job(job_of(test, image, IMAGE_LEN),
						  SZ_4M, &plan, NULL), 0);
	KUNIT_EXPECT_EQ(test, plan->nr, 3);
	expect_piece(test, plan, 0, 512, 0x100000, 256, 256);
	expect_piece(test, plan, 1, 768, 0x200000, 256, 8192);
	KUNIT_EXPECT_EQ(test, atoll_boot_entry(plan)->regs[ATOLL_RIP], 0x100010);
	atoll_boot_plan_free(plan);
}

/* Linked high, loaded low: the entry is found through the segment */
static void elf32_is_planned_exactly(struct kunit *test)
{
	struct image32 *image = new_image32(test);
	struct atoll_boot_plan *plan;

	KUNIT_ASSERT_EQ(test, atoll_boot_plan_job(job_of(test, image, IMAGE_LEN),
						  SZ_2M, &plan, NULL), 0);
	KUNIT_EXPECT_EQ(test, plan->nr, 3);
	expect_piece(test, plan, 0, 512, 0x100000, 256, 256);
	expect_piece(test, plan, 1, 768, 0x100100, 0, 0x1000);
	KUNIT_EXPECT_EQ(test, atoll_boot_entry(plan)->regs[ATOLL_RIP], 0x100010);
	atoll_boot_plan_free(plan);

	image->elf.e_entry = 0x100020;
	KUNIT_ASSERT_EQ(test, atoll_boot_plan_job(job_of(test, image, IMAGE_LEN),
						  SZ_2M, &plan, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_boot_entry(plan)->regs[ATOLL_RIP], 0x100020);
	atoll_boot_plan_free(plan);
}

/* "Machine state": EAX, EBX, flat 32-bit segments, PE on, PG, VM and IF off */
static void entry_state_is_the_specifications(struct kunit *test)
{
	struct image64 *image = new_image64(test);
	const struct atoll_cpu_state *s;
	struct atoll_boot_plan *plan;
	u32 i;

	KUNIT_ASSERT_EQ(test, atoll_boot_plan_job(job_of(test, image, IMAGE_LEN),
						  SZ_4M, &plan, NULL), 0);
	s = atoll_boot_entry(plan);
	KUNIT_EXPECT_EQ(test, s->regs[ATOLL_RAX], 0x2badb002);
	KUNIT_EXPECT_EQ(test, s->regs[ATOLL_RBX], plan->piece[2].gpa);
	KUNIT_EXPECT_EQ(test, s->cr0 & 0x80000001, 1);
	KUNIT_EXPECT_EQ(test, s->regs[ATOLL_RFLAGS] & 0x20200, 0);
	KUNIT_EXPECT_EQ(test, s->efer, 0);
	for (i = ATOLL_ES; i <= ATOLL_GS; i++) {
		KUNIT_EXPECT_EQ(test, s->seg[i].base, 0);
		KUNIT_EXPECT_EQ(test, s->seg[i].limit, 0xffffffff);
		/* Present, 32-bit, ring 0: execute/read or read/write */
		KUNIT_EXPECT_EQ(test, s->seg[i].attr, i == ATOLL_CS ? 0xc9b : 0xc93);
	}
	atoll_boot_plan_free(plan);
}

static void refuse_cuts(struct kunit *test, const void *whole, size_t need)
{
	struct atoll_boot_job *job = job_of(test, NULL, 0);
	struct netlink_ext_ack extack;
	struct atoll_boot_plan *plan;
	size_t len;
	void *cut;
	int err;

	for (len = 1; len < need; len++) {
		cut = kmemdup(whole, len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, cut);
		job->image.data = cut;
		job->image.size = len;
		extack._msg = NULL;
		err = atoll_boot_plan_job(job, SZ_4M, &plan, &extack);
		kfree(cut);
		if (!err || !extack._msg) {
			KUNIT_FAIL(test, "cut to %zu of %zu bytes: %d", len, need, err);
			return;
		}
	}
}

static void every_truncation_is_refused(struct kunit *test)
{
	refuse_cuts(test, new_image64(test), IMAGE_LEN);
	/* Its second segment takes nothing from the file but starts behind it */
	refuse_cuts(test, new_image32(test), 768);
}

#define NO_FORMAT "image is in no known format (bzImage, multiboot, ELF with a PVH entry); for a flat binary say so"

static void no_header_no_format(struct kunit *test)
{
	struct image64 *image = new_image64(test);
	struct atoll_boot_job *job;
	struct atoll_boot_plan *plan;
	struct netlink_ext_ack extack = {};

	image->header.checksum++;
	refuse(test, image, IMAGE_LEN, SZ_4M, -ENOEXEC, NO_FORMAT);
	job = job_of(test, image, IMAGE_LEN);
	job->format = ATOLL_BOOT_MULTIBOOT;
	KUNIT_EXPECT_EQ(test, atoll_boot_plan_job(job, SZ_4M, &plan, &extack), -ENOEXEC);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg,
			   "image has no multiboot header in its first 8 KiB");
}

/* A header must be aligned, and wholly within the first 8192 bytes */
static void a_header_too_far_is_none(struct kunit *test)
{
	const u32 word[3] = { MAGIC, 0, -MAGIC };
	u8 *image = kunit_kzalloc(test, SZ_16K, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, image);
	memcpy(image + 8192 - 12, word, 12);
	refuse(test, image, SZ_16K, SZ_4M, -ENOEXEC,
	       "image is not ELF and gives no load address");
	memset(image, 0, SZ_16K);
	memcpy(image + 8192 - 8, word, 12);
	refuse(test, image, SZ_16K, SZ_4M, -ENOEXEC, NO_FORMAT);
	memset(image, 0, SZ_16K);
	memcpy(image + 2, word, 12);
	refuse(test, image, SZ_16K, SZ_4M, -ENOEXEC, NO_FORMAT);
}

static void unknown_demands_are_refused(struct kunit *test)
{
	struct image64 *image = new_image64(test);
	struct atoll_boot_plan *plan;

	set_flags(&image->header, 4);
	refuse(test, image, IMAGE_LEN, SZ_4M, -EOPNOTSUPP,
	       "image wants a video mode, which this machine does not have");
	set_flags(&image->header, 0x8000);
	refuse(test, image, IMAGE_LEN, SZ_4M, -EOPNOTSUPP,
	       "image has a multiboot header that requires an unknown feature");
	/* Bits 17 to 31 are hints */
	set_flags(&image->header, 0xfffe0003);
	KUNIT_ASSERT_EQ(test, atoll_boot_plan_job(job_of(test, image, IMAGE_LEN),
						  SZ_4M, &plan, NULL), 0);
	atoll_boot_plan_free(plan);
}

/* A good image, but for one field */
static void refuse_with(struct kunit *test, size_t offset, size_t len, u64 value,
			int err, const char *why)
{
	struct image64 *image = new_image64(test);

	memcpy((void *)image + offset, &value, len);
	refuse(test, image, IMAGE_LEN, SZ_4M, err, why);
}

#define AT(field) offsetof(struct image64, field)

static void lying_elf_headers_are_refused(struct kunit *test)
{
	refuse_with(test, AT(elf.e_ident[0]), 1, 0, -ENOEXEC,
		    "image is not ELF and gives no load address");
	refuse_with(test, AT(elf.e_ident[EI_CLASS]), 1, 3, -ENOEXEC,
		    "image is an ELF file, neither 32-bit nor 64-bit");
	refuse_with(test, AT(elf.e_ident[EI_DATA]), 1, ELFDATA2MSB, -ENOEXEC,
		    "image is an ELF file for another machine");
	refuse_with(test, AT(elf.e_machine), 2, EM_ARM, -ENOEXEC,
		    "image is an ELF file for another machine");
	refuse_with(test, AT(elf.e_type), 2, ET_DYN, -ENOEXEC,
		    "image is an ELF file, but not an executable one");
	refuse_with(test, AT(elf.e_phnum), 2, 0, -ENOEXEC,
		    "image is an ELF file with nothing to load");
	refuse_with(test, AT(elf.e_phnum), 2, 0xffff, -E2BIG,
		    "image has more than 64 program headers");
	refuse_with(test, AT(elf.e_phentsize), 2, 55, -ENOEXEC,
		    "image has program headers of a wrong size");
	refuse_with(test, AT(elf.e_phoff), 8, IMAGE_LEN - 3 * 56 + 1, -ENODATA,
		    "image is truncated: it ends within its headers");
	refuse_with(test, AT(elf.e_phoff), 8, U64_MAX - 56, -ENODATA,
		    "image is truncated: it ends within its headers");
	refuse_with(test, AT(elf.e_entry), 8, 0xfffff, -ENOEXEC,
		    "image has its entry point outside of what it loads");
	refuse_with(test, AT(elf.e_entry), 8, 0x200100, -ENOEXEC,
		    "image has its entry point outside of what it loads");
	refuse_with(test, AT(elf.e_entry), 8, 0x100000100010, -ENOEXEC,
		    "image has its entry point outside of what it loads");
}

static void lying_segments_are_refused(struct kunit *test)
{
	const char *outside = "image does not fit: it has a segment outside of RAM";
	const char *cut = "image is truncated: it ends within a segment";
	const char *small = "image has a segment that takes less memory than file";

	refuse_with(test, AT(ph[2].p_paddr), 8, SZ_4M - 8191, -ENOSPC, outside);
	refuse_with(test, AT(ph[2].p_paddr), 8, U64_MAX - 100, -ENOSPC, outside);
	refuse_with(test, AT(ph[2].p_memsz), 8, U64_MAX, -ENOSPC, outside);
	refuse_with(test, AT(ph[2].p_memsz), 8, 255, -ENOEXEC, small);
	refuse_with(test, AT(ph[2].p_memsz), 8, 0, -ENOEXEC, small);
	refuse_with(test, AT(ph[2].p_filesz), 8, 257, -ENODATA, cut);
	refuse_with(test, AT(ph[2].p_offset), 8, U64_MAX - 10, -ENODATA, cut);
	refuse_with(test, AT(ph[2].p_offset), 8, 769, -ENODATA, cut);
	refuse_with(test, AT(ph[2].p_paddr), 8, 0x1000ff, -ENOEXEC,
		    "image has segments that overlap");
	refuse_with(test, AT(ph[2].p_paddr), 8, 0x100000 - 8191, -ENOSPC,
		    "image has a segment in the PC's hole below 1 MiB");
	refuse_with(test, AT(ph[2].p_paddr), 8, 0x9fc00 - 8191, -ENOSPC,
		    "image has a segment in the PC's hole below 1 MiB");
}

static struct mb_header *aout_image(struct kunit *test)
{
	struct mb_header *header = kunit_kzalloc(test, IMAGE_LEN, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, header);
	/* It lies 32 bytes into the file, and 16 into what is loaded */
	header += 1;
	header->header_addr = 0x100010;
	header->load_addr = 0x100000;
	header->load_end_addr = 0x100200;
	header->bss_end_addr = 0x101000;
	header->entry_addr = 0x100030;
	set_flags(header, 0x10000);
	return header;
}

static void address_fields_are_planned_exactly(struct kunit *test)
{
	struct mb_header *header = aout_image(test);
	struct atoll_boot_job *job = job_of(test, header - 1, IMAGE_LEN);
	struct atoll_boot_plan *plan;

	KUNIT_ASSERT_EQ(test, atoll_boot_plan_job(job, SZ_2M, &plan, NULL), 0);
	expect_piece(test, plan, 0, 16, 0x100000, 0x200, 0x1000);
	KUNIT_EXPECT_EQ(test, atoll_boot_entry(plan)->regs[ATOLL_RIP], 0x100030);
	atoll_boot_plan_free(plan);

	/* 0 and 0: the rest of the file, and no BSS */
	header->load_end_addr = 0;
	header->bss_end_addr = 0;
	KUNIT_ASSERT_EQ(test, atoll_boot_plan_job(job, SZ_2M, &plan, NULL), 0);
	expect_piece(test, plan, 0, 16, 0x100000, IMAGE_LEN - 16, IMAGE_LEN - 16);
	atoll_boot_plan_free(plan);
}

static void lying_address_fields_are_refused(struct kunit *test)
{
	const char *why = "image has a multiboot header with contradictory addresses";
	struct {
		u32 header, load, load_end, bss_end, entry;
		int err;
	} *c, cases[] = {
		{ 0x100000, 0x100010, 0x100200, 0, 0x100030, -ENOEXEC },
		{ 0x100021, 0x100000, 0x100200, 0, 0x100030, -ENOEXEC },
		{ 0x100010, 0x100000, 0x100000, 0, 0x100030, -ENOEXEC },
		{ 0x100010, 0x100000, 0x0fffff, 0, 0x100030, -ENOEXEC },
		{ 0x100010, 0x100000, 0x100200, 0x1001ff, 0x100030, -ENOEXEC },
		{ 0x100010, 0x100000, 0x1003f1, 0, 0x100030, -ENODATA },
		{ 0x100010, 0x100000, 0x100200, 0x200001, 0x100030, -ENOSPC },
		{ 0x100010, 0x100000, 0x100200, 0xffffffff, 0x100030, -ENOSPC },
		{ 0xfffffff0, 0xfffffff0, 0, 0, 0x100030, -ENOSPC },
		{ 0x100010, 0x100000, 0x100200, 0, 0x100200, -ENOEXEC },
		{ 0x100010, 0x100000, 0x100200, 0, 0xfffff, -ENOEXEC },
	};

	for (c = cases; c < cases + ARRAY_SIZE(cases); c++) {
		struct mb_header *header = aout_image(test);

		header->header_addr = c->header;
		header->load_addr = c->load;
		header->load_end_addr = c->load_end;
		header->bss_end_addr = c->bss_end;
		header->entry_addr = c->entry;
		refuse(test, header - 1, IMAGE_LEN, SZ_2M, c->err,
		       c->err == -ENOEXEC && c->entry == 0x100030 ? why : NULL);
	}
}

static struct kunit_case multiboot_cases[] = {
	KUNIT_CASE(elf64_is_planned_exactly),
	KUNIT_CASE(elf32_is_planned_exactly),
	KUNIT_CASE(entry_state_is_the_specifications),
	KUNIT_CASE(every_truncation_is_refused),
	KUNIT_CASE(no_header_no_format),
	KUNIT_CASE(a_header_too_far_is_none),
	KUNIT_CASE(unknown_demands_are_refused),
	KUNIT_CASE(lying_elf_headers_are_refused),
	KUNIT_CASE(lying_segments_are_refused),
	KUNIT_CASE(address_fields_are_planned_exactly),
	KUNIT_CASE(lying_address_fields_are_refused),
	{}
};

static struct kunit_suite multiboot_suite = {
	.name = "atoll_multiboot",
	.test_cases = multiboot_cases,
};

kunit_test_suite(multiboot_suite);
