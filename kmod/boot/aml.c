// SPDX-License-Identifier: GPL-2.0-only
/*
 * ACPI machine language, written term by term: ACPI specification 6.4,
 * "ACPI Machine Language (AML) Specification" and "Resource Data Types for
 * ACPI".  acpi_tables.c writes the DSDT with it.  What doesn't fit is counted
 * and dropped, so that only the end needs a look.
 *
 * Terms that hold others are begun and ended: the length is filled in then, in
 * three bytes however small it is.
 */
#include <linux/string.h>

#include "aml.h"

#define NAME_OP		0x08
#define BYTE_PREFIX	0x0a
#define WORD_PREFIX	0x0b
#define DWORD_PREFIX	0x0c
#define STRING_PREFIX	0x0d
#define SCOPE_OP	0x10
#define BUFFER_OP	0x11
#define PACKAGE_OP	0x12
#define EXT_PREFIX	0x5b
#define DEVICE_OP	0x82
#define ROOT_CHAR	'\\'
#define NAME_LEN	4

#define LENGTH_BYTES	3		/* that a PkgLength has here */
#define WORD_BYTES	3		/* a WordConst with its prefix */

#define IO_TAG		0x47
#define IO_DECODE16	0x01
#define IRQ_TAG		0x22
#define END_TAG		0x79
#define MEMORY32_TAG	0x86
#define MEMORY_WRITABLE	0x01
#define INTERRUPT_TAG	0x89
#define INTERRUPT_CONSUMER 0x01		/* else 0: level, high, exclusive */

/**
 * atoll_aml_bytes() - write bytes as they are
 * @aml:	to here
 * @bytes:	from here
 * @len:	so many
 */
void atoll_aml_bytes(struct atoll_aml *aml, const void *bytes, u32 len)
{
	if (aml->len <= aml->size && len <= aml->size - aml->len)
		memcpy(aml->data + aml->len, bytes, len);
	aml->len += len;
}

static void put(struct atoll_aml *aml, u8 byte)
{
	atoll_aml_bytes(aml, &byte, 1);
}

/* The @nr lowest bytes of @value, the lowest first */
static void put_le(struct atoll_aml *aml, u32 value, u32 nr)
{
	for (; nr; nr--, value >>= 8)
		put(aml, value);
}

/**
 * atoll_aml_align() - write zeroes up to a boundary
 * @aml:	to here
 * @align:	a power of 2
 */
void atoll_aml_align(struct atoll_aml *aml, u32 align)
{
	while (aml->len & (align - 1))
		put(aml, 0);
}

/* Up to four characters, with a root or not */
static void put_name(struct atoll_aml *aml, const char *name)
{
	u32 i;

	if (*name == ROOT_CHAR)
		put(aml, *name++);
	for (i = 0; i < NAME_LEN; i++)
		put(aml, *name ? *name++ : '_');
}

static u32 begin(struct atoll_aml *aml)
{
	u32 at = aml->len;

	put_le(aml, 0, LENGTH_BYTES);
	return at;
}

/**
 * atoll_aml_end() - what was begun ends here
 * @aml:	to here
 * @begun:	from atoll_aml_scope(), atoll_aml_device(), atoll_aml_package()
 */
void atoll_aml_end(struct atoll_aml *aml, u32 begun)
{
	u32 len = aml->len - begun;

	if (aml->len > aml->size)
		return;
	/* "Package Length Encoding": two bytes follow, the first has 4 bits */
	aml->data[begun] = 2 << 6 | (len & 0xf);
	aml->data[begun + 1] = len >> 4;
	aml->data[begun + 2] = len >> 12;
}

/**
 * atoll_aml_scope() - begin a scope
 * @aml:	to here
 * @name:	of an object that exists
 *
 * Return: for atoll_aml_end().
 */
u32 atoll_aml_scope(struct atoll_aml *aml, const char *name)
{
	u32 at;

	put(aml, SCOPE_OP);
	at = begin(aml);
	put_name(aml, name);
	return at;
}

/**
 * atoll_aml_device() - begin a device
 * @aml:	to here
 * @name:	its name
 *
 * Return: for atoll_aml_end().
 */
u32 atoll_aml_device(struct atoll_aml *aml, const char *name)
{
	u32 at;

	put(aml, EXT_PREFIX);
	put(aml, DEVICE_OP);
	at = begin(aml);
	put_name(aml, name);
	return at;
}

/**
 * atoll_aml_package() - begin a package
 * @aml:	to here
 * @nr:		elements that follow
 *
 * Return: for atoll_aml_end().
 */
u32 atoll_aml_package(struct atoll_aml *aml, u8 nr)
{
	u32 at;

	put(aml, PACKAGE_OP);
	at = begin(aml);
	put(aml, nr);
	return at;
}

/**
 * atoll_aml_name() - name the object that follows
 * @aml:	to here
 * @name:	its name
 */
void atoll_aml_name(struct atoll_aml *aml, const char *name)
{
	put(aml, NAME_OP);
	put_name(aml, name);
}

/**
 * atoll_aml_integer() - write an integer in the shortest form
 * @aml:	to here
 * @value:	it
 */
void atoll_aml_integer(struct atoll_aml *aml, u32 value)
{
	if (value <= 1) {
		/* ZeroOp, OneOp */
		put(aml, value);
	} else if (value <= 0xff) {
		put(aml, BYTE_PREFIX);
		put_le(aml, value, 1);
	} else if (value <= 0xffff) {
		put(aml, WORD_PREFIX);
		put_le(aml, value, 2);
	} else {
		put(aml, DWORD_PREFIX);
		put_le(aml, value, 4);
	}
}

/**
 * atoll_aml_byte() - write an integer whose value may be changed afterwards
 * @aml:	to here
 * @value:	it
 *
 * Return: where the value lies.
 */
u32 atoll_aml_byte(struct atoll_aml *aml, u8 value)
{
	put(aml, BYTE_PREFIX);
	put(aml, value);
	return aml->len - 1;
}

/**
 * atoll_aml_string() - write a string
 * @aml:	to here
 * @string:	ASCII
 */
void atoll_aml_string(struct atoll_aml *aml, const char *string)
{
	put(aml, STRING_PREFIX);
	atoll_aml_bytes(aml, string, strlen(string) + 1);
}

static u32 hex_digit(char c)
{
	return c <= '9' ? c - '0' : c - 'A' + 10;
}

/**
 * atoll_aml_eisaid() - write an EISA ID: an integer with the bytes turned round
 * @aml:	to here
 * @id:		three capitals and four hexadecimal digits
 */
void atoll_aml_eisaid(struct atoll_aml *aml, const char *id)
{
	u32 vendor = (id[0] & 0x1f) << 10 | (id[1] & 0x1f) << 5 | (id[2] & 0x1f);

	put(aml, DWORD_PREFIX);
	put(aml, vendor >> 8);
	put(aml, vendor);
	put(aml, hex_digit(id[3]) << 4 | hex_digit(id[4]));
	put(aml, hex_digit(id[5]) << 4 | hex_digit(id[6]));
}

/**
 * atoll_aml_resources() - begin a buffer of resource descriptors
 * @aml:	to here
 *
 * Return: for atoll_aml_resources_end().
 */
u32 atoll_aml_resources(struct atoll_aml *aml)
{
	u32 at;

	put(aml, BUFFER_OP);
	at = begin(aml);
	put(aml, WORD_PREFIX);
	put_le(aml, 0, 2);
	return at;
}

/**
 * atoll_aml_resources_end() - there are no more of them
 * @aml:	to here
 * @begun:	from atoll_aml_resources()
 */
void atoll_aml_resources_end(struct atoll_aml *aml, u32 begun)
{
	u32 size_at = begun + LENGTH_BYTES + 1;
	u32 len;

	/* "End Tag": 0 for the checksum means that there is none */
	put(aml, END_TAG);
	put(aml, 0);
	len = aml->len - begun - LENGTH_BYTES - WORD_BYTES;
	if (aml->len <= aml->size) {
		aml->data[size_at] = len;
		aml->data[size_at + 1] = len >> 8;
	}
	atoll_aml_end(aml, begun);
}

/**
 * atoll_aml_io() - a resource: ports
 * @aml:	to here
 * @port:	the first
 * @nr:		how many
 */
void atoll_aml_io(struct atoll_aml *aml, u16 port, u8 nr)
{
	put(aml, IO_TAG);
	put(aml, IO_DECODE16);
	put_le(aml, port, 2);
	put_le(aml, port, 2);
	put(aml, 1);
	put(aml, nr);
}

/**
 * atoll_aml_irq() - a resource: an edge-triggered interrupt of the PC
 * @aml:	to here
 * @irq:	0 to 15
 */
void atoll_aml_irq(struct atoll_aml *aml, u32 irq)
{
	put(aml, IRQ_TAG);
	put_le(aml, 1U << irq, 2);
}

/**
 * atoll_aml_memory() - a resource: physical addresses
 * @aml:	to here
 * @gpa:	the first
 * @len:	how many
 */
void atoll_aml_memory(struct atoll_aml *aml, u32 gpa, u32 len)
{
	put(aml, MEMORY32_TAG);
	put_le(aml, 9, 2);
	put(aml, MEMORY_WRITABLE);
	put_le(aml, gpa, 4);
	put_le(aml, len, 4);
}

/**
 * atoll_aml_interrupt() - a resource: a level-triggered, active-high interrupt
 * @aml:	to here
 * @gsi:	its number
 */
void atoll_aml_interrupt(struct atoll_aml *aml, u32 gsi)
{
	put(aml, INTERRUPT_TAG);
	put_le(aml, 6, 2);
	put(aml, INTERRUPT_CONSUMER);
	put(aml, 1);
	put_le(aml, gsi, 4);
}
