// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts and exceptions on their way into a guest.
 *
 * Without virtual NMIs (vNMI) the CPU does not know that the guest is handling
 * one: an intercept of IRET tells when it is about to end.
 *
 * EVENTINJ holds the one event that the next VMRUN delivers.  An exit in the
 * midst of a delivery hands the event back in EXITINTINFO.  AMD APM vol. 2,
 * "Event Injection" and "EXITINTINFO Pseudo-Code".
 */
#include <linux/smp.h>
#include <asm/processor-flags.h>
#include <asm/trapnr.h>
#include "../event.h"
#include "svm.h"

#define EVENT_VECTOR	SVM_EVTINJ_VEC_MASK
#define EVENT_TYPE	SVM_EVTINJ_TYPE_MASK
#define EVENT_EXCEPTION	SVM_EVTINJ_TYPE_EXEPT
#define EVENT_SOFT	SVM_EVTINJ_TYPE_SOFT
#define EVENT_HAS_ERROR	SVM_EVTINJ_VALID_ERR
#define EVENT_VALID	SVM_EVTINJ_VALID

#define OPCODE_STI	0xfb

/**
 * atoll_svm_can_inject() - would the guest take an external interrupt now?
 * @vcpu:	the calling thread's own
 */
bool atoll_svm_can_inject(struct atoll_vcpu *vcpu)
{
	const struct vmcb_control_area *control = &to_svm(vcpu)->vmcb->control;

	return (vcpu->regs[ATOLL_RFLAGS] & X86_EFLAGS_IF) &&
	       !(control->int_state & SVM_INTERRUPT_SHADOW_MASK) &&
	       !(control->event_inj & EVENT_VALID);
}

/**
 * atoll_svm_inject() - deliver an external interrupt at the next entry
 * @vcpu:	the calling thread's own; atoll_svm_can_inject() holds
 * @vector:	from the interrupt controller
 */
void atoll_svm_inject(struct atoll_vcpu *vcpu, u8 vector)
{
	to_svm(vcpu)->vmcb->control.event_inj = vector | SVM_EVTINJ_TYPE_INTR | EVENT_VALID;
}

/**
 * atoll_svm_want_window() - exit as soon as the guest takes interrupts
 * @vcpu:	the calling thread's own
 *
 * A virtual interrupt that is intercepted just before it is taken.  Its
 * vector never reaches the guest.
 */
void atoll_svm_want_window(struct atoll_vcpu *vcpu)
{
	struct vmcb_control_area *control = &to_svm(vcpu)->vmcb->control;

	control->int_ctl |= V_IRQ_MASK | V_IGN_TPR_MASK | V_INTR_PRIO_MASK;
	control->int_vector = 0;
	control->intercepts[INTERCEPT_VINTR / 32] |= BIT(INTERCEPT_VINTR % 32);
}

/**
 * atoll_svm_close_window() - take back atoll_svm_want_window()
 * @svm:	of the calling thread
 */
void atoll_svm_close_window(struct atoll_svm *svm)
{
	struct vmcb_control_area *control = &svm->vmcb->control;

	control->int_ctl &= ~V_IRQ_INJECTION_BITS_MASK;
	control->intercepts[INTERCEPT_VINTR / 32] &= ~BIT(INTERCEPT_VINTR % 32);
}

/**
 * atoll_svm_deliver_once() - before a run: see that an interrupt comes once
 * @vmcb:	about to be run
 *
 * QEMU's VMRUN leaves an injected interrupt's vector behind, and when its CPU is
 * asked to stop before the guest's next exit, delivers it a second time, IF or
 * not: right in a kernel's entry code, which doesn't survive that.  So have the
 * exit come before the handler's first instruction, by an interrupt of the
 * host's own that waits for VMRUN.
 *
 * Context: IRQs off.
 */
void atoll_svm_deliver_once(const struct vmcb *vmcb)
{
	u32 event = vmcb->control.event_inj;

	if ((event & EVENT_VALID) && (event & EVENT_TYPE) == SVM_EVTINJ_TYPE_INTR)
		smp_send_reschedule(smp_processor_id());
}

/* One byte of the kernel's code, or false: it isn't there */
static bool read_code(struct atoll_vcpu *vcpu, const struct vmcb_save_area *save, u64 rip,
		      u8 *byte)
{
	bool is_64 = (save->efer & EFER_LMA) && (save->cs.attrib & SVM_SELECTOR_L_MASK);
	u64 gva = is_64 ? rip : (u32)(save->cs.base + rip), pf_gva;
	u32 pf_error;

	return !atoll_gva_read(vcpu, gva, byte, sizeof(*byte), 0, &pf_gva, &pf_error);
}

/**
 * atoll_svm_keep_shadow() - after an exit in the shadow of STI or MOV SS
 * @vcpu:	just left its guest; vcpu->exit is decoded
 * @vmcb:	its control block
 *
 * Where VMRUN forgets the shadow, an interrupt of the host's between STI and
 * HLT would let the guest's own be delivered before HLT, which sleeps through
 * it.  There STI is taken back, and the guest executes it again: with IF clear
 * it did nothing but what is undone here.
 *
 * Context: IRQs off.
 */
void atoll_svm_keep_shadow(struct atoll_vcpu *vcpu, struct vmcb *vmcb)
{
	u64 *regs = vcpu->regs;
	u8 opcode;

	if (!atoll_svm_in_qemu || !(regs[ATOLL_RFLAGS] & X86_EFLAGS_IF))
		return;
	if (vcpu->exit.kind != ATOLL_EXIT_IRQ && vcpu->exit.kind != ATOLL_EXIT_NMI)
		return;
	if (!read_code(vcpu, &vmcb->save, regs[ATOLL_RIP] - 1, &opcode) || opcode != OPCODE_STI)
		return;
	regs[ATOLL_RIP]--;
	regs[ATOLL_RFLAGS] &= ~X86_EFLAGS_IF;
	vmcb->control.int_state &= ~SVM_INTERRUPT_SHADOW_MASK;
}

/**
 * atoll_svm_want_cr8_below() - exit when the guest lowers CR8
 * @vcpu:	the calling thread's own
 * @class:	any write of CR8 exits, whatever the value
 */
void atoll_svm_want_cr8_below(struct atoll_vcpu *vcpu, u8 class)
{
	to_svm(vcpu)->vmcb->control.intercepts[INTERCEPT_CR8_WRITE / 32] |=
		BIT(INTERCEPT_CR8_WRITE % 32);
}

/**
 * atoll_svm_close_cr8() - take back atoll_svm_want_cr8_below()
 * @svm:	of the calling thread
 */
void atoll_svm_close_cr8(struct atoll_svm *svm)
{
	svm->vmcb->control.intercepts[INTERCEPT_CR8_WRITE / 32] &=
		~BIT(INTERCEPT_CR8_WRITE % 32);
}

static void intercept_iret(struct atoll_svm *svm, bool on)
{
	u32 *word = &svm->vmcb->control.intercepts[INTERCEPT_IRET / 32];

	if (on)
		*word |= BIT(INTERCEPT_IRET % 32);
	else
		*word &= ~BIT(INTERCEPT_IRET % 32);
}

/**
 * atoll_svm_can_inject_nmi() - would the guest take an NMI now?
 * @vcpu:	the calling thread's own
 *
 * Once RIP has moved on from the IRET that ends the handler of an NMI, it has
 * been executed, or has faulted, and the next NMI may come.
 */
bool atoll_svm_can_inject_nmi(struct atoll_vcpu *vcpu)
{
	struct atoll_svm *svm = to_svm(vcpu);
	const struct vmcb_control_area *control = &svm->vmcb->control;

	if (svm->in_iret && vcpu->regs[ATOLL_RIP] != svm->iret_rip)
		atoll_svm_reset_nmi(svm);
	return !svm->nmi_blocked && !(control->int_state & SVM_INTERRUPT_SHADOW_MASK) &&
	       !(control->event_inj & EVENT_VALID);
}

/**
 * atoll_svm_inject_nmi() - deliver an NMI at the next entry
 * @vcpu:	the calling thread's own; atoll_svm_can_inject_nmi() holds
 */
void atoll_svm_inject_nmi(struct atoll_vcpu *vcpu)
{
	struct atoll_svm *svm = to_svm(vcpu);

	svm->vmcb->control.event_inj = X86_TRAP_NMI | SVM_EVTINJ_TYPE_NMI | EVENT_VALID;
	svm->nmi_blocked = 1;
	intercept_iret(svm, true);
}

/**
 * atoll_svm_want_nmi_window() - exit once the guest takes NMIs
 * @vcpu:	the calling thread's own; atoll_svm_can_inject_nmi() does not hold
 *
 * No intercept says that an IRET is done.  If it sets RFLAGS.IF, which it does
 * almost always, the window for interrupts opens behind it; else, the next
 * exit that comes finds it done.
 */
void atoll_svm_want_nmi_window(struct atoll_vcpu *vcpu)
{
	struct atoll_svm *svm = to_svm(vcpu);
	bool if_set = vcpu->regs[ATOLL_RFLAGS] & X86_EFLAGS_IF;

	if (svm->in_iret ? !if_set : !svm->nmi_blocked)
		atoll_svm_want_window(vcpu);
}

/**
 * atoll_svm_begin_iret() - the guest is about to execute the IRET of its handler
 * @vcpu:	the calling thread's own
 */
void atoll_svm_begin_iret(struct atoll_vcpu *vcpu)
{
	struct atoll_svm *svm = to_svm(vcpu);

	intercept_iret(svm, false);
	svm->in_iret = 1;
	svm->iret_rip = vcpu->regs[ATOLL_RIP];
}

/**
 * atoll_svm_reset_nmi() - the guest handles no NMI
 * @svm:	of the calling thread, or of a vCPU that doesn't run
 */
void atoll_svm_reset_nmi(struct atoll_svm *svm)
{
	intercept_iret(svm, false);
	svm->nmi_blocked = 0;
	svm->in_iret = 0;
}

/**
 * atoll_svm_raise() - deliver an exception at the next entry
 * @vcpu:	the calling thread's own
 * @vector:	of the exception
 * @error_code:	what it pushes, or negative for none
 *
 * An exception in the midst of another's delivery may make a double fault,
 * and one on top of that ends the guest.  An interrupt in whose delivery an
 * exception arises gives way to it, as it does without a hypervisor.
 */
void atoll_svm_raise(struct atoll_vcpu *vcpu, u8 vector, s64 error_code)
{
	struct vmcb_control_area *control = &to_svm(vcpu)->vmcb->control;
	u32 pending = control->event_inj;
	int combined = vector;

	if ((pending & EVENT_VALID) && (pending & EVENT_TYPE) == EVENT_EXCEPTION)
		combined = atoll_event_combine(pending & EVENT_VECTOR, vector);
	if (combined == ATOLL_TRIPLE_FAULT) {
		atoll_vm_crash(vcpu, "triple fault (exception %u while #DF was delivered)",
			       vector);
		return;
	}
	if (combined != vector)
		error_code = 0;
	vector = combined;
	control->event_inj = vector | EVENT_EXCEPTION | EVENT_VALID;
	control->event_inj_err = 0;
	if (error_code >= 0) {
		control->event_inj |= EVENT_HAS_ERROR;
		control->event_inj_err = error_code;
	}
}

/**
 * atoll_svm_complete_events() - what an exit has kept from being delivered goes again
 * @vmcb:	just left, its EXITINTINFO is valid and its EVENTINJ empty
 *
 * A software interrupt or exception (INT n, INT3, INTO) is dropped, since
 * RIP still points at its instruction, which will be executed again.
 */
void atoll_svm_complete_events(struct vmcb *vmcb)
{
	struct vmcb_control_area *control = &vmcb->control;
	u32 info = control->exit_int_info;
	u8 vector = info & EVENT_VECTOR;

	if ((info & EVENT_TYPE) == EVENT_SOFT)
		return;
	if ((info & EVENT_TYPE) == EVENT_EXCEPTION &&
	    (vector == X86_TRAP_BP || vector == X86_TRAP_OF))
		return;
	control->event_inj = info;
	control->event_inj_err = control->exit_int_info_err;
}
