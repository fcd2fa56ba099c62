// SPDX-License-Identifier: GPL-2.0-only
/*
 * One tree, two looks.  A value is a json-c value that carries its text form
 * with it; text is a walk over the very tree that JSON is printed from.
 *
 * Text knows three layouts: a record (label, value), a table (an array of
 * objects), and a line (an event).  A value that isn't there is null: "-" in
 * a table or line, left out of a record.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "cli.h"

#define LINE_COLUMNS	80

/* Marks an object whose text is "key=value key=value", several to a line */
static const char packed_mark[] = "packed";
/* Marks an array whose words are lines of text */
static const char lines_mark[] = "lines";

struct json_object *out_object_new(void)
{
	return must(json_object_new_object());
}

struct json_object *out_array_new(void)
{
	return must(json_object_new_array());
}

static struct json_object *add(struct json_object *parent, const char *key,
			       struct json_object *child)
{
	if (json_object_object_add(parent, key, child))
		must(NULL);
	return child;
}

static struct json_object *append(struct json_object *array,
				  struct json_object *child)
{
	if (json_object_array_add(array, child))
		must(NULL);
	return child;
}

struct json_object *out_object(struct json_object *parent, const char *key)
{
	return add(parent, key, out_object_new());
}

/**
 * out_packed() - an object of many short values
 */
struct json_object *out_packed(struct json_object *parent, const char *key)
{
	struct json_object *child = out_object(parent, key);

	json_object_set_userdata(child, (void *)packed_mark, NULL);
	return child;
}

struct json_object *out_array(struct json_object *parent, const char *key)
{
	return add(parent, key, out_array_new());
}

/**
 * out_lines() - an array of words that are lines
 */
struct json_object *out_lines(struct json_object *parent, const char *key)
{
	struct json_object *child = out_array(parent, key);

	json_object_set_userdata(child, (void *)lines_mark, NULL);
	return child;
}

struct json_object *out_row(struct json_object *array)
{
	return append(array, out_object_new());
}

void out_null(struct json_object *object, const char *key)
{
	add(object, key, NULL);
}

void out_string(struct json_object *object, const char *key, const char *value)
{
	add(object, key, must(json_object_new_string(value)));
}

void out_word(struct json_object *array, const char *value)
{
	append(array, must(json_object_new_string(value)));
}

void out_number(struct json_object *object, const char *key, u64 value)
{
	add(object, key, must(json_object_new_uint64(value)));
}

static void add_shown(struct json_object *object, const char *key,
		      u64 value, const char *text)
{
	struct json_object *number = must(json_object_new_uint64(value));

	json_object_set_userdata(number, must(strdup(text)),
				 json_object_free_userdata);
	add(object, key, number);
}

/**
 * out_size() - bytes as people write them
 *
 * Exact, and in a form that the options take back: 16M, 1536K, 4097.
 */
void out_size(u64 bytes, char *text, size_t len)
{
	static const char units[] = "KMG";
	u64 count = bytes;
	const char *unit = "";
	size_t i;

	for (i = 0; i < strlen(units) && count && count % 1024 == 0; i++) {
		count /= 1024;
		unit = &units[i];
	}
	snprintf(text, len, "%llu%.1s", count, unit);
}

void out_bytes(struct json_object *object, const char *key, u64 bytes)
{
	char text[32];

	out_size(bytes, text, sizeof(text));
	add_shown(object, key, bytes, text);
}

void out_ns(struct json_object *object, const char *key, u64 ns)
{
	u64 ms = ns / 1000000;
	u64 s = ms / 1000;
	char text[48];

	if (s < 60)
		snprintf(text, sizeof(text), "%llu.%03llus", s, ms % 1000);
	else if (s < 3600)
		snprintf(text, sizeof(text), "%llum%02llus", s / 60, s % 60);
	else
		snprintf(text, sizeof(text), "%lluh%02llum", s / 3600, s / 60 % 60);
	add_shown(object, key, ns, text);
}

/* A string in JSON: a register does not fit a JavaScript number */
void out_hex(struct json_object *object, const char *key, u64 value,
	     int digits)
{
	char text[32];

	snprintf(text, sizeof(text), "0x%0*llx", digits, value);
	out_string(object, key, text);
}

static const char *text_of(struct json_object *value)
{
	const char *shown;

	if (!value)
		return "-";
	shown = json_object_get_userdata(value);
	return shown ? shown : json_object_get_string(value);
}

/* What an array of words or a small object looks like in one cell */
static char *joined(struct json_object *value)
{
	const char *between = "";
	size_t len, i;
	char *text;
	FILE *to = must(open_memstream(&text, &len));

	if (json_object_is_type(value, json_type_object)) {
		json_object_object_foreach(value, key, member) {
			fprintf(to, "%s%s %s", between, key, text_of(member));
			between = ", ";
		}
	} else {
		for (i = 0; i < json_object_array_length(value); i++) {
			fprintf(to, "%s%s", between,
				text_of(json_object_array_get_idx(value, i)));
			between = " ";
		}
	}
	if (!*between)
		fputc('-', to);
	fclose(to);
	return must(text);
}

static char *cell(struct json_object *value)
{
	if (json_object_is_type(value, json_type_object) ||
	    json_object_is_type(value, json_type_array))
		return joined(value);
	return must(strdup(text_of(value)));
}

/* The key without its unit: text values carry theirs */
static int label_len(const char *key)
{
	static const char * const units[] = { "_bytes", "_ns" };
	size_t len = strlen(key);
	size_t i, unit;

	for (i = 0; i < 2; i++) {
		unit = strlen(units[i]);
		if (len > unit && !strcmp(key + len - unit, units[i]))
			return len - unit;
	}
	return len;
}

static void print_blanks(int nr)
{
	while (nr-- > 0)
		putchar(' ');
}

static void print_label(const char *key, int width)
{
	int len = label_len(key);
	int i;

	for (i = 0; i < len; i++)
		putchar(key[i] == '_' ? ' ' : key[i]);
	print_blanks(width - len);
}

static void print_heading(const char *key, int width)
{
	int len = label_len(key);
	int i;

	for (i = 0; i < len; i++)
		putchar(toupper((unsigned char)key[i]));
	print_blanks(width - len);
}

static int is_table(struct json_object *value)
{
	return json_object_is_type(value, json_type_array) &&
	       json_object_is_type(json_object_array_get_idx(value, 0),
				   json_type_object);
}

static void table_widths(struct json_object *rows, int *widths)
{
	size_t i, column;
	char *text;
	int width;

	for (i = 0; i < json_object_array_length(rows); i++) {
		column = 0;
		json_object_object_foreach(json_object_array_get_idx(rows, i),
					   key, value) {
			text = cell(value);
			width = strlen(text);
			free(text);
			if (width < label_len(key))
				width = label_len(key);
			if (width > widths[column])
				widths[column] = width;
			column++;
		}
	}
}

/* Every row has the same keys; the last column is not padded */
static void print_row(struct json_object *row, const int *widths, int indent)
{
	size_t last = json_object_object_length(row) - 1;
	size_t column = 0;
	char *text;

	print_blanks(indent);
	json_object_object_foreach(row, key, value) {
		(void)key;
		text = cell(value);
		if (column == last)
			printf("%s", text);
		else
			printf("%-*s  ", widths[column], text);
		free(text);
		column++;
	}
	putchar('\n');
}

static void print_table(struct json_object *rows, int indent)
{
	struct json_object *first = json_object_array_get_idx(rows, 0);
	size_t last, column = 0;
	int *widths;
	size_t i;

	if (!first)
		return;
	last = json_object_object_length(first) - 1;
	widths = must(calloc(last + 1, sizeof(*widths)));
	table_widths(rows, widths);
	print_blanks(indent);
	json_object_object_foreach(first, key, value) {
		(void)value;
		print_heading(key, column == last ? 0 : widths[column] + 2);
		column++;
	}
	putchar('\n');
	for (i = 0; i < json_object_array_length(rows); i++)
		print_row(json_object_array_get_idx(rows, i), widths, indent);
	free(widths);
}

static void print_packed(struct json_object *object, int indent)
{
	int column = 0;
	int width = 0;
	int pad = indent;
	int len;

	json_object_object_foreach(object, key, value) {
		len = strlen(key) + strlen("=") + strlen(text_of(value));
		if (len > width)
			width = len;
	}
	json_object_object_foreach(object, name, member) {
		if (column && column + 1 + width > LINE_COLUMNS) {
			putchar('\n');
			column = 0;
			pad = indent;
		}
		print_blanks(pad);
		column += pad + width;
		pad = width + 1 - printf("%s=%s", name, text_of(member));
	}
	putchar('\n');
}

static void print_lines(struct json_object *lines, int indent)
{
	size_t i;

	for (i = 0; i < json_object_array_length(lines); i++) {
		print_blanks(indent);
		printf("%s\n", text_of(json_object_array_get_idx(lines, i)));
	}
}

static int is_lines(struct json_object *value)
{
	return value && json_object_get_userdata(value) == lines_mark;
}

static void print_record(struct json_object *object, int indent);

static void print_member(const char *key, struct json_object *value, int width,
			 int indent)
{
	char *text;

	if (is_lines(value) && !json_object_array_length(value))
		return;
	print_blanks(indent);
	if (json_object_is_type(value, json_type_object) || is_table(value) ||
	    is_lines(value)) {
		print_label(key, 0);
		putchar('\n');
		if (is_lines(value))
			print_lines(value, indent + 2);
		else if (is_table(value))
			print_table(value, indent + 2);
		else if (json_object_get_userdata(value) == packed_mark)
			print_packed(value, indent + 2);
		else
			print_record(value, indent + 2);
		return;
	}
	text = cell(value);
	print_label(key, width);
	printf("  %s\n", text);
	free(text);
}

static void print_record(struct json_object *object, int indent)
{
	int width = 0;

	json_object_object_foreach(object, key, value) {
		if (value && !json_object_is_type(value, json_type_object) &&
		    !is_table(value) && label_len(key) > width)
			width = label_len(key);
	}
	json_object_object_foreach(object, name, member) {
		if (member)
			print_member(name, member, width, indent);
	}
}

static void print_json(struct json_object *tree)
{
	puts(json_object_to_json_string_ext(tree,
					    JSON_C_TO_STRING_PRETTY |
					    JSON_C_TO_STRING_SPACED |
					    JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(tree);
}

/**
 * out_print() - show a tree on stdout, and free it
 * @tree: an object is a record, an array of objects a table
 */
void out_print(struct json_object *tree, enum out_format format)
{
	if (format == OUT_JSON) {
		print_json(tree);
		return;
	}
	if (json_object_is_type(tree, json_type_object))
		print_record(tree, 0);
	else
		print_table(tree, 0);
	json_object_put(tree);
}

/**
 * out_print_records() - show an array as records, not as a table, and free it
 */
void out_print_records(struct json_object *records, enum out_format format)
{
	size_t i;

	if (format == OUT_JSON) {
		print_json(records);
		return;
	}
	for (i = 0; i < json_object_array_length(records); i++) {
		if (i)
			putchar('\n');
		print_record(json_object_array_get_idx(records, i), 0);
	}
	json_object_put(records);
}

/**
 * out_line() - show an object in one line, at once, and free it
 *
 * Its last value may hold blanks; a reader splits the others off first.
 */
void out_line(FILE *to, struct json_object *object, enum out_format format)
{
	const char *between = "";
	char *text;

	if (format == OUT_JSON) {
		fputs(json_object_to_json_string_ext(object,
						     JSON_C_TO_STRING_NOSLASHESCAPE),
		      to);
	} else {
		json_object_object_foreach(object, key, value) {
			(void)key;
			text = cell(value);
			fprintf(to, "%s%s", between, text);
			free(text);
			between = " ";
		}
	}
	fputc('\n', to);
	fflush(to);
	json_object_put(object);
}
