/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The 8254 interval timer and port 0x61, as each PC has them.
 */
#ifndef GUEST_PIT_H
#define GUEST_PIT_H

#include "cpu.h"

#define PIT_HZ		1193182
#define PIT_IRQ		0
#define PIT_COUNTER(n)	(0x40 + (n))
#define PIT_CONTROL	0x43

/* Control words */
#define PIT_SELECT(n)	((n) << 6)
#define PIT_LATCH	0x00
#define PIT_LSB		0x10
#define PIT_MSB		0x20
#define PIT_BOTH	0x30
#define PIT_MODE(n)	((n) << 1)
#define PIT_BCD		0x01
#define PIT_READ_BACK	0xc0
#define PIT_NO_COUNT	0x20
#define PIT_NO_STATUS	0x10
#define PIT_BACK(n)	(2 << (n))

#define PIT_STATUS_OUT	0x80
#define PIT_STATUS_NULL	0x40

/* Port 0x61: counter 2's input and output, among others */
#define PIT_PORT61	0x61
#define PIT_GATE2	0x01
#define PIT_REFRESH	0x10
#define PIT_OUT2	0x20

static inline void pit_mode(u32 n, u8 mode)
{
	outb(PIT_CONTROL, PIT_SELECT(n) | PIT_BOTH | PIT_MODE(mode));
}

static inline void pit_write(u32 n, u16 count)
{
	outb(PIT_COUNTER(n), count);
	outb(PIT_COUNTER(n), count >> 8);
}

static inline u16 pit_read(u32 n)
{
	u8 lsb = inb(PIT_COUNTER(n));

	return inb(PIT_COUNTER(n)) << 8 | lsb;
}

static inline u16 pit_read_latched(u32 n)
{
	outb(PIT_CONTROL, PIT_SELECT(n) | PIT_LATCH);
	return pit_read(n);
}

static inline u8 pit_status(u32 n)
{
	outb(PIT_CONTROL, PIT_READ_BACK | PIT_NO_COUNT | PIT_BACK(n));
	return inb(PIT_COUNTER(n));
}

static inline void pit_gate2(int on)
{
	outb(PIT_PORT61, on ? PIT_GATE2 : 0);
}

static inline int pit_out2(void)
{
	return !!(inb(PIT_PORT61) & PIT_OUT2);
}

#endif
