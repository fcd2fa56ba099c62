/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's names for integers, and two of its macros. */
#ifndef ATOLL_TYPES_H
#define ATOLL_TYPES_H

#include <stddef.h>
#include <stdint.h>

#include <asm/types.h>

typedef __u32 u32;
typedef __s64 s64;
typedef __u64 u64;

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define __printf(a, b)		__attribute__((__format__(printf, a, b)))

#endif
