// SPDX-License-Identifier: GPL-2.0-only
/*
 * From start.S to main() and to the end; what the boot loader told.
 */
#include "boot.h"
#include "print.h"
#include "string.h"
#include "trap.h"
#include "uart.h"

void boot_main(void);

struct boot_entry boot_entry __attribute__((section(".data")));

const char *boot_cmdline(void)
{
	struct mbi *info = boot_info();

	if (boot_entry.eax != MULTIBOOT_MAGIC || !(info->flags & MBI_CMDLINE))
		return "";
	return (const char *)(uintptr_t)info->cmdline;
}

static const char *next_word(const char *p)
{
	while (*p && *p != ' ')
		p++;
	while (*p == ' ')
		p++;
	return p;
}

int boot_has(const char *word)
{
	size_t len = strlen(word);
	const char *p;

	for (p = next_word(boot_cmdline()); *p; p = next_word(p))
		if (!strncmp(p, word, len) && (!p[len] || p[len] == ' '))
			return 1;
	return 0;
}

ulong boot_number(const char *key, ulong absent)
{
	size_t len = strlen(key);
	ulong n = absent;
	const char *p, *d;

	for (p = next_word(boot_cmdline()); *p; p = next_word(p)) {
		if (strncmp(p, key, len) || p[len] != '=')
			continue;
		for (n = 0, d = p + len + 1; *d >= '0' && *d <= '9'; d++)
			n = n * 10 + (*d - '0');
	}
	return n;
}

ulong boot_ram_end(void)
{
	return MIB + boot_info()->mem_upper * 1024UL;
}

void boot_main(void)
{
	uart_init();
	trap_init();
	exit(main());
}
