// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the first touch of a page of RAM costs, seen from inside: one write into each
 * of FAR places that are 2 MiB apart, then one into each 4 KiB of another 16 MiB, with
 * RDTSC around each.  A second round of the same, which finds the memory there, is
 * what the looking costs, and taken off.
 *
 * Then the same of places that are read first, and written when all have been: who lends
 * zeroes to a reader has to take them away.
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
#define FAR_READ	9
#define NEAR_READ	1024
#define NR_CLEARED	512

static u64 first[NEAR], again[NEAR];

static void write_each(u64 *took, ulong start, ulong step, u32 nr)
{
	u64 begin;
	u32 i;

	for (i = 0; i < nr; i++, start += step) {
		begin = rdtsc();
		*(volatile u8 *)start = 1;
		took[i] = rdtsc() - begin;
	}
}

static void read_each(u64 *took, ulong start, ulong step, u32 nr)
{
	u64 begin;
	u32 i;

	for (i = 0; i < nr; i++, start += step) {
		begin = rdtsc();
		(void)*(volatile u8 *)start;
		took[i] = rdtsc() - begin;
	}
}

static void print_figures(const char *kind, u64 *took, u32 nr)
{
	sort(took, nr);
	printf("%-20s %5u %8lu %8lu %8lu\n", kind, nr, (ulong)took[nr / 2], (ulong)took[0],
	       (ulong)took[nr - 1]);
}

static void measure(const char *kind, void (*touch_each)(u64 *, ulong, ulong, u32), ulong start,
		    ulong step, u32 nr)
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
	ulong far_read = near + NEAR * PAGE_BYTES;
	ulong near_read = far_read + FAR_READ * LARGE_BYTES, end = near_read + 2 * LARGE_BYTES;

	if (end > boot_ram_end()) {
		printf("FAIL: this takes %lu MiB of RAM\n", end / MIB);
		return 1;
	}
	printf("count, median, least and most, in %s\n", clock_unit());
	measure("touch 2M", write_each, far, LARGE_BYTES, FAR);
	measure("touch 4K", write_each, near, PAGE_BYTES, NEAR);
	measure("read 2M", read_each, far_read, LARGE_BYTES, FAR_READ);
	measure("change 2M", write_each, far_read, LARGE_BYTES, FAR_READ);
	/* A place in which something has been written comes page by page from then on */
	for (first[0] = 0; first[0] < 2; first[0]++)
		*(volatile u8 *)(near_read + first[0] * LARGE_BYTES + LARGE_BYTES - 1) = 1;
	measure("read 4K", read_each, near_read, PAGE_BYTES, NEAR_READ);
	measure("change 4K", write_each, near_read, PAGE_BYTES, NEAR_READ);
	measure_clear("clear 4K, rep stosq", clear_stosq, near);
	measure_clear("clear 4K, rep stosb", clear_stosb, near);
	measure_clear("clear 4K, loop", clear_loop, near);
	return 0;
}
