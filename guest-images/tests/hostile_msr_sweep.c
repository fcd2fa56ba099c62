// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every MSR number in the ranges where there are any: read, written back,
 * written with all-ones.  Each works or is refused, and all are as before.
 *
 * expect: exit 0
 */
#include "guest.h"

static const struct {
	u32 first, last;
} ranges[] = {
	{ 0x00000000, 0x00001fff },
	{ 0x40000000, 0x400000ff },
	{ 0x4b564d00, 0x4b564d0f },
	{ 0xc0000000, 0xc0001fff },
	{ 0xc0010000, 0xc0011fff },
	{ 0xffffff00, 0xffffffff },
};

static u32 odd;		/* neither worked nor #GP */

/* @msr can't be read; writing it is refused as well, or harmless */
static void poke(u32 msr)
{
	int vector = try_wrmsr(msr, ~0ULL);

	odd += vector != NO_TRAP && vector != GP_VECTOR;
}

static void sweep(u32 first, u32 last)
{
	u32 msr = first, nr_read = 0, nr_written = 0;
	u64 v;
	int vector;

	for (;; msr++) {
		vector = try_rdmsr(msr, &v);
		odd += vector != NO_TRAP && vector != GP_VECTOR;
		if (vector != NO_TRAP) {
			poke(msr);
		} else {
			nr_read++;
			nr_written += try_wrmsr(msr, v) == NO_TRAP;
			vector = try_wrmsr(msr, ~0ULL);
			odd += vector != NO_TRAP && vector != GP_VECTOR;
			if (vector == NO_TRAP)
				wrmsr(msr, v);
		}
		if (msr == last)
			break;
	}
	printf("%08x to %08x: %u can be read, %u of them written\n", first, last, nr_read,
	       nr_written);
}

int main(void)
{
	u64 efer = rdmsr(MSR_EFER);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(ranges); i++)
		sweep(ranges[i].first, ranges[i].last);
	report(!odd, "each access works or is refused with #GP, %u did neither", odd);
	report(rdmsr(MSR_EFER) == efer, "EFER is as it was");
	return report_summary();
}
