// SPDX-License-Identifier: GPL-2.0-only
/* Flat binaries: where they go and how they are entered. */
#include <kunit/test.h>
#include <linux/sizes.h>

#include "../../kmod/boot/boot.h"

static struct atoll_boot_job *flat_job(struct kunit *test, u64 size, u64 load_addr)
{
	struct atoll_boot_job *job = kunit_kzalloc(test, sizeof(*job), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, job);
	/* Planning never looks at the bytes */
	job->image.data = job;
	job->image.size = size;
	job->format = ATOLL_BOOT_FLAT;
	job->load_addr = load_addr;
	job->cmdline = "flat";
	return job;
}

struct flat_entry {
	u64 load_addr;
	u16 cs, ip, sp;
};

static void entry_is_the_first_byte(struct kunit *test)
{
	static const struct flat_entry entries[] = {
		{ 0x7c00, 0, 0x7c00, 0x7c00 },
		{ 0, 0, 0, 0 },
		{ 0xffff, 0, 0xffff, 0xffff },
		{ 0x10000, 0x1000, 0, 0 },
		{ 0xffff0, 0xffff, 0, 0 },
	};
	const struct flat_entry *e;
	struct atoll_boot_plan *plan;

	for (e = entries; e < entries + ARRAY_SIZE(entries); e++) {
		const struct atoll_cpu_state *s;

		KUNIT_ASSERT_EQ(test, atoll_boot_plan_job(flat_job(test, 16, e->load_addr),
							  SZ_1M, &plan, NULL), 0);
		s = atoll_boot_entry(plan);
		KUNIT_EXPECT_EQ(test, s->seg[ATOLL_CS].selector, e->cs);
		KUNIT_EXPECT_EQ(test, s->seg[ATOLL_CS].base, e->cs * 16);
		KUNIT_EXPECT_EQ(test, s->seg[ATOLL_CS].limit, 0xffff);
		KUNIT_EXPECT_EQ(test, s->regs[ATOLL_RIP], e->ip);
		KUNIT_EXPECT_EQ(test, s->regs[ATOLL_RSP], e->sp);
		KUNIT_EXPECT_EQ(test, s->regs[ATOLL_RDX], 0);
		KUNIT_EXPECT_EQ(test, s->regs[ATOLL_RFLAGS], 2);
		KUNIT_EXPECT_EQ(test, s->seg[ATOLL_DS].base, 0);
		KUNIT_EXPECT_EQ(test, s->seg[ATOLL_SS].limit, 0xffff);
		KUNIT_EXPECT_EQ(test, s->cr0, 0x10);
		KUNIT_EXPECT_EQ(test, s->idt.base, 0);
		KUNIT_EXPECT_EQ(test, s->idt.limit, 0x3ff);
		KUNIT_EXPECT_EQ(test, plan->nr, 1);
		KUNIT_EXPECT_EQ(test, plan->piece[0].gpa, e->load_addr);
		KUNIT_EXPECT_EQ(test, plan->piece[0].file_len, 16);
		KUNIT_EXPECT_EQ(test, plan->piece[0].mem_len, 16);
		atoll_boot_plan_free(plan);
	}
}

static void refuse(struct kunit *test, struct atoll_boot_job *job, u64 memory,
		   int err, const char *why)
{
	struct netlink_ext_ack extack = {};
	struct atoll_boot_plan *plan;

	KUNIT_EXPECT_EQ(test, atoll_boot_plan_job(job, memory, &plan, &extack), err);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg, why);
}

static void what_does_not_fit_is_refused(struct kunit *test)
{
	const char *no_room = "flat binary does not fit between its load address and 1 MiB";
	struct atoll_boot_job *job;

	refuse(test, flat_job(test, SZ_1M + 1, 0), SZ_2M, -ENOSPC, no_room);
	refuse(test, flat_job(test, 17, SZ_1M - 16), SZ_2M, -ENOSPC, no_room);
	refuse(test, flat_job(test, 1, SZ_1M), SZ_2M, -ENOSPC, no_room);
	refuse(test, flat_job(test, 1, U64_MAX - 15), SZ_2M, -ENOSPC, no_room);
	refuse(test, flat_job(test, U64_MAX, 0x7c00), SZ_2M, -ENOSPC, no_room);
	refuse(test, flat_job(test, 1, 0x10001), SZ_2M, -EINVAL,
	       "load address above 64 KiB is not a multiple of 16");
	refuse(test, flat_job(test, 0x401, 0x7c00), SZ_32K, -ENOSPC,
	       "image does not fit: it has a segment outside of RAM");
	job = flat_job(test, 1, 0x7c00);
	job->nr_modules = 1;
	job->module[0].cmdline = "";
	refuse(test, job, SZ_2M, -EINVAL, "a flat binary takes no modules");
}

static struct kunit_case flat_cases[] = {
	KUNIT_CASE(entry_is_the_first_byte),
	KUNIT_CASE(what_does_not_fit_is_refused),
	{}
};

static struct kunit_suite flat_suite = {
	.name = "atoll_flat",
	.test_cases = flat_cases,
};

kunit_test_suite(flat_suite);
