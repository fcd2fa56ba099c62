// SPDX-License-Identifier: GPL-2.0-only
/*
 * VPIDs and the EPT's root: the tags of what the TLB holds for a guest, and
 * what must be forgotten when.
 *
 * A vCPU has one VPID for life.  Linear and combined mappings are tagged with
 * it, guest-physical ones with the EPT's root.  Both tags may have been used
 * before, by a vCPU that is gone, and a vCPU that comes back to a CPU may find
 * there what it has flushed elsewhere since: so whoever comes to a CPU flushes
 * both.  Intel SDM vol. 3, "Caching Translation Information" and "Invalidating
 * Cached Translation Information".
 */
#include <linux/idr.h>
#include <asm/msr.h>
#include "vmx.h"

#define VPID_MAX	0xffff
#define EPTP_LEVELS_4	(3 << 3)

static DEFINE_IDA(vpids);

/**
 * atoll_vmx_vpid_alloc() - give a vCPU its VPID
 * @vmx:	receives it, or 0 when there is none left: then every entry and
 *		exit drops what was cached
 *
 * Context: may sleep.
 */
void atoll_vmx_vpid_alloc(struct atoll_vmx *vmx)
{
	int id = -ENOSPC;

	if (atoll_vmx_has_vpid())
		id = ida_alloc_range(&vpids, 1, VPID_MAX, GFP_KERNEL);
	vmx->vpid = id > 0 ? id : 0;
}

/** atoll_vmx_vpid_free() - take it back; @vmx may be without one */
void atoll_vmx_vpid_free(struct atoll_vmx *vmx)
{
	if (vmx->vpid)
		ida_free(&vpids, vmx->vpid);
	vmx->vpid = 0;
}

/**
 * atoll_vmx_s2_marks() - does the CPU set accessed and dirty bits?
 *
 * Intel SDM vol. 3, "VPID and EPT Capabilities", bit 21.  Any context.
 */
bool atoll_vmx_s2_marks(void)
{
	u64 caps;

	rdmsrl(MSR_IA32_VMX_EPT_VPID_CAP, caps);
	return caps & VMX_EPT_AD_BIT;
}

/**
 * atoll_vmx_eptp() - stage 2 in the CPU's words
 * @root_pa:	physical address of the root table
 *
 * Intel SDM vol. 3, "Extended-Page-Table Pointer (EPTP)": write-back, four
 * levels, accessed and dirty bits where the CPU sets them.
 */
u64 atoll_vmx_eptp(u64 root_pa)
{
	return root_pa | VMX_EPTP_MT_WB | EPTP_LEVELS_4 |
	       (atoll_vmx_s2_marks() ? VMX_EPTP_AD_ENABLE_BIT : 0);
}

static void exec_invvpid(u16 vpid)
{
	struct { u64 vpid, gva; } descriptor = { .vpid = vpid };

	asm volatile("invvpid %0, %1" : : "m" (descriptor),
		     "r" ((u64)VMX_VPID_EXTENT_SINGLE_CONTEXT) : "cc", "memory");
}

static void exec_invept(u64 eptp)
{
	struct { u64 eptp, reserved; } descriptor = { .eptp = eptp };

	asm volatile("invept %0, %1" : : "m" (descriptor),
		     "r" ((u64)VMX_EPT_EXTENT_CONTEXT) : "cc", "memory");
}

/**
 * atoll_vmx_flush_pending() - carry out what vmx->flush asks for
 * @vmx:	about to enter its guest
 *
 * Context: IRQs off, on the CPU that enters.
 */
void atoll_vmx_flush_pending(struct atoll_vmx *vmx)
{
	if (vmx->flush & ATOLL_VMX_FLUSH_STAGE2)
		exec_invept(vmx->eptp);
	if (vmx->vpid)
		exec_invvpid(vmx->vpid);
	vmx->flush = 0;
}

/**
 * atoll_vmx_flush_tlb() - forget what the CPU cached of this vCPU's stage 2
 * @vcpu:	the calling thread's own, not in the guest
 */
void atoll_vmx_flush_tlb(struct atoll_vcpu *vcpu)
{
	to_vmx(vcpu)->flush |= ATOLL_VMX_FLUSH_STAGE2 | ATOLL_VMX_FLUSH_LINEAR;
}
