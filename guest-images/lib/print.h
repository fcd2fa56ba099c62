/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GUEST_PRINT_H
#define GUEST_PRINT_H

#include <stdarg.h>

/*
 * Knows %c %s %d %u %x %lu %lx %llx %%, a width, and the flags 0 and -.
 */
void vprintf(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));
void printf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Ends the guest: Atoll reports @code */
void exit(int code) __attribute__((noreturn));

#endif
