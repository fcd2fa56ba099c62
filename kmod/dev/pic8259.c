// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two Intel 8259A programmable interrupt controllers as a PC has them, after
 * the chip's data sheet (8259A, order number 231468) and, for the edge/level
 * control registers, the PIIX3's (82371SB, "Interrupt Controller").
 *
 * This is the chip and nothing else: no locks, no VM, no memory.  irqchip.c
 * owns a pair and serialises every call.
 *
 * Deviation: the wiring is fixed, so ICW3 is taken and ignored; the processor
 * is always an 8086 and buffers aren't seen, so of ICW4 only AEOI and SFNM
 * count; as in the PIIX3 the edge/level registers replace ICW1's LTIM.
 */
#include <linux/bits.h>
#include <linux/compiler.h>
#include <linux/string.h>

#include "pic8259.h"

#define MASTER		0
#define SLAVE		1

#define ICW1_IC4	BIT(0)
#define ICW1_SNGL	BIT(1)
#define ICW1		BIT(4)		/* tells ICW1 from OCW2 and OCW3 */
#define ICW2_BASE	0xf8
#define ICW4_AEOI	BIT(1)
#define ICW4_SFNM	BIT(4)
#define OCW3		BIT(3)		/* tells OCW3 from OCW2 */
#define OCW2_LEVEL	0x07
#define OCW3_RIS	BIT(0)
#define OCW3_RR		BIT(1)
#define OCW3_P		BIT(2)
#define OCW3_SMM	BIT(5)
#define OCW3_ESMM	BIT(6)
#define POLL_REQUEST	BIT(7)
#define SPURIOUS	7

/* OCW2's upper three bits: R, SL, EOI */
enum ocw2 {
	OCW2_ROTATE_AEOI_CLEAR,
	OCW2_EOI,
	OCW2_NOP,
	OCW2_EOI_SPECIFIC,
	OCW2_ROTATE_AEOI_SET,
	OCW2_ROTATE_EOI,
	OCW2_SET_PRIORITY,
	OCW2_ROTATE_EOI_SPECIFIC,
};

/* 0: the highest.  8: @lines is empty */
static u32 highest(const struct atoll_pic_chip *c, u8 lines)
{
	u32 prio;

	for (prio = 0; prio < 8; prio++) {
		if (lines & BIT((c->lowest + 1 + prio) & 7))
			break;
	}
	return prio;
}

static u32 input_of(const struct atoll_pic_chip *c, u32 prio)
{
	return (c->lowest + 1 + prio) & 7;
}

/* The input that the chip requests service for, -1: its INT is low */
static int requested(const struct atoll_pic *pic, u32 n)
{
	const struct atoll_pic_chip *c = &pic->chip[n];
	u8 isr = c->smm ? c->isr & ~c->imr : c->isr;
	u32 prio = highest(c, c->irr & ~c->imr);
	u32 served;

	if (prio == 8)
		return -1;
	/* Only a higher priority interrupts the service of another ... */
	served = highest(c, isr);
	if (prio < served)
		return input_of(c, prio);
	/* ... but for a slave's next, if the master was told to let it through */
	if (prio == served && n == MASTER && c->nested &&
	    input_of(c, prio) == ATOLL_PIC_CASCADE)
		return ATOLL_PIC_CASCADE;
	return -1;
}

static void chip_set_line(struct atoll_pic_chip *c, u32 n, u32 level)
{
	u8 bit = BIT(n);

	if (!level) {
		/* A request must last until it is acknowledged */
		c->line &= ~bit;
		c->irr &= ~bit;
		return;
	}
	if ((c->elcr & bit) || !(c->line & bit))
		c->irr |= bit;
	c->line |= bit;
}

/* Let the outputs follow the state */
static void settle(struct atoll_pic *pic)
{
	chip_set_line(&pic->chip[MASTER], ATOLL_PIC_CASCADE, requested(pic, SLAVE) >= 0);
	WRITE_ONCE(pic->intr, requested(pic, MASTER) >= 0);
}

static void chip_serve(struct atoll_pic_chip *c, u32 n)
{
	u8 bit = BIT(n);

	/* An edge is used up, a level asks again while it lasts */
	if (!(c->elcr & bit))
		c->irr &= ~bit;
	if (!c->auto_eoi)
		c->isr |= bit;
	else if (c->rotate_aeoi)
		c->lowest = n;
}

/* Acknowledge on chip @n: the input that is served now, -1: nobody asked */
static int acknowledge(struct atoll_pic *pic, u32 n)
{
	int irq = requested(pic, n);

	if (irq < 0)
		return -1;
	chip_serve(&pic->chip[n], irq);
	/* INT falls in the cycle, so that the master sees an edge for the next */
	if (n == SLAVE)
		chip_set_line(&pic->chip[MASTER], ATOLL_PIC_CASCADE, 0);
	return irq;
}

/**
 * atoll_pic_ack() - an interrupt acknowledge cycle of the processor
 * @pic:	the pair
 *
 * A request that has gone in the meantime is answered with IR7 of the chip
 * that made it, which is not in service then (data sheet, "Edge and Level
 * Triggered Modes").
 *
 * Return: the vector.
 */
int atoll_pic_ack(struct atoll_pic *pic)
{
	struct atoll_pic_chip *c = &pic->chip[MASTER];
	int irq = acknowledge(pic, MASTER);

	if (irq == ATOLL_PIC_CASCADE) {
		c = &pic->chip[SLAVE];
		irq = acknowledge(pic, SLAVE);
	}
	if (irq < 0)
		irq = SPURIOUS;
	settle(pic);
	return c->base + irq;
}

/**
 * atoll_pic_set_line() - drive an input
 * @pic:	the pair
 * @line:	0 to 7 the master's, 8 to 15 the slave's
 * @level:	0: low
 *
 * The cascade and lines that don't exist are not driven from outside.
 */
void atoll_pic_set_line(struct atoll_pic *pic, u32 line, u32 level)
{
	if (line >= ATOLL_PIC_LINES || line == ATOLL_PIC_CASCADE)
		return;
	chip_set_line(&pic->chip[line / 8], line % 8, level);
	settle(pic);
}

static void write_icw1(struct atoll_pic_chip *c, u8 val)
{
	/* Edges are forgotten, levels that last ask again */
	c->irr = c->line & c->elcr;
	c->isr = 0;
	c->imr = 0;
	c->lowest = 7;
	c->smm = 0;
	c->poll = 0;
	c->read_isr = 0;
	c->auto_eoi = 0;
	c->rotate_aeoi = 0;
	c->nested = 0;
	c->single = !!(val & ICW1_SNGL);
	c->need_icw4 = !!(val & ICW1_IC4);
	c->init = ATOLL_PIC_ICW2;
}

static void end_service(struct atoll_pic_chip *c, u32 n, enum ocw2 cmd)
{
	c->isr &= ~BIT(n);
	if (cmd == OCW2_ROTATE_EOI || cmd == OCW2_ROTATE_EOI_SPECIFIC)
		c->lowest = n;
}

static void write_ocw2(struct atoll_pic_chip *c, u8 val)
{
	enum ocw2 cmd = val >> 5;
	u32 prio;

	switch (cmd) {
	case OCW2_ROTATE_AEOI_CLEAR:
	case OCW2_ROTATE_AEOI_SET:
		c->rotate_aeoi = cmd == OCW2_ROTATE_AEOI_SET;
		break;
	case OCW2_EOI:
	case OCW2_ROTATE_EOI:
		/* In special mask mode what is masked stays in service */
		prio = highest(c, c->smm ? c->isr & ~c->imr : c->isr);
		if (prio < 8)
			end_service(c, input_of(c, prio), cmd);
		break;
	case OCW2_EOI_SPECIFIC:
	case OCW2_ROTATE_EOI_SPECIFIC:
		end_service(c, val & OCW2_LEVEL, cmd);
		break;
	case OCW2_SET_PRIORITY:
		c->lowest = val & OCW2_LEVEL;
		break;
	case OCW2_NOP:
		break;
	}
}

static void write_ocw3(struct atoll_pic_chip *c, u8 val)
{
	if (val & OCW3_ESMM)
		c->smm = !!(val & OCW3_SMM);
	if (val & OCW3_P)
		c->poll = 1;
	if (val & OCW3_RR)
		c->read_isr = !!(val & OCW3_RIS);
}

static void write_odd(struct atoll_pic_chip *c, u8 val)
{
	switch (c->init) {
	case ATOLL_PIC_READY:
		c->imr = val;
		return;
	case ATOLL_PIC_ICW2:
		c->base = val & ICW2_BASE;
		if (!c->single) {
			c->init = ATOLL_PIC_ICW3;
			return;
		}
		break;
	case ATOLL_PIC_ICW3:
		break;
	case ATOLL_PIC_ICW4:
		c->auto_eoi = !!(val & ICW4_AEOI);
		c->nested = !!(val & ICW4_SFNM);
		c->init = ATOLL_PIC_READY;
		return;
	}
	c->init = c->need_icw4 ? ATOLL_PIC_ICW4 : ATOLL_PIC_READY;
}

/**
 * atoll_pic_write() - the processor writes to a chip
 * @pic:	the pair
 * @chip:	0: master, 1: slave
 * @a0:		which of the chip's two addresses
 * @val:	the byte
 */
void atoll_pic_write(struct atoll_pic *pic, u32 chip, u32 a0, u8 val)
{
	struct atoll_pic_chip *c = &pic->chip[chip];

	if (a0)
		write_odd(c, val);
	else if (val & ICW1)
		write_icw1(c, val);
	else if (val & OCW3)
		write_ocw3(c, val);
	else
		write_ocw2(c, val);
	settle(pic);
}

/* "Poll Command": the read is the acknowledge cycle */
static u8 poll(struct atoll_pic *pic, u32 chip)
{
	int irq;

	pic->chip[chip].poll = 0;
	irq = acknowledge(pic, chip);
	settle(pic);
	return irq < 0 ? 0 : POLL_REQUEST | irq;
}

/**
 * atoll_pic_read() - the processor reads from a chip
 * @pic:	the pair
 * @chip:	0: master, 1: slave
 * @a0:		which of the chip's two addresses
 *
 * Return: the byte.
 */
u8 atoll_pic_read(struct atoll_pic *pic, u32 chip, u32 a0)
{
	struct atoll_pic_chip *c = &pic->chip[chip];

	if (c->poll)
		return poll(pic, chip);
	if (a0)
		return c->imr;
	return c->read_isr ? c->isr : c->irr;
}

/**
 * atoll_pic_read_elcr() - which inputs of a chip are level-triggered
 * @pic:	the pair
 * @chip:	0: master, 1: slave
 *
 * Return: a bit for each input.
 */
u8 atoll_pic_read_elcr(struct atoll_pic *pic, u32 chip)
{
	return pic->chip[chip].elcr;
}

/**
 * atoll_pic_write_elcr() - choose which inputs of a chip are level-triggered
 * @pic:	the pair
 * @chip:	0: master, 1: slave
 * @val:	a bit for each input; those of the timer, the keyboard, the
 *		cascade, the clock and the FPU are always edge-triggered
 */
void atoll_pic_write_elcr(struct atoll_pic *pic, u32 chip, u8 val)
{
	struct atoll_pic_chip *c = &pic->chip[chip];

	c->elcr = val & c->elcr_mask;
	c->irr |= c->line & c->elcr;
	settle(pic);
}

/**
 * atoll_pic_reset() - power-on state
 * @pic:	the pair
 *
 * The data sheet leaves it undefined up to the first ICW1: have everything
 * masked, so that no vector of nobody's choice reaches the processor.
 */
void atoll_pic_reset(struct atoll_pic *pic)
{
	u32 i;

	memset(pic, 0, sizeof(*pic));
	for (i = 0; i < 2; i++) {
		pic->chip[i].imr = 0xff;
		pic->chip[i].lowest = 7;
	}
	pic->chip[MASTER].elcr_mask = 0xf8;
	pic->chip[SLAVE].elcr_mask = 0xde;
}
