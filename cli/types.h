/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's names for integers, and two of its macros. */
#ifndef ATOLL_TYPES_H
#define ATOLL_TYPES_H

#include <stddef.h>
#include <stdint.h>

typedef uint32_t u32;
typedef int64_t s64;
typedef unsigned long long u64;

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))
#define __printf(a, b)		__attribute__((__format__(printf, a, b)))

#endif
