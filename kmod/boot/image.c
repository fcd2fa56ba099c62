// SPDX-License-Identifier: GPL-2.0-only
/*
 * Images: are these files that can be booted at all, and in which format?
 * vm/ asks for a plan when a guest is defined.  The files stay the caller's;
 * they must outlive the plan.  Nothing of a guest is touched in here.
 */
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "boot.h"

/* A way to boot; the ones that AUTO finds have a probe */
struct boot_format {
	enum atoll_boot_format format;
	int (*probe)(const struct atoll_boot_source *src,
		     struct netlink_ext_ack *extack);
	int (*plan)(struct atoll_boot_plan *plan, const struct atoll_boot_job *job,
		    struct netlink_ext_ack *extack);
};

static const struct boot_format formats[] = {
	{ ATOLL_BOOT_FLAT, NULL, atoll_flat_plan },
	{ ATOLL_BOOT_LINUX, atoll_linux_probe, atoll_linux_plan },
	{ ATOLL_BOOT_MULTIBOOT, atoll_multiboot_probe, atoll_multiboot_plan },
	{ ATOLL_BOOT_PVH, atoll_pvh_probe, atoll_pvh_plan },
};

/* The same refusals for an image and for a module */
struct file_words {
	const char *directory, *irregular, *unreadable, *empty;
};

static const struct file_words image_words = {
	.directory = "image is a directory",
	.irregular = "image is not a regular file",
	.unreadable = "image is not open for reading",
	.empty = "image is empty",
};

static const struct file_words module_words = {
	.directory = "module is a directory",
	.irregular = "module is not a regular file",
	.unreadable = "module is not open for reading",
	.empty = "module is empty",
};

static int refuse(struct netlink_ext_ack *extack, const char *sentence, int err)
{
	/* NL_SET_ERR_MSG() takes literals only; these are as constant */
	if (extack)
		extack->_msg = sentence;
	return err;
}

static int open_source(struct file *file, struct atoll_boot_source *src,
		       const struct file_words *words,
		       struct netlink_ext_ack *extack)
{
	struct inode *inode = file_inode(file);

	if (S_ISDIR(inode->i_mode))
		return refuse(extack, words->directory, -EISDIR);
	if (!S_ISREG(inode->i_mode))
		return refuse(extack, words->irregular, -EINVAL);
	if (!(file->f_mode & FMODE_READ) || !(file->f_mode & FMODE_CAN_READ))
		return refuse(extack, words->unreadable, -EBADF);
	src->file = file;
	src->size = i_size_read(inode);
	if (!src->size)
		return refuse(extack, words->empty, -ENODATA);
	return 0;
}

static int open_job(const struct atoll_boot_config *cfg, struct atoll_boot_job *job,
		    struct netlink_ext_ack *extack)
{
	u32 i;
	int err;

	job->format = cfg->format;
	job->load_addr = cfg->load_addr;
	job->cmdline = cfg->cmdline;
	job->nr_modules = cfg->nr_modules;
	err = open_source(cfg->image, &job->image, &image_words, extack);
	for (i = 0; !err && i < cfg->nr_modules; i++) {
		job->module[i].cmdline = cfg->module[i].cmdline;
		err = open_source(cfg->module[i].file, &job->module[i].src,
				  &module_words, extack);
	}
	return err;
}

static int check_job(const struct atoll_boot_job *job, struct netlink_ext_ack *extack)
{
	const char *too_long = "command line is longer than 4095 bytes";
	u32 i;

	if (strnlen(job->cmdline, ATOLL_CMDLINE_MAX + 1) > ATOLL_CMDLINE_MAX)
		return refuse(extack, too_long, -E2BIG);
	for (i = 0; i < job->nr_modules; i++)
		if (strnlen(job->module[i].cmdline, ATOLL_CMDLINE_MAX + 1) >
		    ATOLL_CMDLINE_MAX)
			return refuse(extack, too_long, -E2BIG);
	if (job->format != ATOLL_BOOT_FLAT && job->load_addr)
		return refuse(extack, "load address is for flat binaries only", -EINVAL);
	return 0;
}

/* The format that was named or that the image shows; NULL: none, *err says why */
static const struct boot_format *find_format(const struct atoll_boot_job *job,
					     struct netlink_ext_ack *extack,
					     int *err)
{
	const struct boot_format *format;

	for (format = formats; format < formats + ARRAY_SIZE(formats); format++) {
		if (job->format == format->format)
			return format;
		if (job->format != ATOLL_BOOT_AUTO || !format->probe)
			continue;
		*err = format->probe(&job->image, extack);
		if (*err)
			return *err > 0 ? format : NULL;
	}
	*err = -ENOEXEC;
	NL_SET_ERR_MSG(extack,
		       "image is in no known format (bzImage, multiboot, ELF with a PVH entry); for a flat binary say so");
	return NULL;
}

/**
 * atoll_boot_plan_job - plan a boot from sources that are open already
 * @job:	sources outlive the plan; strings need not
 * @memory:	bytes of RAM, a valid size
 * @planp:	the plan, for atoll_boot_plan_free()
 * @extack:	told why not
 *
 * May sleep.
 *
 * Return: 0; -E2BIG: a command line; -EINVAL: the load address; -ENOMEM;
 * and the format's own.
 */
int atoll_boot_plan_job(const struct atoll_boot_job *job, u64 memory,
			struct atoll_boot_plan **planp,
			struct netlink_ext_ack *extack)
{
	const struct boot_format *format;
	struct atoll_boot_plan *plan;
	int err;

	err = check_job(job, extack);
	if (err)
		return err;
	format = find_format(job, extack, &err);
	if (!format)
		return err;

	plan = atoll_boot_plan_alloc(memory);
	if (!plan)
		return refuse(extack, "the host is out of memory", -ENOMEM);
	err = format->plan(plan, job, extack);
	if (err)
		goto free_plan;
	*planp = atoll_boot_plan_trim(plan);
	if (*planp)
		return 0;
	err = refuse(extack, "the host is out of memory", -ENOMEM);

free_plan:
	atoll_boot_plan_free(plan);
	return err;
}

/**
 * atoll_boot_plan_create - check what is to be booted, and plan it
 * @cfg:	its files outlive the plan
 * @memory:	bytes of RAM that the guest has, a valid size
 * @nr_vcpus:	how many CPUs it is told to have
 * @planp:	the plan, for atoll_boot_plan_free()
 * @extack:	told why not
 *
 * Reads headers only.  May sleep.
 *
 * Return: 0; -EISDIR, -EINVAL, -EBADF, -ENODATA: a file that can't be used;
 * and what atoll_boot_plan_job() returns.
 */
int atoll_boot_plan_create(const struct atoll_boot_config *cfg, u64 memory,
			   u32 nr_vcpus, struct atoll_boot_plan **planp,
			   struct netlink_ext_ack *extack)
{
	struct atoll_boot_job *job;
	int err;

	job = kzalloc(sizeof(*job), GFP_KERNEL_ACCOUNT);
	if (!job)
		return refuse(extack, "the host is out of memory", -ENOMEM);
	job->nr_vcpus = nr_vcpus;
	err = open_job(cfg, job, extack);
	if (!err)
		err = atoll_boot_plan_job(job, memory, planp, extack);
	kfree(job);
	return err;
}
