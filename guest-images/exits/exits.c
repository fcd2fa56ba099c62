// SPDX-License-Identifier: GPL-2.0-only
/*
 * What an exit costs, seen from inside: each kind is done in batches with
 * RDTSC around them, and the median batch is printed, per operation.  The
 * cost of the loop itself is measured likewise and taken off.
 *
 *	n=N	operations in a batch, 100 if absent: few, so that the host's
 *		timer falls into fewer than half of the batches
 *	only=N	do nothing but the Nth kind, from 1 on: for a profile
 *
 * The second figure is how far apart the middle half of the batches lies.
 * bench/run reads what is printed here.
 */
#include "guest.h"
#include "measure.h"

#define BATCHES		101
#define UNCLAIMED_PORT	0x1234
#define HYPERCALL_NONE	0xffff

static u32 *unclaimed;	/* an address where there is nothing */
static u32 *ioapic;	/* the I/O APIC's index register */
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

static void op_mmio_ioapic(void)
{
	*(volatile u32 *)ioapic = 0;
}

static volatile u32 interrupts;

static void uart_interrupt(struct trap_frame *frame)
{
	/* Now and then TCG delivers what was injected twice, IF or not */
	if (!(frame->flags & EFLAGS_IF) && cpu_is_tcg())
		return;
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
	{ op_mmio_ioapic,	"mmio write, I/O APIC" },
	{ op_hlt,		"hlt, irq, two out" },
};

struct cost {
	ulong median, spread;
};

static struct cost cost(void (*op)(void), ulong n)
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
	sort(batch, BATCHES);
	return (struct cost){
		.median = batch[BATCHES / 2] / n,
		.spread = (batch[BATCHES * 3 / 4] - batch[BATCHES / 4]) / n,
	};
}

int main(void)
{
	ulong n = boot_number("n", 100), only = boot_number("only", 0);
	struct cost idle, c;
	u32 i;

	if (!n)
		n = 1;
	amd = cpu_is_amd();
	ioapic = map_window(0xfec00000);
	unclaimed = ioapic + MIB / sizeof(*ioapic);

	pic_init();
	/* Automatic EOI, so that an interrupt costs no port access for it */
	outb(PIC1_CMD, 0x11);
	outb(PIC1_DATA, PIC_VECTOR);
	outb(PIC1_DATA, 0x04);
	outb(PIC1_DATA, 0x03);
	outb(PIC1_DATA, (u8)~BIT(UART_IRQ));
	trap_set(PIC_VECTOR + UART_IRQ, uart_interrupt);

	printf("median of %u batches of %lu, in %s for each, and the middle half's width\n",
	       BATCHES, n, clock_unit());
	uart_drain();
	idle = cost(op_nothing, n);
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (only && only != i + 1)
			continue;
		uart_drain();
		c = cost(kinds[i].op, n);
		if (kinds[i].op == op_hlt && interrupts != n * BATCHES) {
			printf("FAIL: %u interrupts, not %lu\n", interrupts, n * BATCHES);
			return 1;
		}
		printf("%-24s %8lu %6lu\n", kinds[i].name,
		       c.median > idle.median ? c.median - idle.median : 0, c.spread);
	}
	return 0;
}
