// SPDX-License-Identifier: GPL-2.0-only
/*
 * An exception with no interrupt table: a triple fault.  Words of the command
 * line:
 *
 *	wait	don't do it before a byte comes in
 *
 * expect: crash triple fault
 */
#include "guest.h"

int main(void)
{
	printf("about to triple-fault\n");
	if (boot_has("wait")) {
		printf("press a key, and I will\n");
		uart_getc();
	}
	uart_drain();
	lidt((struct table_reg){ 0, 0 });
	asm volatile("ud2");
	printf("FAIL: alive behind a triple fault\n");
	return 1;
}
