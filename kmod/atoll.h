/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The structs that every room of the module knows; the functions are in api.h.
 *
 * Fields carry a tag that says what guards them:
 *
 *	[I] immutable once the object is visible
 *	[F] frozen while the VM is active; changes only in NEW, STOPPED, CRASHED
 *	[L] vm->lock		[S] vm->state_lock
 *	[D] the device's lock	[V] the vCPU's own thread, or no thread at all
 *	[a] atomic, or read and written with READ_ONCE and WRITE_ONCE
 *
 * Includes go nl -> vm -> { mem, dev, hw }; hw and dev never name nl.
 */
#ifndef ATOLL_H
#define ATOLL_H

#include <linux/bits.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/wait.h>
#include <uapi/linux/atoll.h>

struct atoll_vm;
struct atoll_vcpu;
struct atoll_device;
struct atoll_pool;
struct file;
struct task_struct;

#define ATOLL_VERSION		"0.1"

/* ------------------------------------------------------------------ *
 * Registers.  The general ones lie in vcpu->regs, in the order in which
 * instructions encode them; the backend's enter.S knows this order.
 */
enum atoll_gpr {
	ATOLL_RAX, ATOLL_RCX, ATOLL_RDX, ATOLL_RBX,
	ATOLL_RSP, ATOLL_RBP, ATOLL_RSI, ATOLL_RDI,
	ATOLL_R8,  ATOLL_R9,  ATOLL_R10, ATOLL_R11,
	ATOLL_R12, ATOLL_R13, ATOLL_R14, ATOLL_R15,
	ATOLL_NR_GPRS,
	ATOLL_RIP = ATOLL_NR_GPRS,
	ATOLL_RFLAGS,
	ATOLL_NR_REGS
};

/* Segment registers, in the order in which instructions encode them */
enum atoll_seg {
	ATOLL_ES, ATOLL_CS, ATOLL_SS, ATOLL_DS, ATOLL_FS, ATOLL_GS,
	ATOLL_LDTR, ATOLL_TR,
	ATOLL_NR_SEGS
};

/* Registers that a backend keeps in its control block */
enum atoll_creg {
	ATOLL_CR0, ATOLL_CR2, ATOLL_CR3, ATOLL_CR4, ATOLL_EFER,
	ATOLL_DR6, ATOLL_DR7,
	ATOLL_PAT, ATOLL_TSC_OFFSET,
	ATOLL_TSC_RATIO,	/* 0: the host's frequency; only where scaling is */
	ATOLL_CR8,		/* the upper half of the local APIC's TPR */
};

/* Attribute bits of a segment: bytes 5 and 6 of its descriptor, packed */
#define ATOLL_SEG_TYPE		0x000f
#define ATOLL_SEG_S		0x0010	/* code or data, not system */
#define ATOLL_SEG_DPL_SHIFT	5
#define ATOLL_SEG_P		0x0080
#define ATOLL_SEG_L		0x0200	/* 64-bit code */
#define ATOLL_SEG_DB		0x0400	/* 32-bit code or stack */
#define ATOLL_SEG_G		0x0800

struct atoll_segment {
	u64 base;
	u32 limit;		/* in bytes, granularity applied */
	u16 selector;
	u16 attr;
};

/* What a walk of the guest's page tables, and a fetch, start from */
struct atoll_paging {
	u64 cr0, cr3, cr4, efer;
	u32 cs_attr, ss_attr;
};

struct atoll_dtable {
	u64 base;
	u16 limit;
};

/**
 * struct atoll_cpu_state - all of a vCPU that a program can see, but for FPU
 * @regs:	general registers, RIP, RFLAGS
 *
 * EFER.LMA is part of @efer; EFER.SVME never is.
 */
struct atoll_cpu_state {
	u64 regs[ATOLL_NR_REGS];
	struct atoll_segment seg[ATOLL_NR_SEGS];
	struct atoll_dtable gdt, idt;
	u64 cr0, cr2, cr3, cr4, efer;
	u64 dr6, dr7;
	u64 star, lstar, cstar, sfmask, kernel_gs_base;
	u64 sysenter_cs, sysenter_esp, sysenter_eip;
	u64 pat;
};

/* ------------------------------------------------------------------ *
 * What a backend tells the common code about an exit.
 */
enum atoll_exit_kind {
	ATOLL_EXIT_IRQ,		/* the host's interrupt; nothing to do */
	ATOLL_EXIT_NMI,
	ATOLL_EXIT_HLT,
	ATOLL_EXIT_PIO,
	ATOLL_EXIT_S2FAULT,	/* gpa that stage 2 does not map */
	ATOLL_EXIT_CPUID,
	ATOLL_EXIT_RDMSR,
	ATOLL_EXIT_WRMSR,
	ATOLL_EXIT_CR,
	ATOLL_EXIT_DR,
	ATOLL_EXIT_XSETBV,
	ATOLL_EXIT_HYPERCALL,
	ATOLL_EXIT_CACHE,	/* INVD, WBINVD */
	ATOLL_EXIT_RDPMC,
	ATOLL_EXIT_UD,		/* an instruction this machine doesn't have */
	ATOLL_EXIT_EXCEPTION,	/* intercepted for the host's sake */
	ATOLL_EXIT_WINDOW,	/* the guest takes interrupts now */
	ATOLL_EXIT_SHUTDOWN,	/* triple fault */
	ATOLL_EXIT_FAIL_ENTRY,	/* the CPU refused the guest's state */
	ATOLL_EXIT_UNKNOWN,
	ATOLL_NR_EXITS
};

enum atoll_dir { ATOLL_READ, ATOLL_WRITE };

/**
 * struct atoll_exit - one exit, decoded
 * @kind:	which member of the union holds
 * @insn_len:	bytes of the instruction that caused it, 0: not known; the
 *		common code then decodes the guest's bytes
 * @hw_reason:	the CPU's own number, for traces and dumps only
 * @hw_info:	the same
 */
struct atoll_exit {
	enum atoll_exit_kind kind;
	u32 insn_len;
	u64 hw_reason;
	u64 hw_info[2];
	union {
		struct {
			u16 port;
			u8 size;	/* 1, 2 or 4 bytes */
			u8 dir;		/* enum atoll_dir */
			u8 string;	/* INS, OUTS: the rest must be decoded */
			u8 rep;
			u64 next_rip;
		} pio;
		struct {
			u64 gpa;
			u8 dir;
			u8 fetch;	/* of an instruction */
			u8 walk;	/* of the guest's own page tables */
			u8 in_event;	/* while an exception was delivered */
		} s2;
		struct {
			u8 cr;		/* 0, 4, 8; the operand must be decoded */
		} cr;
		struct {
			u8 dr;
			u8 dir;
		} dr;
		struct {
			u8 vector;
			u32 error_code;
			u64 payload;	/* #DB: DR6 bits; #PF: CR2 */
		} exception;
	};
};

/* ------------------------------------------------------------------ *
 * Memory
 */
#define ATOLL_EXTENT_SHIFT	21
#define ATOLL_EXTENT_BYTES	BIT(ATOLL_EXTENT_SHIFT)
/* RAM below this address, the rest from 4 GiB on: the PC's hole for devices */
#define ATOLL_RAM_LOW_END	0xc0000000ULL
#define ATOLL_RAM_HIGH_START	0x100000000ULL
#define ATOLL_MEMORY_MAX	BIT_ULL(40)

/* What a table of extents holds: 1 GiB */
#define ATOLL_CHUNK_EXTENTS	512

#include "mem/pools.h"
#include "mem/ram.h"
#include "mem/s2pt.h"
#include "mem/trim.h"
#include "vm/audit.h"
#include "vm/decoded.h"

/**
 * struct atoll_run - guest RAM that is alike from one end to the other
 * @gpa:	first byte
 * @len:	bytes
 * @hpa:	where the host has it, in one piece
 * @level:	of the leaves that map it, 0: it is not taken, and @hpa says nothing
 * @touched:	the guest has, since somebody looked last
 * @shared:	zeroes that others read, too: @hpa and @touched say nothing
 */
struct atoll_run {
	u64 gpa;
	u64 len;
	u64 hpa;
	u32 level;
	u8 touched;
	u8 shared;
};

/* ------------------------------------------------------------------ *
 * Devices
 */

/**
 * struct atoll_io - one access of a guest to a device
 * @vcpu:	who accesses; set by the bus
 * @addr:	bytes from the start of the range that the device claimed
 * @len:	1, 2, 4 or 8
 * @dir:	enum atoll_dir
 * @data:	what is written, or where a read puts its answer; preset to
 *		all-ones for a read.  Bytes past @len are ignored.
 */
struct atoll_io {
	struct atoll_vcpu *vcpu;
	u64 addr;
	u8 len;
	u8 dir;
	u64 data;
};

/*
 * What a chip can do.  Hardware has no errno, so handlers return nothing.
 * @pio, @mmio:	called by a vCPU thread with preemption off; may take a
 *		spinlock, must not sleep
 * @reset:	power-on state; called while no vCPU runs; may sleep
 * @destroy:	frees the device; called while no vCPU runs; may sleep
 * @size:	bytes of the struct that @destroy frees
 */
struct atoll_device_ops {
	const char *name;
	void (*pio)(struct atoll_device *dev, struct atoll_io *io);
	void (*mmio)(struct atoll_device *dev, struct atoll_io *io);
	void (*reset)(struct atoll_device *dev);
	void (*destroy)(struct atoll_device *dev);
	size_t size;
};

struct atoll_device {
	const struct atoll_device_ops *ops;
	struct atoll_vm *vm;
	struct list_head node;
};

struct atoll_range {
	u64 start;
	u64 end;		/* first address behind it */
	struct atoll_device *dev;
};

#define ATOLL_BUS_RANGES_MAX	32

/* Sorted by address, no two overlap; the run path reads it without a lock */
struct atoll_bus {
	u32 nr;
	struct atoll_range range[ATOLL_BUS_RANGES_MAX];
};

struct atoll_irqchip;
struct atoll_lapic;
struct atoll_uart;
struct atoll_pm;

/* Delivery modes, as the ICR, the IOAPIC and MSIs encode them; 3 is none */
enum atoll_delivery {
	ATOLL_DELIVER_FIXED = 0,
	ATOLL_DELIVER_LOWEST = 1,
	ATOLL_DELIVER_SMI = 2,
	ATOLL_DELIVER_NMI = 4,
	ATOLL_DELIVER_INIT = 5,
	ATOLL_DELIVER_STARTUP = 6,
	ATOLL_DELIVER_EXTINT = 7,
};

/**
 * struct atoll_irq_msg - a message to local APICs
 * @dest:	who, 8 bits of the xAPIC's or 32 of the x2APIC's
 * @dest_logical: @dest is a logical destination, not an APIC ID
 * @delivery:	enum atoll_delivery
 * @vector:	what
 * @level:	it is level-triggered: its EOI is told to the IOAPIC
 */
struct atoll_irq_msg {
	u32 dest;
	u8 dest_logical;
	u8 delivery;
	u8 vector;
	u8 level;
};

/* ------------------------------------------------------------------ *
 * Booting
 */
struct atoll_boot_module {
	struct file *file;
	char *cmdline;		/* never NULL */
};

/* What the caller asks for; owned by the VM from a successful define on */
struct atoll_boot_config {
	struct file *image;
	enum atoll_boot_format format;
	u64 load_addr;
	char *cmdline;		/* never NULL */
	struct atoll_boot_module module[ATOLL_MODULES_MAX];
	u32 nr_modules;
};

struct atoll_vm_config {
	char name[ATOLL_NAME_MAX + 1];
	u64 memory;
	bool reserve;		/* take all of it at define */
	bool on_node;		/* all of it from this NUMA node */
	u32 node;
	char pool[ATOLL_NAME_MAX + 1];	/* that it comes from; empty: the default one */
	u32 nr_vcpus;
	u32 tsc_khz;		/* 0: as the host's */
	u32 pin[ATOLL_VCPUS_MAX];	/* host CPUs, for the vCPUs in turn */
	u32 nr_pins;			/* 0: no vCPU is pinned */
	struct atoll_boot_config boot;
};

/* ------------------------------------------------------------------ *
 * Virtual machines
 */

/* Bits of vcpu->requests: what others ask of a vCPU's thread */
enum atoll_request {
	ATOLL_REQ_EXIT,		/* leave the run loop: the VM has ended */
	ATOLL_REQ_PAUSE,	/* hold until the VM is resumed */
	ATOLL_REQ_REBOOT,	/* meet the others: the machine is reset */
	ATOLL_REQ_EVENT,	/* look at the interrupt controllers again */
	ATOLL_REQ_TLB_FLUSH,	/* stage 2 has changed */
	ATOLL_REQ_CLOCK,	/* the VM's time has been shifted */
	ATOLL_REQ_NMI,		/* take an NMI; a second one before that is lost */
	ATOLL_REQ_INIT,		/* start over, at the wait for a start-up IPI */
	ATOLL_NR_REQS
};

#define ATOLL_CRASH_REASON_LEN	192

struct atoll_crash {
	char reason[ATOLL_CRASH_REASON_LEN];	/* empty: no crash */
	u32 vcpu;
	struct atoll_cpu_state state;
};

/**
 * struct atoll_clock - a VM's time: zero at power-on, still while it is paused
 * @khz:	[F] frequency of the VM's TSC
 * @ratio:	[F] ticks of the VM's for each of the host's, a fixed-point number
 *		with @ratio_bits behind the point; 0: one
 * @ratio_bits:	[F] as many as the CPU has
 * @tsc_offset:	[a] the VM's TSC less the host's, which was scaled before
 * @mul:	[F] ticks to nanoseconds: ((ticks << shift) * mul) >> 32
 * @shift:	[F] may be negative
 * @stable:	[F] the TSCs of the host's CPUs agree
 * @start_ns:	[L] the host's raw clock at the VM's zero; vCPUs read it while
 *		they are not held
 * @paused_tsc:	[S] the host's TSC when the pause began; a resume reads it while
 *		every vCPU is held
 * @paused_ns:	[S] the host's raw clock then
 * @wall_gpa:	[a] what the guest wrote to MSR_KVM_WALL_CLOCK
 */
struct atoll_clock {
	u32 khz;
	u32 ratio_bits;
	u64 ratio;
	u64 tsc_offset;
	u32 mul;
	s8 shift;
	u8 stable;
	u64 start_ns;
	u64 paused_tsc;
	u64 paused_ns;
	u64 wall_gpa;
};

/**
 * struct atoll_pv - what a vCPU shares with its guest by KVM's ABI
 * @tsc_adjust:	[V] this vCPU's TSC less the VM's, when the guest wrote to it
 * @clock_gpa:	[V] struct pvclock_vcpu_time_info; 0: the guest wants none
 * @steal_gpa:	[V] struct kvm_steal_time; 0: the same
 * @run_delay:	[V] the thread's waiting for a CPU that the guest knows of, in ns
 * @eoi_gpa:	[V] four bytes whose lowest bit tells of an EOI; 0: the same
 * @eoi_offered: [V] that bit was set: the guest may clear it instead of an EOI
 * @was_stopped: [a] the guest is to hear that it has been paused
 * @unhalted:	[a] another vCPU's KVM_HC_KICK_CPU ends this one's HLT
 */
struct atoll_pv {
	u64 tsc_adjust;
	u64 clock_gpa;
	u64 steal_gpa;
	u64 run_delay;
	u64 eoi_gpa;
	u8 eoi_offered;
	int was_stopped;
	int unhalted;
};

#define ATOLL_UNKNOWN_MSRS	16

/**
 * struct atoll_unknown_msrs - model-specific registers that raised #GP
 * @count:	[V] how often one did; others may read torn-free
 * @nr:		[V] of @msr
 * @msr:	[V] the first few that did; each is traced once
 */
struct atoll_unknown_msrs {
	u64 count;
	u32 nr;
	u32 msr[ATOLL_UNKNOWN_MSRS];
};

/**
 * struct atoll_vcpu - a virtual CPU
 * @regs:	[V] general registers, RIP and RFLAGS; first, so that enter.S
 *		needs no offsets
 * @hw:		[V] the backend's own part
 * @fpu:	[V] the guest's XSAVE area, 64-byte aligned
 * @xcr0:	[V] the guest's
 * @loaded_xcr0: [V] what was put into the CPU, while it is in force
 * @host_xcr0:	[V] the host's, meanwhile
 * @host_xss:	[V] the same for IA32_XSS
 * @tsc_aux:	[V] the guest's TSC_AUX
 * @host_tsc_aux: [V] the host's, while the guest's is in the CPU
 * @dr:		[V] DR0 to DR3
 * @pv:		what it shares with its guest by KVM's ABI
 * @lapic:	[I] its local APIC
 * @nmi_pending: [V] an NMI waits to be delivered
 * @sipi:	[a] vector of a start-up IPI, -1: none came since the last INIT
 * @requests:	[a] bits of enum atoll_request
 * @pin:	[I] host CPU that its thread is to run on, -1: on any
 * @cpu:	[a] host CPU it runs on or ran on last, -1: none yet
 * @in_guest:	[a] set while a kick must be an IPI
 * @wq:		where the thread sleeps: HLT, WAIT_SIPI, PAUSED
 * @state:	[a] enum atoll_vcpu_state
 * @task:	[L] its thread, from start until the next start or teardown
 * @tid:	[a] the thread's number in the host, 0: there is none
 * @rsp_rflags_dirty: [V] RSP or RFLAGS may differ from what the backend has,
 *		which takes note and clears this
 * @rcu_told:	[V] the jiffy in which RCU last heard that a guest runs
 * @recent_pio:	[V] index of the range on the bus that it accessed last
 * @recent_mmio: [V] the same of the other bus
 * @unclaimed:	[V] accesses that no device claimed
 * @want_gpa:	[V] RAM to take before it enters its guest again
 * @want_len:	[V] bytes of it, 0: none
 * @want_zeroes: [V] it was only read: zeroes that others read, too, will do
 * @exits:	[V] count of each kind; others may read torn-free
 */
struct atoll_vcpu {
	u64 regs[ATOLL_NR_REGS];
	struct atoll_vm *vm;		/* [I] */
	u32 index;			/* [I] */
	void *hw;
	struct atoll_fpu *fpu;
	u64 xcr0;
	u64 loaded_xcr0;
	u64 host_xcr0;
	u64 host_xss;
	u64 tsc_aux;
	u64 host_tsc_aux;
	u64 dr[4];
	struct atoll_pv pv;
	struct atoll_lapic *lapic;
	u8 nmi_pending;
	int sipi;
	unsigned long requests;
	int pin;
	int cpu;
	int in_guest;
	int state;
	wait_queue_head_t wq;
	struct task_struct *task;
	int tid;
	u8 rsp_rflags_dirty;
	unsigned long rcu_told;
	u32 recent_pio, recent_mmio;
	u64 unclaimed;
	u64 want_gpa;
	u64 want_len;
	u8 want_zeroes;
	struct atoll_unknown_msrs unknown_msrs;
	u64 exits[ATOLL_NR_EXITS];
	struct atoll_exit exit;		/* [V] the last one */
	struct atoll_io io;		/* [V] the access under way, or the last */
	struct atoll_insn_memo memo;	/* [V] */
};

/**
 * struct atoll_vm - a virtual machine
 * @node:	in the list of all VMs	[vm.c's list lock]
 * @lock:	serialises verbs on this VM; outermost, may sleep
 * @state_lock:	spinlock; guards what vCPU threads and verbs both write
 * @state:	[S] enum atoll_state
 * @end_state:	[S] STOPPED or CRASHED once the run is to end, else RUNNING
 * @nr_live:	[S] vCPU threads that have not left their loop
 * @state_wq:	woken after each change of @state
 * @held:	[S] vCPUs that hold for a pause
 * @lapic_turn:	[a] who took the last interrupt of the lowest priority
 * @starved:	[S] why a vCPU got no memory, an errno; the VM is PAUSED for that, or
 *		will be once all of them hold.  0: none lacks any
 * @met:	[S] vCPUs that have come together for a reboot
 * @reboots:	[S] how many there were in this run and before
 * @rebooting:	[S] all have; the last of them resets the machine
 */
struct atoll_vm {
	struct list_head node;
	struct kref ref;
	struct mutex lock;		/* see LOCKING.md */
	spinlock_t state_lock;		/* the same */
	wait_queue_head_t state_wq;
	enum atoll_state state;
	enum atoll_state end_state;
	u32 nr_live;
	u32 held;
	int starved;
	u32 met;
	u32 reboots;
	u8 rebooting;
	u32 id;				/* [I] */
	u8 removed;			/* [L] undefined, waits for its last user */
	u32 exit_code;			/* [S] */
	u8 has_exit_code;		/* [S] */
	struct atoll_crash crash;	/* [S] */
	ktime_t started, ended;		/* [S] */
	struct atoll_vm_config cfg;	/* [I] */
	struct atoll_boot_plan *plan;	/* [I] */
	struct atoll_pool *pool;	/* [I] held; NULL: a define that failed early */
	struct atoll_gmem gmem;
	struct atoll_clock clock;
	u32 lapic_turn;
	struct atoll_bus pio, mmio;	/* [F] */
	struct list_head devices;	/* [F] in order of creation */
	struct atoll_irqchip *irqchip;	/* [F] */
	struct atoll_uart *uart;	/* [F] COM1, the console */
	struct atoll_pm *pm;		/* [F] */
	u32 nr_vcpus;			/* [I] */
	struct atoll_vcpu *vcpu[];	/* [I] */
};

#include "api.h"

#endif
