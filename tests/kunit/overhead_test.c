// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest costs beside its RAM: that each kind tells what is there, and no
 * more.  Whether a kind is missing, only the host's own books can tell:
 * tests/e2e/many.sh.
 */
#include <kunit/test.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include "../../kmod/dev/uart8250.h"
#include "fake_hw.h"

static u64 bytes_of(struct kunit *test, struct atoll_vm *vm, const char *kind)
{
	const char *name;
	u32 i;

	for (i = 0; (name = atoll_overhead_kind(i)); i++)
		if (!strcmp(name, kind))
			return atoll_overhead_bytes(vm, i);
	KUNIT_FAIL(test, "there is no kind '%s'", kind);
	return 0;
}

/* Each vCPU has its own of some things, and all of them share the rest */
static void a_vcpu_more_costs_more(struct kunit *test)
{
	static const char *const each[] = { "structs", "control", "fpu", "devices" };
	static const char *const shared[] = { "tables", "extents", "console", "boot" };
	struct atoll_vm *one = fake_vm_define(test, "one", 1);
	struct atoll_vm *two = fake_vm_define(test, "two", 2);
	u32 i;

	for (i = 0; i < ARRAY_SIZE(each); i++) {
		KUNIT_EXPECT_GT(test, bytes_of(test, one, each[i]), 0);
		KUNIT_EXPECT_GT(test, bytes_of(test, two, each[i]), bytes_of(test, one, each[i]));
	}
	for (i = 0; i < ARRAY_SIZE(shared); i++) {
		KUNIT_EXPECT_GT(test, bytes_of(test, one, shared[i]), 0);
		KUNIT_EXPECT_EQ(test, bytes_of(test, two, shared[i]),
				bytes_of(test, one, shared[i]));
	}
	fake_vm_undefine(one);
	fake_vm_undefine(two);
}

/* Who frees a struct says how large it is, and nobody else does */
static void every_device_has_its_size(struct kunit *test)
{
	struct atoll_vm *vm = fake_vm_define(test, "vm", 1);
	const struct atoll_device *dev;

	list_for_each_entry(dev, &vm->devices, node)
		KUNIT_EXPECT_EQ_MSG(test, !dev->ops->destroy, !dev->ops->size, "%s",
				    dev->ops->name);
	fake_vm_undefine(vm);
}

static void a_thread_costs_while_it_is_there(struct kunit *test)
{
	static const struct atoll_exit irq = { .kind = ATOLL_EXIT_IRQ };
	struct atoll_vm *vm = fake_vm_define(test, "vm", 2);

	KUNIT_EXPECT_EQ(test, bytes_of(test, vm, "threads"), 0);
	KUNIT_EXPECT_EQ(test, bytes_of(test, vm, "stacks"), 0);
	fake_hw_play(&irq, 1);
	KUNIT_ASSERT_EQ(test, atoll_vm_start(vm, NULL), 0);
	KUNIT_EXPECT_GT(test, bytes_of(test, vm, "threads"), 2 * SZ_4K);
	KUNIT_EXPECT_EQ(test, bytes_of(test, vm, "stacks"), 2 * THREAD_SIZE);
	KUNIT_ASSERT_EQ(test, atoll_vm_stop(vm, NULL), 0);
	KUNIT_EXPECT_EQ(test, bytes_of(test, vm, "threads"), 0);
	KUNIT_EXPECT_EQ(test, bytes_of(test, vm, "stacks"), 0);
	fake_vm_undefine(vm);
}

/* 4 MiB: a root, two tables below it and one with the leaves, once there is one */
static void memory_costs_when_it_is_taken(struct kunit *test)
{
	struct atoll_vm *vm = fake_vm_define(test, "vm", 1);
	u64 books = bytes_of(test, vm, "extents");

	KUNIT_EXPECT_EQ(test, bytes_of(test, vm, "tables"), SZ_4K);
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(&vm->gmem, 0, 1, NULL), 0);
	KUNIT_EXPECT_EQ(test, bytes_of(test, vm, "tables"), 3 * SZ_4K);
	/* A place for each of the two extents; and a record, which costs 9 bytes at least */
	KUNIT_EXPECT_GE(test, bytes_of(test, vm, "extents"), books + 16 + 9);
	KUNIT_EXPECT_LE(test, bytes_of(test, vm, "extents"), books + 16 + 600);
	fake_vm_undefine(vm);
}

/* An extent comes apart, and all of it goes but one frame; then others come */
static void frames_cost_a_table_and_their_records(struct kunit *test)
{
	struct atoll_trim trim = { .split = true };
	struct atoll_vm *vm = fake_vm_define(test, "vm", 1);
	u64 each = atoll_pool_frame_record_bytes(), books, value = 1;

	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(&vm->gmem, 0, 1, NULL), 0);
	KUNIT_ASSERT_EQ(test, atoll_gmem_write(&vm->gmem, 0, &value, sizeof(value)), 0);
	books = bytes_of(test, vm, "extents");
	KUNIT_ASSERT_EQ(test, atoll_gmem_trim(&vm->gmem, &trim, NULL), 0);
	KUNIT_ASSERT_EQ(test, trim.nr_split, 1);
	/* Its table of 512 places, in the place of the extent on record */
	KUNIT_EXPECT_GE(test, bytes_of(test, vm, "extents"), books + SZ_4K - 600);
	KUNIT_EXPECT_LE(test, bytes_of(test, vm, "extents"), books + SZ_4K + each);
	/* A place on record each */
	books = bytes_of(test, vm, "extents");
	KUNIT_ASSERT_EQ(test, atoll_gmem_fill(&vm->gmem, SZ_4K, SZ_2M - SZ_4K, NULL), 0);
	KUNIT_EXPECT_EQ(test, bytes_of(test, vm, "extents"), books + 511 * each);
	fake_vm_undefine(vm);
}

static void print(struct atoll_vm *vm, u32 n)
{
	struct atoll_io io = { .len = 1, .dir = ATOLL_WRITE };

	/* Nobody reads, so each byte is kept */
	while (n--) {
		io.data = 'x';
		vm->uart->dev.ops->pio(&vm->uart->dev, &io);
	}
}

static void output_costs_by_the_page(struct kunit *test)
{
	struct atoll_vm *vm = fake_vm_define(test, "vm", 1);
	u64 console = bytes_of(test, vm, "console");

	KUNIT_EXPECT_EQ(test, bytes_of(test, vm, "output"), 0);
	print(vm, 1);
	/* And its last 2 KiB, read or not */
	KUNIT_EXPECT_EQ(test, bytes_of(test, vm, "output"), SZ_4K + SZ_2K);
	print(vm, SZ_4K);
	KUNIT_EXPECT_EQ(test, bytes_of(test, vm, "output"), 2 * SZ_4K + SZ_2K);
	print(vm, SZ_64K);
	KUNIT_EXPECT_EQ(test, bytes_of(test, vm, "output"), SZ_64K + SZ_2K);
	KUNIT_EXPECT_EQ(test, bytes_of(test, vm, "console"), console);
	fake_vm_undefine(vm);
}

static struct kunit_case overhead_cases[] = {
	KUNIT_CASE(a_vcpu_more_costs_more),
	KUNIT_CASE(every_device_has_its_size),
	KUNIT_CASE(a_thread_costs_while_it_is_there),
	KUNIT_CASE(memory_costs_when_it_is_taken),
	KUNIT_CASE(frames_cost_a_table_and_their_records),
	KUNIT_CASE(output_costs_by_the_page),
	{}
};

static struct kunit_suite overhead_suite = {
	.name = "atoll_overhead",
	.init = fake_rooms_open,
	.exit = fake_rooms_close,
	.test_cases = overhead_cases,
};

kunit_test_suite(overhead_suite);
