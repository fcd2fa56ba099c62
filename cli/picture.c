// SPDX-License-Identifier: GPL-2.0-only
/*
 * A picture of memory, painted in cells, and shown in letters or as SVG.  Letters
 * alone carry it: it reads the same without colour, and in a pipe.
 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "map.h"

/* Pixels of SVG: a cell, and what is left of the first one of a row for its address */
#define CELL	10
#define MARGIN	130
#define LINE	18

/* Rows are painted in any order, but mostly at the end */
static struct picture_row *row_at(struct picture *picture, u64 addr)
{
	size_t at = picture->nr_rows;

	while (at && picture->rows[at - 1].addr > addr)
		at--;
	if (at && picture->rows[at - 1].addr == addr)
		return &picture->rows[at - 1];
	picture->rows = must(reallocarray(picture->rows, picture->nr_rows + 1,
					  sizeof(*picture->rows)));
	memmove(&picture->rows[at + 1], &picture->rows[at],
		(picture->nr_rows - at) * sizeof(*picture->rows));
	memset(&picture->rows[at], 0, sizeof(*picture->rows));
	picture->rows[at].addr = addr;
	picture->nr_rows++;
	return &picture->rows[at];
}

/**
 * picture_paint() - say what is somewhere
 * @addr: first byte
 * @len: bytes, more than 0
 * @kind: number of the kind
 */
void picture_paint(struct picture *picture, u64 addr, u64 len, size_t kind)
{
	u64 cell, last = (addr + len - 1) / picture->unit, at;
	struct picture_row *row = NULL;
	unsigned char *is;

	for (cell = addr / picture->unit; cell <= last; cell++) {
		at = cell % PICTURE_COLUMNS;
		if (!row || !at)
			row = row_at(picture, (cell - at) * picture->unit);
		is = &row->kind[at];
		if (!*is || *is > kind + 1)
			*is = kind + 1;
	}
	picture->kinds[kind].bytes += len;
}

static char letter_of(const struct picture *picture, unsigned char kind)
{
	return kind ? picture->kinds[kind - 1].letter : ' ';
}

static size_t row_len(const struct picture_row *row)
{
	size_t len = PICTURE_COLUMNS;

	while (len && !row->kind[len - 1])
		len--;
	return len;
}

void picture_print(const struct picture *picture)
{
	const struct kind *kind;
	char size[32];
	size_t i, at;

	printf("%s\n\n", picture->title);
	for (i = 0; i < picture->nr_rows; i++) {
		printf("0x%011llx  ", picture->rows[i].addr);
		for (at = 0; at < row_len(&picture->rows[i]); at++)
			putchar(letter_of(picture, picture->rows[i].kind[at]));
		putchar('\n');
	}
	out_size(picture->unit, size, sizeof(size));
	printf("\nA letter is %s, and the first of these that is there:\n", size);
	for (kind = picture->kinds; kind < picture->kinds + picture->nr_kinds; kind++) {
		if (!kind->bytes)
			continue;
		out_size(kind->bytes, size, sizeof(size));
		printf("  %c  %-8s %s\n", kind->letter, size, kind->label);
	}
}

static void svg_text(FILE *to, int x, int y, const char *text)
{
	fprintf(to, "<text x=\"%d\" y=\"%d\">%s</text>\n", x, y, text);
}

static void svg_box(FILE *to, int x, int y, size_t cells, const struct kind *kind)
{
	fprintf(to, "<rect x=\"%d\" y=\"%d\" width=\"%zu\" height=\"%d\" fill=\"%s\"/>\n",
		x, y, cells * CELL, CELL, kind->colour);
}

/* Cells that are alike and side by side are one box */
static void svg_row(const struct picture *picture, const struct picture_row *row, int y, FILE *to)
{
	size_t at, end;
	char text[32];

	snprintf(text, sizeof(text), "0x%011llx", row->addr);
	svg_text(to, CELL, y + CELL - 1, text);
	for (at = 0; at < PICTURE_COLUMNS; at = end) {
		for (end = at + 1; end < PICTURE_COLUMNS && row->kind[end] == row->kind[at]; end++)
			;
		if (row->kind[at])
			svg_box(to, MARGIN + at * CELL, y, end - at,
				&picture->kinds[row->kind[at] - 1]);
	}
}

/**
 * picture_svg() - write an SVG file that needs nothing beside it
 * @to: open for writing
 *
 * Nothing in a picture's words needs to be escaped: guests' names have letters,
 * digits, dots, underscores and hyphens.
 */
void picture_svg(const struct picture *picture, FILE *to)
{
	int width = MARGIN + PICTURE_COLUMNS * CELL + CELL, y = 3 * LINE;
	int height = y + picture->nr_rows * (CELL + 2) + (picture->nr_kinds + 3) * LINE;
	const struct kind *kind;
	char size[32], text[160];
	size_t i;

	fprintf(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" "
		"viewBox=\"0 0 %d %d\" font-family=\"monospace\" font-size=\"11\">\n"
		"<title>%s</title>\n<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n",
		width, height, width, height, picture->title);
	svg_text(to, CELL, LINE, picture->title);
	for (i = 0; i < picture->nr_rows; i++, y += CELL + 2)
		svg_row(picture, &picture->rows[i], y, to);
	out_size(picture->unit, size, sizeof(size));
	snprintf(text, sizeof(text), "A box is %s, and the first of these that is there:", size);
	y += 2 * LINE;
	svg_text(to, CELL, y, text);
	for (kind = picture->kinds; kind < picture->kinds + picture->nr_kinds; kind++) {
		if (!kind->bytes)
			continue;
		y += LINE;
		svg_box(to, CELL, y - CELL, 1, kind);
		out_size(kind->bytes, size, sizeof(size));
		snprintf(text, sizeof(text), "%s %s", size, kind->label);
		svg_text(to, 3 * CELL, y, text);
	}
	fputs("</svg>\n", to);
}

void picture_free(struct picture *picture)
{
	free(picture->rows);
	picture->rows = NULL;
	picture->nr_rows = 0;
}
