/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contract between the common code and a CPU vendor's virtualization
 * extension.  The backend decodes, the common code decides.  Nothing outside
 * hw/svm names a field of the VMCB, nothing outside hw/vmx one of the VMCS.
 */
#ifndef ATOLL_HW_H
#define ATOLL_HW_H

#include <linux/static_call.h>
#include "../atoll.h"

#define ATOLL_HW_RIVAL(extension, module) \
	"another hypervisor holds " extension ": end its guests or unload it (rmmod " module \
	"; from Linux 6.12 on, kvm.enable_virt_at_load=0 keeps KVM from it)"

/**
 * struct atoll_hw_ops - one virtualization extension
 * @name:	"svm", "vmx"
 * @rival:	what to say when another hypervisor holds it
 * @s2_format:	the bits of its stage-2 entries, as data
 * @probe:	may this kernel on this CPU use it?  Returns 0; -ENODEV when the
 *		CPU has no such extension; or another errno, with a sentence that
 *		says what is missing in @why.  Sleeps.
 * @setup:	allocate what all VMs share.  Sleeps.
 * @cleanup:	undo @setup
 * @s2_levels:	how deep stage-2 tables are
 * @s2_largest:	level of the largest leaf that it takes in those: 2 or 3
 * @s2_marks:	does the CPU mark in those what it has accessed and written?
 * @feature:	name of the @i-th optional CPU feature in use, NULL at the end
 * @tsc_ratio_bits: digits behind the point of ATOLL_TSC_RATIO; 0: it can't scale
 * @cpu_on:	switch it on, on this CPU.  IRQs off.  -EBUSY: held by others
 * @cpu_off:	switch it off, on this CPU.  IRQs off.  Idempotent
 * @vcpu_init:	allocate vcpu->hw.  Sleeps
 * @vcpu_exit:	free it; takes a vCPU whose @vcpu_init never ran or failed
 * @vcpu_bytes:	what @vcpu_init takes of the host's memory.  Any context
 * @vcpu_load:	the vCPU runs on this CPU from now on, preemption is off
 * @vcpu_put:	the reverse: host state that @vcpu_run does not restore is back
 * @vcpu_run:	exactly one world switch; IRQs off in, IRQs off out; fills
 *		vcpu->exit.  NMIs and machine checks are the host's by then
 * @save_state:	registers to a neutral struct.  Own thread, between @vcpu_load
 *		and @vcpu_put; or a vCPU that has not run since @load_state
 * @load_state:	the reverse; also forgets pending events.  Its values satisfy
 *		the CPU's consistency checks.  The vCPU does not run
 * @get_reg:	one control register.  As @save_state
 * @set_reg:	the same; the caller has checked the value
 * @get_seg:	one segment register
 * @get_attr:	its attributes alone
 * @get_paging:	all that a walk of the guest's page tables starts from, in one
 * @can_inject:	would an external interrupt be taken now?
 * @inject:	have interrupt @vector delivered at the next entry
 * @want_window: have a WINDOW exit as soon as the guest takes interrupts
 * @want_cr8_below: have a WINDOW or CR exit as soon as CR8 falls below @class,
 *		which isn't above it now
 * @can_inject_nmi: would an NMI be taken now?
 * @inject_nmi:	have an NMI delivered at the next entry; from then to the
 *		guest's IRET, @can_inject_nmi is false
 * @want_nmi_window: have an exit once the guest takes NMIs; the host's
 *		next interrupt may be the first that does
 * @raise:	have exception @vector delivered at the next entry;
 *		@error_code < 0: it has none
 * @skip:	RIP goes to @rip and a STI or MOV SS shadow ends
 * @flush_tlb:	before the next entry drop what was cached of stage 2
 * @s2_root:	physical address of the root table that the CPU walks for the vCPU
 * @is_guarded:	does the vCPU's control block have its accesses to MSRs and ports go
 *		by the maps that @msr_exits and @port_exits read?  It may run
 * @msr_exits:	would this access to an MSR exit, as the CPU reads its map?
 * @port_exits:	would one to this port, or to the three behind the last, which have
 *		bits of their own?
 * @dump:	the control block to the kernel log; called once for a crash
 */
struct atoll_hw_ops {
	const char *name;
	const char *rival;
	const struct atoll_s2_format *s2_format;
	int (*probe)(const char **why);
	int (*setup)(void);
	void (*cleanup)(void);
	u32 (*s2_levels)(void);
	u32 (*s2_largest)(void);
	bool (*s2_marks)(void);
	const char *(*feature)(u32 i);
	u32 (*tsc_ratio_bits)(void);
	int (*cpu_on)(void);
	void (*cpu_off)(void);
	int (*vcpu_init)(struct atoll_vcpu *vcpu);
	void (*vcpu_exit)(struct atoll_vcpu *vcpu);
	size_t (*vcpu_bytes)(void);
	void (*vcpu_load)(struct atoll_vcpu *vcpu);
	void (*vcpu_put)(struct atoll_vcpu *vcpu);
	void (*vcpu_run)(struct atoll_vcpu *vcpu);
	void (*save_state)(struct atoll_vcpu *vcpu, struct atoll_cpu_state *state);
	void (*load_state)(struct atoll_vcpu *vcpu, const struct atoll_cpu_state *state);
	u64 (*get_reg)(struct atoll_vcpu *vcpu, enum atoll_creg reg);
	void (*set_reg)(struct atoll_vcpu *vcpu, enum atoll_creg reg, u64 value);
	void (*get_seg)(struct atoll_vcpu *vcpu, enum atoll_seg seg,
			struct atoll_segment *out);
	u32 (*get_attr)(struct atoll_vcpu *vcpu, enum atoll_seg seg);
	void (*get_paging)(struct atoll_vcpu *vcpu, struct atoll_paging *out);
	bool (*can_inject)(struct atoll_vcpu *vcpu);
	void (*inject)(struct atoll_vcpu *vcpu, u8 vector);
	void (*want_window)(struct atoll_vcpu *vcpu);
	void (*want_cr8_below)(struct atoll_vcpu *vcpu, u8 class);
	bool (*can_inject_nmi)(struct atoll_vcpu *vcpu);
	void (*inject_nmi)(struct atoll_vcpu *vcpu);
	void (*want_nmi_window)(struct atoll_vcpu *vcpu);
	void (*raise)(struct atoll_vcpu *vcpu, u8 vector, s64 error_code);
	void (*skip)(struct atoll_vcpu *vcpu, u64 rip);
	void (*flush_tlb)(struct atoll_vcpu *vcpu);
	u64 (*s2_root)(const struct atoll_vcpu *vcpu);
	bool (*is_guarded)(const struct atoll_vcpu *vcpu);
	bool (*msr_exits)(u32 msr, enum atoll_dir dir);
	bool (*port_exits)(u32 port);
	void (*dump)(struct atoll_vcpu *vcpu);
};

extern const struct atoll_hw_ops *atoll_hw;

/*
 * What exits need again and again goes by a static call: a direct one, which
 * atoll_hw_use() patches, where an indirect one pays for a retpoline.
 */
DECLARE_STATIC_CALL(atoll_hw_vcpu_run, *((struct atoll_hw_ops *)NULL)->vcpu_run);
DECLARE_STATIC_CALL(atoll_hw_get_reg, *((struct atoll_hw_ops *)NULL)->get_reg);
DECLARE_STATIC_CALL(atoll_hw_get_seg, *((struct atoll_hw_ops *)NULL)->get_seg);
DECLARE_STATIC_CALL(atoll_hw_get_attr, *((struct atoll_hw_ops *)NULL)->get_attr);
DECLARE_STATIC_CALL(atoll_hw_get_paging, *((struct atoll_hw_ops *)NULL)->get_paging);
DECLARE_STATIC_CALL(atoll_hw_skip, *((struct atoll_hw_ops *)NULL)->skip);

#define atoll_hw_call(op)	static_call(atoll_hw_##op)

extern const struct atoll_hw_ops atoll_svm_ops;
extern const struct atoll_hw_ops atoll_vmx_ops;

/* hw/hw.c: choose a backend, switch CPUs on and off */
void atoll_hw_use(const struct atoll_hw_ops *ops);
int atoll_hw_init(void);
void atoll_hw_exit(void);
int atoll_hw_get(struct netlink_ext_ack *extack);
void atoll_hw_put(void);
bool atoll_hw_cpu_is_on(void);
u32 atoll_hw_cpus_on(void);

#endif
