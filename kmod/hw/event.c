// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exceptions on top of exceptions: AMD APM vol. 2, "#DF - Double-Fault
 * Exception"; Intel SDM vol. 3, "Interrupt 8 - Double Fault Exception (#DF)".
 */
#include <asm/trapnr.h>
#include "event.h"

static bool is_contributory(u8 vector)
{
	switch (vector) {
	case X86_TRAP_DE:
	case X86_TRAP_TS:
	case X86_TRAP_NP:
	case X86_TRAP_SS:
	case X86_TRAP_GP:
		return true;
	default:
		return false;
	}
}

/**
 * atoll_event_combine() - which exception is delivered?
 * @first:	was being delivered
 * @second:	arose meanwhile
 *
 * Return: the vector of @second or of #DF, or ATOLL_TRIPLE_FAULT.  Any
 * context.
 */
int atoll_event_combine(u8 first, u8 second)
{
	if (first == X86_TRAP_DF)
		return ATOLL_TRIPLE_FAULT;
	if (first == X86_TRAP_PF && (second == X86_TRAP_PF || is_contributory(second)))
		return X86_TRAP_DF;
	if (is_contributory(first) && is_contributory(second))
		return X86_TRAP_DF;
	return second;
}
