// SPDX-License-Identifier: GPL-2.0-only
/*
 * From start16.S to main() and to the end.
 */
#include "real.h"

void boot16_main(void);

void boot16_main(void)
{
	uart_init();
	exit(main());
}
