/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Atoll's wire: the generic netlink family "atoll".
 *
 * Every command needs CAP_SYS_ADMIN in the initial user namespace, and the
 * family exists in the initial network namespace only.  Attributes are
 * validated strictly: one that the command does not take, one of a wrong
 * type or length, one that is given twice and is not marked as repeated, and
 * one that is missing are each refused, with an errno and a sentence in
 * NLMSGERR_ATTR_MSG (ask for it: NETLINK_EXT_ACK).  Where generic netlink
 * itself refuses, there is an errno alone: EPERM without CAP_NET_ADMIN,
 * EOPNOTSUPP for a command that does not exist, EINVAL for a dump that
 * carries attributes, ENOMEM.  A refused command has changed nothing.
 * Nests carry NLA_F_NESTED, strings end in one NUL, integers are in host
 * byte order.  Numbers are never reused.
 *
 * Messages from the kernel may be as long as 32 KiB: read with a buffer of
 * that size, or ask for the length first (MSG_PEEK | MSG_TRUNC).
 *
 * The attribute tree.  (u32) is the type, "out" is what a reply carries,
 * "in" what a request may carry, * marks what a request must carry.
 *
 * ATOLL_CMD_HOST_GET		in: nothing			out: HOST
 * ATOLL_CMD_HOST_SET		in: *HOST { POOL_LIMIT POOL_OVERCOMMIT }
 *				out: nothing
 *	Sets how many bytes of the host's memory guests may hold together,
 *	rounded down to whole 2 MiB extents, or whether they may be promised
 *	more than that, or both.  A limit below what they hold is refused, and
 *	without overcommit one below what they are promised.  POOL_* of HOST is
 *	the default pool, "dynamic".
 *
 *	ATOLL_A_HOST (nest)
 *		ATOLL_HOST_A_VERSION		(string) version of the module
 *		ATOLL_HOST_A_BACKEND		(string) "svm"
 *		ATOLL_HOST_A_VCPUS_MAX		(u32) most vCPUs a VM may have
 *		ATOLL_HOST_A_VMS		(u32) VMs defined
 *		ATOLL_HOST_A_VMS_ACTIVE		(u32) VMs running or paused
 *		ATOLL_HOST_A_POOL_LIMIT		(u64) bytes
 *		ATOLL_HOST_A_POOL_USED		(u64) bytes held by VMs
 *		ATOLL_HOST_A_POOL_PROMISED	(u64) bytes that VMs may come to
 *						hold: the sum of their MEMORY,
 *						each in whole extents
 *		ATOLL_HOST_A_POOL_OVERCOMMIT	(u32) 1: POOL_PROMISED may pass
 *						POOL_LIMIT; 0: it may not
 *		ATOLL_HOST_A_CPUS_ON		(u32) host CPUs that have
 *						virtualization switched on
 *		ATOLL_HOST_A_FEATURE		(string, repeated) optional
 *						CPU features in use: "nrips" ...
 *
 * ATOLL_CMD_AUDIT		in: AUDIT { *DEEP }		out: AUDIT
 *	Walks the stage-2 tables of every VM as the CPU does, VMs that run
 *	included, and checks each entry against the records of who owns what,
 *	each record against the VMs that there are, and the maps of what a VM
 *	may use without an exit against the policy.
 *
 *	ATOLL_A_AUDIT (nest)
 *		ATOLL_AUDIT_A_VMS		(u32) VMs looked at
 *		ATOLL_AUDIT_A_TABLES		(u64) pages of tables
 *		ATOLL_AUDIT_A_ENTRIES		(u64) entries in them
 *		ATOLL_AUDIT_A_FRAMES		(u64) 4 KiB frames that are mapped
 *		ATOLL_AUDIT_A_SHARED		(u64) of zeroes that all VMs read,
 *						and that are not in FRAMES
 *		ATOLL_AUDIT_A_RECORDS		(u64) 2 MiB extents on record
 *		ATOLL_AUDIT_A_TIME_NS		(u64) how long it took
 *		ATOLL_AUDIT_A_VIOLATIONS	(u64) what is wrong
 *		ATOLL_AUDIT_A_VIOLATION		(string, repeated) the first 16
 *		ATOLL_AUDIT_A_PERMISSIONS	(u64) bits of those maps
 *		ATOLL_AUDIT_A_DEEP		(u32, in) 1: read what has to be
 *						zero, too; 0, or no AUDIT: don't
 *		ATOLL_AUDIT_A_ZEROES		(u64) 4 KiB frames of that; absent
 *						without DEEP
 *
 * ATOLL_CMD_POOL_GET		dump, in: nothing		out: POOL, each
 * ATOLL_CMD_POOL_ADD		in: *POOL { *NAME LIMIT }	out: nothing
 *				in: *POOL { *NAME START LEN }
 *	Makes a pool: with LIMIT a dynamic one, with START and LEN a reserved
 *	one, of a range of physical memory that the host was told to leave alone
 *	at boot.  Refused unless all of it is RAM that nobody uses.
 * ATOLL_CMD_POOL_SET		in: *POOL { *NAME LIMIT OVERCOMMIT }
 *				out: nothing
 *	As HOST_SET, for any pool.  A reserved pool's limit is LEN at the most.
 * ATOLL_CMD_POOL_REMOVE	in: *POOL { *NAME }		out: nothing
 *	Refused while a VM is defined that takes from it, and for the default one.
 *
 *	ATOLL_A_POOL (nest)
 *		ATOLL_POOL_A_NAME	(string) as that of a VM
 *		ATOLL_POOL_A_LIMIT	(u64) bytes that VMs may hold
 *		ATOLL_POOL_A_START	(u64) reserved: physical address, and
 *		ATOLL_POOL_A_LEN	(u64) bytes; multiples of 2 MiB
 *		ATOLL_POOL_A_OVERCOMMIT	(u32) as in HOST
 *		ATOLL_POOL_A_KIND	(u32, out, enum atoll_pool_kind)
 *		ATOLL_POOL_A_PROMISED	(u64, out) as in HOST
 *		ATOLL_POOL_A_USED	(u64, out) as in HOST
 *		ATOLL_POOL_A_GUESTS	(u32, out) VMs that are defined with it
 *		ATOLL_POOL_A_SPLITS	(u64, out) how often a VM got 4 KiB
 *					frames in the place of 2 MiB
 *		ATOLL_POOL_A_FREE	(u64, out) reserved: bytes that no VM
 *					holds; dynamic: the host's free memory
 *		ATOLL_POOL_A_FREE_WHOLE	(u64, out) reserved: the longest run of
 *					those; dynamic: what of that is there in
 *					whole 2 MiB
 *		ATOLL_POOL_A_CLEARING	(u64, out) bytes that VMs have given
 *					back and that are cleared before anybody
 *					can have them
 *
 * ATOLL_CMD_VM_DEFINE		in: *VM { *NAME *MEMORY *NR_VCPUS
 *				     *BOOT RESERVE POOL NODE }
 *				out: VM, as VM_GET
 *	Promises the memory, reads the image's headers, and leaves the VM in
 *	state NEW.  The files are kept open until the VM is undefined; their
 *	contents are read at each start.
 *
 * ATOLL_CMD_VM_UNDEFINE	in: *VM { *NAME }		out: nothing
 *	Refused while the VM is RUNNING or PAUSED.
 *
 * ATOLL_CMD_VM_GET		in: *VM { *NAME }		out: VM
 *				dump, in: nothing		out: VM, each
 *
 * ATOLL_CMD_VM_MAP		in: *VM { *NAME } MAP { *FROM }	out: MAP
 *	Tells where the VM's RAM lies, in runs by ascending address, from FROM
 *	on; without MAP: from the first byte.  As many as fit into a message: NEXT is
 *	the FROM for the next ones.  Takes no memory, but clears what CPUs mark
 *	as touched, so that the next look tells what was touched in between.
 *	Host addresses are told: who may ask may do all there is.
 *
 *	ATOLL_A_MAP (nest)
 *		ATOLL_MAP_A_FROM		(u64, in)
 *		ATOLL_MAP_A_NEXT		(u64, out) absent: that was all
 *		ATOLL_MAP_A_RUN			(nest, out, repeated)
 *			ATOLL_RUN_A_GPA		(u64) first byte
 *			ATOLL_RUN_A_LEN		(u64) bytes
 *			ATOLL_RUN_A_HPA		(u64) where the host has it, in one
 *						piece; absent: it is not taken,
 *						or shared
 *			ATOLL_RUN_A_PAGE	(u32) bytes of a page; absent: not
 *						taken
 *			ATOLL_RUN_A_SHARED	(flag) zeroes that all VMs read; the
 *						VM holds nothing there
 *			ATOLL_RUN_A_TOUCHED	(u32) 1: by the VM since the last
 *						look, or since it was taken; what
 *						the host did for it doesn't count.
 *						Absent: not taken, shared, or the CPU
 *						doesn't mark
 *
 * ATOLL_CMD_VM_TRIM		in: *VM { *NAME }, TRIM { *SPLIT }	out: TRIM
 *	Gives back to the pool what the VM holds and has only zeroes in, in 2 MiB
 *	or 4 KiB as it is held, and makes 2 MiB in one piece, if they can be had by
 *	now, of what is held in 4 KiB frames and is there but for an eighth at most.
 *	The VM can be in any state and keeps it: while one that is RUNNING is
 *	trimmed, its vCPUs hold and its time stands still.  Refused with EOPNOTSUPP
 *	if its memory is reserved.
 *
 *	ATOLL_A_TRIM (nest)
 *		ATOLL_TRIM_A_GIVEN_BACK		(u64) bytes
 *		ATOLL_TRIM_A_MERGED		(u64) 2 MiB that are in one piece
 *						now; what of each was not there
 *						counts in RESIDENT from now on
 *		ATOLL_TRIM_A_SPLIT		(u32, in) 1: where at least half of a
 *						2 MiB piece is zero it comes apart,
 *						and that goes back in 4 KiB; 0, or no
 *						TRIM: it stays whole, as all does of a
 *						reserved pool
 *		ATOLL_TRIM_A_CAME_APART		(u64) 2 MiB pieces that did
 *
 * ATOLL_CMD_VM_START		NEW, STOPPED, CRASHED -> RUNNING; refused while a host
 *				CPU that a vCPU is pinned to is offline
 * ATOLL_CMD_VM_STOP		RUNNING, PAUSED, CRASHED -> STOPPED
 * ATOLL_CMD_VM_KILL		the same
 * ATOLL_CMD_VM_PAUSE		RUNNING -> PAUSED
 * ATOLL_CMD_VM_RESUME		PAUSED -> RUNNING
 *				A VM that finds no memory when it first touches
 *				some becomes PAUSED, too; a resume has it try again.
 *				in: *VM { *NAME }		out: nothing
 *	Each returns when the new state holds.  None asks the guest.
 *
 * ATOLL_CMD_VM_BUTTON		in: *VM { *NAME }		out: nothing
 *	Presses the power button of a VM that is RUNNING, and returns at once.
 *	What comes of it is the guest's business.  Refused with EOPNOTSUPP
 *	while the guest has not switched ACPI on.
 *
 * ATOLL_CMD_VM_EVENT		multicast group "events"	out: VM, EVENT
 *	Sent after each change of state, and when the guest has reset its
 *	machine, with the VM as VM_GET shows it.
 *
 *	ATOLL_A_EVENT (u32, enum atoll_event)
 *
 *	ATOLL_A_VM (nest)
 *		ATOLL_VM_A_NAME		(string) 1 to 63 of [A-Za-z0-9._-]
 *		ATOLL_VM_A_ID		(u32, out) never reused while loaded
 *		ATOLL_VM_A_MEMORY	(u64) bytes, a multiple of 4096
 *		ATOLL_VM_A_NR_VCPUS	(u32) 1 to VCPUS_MAX
 *		ATOLL_VM_A_PIN		(u32, in, repeated up to NR_VCPUS times)
 *					a host CPU that is online, and on which
 *					alone a vCPU shall run: the first is for
 *					vCPU 0, and so on; when they are used
 *					up, the first one is next
 *		ATOLL_VM_A_RESERVE	(u32) 1: all of it is taken at define, and
 *					kept; 0 or absent: it is taken, 2 MiB at a
 *					time if they can be had, when it is first
 *					touched, and given back when the machine
 *					is reset
 *		ATOLL_VM_A_RESIDENT	(u64, out) bytes of it that the VM holds
 *		ATOLL_VM_A_SHARED	(u64, out) bytes of it that the VM has read and
 *					not written: zeroes that all VMs read
 *		ATOLL_VM_A_TSC_KHZ	(u32) frequency of the guest's TSC, 100000 to
 *					10000000; another than the host's only
 *					where the CPU scales it; 0 or absent in a
 *					define: the host's
 *		ATOLL_VM_A_OVERHEAD	(nest, out, repeated, one for each kind) what
 *					the host spends on the VM beside its RAM;
 *					what serves all VMs together is not in it
 *			ATOLL_OVERHEAD_A_KIND	(string) "structs" ...
 *			ATOLL_OVERHEAD_A_BYTES	(u64)
 *		ATOLL_VM_A_SMALL	(u64, out) bytes of that in 4 KiB frames, where
 *					the host had no free 2 MiB in one piece
 *		ATOLL_VM_A_SPLITS	(u64, out) how often that was so
 *		ATOLL_VM_A_POOL		(string) the pool that it comes from;
 *					absent: "dynamic"
 *		ATOLL_VM_A_NODE		(u32) the NUMA node that all of it comes
 *					from; absent: any
 *		ATOLL_VM_A_BOOT		(nest, in)
 *			ATOLL_BOOT_A_IMAGE_FD	(u32) * regular file, open for
 *						reading in the caller
 *			ATOLL_BOOT_A_FORMAT	(u32, enum atoll_boot_format)
 *						absent: AUTO
 *			ATOLL_BOOT_A_LOAD_ADDR	(u64) FLAT only: gpa of the
 *						first byte, also the entry
 *			ATOLL_BOOT_A_CMDLINE	(string, up to 4095 bytes) as
 *						the guest shall see it: its
 *						first word is the image's name;
 *						LINUX and PVH are given what
 *						follows that
 *			ATOLL_BOOT_A_MODULE	(nest, repeated up to 32 times)
 *						LINUX: its initrd, one at most
 *						and without a command line;
 *						PVH: the first is Linux' initrd
 *				ATOLL_MODULE_A_FD	(u32) *
 *				ATOLL_MODULE_A_CMDLINE	(string, up to 4095)
 *		ATOLL_VM_A_STATE	(u32, out, enum atoll_state)
 *		ATOLL_VM_A_PAUSE_REASON	(string, out) PAUSED, and nobody asked for
 *					it: why
 *		ATOLL_VM_A_EXIT_CODE	(u32, out) STOPPED by its own exit:
 *					the code that the guest wrote
 *		ATOLL_VM_A_CRASH	(nest, out) CRASHED, or STOPPED after:
 *			ATOLL_CRASH_A_REASON	(string)
 *			ATOLL_CRASH_A_VCPU	(u32) index of the vCPU
 *			ATOLL_CRASH_A_REGS	(nest) as below
 *		ATOLL_VM_A_CONSOLE	(string, out) the tty's name: "ttyATL0"
 *		ATOLL_VM_A_CONSOLE_PENDING (u32, out) bytes of console output
 *					that nobody has read yet
 *		ATOLL_VM_A_CONSOLE_LOST	(u64, out) bytes of console output
 *					dropped because nobody read them
 *		ATOLL_VM_A_CONSOLE_TAIL	(binary, out) with CRASH: the last of
 *					what the guest printed, read or not,
 *					up to 2 KiB; absent: nothing, or the
 *					kernel has no memory for it
 *		ATOLL_VM_A_UPTIME_NS	(u64, out) since the last start, time
 *					spent PAUSED included; of a VM that
 *					has ended: how long it ran
 *		ATOLL_VM_A_UNCLAIMED	(u64, out) accesses to ports and
 *					addresses that no device claims
 *		ATOLL_VM_A_UNKNOWN_MSRS	(u64, out) accesses to model-specific
 *					registers that the machine doesn't have,
 *					each refused with #GP
 *		ATOLL_VM_A_VCPU		(nest, out, repeated)
 *			ATOLL_VCPU_A_INDEX	(u32)
 *			ATOLL_VCPU_A_STATE	(u32, enum atoll_vcpu_state)
 *			ATOLL_VCPU_A_TID	(u32) host thread; absent: none
 *			ATOLL_VCPU_A_CPU	(u32) host CPU it last ran on;
 *						absent: never ran
 *			ATOLL_VCPU_A_PIN	(u32) host CPU that it is pinned
 *						to; absent: to none
 *			ATOLL_VCPU_A_EXIT	(nest, repeated, only if any)
 *				ATOLL_EXIT_A_KIND	(string) "cpuid" ...
 *				ATOLL_EXIT_A_COUNT	(u64)
 *		REGS (nest)
 *			ATOLL_REGS_A_GPR	(binary, 16 u64: RAX RCX RDX
 *						RBX RSP RBP RSI RDI R8 .. R15)
 *			ATOLL_REGS_A_RIP	(u64)
 *			ATOLL_REGS_A_RFLAGS	(u64)
 *			ATOLL_REGS_A_CR0, _CR2, _CR3, _CR4, _EFER (u64)
 *			ATOLL_REGS_A_CS, _SS	(u32) selectors
 */
#ifndef _UAPI_LINUX_ATOLL_H
#define _UAPI_LINUX_ATOLL_H

#define ATOLL_GENL_NAME		"atoll"
#define ATOLL_GENL_VERSION	1
#define ATOLL_MCGRP_EVENTS	"events"

/* A name's length, without the terminating NUL */
#define ATOLL_NAME_MAX		63
/* The pool that is always there */
#define ATOLL_POOL_DEFAULT	"dynamic"
/* A command line's length, without the terminating NUL */
#define ATOLL_CMDLINE_MAX	4095
#define ATOLL_MODULES_MAX	32
#define ATOLL_VCPUS_MAX		32
/* Bytes of a crashed VM's console that are shown */
#define ATOLL_CONSOLE_TAIL_MAX	2048

enum atoll_cmd {
	ATOLL_CMD_UNSPEC,
	ATOLL_CMD_HOST_GET,
	ATOLL_CMD_HOST_SET,
	ATOLL_CMD_VM_DEFINE,
	ATOLL_CMD_VM_UNDEFINE,
	ATOLL_CMD_VM_GET,
	ATOLL_CMD_VM_START,
	ATOLL_CMD_VM_STOP,
	ATOLL_CMD_VM_KILL,
	ATOLL_CMD_VM_PAUSE,
	ATOLL_CMD_VM_RESUME,
	ATOLL_CMD_VM_EVENT,
	ATOLL_CMD_VM_BUTTON,
	ATOLL_CMD_AUDIT,
	ATOLL_CMD_VM_MAP,
	ATOLL_CMD_POOL_GET,
	ATOLL_CMD_POOL_ADD,
	ATOLL_CMD_POOL_SET,
	ATOLL_CMD_POOL_REMOVE,
	ATOLL_CMD_VM_TRIM,
	__ATOLL_CMD_MAX,
	ATOLL_CMD_MAX = __ATOLL_CMD_MAX - 1
};

enum atoll_attr {
	ATOLL_A_UNSPEC,
	ATOLL_A_HOST,
	ATOLL_A_VM,
	ATOLL_A_EVENT,
	ATOLL_A_PAD,
	ATOLL_A_AUDIT,
	ATOLL_A_MAP,
	ATOLL_A_POOL,
	ATOLL_A_TRIM,
	__ATOLL_A_MAX,
	ATOLL_A_MAX = __ATOLL_A_MAX - 1
};

enum atoll_host_attr {
	ATOLL_HOST_A_UNSPEC,
	ATOLL_HOST_A_VERSION,
	ATOLL_HOST_A_BACKEND,
	ATOLL_HOST_A_VCPUS_MAX,
	ATOLL_HOST_A_VMS,
	ATOLL_HOST_A_VMS_ACTIVE,
	ATOLL_HOST_A_POOL_LIMIT,
	ATOLL_HOST_A_POOL_USED,
	ATOLL_HOST_A_CPUS_ON,
	ATOLL_HOST_A_FEATURE,
	ATOLL_HOST_A_PAD,
	ATOLL_HOST_A_POOL_PROMISED,
	ATOLL_HOST_A_POOL_OVERCOMMIT,
	__ATOLL_HOST_A_MAX,
	ATOLL_HOST_A_MAX = __ATOLL_HOST_A_MAX - 1
};

enum atoll_audit_attr {
	ATOLL_AUDIT_A_UNSPEC,
	ATOLL_AUDIT_A_VMS,
	ATOLL_AUDIT_A_TABLES,
	ATOLL_AUDIT_A_ENTRIES,
	ATOLL_AUDIT_A_FRAMES,
	ATOLL_AUDIT_A_RECORDS,
	ATOLL_AUDIT_A_TIME_NS,
	ATOLL_AUDIT_A_VIOLATIONS,
	ATOLL_AUDIT_A_VIOLATION,
	ATOLL_AUDIT_A_PAD,
	ATOLL_AUDIT_A_PERMISSIONS,
	ATOLL_AUDIT_A_ZEROES,
	ATOLL_AUDIT_A_DEEP,
	ATOLL_AUDIT_A_SHARED,
	__ATOLL_AUDIT_A_MAX,
	ATOLL_AUDIT_A_MAX = __ATOLL_AUDIT_A_MAX - 1
};

enum atoll_map_attr {
	ATOLL_MAP_A_UNSPEC,
	ATOLL_MAP_A_FROM,
	ATOLL_MAP_A_NEXT,
	ATOLL_MAP_A_RUN,
	ATOLL_MAP_A_PAD,
	__ATOLL_MAP_A_MAX,
	ATOLL_MAP_A_MAX = __ATOLL_MAP_A_MAX - 1
};

enum atoll_run_attr {
	ATOLL_RUN_A_UNSPEC,
	ATOLL_RUN_A_GPA,
	ATOLL_RUN_A_LEN,
	ATOLL_RUN_A_HPA,
	ATOLL_RUN_A_PAGE,
	ATOLL_RUN_A_TOUCHED,
	ATOLL_RUN_A_PAD,
	ATOLL_RUN_A_SHARED,
	__ATOLL_RUN_A_MAX,
	ATOLL_RUN_A_MAX = __ATOLL_RUN_A_MAX - 1
};

enum atoll_trim_attr {
	ATOLL_TRIM_A_UNSPEC,
	ATOLL_TRIM_A_GIVEN_BACK,
	ATOLL_TRIM_A_MERGED,
	ATOLL_TRIM_A_PAD,
	ATOLL_TRIM_A_SPLIT,
	ATOLL_TRIM_A_CAME_APART,
	__ATOLL_TRIM_A_MAX,
	ATOLL_TRIM_A_MAX = __ATOLL_TRIM_A_MAX - 1
};

enum atoll_pool_attr {
	ATOLL_POOL_A_UNSPEC,
	ATOLL_POOL_A_NAME,
	ATOLL_POOL_A_LIMIT,
	ATOLL_POOL_A_START,
	ATOLL_POOL_A_LEN,
	ATOLL_POOL_A_OVERCOMMIT,
	ATOLL_POOL_A_KIND,
	ATOLL_POOL_A_PROMISED,
	ATOLL_POOL_A_USED,
	ATOLL_POOL_A_GUESTS,
	ATOLL_POOL_A_FREE,
	ATOLL_POOL_A_FREE_WHOLE,
	ATOLL_POOL_A_PAD,
	ATOLL_POOL_A_SPLITS,
	ATOLL_POOL_A_CLEARING,
	__ATOLL_POOL_A_MAX,
	ATOLL_POOL_A_MAX = __ATOLL_POOL_A_MAX - 1
};

enum atoll_vm_attr {
	ATOLL_VM_A_UNSPEC,
	ATOLL_VM_A_NAME,
	ATOLL_VM_A_ID,
	ATOLL_VM_A_MEMORY,
	ATOLL_VM_A_NR_VCPUS,
	ATOLL_VM_A_BOOT,
	ATOLL_VM_A_STATE,
	ATOLL_VM_A_EXIT_CODE,
	ATOLL_VM_A_CRASH,
	ATOLL_VM_A_CONSOLE,
	ATOLL_VM_A_CONSOLE_PENDING,
	ATOLL_VM_A_CONSOLE_LOST,
	ATOLL_VM_A_UPTIME_NS,
	ATOLL_VM_A_UNCLAIMED,
	ATOLL_VM_A_VCPU,
	ATOLL_VM_A_PAD,
	ATOLL_VM_A_CONSOLE_TAIL,
	ATOLL_VM_A_PIN,
	ATOLL_VM_A_RESERVE,
	ATOLL_VM_A_UNKNOWN_MSRS,
	ATOLL_VM_A_RESIDENT,
	ATOLL_VM_A_PAUSE_REASON,
	ATOLL_VM_A_TSC_KHZ,
	ATOLL_VM_A_OVERHEAD,
	ATOLL_VM_A_POOL,
	ATOLL_VM_A_SMALL,
	ATOLL_VM_A_SPLITS,
	ATOLL_VM_A_NODE,
	ATOLL_VM_A_SHARED,
	__ATOLL_VM_A_MAX,
	ATOLL_VM_A_MAX = __ATOLL_VM_A_MAX - 1
};

enum atoll_boot_attr {
	ATOLL_BOOT_A_UNSPEC,
	ATOLL_BOOT_A_IMAGE_FD,
	ATOLL_BOOT_A_FORMAT,
	ATOLL_BOOT_A_LOAD_ADDR,
	ATOLL_BOOT_A_CMDLINE,
	ATOLL_BOOT_A_MODULE,
	__ATOLL_BOOT_A_MAX,
	ATOLL_BOOT_A_MAX = __ATOLL_BOOT_A_MAX - 1
};

enum atoll_module_attr {
	ATOLL_MODULE_A_UNSPEC,
	ATOLL_MODULE_A_FD,
	ATOLL_MODULE_A_CMDLINE,
	__ATOLL_MODULE_A_MAX,
	ATOLL_MODULE_A_MAX = __ATOLL_MODULE_A_MAX - 1
};

enum atoll_crash_attr {
	ATOLL_CRASH_A_UNSPEC,
	ATOLL_CRASH_A_REASON,
	ATOLL_CRASH_A_VCPU,
	ATOLL_CRASH_A_REGS,
	__ATOLL_CRASH_A_MAX,
	ATOLL_CRASH_A_MAX = __ATOLL_CRASH_A_MAX - 1
};

enum atoll_regs_attr {
	ATOLL_REGS_A_UNSPEC,
	ATOLL_REGS_A_GPR,
	ATOLL_REGS_A_RIP,
	ATOLL_REGS_A_RFLAGS,
	ATOLL_REGS_A_CR0,
	ATOLL_REGS_A_CR2,
	ATOLL_REGS_A_CR3,
	ATOLL_REGS_A_CR4,
	ATOLL_REGS_A_EFER,
	ATOLL_REGS_A_CS,
	ATOLL_REGS_A_SS,
	ATOLL_REGS_A_PAD,
	__ATOLL_REGS_A_MAX,
	ATOLL_REGS_A_MAX = __ATOLL_REGS_A_MAX - 1
};

enum atoll_vcpu_attr {
	ATOLL_VCPU_A_UNSPEC,
	ATOLL_VCPU_A_INDEX,
	ATOLL_VCPU_A_STATE,
	ATOLL_VCPU_A_TID,
	ATOLL_VCPU_A_CPU,
	ATOLL_VCPU_A_EXIT,
	ATOLL_VCPU_A_PIN,
	__ATOLL_VCPU_A_MAX,
	ATOLL_VCPU_A_MAX = __ATOLL_VCPU_A_MAX - 1
};

enum atoll_overhead_attr {
	ATOLL_OVERHEAD_A_UNSPEC,
	ATOLL_OVERHEAD_A_KIND,
	ATOLL_OVERHEAD_A_BYTES,
	ATOLL_OVERHEAD_A_PAD,
	__ATOLL_OVERHEAD_A_MAX,
	ATOLL_OVERHEAD_A_MAX = __ATOLL_OVERHEAD_A_MAX - 1
};

enum atoll_exit_attr {
	ATOLL_EXIT_A_UNSPEC,
	ATOLL_EXIT_A_KIND,
	ATOLL_EXIT_A_COUNT,
	ATOLL_EXIT_A_PAD,
	__ATOLL_EXIT_A_MAX,
	ATOLL_EXIT_A_MAX = __ATOLL_EXIT_A_MAX - 1
};

enum atoll_pool_kind {
	ATOLL_POOL_DYNAMIC,	/* from the host's page allocator, up to a limit */
	ATOLL_POOL_RESERVED,	/* a range that was set aside at boot */
};

enum atoll_state {
	ATOLL_STATE_NEW,	/* defined, never started */
	ATOLL_STATE_RUNNING,
	ATOLL_STATE_PAUSED,
	ATOLL_STATE_STOPPED,	/* ended: by itself, or by stop or kill */
	ATOLL_STATE_CRASHED,	/* ended by a mistake of its own */
	__ATOLL_STATES
};

enum atoll_vcpu_state {
	ATOLL_VCPU_OFF,		/* the VM is not running */
	ATOLL_VCPU_WAIT_SIPI,	/* a secondary CPU that nobody has started */
	ATOLL_VCPU_RUNS,	/* in the guest, or on its way there */
	ATOLL_VCPU_HALTED,	/* executed HLT and waits for an interrupt */
	ATOLL_VCPU_HELD,	/* the VM is paused */
};

enum atoll_event {
	ATOLL_EVENT_DEFINED,
	ATOLL_EVENT_STARTED,
	ATOLL_EVENT_PAUSED,
	ATOLL_EVENT_RESUMED,
	ATOLL_EVENT_STOPPED,
	ATOLL_EVENT_CRASHED,
	ATOLL_EVENT_UNDEFINED,
	ATOLL_EVENT_REBOOTED,	/* by itself; it runs on */
};

enum atoll_boot_format {
	ATOLL_BOOT_AUTO,	/* LINUX, MULTIBOOT or PVH, as the image shows */
	ATOLL_BOOT_FLAT,	/* 16-bit real-mode code, loaded as it is */
	ATOLL_BOOT_MULTIBOOT,	/* multiboot 1 */
	ATOLL_BOOT_LINUX,	/* bzImage, 64-bit, boot protocol 2.12 or later */
	ATOLL_BOOT_PVH,		/* ELF with a PVH note, such as vmlinux */
	__ATOLL_BOOT_FORMATS
};

#endif
