/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU's local APIC: what lapic.c, lapic_regs.c, lapic_timer.c,
 * lapic_msg.c and lapic_pv.c share, and what irqchip.c looks at before each entry.
 *
 * Register numbers and bits are the kernel's own, asm/apicdef.h: a register is
 * named by its offset in the page of the xAPIC, which is 16 times what x2APIC
 * adds to MSR 0x800.
 */
#ifndef ATOLL_DEV_LAPIC_H
#define ATOLL_DEV_LAPIC_H

#include <linux/bitmap.h>
#include <linux/hrtimer.h>
#include <linux/types.h>
#include <asm/apicdef.h>

#include "../atoll.h"

#define ATOLL_LAPIC_VECTORS	256
#define ATOLL_LAPIC_FIRST	16	/* the vectors below are illegal */

/* Of the timer's LVT entry: one of the kernel's APIC_LVT_TIMER_*, or both: none */
#define ATOLL_LAPIC_TIMER_MODE	(APIC_LVT_TIMER_PERIODIC | APIC_LVT_TIMER_TSCDEADLINE)

/* The local vector table, in the order of its registers */
enum atoll_lapic_lvt {
	ATOLL_LVT_TIMER, ATOLL_LVT_THERMAL, ATOLL_LVT_PERF,
	ATOLL_LVT_LINT0, ATOLL_LVT_LINT1, ATOLL_LVT_ERROR,
	ATOLL_NR_LVTS
};

/* Bits of the error status register, as numbers */
enum atoll_lapic_error {
	ATOLL_LAPIC_SENT_ILLEGAL = 5,
	ATOLL_LAPIC_GOT_ILLEGAL = 6,
	ATOLL_LAPIC_NO_REGISTER = 7,
};

/**
 * struct atoll_lapic_timer - the timer of a local APIC
 * @hrtimer:	runs while the timer counts, or while @deadline is not 0
 * @initial:	[V] initial count
 * @divide:	[V] divide configuration
 * @period:	[a] ns that the initial count stands for
 * @deadline:	[a] IA32_TSC_DEADLINE, 0: none
 */
struct atoll_lapic_timer {
	struct hrtimer hrtimer;
	u32 initial;
	u32 divide;
	u64 period;
	u64 deadline;
};

/**
 * struct atoll_lapic - one local APIC
 * @vcpu:	[I] whose
 * @irr:	[a] vectors requested; anybody sets, the vCPU's thread clears
 * @tmr:	[a] those of them that are level-triggered
 * @isr:	[V] vectors in service, once atoll_lapic_pv_sync() has been called
 * @extint:	[a] a message asked for the 8259s' interrupt
 * @base:	[a] IA32_APIC_BASE
 * @svr:	[a] spurious vector, and whether software has it enabled
 * @ldr:	[a] logical destination, of the xAPIC
 * @dfr:	[a] its format
 * @lvt:	[a] local vector table
 * @errors:	[a] bits of enum atoll_lapic_error, until ESR is written
 * @esr:	[V] what a read of ESR gives
 * @tpr:	[V] task priority; its upper half is CR8, which the backend has
 * @icr:	[V] interrupt command, the destination in its upper half
 * @timer:	the timer
 */
struct atoll_lapic {
	struct atoll_vcpu *vcpu;
	DECLARE_BITMAP(irr, ATOLL_LAPIC_VECTORS);
	DECLARE_BITMAP(tmr, ATOLL_LAPIC_VECTORS);
	DECLARE_BITMAP(isr, ATOLL_LAPIC_VECTORS);
	int extint;
	u64 base;
	u32 svr, ldr, dfr;
	u32 lvt[ATOLL_NR_LVTS];
	unsigned long errors;
	u32 esr;
	u8 tpr;
	u64 icr;
	struct atoll_lapic_timer timer;
};

/* Is there any request, deliverable or not?  On the way into every entry */
static inline bool atoll_lapic_busy(const struct atoll_lapic *lapic)
{
	return READ_ONCE(lapic->irr[0]) | READ_ONCE(lapic->irr[1]) |
	       READ_ONCE(lapic->irr[2]) | READ_ONCE(lapic->irr[3]) |
	       READ_ONCE(lapic->extint);
}

/* lapic.c */
void atoll_lapic_reset_registers(struct atoll_lapic *lapic);
void atoll_lapic_post(struct atoll_lapic *lapic, u8 vector, u8 level);
void atoll_lapic_error(struct atoll_lapic *lapic, enum atoll_lapic_error error);
void atoll_lapic_lvt(struct atoll_lapic *lapic, enum atoll_lapic_lvt i);
void atoll_lapic_lint0(struct atoll_lapic *lapic);
bool atoll_lapic_takes_extint(const struct atoll_lapic *lapic);
u8 atoll_lapic_tpr(struct atoll_lapic *lapic);
void atoll_lapic_set_tpr(struct atoll_lapic *lapic, u8 tpr);
u8 atoll_lapic_ppr(struct atoll_lapic *lapic);
int atoll_lapic_pending(struct atoll_lapic *lapic);
int atoll_lapic_ack(struct atoll_lapic *lapic);
void atoll_lapic_pv_sync(struct atoll_lapic *lapic);
void atoll_lapic_eoi(struct atoll_lapic *lapic);

/* lapic_regs.c */
void atoll_lapic_mmio(struct atoll_device *dev, struct atoll_io *io);

/* lapic_timer.c */
void atoll_lapic_timer_init(struct atoll_lapic *lapic);
void atoll_lapic_timer_stop(struct atoll_lapic *lapic);
void atoll_lapic_timer_set_initial(struct atoll_lapic *lapic, u32 count);
void atoll_lapic_timer_set_divide(struct atoll_lapic *lapic, u32 divide);
void atoll_lapic_timer_set_lvt(struct atoll_lapic *lapic, u32 lvt);
u32 atoll_lapic_timer_count(struct atoll_lapic *lapic);
u64 atoll_lapic_timer_deadline(const struct atoll_lapic *lapic);
void atoll_lapic_timer_set_deadline(struct atoll_lapic *lapic, u64 deadline);

/* lapic_msg.c */
void atoll_lapic_send_icr(struct atoll_lapic *lapic);

/* lapic_pv.c */
void atoll_lapic_pv_offer(struct atoll_lapic *lapic, u8 vector);
bool atoll_lapic_pv_take_back(struct atoll_lapic *lapic);

#endif
