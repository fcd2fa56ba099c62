// SPDX-License-Identifier: GPL-2.0-only
/*
 * The I/O APIC, each case from a section of Intel's data sheets: the 82093AA's
 * (290566), and the ICH4's for the EOI register.
 */
#include <kunit/test.h>

#include "../../kmod/dev/ioapic.h"

#define MASKED		BIT(16)
#define LEVEL		BIT(15)
#define REMOTE_IRR	BIT(14)
#define ACTIVE_LOW	BIT(13)
#define LOGICAL		BIT(11)
#define LOWEST		0x100
#define NMI		0x400
#define INIT		0x500
#define EXTINT		0x700

/* A chip, and what arrives at the other end of its bus */
struct board {
	struct atoll_ioapic io;
	struct atoll_irq_msg last;
	u32 sent;
	u8 nobody_there;
};

static bool record(struct atoll_ioapic *io, const struct atoll_irq_msg *msg)
{
	struct board *b = container_of(io, struct board, io);

	b->last = *msg;
	b->sent++;
	return !b->nobody_there;
}

static struct board *new_board(struct kunit *test)
{
	struct board *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->io.send = record;
	atoll_ioapic_reset(&b->io);
	return b;
}

static u32 read_reg(struct board *b, u8 reg)
{
	atoll_ioapic_write(&b->io, ATOLL_IOAPIC_SELECT, reg);
	return atoll_ioapic_read(&b->io, ATOLL_IOAPIC_WINDOW);
}

static void write_reg(struct board *b, u8 reg, u32 val)
{
	atoll_ioapic_write(&b->io, ATOLL_IOAPIC_SELECT, reg);
	atoll_ioapic_write(&b->io, ATOLL_IOAPIC_WINDOW, val);
}

static u32 entry(struct board *b, u32 pin)
{
	return read_reg(b, 0x10 + 2 * pin);
}

/* As drivers do it: the destination first */
static void route(struct board *b, u32 pin, u8 dest, u32 low)
{
	write_reg(b, 0x11 + 2 * pin, (u32)dest << 24);
	write_reg(b, 0x10 + 2 * pin, low);
}

static void raise(struct board *b, u32 pin)
{
	atoll_ioapic_set_line(&b->io, pin, 1);
}

static void lower(struct board *b, u32 pin)
{
	atoll_ioapic_set_line(&b->io, pin, 0);
}

/* "Register Description": what is there after a reset */
static void comes_up_masked(struct kunit *test)
{
	struct board *b = new_board(test);
	u32 pin;

	KUNIT_EXPECT_EQ(test, read_reg(b, 0), 0);
	KUNIT_EXPECT_EQ(test, read_reg(b, 1), 0x00170020);
	KUNIT_EXPECT_EQ(test, read_reg(b, 2), 0);
	for (pin = 0; pin < 24; pin++) {
		KUNIT_EXPECT_EQ(test, entry(b, pin), MASKED);
		raise(b, pin);
	}
	KUNIT_EXPECT_EQ(test, b->sent, 0);
}

static void has_an_id(struct kunit *test)
{
	struct board *b = new_board(test);

	write_reg(b, 0, 0xffffffff);
	KUNIT_EXPECT_EQ(test, read_reg(b, 0), 0x0f000000);
	write_reg(b, 0, 0x05000000);
	/* "IOAPICARB": loaded whenever the ID is */
	KUNIT_EXPECT_EQ(test, read_reg(b, 2), 0x05000000);
	write_reg(b, 1, 0);
	write_reg(b, 2, 0);
	KUNIT_EXPECT_EQ(test, read_reg(b, 1), 0x00170020);
	KUNIT_EXPECT_EQ(test, read_reg(b, 2), 0x05000000);
}

static void keeps_what_is_writable(struct kunit *test)
{
	struct board *b = new_board(test);
	u32 pin;

	for (pin = 0; pin < 24; pin++) {
		write_reg(b, 0x11 + 2 * pin, 0xffffffff);
		write_reg(b, 0x10 + 2 * pin, 0xffffffff);
		KUNIT_EXPECT_EQ(test, entry(b, pin), 0x0001afff);
		KUNIT_EXPECT_EQ(test, read_reg(b, 0x11 + 2 * pin), 0xff000000);
	}
	KUNIT_EXPECT_EQ(test, atoll_ioapic_read(&b->io, ATOLL_IOAPIC_SELECT), 0x3f);
}

static void ignores_registers_that_are_not_there(struct kunit *test)
{
	struct board *b = new_board(test);
	u32 reg;

	for (reg = 0; reg < 256; reg++) {
		if (reg > 2 && (reg < 0x10 || reg >= 0x40)) {
			write_reg(b, reg, 0x12345678);
			KUNIT_EXPECT_EQ(test, read_reg(b, reg), 0);
		}
	}
	for (reg = 0; reg < 0x1000; reg += 4) {
		if (reg != ATOLL_IOAPIC_SELECT && reg != ATOLL_IOAPIC_WINDOW)
			atoll_ioapic_write(&b->io, reg, 0);
	}
	raise(b, 24);
	raise(b, U32_MAX);
	KUNIT_EXPECT_EQ(test, b->sent, 0);
	KUNIT_EXPECT_EQ(test, entry(b, 0), MASKED);
	KUNIT_EXPECT_EQ(test, entry(b, 23), MASKED);
}

static void says_where_and_how(struct kunit *test)
{
	struct board *b = new_board(test);

	route(b, 7, 0x3, 0x55);
	raise(b, 7);
	KUNIT_EXPECT_EQ(test, b->sent, 1);
	KUNIT_EXPECT_EQ(test, b->last.dest, 3);
	KUNIT_EXPECT_EQ(test, b->last.dest_logical, 0);
	KUNIT_EXPECT_EQ(test, b->last.delivery, 0);
	KUNIT_EXPECT_EQ(test, b->last.vector, 0x55);
	KUNIT_EXPECT_EQ(test, b->last.level, 0);

	route(b, 9, 0xfe, 0x66 | LOWEST | LOGICAL | LEVEL | ACTIVE_LOW);
	raise(b, 9);
	KUNIT_EXPECT_EQ(test, b->sent, 2);
	KUNIT_EXPECT_EQ(test, b->last.dest, 0xfe);
	KUNIT_EXPECT_EQ(test, b->last.dest_logical, 1);
	KUNIT_EXPECT_EQ(test, b->last.delivery, 1);
	KUNIT_EXPECT_EQ(test, b->last.vector, 0x66);
	KUNIT_EXPECT_EQ(test, b->last.level, 1);
}

static void sends_an_edge_once(struct kunit *test)
{
	struct board *b = new_board(test);

	route(b, 4, 0, 0x24);
	raise(b, 4);
	raise(b, 4);
	KUNIT_EXPECT_EQ(test, b->sent, 1);
	KUNIT_EXPECT_EQ(test, entry(b, 4), 0x24);
	atoll_ioapic_end(&b->io, 0x24);
	KUNIT_EXPECT_EQ(test, b->sent, 1);
	/* No service is waited for */
	lower(b, 4);
	raise(b, 4);
	KUNIT_EXPECT_EQ(test, b->sent, 2);
}

/* "Interrupt Mask": edges on a masked pin are neither delivered nor held */
static void loses_masked_edges(struct kunit *test)
{
	struct board *b = new_board(test);

	route(b, 4, 0, 0x24 | MASKED);
	raise(b, 4);
	route(b, 4, 0, 0x24);
	KUNIT_EXPECT_EQ(test, b->sent, 0);
	lower(b, 4);
	raise(b, 4);
	KUNIT_EXPECT_EQ(test, b->sent, 1);
}

/* "Remote IRR" */
static void serves_a_level_until_it_ends(struct kunit *test)
{
	struct board *b = new_board(test);

	route(b, 10, 0, 0x30 | LEVEL);
	raise(b, 10);
	KUNIT_EXPECT_EQ(test, b->sent, 1);
	KUNIT_EXPECT_EQ(test, entry(b, 10), 0x30 | LEVEL | REMOTE_IRR);
	/* While it is served nothing more is sent */
	lower(b, 10);
	raise(b, 10);
	KUNIT_EXPECT_EQ(test, b->sent, 1);
	/* Somebody else's end */
	atoll_ioapic_end(&b->io, 0x31);
	KUNIT_EXPECT_EQ(test, b->sent, 1);
	/* Still asserted: once more, for each end */
	atoll_ioapic_end(&b->io, 0x30);
	KUNIT_EXPECT_EQ(test, b->sent, 2);
	KUNIT_EXPECT_EQ(test, entry(b, 10), 0x30 | LEVEL | REMOTE_IRR);
	atoll_ioapic_end(&b->io, 0x30);
	KUNIT_EXPECT_EQ(test, b->sent, 3);
	lower(b, 10);
	KUNIT_EXPECT_EQ(test, entry(b, 10), 0x30 | LEVEL | REMOTE_IRR);
	atoll_ioapic_end(&b->io, 0x30);
	KUNIT_EXPECT_EQ(test, b->sent, 3);
	KUNIT_EXPECT_EQ(test, entry(b, 10), 0x30 | LEVEL);
	atoll_ioapic_end(&b->io, 0x30);
	KUNIT_EXPECT_EQ(test, b->sent, 3);
}

static void masks_and_unmasks_a_level(struct kunit *test)
{
	struct board *b = new_board(test);

	route(b, 10, 0, 0x30 | LEVEL | MASKED);
	raise(b, 10);
	KUNIT_EXPECT_EQ(test, b->sent, 0);
	route(b, 10, 0, 0x30 | LEVEL);
	KUNIT_EXPECT_EQ(test, b->sent, 1);
	/* Masked while it is served: that is not undone, and not repeated */
	write_reg(b, 0x10 + 20, 0x30 | LEVEL | MASKED);
	KUNIT_EXPECT_EQ(test, entry(b, 10), 0x30 | LEVEL | MASKED | REMOTE_IRR);
	atoll_ioapic_end(&b->io, 0x30);
	KUNIT_EXPECT_EQ(test, b->sent, 1);
	write_reg(b, 0x10 + 20, 0x30 | LEVEL);
	KUNIT_EXPECT_EQ(test, b->sent, 2);
	/* And gone before it is unmasked */
	write_reg(b, 0x10 + 20, 0x30 | LEVEL | MASKED);
	atoll_ioapic_end(&b->io, 0x30);
	lower(b, 10);
	write_reg(b, 0x10 + 20, 0x30 | LEVEL);
	KUNIT_EXPECT_EQ(test, b->sent, 2);
}

/* ICH4, "EOI Register": the entries with this vector, and no other */
static void has_an_eoi_register(struct kunit *test)
{
	struct board *b = new_board(test);

	route(b, 10, 0, 0x30 | LEVEL);
	route(b, 11, 0, 0x30 | LEVEL);
	route(b, 12, 0, 0x31 | LEVEL);
	raise(b, 10);
	raise(b, 11);
	raise(b, 12);
	KUNIT_EXPECT_EQ(test, b->sent, 3);
	lower(b, 10);
	atoll_ioapic_write(&b->io, ATOLL_IOAPIC_EOI, 0x30);
	KUNIT_EXPECT_EQ(test, b->sent, 4);
	KUNIT_EXPECT_EQ(test, entry(b, 10), 0x30 | LEVEL);
	KUNIT_EXPECT_EQ(test, entry(b, 11), 0x30 | LEVEL | REMOTE_IRR);
	KUNIT_EXPECT_EQ(test, entry(b, 12), 0x31 | LEVEL | REMOTE_IRR);
}

/* How programs end a service on chips that have no such register */
static void an_edge_entry_has_no_remote_irr(struct kunit *test)
{
	struct board *b = new_board(test);

	route(b, 10, 0, 0x30 | LEVEL);
	raise(b, 10);
	write_reg(b, 0x10 + 20, 0x30 | MASKED);
	KUNIT_EXPECT_EQ(test, entry(b, 10), 0x30 | MASKED);
	write_reg(b, 0x10 + 20, 0x30 | LEVEL);
	KUNIT_EXPECT_EQ(test, b->sent, 2);
}

/* "Remote IRR": set when local APICs accept the interrupt */
static void a_level_that_nobody_takes_is_not_served(struct kunit *test)
{
	struct board *b = new_board(test);

	b->nobody_there = 1;
	route(b, 10, 9, 0x30 | LEVEL);
	raise(b, 10);
	KUNIT_EXPECT_EQ(test, b->sent, 1);
	KUNIT_EXPECT_EQ(test, entry(b, 10), 0x30 | LEVEL);
	b->nobody_there = 0;
	route(b, 10, 0, 0x30 | LEVEL);
	KUNIT_EXPECT_EQ(test, entry(b, 10), 0x30 | LEVEL | REMOTE_IRR);
}

/* "Delivery Mode": some are edges whatever the trigger mode says */
static void knows_the_delivery_modes(struct kunit *test)
{
	static const u32 edges[] = { NMI, INIT, EXTINT };
	struct board *b = new_board(test);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(edges); i++) {
		route(b, i, 0, edges[i] | LEVEL | 0x40);
		raise(b, i);
		KUNIT_EXPECT_EQ(test, b->sent, i + 1);
		KUNIT_EXPECT_EQ(test, b->last.delivery, edges[i] >> 8);
		KUNIT_EXPECT_EQ(test, b->last.level, 0);
		KUNIT_EXPECT_EQ(test, entry(b, i) & REMOTE_IRR, 0);
	}
	/* Reserved */
	route(b, 20, 0, 0x300);
	raise(b, 20);
	route(b, 21, 0, 0x600 | LEVEL);
	raise(b, 21);
	KUNIT_EXPECT_EQ(test, b->sent, (u32)ARRAY_SIZE(edges));
}

static struct kunit_case cases[] = {
	KUNIT_CASE(comes_up_masked),
	KUNIT_CASE(has_an_id),
	KUNIT_CASE(keeps_what_is_writable),
	KUNIT_CASE(ignores_registers_that_are_not_there),
	KUNIT_CASE(says_where_and_how),
	KUNIT_CASE(sends_an_edge_once),
	KUNIT_CASE(loses_masked_edges),
	KUNIT_CASE(serves_a_level_until_it_ends),
	KUNIT_CASE(masks_and_unmasks_a_level),
	KUNIT_CASE(has_an_eoi_register),
	KUNIT_CASE(an_edge_entry_has_no_remote_irr),
	KUNIT_CASE(a_level_that_nobody_takes_is_not_served),
	KUNIT_CASE(knows_the_delivery_modes),
	{}
};

static struct kunit_suite suite = {
	.name = "atoll_ioapic",
	.test_cases = cases,
};

kunit_test_suite(suite);
