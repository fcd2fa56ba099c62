// SPDX-License-Identifier: GPL-2.0-only
/*
 * The permission maps of both kinds of CPU: where each bit lies by the manuals,
 * and that all are set but for those of the MSRs that a guest may use.
 */
#include <kunit/test.h>
#include <linux/io.h>
#include <asm/msr-index.h>

#include "../../kmod/hw/svm/svm.h"
#include "../../kmod/hw/vmx/vmx.h"

/* AMD APM vol. 2, "MSR Intercepts": two bits for each, read first */
static void svm_msrs_lie_where_the_manual_says(struct kunit *test)
{
	u8 *map;

	KUNIT_ASSERT_EQ(test, atoll_svm_permission_init(), 0);
	map = phys_to_virt(atoll_svm_msrpm_pa());
	KUNIT_EXPECT_TRUE(test, atoll_svm_msr_exits(0x1b, ATOLL_READ));
	map[0x1b / 4] &= ~(1 << 2 * (0x1b % 4));
	KUNIT_EXPECT_FALSE(test, atoll_svm_msr_exits(0x1b, ATOLL_READ));
	KUNIT_EXPECT_TRUE(test, atoll_svm_msr_exits(0x1b, ATOLL_WRITE));

	KUNIT_EXPECT_TRUE(test, atoll_svm_msr_exits(MSR_EFER, ATOLL_WRITE));
	map[0x800 + 0x80 / 4] &= ~2;
	KUNIT_EXPECT_FALSE(test, atoll_svm_msr_exits(MSR_EFER, ATOLL_WRITE));
	KUNIT_EXPECT_TRUE(test, atoll_svm_msr_exits(MSR_EFER, ATOLL_READ));

	KUNIT_EXPECT_TRUE(test, atoll_svm_msr_exits(0xc0011fff, ATOLL_WRITE));
	map[0x17ff] &= ~0x80;
	KUNIT_EXPECT_FALSE(test, atoll_svm_msr_exits(0xc0011fff, ATOLL_WRITE));
	/* It has no bit */
	KUNIT_EXPECT_TRUE(test, atoll_svm_msr_exits(0x2000, ATOLL_READ));
	KUNIT_EXPECT_TRUE(test, atoll_svm_msr_exits(0xc0012000, ATOLL_WRITE));
	atoll_svm_permission_exit();
}

static void svm_ports_lie_where_the_manual_says(struct kunit *test)
{
	u8 *map;

	KUNIT_ASSERT_EQ(test, atoll_svm_permission_init(), 0);
	map = phys_to_virt(atoll_svm_iopm_pa());
	KUNIT_EXPECT_TRUE(test, atoll_svm_port_exits(0x3f9));
	map[0x3f9 / 8] &= ~2;
	KUNIT_EXPECT_FALSE(test, atoll_svm_port_exits(0x3f9));
	KUNIT_EXPECT_TRUE(test, atoll_svm_port_exits(0x3f8));
	/* A word at port 0xffff is looked up in the third page as well */
	KUNIT_EXPECT_TRUE(test, atoll_svm_port_exits(0x10000));
	map[0x2000] &= ~1;
	KUNIT_EXPECT_FALSE(test, atoll_svm_port_exits(0x10000));
	atoll_svm_permission_exit();
}

/* AMD APM vol. 2, "VMCB Layout" */
static void svm_vcpus_heed_these_maps(struct kunit *test)
{
	struct atoll_vcpu *vcpu = kunit_kzalloc(test, sizeof(*vcpu), GFP_KERNEL);
	struct atoll_svm *svm = kunit_kzalloc(test, sizeof(*svm), GFP_KERNEL);
	struct vmcb_control_area *c;

	KUNIT_ASSERT_NOT_NULL(test, vcpu);
	KUNIT_ASSERT_NOT_NULL(test, svm);
	svm->vmcb = kunit_kzalloc(test, PAGE_SIZE, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, svm->vmcb);
	KUNIT_ASSERT_EQ(test, atoll_svm_permission_init(), 0);
	vcpu->hw = svm;
	c = &svm->vmcb->control;
	c->iopm_base_pa = atoll_svm_iopm_pa();
	c->msrpm_base_pa = atoll_svm_msrpm_pa();
	KUNIT_EXPECT_FALSE(test, atoll_svm_is_guarded(vcpu));
	/* Offset 0xc, bits 27 and 28 */
	c->intercepts[3] = BIT(27);
	KUNIT_EXPECT_FALSE(test, atoll_svm_is_guarded(vcpu));
	c->intercepts[3] = BIT(28);
	KUNIT_EXPECT_FALSE(test, atoll_svm_is_guarded(vcpu));
	c->intercepts[3] = BIT(27) | BIT(28);
	KUNIT_EXPECT_TRUE(test, atoll_svm_is_guarded(vcpu));
	c->iopm_base_pa += PAGE_SIZE;
	KUNIT_EXPECT_FALSE(test, atoll_svm_is_guarded(vcpu));
	c->iopm_base_pa -= PAGE_SIZE;
	c->msrpm_base_pa = 0;
	KUNIT_EXPECT_FALSE(test, atoll_svm_is_guarded(vcpu));
	atoll_svm_permission_exit();
}

/* Intel SDM vol. 3, "MSR-Bitmap Address": reads of low and high ones, then writes */
static void vmx_msrs_lie_where_the_manual_says(struct kunit *test)
{
	u8 *map;

	KUNIT_ASSERT_EQ(test, atoll_vmx_permission_init(), 0);
	map = phys_to_virt(atoll_vmx_msr_bitmap_pa());
	KUNIT_EXPECT_TRUE(test, atoll_vmx_msr_exits(0x1b, ATOLL_READ));
	map[3] &= ~8;
	KUNIT_EXPECT_FALSE(test, atoll_vmx_msr_exits(0x1b, ATOLL_READ));
	KUNIT_EXPECT_TRUE(test, atoll_vmx_msr_exits(0x1b, ATOLL_WRITE));

	KUNIT_EXPECT_TRUE(test, atoll_vmx_msr_exits(0xc0001fff, ATOLL_READ));
	map[0x7ff] &= ~0x80;
	KUNIT_EXPECT_FALSE(test, atoll_vmx_msr_exits(0xc0001fff, ATOLL_READ));
	KUNIT_EXPECT_TRUE(test, atoll_vmx_msr_exits(0xc0001fff, ATOLL_WRITE));
	map[0xfff] &= ~0x80;
	KUNIT_EXPECT_FALSE(test, atoll_vmx_msr_exits(0xc0001fff, ATOLL_WRITE));
	KUNIT_EXPECT_TRUE(test, atoll_vmx_msr_exits(0x2000, ATOLL_READ));
	KUNIT_EXPECT_TRUE(test, atoll_vmx_msr_exits(0xc0010000, ATOLL_WRITE));
	atoll_vmx_permission_exit();
}

/* Bits 24, 25 and 28 of the primary controls */
static void vmx_vcpus_heed_the_map(struct kunit *test)
{
	u32 was = atoll_vmx_controls.cpu;

	atoll_vmx_controls.cpu = BIT(24) | BIT(28);
	KUNIT_EXPECT_TRUE(test, atoll_vmx_is_guarded(NULL));
	KUNIT_EXPECT_TRUE(test, atoll_vmx_port_exits(0));
	atoll_vmx_controls.cpu = BIT(24) | BIT(25) | BIT(28);
	KUNIT_EXPECT_FALSE(test, atoll_vmx_is_guarded(NULL));
	atoll_vmx_controls.cpu = BIT(24);
	KUNIT_EXPECT_FALSE(test, atoll_vmx_is_guarded(NULL));
	atoll_vmx_controls.cpu = BIT(28);
	KUNIT_EXPECT_FALSE(test, atoll_vmx_is_guarded(NULL));
	KUNIT_EXPECT_FALSE(test, atoll_vmx_port_exits(0));
	atoll_vmx_controls.cpu = was;
}

static struct kunit_case permission_cases[] = {
	KUNIT_CASE(svm_msrs_lie_where_the_manual_says),
	KUNIT_CASE(svm_ports_lie_where_the_manual_says),
	KUNIT_CASE(svm_vcpus_heed_these_maps),
	KUNIT_CASE(vmx_msrs_lie_where_the_manual_says),
	KUNIT_CASE(vmx_vcpus_heed_the_map),
	{}
};

static struct kunit_suite permission_suite = {
	.name = "atoll_permission",
	.test_cases = permission_cases,
};

kunit_test_suite(permission_suite);
