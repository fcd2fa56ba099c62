// SPDX-License-Identifier: GPL-2.0-only
/*
 * The I/O and MSR permission maps: what a guest may touch without an exit.
 *
 * Everything is intercepted but for the MSRs that atoll_msr_passthrough()
 * lists.  The policy is the same for every guest, so there is one pair of
 * maps for all of them.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/string.h>
#include "svm.h"

/* AMD APM vol. 2, "IOIO Intercepts" and "MSR Intercepts": sizes in pages */
#define IOPM_ORDER	2	/* 12 KiB are used */
#define MSRPM_ORDER	1

static struct page *iopm, *msrpm;

/*
 * Two bits for each MSR, read and write, in three ranges of 2 KiB.
 * Returns the number of the first of the two bits, or -1.
 */
static int msrpm_bit(u32 msr)
{
	static const u32 range_start[] = { 0, 0xc0000000, 0xc0010000 };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(range_start); i++) {
		if (msr - range_start[i] < 0x2000)
			return (i * 0x800 * 8) + (msr - range_start[i]) * 2;
	}
	return -1;
}

/**
 * atoll_svm_permission_init() - make the maps
 *
 * Return: 0 or -ENOMEM.  May sleep.
 */
int atoll_svm_permission_init(void)
{
	unsigned long *map;
	u32 i, msr;
	int bit;

	iopm = alloc_pages(GFP_KERNEL, IOPM_ORDER);
	msrpm = alloc_pages(GFP_KERNEL, MSRPM_ORDER);
	if (!iopm || !msrpm)
		return -ENOMEM;

	memset(page_address(iopm), 0xff, PAGE_SIZE << IOPM_ORDER);
	memset(page_address(msrpm), 0xff, PAGE_SIZE << MSRPM_ORDER);
	map = page_address(msrpm);
	for (i = 0; atoll_msr_passthrough(i, &msr); i++) {
		bit = msrpm_bit(msr);
		if (WARN_ON_ONCE(bit < 0))
			continue;
		__clear_bit(bit, map);
		__clear_bit(bit + 1, map);
	}
	return 0;
}

/** atoll_svm_permission_exit() - free the maps, if there are any; may sleep */
void atoll_svm_permission_exit(void)
{
	if (iopm)
		__free_pages(iopm, IOPM_ORDER);
	if (msrpm)
		__free_pages(msrpm, MSRPM_ORDER);
	iopm = NULL;
	msrpm = NULL;
}

/** atoll_svm_iopm_pa() - the I/O map's physical address; any context */
u64 atoll_svm_iopm_pa(void)
{
	return page_to_phys(iopm);
}

/** atoll_svm_msrpm_pa() - the MSR map's physical address; any context */
u64 atoll_svm_msrpm_pa(void)
{
	return page_to_phys(msrpm);
}

/**
 * atoll_svm_is_guarded() - does the control block name these maps, and use them?
 * @vcpu:	may run
 *
 * AMD APM vol. 2, "VMCB Layout": intercepts IOIO_PROT and MSR_PROT.  Any context.
 */
bool atoll_svm_is_guarded(const struct atoll_vcpu *vcpu)
{
	const struct vmcb_control_area *c = &to_svm(vcpu)->vmcb->control;
	u32 ioio = READ_ONCE(c->intercepts[INTERCEPT_IOIO_PROT / 32]);
	u32 msr = READ_ONCE(c->intercepts[INTERCEPT_MSR_PROT / 32]);

	return (ioio & BIT(INTERCEPT_IOIO_PROT % 32)) && (msr & BIT(INTERCEPT_MSR_PROT % 32)) &&
	       c->iopm_base_pa == atoll_svm_iopm_pa() &&
	       c->msrpm_base_pa == atoll_svm_msrpm_pa();
}

/**
 * atoll_svm_msr_exits() - as the map has it
 * @msr:	its number
 * @dir:	reading or writing it
 *
 * Return: true, too, for MSRs that have no bits: those always exit.  Any context.
 */
bool atoll_svm_msr_exits(u32 msr, enum atoll_dir dir)
{
	int bit = msrpm_bit(msr);

	return bit < 0 || test_bit(bit + (dir == ATOLL_WRITE), page_address(msrpm));
}

/**
 * atoll_svm_port_exits() - as the map has it
 * @port:	its number, below 0x10003
 *
 * Any context.
 */
bool atoll_svm_port_exits(u32 port)
{
	return test_bit(port, page_address(iopm));
}
