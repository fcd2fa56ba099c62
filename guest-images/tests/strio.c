// SPDX-License-Identifier: GPL-2.0-only
/*
 * String I/O: counts, directions, widths, address sizes, pages, faults
 * (AMD APM vol. 3, "INS", "OUTS", "REP").
 *
 * expect: exit 0
 */
#include "guest.h"

#define NOBODY	0x1234
#define PTE_P	BIT(0)

static u8 buf[4 * PAGE_BYTES] __attribute__((aligned(4096)));
static u64 leaf_table[512] __attribute__((aligned(4096)));
static u64 *leaf;	/* of buf's first page */

struct string_regs {
	ulong di, si, cx;
};

#define STRING(insn, r, port)						\
	asm volatile(TRY(insn)						\
		     : "+D"((r).di), "+S"((r).si), "+c"((r).cx)		\
		     : "d"(port) : "memory", "cc")

/* buf in pages of 4 KiB, so that one may be taken away */
static void split(void)
{
	u64 *pde = map_entry((ulong)buf);
	ulong base = (ulong)buf & ~(2 * MIB - 1);
	u32 i;

	for (i = 0; i < 512; i++)
		leaf_table[i] = (base + i * PAGE_BYTES) | 7;
	/* The window of 2 MiB behind may hold the rest of buf: it stays as it is */
	*pde = (ulong)leaf_table | 7;
	write_cr3(read_cr3());
	leaf = &leaf_table[(ulong)buf / PAGE_BYTES & 511];
}

static u32 count(u8 byte)
{
	u32 i, n = 0;

	for (i = 0; i < sizeof(buf); i++)
		n += buf[i] == byte;
	return n;
}

static void check_ins(void)
{
	struct string_regs r = { (ulong)buf, 0, 100 };

	memset(buf, 0, sizeof(buf));
	STRING("rep insb", r, NOBODY);
	report(r.cx == 0 && r.di == (ulong)buf + 100 && count(0xff) == 100,
	       "REP INSB reads a hundred bytes");
	r = (struct string_regs){ (ulong)buf + 1, 0, 50 };
	memset(buf, 0, sizeof(buf));
	STRING("rep insw", r, NOBODY);
	report(r.cx == 0 && r.di == (ulong)buf + 101 && count(0xff) == 100,
	       "REP INSW reads fifty words");
	r = (struct string_regs){ (ulong)buf + 3, 0, 25 };
	memset(buf, 0, sizeof(buf));
	STRING("rep insl", r, NOBODY);
	report(r.cx == 0 && r.di == (ulong)buf + 103 && count(0xff) == 100,
	       "REP INSD reads 25 double words");
	r = (struct string_regs){ (ulong)buf, 0, 77 };
	memset(buf, 0, sizeof(buf));
	STRING("insb", r, NOBODY);
	report(r.cx == 77 && r.di == (ulong)buf + 1 && count(0xff) == 1,
	       "INSB without REP reads one and leaves RCX alone");
	r = (struct string_regs){ (ulong)buf, 0, 0 };
	memset(buf, 0, sizeof(buf));
	STRING("rep insb", r, NOBODY);
	report(r.cx == 0 && r.di == (ulong)buf && count(0xff) == 0, "a count of zero does nothing");
	r = (struct string_regs){ (ulong)buf + 100, 0, 40 };
	STRING("std\n\trep insw\n\tcld", r, NOBODY);
	report(r.cx == 0 && r.di == (ulong)buf + 20 && count(0xff) == 80 && buf[101] == 0xff &&
	       buf[22] == 0xff && buf[21] == 0, "with DF it goes downwards");
	r = (struct string_regs){ (ulong)buf, 0, sizeof(buf) };
	memset(buf, 0, sizeof(buf));
	STRING("rep insb", r, NOBODY);
	report(r.cx == 0 && count(0xff) == sizeof(buf), "a count of four pages is read");
}

static void check_address_size(void)
{
	struct string_regs r = { (ulong)buf | 1UL << 40, 0, 1UL << 40 | 10 };

	memset(buf, 0, sizeof(buf));
	STRING("addr32 rep insb", r, NOBODY);
	report(r.cx == 0 && r.di == (ulong)buf + 10 && count(0xff) == 10,
	       "with a 32-bit address size EDI and ECX count, %lx %lx", r.di, r.cx);
}

/* The loop of the serial port: what goes out comes back */
static void check_outs(void)
{
	struct string_regs r = { 0, (ulong)"sixteen letters!", 16 };
	u32 equal;
	u8 more;

	memset(buf, 0, sizeof(buf));
	uart_drain();
	uart_out(UART_MCR, UART_MCR_LOOP);
	STRING("rep outsb", r, UART_PORT);
	more = r.cx == 0 && uart_in(UART_LSR) & UART_LSR_DR;
	r = (struct string_regs){ (ulong)buf, 0, 16 };
	STRING("rep insb", r, UART_PORT);
	uart_init();
	equal = !memcmp(buf, "sixteen letters!", 16);
	report(more && equal, "REP OUTSB and REP INSB talk to the serial port");

	wrmsr(MSR_FS_BASE, (ulong)buf + 64);
	memcpy(buf + 64, "by FS", 5);
	uart_drain();
	uart_out(UART_MCR, UART_MCR_LOOP);
	r = (struct string_regs){ 0, 0, 5 };
	STRING("rep outsb %%fs:(%%rsi), %%dx", r, UART_PORT);
	r.di = (ulong)buf;
	r.cx = 5;
	STRING("rep insb", r, UART_PORT);
	uart_init();
	wrmsr(MSR_FS_BASE, 0);
	report(!memcmp(buf, "by FS", 5), "OUTS takes a segment prefix");

	r = (struct string_regs){ 0, (ulong)buf + 100, 30 };
	STRING("std\n\trep outsl\n\tcld", r, NOBODY);
	report(r.cx == 0 && r.si == (ulong)buf - 20, "REP OUTSD with DF, to nobody");
}

static void take_away(u32 page)
{
	leaf[page] &= ~PTE_P;
	asm volatile("invlpg (%0)" : : "r"(buf + page * PAGE_BYTES) : "memory");
}

static void give_back(u32 page)
{
	leaf[page] |= PTE_P;
}

static void check_faults(void)
{
	ulong second = (ulong)buf + PAGE_BYTES;
	struct string_regs r = { second - 10, 0, 30 };

	memset(buf, 0, sizeof(buf));
	take_away(1);
	STRING("rep insb", r, NOBODY);
	report(trap.vector == PF_VECTOR && trap.error == PF_WRITE && trap.cr2 == second,
	       "INS into a page that is not there is a page fault");
	report(r.cx == 20 && r.di == second, "RCX and RDI are where it stopped, %lu", r.cx);
	give_back(1);
	STRING("rep insb", r, NOBODY);
	report(trap.vector == NO_TRAP && r.cx == 0 && count(0xff) == 30,
	       "and it goes on from there");

	take_away(1);
	r = (struct string_regs){ second - 2, 0, 1 };
	STRING("insl", r, NOBODY);
	report(trap.vector == PF_VECTOR && trap.cr2 == second && r.di == second - 2,
	       "INSD across into it as well");
	r = (struct string_regs){ 0, second - 6, 10 };
	STRING("rep outsw", r, NOBODY);
	report(trap.vector == PF_VECTOR && trap.error == 0 && trap.cr2 == second &&
	       r.cx == 7 && r.si == second, "OUTS from it as well, RCX %lu", r.cx);
	give_back(1);
	leaf[1] &= ~BIT(1);
	asm volatile("invlpg (%0)" : : "r"(second) : "memory");
	r = (struct string_regs){ second, 0, 1 };
	STRING("rep insb", r, NOBODY);
	report(trap.vector == PF_VECTOR && trap.error == (PF_WRITE | PF_PRESENT),
	       "INS into a read-only page is refused, %x", trap.error);
	leaf[1] |= BIT(1);
	asm volatile("invlpg (%0)" : : "r"(second) : "memory");

	r = (struct string_regs){ 0x8000000000000000UL, 0, 1 };
	STRING("rep insb", r, NOBODY);
	report(trap.vector == GP_VECTOR && trap.error == 0, "INS to a non-canonical address");
	report(r.cx == 1, "and nothing is counted");
}

/* The other end may be a device as well, or nothing */
static void check_holes(void)
{
	struct string_regs r = { 0xd0000000, 0, 8 };

	STRING("rep insb", r, NOBODY);
	report(trap.vector == NO_TRAP && r.cx == 0, "INS into nowhere is dropped");
	r = (struct string_regs){ 0, 0xd0000000, 8 };
	STRING("rep outsl", r, NOBODY);
	report(trap.vector == NO_TRAP && r.cx == 0, "OUTS from nowhere goes on");
}

int main(void)
{
	split();
	check_ins();
	check_address_size();
	check_outs();
	check_faults();
	check_holes();
	return report_summary();
}
