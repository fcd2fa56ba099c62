// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VMCS in the kernel's log, and in words why an entry failed.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/array_size.h>
#include <linux/printk.h>
#include <uapi/asm/vmx.h>
#include "vmx.h"

#define FIELDS_A_LINE	4
#define FIELD_LEN	40	/* a name and a number */

static const struct {
	u32 field;
	const char *name;
} fields[] = {
	{ VM_EXIT_REASON, "exit_reason" },
	{ EXIT_QUALIFICATION, "qualification" },
	{ VM_EXIT_INTR_INFO, "exit_intr_info" },
	{ IDT_VECTORING_INFO_FIELD, "idt_vectoring" },
	{ VM_ENTRY_INTR_INFO_FIELD, "entry_intr_info" },
	{ VM_ENTRY_EXCEPTION_ERROR_CODE, "entry_error" },
	{ GUEST_INTERRUPTIBILITY_INFO, "interruptibility" },
	{ GUEST_ACTIVITY_STATE, "activity" },
	{ PIN_BASED_VM_EXEC_CONTROL, "pin" },
	{ CPU_BASED_VM_EXEC_CONTROL, "cpu" },
	{ SECONDARY_VM_EXEC_CONTROL, "cpu2" },
	{ VM_EXIT_CONTROLS, "exit" },
	{ VM_ENTRY_CONTROLS, "entry" },
	{ EPT_POINTER, "eptp" },
	{ VIRTUAL_PROCESSOR_ID, "vpid" },
	{ GUEST_PENDING_DBG_EXCEPTIONS, "pending_dbg" },
	{ GUEST_CR0, "cr0" },
	{ GUEST_CR3, "cr3" },
	{ GUEST_CR4, "cr4" },
	{ GUEST_IA32_EFER, "efer" },
	{ GUEST_RIP, "rip" },
	{ GUEST_RSP, "rsp" },
	{ GUEST_RFLAGS, "rflags" },
	{ GUEST_DR7, "dr7" },
	{ GUEST_GDTR_BASE, "gdtr" },
	{ GUEST_GDTR_LIMIT, "gdtr_limit" },
	{ GUEST_IDTR_BASE, "idtr" },
	{ GUEST_IDTR_LIMIT, "idtr_limit" },
	{ HOST_CR0, "host_cr0" },
	{ HOST_CR3, "host_cr3" },
	{ HOST_CR4, "host_cr4" },
	{ HOST_RSP, "host_rsp" },
	{ HOST_GS_BASE, "host_gs" },
	{ HOST_TR_BASE, "host_tr" },
	{ HOST_GDTR_BASE, "host_gdtr" },
	{ HOST_IDTR_BASE, "host_idtr" },
};

/* Intel SDM vol. 3, "VM-Instruction Error Numbers": those of an entry */
static const char *instruction_error(u32 number)
{
	switch (number) {
	case VMXERR_VMLAUNCH_NONCLEAR_VMCS:
		return "VMLAUNCH with a VMCS that isn't clear";
	case VMXERR_VMRESUME_NONLAUNCHED_VMCS:
		return "VMRESUME with a VMCS that wasn't launched";
	case VMXERR_VMRESUME_AFTER_VMXOFF:
		return "VMRESUME after VMXOFF";
	case VMXERR_ENTRY_INVALID_CONTROL_FIELD:
		return "an invalid control field";
	case VMXERR_ENTRY_INVALID_HOST_STATE_FIELD:
		return "an invalid field of the host's state";
	case VMXERR_ENTRY_EVENTS_BLOCKED_BY_MOV_SS:
		return "events blocked by MOV SS";
	default:
		return "another error";
	}
}

/* Basic exit reasons 33, 34 and 41, and what the qualification adds */
static const char *entry_failure(u32 reason, u64 qualification)
{
	switch ((u16)reason) {
	case EXIT_REASON_MSR_LOAD_FAIL:
		return "an MSR that can't be loaded";
	case EXIT_REASON_INVALID_STATE:
		break;
	default:
		return "a machine check";
	}
	switch (qualification) {
	case ENTRY_FAIL_PDPTE:
		return "the guest's state: its page-directory pointers";
	case ENTRY_FAIL_NMI:
		return "the guest's state: an NMI in the shadow of STI";
	case ENTRY_FAIL_VMCS_LINK_PTR:
		return "the guest's state: the VMCS link pointer";
	default:
		return "the guest's state";
	}
}

static void dump_reason(struct atoll_vcpu *vcpu, int failed)
{
	u32 reason = atoll_vmread(VM_EXIT_REASON);
	u32 number = atoll_vmread(VM_INSTRUCTION_ERROR);

	if (!failed && !(reason & ENTRY_FAILED))
		pr_err("%s: vcpu %u: VMCS\n", vcpu->vm->cfg.name, vcpu->index);
	else if (failed == ATOLL_VMX_FAIL_INVALID)
		pr_err("%s: vcpu %u: the CPU has no current VMCS\n",
		       vcpu->vm->cfg.name, vcpu->index);
	else if (failed == ATOLL_VMX_FAIL_VALID)
		pr_err("%s: vcpu %u: the CPU refused to enter: %u, %s\n",
		       vcpu->vm->cfg.name, vcpu->index, number, instruction_error(number));
	else
		pr_err("%s: vcpu %u: the CPU refused to enter: %s\n", vcpu->vm->cfg.name,
		       vcpu->index, entry_failure(reason, atoll_vmread(EXIT_QUALIFICATION)));
}

static void dump_segs(struct atoll_vcpu *vcpu)
{
	static const char * const name[ATOLL_NR_SEGS] = {
		"es", "cs", "ss", "ds", "fs", "gs", "ldtr", "tr"
	};
	struct atoll_segment seg;
	u32 i;

	for (i = 0; i < ATOLL_NR_SEGS; i++) {
		atoll_vmx_get_seg(vcpu, i, &seg);
		pr_err("  %-4s %04x base %016llx limit %08x attr %03x\n", name[i],
		       seg.selector, seg.base, seg.limit, seg.attr);
	}
}

/**
 * atoll_vmx_dump() - the VMCS to the kernel's log
 * @vcpu:	loaded by the calling thread
 */
void atoll_vmx_dump(struct atoll_vcpu *vcpu)
{
	char line[FIELDS_A_LINE * FIELD_LEN];
	u32 i, len = 0;

	dump_reason(vcpu, to_vmx(vcpu)->failed);
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		len += scnprintf(line + len, sizeof(line) - len, " %s %#llx", fields[i].name,
				 atoll_vmread(fields[i].field));
		if ((i + 1) % FIELDS_A_LINE && i + 1 < ARRAY_SIZE(fields))
			continue;
		pr_err(" %s\n", line);
		len = 0;
	}
	dump_segs(vcpu);
}
