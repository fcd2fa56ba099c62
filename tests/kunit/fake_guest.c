// SPDX-License-Identifier: GPL-2.0-only
/*
 * The threadless guest.  See fake_guest.h.
 */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <asm/msr-index.h>
#include <asm/processor-flags.h>

#include "fake_guest.h"

/* Present, not system, writable or readable */
#define DATA_ATTR	0x93
#define CODE_ATTR	0x9b

struct atoll_vcpu *fake_guest_create(struct kunit *test)
{
	struct atoll_vcpu *vcpu = kunit_kzalloc(test, sizeof(*vcpu), GFP_KERNEL);
	struct atoll_vm *vm = kunit_kzalloc(test, struct_size(vm, vcpu, 1), GFP_KERNEL);
	void **extent = kunit_kzalloc(test, sizeof(*extent), GFP_KERNEL);
	void ***dir = kunit_kzalloc(test, sizeof(*dir), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, vcpu);
	KUNIT_ASSERT_NOT_NULL(test, vm);
	KUNIT_ASSERT_NOT_NULL(test, extent);
	KUNIT_ASSERT_NOT_NULL(test, dir);
	fake_hw_install();
	*extent = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, get_order(FAKE_GUEST_RAM));
	KUNIT_ASSERT_NOT_NULL(test, *extent);
	*dir = extent;
	KUNIT_ASSERT_EQ(test, atoll_hw->vcpu_init(vcpu), 0);
	KUNIT_ASSERT_EQ(test, atoll_lapic_create(vcpu), 0);

	spin_lock_init(&vm->state_lock);
	init_waitqueue_head(&vm->state_wq);
	INIT_LIST_HEAD(&vm->devices);
	vm->gmem.slot[0] = (struct atoll_slot){
		.len = FAKE_GUEST_RAM, .dir = dir, .nr_extents = 1,
	};
	vm->gmem.nr_slots = 1;
	vm->nr_vcpus = 1;
	vm->vcpu[0] = vcpu;
	vcpu->vm = vm;
	vcpu->cpu = -1;
	init_waitqueue_head(&vcpu->wq);
	/* So that it can crash */
	vm->state = ATOLL_STATE_RUNNING;
	vm->end_state = ATOLL_STATE_RUNNING;
	return vcpu;
}

void fake_guest_destroy(struct atoll_vcpu *vcpu)
{
	free_pages((unsigned long)vcpu->vm->gmem.slot[0].dir[0][0], get_order(FAKE_GUEST_RAM));
	atoll_lapic_destroy(vcpu);
	atoll_hw->vcpu_exit(vcpu);
	fake_hw_remove();
}

/* Reset the vCPU to the beginning of code of this kind */
void fake_guest_enter(struct atoll_vcpu *vcpu, enum fake_guest_mode mode)
{
	static struct atoll_cpu_state state;
	int i;

	memset(&state, 0, sizeof(state));
	for (i = 0; i < ATOLL_NR_SEGS; i++) {
		state.seg[i].limit = mode == FAKE_GUEST_REAL ? 0xffff : U32_MAX;
		state.seg[i].attr = DATA_ATTR;
	}
	state.seg[ATOLL_CS].attr = CODE_ATTR;
	state.regs[ATOLL_RFLAGS] = X86_EFLAGS_FIXED;
	if (mode != FAKE_GUEST_REAL)
		state.cr0 = X86_CR0_PE;
	if (mode == FAKE_GUEST_PROTECTED)
		state.seg[ATOLL_CS].attr |= ATOLL_SEG_DB;
	if (mode == FAKE_GUEST_LONG) {
		state.seg[ATOLL_CS].attr |= ATOLL_SEG_L;
		state.cr0 |= X86_CR0_PG | X86_CR0_WP;
		state.cr3 = FAKE_GUEST_TABLES + 4 * PAGE_SIZE;
		state.cr4 = X86_CR4_PAE;
		state.efer = EFER_LME | EFER_LMA | EFER_NX;
	}
	atoll_hw->load_state(vcpu, &state);
}

void fake_guest_poke(struct atoll_vcpu *vcpu, u64 gpa, const void *data, size_t len)
{
	WARN_ON(atoll_gmem_write(&vcpu->vm->gmem, gpa, data, len));
}

u64 fake_guest_peek(struct atoll_vcpu *vcpu, u64 gpa, size_t len)
{
	u64 value = 0;

	WARN_ON(atoll_gmem_read(&vcpu->vm->gmem, gpa, &value, len));
	return value;
}

/* Map a 4 KiB page in 4-level tables; all gvas mapped so share 2 MiB */
void fake_guest_map(struct atoll_vcpu *vcpu, u64 gva, u64 entry)
{
	u64 table, index, value;
	int level;

	for (level = 4; level >= 1; level--) {
		table = FAKE_GUEST_TABLES + level * PAGE_SIZE;
		index = (gva >> (PAGE_SHIFT + 9 * (level - 1))) & 511;
		value = level == 1 ? entry : (table - PAGE_SIZE) | 7;
		fake_guest_poke(vcpu, table + 8 * index, &value, 8);
	}
}
