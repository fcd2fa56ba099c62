// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local APIC of one CPU: priorities, its timer, NMIs, and the ways in
 * which it shows itself.  Intel SDM vol. 3, "Advanced Programmable Interrupt
 * Controller (APIC)".
 *
 * expect: exit 0
 */
#include "apic.h"
#include "guest.h"

#define LOW		0x51
#define LOW_TOO		0x58
#define HIGH		0x62
#define TIMER		0x70
#define ERROR		0x80

static volatile u32 taken[256], order[8], nr_taken, isr_seen, nmis, nmi_depth, nmi_deepest;
static volatile u64 fired_at;

static int is_x2(void)
{
	return !!(rdmsr(MSR_APIC_BASE) & APIC_BASE_X2APIC);
}

static u32 reg_read(u32 reg)
{
	return is_x2() ? rdmsr(x2apic_msr(reg)) : apic_read(reg);
}

static void reg_write(u32 reg, u32 v)
{
	if (is_x2())
		wrmsr(x2apic_msr(reg), v);
	else
		apic_write(reg, v);
}

static u32 bit_of(u32 bitmap, u8 vector)
{
	return reg_read(bitmap + vector / 32 * 16) >> (vector % 32) & 1;
}

static void handler(struct trap_frame *f)
{
	fired_at = rdtsc();
	taken[f->vector]++;
	if (nr_taken < ARRAY_SIZE(order))
		order[nr_taken++] = f->vector;
	isr_seen = bit_of(APIC_ISR, f->vector);
	reg_write(APIC_EOI, 0);
}

static void forget(void)
{
	nr_taken = 0;
	memset((void *)taken, 0, sizeof(taken));
}

static void self_ipi(u8 vector)
{
	if (is_x2())
		wrmsr(x2apic_msr(APIC_SELF_IPI), vector);
	else
		apic_write(APIC_ICR, ICR_SELF | ICR_ASSERT | vector);
}

static void window(void)
{
	asm volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
}

/* A while in ns: the timer counts, masked */
static void wait_ns(u32 ns)
{
	u32 lvt = reg_read(APIC_LVT_TIMER);

	reg_write(APIC_LVT_TIMER, LVT_MASKED | TIMER);
	reg_write(APIC_TDCR, TDCR_1);
	reg_write(APIC_TICR, ns);
	while (reg_read(APIC_TCCR))
		barrier();
	reg_write(APIC_LVT_TIMER, lvt);
}

static void check_start(void)
{
	u64 base = rdmsr(MSR_APIC_BASE);
	u32 version = apic_read(APIC_VERSION);

	report(base == (APIC_PAGE | APIC_BASE_ENABLED | APIC_BASE_BSP),
	       "the boot CPU's APIC is on, as xAPIC at its place, %llx", base);
	report(apic_read(APIC_ID) == 0, "its ID is 0");
	report((version & 0xff) >= 0x14 && (version >> 16 & 0xff) == 5,
	       "it is an integrated one with 6 LVT entries, %x", version);
	report((apic_read(APIC_SVR) & APIC_ENABLED) && apic_read(APIC_LVT_LINT0) == 0x700,
	       "it takes the 8259s' interrupts, as firmware leaves it");
	report(apic_read(APIC_LVT_TIMER) == LVT_MASKED && apic_read(APIC_LVT_ERROR) == LVT_MASKED,
	       "other sources are masked");
	report(apic_read(APIC_DFR) == 0xffffffff && apic_read(APIC_LDR) == 0,
	       "it has no logical ID, in the flat model");
}

static void check_ipi(void)
{
	forget();
	self_ipi(LOW);
	report(bit_of(APIC_IRR, LOW) && !taken[LOW], "an IPI to itself waits in the IRR");
	window();
	report(taken[LOW] == 1 && isr_seen, "and comes with IF, in service meanwhile, %u",
	       taken[LOW]);
	report(!bit_of(APIC_IRR, LOW) && !bit_of(APIC_ISR, LOW), "and is gone after its EOI");

	forget();
	self_ipi(LOW);
	self_ipi(LOW);
	self_ipi(HIGH);
	window();
	window();
	report(nr_taken == 2 && order[0] == HIGH && order[1] == LOW,
	       "the higher vector comes first, each once, %u", nr_taken);

	forget();
	self_ipi(LOW);
	asm volatile("sti\n\thlt\n\tcli" : : : "memory");
	report(taken[LOW] == 1, "a pending one wakes HLT");
}

static void no_eoi(struct trap_frame *f)
{
	taken[f->vector]++;
}

static void check_service(void)
{
	forget();
	trap_set(LOW, no_eoi);
	self_ipi(LOW);
	window();
	report(reg_read(APIC_PPR) == 0x50, "the PPR is the class in service, %x",
	       reg_read(APIC_PPR));
	self_ipi(LOW_TOO);
	window();
	report(!taken[LOW_TOO], "what is of the class in service waits");
	self_ipi(HIGH);
	window();
	report(taken[HIGH] == 1, "what is above it doesn't");
	trap_set(LOW, handler);
	reg_write(APIC_EOI, 0);
	window();
	report(taken[LOW_TOO] == 1 && reg_read(APIC_PPR) == 0, "the EOI lets it in");
}

static ulong read_cr8(void)
{
	ulong v;

	asm volatile("mov %%cr8, %0" : "=r"(v) : : "memory");
	return v;
}

static void check_tpr(void)
{
	u32 before;

	forget();
	reg_write(APIC_TPR, 0x5f);
	report(read_cr8() == 5 && reg_read(APIC_TPR) == 0x5f && reg_read(APIC_PPR) == 0x5f,
	       "TPR is CR8 and its own lower half, %x", reg_read(APIC_TPR));
	asm volatile("mov %0, %%cr8" : : "r"(6UL) : "memory");
	report(reg_read(APIC_TPR) == 0x60, "CR8 writes the upper and clears the lower, %x",
	       reg_read(APIC_TPR));
	self_ipi(HIGH);
	self_ipi(LOW);
	window();
	report(nr_taken == 0, "CR8 keeps its class and those below out");
	irq_on();
	asm volatile("mov %0, %%cr8\n\tnop" : : "r"(5UL) : "memory");
	before = nr_taken;
	asm volatile("mov %0, %%cr8\n\tnop" : : "r"(4UL) : "memory");
	irq_off();
	report(before == 1 && order[0] == HIGH, "lowering CR8 lets the upper one in at once, %u",
	       before);
	report(nr_taken == 2 && order[1] == LOW, "lowering it again lets the other in, %u",
	       nr_taken);

	forget();
	reg_write(APIC_TPR, 0xf0);
	self_ipi(HIGH);
	window();
	reg_write(APIC_TPR, 0);
	window();
	report(taken[HIGH] == 1 && read_cr8() == 0, "so does a write of TPR");
	asm volatile(TRY("mov %0, %%cr8") : : "r"(16UL) : "memory");
	report(trap.vector == GP_VECTOR, "CR8 refuses 16");
}

static void check_one_shot(void)
{
	u64 start;
	u32 a, b;

	forget();
	reg_write(APIC_TDCR, TDCR_1);
	reg_write(APIC_LVT_TIMER, TIMER);
	reg_write(APIC_TICR, 4000000000U);
	a = reg_read(APIC_TCCR);
	b = reg_read(APIC_TCCR);
	report(a && b && b < a && a < 4000000000U, "the count goes down, %u %u", a, b);
	reg_write(APIC_TDCR, 0xa);	/* by 128 */
	a = reg_read(APIC_TCCR);
	report(a > 3000000000U && a <= b, "another divisor goes on from there, %u", a);
	reg_write(APIC_TICR, 0);
	report(reg_read(APIC_TCCR) == 0 && !taken[TIMER], "0 stops it");

	reg_write(APIC_TDCR, TDCR_1);
	start = rdtsc();
	reg_write(APIC_TICR, 2000000);
	sti_hlt_cli();
	report(taken[TIMER] == 1 && fired_at > start, "one shot wakes HLT");
	wait_ns(10000000);
	window();
	report(taken[TIMER] == 1 && reg_read(APIC_TCCR) == 0, "and it is one, %u", taken[TIMER]);

	forget();
	reg_write(APIC_LVT_TIMER, TIMER | LVT_MASKED);
	reg_write(APIC_TICR, 1000);
	while (reg_read(APIC_TCCR))
		barrier();
	window();
	report(!taken[TIMER], "masked it interrupts nobody");
}

static void check_periodic(void)
{
	u32 i;

	forget();
	reg_write(APIC_LVT_TIMER, TIMER | LVT_PERIODIC);
	reg_write(APIC_TICR, 5000000);
	for (i = 0; i < 5; i++)
		sti_hlt_cli();
	reg_write(APIC_TICR, 0);
	window();
	report(taken[TIMER] >= 5, "a period of 5 ms repeats, %u", taken[TIMER]);
	i = taken[TIMER];
	wait_ns(20000000);
	window();
	report(taken[TIMER] == i, "until it is stopped, %u", taken[TIMER] - i);

	forget();
	reg_write(APIC_LVT_TIMER, TIMER | LVT_PERIODIC);
	reg_write(APIC_TICR, 1);
	sti_hlt_cli();
	reg_write(APIC_TICR, 0);
	reg_write(APIC_LVT_TIMER, LVT_MASKED);
	window();
	report(taken[TIMER] >= 1, "a period of one tick comes, at some pace");
}

static void check_deadline(void)
{
	u64 start, at;

	if (!(cpuid(1).ecx & BIT(24))) {
		report(0, "CPUID has the TSC deadline");
		return;
	}
	forget();
	wrmsr(MSR_TSC_DEADLINE, rdtsc());
	report(rdmsr(MSR_TSC_DEADLINE) == 0, "no deadline is kept in the other modes");
	reg_write(APIC_LVT_TIMER, TIMER | LVT_DEADLINE);
	reg_write(APIC_TICR, 1000);
	report(reg_read(APIC_TICR) == 0, "no count is kept in deadline mode");

	start = rdtsc();
	at = start + 20000000;
	wrmsr(MSR_TSC_DEADLINE, at);
	report(rdmsr(MSR_TSC_DEADLINE) == at, "the deadline reads back");
	sti_hlt_cli();
	report(taken[TIMER] == 1 && rdmsr(MSR_TSC_DEADLINE) == 0, "a deadline wakes HLT, once");
	/* The host's clocks run apart a little */
	report(fired_at > at - (at - start) / 8, "and not early, %llx", fired_at - at);

	wrmsr(MSR_TSC_DEADLINE, 1);
	window();
	report(taken[TIMER] == 2, "one that has passed comes at once, %u", taken[TIMER]);

	wrmsr(MSR_TSC_DEADLINE, rdtsc() + 100000000);
	wrmsr(MSR_TSC_DEADLINE, 0);
	wrmsr(MSR_TSC_DEADLINE, ~0ULL);
	wrmsr(MSR_TSC_DEADLINE, rdtsc() + 100000000);
	reg_write(APIC_LVT_TIMER, LVT_MASKED);
	report(rdmsr(MSR_TSC_DEADLINE) == 0, "leaving the mode disarms it");
	wait_ns(400000000);
	window();
	report(taken[TIMER] == 2, "and nothing comes, %u", taken[TIMER] - 2);
}

static void nmi(struct trap_frame *f)
{
	u32 i;

	nmis++;
	nmi_depth++;
	if (nmi_depth > nmi_deepest)
		nmi_deepest = nmi_depth;
	if (nmis == 1) {
		/* One of these two is kept */
		apic_ipi(0, ICR_NMI);
		apic_ipi(0, ICR_NMI);
		for (i = 0; i < 10; i++)
			cpuid(0);
	}
	nmi_depth--;
}

static void check_nmi(void)
{
	u32 i;

	trap_set(NMI_VECTOR, nmi);
	apic_ipi(0, ICR_NMI);
	for (i = 0; i < 1000 && nmis < 2; i++)
		cpuid(0);
	report(nmis >= 1, "an NMI comes without IF");
	report(nmis == 2 && nmi_deepest == 1,
	       "one waits for the IRET of the one before, %u, depth %u", nmis, nmi_deepest);
	irq_on();
	apic_ipi(0, ICR_NMI);
	for (i = 0; i < 100; i++)
		cpuid(0);
	irq_off();
	report(nmis == 3, "and another one comes, %u", nmis);
	trap_set(NMI_VECTOR, 0);
}

static void check_errors(void)
{
	u32 esr;

	forget();
	apic_write(APIC_ESR, 0);
	apic_write(APIC_LVT_ERROR, ERROR);
	apic_write(APIC_ICR, ICR_SELF | ICR_ASSERT | 5);
	window();
	apic_write(APIC_ESR, 0);
	esr = apic_read(APIC_ESR);
	report((esr & ESR_SENT_ILLEGAL) && taken[ERROR] >= 1, "vector 5 can't be sent, %x", esr);
	apic_read(0x40);
	apic_write(APIC_ESR, 0);
	esr = apic_read(APIC_ESR);
	report(esr & ESR_NO_REGISTER, "a register that isn't there is an error, %x", esr);
	/* An illegal vector for errors must not loop */
	apic_write(APIC_LVT_ERROR, 3);
	apic_read(0x40);
	apic_write(APIC_ESR, 0);
	report(apic_read(APIC_ESR) & ESR_GOT_ILLEGAL, "nor can vector 3 be received");
	apic_write(APIC_LVT_ERROR, LVT_MASKED);
}

static void check_software_disable(void)
{
	forget();
	apic_write(APIC_SVR, 0xff);
	self_ipi(LOW);
	apic_write(APIC_LVT_ERROR, ERROR);
	report(!bit_of(APIC_IRR, LOW), "disabled by software, it takes no vector");
	report(apic_read(APIC_LVT_LINT0) & apic_read(APIC_LVT_ERROR) & LVT_MASKED,
	       "and masks its sources");
	apic_write(APIC_SVR, APIC_ENABLED | 0xff);
	apic_write(APIC_LVT_LINT0, 0x700);
}

static int refuses(u32 msr, u64 v)
{
	return try_wrmsr(msr, v) == GP_VECTOR && trap.error == 0;
}

static void check_x2apic_msrs(void)
{
	u64 v;

	report(rdmsr(0x802) == 0 && rdmsr(0x80d) == 1, "x2APIC: ID 0, logical ID 1");
	report(apic_read(APIC_VERSION) == 0xffffffff, "x2APIC: the page is gone");
	report(refuses(0x802, 0) && refuses(0x803, 0) && refuses(0x80a, 0) && refuses(0x80d, 0) &&
	       refuses(0x810, 0) && refuses(0x820, 0) && refuses(0x839, 0),
	       "x2APIC: read-only registers refuse a write");
	report(try_rdmsr(0x80b, &v) == GP_VECTOR && try_rdmsr(0x83f, &v) == GP_VECTOR,
	       "x2APIC: write-only ones refuse a read");
	report(try_rdmsr(0x80e, &v) == GP_VECTOR && try_rdmsr(0x831, &v) == GP_VECTOR &&
	       try_rdmsr(0x800, &v) == GP_VECTOR && try_rdmsr(0x8ff, &v) == GP_VECTOR &&
	       try_rdmsr(0x809, &v) == GP_VECTOR && refuses(0x80e, 0) && refuses(0x8ff, 0),
	       "x2APIC: DFR, ICR2, APR and numbers without a register are refused");
	report(refuses(0x808, 0x100) && refuses(0x80b, 1) && refuses(0x80f, BIT(13)) &&
	       refuses(0x828, 1) && refuses(0x830, BIT(12)) && refuses(0x832, BIT(20)) &&
	       refuses(0x83e, 4) && refuses(0x83f, 0x100) && refuses(0x838, 1ULL << 32),
	       "x2APIC: reserved bits are refused");
	wrmsr(0x830, (5ULL << 32) | ICR_FIXED | LOW);
	report(rdmsr(0x830) == ((5ULL << 32) | LOW), "x2APIC: the ICR has 64 bits");
}

static void check_transitions(void)
{
	u64 base = rdmsr(MSR_APIC_BASE), v;

	report(try_rdmsr(0x802, &v) == GP_VECTOR && refuses(0x80b, 0), "xAPIC: no MSR of x2APIC's");
	report(refuses(MSR_APIC_BASE, (base & ~APIC_BASE_ENABLED) | APIC_BASE_X2APIC),
	       "x2APIC without enable is refused");
	report(refuses(MSR_APIC_BASE, base | BIT(0)) && refuses(MSR_APIC_BASE, base | BIT(9)) &&
	       refuses(MSR_APIC_BASE, base | 1ULL << 60), "reserved bits of the base are refused");

	wrmsr(MSR_APIC_BASE, base | APIC_BASE_X2APIC);
	report(rdmsr(MSR_APIC_BASE) == (base | APIC_BASE_X2APIC), "xAPIC goes to x2APIC");
	report(rdmsr(0x80f) == (APIC_ENABLED | 0xff), "and keeps its registers");
	check_x2apic_msrs();
	check_ipi();
	check_service();
	check_tpr();
	check_periodic();
	check_deadline();
	report(refuses(MSR_APIC_BASE, base), "x2APIC can't go to xAPIC");

	wrmsr(MSR_APIC_BASE, base & ~APIC_BASE_ENABLED);
	report(!(rdmsr(MSR_APIC_BASE) & (APIC_BASE_ENABLED | APIC_BASE_X2APIC)), "but it can be off");
	report(!(cpuid(1).edx & BIT(9)), "then CPUID has no APIC");
	report(apic_read(APIC_VERSION) == 0xffffffff && try_rdmsr(0x802, &v) == GP_VECTOR,
	       "and it has no registers");
	report(refuses(MSR_APIC_BASE, base | APIC_BASE_X2APIC), "off can't go to x2APIC");
	wrmsr(MSR_APIC_BASE, base);
	report(apic_read(APIC_SVR) == 0xff && apic_read(APIC_LVT_LINT0) == LVT_MASKED,
	       "on again, it has forgotten all");
	apic_write(APIC_SVR, APIC_ENABLED | 0xff);
}

int main(void)
{
	static const u8 vectors[] = { LOW, LOW_TOO, HIGH, TIMER, ERROR };
	u32 i;

	for (i = 0; i < ARRAY_SIZE(vectors); i++)
		trap_set(vectors[i], handler);
	pic_init();
	report(cpuid(1).edx & BIT(9) && cpuid(1).ecx & BIT(21), "CPUID has APIC and x2APIC");
	check_start();
	check_ipi();
	check_service();
	check_tpr();
	check_one_shot();
	check_periodic();
	check_deadline();
	check_nmi();
	check_errors();
	check_software_disable();
	check_transitions();
	return report_summary();
}
