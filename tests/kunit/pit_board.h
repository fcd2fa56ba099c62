/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An 8254 and the time, for the suites that test it.  Time is told in clock
 * pulses: what is written at pulse t is loaded at pulse t + 1.
 */
#ifndef PIT_BOARD_H
#define PIT_BOARD_H

#include <kunit/test.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "../../kmod/dev/pit8254.h"

#define CONTROL		3
#define COUNTER(n)	((n) << 6)
#define LATCH_COUNT	0x00
#define LSB		0x10
#define MSB		0x20
#define BOTH		0x30
#define MODE(n)		((n) << 1)
#define BCD		0x01
#define READ_BACK	0xc0
#define NO_COUNT	0x20
#define NO_STATUS	0x10
#define BACK(n)		(2 << (n))
#define STATUS_OUT	0x80
#define STATUS_NULL	0x40

/* A chip at a time */
struct board {
	struct atoll_pit pit;
	u64 t;
};

static inline u64 ns_of(u64 t)
{
	return DIV64_U64_ROUND_UP(t * NSEC_PER_SEC, ATOLL_PIT_HZ);
}

static inline u64 now(struct board *b)
{
	return ns_of(b->t);
}

static inline struct board *new_board(struct kunit *test)
{
	struct board *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->t = 1000;
	atoll_pit_reset(&b->pit, now(b));
	return b;
}

static inline void control(struct board *b, u8 val)
{
	atoll_pit_write(&b->pit, CONTROL, val, now(b));
}

static inline void put(struct board *b, u32 n, u8 val)
{
	atoll_pit_write(&b->pit, n, val, now(b));
}

static inline u8 get(struct board *b, u32 n)
{
	return atoll_pit_read(&b->pit, n, now(b));
}

static inline void put16(struct board *b, u32 n, u16 val)
{
	put(b, n, val);
	put(b, n, val >> 8);
}

static inline u16 get16(struct board *b, u32 n)
{
	u8 lsb = get(b, n);

	return get(b, n) << 8 | lsb;
}

static inline u32 out(struct board *b, u32 n)
{
	return atoll_pit_out(&b->pit, n, now(b));
}

static inline void gate(struct board *b, u32 level)
{
	atoll_pit_set_gate(&b->pit, 2, level, now(b));
}

static inline bool rose(struct board *b, u32 n)
{
	return atoll_pit_rose(&b->pit, n, now(b));
}

/* Pulses from now to the next rise, -1: none */
static inline s64 rise_in(struct board *b, u32 n)
{
	u64 ns = atoll_pit_next_rise(&b->pit, n);

	return ns == U64_MAX ? -1 : atoll_pit_pulses(ns) - b->t;
}

/* Counter 2 with GATE high, programmed and loaded; @b->t is the load's pulse */
static inline struct board *loaded(struct kunit *test, u8 mode, u16 count)
{
	struct board *b = new_board(test);

	gate(b, 1);
	control(b, COUNTER(2) | BOTH | mode);
	put16(b, 2, count);
	b->t++;
	return b;
}

static inline void expect(struct kunit *test, struct board *b, u32 pulses, u16 count,
			  u32 level)
{
	b->t += pulses;
	KUNIT_EXPECT_EQ(test, get16(b, 2), count);
	KUNIT_EXPECT_EQ(test, out(b, 2), level);
}

#endif
