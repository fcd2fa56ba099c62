/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Machine code and what it means, for the decoder's suite.
 */
#ifndef INSN_ENCODINGS_H
#define INSN_ENCODINGS_H

#include <linux/types.h>

/**
 * struct encoding - one instruction
 * @bits:	mode: 16, 32 or 64
 * @len:	of @bytes
 * @bytes:	no more and no less than the instruction
 * @meaning:	as GNU objdump -M intel says it, without "PTR", always with
 *		the segment
 */
struct encoding {
	u8 bits;
	u8 len;
	const char *bytes;
	const char *meaning;
};

#define ENCODING(bits, bytes, meaning) \
	{ bits, sizeof(bytes) - 1, bytes, meaning }

extern const struct encoding encodings[];
extern const size_t nr_encodings;

#endif
