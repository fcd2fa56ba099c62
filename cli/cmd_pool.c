// SPDX-License-Identifier: GPL-2.0-only
/*
 * pool: the memory that guests are promised and hold together, and who they
 * are; pools come, change and go.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"
#include "nl.h"
#include "vm.h"

/* Names that are tried for a pool without one */
#define NAMES_MAX	100

const struct option pool_options[] = {
	{ "dynamic", "SIZE", "add: a pool of the host's memory, up to SIZE" },
	{ "reserved", "START+SIZE", "add: a pool of a range that the host leaves alone" },
	{ NULL }
};

static const char *kind_name(u32 kind)
{
	return kind == ATOLL_POOL_RESERVED ? "reserved" : "dynamic";
}

static void add_numbers(struct json_object *object, const struct pool *pool)
{
	out_bytes(object, "limit_bytes", pool->limit);
	out_string(object, "overcommit", pool->overcommit ? "on" : "off");
	out_bytes(object, "promised_bytes", pool->promised);
	out_bytes(object, "used_bytes", pool->used);
	out_bytes(object, "free_bytes", pool->limit - pool->used);
}

static void add_default(const struct pool *pool, void *data)
{
	if (!strcmp(pool->name, ATOLL_POOL_DEFAULT))
		add_numbers(data, pool);
}

/*
 * How much of what is free can't be had in one piece (reserved), or in whole
 * extents without moving other memory (dynamic)
 */
static u64 fragmentation(const struct pool *pool)
{
	if (!pool->free || pool->free_whole > pool->free)
		return 0;
	return (pool->free - pool->free_whole) * 100 / pool->free;
}

static void add_pool(const struct pool *pool, void *data)
{
	struct json_object *row = out_row(data);

	out_string(row, "name", pool->name);
	out_string(row, "kind", kind_name(pool->kind));
	if (pool->kind == ATOLL_POOL_RESERVED) {
		out_hex(row, "start", pool->start, 0);
		out_bytes(row, "size_bytes", pool->len);
	} else {
		out_null(row, "start");
		out_bytes(row, "size_bytes", pool->limit);
	}
	add_numbers(row, pool);
	out_bytes(row, "clearing_bytes", pool->clearing);
	out_number(row, "fragmentation_percent", fragmentation(pool));
	out_number(row, "splits", pool->splits);
	out_number(row, "guests", pool->guests);
}

static void add_guest(const struct vm *vm, int event, void *data)
{
	struct json_object *row = out_row(data);

	(void)event;
	out_string(row, "name", vm->name);
	out_string(row, "pool", vm->pool);
	out_string(row, "memory_kind", vm_memory_kind(vm));
	out_bytes(row, "memory_bytes", vm->memory);
	out_bytes(row, "resident_bytes", vm->resident);
	out_bytes(row, "small_pages_bytes", vm->small);
	out_number(row, "splits", vm->splits);
}

/* What stands above the tables is the default pool, that most hosts have alone */
static int show_pools(struct call *call, struct wire *wire)
{
	struct json_object *tree = out_object_new();

	/* A list that changes meanwhile lacks a pool or guest at worst */
	if (wire_pool_dump(wire, add_default, tree) < 0 ||
	    wire_pool_dump(wire, add_pool, out_array(tree, "pools")) < 0 ||
	    wire_vm_dump(wire, add_guest, out_array(tree, "guests")) < 0)
		return refuse_wire(call, NULL);
	out_print(tree, call->format);
	return CLI_DONE;
}

struct search {
	const char *name;
	struct pool *pool;
	int found;
};

static void match(const struct pool *pool, void *data)
{
	struct search *search = data;

	if (strcmp(pool->name, search->name))
		return;
	*search->pool = *pool;
	search->found = 1;
}

static int find(struct wire *wire, const char *name, struct pool *pool)
{
	struct search search = { name, pool, 0 };

	return wire_pool_dump(wire, match, &search) < 0 || !search.found;
}

/**
 * pool_explain() - say why a pool was not given a limit
 * @name: the pool's
 * @limit: in bytes, NULL: as it is
 *
 * The kernel's sentence has no numbers in it.
 *
 * Return: the exit status.
 */
int pool_explain(const struct call *call, struct wire *wire, const char *name, const u64 *limit)
{
	char want[32], have[32];
	struct pool pool;

	if (limit)
		out_size(*limit, want, sizeof(want));
	/* Asking may replace what there is to say */
	if (wire_errno() != EBUSY)
		return refuse_wire(call, limit && wire_errno() != ENOENT ? want : name);
	if (find(wire, name, &pool))
		return refuse(call, NULL, "pool limit is below what guests hold or are promised");
	if (!limit) {
		limit = &pool.limit;
		out_size(*limit, want, sizeof(want));
	}
	out_size(pool.used, have, sizeof(have));
	if (*limit < pool.used)
		return refuse(call, NULL,
			      "pool limit is below what guests hold now: %s is less than %s",
			      want, have);
	out_size(pool.promised, have, sizeof(have));
	return refuse(call, NULL,
		      "pool limit is below what guests are promised: %s is less than %s",
		      want, have);
}

/* What an action was given */
struct pool_call {
	struct call *call;
	const char *name;	/* NULL: none */
	const char *value;	/* "": none */
	u64 limit;
	u64 start, len;
	u32 overcommit;
	struct pool_change change;
};

static int list(struct pool_call *p, struct wire *wire)
{
	return show_pools(p->call, wire);
}

/* Without a name: dynamic-2 and so on, or reserved, reserved-2 and so on */
static int add(struct pool_call *p, struct wire *wire)
{
	const char *kind = p->change.len ? "reserved" : "dynamic";
	char name[32];
	int nr, err;

	if (p->name)
		return wire_pool_add(wire, p->name, &p->change) ?
			refuse_wire(p->call, p->value) : CLI_DONE;
	for (nr = 1; nr <= NAMES_MAX; nr++) {
		if (nr == 1)
			snprintf(name, sizeof(name), "%s", kind);
		else
			snprintf(name, sizeof(name), "%s-%d", kind, nr);
		err = wire_pool_add(wire, name, &p->change);
		if (!err || wire_errno() != EEXIST)
			break;
	}
	return err ? refuse_wire(p->call, p->value) : CLI_DONE;
}

static int explain_remove(struct pool_call *p, struct wire *wire)
{
	char promised[32];
	struct pool pool;

	if (wire_errno() != EBUSY || find(wire, p->name, &pool))
		return refuse_wire(p->call, p->name);
	out_size(pool.promised, promised, sizeof(promised));
	return refuse(p->call, p->name, "in use: guests are promised %s of it", promised);
}

static int drop(struct pool_call *p, struct wire *wire)
{
	return wire_pool_remove(wire, p->name) ? explain_remove(p, wire) : CLI_DONE;
}

static int set(struct pool_call *p, struct wire *wire)
{
	const char *name = p->name ? p->name : ATOLL_POOL_DEFAULT;

	if (!wire_pool_set(wire, name, &p->change))
		return CLI_DONE;
	return pool_explain(p->call, wire, name, p->change.limit);
}

/* The words that follow the action: [NAME] [VALUE], of which the last is the value */
static void take_words(struct pool_call *p, int has_value)
{
	char **args = p->call->args;
	size_t nr = p->call->nr_args;

	p->value = has_value && nr > 1 ? args[nr - 1] : "";
	if (nr > (has_value ? 2 : 1))
		p->name = args[1];
}

static int parse_list(struct pool_call *p)
{
	if (p->call->nr_args > 1)
		return usage(p->call, "list takes no \"%s\"", p->call->args[1]);
	return CLI_DONE;
}

static int parse_range(struct pool_call *p)
{
	char *text = must(strdup(p->value)), *plus = strchr(text, '+');
	int err = -1;

	if (plus) {
		*plus = '\0';
		err = size_parse(text, &p->start) || size_parse(plus + 1, &p->len);
	}
	free(text);
	if (err)
		return usage(p->call, "--reserved takes a range such as 0x100000000+2G, not \"%s\"",
			     p->value);
	p->change.start = &p->start;
	p->change.len = &p->len;
	return CLI_DONE;
}

static int parse_add(struct pool_call *p)
{
	if (p->call->nr_given != 1)
		return usage(p->call, "add takes one of --dynamic and --reserved");
	if (p->call->nr_args > 2)
		return usage(p->call, "\"%s\" is one word too many", p->call->args[2]);
	take_words(p, 0);
	p->value = p->call->given[0].value;
	if (!strcmp(p->call->given[0].option->name, "reserved"))
		return parse_range(p);
	if (size_parse(p->value, &p->limit))
		return usage(p->call, "--dynamic takes a size such as 4G, not \"%s\"", p->value);
	p->change.limit = &p->limit;
	return CLI_DONE;
}

static int parse_remove(struct pool_call *p)
{
	if (p->call->nr_args != 2)
		return usage(p->call, "remove takes a pool's name");
	take_words(p, 0);
	return CLI_DONE;
}

static int parse_resize(struct pool_call *p)
{
	take_words(p, 1);
	if (size_parse(p->value, &p->limit))
		return usage(p->call, "resize takes a size such as 2G, not \"%s\"", p->value);
	p->change.limit = &p->limit;
	return CLI_DONE;
}

static int parse_overcommit(struct pool_call *p)
{
	take_words(p, 1);
	if (strcmp(p->value, "on") && strcmp(p->value, "off"))
		return usage(p->call, "overcommit takes on or off, not \"%s\"", p->value);
	p->overcommit = !strcmp(p->value, "on");
	p->change.overcommit = &p->overcommit;
	return CLI_DONE;
}

static const struct {
	const char *name;
	int (*parse)(struct pool_call *p);
	int (*fn)(struct pool_call *p, struct wire *wire);
} actions[] = {
	{ "list", parse_list, list },
	{ "add", parse_add, add },
	{ "remove", parse_remove, drop },
	{ "resize", parse_resize, set },
	{ "overcommit", parse_overcommit, set },
};

int cmd_pool(struct call *call)
{
	const char *action = call->nr_args ? call->args[0] : "list";
	struct pool_call p = { .call = call };
	struct wire *wire;
	int status;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(actions) && strcmp(action, actions[i].name); i++)
		;
	if (i == ARRAY_SIZE(actions))
		return usage(call,
			     "there is no action \"%s\"; see atoll pool --help", action);
	if (call->nr_given && strcmp(action, "add"))
		return usage(call, "--%s is for add", call->given[0].option->name);
	status = actions[i].parse(&p);
	if (status)
		return status;
	wire = wire_open();
	if (!wire)
		return unreachable();
	status = actions[i].fn(&p, wire);
	wire_close(wire);
	return status;
}
