// SPDX-License-Identifier: GPL-2.0-only
/*
 * Each exception, with the vector, the error code and the RIP that the manual
 * gives it (AMD APM vol. 2, "Exceptions and Interrupts").
 *
 * expect: exit 0
 */
#include "guest.h"

#define NON_CANONICAL	0x8000000000000000UL
#define PTE_P		BIT(0)
#define PTE_W		BIT(1)
#define PTE_U		BIT(2)
#define PTE_NX		BIT(63)

static int is_trap(int vector, u32 error, ulong at)
{
	return trap.vector == vector && trap.error == error && (!at || trap.ip == at);
}

/* Was it @vector with @error, at @at (0: anywhere)? */
static void expect(int vector, u32 error, ulong at, const char *what)
{
	if (!report(is_trap(vector, error, at), "%s: vector %d, error code %x", what, vector,
		    error))
		printf("  it was vector %d, error code %x, at %lx, not %lx\n",
		       trap.vector, trap.error, trap.ip, at);
}

/* The same for what TCG gets wrong: no SSE or alignment faults, some error codes */
static void expect_cpu(int vector, u32 error, ulong at, const char *what)
{
	report_cpu(is_trap(vector, error, at), "%s: vector %d, error code %x", what, vector,
		   error);
}

/* Runs @insn inside TRY() with labels around it, so that @at is its address */
#define FAULT(at, insn, ...)						\
	asm volatile("lea 661f(%%rip), %0\n\t"				\
		     TRY("661:\t" insn) : "=&r"(at) : __VA_ARGS__)
#define TRAP(at, insn, ...)						\
	asm volatile("lea 661f(%%rip), %0\n\t"				\
		     TRY(insn "\n661:\tnop") : "=&r"(at) : __VA_ARGS__)

static void check_simple(void)
{
	ulong at;

	FAULT(at, "divl %1", "r"(0), "a"(1), "d"(0));
	expect(DE_VECTOR, 0, at, "division by zero");
	FAULT(at, "ud2");
	expect(UD_VECTOR, 0, at, "UD2");
	TRAP(at, "int3");
	expect(BP_VECTOR, 0, at, "INT3");
	TRAP(at, "int $0x77");
	expect(0x77, 0, at, "INT 0x77");
	TRAP(at, "pushf\n\torl $0x100, (%%rsp)\n\tpopf\n\tnop");
	expect(DB_VECTOR, 0, at, "single step");
	report(read_dr6() & BIT(14), "single step sets DR6.BS");
	write_dr6(0xffff0ff0);

	write_cr0(read_cr0() | CR0_TS);
	FAULT(at, "fnop");
	expect(NM_VECTOR, 0, at, "x87 with CR0.TS");
	FAULT(at, "movd %%eax, %%xmm0", "a"(0));
	expect(NM_VECTOR, 0, at, "SSE with CR0.TS");
	write_cr0(read_cr0() & ~CR0_TS);
	write_cr0(read_cr0() | CR0_EM);
	FAULT(at, "movd %%eax, %%xmm0", "a"(0));
	expect(UD_VECTOR, 0, at, "SSE with CR0.EM");
	write_cr0(read_cr0() & ~CR0_EM);
}

static void check_fp(void)
{
	u16 cw = 0x037b;	/* division by zero not masked */
	u32 mxcsr = 0x1d80, zero = 0, one = 0x3f800000;
	ulong at;

	asm volatile("fninit\n\tfldcw %0" : : "m"(cw));
	FAULT(at, "fldz\n\tfld1\n\tfdivp\n\tfwait");
	/* The FWAIT faults; FDIVP only leaves the cause */
	expect(MF_VECTOR, 0, 0, "x87 division by zero");
	asm volatile("fninit");

	asm volatile("ldmxcsr %0" : : "m"(mxcsr));
	FAULT(at, "movd %1, %%xmm1\n\tmovd %2, %%xmm0\n\tdivss %%xmm1, %%xmm0",
	      "r"(zero), "r"(one));
	expect_cpu(XM_VECTOR, 0, 0, "SSE division by zero");
	mxcsr = 0x1f80;
	asm volatile("ldmxcsr %0" : : "m"(mxcsr));
}

static void check_gp(void)
{
	struct table_reg idtr = sidt(), shorter = idtr;
	ulong at;

	FAULT(at, "movb (%1), %%al", "c"(NON_CANONICAL));	/* through RBP it were #SS */
	expect(GP_VECTOR, 0, at, "load from a non-canonical address");
	FAULT(at, "mov %1, %%ds", "r"(0x1000));
	expect(GP_VECTOR, 0x1000, at, "selector past the GDT");
	FAULT(at, "mov %1, %%ds", "r"(NOT_PRESENT_SEL));
	expect(NP_VECTOR, NOT_PRESENT_SEL, at, "selector not present");
	FAULT(at, "mov %1, %%ss", "r"(NOT_PRESENT_SEL));
	expect(SS_VECTOR, NOT_PRESENT_SEL, at, "stack selector not present");
	FAULT(at, "mov %1, %%ss", "r"(KERNEL_CS));
	expect(GP_VECTOR, KERNEL_CS, at, "code selector for a stack");
	FAULT(at, "ltr %w1", "r"(KERNEL_DS));
	expect(GP_VECTOR, KERNEL_DS, at, "LTR of a data segment");
	FAULT(at, "wrmsr", "c"(0x7777777), "a"(0), "d"(0));
	expect(GP_VECTOR, 0, at, "WRMSR of an unknown register");
	FAULT(at, "jmp *%1", "r"(NON_CANONICAL));
	expect(GP_VECTOR, 0, 0, "jump to a non-canonical address");

	shorter.limit = 0x80 * 16 - 1;
	lidt(shorter);
	FAULT(at, "int $0x90");
	lidt(idtr);
	expect_cpu(GP_VECTOR, 0x90 * 8 + 2, at, "INT past the IDT");
}

static void check_ss(void)
{
	ulong at, rbp;

	asm volatile("mov %%rbp, %1\n\t"
		     "mov %2, %%rbp\n\t"
		     "lea 661f(%%rip), %0\n\t"
		     TRY("661:\tmovb (%%rbp), %%al")
		     "mov %1, %%rbp"
		     : "=&r"(at), "=&r"(rbp) : "r"(NON_CANONICAL) : "rax");
	expect_cpu(SS_VECTOR, 0, at, "stack access to a non-canonical address");
}

static u8 page[2 * PAGE_BYTES] __attribute__((aligned(4096)));
static u64 leaf_table[512] __attribute__((aligned(4096)));

static void flush(void)
{
	write_cr3(read_cr3());
}

/* The 2 MiB around @page, in pages of 4 KiB; returns the entry of @page */
static u64 *split_page(void)
{
	u64 *pde = map_entry((ulong)page);
	ulong base = (ulong)page & ~(2 * MIB - 1);
	u32 i;

	for (i = 0; i < 512; i++)
		leaf_table[i] = (base + i * PAGE_BYTES) | PTE_P | PTE_W | PTE_U;
	*pde = (ulong)leaf_table | PTE_P | PTE_W | PTE_U;
	flush();
	return &leaf_table[(ulong)page / PAGE_BYTES & 511];
}

static void user_read(void)
{
	asm volatile("movb %0, %%al" : : "m"(page[0]) : "rax");
}

static void user_write(void)
{
	asm volatile("movb $1, %0" : "=m"(page[0]));
}

static void expect_pf(u32 error, ulong address, const char *what)
{
	expect(PF_VECTOR, error, 0, what);
	report(trap.cr2 == address, "  and CR2 is the address, %lx", trap.cr2);
}

static void check_pf(void)
{
	u64 *pte = split_page(), present = *pte;
	ulong cr0 = read_cr0(), p = (ulong)page;

	page[0] = 0xc3;		/* RET */
	*pte = 0;
	flush();
	asm volatile(TRY("movb 5(%0), %%al") : : "r"(page) : "rax");
	expect_pf(0, p + 5, "read of a page not present");
	asm volatile(TRY("movb $1, 7(%0)") : : "r"(page));
	expect_pf(PF_WRITE, p + 7, "write to a page not present");
	asm volatile(TRY("movq %%rax, -3(%0)") : : "r"(page) : "memory");
	expect_pf(PF_WRITE, p, "write across into a page not present");
	report(trap_catch((void (*)(ulong))page, 0) == PF_VECTOR, "fetch of a page not present");
	expect_pf(PF_FETCH, p, "fetch of a page not present");
	try_user(user_read);
	expect_pf(PF_USER, p, "user read of a page not present");

	*pte = present | PTE_NX;
	flush();
	trap_catch((void (*)(ulong))page, 0);
	expect_pf(PF_FETCH | PF_PRESENT, p, "fetch of a page that is NX");

	*pte = present & ~PTE_W;
	flush();
	asm volatile(TRY("movb $1, (%0)") : : "r"(page));
	expect_pf(PF_WRITE | PF_PRESENT, p, "write to a read-only page with CR0.WP");
	try_user(user_write);
	expect_pf(PF_WRITE | PF_PRESENT | PF_USER, p, "user write to a read-only page");
	write_cr0(cr0 & ~CR0_WP);
	flush();
	asm volatile(TRY("movb $0xc3, (%0)") : : "r"(page));
	report(trap.vector == NO_TRAP, "write to a read-only page without CR0.WP");
	write_cr0(cr0);

	*pte = present & ~PTE_U;
	flush();
	try_user(user_read);
	expect_pf(PF_PRESENT | PF_USER, p, "user read of a kernel page");

	*pte = present | BIT(51);
	flush();
	asm volatile(TRY("movb (%0), %%al") : : "r"(page) : "rax");
	if ((cpuid(0x80000008).eax & 0xff) < 52)
		expect_cpu(PF_VECTOR, PF_PRESENT | PF_RSVD, 0, "page with a reserved bit");
	*pte = present;
	flush();
}

static void user_int80(void)
{
	asm volatile("int $0x80");
}

static void user_cli(void)
{
	asm volatile("cli");
}

static void user_hlt(void)
{
	asm volatile("hlt");
}

static void user_in(void)
{
	asm volatile("inb $0x80, %%al" : : : "rax");
}

static void user_ac(void)
{
	asm volatile("pushf\n\torl %0, (%%rsp)\n\tpopf\n\tmovl 1(%%rsp), %%eax"
		     : : "i"(EFLAGS_AC) : "rax", "memory", "cc");
	asm volatile("int3");
}

static void check_user(void)
{
	report(try_user(user_int80) == 0x80 && (trap.cs & 3) == 3, "INT 0x80 from ring 3");
	report(try_user(user_cli) == GP_VECTOR && trap.error == 0, "CLI in ring 3");
	report(try_user(user_hlt) == GP_VECTOR && trap.error == 0, "HLT in ring 3");
	report(try_user(user_in) == GP_VECTOR && trap.error == 0, "IN in ring 3");
	write_cr0(read_cr0() | CR0_AM);
	try_user(user_ac);
	expect_cpu(AC_VECTOR, 0, 0, "unaligned access in ring 3 with EFLAGS.AC");
	write_cr0(read_cr0() & ~CR0_AM);
}

int main(void)
{
	check_simple();
	check_fp();
	check_gp();
	check_ss();
	check_pf();
	check_user();
	return report_summary();
}
