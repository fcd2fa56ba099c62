// SPDX-License-Identifier: GPL-2.0-only
/*
 * Violations on demand, for tests/e2e/planted.sh to have the audit find them in
 * guests that run:
 *
 *	echo KIND NAME > /sys/module/atoll/parameters/plant
 *	echo undo > /sys/module/atoll/parameters/plant
 *
 * One at a time.  This file is part of the module that has the KUnit suites inside
 * (make ATOLL_KUNIT=1), of one without them for kernels that have no KUnit (make
 * ATOLL_PLANT=1), and of no other.
 */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/sizes.h>
#include <linux/string.h>

#include "../../kmod/hw/svm/svm.h"
#include "../../kmod/hw/vmx/vmx.h"
#include "../../kmod/mem/gmem.h"

/* RAM that the guests of the test leave alone */
#define HOLE_GPA	(48ULL * SZ_1M)
#define LENT_GPA	(50ULL * SZ_1M)

/**
 * struct plant - what has been planted, and how to undo it
 * @vm:		in whom, held; NULL: nothing is planted
 * @word:	changed, NULL: none
 * @was:	what it held
 * @number:	too high, NULL: none is
 * @by:		so much
 * @bits:	of a permission map, NULL: none
 * @bit:	cleared in @bits
 * @page:	of the host's, NULL: none
 * @extent:	on record, NULL: none
 * @owner:	for whom
 * @gpa:	mapped, 0: none
 */
static struct plant {
	struct atoll_vm *vm;
	u64 *word;
	u64 was;
	u32 *number;
	u32 by;
	unsigned long *bits;
	u32 bit;
	unsigned long page;
	void *extent;
	struct atoll_gmem *owner;
	u64 gpa;
} plant;

/* Owns what the audit finds to be nobody's */
static struct atoll_gmem nobody;

static void change(u64 *word, u64 value)
{
	plant.word = word;
	plant.was = *word;
	WRITE_ONCE(*word, value);
}

/* Unlike change(), of what goes on to count meanwhile */
static void add(u32 *number, u32 by)
{
	plant.number = number;
	plant.by = by;
	*number += by;
}

static int map(u64 gpa, u64 hpa)
{
	struct atoll_gmem *gmem = &plant.vm->gmem;
	int err;

	mutex_lock(&gmem->lock);
	err = atoll_s2pt_map(&gmem->s2, gpa, hpa, SZ_4K, ATOLL_S2_RAM);
	mutex_unlock(&gmem->lock);
	if (!err)
		plant.gpa = gpa;
	return err;
}

/* An extent that the guest has */
static void *first_extent(struct atoll_vm *vm)
{
	return atoll_slot_place(&vm->gmem.slot[0], 0);
}

static u64 table_bits(void)
{
	return plant.vm->gmem.s2.fmt->table;
}

/* For an address so high that no guest here comes to it */
static void put_root_entry(u64 entry)
{
	change(&plant.vm->gmem.s2.root[511], entry);
}

static int plant_host(void)
{
	plant.page = get_zeroed_page(GFP_KERNEL);
	return plant.page ? map(HOLE_GPA, virt_to_phys((void *)plant.page)) : -ENOMEM;
}

static int plant_table(void)
{
	return map(HOLE_GPA, virt_to_phys(plant.vm->gmem.s2.root));
}

static int plant_foreign(void)
{
	struct atoll_vm *vm;
	u64 hpa = 0;
	u32 id = 0;

	while (!hpa && (vm = atoll_vm_next(id))) {
		id = vm->id;
		if (vm != plant.vm && first_extent(vm))
			hpa = virt_to_phys(first_extent(vm));
		atoll_vm_put(vm);
	}
	return hpa ? map(HOLE_GPA, hpa) : -ENOENT;
}

static int plant_twice(void)
{
	return map(HOLE_GPA, virt_to_phys(first_extent(plant.vm)));
}

static int plant_behind(void)
{
	return map(plant.vm->cfg.memory, virt_to_phys(first_extent(plant.vm)));
}

static int plant_loan(void)
{
	put_root_entry(virt_to_phys(first_extent(plant.vm)) | table_bits());
	return 0;
}

static int plant_loop(void)
{
	put_root_entry(virt_to_phys(plant.vm->gmem.s2.root) | table_bits());
	return 0;
}

/* One of those that the CPU ignores */
static int plant_bits(void)
{
	put_root_entry(virt_to_phys(plant.vm->gmem.s2.root) | table_bits() | BIT_ULL(52));
	return 0;
}

/* Intel SDM vol. 3, "EPT Misconfigurations": a memory type where no leaf is */
static int plant_type(void)
{
	put_root_entry(virt_to_phys(plant.vm->gmem.s2.root) | table_bits() | BIT_ULL(4));
	return 0;
}

/* The same section: may be written, and not read */
static int plant_unreadable(void)
{
	put_root_entry(virt_to_phys(plant.vm->gmem.s2.root) | BIT_ULL(1));
	return 0;
}

static int plant_stray(void)
{
	put_root_entry(SZ_4K);
	return 0;
}

static int plant_count(void)
{
	mutex_lock(&plant.vm->gmem.lock);
	add(&plant.vm->gmem.nr_resident, 1);
	mutex_unlock(&plant.vm->gmem.lock);
	return 0;
}

/* Zeroes that all guests read: it is lent some, and keeps them until it is reset */
static u64 lend(void)
{
	struct atoll_s2_leaf leaf = {};

	atoll_gmem_share(&plant.vm->gmem, LENT_GPA);
	return atoll_s2pt_lookup(&plant.vm->gmem.s2, LENT_GPA, &leaf) ? 0 : leaf.hpa;
}

static int plant_lent(void)
{
	u64 hpa = lend();

	return hpa ? map(HOLE_GPA, hpa) : -ENOMEM;
}

static int plant_loans(void)
{
	if (!lend())
		return -ENOMEM;
	mutex_lock(&plant.vm->gmem.lock);
	change(&plant.vm->gmem.nr_shared, plant.vm->gmem.nr_shared + 1);
	mutex_unlock(&plant.vm->gmem.lock);
	return 0;
}

static int plant_written(void)
{
	u64 hpa = lend();

	if (!hpa)
		return -ENOMEM;
	change(phys_to_virt(hpa), 1);
	return 0;
}

static int take(struct atoll_gmem *owner)
{
	void *extent = atoll_pool_take(owner, NULL);

	if (IS_ERR(extent))
		return PTR_ERR(extent);
	plant.extent = extent;
	plant.owner = owner;
	return 0;
}

static int plant_record(void)
{
	return take(&plant.vm->gmem);
}

static int plant_orphan(void)
{
	return take(&nobody);
}

/* Its last extent has been taken, and RAM ends in the middle of that */
static int plant_dirt(void)
{
	const struct atoll_slot *slot = &plant.vm->gmem.slot[0];
	void *extent = atoll_slot_place(slot, slot->nr_extents - 1);

	if (!extent || !(slot->len & (ATOLL_EXTENT_BYTES - 1)))
		return -ENOENT;
	change(extent + ATOLL_EXTENT_BYTES - sizeof(u64), 1);
	return 0;
}

static int open_bit(u64 map_pa, u32 bit)
{
	plant.bits = phys_to_virt(map_pa);
	plant.bit = bit;
	clear_bit(bit, plant.bits);
	return 0;
}

/* Writes of EFER: the second of two bits for the MSR 0x80 of the second range */
static int plant_svm_msr(void)
{
	return open_bit(atoll_svm_msrpm_pa(), 0x800 * 8 + 2 * 0x80 + 1);
}

/* The same in the bitmap of writes of high MSRs, the last KiB of four */
static int plant_vmx_msr(void)
{
	return open_bit(atoll_vmx_msr_bitmap_pa(), 0xc00 * 8 + 0x80);
}

static int plant_svm_port(void)
{
	return open_bit(atoll_svm_iopm_pa(), 0xcf9);
}

static int plant_vmx_port(void)
{
	add(&atoll_vmx_controls.cpu, -(u32)CPU_BASED_UNCOND_IO_EXITING);
	return 0;
}

/* Of a guest that doesn't run: what follows would be its end, or the host's */
static struct atoll_vcpu *last_vcpu(void)
{
	return plant.vm->vcpu[plant.vm->nr_vcpus - 1];
}

static int plant_svm_root(void)
{
	change(&to_svm(last_vcpu())->vmcb->control.nested_cr3,
	       virt_to_phys(&nobody) & PAGE_MASK);
	return 0;
}

static int plant_vmx_root(void)
{
	change(&to_vmx(last_vcpu())->eptp,
	       atoll_vmx_eptp(virt_to_phys(&nobody) & PAGE_MASK));
	return 0;
}

static int plant_svm_unguarded(void)
{
	change(&to_svm(last_vcpu())->vmcb->control.msrpm_base_pa, atoll_svm_iopm_pa());
	return 0;
}

static int plant_vmx_unguarded(void)
{
	add(&atoll_vmx_controls.cpu, -(u32)CPU_BASED_USE_MSR_BITMAPS);
	return 0;
}

/* In which guest: one that has something; one that doesn't run; in any, and none runs */
enum soil { SOIL_USED, SOIL_IDLE, SOIL_FALLOW };

/* A kind that knows how a backend keeps things has a row for each */
static const struct {
	const char *name;
	int (*plant)(void);
	const struct atoll_hw_ops *hw;
	enum soil soil;
} kinds[] = {
	{ "host", plant_host }, { "table", plant_table }, { "foreign", plant_foreign },
	{ "twice", plant_twice }, { "behind", plant_behind }, { "loan", plant_loan },
	{ "loop", plant_loop }, { "bits", plant_bits }, { "stray", plant_stray },
	{ "count", plant_count }, { "record", plant_record }, { "orphan", plant_orphan },
	{ "dirt", plant_dirt }, { "lent", plant_lent }, { "loans", plant_loans },
	{ "written", plant_written },
	{ "type", plant_type, &atoll_vmx_ops },
	{ "unreadable", plant_unreadable, &atoll_vmx_ops },
	{ "msr", plant_svm_msr, &atoll_svm_ops },
	{ "msr", plant_vmx_msr, &atoll_vmx_ops },
	{ "port", plant_svm_port, &atoll_svm_ops },
	{ "port", plant_vmx_port, &atoll_vmx_ops, SOIL_FALLOW },
	{ "root", plant_svm_root, &atoll_svm_ops, SOIL_IDLE },
	{ "root", plant_vmx_root, &atoll_vmx_ops, SOIL_IDLE },
	{ "unguarded", plant_svm_unguarded, &atoll_svm_ops, SOIL_IDLE },
	{ "unguarded", plant_vmx_unguarded, &atoll_vmx_ops, SOIL_FALLOW },
};

static void undo(void)
{
	struct atoll_gmem *gmem = &plant.vm->gmem;

	mutex_lock(&gmem->lock);
	if (plant.word)
		WRITE_ONCE(*plant.word, plant.was);
	if (plant.number)
		*plant.number -= plant.by;
	if (plant.bits)
		set_bit(plant.bit, plant.bits);
	if (plant.gpa)
		WARN_ON(atoll_s2pt_unmap(&gmem->s2, plant.gpa, SZ_4K));
	mutex_unlock(&gmem->lock);
	if (plant.extent)
		atoll_pool_give(plant.owner, plant.extent);
	if (plant.page)
		free_page(plant.page);
	atoll_vm_put(plant.vm);
	memset(&plant, 0, sizeof(plant));
}

static bool is_fertile(enum soil soil)
{
	switch (soil) {
	case SOIL_IDLE:
		return !atoll_vm_is_active(plant.vm);
	case SOIL_FALLOW:
		return !atoll_hw_cpus_on();
	default:
		return first_extent(plant.vm);
	}
}

static int sow(u32 i, const char *name)
{
	int err = -EINVAL;

	plant.vm = atoll_vm_find(name);
	if (!plant.vm)
		return -ENOENT;
	if (is_fertile(kinds[i].soil))
		err = kinds[i].plant();
	if (err)
		undo();
	return err;
}

static int set_plant(const char *value, const struct kernel_param *kp)
{
	char kind[16], name[ATOLL_NAME_MAX + 1];
	u32 i;

	if (sysfs_streq(value, "undo")) {
		if (plant.vm)
			undo();
		return 0;
	}
	if (plant.vm)
		return -EBUSY;
	if (sscanf(value, "%15s %63s", kind, name) != 2)
		return -EINVAL;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (!strcmp(kinds[i].name, kind) && (!kinds[i].hw || kinds[i].hw == atoll_hw))
			return sow(i, name);
	}
	return -EINVAL;
}

static const struct kernel_param_ops plant_ops = {
	.set = set_plant,
};

module_param_cb(plant, &plant_ops, NULL, 0200);
