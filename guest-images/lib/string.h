/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GUEST_STRING_H
#define GUEST_STRING_H

#include "cpu.h"

void *memset(void *dst, int byte, size_t len);
void *memcpy(void *dst, const void *src, size_t len);
int memcmp(const void *a, const void *b, size_t len);
size_t strlen(const char *s);
int strncmp(const char *a, const char *b, size_t len);
int strcmp(const char *a, const char *b);

#endif
