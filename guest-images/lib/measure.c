// SPDX-License-Identifier: GPL-2.0-only
/*
 * What guests share that measure: see measure.h.
 */
#include "measure.h"

#define ATTEMPTS	101
#define DIVISIONS	1000

/* No CPU divides as fast as one tick for each, when one waits for the other */
const char *clock_unit(void)
{
	u64 best = -1ULL, start, ticks;
	u32 i, quotient = 1, rest = 0, one = 1;

	for (i = 0; i < ATTEMPTS; i++) {
		start = rdtsc();
		asm volatile(".rept %c3\n\tdiv %2\n\t.endr"
			     : "+a"(quotient), "+d"(rest) : "r"(one), "i"(DIVISIONS) : "cc");
		ticks = rdtsc() - start;
		if (ticks < best)
			best = ticks;
	}
	return best > DIVISIONS - 10 && best < DIVISIONS + 10 ? "instructions" : "tsc ticks";
}

void sort(u64 *v, u32 nr)
{
	u32 i, j;

	for (i = 1; i < nr; i++) {
		u64 x = v[i];

		for (j = i; j && v[j - 1] > x; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
}
