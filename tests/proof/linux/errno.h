/* SPDX-License-Identifier: GPL-2.0-only */
/* As types.h */
#include <asm-generic/errno.h>
