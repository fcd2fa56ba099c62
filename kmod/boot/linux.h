/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What linux.c and linux_info.c share: a bzImage's header, and what was
 * decided about its boot.
 */
#ifndef ATOLL_BOOT_LINUX_H
#define ATOLL_BOOT_LINUX_H

#include <asm/bootparam.h>

#include "boot.h"

#define ATOLL_LINUX_HEADER_POS	offsetof(struct boot_params, hdr)

/**
 * union atoll_linux_header - the header of a bzImage
 * @h:		the fields that this code knows
 * @raw:	all that the zero page has room for
 */
union atoll_linux_header {
	struct setup_header h;
	u8 raw[offsetof(struct boot_params, edd_mbr_sig_buffer) - ATOLL_LINUX_HEADER_POS];
};

/**
 * struct atoll_linux_boot - a kernel, ready to be told
 * @header:	its header, checked
 * @kernel_gpa:	where it lies,
 * @entry:	and is entered
 * @initrd_gpa:	where the initrd lies, if there is one
 * @initrd_len:	bytes, 0: there is none
 * @words:	the command line
 */
struct atoll_linux_boot {
	union atoll_linux_header header;
	u64 kernel_gpa;
	u64 entry;
	u64 initrd_gpa;
	u64 initrd_len;
	const char *words;
};

/* boot/linux_info.c */
int atoll_linux_info(struct atoll_boot_plan *plan, const struct atoll_linux_boot *boot,
		     struct netlink_ext_ack *extack);

#endif
