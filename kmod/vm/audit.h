/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an audit tells: vm/audit.c and mem/audit.c fill it in, nl/ sends it.
 */
#ifndef ATOLL_VM_AUDIT_H
#define ATOLL_VM_AUDIT_H

#include <linux/types.h>

/* Violations that are told; the others are counted only */
#define ATOLL_AUDIT_TOLD_MAX	16
#define ATOLL_AUDIT_TOLD_LEN	160

/**
 * struct atoll_audit - what an audit has seen
 * @who:	the guest, or else what, that is looked at
 * @vms:	guests looked at
 * @tables:	pages of stage-2 tables
 * @entries:	in those
 * @frames:	of 4 KiB that are mapped
 * @records:	extents, and frames that are none's, that the pools have on record
 * @permissions: bits of the maps of MSRs and ports
 * @zeroes:	frames of 4 KiB that have to be zero, and were read
 * @deep:	asked for: read those
 * @ns:		how long it took
 * @nr_violations: what was wrong
 * @violation:	a sentence for each of the first
 */
struct atoll_audit {
	const char *who;
	u32 vms;
	u64 tables;
	u64 entries;
	u64 frames;
	u64 records;
	u64 permissions;
	u64 zeroes;
	u64 shared;
	u8 deep;
	u64 ns;
	u64 nr_violations;
	char violation[ATOLL_AUDIT_TOLD_MAX][ATOLL_AUDIT_TOLD_LEN];
};

#endif
