/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An 8254 interval timer with the PC's clock of 1.193182 MHz.  Pure state:
 * nothing ticks, what a counter holds follows from the time that its caller
 * tells.  Whoever owns one serialises its calls, and its time never goes back.
 */
#ifndef ATOLL_DEV_PIT8254_H
#define ATOLL_DEV_PIT8254_H

#include <linux/types.h>

#define ATOLL_PIT_HZ		1193182
#define ATOLL_PIT_COUNTERS	3

/* Clock pulses since the caller's time began */
#define ATOLL_PIT_NEVER		S64_MAX

/**
 * struct atoll_pit_counter - one of the three
 * @control:	mode, access and BCD, as the last control word had them
 * @gate:	level of the GATE input
 * @stop:	what holds counting up, see pit8254.c
 * @running:	a count was loaded since the control word
 * @written:	the count register has a count since the control word
 * @null:	and it is not the one that is being counted
 * @pending:	it will be loaded at pulse @load_at
 * @low_half:	mode 3: the second half of a cycle begins then
 * @write_msb, @lsb: the first of two bytes was written
 * @read_msb:	the first of two bytes was read
 * @latch_left:	bytes of @latch that were not read yet
 * @status_latched: the next read is @status
 * @rose:	OUT has gone up since somebody asked
 * @reg:	the count that is loaded next
 * @count:	the count that was loaded last
 * @base:	pulse of that load, were it not for stops
 * @held:	while stopped: pulses counted since the load
 * @seen:	pulse up to which @rose is right
 */
struct atoll_pit_counter {
	u8 control;
	u8 gate, stop;
	u8 running, written, null, pending, low_half;
	u8 write_msb, lsb;
	u8 read_msb;
	u8 latch_left, status_latched, status;
	u8 rose;
	u16 latch;
	u32 reg, count;
	s64 load_at, base, held, seen;
};

struct atoll_pit {
	struct atoll_pit_counter counter[ATOLL_PIT_COUNTERS];
};

void atoll_pit_reset(struct atoll_pit *pit, u64 ns);
u8 atoll_pit_read(struct atoll_pit *pit, u32 reg, u64 ns);
void atoll_pit_write(struct atoll_pit *pit, u32 reg, u8 val, u64 ns);
void atoll_pit_set_gate(struct atoll_pit *pit, u32 n, u32 level, u64 ns);
u32 atoll_pit_out(struct atoll_pit *pit, u32 n, u64 ns);
bool atoll_pit_rose(struct atoll_pit *pit, u32 n, u64 ns);
u64 atoll_pit_next_rise(struct atoll_pit *pit, u32 n);
s64 atoll_pit_pulses(u64 ns);

#endif
