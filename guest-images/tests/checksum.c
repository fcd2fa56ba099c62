// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fills its memory with a pattern, sums it up in rounds, and prints a line
 * for each.  The sum must be the same each time, and so must each word of
 * the last look.  Runs beside hostile neighbours.  Words of the command line:
 *
 *	rounds=N	end after so many, 10 if absent
 *	forever		don't
 *
 * expect: exit 0
 * append: rounds=3
 */
#include "guest.h"

#define AREA_BYTES	(4 * MIB)

static ulong area[AREA_BYTES / sizeof(ulong)];

static ulong pattern(ulong i)
{
	return (i + 1) * 0x9e3779b97f4a7c15UL;
}

/* Position counts: two words that have changed places do not go unseen */
static ulong checksum(void)
{
	ulong sum = 0, i;

	for (i = 0; i < ARRAY_SIZE(area); i++)
		sum = (sum << 1 | sum >> 63) + area[i];
	return sum;
}

int main(void)
{
	ulong rounds = boot_number("rounds", 10);
	ulong i, first, sum, wrong = 0;

	for (i = 0; i < ARRAY_SIZE(area); i++)
		area[i] = pattern(i);
	first = checksum();
	printf("checksum: %lx of %lu bytes\n", first, AREA_BYTES);

	for (i = 1; i <= rounds || boot_has("forever"); i++) {
		sum = checksum();
		printf("round %lu: %lx\n", i, sum);
		if (!report(sum == first, "round %lu has the same checksum", i))
			break;
	}
	for (i = 0; i < ARRAY_SIZE(area); i++)
		wrong += area[i] != pattern(i);
	report(!wrong, "each word is as it was written, %lu are not", wrong);
	return report_summary();
}
