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

static void put_windows(struct atoll_vmx *vmx, u32 windows)
{
	if (vmx->window == windows)
		return;
	vmx->window = windows;
	atoll_vmwrite(CPU_BASED_VM_EXEC_CONTROL, atoll_vmx_controls.cpu | windows);
}

/**
 * atoll_vmx_want_window() - exit as soon as the guest takes interrupts
 * @vcpu:	the calling thread's own, loaded
 */
void atoll_vmx_want_window(struct atoll_vcpu *vcpu)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);

	put_windows(vmx, vmx->window | CPU_BASED_INTR_WINDOW_EXITING);
}

/**
 * atoll_vmx_close_windows() - no more exit for either window
 * @vmx:	of the calling thread, loaded
 */
void atoll_vmx_close_windows(struct atoll_vmx *vmx)
{
	put_windows(vmx, 0);
}

static void put_cr8_threshold(struct atoll_vmx *vmx, u8 class)
{
	if (vmx->cr8_threshold == class)
		return;
	vmx->cr8_threshold = class;
	if (vmx->loaded)
		atoll_vmwrite(TPR_THRESHOLD, class);
}

/**
 * atoll_vmx_want_cr8_below() - exit when the guest lowers CR8
 * @vcpu:	the calling thread's own, loaded
 * @class:	below this; an entry with CR8 below it already would fail
 */
void atoll_vmx_want_cr8_below(struct atoll_vcpu *vcpu, u8 class)
{
	put_cr8_threshold(to_vmx(vcpu), class);
}

/**
 * atoll_vmx_close_cr8() - take back atoll_vmx_want_cr8_below()
 * @vmx:	of the calling thread, or of a vCPU that doesn't run
 */
void atoll_vmx_close_cr8(struct atoll_vmx *vmx)
{
	put_cr8_threshold(vmx, 0);
}

/**
 * atoll_vmx_can_inject_nmi() - would the guest take an NMI now?
 * @vcpu:	the calling thread's own
 */
bool atoll_vmx_can_inject_nmi(struct atoll_vcpu *vcpu)
{
	const struct atoll_vmx *vmx = to_vmx(vcpu);

	return !vmx->event &&
	       !(interruptibility(vmx) & (ATOLL_VMX_SHADOW | GUEST_INTR_STATE_NMI));
}

/**
 * atoll_vmx_inject_nmi() - deliver an NMI at the next entry
 * @vcpu:	the calling thread's own; atoll_vmx_can_inject_nmi() holds
 *
 * With virtual NMIs the CPU blocks further ones until the guest's IRET.
 */
void atoll_vmx_inject_nmi(struct atoll_vcpu *vcpu)
{
	to_vmx(vcpu)->event = X86_TRAP_NMI | INTR_TYPE_NMI_INTR | INTR_INFO_VALID_MASK;
}

/**
 * atoll_vmx_want_nmi_window() - exit once the guest takes NMIs
 * @vcpu:	the calling thread's own, loaded
 *
 * CPUs differ in whether the shadow of STI keeps the NMI window shut; the
 * other window surely opens behind it.
 */
void atoll_vmx_want_nmi_window(struct atoll_vcpu *vcpu)
{
	struct atoll_vmx *vmx = to_vmx(vcpu);
	u32 window = CPU_BASED_NMI_WINDOW_EXITING;

	if (interruptibility(vmx) & GUEST_INTR_STATE_STI)
		window = CPU_BASED_INTR_WINDOW_EXITING;
	put_windows(vmx, vmx->window | window);
}

/**
 * atoll_vmx_block_nmi() - an exit came of an IRET that will be executed again
 * @info:	what the CPU says of the exit, with INTR_INFO_UNBLOCK_NMI in it
 *
 * The CPU had lifted the blocking already: Intel SDM vol. 3, "Information
 * about NMI Unblocking Due to IRET".
 */
void atoll_vmx_block_nmi(u32 info)
{
	u64 state;

	if (!(info & INTR_INFO_UNBLOCK_NMI))
		return;
	if (atoll_vmread(IDT_VECTORING_INFO_FIELD) & VECTORING_INFO_VALID_MASK)
		return;
	state = atoll_vmread(GUEST_INTERRUPTIBILITY_INFO);
	atoll_vmwrite(GUEST_INTERRUPTIBILITY_INFO, state | GUEST_INTR_STATE_NMI);
}

/* An NMI that goes again isn't blocked by itself */
static void unblock_nmi(void)
{
	u64 state = atoll_vmread(GUEST_INTERRUPTIBILITY_INFO);

	atoll_vmwrite(GUEST_INTERRUPTIBILITY_INFO, state & ~(u64)GUEST_INTR_STATE_NMI);
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
 * @vmx:	just left, its event is none
 * @info:	IDT_VECTORING_INFO_FIELD, which is valid
 *
 * A software interrupt or exception (INT n, INT3, INTO, INT1) is dropped,
 * since RIP still points at its instruction, which will be executed again.
 */
void atoll_vmx_complete_events(struct atoll_vmx *vmx, u32 info)
{
	u32 type = info & INTR_INFO_INTR_TYPE_MASK;

	if (type == INTR_TYPE_NMI_INTR)
		unblock_nmi();
	else if (type != INTR_TYPE_EXT_INTR && type != INTR_TYPE_HARD_EXCEPTION)
		return;
	vmx->event = info & (INTR_INFO_VALID_MASK | INTR_INFO_DELIVER_CODE_MASK |
			     INTR_INFO_INTR_TYPE_MASK | INTR_INFO_VECTOR_MASK);
	if (info & INTR_INFO_DELIVER_CODE_MASK)
		vmx->event_error = atoll_vmread(IDT_VECTORING_ERROR_CODE);
}
