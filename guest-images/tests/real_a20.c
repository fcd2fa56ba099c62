// SPDX-License-Identifier: GPL-2.0-only
/*
 * Address line 20 is always on: there is no keyboard controller to close it,
 * and FFFF:0010 is 1 MiB, not 0.
 *
 * expect: exit 0
 */
#include "real.h"

#define A20_GATE	0x92
#define KBD_CMD		0x64

static int wraps(void)
{
	u8 low = far_read(0, 0x500), high = far_read(0xffff, 0x510), r;

	far_write(0, 0x500, 0x11);
	far_write(0xffff, 0x510, 0x22);
	r = far_read(0, 0x500) != 0x11;
	far_write(0, 0x500, low);
	far_write(0xffff, 0x510, high);
	return r;
}

int main(void)
{
	report(!wraps(), "FFFF:0510 is not 0000:0500");
	far_write(0xffff, 0xffff, 0x77);
	report(far_read(0xffff, 0xffff) == 0x77, "memory goes on to FFFF:FFFF");
	outb(A20_GATE, 0);
	report(!wraps(), "port 0x92 does not close it");
	outb(KBD_CMD, 0xdd);
	report(!wraps(), "nor does a keyboard controller that isn't there");
	return report_summary();
}
