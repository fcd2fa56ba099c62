// SPDX-License-Identifier: GPL-2.0-only
/*
 * Linux as bzImage, by the 64-bit boot protocol from version 2.12 on: the
 * kernel's Documentation/x86/boot.rst, "The Real-Mode Kernel Header" and
 * "64-bit BOOT PROTOCOL".  The header is read and believed as far as it can be
 * checked; kernel and initrd become pieces of the plan.  linux_info.c builds
 * what the kernel is told.
 */
#include <linux/align.h>
#include <linux/kernel.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "linux.h"

#define HEADER_MAGIC	0x53726448	/* "HdrS" */
#define VERSION_MIN	0x020c
#define SECTOR_LEN	512
#define SETUP_SECTS	4		/* for 0 */
#define ENTRY64		0x200

/* Enough to know whether it is a header, and how long it says it is */
#define HEADER_BASE_LEN	offsetofend(struct setup_header, header)
/* What version 2.12 has; the first field behind it is handover_offset */
#define HEADER_MIN_LEN	offsetof(struct setup_header, handover_offset)

/**
 * atoll_linux_probe - is this a Linux kernel with a boot sector?
 * @src:	the image
 * @extack:	told if that can't be known
 *
 * May sleep.
 *
 * Return: 1: yes; 0: no; or an errno.
 */
int atoll_linux_probe(const struct atoll_boot_source *src,
		      struct netlink_ext_ack *extack)
{
	u32 magic;
	int err;

	if (src->size < ATOLL_LINUX_HEADER_POS + HEADER_BASE_LEN)
		return 0;
	err = atoll_boot_read(src, ATOLL_LINUX_HEADER_POS +
			      offsetof(struct setup_header, header),
			      &magic, sizeof(magic), extack);
	return err ?: magic == HEADER_MAGIC;
}

/*
 * The header ends where its jump instruction goes to; a later version than
 * this code knows has more fields, and gets them back as they were.
 */
static int read_header(const struct atoll_boot_source *src,
		       union atoll_linux_header *header,
		       struct netlink_ext_ack *extack)
{
	size_t len;
	int err;

	memset(header, 0, sizeof(*header));
	err = atoll_boot_read(src, ATOLL_LINUX_HEADER_POS, header, HEADER_BASE_LEN, extack);
	if (err)
		return err;
	if (header->h.header != HEADER_MAGIC) {
		NL_SET_ERR_MSG(extack, "image is not a bzImage");
		return -ENOEXEC;
	}
	len = offsetofend(struct setup_header, jump) + (header->h.jump >> 8);
	len = min(len, sizeof(*header));
	if (len >= HEADER_BASE_LEN)
		err = atoll_boot_read(src, ATOLL_LINUX_HEADER_POS, header, len, extack);
	if (!err && header->h.version >= VERSION_MIN && len < HEADER_MIN_LEN) {
		NL_SET_ERR_MSG(extack, "kernel has a header that is shorter than its version");
		return -ENOEXEC;
	}
	return err;
}

static int check_header(const struct setup_header *h, struct netlink_ext_ack *extack)
{
	if (h->version < VERSION_MIN) {
		NL_SET_ERR_MSG(extack, "kernel has a boot protocol older than 2.12");
		return -EOPNOTSUPP;
	}
	if (!(h->loadflags & LOADED_HIGH)) {
		NL_SET_ERR_MSG(extack, "kernel is a zImage, which is loaded low");
		return -EOPNOTSUPP;
	}
	if (!(h->xloadflags & XLF_KERNEL_64)) {
		NL_SET_ERR_MSG(extack, "kernel is 32-bit only");
		return -EOPNOTSUPP;
	}
	if (h->relocatable_kernel && !is_power_of_2(h->kernel_alignment)) {
		NL_SET_ERR_MSG(extack, "kernel has an alignment that is not a power of 2");
		return -ENOEXEC;
	}
	return 0;
}

/*
 * Where the kernel would rather be is where it runs, whether it could be
 * moved or not, so nothing else will do; where it lies, it takes init_size.
 */
static int plan_kernel(struct atoll_boot_plan *plan, const struct atoll_boot_source *src,
		       const struct setup_header *h, struct atoll_boot_piece *piece,
		       struct netlink_ext_ack *extack)
{
	u64 setup_len = ((h->setup_sects ?: SETUP_SECTS) + 1) * SECTOR_LEN;
	u64 low_len = plan->ram.slot[0].len;

	if (src->size <= setup_len + ENTRY64 || h->syssize > (src->size - setup_len) / 16) {
		NL_SET_ERR_MSG(extack, "image is truncated: it ends within the kernel");
		return -ENODATA;
	}
	piece->src = *src;
	piece->pos = setup_len;
	piece->file_len = src->size - setup_len;
	piece->mem_len = max_t(u64, piece->file_len, h->init_size);
	piece->gpa = h->pref_address ?: ATOLL_BOOT_HIGH_START;
	if (h->relocatable_kernel && piece->gpa < low_len)
		piece->gpa = ALIGN(piece->gpa, (u64)h->kernel_alignment);
	if (piece->gpa >= low_len || piece->mem_len > low_len - piece->gpa) {
		NL_SET_ERR_MSG(extack, "kernel does not fit into memory");
		return -ENOSPC;
	}
	return atoll_boot_plan_add(plan, piece, extack);
}

/* As high as the kernel allows: all between it and the kernel stays free */
static int plan_initrd(struct atoll_boot_plan *plan, const struct atoll_boot_source *src,
		       const struct setup_header *h, u64 kernel_end, u64 *gpa,
		       struct netlink_ext_ack *extack)
{
	u64 top = min_t(u64, plan->ram.slot[0].len, (u64)h->initrd_addr_max + 1);
	struct atoll_boot_piece piece = {
		.src = *src,
		.file_len = src->size,
		.mem_len = src->size,
	};

	if (src->size <= top)
		piece.gpa = ALIGN_DOWN(top - src->size, SZ_4K);
	if (piece.gpa < kernel_end) {
		NL_SET_ERR_MSG(extack, "initrd does not fit into memory behind the kernel");
		return -ENOSPC;
	}
	*gpa = piece.gpa;
	return atoll_boot_plan_add(plan, &piece, extack);
}

static int check_job(const struct atoll_boot_job *job, const struct setup_header *h,
		     struct netlink_ext_ack *extack)
{
	if (job->nr_modules > 1) {
		NL_SET_ERR_MSG(extack, "a bzImage takes one module, its initrd");
		return -EINVAL;
	}
	if (job->nr_modules && *job->module[0].cmdline) {
		NL_SET_ERR_MSG(extack, "an initrd takes no command line");
		return -EINVAL;
	}
	if (strlen(atoll_boot_words(job->cmdline)) > h->cmdline_size) {
		NL_SET_ERR_MSG(extack, "command line is longer than the kernel takes");
		return -E2BIG;
	}
	return 0;
}

/**
 * atoll_linux_plan - plan the boot of a bzImage
 * @plan:	filled in
 * @job:	what to boot
 * @extack:	told why not
 *
 * May sleep.
 *
 * Return: 0; -ENOEXEC: not such an image, or one that contradicts itself;
 * -EOPNOTSUPP: too old, or 32-bit; -EINVAL: modules; -E2BIG: the command line;
 * -ENODATA: truncated; -ENOSPC: no room; -ENOMEM; what the file system says.
 */
int atoll_linux_plan(struct atoll_boot_plan *plan, const struct atoll_boot_job *job,
		     struct netlink_ext_ack *extack)
{
	struct atoll_boot_piece kernel = {};
	struct atoll_linux_boot boot = {};
	int err;

	err = read_header(&job->image, &boot.header, extack);
	if (!err)
		err = check_header(&boot.header.h, extack);
	if (!err)
		err = check_job(job, &boot.header.h, extack);
	if (err)
		return err;

	plan->reserved_start = ATOLL_BOOT_LOW_END;
	plan->reserved_end = ATOLL_BOOT_HIGH_START;
	err = plan_kernel(plan, &job->image, &boot.header.h, &kernel, extack);
	if (!err)
		err = atoll_acpi_plan(plan, job->nr_vcpus, &plan->rsdp, extack);
	if (!err && job->nr_modules) {
		boot.initrd_len = job->module[0].src.size;
		err = plan_initrd(plan, &job->module[0].src, &boot.header.h,
				  kernel.gpa + kernel.mem_len, &boot.initrd_gpa, extack);
	}
	if (err)
		return err;
	boot.kernel_gpa = kernel.gpa;
	boot.entry = kernel.gpa + ENTRY64;
	boot.words = atoll_boot_words(job->cmdline);
	return atoll_linux_info(plan, &boot, extack);
}
