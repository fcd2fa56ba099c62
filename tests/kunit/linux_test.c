// SPDX-License-Identifier: GPL-2.0-only
/*
 * bzImages, well-formed and not, by the kernel's Documentation/x86/boot.rst:
 * offsets are those of "The Real-Mode Kernel Header", the state is that of
 * "64-bit BOOT PROTOCOL".  An image is a buffer of exactly its size, so that
 * KASAN sees whoever reads behind it.
 */
#include <kunit/test.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../kmod/boot/boot.h"
#include "pool_limit.h"

/* Two setup sectors beside the boot sector, then the kernel */
#define SETUP_LEN	1536
#define KERNEL_LEN	1024
#define IMAGE_LEN	(SETUP_LEN + KERNEL_LEN)
#define PREF		0x1000000ULL
#define INIT_SIZE	0x800000ULL
#define MEMORY		(64ULL * SZ_1M)

/* Offset/size of fields, from the table in boot.rst */
enum {
	SETUP_SECTS = 0x1f1,
	SYSSIZE = 0x1f4,
	BOOT_FLAG = 0x1fe,
	JUMP = 0x200,
	HEADER = 0x202,
	VERSION = 0x206,
	TYPE_OF_LOADER = 0x210,
	LOADFLAGS = 0x211,
	CODE32_START = 0x214,
	RAMDISK_IMAGE = 0x218,
	RAMDISK_SIZE = 0x21c,
	CMD_LINE_PTR = 0x228,
	INITRD_ADDR_MAX = 0x22c,
	KERNEL_ALIGNMENT = 0x230,
	RELOCATABLE_KERNEL = 0x234,
	XLOADFLAGS = 0x236,
	CMDLINE_SIZE = 0x238,
	SETUP_DATA = 0x250,
	PREF_ADDRESS = 0x258,
	INIT_SIZE_FIELD = 0x260,
};

/* Documentation/x86/zero-page.rst */
enum {
	ACPI_RSDP_ADDR = 0x070,
	E820_ENTRIES = 0x1e8,
	SENTINEL = 0x1ef,
	E820_TABLE = 0x2d0,
};

static void put(void *image, size_t at, size_t len, u64 value)
{
	memcpy(image + at, &value, len);
}

static u64 get(const void *from, size_t at, size_t len)
{
	u64 value = 0;

	memcpy(&value, from + at, len);
	return value;
}

static u8 *new_image(struct kunit *test)
{
	u8 *image = kunit_kzalloc(test, IMAGE_LEN, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, image);
	put(image, SETUP_SECTS, 1, 2);
	put(image, SYSSIZE, 4, KERNEL_LEN / 16);
	put(image, BOOT_FLAG, 2, 0xaa55);
	put(image, JUMP, 2, 0x6aeb);	/* to 0x26c */
	put(image, HEADER, 4, 0x53726448);
	put(image, VERSION, 2, 0x020f);
	put(image, LOADFLAGS, 1, 1);
	put(image, INITRD_ADDR_MAX, 4, 0x7fffffff);
	put(image, KERNEL_ALIGNMENT, 4, 0x200000);
	put(image, RELOCATABLE_KERNEL, 1, 1);
	put(image, XLOADFLAGS, 2, 1);
	put(image, CMDLINE_SIZE, 4, 2047);
	put(image, PREF_ADDRESS, 8, PREF);
	put(image, INIT_SIZE_FIELD, 4, INIT_SIZE);
	put(image, 0x268, 4, 0x12345678);
	return image;
}

static struct atoll_boot_job *job_of(struct kunit *test, const void *image, size_t len)
{
	struct atoll_boot_job *job = kunit_kzalloc(test, sizeof(*job), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, job);
	job->image.data = image;
	job->image.size = len;
	job->cmdline = "vmlinuz console=ttyS0 quiet";
	return job;
}

/* Planning never looks at a module's bytes */
static void add_initrd(struct atoll_boot_job *job, u64 len)
{
	job->module[0].src.data = job;
	job->module[0].src.size = len;
	job->module[0].cmdline = "";
	job->nr_modules = 1;
}

static struct atoll_boot_plan *plan_of(struct kunit *test, const struct atoll_boot_job *job,
				       u64 memory)
{
	struct netlink_ext_ack extack = {};
	struct atoll_boot_plan *plan = NULL;

	KUNIT_EXPECT_EQ(test, atoll_boot_plan_job(job, memory, &plan, &extack), 0);
	KUNIT_EXPECT_NULL(test, extack._msg);
	KUNIT_ASSERT_NOT_NULL(test, plan);
	return plan;
}

static void refuse_job(struct kunit *test, const struct atoll_boot_job *job, u64 memory,
		       int err, const char *why)
{
	struct netlink_ext_ack extack = {};
	struct atoll_boot_plan *plan;

	KUNIT_EXPECT_EQ(test, atoll_boot_plan_job(job, memory, &plan, &extack), err);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg, why);
}

/* A good image, but for one field */
static void refuse_with(struct kunit *test, size_t at, size_t len, u64 value, int err,
			const char *why)
{
	u8 *image = new_image(test);

	put(image, at, len, value);
	refuse_job(test, job_of(test, image, IMAGE_LEN), MEMORY, err, why);
}

/* Which pieces there are besides, and in which order, is nobody's concern */
static const struct atoll_boot_piece *piece_at(const struct atoll_boot_plan *plan, u64 gpa)
{
	u32 i;

	for (i = 0; i < plan->nr; i++)
		if (plan->piece[i].gpa == gpa)
			return &plan->piece[i];
	return NULL;
}

static void expect_piece(struct kunit *test, const struct atoll_boot_plan *plan,
			 u64 pos, u64 gpa, u64 file_len, u64 mem_len)
{
	const struct atoll_boot_piece *piece = piece_at(plan, gpa);

	KUNIT_ASSERT_NOT_NULL(test, piece);
	KUNIT_EXPECT_EQ(test, piece->pos, pos);
	KUNIT_EXPECT_EQ(test, piece->file_len, file_len);
	KUNIT_EXPECT_EQ(test, piece->mem_len, mem_len);
}

static void kernel_and_initrd_are_planned_exactly(struct kunit *test)
{
	struct atoll_boot_job *job = job_of(test, new_image(test), IMAGE_LEN);
	struct atoll_boot_plan *plan;

	add_initrd(job, 5000);
	plan = plan_of(test, job, MEMORY);
	expect_piece(test, plan, SETUP_LEN, PREF, KERNEL_LEN, INIT_SIZE);
	/* As high as it can be, on a page */
	expect_piece(test, plan, 0, MEMORY - 8192, 5000, 5000);
	atoll_boot_plan_free(plan);
}

/* "relocatable": at a multiple of kernel_alignment; otherwise at pref_address */
static void the_load_address_is_the_headers(struct kunit *test)
{
	u8 *image = new_image(test);
	struct atoll_boot_plan *plan;

	put(image, PREF_ADDRESS, 8, PREF + 0x1000);
	plan = plan_of(test, job_of(test, image, IMAGE_LEN), MEMORY);
	KUNIT_EXPECT_NOT_NULL(test, piece_at(plan, PREF + 0x200000));
	KUNIT_EXPECT_EQ(test, plan->entry.regs[ATOLL_RIP], PREF + 0x200200);
	atoll_boot_plan_free(plan);

	put(image, RELOCATABLE_KERNEL, 1, 0);
	plan = plan_of(test, job_of(test, image, IMAGE_LEN), MEMORY);
	KUNIT_EXPECT_NOT_NULL(test, piece_at(plan, PREF + 0x1000));
	atoll_boot_plan_free(plan);

	/* "0: 4 sectors"; init_size may be smaller than the file */
	put(image, SETUP_SECTS, 1, 0);
	put(image, SYSSIZE, 4, 0);
	put(image, INIT_SIZE_FIELD, 4, 0);
	refuse_job(test, job_of(test, image, IMAGE_LEN), MEMORY, -ENODATA,
		   "image is truncated: it ends within the kernel");
	put(image, SETUP_SECTS, 1, 1);
	plan = plan_of(test, job_of(test, image, IMAGE_LEN), MEMORY);
	expect_piece(test, plan, 1024, PREF + 0x1000, 1536, 1536);
	atoll_boot_plan_free(plan);
}

static void the_initrd_stays_below_its_limit(struct kunit *test)
{
	u8 *image = new_image(test);
	struct atoll_boot_job *job = job_of(test, image, IMAGE_LEN);
	const char *why = "initrd does not fit into memory behind the kernel";
	u64 room = MEMORY - PREF - INIT_SIZE;
	struct atoll_boot_plan *plan;

	/* "initrd_addr_max" is the address of the last byte that it may take */
	put(image, INITRD_ADDR_MAX, 4, 0x2ffffff);
	add_initrd(job, 4096);
	plan = plan_of(test, job, MEMORY);
	KUNIT_EXPECT_NOT_NULL(test, piece_at(plan, 0x2fff000));
	atoll_boot_plan_free(plan);
	put(image, INITRD_ADDR_MAX, 4, 0x2fffffe);
	plan = plan_of(test, job, MEMORY);
	KUNIT_EXPECT_NOT_NULL(test, piece_at(plan, 0x2ffe000));
	atoll_boot_plan_free(plan);

	put(image, INITRD_ADDR_MAX, 4, 0xffffffff);
	add_initrd(job, room);
	plan = plan_of(test, job, MEMORY);
	KUNIT_EXPECT_NOT_NULL(test, piece_at(plan, PREF + INIT_SIZE));
	atoll_boot_plan_free(plan);
	add_initrd(job, room + 1);
	refuse_job(test, job, MEMORY, -ENOSPC, why);
	add_initrd(job, U64_MAX);
	refuse_job(test, job, MEMORY, -ENOSPC, why);
	put(image, INITRD_ADDR_MAX, 4, 0);
	add_initrd(job, 1);
	refuse_job(test, job, MEMORY, -ENOSPC, why);
}

static void a_kernel_that_does_not_fit_is_refused(struct kunit *test)
{
	const char *why = "kernel does not fit into memory";
	struct atoll_boot_job *job = job_of(test, new_image(test), IMAGE_LEN);
	struct atoll_boot_plan *plan = plan_of(test, job, PREF + INIT_SIZE);

	atoll_boot_plan_free(plan);
	refuse_job(test, job, PREF + INIT_SIZE - SZ_4K, -ENOSPC, why);
	refuse_job(test, job, SZ_4K, -ENOSPC, why);
	refuse_with(test, INIT_SIZE_FIELD, 4, U32_MAX, -ENOSPC, why);
	refuse_with(test, PREF_ADDRESS, 8, U64_MAX, -ENOSPC, why);
	refuse_with(test, PREF_ADDRESS, 8, U64_MAX - 0x1fffff, -ENOSPC, why);
	refuse_with(test, PREF_ADDRESS, 8, 0xffffffff00000000ULL, -ENOSPC, why);
	refuse_with(test, PREF_ADDRESS, 8, MEMORY - 1, -ENOSPC, why);
	refuse_with(test, PREF_ADDRESS, 8, MEMORY, -ENOSPC, why);
	refuse_with(test, KERNEL_ALIGNMENT, 4, 0x80000000, -ENOSPC, why);
	job = job_of(test, new_image(test), IMAGE_LEN);
	put((void *)job->image.data, RELOCATABLE_KERNEL, 1, 0);
	put((void *)job->image.data, PREF_ADDRESS, 8, 0x1000);
	refuse_job(test, job, MEMORY, -ENOSPC,
		   "image has a segment in the PC's hole below 1 MiB");
	/* RAM above 4 GiB is out of reach of the boot protocol's page tables */
	job = job_of(test, new_image(test), IMAGE_LEN);
	put((void *)job->image.data, PREF_ADDRESS, 8, 4ULL * SZ_1G);
	refuse_job(test, job, 8ULL * SZ_1G, -ENOSPC, why);
}

static void lying_headers_are_refused(struct kunit *test)
{
	const char *old = "kernel has a boot protocol older than 2.12";
	const char *align = "kernel has an alignment that is not a power of 2";
	const char *cut = "image is truncated: it ends within the kernel";
	const char *brief = "kernel has a header that is shorter than its version";

	refuse_with(test, VERSION, 2, 0x020b, -EOPNOTSUPP, old);
	refuse_with(test, VERSION, 2, 0, -EOPNOTSUPP, old);
	refuse_with(test, LOADFLAGS, 1, 0, -EOPNOTSUPP,
		    "kernel is a zImage, which is loaded low");
	refuse_with(test, XLOADFLAGS, 2, 0xfffe, -EOPNOTSUPP, "kernel is 32-bit only");
	refuse_with(test, KERNEL_ALIGNMENT, 4, 0, -ENOEXEC, align);
	refuse_with(test, KERNEL_ALIGNMENT, 4, 3, -ENOEXEC, align);
	refuse_with(test, SYSSIZE, 4, KERNEL_LEN / 16 + 1, -ENODATA, cut);
	refuse_with(test, SYSSIZE, 4, U32_MAX, -ENODATA, cut);
	refuse_with(test, SETUP_SECTS, 1, 255, -ENODATA, cut);
	/* The jump's displacement tells where the header ends */
	refuse_with(test, JUMP, 2, 0x61eb, -ENOEXEC, brief);
	refuse_with(test, JUMP, 2, 0x06eb, -ENOEXEC, brief);
	refuse_with(test, JUMP, 2, 0x00eb, -EOPNOTSUPP, old);
}

static void old_headers_end_early(struct kunit *test)
{
	u8 *image = new_image(test);
	struct atoll_boot_plan *plan;

	/* 2.12 ends with init_size; what follows isn't the header's */
	put(image, VERSION, 2, 0x020c);
	put(image, JUMP, 2, 0x62eb);
	plan = plan_of(test, job_of(test, image, IMAGE_LEN), MEMORY);
	KUNIT_EXPECT_EQ(test, get(plan->info, 0x268, 4), 0);
	KUNIT_EXPECT_EQ(test, get(plan->info, INIT_SIZE_FIELD, 4), INIT_SIZE);
	atoll_boot_plan_free(plan);
}

static void every_truncation_is_refused(struct kunit *test)
{
	struct atoll_boot_job *job = job_of(test, NULL, 0);
	u8 *image = new_image(test);
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
		job->format = len & 1 ? ATOLL_BOOT_LINUX : ATOLL_BOOT_AUTO;
		extack._msg = NULL;
		err = atoll_boot_plan_job(job, MEMORY, &plan, &extack);
		kfree(cut);
		if (!err || !extack._msg) {
			KUNIT_FAIL(test, "cut to %zu of %u bytes: %d", len, IMAGE_LEN, err);
			return;
		}
	}
}

static void what_is_no_bzimage_is_refused(struct kunit *test)
{
	u8 *image = new_image(test);
	struct atoll_boot_job *job = job_of(test, image, IMAGE_LEN);

	put(image, HEADER, 4, 0x53726449);
	job->format = ATOLL_BOOT_LINUX;
	refuse_job(test, job, MEMORY, -ENOEXEC, "image is not a bzImage");
	job->format = ATOLL_BOOT_AUTO;
	refuse_job(test, job, MEMORY, -ENOEXEC,
		   "image is in no known format (bzImage, multiboot, ELF with a PVH entry); for a flat binary say so");
}

static void modules_and_words_have_limits(struct kunit *test)
{
	u8 *image = new_image(test);
	struct atoll_boot_job *job = job_of(test, image, IMAGE_LEN);
	struct atoll_boot_plan *plan;

	add_initrd(job, 1);
	job->module[0].cmdline = "x";
	refuse_job(test, job, MEMORY, -EINVAL, "an initrd takes no command line");
	add_initrd(job, 1);
	job->nr_modules = 2;
	job->module[1] = job->module[0];
	refuse_job(test, job, MEMORY, -EINVAL, "a bzImage takes one module, its initrd");

	/* "cmdline_size": without the terminating zero; the name doesn't count */
	job->nr_modules = 0;
	put(image, CMDLINE_SIZE, 4, strlen("console=ttyS0 quiet"));
	plan = plan_of(test, job, MEMORY);
	atoll_boot_plan_free(plan);
	put(image, CMDLINE_SIZE, 4, strlen("console=ttyS0 quiet") - 1);
	refuse_job(test, job, MEMORY, -E2BIG, "command line is longer than the kernel takes");
}

/* What the guest is given at an address, which is not of a file; NULL: nothing */
static const void *given(const struct atoll_boot_plan *plan, u64 gpa)
{
	const struct atoll_boot_piece *p;

	for (p = plan->piece; p < plan->piece + plan->nr; p++)
		if (!p->src.file && gpa - p->gpa < p->file_len)
			return p->src.data + p->pos + (gpa - p->gpa);
	return NULL;
}

static void expect_e820(struct kunit *test, const void *params, u32 i, u64 addr, u64 size,
			u32 type)
{
	KUNIT_EXPECT_EQ(test, get(params, E820_TABLE + 20 * i, 8), addr);
	KUNIT_EXPECT_EQ(test, get(params, E820_TABLE + 20 * i + 8, 8), size);
	KUNIT_EXPECT_EQ(test, get(params, E820_TABLE + 20 * i + 16, 4), type);
}

static void the_zero_page_tells_it_all(struct kunit *test)
{
	u8 *image = new_image(test);
	struct atoll_boot_job *job = job_of(test, image, IMAGE_LEN);
	struct atoll_boot_plan *plan;
	const void *zero, *words;

	put(image, SETUP_DATA, 8, 0xdeadbeef);
	image[SENTINEL] = 0xff;
	add_initrd(job, 5000);
	plan = plan_of(test, job, 5ULL * SZ_1G);
	zero = given(plan, plan->entry.regs[ATOLL_RSI]);
	KUNIT_ASSERT_NOT_NULL(test, zero);
	/* The rest of its page is the kernel's to read as well */
	KUNIT_EXPECT_EQ(test, piece_at(plan, plan->entry.regs[ATOLL_RSI])->mem_len, SZ_4K);
	KUNIT_EXPECT_EQ(test, get(zero, HEADER, 4), 0x53726448);
	KUNIT_EXPECT_EQ(test, get(zero, SETUP_SECTS, 1), 2);
	KUNIT_EXPECT_EQ(test, get(zero, 0x268, 4), 0x12345678);
	KUNIT_EXPECT_EQ(test, get(zero, TYPE_OF_LOADER, 1), 0xff);
	KUNIT_EXPECT_EQ(test, get(zero, CODE32_START, 4), PREF);
	KUNIT_EXPECT_EQ(test, get(zero, RAMDISK_IMAGE, 4), 0x80000000 - 8192);
	KUNIT_EXPECT_EQ(test, get(zero, RAMDISK_SIZE, 4), 5000);
	KUNIT_EXPECT_EQ(test, get(zero, SETUP_DATA, 8), 0);
	KUNIT_EXPECT_EQ(test, get(zero, SENTINEL, 1), 0);
	KUNIT_EXPECT_EQ(test, get(zero, ACPI_RSDP_ADDR, 8), plan->rsdp);
	words = given(plan, get(zero, CMD_LINE_PTR, 4));
	KUNIT_ASSERT_NOT_NULL(test, words);
	KUNIT_EXPECT_STREQ(test, words, "console=ttyS0 quiet");

	KUNIT_EXPECT_EQ(test, get(zero, E820_ENTRIES, 1), 4);
	expect_e820(test, zero, 0, 0, 0x9fc00, 1);
	expect_e820(test, zero, 1, 0x9fc00, 0x60400, 2);
	expect_e820(test, zero, 2, SZ_1M, 0xc0000000 - SZ_1M, 1);
	expect_e820(test, zero, 3, 4ULL * SZ_1G, 2ULL * SZ_1G, 1);
	atoll_boot_plan_free(plan);
}

/* What a 64-bit CPU makes of the tables: AMD APM vol. 2, "Long-Mode Page Translation" */
static u64 walk(struct atoll_gmem *gmem, u64 table, u64 gva)
{
	u64 entry;
	u32 shift;

	for (shift = 39; shift >= 21; shift -= 9) {
		if (atoll_gmem_read(gmem, table + (gva >> shift & 511) * 8, &entry, 8) ||
		    (entry & 3) != 3)
			return U64_MAX;
		table = entry & ~0xfffULL;
	}
	return entry & 0x80 ? (entry & ~0x1fffffULL) + (gva & 0x1fffff) : U64_MAX;
}

static void the_cpu_is_in_long_mode(struct kunit *test)
{
	struct atoll_boot_plan *plan = plan_of(test, job_of(test, new_image(test), IMAGE_LEN),
					       MEMORY);
	const struct atoll_cpu_state *s = &plan->entry;
	const void *gdt = given(plan, s->gdt.base);
	u32 i;

	KUNIT_EXPECT_EQ(test, s->cr0 & 0x80000001, 0x80000001);
	KUNIT_EXPECT_EQ(test, s->cr4, 0x20);
	KUNIT_EXPECT_EQ(test, s->efer, 0x500);
	KUNIT_EXPECT_EQ(test, s->regs[ATOLL_RFLAGS], 2);
	KUNIT_EXPECT_EQ(test, s->regs[ATOLL_RIP], PREF + 0x200);
	KUNIT_EXPECT_EQ(test, s->regs[ATOLL_RSI] & 0xfff, 0);
	KUNIT_EXPECT_LE(test, s->regs[ATOLL_RSI] + SZ_4K, 0x9fc00);
	for (i = ATOLL_ES; i <= ATOLL_GS; i++) {
		KUNIT_EXPECT_EQ(test, s->seg[i].base, 0);
		KUNIT_EXPECT_EQ(test, s->seg[i].limit, 0xffffffff);
		KUNIT_EXPECT_EQ(test, s->seg[i].selector, i == ATOLL_CS ? 0x10 : 0x18);
		KUNIT_EXPECT_EQ(test, s->seg[i].attr, i == ATOLL_CS ? 0xa9b : 0xc93);
	}
	/* The descriptors of these selectors say the same */
	KUNIT_EXPECT_EQ(test, s->gdt.limit, 0x1f);
	KUNIT_ASSERT_NOT_NULL(test, gdt);
	KUNIT_EXPECT_EQ(test, get(gdt, 0x10, 8), 0x00af9b000000ffffULL);
	KUNIT_EXPECT_EQ(test, get(gdt, 0x18, 8), 0x00cf93000000ffffULL);
	atoll_boot_plan_free(plan);
}

/* They come into being with the start: a plan has no room for them */
static void the_tables_map_4_gib(struct kunit *test)
{
	struct atoll_boot_plan *plan = plan_of(test, job_of(test, new_image(test), IMAGE_LEN),
					       MEMORY);
	struct atoll_gmem *gmem = kunit_kzalloc(test, sizeof(*gmem), GFP_KERNEL);
	u64 gpa, cr3 = plan->entry.cr3;

	KUNIT_ASSERT_NOT_NULL(test, gmem);
	KUNIT_ASSERT_EQ(test, atoll_gmem_init(gmem, &(struct atoll_gmem_config){
			.pool = &atoll_dynamic_pool, .bytes = MEMORY,
		}, &atoll_npt_format, 4, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_boot_load(plan, gmem, NULL), 0);
	KUNIT_EXPECT_EQ(test, cr3 & 0xfff, 0);
	KUNIT_EXPECT_LE(test, cr3 + 6 * SZ_4K, 0x9fc00);
	/* Nothing else is put there */
	KUNIT_EXPECT_EQ(test, piece_at(plan, cr3)->mem_len, 6 * SZ_4K);
	KUNIT_EXPECT_EQ(test, piece_at(plan, cr3)->file_len, 0);
	for (gpa = 0; gpa < 4ULL * SZ_1G; gpa += 0x1234567)
		if (walk(gmem, cr3, gpa) != gpa)
			break;
	KUNIT_EXPECT_GE(test, gpa, 4ULL * SZ_1G);
	KUNIT_EXPECT_EQ(test, walk(gmem, cr3, 4ULL * SZ_1G - 1), 4ULL * SZ_1G - 1);
	KUNIT_EXPECT_EQ(test, walk(gmem, cr3, 4ULL * SZ_1G), U64_MAX);
	atoll_gmem_destroy(gmem);
	atoll_boot_plan_free(plan);
}

static struct kunit_case linux_cases[] = {
	KUNIT_CASE(kernel_and_initrd_are_planned_exactly),
	KUNIT_CASE(the_load_address_is_the_headers),
	KUNIT_CASE(the_initrd_stays_below_its_limit),
	KUNIT_CASE(a_kernel_that_does_not_fit_is_refused),
	KUNIT_CASE(lying_headers_are_refused),
	KUNIT_CASE(old_headers_end_early),
	KUNIT_CASE(every_truncation_is_refused),
	KUNIT_CASE(what_is_no_bzimage_is_refused),
	KUNIT_CASE(modules_and_words_have_limits),
	KUNIT_CASE(the_zero_page_tells_it_all),
	KUNIT_CASE(the_cpu_is_in_long_mode),
	KUNIT_CASE(the_tables_map_4_gib),
	{}
};

static struct kunit_suite linux_suite = {
	.name = "atoll_linux",
	.init = pool_limit_init,
	.exit = pool_limit_exit,
	.test_cases = linux_cases,
};

kunit_test_suite(linux_suite);
