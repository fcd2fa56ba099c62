// SPDX-License-Identifier: GPL-2.0-only
/*
 * Code at the last bytes of RAM: what ends there works, what would go on
 * behind it does not.
 *
 * expect: crash unmapped
 */
#include "guest.h"

static void put_code(ulong at, const void *code, size_t len)
{
	memcpy((void *)at, code, len);
}

int main(void)
{
	static const u8 cpuid_ret[] = { 0x0f, 0xa2, 0xc3 };	/* exits, then RET */
	static const u8 in_ret[] = { 0xe4, 0x80, 0xc3 };	/* IN AL, 0x80 */
	static const u8 run_off[] = { 0x0f, 0xa2 };		/* and nothing behind */
	ulong end = boot_ram_end();

	put_code(end - 3, cpuid_ret, 3);
	asm volatile("call *%0" : : "r"(end - 3) : "rax", "rbx", "rcx", "rdx", "memory");
	printf("ok: CPUID in the last bytes of RAM\n");
	put_code(end - 3, in_ret, 3);
	asm volatile("call *%0" : : "r"(end - 3) : "rax", "memory");
	printf("ok: IN in the last bytes of RAM\n");
	printf("about to run off the end of RAM\n");
	uart_drain();
	put_code(end - 2, run_off, 2);
	asm volatile("jmp *%0" : : "r"(end - 2) : "rax", "rbx", "rcx", "rdx", "memory");
	__builtin_unreachable();
}
