/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 256 interrupt stubs of 16 bytes each, for 32-bit and for 64-bit guests.
 * Each leaves the stack as struct trap_frame of trap.h has it.
 */
	.text

	.globl trap_stubs
	.balign 16
trap_stubs:
	vector = 0
	.rept 256
	.balign 16
	/* The CPU pushes an error code for these: #DF #TS #NP #SS #GP #PF #AC #CP */
	.if !(vector == 8 || (vector >= 10 && vector <= 14) || \
	      vector == 17 || vector == 21)
	push	$0
	.endif
	push	$vector
	jmp	trap_common
	vector = vector + 1
	.endr

	.balign 16
trap_common:
#ifdef __x86_64__
	push	%rax
	push	%rcx
	push	%rdx
	push	%rbx
	push	%rbp
	push	%rsi
	push	%rdi
	push	%r8
	push	%r9
	push	%r10
	push	%r11
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	cld
	mov	%rsp, %rdi
	call	trap_handle
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%r11
	pop	%r10
	pop	%r9
	pop	%r8
	pop	%rdi
	pop	%rsi
	pop	%rbp
	pop	%rbx
	pop	%rdx
	pop	%rcx
	pop	%rax
	add	$16, %rsp
	iretq
#else
	pusha
	/* A return to ring 3 has emptied them */
	mov	%ss, %eax
	mov	%eax, %ds
	mov	%eax, %es
	cld
	push	%esp
	call	trap_handle
	add	$4, %esp
	popa
	add	$8, %esp
	iret
#endif

	.section .note.GNU-stack, "", @progbits
