/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first instructions of a CPU that is started by IPI: in real mode, at the
 * beginning of a page, CS telling which.  ap_prepare() has copied them there.
 * It is brought to long mode with the boot CPU's tables, gets a stack by its
 * APIC ID, and goes on in ap_enter().
 */
#define STACK_BYTES	4096

	.section .rodata
	.code16
	.globl	ap_code, ap_code_end
ap_code:
	cli
	cld
	mov	%cs, %ax
	mov	%ax, %ds
	lgdtl	ap_gdtr - ap_code
	mov	%cr0, %eax
	or	$1, %eax
	mov	%eax, %cr0
	ljmpl	$0x48, $ap_protected
	.balign	4
ap_gdtr:
	.word	gdt_limit
	.long	gdt
ap_code_end:

	.text
	.code32
ap_protected:
	mov	$0x10, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	mov	$boot_pml4, %eax
	mov	%eax, %cr3
	mov	$0x620, %eax		/* PAE, OSFXSR, OSXMMEXCPT */
	mov	%eax, %cr4
	mov	$0xc0000080, %ecx
	mov	$0x900, %eax		/* LME, NXE */
	xor	%edx, %edx
	wrmsr
	mov	$0x80010033, %eax	/* PG, WP, NE, ET, MP, PE */
	mov	%eax, %cr0
	ljmp	$0x08, $1f

	.code64
1:	mov	$1, %eax
	cpuid
	shr	$24, %ebx
	mov	%ebx, %edi
	lea	1(%rdi), %esp
	imul	$STACK_BYTES, %esp
	add	$ap_stacks, %esp
	xor	%ebp, %ebp
	call	ap_enter

	.bss
	.balign	16
ap_stacks:
	.skip	32 * STACK_BYTES

	.section .note.GNU-stack, "", @progbits
