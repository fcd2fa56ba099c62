/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef GUEST_PIC_H
#define GUEST_PIC_H

#include "cpu.h"

#define PIC1_CMD	0x20
#define PIC1_DATA	0x21
#define PIC2_CMD	0xa0
#define PIC2_DATA	0xa1
#define PIC_VECTOR	0x20	/* of IRQ 0, after pic_init() */

#define PIC_EOI		0x20
#define PIC_READ_IRR	0x0a
#define PIC_READ_ISR	0x0b

/* Vectors 0x20 to 0x2f, all masked */
void pic_init(void);
void pic_mask(u16 irqs);
void pic_eoi(u32 irq);
u16 pic_read(u8 what);

#endif
