// SPDX-License-Identifier: GPL-2.0-only
/*
 * An exception with no interrupt table: a triple fault.
 *
 * expect: crash triple fault
 */
#include "guest.h"

int main(void)
{
	printf("about to triple-fault\n");
	uart_drain();
	lidt((struct table_reg){ 0, 0 });
	asm volatile("ud2");
	printf("FAIL: alive behind a triple fault\n");
	return 1;
}
