// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's time: the factors for any TSC there could be, the record that a guest
 * reads (Documentation/virt/kvm/x86/msr.rst), and pauses.
 */
#include <kunit/test.h>
#include <linux/math64.h>
#include <linux/mutex.h>
#include <asm/msr.h>
#include <asm/pvclock-abi.h>
#include <uapi/asm/kvm_para.h>
#include "fake_guest.h"

#define INFO	0x4000
#define STEAL	0x5000

static struct atoll_vcpu *vcpu;

static int setup(struct kunit *test)
{
	vcpu = fake_guest_create(test);
	mutex_init(&vcpu->vm->lock);
	fake_guest_enter(vcpu, FAKE_GUEST_LONG);
	atoll_clock_start(&vcpu->vm->clock, 0, 2000000, 0, 1);
	atoll_clock_sync(vcpu);
	return 0;
}

static void teardown(struct kunit *test)
{
	fake_guest_destroy(vcpu);
}

static u64 to_ns(const struct atoll_clock *clock, u64 ticks)
{
	ticks = clock->shift < 0 ? ticks >> -clock->shift : ticks << clock->shift;
	return mul_u64_u32_shr(ticks, clock->mul, 32);
}

static struct pvclock_vcpu_time_info info(void)
{
	struct pvclock_vcpu_time_info i;

	atoll_gmem_read(&vcpu->vm->gmem, INFO, &i, sizeof(i));
	return i;
}

static void has_a_factor_for_every_frequency(struct kunit *test)
{
	static const u32 khz[] = { 1000, 50000, 999999, 1000000, 1000001, 2000000, 2893300,
				   4000000, 5700000, 10000000 };
	struct atoll_clock clock = { 0 };
	u64 hour, ns;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(khz); i++) {
		atoll_clock_start(&clock, 0, khz[i], 0, 1);
		hour = (u64)khz[i] * 1000 * 3600;
		ns = to_ns(&clock, hour);
		KUNIT_EXPECT_EQ_MSG(test, clock.mul >> 31, 1, "%u kHz", khz[i]);
		/* One part in a billion, and a tick */
		KUNIT_EXPECT_LE_MSG(test, abs((s64)(ns - 3600ULL * NSEC_PER_SEC)), 3700LL,
				    "%u kHz", khz[i]);
	}
}

static void tells_one_formula_where_tscs_agree(struct kunit *test)
{
	struct pvclock_vcpu_time_info before, after;

	KUNIT_ASSERT_EQ(test, atoll_clock_write_system_time(vcpu, INFO | KVM_MSR_ENABLED), 0);
	before = info();
	KUNIT_EXPECT_EQ(test, before.version & 1, 0);
	KUNIT_EXPECT_EQ(test, before.flags, PVCLOCK_TSC_STABLE_BIT);
	KUNIT_EXPECT_EQ(test, before.tsc_timestamp, 0);
	KUNIT_EXPECT_EQ(test, before.system_time, 0);
	atoll_clock_load(vcpu);
	after = info();
	KUNIT_EXPECT_EQ(test, before.version, after.version);
}

static void tells_a_new_pair_where_they_do_not(struct kunit *test)
{
	struct pvclock_vcpu_time_info before, after;
	struct atoll_clock *clock = &vcpu->vm->clock;
	u64 week = 7 * 24 * 3600 * (u64)NSEC_PER_SEC;

	clock->stable = 0;
	/* Longer than the host is up */
	clock->start_ns -= week;
	KUNIT_ASSERT_EQ(test, atoll_clock_write_system_time(vcpu, INFO | KVM_MSR_ENABLED), 0);
	before = info();
	KUNIT_EXPECT_EQ(test, before.flags, 0);
	atoll_clock_load(vcpu);
	after = info();
	KUNIT_EXPECT_NE(test, before.version, after.version);
	KUNIT_EXPECT_EQ(test, after.version & 1, 0);
	KUNIT_EXPECT_GT(test, after.tsc_timestamp, before.tsc_timestamp);
	KUNIT_EXPECT_GE(test, after.system_time, before.system_time);
	KUNIT_EXPECT_GE(test, before.system_time, week);
	KUNIT_EXPECT_LT(test, after.system_time, week + 600ULL * NSEC_PER_SEC);

	/* A pause of a week */
	mutex_lock(&vcpu->vm->lock);
	spin_lock(&vcpu->vm->state_lock);
	atoll_clock_pause(vcpu->vm);
	spin_unlock(&vcpu->vm->state_lock);
	clock->start_ns -= week;
	clock->paused_ns -= week;
	atoll_clock_resume(vcpu->vm);
	mutex_unlock(&vcpu->vm->lock);
	atoll_clock_load(vcpu);
	KUNIT_EXPECT_LT(test, info().system_time, week + 600ULL * NSEC_PER_SEC);
}

static void stands_still_in_a_pause(struct kunit *test)
{
	u64 before, after;

	KUNIT_ASSERT_EQ(test, atoll_clock_write_system_time(vcpu, INFO | KVM_MSR_ENABLED), 0);
	mutex_lock(&vcpu->vm->lock);
	before = atoll_clock_read_tsc(vcpu);
	spin_lock(&vcpu->vm->state_lock);
	atoll_clock_pause(vcpu->vm);
	spin_unlock(&vcpu->vm->state_lock);
	/* As if an hour had gone by */
	vcpu->vm->clock.paused_tsc -= 3600ULL * 2000000 * 1000;
	vcpu->vm->clock.tsc_offset += 3600ULL * 2000000 * 1000;
	atoll_clock_resume(vcpu->vm);
	mutex_unlock(&vcpu->vm->lock);
	KUNIT_EXPECT_TRUE(test, test_bit(ATOLL_REQ_CLOCK, &vcpu->requests));
	after = atoll_clock_read_tsc(vcpu);
	KUNIT_EXPECT_GE(test, after, before);
	KUNIT_EXPECT_LT(test, after - before, 60ULL * 2000000 * 1000);
	KUNIT_EXPECT_EQ(test, info().flags & PVCLOCK_GUEST_STOPPED, 0);
	atoll_clock_sync(vcpu);
	KUNIT_EXPECT_NE(test, info().flags & PVCLOCK_GUEST_STOPPED, 0);
	/* The guest has not taken note yet */
	atoll_clock_sync(vcpu);
	KUNIT_EXPECT_NE(test, info().flags & PVCLOCK_GUEST_STOPPED, 0);
}

/* A guest whose TSC is half or one and a half times as fast as the host's 2 GHz */
static const struct scale_case {
	const char *desc;
	u32 khz, bits;
	u64 ratio;
	u32 times, over;
} scale_cases[] = {
	{ "AMD, slower", 1000000, 32, BIT_ULL(31), 1, 2 },
	{ "AMD, faster", 3000000, 32, BIT_ULL(32) + BIT_ULL(31), 3, 2 },
	{ "Intel, slower", 1000000, 48, BIT_ULL(47), 1, 2 },
	{ "Intel, faster", 3000000, 48, BIT_ULL(48) + BIT_ULL(47), 3, 2 },
};

static void scale_desc(const struct scale_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(scale, scale_cases, scale_desc);

static void scales_as_the_cpu_does(struct kunit *test)
{
	const struct scale_case *c = test->param_value;
	struct atoll_clock *clock = &vcpu->vm->clock;
	u64 low, tsc, high;

	atoll_clock_start(clock, c->khz, 2000000, c->bits, 1);
	atoll_clock_sync(vcpu);
	KUNIT_EXPECT_EQ(test, clock->khz, c->khz);
	KUNIT_EXPECT_EQ(test, atoll_hw->get_reg(vcpu, ATOLL_TSC_RATIO), c->ratio);
	KUNIT_EXPECT_LT(test, atoll_clock_read_tsc(vcpu), 60ULL * 1000 * c->khz);
	/* The offset comes after the ratio */
	clock->tsc_offset = 1000;
	low = rdtsc_ordered();
	tsc = atoll_clock_read_tsc(vcpu) - 1000;
	high = rdtsc_ordered();
	KUNIT_EXPECT_GE(test, tsc, low * c->times / c->over);
	KUNIT_EXPECT_LE(test, tsc, high * c->times / c->over);
	/* A second of its ticks is one */
	KUNIT_EXPECT_LE(test, abs((s64)to_ns(clock, 1000ULL * c->khz) - (s64)NSEC_PER_SEC), 2LL);
}

static void stands_still_in_a_pause_when_scaled(struct kunit *test)
{
	struct atoll_clock *clock = &vcpu->vm->clock;
	u64 before, after, gone;

	atoll_clock_start(clock, 1000000, 2000000, 48, 1);
	mutex_lock(&vcpu->vm->lock);
	before = atoll_clock_read_tsc(vcpu);
	spin_lock(&vcpu->vm->state_lock);
	atoll_clock_pause(vcpu->vm);
	spin_unlock(&vcpu->vm->state_lock);
	/* As if all of the host's time had gone by, of which the guest counts half the ticks */
	gone = clock->paused_tsc & ~1ULL;
	clock->paused_tsc -= gone;
	clock->tsc_offset += gone / 2;
	atoll_clock_resume(vcpu->vm);
	mutex_unlock(&vcpu->vm->lock);
	after = atoll_clock_read_tsc(vcpu);
	KUNIT_EXPECT_GE(test, after, before);
	KUNIT_EXPECT_LT(test, after - before, 60ULL * 1000000 * 1000);
}

static void refuses_frequencies(struct kunit *test)
{
	static const struct { u32 khz, bits; int err; } cases[] = {
		{ 0, 0, 0 }, { 2000000, 0, 0 }, { 2000001, 0, -EOPNOTSUPP }, { 100000, 48, 0 },
		{ 99999, 48, -ERANGE }, { 10000000, 32, 0 }, { 10000001, 32, -ERANGE },
		{ 1, 0, -ERANGE }, { U32_MAX, 48, -ERANGE },
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, atoll_clock_check(cases[i].khz, 2000000, cases[i].bits,
							    NULL),
				    cases[i].err, "%u kHz, %u bits", cases[i].khz, cases[i].bits);
}

static void keeps_time_when_the_tsc_is_set(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, atoll_clock_write_system_time(vcpu, INFO | KVM_MSR_ENABLED), 0);
	atoll_clock_write_tsc(vcpu, 0);
	KUNIT_EXPECT_LT(test, atoll_clock_read_tsc(vcpu), 60ULL * 2000000 * 1000);
	KUNIT_EXPECT_EQ(test, info().tsc_timestamp, vcpu->pv.tsc_adjust);
}

static void refuses_addresses_without_memory(struct kunit *test)
{
	static const u64 bad[] = { FAKE_GUEST_RAM, FAKE_GUEST_RAM - 16, U64_MAX - 7, BIT_ULL(63) };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		KUNIT_EXPECT_EQ(test, atoll_clock_write_system_time(vcpu, bad[i] | 1), -EINVAL);
		KUNIT_EXPECT_EQ(test, atoll_steal_write(vcpu, (bad[i] & ~63ULL) | 1),
				bad[i] == FAKE_GUEST_RAM - 16 ? 0 : -EINVAL);
		KUNIT_EXPECT_EQ(test, vcpu->pv.clock_gpa, 0);
	}
	KUNIT_EXPECT_EQ(test, atoll_clock_write_system_time(vcpu, INFO + 2 + 1), -EINVAL);
}

static u8 preempted(void)
{
	return fake_guest_peek(vcpu, STEAL + offsetof(struct kvm_steal_time, preempted), 1);
}

static void tells_of_stolen_time(struct kunit *test)
{
	KUNIT_ASSERT_EQ(test, atoll_steal_write(vcpu, STEAL | KVM_MSR_ENABLED), 0);
	KUNIT_EXPECT_EQ(test, preempted(), 0);
	atoll_steal_put(vcpu);
	KUNIT_EXPECT_EQ(test, preempted(), KVM_VCPU_PREEMPTED);
	/* More than this thread ever waited for a CPU */
	vcpu->pv.run_delay -= BIT_ULL(60);
	atoll_steal_load(vcpu);
	KUNIT_EXPECT_EQ(test, preempted(), 0);
	KUNIT_EXPECT_GE(test, fake_guest_peek(vcpu, STEAL, 8), BIT_ULL(60));
	KUNIT_EXPECT_EQ(test, fake_guest_peek(vcpu, STEAL + 8, 4) & 1, 0);
}

static struct kunit_case clock_cases[] = {
	KUNIT_CASE(has_a_factor_for_every_frequency),
	KUNIT_CASE(tells_one_formula_where_tscs_agree),
	KUNIT_CASE(tells_a_new_pair_where_they_do_not),
	KUNIT_CASE(stands_still_in_a_pause),
	KUNIT_CASE_PARAM(scales_as_the_cpu_does, scale_gen_params),
	KUNIT_CASE(stands_still_in_a_pause_when_scaled),
	KUNIT_CASE(refuses_frequencies),
	KUNIT_CASE(keeps_time_when_the_tsc_is_set),
	KUNIT_CASE(refuses_addresses_without_memory),
	KUNIT_CASE(tells_of_stolen_time),
	{}
};

static struct kunit_suite clock_suite = {
	.name = "atoll_clock",
	.init = setup,
	.exit = teardown,
	.test_cases = clock_cases,
};

kunit_test_suite(clock_suite);
