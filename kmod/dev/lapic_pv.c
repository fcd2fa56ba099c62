// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's paravirtual EOI: a guest ends the service of an interrupt by clearing a
 * bit in its memory, without an exit (Documentation/virt/kvm/x86/msr.rst,
 * MSR_KVM_EOI_EN).
 *
 * The bit is set when an interrupt goes to the guest for which nobody waits:
 * neither the I/O APIC, for the EOI of a level, nor a further request in the
 * IRR.  From then on the ISR is true only together with the bit, so whoever
 * needs the ISR calls atoll_lapic_pv_sync() first.  That takes the bit back, too:
 * a request that has come meanwhile finds a guest that tells of its EOI.  What
 * comes to the IRR later is looked at before the next entry, and that look
 * needs the ISR.  So an exit costs nothing while no interrupt is pending.
 */
#include <linux/align.h>
#include <linux/bitops.h>
#include <uapi/asm/kvm_para.h>

#include "lapic.h"

#define RESERVED	BIT_ULL(1)

/**
 * atoll_lapic_pv_offer() - an interrupt goes to the guest: spare it the EOI?
 * @lapic:	the calling thread's own, in step with the guest's bit
 * @vector:	has just been taken into service
 */
void atoll_lapic_pv_offer(struct atoll_lapic *lapic, u8 vector)
{
	struct atoll_pv *pv = &lapic->vcpu->pv;
	u8 old;

	if (!pv->eoi_gpa || atoll_lapic_busy(lapic) || test_bit(vector, lapic->tmr))
		return;
	if (!atoll_gmem_xchg(&lapic->vcpu->vm->gmem, pv->eoi_gpa, KVM_PV_EOI_ENABLED, &old))
		pv->eoi_offered = 1;
}

/**
 * atoll_lapic_pv_take_back() - the guest must write its next EOI
 * @lapic:	the calling thread's own, to which an EOI was offered
 *
 * Return: true if the guest has cleared the bit: it is done with the interrupt.
 */
bool atoll_lapic_pv_take_back(struct atoll_lapic *lapic)
{
	struct atoll_pv *pv = &lapic->vcpu->pv;
	u8 old = KVM_PV_EOI_ENABLED;

	pv->eoi_offered = 0;
	atoll_gmem_xchg(&lapic->vcpu->vm->gmem, pv->eoi_gpa, KVM_PV_EOI_DISABLED, &old);
	return !(old & KVM_PV_EOI_ENABLED);
}

/** atoll_lapic_pv_read() - MSR_KVM_PV_EOI_EN, as it was written */
u64 atoll_lapic_pv_read(struct atoll_vcpu *vcpu)
{
	return vcpu->pv.eoi_gpa ? vcpu->pv.eoi_gpa | KVM_MSR_ENABLED : 0;
}

/**
 * atoll_lapic_pv_write() - MSR_KVM_PV_EOI_EN
 * @vcpu:	the calling thread's own
 * @value:	gpa of four bytes, aligned, whose lowest bit is used; bit 0: do so
 *
 * Once set, its memory is there.
 *
 * Return: 0; -EINVAL: a reserved bit, or no such memory; -EAGAIN: the vCPU has to
 * take that first.
 */
int atoll_lapic_pv_write(struct atoll_vcpu *vcpu, u64 value)
{
	u64 gpa = ALIGN_DOWN(value, sizeof(u32));

	if (value & RESERVED)
		return -EINVAL;
	/* An EOI in the old place still counts */
	atoll_lapic_pv_sync(vcpu->lapic);
	vcpu->pv.eoi_gpa = 0;
	if (!(value & KVM_MSR_ENABLED))
		return 0;
	if (!gpa || !atoll_gmem_has(&vcpu->vm->gmem, gpa, sizeof(u32)))
		return -EINVAL;
	if (atoll_vcpu_wants(vcpu, gpa, sizeof(u32)))
		return -EAGAIN;
	vcpu->pv.eoi_gpa = gpa;
	return 0;
}
