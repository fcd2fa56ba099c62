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
 * @append:	--append's words, or NULL
 * @cmdline:	what @def.cmdline points to
 */
struct boot {
	struct definition def;
	const char *append;
	char *cmdline;
};

void boot_init(struct boot *boot);
int boot_option(struct call *call, const struct given *given,
		struct boot *boot);
int boot_open(struct call *call, const char *subject, const char *image,
	      struct boot *boot);
void boot_close(struct boot *boot);
const char *boot_base_name(const char *path);

#endif
