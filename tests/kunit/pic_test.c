// SPDX-License-Identifier: GPL-2.0-only
/*
 * The 8259A pair, each case from a section of Intel's data sheet (231468).
 */
#include <kunit/test.h>

#include "../../kmod/dev/pic8259.h"

#define MASTER		0
#define SLAVE		1

#define OCW2_EOI	0x20
#define OCW2_SPECIFIC	0x60
#define OCW2_ROTATE	0xa0
#define OCW2_ROTATE_SPECIFIC 0xe0
#define OCW2_PRIORITY	0xc0
#define OCW2_AEOI_ROTATE 0x80
#define OCW2_AEOI_STAY	0x00
#define OCW3_READ_IRR	0x0a
#define OCW3_READ_ISR	0x0b
#define OCW3_POLL	0x0c
#define OCW3_SMM	0x68
#define OCW3_SMM_OFF	0x48

static void init_chip(struct atoll_pic *pic, u32 chip, u8 icw4)
{
	atoll_pic_write(pic, chip, 0, 0x11);
	atoll_pic_write(pic, chip, 1, chip == MASTER ? 0x20 : 0x28);
	atoll_pic_write(pic, chip, 1, chip == MASTER ? 0x04 : 0x02);
	atoll_pic_write(pic, chip, 1, icw4);
}

/* As a PC's firmware does it, everything unmasked */
static struct atoll_pic *new_pic(struct kunit *test)
{
	struct atoll_pic *pic = kunit_kzalloc(test, sizeof(*pic), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pic);
	atoll_pic_reset(pic);
	init_chip(pic, MASTER, 0x01);
	init_chip(pic, SLAVE, 0x01);
	return pic;
}

static void raise(struct atoll_pic *pic, u32 line)
{
	atoll_pic_set_line(pic, line, 1);
}

static void lower(struct atoll_pic *pic, u32 line)
{
	atoll_pic_set_line(pic, line, 0);
}

static void pulse(struct atoll_pic *pic, u32 line)
{
	lower(pic, line);
	raise(pic, line);
}

static u8 read_isr(struct atoll_pic *pic, u32 chip)
{
	atoll_pic_write(pic, chip, 0, OCW3_READ_ISR);
	return atoll_pic_read(pic, chip, 0);
}

static u8 read_irr(struct atoll_pic *pic, u32 chip)
{
	atoll_pic_write(pic, chip, 0, OCW3_READ_IRR);
	return atoll_pic_read(pic, chip, 0);
}

static void eoi(struct atoll_pic *pic, u32 chip)
{
	atoll_pic_write(pic, chip, 0, OCW2_EOI);
}

static void is_quiet_until_initialised(struct kunit *test)
{
	struct atoll_pic *pic = kunit_kzalloc(test, sizeof(*pic), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, pic);
	atoll_pic_reset(pic);
	raise(pic, 0);
	raise(pic, 12);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
}

/* "Interrupt Sequence" */
static void serves_an_edge_once(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	raise(pic, 4);
	KUNIT_EXPECT_EQ(test, pic->intr, 1);
	KUNIT_EXPECT_EQ(test, read_irr(pic, MASTER), 0x10);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x24);
	KUNIT_EXPECT_EQ(test, read_irr(pic, MASTER), 0x00);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x10);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x00);
	/* The line is still high: no new edge, no new interrupt */
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	raise(pic, 4);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	pulse(pic, 4);
	KUNIT_EXPECT_EQ(test, pic->intr, 1);
}

/* "Initialization Command Words": an edge that arrived before is forgotten */
static void forgets_edges_at_icw1(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	raise(pic, 3);
	atoll_pic_write(pic, MASTER, 1, 0xff);
	init_chip(pic, MASTER, 0x01);
	KUNIT_EXPECT_EQ(test, atoll_pic_read(pic, MASTER, 1), 0x00);
	KUNIT_EXPECT_EQ(test, atoll_pic_read(pic, MASTER, 0), 0x00);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	pulse(pic, 3);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x23);
}

static void takes_short_initialisations(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	/* Single, no ICW4: ICW2 ends it.  Its low bits are ignored */
	atoll_pic_write(pic, MASTER, 0, 0x12);
	atoll_pic_write(pic, MASTER, 1, 0x77);
	atoll_pic_write(pic, MASTER, 1, 0xfe);
	KUNIT_EXPECT_EQ(test, atoll_pic_read(pic, MASTER, 1), 0xfe);
	raise(pic, 0);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x70);

	/* Cascaded, no ICW4: ICW3 ends it, and automatic EOI is off */
	init_chip(pic, MASTER, 0x03);
	atoll_pic_write(pic, MASTER, 0, 0x10);
	atoll_pic_write(pic, MASTER, 1, 0x40);
	atoll_pic_write(pic, MASTER, 1, 0x04);
	atoll_pic_write(pic, MASTER, 1, 0x55);
	KUNIT_EXPECT_EQ(test, atoll_pic_read(pic, MASTER, 1), 0x55);
	atoll_pic_write(pic, MASTER, 1, 0x00);
	pulse(pic, 5);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x45);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x20);
}

/* "Operation Control Word 1" */
static void masks(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	atoll_pic_write(pic, MASTER, 1, 0x10);
	KUNIT_EXPECT_EQ(test, atoll_pic_read(pic, MASTER, 1), 0x10);
	raise(pic, 4);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	KUNIT_EXPECT_EQ(test, read_irr(pic, MASTER), 0x10);
	atoll_pic_write(pic, MASTER, 1, 0x00);
	KUNIT_EXPECT_EQ(test, pic->intr, 1);
}

/* "Fully Nested Mode" */
static void nests_by_priority(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	raise(pic, 5);
	raise(pic, 3);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x23);
	/* Lower or the same waits, higher interrupts */
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	pulse(pic, 3);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	raise(pic, 1);
	KUNIT_EXPECT_EQ(test, pic->intr, 1);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x21);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x0a);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x08);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x23);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x25);
}

/* "End of Interrupt (EOI)" */
static void ends_what_it_is_told(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	raise(pic, 5);
	atoll_pic_ack(pic);
	raise(pic, 1);
	atoll_pic_ack(pic);
	atoll_pic_write(pic, MASTER, 0, OCW2_SPECIFIC | 5);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x02);
	atoll_pic_write(pic, MASTER, 0, OCW2_SPECIFIC | 1);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x00);
	/* Nothing in service: nothing to end */
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x00);
}

/* "Automatic Rotation (Equal Priority Devices)" */
static void rotates_on_eoi(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	raise(pic, 4);
	raise(pic, 6);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x24);
	atoll_pic_write(pic, MASTER, 0, OCW2_ROTATE);
	/* IR4 is the lowest now, IR5 the highest */
	raise(pic, 3);
	pulse(pic, 4);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x26);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x23);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x24);
}

/* "Specific Rotation (Specific Priority)" */
static void rotates_where_it_is_told(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	atoll_pic_write(pic, MASTER, 0, OCW2_PRIORITY | 5);
	raise(pic, 0);
	raise(pic, 5);
	raise(pic, 6);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x26);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x20);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x25);
	atoll_pic_write(pic, MASTER, 0, OCW2_ROTATE_SPECIFIC | 5);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x00);
	pulse(pic, 5);
	pulse(pic, 4);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x24);
}

/* "Automatic End of Interrupt (AEOI) Mode" */
static void ends_service_by_itself(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	init_chip(pic, MASTER, 0x03);
	raise(pic, 1);
	raise(pic, 3);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x21);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x00);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x23);

	atoll_pic_write(pic, MASTER, 0, OCW2_AEOI_ROTATE);
	pulse(pic, 1);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x21);
	pulse(pic, 1);
	pulse(pic, 3);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x23);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x21);

	atoll_pic_write(pic, MASTER, 0, OCW2_AEOI_STAY);
	atoll_pic_write(pic, MASTER, 0, OCW2_PRIORITY | 7);
	pulse(pic, 1);
	atoll_pic_ack(pic);
	pulse(pic, 1);
	pulse(pic, 3);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x21);
}

/* A slave in AEOI mode must not lose its second request at the master */
static void ends_service_of_the_slave_by_itself(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	init_chip(pic, SLAVE, 0x03);
	raise(pic, 9);
	raise(pic, 10);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x29);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, pic->intr, 1);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x2a);
}

/* "Special Mask Mode" */
static void masks_specially(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	raise(pic, 3);
	atoll_pic_ack(pic);
	raise(pic, 6);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	/* What is masked no longer blocks those below it */
	atoll_pic_write(pic, MASTER, 1, 0x08);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	atoll_pic_write(pic, MASTER, 0, OCW3_SMM);
	KUNIT_EXPECT_EQ(test, pic->intr, 1);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x26);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x48);
	/* Nor does a non-specific EOI end it */
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x08);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x08);
	atoll_pic_write(pic, MASTER, 0, OCW3_SMM_OFF);
	pulse(pic, 6);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x00);
	KUNIT_EXPECT_EQ(test, pic->intr, 1);
}

/* OCW3 without ESMM leaves the mode as it is */
static void keeps_special_mask_mode(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	atoll_pic_write(pic, MASTER, 0, OCW3_SMM);
	raise(pic, 3);
	atoll_pic_ack(pic);
	atoll_pic_write(pic, MASTER, 1, 0x08);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x08);
	raise(pic, 6);
	KUNIT_EXPECT_EQ(test, pic->intr, 1);
}

/* "Poll Command" */
static void is_polled(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	atoll_pic_write(pic, MASTER, 0, OCW3_POLL);
	KUNIT_EXPECT_EQ(test, atoll_pic_read(pic, MASTER, 0) & 0x80, 0);
	raise(pic, 5);
	atoll_pic_write(pic, MASTER, 0, OCW3_POLL);
	KUNIT_EXPECT_EQ(test, atoll_pic_read(pic, MASTER, 0), 0x85);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	/* One read only */
	KUNIT_EXPECT_EQ(test, atoll_pic_read(pic, MASTER, 1), 0x00);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x20);
	eoi(pic, MASTER);

	raise(pic, 11);
	atoll_pic_write(pic, MASTER, 0, OCW3_POLL);
	KUNIT_EXPECT_EQ(test, atoll_pic_read(pic, MASTER, 0), 0x82);
	atoll_pic_write(pic, SLAVE, 0, OCW3_POLL);
	KUNIT_EXPECT_EQ(test, atoll_pic_read(pic, SLAVE, 0), 0x83);
	KUNIT_EXPECT_EQ(test, read_isr(pic, SLAVE), 0x08);
}

/* "Cascade Mode" */
static void cascades(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	raise(pic, 12);
	KUNIT_EXPECT_EQ(test, read_irr(pic, MASTER), 0x04);
	KUNIT_EXPECT_EQ(test, read_irr(pic, SLAVE), 0x10);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x2c);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x04);
	KUNIT_EXPECT_EQ(test, read_isr(pic, SLAVE), 0x10);
	/* IR2 comes before IR3 and after IR1 */
	raise(pic, 3);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	raise(pic, 1);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x21);
	eoi(pic, MASTER);
	/* The slave's next waits for both */
	raise(pic, 14);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x23);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	eoi(pic, SLAVE);
	KUNIT_EXPECT_EQ(test, pic->intr, 1);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x2e);
}

static void does_not_drive_the_cascade(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	raise(pic, 2);
	raise(pic, 16);
	raise(pic, U32_MAX);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
}

/* "The Special Fully Nest Mode" */
static void lets_the_slave_interrupt_itself(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	raise(pic, 12);
	atoll_pic_ack(pic);
	raise(pic, 9);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);

	pic = new_pic(test);
	init_chip(pic, MASTER, 0x11);
	raise(pic, 12);
	atoll_pic_ack(pic);
	raise(pic, 3);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	raise(pic, 14);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	raise(pic, 9);
	KUNIT_EXPECT_EQ(test, pic->intr, 1);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x29);
}

/* "Edge and Level Triggered Modes": the default IR7 */
static void answers_spuriously(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	raise(pic, 4);
	lower(pic, 4);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x27);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x00);
}

static void answers_spuriously_for_the_slave(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	/* The slave's request goes while the master's was acknowledged by poll */
	raise(pic, 12);
	atoll_pic_write(pic, MASTER, 0, OCW3_POLL);
	KUNIT_EXPECT_EQ(test, atoll_pic_read(pic, MASTER, 0), 0x82);
	lower(pic, 12);
	atoll_pic_write(pic, SLAVE, 0, OCW3_POLL);
	KUNIT_EXPECT_EQ(test, atoll_pic_read(pic, SLAVE, 0) & 0x80, 0);
	KUNIT_EXPECT_EQ(test, read_isr(pic, SLAVE), 0x00);
	KUNIT_EXPECT_EQ(test, read_isr(pic, MASTER), 0x04);
}

/* 82371SB, "Edge/Level Control Registers" */
static void triggers_on_levels(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	atoll_pic_write_elcr(pic, MASTER, 0xff);
	atoll_pic_write_elcr(pic, SLAVE, 0xff);
	KUNIT_EXPECT_EQ(test, atoll_pic_read_elcr(pic, MASTER), 0xf8);
	KUNIT_EXPECT_EQ(test, atoll_pic_read_elcr(pic, SLAVE), 0xde);

	raise(pic, 5);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x25);
	KUNIT_EXPECT_EQ(test, read_irr(pic, MASTER), 0x20);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, pic->intr, 1);
	lower(pic, 5);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);

	/* A level outlasts an initialisation */
	raise(pic, 10);
	init_chip(pic, SLAVE, 0x01);
	KUNIT_EXPECT_EQ(test, atoll_pic_ack(pic), 0x2a);
}

static void asks_again_when_made_level(struct kunit *test)
{
	struct atoll_pic *pic = new_pic(test);

	raise(pic, 5);
	atoll_pic_ack(pic);
	eoi(pic, MASTER);
	KUNIT_EXPECT_EQ(test, pic->intr, 0);
	atoll_pic_write_elcr(pic, MASTER, 0x20);
	KUNIT_EXPECT_EQ(test, pic->intr, 1);
}

static struct kunit_case pic_cases[] = {
	KUNIT_CASE(is_quiet_until_initialised),
	KUNIT_CASE(serves_an_edge_once),
	KUNIT_CASE(forgets_edges_at_icw1),
	KUNIT_CASE(takes_short_initialisations),
	KUNIT_CASE(masks),
	KUNIT_CASE(nests_by_priority),
	KUNIT_CASE(ends_what_it_is_told),
	KUNIT_CASE(rotates_on_eoi),
	KUNIT_CASE(rotates_where_it_is_told),
	KUNIT_CASE(ends_service_by_itself),
	KUNIT_CASE(ends_service_of_the_slave_by_itself),
	KUNIT_CASE(masks_specially),
	KUNIT_CASE(keeps_special_mask_mode),
	KUNIT_CASE(is_polled),
	KUNIT_CASE(cascades),
	KUNIT_CASE(does_not_drive_the_cascade),
	KUNIT_CASE(lets_the_slave_interrupt_itself),
	KUNIT_CASE(answers_spuriously),
	KUNIT_CASE(answers_spuriously_for_the_slave),
	KUNIT_CASE(triggers_on_levels),
	KUNIT_CASE(asks_again_when_made_level),
	{}
};

static struct kunit_suite pic_suite = {
	.name = "atoll_pic",
	.test_cases = pic_cases,
};

kunit_test_suite(pic_suite);
