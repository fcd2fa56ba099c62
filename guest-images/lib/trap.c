// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupt table and what becomes of an exception.
 */
#include "boot.h"
#include "print.h"
#include "trap.h"

struct gate {
	u16 offset_low, selector;
	u8 ist, type;
	u16 offset_mid;
#ifdef __x86_64__
	u32 offset_high, reserved;
#endif
} __attribute__((packed));

#define GATE_INT	0x8e	/* present, 32-bit or 64-bit interrupt gate */
#define GATE_USER	0x60	/* ring 3 may INT to it */
#define EXCEPTIONS	32

extern char trap_stubs[];
void trap_handle(struct trap_frame *frame);

struct gate idt[256];
volatile struct trap trap;
ulong trap_fixup, trap_sp;
static trap_fn handlers[256];

/* The one at hand may be what is broken */
void trap_own_stack(int yes)
{
#ifdef __x86_64__
	u32 i;

	for (i = 0; i < EXCEPTIONS; i++)
		idt[i].ist = yes;
#endif
}

void trap_init(void)
{
	struct table_reg idtr = { sizeof(idt) - 1, (ulong)idt };
	u32 i;

	for (i = 0; i < 256; i++) {
		ulong offset = (ulong)trap_stubs + i * 16;

		idt[i].offset_low = offset;
		idt[i].offset_mid = offset >> 16;
		idt[i].selector = KERNEL_CS;
		idt[i].type = GATE_INT | GATE_USER;
	}
	trap_own_stack(1);
	lidt(idtr);
}

void trap_raw(u8 vector, const void *entry)
{
	idt[vector].offset_low = (ulong)entry;
	idt[vector].offset_mid = (ulong)entry >> 16;
}

void trap_set(u8 vector, trap_fn fn)
{
	handlers[vector] = fn;
}

void trap_selector(u8 vector, u16 selector)
{
	idt[vector].selector = selector;
}

static void die(struct trap_frame *f)
{
	printf("FAIL: unexpected exception %lu, error code %lx, at %lx:%lx, CR2 %lx, flags %lx\n",
	       f->vector, f->error, f->cs, f->ip, read_cr2(), f->flags);
	exit(1);
}

void trap_handle(struct trap_frame *f)
{
	if (handlers[f->vector]) {
		handlers[f->vector](f);
		return;
	}
	if (!trap_fixup)
		die(f);

	trap.error = f->error;
	trap.ip = f->ip;
	trap.cs = f->cs;
	trap.flags = f->flags;
	trap.cr2 = read_cr2();
	trap.vector = f->vector;

	f->ip = trap_fixup;
	f->cs = KERNEL_CS;
	f->flags &= ~(EFLAGS_TF | EFLAGS_NT | EFLAGS_RF | EFLAGS_AC | EFLAGS_DF);
#ifdef __x86_64__
	f->sp = trap_sp;
	f->ss = KERNEL_DS;
#endif
}

int trap_catch(void (*fn)(ulong arg), ulong arg)
{
#ifdef __x86_64__
	asm volatile("push %%rbp\n\tpush %%rbp\n\t"
		     TRY("call *%1")
		     "pop %%rbp\n\tpop %%rbp"
		     : "+D"(arg), "+a"(fn)
		     :
		     : "rbx", "rcx", "rdx", "rsi", "r8", "r9", "r10", "r11", "r12",
		       "r13", "r14", "r15", "memory", "cc");
#else
	asm volatile("push %%ebp\n\tpush %0\n\t"
		     TRY("call *%1")
		     "pop %0\n\tpop %%ebp"
		     : "+D"(arg), "+a"(fn)
		     :
		     : "ebx", "ecx", "edx", "esi", "memory", "cc");
#endif
	return trap.vector;
}

int try_rdmsr(u32 msr, u64 *value)
{
	u32 lo = 0, hi = 0;

	asm volatile(TRY("rdmsr") : "+a"(lo), "+d"(hi) : "c"(msr) : "memory");
	*value = (u64)hi << 32 | lo;
	return trap.vector;
}

int try_wrmsr(u32 msr, u64 v)
{
	asm volatile(TRY("wrmsr") : : "c"(msr), "a"((u32)v), "d"((u32)(v >> 32)) : "memory");
	return trap.vector;
}

int try_write_cr0(ulong v)
{
	asm volatile(TRY("mov %0, %%cr0") : : "r"(v) : "memory");
	return trap.vector;
}

int try_write_cr4(ulong v)
{
	asm volatile(TRY("mov %0, %%cr4") : : "r"(v) : "memory");
	return trap.vector;
}

#ifdef __x86_64__
extern u64 boot_pml4[512], boot_window[512];

static u8 user_stack[4096] __attribute__((aligned(16)));

int try_user(void (*fn)(void))
{
	asm volatile("push %%rbp\n\tpush %%rbp\n\t"
		     TRY("push %0\n\tpush %1\n\tpush $2\n\tpush %2\n\tpush %3\n\tiretq")
		     "pop %%rbp\n\tpop %%rbp"
		     :
		     : "r"((ulong)USER_DS), "r"((ulong)user_stack + sizeof(user_stack) - 8),
		       "r"((ulong)USER_CS64), "r"(fn)
		     : "rbx", "r10", "r11", "r12", "r13", "r14", "r15", "rbp", "memory", "cc");
	return trap.vector;
}

/* PRESENT, WRITE, USER, ACCESSED, DIRTY, 2 MiB */
#define PDE_LARGE	0xe7

void *map_window(u64 gpa)
{
	ulong va = 4096 * MIB;

	boot_window[0] = (gpa & ~(2 * MIB - 1)) | PDE_LARGE;
	asm volatile("invlpg (%0)" : : "r"(va) : "memory");
	return (void *)(va + (gpa & (2 * MIB - 1)));
}

u64 *map_entry(ulong va)
{
	u64 *table = boot_pml4;
	int shift;

	for (shift = 39; shift > 12; shift -= 9) {
		u64 *entry = &table[va >> shift & 511];

		if (*entry & 0x80)
			return entry;
		table = (u64 *)(*entry & ~4095UL & ~BIT(63));
	}
	return &table[va >> 12 & 511];
}
#endif
