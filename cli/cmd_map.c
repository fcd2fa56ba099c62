// SPDX-License-Identifier: GPL-2.0-only
/*
 * map: where guests' memory lies, as a picture.  Of one guest: its own addresses,
 * and what is taken, hot or cold, in pages of which size.  Of all: the host's
 * addresses, and whose they are.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <json-c/json.h>

#include "cli.h"
#include "map.h"
#include "nl.h"

/* A terminal's height, about */
#define ROWS_MAX	32
#define EXTENT		(2ULL << 20)

const struct option map_options[] = {
	{ "svg", "FILE", "write the picture there, as SVG" },
	{ NULL }
};

/* A guest of which there is a map */
struct mapped {
	char name[ATOLL_NAME_MAX + 1];
	u64 memory;
	u64 resident;
	struct memory_map map;
};

struct mapped_all {
	struct mapped *guests;
	size_t nr;
};

static const char * const state_names[] = {
	[RUN_UNTAKEN] = "untaken",
	[RUN_SHARED] = "shared",
	[RUN_HELD] = "held",
	[RUN_COLD] = "cold",
	[RUN_HOT] = "hot",
};

static u64 sum(const struct memory_map *map, enum run_state state)
{
	u64 bytes = 0;
	size_t i;

	for (i = 0; i < map->nr; i++)
		if (map->runs[i].state == state)
			bytes += map->runs[i].len;
	return bytes;
}

static void add_run_row(struct json_object *rows, const struct memory_run *run)
{
	struct json_object *row = out_row(rows);

	out_hex(row, "gpa", run->gpa, 11);
	out_bytes(row, "len_bytes", run->len);
	out_string(row, "state", state_names[run->state]);
	if (run->state == RUN_UNTAKEN) {
		out_null(row, "page_bytes");
		out_null(row, "host");
		return;
	}
	out_bytes(row, "page_bytes", run->page);
	if (run->state == RUN_SHARED)
		out_null(row, "host");
	else
		out_hex(row, "host", run->host, 11);
}

static void fill_json(struct json_object *object, const struct mapped *guest)
{
	struct json_object *rows;
	size_t i;

	out_string(object, "name", guest->name);
	out_bytes(object, "memory_bytes", guest->memory);
	out_bytes(object, "resident_bytes", guest->resident);
	out_bytes(object, "shared_bytes", sum(&guest->map, RUN_SHARED));
	out_bytes(object, "hot_bytes", sum(&guest->map, RUN_HOT));
	out_bytes(object, "cold_bytes", sum(&guest->map, RUN_COLD));
	rows = out_array(object, "runs");
	for (i = 0; i < guest->map.nr; i++)
		add_run_row(rows, &guest->map.runs[i]);
}

/* ---- one guest ------------------------------------------------------------ */

/* In the order in which they win a cell; as many for each state, by page size */
static const struct {
	enum run_state state;
	u64 page;
	char letter;
	const char *label;
	const char *colour;
} guest_kinds[] = {
	{ RUN_HOT, 1 << 12, 'K', "hot: touched since the last look, in pages of 4K", "#e7298a" },
	{ RUN_HOT, 1 << 21, 'M', "hot: touched since the last look, in pages of 2M", "#d7301f" },
	{ RUN_HOT, 1 << 30, 'G', "hot: touched since the last look, in pages of 1G", "#7f0000" },
	{ RUN_COLD, 1 << 12, 'k', "cold, in pages of 4K", "#9ecae1" },
	{ RUN_COLD, 1 << 21, 'm', "cold, in pages of 2M", "#3182bd" },
	{ RUN_COLD, 1 << 30, 'g', "cold, in pages of 1G", "#08306b" },
	{ RUN_HELD, 1 << 12, 'k', "held, in pages of 4K", "#bdbdbd" },
	{ RUN_HELD, 1 << 21, 'm', "held, in pages of 2M", "#737373" },
	{ RUN_HELD, 1 << 30, 'g', "held, in pages of 1G", "#252525" },
	{ RUN_SHARED, 1 << 12, 'z', "zeroes that all guests read, in pages of 4K", "#c7e9c0" },
	{ RUN_SHARED, 1 << 21, 'Z', "zeroes that all guests read, in pages of 2M", "#74c476" },
	{ RUN_UNTAKEN, 0, '.', "not taken", "#eeeeee" },
};

static size_t kind_of(const struct memory_run *run)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(guest_kinds) - 1; i++)
		if (guest_kinds[i].state == run->state && guest_kinds[i].page == run->page)
			break;
	return i;
}

static void draw_guest(struct picture *picture, const struct mapped *guest)
{
	char memory[32], resident[32];
	size_t i;

	out_size(guest->memory, memory, sizeof(memory));
	out_size(guest->resident, resident, sizeof(resident));
	snprintf(picture->title, sizeof(picture->title), "%s: promised %s, holds %s", guest->name,
		 memory, resident);
	while (guest->memory > picture->unit * PICTURE_COLUMNS * ROWS_MAX)
		picture->unit *= 2;
	picture->nr_kinds = ARRAY_SIZE(guest_kinds);
	for (i = 0; i < ARRAY_SIZE(guest_kinds); i++) {
		picture->kinds[i].letter = guest_kinds[i].letter;
		picture->kinds[i].colour = guest_kinds[i].colour;
		snprintf(picture->kinds[i].label, sizeof(picture->kinds[i].label), "%s",
			 guest_kinds[i].label);
	}
	for (i = 0; i < guest->map.nr; i++)
		picture_paint(picture, guest->map.runs[i].gpa, guest->map.runs[i].len,
			      kind_of(&guest->map.runs[i]));
}

/* ---- all guests ----------------------------------------------------------- */

static const char owner_letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char * const owner_colours[] = {
	"#1b9e77", "#d95f02", "#7570b3", "#e7298a", "#66a61e", "#e6ab02", "#a6761d", "#1f78b4",
	"#b2df8a", "#fb9a99", "#cab2d6", "#666666",
};

#define OWNERS_MAX	(sizeof(owner_letters) - 1)

/* The guests behind the last letter share a kind */
static void draw_owners(struct picture *picture, const struct mapped_all *all)
{
	const struct memory_run *run;
	struct kind *kind;
	size_t i, owner;

	snprintf(picture->title, sizeof(picture->title),
		 "the host's memory, as far as guests hold it");
	for (i = 0; i < all->nr; i++) {
		owner = i < OWNERS_MAX ? i : OWNERS_MAX;
		kind = &picture->kinds[owner];
		kind->letter = i < OWNERS_MAX ? owner_letters[i] : '+';
		kind->colour = owner_colours[owner % ARRAY_SIZE(owner_colours)];
		snprintf(kind->label, sizeof(kind->label), "%s",
			 i < OWNERS_MAX ? all->guests[i].name : "others");
		picture->nr_kinds = owner + 1;
		for (run = all->guests[i].map.runs;
		     run < all->guests[i].map.runs + all->guests[i].map.nr; run++)
			if (run->state != RUN_UNTAKEN && run->state != RUN_SHARED)
				picture_paint(picture, run->host, run->len, owner);
	}
}

/* ---- both ------------------------------------------------------------------ */

static const char *svg_file(const struct call *call)
{
	/* The last one counts, as with every option that takes one value */
	return call->nr_given ? call->given[call->nr_given - 1].value : NULL;
}

static int write_svg(struct call *call, const struct picture *picture, const char *path)
{
	FILE *to = fopen(path, "we");
	int err;

	if (!to)
		return refuse(call, NULL, "%s: %s", path, strerror(errno));
	picture_svg(picture, to);
	err = ferror(to);
	if (fclose(to) || err)
		return refuse(call, NULL, "%s: cannot write", path);
	return CLI_DONE;
}

static int show(struct call *call, struct picture *picture, struct json_object *tree)
{
	const char *path = svg_file(call);
	int status = CLI_DONE;

	if (path)
		status = write_svg(call, picture, path);
	if (call->format == OUT_JSON)
		out_print(tree, call->format);
	else if (!path)
		picture_print(picture);
	if (call->format != OUT_JSON)
		json_object_put(tree);
	picture_free(picture);
	return status;
}

static void name_guest(const struct vm *vm, int event, void *data)
{
	struct mapped_all *all = data;
	struct mapped *guest;

	(void)event;
	all->guests = must(reallocarray(all->guests, all->nr + 1, sizeof(*guest)));
	guest = &all->guests[all->nr++];
	memset(guest, 0, sizeof(*guest));
	memcpy(guest->name, vm->name, sizeof(guest->name));
	guest->memory = vm->memory;
	guest->resident = vm->resident;
}

static void free_all(struct mapped_all *all)
{
	size_t i;

	for (i = 0; i < all->nr; i++)
		free(all->guests[i].map.runs);
	free(all->guests);
}

static int map_one(struct call *call, struct wire *wire, const char *name)
{
	struct picture picture = { .unit = EXTENT };
	struct mapped_all all = { NULL, 0 };
	struct json_object *tree;
	struct vm vm;
	int status;

	if (wire_vm_get(wire, name, &vm))
		return refuse_wire(call, name);
	name_guest(&vm, -1, &all);
	if (wire_vm_map(wire, name, &all.guests[0].map)) {
		free_all(&all);
		return refuse_wire(call, name);
	}
	tree = out_object_new();
	fill_json(tree, &all.guests[0]);
	draw_guest(&picture, &all.guests[0]);
	status = show(call, &picture, tree);
	free_all(&all);
	return status;
}

static int map_all(struct call *call, struct wire *wire)
{
	struct picture picture = { .unit = EXTENT };
	struct mapped_all all = { NULL, 0 };
	struct json_object *tree;
	size_t i;
	int status;

	if (wire_vm_dump(wire, name_guest, &all) < 0) {
		free_all(&all);
		return refuse_wire(call, NULL);
	}
	tree = out_array_new();
	for (i = 0; i < all.nr; i++) {
		/* One that has gone meanwhile has none */
		if (!wire_vm_map(wire, all.guests[i].name, &all.guests[i].map))
			fill_json(out_row(tree), &all.guests[i]);
	}
	draw_owners(&picture, &all);
	status = show(call, &picture, tree);
	free_all(&all);
	return status;
}

int cmd_map(struct call *call)
{
	struct wire *wire = wire_open();
	int status;

	if (!wire)
		return unreachable();
	if (call->nr_args)
		status = map_one(call, wire, call->args[0]);
	else
		status = map_all(call, wire);
	wire_close(wire);
	return status;
}
