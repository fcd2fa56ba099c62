/* SPDX-License-Identifier: GPL-2.0-only */
/* The trees that the stage-2 suites go through: both formats, both depths. */
#ifndef ATOLL_TEST_S2_VARIANTS_H
#define ATOLL_TEST_S2_VARIANTS_H

#include <kunit/test.h>
#include <linux/io.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../kmod/mem/s2pt.h"

#define S2_ADDR		GENMASK_ULL(51, 12)

/* AMD APM vol. 2, "Long-Mode Page Translation"; Intel SDM vol. 3, "EPT
 * Translation Mechanism": what a test needs to play the CPU
 */
struct s2_variant {
	const char *name;
	const struct atoll_s2_format *fmt;
	u32 levels;
	u64 accessed, dirty, write, large;
};

static const struct s2_variant s2_variants[] = {
	{ "npt, 4 levels", &atoll_npt_format, 4, BIT(5), BIT(6), BIT(1), BIT(7) },
	{ "npt, 5 levels", &atoll_npt_format, 5, BIT(5), BIT(6), BIT(1), BIT(7) },
	{ "ept, 4 levels", &atoll_ept_format, 4, BIT(8), BIT(9), BIT(1), BIT(7) },
	{ "ept, 5 levels", &atoll_ept_format, 5, BIT(8), BIT(9), BIT(1), BIT(7) },
};

static inline void s2_variant_desc(const struct s2_variant *v, char *desc)
{
	strscpy(desc, v->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(s2_variant, s2_variants, s2_variant_desc);

/*
 * As a CPU walks: the entry that maps @gpa, or the one where there is no more,
 * and its level.
 */
static inline u64 *s2_cpu_walk(const struct s2_variant *v, u64 *table, u64 gpa,
			       u32 *at)
{
	u32 level = v->levels;
	u64 *slot;

	for (;; level--) {
		slot = &table[(gpa >> (12 + 9 * (level - 1))) & 511];
		if (!(READ_ONCE(*slot) & 1) || level == 1 ||
		    (level <= 3 && (READ_ONCE(*slot) & v->large)))
			break;
		table = phys_to_virt(READ_ONCE(*slot) & S2_ADDR);
	}
	*at = level;
	return slot;
}

#endif
