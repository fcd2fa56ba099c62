// SPDX-License-Identifier: GPL-2.0-only
/*
 * x87, SSE and AVX state across exits of each kind.  The host's own use of
 * these registers must not shine through.
 *
 * expect: exit 0
 */
#include "guest.h"

#define ROUNDS	200

struct fpu_image {
	u8 xmm[16][16];
	u8 ymm[16][32];
	u8 mmx[8][8];
	u32 mxcsr;
	u16 cw;
};

static struct fpu_image want, got;
static int has_avx;

static void fill(struct fpu_image *f, u32 seed)
{
	u8 *p = (u8 *)f;
	size_t i;

	for (i = 0; i < sizeof(*f); i++) {
		seed = seed * 1664525 + 1013904223;
		p[i] = seed >> 24;
	}
	f->mxcsr = 0x1f80 | (seed & 0x6000);
	f->cw = 0x037f;
}

#define FOR_16(op) op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) \
		   op(8) op(9) op(10) op(11) op(12) op(13) op(14) op(15)
#define FOR_8(op) op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7)
#define LOAD_XMM(n) asm volatile("movdqu %0, %%xmm" #n : : "m"(f->xmm[n]));
#define SAVE_XMM(n) asm volatile("movdqu %%xmm" #n ", %0" : "=m"(f->xmm[n]));
#define LOAD_YMM(n) asm volatile("vmovdqu %0, %%ymm" #n : : "m"(f->ymm[n]));
#define SAVE_YMM(n) asm volatile("vmovdqu %%ymm" #n ", %0" : "=m"(f->ymm[n]));
#define LOAD_MMX(n) asm volatile("movq %0, %%mm" #n : : "m"(f->mmx[n]));
#define SAVE_MMX(n) asm volatile("movq %%mm" #n ", %0" : "=m"(f->mmx[n]));

static void load(const struct fpu_image *f)
{
	asm volatile("fninit\n\tfldcw %0\n\tldmxcsr %1" : : "m"(f->cw), "m"(f->mxcsr));
	FOR_8(LOAD_MMX)
	if (has_avx) {
		FOR_16(LOAD_YMM)
	} else {
		FOR_16(LOAD_XMM)
	}
}

static void save(struct fpu_image *f)
{
	*f = want;
	FOR_8(SAVE_MMX)
	if (has_avx) {
		FOR_16(SAVE_YMM)
	} else {
		FOR_16(SAVE_XMM)
	}
	asm volatile("fnstcw %0\n\tstmxcsr %1" : "=m"(f->cw), "=m"(f->mxcsr));
}

static void exit_cpuid(void)
{
	cpuid(0);
}

static void exit_pio(void)
{
	uart_out(UART_SCR, 1);
	inb(0x80);
}

static void exit_mmio(void)
{
	*(volatile u32 *)map_window(0xd0000000) = 1;
}

static void exit_msr(void)
{
	rdmsr(MSR_EFER);
}

static void exit_exception(void)
{
	u64 v;

	try_rdmsr(0x7777777, &v);
}

static void interrupt(struct trap_frame *frame)
{
	uart_out(UART_IER, 0);
	pic_eoi(UART_IRQ);
}

static void exit_hlt(void)
{
	uart_out(UART_IER, UART_IER_THRI);
	sti_hlt_cli();
}

/* Long enough for the host to run others meanwhile */
static void exit_late(void)
{
	ulong i;

	for (i = 0; i < 200000; i++)
		barrier();
}

static void check(void (*op)(void), u32 rounds, const char *name)
{
	u32 i;

	for (i = 0; i < rounds; i++) {
		fill(&want, i + 1);
		load(&want);
		op();
		save(&got);
		if (memcmp(&want, &got, sizeof(want)))
			break;
	}
	asm volatile("emms");
	report(i == rounds, "FPU state outlives %u of %u times %s", i, rounds, name);
}

static void check_initial(void)
{
	u8 any = 0;
	u16 cw;
	u32 mxcsr, i;

	save(&got);
	asm volatile("fnstcw %0\n\tstmxcsr %1" : "=m"(cw), "=m"(mxcsr));
	for (i = 0; i < 16 * 16; i++)
		any |= ((u8 *)got.xmm)[i];
	report(cw == 0x37f && mxcsr == 0x1f80, "control words begin as they should, %x and %x",
	       cw, mxcsr);
	report(!any, "SSE registers begin as zero");
	asm volatile("emms");
}

int main(void)
{
	struct cpuid c = cpuid(1);

	check_initial();
	if ((c.ecx & BIT(26)) && (c.ecx & BIT(28))) {
		write_cr4(read_cr4() | CR4_OSXSAVE);
		asm volatile("xsetbv" : : "a"(7), "d"(0), "c"(0));
		has_avx = 1;
	} else {
		report_skip("this CPU has no AVX");
	}
	pic_init();
	pic_mask((u16)~BIT(UART_IRQ));
	trap_set(PIC_VECTOR + UART_IRQ, interrupt);
	uart_drain();

	check(exit_cpuid, ROUNDS, "CPUID");
	check(exit_pio, ROUNDS, "port I/O");
	check(exit_mmio, ROUNDS, "MMIO");
	check(exit_msr, ROUNDS, "RDMSR");
	check(exit_exception, ROUNDS, "an exception raised by the host");
	uart_drain();
	check(exit_hlt, ROUNDS, "HLT and an interrupt");
	check(exit_late, 20, "a while");
	return report_summary();
}
