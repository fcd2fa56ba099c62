// SPDX-License-Identifier: GPL-2.0-only
/*
 * Four CPUs: started, interrupted, stopped and started again.  Intel SDM
 * vol. 3, "MP Initialization Protocol" and "Issuing Interprocessor Interrupts".
 *
 * expect: exit 0
 * vcpus: 4
 */
#include "apic.h"
#include "guest.h"

#define CPUS		4
#define VECTOR		0x60
#define PATIENCE	200000000ULL	/* ns, as the APIC's timer counts */

static volatile u32 started[AP_MAX], taken[AP_MAX], nmis[AP_MAX];
static volatile u64 tsc[AP_MAX], base[AP_MAX];

static u32 my_id(void)
{
	return cpuid(1).ebx >> 24;
}

static void eoi(void)
{
	if (rdmsr(MSR_APIC_BASE) & APIC_BASE_X2APIC)
		wrmsr(x2apic_msr(APIC_EOI), 0);
	else
		apic_write(APIC_EOI, 0);
}

static void handler(struct trap_frame *f)
{
	taken[my_id()]++;
	eoi();
}

static void nmi(struct trap_frame *f)
{
	nmis[my_id()]++;
}

static void ap(ulong id)
{
	u64 b = rdmsr(MSR_APIC_BASE);

	tsc[id] = rdtsc();
	base[id] = b;
	if (b & APIC_BASE_X2APIC) {
		wrmsr(x2apic_msr(APIC_SVR), APIC_ENABLED | 0xff);
	} else {
		apic_write(APIC_SVR, APIC_ENABLED | 0xff);
		apic_write(APIC_DFR, 0xffffffff);
		apic_write(APIC_LDR, 1U << (24 + id));
	}
	started[id]++;
	for (;;)
		sti_hlt_cli();
}

/* Until all of @n words from @p on are at least @goal, or patience ends */
static int reach(volatile u32 *p, u32 n, u32 goal)
{
	u32 i, rounds;

	apic_write(APIC_TDCR, TDCR_1);
	for (rounds = 0; rounds < 50; rounds++) {
		apic_write(APIC_TICR, PATIENCE);
		do {
			for (i = 0; i < n && p[i] >= goal; i++)
				barrier();
			if (i == n)
				return 1;
		} while (apic_read(APIC_TCCR));
	}
	return 0;
}

static u32 sum(volatile u32 *p)
{
	u32 i, s = 0;

	for (i = 0; i < CPUS; i++)
		s += p[i];
	return s;
}

static void settle(void)
{
	apic_write(APIC_TICR, 20000000);
	while (apic_read(APIC_TCCR))
		barrier();
	asm volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
}

static void forget(void)
{
	memset((void *)taken, 0, sizeof(taken));
	memset((void *)nmis, 0, sizeof(nmis));
}

static void check_start(void)
{
	u64 now;
	u32 i;

	apic_ipi(1, ICR_FIXED | VECTOR);
	report(sum(started) == 0, "no CPU starts by itself");
	for (i = 1; i < CPUS; i++)
		ap_start(i);
	report(reach(&started[1], CPUS - 1, 1), "INIT and a start-up IPI start three more");
	now = rdtsc();
	for (i = 1; i < CPUS; i++) {
		report(tsc[i] < now, "CPU %u: the clock is one for all", i);
		report(base[i] == (APIC_PAGE | APIC_BASE_ENABLED), "CPU %u is no boot CPU", i);
	}
	apic_ipi(1, ICR_STARTUP | AP_PAGE);
	settle();
	report(started[1] == 1, "a start-up IPI to one that runs does nothing");
}

static void check_destinations(void)
{
	u32 i;

	apic_write(APIC_LDR, 1U << 24);
	for (i = 1; i < CPUS; i++) {
		forget();
		apic_ipi(i, ICR_FIXED | VECTOR);
		report(reach(&taken[i], 1, 1), "an IPI reaches CPU %u", i);
		settle();
		report(sum(taken) == 1, "and nobody else");
	}
	forget();
	apic_ipi(0, ICR_FIXED | ICR_OTHERS | VECTOR);
	reach(&taken[1], CPUS - 1, 1);
	settle();
	report(sum(taken) == 3 && !taken[0], "all others get one, %u", sum(taken));
	forget();
	apic_ipi(0, ICR_FIXED | ICR_ALL | VECTOR);
	reach(&taken[1], CPUS - 1, 1);
	settle();
	report(sum(taken) == 4 && taken[0] == 1, "all get one, %u", sum(taken));
	forget();
	apic_ipi(0xff, ICR_FIXED | VECTOR);
	reach(&taken[1], CPUS - 1, 1);
	settle();
	report(sum(taken) == 4, "so they do by a broadcast, %u", sum(taken));
	forget();
	apic_ipi(0x0a, ICR_FIXED | ICR_LOGICAL | VECTOR);
	reach(&taken[3], 1, 1);
	settle();
	report(sum(taken) == 2 && taken[1] && taken[3], "a logical set gets one each, %u",
	       sum(taken));
	forget();
	for (i = 0; i < 4; i++) {
		apic_ipi(0x0e, ICR_LOWEST | ICR_LOGICAL | VECTOR);
		settle();
	}
	report(sum(taken) == 4 && !taken[0], "of lowest priority, one of them gets it, %u",
	       sum(taken));
	forget();
	apic_ipi(9, ICR_FIXED | VECTOR);
	settle();
	report(sum(taken) == 0, "an IPI to nobody is gone");
}

static void check_nmi(void)
{
	forget();
	apic_ipi(2, ICR_NMI);
	report(reach(&nmis[2], 1, 1) && sum(nmis) == 1, "an NMI reaches CPU 2 alone");
	apic_ipi(0, ICR_NMI | ICR_OTHERS);
	reach(&nmis[1], CPUS - 1, 1);
	settle();
	report(nmis[1] == 1 && nmis[2] == 2 && nmis[3] == 1 && !nmis[0], "all others get one");
}

static volatile u32 woken;

static void ap_in_the_dark(ulong id)
{
	started[id]++;
	for (;; woken++)
		asm volatile("hlt" : : : "memory");
}

static void check_nmi_without_if(void)
{
	forget();
	ap_main = ap_in_the_dark;
	ap_start(2);
	report(reach(&started[2], 1, 2), "CPU 2 starts again, and halts without IF");
	settle();
	report(!woken, "nothing wakes it");
	apic_ipi(2, ICR_NMI);
	report(reach(&woken, 1, 1) && nmis[2] == 1, "an NMI does");
	ap_main = ap;
}

static void check_restart(void)
{
	apic_ipi(1, ICR_INIT);
	settle();
	forget();
	apic_ipi(1, ICR_FIXED | VECTOR);
	settle();
	report(!taken[1], "INIT stops a CPU, which takes no vector");
	apic_ipi(1, ICR_STARTUP | AP_PAGE);
	report(reach(&started[1], 1, 2), "and it can be started again");
	apic_ipi(1, ICR_FIXED | VECTOR);
	report(reach(&taken[1], 1, 1), "and takes vectors then");
}

static void ap_x2apic(ulong id)
{
	wrmsr(MSR_APIC_BASE, rdmsr(MSR_APIC_BASE) | APIC_BASE_X2APIC);
	ap(id);
}

/* The boot CPU stays an xAPIC for its timer's sake; 3 is not woken by it */
static void check_x2apic(void)
{
	ap_main = ap_x2apic;
	ap_start(3);
	report(reach(&started[3], 1, 2), "CPU 3 starts again, as an x2APIC");
	report(base[3] & APIC_BASE_X2APIC, "and says so");
	forget();
	apic_ipi(3, ICR_FIXED | VECTOR);
	report(reach(&taken[3], 1, 1), "an IPI reaches it by its ID");
	apic_ipi(0x08, ICR_FIXED | ICR_LOGICAL | VECTOR);
	report(reach(&taken[3], 1, 2), "and by its bit in cluster 0");
	ap_main = ap;
	ap_start(3);
	report(reach(&started[3], 1, 3) && (base[3] & APIC_BASE_X2APIC),
	       "INIT leaves it an x2APIC");
}

int main(void)
{
	trap_set(VECTOR, handler);
	trap_set(NMI_VECTOR, nmi);
	pic_init();
	apic_write(APIC_LVT_TIMER, LVT_MASKED);
	ap_main = ap;
	ap_prepare();
	check_start();
	check_destinations();
	check_nmi();
	check_nmi_without_if();
	check_restart();
	check_x2apic();
	return report_summary();
}
