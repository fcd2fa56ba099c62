// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of a CPU after RESET: AMD APM vol. 2, "Initial Processor State";
 * Intel SDM vol. 3, "Processor State After Reset".  The boot formats start
 * from it, and vm/ gives it to CPUs that wait for a start-up IPI.
 */
#include <linux/string.h>

#include "boot.h"

#define SEG_CODE	(ATOLL_SEG_P | ATOLL_SEG_S | 0xb)
#define SEG_DATA	(ATOLL_SEG_P | ATOLL_SEG_S | 0x3)
#define SEG_LDT		(ATOLL_SEG_P | 0x2)
#define SEG_TSS32_BUSY	(ATOLL_SEG_P | 0xb)

/* Family 6, model 0: what CPUs say of themselves varies, and nobody asks */
#define RESET_RDX	0x600

/**
 * atoll_cpu_state_reset - what a CPU holds after RESET
 * @state:	filled in
 *
 * Deviation: TR is a busy 32-bit TSS, where the chip has a 16-bit one; VT-x
 * wants that before a guest can enter long mode.
 */
void atoll_cpu_state_reset(struct atoll_cpu_state *state)
{
	u32 i;

	memset(state, 0, sizeof(*state));
	for (i = 0; i < ATOLL_NR_SEGS; i++)
		state->seg[i] = (struct atoll_segment){
			.limit = 0xffff,
			.attr = SEG_DATA,
		};
	state->seg[ATOLL_CS].selector = 0xf000;
	state->seg[ATOLL_CS].base = 0xffff0000;
	state->seg[ATOLL_CS].attr = SEG_CODE;
	state->seg[ATOLL_LDTR].attr = SEG_LDT;
	state->seg[ATOLL_TR].attr = SEG_TSS32_BUSY;
	state->gdt.limit = 0xffff;
	state->idt.limit = 0xffff;
	state->regs[ATOLL_RIP] = 0xfff0;
	state->regs[ATOLL_RFLAGS] = 0x2;
	state->regs[ATOLL_RDX] = RESET_RDX;
	state->cr0 = 0x60000010;
	state->dr6 = 0xffff0ff0;
	state->dr7 = 0x400;
	state->pat = 0x0007040600070406ULL;
}

/**
 * atoll_cpu_state_flat32 - what a boot loader leaves behind
 * @state:	filled in: as after RESET, but in protected mode with flat 32-bit
 *		segments, paging and interrupts off
 */
void atoll_cpu_state_flat32(struct atoll_cpu_state *state)
{
	const struct atoll_segment data = {
		.limit = U32_MAX,
		.selector = 0x10,
		.attr = ATOLL_SEG_G | ATOLL_SEG_DB | SEG_DATA,
	};
	u32 i;

	atoll_cpu_state_reset(state);
	for (i = ATOLL_ES; i <= ATOLL_GS; i++)
		state->seg[i] = data;
	state->seg[ATOLL_CS].attr = ATOLL_SEG_G | ATOLL_SEG_DB | SEG_CODE;
	state->seg[ATOLL_CS].selector = 0x08;
	state->cr0 = 0x11;
	state->regs[ATOLL_RDX] = 0;
}
