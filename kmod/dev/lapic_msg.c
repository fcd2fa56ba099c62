// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages to local APICs: from each other, from the IOAPIC, from devices
 * (MSI).  Intel SDM vol. 3, "Issuing Interprocessor Interrupts", "Determining
 * IPI Destination", "Message Signalled Interrupts".
 *
 * The sender reads of a receiver what [a] allows, and leaves the rest to the
 * receiver's thread: a bit in its IRR, or a request.  No lock, so that the
 * IOAPIC may send under its own.
 */
#include <linux/bitops.h>
#include <asm/msr-index.h>

#include "lapic.h"

/* Physical destinations that mean everybody: no machine has so many CPUs */
#define BROADCAST		0xff
#define BROADCAST_X2APIC	0xffffffff

#define CLUSTER_BROADCAST	0xf
#define SHORTHAND_SHIFT		18

enum shorthand { SHORTHAND_NONE, SHORTHAND_SELF, SHORTHAND_ALL, SHORTHAND_OTHERS };

/* MSI address and data: Intel SDM vol. 3, "Message Address Register Format" */
#define MSI_PREFIX		0xfee
#define MSI_PREFIX_SHIFT	20
#define MSI_DEST_SHIFT		12
#define MSI_REDIRECT		BIT(3)
#define MSI_LOGICAL		BIT(2)
#define MSI_DELIVERY_SHIFT	8
#define MSI_LEVEL		BIT(15)

static u64 base_of(const struct atoll_lapic *lapic)
{
	return READ_ONCE(lapic->base);
}

static bool is_x2apic(const struct atoll_lapic *lapic)
{
	return base_of(lapic) & X2APIC_ENABLE;
}

static bool matches_physical(const struct atoll_lapic *lapic, u32 dest)
{
	return dest == lapic->vcpu->index || dest == BROADCAST || dest == BROADCAST_X2APIC;
}

/* Intel SDM vol. 3, "Logical Destination Mode in x2APIC Mode" */
static bool matches_x2apic_logical(const struct atoll_lapic *lapic, u32 dest)
{
	u32 id = lapic->vcpu->index;

	if (dest == BROADCAST_X2APIC)
		return true;
	return dest >> 16 == id >> 4 && (dest & BIT(id & 0xf));
}

/* The flat model and the cluster model: Intel SDM vol. 3, "Logical Destination Mode" */
static bool matches_logical(const struct atoll_lapic *lapic, u32 dest)
{
	u8 ldr = GET_APIC_LOGICAL_ID(READ_ONCE(lapic->ldr));
	u32 dfr = READ_ONCE(lapic->dfr);

	if (dest == BROADCAST || dest == BROADCAST_X2APIC)
		return true;
	if (dest > BROADCAST)
		return false;
	if (dfr == APIC_DFR_FLAT)
		return ldr & dest;
	if (dfr != APIC_DFR_CLUSTER)
		return false;
	return (dest >> 4 == CLUSTER_BROADCAST || dest >> 4 == ldr >> 4) && (ldr & dest & 0xf);
}

static bool matches(const struct atoll_lapic *lapic, const struct atoll_irq_msg *msg)
{
	if (!(base_of(lapic) & MSR_IA32_APICBASE_ENABLE))
		return false;
	if (!msg->dest_logical)
		return matches_physical(lapic, msg->dest);
	if (is_x2apic(lapic))
		return matches_x2apic_logical(lapic, msg->dest);
	return matches_logical(lapic, msg->dest);
}

static bool takes_vectors(const struct atoll_lapic *lapic)
{
	return READ_ONCE(lapic->svr) & APIC_SPIV_APIC_ENABLED;
}

/* False: the receiver doesn't take such a message now */
static bool deliver(struct atoll_lapic *lapic, const struct atoll_irq_msg *msg)
{
	struct atoll_vcpu *vcpu = lapic->vcpu;

	switch (msg->delivery) {
	case ATOLL_DELIVER_FIXED:
	case ATOLL_DELIVER_LOWEST:
		if (!takes_vectors(lapic))
			return false;
		atoll_lapic_post(lapic, msg->vector, msg->level);
		return true;
	case ATOLL_DELIVER_NMI:
		atoll_vcpu_request(vcpu, ATOLL_REQ_NMI);
		return true;
	case ATOLL_DELIVER_INIT:
		atoll_vcpu_init(vcpu);
		return true;
	case ATOLL_DELIVER_STARTUP:
		atoll_vcpu_sipi(vcpu, msg->vector);
		return true;
	case ATOLL_DELIVER_EXTINT:
		if (!takes_vectors(lapic))
			return false;
		WRITE_ONCE(lapic->extint, 1);
		atoll_vcpu_request(vcpu, ATOLL_REQ_EVENT);
		return true;
	default:
		/* No SMM here; 3 is reserved */
		return false;
	}
}

/*
 * One of those that match, in turns: priorities change while they are looked
 * at, and nothing depends on them.
 */
static bool send_lowest(struct atoll_vm *vm, const struct atoll_irq_msg *msg)
{
	u32 first = READ_ONCE(vm->lapic_turn), i, n;

	for (n = 1; n <= vm->nr_vcpus; n++) {
		i = (first + n) % vm->nr_vcpus;
		if (matches(vm->vcpu[i]->lapic, msg) && deliver(vm->vcpu[i]->lapic, msg)) {
			WRITE_ONCE(vm->lapic_turn, i);
			return true;
		}
	}
	return false;
}

/**
 * atoll_lapic_send() - have a message delivered
 * @vm:		the VM
 * @msg:	the message
 *
 * Context: any but NMI; takes no lock but those of wake_up().
 * Return: false if nobody took it.
 */
bool atoll_lapic_send(struct atoll_vm *vm, const struct atoll_irq_msg *msg)
{
	bool taken = false;
	u32 i;

	if (msg->delivery == ATOLL_DELIVER_LOWEST)
		return send_lowest(vm, msg);
	for (i = 0; i < vm->nr_vcpus; i++) {
		if (matches(vm->vcpu[i]->lapic, msg))
			taken |= deliver(vm->vcpu[i]->lapic, msg);
	}
	return taken;
}

/**
 * atoll_msi_send() - a device writes its interrupt's address and data
 * @vm:		the VM
 * @address:	where a device writes to
 * @data:	what it writes
 *
 * Context: any but NMI.
 */
void atoll_msi_send(struct atoll_vm *vm, u64 address, u32 data)
{
	struct atoll_irq_msg msg = {
		.dest = address >> MSI_DEST_SHIFT & 0xff,
		.dest_logical = !!(address & MSI_LOGICAL),
		.delivery = data >> MSI_DELIVERY_SHIFT & 7,
		.vector = data,
		.level = !!(data & MSI_LEVEL),
	};

	if (address >> MSI_PREFIX_SHIFT != MSI_PREFIX)
		return;
	/* "Redirection hint": one of a logical set, whoever has time */
	if ((address & MSI_REDIRECT) && msg.dest_logical && msg.delivery == ATOLL_DELIVER_FIXED)
		msg.delivery = ATOLL_DELIVER_LOWEST;
	atoll_lapic_send(vm, &msg);
}

static void send_to_others(struct atoll_vcpu *sender, const struct atoll_irq_msg *msg)
{
	struct atoll_vm *vm = sender->vm;
	u32 i;

	for (i = 0; i < vm->nr_vcpus; i++) {
		if (i != sender->index && (base_of(vm->vcpu[i]->lapic) & MSR_IA32_APICBASE_ENABLE))
			deliver(vm->vcpu[i]->lapic, msg);
	}
}

static bool has_vector(const struct atoll_irq_msg *msg)
{
	return msg->delivery == ATOLL_DELIVER_FIXED || msg->delivery == ATOLL_DELIVER_LOWEST;
}

static bool is_deassert(u32 command)
{
	return (command & APIC_INT_LEVELTRIG) && !(command & APIC_INT_ASSERT);
}

/**
 * atoll_lapic_send_icr() - send what the interrupt command register says
 * @lapic:	the calling thread's own
 *
 * Intel SDM vol. 3, "Interrupt Command Register (ICR)": which shorthand goes
 * with which delivery mode; what doesn't go is dropped.  IPIs are
 * edge-triggered.  An INIT de-assert means nothing to CPUs as new as these.
 */
void atoll_lapic_send_icr(struct atoll_lapic *lapic)
{
	struct atoll_vcpu *vcpu = lapic->vcpu;
	u32 command = lapic->icr;
	enum shorthand shorthand = command >> SHORTHAND_SHIFT & 3;
	struct atoll_irq_msg msg = {
		.dest = lapic->icr >> (is_x2apic(lapic) ? 32 : 56),
		.dest_logical = !!(command & APIC_DEST_LOGICAL),
		.delivery = GET_APIC_DELIVERY_MODE(command),
		.vector = command,
	};

	if (has_vector(&msg) && msg.vector < ATOLL_LAPIC_FIRST) {
		atoll_lapic_error(lapic, ATOLL_LAPIC_SENT_ILLEGAL);
		return;
	}
	if (msg.delivery == ATOLL_DELIVER_EXTINT ||
	    (msg.delivery == ATOLL_DELIVER_INIT && is_deassert(command)))
		return;

	switch (shorthand) {
	case SHORTHAND_NONE:
		atoll_lapic_send(vcpu->vm, &msg);
		break;
	case SHORTHAND_SELF:
		if (msg.delivery == ATOLL_DELIVER_FIXED)
			deliver(lapic, &msg);
		break;
	case SHORTHAND_ALL:
		if (msg.delivery == ATOLL_DELIVER_FIXED) {
			deliver(lapic, &msg);
			send_to_others(vcpu, &msg);
		}
		break;
	case SHORTHAND_OTHERS:
		send_to_others(vcpu, &msg);
		break;
	}
}
