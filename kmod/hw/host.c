// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the host needs around any backend's world switch: its branch
 * predictors, its debug registers, its machine checks.
 */
#include <linux/hw_breakpoint.h>
#include <linux/percpu.h>
#include <asm/debugreg.h>
#include <asm/mce.h>
#include <asm/nospec-branch.h>
#include <asm/ptrace.h>
#include "hw.h"
#include "host.h"

/* The VM whose branches this CPU's predictors have seen last */
static DEFINE_PER_CPU(u32, last_vm_id);

/**
 * atoll_host_leave() - a vCPU comes to this CPU
 * @vcpu:	the calling thread's own
 *
 * Context: preemption off.
 */
void atoll_host_leave(struct atoll_vcpu *vcpu)
{
	u64 dr7 = atoll_hw->get_reg(vcpu, ATOLL_DR7);

	if (this_cpu_read(last_vm_id) != vcpu->vm->id) {
		indirect_branch_prediction_barrier();
		this_cpu_write(last_vm_id, vcpu->vm->id);
	}
	if (dr7 & (DR_GLOBAL_ENABLE_MASK | DR_LOCAL_ENABLE_MASK)) {
		set_debugreg(vcpu->dr[0], 0);
		set_debugreg(vcpu->dr[1], 1);
		set_debugreg(vcpu->dr[2], 2);
		set_debugreg(vcpu->dr[3], 3);
	}
}

/**
 * atoll_host_return() - the reverse
 *
 * An exit disables the host's breakpoints, and SVM's leaves the guest's DR6
 * behind.
 *
 * Context: preemption off.
 */
void atoll_host_return(void)
{
	set_debugreg(DR6_RESERVED, 6);
	if (hw_breakpoint_active())
		hw_breakpoint_restore();
}

/**
 * atoll_host_machine_check() - handle one that hit while a guest ran
 *
 * Context: IRQs off.
 */
void atoll_host_machine_check(void)
{
#ifdef CONFIG_X86_MCE
	struct pt_regs regs = {
		.cs = 3,	/* as if it had hit in user mode */
		.flags = X86_EFLAGS_IF,
	};

	do_machine_check(&regs);
#endif
}
