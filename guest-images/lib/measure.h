/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For guests that measure with RDTSC: what the clock counts, and order among figures.
 */
#ifndef GUEST_MEASURE_H
#define GUEST_MEASURE_H

#include "cpu.h"

/* "instructions", where an emulator's clock counts those, or "tsc ticks" */
const char *clock_unit(void);
/* Ascending.  For some thousand figures that are much alike */
void sort(u64 *v, u32 nr);

#endif
