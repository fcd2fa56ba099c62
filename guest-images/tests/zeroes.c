// SPDX-License-Identifier: GPL-2.0-only
/*
 * All RAM but the image and what the boot loader put beside it is zero at
 * the start, whoever had it before.
 *
 *	dirty	fill RAM with a pattern at the end, for the next guest to find
 *
 * expect: exit 0
 * memory: 64M
 * append: dirty
 * expect: exit 0
 * memory: 64M
 */
#include "guest.h"

/* Does @page hold any of [start, start + len)? */
static int touches(ulong page, ulong start, ulong len)
{
	return len && start < page + PAGE_BYTES && start + len > page;
}

static int is_loaders(ulong page)
{
	const struct mbi *info = boot_info();
	const struct mb_module *m = (const void *)(uintptr_t)info->mods_addr;
	const char *name = (const char *)(uintptr_t)info->boot_loader_name;
	u32 i;

	if (touches(page, (ulong)info, sizeof(*info)) ||
	    touches(page, (ulong)boot_cmdline(), strlen(boot_cmdline()) + 1) ||
	    touches(page, info->mmap_addr, info->mmap_length) ||
	    touches(page, (ulong)name, strlen(name) + 1) ||
	    touches(page, info->mods_addr, info->mods_count * sizeof(*m)))
		return 1;
	for (i = 0; i < info->mods_count; i++)
		if (touches(page, m[i].start, m[i].end - m[i].start))
			return 1;
	return 0;
}

static int is_image(ulong page)
{
	return page >= (ulong)image_start && page < (ulong)image_end;
}

static int is_zero(ulong page)
{
	const ulong *p = (const ulong *)page;
	ulong any = 0, i;

	for (i = 0; i < PAGE_BYTES / sizeof(ulong); i++)
		any |= p[i];
	return !any;
}

int main(void)
{
	ulong page, end = boot_ram_end(), nr = 0, dirty = 0, first = 0, excused = 0;

	for (page = 0; page < end; page += PAGE_BYTES) {
		if (is_image(page))
			continue;
		if (is_loaders(page)) {
			excused++;
			continue;
		}
		nr++;
		if (!is_zero(page) && !dirty++)
			first = page;
	}
	report(!dirty, "%lu pages are zero, %lu are not, from %lx on", nr, dirty, first);
	report(excused <= 8, "the boot loader took %lu pages", excused);
	if (boot_has("dirty"))
		for (page = (ulong)image_end; page < end; page += PAGE_BYTES)
			memset((void *)page, 0xa5, PAGE_BYTES);
	return report_summary();
}
