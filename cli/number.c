// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers that a user types: decimal, or hexadecimal after 0x; no sign, no
 * blank, no octal, no fraction.  Lists are as taskset -c has them.  Sizes may
 * end in K, M or G, powers of 1024.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* Returns what follows the digits, NULL if there are none or too many */
static const char *digits(const char *text, u64 *value)
{
	int base = 10;
	char *end;

	if (text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
		base = 16;
		text += 2;
	}
	/* strtoull() would take blanks, a sign, or a second 0x */
	if (!isxdigit((unsigned char)text[0]) ||
	    (base == 16 && (text[1] == 'x' || text[1] == 'X')))
		return NULL;
	errno = 0;
	*value = strtoull(text, &end, base);
	if (errno || end == text)
		return NULL;
	return end;
}

int number_parse(const char *text, u64 *value)
{
	const char *end = digits(text, value);

	return end && !*end ? 0 : -1;
}

int number_parse_u32(const char *text, u32 *value)
{
	u64 wide;

	if (number_parse(text, &wide) || wide > UINT32_MAX)
		return -1;
	*value = wide;
	return 0;
}

/* "3" or "3-5", up to a comma or the end; returns that, or NULL */
static const char *range(const char *text, u64 *first, u64 *last)
{
	const char *end = digits(text, first);

	*last = *first;
	if (end && *end == '-')
		end = digits(end + 1, last);
	if (!end || (*end && *end != ',') || *last < *first || *last > UINT32_MAX)
		return NULL;
	return end;
}

/**
 * list_parse() - numbers and ranges of them, such as "0,2-3"
 * @max: how many @numbers has room for
 *
 * Return: 0, -1 if it is no such list, 1 if it is longer than @max.
 */
int list_parse(const char *text, u32 *numbers, size_t max, size_t *count)
{
	u64 number, last;

	*count = 0;
	for (;;) {
		text = range(text, &number, &last);
		if (!text)
			return -1;
		for (; number <= last; number++) {
			if (*count == max)
				return 1;
			numbers[(*count)++] = number;
		}
		if (!*text++)
			return 0;
	}
}

int size_parse(const char *text, u64 *bytes)
{
	const char *end = digits(text, bytes);
	unsigned int shift = 0;

	if (!end)
		return -1;
	switch (*end) {
	case 'k': case 'K':
		shift = 10;
		break;
	case 'm': case 'M':
		shift = 20;
		break;
	case 'g': case 'G':
		shift = 30;
		break;
	}
	if (shift)
		end++;
	if (*end || *bytes > UINT64_MAX >> shift)
		return -1;
	*bytes <<= shift;
	return 0;
}
