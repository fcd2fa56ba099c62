// SPDX-License-Identifier: GPL-2.0-only
/*
 * Four CPUs compute at the same time, each with numbers of its own in all of
 * its vector registers, in the widest form that CPUID offers.  Exits, sleep
 * and preemption come between, so that each host CPU has the registers of
 * several guest CPUs in turn: they must never mix.
 *
 * expect: exit 0
 * vcpus: 4
 */
#include "apic.h"
#include "guest.h"

#define CPUS		4
#define VECTOR		0x60
#define ROUNDS		360
#define NAP		200000		/* ns, as the APIC's timer counts */
#define SPIN		100000		/* some ms: a host's tick comes meanwhile */

#define XCR0_AVX	0x07
#define XCR0_AVX512	0xe7

#define REGS		32
#define LANES		8

/* What one CPU's registers hold; the last one used is what is added to the others */
struct regs {
	u64 lane[REGS][LANES];
	u32 mxcsr;
	u16 mask[8];
};

/* One form of vector registers */
struct form {
	const char *name;
	u32 xcr0, regs, lanes, masks;
	void (*load)(const struct regs *r);
	void (*add)(void);
	void (*save)(struct regs *r);
};

struct result {
	u32 rounds;
	volatile u32 done;
	u32 reg, lane;			/* where it went wrong: 100 and on are masks, 200 MXCSR, 300 TSC_AUX */
	u64 want, got;
};

static const struct form *form;
static struct regs regs[CPUS];
static struct result results[CPUS];
static int has_rdtscp;
static volatile u32 ready, go, naps[CPUS];

#define FOR_15(op) op(0) op(1) op(2) op(3) op(4) op(5) op(6) op(7) \
		   op(8) op(9) op(10) op(11) op(12) op(13) op(14)
#define FOR_16(op) FOR_15(op) op(15)
#define FOR_31(op) FOR_16(op) op(16) op(17) op(18) op(19) op(20) op(21) op(22) op(23) \
		   op(24) op(25) op(26) op(27) op(28) op(29) op(30)
#define FOR_32(op) FOR_31(op) op(31)
#define FOR_MASKS(op) op(1) op(2) op(3) op(4) op(5) op(6) op(7)

#define LOAD_XMM(n) asm volatile("movdqu %0, %%xmm" #n : : "m"(r->lane[n]));
#define ADD_XMM(n) asm volatile("paddq %xmm15, %xmm" #n);
#define SAVE_XMM(n) asm volatile("movdqu %%xmm" #n ", %0" : "=m"(r->lane[n]));
#define LOAD_YMM(n) asm volatile("vmovdqu %0, %%ymm" #n : : "m"(r->lane[n]));
#define ADD_YMM(n) asm volatile("vpaddq %ymm15, %ymm" #n ", %ymm" #n);
#define SAVE_YMM(n) asm volatile("vmovdqu %%ymm" #n ", %0" : "=m"(r->lane[n]));
#define LOAD_ZMM(n) asm volatile("vmovdqu64 %0, %%zmm" #n : : "m"(r->lane[n]));
#define ADD_ZMM(n) asm volatile("vpaddq %zmm31, %zmm" #n ", %zmm" #n);
#define SAVE_ZMM(n) asm volatile("vmovdqu64 %%zmm" #n ", %0" : "=m"(r->lane[n]));
#define LOAD_MASK(n) asm volatile("kmovw %0, %%k" #n : : "m"(r->mask[n]));
#define SAVE_MASK(n) asm volatile("kmovw %%k" #n ", %0" : "=m"(r->mask[n]));

static void load_sse(const struct regs *r) { FOR_16(LOAD_XMM) }
static void add_sse(void) { FOR_15(ADD_XMM) }
static void save_sse(struct regs *r) { FOR_16(SAVE_XMM) }
static void load_avx2(const struct regs *r) { FOR_16(LOAD_YMM) }
static void add_avx2(void) { FOR_15(ADD_YMM) }
static void save_avx2(struct regs *r) { FOR_16(SAVE_YMM) }
static void load_avx512(const struct regs *r) { FOR_32(LOAD_ZMM) FOR_MASKS(LOAD_MASK) }
static void add_avx512(void) { FOR_31(ADD_ZMM) }
static void save_avx512(struct regs *r) { FOR_32(SAVE_ZMM) FOR_MASKS(SAVE_MASK) }

static const struct form sse = {
	"SSE", 0, 16, 2, 0, load_sse, add_sse, save_sse,
};
static const struct form avx2 = {
	"AVX2", XCR0_AVX, 16, 4, 0, load_avx2, add_avx2, save_avx2,
};
static const struct form avx512 = {
	"AVX-512", XCR0_AVX512, 32, 8, 8, load_avx512, add_avx512, save_avx512,
};

/* By Intel SDM vol. 1, "Detection of AVX2" and "Detection of AVX-512" */
static const struct form *widest(void)
{
	u32 features = cpuid(1).ecx, xcr0;

	if (!(features & BIT(26)) || !(features & BIT(28)))
		return &sse;
	xcr0 = cpuid_count(0xd, 0).eax;
	if ((cpuid_count(7, 0).ebx & BIT(16)) && (xcr0 & XCR0_AVX512) == XCR0_AVX512)
		return &avx512;
	return (cpuid_count(7, 0).ebx & BIT(5)) && (xcr0 & XCR0_AVX) == XCR0_AVX ? &avx2 : &sse;
}

/* No two CPUs, registers or lanes have a number in common */
static u64 first(u32 cpu, u32 reg, u32 lane)
{
	return (u64)(cpu + 1) << 56 | (u64)reg << 48 | (u64)lane << 40 | cpu * 0x1234567;
}

static u64 wanted(u32 cpu, u32 reg, u32 lane, u32 additions)
{
	u32 last = form->regs - 1;

	if (reg == last)
		return first(cpu, last, lane);
	return first(cpu, reg, lane) + additions * first(cpu, last, lane);
}

static u16 mask_of(u32 cpu, u32 n)
{
	return (cpu + 1) << 8 | n;
}

/* The rounding mode: what is computed has no use for it */
static u32 mxcsr_of(u32 cpu)
{
	return 0x1f80 | (cpu & 3) << 13;
}

static void begin(u32 cpu)
{
	struct regs *r = &regs[cpu];
	u32 reg, lane;

	for (reg = 0; reg < form->regs; reg++)
		for (lane = 0; lane < form->lanes; lane++)
			r->lane[reg][lane] = wanted(cpu, reg, lane, 0);
	for (reg = 0; reg < form->masks; reg++)
		r->mask[reg] = mask_of(cpu, reg);
	r->mxcsr = mxcsr_of(cpu);
	asm volatile("ldmxcsr %0" : : "m"(r->mxcsr));
	if (has_rdtscp)
		wrmsr(MSR_TSC_AUX, ~cpu);
	form->load(r);
}

static int differs(struct result *is, u32 reg, u32 lane, u64 want, u64 got)
{
	if (want == got)
		return 0;
	is->reg = reg;
	is->lane = lane;
	is->want = want;
	is->got = got;
	return 1;
}

/* Is all of it there, after so many additions? */
static int is_own(u32 cpu, u32 additions)
{
	struct result *is = &results[cpu];
	struct regs *r = &regs[cpu];
	u32 reg, lane;

	form->save(r);
	asm volatile("stmxcsr %0" : "=m"(r->mxcsr));
	for (reg = 0; reg < form->regs; reg++)
		for (lane = 0; lane < form->lanes; lane++)
			if (differs(is, reg, lane, wanted(cpu, reg, lane, additions),
				    r->lane[reg][lane]))
				return 0;
	for (reg = 1; reg < form->masks; reg++)
		if (differs(is, 100 + reg, 0, mask_of(cpu, reg), r->mask[reg]))
			return 0;
	if (has_rdtscp && differs(is, 300, 0, ~cpu, rdtscp_aux()))
		return 0;
	return !differs(is, 200, 0, mxcsr_of(cpu), r->mxcsr);
}

static void handler(struct trap_frame *f)
{
	naps[cpuid(1).ebx >> 24]++;
	apic_write(APIC_EOI, 0);
}

/* Bochs' SVM takes no heed of the host's interrupts while the guest's are off */
static void spin(void)
{
	u32 i;

	irq_on();
	for (i = 0; i < SPIN; i++)
		barrier();
	irq_off();
}

/* With an exit, for the same reason */
static void wait(void)
{
	inb(0x80);
}

/* What may take the host CPU away, or have the host use it for itself */
static void disturb(u32 round)
{
	switch (round % 6) {
	case 0:
		cpuid(0);
		break;
	case 1:
		inb(0x80);
		break;
	case 2:
		apic_read(APIC_VERSION);
		break;
	case 3:
		rdmsr(MSR_APIC_BASE);
		break;
	case 4:
		spin();
		break;
	case 5:
		apic_write(APIC_TICR, NAP);
		sti_hlt_cli();
		break;
	}
}

static void prepare(void)
{
	apic_write(APIC_SVR, APIC_ENABLED | 0xff);
	apic_write(APIC_TDCR, TDCR_1);
	apic_write(APIC_LVT_TIMER, VECTOR);
	if (!form->xcr0)
		return;
	write_cr4(read_cr4() | CR4_OSXSAVE);
	asm volatile("xsetbv" : : "a"(form->xcr0), "d"(0), "c"(0));
}

static void compute(u32 cpu)
{
	struct result *is = &results[cpu];

	begin(cpu);
	while (is->rounds < ROUNDS) {
		disturb(is->rounds);
		form->add();
		if (!is_own(cpu, ++is->rounds))
			break;
	}
	is->done = 1;
}

static void ap(ulong id)
{
	prepare();
	__atomic_fetch_add(&ready, 1, __ATOMIC_SEQ_CST);
	while (!go)
		wait();
	compute(id);
	for (;;)
		sti_hlt_cli();
}

static void check(u32 cpu)
{
	struct result *is = &results[cpu];
	int whole;

	while (!is->done)
		wait();
	whole = is->want == is->got;
	report(whole, "CPU %u has its own %s registers through %u of %u rounds", cpu,
	       form->name, is->rounds, ROUNDS);
	if (whole)
		report(naps[cpu] == ROUNDS / 6, "and has slept %u times", naps[cpu]);
	else
		printf("register %u, lane %u: %llx wanted, %llx found\n", is->reg, is->lane,
		       is->want, is->got);
}

int main(void)
{
	u32 i;

	has_rdtscp = cpuid(0x80000001).edx >> 27 & 1;
	form = widest();
	if (form != &avx512)
		report_skip("this CPU has no AVX-512");
	if (form == &sse)
		report_skip("this CPU has no AVX2");
	pic_init();
	trap_set(VECTOR, handler);
	ap_main = ap;
	ap_prepare();
	prepare();
	for (i = 1; i < CPUS; i++)
		ap_start(i);
	while (ready < CPUS - 1)
		wait();
	go = 1;
	compute(0);
	for (i = 0; i < CPUS; i++)
		check(i);
	return report_summary();
}
