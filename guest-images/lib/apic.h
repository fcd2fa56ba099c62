/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The local APIC, as memory and as MSRs, and starting further CPUs.
 */
#ifndef GUEST_APIC_H
#define GUEST_APIC_H

#include "cpu.h"

#define APIC_PAGE	0xfee00000UL

/* Registers, by their offset in the page */
#define APIC_ID		0x020
#define APIC_VERSION	0x030
#define APIC_TPR	0x080
#define APIC_PPR	0x0a0
#define APIC_EOI	0x0b0
#define APIC_LDR	0x0d0
#define APIC_DFR	0x0e0
#define APIC_SVR	0x0f0
#define APIC_ISR	0x100
#define APIC_TMR	0x180
#define APIC_IRR	0x200
#define APIC_ESR	0x280
#define APIC_ICR	0x300
#define APIC_ICR2	0x310
#define APIC_LVT_TIMER	0x320
#define APIC_LVT_LINT0	0x350
#define APIC_LVT_LINT1	0x360
#define APIC_LVT_ERROR	0x370
#define APIC_TICR	0x380
#define APIC_TCCR	0x390
#define APIC_TDCR	0x3e0
#define APIC_SELF_IPI	0x3f0

#define APIC_ENABLED	BIT(8)		/* of SVR */
#define LVT_MASKED	BIT(16)
#define LVT_PERIODIC	BIT(17)
#define LVT_DEADLINE	BIT(18)
#define TDCR_1		0x0b		/* no division */
#define ESR_SENT_ILLEGAL BIT(5)
#define ESR_GOT_ILLEGAL	BIT(6)
#define ESR_NO_REGISTER	BIT(7)

/* Parts of the interrupt command */
#define ICR_FIXED	0x000
#define ICR_LOWEST	0x100
#define ICR_NMI		0x400
#define ICR_INIT	0x500
#define ICR_STARTUP	0x600
#define ICR_LOGICAL	BIT(11)
#define ICR_ASSERT	BIT(14)
#define ICR_SELF	(1UL << 18)
#define ICR_ALL		(2UL << 18)
#define ICR_OTHERS	(3UL << 18)

#define MSR_APIC_BASE		0x1b
#define MSR_TSC_DEADLINE	0x6e0
#define APIC_BASE_BSP		BIT(8)
#define APIC_BASE_X2APIC	BIT(10)
#define APIC_BASE_ENABLED	BIT(11)

static inline u32 apic_read(u32 reg)
{
	return *(volatile u32 *)(APIC_PAGE + reg);
}

static inline void apic_write(u32 reg, u32 v)
{
	*(volatile u32 *)(APIC_PAGE + reg) = v;
}

static inline u32 x2apic_msr(u32 reg)
{
	return 0x800 + (reg >> 4);
}

/* An IPI of the xAPIC's */
static inline void apic_ipi(u8 dest, u32 command)
{
	apic_write(APIC_ICR2, (u32)dest << 24);
	apic_write(APIC_ICR, command | ICR_ASSERT);
}

#ifdef __x86_64__
#define AP_MAX		32
#define AP_PAGE		8	/* where a start-up IPI finds ap_start.S's first code */

/* What a CPU that was started does; given its APIC ID.  It doesn't return */
extern void (*ap_main)(ulong id);
void ap_prepare(void);
void ap_start(u8 id);
#endif

#endif
