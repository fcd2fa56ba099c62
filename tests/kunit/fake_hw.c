// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fake backend, and VMs that run on it.  See fake_hw.h.
 */
#include <linux/delay.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/module.h>
#include <linux/shmem_fs.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <asm/apic.h>
#include "../../kmod/mem/pool.h"
#include "fake_hw.h"

struct fake_hw fake_hw;

static const struct atoll_hw_ops *real_hw;
static int module_refs;		/* before a test */

/* The registers of a fake vCPU */
struct fake_vcpu {
	struct atoll_cpu_state state;
	u64 tsc_offset;
	u64 tsc_ratio;
	u64 cr8;
};

static int probe(const char **why)
{
	return 0;
}

static u32 s2_levels(void)
{
	return 4;
}

static u32 s2_largest(void)
{
	return 3;
}

static bool s2_marks(void)
{
	return true;
}

static const char *feature(u32 i)
{
	return NULL;
}

static int cpu_on(void)
{
	if (!fake_hw.cpu_on_err)
		atomic_inc(&fake_hw.cpus_on);
	return fake_hw.cpu_on_err;
}

static void cpu_off(void)
{
	atomic_dec(&fake_hw.cpus_on);
}

static int vcpu_init(struct atoll_vcpu *vcpu)
{
	struct fake_vcpu *fake = kzalloc(sizeof(*fake), GFP_KERNEL);

	vcpu->hw = fake;
	return fake ? 0 : -ENOMEM;
}

static void vcpu_exit(struct atoll_vcpu *vcpu)
{
	kfree(vcpu->hw);
	vcpu->hw = NULL;
}

static size_t vcpu_bytes(void)
{
	return kmalloc_size_roundup(sizeof(struct fake_vcpu));
}

static void vcpu_load(struct atoll_vcpu *vcpu)
{
}

static void vcpu_put(struct atoll_vcpu *vcpu)
{
	mdelay(READ_ONCE(fake_hw.put_ms));
}

static void flush_tlb(struct atoll_vcpu *vcpu)
{
	atomic_inc(&fake_hw.flushes);
}

/*
 * IRQs are off, so the kick's interrupt stays pending, as it does for a CPU.  A
 * kick that is missing must be missed early: RCU, too, sends such an interrupt
 * to a CPU that doesn't answer for long.
 */
static void run_until_kicked(struct atoll_vcpu *vcpu)
{
	ktime_t asked = 0, end = ktime_add_ms(ktime_get(), 2000);
	u32 turns = 0;

	while (!lapic_vector_set_in_irr(RESCHEDULE_VECTOR)) {
		if (!asked && READ_ONCE(vcpu->requests))
			asked = ktime_get();
		if (asked && ++turns > 1000 &&
		    ktime_after(ktime_get(), ktime_add_ms(asked, 20))) {
			fake_hw.unkicked++;
			return;
		}
		if (ktime_after(ktime_get(), end))
			return;
		cpu_relax();
	}
}

static void vcpu_run(struct atoll_vcpu *vcpu)
{
	atomic_inc(&fake_hw.runs);
	if (READ_ONCE(fake_hw.wait_for_kick))
		run_until_kicked(vcpu);
	vcpu->exit = fake_hw.script[fake_hw.next];
	if (fake_hw.next + 1 < fake_hw.len)
		fake_hw.next++;
}

static void save_state(struct atoll_vcpu *vcpu, struct atoll_cpu_state *state)
{
	struct fake_vcpu *fake = vcpu->hw;

	*state = fake->state;
	memcpy(state->regs, vcpu->regs, sizeof(state->regs));
}

static void load_state(struct atoll_vcpu *vcpu, const struct atoll_cpu_state *state)
{
	struct fake_vcpu *fake = vcpu->hw;

	fake->state = *state;
	memcpy(vcpu->regs, state->regs, sizeof(vcpu->regs));
}

static u64 *reg(struct atoll_vcpu *vcpu, enum atoll_creg which)
{
	struct fake_vcpu *fake = vcpu->hw;

	switch (which) {
	case ATOLL_CR0:		return &fake->state.cr0;
	case ATOLL_CR2:		return &fake->state.cr2;
	case ATOLL_CR3:		return &fake->state.cr3;
	case ATOLL_CR4:		return &fake->state.cr4;
	case ATOLL_EFER:	return &fake->state.efer;
	case ATOLL_DR6:		return &fake->state.dr6;
	case ATOLL_DR7:		return &fake->state.dr7;
	case ATOLL_PAT:		return &fake->state.pat;
	case ATOLL_CR8:		return &fake->cr8;
	case ATOLL_TSC_RATIO:	return &fake->tsc_ratio;
	default:		return &fake->tsc_offset;
	}
}

static u64 get_reg(struct atoll_vcpu *vcpu, enum atoll_creg which)
{
	return *reg(vcpu, which);
}

static void set_reg(struct atoll_vcpu *vcpu, enum atoll_creg which, u64 value)
{
	*reg(vcpu, which) = value;
}

static void get_seg(struct atoll_vcpu *vcpu, enum atoll_seg seg, struct atoll_segment *out)
{
	struct fake_vcpu *fake = vcpu->hw;

	*out = fake->state.seg[seg];
}

static u32 get_attr(struct atoll_vcpu *vcpu, enum atoll_seg seg)
{
	struct fake_vcpu *fake = vcpu->hw;

	return fake->state.seg[seg].attr;
}

static void get_paging(struct atoll_vcpu *vcpu, struct atoll_paging *out)
{
	struct fake_vcpu *fake = vcpu->hw;

	out->cr0 = fake->state.cr0;
	out->cr3 = fake->state.cr3;
	out->cr4 = fake->state.cr4;
	out->efer = fake->state.efer;
	out->cs_attr = fake->state.seg[ATOLL_CS].attr;
	out->ss_attr = fake->state.seg[ATOLL_SS].attr;
}

static bool can_inject(struct atoll_vcpu *vcpu)
{
	return fake_hw.take_interrupts;
}

static void inject(struct atoll_vcpu *vcpu, u8 vector)
{
	fake_hw.injected = vector;
}

static void want_window(struct atoll_vcpu *vcpu)
{
	fake_hw.windows++;
}

static void want_cr8_below(struct atoll_vcpu *vcpu, u8 class)
{
	fake_hw.cr8_below = class;
}

static bool can_inject_nmi(struct atoll_vcpu *vcpu)
{
	return fake_hw.take_nmis;
}

static void inject_nmi(struct atoll_vcpu *vcpu)
{
	fake_hw.nmis++;
}

static void want_nmi_window(struct atoll_vcpu *vcpu)
{
	fake_hw.nmi_windows++;
}

static void raise(struct atoll_vcpu *vcpu, u8 vector, s64 error_code)
{
	fake_hw.raised = vector;
	fake_hw.raised_error = error_code;
}

static void skip(struct atoll_vcpu *vcpu, u64 rip)
{
	vcpu->regs[ATOLL_RIP] = rip;
}

static u64 s2_root(const struct atoll_vcpu *vcpu)
{
	return virt_to_phys(vcpu->vm->gmem.s2.root);
}

static u32 tsc_ratio_bits(void)
{
	return fake_hw.tsc_ratio_bits;
}

static bool is_guarded(const struct atoll_vcpu *vcpu)
{
	return !fake_hw.unguarded;
}

static bool msr_exits(u32 msr, enum atoll_dir dir)
{
	u32 i, one;

	for (i = 0; atoll_msr_passthrough(i, &one); i++) {
		if (one == msr)
			return false;
	}
	return dir == ATOLL_READ || !fake_hw.open_msr || msr != fake_hw.open_msr;
}

static bool port_exits(u32 port)
{
	return !fake_hw.open_port || port != fake_hw.open_port;
}

static const struct atoll_hw_ops fake_ops = {
	.name		= "fake",
	.rival		= ATOLL_HW_RIVAL("the fake", "itself"),
	.s2_format	= &atoll_npt_format,
	.probe		= probe,
	.s2_levels	= s2_levels,
	.s2_largest	= s2_largest,
	.s2_marks	= s2_marks,
	.feature	= feature,
	.tsc_ratio_bits	= tsc_ratio_bits,
	.cpu_on		= cpu_on,
	.cpu_off	= cpu_off,
	.vcpu_init	= vcpu_init,
	.vcpu_exit	= vcpu_exit,
	.vcpu_bytes	= vcpu_bytes,
	.vcpu_load	= vcpu_load,
	.vcpu_put	= vcpu_put,
	.vcpu_run	= vcpu_run,
	.save_state	= save_state,
	.load_state	= load_state,
	.get_reg	= get_reg,
	.set_reg	= set_reg,
	.get_seg	= get_seg,
	.get_attr	= get_attr,
	.get_paging	= get_paging,
	.can_inject	= can_inject,
	.inject		= inject,
	.want_window	= want_window,
	.want_cr8_below	= want_cr8_below,
	.can_inject_nmi	= can_inject_nmi,
	.inject_nmi	= inject_nmi,
	.want_nmi_window = want_nmi_window,
	.raise		= raise,
	.skip		= skip,
	.flush_tlb	= flush_tlb,
	.s2_root	= s2_root,
	.is_guarded	= is_guarded,
	.msr_exits	= msr_exits,
	.port_exits	= port_exits,
	.dump		= vcpu_load,
};

/* Put the fake in the place of the real backend */
void fake_hw_install(void)
{
	memset(&fake_hw, 0, sizeof(fake_hw));
	fake_hw.injected = -1;
	fake_hw.raised = -1;
	real_hw = atoll_hw;
	atoll_hw_use(&fake_ops);
	/* Suites run before the module's own init */
	atoll_cpuid_init();
}

void fake_hw_remove(void)
{
	atoll_hw_use(real_hw);
}

/* The fake, and the rooms that whole VMs need beside it */
int fake_rooms_open(struct kunit *test)
{
	fake_hw_install();
	module_refs = module_refcount(THIS_MODULE);
	KUNIT_ASSERT_EQ(test, atoll_pool_init(SZ_64M), 0);
	KUNIT_ASSERT_EQ(test, atoll_console_init(), 0);
	return 0;
}

/* Whatever the test did, nothing of it is left */
void fake_rooms_close(struct kunit *test)
{
	u32 defined, active;
	struct atoll_pool_usage pool;

	atoll_vm_count(&defined, &active);
	KUNIT_EXPECT_EQ(test, defined, 0);
	atoll_vm_exit_all();
	atoll_pool_get_usage(&atoll_dynamic_pool, &pool);
	KUNIT_EXPECT_EQ(test, pool.used, 0);
	KUNIT_EXPECT_EQ(test, pool.promised, 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&fake_hw.cpus_on), 0);
	KUNIT_EXPECT_EQ(test, module_refcount(THIS_MODULE), module_refs);
	atoll_console_exit();
	fake_hw_remove();
}

void fake_hw_play(const struct atoll_exit *script, u32 len)
{
	fake_hw.script = script;
	fake_hw.len = len;
	fake_hw.next = 0;
	atomic_set(&fake_hw.runs, 0);
}

/* A one-byte flat image: what it holds doesn't matter to a fake CPU */
static struct file *make_image(struct kunit *test)
{
	struct file *file = shmem_file_setup("image", PAGE_SIZE, 0);
	loff_t pos = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(file));
	KUNIT_ASSERT_EQ(test, kernel_write(file, "\xf4", 1, &pos), 1);
	return file;
}

/* What a VM with 4 MiB is defined from */
void fake_vm_config(struct kunit *test, struct atoll_vm_config *cfg, const char *name,
		    u32 nr_vcpus)
{
	strscpy(cfg->name, name, sizeof(cfg->name));
	cfg->memory = 4 << 20;
	cfg->nr_vcpus = nr_vcpus;
	cfg->boot.image = make_image(test);
	cfg->boot.format = ATOLL_BOOT_FLAT;
	cfg->boot.load_addr = 0x7c00;
	cfg->boot.cmdline = kstrdup("", GFP_KERNEL);
}

/* A VM in state NEW, with 4 MiB; the caller ends it with fake_vm_undefine() */
struct atoll_vm *fake_vm_define(struct kunit *test, const char *name, u32 nr_vcpus)
{
	struct netlink_ext_ack extack = { };
	struct atoll_vm_config *cfg;
	struct atoll_vm *vm;
	int err;

	cfg = kunit_kzalloc(test, sizeof(*cfg), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, cfg);
	fake_vm_config(test, cfg, name, nr_vcpus);
	err = atoll_vm_define(cfg, &extack, &vm);
	if (err)
		atoll_vm_config_release(cfg);
	KUNIT_ASSERT_EQ_MSG(test, err, 0, "%s", extack._msg);
	return vm;
}

void fake_vm_undefine(struct atoll_vm *vm)
{
	atoll_vm_stop(vm, NULL);
	atoll_vm_undefine(vm, NULL);
	atoll_vm_put(vm);
}

/* Wait up to ten seconds for a run to end; the state that holds then */
enum atoll_state fake_vm_wait_end(struct atoll_vm *vm)
{
	wait_event_timeout(vm->state_wq, !atoll_vm_is_active(vm), 10 * HZ);
	return READ_ONCE(vm->state);
}
