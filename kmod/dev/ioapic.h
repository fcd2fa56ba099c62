/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An I/O APIC: interrupt lines in, messages to local APICs out.  Pure state;
 * whoever owns one serialises its calls and carries its messages.
 */
#ifndef ATOLL_DEV_IOAPIC_H
#define ATOLL_DEV_IOAPIC_H

#include <linux/types.h>

#include "../atoll.h"

#define ATOLL_IOAPIC_PINS	24

/* Registers that lie in memory, as offsets from its first byte */
#define ATOLL_IOAPIC_SELECT	0x00	/* IOREGSEL */
#define ATOLL_IOAPIC_WINDOW	0x10	/* IOWIN */
#define ATOLL_IOAPIC_EOI	0x40

/**
 * struct atoll_ioapic - an I/O APIC
 * @send:	carries a message away; true: a local APIC accepted it.  Called
 *		from within the chip's functions and must not call back
 * @line:	a bit for each input that is asserted, whatever its polarity
 * @redir:	the redirection table
 * @id:		bits 27 to 24
 * @select:	which register the window shows
 */
struct atoll_ioapic {
	bool (*send)(struct atoll_ioapic *io, const struct atoll_irq_msg *msg);
	u32 line;
	u64 redir[ATOLL_IOAPIC_PINS];
	u32 id;
	u8 select;
};

void atoll_ioapic_reset(struct atoll_ioapic *io);
void atoll_ioapic_set_line(struct atoll_ioapic *io, u32 pin, u32 level);
u32 atoll_ioapic_read(struct atoll_ioapic *io, u32 reg);
void atoll_ioapic_write(struct atoll_ioapic *io, u32 reg, u32 val);
void atoll_ioapic_end(struct atoll_ioapic *io, u8 vector);

#endif
