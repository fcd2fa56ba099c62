/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The world switch: from the host into a guest, and back at its next exit.
 *
 * VMRUN swaps RAX, RSP, RIP, RFLAGS, the control registers and CS, SS, DS,
 * ES; VMLOAD and VMSAVE swap FS, GS, TR, LDTR and the SYSCALL and SYSENTER
 * MSRs; the other general registers are ours to swap.  AMD APM vol. 2,
 * "VMRUN Instruction" and "VMSAVE and VMLOAD Instructions".
 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/cpufeatures.h>
#include <asm/nospec-branch.h>
#include "../gpr.h"
#include "../rsb.S"

.section .noinstr.text, "ax"

/**
 * atoll_svm_enter - run a guest until its next exit
 * @regs (RDI):		u64[16], loaded and stored, but for RAX and RSP
 * @vmcb_pa (RSI):	physical address of its control block
 * @host_state_pa (RDX): physical address of this CPU's VMSAVE area
 *
 * In and out: GIF = 0, so that nothing interrupts the host's half of it.
 * RFLAGS.IF = 1 in, which with V_INTR_MASKING lets the host's interrupts end
 * the guest's run; out, it is as it was.
 */
SYM_FUNC_START(atoll_svm_enter)
	/* The C ABI's callee-saved registers */
	push	%rbp
	push	%r15
	push	%r14
	push	%r13
	push	%r12
	push	%rbx

	/* What is needed after the exit, last needed first */
	push	%rdx
	push	%rsi
	push	%rdi

	/* The guest's FS, GS, TR, LDTR, SYSCALL and SYSENTER state */
	mov	%rsi, %rax
	vmload	%rax

	/* The guest's general registers; RDI, the pointer to them, goes last */
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

#ifdef VM_CLEAR_CPU_BUFFERS
	/* Transient Scheduler Attacks: leave nothing in the CPU's buffers */
	VM_CLEAR_CPU_BUFFERS
#endif

	vmrun	%rax

	/* RAX and RSP are the host's again.  RAX alone is free: @regs goes there */
	pop	%rax
	mov	%rcx, REG_RCX(%rax)
	mov	%rdx, REG_RDX(%rax)
	mov	%rbx, REG_RBX(%rax)
	mov	%rbp, REG_RBP(%rax)
	mov	%rsi, REG_RSI(%rax)
	mov	%rdi, REG_RDI(%rax)
	mov	%r8,  REG_R8(%rax)
	mov	%r9,  REG_R9(%rax)
	mov	%r10, REG_R10(%rax)
	mov	%r11, REG_R11(%rax)
	mov	%r12, REG_R12(%rax)
	mov	%r13, REG_R13(%rax)
	mov	%r14, REG_R14(%rax)
	mov	%r15, REG_R15(%rax)

	/* The guest's FS, GS and so on into its control block, then the host's */
	pop	%rax
	vmsave	%rax
	pop	%rax
	vmload	%rax

	/*
	 * The guest has filled the return stack buffer with addresses of its
	 * choice.  Overwrite them before the first RET: Spectre v2, and
	 * before anything that untrains what Retbleed trains.
	 */
	ALTERNATIVE "jmp .Lrsb_done", "", X86_FEATURE_RETPOLINE
	atoll_fill_rsb
.Lrsb_done:

	/* Retbleed and SRSO: no RET before this.  Clobbers RAX, RCX, RDX */
	UNTRAIN_RET
	ALTERNATIVE "", "call entry_ibpb", X86_FEATURE_IBPB_ON_VMEXIT

	/*
	 * No value of the guest's stays in a register, where speculation
	 * could use it.
	 */
	xor	%eax, %eax
	xor	%ecx, %ecx
	xor	%edx, %edx
	xor	%esi, %esi
	xor	%edi, %edi
	xor	%r8d, %r8d
	xor	%r9d, %r9d
	xor	%r10d, %r10d
	xor	%r11d, %r11d
	xor	%ebx, %ebx
	xor	%ebp, %ebp
	xor	%r12d, %r12d
	xor	%r13d, %r13d
	xor	%r14d, %r14d
	xor	%r15d, %r15d

	pop	%rbx
	pop	%r12
	pop	%r13
	pop	%r14
	pop	%r15
	pop	%rbp
	RET
SYM_FUNC_END(atoll_svm_enter)
