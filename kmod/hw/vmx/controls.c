// SPDX-License-Identifier: GPL-2.0-only
/*
 * The control words of a VMCS, computed from what the CPU says it takes.
 *
 * A capability MSR has in its low half the bits that must be 1, in its high
 * half those that may be.  Intel SDM vol. 3, "VM-Execution Controls" and its
 * neighbours in "VMX Capability Reporting Facility".
 */
#include <linux/array_size.h>
#include <asm/msr.h>
#include <asm/msr-index.h>
#include "vmx.h"

#define BASIC_HAS_TRUE_MSRS	BIT_ULL(55)

struct atoll_vmx_controls atoll_vmx_controls;

static u64 ept_vpid_caps;

/**
 * struct control - one bit of one word
 * @word:	which
 * @bit:	of it
 * @name:	what a user calls it
 */
struct control {
	u32 *word;
	u32 bit;
	const char *name;
};

#define PIN	(&atoll_vmx_controls.pin)
#define CPU	(&atoll_vmx_controls.cpu)
#define CPU2	(&atoll_vmx_controls.cpu2)
#define EXIT	(&atoll_vmx_controls.exit)
#define ENTRY	(&atoll_vmx_controls.entry)

#define LACKS(what)	"the CPU's VT-x lacks " what

/* No guest runs without these.  CR8 is the TPR shadow's, so that it is no exit */
static const struct control required[] = {
	{ PIN, PIN_BASED_EXT_INTR_MASK, LACKS("external-interrupt exiting") },
	{ PIN, PIN_BASED_NMI_EXITING, LACKS("NMI exiting") },
	{ PIN, PIN_BASED_VIRTUAL_NMIS, LACKS("virtual NMIs") },
	{ CPU, CPU_BASED_HLT_EXITING, LACKS("HLT exiting") },
	{ CPU, CPU_BASED_MWAIT_EXITING, LACKS("MWAIT exiting") },
	{ CPU, CPU_BASED_MONITOR_EXITING, LACKS("MONITOR exiting") },
	{ CPU, CPU_BASED_RDPMC_EXITING, LACKS("RDPMC exiting") },
	{ CPU, CPU_BASED_MOV_DR_EXITING, LACKS("MOV DR exiting") },
	{ CPU, CPU_BASED_UNCOND_IO_EXITING, LACKS("unconditional I/O exiting") },
	{ CPU, CPU_BASED_USE_MSR_BITMAPS, LACKS("MSR bitmaps") },
	{ CPU, CPU_BASED_USE_TSC_OFFSETTING, LACKS("TSC offsetting") },
	{ CPU, CPU_BASED_TPR_SHADOW, LACKS("a TPR shadow") },
	{ CPU, CPU_BASED_ACTIVATE_SECONDARY_CONTROLS, LACKS("secondary controls") },
	{ CPU2, SECONDARY_EXEC_ENABLE_EPT, LACKS("extended page tables (EPT)") },
	{ CPU2, SECONDARY_EXEC_ENABLE_RDTSCP, LACKS("RDTSCP in guests") },
	{ CPU2, SECONDARY_EXEC_UNRESTRICTED_GUEST, LACKS("unrestricted guests") },
	{ CPU2, SECONDARY_EXEC_WBINVD_EXITING, LACKS("WBINVD exiting") },
	{ EXIT, VM_EXIT_HOST_ADDR_SPACE_SIZE, LACKS("64-bit hosts") },
	{ EXIT, VM_EXIT_LOAD_IA32_EFER, LACKS("loading EFER at exits") },
	{ EXIT, VM_EXIT_LOAD_IA32_PAT, LACKS("loading PAT at exits") },
	{ ENTRY, VM_ENTRY_LOAD_DEBUG_CONTROLS, LACKS("loading DR7 at entries") },
	{ ENTRY, VM_ENTRY_LOAD_IA32_EFER, LACKS("loading EFER at entries") },
	{ ENTRY, VM_ENTRY_LOAD_IA32_PAT, LACKS("loading PAT at entries") },
};

/* Used where they are */
static const struct control wanted[] = {
	{ PIN, PIN_BASED_VMX_PREEMPTION_TIMER, "preemption-timer" },
	{ CPU2, SECONDARY_EXEC_ENABLE_VPID, "vpid" },
	{ CPU2, SECONDARY_EXEC_ENABLE_INVPCID, "invpcid" },
	{ CPU2, SECONDARY_EXEC_ENCLS_EXITING, "encls-exiting" },
	{ CPU2, SECONDARY_EXEC_TSC_SCALING, "tsc-scaling" },
	{ CPU2, SECONDARY_EXEC_PT_CONCEAL_VMX, "pt-conceal" },
	{ EXIT, VM_EXIT_PT_CONCEAL_PIP, "pt-conceal-exit" },
	{ ENTRY, VM_ENTRY_PT_CONCEAL_PIP, "pt-conceal-entry" },
};

/* Exits that must not be forced on us: the guest's paging is its own */
#define CPU_MUST_BE_ABLE_NOT_TO \
	(CPU_BASED_CR3_LOAD_EXITING | CPU_BASED_CR3_STORE_EXITING | CPU_BASED_INVLPG_EXITING)

/**
 * atoll_vmx_control() - one control word
 * @capability:	the capability MSR's value
 * @required:	bits that must be 1
 * @wanted:	bits to set where they can be
 * @word:	receives the word
 *
 * Return: 0, or -EOPNOTSUPP when a required bit can't be 1.  Any context.
 */
int atoll_vmx_control(u64 capability, u32 required, u32 wanted, u32 *word)
{
	u32 must = capability, may = capability >> 32;

	*word = must | required | (wanted & may);
	return required & ~may ? -EOPNOTSUPP : 0;
}

static u32 bits_of(const struct control *table, u32 n, const u32 *word)
{
	u32 bits = 0, i;

	for (i = 0; i < n; i++)
		if (table[i].word == word)
			bits |= table[i].bit;
	return bits;
}

/* The first required bit of @word that @capability doesn't allow, in words */
static const char *lacking(u64 capability, const u32 *word)
{
	u32 may = capability >> 32, i;

	for (i = 0; i < ARRAY_SIZE(required); i++)
		if (required[i].word == word && (required[i].bit & ~may))
			return required[i].name;
	return NULL;
}

static int compute(u32 msr, u32 *word, const char **why)
{
	u64 capability;

	rdmsrl(msr, capability);
	if (!atoll_vmx_control(capability, bits_of(required, ARRAY_SIZE(required), word),
			       bits_of(wanted, ARRAY_SIZE(wanted), word), word))
		return 0;
	*why = lacking(capability, word);
	return -EOPNOTSUPP;
}

static int check_ept(const char **why)
{
	static const struct {
		u64 bit;
		const char *name;
	} needed[] = {
		{ VMX_EPT_PAGE_WALK_4_BIT, LACKS("EPT of four levels") },
		{ VMX_EPTP_WB_BIT, LACKS("write-back EPT tables") },
		{ VMX_EPT_2MB_PAGE_BIT, LACKS("EPT pages of 2 MiB") },
		{ VMX_EPT_INVEPT_BIT, LACKS("INVEPT") },
		{ VMX_EPT_EXTENT_CONTEXT_BIT, LACKS("INVEPT of a single context") },
	};
	u32 i;

	rdmsrl(MSR_IA32_VMX_EPT_VPID_CAP, ept_vpid_caps);
	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		if (!(ept_vpid_caps & needed[i].bit)) {
			*why = needed[i].name;
			return -EOPNOTSUPP;
		}
	}
	return 0;
}

/* VPIDs are of use only where one can be flushed by itself */
static void drop_vpid_without_invvpid(void)
{
	u64 invvpid = ept_vpid_caps >> 32;

	if (!(invvpid & VMX_VPID_INVVPID_BIT) ||
	    !(invvpid & VMX_VPID_EXTENT_SINGLE_CONTEXT_BIT))
		atoll_vmx_controls.cpu2 &= ~SECONDARY_EXEC_ENABLE_VPID;
}

/**
 * atoll_vmx_controls_init() - compute all words
 * @why:	receives a sentence when the CPU lacks something
 *
 * Where there are TRUE capability MSRs they count: the others claim that some
 * bits must be 1 that needn't be.
 *
 * Return: 0 or -EOPNOTSUPP.  Any context.
 */
int atoll_vmx_controls_init(const char **why)
{
	u64 basic;
	u32 off;

	rdmsrl(MSR_IA32_VMX_BASIC, basic);
	if (!(basic & BASIC_HAS_TRUE_MSRS)) {
		*why = LACKS("the TRUE capability registers, without which CR3 accesses exit");
		return -EOPNOTSUPP;
	}
	off = MSR_IA32_VMX_TRUE_PINBASED_CTLS - MSR_IA32_VMX_PINBASED_CTLS;
	if (compute(MSR_IA32_VMX_PINBASED_CTLS + off, PIN, why) ||
	    compute(MSR_IA32_VMX_PROCBASED_CTLS + off, CPU, why) ||
	    compute(MSR_IA32_VMX_EXIT_CTLS + off, EXIT, why) ||
	    compute(MSR_IA32_VMX_ENTRY_CTLS + off, ENTRY, why) ||
	    compute(MSR_IA32_VMX_PROCBASED_CTLS2, CPU2, why) ||
	    check_ept(why))
		return -EOPNOTSUPP;
	if (atoll_vmx_controls.cpu & CPU_MUST_BE_ABLE_NOT_TO) {
		*why = "the CPU's VT-x insists on exits for CR3 or INVLPG";
		return -EOPNOTSUPP;
	}
	drop_vpid_without_invvpid();
	return 0;
}

/** atoll_vmx_tsc_ratio_bits() - Intel SDM vol. 3, "TSC multiplier": 16 bits, the point, 48 bits */
u32 atoll_vmx_tsc_ratio_bits(void)
{
	return atoll_vmx_controls.cpu2 & SECONDARY_EXEC_TSC_SCALING ? 48 : 0;
}

/** atoll_vmx_has_vpid() - are TLB entries tagged with a vCPU's number? */
bool atoll_vmx_has_vpid(void)
{
	return atoll_vmx_controls.cpu2 & SECONDARY_EXEC_ENABLE_VPID;
}

/** atoll_vmx_s2_largest() - Intel SDM vol. 3, "Basic VMX Information", EPT and VPID: bit 17 */
u32 atoll_vmx_s2_largest(void)
{
	return ept_vpid_caps & VMX_EPT_1GB_PAGE_BIT ? 3 : 2;
}

/**
 * atoll_vmx_feature() - name the optional CPU features in use
 * @i:	from 0 on
 *
 * Return: a name, or NULL when there is no @i-th.  Any context.
 */
const char *atoll_vmx_feature(u32 i)
{
	u32 k;

	for (k = 0; k < ARRAY_SIZE(wanted); k++) {
		if (!(*wanted[k].word & wanted[k].bit))
			continue;
		if (!i--)
			return wanted[k].name;
	}
	if (!i && (ept_vpid_caps & VMX_EPT_AD_BIT))
		return "ept-ad";
	return NULL;
}
