// SPDX-License-Identifier: GPL-2.0-only
/*
 * Booting from files: which files are refused, what a multiboot image is told
 * ("Boot information format"), and that a start puts it all into memory.
 */
#include <kunit/test.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/shmem_fs.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../kmod/boot/boot.h"
#include "pool_limit.h"

#define LOAD_GPA	0x100000U
#define IMAGE_LEN	64U

/* The smallest image with address fields: header, then code */
static const u32 tiny_image[IMAGE_LEN / 4] = {
	0x1badb002, 0x10003, -(0x1badb002 + 0x10003),
	LOAD_GPA, LOAD_GPA, 0, LOAD_GPA + 0x2000, LOAD_GPA + 32,
	0xf4f4f4f4,
};

static struct file *new_file(struct kunit *test, const void *data, size_t len)
{
	struct file *file = shmem_file_setup("atoll-test", 0, 0);
	loff_t pos = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_ASSERT_EQ(test, kernel_write(file, data, len, &pos), len);
	return file;
}

static struct atoll_boot_config *new_config(struct kunit *test, struct file *image)
{
	struct atoll_boot_config *cfg = kunit_kzalloc(test, sizeof(*cfg), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	cfg->image = image;
	cfg->cmdline = "tiny x=1";
	return cfg;
}

static void refuse(struct kunit *test, const struct atoll_boot_config *cfg,
		   int err, const char *why)
{
	struct netlink_ext_ack extack = {};
	struct atoll_boot_plan *plan;

	KUNIT_EXPECT_EQ(test, atoll_boot_plan_create(cfg, SZ_4M, 1, &plan, &extack), err);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg, why);
}

static void files_that_cannot_boot_are_refused(struct kunit *test)
{
	struct file *image = new_file(test, tiny_image, IMAGE_LEN);
	struct file *empty = new_file(test, "", 0);
	struct file *dir = filp_open("/", O_RDONLY | O_DIRECTORY, 0);
	struct atoll_boot_config *cfg = new_config(test, empty);

	KUNIT_ASSERT_FALSE(test, IS_ERR(dir));
	refuse(test, cfg, -ENODATA, "image is empty");
	cfg->image = dir;
	refuse(test, cfg, -EISDIR, "image is a directory");
	cfg->image = image;
	cfg->nr_modules = 1;
	cfg->module[0].cmdline = "";
	cfg->module[0].file = empty;
	refuse(test, cfg, -ENODATA, "module is empty");
	cfg->module[0].file = dir;
	refuse(test, cfg, -EISDIR, "module is a directory");
	cfg->nr_modules = 0;
	image->f_mode &= ~FMODE_READ;
	refuse(test, cfg, -EBADF, "image is not open for reading");
	image->f_mode |= FMODE_READ;
	cfg->load_addr = 0x7c00;
	refuse(test, cfg, -EINVAL, "load address is for flat binaries only");
	fput(dir);
	fput(empty);
	fput(image);
}

static void command_lines_have_a_limit(struct kunit *test)
{
	struct file *image = new_file(test, tiny_image, IMAGE_LEN);
	struct atoll_boot_config *cfg = new_config(test, image);
	char *cmdline = kunit_kzalloc(test, 4097, GFP_KERNEL);
	struct atoll_boot_plan *plan;

	KUNIT_ASSERT_NOT_NULL(test, cmdline);
	memset(cmdline, 'x', 4096);
	cfg->cmdline = cmdline;
	refuse(test, cfg, -E2BIG, "command line is longer than 4095 bytes");
	cmdline[4095] = 0;
	KUNIT_EXPECT_EQ(test, atoll_boot_plan_create(cfg, SZ_4M, 1, &plan, NULL), 0);
	atoll_boot_plan_free(plan);
	cfg->cmdline = "";
	cmdline[4095] = 'x';
	cfg->nr_modules = 1;
	cfg->module[0].file = image;
	cfg->module[0].cmdline = cmdline;
	refuse(test, cfg, -E2BIG, "command line is longer than 4095 bytes");
	fput(image);
}

static u32 word_at(struct kunit *test, struct atoll_gmem *gmem, u64 gpa)
{
	u32 word = 0;

	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, gpa, &word, 4), 0);
	return word;
}

static void expect_string(struct kunit *test, struct atoll_gmem *gmem, u64 gpa,
			  const char *want)
{
	char got[32] = {};

	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, gpa, got, strlen(want) + 1), 0);
	KUNIT_EXPECT_STREQ(test, got, want);
}

static void expect_mmap(struct kunit *test, struct atoll_gmem *gmem, u64 gpa,
			u64 base, u64 len, u32 type)
{
	u64 got[2] = {};

	KUNIT_EXPECT_EQ(test, word_at(test, gmem, gpa), 20);
	KUNIT_EXPECT_EQ(test, atoll_gmem_read(gmem, gpa + 4, got, 16), 0);
	KUNIT_EXPECT_EQ(test, got[0], base);
	KUNIT_EXPECT_EQ(test, got[1], len);
	KUNIT_EXPECT_EQ(test, word_at(test, gmem, gpa + 20), type);
}

/* Offsets are those of the specification's table */
static void expect_info(struct kunit *test, struct atoll_gmem *gmem, u64 info)
{
	u64 mmap = word_at(test, gmem, info + 48);
	u64 mods = word_at(test, gmem, info + 24);

	KUNIT_EXPECT_EQ(test, word_at(test, gmem, info), 0x24d);
	KUNIT_EXPECT_EQ(test, word_at(test, gmem, info + 4), 639);
	KUNIT_EXPECT_EQ(test, word_at(test, gmem, info + 8), 3 * 1024);
	expect_string(test, gmem, word_at(test, gmem, info + 16), "tiny x=1");
	expect_string(test, gmem, word_at(test, gmem, info + 64), "Atoll 0.1");

	KUNIT_EXPECT_EQ(test, word_at(test, gmem, info + 44), 3 * 24);
	expect_mmap(test, gmem, mmap, 0, 0x9fc00, 1);
	expect_mmap(test, gmem, mmap + 24, 0x9fc00, 0x60400, 2);
	expect_mmap(test, gmem, mmap + 48, SZ_1M, 3 * SZ_1M, 1);

	/* Modules on pages behind the image and its BSS, one after the other */
	KUNIT_EXPECT_EQ(test, word_at(test, gmem, info + 20), 2);
	KUNIT_EXPECT_EQ(test, word_at(test, gmem, mods), LOAD_GPA + 0x2000);
	KUNIT_EXPECT_EQ(test, word_at(test, gmem, mods + 4), LOAD_GPA + 0x2000 + 5);
	expect_string(test, gmem, word_at(test, gmem, mods + 8), "first");
	KUNIT_EXPECT_EQ(test, word_at(test, gmem, mods + 16), LOAD_GPA + 0x3000);
	KUNIT_EXPECT_EQ(test, word_at(test, gmem, mods + 20), LOAD_GPA + 0x3000 + 3);
	expect_string(test, gmem, word_at(test, gmem, mods + 24), "");
	expect_string(test, gmem, LOAD_GPA + 0x2000, "abcde");
	expect_string(test, gmem, LOAD_GPA + 0x3000, "xyz");
}

static void a_start_finds_it_all_in_memory(struct kunit *test)
{
	struct file *image = new_file(test, tiny_image, IMAGE_LEN);
	struct atoll_boot_config *cfg = new_config(test, image);
	struct netlink_ext_ack extack = {};
	struct atoll_boot_plan *plan;
	struct atoll_gmem *gmem;

	gmem = kunit_kzalloc(test, sizeof(*gmem), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, gmem);
	KUNIT_ASSERT_EQ(test, atoll_gmem_init(gmem, &(struct atoll_gmem_config){
			.pool = &atoll_dynamic_pool, .bytes = SZ_4M,
		}, &atoll_npt_format, 4, NULL), 0);
	cfg->nr_modules = 2;
	cfg->module[0].file = new_file(test, "abcde", 5);
	cfg->module[0].cmdline = "first";
	cfg->module[1].file = new_file(test, "xyz", 3);
	cfg->module[1].cmdline = "";

	KUNIT_ASSERT_EQ(test, atoll_boot_plan_create(cfg, SZ_4M, 1, &plan, NULL), 0);
	KUNIT_ASSERT_EQ(test, atoll_boot_load(plan, gmem, NULL), 0);
	KUNIT_EXPECT_EQ(test, word_at(test, gmem, LOAD_GPA), 0x1badb002);
	KUNIT_EXPECT_EQ(test, word_at(test, gmem, LOAD_GPA + 32), 0xf4f4f4f4);
	KUNIT_EXPECT_EQ(test, word_at(test, gmem, LOAD_GPA + IMAGE_LEN), 0);
	expect_info(test, gmem, atoll_boot_entry(plan)->regs[ATOLL_RBX]);

	/* A file that shrinks after the plan is a sentence, not a crash */
	KUNIT_ASSERT_EQ(test, vfs_truncate(&cfg->module[1].file->f_path, 2), 0);
	KUNIT_EXPECT_EQ(test, atoll_boot_load(plan, gmem, &extack), -ENODATA);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg,
			   "image or module has become shorter since the guest was defined");

	atoll_boot_plan_free(plan);
	fput(cfg->module[1].file);
	fput(cfg->module[0].file);
	fput(image);
	atoll_gmem_destroy(gmem);
}

static struct atoll_boot_job *tiny_job(struct kunit *test)
{
	struct atoll_boot_job *job = kunit_kzalloc(test, sizeof(*job), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, job);
	job->image.data = tiny_image;
	job->image.size = IMAGE_LEN;
	job->cmdline = "";
	job->module[0].cmdline = "";
	/* Planning never looks at a module's bytes */
	job->module[0].src.data = tiny_image;
	job->nr_modules = 1;
	return job;
}

static void modules_that_do_not_fit_are_refused(struct kunit *test)
{
	struct atoll_boot_job *job = tiny_job(test);
	struct netlink_ext_ack extack = {};
	struct atoll_boot_plan *plan;
	u64 room = SZ_4M - LOAD_GPA - 0x2000;

	job->module[0].src.size = room;
	KUNIT_ASSERT_EQ(test, atoll_boot_plan_job(job, SZ_4M, &plan, NULL), 0);
	KUNIT_EXPECT_EQ(test, plan->piece[1].gpa, LOAD_GPA + 0x2000);
	atoll_boot_plan_free(plan);

	job->module[0].src.size = room + 1;
	KUNIT_EXPECT_EQ(test, atoll_boot_plan_job(job, SZ_4M, &plan, &extack), -ENOSPC);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg, "modules do not fit into memory");
	job->module[0].src.size = U64_MAX;
	KUNIT_EXPECT_EQ(test, atoll_boot_plan_job(job, SZ_4M, &plan, NULL), -ENOSPC);
}

static void ram_above_the_hole_is_told(struct kunit *test)
{
	struct atoll_boot_job *job = tiny_job(test);
	struct atoll_boot_plan *plan;
	const u32 *info;

	job->nr_modules = 0;
	KUNIT_ASSERT_EQ(test, atoll_boot_plan_job(job, 5ULL * SZ_1G, &plan, NULL), 0);
	info = plan->info;
	KUNIT_EXPECT_EQ(test, info[2], (3U * SZ_1M) - 1024);
	KUNIT_ASSERT_EQ(test, info[11], 4 * 24);
	/* The list follows the structure; its fourth entry is the high part */
	info = plan->info + (info[12] - plan->piece[1].gpa) + 3 * 24;
	KUNIT_EXPECT_EQ(test, info[1], 0);
	KUNIT_EXPECT_EQ(test, info[2], 1);
	KUNIT_EXPECT_EQ(test, info[3], 0x80000000);
	KUNIT_EXPECT_EQ(test, info[4], 0);
	KUNIT_EXPECT_EQ(test, info[5], 1);
	atoll_boot_plan_free(plan);
}

/* AMD APM vol. 2, "Initial Processor State" */
static void reset_state_is_the_manuals(struct kunit *test)
{
	struct atoll_cpu_state s;

	atoll_cpu_state_reset(&s);
	KUNIT_EXPECT_EQ(test, s.regs[ATOLL_RIP], 0xfff0);
	KUNIT_EXPECT_EQ(test, s.regs[ATOLL_RFLAGS], 2);
	KUNIT_EXPECT_EQ(test, s.seg[ATOLL_CS].selector, 0xf000);
	KUNIT_EXPECT_EQ(test, s.seg[ATOLL_CS].base, 0xffff0000);
	KUNIT_EXPECT_EQ(test, s.seg[ATOLL_CS].limit, 0xffff);
	KUNIT_EXPECT_EQ(test, s.seg[ATOLL_CS].attr, 0x9b);
	KUNIT_EXPECT_EQ(test, s.seg[ATOLL_SS].attr, 0x93);
	KUNIT_EXPECT_EQ(test, s.seg[ATOLL_LDTR].attr, 0x82);
	KUNIT_EXPECT_EQ(test, s.idt.limit, 0xffff);
	KUNIT_EXPECT_EQ(test, s.cr0, 0x60000010);
	KUNIT_EXPECT_EQ(test, s.dr6, 0xffff0ff0);
	KUNIT_EXPECT_EQ(test, s.dr7, 0x400);
	KUNIT_EXPECT_EQ(test, s.pat, 0x0007040600070406ULL);
	KUNIT_EXPECT_EQ(test, s.efer, 0);
}

static struct kunit_case boot_cases[] = {
	KUNIT_CASE(files_that_cannot_boot_are_refused),
	KUNIT_CASE(command_lines_have_a_limit),
	KUNIT_CASE(a_start_finds_it_all_in_memory),
	KUNIT_CASE(modules_that_do_not_fit_are_refused),
	KUNIT_CASE(ram_above_the_hole_is_told),
	KUNIT_CASE(reset_state_is_the_manuals),
	{}
};

static struct kunit_suite boot_suite = {
	.name = "atoll_boot",
	.init = pool_limit_init,
	.exit = pool_limit_exit,
	.test_cases = boot_cases,
};

kunit_test_suite(boot_suite);
