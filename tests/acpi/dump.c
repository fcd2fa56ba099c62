// SPDX-License-Identifier: GPL-2.0-only
/*
 * dump DIRECTORY NR_VCPUS [SLOT...]: the ACPI tables of a guest, made by the
 * module's own sources, each in a file of its name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "boot/acpi.h"

#define GPA	0xe0000
#define SIZE	(64 * 1024)

static void save(const char *dir, const char *name, const u8 *data, u32 len)
{
	char path[512];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%.4s.dat", dir, name);
	file = fopen(path, "w");
	if (!file || fwrite(data, 1, len, file) != len || fclose(file)) {
		perror(path);
		exit(1);
	}
}

static u64 load(const u8 *data, u32 len)
{
	u64 value = 0;

	memcpy(&value, data, len);
	return value;
}

/* Follow the pointers as a guest does */
static u32 save_at(const char *dir, const u8 *data, u64 gpa)
{
	u32 at = gpa - GPA;

	save(dir, (const char *)data + at, data + at, load(data + at + 4, 4));
	return at;
}

int main(int argc, char **argv)
{
	struct atoll_acpi *acpi = calloc(1, sizeof(*acpi) + SIZE);
	u32 xsdt, fadt;
	int i;

	if (argc < 3 || !acpi || atoll_acpi_build(acpi, SIZE, GPA, atoi(argv[2])) > SIZE)
		return 2;
	for (i = 3; i < argc; i++)
		atoll_acpi_occupy(acpi, atoi(argv[i]));
	save(argv[1], "RSDP", acpi->data, 36);
	xsdt = save_at(argv[1], acpi->data, load(acpi->data + 24, 8));
	fadt = save_at(argv[1], acpi->data, load(acpi->data + xsdt + 36, 8));
	save_at(argv[1], acpi->data, load(acpi->data + xsdt + 44, 8));
	save_at(argv[1], acpi->data, load(acpi->data + fadt + 36, 4));
	save_at(argv[1], acpi->data, load(acpi->data + fadt + 140, 8));
	free(acpi);
	return 0;
}
