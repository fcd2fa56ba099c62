/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The contents page of the module: the functions that files offer each other,
 * grouped under the file that defines them.  Included by atoll.h.
 */
#ifndef ATOLL_API_H
#define ATOLL_API_H

#include "atoll.h"

/* vm/vm.c: names, the list, define and undefine, the one teardown */
int atoll_vm_define(struct atoll_vm_config *cfg, struct netlink_ext_ack *extack,
		    struct atoll_vm **vmp);
void atoll_vm_config_release(struct atoll_vm_config *cfg);
int atoll_vm_undefine(struct atoll_vm *vm, struct netlink_ext_ack *extack);
struct atoll_vm *atoll_vm_find(const char *name);
struct atoll_vm *atoll_vm_next(u32 after_id);
void atoll_vm_put(struct atoll_vm *vm);
void atoll_vm_unlink(struct atoll_vm *vm);
bool atoll_vm_audit_records(u32 shift, unsigned long *number, struct atoll_audit *audit);
void atoll_vm_count(u32 *defined, u32 *active);
void atoll_vm_stop_all(void);
void atoll_vm_exit_all(void);

/* vm/audit.c: does any guest reach what isn't its own? */
void atoll_vm_audit(struct atoll_audit *audit);

/* vm/state.c: which step may follow which, and who hears of it */
int atoll_vm_start(struct atoll_vm *vm, struct netlink_ext_ack *extack);
int atoll_vm_stop(struct atoll_vm *vm, struct netlink_ext_ack *extack);
int atoll_vm_pause(struct atoll_vm *vm, struct netlink_ext_ack *extack);
int atoll_vm_resume(struct atoll_vm *vm, struct netlink_ext_ack *extack);
int atoll_vm_press(struct atoll_vm *vm, struct netlink_ext_ack *extack);
void atoll_vm_exited(struct atoll_vm *vm, u32 code);
void __printf(2, 3) atoll_vm_crash(struct atoll_vcpu *vcpu, const char *fmt, ...);
void atoll_vm_vcpu_gone(struct atoll_vm *vm);
void atoll_vm_request(struct atoll_vm *vm, enum atoll_request req);
int atoll_vm_check_there(const struct atoll_vm *vm, struct netlink_ext_ack *extack);
u64 atoll_vm_uptime_ns(struct atoll_vm *vm);
bool atoll_vm_is_active(const struct atoll_vm *vm);

/* vm/hold.c: vCPUs that hold where they are */
bool atoll_vm_hold(struct atoll_vm *vm);
void atoll_vm_become_paused(struct atoll_vm *vm);
void atoll_vm_let_go(struct atoll_vm *vm);
void atoll_vm_starve(struct atoll_vm *vm, int err);
void atoll_vm_vcpu_held(struct atoll_vm *vm);
void atoll_vm_vcpu_freed(struct atoll_vm *vm);

/* vm/tlb.c: no vCPU knows what stage 2 was like */
void atoll_vm_flush_tlbs(struct atoll_gmem *gmem);

/* vm/trim.c: memory that a guest doesn't use goes back */
int atoll_vm_trim(struct atoll_vm *vm, struct atoll_trim *trim, struct netlink_ext_ack *extack);

/* vm/reboot.c: the machine as a power-on finds it */
int atoll_vm_load(struct atoll_vm *vm, struct netlink_ext_ack *extack);
void atoll_vm_reset(struct atoll_vm *vm);
void atoll_vm_reboot(struct atoll_vm *vm);
void atoll_vm_meet(struct atoll_vcpu *vcpu);

/* vm/vcpu.c: thread, loop, requests, kick */
struct atoll_vcpu *atoll_vcpu_create(struct atoll_vm *vm, u32 index);
void atoll_vcpu_destroy(struct atoll_vcpu *vcpu);
void atoll_vcpu_reset(struct atoll_vcpu *vcpu,
		      const struct atoll_cpu_state *state);
int atoll_vcpu_spawn(struct atoll_vcpu *vcpu, struct netlink_ext_ack *extack);
void atoll_vcpu_reap(struct atoll_vcpu *vcpu);
void atoll_vcpu_request(struct atoll_vcpu *vcpu, enum atoll_request req);
void atoll_vcpu_withdraw(struct atoll_vcpu *vcpu, enum atoll_request req);
void atoll_vcpu_kick(struct atoll_vcpu *vcpu);
void atoll_vcpu_init(struct atoll_vcpu *vcpu);
void atoll_vcpu_sipi(struct atoll_vcpu *vcpu, u8 vector);
bool atoll_vcpu_wakes(struct atoll_vcpu *vcpu);

/* vm/want.c: memory that a vCPU has to take before it goes on */
bool atoll_vcpu_wants(struct atoll_vcpu *vcpu, u64 gpa, u64 len);
void atoll_vcpu_take_wanted(struct atoll_vcpu *vcpu);

/* vm/overhead.c: what the host spends on a guest beside its RAM */
const char *atoll_overhead_kind(u32 i);
u64 atoll_overhead_bytes(struct atoll_vm *vm, u32 i);

/* vm/exit.c: what each kind of exit means */
enum atoll_next {
	ATOLL_NEXT_RUN,		/* back into the guest */
	/*
	 * The same, and nothing has changed what interrupts the vCPU takes but,
	 * at most, a line that went up, which sets ATOLL_REQ_EVENT
	 */
	ATOLL_NEXT_RUN_ON,
	ATOLL_NEXT_LEAVE,	/* leave the inner loop: halted, ended, ... */
};

enum atoll_next atoll_exit_handle(struct atoll_vcpu *vcpu);
const char *atoll_exit_name(enum atoll_exit_kind kind);
void atoll_exit_skip(struct atoll_vcpu *vcpu, u32 len);
enum atoll_next atoll_exit_skip_insn(struct atoll_vcpu *vcpu);
void atoll_inject_exception(struct atoll_vcpu *vcpu, u8 vector);
void atoll_inject_error(struct atoll_vcpu *vcpu, u8 vector, u32 error_code);
void atoll_inject_pf(struct atoll_vcpu *vcpu, u64 gva, u32 error_code);

/* vm/pio.c, vm/mmio.c: accesses, decoded and answered */
enum atoll_next atoll_pio_handle(struct atoll_vcpu *vcpu);
enum atoll_next atoll_mmio_handle(struct atoll_vcpu *vcpu);

/* vm/cr.c: control registers, EFER, XCR0 */
enum atoll_next atoll_cr_handle(struct atoll_vcpu *vcpu);
enum atoll_next atoll_xsetbv_handle(struct atoll_vcpu *vcpu);
int atoll_efer_write(struct atoll_vcpu *vcpu, u64 efer);

/* vm/dr.c: debug registers */
enum atoll_next atoll_dr_handle(struct atoll_vcpu *vcpu);

/* vm/cpuid.c, vm/msr.c: policy as tables */
void atoll_cpuid_init(void);
void atoll_cpuid(struct atoll_vcpu *vcpu);
u64 atoll_cpuid_cr4_allowed(void);
u64 atoll_cpuid_xcr0_allowed(void);
u32 atoll_cpuid_xsave_bytes(void);
u64 atoll_cpuid_efer_allowed(void);
u64 atoll_cpuid_gpa_mask(void);
bool atoll_msr_passthrough(u32 i, u32 *msr);
int atoll_msr_read(struct atoll_vcpu *vcpu, u32 msr, u64 *value);
int atoll_msr_write(struct atoll_vcpu *vcpu, u32 msr, u64 value);

/* vm/clock.c: a VM's time, and KVM's paravirtual clock */
int atoll_clock_check(u32 khz, u32 host_khz, u32 ratio_bits, struct netlink_ext_ack *extack);
void atoll_clock_start(struct atoll_clock *clock, u32 khz, u32 host_khz, u32 ratio_bits,
		       u32 stable);
u32 atoll_clock_host_stable(void);
void atoll_clock_pause(struct atoll_vm *vm);
void atoll_clock_resume(struct atoll_vm *vm);
void atoll_clock_sync(struct atoll_vcpu *vcpu);
void atoll_clock_load(struct atoll_vcpu *vcpu);
u64 atoll_clock_read_tsc(struct atoll_vcpu *vcpu);
int atoll_clock_write_tsc(struct atoll_vcpu *vcpu, u64 value);
u64 atoll_clock_read_system_time(struct atoll_vcpu *vcpu);
int atoll_clock_write_system_time(struct atoll_vcpu *vcpu, u64 value);
u64 atoll_clock_read_wall_clock(struct atoll_vcpu *vcpu);
int atoll_clock_write_wall_clock(struct atoll_vcpu *vcpu, u64 gpa);

/* vm/steal.c: the time that a vCPU didn't get */
void atoll_steal_load(struct atoll_vcpu *vcpu);
void atoll_steal_put(struct atoll_vcpu *vcpu);
u64 atoll_steal_read(struct atoll_vcpu *vcpu);
int atoll_steal_write(struct atoll_vcpu *vcpu, u64 value);

/* vm/hypercall.c: KVM's hypercalls */
enum atoll_next atoll_hypercall_handle(struct atoll_vcpu *vcpu);

/* vm/fpu.c: the guest's FPU and extended state */
int atoll_fpu_init(struct atoll_vcpu *vcpu);
void atoll_fpu_free(struct atoll_vcpu *vcpu);
size_t atoll_fpu_bytes(void);
void atoll_fpu_reset(struct atoll_vcpu *vcpu);
void atoll_fpu_load(struct atoll_vcpu *vcpu);
u64 atoll_fpu_sync_xcr0(struct atoll_vcpu *vcpu);
void atoll_fpu_put(struct atoll_vcpu *vcpu);

/* vm/tsc_aux.c: which CPU this is, for RDTSCP and RDPID */
void atoll_tsc_aux_load(struct atoll_vcpu *vcpu);
void atoll_tsc_aux_put(struct atoll_vcpu *vcpu);
u64 atoll_tsc_aux_read(struct atoll_vcpu *vcpu);
int atoll_tsc_aux_write(struct atoll_vcpu *vcpu, u64 value);

/* vm/gva.c: the guest's own paging, walked in software */
#define ATOLL_GVA_WRITE		0x2	/* the bits of a #PF error code */
#define ATOLL_GVA_USER		0x4
#define ATOLL_GVA_FETCH		0x10
int atoll_gva_to_gpa(struct atoll_vcpu *vcpu, u64 gva, u32 access, u64 *gpa,
		     u32 *pf_error);
int atoll_gva_read(struct atoll_vcpu *vcpu, u64 gva, void *buf, size_t len,
		   u32 access, u64 *pf_gva, u32 *pf_error);
int atoll_gva_write(struct atoll_vcpu *vcpu, u64 gva, const void *buf,
		    size_t len, u32 access, u64 *pf_gva, u32 *pf_error);

/* mem/limit.c: what guests may hold together, and do */
int atoll_pool_init(u64 limit_bytes);
int atoll_pool_set(struct atoll_pool *pool, const u64 *bytes, const bool *overcommit,
		   struct netlink_ext_ack *extack);
void atoll_pool_get_usage(struct atoll_pool *pool, struct atoll_pool_usage *usage);
int atoll_pool_promise(struct atoll_pool *pool, u32 nr, struct netlink_ext_ack *extack);
void atoll_pool_release(struct atoll_pool *pool, u32 nr);
void atoll_pool_count_split(struct atoll_pool *pool);

/* mem/pool.c: extents and frames of host memory */
void atoll_pool_exit(void);
void *atoll_pool_take(struct atoll_gmem *owner, struct netlink_ext_ack *extack);
void atoll_pool_give(struct atoll_gmem *owner, void *extent);
void *atoll_pool_take_frame(struct atoll_gmem *owner, struct netlink_ext_ack *extack);
void atoll_pool_give_frame(struct atoll_gmem *owner, void *frame);
int atoll_pool_split(struct atoll_gmem *owner, void *extent);
u64 atoll_pool_hpa(const struct atoll_gmem *owner, const void *memory);

/* mem/large.c: pages of 1 GiB */
void atoll_gmem_join(struct atoll_gmem *gmem, u32 largest);

/* mem/record.c: who owns what */
struct atoll_gmem *atoll_pool_owner(u64 hpa);
const struct atoll_gmem *atoll_pool_next_owned(u32 shift, unsigned long *number);
u64 atoll_pool_owned(const struct atoll_gmem *owner, u32 shift);
size_t atoll_pool_record_bytes(const struct atoll_gmem *owner, void *extent);
size_t atoll_pool_frame_record_bytes(void);

/* mem/hibernate.c: not while guests hold memory */
int atoll_hibernate_init(void);
void atoll_hibernate_exit(void);

/* mem/pools.c: the pools by name */
int atoll_pool_add(const struct atoll_pool_config *cfg, struct netlink_ext_ack *extack);
int atoll_pool_add_ranges(const char *text);
int atoll_pool_remove(const char *name, struct netlink_ext_ack *extack);
void atoll_pool_remove_all(void);
int atoll_pool_set_named(const char *name, const u64 *bytes, const bool *overcommit,
			 struct netlink_ext_ack *extack);
struct atoll_pool *atoll_pool_hold(const char *name, struct netlink_ext_ack *extack);
void atoll_pool_put(struct atoll_pool *pool);
bool atoll_pool_is_reserved(const struct atoll_pool *pool);
const char *atoll_pool_name(const struct atoll_pool *pool);
void atoll_pools_audit_free(struct atoll_audit *audit);
bool atoll_pool_next(u32 after_id, struct atoll_pool_info *info);

/* mem/elastic.c: what a guest holds of the memory that it is promised */
int atoll_gmem_init(struct atoll_gmem *gmem, const struct atoll_gmem_config *cfg,
		    const struct atoll_s2_format *fmt, u32 levels,
		    struct netlink_ext_ack *extack);
void atoll_gmem_destroy(struct atoll_gmem *gmem);
void atoll_gmem_zero(struct atoll_gmem *gmem);
u64 atoll_gmem_books_bytes(const struct atoll_gmem *gmem);
u64 atoll_gmem_resident(const struct atoll_gmem *gmem);
int atoll_gmem_fill(struct atoll_gmem *gmem, u64 gpa, u64 len, struct netlink_ext_ack *extack);

/* mem/share.c: zeroes that all guests read */
int atoll_gmem_share(struct atoll_gmem *gmem, u64 gpa);
u64 atoll_gmem_shared(const struct atoll_gmem *gmem);
void atoll_zeroes_audit(struct atoll_audit *audit);

/* mem/trim.c: what a guest doesn't use goes back */
int atoll_gmem_trim(struct atoll_gmem *gmem, struct atoll_trim *trim,
		    struct netlink_ext_ack *extack);

/* mem/audit.c: stage 2 against the records of who owns what */
void atoll_gmem_audit(struct atoll_gmem *gmem, u64 root_pa, struct atoll_audit *audit);
void __printf(2, 3) atoll_blame(struct atoll_audit *audit, const char *fmt, ...);

/* mem/map.c: what is taken, where, and touched or not */
u32 atoll_gmem_map(struct atoll_gmem *gmem, u64 *gpa, struct atoll_run *run, u32 max,
		   struct atoll_s2_gather *gather);

/* mem/gmem.c: guest-physical memory */
u32 atoll_gmem_layout(u64 bytes, struct atoll_slot *slot);
int atoll_gmem_read(struct atoll_gmem *gmem, u64 gpa, void *buf, size_t len);
int atoll_gmem_write(struct atoll_gmem *gmem, u64 gpa, const void *buf, size_t len);
int atoll_gmem_xchg(struct atoll_gmem *gmem, u64 gpa, u8 value, u8 *old);
int atoll_gmem_load_file(struct atoll_gmem *gmem, u64 gpa, struct file *file,
			 u64 pos, u64 len);
bool atoll_gmem_has(const struct atoll_gmem *gmem, u64 gpa, u64 len);
bool atoll_gmem_lacks(const struct atoll_gmem *gmem, u64 gpa, u64 len);

/* dev/bus.c */
int atoll_bus_add(struct atoll_bus *bus, struct atoll_device *dev, u64 start, u64 len);
struct atoll_range *atoll_bus_find(struct atoll_bus *bus, u64 addr, u32 len);
void atoll_bus_pio(struct atoll_vcpu *vcpu, struct atoll_io *io);
void atoll_bus_mmio(struct atoll_vcpu *vcpu, struct atoll_io *io);
void atoll_device_add(struct atoll_vm *vm, struct atoll_device *dev,
		      const struct atoll_device_ops *ops);
void atoll_devices_reset(struct atoll_vm *vm);
void atoll_devices_destroy(struct atoll_vm *vm);
size_t atoll_devices_bytes(const struct atoll_vm *vm);

/* dev/irqchip.c: lines in, vectors out */
int atoll_irqchip_create(struct atoll_vm *vm);
void atoll_irq_set(struct atoll_vm *vm, u32 gsi, u32 level);
bool atoll_irqchip_busy(struct atoll_vcpu *vcpu);
bool atoll_irqchip_pending(struct atoll_vcpu *vcpu);
int atoll_irqchip_ack(struct atoll_vcpu *vcpu);
void atoll_ioapic_eoi(struct atoll_vm *vm, u8 vector);

/* dev/pit.c */
int atoll_pit_create(struct atoll_vm *vm);

/* dev/lapic.c, dev/lapic_regs.c, dev/lapic_timer.c: a vCPU's local APIC */
int atoll_lapic_create(struct atoll_vcpu *vcpu);
void atoll_lapic_destroy(struct atoll_vcpu *vcpu);
size_t atoll_lapic_bytes(void);
void atoll_lapic_reset(struct atoll_vcpu *vcpu);
void atoll_lapic_init(struct atoll_vcpu *vcpu);
void atoll_lapic_stop(struct atoll_vcpu *vcpu);
u8 atoll_lapic_blocked_class(struct atoll_vcpu *vcpu);
bool atoll_lapic_enabled(const struct atoll_vcpu *vcpu);
int atoll_lapic_msr_read(struct atoll_vcpu *vcpu, u32 msr, u64 *value);
int atoll_lapic_msr_write(struct atoll_vcpu *vcpu, u32 msr, u64 value);
void atoll_lapic_tsc_changed(struct atoll_vcpu *vcpu);

/* dev/lapic_pv.c: KVM's paravirtual EOI */
u64 atoll_lapic_pv_read(struct atoll_vcpu *vcpu);
int atoll_lapic_pv_write(struct atoll_vcpu *vcpu, u64 value);

/* dev/lapic_msg.c: messages to local APICs */
bool atoll_lapic_send(struct atoll_vm *vm, const struct atoll_irq_msg *msg);
void atoll_msi_send(struct atoll_vm *vm, u64 address, u32 data);

/* dev/exitport.c */
int atoll_exitport_create(struct atoll_vm *vm);

/* dev/rtc.c, dev/pm.c, dev/pvpanic.c */
int atoll_rtc_create(struct atoll_vm *vm);
int atoll_pm_create(struct atoll_vm *vm);
u32 atoll_pm_press(struct atoll_vm *vm);
void atoll_pm_pause(struct atoll_vm *vm);
void atoll_pm_resume(struct atoll_vm *vm);
int atoll_pvpanic_create(struct atoll_vm *vm);

/* dev/uart8250.c and dev/console.c, its other end: a host tty */
int atoll_uart_create(struct atoll_vm *vm, u16 port, u32 gsi);
int atoll_console_init(void);
void atoll_console_exit(void);
int atoll_console_index(const struct atoll_vm *vm);
u32 atoll_console_pending(const struct atoll_vm *vm);
u64 atoll_console_lost(const struct atoll_vm *vm);
u64 atoll_console_bytes(struct atoll_vm *vm);
u64 atoll_console_output_bytes(struct atoll_vm *vm);
u32 atoll_console_tail(const struct atoll_vm *vm, u8 *buf);

/* boot/image.c and the formats beside it */
void atoll_cpu_state_reset(struct atoll_cpu_state *state);
int atoll_boot_plan_create(const struct atoll_boot_config *cfg, u64 memory,
			   u32 nr_vcpus, struct atoll_boot_plan **planp,
			   struct netlink_ext_ack *extack);
void atoll_boot_plan_free(struct atoll_boot_plan *plan);
size_t atoll_boot_plan_bytes(const struct atoll_boot_plan *plan);
int atoll_boot_load(const struct atoll_boot_plan *plan, struct atoll_gmem *gmem,
		    struct netlink_ext_ack *extack);
const struct atoll_cpu_state *atoll_boot_entry(const struct atoll_boot_plan *plan);

/* nl/family.c, nl/event.c: the door */
int atoll_nl_init(void);
void atoll_nl_exit(void);
void atoll_nl_event(struct atoll_vm *vm, enum atoll_event event);

#endif
