// SPDX-License-Identifier: GPL-2.0-only
/*
 * Flat binaries: 16-bit code that is loaded as it is and entered at its first
 * byte in real mode, as a BIOS enters a boot sector.
 *
 * Below 64 KiB that is CS = 0 and IP = the load address, so that code linked
 * for its load address finds its data through CS and DS alike.  From there on
 * CS is the load address / 16 and IP 0.  DS, ES, SS, FS and GS are 0; SP is
 * the load address, and the stack grows down from the image, or from 64 KiB
 * when the image lies above.
 */
#include <linux/align.h>
#include <linux/sizes.h>

#include "boot.h"

#define REAL_MODE_END		SZ_1M
#define REAL_MODE_IDT_LIMIT	0x3ff
#define CR0_ET			0x10

static void set_entry(struct atoll_cpu_state *state, u64 load_addr)
{
	struct atoll_segment *cs = &state->seg[ATOLL_CS];

	atoll_cpu_state_reset(state);
	cs->selector = load_addr < SZ_64K ? 0 : load_addr >> 4;
	cs->base = (u64)cs->selector << 4;
	state->regs[ATOLL_RIP] = load_addr - cs->base;
	state->regs[ATOLL_RSP] = load_addr < SZ_64K ? load_addr : 0;
	/* A BIOS has identified the CPU; DL would name the disk booted from */
	state->regs[ATOLL_RDX] = 0;
	/* and has switched the caches on and put up an interrupt table */
	state->cr0 = CR0_ET;
	state->idt.limit = REAL_MODE_IDT_LIMIT;
}

/**
 * atoll_flat_plan - plan the boot of a flat binary
 * @plan:	filled in
 * @job:	what to boot; the command line goes nowhere
 * @extack:	told why not
 *
 * Return: 0; -EINVAL, -ENOSPC: the load address; -EINVAL: modules.
 */
int atoll_flat_plan(struct atoll_boot_plan *plan,
		    const struct atoll_boot_job *job,
		    struct netlink_ext_ack *extack)
{
	const struct atoll_boot_piece piece = {
		.src = job->image,
		.gpa = job->load_addr,
		.file_len = job->image.size,
		.mem_len = job->image.size,
	};

	if (job->nr_modules) {
		NL_SET_ERR_MSG(extack, "a flat binary takes no modules");
		return -EINVAL;
	}
	if (job->load_addr >= SZ_64K && !IS_ALIGNED(job->load_addr, 16)) {
		NL_SET_ERR_MSG(extack,
			       "load address above 64 KiB is not a multiple of 16");
		return -EINVAL;
	}
	if (job->load_addr >= REAL_MODE_END ||
	    job->image.size > REAL_MODE_END - job->load_addr) {
		NL_SET_ERR_MSG(extack,
			       "flat binary does not fit between its load address and 1 MiB");
		return -ENOSPC;
	}
	set_entry(&plan->entry, job->load_addr);
	return atoll_boot_plan_add(plan, &piece, extack);
}
