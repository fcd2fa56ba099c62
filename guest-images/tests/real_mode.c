// SPDX-License-Identifier: GPL-2.0-only
/*
 * A flat image in real mode: how it is entered, its interrupts, its I/O, and
 * the way to protected mode's limits and back.
 *
 * expect: exit 0
 */
#include "real.h"

static volatile u32 hits, caught;
static volatile u16 caught_ip;

/* Entry stubs: count, and for faults go on behind the instruction */
asm(".globl int_entry, fault_entry, irq_entry\n"
    "int_entry:\n"
    "	incl	%cs:hits\n"
    "	iretw\n"
    "fault_entry:\n"
    "	incl	%cs:caught\n"
    "	push	%bp\n"
    "	mov	%sp, %bp\n"
    "	push	%ax\n"
    "	movw	2(%bp), %ax\n"
    "	movw	%ax, %cs:caught_ip\n"
    "	movw	%cs:fixup, %ax\n"
    "	movw	%ax, 2(%bp)\n"
    "	pop	%ax\n"
    "	pop	%bp\n"
    "	iretw\n"
    "irq_entry:\n"
    "	incl	%cs:hits\n"
    "	push	%ax\n"
    "	push	%dx\n"
    "	xor	%al, %al\n"
    "	mov	$0x3f9, %dx\n"
    "	out	%al, (%dx)\n"
    "	mov	$0x20, %al\n"
    "	out	%al, $0x20\n"
    "	pop	%dx\n"
    "	pop	%ax\n"
    "	iretw\n");

void int_entry(void);
void fault_entry(void);
void irq_entry(void);

u16 fixup;

/* Did @insn fault? */
#define FAULTS(insn, ...) ({						\
	caught = 0;							\
	asm volatile("movw $771f, fixup\n\t" insn "\n771:"		\
		     : : __VA_ARGS__);					\
	caught == 1;							\
})

static void check_entry(void)
{
	const struct entry16 *e = &entry16;

	report(((u32)e->cs << 4) + e->ip == 0x7c00, "it is entered at 0x7c00, as %x:%x", e->cs,
	       e->ip);
	report(!(e->flags & EFLAGS_IF), "interrupts are off, FLAGS %x", e->flags);
	report(!(e->flags & EFLAGS_DF), "DF is clear");
	report(e->flags & 2, "FLAGS has its fixed bit");
	report(!(e->ds | e->es | e->fs | e->gs | e->ss), "data segments are zero, %x %x %x %x %x",
	       e->ds, e->es, e->fs, e->gs, e->ss);
	report(e->esp == 0x7c00, "the stack grows down from it, ESP %x", e->esp);
	report(!(read_cr0() & (CR0_PE | CR0_PG)), "real mode it is, CR0 %lx", read_cr0());
	report(sidt().limit == 0x3ff && sidt().base == 0, "the interrupt table lies at 0, %x",
	       sidt().limit);
}

static void check_ints(void)
{
	u32 i;

	ivt_set(0x60, int_entry);
	hits = 0;
	for (i = 0; i < 100; i++)
		asm volatile("int $0x60" : : : "memory");
	report(hits == 100, "INT 0x60 goes through the table, %u times", hits);

	ivt_set(0, fault_entry);
	report(FAULTS("xor %%ax, %%ax\n\tdivb %%al", "a"(0) : "memory", "cc"),
	       "division by zero is vector 0");
	ivt_set(6, fault_entry);
	report(FAULTS("ud2", "a"(0) : "memory"), "UD2 is vector 6");
	ivt_set(13, fault_entry);
	report_cpu(FAULTS("movl $0x10000, %%ebx\n\tmovb (%%ebx), %%al", "a"(0) : "ebx", "memory"),
		   "a byte behind the limit of 64 KiB is vector 13");
	report_cpu(FAULTS("movl $0xffff, %%ebx\n\tmovw (%%ebx), %%ax", "a"(0) : "ebx", "memory"),
		   "a word across it as well");
	report(FAULTS("movl $0x7777777, %%ecx\n\trdmsr", "a"(0) : "ecx", "edx", "memory"),
	       "RDMSR of an unknown register is vector 13, without an error code");
}

static void check_io(void)
{
	static u8 buf[64];
	u8 *di = buf;
	u32 cx = 40, eax = 0, i, n = 0;

	report(inb(0x80) == 0xff && inw(0x80) == 0xffff && inl(0x80) == 0xffffffff,
	       "unclaimed ports read all-ones in each width");
	uart_out(UART_SCR, 0x77);
	report(uart_in(UART_SCR) == 0x77, "the serial port's scratch register keeps a byte");
	asm volatile("rep insb" : "+D"(di), "+c"(cx) : "d"(0x1234) : "memory");
	for (i = 0; i < 64; i++)
		n += buf[i] == 0xff;
	report(n == 40 && di == buf + 40 && cx == 0, "REP INSB with 16-bit addresses");
	di = buf;
	cx = 16;
	memset(buf, 0, 64);
	asm volatile("addr32 rep insw" : "+D"(di), "+c"(cx) : "d"(0x1234) : "memory");
	report(di == buf + 32 && cx == 0 && buf[31] == 0xff && !buf[32],
	       "REP INSW with 32-bit addresses");
	asm volatile("cpuid" : "+a"(eax) : : "ebx", "ecx", "edx");
	report(eax == cpuid(0).eax && eax, "CPUID, %x", eax);
}

static void check_segments(void)
{
	far_write(0x2000, 0x10, 0x5a);
	report(far_read(0x2000, 0x10) == 0x5a && far_read(0x2001, 0) == 0x5a &&
	       far_read(0x1002, 0xfff0) == 0x5a, "segments overlap every sixteen bytes");
}

static void check_interrupt(void)
{
	ivt_set(0x24, irq_entry);
	outb(0x20, 0x11);
	outb(0x21, 0x20);
	outb(0x21, 0x04);
	outb(0x21, 0x01);
	outb(0x21, (u8)~BIT(UART_IRQ));
	uart_drain();
	hits = 0;
	uart_out(UART_IER, 0);
	uart_out(UART_IER, UART_IER_THRI);
	asm volatile("sti\n\thlt\n\tcli" : : : "memory");
	report(hits == 1, "an interrupt wakes HLT, %u", hits);
}

/* Segment registers remember protected mode's limits */
static void make_unreal(void)
{
	static const u64 gdt[2] = { 0, 0x008f93000000ffff };
	struct {
		u16 limit;
		u32 base;
	} __attribute__((packed)) gdtr = { sizeof(gdt) - 1, (uintptr_t)gdt };

	asm volatile("lgdtl %0\n\t"
		     "mov %%cr0, %%eax\n\t"
		     "or $1, %%al\n\t"
		     "mov %%eax, %%cr0\n\t"
		     "mov $8, %%bx\n\t"
		     "mov %%bx, %%gs\n\t"
		     "and $0xfe, %%al\n\t"
		     "mov %%eax, %%cr0\n\t"
		     "xor %%bx, %%bx\n\t"
		     "mov %%bx, %%gs" : : "m"(gdtr) : "eax", "ebx", "memory");
}

static void check_unreal(void)
{
	u32 v = 0;

	make_unreal();
	asm volatile("movl $0x12345678, %%gs:(%1)\n\tmovl %%gs:(%1), %0"
		     : "=&r"(v) : "r"(0x200000) : "memory");
	report(v == 0x12345678, "GS reaches 2 MiB with a limit from protected mode");
	asm volatile("movl %%gs:(%1), %0" : "=r"(v) : "r"(0xd0000000));
	report(v == 0xffffffff, "and an address without memory, %x", v);
	asm volatile("movb %%gs:(%1), %b0\n\tmovzbl %b0, %0" : "=q"(v) : "r"(0xd0000123));
	report(v == 0xff, "and a byte of it, %x", v);
	report(!(read_cr0() & CR0_PE), "CR0.PE is clear again");
}

int main(void)
{
	check_entry();
	check_ints();
	check_io();
	check_segments();
	check_interrupt();
	check_unreal();
	return report_summary();
}
