/* SPDX-License-Identifier: GPL-2.0-only */
/* As types.h */
#include <stddef.h>
