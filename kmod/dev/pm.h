/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ACPI's fixed hardware.  Pure state; whoever owns a chip serialises its calls
 * and tells it the time.
 */
#ifndef ATOLL_DEV_PM_H
#define ATOLL_DEV_PM_H

#include <linux/types.h>

#define ATOLL_PM_NEVER		U64_MAX

/**
 * struct atoll_pm_chip - the PM1a registers and the timer
 * @status:	what has happened
 * @enable:	and what of it raises the SCI
 * @control:	SCI_EN and what the guest writes, but for SLP_EN
 * @start_ns:	when the timer began to count from 0
 * @seen_ns:	up to when @status is complete
 * @still:	the timer has stood still since @seen_ns
 */
struct atoll_pm_chip {
	u16 status, enable, control;
	u64 start_ns;
	u64 seen_ns;
	u8 still;
};

/* What a write asks of the machine */
enum atoll_pm_action { ATOLL_PM_NOTHING, ATOLL_PM_POWER_OFF };

void atoll_pm_chip_reset(struct atoll_pm_chip *chip, u64 now_ns);
void atoll_pm_chip_sync(struct atoll_pm_chip *chip, u64 now_ns);
void atoll_pm_chip_pause(struct atoll_pm_chip *chip, u64 now_ns);
void atoll_pm_chip_resume(struct atoll_pm_chip *chip, u64 now_ns);
u8 atoll_pm_chip_read(struct atoll_pm_chip *chip, u32 reg, u64 now_ns);
enum atoll_pm_action atoll_pm_chip_write(struct atoll_pm_chip *chip, u32 reg, u8 val,
					 u64 now_ns);
void atoll_pm_chip_smi(struct atoll_pm_chip *chip, u8 command);
u32 atoll_pm_chip_press(struct atoll_pm_chip *chip);
u32 atoll_pm_chip_sci(const struct atoll_pm_chip *chip);
u64 atoll_pm_chip_next(const struct atoll_pm_chip *chip);

#endif
