// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the two kinds of CPU want in a stage-2 entry.
 */
#include <linux/bits.h>

#include "s2pt.h"

/*
 * AMD APM vol. 2, "Nested Paging": the format is that of long-mode paging,
 * and every access of a guest counts as a user access, so U/S (bit 2) is set
 * at all levels.  Bit 7 is PS in a large leaf.  PWT, PCD and PAT stay 0:
 * write-back, so that the guest's own PAT decides.
 */
const struct atoll_s2_format atoll_npt_format = {
	.name		= "npt",
	.table		= BIT_ULL(0) | BIT_ULL(1) | BIT_ULL(2),
	.leaf		= BIT_ULL(0) | BIT_ULL(2),
	.large		= BIT_ULL(7),
	.present	= BIT_ULL(0),
	.write		= BIT_ULL(1),
	.exec		= 0,
	.noexec		= BIT_ULL(63),
	.accessed	= BIT_ULL(5),
	.dirty		= BIT_ULL(6),
	.addr		= GENMASK_ULL(51, 12),
};

/*
 * Intel SDM vol. 3, "EPT Translation Mechanism": bits 0 to 2 are read, write
 * and execute, bits 5:3 of a leaf the memory type (6: write-back), bit 7 says
 * that a leaf lies above level 1, bits 8 and 9 are accessed and dirty.
 */
const struct atoll_s2_format atoll_ept_format = {
	.name		= "ept",
	.table		= BIT_ULL(0) | BIT_ULL(1) | BIT_ULL(2),
	.leaf		= BIT_ULL(0) | (6ULL << 3),
	.large		= BIT_ULL(7),
	.present	= BIT_ULL(0) | BIT_ULL(1) | BIT_ULL(2),
	.write		= BIT_ULL(1),
	.exec		= BIT_ULL(2),
	.noexec		= 0,
	.accessed	= BIT_ULL(8),
	.dirty		= BIT_ULL(9),
	.addr		= GENMASK_ULL(51, 12),
};
