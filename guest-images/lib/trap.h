/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exceptions, caught.
 *
 *	asm volatile(TRY("rdmsr") : "=a"(lo), "=d"(hi) : "c"(0x7777));
 *	report(trap.vector == GP_VECTOR, ...);
 *
 * An exception inside TRY() is written down in @trap, and the program goes
 * on behind it, in ring 0, on the stack that it had, with the other registers
 * as the exception found them.  An exception outside of TRY() ends the guest.
 */
#ifndef GUEST_TRAP_H
#define GUEST_TRAP_H

#include "cpu.h"

enum {
	DE_VECTOR, DB_VECTOR, NMI_VECTOR, BP_VECTOR, OF_VECTOR, BR_VECTOR,
	UD_VECTOR, NM_VECTOR, DF_VECTOR, TS_VECTOR = 10, NP_VECTOR, SS_VECTOR,
	GP_VECTOR, PF_VECTOR, MF_VECTOR = 16, AC_VECTOR, MC_VECTOR, XM_VECTOR,
	NO_TRAP = -1
};

#define PF_PRESENT	0x01
#define PF_WRITE	0x02
#define PF_USER		0x04
#define PF_RSVD		0x08
#define PF_FETCH	0x10

/* In the order in which trap_stubs.S pushes them */
struct trap_frame {
#ifdef __x86_64__
	ulong r15, r14, r13, r12, r11, r10, r9, r8;
	ulong di, si, bp, bx, dx, cx, ax;
#else
	ulong di, si, bp, unused_sp, bx, dx, cx, ax;
#endif
	ulong vector, error;
	ulong ip, cs, flags;
	ulong sp, ss;		/* 32 bits: pushed from ring 3 only */
};

/* The last exception that TRY() caught; .vector first: asm writes it */
struct trap {
	int vector;
	u32 error;
	ulong ip, cr2, flags;
	u32 cs;
};

extern volatile struct trap trap;
extern ulong trap_fixup, trap_sp;

#ifdef __x86_64__
#define TRY(insn)							\
	"movq $771f, trap_fixup\n\t"					\
	"movq %%rsp, trap_sp\n\t"					\
	"movl $-1, trap\n\t"						\
	insn "\n"							\
	"771:\tmovq $0, trap_fixup\n\t"
#else
#define TRY(insn)							\
	"movl $771f, trap_fixup\n\t"					\
	"movl %%esp, trap_sp\n\t"					\
	"movl $-1, trap\n\t"						\
	insn "\n"							\
	"771:\tmovl trap_sp, %%esp\n\t"					\
	"movl $0, trap_fixup\n\t"
#endif

typedef void (*trap_fn)(struct trap_frame *frame);

void trap_init(void);
/* Do exceptions switch to a stack of their own?  At first they do */
void trap_own_stack(int yes);
/* @fn handles @vector from now on, before TRY() does; NULL: nobody */
void trap_set(u8 vector, trap_fn fn);
/* The CPU goes to @entry itself, with no frame but its own */
void trap_raw(u8 vector, const void *entry);
/* The code segment, so the ring, that handles @vector */
void trap_selector(u8 vector, u16 selector);
/* Calls @fn(@arg); returns the vector of the exception that ended it */
int trap_catch(void (*fn)(ulong arg), ulong arg);

/* Wrappers that return the vector */
int try_rdmsr(u32 msr, u64 *value);
int try_wrmsr(u32 msr, u64 value);
int try_write_cr0(ulong v);
int try_write_cr4(ulong v);
#ifdef __x86_64__
/* Runs @fn in ring 3 on a stack of its own until it traps, e.g. by INT3 */
int try_user(void (*fn)(void));
/* Maps the 2 MiB around @gpa and returns where @gpa is to be found */
void *map_window(u64 gpa);
/* The leaf entry that maps @va; splits nothing: *@level is 2 for 2 MiB */
u64 *map_entry(ulong va);
#endif

#endif
