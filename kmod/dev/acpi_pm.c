// SPDX-License-Identifier: GPL-2.0-only
/*
 * ACPI's fixed hardware after the ACPI specification 6.4, "ACPI Register
 * Model": the PM1a event and control registers, and the power management timer
 * of 3.579545 MHz with 32 bits.
 *
 * This is the chip and nothing else: no locks, no VM, no timer of the host.
 * pm.c owns one and wires it.
 *
 * Deviation: every sleeping state but S5 is ignored, and so is GBL_RLS: there
 * is no firmware to ask for the global lock.
 */
#include <linux/bits.h>
#include <linux/limits.h>
#include <linux/math64.h>
#include <linux/time64.h>

#include "../pc.h"
#include "pm.h"

#define TIMER_HZ	3579545
#define TIMER_HALF_SHIFT 31		/* TMR_STS: the highest bit has changed */

#define PM1_TMR		BIT(0)
#define PM1_GBL		BIT(5)
#define PM1_PWRBTN	BIT(8)
#define PM1_EVENTS	(PM1_TMR | PM1_GBL | PM1_PWRBTN)

#define CNT_SCI_EN	BIT(0)
#define CNT_SLP_TYP	GENMASK(12, 10)
#define CNT_SLP_TYP_SHIFT 10
#define CNT_SLP_EN	BIT(13)
#define CNT_WRITABLE	(BIT(1) | CNT_SLP_TYP)

#define EVT_STATUS	ATOLL_PC_PM1_EVT
#define EVT_ENABLE	(ATOLL_PC_PM1_EVT + 2)

static u64 timer_ticks(const struct atoll_pm_chip *c, u64 now_ns)
{
	return mul_u64_u64_div_u64(now_ns - c->start_ns, TIMER_HZ, NSEC_PER_SEC);
}

/**
 * atoll_pm_chip_sync() - take notice of what has happened
 * @c:		the chip
 * @now_ns:	a clock that never goes back
 */
void atoll_pm_chip_sync(struct atoll_pm_chip *c, u64 now_ns)
{
	if (c->still)
		return;
	if (timer_ticks(c, c->seen_ns) >> TIMER_HALF_SHIFT !=
	    timer_ticks(c, now_ns) >> TIMER_HALF_SHIFT)
		c->status |= PM1_TMR;
	c->seen_ns = now_ns;
}

/**
 * atoll_pm_chip_pause() - the timer stands still from now on
 * @c:		the chip
 * @now_ns:	the time
 */
void atoll_pm_chip_pause(struct atoll_pm_chip *c, u64 now_ns)
{
	atoll_pm_chip_sync(c, now_ns);
	c->still = 1;
}

/**
 * atoll_pm_chip_resume() - it goes on where it was
 * @c:		the chip; nothing happens to one that has been reset meanwhile
 * @now_ns:	the time
 */
void atoll_pm_chip_resume(struct atoll_pm_chip *c, u64 now_ns)
{
	if (!c->still)
		return;
	c->start_ns += now_ns - c->seen_ns;
	c->seen_ns = now_ns;
	c->still = 0;
}

/**
 * atoll_pm_chip_sci() - the level of the system control interrupt
 * @c:		the chip, as of its last sync
 *
 * Return: 0: low.  It is so before the guest has taken over: there is nobody
 * else who would get an SMI in its stead.
 */
u32 atoll_pm_chip_sci(const struct atoll_pm_chip *c)
{
	return (c->control & CNT_SCI_EN) && (c->status & c->enable & PM1_EVENTS);
}

/**
 * atoll_pm_chip_next() - when the timer raises the SCI if nobody interferes
 * @c:		the chip, as of its last sync
 *
 * Return: a time at which TMR_STS will have changed, or ATOLL_PM_NEVER; that, too,
 * while the timer stands still.
 */
u64 atoll_pm_chip_next(const struct atoll_pm_chip *c)
{
	u64 halves = timer_ticks(c, c->seen_ns) >> TIMER_HALF_SHIFT;

	if (c->still || !(c->enable & PM1_TMR) || (c->status & PM1_TMR))
		return ATOLL_PM_NEVER;
	return c->start_ns + 1 +
	       mul_u64_u64_div_u64((halves + 1) << TIMER_HALF_SHIFT, NSEC_PER_SEC, TIMER_HZ);
}

static u8 byte_of(u32 value, u32 n)
{
	return value >> (8 * n);
}

/**
 * atoll_pm_chip_read() - the processor reads
 * @c:		the chip
 * @reg:	byte of the block that begins with the PM1a event registers
 * @now_ns:	the same for all bytes of a wider access
 *
 * Return: the byte.
 */
u8 atoll_pm_chip_read(struct atoll_pm_chip *c, u32 reg, u64 now_ns)
{
	atoll_pm_chip_sync(c, now_ns);
	switch (reg & ~1) {
	case EVT_STATUS:
		return byte_of(c->status, reg & 1);
	case EVT_ENABLE:
		return byte_of(c->enable, reg & 1);
	case ATOLL_PC_PM1_CNT:
		return byte_of(c->control, reg & 1);
	case ATOLL_PC_PM_TMR:
	case ATOLL_PC_PM_TMR + 2:
		return byte_of(timer_ticks(c, c->seen_ns), reg & 3);
	default:
		return 0;
	}
}

static enum atoll_pm_action write_control(struct atoll_pm_chip *c, u16 val, u16 mask)
{
	u32 type;

	mask &= CNT_WRITABLE | CNT_SLP_EN;
	c->control = (c->control & ~mask) | (val & mask & CNT_WRITABLE);
	type = (c->control & CNT_SLP_TYP) >> CNT_SLP_TYP_SHIFT;
	if ((val & mask & CNT_SLP_EN) && type == ATOLL_PC_S5_TYPE)
		return ATOLL_PM_POWER_OFF;
	return ATOLL_PM_NOTHING;
}

/**
 * atoll_pm_chip_write() - the processor writes
 * @c:		the chip
 * @reg:	as for atoll_pm_chip_read()
 * @val:	the byte
 * @now_ns:	the time
 *
 * Return: what shall happen to the machine.
 */
enum atoll_pm_action atoll_pm_chip_write(struct atoll_pm_chip *c, u32 reg, u8 val,
					 u64 now_ns)
{
	u32 shift = 8 * (reg & 1);
	u16 mask = 0xff << shift;
	u16 bits = val << shift;

	atoll_pm_chip_sync(c, now_ns);
	switch (reg & ~1) {
	case EVT_STATUS:
		/* "PM1 Status Registers": a 1 clears */
		c->status &= ~bits;
		break;
	case EVT_ENABLE:
		c->enable = (c->enable & ~mask) | (bits & PM1_EVENTS);
		break;
	case ATOLL_PC_PM1_CNT:
		return write_control(c, bits, mask);
	}
	return ATOLL_PM_NOTHING;
}

/**
 * atoll_pm_chip_smi() - the guest takes over the power management, or not
 * @c:		the chip
 * @command:	what it wrote to the port that the FADT names
 */
void atoll_pm_chip_smi(struct atoll_pm_chip *c, u8 command)
{
	if (command == ATOLL_PC_ACPI_ENABLE)
		c->control |= CNT_SCI_EN;
	else if (command == ATOLL_PC_ACPI_DISABLE)
		c->control &= ~CNT_SCI_EN;
}

/**
 * atoll_pm_chip_press() - somebody presses the power button
 * @c:		the chip
 *
 * Return: 0: the guest hasn't taken over, nothing happens.
 */
u32 atoll_pm_chip_press(struct atoll_pm_chip *c)
{
	if (!(c->control & CNT_SCI_EN))
		return 0;
	c->status |= PM1_PWRBTN;
	return 1;
}

/**
 * atoll_pm_chip_reset() - power-on state
 * @c:		the chip
 * @now_ns:	the time, from which the timer counts
 */
void atoll_pm_chip_reset(struct atoll_pm_chip *c, u64 now_ns)
{
	*c = (struct atoll_pm_chip){ .start_ns = now_ns, .seen_ns = now_ns };
}
