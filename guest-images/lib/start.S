/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The first instructions of a multiboot guest.
 *
 * The boot loader enters at start: 32-bit protected mode, no paging, EAX the
 * magic, EBX the information.  A 64-bit guest is brought to long mode with
 * the first 4 GiB mapped to themselves; a 32-bit guest stays without paging.
 * Both get the same segments and a stack, and go on in boot_main().
 *
 * With MULTIBOOT_AOUT the header carries the addresses, so that the image
 * may be a bare binary.
 */
#define MB_MAGIC	0x1badb002
#define MB_FLAGS_BASE	0x00000003	/* modules on pages, memory map */
#ifdef MULTIBOOT_AOUT
#define MB_FLAGS	(MB_FLAGS_BASE | 0x00010000)
#else
#define MB_FLAGS	MB_FLAGS_BASE
#endif

	.section .multiboot, "a"
	.balign 4
mb_header:
	.long	MB_MAGIC, MB_FLAGS, -(MB_MAGIC + MB_FLAGS)
#ifdef MULTIBOOT_AOUT
	.long	mb_header, image_start, image_data_end, image_end, start
#endif

	.text
	.code32
	.globl	start
start:
	/* First what the loader left, as evidence; no flag changes before PUSHF */
	mov	%eax, boot_entry
	mov	%ebx, boot_entry + 4
	mov	$stack_top, %esp
	pushfl
	popl	boot_entry + 8
	mov	%cr0, %eax
	mov	%eax, boot_entry + 12
	mov	%cr4, %eax
	mov	%eax, boot_entry + 16
	mov	$0xc0000080, %ecx
	rdmsr
	mov	%eax, boot_entry + 20
	mov	%cs, boot_entry + 24
	mov	%ds, boot_entry + 26
	mov	%es, boot_entry + 28
	mov	%fs, boot_entry + 30
	mov	%gs, boot_entry + 32
	mov	%ss, boot_entry + 34

	/* A guest may look at more before it is gone */
	mov	$boot_early, %eax
	test	%eax, %eax
	jz	1f
	call	*%eax
1:	cld

	/* The task segment's base, in its descriptor's three pieces */
	mov	$tss, %eax
	mov	%ax, gdt_tss + 2
	shr	$16, %eax
	mov	%al, gdt_tss + 4
	mov	%ah, gdt_tss + 7
	lgdt	gdtr

#ifdef __x86_64__
	/* Five directories of 2 MiB pages: four for 4 GiB, one for map_window */
	mov	$boot_pd, %edi
	mov	$0xe7, %eax		/* present, write, user, A, D, large */
2:	mov	%eax, (%edi)
	add	$8, %edi
	add	$0x200000, %eax
	jnc	2b
	mov	$boot_pd + 7, %eax	/* present, write, user */
	mov	$boot_pdpt, %edi
	mov	$5, %ecx
3:	mov	%eax, (%edi)
	add	$8, %edi
	add	$0x1000, %eax
	loop	3b
	movl	$boot_pdpt + 7, boot_pml4

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
	ljmp	$0x08, $4f

	.code64
#else
	mov	$0x00000033, %eax	/* NE, ET, MP, PE */
	mov	%eax, %cr0
	mov	$0x600, %eax
	mov	%eax, %cr4
	ljmp	$0x08, $4f
#endif
4:	mov	$0x10, %eax
	mov	%eax, %ds
	mov	%eax, %es
	mov	%eax, %ss
	xor	%eax, %eax
	mov	%eax, %fs
	mov	%eax, %gs
	mov	$0x38, %eax
	ltr	%ax
	mov	$stack_top, %esp	/* clears the upper half as well */
	xor	%ebp, %ebp
	fninit
	call	boot_main

	.weak	boot_early

	/* The selectors are named in cpu.h */
	.data
	.balign	16
	.globl	gdt, gdt_limit
gdt:
	.quad	0
#ifdef __x86_64__
	.quad	0x00af9b000000ffff	/* 08 kernel code, 64 bits */
#else
	.quad	0x00cf9b000000ffff	/* 08 kernel code, 32 bits */
#endif
	.quad	0x00cf93000000ffff	/* 10 kernel data */
	.quad	0x00cffb000000ffff	/* 18 user code, 32 bits */
	.quad	0x00cff3000000ffff	/* 20 user data */
	.quad	0x00affb000000ffff	/* 28 user code, 64 bits */
	.quad	0x00cff3000000ffff	/* 30 user data, as SYSEXIT wants it */
gdt_tss:
	.quad	0x0000890000000067	/* 38 task segment, 16 bytes in long mode */
	.quad	0
	.quad	0x00cf9b000000ffff	/* 48 kernel code, 32 bits */
	.quad	0x00cf13000000ffff	/* 50 data, not present */
	.quad	0x00009b000000ffff	/* 58 kernel code, 16 bits */
	.quad	0x000093000000ffff	/* 60 kernel data, 64 KiB */
	.quad	0x00af9b000000ffff	/* 68 kernel code, 64 bits */
gdt_end:
	.set	gdt_limit, gdt_end - gdt - 1

gdtr:
	.word	gdt_limit
	.long	gdt, 0

	.globl	tss
	.balign	16
tss:
#ifdef __x86_64__
	.long	0
	.quad	trap_stack_top		/* RSP0 */
	.quad	0, 0, 0
	.quad	trap_stack_top		/* IST1 */
	.fill	0x66 - 0x2c, 1, 0
	.word	0x68			/* no I/O permission map */
#else
	.long	0, trap_stack_top, 0x10	/* ESP0, SS0 */
	.fill	0x66 - 0x0c, 1, 0
	.word	0x68			/* no I/O permission map */
#endif

	.bss
	.balign	4096
	.globl	boot_pml4, boot_pdpt, boot_pd, boot_window
#ifdef __x86_64__
boot_pml4:	.skip 4096
boot_pdpt:	.skip 4096
boot_pd:	.skip 4 * 4096
boot_window:	.skip 4096
#endif
	.skip	16384
stack_top:
	.skip	8192
trap_stack_top:

	.section .note.GNU-stack, "", @progbits
