// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAM is as large as was asked for, all of it works, and nothing is behind.
 *
 *	kib=N	how large it ought to be
 *
 * expect: exit 0
 * memory: 16M
 * append: kib=16384
 * expect: exit 0
 * memory: 2M
 * append: kib=2048
 * expect: exit 0
 * memory: 4100K
 * append: kib=4100
 * expect: exit 0
 * memory: 128M
 * append: kib=131072
 */
#include "guest.h"

static ulong tag(ulong page)
{
	return page * 0x9e3779b97f4a7c15UL + 1;
}

/* Pages that this program may write: not its own, not the first MiB */
static ulong first_page(void)
{
	return ((ulong)image_end + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
}

int main(void)
{
	ulong end = boot_ram_end(), kib = boot_number("kib", end / 1024);
	ulong p, wrong = 0;
	volatile u32 *behind = (u32 *)end;

	report(end == kib * 1024, "RAM is %lu KiB, as asked for", end / 1024);
	for (p = first_page(); p < end; p += PAGE_BYTES)
		*(volatile ulong *)p = tag(p);
	for (p = first_page(); p < end; p += PAGE_BYTES)
		wrong += *(volatile ulong *)p != tag(p);
	report(!wrong, "each page keeps its own word, %lu do not", wrong);
	((volatile u8 *)end)[-1] = 0x5a;
	report(((volatile u8 *)end)[-1] == 0x5a, "the last byte is RAM");
	*behind = 0x12345678;
	report(*behind == 0xffffffff, "the next one is not, %x", *behind);
	report(*(volatile u64 *)(end - 4) >> 32 == 0xffffffff,
	       "a word across the end is RAM below and ones above");
	return report_summary();
}
