// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pair of 8259A interrupt controllers, as each PC has it.
 */
#include "pic.h"

void pic_init(void)
{
	outb(PIC1_CMD, 0x11);		/* ICW1: edge, cascade, ICW4 */
	outb(PIC2_CMD, 0x11);
	outb(PIC1_DATA, PIC_VECTOR);	/* ICW2 */
	outb(PIC2_DATA, PIC_VECTOR + 8);
	outb(PIC1_DATA, 0x04);		/* ICW3: slave on input 2 */
	outb(PIC2_DATA, 0x02);		/* ICW3: its identity */
	outb(PIC1_DATA, 0x01);		/* ICW4: 8086, normal EOI */
	outb(PIC2_DATA, 0x01);
	pic_mask(0xffff);
}

void pic_mask(u16 irqs)
{
	outb(PIC1_DATA, irqs);
	outb(PIC2_DATA, irqs >> 8);
}

void pic_eoi(u32 irq)
{
	if (irq >= 8)
		outb(PIC2_CMD, PIC_EOI);
	outb(PIC1_CMD, PIC_EOI);
}

u16 pic_read(u8 what)
{
	outb(PIC1_CMD, what);
	outb(PIC2_CMD, what);
	return inb(PIC1_CMD) | inb(PIC2_CMD) << 8;
}
