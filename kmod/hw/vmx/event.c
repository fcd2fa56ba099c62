// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts and exceptions on their way into a guest.
 *
 * vmx->event is the one event that the next entry delivers.  An exit in the
 * midst of a delivery hands the event back.  Intel SDM vol. 3, "Event
 * Injection" and "Information for VM Exits That Occur During Event Delivery".
 */
#include <asm/processor-flags.h>
#include <asm/trapnr.h>
#include "../event.h"
#include "vmx.h"

static u32 interruptibility(const struct atoll_vmx *vmx)
{
	return vmx->loaded ? atoll_vmread(GUEST_INTERRUPTIBILITY_INFO) : vmx->interruptibility;
}

/**
 * atoll_vmx_can_inject() - would the guest take an external interrupt now?
 * @vcpu:	the calling thread's own
 */
bool atoll_vmx_can_inject(struct atoll_vcpu *vcpu)
{
	const struct atoll_vmx *vmx = to_vmx(vcpu);

	return (vcpu->regs[ATOLL_RFLAGS] & X86_EFLAGS_IF) && !vmx->event &&
	       !(interruptibility(vmx) & ATOLL_VMX_SHADOW);
}

/**
 * atoll_vmx_inject() - deliver an external interrupt at the next entry
 * @vcpu:	the calling thread's own; atoll_vmx_can_inject() holds
 * @vector:	from the interrupt controller
 */
void atoll_vmx_inject(struct atoll_vcpu *vcpu, u8 vector)
{
	to_vmx(vcpu)->event = vector | INTR_TYPE_EXT_INTR | INTR_INFO_VALID_MASK;
}

static void put_window(struct atoll_vmx *vmx, bool open)
{
	u32 word = atoll_vmx_controls.cpu;

	if (vmx->window == open)
		return;
	vmx->window = open;
	if (open)
		word |= CPU_BASED_INTR_WINDOW_EXITING;
	atoll_vmwrite(CPU_BASED_VM_EXEC_CONTROL, word);
}

/**
 * atoll_vmx_want_window() - exit as soon as the guest takes interrupts
 * @vcpu:	the calling thread's own, loaded
 */
void atoll_vmx_want_window(struct atoll_vcpu *vcpu)
{
	put_window(to_vmx(vcpu), true);
}

/**
 * atoll_vmx_close_window() - take back atoll_vmx_want_window()
 * @vmx:	of the calling thread, loaded
 */
void atoll_vmx_close_window(struct atoll_vmx *vmx)
{
	put_window(vmx, false);
}

/**
 * atoll_vmx_raise() - deliver an exception at the next entry
 * @vcpu:	the calling thread's own
 * @vector:	of the exception
 * @error_code:	what it pushes, or negative for none
 *
 * As atoll_svm_raise().  In real mode no exception has an error code, and an
 * entry that brought one would fail.
 */
void atoll_vmx_raise(struct atoll_vcpu *vcpu, u8 vector, s64 error_code)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);
	int combined = vector;

	if ((vmx->event & INTR_INFO_VALID_MASK) &&
	    (vmx->event & INTR_INFO_INTR_TYPE_MASK) == INTR_TYPE_HARD_EXCEPTION)
		combined = atoll_event_combine(vmx->event & INTR_INFO_VECTOR_MASK, vector);
	if (combined == ATOLL_TRIPLE_FAULT) {
		atoll_vm_crash(vcpu, "triple fault (exception %u while #DF was delivered)",
			       vector);
		return;
	}
	if (combined != vector)
		error_code = vmx->cr0 & X86_CR0_PE ? 0 : -1;
	vmx->event = combined | INTR_TYPE_HARD_EXCEPTION | INTR_INFO_VALID_MASK;
	if (error_code >= 0) {
		vmx->event |= INTR_INFO_DELIVER_CODE_MASK;
		vmx->event_error = error_code;
	}
}

/**
 * atoll_vmx_complete_events() - after an exit: what was not delivered goes again
 * @vmx:	just left
 *
 * A software interrupt or exception (INT n, INT3, INTO, INT1) is dropped,
 * since RIP still points at its instruction, which will be executed again.
 */
void atoll_vmx_complete_events(struct atoll_vmx *vmx)
{
	u32 info = atoll_vmread(IDT_VECTORING_INFO_FIELD);
	u32 type = info & INTR_INFO_INTR_TYPE_MASK;

	vmx->event = 0;
	if (likely(!(info & INTR_INFO_VALID_MASK)))
		return;
	if (type != INTR_TYPE_EXT_INTR && type != INTR_TYPE_HARD_EXCEPTION)
		return;
	vmx->event = info & (INTR_INFO_VALID_MASK | INTR_INFO_DELIVER_CODE_MASK |
			     INTR_INFO_INTR_TYPE_MASK | INTR_INFO_VECTOR_MASK);
	if (info & INTR_INFO_DELIVER_CODE_MASK)
		vmx->event_error = atoll_vmread(IDT_VECTORING_ERROR_CODE);
}
