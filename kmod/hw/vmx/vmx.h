/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the VT-x backend share.  Nobody else includes this.
 * Numbers of VMCS fields and bits of controls are the kernel's own, asm/vmx.h.
 */
#ifndef ATOLL_VMX_H
#define ATOLL_VMX_H

#include <asm/vmx.h>
#include "../hw.h"

#define ENTRY_FAILED	BIT(31)		/* of VM_EXIT_REASON: the guest never ran */

/* Of GUEST_INTERRUPTIBILITY_INFO: no interrupt before the next instruction */
#define ATOLL_VMX_SHADOW	(GUEST_INTR_STATE_STI | GUEST_INTR_STATE_MOV_SS)

/* MSRs that nothing but an instruction of ours swaps: vcpu.c */
enum atoll_vmx_msr {
	ATOLL_VMX_STAR, ATOLL_VMX_LSTAR, ATOLL_VMX_CSTAR, ATOLL_VMX_SFMASK,
	ATOLL_VMX_KERNEL_GS_BASE, ATOLL_VMX_NR_MSRS
};

/* Bits of atoll_vmx.flush: what must go before the next entry */
#define ATOLL_VMX_FLUSH_LINEAR	0x1	/* what is tagged with the VPID */
#define ATOLL_VMX_FLUSH_STAGE2	0x2	/* what is tagged with the EPT's root */

/* What atoll_vmx_enter() returns: it went well, or how the instruction failed */
#define ATOLL_VMX_ENTERED	0
#define ATOLL_VMX_FAIL_VALID	1	/* VM_INSTRUCTION_ERROR says why */
#define ATOLL_VMX_FAIL_INVALID	2	/* there was no current VMCS */

/**
 * struct atoll_vmx - a vCPU, as VT-x sees it
 * @vmcs:	its control structure, a page; the CPU's own format
 * @vmcs_pa:	what VMPTRLD takes
 * @vapic:	the page in which the CPU keeps the guest's CR8
 * @state:	registers that the VMCS doesn't have yet, while @fresh
 * @used:	the VMCS has its controls
 * @fresh:	@state goes into the VMCS when it is loaded next
 * @loaded:	the VMCS is current on this CPU, and may be read and written
 * @launched:	since it was loaded: VMRESUME enters, not VMLAUNCH
 * @flush:	ATOLL_VMX_FLUSH_*
 * @vpid:	its tag in the TLB, 0: none was left
 * @eptp:	stage 2, in the CPU's words
 * @tlb_cpu:	the host CPU it ran on last, -1: none yet
 * @cr0:	as the guest sees it; the CPU has more bits set
 * @cr4:	the same
 * @cr2:	no field of the VMCS: swapped around each run
 * @efer:	the guest's
 * @dr6:	never in the CPU, since #DB and MOV DR are intercepted
 * @dr7:	the guest's
 * @pat:	the guest's
 * @tsc_offset:	what the guest's TSC is ahead of the host's
 * @tsc_ratio:	the TSC multiplier, 0: one
 * @event:	VM_ENTRY_INTR_INFO of the next entry, 0: none
 * @event_error: the error code that goes with it
 * @interruptibility: the STI and MOV SS shadow, when last looked at
 * @window:	CPU_BASED_*_WINDOW_EXITING bits that are on
 * @cr8_threshold: an exit tells when CR8 falls below it, 0: none does
 * @failed:	what atoll_vmx_enter() returned
 * @host_rsp:	what the VMCS holds; enter.S keeps it right
 * @host_cr3:	the same
 * @host_cr4:	the same
 * @host_ldt:	the host's LDT selector, while the guest is loaded
 * @host_debugctl: the host's, while the guest is loaded
 * @host_msr:	the host's values of enum atoll_vmx_msr, meanwhile
 * @msr:	the guest's, when it isn't
 */
struct atoll_vmx {
	void *vmcs;
	void *vapic;
	u64 vmcs_pa;
	struct atoll_cpu_state state;
	u8 used;
	u8 fresh;
	u8 loaded;
	u8 launched;
	u8 flush;
	u8 cr8_threshold;
	u32 window;
	u16 vpid;
	u64 eptp;
	int tlb_cpu;
	u64 cr0, cr4, cr2, efer, dr6, dr7, pat, tsc_offset, tsc_ratio;
	u32 event, event_error;
	u32 interruptibility;
	int failed;
	u64 host_rsp, host_cr3, host_cr4;
	u16 host_ldt;
	u64 host_debugctl;
	u64 host_msr[ATOLL_VMX_NR_MSRS];
	u64 msr[ATOLL_VMX_NR_MSRS];
};

static inline struct atoll_vmx *to_vmx(const struct atoll_vcpu *vcpu)
{
	return vcpu->hw;
}

/*
 * Fields of the current VMCS.  A field that the CPU doesn't have reads as 0
 * and ignores a write: what is read and written here, probe() has made sure of.
 */
static __always_inline u64 atoll_vmread(u64 field)
{
	u64 value = 0;

	asm volatile("vmread %1, %0" : "+r" (value) : "r" (field) : "cc");
	return value;
}

/* The same for a field that every CPU has */
static __always_inline u64 atoll_vmread_known(u64 field)
{
	u64 value;

	asm volatile("vmread %1, %0" : "=r" (value) : "r" (field) : "cc");
	return value;
}

/* Straight into memory */
static __always_inline void atoll_vmread_to(u64 field, u64 *to)
{
	asm volatile("vmread %1, %0" : "=m" (*to) : "r" (field) : "cc");
}

static __always_inline void atoll_vmwrite(u64 field, u64 value)
{
	asm volatile("vmwrite %1, %0" : : "r" (field), "rm" (value) : "cc", "memory");
}

/**
 * struct atoll_vmx_controls - the control words that this CPU takes
 * @pin:	pin-based
 * @cpu:	primary processor-based
 * @cpu2:	secondary processor-based
 * @exit:	VM-exit
 * @entry:	VM-entry, without IA-32e mode
 */
struct atoll_vmx_controls {
	u32 pin, cpu, cpu2, exit, entry;
};

/* controls.c */
extern struct atoll_vmx_controls atoll_vmx_controls;
int atoll_vmx_control(u64 capability, u32 required, u32 wanted, u32 *word);
int atoll_vmx_controls_init(const char **why);
bool atoll_vmx_has_vpid(void);
u32 atoll_vmx_tsc_ratio_bits(void);
const char *atoll_vmx_feature(u32 i);

/* caps.c */
int atoll_vmx_probe(const char **why);
int atoll_vmx_setup(void);
void atoll_vmx_cleanup(void);
u32 atoll_vmx_s2_levels(void);
u32 atoll_vmx_s2_largest(void);
u32 atoll_vmx_revision(void);
int atoll_vmx_cpu_on(void);
void atoll_vmx_cpu_off(void);

/* permission.c */
int atoll_vmx_msr_bit(u32 msr, enum atoll_dir dir);
int atoll_vmx_permission_init(void);
void atoll_vmx_permission_exit(void);
u64 atoll_vmx_msr_bitmap_pa(void);
bool atoll_vmx_is_guarded(const struct atoll_vcpu *vcpu);
bool atoll_vmx_msr_exits(u32 msr, enum atoll_dir dir);
bool atoll_vmx_port_exits(u32 port);

/* tlb.c */
void atoll_vmx_vpid_alloc(struct atoll_vmx *vmx);
void atoll_vmx_vpid_free(struct atoll_vmx *vmx);
bool atoll_vmx_s2_marks(void);
u64 atoll_vmx_eptp(u64 root_pa);
void atoll_vmx_flush_pending(struct atoll_vmx *vmx);
void atoll_vmx_flush_tlb(struct atoll_vcpu *vcpu);

/* vmcs.c */
void atoll_vmx_vmcs_init(struct atoll_vcpu *vcpu);
void atoll_vmx_host_state(struct atoll_vmx *vmx);
void atoll_vmx_put_state(struct atoll_vcpu *vcpu);

/* state.c */
u32 atoll_vmx_access_rights(u32 attr);
u32 atoll_vmx_attr(u32 access_rights);
void atoll_vmx_put_seg(enum atoll_seg seg, const struct atoll_segment *in);
void atoll_vmx_put_crs(struct atoll_vcpu *vcpu);
void atoll_vmx_put_tsc_ratio(const struct atoll_vmx *vmx);
void atoll_vmx_save_state(struct atoll_vcpu *vcpu, struct atoll_cpu_state *state);
void atoll_vmx_load_state(struct atoll_vcpu *vcpu, const struct atoll_cpu_state *state);
u64 atoll_vmx_get_reg(struct atoll_vcpu *vcpu, enum atoll_creg reg);
void atoll_vmx_set_reg(struct atoll_vcpu *vcpu, enum atoll_creg reg, u64 value);
void atoll_vmx_get_seg(struct atoll_vcpu *vcpu, enum atoll_seg seg,
		       struct atoll_segment *out);
u32 atoll_vmx_get_attr(struct atoll_vcpu *vcpu, enum atoll_seg seg);
void atoll_vmx_get_paging(struct atoll_vcpu *vcpu, struct atoll_paging *out);

/* vcpu.c */
void atoll_vmx_read_msrs(struct atoll_vmx *vmx);
void atoll_vmx_host_event(struct atoll_vcpu *vcpu);

/* dump.c */
void atoll_vmx_dump(struct atoll_vcpu *vcpu);

/* event.c */
bool atoll_vmx_can_inject(struct atoll_vcpu *vcpu);
void atoll_vmx_inject(struct atoll_vcpu *vcpu, u8 vector);
void atoll_vmx_want_window(struct atoll_vcpu *vcpu);
void atoll_vmx_close_windows(struct atoll_vmx *vmx);
void atoll_vmx_want_cr8_below(struct atoll_vcpu *vcpu, u8 class);
void atoll_vmx_close_cr8(struct atoll_vmx *vmx);
bool atoll_vmx_can_inject_nmi(struct atoll_vcpu *vcpu);
void atoll_vmx_inject_nmi(struct atoll_vcpu *vcpu);
void atoll_vmx_want_nmi_window(struct atoll_vcpu *vcpu);
void atoll_vmx_block_nmi(u32 info);
void atoll_vmx_raise(struct atoll_vcpu *vcpu, u8 vector, s64 error_code);
void atoll_vmx_complete_events(struct atoll_vmx *vmx, u32 info);

/* exit.c */
void atoll_vmx_decode_io(u64 qualification, u64 next_rip, struct atoll_exit *exit);
void atoll_vmx_decode_ept(u64 qualification, u64 gpa, struct atoll_exit *exit);
void atoll_vmx_decode_dr(u64 qualification, struct atoll_exit *exit);
void atoll_vmx_decode_exit(struct atoll_vcpu *vcpu);

/* enter.S */
int atoll_vmx_enter(u64 *regs, u64 launched, u64 *host_rsp);
extern const char atoll_vmx_exit_point[];

#endif
