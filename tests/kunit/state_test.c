// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which verb is allowed in which state: every pair of them.
 */
#include <linux/delay.h>
#include "fake_hw.h"

static const struct atoll_exit irq = { .kind = ATOLL_EXIT_IRQ };
static const struct atoll_exit shutdown = { .kind = ATOLL_EXIT_SHUTDOWN };

static struct atoll_vm *vm_in_state(struct kunit *test, enum atoll_state state)
{
	struct atoll_vm *vm = fake_vm_define(test, "state", 2);

	if (state == ATOLL_STATE_NEW)
		return vm;
	fake_hw_play(state == ATOLL_STATE_CRASHED ? &shutdown : &irq, 1);
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	if (state == ATOLL_STATE_PAUSED)
		KUNIT_ASSERT_EQ(test, atoll_vm_pause(vm, NULL), 0);
	else if (state == ATOLL_STATE_STOPPED)
		KUNIT_ASSERT_EQ(test, atoll_vm_stop(vm, NULL), 0);
	else if (state == ATOLL_STATE_CRASHED)
		fake_vm_wait_end(vm);
	KUNIT_ASSERT_EQ(test, (int)vm->state, (int)state);
	return vm;
}

typedef int (*verb_fn)(struct atoll_vm *vm, struct netlink_ext_ack *extack);

#define REFUSED (-1)

struct step {
	const char *name;
	verb_fn verb;
	/* the state after it, from each state; REFUSED: as it was */
	int after[__ATOLL_STATES];
};

static const struct step steps[] = {
	{ "start", atoll_vm_start, {
		[ATOLL_STATE_NEW] = ATOLL_STATE_RUNNING,
		[ATOLL_STATE_RUNNING] = REFUSED,
		[ATOLL_STATE_PAUSED] = REFUSED,
		[ATOLL_STATE_STOPPED] = ATOLL_STATE_RUNNING,
		[ATOLL_STATE_CRASHED] = ATOLL_STATE_RUNNING } },
	{ "stop", atoll_vm_stop, {
		[ATOLL_STATE_NEW] = REFUSED,
		[ATOLL_STATE_RUNNING] = ATOLL_STATE_STOPPED,
		[ATOLL_STATE_PAUSED] = ATOLL_STATE_STOPPED,
		[ATOLL_STATE_STOPPED] = REFUSED,
		[ATOLL_STATE_CRASHED] = ATOLL_STATE_STOPPED } },
	{ "pause", atoll_vm_pause, {
		[ATOLL_STATE_NEW] = REFUSED,
		[ATOLL_STATE_RUNNING] = ATOLL_STATE_PAUSED,
		[ATOLL_STATE_PAUSED] = REFUSED,
		[ATOLL_STATE_STOPPED] = REFUSED,
		[ATOLL_STATE_CRASHED] = REFUSED } },
	{ "resume", atoll_vm_resume, {
		[ATOLL_STATE_NEW] = REFUSED,
		[ATOLL_STATE_RUNNING] = REFUSED,
		[ATOLL_STATE_PAUSED] = ATOLL_STATE_RUNNING,
		[ATOLL_STATE_STOPPED] = REFUSED,
		[ATOLL_STATE_CRASHED] = REFUSED } },
};

static void check_step(struct kunit *test, const struct step *step, enum atoll_state from)
{
	struct netlink_ext_ack extack = { };
	struct atoll_vm *vm = vm_in_state(test, from);
	int after = step->after[from];
	int err;

	fake_hw_play(&irq, 1);
	err = step->verb(vm, &extack);
	if (after == REFUSED) {
		KUNIT_EXPECT_EQ_MSG(test, err, -EBUSY, "%s in state %d", step->name, from);
		KUNIT_EXPECT_NOT_NULL_MSG(test, extack._msg, "%s in state %d", step->name, from);
		after = from;
	} else {
		KUNIT_EXPECT_EQ_MSG(test, err, 0, "%s in state %d", step->name, from);
	}
	KUNIT_EXPECT_EQ_MSG(test, (int)vm->state, after, "%s in state %d", step->name, from);
	fake_vm_undefine(vm);
}

static void every_verb_in_every_state(struct kunit *test)
{
	u32 i, state;

	for (i = 0; i < ARRAY_SIZE(steps); i++) {
		for (state = 0; state < __ATOLL_STATES; state++)
			check_step(test, &steps[i], state);
	}
}

static void undefine_needs_an_inactive_vm(struct kunit *test)
{
	static const enum atoll_state refused[] = { ATOLL_STATE_RUNNING, ATOLL_STATE_PAUSED };
	struct netlink_ext_ack extack = { };
	struct atoll_vm *vm;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		vm = vm_in_state(test, refused[i]);
		KUNIT_EXPECT_EQ(test, atoll_vm_undefine(vm, &extack), -EBUSY);
		KUNIT_EXPECT_NOT_NULL(test, strstr(extack._msg, "it first"));
		fake_vm_undefine(vm);
	}
}

static void undefined_vm_takes_no_verb(struct kunit *test)
{
	struct atoll_vm *vm = fake_vm_define(test, "gone", 1);

	KUNIT_EXPECT_EQ(test, atoll_vm_undefine(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_vm_start(vm, NULL), -ENOENT);
	KUNIT_EXPECT_EQ(test, atoll_vm_undefine(vm, NULL), -ENOENT);
	KUNIT_EXPECT_NULL(test, atoll_vm_find("gone"));
	atoll_vm_put(vm);
}

static int define_pinned(struct kunit *test, const u32 *pin, u32 nr_pins, struct atoll_vm **vm)
{
	struct atoll_vm_config *cfg = kunit_kzalloc(test, sizeof(*cfg), GFP_KERNEL);
	struct netlink_ext_ack extack = { };
	int err;

	KUNIT_ASSERT_NOT_NULL(test, cfg);
	fake_vm_config(test, cfg, "pinned", 3);
	memcpy(cfg->pin, pin, nr_pins * sizeof(*pin));
	cfg->nr_pins = nr_pins;
	err = atoll_vm_define(cfg, &extack, vm);
	KUNIT_EXPECT_EQ(test, !err, !extack._msg);
	if (err)
		atoll_vm_config_release(cfg);
	return err;
}

static void pins_name_cpus_that_are_there(struct kunit *test)
{
	u32 last = cpumask_last(cpu_online_mask);
	const u32 good[] = { last, 0 }, many[] = { 0, 0, 0, 0 };
	const u32 bad[] = { nr_cpu_ids, 1U << 31, U32_MAX };
	struct atoll_vm *vm;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		KUNIT_EXPECT_EQ(test, define_pinned(test, &bad[i], 1, &vm), -EINVAL);
	KUNIT_EXPECT_EQ(test, define_pinned(test, many, ARRAY_SIZE(many), &vm), -EINVAL);
	KUNIT_ASSERT_EQ(test, define_pinned(test, good, ARRAY_SIZE(good), &vm), 0);
	KUNIT_EXPECT_EQ(test, vm->vcpu[0]->pin, (int)last);
	KUNIT_EXPECT_EQ(test, vm->vcpu[1]->pin, 0);
	KUNIT_EXPECT_EQ(test, vm->vcpu[2]->pin, (int)last);
	fake_vm_undefine(vm);
}

static struct kunit_case state_cases[] = {
	KUNIT_CASE(every_verb_in_every_state),
	KUNIT_CASE(undefine_needs_an_inactive_vm),
	KUNIT_CASE(undefined_vm_takes_no_verb),
	KUNIT_CASE(pins_name_cpus_that_are_there),
	{}
};

static struct kunit_suite state_suite = {
	.name = "atoll_state",
	.init = fake_rooms_open,
	.exit = fake_rooms_close,
	.test_cases = state_cases,
};

kunit_test_suite(state_suite);
