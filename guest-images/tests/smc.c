// SPDX-License-Identifier: GPL-2.0-only
/*
 * Code that changes itself, and code whose bytes change between two exits:
 * whoever decodes instructions for the CPU must not remember old ones.
 *
 * expect: exit 0
 */
#include "guest.h"

static u8 code[2 * PAGE_BYTES] __attribute__((aligned(4096)));

static u32 run(void *at)
{
	u32 eax = 0;

	asm volatile("call *%1" : "+a"(eax) : "r"(at) : "rbx", "rcx", "rdx", "memory", "cc");
	return eax;
}

static void put(u8 *at, const char *bytes, size_t len)
{
	memcpy(at, bytes, len);
	barrier();
}

int main(void)
{
	u8 *across = code + PAGE_BYTES - 3;
	u32 i, ok = 0, v, *imm = (u32 *)(code + 1);

	put(code, "\xb8\0\0\0\0\xc3", 6);	/* MOV EAX, imm32; RET */
	for (i = 0; i < 1000; i++) {
		*imm = i;
		ok += run(code) == i;
	}
	report(ok == 1000, "an immediate changed %u times takes effect each time", ok);

	/* The same address: an IN of one byte, of four, CPUID, NOPs */
	put(code, "\xe4\x80\x90\xc3", 4);
	report(run(code) == 0xff, "IN AL at an address");
	put(code, "\xe5\x80\x90\xc3", 4);
	report(run(code) == 0xffffffff, "IN EAX in its place");
	put(code, "\x66\xe5\x80\xc3", 4);
	report(run(code) == 0xffff, "IN AX in its place");
	put(code, "\x31\xc0\x0f\xa2\xc3", 5);	/* XOR EAX, EAX; CPUID; RET */
	report(run(code) == cpuid(0).eax, "CPUID in its place");
	put(code, "\x90\x90\x90\x90\xc3", 5);
	report(run(code) == 0, "NOPs in its place");

	/* An instruction that exits, in two pages */
	put(across, "\x66\x90\x66\xe5\x80\xc3", 6);
	report(run(across) == 0xffff, "IN across two pages");
	put(across, "\x31\xc0\x0f\xa2\xc3\x90", 6);
	report(run(across) == cpuid(0).eax, "CPUID across two pages");

	/* Writes the bytes right behind itself: movb $0x42, 1(%rip); mov $0, %al; ret */
	put(code, "\xc6\x05\x01\0\0\0\x42\xb0\0\xc3", 10);
	report(run(code) == 0x42, "an instruction that changes the next one");

	/* MOV EAX, [RCX] with RCX at nothing: the host decodes it */
	v = 0;
	put(code, "\x8b\x01\xc3", 3);
	asm volatile("call *%1" : "+a"(v) : "r"(code), "c"(0xd0000000) : "memory");
	report(v == 0xffffffff, "MMIO read in code that was changed, %x", v);
	put(code, "\x0f\xb6\x01\xc3", 4);
	asm volatile("call *%1" : "+a"(v) : "r"(code), "c"(0xd0000000) : "memory");
	report(v == 0xff, "another form of it in its place, %x", v);
	return report_summary();
}
