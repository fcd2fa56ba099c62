/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The world switch: from the host into a guest, and back at its next exit.
 *
 * The VMCS swaps RSP, RIP, RFLAGS, the control registers, the segments and
 * some MSRs; the other general registers are ours to swap.  Intel SDM vol. 3,
 * "VM Entries" and "VM Exits".
 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/cpufeatures.h>
#include <asm/msr-index.h>
#include <asm/nospec-branch.h>
#include <asm/percpu.h>
#include <asm/unwind_hints.h>
#include "../gpr.h"
#include "../rsb.S"

#define HOST_RSP	0x6c14		/* a VMCS field; asm/vmx.h is C */

.section .noinstr.text, "ax"

/**
 * atoll_vmx_enter - run a guest until its next exit
 * @regs (RDI):		u64[16], loaded and stored, but for RSP
 * @launched (RSI):	0: VMLAUNCH, else VMRESUME
 * @host_rsp (RDX):	what the VMCS holds as the host's RSP; kept right
 *
 * In and out: IRQs off, the VMCS is current.
 *
 * Returns (EAX) 0 after an exit; 1 or 2 when the instruction failed, with or
 * without a current VMCS.
 */
SYM_FUNC_START(atoll_vmx_enter)
	/* The C ABI's callee-saved registers */
	push	%rbp
	push	%r15
	push	%r14
	push	%r13
	push	%r12
	push	%rbx

	/* What is needed after the exit, which comes back with this RSP */
	push	%rdi
	cmp	%rsp, (%rdx)
	je	.Lhost_rsp_is_right
	mov	%rsp, (%rdx)
	mov	$HOST_RSP, %eax
	vmwrite	%rsp, %rax
.Lhost_rsp_is_right:

	/* Which instruction: the flags last until it, as MOV leaves them alone */
	test	%rsi, %rsi

	/* The guest's general registers; RDI, the pointer to them, goes last */
	mov	REG_RAX(%rdi), %rax
	mov	REG_RCX(%rdi), %rcx
	mov	REG_RDX(%rdi), %rdx
	mov	REG_RBX(%rdi), %rbx
	mov	REG_RBP(%rdi), %rbp
	mov	REG_RSI(%rdi), %rsi
	mov	REG_R8(%rdi), %r8
	mov	REG_R9(%rdi), %r9
	mov	REG_R10(%rdi), %r10
	mov	REG_R11(%rdi), %r11
	mov	REG_R12(%rdi), %r12
	mov	REG_R13(%rdi), %r13
	mov	REG_R14(%rdi), %r14
	mov	REG_R15(%rdi), %r15
	mov	REG_RDI(%rdi), %rdi

	jz	.Llaunch
	UNWIND_HINT_SAVE

	/*
	 * MDS, TAA and their kin: leave nothing in the CPU's buffers.  It
	 * changes ZF, so each branch has its own.
	 */
	CLEAR_CPU_BUFFERS
.Lvmresume:
	vmresume
	jmp	.Lfailed
.Llaunch:
	CLEAR_CPU_BUFFERS
.Lvmlaunch:
	vmlaunch
	jmp	.Lfailed

	/* #UD: an emergency reboot has executed VMXOFF under us */
	_ASM_EXTABLE(.Lvmresume, .Lno_vmx)
	_ASM_EXTABLE(.Lvmlaunch, .Lno_vmx)

	/* The host's RIP in the VMCS: an exit arrives here, RSP as above */
SYM_INNER_LABEL(atoll_vmx_exit_point, SYM_L_GLOBAL)
	UNWIND_HINT_RESTORE
	ENDBR

	/* RDI is the guest's: it goes on the stack, where @regs is */
	xchg	%rdi, (%rsp)
	mov	%rax, REG_RAX(%rdi)
	mov	%rcx, REG_RCX(%rdi)
	mov	%rdx, REG_RDX(%rdi)
	mov	%rbx, REG_RBX(%rdi)
	mov	%rbp, REG_RBP(%rdi)
	mov	%rsi, REG_RSI(%rdi)
	mov	%r8,  REG_R8(%rdi)
	mov	%r9,  REG_R9(%rdi)
	mov	%r10, REG_R10(%rdi)
	mov	%r11, REG_R11(%rdi)
	mov	%r12, REG_R12(%rdi)
	mov	%r13, REG_R13(%rdi)
	mov	%r14, REG_R14(%rdi)
	mov	%r15, REG_R15(%rdi)
	pop	REG_RDI(%rdi)
	xor	%ebx, %ebx

.Lback:
	/*
	 * No value of the guest's stays in a register, where speculation
	 * could use it.
	 */
	xor	%eax, %eax
	xor	%ecx, %ecx
	xor	%edx, %edx
	xor	%esi, %esi
	xor	%edi, %edi
	xor	%ebp, %ebp
	xor	%r8d, %r8d
	xor	%r9d, %r9d
	xor	%r10d, %r10d
	xor	%r11d, %r11d
	xor	%r12d, %r12d
	xor	%r13d, %r13d
	xor	%r14d, %r14d
	xor	%r15d, %r15d

	/*
	 * The guest has filled the return stack buffer with addresses of its
	 * choice.  Overwrite them before the first RET: Spectre v2.  With
	 * eIBRS one call that retires is enough.
	 */
	ALTERNATIVE_2 "jmp .Lrsb_done", "", X86_FEATURE_RSB_VMEXIT, \
		      "jmp .Lrsb_one", X86_FEATURE_RSB_VMEXIT_LITE
	atoll_fill_rsb
.Lrsb_done:

	/*
	 * Where the kernel keeps IBRS on, the bit protects from what ran before
	 * only once it is written again, though no guest can change it.
	 */
	ALTERNATIVE "jmp .Librs_done", "", X86_FEATURE_KERNEL_IBRS
	mov	$MSR_IA32_SPEC_CTRL, %ecx
	mov	PER_CPU_VAR(x86_spec_ctrl_current), %eax
	xor	%edx, %edx
	wrmsr
	lfence
.Librs_done:

	/* Branch history injection: the guest's history must not steer us */
	CLEAR_BRANCH_HISTORY_VMEXIT

	mov	%ebx, %eax
	pop	%rbx
	pop	%r12
	pop	%r13
	pop	%r14
	pop	%r15
	pop	%rbp
	RET

.Lrsb_one:
	__FILL_ONE_RETURN
	jmp	.Lrsb_done

.Lno_vmx:
	/* As if there were no current VMCS */
	stc
.Lfailed:
	/* CF: no current VMCS; ZF: it has the error's number */
	mov	$1, %ebx
	adc	$0, %ebx
	add	$8, %rsp
	jmp	.Lback
SYM_FUNC_END(atoll_vmx_enter)
