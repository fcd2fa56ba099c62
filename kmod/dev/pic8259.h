/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two 8259A interrupt controllers, wired as in a PC: the slave's INT output is
 * the master's IR2.  Pure state; whoever owns a pair serialises its calls.
 */
#ifndef ATOLL_DEV_PIC8259_H
#define ATOLL_DEV_PIC8259_H

#include <linux/types.h>

#define ATOLL_PIC_LINES		16	/* of a pair */
#define ATOLL_PIC_CASCADE	2	/* the master's input for the slave */

/* What the next byte written to the odd address is */
enum atoll_pic_init {
	ATOLL_PIC_READY,	/* OCW1 */
	ATOLL_PIC_ICW2,
	ATOLL_PIC_ICW3,
	ATOLL_PIC_ICW4,
};

/**
 * struct atoll_pic_chip - one 8259A
 * @line:	levels of its inputs
 * @irr:	requests; an edge stays until acknowledged or withdrawn
 * @isr:	in service
 * @imr:	masked
 * @elcr:	inputs that are level-triggered
 * @elcr_mask:	inputs that may be
 * @base:	vector of IR0
 * @lowest:	input of the lowest priority
 * @init:	progress of an initialisation sequence
 * @single:	ICW1 said that no ICW3 follows
 * @need_icw4:	ICW1 said that ICW4 follows
 * @auto_eoi:	the acknowledge cycle ends the service as well
 * @rotate_aeoi: and gives that input the lowest priority
 * @nested:	special fully nested mode
 * @smm:	special mask mode
 * @poll:	the next read is a poll
 * @read_isr:	the even address reads @isr, not @irr
 */
struct atoll_pic_chip {
	u8 line, irr, isr, imr;
	u8 elcr, elcr_mask;
	u8 base;
	u8 lowest;
	u8 init;
	u8 single, need_icw4;
	u8 auto_eoi, rotate_aeoi;
	u8 nested;
	u8 smm;
	u8 poll;
	u8 read_isr;
};

/**
 * struct atoll_pic - the pair
 * @intr:	the master's INT output: the processor's INTR pin
 */
struct atoll_pic {
	struct atoll_pic_chip chip[2];	/* master, slave */
	u8 intr;
};

void atoll_pic_reset(struct atoll_pic *pic);
void atoll_pic_set_line(struct atoll_pic *pic, u32 line, u32 level);
int atoll_pic_ack(struct atoll_pic *pic);
u8 atoll_pic_read(struct atoll_pic *pic, u32 chip, u32 a0);
void atoll_pic_write(struct atoll_pic *pic, u32 chip, u32 a0, u8 val);
u8 atoll_pic_read_elcr(struct atoll_pic *pic, u32 chip);
void atoll_pic_write_elcr(struct atoll_pic *pic, u32 chip, u8 val);

#endif
