/* SPDX-License-Identifier: GPL-2.0-only */
/* What the stage-2 arithmetic wants of the kernel's headers: a u64 is a term */
#ifndef ATOLL_PROOF_TYPES_H
#define ATOLL_PROOF_TYPES_H

#include "../term.h"

typedef uint8_t u8;
typedef uint32_t u32;
typedef term u64;

#endif
