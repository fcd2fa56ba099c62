/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where the PC has its devices.  dev/ claims these ports and lines, boot/ tells
 * the guest of them in the ACPI tables: both must say the same.
 */
#ifndef ATOLL_PC_H
#define ATOLL_PC_H

#define ATOLL_PC_KBC_PORT	0x64	/* the keyboard controller's commands */
#define ATOLL_PC_RTC_PORT	0x70
#define ATOLL_PC_RTC_PORTS	2
#define ATOLL_PC_RTC_IRQ	8
#define ATOLL_PC_SMI_PORT	0xb2
#define ATOLL_PC_COM1_PORT	0x3f8
#define ATOLL_PC_COM1_PORTS	8
#define ATOLL_PC_COM1_IRQ	4
#define ATOLL_PC_PANIC_PORT	0x505
#define ATOLL_PC_RESET_PORT	0xcf9

/* ACPI's fixed hardware: PM1a event, PM1a control, timer */
#define ATOLL_PC_PM_PORT	0x600
#define ATOLL_PC_PM_PORTS	12
#define ATOLL_PC_PM1_EVT	0
#define ATOLL_PC_PM1_CNT	4
#define ATOLL_PC_PM_TMR		8
#define ATOLL_PC_SCI		9

/* What a guest writes to SMI_PORT to take over the power management */
#define ATOLL_PC_ACPI_ENABLE	0xf1
#define ATOLL_PC_ACPI_DISABLE	0xf0
/* and to RESET_PORT to be reset, and to PM1 control as SLP_TYP to power off */
#define ATOLL_PC_RESET_VALUE	0x06
#define ATOLL_PC_S5_TYPE	5

#define ATOLL_PC_LAPIC_GPA	0xfee00000
#define ATOLL_PC_IOAPIC_GPA	0xfec00000
#define ATOLL_PC_PIT_GSI	2	/* where IRQ 0 arrives at the IOAPIC */

#define ATOLL_PC_VIRTIO_SLOTS	8
#define ATOLL_PC_VIRTIO_GPA	0xd0000000
#define ATOLL_PC_VIRTIO_BYTES	0x1000
#define ATOLL_PC_VIRTIO_GSI	16

#endif
