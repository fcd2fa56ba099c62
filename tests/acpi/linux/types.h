/* SPDX-License-Identifier: GPL-2.0-only */
/* What the table builders want of the kernel's headers, for a program */
#ifndef ACPI_TEST_TYPES_H
#define ACPI_TEST_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;

#define __packed __attribute__((packed))

#endif
