// SPDX-License-Identifier: GPL-2.0-only
/*
 * An Intel 82093AA I/O APIC after its data sheet (order number 290566), with
 * the EOI register and the version number that its successors have (ICH4 data
 * sheet, "Advanced Interrupt Controller (APIC)").
 *
 * This is the chip and nothing else: no locks, no VM, no memory.  irqchip.c
 * owns one and serialises every call.
 *
 * A message arrives as soon as it is sent, so an entry's delivery status is
 * always idle.  A level that no local APIC accepts is sent again when the pin,
 * its entry or an end of interrupt has it looked at; an edge is lost.
 *
 * Deviation: lines are told apart by asserted and not, which is what a board's
 * wires and the polarity bit make of high and low; so that bit is kept and has
 * no other effect.
 */
#include <linux/bits.h>
#include <linux/string.h>

#include "ioapic.h"

#define REG_ID		0x00
#define REG_VERSION	0x01
#define REG_ARBITRATION	0x02
#define REG_REDIR	0x10	/* two for each pin, the lower half first */
#define REG_END		(REG_REDIR + 2 * ATOLL_IOAPIC_PINS)

#define ID_BITS		GENMASK(27, 24)
#define VERSION		(0x20 | (ATOLL_IOAPIC_PINS - 1) << 16)

#define REDIR_VECTOR	GENMASK_ULL(7, 0)
#define REDIR_DELIVERY_SHIFT 8
#define REDIR_DELIVERY	0x7
#define REDIR_LOGICAL	BIT_ULL(11)
#define REDIR_REMOTE_IRR BIT_ULL(14)
#define REDIR_LEVEL	BIT_ULL(15)
#define REDIR_MASKED	BIT_ULL(16)
#define REDIR_DEST_SHIFT 56
/* Delivery status and remote IRR are read-only, bits 17 to 55 reserved */
#define REDIR_WRITABLE	(GENMASK_ULL(63, 56) | GENMASK_ULL(16, 15) | BIT_ULL(13) | \
			 GENMASK_ULL(11, 0))

static enum atoll_delivery delivery_of(u64 entry)
{
	return (entry >> REDIR_DELIVERY_SHIFT) & REDIR_DELIVERY;
}

/*
 * NMI and INIT are edges even if programmed as levels, SMI and ExtINT must be
 * programmed as edges ("I/O Redirection Table Registers", DELMOD).
 */
static bool is_level(u64 entry)
{
	return (entry & REDIR_LEVEL) && delivery_of(entry) <= ATOLL_DELIVER_LOWEST;
}

/* 3 and 6 are reserved here: start-up IPIs come from processors only */
static bool has_delivery(u64 entry)
{
	enum atoll_delivery mode = delivery_of(entry);

	return mode != 3 && mode != ATOLL_DELIVER_STARTUP;
}

static bool send(struct atoll_ioapic *io, u64 entry)
{
	struct atoll_irq_msg msg = {
		.dest = entry >> REDIR_DEST_SHIFT,
		.dest_logical = !!(entry & REDIR_LOGICAL),
		.delivery = delivery_of(entry),
		.vector = entry & REDIR_VECTOR,
		.level = is_level(entry),
	};

	return has_delivery(entry) && io->send(io, &msg);
}

/* Send a level that asks, unless it is masked or being served */
static void look_at_level(struct atoll_ioapic *io, u32 pin)
{
	u64 *entry = &io->redir[pin];

	if (!is_level(*entry) || (*entry & (REDIR_MASKED | REDIR_REMOTE_IRR)) ||
	    !(io->line & BIT(pin)))
		return;
	if (send(io, *entry))
		*entry |= REDIR_REMOTE_IRR;
}

/**
 * atoll_ioapic_set_line() - drive an input
 * @io:		the chip
 * @pin:	0 to 23; others don't exist
 * @level:	0: not asserted
 *
 * An edge on a masked input is lost ("Interrupt Mask").
 */
void atoll_ioapic_set_line(struct atoll_ioapic *io, u32 pin, u32 level)
{
	bool rises;

	if (pin >= ATOLL_IOAPIC_PINS)
		return;
	if (!level) {
		io->line &= ~BIT(pin);
		return;
	}
	rises = !(io->line & BIT(pin));
	io->line |= BIT(pin);
	if (is_level(io->redir[pin]))
		look_at_level(io, pin);
	else if (rises && !(io->redir[pin] & REDIR_MASKED))
		send(io, io->redir[pin]);
}

/**
 * atoll_ioapic_end() - a local APIC has ended the service of a level
 * @io:		the chip
 * @vector:	that was served
 *
 * Each input with that vector that is still asserted is sent once more.
 */
void atoll_ioapic_end(struct atoll_ioapic *io, u8 vector)
{
	u32 pin;

	for (pin = 0; pin < ATOLL_IOAPIC_PINS; pin++) {
		u64 *entry = &io->redir[pin];

		if (!(*entry & REDIR_REMOTE_IRR) || (*entry & REDIR_VECTOR) != vector)
			continue;
		*entry &= ~REDIR_REMOTE_IRR;
		look_at_level(io, pin);
	}
}

static void write_redir(struct atoll_ioapic *io, u32 half, u32 val)
{
	u32 pin = half / 2, shift = half % 2 * 32;
	u64 *entry = &io->redir[pin];
	u64 writable = REDIR_WRITABLE & ((u64)U32_MAX << shift);

	*entry = (*entry & ~writable) | (((u64)val << shift) & writable);
	/* Programs without the EOI register make it an edge to end its service */
	if (!is_level(*entry))
		*entry &= ~REDIR_REMOTE_IRR;
	look_at_level(io, pin);
}

static u32 read_selected(const struct atoll_ioapic *io)
{
	u32 half;

	switch (io->select) {
	case REG_ID:
	case REG_ARBITRATION:
		/* Writing the ID loads the arbitration ID, and nothing is arbitrated */
		return io->id;
	case REG_VERSION:
		return VERSION;
	}
	if (io->select < REG_REDIR || io->select >= REG_END)
		return 0;
	half = io->select - REG_REDIR;
	return io->redir[half / 2] >> (half % 2 * 32);
}

static void write_selected(struct atoll_ioapic *io, u32 val)
{
	if (io->select == REG_ID)
		io->id = val & ID_BITS;
	else if (io->select >= REG_REDIR && io->select < REG_END)
		write_redir(io, io->select - REG_REDIR, val);
}

/**
 * atoll_ioapic_read() - the processor reads a doubleword
 * @io:		the chip
 * @reg:	offset from the chip's first byte, a multiple of 4
 *
 * Return: the register, all-ones where there is none to read.
 */
u32 atoll_ioapic_read(struct atoll_ioapic *io, u32 reg)
{
	switch (reg) {
	case ATOLL_IOAPIC_SELECT:
		return io->select;
	case ATOLL_IOAPIC_WINDOW:
		return read_selected(io);
	default:
		return U32_MAX;
	}
}

/**
 * atoll_ioapic_write() - the processor writes a doubleword
 * @io:		the chip
 * @reg:	offset from the chip's first byte, a multiple of 4
 * @val:	the doubleword
 */
void atoll_ioapic_write(struct atoll_ioapic *io, u32 reg, u32 val)
{
	switch (reg) {
	case ATOLL_IOAPIC_SELECT:
		io->select = val;
		break;
	case ATOLL_IOAPIC_WINDOW:
		write_selected(io, val);
		break;
	case ATOLL_IOAPIC_EOI:
		atoll_ioapic_end(io, val);
		break;
	}
}

/**
 * atoll_ioapic_reset() - power-on state: everything masked
 * @io:		the chip; its wire stays
 */
void atoll_ioapic_reset(struct atoll_ioapic *io)
{
	u32 pin;

	io->line = 0;
	io->id = 0;
	io->select = 0;
	for (pin = 0; pin < ATOLL_IOAPIC_PINS; pin++)
		io->redir[pin] = REDIR_MASKED;
}
