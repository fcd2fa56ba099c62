// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a guest learns of its machine from ACPI: the specification's 6.4, "ACPI
 * Software Programming Model" and "ACPI-Defined Devices and Device-Specific
 * Objects".  The RSDP points to the XSDT, that to FADT and MADT, the FADT to
 * FACS and DSDT; all lie behind each other.
 *
 * Only bytes are made here, from pc.h and the number of vCPUs.  acpi.c puts
 * them into a boot plan; "tests/check acpi" has iasl read them.
 */
#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include "acpi.h"
#include "aml.h"

#define OEM_ID		"ATOLL "
#define OEM_TABLE_ID	"ATOLLVM "
#define CREATOR_ID	"ATOL"

#define TABLE_ALIGN	16
#define FACS_ALIGN	64

struct rsdp {
	char signature[8];
	u8 checksum;		/* of the first 20 bytes */
	char oem_id[6];
	u8 revision;
	u32 rsdt;
	u32 len;
	u64 xsdt;
	u8 extended_checksum;	/* of all */
	u8 reserved[3];
} __packed;

static_assert(sizeof(struct rsdp) == 36);

struct table_header {
	char signature[4];
	u32 len;
	u8 revision;
	u8 checksum;
	char oem_id[6];
	char oem_table_id[8];
	u32 oem_revision;
	char creator_id[4];
	u32 creator_revision;
} __packed;

static_assert(sizeof(struct table_header) == 36);

struct xsdt {
	struct table_header header;
	u64 entry[2];		/* FADT, MADT */
} __packed;

struct facs {
	char signature[4];
	u32 len;
	u32 hardware_signature;
	u32 waking_vector;
	u32 global_lock;
	u32 flags;
	u64 x_waking_vector;
	u8 version;
	u8 reserved[31];
} __packed;

static_assert(sizeof(struct facs) == 64);

/* Generic Address Structure */
struct address {
	u8 space;
	u8 bits;
	u8 first_bit;
	u8 access;		/* log2 of the bytes of an access, plus 1 */
	u64 addr;
} __packed;

#define SPACE_IO	1

struct fadt {
	struct table_header header;
	u32 facs;
	u32 dsdt;
	u8 reserved1;
	u8 profile;
	u16 sci;
	u32 smi_port;
	u8 acpi_enable, acpi_disable;
	u8 s4bios, pstate;
	u32 pm1a_evt, pm1b_evt, pm1a_cnt, pm1b_cnt, pm2_cnt, pm_tmr;
	u32 gpe0, gpe1;
	u8 pm1_evt_len, pm1_cnt_len, pm2_cnt_len, pm_tmr_len;
	u8 gpe0_len, gpe1_len, gpe1_base;
	u8 cst;
	u16 c2_latency, c3_latency;
	u16 flush_size, flush_stride;
	u8 duty_offset, duty_width;
	u8 day_alarm, month_alarm, century;
	u16 boot_flags;
	u8 reserved2;
	u32 flags;
	struct address reset_reg;
	u8 reset_value;
	u16 arm_boot_flags;
	u8 minor;
	u64 x_facs;
	u64 x_dsdt;
	struct address x_pm1a_evt, x_pm1b_evt, x_pm1a_cnt, x_pm1b_cnt;
	struct address x_pm2_cnt, x_pm_tmr, x_gpe0, x_gpe1;
	struct address sleep_control, sleep_status;
	char hypervisor[8];
} __packed;

static_assert(offsetof(struct fadt, flags) == 112);
static_assert(offsetof(struct fadt, x_dsdt) == 140);
static_assert(sizeof(struct fadt) == 276);

#define BOOT_LEGACY_DEVICES	BIT(0)	/* and no 8042, whose bit is 1 */
#define BOOT_NO_VGA		BIT(2)

#define FADT_WBINVD		BIT(0)
#define FADT_C1			BIT(2)
#define FADT_NO_SLEEP_BUTTON	BIT(5)	/* the power button is a fixed one */
#define FADT_NO_RTC_STS		BIT(6)
#define FADT_TIMER_32		BIT(8)
#define FADT_RESET_REG		BIT(10)
#define FADT_HEADLESS		BIT(12)

/* Longer latencies than these mean that there is no such state */
#define NO_C2			(100 + 1)
#define NO_C3			(1000 + 1)

#define RTC_CENTURY		0x32

struct madt {
	struct table_header header;
	u32 lapic;
	u32 flags;
} __packed;

#define MADT_8259S		BIT(0)
#define MADT_ENABLED		BIT(0)
#define MADT_ALL_CPUS		0xff
#define LAPIC_IDS		255	/* more need an x2APIC */
#define NMI_LINT		1

/* "MPS INTI Flags" */
#define INTI_AS_THE_BUS		0
#define INTI_LEVEL_HIGH		0xd

enum madt_type {
	MADT_LAPIC, MADT_IOAPIC, MADT_OVERRIDE,
	MADT_LAPIC_NMI = 4,
	MADT_X2APIC = 9, MADT_X2APIC_NMI,
};

struct madt_lapic {
	u8 type, len;
	u8 uid;
	u8 id;
	u32 flags;
} __packed;

struct madt_x2apic {
	u8 type, len;
	u16 reserved;
	u32 id;
	u32 flags;
	u32 uid;
} __packed;

struct madt_ioapic {
	u8 type, len;
	u8 id;
	u8 reserved;
	u32 gpa;
	u32 gsi_base;
} __packed;

struct madt_override {
	u8 type, len;
	u8 bus;			/* 0: ISA */
	u8 irq;
	u32 gsi;
	u16 flags;
} __packed;

struct madt_lapic_nmi {
	u8 type, len;
	u8 uid;
	u16 flags;
	u8 lint;
} __packed;

struct madt_x2apic_nmi {
	u8 type, len;
	u16 flags;
	u32 uid;
	u8 lint;
	u8 reserved[3];
} __packed;

/* A statement's worth of any of the above */
#define MADT_ADD(out, kind, t, ...) do {				\
	struct kind entry = { .type = (t), .len = sizeof(entry), __VA_ARGS__ };	\
									\
	atoll_aml_bytes(out, &entry, sizeof(entry));			\
} while (0)

static u8 checksum(const void *data, u32 len)
{
	const u8 *byte = data;
	u8 sum = 0;

	while (len--)
		sum += *byte++;
	return -sum;
}

static struct table_header header(const char *signature, u8 revision)
{
	struct table_header h = {
		.revision = revision,
		.oem_revision = 1,
		.creator_revision = 1,
	};

	memcpy(h.signature, signature, sizeof(h.signature));
	memcpy(h.oem_id, OEM_ID, sizeof(h.oem_id));
	memcpy(h.oem_table_id, OEM_TABLE_ID, sizeof(h.oem_table_id));
	memcpy(h.creator_id, CREATOR_ID, sizeof(h.creator_id));
	return h;
}

/* The table that began at @at ends here */
static void seal(struct atoll_aml *out, u32 at)
{
	struct table_header *h = (void *)out->data + at;

	if (out->len > out->size)
		return;
	h->len = out->len - at;
	h->checksum = 0;
	h->checksum = checksum(h, h->len);
}

static struct address io_address(u16 port, u8 nr_bytes)
{
	return (struct address){
		.space = SPACE_IO,
		.bits = nr_bytes * 8,
		.access = nr_bytes == 1 ? 1 : nr_bytes == 2 ? 2 : 3,
		.addr = port,
	};
}

static void add_serial(struct atoll_aml *out)
{
	u32 device = atoll_aml_device(out, "COM1"), crs;

	atoll_aml_name(out, "_HID");
	atoll_aml_eisaid(out, "PNP0501");
	atoll_aml_name(out, "_UID");
	atoll_aml_integer(out, 0);
	atoll_aml_name(out, "_CRS");
	crs = atoll_aml_resources(out);
	atoll_aml_io(out, ATOLL_PC_COM1_PORT, ATOLL_PC_COM1_PORTS);
	atoll_aml_irq(out, ATOLL_PC_COM1_IRQ);
	atoll_aml_resources_end(out, crs);
	atoll_aml_end(out, device);
}

static void add_rtc(struct atoll_aml *out)
{
	u32 device = atoll_aml_device(out, "RTC"), crs;

	atoll_aml_name(out, "_HID");
	atoll_aml_eisaid(out, "PNP0B00");
	atoll_aml_name(out, "_CRS");
	crs = atoll_aml_resources(out);
	atoll_aml_io(out, ATOLL_PC_RTC_PORT, ATOLL_PC_RTC_PORTS);
	atoll_aml_irq(out, ATOLL_PC_RTC_IRQ);
	atoll_aml_resources_end(out, crs);
	atoll_aml_end(out, device);
}

static void add_panic(struct atoll_aml *out)
{
	u32 device = atoll_aml_device(out, "PEVT"), crs;

	atoll_aml_name(out, "_HID");
	atoll_aml_string(out, "QEMU0001");
	atoll_aml_name(out, "_CRS");
	crs = atoll_aml_resources(out);
	atoll_aml_io(out, ATOLL_PC_PANIC_PORT, 1);
	atoll_aml_resources_end(out, crs);
	atoll_aml_end(out, device);
}

/* Return: where the byte lies that says whether a device is there */
static u32 add_virtio(struct atoll_aml *out, u32 slot)
{
	char name[] = { 'V', 'R', '0', '0' + slot, 0 };
	u32 device = atoll_aml_device(out, name), crs, sta;

	atoll_aml_name(out, "_HID");
	atoll_aml_string(out, "LNRO0005");
	atoll_aml_name(out, "_UID");
	atoll_aml_integer(out, slot);
	atoll_aml_name(out, "_STA");
	sta = atoll_aml_byte(out, 0);
	atoll_aml_name(out, "_CRS");
	crs = atoll_aml_resources(out);
	atoll_aml_memory(out, ATOLL_PC_VIRTIO_GPA + slot * ATOLL_PC_VIRTIO_BYTES,
			 ATOLL_PC_VIRTIO_BYTES);
	atoll_aml_interrupt(out, ATOLL_PC_VIRTIO_GSI + slot);
	atoll_aml_resources_end(out, crs);
	atoll_aml_end(out, device);
	return sta;
}

static u32 add_dsdt(struct atoll_aml *out, struct atoll_acpi *acpi)
{
	struct table_header h = header("DSDT", 2);
	u32 at, scope, package, i;

	atoll_aml_align(out, TABLE_ALIGN);
	at = out->len;
	atoll_aml_bytes(out, &h, sizeof(h));
	/* For both PM1 control registers, and two that are reserved */
	atoll_aml_name(out, "\\_S5");
	package = atoll_aml_package(out, 4);
	atoll_aml_integer(out, ATOLL_PC_S5_TYPE);
	atoll_aml_integer(out, ATOLL_PC_S5_TYPE);
	atoll_aml_integer(out, 0);
	atoll_aml_integer(out, 0);
	atoll_aml_end(out, package);

	scope = atoll_aml_scope(out, "\\_SB");
	add_serial(out);
	add_rtc(out);
	add_panic(out);
	for (i = 0; i < ATOLL_PC_VIRTIO_SLOTS; i++)
		acpi->virtio_sta[i] = add_virtio(out, i);
	atoll_aml_end(out, scope);
	seal(out, at);
	acpi->dsdt = at;
	acpi->dsdt_len = out->len - at;
	return at;
}

static u32 add_facs(struct atoll_aml *out)
{
	struct facs facs = { .signature = "FACS", .len = sizeof(facs), .version = 2 };
	u32 at;

	atoll_aml_align(out, FACS_ALIGN);
	at = out->len;
	atoll_aml_bytes(out, &facs, sizeof(facs));
	return at;
}

static u32 add_fadt(struct atoll_aml *out, u32 facs_gpa, u32 dsdt_gpa)
{
	const u16 evt = ATOLL_PC_PM_PORT + ATOLL_PC_PM1_EVT;
	const u16 cnt = ATOLL_PC_PM_PORT + ATOLL_PC_PM1_CNT;
	const u16 tmr = ATOLL_PC_PM_PORT + ATOLL_PC_PM_TMR;
	struct fadt fadt = {
		.header = header("FACP", 6),
		.facs = facs_gpa,
		.dsdt = dsdt_gpa,
		.x_dsdt = dsdt_gpa,
		.sci = ATOLL_PC_SCI,
		.smi_port = ATOLL_PC_SMI_PORT,
		.acpi_enable = ATOLL_PC_ACPI_ENABLE,
		.acpi_disable = ATOLL_PC_ACPI_DISABLE,
		.pm1a_evt = evt, .pm1_evt_len = 4, .x_pm1a_evt = io_address(evt, 4),
		.pm1a_cnt = cnt, .pm1_cnt_len = 2, .x_pm1a_cnt = io_address(cnt, 2),
		.pm_tmr = tmr, .pm_tmr_len = 4, .x_pm_tmr = io_address(tmr, 4),
		.c2_latency = NO_C2,
		.c3_latency = NO_C3,
		.century = RTC_CENTURY,
		.boot_flags = BOOT_LEGACY_DEVICES | BOOT_NO_VGA,
		.flags = FADT_WBINVD | FADT_C1 | FADT_NO_SLEEP_BUTTON | FADT_NO_RTC_STS |
			 FADT_TIMER_32 | FADT_RESET_REG | FADT_HEADLESS,
		.reset_reg = io_address(ATOLL_PC_RESET_PORT, 1),
		.reset_value = ATOLL_PC_RESET_VALUE,
		.minor = 4,
		.hypervisor = "Atoll",
	};
	u32 at;

	atoll_aml_align(out, TABLE_ALIGN);
	at = out->len;
	atoll_aml_bytes(out, &fadt, sizeof(fadt));
	seal(out, at);
	return at;
}

static void add_cpus(struct atoll_aml *out, u32 nr_vcpus)
{
	u32 id;

	for (id = 0; id < nr_vcpus; id++) {
		if (id < LAPIC_IDS)
			MADT_ADD(out, madt_lapic, MADT_LAPIC, .uid = id, .id = id,
				 .flags = MADT_ENABLED);
		else
			MADT_ADD(out, madt_x2apic, MADT_X2APIC, .uid = id, .id = id,
				 .flags = MADT_ENABLED);
	}
	MADT_ADD(out, madt_lapic_nmi, MADT_LAPIC_NMI, .uid = MADT_ALL_CPUS, .lint = NMI_LINT);
	if (nr_vcpus > LAPIC_IDS)
		MADT_ADD(out, madt_x2apic_nmi, MADT_X2APIC_NMI, .uid = -1U, .lint = NMI_LINT);
}

static u32 add_madt(struct atoll_aml *out, u32 nr_vcpus)
{
	struct madt madt = {
		.header = header("APIC", 5),
		.lapic = ATOLL_PC_LAPIC_GPA,
		.flags = MADT_8259S,
	};
	u32 at;

	atoll_aml_align(out, TABLE_ALIGN);
	at = out->len;
	atoll_aml_bytes(out, &madt, sizeof(madt));
	add_cpus(out, nr_vcpus);
	MADT_ADD(out, madt_ioapic, MADT_IOAPIC, .gpa = ATOLL_PC_IOAPIC_GPA);
	MADT_ADD(out, madt_override, MADT_OVERRIDE, .irq = 0, .gsi = ATOLL_PC_PIT_GSI,
		 .flags = INTI_AS_THE_BUS);
	MADT_ADD(out, madt_override, MADT_OVERRIDE, .irq = ATOLL_PC_SCI, .gsi = ATOLL_PC_SCI,
		 .flags = INTI_LEVEL_HIGH);
	seal(out, at);
	return at;
}

static u32 add_xsdt(struct atoll_aml *out, u64 fadt_gpa, u64 madt_gpa)
{
	struct xsdt xsdt = {
		.header = header("XSDT", 1),
		.entry = { fadt_gpa, madt_gpa },
	};
	u32 at;

	atoll_aml_align(out, TABLE_ALIGN);
	at = out->len;
	atoll_aml_bytes(out, &xsdt, sizeof(xsdt));
	seal(out, at);
	return at;
}

static void fill_rsdp(u8 *data, u64 xsdt_gpa)
{
	struct rsdp rsdp = {
		.revision = 2,
		.len = sizeof(rsdp),
		.xsdt = xsdt_gpa,
	};

	memcpy(rsdp.signature, "RSD PTR ", sizeof(rsdp.signature));
	memcpy(rsdp.oem_id, OEM_ID, sizeof(rsdp.oem_id));
	rsdp.checksum = checksum(&rsdp, offsetof(struct rsdp, len));
	rsdp.extended_checksum = checksum(&rsdp, sizeof(rsdp));
	memcpy(data, &rsdp, sizeof(rsdp));
}

/**
 * atoll_acpi_build() - make the tables
 * @acpi:	filled in
 * @size:	room in @acpi->data
 * @gpa:	where the guest will find that, a multiple of 64
 * @nr_vcpus:	from 1 on; vCPU n has the APIC ID n
 *
 * All slots for virtio devices are empty.
 *
 * Return: bytes of all tables; more than @size: they don't fit, and @acpi is
 * of no use.
 */
u32 atoll_acpi_build(struct atoll_acpi *acpi, u32 size, u32 gpa, u32 nr_vcpus)
{
	struct atoll_aml out = {
		.data = acpi->data,
		.size = size,
		.len = sizeof(struct rsdp),
	};
	u32 facs, dsdt, fadt, madt, xsdt;

	facs = add_facs(&out);
	dsdt = add_dsdt(&out, acpi);
	fadt = add_fadt(&out, gpa + facs, gpa + dsdt);
	madt = add_madt(&out, nr_vcpus);
	xsdt = add_xsdt(&out, gpa + fadt, gpa + madt);
	if (out.len <= size)
		fill_rsdp(acpi->data, gpa + xsdt);
	acpi->len = out.len;
	return out.len;
}

/**
 * atoll_acpi_occupy() - say that there is a virtio device
 * @acpi:	the tables
 * @slot:	below ATOLL_PC_VIRTIO_SLOTS
 */
void atoll_acpi_occupy(struct atoll_acpi *acpi, u32 slot)
{
	/* Present, enabled, shown, working */
	const u8 there = 0x0f;
	struct atoll_aml dsdt = {
		.data = acpi->data,
		.size = acpi->len,
		.len = acpi->dsdt + acpi->dsdt_len,
	};

	acpi->data[acpi->virtio_sta[slot]] = there;
	seal(&dsdt, acpi->dsdt);
}
