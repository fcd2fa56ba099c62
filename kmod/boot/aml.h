/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ACPI machine language, written term by term.  Pure: bytes into a buffer.
 */
#ifndef ATOLL_BOOT_AML_H
#define ATOLL_BOOT_AML_H

#include <linux/types.h>

/**
 * struct atoll_aml - bytes in the making
 * @data:	where they go
 * @size:	room there is
 * @len:	bytes wanted so far; greater than @size: they didn't fit
 */
struct atoll_aml {
	u8 *data;
	u32 size;
	u32 len;
};

void atoll_aml_bytes(struct atoll_aml *aml, const void *bytes, u32 len);
void atoll_aml_align(struct atoll_aml *aml, u32 align);

u32 atoll_aml_scope(struct atoll_aml *aml, const char *name);
u32 atoll_aml_device(struct atoll_aml *aml, const char *name);
u32 atoll_aml_package(struct atoll_aml *aml, u8 nr);
void atoll_aml_end(struct atoll_aml *aml, u32 begun);

void atoll_aml_name(struct atoll_aml *aml, const char *name);
void atoll_aml_integer(struct atoll_aml *aml, u32 value);
u32 atoll_aml_byte(struct atoll_aml *aml, u8 value);
void atoll_aml_string(struct atoll_aml *aml, const char *string);
void atoll_aml_eisaid(struct atoll_aml *aml, const char *id);

u32 atoll_aml_resources(struct atoll_aml *aml);
void atoll_aml_resources_end(struct atoll_aml *aml, u32 begun);
void atoll_aml_io(struct atoll_aml *aml, u16 port, u8 nr);
void atoll_aml_irq(struct atoll_aml *aml, u32 irq);
void atoll_aml_memory(struct atoll_aml *aml, u32 gpa, u32 len);
void atoll_aml_interrupt(struct atoll_aml *aml, u32 gsi);

#endif
