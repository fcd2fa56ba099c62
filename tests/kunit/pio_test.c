// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accesses to ports: registers merged as wide as the access, and string I/O
 * that stops exactly where it has to.
 */
#include <asm/processor-flags.h>
#include <asm/trapnr.h>
#include "../../kmod/vm/insn.h"
#include "fake_guest.h"

#define CODE_GPA	0x1000ULL
#define PORT		0x3f8

/* Keeps what is written, answers with a count */
struct log_device {
	struct atoll_device dev;
	u32 written[ATOLL_STRING_MAX];
	u32 accesses;
	u32 answer;
	u8 len;
};

static struct atoll_vcpu *vcpu;
static struct log_device *device;

static void log_pio(struct atoll_device *dev, struct atoll_io *io)
{
	struct log_device *log = container_of(dev, struct log_device, dev);

	log->len = io->len;
	if (io->dir == ATOLL_READ)
		io->data = log->answer++;
	else
		log->written[log->accesses % ATOLL_STRING_MAX] =
			io->data & GENMASK_ULL(8 * io->len - 1, 0);
	log->accesses++;
}

static const struct atoll_device_ops log_ops = { .name = "log", .pio = log_pio };

static void handle(struct kunit *test, const char *code, size_t len,
		   enum atoll_dir dir, u8 size)
{
	fake_guest_poke(vcpu, CODE_GPA, code, len);
	vcpu->regs[ATOLL_RIP] = CODE_GPA;
	vcpu->exit = (struct atoll_exit){
		.kind = ATOLL_EXIT_PIO,
		.pio = { .port = PORT, .size = size, .dir = dir, .string = len > 1,
			 .next_rip = CODE_GPA + len },
	};
	device->accesses = 0;
	KUNIT_EXPECT_NE(test, (int)atoll_pio_handle(vcpu), (int)ATOLL_NEXT_LEAVE);
}

static void enter_long(void)
{
	fake_guest_enter(vcpu, FAKE_GUEST_LONG);
	fake_guest_map(vcpu, CODE_GPA, CODE_GPA | 3);
	fake_guest_map(vcpu, 0x5000, 0x9000 | 3);
}

static void reads_into_parts_of_rax(struct kunit *test)
{
	static const struct {
		u8 size;
		u64 rax;
	} c[] = {
		{ 1, 0x1122334455667781 },
		{ 2, 0x112233445566f081 },
		{ 4, 0x9050f081 },
	};
	int i;

	enter_long();
	for (i = 0; i < ARRAY_SIZE(c); i++) {
		vcpu->regs[ATOLL_RAX] = 0x1122334455667788;
		device->answer = 0x9050f081;
		handle(test, "\xed", 1, ATOLL_READ, c[i].size);
		KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RAX], c[i].rax);
		KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RIP], CODE_GPA + 1);
		KUNIT_EXPECT_EQ(test, device->len, c[i].size);
	}
}

static void writes_from_rax(struct kunit *test)
{
	enter_long();
	vcpu->regs[ATOLL_RAX] = 0x1122334455667788;
	handle(test, "\xee", 1, ATOLL_WRITE, 1);
	KUNIT_EXPECT_EQ(test, device->written[0], 0x88);
	handle(test, "\xef", 1, ATOLL_WRITE, 4);
	KUNIT_EXPECT_EQ(test, device->written[0], 0x55667788);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RAX], 0x1122334455667788);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RIP], CODE_GPA + 1);
}

static void decodes_where_the_cpu_gives_no_rip(struct kunit *test)
{
	enter_long();
	fake_guest_poke(vcpu, CODE_GPA, "\x66\xe7\x80", 3);
	vcpu->regs[ATOLL_RIP] = CODE_GPA;
	vcpu->exit = (struct atoll_exit){
		.kind = ATOLL_EXIT_PIO,
		.pio = { .port = 0x80, .size = 2, .dir = ATOLL_WRITE },
	};
	KUNIT_EXPECT_EQ(test, (int)atoll_pio_handle(vcpu), (int)ATOLL_NEXT_RUN);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RIP], CODE_GPA + 3);
}

static void single_steps(struct kunit *test)
{
	enter_long();
	vcpu->regs[ATOLL_RFLAGS] |= X86_EFLAGS_TF;
	handle(test, "\xee", 1, ATOLL_WRITE, 1);
	KUNIT_EXPECT_EQ(test, fake_hw.raised, X86_TRAP_DB);
}

static void writes_strings_in_portions(struct kunit *test)
{
	enter_long();
	fake_guest_poke(vcpu, 0x9000, "\x11\x22\x33\x44", 4);
	vcpu->regs[ATOLL_RSI] = 0x5000;
	vcpu->regs[ATOLL_RCX] = ATOLL_STRING_MAX + 2;
	handle(test, "\xf3\x66\x6f", 3, ATOLL_WRITE, 2);
	KUNIT_EXPECT_EQ(test, device->accesses, ATOLL_STRING_MAX);
	KUNIT_EXPECT_EQ(test, device->written[0], 0x2211);
	KUNIT_EXPECT_EQ(test, device->written[1], 0x4433);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RCX], 2);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RSI], 0x5000 + 2 * ATOLL_STRING_MAX);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RIP], CODE_GPA);
	handle(test, "\xf3\x66\x6f", 3, ATOLL_WRITE, 2);
	KUNIT_EXPECT_EQ(test, device->accesses, 2);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RCX], 0);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RIP], CODE_GPA + 3);
}

static void does_nothing_for_a_count_of_0(struct kunit *test)
{
	enter_long();
	vcpu->regs[ATOLL_RSI] = 0x5000;
	handle(test, "\xf3\x6e", 2, ATOLL_WRITE, 1);
	KUNIT_EXPECT_EQ(test, device->accesses, 0);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RSI], 0x5000);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RIP], CODE_GPA + 2);
}

static void reads_strings_downwards(struct kunit *test)
{
	enter_long();
	device->answer = 0x40;
	vcpu->regs[ATOLL_RFLAGS] |= X86_EFLAGS_DF;
	vcpu->regs[ATOLL_RDI] = 0x5003;
	vcpu->regs[ATOLL_RCX] = 3;
	handle(test, "\xf3\x6c", 2, ATOLL_READ, 1);
	KUNIT_EXPECT_EQ(test, fake_guest_peek(vcpu, 0x9000, 4), 0x40414200);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RDI], 0x5000);
}

static void stops_at_the_element_that_faults(struct kunit *test)
{
	enter_long();
	device->answer = 1;
	vcpu->regs[ATOLL_RDI] = 0x5ff6;
	vcpu->regs[ATOLL_RCX] = 5;
	/* rep insd: two fit, the third reaches into a page that isn't there */
	handle(test, "\xf3\x6d", 2, ATOLL_READ, 4);
	KUNIT_EXPECT_EQ(test, fake_hw.raised, X86_TRAP_PF);
	KUNIT_EXPECT_EQ(test, fake_hw.raised_error, ATOLL_GVA_WRITE);
	KUNIT_EXPECT_EQ(test, atoll_hw->get_reg(vcpu, ATOLL_CR2), 0x6000);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RDI], 0x5ffe);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RCX], 3);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RIP], CODE_GPA);
	/* A port must not be read for an element that can't be stored */
	KUNIT_EXPECT_EQ(test, device->accesses, 2);
	KUNIT_EXPECT_EQ(test, fake_guest_peek(vcpu, 0x9ffe, 2), 0);
}

static void checks_the_segments_limit(struct kunit *test)
{
	fake_guest_enter(vcpu, FAKE_GUEST_REAL);
	vcpu->regs[ATOLL_RSI] = 0xffff;
	handle(test, "\x66\x6f", 2, ATOLL_WRITE, 4);
	KUNIT_EXPECT_EQ(test, fake_hw.raised, X86_TRAP_GP);
	KUNIT_EXPECT_EQ(test, device->accesses, 0);
	/* outs by way of the stack segment */
	handle(test, "\x36\x6f", 2, ATOLL_WRITE, 2);
	KUNIT_EXPECT_EQ(test, fake_hw.raised, X86_TRAP_SS);
}

static void checks_for_canonical_addresses(struct kunit *test)
{
	enter_long();
	vcpu->regs[ATOLL_RSI] = 0x800000000000;
	handle(test, "\xf2\x6e", 2, ATOLL_WRITE, 1);
	KUNIT_EXPECT_EQ(test, fake_hw.raised, -1);
	vcpu->regs[ATOLL_RCX] = 1;
	handle(test, "\xf2\x6e", 2, ATOLL_WRITE, 1);
	KUNIT_EXPECT_EQ(test, fake_hw.raised, X86_TRAP_GP);
}

static void ends_guests_that_change_the_instruction(struct kunit *test)
{
	enter_long();
	fake_guest_poke(vcpu, CODE_GPA, "\xf3\x6c", 2);
	vcpu->regs[ATOLL_RIP] = CODE_GPA;
	vcpu->exit = (struct atoll_exit){
		.pio = { .port = PORT, .size = 1, .dir = ATOLL_WRITE, .string = 1 },
	};
	KUNIT_EXPECT_EQ(test, (int)atoll_pio_handle(vcpu), (int)ATOLL_NEXT_LEAVE);
	KUNIT_EXPECT_STREQ(test, vcpu->vm->crash.reason,
			   "string i/o at rip 0x1000 changed while it ran");
}

static int pio_init(struct kunit *test)
{
	vcpu = fake_guest_create(test);
	device = kunit_kzalloc(test, sizeof(*device), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, device);
	device->dev.ops = &log_ops;
	return atoll_bus_add(&vcpu->vm->pio, &device->dev, PORT, 8);
}

static void pio_exit(struct kunit *test)
{
	fake_guest_destroy(vcpu);
}

static struct kunit_case pio_cases[] = {
	KUNIT_CASE(reads_into_parts_of_rax),
	KUNIT_CASE(writes_from_rax),
	KUNIT_CASE(decodes_where_the_cpu_gives_no_rip),
	KUNIT_CASE(single_steps),
	KUNIT_CASE(writes_strings_in_portions),
	KUNIT_CASE(does_nothing_for_a_count_of_0),
	KUNIT_CASE(reads_strings_downwards),
	KUNIT_CASE(stops_at_the_element_that_faults),
	KUNIT_CASE(checks_the_segments_limit),
	KUNIT_CASE(checks_for_canonical_addresses),
	KUNIT_CASE(ends_guests_that_change_the_instruction),
	{}
};

static struct kunit_suite pio_suite = {
	.name = "atoll_pio",
	.init = pio_init,
	.exit = pio_exit,
	.test_cases = pio_cases,
};

kunit_test_suite(pio_suite);
