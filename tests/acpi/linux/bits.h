/* SPDX-License-Identifier: GPL-2.0-only */
/* As types.h */
#define BIT(n) (1UL << (n))
