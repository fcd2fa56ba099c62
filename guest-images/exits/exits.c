// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an exit costs, seen from inside: each kind is done in batches with
 * RDTSC around them, and the median batch is printed, per operation.  The
 * cost of the loop itself is measured likewise and taken off.
 *
 *	n=N	operations in a batch, 1000 if absent
 */
#include "guest.h"

#define BATCHES		11
#define UNCLAIMED_PORT	0x1234
#define HYPERCALL_NONE	0xffff

static u32 *unclaimed;	/* an address where there is nothing */
static int amd;

static void op_nothing(void)
{
	barrier();
}

static void op_cpuid(void)
{
	cpuid(0);
}

static void op_hypercall(void)
{
	ulong rax = HYPERCALL_NONE;

	if (amd)
		asm volatile("vmmcall" : "+a"(rax) : : "memory");
	else
		asm volatile("vmcall" : "+a"(rax) : : "memory");
}

static void op_rdmsr(void)
{
	rdmsr(MSR_EFER);
}

static void op_wrmsr(void)
{
	wrmsr(MSR_EFER, EFER_LME | EFER_LMA | EFER_NXE);
}

static void op_in_uart(void)
{
	uart_in(UART_SCR);
}

static void op_out_uart(void)
{
	uart_out(UART_SCR, 0);
}

static void op_in_unclaimed(void)
{
	inb(UNCLAIMED_PORT);
}

static void op_out_unclaimed(void)
{
	outb(UNCLAIMED_PORT, 0);
}

static void op_mmio_read(void)
{
	*(volatile u32 *)unclaimed;
}

static void op_mmio_write(void)
{
	*(volatile u32 *)unclaimed = 0;
}

static volatile u32 interrupts;

static void uart_interrupt(struct trap_frame *frame)
{
	uart_out(UART_IER, 0);
	interrupts++;
}

/* The port's output is empty, so that enabling its interrupt raises it */
static void op_hlt(void)
{
	uart_out(UART_IER, UART_IER_THRI);
	sti_hlt_cli();
}

static const struct {
	void (*op)(void);
	const char *name;
} kinds[] = {
	{ op_cpuid,		"cpuid" },
	{ op_hypercall,		"hypercall, unknown" },
	{ op_rdmsr,		"rdmsr EFER" },
	{ op_wrmsr,		"wrmsr EFER" },
	{ op_in_uart,		"in, serial port" },
	{ op_out_uart,		"out, serial port" },
	{ op_in_unclaimed,	"in, unclaimed port" },
	{ op_out_unclaimed,	"out, unclaimed port" },
	{ op_mmio_read,		"mmio read, unclaimed" },
	{ op_mmio_write,	"mmio write, unclaimed" },
	{ op_hlt,		"hlt, irq, two out" },
};

static u64 median(u64 *v, u32 nr)
{
	u32 i, j;

	for (i = 1; i < nr; i++) {
		u64 x = v[i];

		for (j = i; j && v[j - 1] > x; j--)
			v[j] = v[j - 1];
		v[j] = x;
	}
	return v[nr / 2];
}

static ulong cost(void (*op)(void), ulong n)
{
	u64 batch[BATCHES], start;
	ulong i;
	u32 b;

	for (b = 0; b < BATCHES; b++) {
		start = rdtsc();
		for (i = 0; i < n; i++)
			op();
		batch[b] = rdtsc() - start;
	}
	return median(batch, BATCHES) / n;
}

int main(void)
{
	ulong n = boot_number("n", 1000), idle, c;
	u32 i;

	if (!n)
		n = 1;
	amd = cpu_is_amd();
	unclaimed = map_window(0xd0000000);

	pic_init();
	/* Automatic EOI, so that an interrupt costs no port access for it */
	outb(PIC1_CMD, 0x11);
	outb(PIC1_DATA, PIC_VECTOR);
	outb(PIC1_DATA, 0x04);
	outb(PIC1_DATA, 0x03);
	outb(PIC1_DATA, (u8)~BIT(UART_IRQ));
	trap_set(PIC_VECTOR + UART_IRQ, uart_interrupt);

	printf("median of %u batches of %lu, in tsc ticks for each\n", BATCHES, n);
	uart_drain();
	idle = cost(op_nothing, n);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		uart_drain();
		c = cost(kinds[i].op, n);
		printf("%-24s %8lu\n", kinds[i].name, c > idle ? c - idle : 0);
	}
	if (interrupts != n * BATCHES) {
		printf("FAIL: %u interrupts, not %lu\n", interrupts, n * BATCHES);
		return 1;
	}
	return 0;
}
