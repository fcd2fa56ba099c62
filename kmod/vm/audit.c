// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit: does any guest reach what isn't its own?  Memory is mem/audit.c's;
 * here are the guests in turn, the extents on record of none of them, and the
 * MSRs and ports that a guest may use without an exit.
 *
 * It changes nothing, and guests run meanwhile.  Called by nl/.
 */
#include <linux/ktime.h>
#include <linux/sched.h>
#include "../atoll.h"
#include "../hw/hw.h"

/*
 * What permission maps cover: AMD APM vol. 2, "MSR Intercepts"; Intel SDM vol. 3,
 * "MSR-Bitmap Address", without the third.  Other MSRs exit in any case.
 */
static const u32 msr_ranges[] = { 0, 0xc0000000, 0xc0010000 };

#define MSRS_IN_RANGE	0x2000
/* An access to the last port may go on behind it: AMD APM vol. 2, "IOIO Intercepts" */
#define NR_PORTS	(0x10000 + 3)

static void audit_guest(struct atoll_vm *vm, struct atoll_audit *audit)
{
	u64 root_pa = atoll_hw->s2_root(vm->vcpu[0]);
	u32 i;

	audit->who = vm->cfg.name;
	audit->vms++;
	atoll_gmem_audit(&vm->gmem, root_pa, audit);
	for (i = 0; i < vm->nr_vcpus; i++) {
		if (atoll_hw->s2_root(vm->vcpu[i]) != root_pa)
			atoll_blame(audit, "vCPU %u has other tables than vCPU 0", i);
		if (!atoll_hw->is_guarded(vm->vcpu[i]))
			atoll_blame(audit, "vCPU %u does not heed the permission maps", i);
	}
}

static bool passes(u32 msr)
{
	u32 i, one;

	for (i = 0; atoll_msr_passthrough(i, &one); i++) {
		if (one == msr)
			return true;
	}
	return false;
}

static void audit_msr(u32 msr, struct atoll_audit *audit)
{
	bool reads = !atoll_hw->msr_exits(msr, ATOLL_READ);
	bool writes = !atoll_hw->msr_exits(msr, ATOLL_WRITE);
	bool may = passes(msr);

	audit->permissions += 2;
	if (reads && !may)
		atoll_blame(audit, "MSR %#x can be read without an exit", msr);
	if (writes && !may)
		atoll_blame(audit, "MSR %#x can be written without an exit", msr);
	if (may && !(reads && writes))
		atoll_blame(audit, "MSR %#x exits, and should not", msr);
}

/* The maps are the same for all guests: see is_guarded() */
static void audit_permissions(struct atoll_audit *audit)
{
	u32 i, at;

	audit->who = "permissions";
	for (i = 0; i < ARRAY_SIZE(msr_ranges); i++) {
		for (at = 0; at < MSRS_IN_RANGE; at++)
			audit_msr(msr_ranges[i] + at, audit);
		cond_resched();
	}
	for (at = 0; at < NR_PORTS; at++) {
		audit->permissions++;
		if (!atoll_hw->port_exits(at))
			atoll_blame(audit, "port %#x can be used without an exit", at);
	}
	cond_resched();
}

static void audit_records(u32 shift, struct atoll_audit *audit)
{
	unsigned long number = 0;

	while (atoll_vm_audit_records(shift, &number, audit))
		cond_resched();
}

/**
 * atoll_vm_audit() - check everything that keeps guests apart
 * @audit:	all zero but for what is asked for; filled in
 *
 * Context: may sleep; takes each VM's memory lock in turn.
 */
void atoll_vm_audit(struct atoll_audit *audit)
{
	ktime_t begin = ktime_get();
	struct atoll_vm *vm;
	u32 id = 0;

	while ((vm = atoll_vm_next(id))) {
		id = vm->id;
		audit_guest(vm, audit);
		atoll_vm_put(vm);
	}
	atoll_zeroes_audit(audit);
	audit->who = "pool";
	audit_records(ATOLL_EXTENT_SHIFT, audit);
	audit_records(PAGE_SHIFT, audit);
	if (audit->deep)
		atoll_pools_audit_free(audit);
	audit_permissions(audit);
	audit->ns = ktime_to_ns(ktime_sub(ktime_get(), begin));
}
