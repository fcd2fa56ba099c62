/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vCPU without a thread, on the fake backend: 2 MiB of RAM, no chips.  For
 * suites that call an exit's handler and look at what it did.
 */
#ifndef FAKE_GUEST_H
#define FAKE_GUEST_H

#include "fake_hw.h"

#define FAKE_GUEST_RAM	ATOLL_EXTENT_BYTES

/* What kind of code the vCPU runs; paging is off but for LONG */
enum fake_guest_mode {
	FAKE_GUEST_REAL,
	FAKE_GUEST_PROTECTED,	/* 32-bit, flat segments */
	FAKE_GUEST_LONG,	/* 64-bit, tables at FAKE_GUEST_TABLES */
};

/* The table of level n lies n pages behind this gpa */
#define FAKE_GUEST_TABLES	0x100000

struct atoll_vcpu *fake_guest_create(struct kunit *test);
void fake_guest_destroy(struct atoll_vcpu *vcpu);
void fake_guest_enter(struct atoll_vcpu *vcpu, enum fake_guest_mode mode);
void fake_guest_poke(struct atoll_vcpu *vcpu, u64 gpa, const void *data, size_t len);
u64 fake_guest_peek(struct atoll_vcpu *vcpu, u64 gpa, size_t len);
void fake_guest_map(struct atoll_vcpu *vcpu, u64 gva, u64 entry);

#endif
