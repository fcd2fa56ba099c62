/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a real-mode guest may use, beside cpu.h, print.h, report.h, uart.h.
 */
#ifndef GUEST_REAL_H
#define GUEST_REAL_H

#include "cpu.h"
#include "print.h"
#include "report.h"
#include "string.h"
#include "uart.h"

/* The first instruction's registers; start16.S writes them down */
struct entry16 {
	u32 eax, ebx, ecx, edx, esi, edi, ebp, esp;
	u16 ip, cs, ds, es, fs, gs, ss, flags;
};

extern struct entry16 entry16;

/* A vector of the interrupt table at address 0 */
struct ivt {
	u16 offset, segment;
};

static inline struct ivt ivt_get(u8 vector)
{
	struct ivt v;

	asm volatile("movl (%1), %0" : "=r"(v) : "r"(vector * 4) : "memory");
	return v;
}

static inline void ivt_set(u8 vector, void (*handler)(void))
{
	asm volatile("movl %0, (%1)" : : "r"((u32)(uintptr_t)handler), "r"(vector * 4) : "memory");
}

/* Bytes at segment:offset, wherever that is */
static inline u8 far_read(u16 segment, u16 offset)
{
	u8 v;

	asm volatile("movw %1, %%fs\n\tmovb %%fs:(%k2), %0"
		     : "=q"(v) : "r"(segment), "r"((u32)offset) : "memory");
	return v;
}

static inline void far_write(u16 segment, u16 offset, u8 v)
{
	asm volatile("movw %1, %%fs\n\tmovb %0, %%fs:(%k2)"
		     : : "q"(v), "r"(segment), "r"((u32)offset) : "memory");
}

int main(void);

#endif
