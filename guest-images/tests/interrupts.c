// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts from the serial port through the 8259s: when they come, when
 * they must not, and what wakes HLT.
 *
 * expect: exit 0
 */
#include "guest.h"

#define VECTOR		(PIC_VECTOR + UART_IRQ)
#define SPURIOUS	(PIC_VECTOR + 7)

static volatile u32 taken, spurious;
static volatile ulong taken_at;
static volatile u8 last_iir;

static void handler(struct trap_frame *frame)
{
	taken++;
	taken_at = frame->ip;
	last_iir = uart_in(UART_IIR);
	if ((last_iir & UART_IIR_ID) == UART_IIR_RDI || (last_iir & UART_IIR_ID) == UART_IIR_CTI)
		while (uart_in(UART_LSR) & UART_LSR_DR)
			uart_in(UART_RBR);
	pic_eoi(UART_IRQ);
}

static void spurious_handler(struct trap_frame *frame)
{
	spurious++;
}

/* Raises the transmitter's interrupt, by an edge of its enable bit */
static void raise_irq(void)
{
	uart_out(UART_IER, 0);
	uart_out(UART_IER, UART_IER_THRI);
}

static void drop(void)
{
	uart_out(UART_IER, 0);
	uart_in(UART_IIR);
}

static void set_up(void)
{
	uart_drain();
	drop();
	pic_init();
	pic_mask((u16)~BIT(UART_IRQ));
	taken = 0;
}

/* A window in which a pending interrupt must be taken */
static void window(void)
{
	asm volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
}

static void check_delivery(void)
{
	ulong here;
	u32 n, i;

	set_up();
	raise_irq();
	for (i = 0; i < 100; i++)
		cpuid(0);
	n = taken;
	window();
	drop();
	report(n == 0 && taken == 1, "an interrupt waits for IF and comes then, %u then %u", n,
	       taken);
	report((last_iir & UART_IIR_ID) == UART_IIR_THRI, "the port says it was the transmitter");

	set_up();
	raise_irq();
	asm volatile("sti\n\t"
		     "nop\n"
		     "771:\tnop\n\t"
		     "cli\n\t"
		     "lea 771b(%%rip), %0" : "=r"(here) : : "memory");
	drop();
	report(taken == 1 && taken_at == here, "STI holds it off for one instruction, %lx, not %lx",
	       taken_at, here);

	set_up();
	raise_irq();
	asm volatile("mov %%ss, %%eax\n\t"
		     "sti\n\t"
		     "mov %%eax, %%ss\n\t"
		     "nop\n\t"
		     "nop\n\tcli" : : : "rax", "memory");
	drop();
	report(taken == 1, "STI and then MOV SS do not lose it");

	set_up();
	raise_irq();
	asm volatile("sti\n\tcli\n\tnop" : : : "memory");
	n = taken;
	drop();
	report(n == 0, "STI and CLI leave no gap");
}

/*
 * Again and again, so that now and then the host interrupts the guest just in
 * the shadow.  It must then be there still when the guest goes on.
 */
static void check_shadow_lasts(void)
{
	ulong shadowed;
	u32 i, early = 0, more = 0;

	set_up();
	for (i = 0; i < 1000; i++) {
		taken = 0;
		raise_irq();
		asm volatile("sti\n"
			     "772:\tnop\n"
			     "773:\tcmpl $0, %1\n\t"
			     "je 773b\n\t"
			     "cli\n\t"
			     "lea 772b(%%rip), %0"
			     : "=r"(shadowed) : "m"(taken) : "memory");
		early += taken_at == shadowed;
		more += taken != 1;
	}
	drop();
	report(!early, "none comes in STI's shadow, %u of %u", early, i);
	report(!more, "and each comes once, %u don't", more);
}

static void check_exit_in_shadow(void)
{
	u32 n;

	set_up();
	raise_irq();
	/* CPUID exits; the shadow is over behind it, and not before */
	asm volatile("xor %%eax, %%eax\n\tsti\n\tcpuid\n\tcli"
		     : : : "rax", "rbx", "rcx", "rdx", "memory");
	n = taken;
	drop();
	report(n == 1, "an exit in the shadow of STI ends the shadow, %u", n);
}

static void check_hlt(void)
{
	u32 i;

	set_up();
	for (i = 0; i < 50; i++) {
		raise_irq();
		sti_hlt_cli();
	}
	drop();
	report(taken == 50, "a pending interrupt wakes HLT, %u of 50", taken);

	set_up();
	raise_irq();
	asm volatile("sti\n\tnop\n\tcli" : : : "memory");
	/* HLT with one that comes only through the loop, while it sleeps or before */
	uart_out(UART_MCR, UART_MCR_LOOP | UART_MCR_OUT2);
	uart_out(UART_IER, UART_IER_RDI);
	uart_out(UART_THR, 'x');
	taken = 0;
	sti_hlt_cli();
	uart_init();
	drop();
	report(taken >= 1 && (last_iir & UART_IIR_ID) != UART_IIR_THRI,
	       "a received byte wakes HLT, %u, IIR %x", taken, last_iir);
}

static void check_masks(void)
{
	u16 irr;
	u32 n;

	set_up();
	pic_mask(0xffff);
	raise_irq();
	window();
	n = taken;
	irr = pic_read(PIC_READ_IRR);
	report(n == 0 && (irr & BIT(UART_IRQ)), "a masked interrupt waits in the IRR, %x", irr);

	set_up();
	pic_mask(0xffff);
	raise_irq();
	pic_mask((u16)~BIT(UART_IRQ));
	window();
	n = taken;
	drop();
	report(n == 1, "and comes once it is unmasked, %u", n);
	report(inb(PIC1_DATA) == (u8)~BIT(UART_IRQ) && inb(PIC2_DATA) == 0xff,
	       "the masks read back");

	set_up();
	raise_irq();
	drop();
	window();
	/* Chips differ: nothing, IRQ 7 in its stead, or the edge is remembered */
	report(taken + spurious <= 1, "an interrupt that is gone before IF comes once at most");
	spurious = 0;
}

static void no_eoi(struct trap_frame *frame)
{
	taken++;
	uart_in(UART_IIR);
}

static void check_eoi(void)
{
	u16 isr;
	u32 n;

	set_up();
	trap_set(VECTOR, no_eoi);
	raise_irq();
	window();
	isr = pic_read(PIC_READ_ISR);
	raise_irq();
	window();
	n = taken;
	trap_set(VECTOR, handler);
	pic_eoi(UART_IRQ);
	window();
	report(isr == BIT(UART_IRQ) && n == 1, "no second one before the EOI, ISR %x", isr);
	report(taken == 2, "and it comes behind the EOI, %u", taken);
	drop();
	isr = pic_read(PIC_READ_ISR);
	report(isr == 0, "nothing is in service at the end, %x", isr);
}

/* A program that has the PIC polled gets the number, without any vector */
static void check_poll(void)
{
	u8 poll;

	set_up();
	raise_irq();
	outb(PIC1_CMD, 0x0c);		/* OCW3: poll */
	poll = inb(PIC1_CMD);
	drop();
	pic_eoi(UART_IRQ);
	report(poll == (0x80 | UART_IRQ), "the PIC can be polled, %x", poll);
}

static void check_vectors(void)
{
	set_up();
	outb(PIC1_CMD, 0x11);
	outb(PIC1_DATA, 0x40);
	outb(PIC1_DATA, 0x04);
	outb(PIC1_DATA, 0x03);		/* automatic EOI */
	pic_mask((u16)~BIT(UART_IRQ));
	trap_set(0x44, no_eoi);
	raise_irq();
	window();
	raise_irq();
	window();
	drop();
	report(taken == 2, "ICW2 moves the vector, and AEOI needs no EOI, %u", taken);
}

int main(void)
{
	trap_set(VECTOR, handler);
	trap_set(SPURIOUS, spurious_handler);
	check_delivery();
	check_shadow_lasts();
	check_exit_in_shadow();
	check_hlt();
	check_masks();
	check_eoi();
	check_poll();
	check_vectors();
	report(!spurious, "no spurious interrupt came, %u", spurious);
	return report_summary();
}
