/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first instructions of a flat real-mode guest, linked for 0x7c00.
 * Writes down how it was entered, makes all segments zero, and goes on in
 * main(), which is C compiled for 16-bit mode.
 */
	.code16
	.section .start, "ax"
	.globl	start
start:
	/* No register may change before it is written down; CS is known to reach */
	call	1f
1:	pushw	%ds
	pushw	$0
	popw	%ds
	mov	%eax, entry16
	mov	%ebx, entry16 + 4
	mov	%ecx, entry16 + 8
	mov	%edx, entry16 + 12
	mov	%esi, entry16 + 16
	mov	%edi, entry16 + 20
	mov	%ebp, entry16 + 24
	popw	entry16 + 36		/* DS */
	popw	entry16 + 32		/* IP behind the call */
	subw	$1b - start, entry16 + 32
	mov	%esp, entry16 + 28
	mov	%cs, entry16 + 34
	mov	%es, entry16 + 38
	mov	%fs, entry16 + 40
	mov	%gs, entry16 + 42
	mov	%ss, entry16 + 44
	pushfw
	popw	entry16 + 46

	xor	%eax, %eax
	mov	%ax, %es
	mov	%ax, %fs
	mov	%ax, %gs
	mov	%ax, %ss
	mov	$stack16_top, %esp
	ljmp	$0, $2f
2:	cld
	calll	boot16_main

	.section .data
	.globl	entry16
	.balign	4
entry16:
	.skip	48

	.section .bss
	.balign	16
	.skip	2048
stack16_top:

	.section .note.GNU-stack, "", @progbits
