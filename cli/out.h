/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Data on its way to the user.  A verb builds one tree with out_*() calls;
 * out_print() shows that tree as text or as JSON, so that the two can't
 * drift apart.
 *
 * A key ending in _bytes or _ns says the unit of the JSON number; text drops
 * the ending, since its values carry their unit.
 */
#ifndef ATOLL_OUT_H
#define ATOLL_OUT_H

#include "types.h"
#include <stdio.h>

struct json_object;

enum out_format { OUT_TEXT, OUT_JSON };

struct json_object *out_object_new(void);
struct json_object *out_array_new(void);
struct json_object *out_object(struct json_object *parent, const char *key);
struct json_object *out_packed(struct json_object *parent, const char *key);
struct json_object *out_array(struct json_object *parent, const char *key);
struct json_object *out_lines(struct json_object *parent, const char *key);
struct json_object *out_row(struct json_object *array);

void out_null(struct json_object *object, const char *key);
void out_string(struct json_object *object, const char *key, const char *value);
void out_number(struct json_object *object, const char *key, u64 value);
void out_bytes(struct json_object *object, const char *key, u64 bytes);
void out_ns(struct json_object *object, const char *key, u64 ns);
void out_hex(struct json_object *object, const char *key, u64 value,
	     int digits);
void out_size(u64 bytes, char *text, size_t len);
void out_word(struct json_object *array, const char *value);

void out_print(struct json_object *tree, enum out_format format);
void out_print_records(struct json_object *records, enum out_format format);
void out_line(FILE *to, struct json_object *object, enum out_format format);

#endif
