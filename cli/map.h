/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A picture of memory in cells, a letter each, for the terminal and as SVG: what
 * `map` draws.  cmd_map.c fills it in, picture.c shows it.
 */
#ifndef ATOLL_MAP_H
#define ATOLL_MAP_H

#include <stdio.h>

#include "types.h"

#define PICTURE_COLUMNS	64
#define PICTURE_KINDS	64

/**
 * struct kind - what a letter stands for
 * @letter:	in the picture
 * @label:	in words
 * @colour:	of SVG
 * @bytes:	how much there is of it
 */
struct kind {
	char letter;
	char label[96];
	const char *colour;
	u64 bytes;
};

/**
 * struct picture - memory in rows of PICTURE_COLUMNS cells
 * @title:	what it is a picture of
 * @unit:	bytes of a cell
 * @kinds:	where a cell is of several, the first of them is shown
 * @rows:	by ascending address
 */
struct picture {
	char title[160];
	u64 unit;
	struct kind kinds[PICTURE_KINDS];
	size_t nr_kinds;
	struct picture_row {
		u64 addr;
		unsigned char kind[PICTURE_COLUMNS];	/* its number + 1, 0: nothing is there */
	} *rows;
	size_t nr_rows;
};

void picture_paint(struct picture *picture, u64 addr, u64 len, size_t kind);
void picture_print(const struct picture *picture);
void picture_svg(const struct picture *picture, FILE *to);
void picture_free(struct picture *picture);

#endif
