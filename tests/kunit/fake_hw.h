/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A backend without hardware: exits come from a script, registers are plain
 * memory.  With it the whole of the common code runs as it does on a CPU,
 * threads, kicks and all.
 */
#ifndef FAKE_HW_H
#define FAKE_HW_H

#include <kunit/test.h>
#include "../../kmod/atoll.h"
#include "../../kmod/hw/hw.h"

/**
 * struct fake_hw - what the fake CPUs do, and what they saw
 * @script:	exits of vCPU 0, in order; the last one repeats for ever
 * @len:	of @script
 * @next:	index of the exit that comes next
 * @runs:	how often a guest was entered
 * @flushes:	how often a vCPU's TLB was flushed
 * @put_ms:	how long it takes to put a vCPU away
 * @wait_for_kick: an entry lasts until a kick ends it
 * @unkicked:	how often a request came without one
 * @cpu_on_err:	what switching a CPU on returns
 * @take_interrupts: would the guest take an interrupt?
 * @injected:	the vector that was injected last, -1: none
 * @raised:	the exception that was raised last, -1: none
 * @raised_error: its error code, -1: none
 * @windows:	how often a window was asked for
 * @cr8_below:	what CR8 was to fall below when that was asked for last, 0: never
 * @take_nmis:	would the guest take an NMI?
 * @nmis:	how many were injected
 * @nmi_windows: how often an exit was asked for that tells when it takes one
 * @tsc_ratio_bits: of the ratio by which it scales the TSC, 0: it doesn't
 * @cpus_on:	CPUs switched on and not off again
 * @open_msr:	an MSR that can be written without an exit, 0: none but those that may
 * @open_port:	the same of a port
 * @unguarded:	vCPUs don't heed the permission maps
 */
struct fake_hw {
	const struct atoll_exit *script;
	u32 len;
	u32 next;
	atomic_t runs;
	atomic_t flushes;
	u32 put_ms;
	int wait_for_kick;
	int unkicked;
	int cpu_on_err;
	int take_interrupts;
	int injected;
	int raised;
	s64 raised_error;
	int windows;
	int cr8_below;
	int take_nmis;
	int nmis;
	int nmi_windows;
	u32 tsc_ratio_bits;
	atomic_t cpus_on;
	u32 open_msr;
	u32 open_port;
	int unguarded;
};

extern struct fake_hw fake_hw;

void fake_hw_install(void);
void fake_hw_remove(void);
int fake_rooms_open(struct kunit *test);
void fake_rooms_close(struct kunit *test);
void fake_hw_play(const struct atoll_exit *script, u32 len);
void fake_vm_config(struct kunit *test, struct atoll_vm_config *cfg, const char *name,
		    u32 nr_vcpus);
struct atoll_vm *fake_vm_define(struct kunit *test, const char *name, u32 nr_vcpus);
void fake_vm_undefine(struct atoll_vm *vm);
enum atoll_state fake_vm_wait_end(struct atoll_vm *vm);

#endif
