// SPDX-License-Identifier: GPL-2.0-only
/*
 * ELF images with a PVH entry, well-formed and not: the System V ABI's "Note
 * Section", include/xen/interface/hvm/start_info.h's table, and Xen's "x86/HVM
 * direct boot ABI".  An image is a buffer of exactly its size, so that KASAN
 * sees whoever reads behind it.
 */
#include <kunit/test.h>
#include <linux/elf.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../kmod/boot/boot.h"

#define IMAGE_LEN	1024
#define CODE_POS	512
#define PHYS32_ENTRY	18
#define ENTRY		0x1000040ULL

struct note {
	u32 namesz, descsz, type;
	char name[4];
	u8 desc[8];
};

/* Linked high, loaded at 16 MiB; the note that counts is the second */
struct image {
	struct elf64_hdr elf;
	struct elf64_phdr ph[2];
	struct note note[2];
	u8 pad[CODE_POS - sizeof(struct elf64_hdr) - 2 * sizeof(struct elf64_phdr) -
	       2 * sizeof(struct note)];
	u8 code[IMAGE_LEN - CODE_POS];
};

static_assert(sizeof(struct image) == IMAGE_LEN);

static struct image *new_image(struct kunit *test)
{
	struct image *image = kunit_kzalloc(test, sizeof(*image), GFP_KERNEL);
	u64 entry = ENTRY;

	KUNIT_ASSERT_NOT_NULL(test, image);
	memcpy(image->elf.e_ident, ELFMAG, SELFMAG);
	image->elf.e_ident[EI_CLASS] = ELFCLASS64;
	image->elf.e_ident[EI_DATA] = ELFDATA2LSB;
	image->elf.e_ident[EI_VERSION] = EV_CURRENT;
	image->elf.e_type = ET_EXEC;
	image->elf.e_machine = EM_X86_64;
	image->elf.e_entry = 0x1000000;
	image->elf.e_phoff = offsetof(struct image, ph);
	image->elf.e_phentsize = sizeof(image->ph[0]);
	image->elf.e_phnum = 2;
	image->ph[0] = (struct elf64_phdr){
		.p_type = PT_LOAD, .p_offset = CODE_POS, .p_vaddr = 0xffffffff81000000ULL,
		.p_paddr = 0x1000000, .p_filesz = IMAGE_LEN - CODE_POS, .p_memsz = SZ_1M,
	};
	image->ph[1] = (struct elf64_phdr){
		.p_type = PT_NOTE, .p_offset = offsetof(struct image, note),
		.p_filesz = sizeof(image->note), .p_align = 4,
	};
	image->note[0] = (struct note){ 4, 8, 6, "Xen" };
	image->note[1] = (struct note){ 4, 8, PHYS32_ENTRY, "Xen" };
	memcpy(image->note[1].desc, &entry, sizeof(entry));
	return image;
}

static struct atoll_boot_job *job_of(struct kunit *test, const void *image, size_t len)
{
	struct atoll_boot_job *job = kunit_kzalloc(test, sizeof(*job), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, job);
	job->image.data = image;
	job->image.size = len;
	job->cmdline = "vmlinux a b";
	return job;
}

static struct atoll_boot_plan *plan_of(struct kunit *test, const struct atoll_boot_job *job,
				       u64 memory)
{
	struct netlink_ext_ack extack = {};
	struct atoll_boot_plan *plan = NULL;

	KUNIT_EXPECT_EQ(test, atoll_boot_plan_job(job, memory, &plan, &extack), 0);
	KUNIT_ASSERT_NOT_NULL(test, plan);
	return plan;
}

static const struct atoll_boot_piece *piece_at(const struct atoll_boot_plan *plan, u64 gpa)
{
	u32 i;

	for (i = 0; i < plan->nr; i++)
		if (plan->piece[i].gpa == gpa)
			return &plan->piece[i];
	return NULL;
}

/* A good image, but for one field; the format is named */
static void refuse_with(struct kunit *test, size_t at, size_t len, u64 value, int err,
			const char *why)
{
	struct image *image = new_image(test);
	struct atoll_boot_job *job = job_of(test, image, IMAGE_LEN);
	struct netlink_ext_ack extack = {};
	struct atoll_boot_plan *plan;

	memcpy((void *)image + at, &value, len);
	job->format = ATOLL_BOOT_PVH;
	KUNIT_EXPECT_EQ(test, atoll_boot_plan_job(job, 64 * SZ_1M, &plan, &extack), err);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg, why);
}

#define AT(field) offsetof(struct image, field)

static void the_entry_is_the_notes(struct kunit *test)
{
	struct image *image = new_image(test);
	struct atoll_boot_plan *plan = plan_of(test, job_of(test, image, IMAGE_LEN), 64 * SZ_1M);
	const struct atoll_boot_piece *piece;

	piece = piece_at(plan, 0x1000000);
	KUNIT_ASSERT_NOT_NULL(test, piece);
	KUNIT_EXPECT_EQ(test, piece->mem_len, SZ_1M);
	KUNIT_EXPECT_EQ(test, plan->entry.regs[ATOLL_RIP], ENTRY);
	atoll_boot_plan_free(plan);

	/* Four bytes will do, and the eight that follow aren't its own */
	image->note[1].descsz = 4;
	memset(image->note[1].desc + 4, 0xff, 4);
	plan = plan_of(test, job_of(test, image, IMAGE_LEN), 64 * SZ_1M);
	KUNIT_EXPECT_EQ(test, plan->entry.regs[ATOLL_RIP], ENTRY);
	atoll_boot_plan_free(plan);
}

/* "x86/HVM direct boot ABI" */
static void entry_state_is_the_abis(struct kunit *test)
{
	struct atoll_boot_plan *plan = plan_of(test, job_of(test, new_image(test), IMAGE_LEN),
					       64 * SZ_1M);
	const struct atoll_cpu_state *s = &plan->entry;
	u32 i;

	KUNIT_EXPECT_NOT_NULL(test, piece_at(plan, s->regs[ATOLL_RBX]));
	KUNIT_EXPECT_EQ(test, s->regs[ATOLL_RFLAGS] & 0x20300, 0);
	KUNIT_EXPECT_EQ(test, s->cr0, 0x11);
	KUNIT_EXPECT_EQ(test, s->cr4, 0);
	KUNIT_EXPECT_EQ(test, s->efer, 0);
	for (i = ATOLL_ES; i <= ATOLL_GS; i++) {
		KUNIT_EXPECT_EQ(test, s->seg[i].base, 0);
		KUNIT_EXPECT_EQ(test, s->seg[i].limit, 0xffffffff);
		KUNIT_EXPECT_EQ(test, s->seg[i].attr, i == ATOLL_CS ? 0xc9b : 0xc93);
	}
	KUNIT_EXPECT_EQ(test, s->seg[ATOLL_TR].base, 0);
	KUNIT_EXPECT_EQ(test, s->seg[ATOLL_TR].limit, 0x67);
	KUNIT_EXPECT_EQ(test, s->seg[ATOLL_TR].attr, 0x8b);
	atoll_boot_plan_free(plan);
}

static u64 get(const struct atoll_boot_plan *plan, u64 at, size_t len)
{
	u64 value = 0;

	memcpy(&value, plan->info + at, len);
	return value;
}

/* Offsets are those of start_info.h's tables */
static void start_info_tells_it_all(struct kunit *test)
{
	struct atoll_boot_job *job = job_of(test, new_image(test), IMAGE_LEN);
	struct atoll_boot_plan *plan;
	u64 base, list, map;

	job->module[0].src.data = job;
	job->module[0].src.size = 5000;
	job->module[0].cmdline = "first";
	job->module[1].src.data = job;
	job->module[1].src.size = 15 * SZ_1M;
	job->module[1].cmdline = "";
	job->nr_modules = 2;
	plan = plan_of(test, job, 64 * SZ_1M);
	base = plan->entry.regs[ATOLL_RBX];

	KUNIT_EXPECT_EQ(test, get(plan, 0, 4), 0x336ec578);
	KUNIT_EXPECT_EQ(test, get(plan, 4, 4), 1);
	KUNIT_EXPECT_EQ(test, get(plan, 8, 4), 0);
	KUNIT_EXPECT_EQ(test, get(plan, 12, 4), 2);
	KUNIT_EXPECT_STREQ(test, (char *)plan->info + get(plan, 24, 8) - base, "a b");
	KUNIT_EXPECT_EQ(test, get(plan, 32, 8), plan->rsdp);

	/* The first module finds room below the image, the second doesn't */
	list = get(plan, 16, 8) - base;
	KUNIT_EXPECT_EQ(test, get(plan, list, 8), 0x100000);
	KUNIT_EXPECT_EQ(test, get(plan, list + 8, 8), 5000);
	KUNIT_EXPECT_STREQ(test, (char *)plan->info + get(plan, list + 16, 8) - base, "first");
	KUNIT_EXPECT_EQ(test, get(plan, list + 32, 8), 0x1100000);
	KUNIT_EXPECT_EQ(test, get(plan, list + 40, 8), 15 * SZ_1M);
	KUNIT_EXPECT_STREQ(test, (char *)plan->info + get(plan, list + 48, 8) - base, "");

	map = get(plan, 40, 8) - base;
	KUNIT_EXPECT_EQ(test, get(plan, 48, 4), 3);
	KUNIT_EXPECT_EQ(test, get(plan, map, 8), 0);
	KUNIT_EXPECT_EQ(test, get(plan, map + 8, 8), 0x9fc00);
	KUNIT_EXPECT_EQ(test, get(plan, map + 16, 4), 1);
	KUNIT_EXPECT_EQ(test, get(plan, map + 24 + 16, 4), 2);
	KUNIT_EXPECT_EQ(test, get(plan, map + 48, 8), SZ_1M);
	KUNIT_EXPECT_EQ(test, get(plan, map + 56, 8), 63 * SZ_1M);
	atoll_boot_plan_free(plan);
}

static void lying_notes_are_refused(struct kunit *test)
{
	const char *none = "image has no PVH entry among its ELF notes";
	const char *cut = "image is truncated: it ends within a segment";
	const char *short_head = "image is truncated: it ends within its headers";
	const char *outside = "image has its entry point outside of what it loads";

	refuse_with(test, AT(note[1].type), 4, 17, -ENOEXEC, none);
	refuse_with(test, AT(note[1].name), 4, 0x006e6559, -ENOEXEC, none);
	refuse_with(test, AT(note[1].namesz), 4, 3, -ENOEXEC, none);
	refuse_with(test, AT(note[1].descsz), 4, 5, -ENOEXEC,
		    "image has a PVH entry that is no address");
	refuse_with(test, AT(note[1].descsz), 4, U32_MAX, -ENOEXEC,
		    "image has a PVH entry that is no address");
	/* The first says that it goes on for long: there is no second one */
	refuse_with(test, AT(note[0].namesz), 4, U32_MAX, -ENOEXEC, none);
	refuse_with(test, AT(note[0].descsz), 4, U32_MAX, -ENOEXEC, none);
	refuse_with(test, AT(ph[1].p_filesz), 8, sizeof(struct note), -ENOEXEC, none);
	refuse_with(test, AT(ph[1].p_filesz), 8, U64_MAX, -ENODATA, cut);
	refuse_with(test, AT(ph[1].p_filesz), 8, IMAGE_LEN, -ENODATA, cut);
	refuse_with(test, AT(ph[1].p_offset), 8, U64_MAX, -ENODATA, cut);
	refuse_with(test, AT(ph[1].p_offset), 8, IMAGE_LEN, -ENODATA, cut);
	refuse_with(test, AT(elf.e_phoff), 8, U64_MAX, -ENODATA, short_head);
	refuse_with(test, AT(note[1].desc), 8, 0x100000001000000ULL, -ENOEXEC, outside);
	refuse_with(test, AT(note[1].desc), 8, 0x1000000 - 1, -ENOEXEC, outside);
	refuse_with(test, AT(note[1].desc), 8, 0x1000000 + IMAGE_LEN - CODE_POS, -ENOEXEC,
		    outside);
}

/* Notes of no length would be walked for a very long time */
static void too_many_notes_are_refused(struct kunit *test)
{
	size_t len = IMAGE_LEN + 257 * 12;
	struct netlink_ext_ack extack = {};
	struct atoll_boot_plan *plan;
	struct atoll_boot_job *job;
	struct image *image;

	image = kunit_kzalloc(test, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, image);
	memcpy(image, new_image(test), IMAGE_LEN);
	image->ph[1].p_offset = IMAGE_LEN;
	image->ph[1].p_filesz = 257 * 12;
	job = job_of(test, image, len);
	job->format = ATOLL_BOOT_PVH;
	KUNIT_EXPECT_EQ(test, atoll_boot_plan_job(job, 64 * SZ_1M, &plan, &extack), -E2BIG);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg, "image has more than 256 ELF notes");
}

static void every_truncation_is_refused(struct kunit *test)
{
	struct atoll_boot_job *job = job_of(test, NULL, 0);
	struct image *image = new_image(test);
	struct netlink_ext_ack extack;
	struct atoll_boot_plan *plan;
	size_t len;
	void *cut;
	int err;

	for (len = 1; len < IMAGE_LEN; len++) {
		cut = kmemdup(image, len, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, cut);
		job->image.data = cut;
		job->image.size = len;
		job->format = len & 1 ? ATOLL_BOOT_PVH : ATOLL_BOOT_AUTO;
		extack._msg = NULL;
		err = atoll_boot_plan_job(job, 64 * SZ_1M, &plan, &extack);
		kfree(cut);
		if (!err || !extack._msg) {
			KUNIT_FAIL(test, "cut to %zu of %u bytes: %d", len, IMAGE_LEN, err);
			return;
		}
	}
}

static struct kunit_case pvh_cases[] = {
	KUNIT_CASE(the_entry_is_the_notes),
	KUNIT_CASE(entry_state_is_the_abis),
	KUNIT_CASE(start_info_tells_it_all),
	KUNIT_CASE(lying_notes_are_refused),
	KUNIT_CASE(too_many_notes_are_refused),
	KUNIT_CASE(every_truncation_is_refused),
	{}
};

static struct kunit_suite pvh_suite = {
	.name = "atoll_pvh",
	.test_cases = pvh_cases,
};

kunit_test_suite(pvh_suite);
