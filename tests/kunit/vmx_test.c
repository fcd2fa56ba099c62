// SPDX-License-Identifier: GPL-2.0-only
/*
 * What of VT-x is arithmetic: control words, the MSR bitmap, access rights,
 * exit qualifications.  The numbers are the manual's, written here a second
 * time: Intel SDM vol. 3, "VMX Capability Reporting Facility", "MSR-Bitmap
 * Address", "Guest Register State", "Exit Qualification".
 */
#include <kunit/test.h>
#include "../../kmod/hw/event.h"
#include "../../kmod/hw/vmx/vmx.h"

static void control_takes_what_must_be(struct kunit *test)
{
	u32 word = 0;

	/* Low half: must be 1; high half: may be 1 */
	KUNIT_EXPECT_EQ(test, atoll_vmx_control(0x0000ffff00000016, 0, 0, &word), 0);
	KUNIT_EXPECT_EQ(test, word, 0x16);
	KUNIT_EXPECT_EQ(test, atoll_vmx_control(0x0000ffff00000016, 0x80, 0, &word), 0);
	KUNIT_EXPECT_EQ(test, word, 0x96);
}

static void control_drops_what_is_only_wanted(struct kunit *test)
{
	u32 word = 0;

	KUNIT_EXPECT_EQ(test, atoll_vmx_control(0x000000f000000000, 0x10, 0x20, &word), 0);
	KUNIT_EXPECT_EQ(test, word, 0x30);
	KUNIT_EXPECT_EQ(test, atoll_vmx_control(0x000000f000000000, 0x10, 0x120, &word), 0);
	KUNIT_EXPECT_EQ(test, word, 0x30);
}

static void control_misses_what_is_required(struct kunit *test)
{
	u32 word;

	KUNIT_EXPECT_EQ(test, atoll_vmx_control(0x000000f000000000, 0x110, 0, &word),
			-EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, atoll_vmx_control(0, BIT(31), 0, &word), -EOPNOTSUPP);
	KUNIT_EXPECT_EQ(test, atoll_vmx_control(BIT_ULL(63), BIT(31), 0, &word), 0);
}

/* Bytes 0 to 0x3ff: reads of low MSRs; then of high ones; then writes */
static void msrs_have_their_bits(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, atoll_vmx_msr_bit(0, ATOLL_READ), 0);
	KUNIT_EXPECT_EQ(test, atoll_vmx_msr_bit(0x1fff, ATOLL_READ), 0x3ff * 8 + 7);
	KUNIT_EXPECT_EQ(test, atoll_vmx_msr_bit(0xc0000000, ATOLL_READ), 0x400 * 8);
	KUNIT_EXPECT_EQ(test, atoll_vmx_msr_bit(0xc0001fff, ATOLL_READ), 0x7ff * 8 + 7);
	KUNIT_EXPECT_EQ(test, atoll_vmx_msr_bit(0x174, ATOLL_WRITE), 0x800 * 8 + 0x174);
	KUNIT_EXPECT_EQ(test, atoll_vmx_msr_bit(0xc0000100, ATOLL_WRITE), 0xc00 * 8 + 0x100);
}

static void other_msrs_have_none(struct kunit *test)
{
	static const u32 msr[] = { 0x2000, 0xbfffffff, 0xc0002000, 0xc0010000, 0xffffffff };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(msr); i++) {
		KUNIT_EXPECT_EQ(test, atoll_vmx_msr_bit(msr[i], ATOLL_READ), -1);
		KUNIT_EXPECT_EQ(test, atoll_vmx_msr_bit(msr[i], ATOLL_WRITE), -1);
	}
}

/* Type 3:0, S 4, DPL 6:5, P 7, AVL 12, L 13, D/B 14, G 15, unusable 16 */
static void access_rights_are_spread(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, atoll_vmx_access_rights(0xa9b), 0xa09bU);	/* 64-bit code */
	KUNIT_EXPECT_EQ(test, atoll_vmx_access_rights(0xc93), 0xc093U);	/* flat data */
	KUNIT_EXPECT_EQ(test, atoll_vmx_access_rights(0x0f3), 0x00f3U);	/* ring 3 */
	KUNIT_EXPECT_EQ(test, atoll_vmx_access_rights(0x193), 0x1093U);	/* AVL */
	KUNIT_EXPECT_EQ(test, atoll_vmx_access_rights(0x08b), 0x008bU);	/* busy TSS */
}

static void absent_segments_are_unusable(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, atoll_vmx_access_rights(0), 0x10000U);
	KUNIT_EXPECT_EQ(test, atoll_vmx_access_rights(0xc13), 0x10000U);
	KUNIT_EXPECT_EQ(test, atoll_vmx_attr(0x1c093) & ATOLL_SEG_P, 0U);
	KUNIT_EXPECT_EQ(test, atoll_vmx_attr(0xa09b), 0xa9bU);
	KUNIT_EXPECT_EQ(test, atoll_vmx_attr(0x10f3), 0x1f3U);
}

static void io_qualifications_are_read(struct kunit *test)
{
	struct atoll_exit exit = { };

	/* REP OUTSW to 0x1f0: size 2 is 1, string, rep */
	atoll_vmx_decode_io(0x01f00031, 0x1234, &exit);
	KUNIT_EXPECT_EQ(test, (int)exit.kind, (int)ATOLL_EXIT_PIO);
	KUNIT_EXPECT_EQ(test, exit.pio.port, 0x1f0);
	KUNIT_EXPECT_EQ(test, exit.pio.size, 2);
	KUNIT_EXPECT_EQ(test, (int)exit.pio.dir, (int)ATOLL_WRITE);
	KUNIT_EXPECT_EQ(test, exit.pio.string, 1);
	KUNIT_EXPECT_EQ(test, exit.pio.rep, 1);
	KUNIT_EXPECT_EQ(test, exit.pio.next_rip, 0x1234ULL);

	/* IN EAX, DX from 0xffff: size 4 is 3, direction in */
	atoll_vmx_decode_io(0xffff000b, 0, &exit);
	KUNIT_EXPECT_EQ(test, exit.pio.port, 0xffff);
	KUNIT_EXPECT_EQ(test, exit.pio.size, 4);
	KUNIT_EXPECT_EQ(test, (int)exit.pio.dir, (int)ATOLL_READ);
	KUNIT_EXPECT_EQ(test, exit.pio.string, 0);
	KUNIT_EXPECT_EQ(test, exit.pio.rep, 0);

	/* OUT 0x80, AL: size 1 is 0, an immediate operand */
	atoll_vmx_decode_io(0x00800040, 0, &exit);
	KUNIT_EXPECT_EQ(test, exit.pio.port, 0x80);
	KUNIT_EXPECT_EQ(test, exit.pio.size, 1);
}

struct ept_case {
	u64 qualification;
	int write, fetch, walk;
};

static void ept_qualifications_are_read(struct kunit *test)
{
	static const struct ept_case cases[] = {
		{ 0x181, 0, 0, 0 },	/* a read of data */
		{ 0x182, 1, 0, 0 },	/* a write */
		{ 0x183, 1, 0, 0 },	/* read and write in one */
		{ 0x184, 0, 1, 0 },	/* a fetch */
		{ 0x081, 0, 0, 1 },	/* a guest table, read */
		{ 0x082, 1, 0, 1 },	/* the same, its accessed bit written */
		{ 0x001, 0, 0, 0 },	/* no linear address: MOV to CR3 */
	};
	struct atoll_exit exit = { };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		atoll_vmx_decode_ept(cases[i].qualification, 0xd0000010, &exit);
		KUNIT_EXPECT_EQ(test, (int)exit.kind, (int)ATOLL_EXIT_S2FAULT);
		KUNIT_EXPECT_EQ(test, exit.s2.gpa, 0xd0000010ULL);
		KUNIT_EXPECT_EQ_MSG(test, exit.s2.dir == ATOLL_WRITE, cases[i].write, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, exit.s2.fetch, cases[i].fetch, "case %u", i);
		KUNIT_EXPECT_EQ_MSG(test, exit.s2.walk, cases[i].walk, "case %u", i);
	}
}

static void dr_qualifications_are_read(struct kunit *test)
{
	struct atoll_exit exit = { };

	atoll_vmx_decode_dr(0x307, &exit);	/* MOV DR7, RBX */
	KUNIT_EXPECT_EQ(test, (int)exit.kind, (int)ATOLL_EXIT_DR);
	KUNIT_EXPECT_EQ(test, exit.dr.dr, 7);
	KUNIT_EXPECT_EQ(test, (int)exit.dr.dir, (int)ATOLL_WRITE);
	atoll_vmx_decode_dr(0x816, &exit);	/* MOV R8, DR6 */
	KUNIT_EXPECT_EQ(test, exit.dr.dr, 6);
	KUNIT_EXPECT_EQ(test, (int)exit.dr.dir, (int)ATOLL_READ);
}

/* The table "Conditions for Generating a Double Fault" */
static void exceptions_combine(struct kunit *test)
{
	static const u8 contributory[] = { 0, 10, 11, 12, 13 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(contributory); i++) {
		u8 c = contributory[i];

		KUNIT_EXPECT_EQ(test, atoll_event_combine(13, c), 8);
		KUNIT_EXPECT_EQ(test, atoll_event_combine(c, 13), 8);
		KUNIT_EXPECT_EQ(test, atoll_event_combine(14, c), 8);
		KUNIT_EXPECT_EQ(test, atoll_event_combine(c, 14), 14);
		KUNIT_EXPECT_EQ(test, atoll_event_combine(1, c), c);
		KUNIT_EXPECT_EQ(test, atoll_event_combine(8, c), ATOLL_TRIPLE_FAULT);
	}
	KUNIT_EXPECT_EQ(test, atoll_event_combine(14, 14), 8);
	KUNIT_EXPECT_EQ(test, atoll_event_combine(14, 1), 1);
	KUNIT_EXPECT_EQ(test, atoll_event_combine(8, 14), ATOLL_TRIPLE_FAULT);
	KUNIT_EXPECT_EQ(test, atoll_event_combine(17, 13), 13);
}

static struct kunit_case vmx_cases[] = {
	KUNIT_CASE(control_takes_what_must_be),
	KUNIT_CASE(control_drops_what_is_only_wanted),
	KUNIT_CASE(control_misses_what_is_required),
	KUNIT_CASE(msrs_have_their_bits),
	KUNIT_CASE(other_msrs_have_none),
	KUNIT_CASE(access_rights_are_spread),
	KUNIT_CASE(absent_segments_are_unusable),
	KUNIT_CASE(io_qualifications_are_read),
	KUNIT_CASE(ept_qualifications_are_read),
	KUNIT_CASE(dr_qualifications_are_read),
	KUNIT_CASE(exceptions_combine),
	{ }
};

static struct kunit_suite vmx_suite = {
	.name = "atoll_vmx",
	.test_cases = vmx_cases,
};

kunit_test_suite(vmx_suite);
