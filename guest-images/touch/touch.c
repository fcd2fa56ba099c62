// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the first touch of a page of RAM costs, seen from inside: one write into each
 * of FAR places that are 2 MiB apart, then one into each 4 KiB of another 16 MiB, with
 * RDTSC around each.  A second round of the same, which finds the memory there, is
 * what the looking costs, and taken off.
 *
 * And what it costs to clear 4 KiB, in each of the ways that Linux knows (its
 * clear_page_64.S): whoever takes memory for a guest clears it, in one of them.
 *
 *	KIND COUNT MEDIAN LEAST MOST
 *
 * bench/memory reads what is printed here.
 */
#include "guest.h"
#include "measure.h"

#define LARGE_BYTES	(2 * MIB)
#define FAR		31
#define NEAR		4096
#define NR_CLEARED	512

static u64 first[NEAR], again[NEAR];

static void touch_each(u64 *took, ulong start, ulong step, u32 nr)
{
	u64 begin;
	u32 i;

	for (i = 0; i < nr; i++, start += step) {
		begin = rdtsc();
		*(volatile u8 *)start = 1;
		took[i] = rdtsc() - begin;
	}
}

static void print_figures(const char *kind, u64 *took, u32 nr)
{
	sort(took, nr);
	printf("%-20s %5u %8lu %8lu %8lu\n", kind, nr, (ulong)took[nr / 2], (ulong)took[0],
	       (ulong)took[nr - 1]);
}

static void measure_touch(const char *kind, ulong start, ulong step, u32 nr)
{
	u64 looking;
	u32 i;

	/* Else the figures' own pages are touched first in between */
	memset(first, 1, sizeof(first));
	memset(again, 1, sizeof(again));
	touch_each(first, start, step, nr);
	touch_each(again, start, step, nr);
	sort(again, nr);
	looking = again[nr / 2];
	for (i = 0; i < nr; i++)
		first[i] = first[i] > looking ? first[i] - looking : 0;
	print_figures(kind, first, nr);
}

static void clear_stosq(ulong page)
{
	ulong count = PAGE_BYTES / 8;

	asm volatile("rep stosq" : "+D"(page), "+c"(count) : "a"(0UL) : "memory");
}

static void clear_stosb(ulong page)
{
	ulong count = PAGE_BYTES;

	asm volatile("rep stosb" : "+D"(page), "+c"(count) : "a"(0UL) : "memory");
}

static void clear_loop(ulong page)
{
	ulong count = PAGE_BYTES / 64;

	asm volatile("1: dec %k1\n\t"
		     "mov %2, (%0)\n\tmov %2, 8(%0)\n\tmov %2, 16(%0)\n\tmov %2, 24(%0)\n\t"
		     "mov %2, 32(%0)\n\tmov %2, 40(%0)\n\tmov %2, 48(%0)\n\tmov %2, 56(%0)\n\t"
		     "lea 64(%0), %0\n\tjnz 1b"
		     : "+r"(page), "+r"(count) : "r"(0UL) : "memory", "cc");
}

static void measure_clear(const char *kind, void (*clear)(ulong), ulong start)
{
	u64 begin;
	u32 i;

	for (i = 0; i < NR_CLEARED; i++, start += PAGE_BYTES) {
		begin = rdtsc();
		clear(start);
		first[i] = rdtsc() - begin;
	}
	print_figures(kind, first, NR_CLEARED);
}

int main(void)
{
	ulong far = ((ulong)image_end + LARGE_BYTES - 1) & ~(LARGE_BYTES - 1);
	ulong near = far + FAR * LARGE_BYTES;

	if (near + NEAR * PAGE_BYTES > boot_ram_end()) {
		printf("FAIL: this takes %lu MiB of RAM\n", (near + NEAR * PAGE_BYTES) / MIB);
		return 1;
	}
	printf("count, median, least and most, in %s\n", clock_unit());
	measure_touch("touch 2M", far, LARGE_BYTES, FAR);
	measure_touch("touch 4K", near, PAGE_BYTES, NEAR);
	measure_clear("clear 4K, rep stosq", clear_stosq, near);
	measure_clear("clear 4K, rep stosb", clear_stosb, near);
	measure_clear("clear 4K, loop", clear_loop, near);
	return 0;
}
