// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starting further CPUs: Intel SDM vol. 3, "MP Initialization Protocol".
 */
#include "apic.h"
#include "string.h"
#include "trap.h"

extern char ap_code[], ap_code_end[];
void (*ap_main)(ulong id);
static struct table_reg idt;

void ap_enter(ulong id);

void ap_enter(ulong id)
{
	lidt(idt);
	ap_main(id);
	for (;;)
		asm volatile("cli\n\thlt");
}

/* Exceptions get no stack of their own: only the boot CPU has a task segment */
void ap_prepare(void)
{
	memcpy((void *)(AP_PAGE * PAGE_BYTES), ap_code, ap_code_end - ap_code);
	idt = sidt();
	trap_own_stack(0);
}

void ap_start(u8 id)
{
	apic_ipi(id, ICR_INIT);
	apic_ipi(id, ICR_STARTUP | AP_PAGE);
}
