/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the SVM backend share.  Nobody else includes this.
 * The layout of the VMCB is the kernel's own, asm/svm.h.
 */
#ifndef ATOLL_SVM_H
#define ATOLL_SVM_H

#include <asm/svm.h>
#include "../hw.h"

/**
 * struct atoll_svm - a vCPU, as SVM sees it
 * @vmcb:	its control block, a page
 * @vmcb_pa:	what VMRUN takes
 * @host_state_pa: the VMSAVE area of the CPU that it is loaded on
 * @asid:	its tag in the TLB, valid on @asid_cpu while that CPU's
 *		generation is @asid_generation
 * @tsc_ratio:	MSR_AMD64_TSC_RATIO while it is loaded, 0: the default
 * @efer:	the guest's, without what VMRUN wants of it
 * @nmi_blocked: an NMI was delivered, and its IRET is not done
 * @in_iret:	that IRET is about to be executed, at @iret_rip
 * @iret_rip:	where it stands
 */
struct atoll_svm {
	struct vmcb *vmcb;
	u64 vmcb_pa;
	u64 host_state_pa;
	u64 tsc_ratio;
	u64 efer;
	u64 asid_generation;
	int asid_cpu;
	u32 asid;
	u8 nmi_blocked;
	u8 in_iret;
	u64 iret_rip;
};

static inline struct atoll_svm *to_svm(const struct atoll_vcpu *vcpu)
{
	return vcpu->hw;
}

/* caps.c */
extern bool atoll_svm_in_qemu;
int atoll_svm_probe(const char **why);
int atoll_svm_setup(void);
void atoll_svm_cleanup(void);
const char *atoll_svm_feature(u32 i);
u32 atoll_svm_s2_levels(void);
u32 atoll_svm_s2_largest(void);
u32 atoll_svm_tsc_ratio_bits(void);
int atoll_svm_cpu_on(void);
void atoll_svm_cpu_off(void);
u64 atoll_svm_host_state_pa(void);

/* permission.c */
int atoll_svm_permission_init(void);
void atoll_svm_permission_exit(void);
u64 atoll_svm_iopm_pa(void);
u64 atoll_svm_msrpm_pa(void);
bool atoll_svm_is_guarded(const struct atoll_vcpu *vcpu);
bool atoll_svm_msr_exits(u32 msr, enum atoll_dir dir);
bool atoll_svm_port_exits(u32 port);

/* asid.c */
void atoll_svm_asid_cpu_on(void);
void atoll_svm_asid_choose(struct atoll_svm *svm);
void atoll_svm_flush_tlb(struct atoll_vcpu *vcpu);

/* vmcb.c */
void atoll_svm_vmcb_init(struct atoll_vcpu *vcpu);
void atoll_svm_save_state(struct atoll_vcpu *vcpu, struct atoll_cpu_state *state);
void atoll_svm_load_state(struct atoll_vcpu *vcpu, const struct atoll_cpu_state *state);
u64 atoll_svm_get_reg(struct atoll_vcpu *vcpu, enum atoll_creg reg);
void atoll_svm_set_reg(struct atoll_vcpu *vcpu, enum atoll_creg reg, u64 value);
void atoll_svm_get_seg(struct atoll_vcpu *vcpu, enum atoll_seg seg,
		       struct atoll_segment *out);
u32 atoll_svm_get_attr(struct atoll_vcpu *vcpu, enum atoll_seg seg);
void atoll_svm_get_paging(struct atoll_vcpu *vcpu, struct atoll_paging *out);
void atoll_svm_dump(struct atoll_vcpu *vcpu);

/* event.c */
bool atoll_svm_can_inject(struct atoll_vcpu *vcpu);
void atoll_svm_inject(struct atoll_vcpu *vcpu, u8 vector);
void atoll_svm_want_window(struct atoll_vcpu *vcpu);
void atoll_svm_close_window(struct atoll_svm *svm);
void atoll_svm_want_cr8_below(struct atoll_vcpu *vcpu, u8 class);
void atoll_svm_close_cr8(struct atoll_svm *svm);
bool atoll_svm_can_inject_nmi(struct atoll_vcpu *vcpu);
void atoll_svm_inject_nmi(struct atoll_vcpu *vcpu);
void atoll_svm_want_nmi_window(struct atoll_vcpu *vcpu);
void atoll_svm_begin_iret(struct atoll_vcpu *vcpu);
void atoll_svm_reset_nmi(struct atoll_svm *svm);
void atoll_svm_deliver_once(const struct vmcb *vmcb);
void atoll_svm_keep_shadow(struct atoll_vcpu *vcpu, struct vmcb *vmcb);
void atoll_svm_raise(struct atoll_vcpu *vcpu, u8 vector, s64 error_code);
void atoll_svm_complete_events(struct vmcb *vmcb);

/* exit.c */
void atoll_svm_decode_exit(struct atoll_vcpu *vcpu);

/* enter.S */
void atoll_svm_enter(u64 *regs, u64 vmcb_pa, u64 host_state_pa);

#endif
