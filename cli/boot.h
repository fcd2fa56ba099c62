/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest to be, put together from the words of `define` or `run`: numbers
 * read, files open, command lines composed.
 */
#ifndef ATOLL_BOOT_H
#define ATOLL_BOOT_H

#include "cli.h"
#include "nl.h"

/**
 * struct boot - a definition and what it holds
 * @def:	to be sent; its name is the caller's to fill in
 * @image:	the path of what is booted
 * @initrd:	--initrd's path, or NULL
 * @append:	--append's words, or NULL
 * @cmdline:	what @def.cmdline points to
 */
struct boot {
	struct definition def;
	const char *image;
	const char *initrd;
	const char *append;
	char *cmdline;
};

void boot_init(struct boot *boot);
int boot_option(struct call *call, const struct given *given,
		struct boot *boot);
int boot_image(struct call *call, size_t word, struct boot *boot);
int boot_open(struct call *call, const char *subject, struct boot *boot);
void boot_close(struct boot *boot);
const char *boot_base_name(const char *path);

#endif
