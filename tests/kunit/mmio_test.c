// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accesses to a device's memory: what the device sees, what becomes of
 * registers and flags, and what ends the guest.
 */
#include <asm/processor-flags.h>
#include <asm/trapnr.h>
#include "../../kmod/vm/insn.h"
#include "fake_guest.h"

#define CODE_GPA	0x1000ULL
#define DEV_GPA		0xd0000000ULL

/* Remembers like RAM what is written to it */
struct memory_device {
	struct atoll_device dev;
	u8 bytes[PAGE_SIZE];
	int reads;
	int writes;
	u8 len;		/* of the last access */
};

static struct atoll_vcpu *vcpu;
static struct memory_device *device;
static u8 exit_dir;

static void memory_mmio(struct atoll_device *dev, struct atoll_io *io)
{
	struct memory_device *m = container_of(dev, struct memory_device, dev);

	m->len = io->len;
	if (io->dir == ATOLL_READ) {
		m->reads++;
		memcpy(&io->data, m->bytes + io->addr, io->len);
	} else {
		m->writes++;
		memcpy(m->bytes + io->addr, &io->data, io->len);
	}
}

static const struct atoll_device_ops memory_ops = {
	.name = "memory",
	.mmio = memory_mmio,
};

static u64 dev_peek(u32 offset)
{
	u64 value;

	memcpy(&value, device->bytes + offset, 8);
	return value;
}

static void dev_poke(u32 offset, u64 value)
{
	memcpy(device->bytes + offset, &value, 8);
}

/* Put code where the vCPU is and have it exit at @gpa */
static enum atoll_next handle(const char *code, size_t len, u64 gpa)
{
	fake_guest_poke(vcpu, CODE_GPA, code, len);
	vcpu->regs[ATOLL_RIP] = CODE_GPA;
	vcpu->exit = (struct atoll_exit){
		.kind = ATOLL_EXIT_S2FAULT, .s2 = { .gpa = gpa, .dir = exit_dir },
	};
	device->reads = 0;
	device->writes = 0;
	return atoll_mmio_handle(vcpu);
}

static void expect_done(struct kunit *test, const char *code, size_t len, u64 gpa)
{
	KUNIT_EXPECT_EQ(test, (int)handle(code, len, gpa), (int)ATOLL_NEXT_RUN);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RIP], CODE_GPA + len);
}

#define EXPECT_DONE(test, code, gpa)	expect_done(test, code, sizeof(code) - 1, gpa)

static void expect_crash(struct kunit *test, const char *reason)
{
	KUNIT_EXPECT_EQ(test, (int)vcpu->vm->end_state, (int)ATOLL_STATE_CRASHED);
	KUNIT_EXPECT_STREQ(test, vcpu->vm->crash.reason, reason);
}

/* 64-bit code; the device's page at its own address and at 0x6000 */
static void enter_long(void)
{
	fake_guest_enter(vcpu, FAKE_GUEST_LONG);
	fake_guest_map(vcpu, CODE_GPA, CODE_GPA | 3);
	fake_guest_map(vcpu, 0x5000, 0x9000 | 3);
	fake_guest_map(vcpu, 0x6000, DEV_GPA | 3);
}

static void stores_each_width(struct kunit *test)
{
	u64 before = 0xa5a5a5a5a5a5a5a5;

	enter_long();
	vcpu->regs[ATOLL_RAX] = 0x6010;
	vcpu->regs[ATOLL_RCX] = 0x1122334455667788;
	dev_poke(0x10, before);
	EXPECT_DONE(test, "\x88\x08", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, dev_peek(0x10), 0xa5a5a5a5a5a5a588);
	EXPECT_DONE(test, "\x88\x28", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, dev_peek(0x10), 0xa5a5a5a5a5a5a577);
	EXPECT_DONE(test, "\x66\x89\x08", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, dev_peek(0x10), 0xa5a5a5a5a5a57788);
	EXPECT_DONE(test, "\x89\x08", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, dev_peek(0x10), 0xa5a5a5a555667788);
	EXPECT_DONE(test, "\x48\x89\x08", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, dev_peek(0x10), 0x1122334455667788);
	KUNIT_EXPECT_EQ(test, device->len, 8);
	KUNIT_EXPECT_EQ(test, device->writes, 1);
	KUNIT_EXPECT_EQ(test, device->reads, 0);
	/* mov qword [rax],-2 */
	EXPECT_DONE(test, "\x48\xc7\x00\xfe\xff\xff\xff", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, dev_peek(0x10), -2ULL);
}

static void loads_into_parts_of_registers(struct kunit *test)
{
	static const struct {
		const char *code;
		size_t len;
		u64 rcx;
	} c[] = {
		{ "\x8a\x08", 2, 0xa5a5a5a5a5a5a588 },
		{ "\x8a\x28", 2, 0xa5a5a5a5a5a588a5 },
		{ "\x66\x8b\x08", 3, 0xa5a5a5a5a5a5f788 },
		{ "\x8b\x08", 2, 0xd566f788 },
		{ "\x48\x8b\x08", 3, 0x11223344d566f788 },
		{ "\x0f\xb6\x08", 3, 0x88 },
		{ "\x66\x0f\xb6\x08", 4, 0xa5a5a5a5a5a50088 },
		{ "\x48\x0f\xb7\x08", 4, 0xf788 },
		{ "\x0f\xbe\x08", 3, 0xffffff88 },
		{ "\x66\x0f\xbe\x08", 4, 0xa5a5a5a5a5a5ff88 },
		{ "\x48\x0f\xbf\x08", 4, 0xfffffffffffff788 },
		{ "\x48\x63\x08", 3, 0xffffffffd566f788 },
	};
	int i;

	enter_long();
	vcpu->regs[ATOLL_RAX] = 0x6010;
	dev_poke(0x10, 0x11223344d566f788);
	for (i = 0; i < ARRAY_SIZE(c); i++) {
		vcpu->regs[ATOLL_RCX] = 0xa5a5a5a5a5a5a5a5;
		KUNIT_EXPECT_EQ(test, (int)handle(c[i].code, c[i].len, DEV_GPA + 0x10),
				(int)ATOLL_NEXT_RUN);
		KUNIT_EXPECT_EQ_MSG(test, vcpu->regs[ATOLL_RCX], c[i].rcx, "%*ph",
				    (int)c[i].len, c[i].code);
		KUNIT_EXPECT_EQ(test, device->reads, 1);
		KUNIT_EXPECT_EQ(test, device->writes, 0);
	}
}

static void reads_modifies_and_writes(struct kunit *test)
{
	u64 status = X86_EFLAGS_CF | X86_EFLAGS_ZF | X86_EFLAGS_SF | X86_EFLAGS_OF;

	enter_long();
	vcpu->regs[ATOLL_RAX] = 0x6010;
	vcpu->regs[ATOLL_RFLAGS] |= X86_EFLAGS_CF | X86_EFLAGS_OF | X86_EFLAGS_IF;
	dev_poke(0x10, 0xfedcba98);
	/* lock and dword [rax],0xffffff00 */
	EXPECT_DONE(test, "\xf0\x81\x20\x00\xff\xff\xff", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, dev_peek(0x10), 0xfedcba00);
	KUNIT_EXPECT_EQ(test, device->reads, 1);
	KUNIT_EXPECT_EQ(test, device->writes, 1);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RFLAGS] & status, X86_EFLAGS_SF);
	KUNIT_EXPECT_TRUE(test, vcpu->regs[ATOLL_RFLAGS] & X86_EFLAGS_IF);
	/* cmp dword [rax],eax: looks, and leaves no other trace */
	vcpu->regs[ATOLL_RCX] = 0xfedcba00;
	EXPECT_DONE(test, "\x39\x08", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RFLAGS] & status, X86_EFLAGS_ZF);
	KUNIT_EXPECT_EQ(test, device->writes, 0);
	/* test byte [rax],1 */
	EXPECT_DONE(test, "\xf6\x00\x01", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, device->writes, 0);
	/* or ecx,[rax]: only the register changes, its upper half is cleared */
	vcpu->regs[ATOLL_RCX] = 0xff000000000000ff;
	EXPECT_DONE(test, "\x0b\x08", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RCX], 0xfedcbaff);
	KUNIT_EXPECT_EQ(test, device->writes, 0);
	/* xchg cl,[rax] */
	EXPECT_DONE(test, "\x86\x08", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RCX], 0xfedcba00);
	KUNIT_EXPECT_EQ(test, dev_peek(0x10), 0xfedcbaff);
}

static void repeats_stos_in_portions(struct kunit *test)
{
	fake_guest_enter(vcpu, FAKE_GUEST_PROTECTED);
	vcpu->regs[ATOLL_RAX] = 0x1234;
	vcpu->regs[ATOLL_RCX] = ATOLL_STRING_MAX + 10;
	vcpu->regs[ATOLL_RDI] = DEV_GPA;
	/* rep stosw: RIP stays until the count is used up */
	KUNIT_EXPECT_EQ(test, (int)handle("\xf3\x66\xab", 3, DEV_GPA),
			(int)ATOLL_NEXT_RUN);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RIP], CODE_GPA);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RCX], 10);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RDI], DEV_GPA + 2 * ATOLL_STRING_MAX);
	KUNIT_EXPECT_EQ(test, device->writes, ATOLL_STRING_MAX);
	EXPECT_DONE(test, "\xf3\x66\xab", DEV_GPA + 2 * ATOLL_STRING_MAX);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RCX], 0);
	KUNIT_EXPECT_EQ(test, device->writes, 10);
	/* Downwards, and the count is that of the address size */
	vcpu->regs[ATOLL_RFLAGS] |= X86_EFLAGS_DF;
	vcpu->regs[ATOLL_RCX] = 0x100000002;
	vcpu->regs[ATOLL_RDI] = DEV_GPA + 0x100;
	EXPECT_DONE(test, "\xf3\xab", DEV_GPA + 0x100);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RDI], DEV_GPA + 0xf8);
	KUNIT_EXPECT_EQ(test, dev_peek(0xfc), 0x123400001234);
}

static void splits_between_ram_and_device(struct kunit *test)
{
	enter_long();
	vcpu->regs[ATOLL_RAX] = 0x5ffd;
	vcpu->regs[ATOLL_RCX] = 0x1122334455667788;
	/* mov [rax],rcx: three bytes to RAM, five to the device */
	EXPECT_DONE(test, "\x48\x89\x08", DEV_GPA);
	KUNIT_EXPECT_EQ(test, fake_guest_peek(vcpu, 0x9ffd, 3), 0x667788);
	KUNIT_EXPECT_EQ(test, dev_peek(0) & GENMASK_ULL(39, 0), 0x1122334455);
	KUNIT_EXPECT_EQ(test, device->writes, 2);
	vcpu->regs[ATOLL_RCX] = 0;
	EXPECT_DONE(test, "\x48\x8b\x08", DEV_GPA);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RCX], 0x1122334455667788);
}

static void faults_before_it_touches_anything(struct kunit *test)
{
	enter_long();
	vcpu->regs[ATOLL_RAX] = 0x6ffc;
	vcpu->regs[ATOLL_RCX] = -1ULL;
	dev_poke(0xff8, 0);
	KUNIT_EXPECT_EQ(test, (int)handle("\x48\x89\x08", 3, DEV_GPA + 0xffc),
			(int)ATOLL_NEXT_RUN);
	KUNIT_EXPECT_EQ(test, fake_hw.raised, X86_TRAP_PF);
	KUNIT_EXPECT_EQ(test, fake_hw.raised_error, ATOLL_GVA_WRITE);
	KUNIT_EXPECT_EQ(test, atoll_hw->get_reg(vcpu, ATOLL_CR2), 0x7000);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RIP], CODE_GPA);
	KUNIT_EXPECT_EQ(test, device->writes, 0);
}

/* The page at 0x7000 isn't mapped, but the CPU has found the device there */
static void takes_the_exits_word_for_the_operand(struct kunit *test)
{
	enter_long();
	vcpu->regs[ATOLL_RAX] = 0x7010;
	dev_poke(0x10, 0x55667788);
	EXPECT_DONE(test, "\x8b\x08", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RCX], 0x55667788);
	KUNIT_EXPECT_EQ(test, device->reads, 1);
	vcpu->regs[ATOLL_RCX] = 0x99;
	exit_dir = ATOLL_WRITE;
	EXPECT_DONE(test, "\x89\x08", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, dev_peek(0x10), 0x99);
	KUNIT_EXPECT_EQ(test, fake_hw.raised, -1);
}

static void expect_fault_at(struct kunit *test, const char *code, size_t len, u64 gpa,
			    u64 gva)
{
	fake_hw.raised = -1;
	KUNIT_EXPECT_EQ(test, (int)handle(code, len, gpa), (int)ATOLL_NEXT_RUN);
	KUNIT_EXPECT_EQ(test, fake_hw.raised, X86_TRAP_PF);
	KUNIT_EXPECT_EQ(test, atoll_hw->get_reg(vcpu, ATOLL_CR2), gva);
	KUNIT_EXPECT_EQ(test, device->reads + device->writes, 0);
}

/* Another CPU of the guest has put another instruction there since */
static void takes_no_more_than_the_exits_word(struct kunit *test)
{
	enter_long();
	vcpu->regs[ATOLL_RAX] = 0x7010;
	/* A write, where the CPU has checked a read */
	expect_fault_at(test, "\x89\x08", 2, DEV_GPA + 0x10, 0x7010);
	/* Another place in the page */
	expect_fault_at(test, "\x8b\x48\x04", 3, DEV_GPA + 0x10, 0x7014);
	/* Beyond the page */
	vcpu->regs[ATOLL_RAX] = 0x7ffe;
	expect_fault_at(test, "\x8b\x08", 2, DEV_GPA + 0xffe, 0x7ffe);
}

/* It differs from the one before in its last byte only */
static void decodes_what_is_there_now(struct kunit *test)
{
	enter_long();
	vcpu->regs[ATOLL_RAX] = 0x6000;
	vcpu->regs[ATOLL_RCX] = 2;
	/* mov dword [rax+rcx*8+disp32],imm32 */
	EXPECT_DONE(test, "\xc7\x84\xc8\0\0\0\0\x11\x22\x33\x44", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, dev_peek(0x10) & U32_MAX, 0x44332211);
	EXPECT_DONE(test, "\xc7\x84\xc8\0\0\0\0\x11\x22\x33\x55", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, dev_peek(0x10) & U32_MAX, 0x55332211);
}

static void adds_segments(struct kunit *test)
{
	struct atoll_cpu_state state;

	fake_guest_enter(vcpu, FAKE_GUEST_REAL);
	atoll_hw->save_state(vcpu, &state);
	/* Unreal mode: a segment that reaches the device */
	state.seg[ATOLL_FS].base = DEV_GPA - 0x1000;
	atoll_hw->load_state(vcpu, &state);
	vcpu->regs[ATOLL_RBX] = 0x1008;
	vcpu->regs[ATOLL_RAX] = 0xbeef;
	EXPECT_DONE(test, "\x64\x89\x07", DEV_GPA + 8);
	KUNIT_EXPECT_EQ(test, dev_peek(8) & 0xffff, 0xbeef);
}

static void adds_only_fs_and_gs_in_long_mode(struct kunit *test)
{
	struct atoll_cpu_state state;

	enter_long();
	atoll_hw->save_state(vcpu, &state);
	state.seg[ATOLL_GS].base = 0x6000;
	state.seg[ATOLL_DS].base = 0x100;
	atoll_hw->load_state(vcpu, &state);
	vcpu->regs[ATOLL_RBX] = 0x10;
	vcpu->regs[ATOLL_RAX] = 0xbeef;
	EXPECT_DONE(test, "\x65\x89\x03", DEV_GPA + 0x10);
	KUNIT_EXPECT_EQ(test, dev_peek(0x10), 0xbeef);
	vcpu->regs[ATOLL_RBX] = 0x6018;
	EXPECT_DONE(test, "\x89\x03", DEV_GPA + 0x18);
	KUNIT_EXPECT_EQ(test, dev_peek(0x18), 0xbeef);
}

static void ends_guests_that_go_astray(struct kunit *test)
{
	fake_guest_enter(vcpu, FAKE_GUEST_PROTECTED);
	vcpu->regs[ATOLL_RIP] = 0xd0001000;
	vcpu->exit = (struct atoll_exit){
		.s2 = { .gpa = 0xd0001000, .fetch = 1 },
	};
	KUNIT_EXPECT_EQ(test, (int)atoll_mmio_handle(vcpu), (int)ATOLL_NEXT_LEAVE);
	expect_crash(test, "executes from unmapped gpa 0xd0001000");
}

static void ends_guests_with_tables_astray(struct kunit *test)
{
	vcpu->exit = (struct atoll_exit){ .s2 = { .gpa = 0xe0000008, .walk = 1 } };
	KUNIT_EXPECT_EQ(test, (int)atoll_mmio_handle(vcpu), (int)ATOLL_NEXT_LEAVE);
	expect_crash(test, "page tables in unmapped gpa 0xe0000008");
}

static void ends_guests_with_a_stack_astray(struct kunit *test)
{
	vcpu->exit = (struct atoll_exit){ .s2 = { .gpa = 0xe0000008, .in_event = 1 } };
	KUNIT_EXPECT_EQ(test, (int)atoll_mmio_handle(vcpu), (int)ATOLL_NEXT_LEAVE);
	expect_crash(test, "exception delivered through unmapped gpa 0xe0000008");
}

static void ends_guests_with_unknown_instructions(struct kunit *test)
{
	char start[] = "cannot decode 0f 18 00";

	fake_guest_enter(vcpu, FAKE_GUEST_PROTECTED);
	KUNIT_EXPECT_EQ(test, (int)handle("\x0f\x18\x00", 3, DEV_GPA),
			(int)ATOLL_NEXT_LEAVE);
	vcpu->vm->crash.reason[sizeof(start) - 1] = 0;
	expect_crash(test, start);
}

static void ends_guests_with_impossible_instructions(struct kunit *test)
{
	fake_guest_enter(vcpu, FAKE_GUEST_PROTECTED);
	KUNIT_EXPECT_EQ(test, (int)handle("\x0f\xa2", 2, DEV_GPA),
			(int)ATOLL_NEXT_LEAVE);
	expect_crash(test, "instruction at rip 0x1000 cannot access gpa 0xd0000000");
}

static int mmio_init(struct kunit *test)
{
	vcpu = fake_guest_create(test);
	exit_dir = ATOLL_READ;
	device = kunit_kzalloc(test, sizeof(*device), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, device);
	device->dev.ops = &memory_ops;
	return atoll_bus_add(&vcpu->vm->mmio, &device->dev, DEV_GPA, PAGE_SIZE);
}

static void mmio_exit(struct kunit *test)
{
	fake_guest_destroy(vcpu);
}

static struct kunit_case mmio_cases[] = {
	KUNIT_CASE(stores_each_width),
	KUNIT_CASE(loads_into_parts_of_registers),
	KUNIT_CASE(reads_modifies_and_writes),
	KUNIT_CASE(repeats_stos_in_portions),
	KUNIT_CASE(splits_between_ram_and_device),
	KUNIT_CASE(faults_before_it_touches_anything),
	KUNIT_CASE(takes_the_exits_word_for_the_operand),
	KUNIT_CASE(takes_no_more_than_the_exits_word),
	KUNIT_CASE(decodes_what_is_there_now),
	KUNIT_CASE(adds_segments),
	KUNIT_CASE(adds_only_fs_and_gs_in_long_mode),
	KUNIT_CASE(ends_guests_that_go_astray),
	KUNIT_CASE(ends_guests_with_tables_astray),
	KUNIT_CASE(ends_guests_with_a_stack_astray),
	KUNIT_CASE(ends_guests_with_unknown_instructions),
	KUNIT_CASE(ends_guests_with_impossible_instructions),
	{}
};

static struct kunit_suite mmio_suite = {
	.name = "atoll_mmio",
	.init = mmio_init,
	.exit = mmio_exit,
	.test_cases = mmio_cases,
};

kunit_test_suite(mmio_suite);
