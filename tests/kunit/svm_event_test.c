// SPDX-License-Identifier: GPL-2.0-only
/*
 * SVM's interrupt shadow, and what becomes of it on a CPU that forgets it.  The
 * numbers are the manual's, written here a second time: AMD APM vol. 2, "Layout
 * of VMCB", offset 068h, and vol. 3, "STI".
 */
#include <asm/processor-flags.h>
#include "../../kmod/hw/svm/svm.h"
#include "fake_guest.h"

#define SHADOW		BIT(0)
#define CODE		0x1000
#define FLAGS		(X86_EFLAGS_FIXED | X86_EFLAGS_IF)

static const u8 sti_hlt[] = { 0xfb, 0xf4 };
static const u8 mov_ss_hlt[] = { 0x8e, 0xd0, 0xf4 };

static struct atoll_vcpu *vcpu;
static struct vmcb *vmcb;
static bool forgets;

/* A vCPU of the fake backend's, and a VMCB all the same */
static int svm_event_init(struct kunit *test)
{
	forgets = atoll_svm_in_qemu;
	vmcb = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, vmcb);
	vcpu = fake_guest_create(test);
	KUNIT_ASSERT_NOT_NULL(test, vcpu);
	fake_guest_enter(vcpu, FAKE_GUEST_PROTECTED);
	return 0;
}

static void svm_event_exit(struct kunit *test)
{
	atoll_svm_in_qemu = forgets;
	if (!vcpu)
		return;
	fake_guest_destroy(vcpu);
	vcpu = NULL;
}

/* The host's interrupt ends a run in a shadow, before the last of these bytes */
static void exit_before_last(const u8 *code, size_t len, enum atoll_exit_kind kind)
{
	fake_guest_poke(vcpu, CODE, code, len);
	vcpu->regs[ATOLL_RIP] = CODE + len - 1;
	vcpu->regs[ATOLL_RFLAGS] = FLAGS;
	vcpu->exit.kind = kind;
	vmcb->control.int_state = SHADOW;
	atoll_svm_keep_shadow(vcpu, vmcb);
}

static void expect_untouched(struct kunit *test, u64 rip)
{
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RIP], rip);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RFLAGS], FLAGS);
	KUNIT_EXPECT_EQ(test, vmcb->control.int_state, SHADOW);
}

static void a_cpu_keeps_its_shadow(struct kunit *test)
{
	atoll_svm_in_qemu = false;
	exit_before_last(sti_hlt, sizeof(sti_hlt), ATOLL_EXIT_IRQ);
	expect_untouched(test, CODE + 1);
}

static void sti_is_taken_back(struct kunit *test)
{
	atoll_svm_in_qemu = true;
	exit_before_last(sti_hlt, sizeof(sti_hlt), ATOLL_EXIT_IRQ);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RIP], CODE);
	KUNIT_EXPECT_EQ(test, vcpu->regs[ATOLL_RFLAGS], X86_EFLAGS_FIXED);
	KUNIT_EXPECT_EQ(test, vmcb->control.int_state, 0);
}

/* HLT is done with, and skipping it ends the shadow */
static void an_instruction_goes_on(struct kunit *test)
{
	atoll_svm_in_qemu = true;
	exit_before_last(sti_hlt, sizeof(sti_hlt), ATOLL_EXIT_HLT);
	expect_untouched(test, CODE + 1);
}

static void mov_ss_is_not_taken_back(struct kunit *test)
{
	atoll_svm_in_qemu = true;
	exit_before_last(mov_ss_hlt, sizeof(mov_ss_hlt), ATOLL_EXIT_IRQ);
	expect_untouched(test, CODE + 2);
}

static void code_outside_of_ram_is_left_alone(struct kunit *test)
{
	atoll_svm_in_qemu = true;
	fake_guest_poke(vcpu, CODE, sti_hlt, sizeof(sti_hlt));
	vcpu->regs[ATOLL_RIP] = FAKE_GUEST_RAM + 0x1001;
	vcpu->regs[ATOLL_RFLAGS] = FLAGS;
	vcpu->exit.kind = ATOLL_EXIT_IRQ;
	vmcb->control.int_state = SHADOW;
	atoll_svm_keep_shadow(vcpu, vmcb);
	expect_untouched(test, FAKE_GUEST_RAM + 0x1001);
}

static struct kunit_case svm_event_cases[] = {
	KUNIT_CASE(a_cpu_keeps_its_shadow),
	KUNIT_CASE(sti_is_taken_back),
	KUNIT_CASE(an_instruction_goes_on),
	KUNIT_CASE(mov_ss_is_not_taken_back),
	KUNIT_CASE(code_outside_of_ram_is_left_alone),
	{}
};

static struct kunit_suite svm_event_suite = {
	.name = "atoll_svm_event",
	.init = svm_event_init,
	.exit = svm_event_exit,
	.test_cases = svm_event_cases,
};

kunit_test_suite(svm_event_suite);
