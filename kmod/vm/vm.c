// SPDX-License-Identifier: GPL-2.0-only
/*
 * Virtual machines as objects: names, the list, define, undefine, and the
 * one teardown that serves a failed define, undefine and module exit.
 *
 * A VM is built while nobody can see it and published last; it is unlinked
 * first and freed when its last user lets go.
 */
#include <linux/err.h>
#include <linux/cpumask.h>
#include <linux/file.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/tsc.h>
#include "../atoll.h"
#include "../hw/hw.h"
#include "../pc.h"

/* Extents on record that are looked at before others get the lock */
#define RECORDS_AT_ONCE	512

static DEFINE_MUTEX(vms_lock);
static LIST_HEAD(vms);		/* by ascending id	[vms_lock] */
static LIST_HEAD(unlisted);	/* being made or torn down [vms_lock] */
static u32 last_id;		/*			[vms_lock] */

/**
 * atoll_vm_config_release() - let go of what a configuration holds
 * @cfg:	files and strings; all of them NULL afterwards
 *
 * Context: may sleep.
 */
void atoll_vm_config_release(struct atoll_vm_config *cfg)
{
	struct atoll_boot_config *boot = &cfg->boot;
	u32 i;

	for (i = 0; i < boot->nr_modules; i++) {
		if (boot->module[i].file)
			fput(boot->module[i].file);
		kfree(boot->module[i].cmdline);
	}
	if (boot->image)
		fput(boot->image);
	kfree(boot->cmdline);
	memset(boot, 0, sizeof(*boot));
}

/*
 * The one teardown: whatever of the VM exists goes, in the reverse order of
 * vm_build().  No thread of it is left.
 */
static void vm_free(struct atoll_vm *vm)
{
	u32 i;

	atoll_devices_destroy(vm);
	for (i = 0; i < vm->nr_vcpus; i++) {
		if (vm->vcpu[i])
			atoll_vcpu_destroy(vm->vcpu[i]);
	}
	atoll_gmem_destroy(&vm->gmem);
	if (vm->pool)
		atoll_pool_put(vm->pool);
	if (vm->plan)
		atoll_boot_plan_free(vm->plan);
	atoll_vm_config_release(&vm->cfg);
	/* Not before: until its memory is back, an audit must know whose it is */
	mutex_lock(&vms_lock);
	list_del(&vm->node);
	mutex_unlock(&vms_lock);
	kfree(vm);
}

static int vm_build_devices(struct atoll_vm *vm)
{
	int err;

	err = atoll_irqchip_create(vm);
	if (!err)
		err = atoll_pit_create(vm);
	if (!err)
		err = atoll_rtc_create(vm);
	if (!err)
		err = atoll_pm_create(vm);
	if (!err)
		err = atoll_uart_create(vm, ATOLL_PC_COM1_PORT, ATOLL_PC_COM1_IRQ);
	if (!err)
		err = atoll_pvpanic_create(vm);
	if (!err)
		err = atoll_exitport_create(vm);
	return err;
}

static int vm_build(struct atoll_vm *vm, struct netlink_ext_ack *extack)
{
	struct atoll_pool *pool = atoll_pool_hold(vm->cfg.pool, extack);
	const struct atoll_gmem_config memory = {
		.pool = pool,
		.bytes = vm->cfg.memory,
		.reserve = vm->cfg.reserve,
		.on_node = vm->cfg.on_node,
		.node = vm->cfg.node,
		.flush = atoll_vm_flush_tlbs,
	};
	int err;
	u32 i;

	if (IS_ERR(pool))
		return PTR_ERR(pool);
	vm->pool = pool;
	err = atoll_gmem_init(&vm->gmem, &memory, atoll_hw->s2_format, atoll_hw->s2_levels(),
			      extack);
	if (err)
		return err;
	atoll_gmem_join(&vm->gmem, atoll_hw->s2_largest());
	err = atoll_boot_plan_create(&vm->cfg.boot, vm->cfg.memory, vm->nr_vcpus,
				     &vm->plan, extack);
	if (err)
		return err;
	for (i = 0; i < vm->nr_vcpus; i++) {
		vm->vcpu[i] = atoll_vcpu_create(vm, i);
		if (!vm->vcpu[i]) {
			NL_SET_ERR_MSG(extack, "the host has no memory left for the vCPUs");
			return -ENOMEM;
		}
	}
	err = vm_build_devices(vm);
	if (err)
		NL_SET_ERR_MSG(extack, "no memory or no tty is left for the guest's devices");
	return err;
}

static struct atoll_vm *find_locked(const char *name)
{
	struct atoll_vm *vm;

	lockdep_assert_held(&vms_lock);
	list_for_each_entry(vm, &vms, node) {
		if (!strcmp(vm->cfg.name, name))
			return vm;
	}
	return NULL;
}

static int vm_publish(struct atoll_vm *vm, struct netlink_ext_ack *extack)
{
	guard(mutex)(&vms_lock);
	if (find_locked(vm->cfg.name)) {
		NL_SET_ERR_MSG(extack, "a guest of that name is defined already");
		return -EEXIST;
	}
	vm->id = ++last_id;
	list_move_tail(&vm->node, &vms);
	return 0;
}

static bool name_taken(const char *name)
{
	guard(mutex)(&vms_lock);
	return find_locked(name);
}

static struct atoll_vm *vm_alloc(const struct atoll_vm_config *cfg)
{
	struct atoll_vm *vm;

	vm = kzalloc(struct_size(vm, vcpu, cfg->nr_vcpus), GFP_KERNEL);
	if (!vm)
		return NULL;
	kref_init(&vm->ref);
	mutex_init(&vm->lock);
	spin_lock_init(&vm->state_lock);
	init_waitqueue_head(&vm->state_wq);
	INIT_LIST_HEAD(&vm->devices);
	vm->nr_vcpus = cfg->nr_vcpus;
	vm->cfg = *cfg;
	mutex_lock(&vms_lock);
	list_add(&vm->node, &unlisted);
	mutex_unlock(&vms_lock);
	return vm;
}

/* A CPU that goes offline later is another matter: see atoll_vcpu_spawn() */
static int check_pins(const struct atoll_vm_config *cfg, struct netlink_ext_ack *extack)
{
	u32 i;

	if (cfg->nr_pins > cfg->nr_vcpus) {
		NL_SET_ERR_MSG(extack, "there are more host CPUs to pin to than vCPUs");
		return -EINVAL;
	}
	for (i = 0; i < cfg->nr_pins; i++) {
		if (cfg->pin[i] < nr_cpu_ids && cpu_online(cfg->pin[i]))
			continue;
		NL_SET_ERR_MSG(extack, "a host CPU to pin to doesn't exist or is offline");
		return -EINVAL;
	}
	return 0;
}

/**
 * atoll_vm_define() - make a VM, in state NEW
 * @cfg:	what it shall be; on success the VM owns its files and strings,
 *		and @cfg is empty
 * @extack:	receives a sentence on failure
 * @vmp:	receives the VM, with a reference for the caller
 *
 * Context: may sleep; takes no lock that a caller may hold.
 * Return: 0 or an errno; on failure nothing has changed.
 */
int atoll_vm_define(struct atoll_vm_config *cfg, struct netlink_ext_ack *extack,
		    struct atoll_vm **vmp)
{
	struct atoll_vm *vm;
	int err;

	if (cfg->nr_vcpus < 1 || cfg->nr_vcpus > ATOLL_VCPUS_MAX) {
		NL_SET_ERR_MSG(extack, "the number of vCPUs is not between 1 and 32");
		return -EINVAL;
	}
	err = check_pins(cfg, extack) ?:
	      atoll_clock_check(cfg->tsc_khz, tsc_khz, atoll_hw->tsc_ratio_bits(), extack);
	if (err)
		return err;
	if (name_taken(cfg->name)) {
		NL_SET_ERR_MSG(extack, "a guest of that name is defined already");
		return -EEXIST;
	}
	vm = vm_alloc(cfg);
	if (!vm)
		return -ENOMEM;

	err = vm_build(vm, extack);
	if (!err) {
		kref_get(&vm->ref);
		err = vm_publish(vm, extack);
	}
	if (err) {
		/* The files and strings are still the caller's */
		memset(&vm->cfg.boot, 0, sizeof(vm->cfg.boot));
		vm_free(vm);
		return err;
	}
	memset(&cfg->boot, 0, sizeof(cfg->boot));
	*vmp = vm;
	atoll_nl_event(vm, ATOLL_EVENT_DEFINED);
	return 0;
}

/**
 * atoll_vm_unlink() - take a VM off the list; its name is free again
 * @vm:		vm->lock is held, and no run is under way
 *
 * The list's reference goes to the caller.
 */
void atoll_vm_unlink(struct atoll_vm *vm)
{
	lockdep_assert_held(&vm->lock);
	guard(mutex)(&vms_lock);
	list_move(&vm->node, &unlisted);
	vm->removed = 1;
}

static void vm_release(struct kref *ref)
{
	vm_free(container_of(ref, struct atoll_vm, ref));
}

/**
 * atoll_vm_put() - let go of a VM
 * @vm:		from atoll_vm_find(), atoll_vm_next() or atoll_vm_define()
 *
 * Context: may sleep; not while holding vm->lock.
 */
void atoll_vm_put(struct atoll_vm *vm)
{
	kref_put(&vm->ref, vm_release);
}

/**
 * atoll_vm_find() - the VM of that name
 * @name:	NUL-terminated
 *
 * Context: may sleep.
 * Return: the VM with a reference for the caller, or NULL.
 */
struct atoll_vm *atoll_vm_find(const char *name)
{
	struct atoll_vm *vm;

	guard(mutex)(&vms_lock);
	vm = find_locked(name);
	if (vm)
		kref_get(&vm->ref);
	return vm;
}

/**
 * atoll_vm_next() - walk all VMs, without holding a lock in between
 * @after_id:	0, or the id of the VM that was returned last
 *
 * Context: may sleep.
 * Return: the VM with the smallest greater id, with a reference for the
 * caller, or NULL.
 */
struct atoll_vm *atoll_vm_next(u32 after_id)
{
	struct atoll_vm *vm;

	guard(mutex)(&vms_lock);
	list_for_each_entry(vm, &vms, node) {
		if (vm->id > after_id) {
			kref_get(&vm->ref);
			return vm;
		}
	}
	return NULL;
}

static bool exists_locked(const struct atoll_gmem *gmem)
{
	struct atoll_vm *vm;

	lockdep_assert_held(&vms_lock);
	list_for_each_entry(vm, &vms, node) {
		if (&vm->gmem == gmem)
			return true;
	}
	list_for_each_entry(vm, &unlisted, node) {
		if (&vm->gmem == gmem)
			return true;
	}
	return false;
}

/**
 * atoll_vm_audit_records() - see that memory on record belongs to VMs that exist
 * @shift:	ATOLL_EXTENT_SHIFT: extents; PAGE_SHIFT: frames
 * @number:	of the one to begin with; goes behind the last that was seen
 * @audit:	counts and violations are added
 *
 * A VM that is being defined or torn down exists: it holds memory before it is on
 * the list, and after.  It can't go while the list's lock is held.
 *
 * Context: may sleep.
 * Return: false: there are no more.
 */
bool atoll_vm_audit_records(u32 shift, unsigned long *number, struct atoll_audit *audit)
{
	const struct atoll_gmem *owner, *known = NULL;
	u32 i;

	guard(mutex)(&vms_lock);
	for (i = 0; i < RECORDS_AT_ONCE; i++, (*number)++) {
		owner = atoll_pool_next_owned(shift, number);
		if (!owner)
			return false;
		audit->records++;
		if (owner != known && !exists_locked(owner))
			atoll_blame(audit, "%#llx is on record for a guest that is no more",
				    (u64)*number << shift);
		else
			known = owner;
	}
	return true;
}

/**
 * atoll_vm_count() - how many VMs there are
 * @defined:	receives how many are on the list
 * @active:	receives how many of them are RUNNING or PAUSED
 *
 * Context: may sleep.
 */
void atoll_vm_count(u32 *defined, u32 *active)
{
	struct atoll_vm *vm;

	*defined = 0;
	*active = 0;
	guard(mutex)(&vms_lock);
	list_for_each_entry(vm, &vms, node) {
		(*defined)++;
		if (atoll_vm_is_active(vm))
			(*active)++;
	}
}

/**
 * atoll_vm_stop_all() - end every guest; the VMs stay defined
 *
 * Context: may sleep.
 */
void atoll_vm_stop_all(void)
{
	struct atoll_vm *vm;
	u32 id = 0;

	while ((vm = atoll_vm_next(id))) {
		id = vm->id;
		atoll_vm_stop(vm, NULL);
		atoll_vm_put(vm);
	}
}

/**
 * atoll_vm_exit_all() - undefine every VM
 *
 * Context: module exit; the door is closed, so no new VM appears.
 */
void atoll_vm_exit_all(void)
{
	struct atoll_vm *vm;

	while ((vm = atoll_vm_next(0))) {
		atoll_vm_stop(vm, NULL);
		atoll_vm_undefine(vm, NULL);
		atoll_vm_put(vm);
	}
}
