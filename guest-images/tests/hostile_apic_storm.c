// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPUs that send each other IPIs, NMIs and INITs without end, and timers of
 * one tick with interrupts off.
 *
 * expect: runs
 * vcpus: 4
 */
#include "apic.h"
#include "guest.h"

static void handler(struct trap_frame *f)
{
	apic_write(APIC_EOI, 0);
}

static void nothing(struct trap_frame *f)
{
}

static void storm(ulong id)
{
	u32 i;

	apic_write(APIC_SVR, APIC_ENABLED | 0xff);
	apic_write(APIC_TDCR, TDCR_1);
	apic_write(APIC_LVT_TIMER, LVT_PERIODIC | 0x70);
	apic_write(APIC_TICR, 1);
	for (i = 0;; i++) {
		apic_ipi(0, ICR_OTHERS | ICR_FIXED | 0x60);
		apic_ipi(i & 3, ICR_NMI);
		/* Not the boot CPU: it has no firmware to go back to */
		if (i % 16 == id)
			ap_start(1 + i / 16 % 3);
		if (i % 64 < 8)
			irq_on();
		else
			irq_off();
		wrmsr(MSR_TSC_DEADLINE, i);
	}
}

int main(void)
{
	printf("apic storm\n");
	uart_drain();
	trap_set(0x60, handler);
	trap_set(0x70, handler);
	trap_set(NMI_VECTOR, nothing);
	pic_init();
	ap_main = storm;
	ap_prepare();
	storm(0);
	return 0;
}
