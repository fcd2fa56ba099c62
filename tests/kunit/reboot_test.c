// SPDX-License-Identifier: GPL-2.0-only
/*
 * Guests that reset their machines, and what comes across that; and the power
 * button as a verb.
 */
#include <linux/delay.h>
#include <linux/fs.h>
#include "fake_hw.h"

#define TEST_PORT	0x80
#define LOADED		0x7c00
#define ELSEWHERE	0x100000

static const struct atoll_exit reset = {
	.kind = ATOLL_EXIT_PIO,
	.pio = { .port = TEST_PORT, .size = 1, .dir = ATOLL_WRITE, .next_rip = 2 }
};

static const struct atoll_exit irq = { .kind = ATOLL_EXIT_IRQ };

/**
 * struct lever - what the guest's OUT does
 * @dev:	on the bus at TEST_PORT
 * @lives:	how often the guest has come to it
 * @lives_max:	then it ends with code 7; it resets itself before
 * @seen:	memory at LOADED and ELSEWHERE, when it came last
 * @tid:	of the thread that came
 * @resets:	how often it was reset
 */
struct lever {
	struct atoll_device dev;
	u32 lives, lives_max;
	u8 seen[2];
	int tid;
	u32 resets;
};

static void lever_pio(struct atoll_device *dev, struct atoll_io *io)
{
	struct lever *lever = container_of(dev, struct lever, dev);
	struct atoll_gmem *gmem = &dev->vm->gmem;
	u8 junk = 0xaa;

	atoll_gmem_read(gmem, LOADED, &lever->seen[0], 1);
	atoll_gmem_read(gmem, ELSEWHERE, &lever->seen[1], 1);
	atoll_gmem_write(gmem, LOADED, &junk, 1);
	atoll_gmem_write(gmem, ELSEWHERE, &junk, 1);
	lever->tid = io->vcpu->tid;
	if (++lever->lives > lever->lives_max)
		atoll_vm_exited(dev->vm, 7);
	else
		atoll_vm_reboot(dev->vm);
}

static void lever_reset(struct atoll_device *dev)
{
	container_of(dev, struct lever, dev)->resets++;
}

static const struct atoll_device_ops lever_ops = {
	.name = "lever",
	.pio = lever_pio,
	.reset = lever_reset,
};

static struct atoll_vm *new_guest(struct kunit *test, u32 nr_vcpus, u32 lives_max,
				  struct lever **leverp)
{
	struct lever *lever = kunit_kzalloc(test, sizeof(*lever), GFP_KERNEL);
	struct atoll_vm *vm = fake_vm_define(test, "reboot", nr_vcpus);

	KUNIT_ASSERT_NOT_NULL(test, lever);
	lever->lives_max = lives_max;
	atoll_device_add(vm, &lever->dev, &lever_ops);
	KUNIT_ASSERT_EQ(test, atoll_bus_add(&vm->pio, &lever->dev, TEST_PORT, 1), 0);
	fake_hw_play(&reset, 1);
	*leverp = lever;
	return vm;
}

static void a_reset_begins_anew_in_the_same_run(struct kunit *test)
{
	struct lever *lever;
	struct atoll_vm *vm = new_guest(test, 3, 2, &lever);
	int tid;

	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	tid = vm->vcpu[0]->task ? task_pid_nr(vm->vcpu[0]->task) : 0;
	KUNIT_EXPECT_EQ(test, (int)fake_vm_wait_end(vm), (int)ATOLL_STATE_STOPPED);
	KUNIT_EXPECT_EQ(test, vm->exit_code, 7);
	KUNIT_EXPECT_EQ(test, lever->lives, 3);
	KUNIT_EXPECT_EQ(test, lever->tid, tid);
	/* By the start, too */
	KUNIT_EXPECT_EQ(test, lever->resets, 3);
	/* The image is there, and what the guest had written is not */
	KUNIT_EXPECT_EQ(test, lever->seen[0], 0xf4);
	KUNIT_EXPECT_EQ(test, lever->seen[1], 0);
	/* Exits are counted for the run */
	KUNIT_EXPECT_EQ(test, vm->vcpu[0]->exits[ATOLL_EXIT_PIO], 3);
	fake_vm_undefine(vm);
}

static void a_storm_of_resets_can_be_paused_and_killed(struct kunit *test)
{
	struct lever *lever;
	struct atoll_vm *vm = new_guest(test, 4, U32_MAX, &lever);
	u32 round, lives;

	for (round = 0; round < 10; round++) {
		KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
		msleep(20 + round);
		KUNIT_EXPECT_EQ(test, atoll_vm_pause(vm, NULL), 0);
		lives = lever->lives;
		msleep(20);
		KUNIT_EXPECT_EQ(test, lever->lives, lives);
		KUNIT_EXPECT_EQ(test, (int)vm->state, (int)ATOLL_STATE_PAUSED);
		KUNIT_EXPECT_EQ(test, atoll_vm_resume(vm, NULL), 0);
		msleep(20 + round);
		KUNIT_EXPECT_EQ(test, atoll_vm_stop(vm, NULL), 0);
		KUNIT_EXPECT_EQ(test, (int)vm->state, (int)ATOLL_STATE_STOPPED);
	}
	KUNIT_EXPECT_GT(test, lever->lives, 10);
	fake_vm_undefine(vm);
}

static void a_reset_that_fails_is_a_crash(struct kunit *test)
{
	struct lever *lever;
	struct atoll_vm *vm = new_guest(test, 2, 1, &lever);

	fake_hw_play(&irq, 1);
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	KUNIT_ASSERT_EQ(test, vfs_truncate(&vm->cfg.boot.image->f_path, 0), 0);
	fake_hw_play(&reset, 1);
	KUNIT_EXPECT_EQ(test, (int)fake_vm_wait_end(vm), (int)ATOLL_STATE_CRASHED);
	KUNIT_EXPECT_STREQ(test, vm->crash.reason,
			   "the guest could not be rebooted: image or module has become shorter since the guest was defined");
	fake_vm_undefine(vm);
}

/* As the guest's vCPU would; it doesn't run meanwhile */
static u8 port(struct atoll_vm *vm, u16 addr, enum atoll_dir dir, u8 val)
{
	struct atoll_io io = { .addr = addr, .len = 1, .dir = dir, .data = val };

	atoll_bus_pio(vm->vcpu[0], &io);
	return io.data;
}

static void the_button_needs_acpi(struct kunit *test)
{
	struct netlink_ext_ack extack = { };
	struct atoll_vm *vm = fake_vm_define(test, "button", 1);

	KUNIT_EXPECT_EQ(test, atoll_vm_press(vm, &extack), -EBUSY);
	KUNIT_EXPECT_STREQ(test, extack._msg, "not running: it was never started");
	fake_hw_play(&irq, 1);
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_vm_press(vm, &extack), -EOPNOTSUPP);
	KUNIT_EXPECT_NOT_NULL(test, strstr(extack._msg, "atoll kill"));
	KUNIT_EXPECT_EQ(test, port(vm, 0x601, ATOLL_READ, 0xff), 0);
	port(vm, 0xb2, ATOLL_WRITE, 0xf1);
	KUNIT_EXPECT_EQ(test, atoll_vm_press(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, port(vm, 0x601, ATOLL_READ, 0xff), 1);
	KUNIT_ASSERT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_vm_press(vm, &extack), -EBUSY);
	KUNIT_EXPECT_STREQ(test, extack._msg, "paused: resume it, or kill it");
	fake_vm_undefine(vm);
}

static struct kunit_case reboot_cases[] = {
	KUNIT_CASE(a_reset_begins_anew_in_the_same_run),
	KUNIT_CASE(a_storm_of_resets_can_be_paused_and_killed),
	KUNIT_CASE(a_reset_that_fails_is_a_crash),
	KUNIT_CASE(the_button_needs_acpi),
	{}
};

static struct kunit_suite reboot_suite = {
	.name = "atoll_reboot",
	.init = fake_rooms_open,
	.exit = fake_rooms_close,
	.test_cases = reboot_cases,
};

kunit_test_suite(reboot_suite);
