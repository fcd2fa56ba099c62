// SPDX-License-Identifier: GPL-2.0-only
/*
 * A guest, turned into output.  The keys here are the JSON that scripts rely
 * on: add, never rename.
 */
#include <stdio.h>
#include <string.h>

#include "vm.h"

/* Of a crashed guest's console */
#define LAST_LINES	10

const char *vm_state_name(u32 state)
{
	static const char * const names[] = {
		[ATOLL_STATE_NEW] = "new",
		[ATOLL_STATE_RUNNING] = "running",
		[ATOLL_STATE_PAUSED] = "paused",
		[ATOLL_STATE_STOPPED] = "stopped",
		[ATOLL_STATE_CRASHED] = "crashed",
	};

	return state < __ATOLL_STATES ? names[state] : "unknown";
}

static const char *vcpu_state_name(u32 state)
{
	static const char * const names[] = {
		[ATOLL_VCPU_OFF] = "off",
		[ATOLL_VCPU_WAIT_SIPI] = "wait-sipi",
		[ATOLL_VCPU_RUNS] = "runs",
		[ATOLL_VCPU_HALTED] = "halted",
		[ATOLL_VCPU_HELD] = "held",
	};

	return state <= ATOLL_VCPU_HELD ? names[state] : "unknown";
}

const char *vm_memory_kind(const struct vm *vm)
{
	return vm->reserve ? "reserved" : "elastic";
}

int vm_has_ended(const struct vm *vm)
{
	return vm->state == ATOLL_STATE_STOPPED ||
	       vm->state == ATOLL_STATE_CRASHED;
}

static void add_number_or_null(struct json_object *object, const char *key,
			       s64 value)
{
	if (value < 0)
		out_null(object, key);
	else
		out_number(object, key, value);
}

/*
 * How a run ended, or why it is paused; both null: it has not, or somebody
 * stopped or paused it
 */
void vm_add_end(struct json_object *object, const struct vm *vm)
{
	add_number_or_null(object, "exit_code", vm->exit_code);
	if (*vm->crash_reason)
		out_string(object, "reason", vm->crash_reason);
	else if (*vm->pause_reason)
		out_string(object, "reason", vm->pause_reason);
	else
		out_null(object, "reason");
}

void vm_fill_row(struct json_object *object, const struct vm *vm)
{
	out_string(object, "name", vm->name);
	out_string(object, "state", vm_state_name(vm->state));
	out_number(object, "vcpus", vm->nr_vcpus);
	out_bytes(object, "memory_bytes", vm->memory);
	out_ns(object, "uptime_ns", vm->uptime_ns);
	vm_add_end(object, vm);
}

/* In the order in which people read them, three to a line of text */
static void add_regs(struct json_object *crash, const struct regs *regs)
{
	static const struct {
		const char *name;
		int index;	/* in the order in which instructions encode */
	} gprs[] = {
		{ "rax", 0 }, { "rbx", 3 }, { "rcx", 1 }, { "rdx", 2 },
		{ "rsi", 6 }, { "rdi", 7 }, { "rbp", 5 }, { "r8", 8 },
		{ "r9", 9 }, { "r10", 10 }, { "r11", 11 }, { "r12", 12 },
		{ "r13", 13 }, { "r14", 14 }, { "r15", 15 },
	};
	struct json_object *object = out_packed(crash, "registers");
	size_t i;

	out_hex(object, "rip", regs->rip, 16);
	out_hex(object, "rsp", regs->gpr[4], 16);
	out_hex(object, "rflags", regs->rflags, 8);
	for (i = 0; i < ARRAY_SIZE(gprs); i++)
		out_hex(object, gprs[i].name, regs->gpr[gprs[i].index], 16);
	out_hex(object, "cr0", regs->cr0, 8);
	out_hex(object, "cr2", regs->cr2, 16);
	out_hex(object, "cr3", regs->cr3, 16);
	out_hex(object, "cr4", regs->cr4, 8);
	out_hex(object, "efer", regs->efer, 8);
	out_hex(object, "cs", regs->cs, 4);
	out_hex(object, "ss", regs->ss, 4);
}

/* The guest's bytes as text that harms no terminal */
static void clean(char *line)
{
	for (; *line; line++)
		if (*line < ' ' || *line > '~')
			*line = *line == '\t' ? ' ' : '?';
}

/* The last lines that the guest printed, empty ones left out */
static void add_last_lines(struct json_object *crash, const struct vm *vm)
{
	struct json_object *lines = out_lines(crash, "console");
	char text[ATOLL_CONSOLE_TAIL_MAX + 1];
	char *line[LAST_LINES], *word, *rest = text;
	size_t nr = 0, i, len = vm->console_tail_len;

	for (i = 0; i < len; i++)
		text[i] = vm->console_tail[i] ? vm->console_tail[i] : '?';
	text[len] = '\0';
	/* A line that lacks its beginning is none */
	if (len == ATOLL_CONSOLE_TAIL_MAX && strchr(text, '\n'))
		rest = strchr(text, '\n');
	while ((word = strsep(&rest, "\r\n"))) {
		if (*word)
			line[nr++ % LAST_LINES] = word;
	}
	for (i = nr > LAST_LINES ? nr - LAST_LINES : 0; i < nr; i++) {
		clean(line[i % LAST_LINES]);
		out_word(lines, line[i % LAST_LINES]);
	}
}

static void add_crash(struct json_object *object, const struct vm *vm)
{
	struct json_object *crash;

	if (!*vm->crash_reason) {
		out_null(object, "crash");
		return;
	}
	crash = out_object(object, "crash");
	out_string(crash, "reason", vm->crash_reason);
	out_number(crash, "vcpu", vm->crash_vcpu);
	if (vm->has_crash_regs)
		add_regs(crash, &vm->crash_regs);
	add_last_lines(crash, vm);
}

/* What the guest costs the host beside its RAM: the sum, and what it is made of */
static void add_overhead(struct json_object *object, const struct vm *vm)
{
	struct json_object *overhead = out_packed(object, "overhead_bytes");
	u64 sum = 0;
	size_t i;

	for (i = 0; i < vm->nr_overhead; i++)
		sum += vm->overhead[i].count;
	out_bytes(overhead, "total", sum);
	for (i = 0; i < vm->nr_overhead; i++)
		out_bytes(overhead, vm->overhead[i].kind, vm->overhead[i].count);
}

static void add_vcpu(struct json_object *row, const struct vcpu *vcpu)
{
	struct json_object *exits;
	size_t i;

	out_number(row, "index", vcpu->index);
	out_string(row, "state", vcpu_state_name(vcpu->state));
	add_number_or_null(row, "tid", vcpu->tid);
	add_number_or_null(row, "cpu", vcpu->cpu);
	add_number_or_null(row, "pin", vcpu->pin);
	exits = out_object(row, "exits");
	for (i = 0; i < vcpu->nr_exits; i++)
		out_number(exits, vcpu->exits[i].kind, vcpu->exits[i].count);
}

void vm_fill_all(struct json_object *object, const struct vm *vm)
{
	struct json_object *vcpus;
	char path[48];
	size_t i;

	out_string(object, "name", vm->name);
	out_number(object, "id", vm->id);
	out_string(object, "state", vm_state_name(vm->state));
	if (*vm->pause_reason)
		out_string(object, "pause_reason", vm->pause_reason);
	else
		out_null(object, "pause_reason");
	add_number_or_null(object, "exit_code", vm->exit_code);
	add_crash(object, vm);
	out_bytes(object, "memory_bytes", vm->memory);
	out_string(object, "memory_kind", vm_memory_kind(vm));
	out_string(object, "pool", vm->pool);
	add_number_or_null(object, "numa_node", vm->node);
	out_bytes(object, "resident_bytes", vm->resident);
	out_bytes(object, "shared_bytes", vm->shared);
	out_number(object, "tsc_khz", vm->tsc_khz);
	out_bytes(object, "reserved_bytes", vm->reserve ? vm->resident : 0);
	add_overhead(object, vm);
	out_bytes(object, "small_pages_bytes", vm->small);
	out_number(object, "splits", vm->splits);
	out_ns(object, "uptime_ns", vm->uptime_ns);
	snprintf(path, sizeof(path), "/dev/%s", vm->console);
	out_string(object, "console", path);
	out_number(object, "console_pending", vm->console_pending);
	out_number(object, "console_lost", vm->console_lost);
	out_number(object, "unclaimed", vm->unclaimed);
	out_number(object, "unknown_msrs", vm->unknown_msrs);
	vcpus = out_array(object, "vcpus");
	for (i = 0; i < vm->nr_vcpu_reports; i++)
		add_vcpu(out_row(vcpus), &vm->vcpu[i]);
}
