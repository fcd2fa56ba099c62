// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ACPI tables, read as a guest reads them: offsets and values are those of
 * the specification (6.4), "ACPI Software Programming Model".
 */
#include <kunit/test.h>
#include <linux/sizes.h>
#include <linux/string.h>
#include <asm/unaligned.h>

#include "../../kmod/boot/acpi.h"
#include "../../kmod/boot/boot.h"

#define GPA		0xe0000

struct tables {
	struct atoll_boot_plan *plan;
	const u8 *rsdp, *xsdt, *fadt, *madt, *facs, *dsdt;
};

/* The piece's bytes at an address that a table gives */
static const u8 *at(struct kunit *test, struct atoll_boot_plan *plan, u64 gpa)
{
	const struct atoll_boot_piece *piece = &plan->piece[0];

	KUNIT_ASSERT_GE(test, gpa, piece->gpa);
	KUNIT_ASSERT_LT(test, gpa, piece->gpa + piece->mem_len);
	return piece->src.data + (gpa - piece->gpa);
}

static u8 sum(const u8 *data, u32 len)
{
	u8 total = 0;

	while (len--)
		total += *data++;
	return total;
}

static const u8 *table(struct kunit *test, struct atoll_boot_plan *plan, u64 gpa,
		       const char *signature)
{
	const u8 *t = at(test, plan, gpa);
	u32 len = get_unaligned_le32(t + 4);

	KUNIT_EXPECT_EQ(test, memcmp(t, signature, 4), 0);
	at(test, plan, gpa + len - 1);
	KUNIT_EXPECT_EQ_MSG(test, sum(t, len), 0, "%s's checksum", signature);
	return t;
}

static struct tables plan_tables(struct kunit *test, u32 nr_vcpus)
{
	struct tables t = { .plan = atoll_boot_plan_alloc(SZ_4M) };
	u64 rsdp = 0;

	KUNIT_ASSERT_NOT_NULL(test, t.plan);
	/* As a format does that keeps images out of the hole */
	t.plan->reserved_start = ATOLL_BOOT_LOW_END;
	t.plan->reserved_end = ATOLL_BOOT_HIGH_START;
	KUNIT_ASSERT_EQ(test, atoll_acpi_plan(t.plan, nr_vcpus, &rsdp, NULL), 0);
	KUNIT_ASSERT_EQ(test, t.plan->nr, 1);
	KUNIT_EXPECT_EQ(test, rsdp, GPA);
	t.rsdp = at(test, t.plan, rsdp);
	t.xsdt = table(test, t.plan, get_unaligned_le64(t.rsdp + 24), "XSDT");
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(t.xsdt + 4), 36 + 2 * 8);
	t.fadt = table(test, t.plan, get_unaligned_le64(t.xsdt + 36), "FACP");
	t.madt = table(test, t.plan, get_unaligned_le64(t.xsdt + 44), "APIC");
	t.facs = at(test, t.plan, get_unaligned_le32(t.fadt + 36));
	t.dsdt = table(test, t.plan, get_unaligned_le32(t.fadt + 40), "DSDT");
	return t;
}

/* "Root System Description Pointer" */
static void rsdp_is_found_and_whole(struct kunit *test)
{
	struct tables t = plan_tables(test, 1);

	KUNIT_EXPECT_EQ(test, memcmp(t.rsdp, "RSD PTR ", 8), 0);
	KUNIT_EXPECT_EQ(test, t.rsdp[15], 2);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(t.rsdp + 20), 36);
	KUNIT_EXPECT_EQ(test, sum(t.rsdp, 20), 0);
	KUNIT_EXPECT_EQ(test, sum(t.rsdp, 36), 0);
	KUNIT_EXPECT_LE(test, t.plan->piece[0].gpa + t.plan->piece[0].mem_len, 0x100000ULL);
	atoll_boot_plan_free(t.plan);
}

static void expect_io(struct kunit *test, const u8 *address, u8 bits, u64 port)
{
	KUNIT_EXPECT_EQ(test, address[0], 1);
	KUNIT_EXPECT_EQ(test, address[1], bits);
	KUNIT_EXPECT_EQ(test, address[2], 0);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(address + 4), port);
}

/* "Fixed ACPI Description Table" and "Firmware ACPI Control Structure" */
static void fadt_names_the_fixed_hardware(struct kunit *test)
{
	struct tables t = plan_tables(test, 1);
	u32 flags = get_unaligned_le32(t.fadt + 112);

	KUNIT_EXPECT_EQ(test, get_unaligned_le32(t.fadt + 4), 276);
	KUNIT_EXPECT_GE(test, t.fadt[8], 5);
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(t.fadt + 46), 9);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(t.fadt + 48), 0xb2);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(t.fadt + 56), 0x600);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(t.fadt + 64), 0x604);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(t.fadt + 76), 0x608);
	KUNIT_EXPECT_EQ(test, t.fadt[88], 4);
	KUNIT_EXPECT_EQ(test, t.fadt[89], 2);
	KUNIT_EXPECT_EQ(test, t.fadt[91], 4);
	KUNIT_EXPECT_EQ(test, t.fadt[108], 0x32);
	/* Legacy devices, no 8042, no VGA */
	KUNIT_EXPECT_EQ(test, get_unaligned_le16(t.fadt + 109), 0x5);
	/* A fixed power button, a timer of 32 bits, a reset register, fixed hardware */
	KUNIT_EXPECT_EQ(test, flags & BIT(4), 0);
	KUNIT_EXPECT_NE(test, flags & BIT(8), 0);
	KUNIT_EXPECT_NE(test, flags & BIT(10), 0);
	KUNIT_EXPECT_EQ(test, flags & BIT(20), 0);
	expect_io(test, t.fadt + 116, 8, 0xcf9);
	KUNIT_EXPECT_EQ(test, t.fadt[128], 0x06);
	KUNIT_EXPECT_EQ(test, get_unaligned_le64(t.fadt + 140),
			get_unaligned_le32(t.fadt + 40));
	expect_io(test, t.fadt + 148, 32, 0x600);
	expect_io(test, t.fadt + 172, 16, 0x604);
	expect_io(test, t.fadt + 208, 32, 0x608);

	KUNIT_EXPECT_EQ(test, memcmp(t.facs, "FACS", 4), 0);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(t.facs + 4), 64);
	KUNIT_EXPECT_EQ(test, get_unaligned_le32(t.fadt + 36) % 64, 0);
	atoll_boot_plan_free(t.plan);
}

struct madt_seen {
	u32 lapics, x2apics, ioapics, overrides, nmis, others;
};

static void see_entry(struct kunit *test, const u8 *e, struct madt_seen *seen)
{
	switch (e[0]) {
	case 0:
		KUNIT_EXPECT_EQ(test, e[2], seen->lapics);
		KUNIT_EXPECT_EQ(test, e[3], seen->lapics++);
		KUNIT_EXPECT_EQ(test, get_unaligned_le32(e + 4), 1);
		break;
	case 1:
		seen->ioapics++;
		KUNIT_EXPECT_EQ(test, get_unaligned_le32(e + 4), 0xfec00000U);
		KUNIT_EXPECT_EQ(test, get_unaligned_le32(e + 8), 0);
		break;
	case 2:
		seen->overrides++;
		KUNIT_EXPECT_EQ(test, e[2], 0);
		KUNIT_EXPECT_EQ(test, get_unaligned_le32(e + 4), e[3] == 9 ? 9 : 2);
		KUNIT_EXPECT_EQ(test, get_unaligned_le16(e + 8), e[3] == 9 ? 0xd : 0);
		break;
	case 4:
		seen->nmis++;
		KUNIT_EXPECT_EQ(test, e[2], 0xff);
		KUNIT_EXPECT_EQ(test, e[5], 1);
		break;
	case 9:
		KUNIT_EXPECT_EQ(test, get_unaligned_le32(e + 4), 255 + seen->x2apics);
		KUNIT_EXPECT_EQ(test, get_unaligned_le32(e + 12), 255 + seen->x2apics++);
		break;
	default:
		seen->others++;
	}
}

/* "Multiple APIC Description Table" */
static void madt_names_every_cpu(struct kunit *test)
{
	static const u32 counts[] = { 1, 4, 32, 255, 300 };
	struct madt_seen seen;
	struct tables t;
	u32 i, nr, pos;

	for (i = 0; i < ARRAY_SIZE(counts); i++) {
		nr = counts[i];
		t = plan_tables(test, nr);
		seen = (struct madt_seen){ };
		KUNIT_EXPECT_EQ(test, get_unaligned_le32(t.madt + 36), 0xfee00000U);
		KUNIT_EXPECT_EQ(test, get_unaligned_le32(t.madt + 40), 1);
		for (pos = 44; pos < get_unaligned_le32(t.madt + 4); pos += t.madt[pos + 1]) {
			KUNIT_ASSERT_GE(test, t.madt[pos + 1], 6);
			see_entry(test, t.madt + pos, &seen);
		}
		KUNIT_EXPECT_EQ(test, pos, get_unaligned_le32(t.madt + 4));
		KUNIT_EXPECT_EQ(test, seen.lapics, min(nr, 255U));
		KUNIT_EXPECT_EQ(test, seen.x2apics, nr - seen.lapics);
		KUNIT_EXPECT_EQ(test, seen.ioapics, 1);
		KUNIT_EXPECT_EQ(test, seen.overrides, 2);
		KUNIT_EXPECT_EQ(test, seen.nmis, 1);
		KUNIT_EXPECT_EQ(test, seen.others, nr > 255);
		atoll_boot_plan_free(t.plan);
	}
}

/* Where @len bytes are in the DSDT, NULL: nowhere */
static const u8 *find(const u8 *dsdt, const void *bytes, u32 len)
{
	u32 end = get_unaligned_le32(dsdt + 4), i;

	for (i = 36; i + len <= end; i++)
		if (!memcmp(dsdt + i, bytes, len))
			return dsdt + i;
	return NULL;
}

#define FIND(dsdt, bytes)	find(dsdt, bytes, sizeof(bytes) - 1)

/*
 * "AML Grammar Definition": names, EISA IDs and small resource descriptors as
 * the specification encodes them
 */
static void dsdt_names_the_devices(struct kunit *test)
{
	struct tables t = plan_tables(test, 1);

	/* Name (\_S5, Package (4) { 5, 5, 0, 0 }), its length apart */
	KUNIT_EXPECT_NOT_NULL(test, FIND(t.dsdt, "\x08\\_S5_\x12"));
	KUNIT_EXPECT_NOT_NULL(test, FIND(t.dsdt, "\x04\x0a\x05\x0a\x05\x00\x00"));
	/* EISAID ("PNP0501"), 0x3f8 to 0x3ff, IRQ 4 */
	KUNIT_EXPECT_NOT_NULL(test, FIND(t.dsdt, "\x08_HID\x0c\x41\xd0\x05\x01"));
	KUNIT_EXPECT_NOT_NULL(test, FIND(t.dsdt, "\x47\x01\xf8\x03\xf8\x03\x01\x08"
					 "\x22\x10\x00\x79\x00"));
	/* EISAID ("PNP0B00"), 0x70 and 0x71, IRQ 8 */
	KUNIT_EXPECT_NOT_NULL(test, FIND(t.dsdt, "\x08_HID\x0c\x41\xd0\x0b\x00"));
	KUNIT_EXPECT_NOT_NULL(test, FIND(t.dsdt, "\x47\x01\x70\x00\x70\x00\x01\x02"
					 "\x22\x00\x01\x79\x00"));
	KUNIT_EXPECT_NOT_NULL(test, FIND(t.dsdt, "\x08_HID\x0dQEMU0001\x00"));
	KUNIT_EXPECT_NOT_NULL(test, FIND(t.dsdt, "\x47\x01\x05\x05\x05\x05\x01\x01\x79\x00"));
	/* The last virtio slot: memory, and a level-triggered GSI 23 */
	KUNIT_EXPECT_NOT_NULL(test, FIND(t.dsdt, "\x86\x09\x00\x01\x00\x70\x00\xd0"
					 "\x00\x10\x00\x00"
					 "\x89\x06\x00\x01\x01\x17\x00\x00\x00\x79\x00"));
	atoll_boot_plan_free(t.plan);
}

static u8 sta_of(struct kunit *test, const u8 *dsdt, const char *name)
{
	const u8 *device = find(dsdt, name, 4), *sta;

	KUNIT_ASSERT_NOT_NULL(test, device);
	for (sta = device; memcmp(sta, "\x08_STA\x0a", 6); sta++)
		KUNIT_ASSERT_LT(test, sta - device, 64);
	return sta[6];
}

static void virtio_slots_are_empty_until_told(struct kunit *test)
{
	struct tables t = plan_tables(test, 1);

	KUNIT_EXPECT_EQ(test, sta_of(test, t.dsdt, "VR00"), 0);
	KUNIT_EXPECT_EQ(test, sta_of(test, t.dsdt, "VR07"), 0);
	atoll_acpi_add_virtio(t.plan, 7);
	KUNIT_EXPECT_EQ(test, sta_of(test, t.dsdt, "VR00"), 0);
	KUNIT_EXPECT_EQ(test, sta_of(test, t.dsdt, "VR07"), 0x0f);
	KUNIT_EXPECT_EQ(test, sum(t.dsdt, get_unaligned_le32(t.dsdt + 4)), 0);
	atoll_boot_plan_free(t.plan);
}

/* A small guest has no RAM there, a rude image is there already */
static void tables_that_do_not_fit_are_refused(struct kunit *test)
{
	struct atoll_boot_plan *plan = atoll_boot_plan_alloc(SZ_512K);
	struct netlink_ext_ack extack = { };
	struct atoll_boot_piece piece = {
		.src = { .data = plan, .size = 16 },
		.gpa = GPA + 16, .file_len = 16, .mem_len = 16,
	};
	u64 rsdp;

	KUNIT_ASSERT_NOT_NULL(test, plan);
	KUNIT_EXPECT_EQ(test, atoll_acpi_plan(plan, 1, &rsdp, &extack), -ENOSPC);
	KUNIT_ASSERT_NOT_NULL(test, extack._msg);
	KUNIT_EXPECT_STREQ(test, extack._msg,
			   "memory has no room for the firmware's tables: it needs 1 MiB");
	atoll_boot_plan_free(plan);

	plan = atoll_boot_plan_alloc(SZ_4M);
	KUNIT_ASSERT_NOT_NULL(test, plan);
	KUNIT_ASSERT_EQ(test, atoll_boot_plan_add(plan, &piece, NULL), 0);
	KUNIT_EXPECT_EQ(test, atoll_acpi_plan(plan, 1, &rsdp, &extack), -ENOSPC);
	KUNIT_EXPECT_STREQ(test, extack._msg, "image lies where the firmware's tables go");
	atoll_boot_plan_free(plan);
}

static struct kunit_case acpi_cases[] = {
	KUNIT_CASE(rsdp_is_found_and_whole),
	KUNIT_CASE(fadt_names_the_fixed_hardware),
	KUNIT_CASE(madt_names_every_cpu),
	KUNIT_CASE(dsdt_names_the_devices),
	KUNIT_CASE(virtio_slots_are_empty_until_told),
	KUNIT_CASE(tables_that_do_not_fit_are_refused),
	{}
};

static struct kunit_suite acpi_suite = {
	.name = "atoll_acpi",
	.test_cases = acpi_cases,
};

kunit_test_suite(acpi_suite);
