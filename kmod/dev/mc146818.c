// SPDX-License-Identifier: GPL-2.0-only
/*
 * The PC's real-time clock as Motorola's data sheet has it (MC146818, ADI-856),
 * with the PC's 128 bytes of memory and its century at 0x32.
 *
 * This is the chip and nothing else: no locks, no VM, no timer.  The time is
 * not counted: it follows from the host's, and so do the flags of register C,
 * up to the moment of the last call.  rtc.c owns a chip, wires it, and has a
 * timer for what atoll_rtc_chip_next() promises.
 *
 * Deviation: the day of the week follows from the date, whatever is written to
 * it; there is neither daylight saving nor a square wave.
 */
#include <linux/bcd.h>
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/time.h>
#include <linux/time64.h>

#include "rtc.h"

enum rtc_reg {
	SECONDS, SECONDS_ALARM, MINUTES, MINUTES_ALARM, HOURS, HOURS_ALARM,
	WEEKDAY, DAY, MONTH, YEAR,
	REG_A, REG_B, REG_C, REG_D,
	CENTURY = 0x32,
};

#define A_RS		0x0f		/* rate of the periodic interrupt */
#define A_DV		0x70		/* divider: 010 counts, 11x is in reset */
#define A_DV_32KHZ	0x20
#define A_DV_RESET	0x60
#define A_UIP		BIT(7)
#define A_POWER_ON	(A_DV_32KHZ | 0x06)

#define B_24H		BIT(1)
#define B_DM		BIT(2)		/* binary, not BCD */
#define B_SQWE		BIT(3)
#define B_UIE		BIT(4)
#define B_AIE		BIT(5)
#define B_PIE		BIT(6)
#define B_SET		BIT(7)

#define C_UF		BIT(4)		/* the same places as their enables */
#define C_AF		BIT(5)
#define C_PF		BIT(6)
#define C_IRQF		BIT(7)
#define C_FLAGS		(C_UF | C_AF | C_PF)

#define D_VRT		BIT(7)

#define ALARM_ANY	0xc0
#define HOURS_PM	BIT(7)
#define CRYSTAL_HZ	32768
#define DAY_SECONDS	86400
/* "Update Cycle": UIP rises 244 us before the cycle, which takes 1984 us */
#define UIP_NS		((244 + 1984) * NSEC_PER_USEC)
/* "Divider Control": the first update comes half a second after a reset */
#define DIVIDER_START_NS (NSEC_PER_SEC / 2)

static u8 encode(const struct atoll_rtc_chip *c, u32 value)
{
	return c->ram[REG_B] & B_DM ? value : bin2bcd(value);
}

static u32 decode(const struct atoll_rtc_chip *c, u8 byte)
{
	return c->ram[REG_B] & B_DM ? byte : bcd2bin(byte);
}

static u8 encode_hour(const struct atoll_rtc_chip *c, u32 hour)
{
	if (c->ram[REG_B] & B_24H)
		return encode(c, hour);
	return encode(c, hour % 12 ? hour % 12 : 12) | (hour >= 12 ? HOURS_PM : 0);
}

static u32 decode_hour(const struct atoll_rtc_chip *c, u8 byte)
{
	if (c->ram[REG_B] & B_24H)
		return decode(c, byte);
	return decode(c, byte & ~HOURS_PM) % 12 + (byte & HOURS_PM ? 12 : 0);
}

/* The divider chain's time: the host's, but for the fraction of a second */
static u64 chain_ns(const struct atoll_rtc_chip *c, u64 now_ns)
{
	return now_ns + c->phase_ns;
}

static s64 clock_seconds(const struct atoll_rtc_chip *c, u64 now_ns)
{
	return c->seconds + (s64)div_u64(chain_ns(c, now_ns), NSEC_PER_SEC);
}

/* Bring the bytes of the time up to date */
static void show_time(struct atoll_rtc_chip *c, u64 now_ns)
{
	struct tm tm;
	u32 year;

	if (c->frozen)
		return;
	time64_to_tm(clock_seconds(c, now_ns), 0, &tm);
	year = tm.tm_year + 1900;
	c->ram[SECONDS] = encode(c, tm.tm_sec);
	c->ram[MINUTES] = encode(c, tm.tm_min);
	c->ram[HOURS] = encode_hour(c, tm.tm_hour);
	c->ram[WEEKDAY] = encode(c, tm.tm_wday + 1);
	c->ram[DAY] = encode(c, tm.tm_mday);
	c->ram[MONTH] = encode(c, tm.tm_mon + 1);
	c->ram[YEAR] = encode(c, year % 100);
	c->ram[CENTURY] = encode(c, year / 100 % 100);
}

/* Let the clock show what its bytes say; what is no date becomes some date */
static void take_time(struct atoll_rtc_chip *c, u64 now_ns)
{
	u32 year = decode(c, c->ram[CENTURY]) * 100 + decode(c, c->ram[YEAR]);
	s64 time = mktime64(year ? year : 1, decode(c, c->ram[MONTH]),
			    decode(c, c->ram[DAY]), decode_hour(c, c->ram[HOURS]),
			    decode(c, c->ram[MINUTES]), decode(c, c->ram[SECONDS]));

	c->seconds = time - (s64)div_u64(chain_ns(c, now_ns), NSEC_PER_SEC);
}

static bool alarm_takes(u8 alarm, u32 wanted, u32 have)
{
	return alarm >= ALARM_ANY || wanted == have;
}

/* What no clock shows would be looked for in every second of a day */
static bool alarm_can_be(u8 alarm, u32 wanted, u32 end)
{
	return alarm >= ALARM_ANY || wanted < end;
}

/* Seconds from @time to the next that the alarm bytes fit, 0: none does */
static u32 seconds_to_alarm(const struct atoll_rtc_chip *c, s64 time)
{
	u32 hour = decode_hour(c, c->ram[HOURS_ALARM]);
	u32 minute = decode(c, c->ram[MINUTES_ALARM]);
	u32 second = decode(c, c->ram[SECONDS_ALARM]);
	s32 of_day;
	u32 t, in = 1;

	if (!alarm_can_be(c->ram[HOURS_ALARM], hour, 24) ||
	    !alarm_can_be(c->ram[MINUTES_ALARM], minute, 60) ||
	    !alarm_can_be(c->ram[SECONDS_ALARM], second, 60))
		return 0;
	div_s64_rem(time, DAY_SECONDS, &of_day);
	if (of_day < 0)
		of_day += DAY_SECONDS;
	/* In steps of an hour, a minute, a second: less than 200 in all */
	while (in <= DAY_SECONDS) {
		t = (of_day + in) % DAY_SECONDS;
		if (!alarm_takes(c->ram[HOURS_ALARM], hour, t / 3600))
			in += 3600 - t % 3600;
		else if (!alarm_takes(c->ram[MINUTES_ALARM], minute, t / 60 % 60))
			in += 60 - t % 60;
		else if (!alarm_takes(c->ram[SECONDS_ALARM], second, t % 60))
			in++;
		else
			return in;
	}
	return 0;
}

/* log2 of the periodic interrupt's length in ticks of the crystal, -1: none */
static int periodic_shift(const struct atoll_rtc_chip *c)
{
	u32 rs = c->ram[REG_A] & A_RS;

	if (!rs)
		return -1;
	/* "Periodic Interrupt Rate": 1 and 2 repeat 8 and 9, 3 is 8192 Hz */
	return (rs < 3 ? rs + 7 : rs) - 1;
}

static u64 ns_to_ticks(u64 ns)
{
	u32 rest;
	u64 seconds = div_u64_rem(ns, NSEC_PER_SEC, &rest);

	return seconds * CRYSTAL_HZ + div_u64((u64)rest * CRYSTAL_HZ, NSEC_PER_SEC);
}

/* The first nanosecond of a tick */
static u64 ticks_to_ns(u64 ticks)
{
	return ticks / CRYSTAL_HZ * NSEC_PER_SEC +
	       DIV_ROUND_UP_ULL(ticks % CRYSTAL_HZ * NSEC_PER_SEC, CRYSTAL_HZ);
}

static bool counts(const struct atoll_rtc_chip *c)
{
	return (c->ram[REG_A] & A_DV) == A_DV_32KHZ;
}

/**
 * atoll_rtc_chip_sync() - take notice of what has happened
 * @c:		the chip
 * @now_ns:	the host's time; may have been set back
 */
void atoll_rtc_chip_sync(struct atoll_rtc_chip *c, u64 now_ns)
{
	int shift = periodic_shift(c);
	u64 seen = chain_ns(c, c->seen_ns), now = chain_ns(c, now_ns);
	s64 before = clock_seconds(c, c->seen_ns);
	u32 alarm;

	c->seen_ns = now_ns;
	if (now <= seen || !counts(c))
		return;
	if (shift >= 0 && ns_to_ticks(seen) >> shift != ns_to_ticks(now) >> shift)
		c->c |= C_PF;
	if (c->frozen || before == clock_seconds(c, now_ns))
		return;
	c->c |= C_UF;
	alarm = seconds_to_alarm(c, before);
	if (alarm && before + alarm <= clock_seconds(c, now_ns))
		c->c |= C_AF;
}

/**
 * atoll_rtc_chip_irq() - the level of the interrupt output
 * @c:		the chip, as of its last sync
 *
 * Return: 1 while an enabled event has not been read from register C.
 */
u32 atoll_rtc_chip_irq(const struct atoll_rtc_chip *c)
{
	return !!(c->c & c->ram[REG_B] & C_FLAGS);
}

/**
 * atoll_rtc_chip_next() - when the interrupt output rises if nobody interferes
 * @c:		the chip, as of its last sync
 *
 * An event that has happened doesn't happen again until the guest has read
 * register C, so that a timer for this can't outrun the guest; nor is a period
 * shorter than the 122 us of the chip's fastest.
 *
 * Return: the host's time, or ATOLL_RTC_NEVER.
 */
u64 atoll_rtc_chip_next(const struct atoll_rtc_chip *c)
{
	u64 seen = chain_ns(c, c->seen_ns), next = ATOLL_RTC_NEVER;
	u8 enabled = c->ram[REG_B] & C_FLAGS;
	int shift = periodic_shift(c);
	u64 second, rest;
	u32 alarm;

	if ((c->c & enabled) || !counts(c))
		return ATOLL_RTC_NEVER;
	if ((enabled & C_PF) && shift >= 0)
		next = ticks_to_ns(((ns_to_ticks(seen) >> shift) + 1) << shift);
	if (!c->frozen) {
		second = div64_u64_rem(seen, NSEC_PER_SEC, &rest);
		if (enabled & C_UF)
			next = min(next, (second + 1) * NSEC_PER_SEC);
		alarm = enabled & C_AF ? seconds_to_alarm(c, clock_seconds(c, c->seen_ns)) : 0;
		if (alarm)
			next = min(next, (second + alarm) * NSEC_PER_SEC);
	}
	return next == ATOLL_RTC_NEVER ? next : next - c->phase_ns;
}

static void write_control(struct atoll_rtc_chip *c, u32 reg, u8 val, u64 now_ns)
{
	bool frozen;

	/* The bytes of the time keep the format that they were made in */
	show_time(c, now_ns);
	c->ram[reg] = val;
	frozen = (c->ram[REG_B] & B_SET) || !counts(c);
	if ((c->ram[REG_A] & A_DV_RESET) == A_DV_RESET)
		c->held = 1;
	if (c->frozen && !frozen) {
		if (c->held) {
			div64_u64_rem(now_ns, NSEC_PER_SEC, &c->phase_ns);
			c->phase_ns = (NSEC_PER_SEC - c->phase_ns + DIVIDER_START_NS) %
				      NSEC_PER_SEC;
		}
		take_time(c, now_ns);
		c->held = 0;
	}
	c->frozen = frozen;
}

static void write_data(struct atoll_rtc_chip *c, u8 val, u64 now_ns)
{
	switch (c->index) {
	case REG_A:
		write_control(c, REG_A, val & ~A_UIP, now_ns);
		break;
	case REG_B:
		/* "SET": going high, it clears UIE */
		if (val & ~c->ram[REG_B] & B_SET)
			val &= ~B_UIE;
		write_control(c, REG_B, val, now_ns);
		break;
	case REG_C:
	case REG_D:
		break;
	case SECONDS:
	case MINUTES:
	case HOURS:
	case WEEKDAY:
	case DAY:
	case MONTH:
	case YEAR:
	case CENTURY:
		show_time(c, now_ns);
		c->ram[c->index] = val;
		if (!c->frozen)
			take_time(c, now_ns);
		break;
	default:
		c->ram[c->index] = val;
		break;
	}
}

static u8 read_a(const struct atoll_rtc_chip *c, u64 now_ns)
{
	u64 rest;

	div64_u64_rem(chain_ns(c, now_ns), NSEC_PER_SEC, &rest);
	if (!c->frozen && rest >= NSEC_PER_SEC - UIP_NS)
		return c->ram[REG_A] | A_UIP;
	return c->ram[REG_A];
}

static u8 read_c(struct atoll_rtc_chip *c)
{
	u8 val = c->c | (atoll_rtc_chip_irq(c) ? C_IRQF : 0);

	c->c = 0;
	return val;
}

/**
 * atoll_rtc_chip_read() - the processor reads
 * @c:		the chip
 * @port:	0: index, 1: data
 * @now_ns:	the host's time
 *
 * Return: the byte; the index can't be read.
 */
u8 atoll_rtc_chip_read(struct atoll_rtc_chip *c, u32 port, u64 now_ns)
{
	if (!port)
		return 0xff;
	atoll_rtc_chip_sync(c, now_ns);
	switch (c->index) {
	case REG_A:
		return read_a(c, now_ns);
	case REG_C:
		return read_c(c);
	case REG_D:
		return D_VRT;
	default:
		show_time(c, now_ns);
		return c->ram[c->index];
	}
}

/**
 * atoll_rtc_chip_write() - the processor writes
 * @c:		the chip
 * @port:	0: index, whose highest bit is the PC's NMI mask and ignored; 1: data
 * @val:	the byte
 * @now_ns:	the host's time
 */
void atoll_rtc_chip_write(struct atoll_rtc_chip *c, u32 port, u8 val, u64 now_ns)
{
	if (!port) {
		c->index = val & (ATOLL_RTC_RAM_LEN - 1);
		return;
	}
	atoll_rtc_chip_sync(c, now_ns);
	write_data(c, val, now_ns);
}

/**
 * atoll_rtc_chip_init() - a new chip, set by the factory to UTC
 * @c:		the chip
 * @now_ns:	the host's time
 */
void atoll_rtc_chip_init(struct atoll_rtc_chip *c, u64 now_ns)
{
	*c = (struct atoll_rtc_chip){ .seen_ns = now_ns };
	c->ram[REG_A] = A_POWER_ON;
	c->ram[REG_B] = B_24H;
}

/**
 * atoll_rtc_chip_reset() - the RESET pin: the battery keeps the rest
 * @c:		the chip
 * @now_ns:	the host's time
 */
void atoll_rtc_chip_reset(struct atoll_rtc_chip *c, u64 now_ns)
{
	atoll_rtc_chip_sync(c, now_ns);
	c->ram[REG_B] &= ~(B_PIE | B_AIE | B_UIE | B_SQWE);
	c->c = 0;
}
