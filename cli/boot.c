// SPDX-License-Identifier: GPL-2.0-only
/*
 * What `define` and `run` have in common: their options, and the files that
 * travel to the kernel as descriptors.  The files are opened here, with the
 * caller's rights; what is in them is the kernel's to judge.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "boot.h"

#define MEMORY_DEFAULT	(16ULL << 20)

const struct option boot_options[] = {
	{ "memory", "SIZE", "the guest's memory; default 16M" },
	{ "reserve", NULL, "take all of that at once, and keep it" },
	{ "pool", "POOL", "where it comes from; default dynamic" },
	{ "node", "NUMBER", "the host's NUMA node that it comes from; default any" },
	{ "vcpus", "COUNT", "the guest's CPUs; default 1" },
	{ "pin", "CPU[,CPU...]", "host CPUs that the guest's run on, in turn" },
	{ "tsc-khz", "NUMBER", "how fast the guest's TSC counts; default as the host's" },
	{ "kernel", "FILE", "the same as IMAGE" },
	{ "initrd", "FILE", "the first boot module: Linux' initrd" },
	{ "format", "auto|flat|multiboot|linux|pvh", "what IMAGE is; default auto" },
	{ "load-addr", "ADDRESS", "where a flat image goes and starts" },
	{ "append", "WORDS", "command line, after IMAGE's base name" },
	{ "cmdline", "WORDS", "the same as --append" },
	{ "module", "FILE[,WORDS]", "a boot module and its command line" },
	{ NULL }
};

void boot_init(struct boot *boot)
{
	memset(boot, 0, sizeof(*boot));
	boot->def.memory = MEMORY_DEFAULT;
	boot->def.nr_vcpus = 1;
	boot->def.format = ATOLL_BOOT_AUTO;
	boot->def.image_fd = -1;
}

static int format_parse(const char *word, u32 *format)
{
	static const char * const names[] = {
		[ATOLL_BOOT_AUTO] = "auto",
		[ATOLL_BOOT_FLAT] = "flat",
		[ATOLL_BOOT_MULTIBOOT] = "multiboot",
		[ATOLL_BOOT_LINUX] = "linux",
		[ATOLL_BOOT_PVH] = "pvh",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(word, names[i]))
			continue;
		*format = i;
		return 0;
	}
	return -1;
}

/* The files are opened last, when all words are known to be right */
static int add_module(struct call *call, struct boot *boot)
{
	if (boot->def.nr_modules == ATOLL_MODULES_MAX)
		return usage(call, "more than %d modules", ATOLL_MODULES_MAX);
	boot->def.module[boot->def.nr_modules++].fd = -1;
	return CLI_DONE;
}

static int take_pins(struct call *call, const char *value, struct definition *def)
{
	int err = list_parse(value, def->pin, ATOLL_VCPUS_MAX, &def->nr_pins);

	if (err > 0)
		return usage(call, "--pin takes up to %d host CPUs", ATOLL_VCPUS_MAX);
	if (err)
		return usage(call, "--pin takes host CPUs such as 0,1 or 0-3, not \"%s\"",
			     value);
	return CLI_DONE;
}

/**
 * boot_option() - take one of boot_options
 *
 * Return: CLI_DONE, or CLI_USAGE after having said why.
 */
int boot_option(struct call *call, const struct given *given, struct boot *boot)
{
	const char *name = given->option->name;
	const char *value = given->value;
	struct definition *def = &boot->def;

	if (!strcmp(name, "memory")) {
		if (size_parse(value, &def->memory))
			return usage(call, "--memory takes a size such as 16M, not \"%s\"",
				     value);
	} else if (!strcmp(name, "reserve")) {
		def->reserve = 1;
	} else if (!strcmp(name, "pool")) {
		def->pool = value;
	} else if (!strcmp(name, "node")) {
		if (number_parse_u32(value, &def->node))
			return usage(call, "--node takes a number, not \"%s\"", value);
		def->has_node = 1;
	} else if (!strcmp(name, "vcpus")) {
		if (number_parse_u32(value, &def->nr_vcpus))
			return usage(call, "--vcpus takes a number, not \"%s\"",
				     value);
	} else if (!strcmp(name, "pin")) {
		return take_pins(call, value, def);
	} else if (!strcmp(name, "tsc-khz")) {
		if (number_parse_u32(value, &def->tsc_khz) || !def->tsc_khz)
			return usage(call, "--tsc-khz takes a number such as 2000000, not \"%s\"",
				     value);
	} else if (!strcmp(name, "format")) {
		if (format_parse(value, &def->format))
			return usage(call, "--format takes %s, not \"%s\"",
				     given->option->arg, value);
	} else if (!strcmp(name, "load-addr")) {
		if (number_parse(value, &def->load_addr))
			return usage(call, "--load-addr takes an address like 0x7c00, not \"%s\"",
				     value);
		def->has_load_addr = 1;
	} else if (!strcmp(name, "append") || !strcmp(name, "cmdline")) {
		boot->append = value;
	} else if (!strcmp(name, "kernel")) {
		boot->image = value;
	} else if (!strcmp(name, "initrd")) {
		if (boot->initrd)
			return usage(call, "--initrd is given twice");
		boot->initrd = value;
		return add_module(call, boot);
	} else if (!strcmp(name, "module")) {
		return add_module(call, boot);
	}
	return CLI_DONE;
}

/* Returns a descriptor, or -1 after having said why */
static int open_file(struct call *call, const char *subject, const char *path)
{
	/* O_NONBLOCK: a FIFO shall be refused, not waited for */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *why = NULL;
	struct stat st;

	if (fd < 0 || fstat(fd, &st))
		why = strerror(errno);
	else if (S_ISDIR(st.st_mode))
		why = "is a directory";
	else if (!S_ISREG(st.st_mode))
		why = "is not a regular file";
	if (!why)
		return fd;
	refuse(call, subject, "%s: %s", path, why);
	if (fd >= 0)
		close(fd);
	return -1;
}

static int open_modules(struct call *call, const char *subject,
			struct boot *boot)
{
	struct boot_module *module = boot->def.module;
	const char *comma;
	char *path;
	size_t i;

	if (boot->initrd) {
		module->fd = open_file(call, subject, boot->initrd);
		if (module->fd < 0)
			return CLI_REFUSED;
		module++;
	}
	for (i = 0; i < call->nr_given; i++) {
		if (strcmp(call->given[i].option->name, "module"))
			continue;
		path = must(strdup(call->given[i].value));
		comma = strchr(call->given[i].value, ',');
		if (comma) {
			path[comma - call->given[i].value] = '\0';
			module->cmdline = comma + 1;
		}
		module->fd = open_file(call, subject, path);
		free(path);
		if (module->fd < 0)
			return CLI_REFUSED;
		module++;
	}
	return CLI_DONE;
}

/**
 * boot_image() - settle what is to be booted, when all options are taken
 * @word:	where IMAGE stands among the positional words
 *
 * Return: CLI_DONE, or CLI_USAGE after having said why.
 */
int boot_image(struct call *call, size_t word, struct boot *boot)
{
	if (call->nr_args > word && boot->image)
		return usage(call, "\"%s\" and --kernel are one too many",
			     call->args[word]);
	if (call->nr_args > word)
		boot->image = call->args[word];
	if (!boot->image)
		return usage(call, "it needs IMAGE or --kernel");
	return CLI_DONE;
}

const char *boot_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/**
 * boot_open() - open the files and compose the command line
 * @subject: the guest's name, for what there is to say
 *
 * Return: CLI_DONE, or CLI_REFUSED after having said why.
 */
int boot_open(struct call *call, const char *subject, struct boot *boot)
{
	int len;

	boot->def.image_fd = open_file(call, subject, boot->image);
	if (boot->def.image_fd < 0)
		return CLI_REFUSED;
	len = asprintf(&boot->cmdline, "%s%s%s", boot_base_name(boot->image),
		       boot->append ? " " : "",
		       boot->append ? boot->append : "");
	if (len < 0)
		must(NULL);
	boot->def.cmdline = boot->cmdline;
	return open_modules(call, subject, boot);
}

void boot_close(struct boot *boot)
{
	size_t i;

	if (boot->def.image_fd >= 0)
		close(boot->def.image_fd);
	for (i = 0; i < boot->def.nr_modules; i++)
		if (boot->def.module[i].fd >= 0)
			close(boot->def.module[i].fd);
	free(boot->cmdline);
}
