// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local APIC's heart: requests, priorities, service.  Intel SDM vol. 3,
 * "Advanced Programmable Interrupt Controller (APIC)"; AMD APM vol. 2 has a
 * chapter of the same name.
 *
 * Anybody posts a vector, in any context but NMI: an atomic bit in the IRR,
 * then a request to the vCPU's thread.  All else belongs to that thread, so
 * that the run path takes no lock.  Nothing here sleeps once a vCPU runs, and
 * nothing here knows lines: irqchip.c and the IOAPIC make messages of those.
 */
#include <linux/bitops.h>
#include <linux/slab.h>
#include <asm/msr-index.h>

#include "../hw/hw.h"
#include "lapic.h"

#define CLASS_SHIFT	4	/* a vector's priority class is its upper half */

/* As firmware leaves the boot CPU: enabled, the 8259s' output on LINT0 */
#define FIRMWARE_SVR	(APIC_SPIV_APIC_ENABLED | 0xff)
#define FIRMWARE_LVT0	APIC_DM_EXTINT

/**
 * atoll_lapic_create() - give a vCPU its local APIC
 * @vcpu:	without one
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int atoll_lapic_create(struct atoll_vcpu *vcpu)
{
	struct atoll_lapic *lapic = kzalloc(sizeof(*lapic), GFP_KERNEL_ACCOUNT);

	if (!lapic)
		return -ENOMEM;
	lapic->vcpu = vcpu;
	atoll_lapic_timer_init(lapic);
	vcpu->lapic = lapic;
	return 0;
}

/**
 * atoll_lapic_destroy() - free it; the timer stops
 * @vcpu:	doesn't run, and may be without one
 *
 * Context: may sleep.
 */
void atoll_lapic_destroy(struct atoll_vcpu *vcpu)
{
	if (!vcpu->lapic)
		return;
	atoll_lapic_timer_stop(vcpu->lapic);
	kfree(vcpu->lapic);
	vcpu->lapic = NULL;
}

/** atoll_lapic_bytes() - what one takes of the host's memory; any context */
size_t atoll_lapic_bytes(void)
{
	return kmalloc_size_roundup(sizeof(struct atoll_lapic));
}

/**
 * atoll_lapic_reset_registers() - all but the ID and the base
 * @lapic:	the calling thread's own, or one whose vCPU doesn't run
 *
 * Intel SDM vol. 3, "Local APIC State After Power-Up or Reset".
 */
void atoll_lapic_reset_registers(struct atoll_lapic *lapic)
{
	u32 i;

	atoll_lapic_timer_stop(lapic);
	if (lapic->vcpu->pv.eoi_offered)
		atoll_lapic_pv_take_back(lapic);
	bitmap_zero(lapic->irr, ATOLL_LAPIC_VECTORS);
	bitmap_zero(lapic->tmr, ATOLL_LAPIC_VECTORS);
	bitmap_zero(lapic->isr, ATOLL_LAPIC_VECTORS);
	WRITE_ONCE(lapic->extint, 0);
	WRITE_ONCE(lapic->svr, 0xff);
	WRITE_ONCE(lapic->ldr, 0);
	WRITE_ONCE(lapic->dfr, APIC_DFR_FLAT);
	for (i = 0; i < ATOLL_NR_LVTS; i++)
		WRITE_ONCE(lapic->lvt[i], APIC_LVT_MASKED);
	lapic->errors = 0;
	lapic->esr = 0;
	lapic->icr = 0;
	atoll_lapic_set_tpr(lapic, 0);
}

/**
 * atoll_lapic_reset() - power-on, and what firmware would have done since
 * @vcpu:	doesn't run
 *
 * Guests here start without any firmware, and expect what it leaves behind:
 * the boot CPU takes the interrupts of the 8259s.
 *
 * Context: may sleep.
 */
void atoll_lapic_reset(struct atoll_vcpu *vcpu)
{
	struct atoll_lapic *lapic = vcpu->lapic;
	u64 base = APIC_DEFAULT_PHYS_BASE | MSR_IA32_APICBASE_ENABLE;

	if (vcpu->index == 0)
		base |= MSR_IA32_APICBASE_BSP;
	WRITE_ONCE(lapic->base, base);
	atoll_lapic_reset_registers(lapic);
	if (vcpu->index == 0) {
		WRITE_ONCE(lapic->svr, FIRMWARE_SVR);
		WRITE_ONCE(lapic->lvt[ATOLL_LVT_LINT0], FIRMWARE_LVT0);
	}
}

/**
 * atoll_lapic_init() - what INIT does to it
 * @vcpu:	the calling thread's own
 *
 * It stays an xAPIC or x2APIC: Intel SDM vol. 3, "Local APIC State After It
 * Receives an INIT-Deassert IPI" and "x2APIC States".
 */
void atoll_lapic_init(struct atoll_vcpu *vcpu)
{
	atoll_lapic_reset_registers(vcpu->lapic);
	/* Whoever runs next on this CPU may have other plans for the memory */
	vcpu->pv.eoi_gpa = 0;
}

/**
 * atoll_lapic_stop() - the run is over: no timer fires any more
 * @vcpu:	the calling thread's own, which won't enter its guest again
 */
void atoll_lapic_stop(struct atoll_vcpu *vcpu)
{
	atoll_lapic_timer_stop(vcpu->lapic);
}

/**
 * atoll_lapic_error() - something went wrong that ESR reports
 * @lapic:	whose ESR
 * @error:	what
 *
 * An error that is known already interrupts nobody again; so an error vector
 * that is illegal itself ends here.
 *
 * Context: any but NMI.
 */
void atoll_lapic_error(struct atoll_lapic *lapic, enum atoll_lapic_error error)
{
	if (!test_and_set_bit(error, &lapic->errors))
		atoll_lapic_lvt(lapic, ATOLL_LVT_ERROR);
}

/**
 * atoll_lapic_post() - request an interrupt
 * @lapic:	whose; enabled by software
 * @vector:	which; an illegal one is reported, and gone
 * @level:	not 0: level-triggered, the IOAPIC waits for its EOI
 *
 * Whoever finds the bit set knows that its vCPU has been asked, or is about
 * to be, by whoever set it.
 *
 * Context: any but NMI.
 */
void atoll_lapic_post(struct atoll_lapic *lapic, u8 vector, u8 level)
{
	if (vector < ATOLL_LAPIC_FIRST) {
		atoll_lapic_error(lapic, ATOLL_LAPIC_GOT_ILLEGAL);
		return;
	}
	if (level)
		set_bit(vector, lapic->tmr);
	else
		clear_bit(vector, lapic->tmr);
	if (!test_and_set_bit(vector, lapic->irr))
		atoll_vcpu_request(lapic->vcpu, ATOLL_REQ_EVENT);
}

/**
 * atoll_lapic_lvt() - one of the local sources has its event
 * @lapic:	whose
 * @i:		which; masked sources lose it
 *
 * Deviation: LINT0 and LINT1 are edge-triggered, whatever they are set to.
 *
 * Context: any but NMI.
 */
void atoll_lapic_lvt(struct atoll_lapic *lapic, enum atoll_lapic_lvt i)
{
	u32 lvt = READ_ONCE(lapic->lvt[i]);

	if (lvt & APIC_LVT_MASKED)
		return;
	switch (GET_APIC_DELIVERY_MODE(lvt)) {
	case ATOLL_DELIVER_FIXED:
		atoll_lapic_post(lapic, lvt, 0);
		break;
	case ATOLL_DELIVER_NMI:
		atoll_vcpu_request(lapic->vcpu, ATOLL_REQ_NMI);
		break;
	case ATOLL_DELIVER_EXTINT:
		atoll_vcpu_request(lapic->vcpu, ATOLL_REQ_EVENT);
		break;
	}
}

static bool is_on(const struct atoll_lapic *lapic)
{
	return READ_ONCE(lapic->base) & MSR_IA32_APICBASE_ENABLE;
}

/** atoll_lapic_enabled() - is it switched on in IA32_APIC_BASE?  Any context */
bool atoll_lapic_enabled(const struct atoll_vcpu *vcpu)
{
	return is_on(vcpu->lapic);
}

/**
 * atoll_lapic_lint0() - the pin for the 8259s' output goes up
 * @lapic:	whose; if it is switched off, the pin is INTR
 *
 * Context: any but NMI.
 */
void atoll_lapic_lint0(struct atoll_lapic *lapic)
{
	if (is_on(lapic))
		atoll_lapic_lvt(lapic, ATOLL_LVT_LINT0);
	else
		atoll_vcpu_request(lapic->vcpu, ATOLL_REQ_EVENT);
}

/**
 * atoll_lapic_takes_extint() - does LINT0 lead to the CPU's INTR?
 * @lapic:	whose
 *
 * Context: any.
 */
bool atoll_lapic_takes_extint(const struct atoll_lapic *lapic)
{
	u32 lvt = READ_ONCE(lapic->lvt[ATOLL_LVT_LINT0]);

	if (!is_on(lapic))
		return true;
	return !(lvt & APIC_LVT_MASKED) && GET_APIC_DELIVERY_MODE(lvt) == ATOLL_DELIVER_EXTINT;
}

/* The highest vector of a bitmap, -1: it is empty */
static int highest(const unsigned long *map)
{
	unsigned long word;
	int i;

	for (i = BITS_TO_LONGS(ATOLL_LAPIC_VECTORS) - 1; i >= 0; i--) {
		word = READ_ONCE(map[i]);
		if (word)
			return i * BITS_PER_LONG + __fls(word);
	}
	return -1;
}

/**
 * atoll_lapic_tpr() - the task priority
 * @lapic:	the calling thread's own
 *
 * The guest writes CR8 without an exit; the lower half is this file's.
 */
u8 atoll_lapic_tpr(struct atoll_lapic *lapic)
{
	u8 class = atoll_hw->get_reg(lapic->vcpu, ATOLL_CR8);

	/* MOV to CR8 clears the lower half */
	if (lapic->tpr >> CLASS_SHIFT != class)
		lapic->tpr = class << CLASS_SHIFT;
	return lapic->tpr;
}

/**
 * atoll_lapic_set_tpr() - write it, and so CR8
 * @lapic:	the calling thread's own, or one whose vCPU doesn't run
 * @tpr:	all of it
 */
void atoll_lapic_set_tpr(struct atoll_lapic *lapic, u8 tpr)
{
	lapic->tpr = tpr;
	atoll_hw->set_reg(lapic->vcpu, ATOLL_CR8, tpr >> CLASS_SHIFT);
}

/**
 * atoll_lapic_ppr() - the processor priority
 * @lapic:	the calling thread's own
 *
 * Intel SDM vol. 3, "Task and Processor Priorities".
 */
u8 atoll_lapic_ppr(struct atoll_lapic *lapic)
{
	u8 tpr = atoll_lapic_tpr(lapic);
	int isrv;

	atoll_lapic_pv_sync(lapic);
	isrv = max(highest(lapic->isr), 0);
	if (tpr >> CLASS_SHIFT >= isrv >> CLASS_SHIFT)
		return tpr;
	return isrv >> CLASS_SHIFT << CLASS_SHIFT;
}

/**
 * atoll_lapic_pending() - the vector that would be delivered now
 * @lapic:	the calling thread's own
 *
 * Return: the vector, or -1.
 */
int atoll_lapic_pending(struct atoll_lapic *lapic)
{
	int vector = highest(lapic->irr);

	if (vector < 0 || !is_on(lapic))
		return -1;
	return vector >> CLASS_SHIFT > atoll_lapic_ppr(lapic) >> CLASS_SHIFT ? vector : -1;
}

/**
 * atoll_lapic_blocked_class() - is CR8 in the way of an interrupt?
 * @vcpu:	the calling thread's own
 *
 * Return: the priority class below which CR8 must fall, 0: it isn't.
 */
u8 atoll_lapic_blocked_class(struct atoll_vcpu *vcpu)
{
	struct atoll_lapic *lapic = vcpu->lapic;
	int class = highest(lapic->irr) >> CLASS_SHIFT;

	if (class <= 0 || !is_on(lapic))
		return 0;
	return atoll_lapic_tpr(lapic) >> CLASS_SHIFT >= class ? class : 0;
}

/**
 * atoll_lapic_ack() - take the pending interrupt into service
 * @lapic:	the calling thread's own
 *
 * Return: its vector, or -1 if there is none.
 */
int atoll_lapic_ack(struct atoll_lapic *lapic)
{
	int vector = atoll_lapic_pending(lapic);

	if (vector < 0)
		return -1;
	clear_bit(vector, lapic->irr);
	__set_bit(vector, lapic->isr);
	atoll_lapic_pv_offer(lapic, vector);
	return vector;
}

/* The highest vector leaves the ISR: which one, or -1 */
static int end_service(struct atoll_lapic *lapic)
{
	int vector = highest(lapic->isr);

	if (vector >= 0)
		__clear_bit(vector, lapic->isr);
	return vector;
}

/**
 * atoll_lapic_pv_sync() - take note of an EOI that only the guest's memory tells of
 * @lapic:	the calling thread's own
 *
 * What was offered to the guest came by an edge: the I/O APIC need not know.
 */
void atoll_lapic_pv_sync(struct atoll_lapic *lapic)
{
	if (lapic->vcpu->pv.eoi_offered && atoll_lapic_pv_take_back(lapic))
		end_service(lapic);
}

/**
 * atoll_lapic_eoi() - the guest is done with what it serves
 * @lapic:	the calling thread's own
 */
void atoll_lapic_eoi(struct atoll_lapic *lapic)
{
	int vector;

	atoll_lapic_pv_sync(lapic);
	vector = end_service(lapic);
	if (vector >= 0 && test_bit(vector, lapic->tmr))
		atoll_ioapic_eoi(lapic->vcpu->vm, vector);
}
