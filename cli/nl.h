/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module as the verbs see it: plain structs in, plain structs out.  Only
 * nl.c and nl_*.c know libnl.  A call that fails returns -1; wire_sentence()
 * then says why, in the kernel's own words where it had any.
 */
#ifndef ATOLL_NL_H
#define ATOLL_NL_H

#include <stddef.h>
#include "types.h"

#include <linux/atoll.h>

#define NL_KINDS_MAX		48
#define NL_FEATURES_MAX		32

struct host {
	char version[32];
	char backend[16];
	u32 vcpus_max;
	u32 vms;
	u32 vms_active;
	u32 cpus_on;
	u64 pool_limit;
	u64 pool_used;
	u64 pool_promised;
	u32 pool_overcommit;
	char feature[NL_FEATURES_MAX][24];
	size_t nr_features;
};

struct pool {
	char name[ATOLL_NAME_MAX + 1];
	u32 kind;		/* enum atoll_pool_kind */
	u64 limit;
	u64 start, len;		/* reserved */
	u32 overcommit;
	u64 promised;
	u64 used;
	u64 clearing;
	u32 guests;
	u64 splits;
	u64 free, free_whole;	/* see ATOLL_POOL_A_FREE */
};

/* What POOL_ADD and POOL_SET send; NULL: is not sent */
struct pool_change {
	const u64 *limit;
	const u64 *start, *len;
	const u32 *overcommit;
};

#define NL_VIOLATIONS_MAX	16

struct audit {
	u32 vms;
	u64 tables;
	u64 entries;
	u64 frames;
	u64 shared;	/* of zeroes that all guests read */
	u64 records;
	u64 permissions;
	s64 zeroes;	/* -1: not asked for */
	u64 ns;
	u64 nr_violations;
	char told[NL_VIOLATIONS_MAX][192];
	size_t nr_told;
};

/* What a trim has done */
struct trim {
	u64 given_back;		/* bytes */
	u64 merged;		/* pieces of 2 MiB that were made */
	u64 split;		/* and that came apart */
};

/* A number of some kind: of exits, of bytes */
struct kind_count {
	char kind[24];
	u64 count;
};

enum run_state {
	RUN_UNTAKEN,
	RUN_SHARED,	/* zeroes that all guests read */
	RUN_HELD,	/* the CPU doesn't mark what is touched */
	RUN_COLD,
	RUN_HOT,
};

struct memory_run {
	u64 gpa;
	u64 len;
	u64 host;
	u32 page;	/* bytes */
	enum run_state state;
};

struct memory_map {
	struct memory_run *runs;
	size_t nr;
	u64 next;	/* where to go on, if there is @more */
	int more;
};

struct regs {
	u64 gpr[16];
	u64 rip, rflags;
	u64 cr0, cr2, cr3, cr4, efer;
	u32 cs, ss;
};

struct vcpu {
	u32 index;
	u32 state;		/* enum atoll_vcpu_state */
	s64 tid;		/* -1: no thread */
	s64 cpu;		/* -1: never ran */
	s64 pin;		/* -1: to no CPU */
	struct kind_count exits[NL_KINDS_MAX];
	size_t nr_exits;
};

struct vm {
	char name[ATOLL_NAME_MAX + 1];
	char pool[ATOLL_NAME_MAX + 1];
	u32 id;
	u32 state;		/* enum atoll_state */
	u32 nr_vcpus;
	u64 memory;
	u64 resident;
	u64 shared;
	u64 small;
	u64 splits;
	u32 reserve;
	s64 node;		/* -1: any */
	u32 tsc_khz;
	struct kind_count overhead[NL_KINDS_MAX];	/* bytes */
	size_t nr_overhead;
	char pause_reason[96];	/* empty: not paused, or somebody asked for it */
	s64 exit_code;	/* -1: did not end by itself */
	char crash_reason[256];	/* empty: did not crash */
	u32 crash_vcpu;
	int has_crash_regs;
	struct regs crash_regs;
	char console_tail[ATOLL_CONSOLE_TAIL_MAX + 1];	/* NULs and all */
	size_t console_tail_len;
	char console[32];
	u32 console_pending;
	u64 console_lost;
	u64 uptime_ns;
	u64 unclaimed;
	u64 unknown_msrs;
	struct vcpu vcpu[ATOLL_VCPUS_MAX];
	size_t nr_vcpu_reports;
};

struct boot_module {
	int fd;
	const char *cmdline;
};

/* What VM_DEFINE sends */
struct definition {
	const char *name;
	const char *pool;	/* NULL: the default one */
	u64 memory;
	u32 reserve;
	u32 node;
	int has_node;
	u32 tsc_khz;	/* 0: the host's */
	u32 nr_vcpus;
	u32 pin[ATOLL_VCPUS_MAX];
	size_t nr_pins;
	u32 format;	/* enum atoll_boot_format */
	u64 load_addr;
	int has_load_addr;
	int image_fd;
	const char *cmdline;
	struct boot_module module[ATOLL_MODULES_MAX];
	size_t nr_modules;
};

/**
 * struct wire - a socket to the module; nl.c knows what is in it
 */
struct wire;

/* Called for each VM; @event is an enum atoll_event, -1: not an event */
typedef void (*vm_fn)(const struct vm *vm, int event, void *data);

typedef void (*pool_fn)(const struct pool *pool, void *data);

/* nl.c */
struct wire *wire_open(void);
struct wire *wire_open_events(void);
void wire_close(struct wire *wire);
const char *wire_sentence(void);
int wire_errno(void);
int wire_fd(struct wire *wire);

/* nl_attr.c */
int wire_host_get(struct wire *wire, struct host *host);
int wire_host_set(struct wire *wire, const u64 *pool_limit, const u32 *overcommit);
int wire_audit(struct wire *wire, u32 deep, struct audit *audit);
int wire_vm_define(struct wire *wire, const struct definition *def, struct vm *vm);
int wire_vm_get(struct wire *wire, const char *name, struct vm *vm);
int wire_vm_dump(struct wire *wire, vm_fn fn, void *data);
int wire_vm_do(struct wire *wire, enum atoll_cmd cmd, const char *name);
int wire_events(struct wire *wire, vm_fn fn, void *data);

/* nl_map.c */
int wire_vm_map(struct wire *wire, const char *name, struct memory_map *map);

/* nl_trim.c */
int wire_vm_trim(struct wire *wire, const char *name, u32 split, struct trim *trim);

/* nl_pool.c */
int wire_pool_dump(struct wire *wire, pool_fn fn, void *data);
int wire_pool_add(struct wire *wire, const char *name, const struct pool_change *what);
int wire_pool_set(struct wire *wire, const char *name, const struct pool_change *change);
int wire_pool_remove(struct wire *wire, const char *name);

#endif
