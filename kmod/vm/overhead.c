// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host spends on a guest beside its RAM, by kind.
 *
 * Nothing is counted along the way: whoever looks has each object that there is
 * asked for its size, by the room that made it.  Whoever takes more memory for a
 * guest adds it to one of the kinds; tests/e2e/many.sh holds their sum against
 * what the host has less, and finds what was forgotten.
 *
 * What serves all guests together is not in here: permission maps, a page or two
 * for each CPU.  Takes no vm->lock, as nothing does that shows a VM.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include "../atoll.h"
#include "../hw/hw.h"

/* struct kthread, which kernel/kthread.c keeps to itself, is 112 bytes long */
#define KTHREAD_BYTES	128
/* Security modules' part of a task, and of its credentials: a few words each */
#define SECURITY_BYTES	64

static u64 structs_bytes(struct atoll_vm *vm)
{
	return kmalloc_size_roundup(struct_size(vm, vcpu, vm->nr_vcpus)) +
	       vm->nr_vcpus * kmalloc_size_roundup(sizeof(struct atoll_vcpu));
}

static u64 control_bytes(struct atoll_vm *vm)
{
	return vm->nr_vcpus * atoll_hw->vcpu_bytes();
}

static u64 fpu_bytes(struct atoll_vm *vm)
{
	return vm->nr_vcpus * atoll_fpu_bytes();
}

static u64 tables_bytes(struct atoll_vm *vm)
{
	return (u64)READ_ONCE(vm->gmem.s2.nr_tables) * PAGE_SIZE;
}

static u64 extents_bytes(struct atoll_vm *vm)
{
	return atoll_gmem_books_bytes(&vm->gmem);
}

static u64 devices_bytes(struct atoll_vm *vm)
{
	return atoll_devices_bytes(vm) + vm->nr_vcpus * atoll_lapic_bytes();
}

static size_t string_bytes(const char *string)
{
	return kmalloc_size_roundup(strlen(string) + 1);
}

static u64 boot_bytes(struct atoll_vm *vm)
{
	const struct atoll_boot_config *boot = &vm->cfg.boot;
	/* It keeps the credentials of the process that opened it */
	size_t file = ALIGN(sizeof(struct file), SMP_CACHE_BYTES) + ksize(current_real_cred());
	u64 sum = atoll_boot_plan_bytes(vm->plan) + file + string_bytes(boot->cmdline);
	u32 i;

	for (i = 0; i < boot->nr_modules; i++)
		sum += file + string_bytes(boot->module[i].cmdline);
	return sum;
}

/*
 * A thread and what is always with it, but for its stack.  They are of one size
 * for all threads, so the one that asks can tell.
 */
static size_t thread_bytes(void)
{
	size_t area = sizeof(struct vm_struct) + sizeof(struct vmap_area) +
		      THREAD_SIZE / PAGE_SIZE * sizeof(struct page *);

	return ksize(current) + ksize(current->signal) +
	       ksize(rcu_access_pointer(current->sighand)) + ksize(current_real_cred()) +
	       ksize(task_pid(current)) + KTHREAD_BYTES + SECURITY_BYTES +
	       (IS_ENABLED(CONFIG_VMAP_STACK) ? area : 0);
}

/* One that has ended is kept until it is reaped; only whether it is there matters */
static u64 threads_bytes(struct atoll_vm *vm)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < vm->nr_vcpus; i++)
		sum += READ_ONCE(vm->vcpu[i]->task) ? thread_bytes() : 0;
	return sum;
}

static u64 stacks_bytes(struct atoll_vm *vm)
{
	u64 sum = 0;
	u32 i;

	for (i = 0; i < vm->nr_vcpus; i++)
		sum += READ_ONCE(vm->vcpu[i]->tid) ? THREAD_SIZE : 0;
	return sum;
}

static const struct {
	const char *name;
	u64 (*bytes)(struct atoll_vm *vm);
} kinds[] = {
	{ "structs", structs_bytes },
	{ "control", control_bytes },
	{ "fpu", fpu_bytes },
	{ "tables", tables_bytes },
	{ "extents", extents_bytes },
	{ "devices", devices_bytes },
	{ "console", atoll_console_bytes },
	{ "output", atoll_console_output_bytes },
	{ "boot", boot_bytes },
	{ "threads", threads_bytes },
	{ "stacks", stacks_bytes },
};

/**
 * atoll_overhead_kind() - name a kind of what a guest costs
 * @i:	from 0 on
 *
 * Return: a name, or NULL when there is no @i-th.  Any context.
 */
const char *atoll_overhead_kind(u32 i)
{
	return i < ARRAY_SIZE(kinds) ? kinds[i].name : NULL;
}

/**
 * atoll_overhead_bytes() - what the host spends on a guest of one kind
 * @vm:		held by the caller, and complete
 * @i:		a kind that atoll_overhead_kind() has a name for
 *
 * Context: may sleep; takes the serial port's lock.
 * Return: bytes as the allocators count them, not as they were asked for.
 */
u64 atoll_overhead_bytes(struct atoll_vm *vm, u32 i)
{
	return kinds[i].bytes(vm);
}
