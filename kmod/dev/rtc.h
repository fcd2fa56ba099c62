/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The PC's clock and its battery-backed memory: a Motorola MC146818.  Pure
 * state; whoever owns a chip serialises its calls and tells it the time.
 */
#ifndef ATOLL_DEV_RTC_H
#define ATOLL_DEV_RTC_H

#include <linux/types.h>

#define ATOLL_RTC_RAM_LEN	128
#define ATOLL_RTC_NEVER		U64_MAX

/**
 * struct atoll_rtc_chip - an MC146818
 * @index:	the byte that the data port shows
 * @c:		register C: what has happened since it was read
 * @frozen:	the time doesn't go on: SET, or no oscillator is chosen
 * @held:	the divider chain is in reset, or was since @frozen began
 * @ram:	all other bytes.  Those of the time are up to date only after a
 *		look at them, or while @frozen
 * @seconds:	the guest's clock ahead of the host's, whole seconds
 * @phase_ns:	and the fraction, 0 to 1 s
 * @seen_ns:	the host's time up to which @c is complete
 *
 * The host's time is UTC, in nanoseconds since 1970.
 */
struct atoll_rtc_chip {
	u8 index;
	u8 c;
	u8 frozen;
	u8 held;
	u8 ram[ATOLL_RTC_RAM_LEN];
	s64 seconds;
	u64 phase_ns;
	u64 seen_ns;
};

void atoll_rtc_chip_init(struct atoll_rtc_chip *chip, u64 now_ns);
void atoll_rtc_chip_reset(struct atoll_rtc_chip *chip, u64 now_ns);
u8 atoll_rtc_chip_read(struct atoll_rtc_chip *chip, u32 port, u64 now_ns);
void atoll_rtc_chip_write(struct atoll_rtc_chip *chip, u32 port, u8 val, u64 now_ns);
void atoll_rtc_chip_sync(struct atoll_rtc_chip *chip, u64 now_ns);
u32 atoll_rtc_chip_irq(const struct atoll_rtc_chip *chip);
u64 atoll_rtc_chip_next(const struct atoll_rtc_chip *chip);

#endif
