// SPDX-License-Identifier: GPL-2.0-only
/*
 * The bus: ranges sorted and apart, accesses found whole or not at all,
 * nobody's answers, and the order in which devices are reset and destroyed.
 */
#include <kunit/test.h>

#include "../../kmod/atoll.h"

struct probe {
	struct atoll_device dev;
	struct atoll_io seen;
	u32 calls;
};

static void probe_io(struct atoll_device *dev, struct atoll_io *io)
{
	struct probe *p = container_of(dev, struct probe, dev);

	p->seen = *io;
	p->calls++;
	if (io->dir == ATOLL_READ)
		io->data = 0x5a;
}

static const struct atoll_device_ops probe_ops = {
	.name = "probe",
	.pio = probe_io,
	.mmio = probe_io,
};

static void init_probe(struct probe *p)
{
	p->dev.ops = &probe_ops;
}

static struct atoll_vcpu *new_vcpu(struct kunit *test)
{
	struct atoll_vcpu *vcpu = kunit_kzalloc(test, sizeof(*vcpu), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, vcpu);
	vcpu->vm = kunit_kzalloc(test, sizeof(*vcpu->vm), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, vcpu->vm);
	INIT_LIST_HEAD(&vcpu->vm->devices);
	return vcpu;
}

static struct atoll_bus *new_bus(struct kunit *test)
{
	struct atoll_bus *bus = kunit_kzalloc(test, sizeof(*bus), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bus);
	return bus;
}

static void keeps_ranges_sorted(struct kunit *test)
{
	static const u64 start[] = { 0x3f8, 0x20, 0x4d0, 0xa0, 0xf4 };
	struct atoll_bus *bus = new_bus(test);
	struct probe p = {};
	u32 i;

	init_probe(&p);
	for (i = 0; i < ARRAY_SIZE(start); i++)
		KUNIT_ASSERT_EQ(test, atoll_bus_add(bus, &p.dev, start[i], 2), 0);
	KUNIT_ASSERT_EQ(test, bus->nr, (u32)ARRAY_SIZE(start));
	for (i = 1; i < bus->nr; i++)
		KUNIT_EXPECT_LE(test, bus->range[i - 1].end, bus->range[i].start);
	for (i = 0; i < ARRAY_SIZE(start); i++) {
		struct atoll_range *r = atoll_bus_find(bus, start[i] + 1, 1);

		KUNIT_ASSERT_NOT_NULL(test, r);
		KUNIT_EXPECT_EQ(test, r->start, start[i]);
	}
}

static void refuses_overlap(struct kunit *test)
{
	struct atoll_bus *bus = new_bus(test);
	struct probe p = {};

	init_probe(&p);
	KUNIT_ASSERT_EQ(test, atoll_bus_add(bus, &p.dev, 0x100, 0x10), 0);
	KUNIT_EXPECT_EQ(test, atoll_bus_add(bus, &p.dev, 0x100, 0x10), -EBUSY);
	KUNIT_EXPECT_EQ(test, atoll_bus_add(bus, &p.dev, 0xff, 2), -EBUSY);
	KUNIT_EXPECT_EQ(test, atoll_bus_add(bus, &p.dev, 0x10f, 1), -EBUSY);
	KUNIT_EXPECT_EQ(test, atoll_bus_add(bus, &p.dev, 0x104, 1), -EBUSY);
	KUNIT_EXPECT_EQ(test, atoll_bus_add(bus, &p.dev, 0x80, 0x200), -EBUSY);
	KUNIT_EXPECT_EQ(test, bus->nr, 1);
	/* Neighbours touch, but share no address */
	KUNIT_EXPECT_EQ(test, atoll_bus_add(bus, &p.dev, 0xff, 1), 0);
	KUNIT_EXPECT_EQ(test, atoll_bus_add(bus, &p.dev, 0x110, 1), 0);
}

static void refuses_empty_and_wrapping(struct kunit *test)
{
	struct atoll_bus *bus = new_bus(test);
	struct probe p = {};

	init_probe(&p);
	KUNIT_EXPECT_EQ(test, atoll_bus_add(bus, &p.dev, 0x100, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_bus_add(bus, &p.dev, U64_MAX, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_bus_add(bus, &p.dev, 0x100, U64_MAX), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_bus_add(bus, &p.dev, U64_MAX - 1, 1), 0);
}

static void refuses_one_too_many(struct kunit *test)
{
	struct atoll_bus *bus = new_bus(test);
	struct probe p = {};
	u32 i;

	init_probe(&p);
	for (i = 0; i < ATOLL_BUS_RANGES_MAX; i++)
		KUNIT_ASSERT_EQ(test, atoll_bus_add(bus, &p.dev, 0x1000 - i * 8, 8), 0);
	KUNIT_EXPECT_EQ(test, atoll_bus_add(bus, &p.dev, 0x8000, 8), -ENOSPC);
	KUNIT_EXPECT_EQ(test, bus->nr, ATOLL_BUS_RANGES_MAX);
	KUNIT_EXPECT_NULL(test, atoll_bus_find(bus, 0x8000, 1));
}

static void finds_only_whole_accesses(struct kunit *test)
{
	struct atoll_bus *bus = new_bus(test);
	struct probe p = {};

	init_probe(&p);
	KUNIT_EXPECT_NULL(test, atoll_bus_find(bus, 0, 1));
	KUNIT_ASSERT_EQ(test, atoll_bus_add(bus, &p.dev, 0x100, 4), 0);
	KUNIT_ASSERT_EQ(test, atoll_bus_add(bus, &p.dev, 0x104, 4), 0);
	KUNIT_EXPECT_PTR_EQ(test, atoll_bus_find(bus, 0x100, 4), &bus->range[0]);
	KUNIT_EXPECT_PTR_EQ(test, atoll_bus_find(bus, 0x107, 1), &bus->range[1]);
	KUNIT_EXPECT_NULL(test, atoll_bus_find(bus, 0xff, 2));
	KUNIT_EXPECT_NULL(test, atoll_bus_find(bus, 0x103, 2));
	KUNIT_EXPECT_NULL(test, atoll_bus_find(bus, 0x100, 8));
	KUNIT_EXPECT_NULL(test, atoll_bus_find(bus, 0x108, 1));
	KUNIT_EXPECT_NULL(test, atoll_bus_find(bus, U64_MAX, 8));
}

static void makes_addresses_relative(struct kunit *test)
{
	struct atoll_vcpu *vcpu = new_vcpu(test);
	struct atoll_io io = { .addr = 0x3fb, .len = 1, .dir = ATOLL_WRITE, .data = 0x83 };
	struct probe p = {};

	init_probe(&p);
	KUNIT_ASSERT_EQ(test, atoll_bus_add(&vcpu->vm->pio, &p.dev, 0x3f8, 8), 0);
	KUNIT_ASSERT_EQ(test, atoll_bus_add(&vcpu->vm->mmio, &p.dev, 0xfed00000, 0x1000), 0);

	atoll_bus_pio(vcpu, &io);
	KUNIT_EXPECT_EQ(test, p.seen.addr, 3ULL);
	KUNIT_EXPECT_EQ(test, p.seen.data, 0x83ULL);

	io = (struct atoll_io){ .addr = 0xfed00ff8, .len = 8, .dir = ATOLL_READ, .data = U64_MAX };
	atoll_bus_mmio(vcpu, &io);
	KUNIT_EXPECT_EQ(test, p.seen.addr, 0xff8ULL);
	KUNIT_EXPECT_EQ(test, io.data, 0x5aULL);
	KUNIT_EXPECT_EQ(test, p.calls, 2);
	KUNIT_EXPECT_EQ(test, vcpu->unclaimed, 0ULL);
}

static void answers_for_nobody(struct kunit *test)
{
	static const struct { u8 len; u64 data; } want[] = {
		{ 1, 0xff }, { 2, 0xffff }, { 4, 0xffffffff }, { 8, U64_MAX },
	};
	struct atoll_vcpu *vcpu = new_vcpu(test);
	struct atoll_io io;
	u32 i;

	for (i = 0; i < ARRAY_SIZE(want); i++) {
		io = (struct atoll_io){ .addr = 0x80, .len = want[i].len, .dir = ATOLL_READ };
		atoll_bus_mmio(vcpu, &io);
		KUNIT_EXPECT_EQ(test, io.data, want[i].data);
	}
	io = (struct atoll_io){ .addr = 0x80, .len = 1, .dir = ATOLL_WRITE, .data = 0x12 };
	atoll_bus_pio(vcpu, &io);
	KUNIT_EXPECT_EQ(test, io.data, 0x12ULL);
	KUNIT_EXPECT_EQ(test, vcpu->unclaimed, 5ULL);
}

static void leaves_straddling_accesses_to_nobody(struct kunit *test)
{
	struct atoll_vcpu *vcpu = new_vcpu(test);
	struct atoll_io io = { .addr = 0x3ff, .len = 2, .dir = ATOLL_READ };
	struct probe p = {};

	init_probe(&p);
	KUNIT_ASSERT_EQ(test, atoll_bus_add(&vcpu->vm->pio, &p.dev, 0x3f8, 8), 0);
	atoll_bus_pio(vcpu, &io);
	KUNIT_EXPECT_EQ(test, p.calls, 0);
	KUNIT_EXPECT_EQ(test, io.data, 0xffffULL);
	KUNIT_EXPECT_EQ(test, vcpu->unclaimed, 1ULL);
}

static struct atoll_device *order[8];
static u32 nr_order;

static void note(struct atoll_device *dev)
{
	order[nr_order++] = dev;
}

static const struct atoll_device_ops noting_ops = {
	.name = "noting",
	.reset = note,
	.destroy = note,
};

static const struct atoll_device_ops silent_ops = {
	.name = "silent",
};

static void resets_forwards_and_destroys_backwards(struct kunit *test)
{
	struct atoll_vm *vm = new_vcpu(test)->vm;
	struct atoll_device a, b, c;

	nr_order = 0;
	atoll_device_add(vm, &a, &noting_ops);
	atoll_device_add(vm, &b, &silent_ops);
	atoll_device_add(vm, &c, &noting_ops);
	KUNIT_EXPECT_PTR_EQ(test, b.vm, vm);

	atoll_devices_reset(vm);
	KUNIT_ASSERT_EQ(test, nr_order, 2);
	KUNIT_EXPECT_PTR_EQ(test, order[0], &a);
	KUNIT_EXPECT_PTR_EQ(test, order[1], &c);

	atoll_devices_destroy(vm);
	KUNIT_ASSERT_EQ(test, nr_order, 4);
	KUNIT_EXPECT_PTR_EQ(test, order[2], &c);
	KUNIT_EXPECT_PTR_EQ(test, order[3], &a);
	KUNIT_EXPECT_TRUE(test, list_empty(&vm->devices));
}

static struct kunit_case bus_cases[] = {
	KUNIT_CASE(keeps_ranges_sorted),
	KUNIT_CASE(refuses_overlap),
	KUNIT_CASE(refuses_empty_and_wrapping),
	KUNIT_CASE(refuses_one_too_many),
	KUNIT_CASE(finds_only_whole_accesses),
	KUNIT_CASE(makes_addresses_relative),
	KUNIT_CASE(answers_for_nobody),
	KUNIT_CASE(leaves_straddling_accesses_to_nobody),
	KUNIT_CASE(resets_forwards_and_destroys_backwards),
	{}
};

static struct kunit_suite bus_suite = {
	.name = "atoll_bus",
	.test_cases = bus_cases,
};

kunit_test_suite(bus_suite);
