/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The return stack buffer after an exit, for enter.S.  The kernel's own
 * FILL_RETURN_BUFFER fills two slots with each turn of a loop, which takes
 * 82 instructions; one call after the other takes 34, and leaves no branch to
 * mispredict.
 */
#ifndef ATOLL_RSB_H
#define ATOLL_RSB_H

#include <asm/nospec-branch.h>

#ifdef __ASSEMBLY__

/* Overwrite all that the guest has put there; changes RSP for a moment only */
.macro atoll_fill_rsb
	.rept	RSB_CLEAR_LOOPS
	__FILL_RETURN_SLOT
	.endr
	add	$(8 * RSB_CLEAR_LOOPS), %rsp
	lfence
.endm
#endif

#endif
