// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit of a guest's memory: what s2walk.c finds from the root that the CPU
 * is given, against the records of what the guest owns.
 *
 * What it proves, as long as it holds the guest's lock: every frame that the CPU
 * can reach is, or lies in an extent, that the pool has on record as this guest's, at the
 * address where the guest's own books have it, or one of the zeroes that all guests
 * share (share.c), which it can't write; every table is one that this tree
 * took from the kernel, and none lies in guest memory; and the records agree in
 * number, so that no extent is in the books twice.  It changes nothing.  vm/audit.c
 * calls it, for one guest after the other, while they run.
 */
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "elastic.h"
#include "s2entry.h"

#define FRAMES_IN_EXTENT	(ATOLL_EXTENT_BYTES / PAGE_SIZE)

/**
 * struct look - one guest's tables, as they are walked
 * @gmem:	whose
 * @audit:	what was found
 * @last_extent: number of the one in the guest's space that was seen last
 * @mapped:	extents that are mapped, whole or in part
 * @frames:	frames that are mapped where no extent is
 * @shared:	frames of the zeroes that all guests read
 * @tables:	pages of tables that were reached
 */
struct look {
	struct atoll_gmem *gmem;
	struct atoll_audit *audit;
	u64 last_extent;
	u32 mapped;
	u32 frames;
	u64 shared;
	u32 tables;
};

/**
 * atoll_blame - note a violation
 * @audit:	has room for the first few; the others are counted
 * @fmt:	what is wrong with the guest that audit->who names
 *
 * Any context.
 */
void atoll_blame(struct atoll_audit *audit, const char *fmt, ...)
{
	const size_t room = sizeof(audit->violation[0]);
	char *text;
	va_list args;
	int len;

	if (audit->nr_violations++ >= ATOLL_AUDIT_TOLD_MAX)
		return;
	text = audit->violation[audit->nr_violations - 1];
	len = scnprintf(text, room, "%s: ", audit->who);
	va_start(args, fmt);
	vscnprintf(text + len, room - len, fmt, args);
	va_end(args);
}

/* The frames that the books have where this byte is; NULL: an extent, or nothing */
static void **booked_frames(const struct atoll_gmem *gmem, u64 gpa)
{
	const struct atoll_slot *slot = atoll_gmem_slot(gmem, gpa, 1);

	if (!slot)
		return NULL;
	return atoll_place_frames(atoll_slot_place(slot, (gpa - slot->gpa) >> ATOLL_EXTENT_SHIFT));
}

/* The books' idea of where the host has this byte of RAM; 0: nowhere */
static u64 booked_hpa(const struct atoll_gmem *gmem, u64 gpa)
{
	const struct atoll_slot *slot = atoll_gmem_slot(gmem, gpa, 1);
	u64 in_extent = gpa & (ATOLL_EXTENT_BYTES - 1);
	void **frames = booked_frames(gmem, gpa), *start;

	if (!slot)
		return 0;
	start = frames ? frames[in_extent >> PAGE_SHIFT] :
		atoll_slot_place(slot, (gpa - slot->gpa) >> ATOLL_EXTENT_SHIFT);
	if (!start)
		return 0;
	return atoll_pool_hpa(gmem, start) + (frames ? gpa & ~PAGE_MASK : in_extent);
}

/* Zeroes, which all guests may read: where a guest has nothing of its own, and no further */
static void check_shared(struct look *l, u64 gpa, u64 hpa, u64 bytes, bool writable)
{
	l->shared += bytes >> PAGE_SHIFT;
	l->audit->shared += bytes >> PAGE_SHIFT;
	if (writable)
		atoll_blame(l->audit, "gpa %#llx can write to frame %#llx, which guests share",
			    gpa, hpa);
	else if (!atoll_gmem_has(l->gmem, gpa, bytes))
		atoll_blame(l->audit, "gpa %#llx is mapped to frame %#llx and is not RAM", gpa,
			    hpa);
	else if (booked_hpa(l->gmem, gpa))
		atoll_blame(l->audit,
			    "gpa %#llx is mapped to frame %#llx, which guests share, and has its own",
			    gpa, hpa);
}

/* A run of frames within one extent, all of which a leaf maps */
static void check_frames(struct look *l, u64 gpa, u64 hpa, u64 bytes)
{
	const struct atoll_gmem *owner = atoll_pool_owner(hpa);
	struct atoll_audit *audit = l->audit;

	audit->frames += bytes >> PAGE_SHIFT;
	if (!owner)
		atoll_blame(audit, "gpa %#llx is mapped to the host's frame %#llx", gpa, hpa);
	else if (owner != l->gmem)
		atoll_blame(audit, "gpa %#llx is mapped to frame %#llx of another guest", gpa,
			    hpa);
	else if (!atoll_gmem_has(l->gmem, gpa, bytes))
		atoll_blame(audit, "gpa %#llx is mapped to frame %#llx and is not RAM", gpa,
			    hpa);
	else if (booked_hpa(l->gmem, gpa) != hpa)
		atoll_blame(audit,
			    "gpa %#llx is mapped to frame %#llx, which lies elsewhere in RAM",
			    gpa, hpa);
	if (booked_frames(l->gmem, gpa)) {
		l->frames += bytes >> PAGE_SHIFT;
	} else if (l->last_extent != gpa >> ATOLL_EXTENT_SHIFT) {
		l->last_extent = gpa >> ATOLL_EXTENT_SHIFT;
		l->mapped++;
	}
}

static void check_leaf(struct look *l, const struct atoll_s2_visit *v)
{
	u64 hpa = s2_start(v->entry & l->gmem->s2.fmt->addr, v->level);
	u64 done, part;

	for (done = 0; done < s2_bytes(v->level); done += part) {
		part = booked_frames(l->gmem, v->gpa + done) ? PAGE_SIZE :
			min_t(u64, s2_bytes(v->level), ATOLL_EXTENT_BYTES);
		if (elastic_is_shared(l->gmem, hpa + done))
			check_shared(l, v->gpa + done, hpa + done, part,
				     v->entry & l->gmem->s2.fmt->write);
		else
			check_frames(l, v->gpa + done, hpa + done, part);
	}
}

static void blame_flaw(struct look *l, const struct atoll_s2_visit *v)
{
	u64 table = v->entry & l->gmem->s2.fmt->addr;

	switch (v->flaw) {
	case ATOLL_S2_FLAW_STRAY:
		atoll_blame(l->audit, "the entry for gpa %#llx, %#llx, is not present and not 0",
			    v->gpa, v->entry);
		return;
	case ATOLL_S2_FLAW_ALIGN:
		atoll_blame(l->audit, "the entry for gpa %#llx, %#llx, maps no whole large page",
			    v->gpa, v->entry);
		return;
	case ATOLL_S2_FLAW_TABLE:
		if (atoll_pool_owner(table))
			atoll_blame(l->audit,
				    "the table for gpa %#llx, %#llx, lies in guest memory",
				    v->gpa, table);
		else
			atoll_blame(l->audit,
				    "the table for gpa %#llx, %#llx, was never made for that",
				    v->gpa, table);
		return;
	default:
		atoll_blame(l->audit, "the entry for gpa %#llx, %#llx, has bits that none has",
			    v->gpa, v->entry);
	}
}

static int see_table(void *arg, u64 pa, u32 level, u64 gpa)
{
	struct look *l = arg;

	l->tables++;
	l->audit->tables++;
	l->audit->entries += S2_ENTRIES;
	if (atoll_pool_owner(pa))
		atoll_blame(l->audit, "the table for gpa %#llx, %#llx, lies in guest memory",
			    gpa, pa);
	return 0;
}

static int see_entry(void *arg, const struct atoll_s2_visit *v)
{
	if (v->flaw)
		blame_flaw(arg, v);
	if (v->leaf)
		check_leaf(arg, v);
	return 0;
}

static const struct atoll_s2_walk_ops look_ops = { see_table, see_entry };

/* Of a slot's last extent, what lies behind RAM: the guest owns it, and can't reach it */
static void check_rest(struct look *l, const struct atoll_slot *slot)
{
	u64 used = slot->len & (ATOLL_EXTENT_BYTES - 1);
	void *extent;
	const void *dirt;

	if (!used)
		return;
	extent = atoll_slot_place(slot, slot->nr_extents - 1);
	/* Of frames none is there: it was never touched, or has gone back */
	if (!extent || atoll_place_frames(extent))
		return;
	l->audit->zeroes += (ATOLL_EXTENT_BYTES - used) >> PAGE_SHIFT;
	dirt = memchr_inv(extent + used, 0, ATOLL_EXTENT_BYTES - used);
	if (dirt)
		atoll_blame(l->audit, "frame %#llx, behind the end of RAM, is not zero",
			    atoll_pool_hpa(l->gmem, dirt) & PAGE_MASK);
}

static void check_numbers(struct look *l)
{
	struct atoll_gmem *gmem = l->gmem;
	u64 owned;

	if (l->tables != gmem->s2.nr_tables)
		atoll_blame(l->audit, "%u tables are reached, and %u are on record", l->tables,
			    gmem->s2.nr_tables);
	if (l->mapped != gmem->nr_resident)
		atoll_blame(l->audit, "%u extents are mapped, and %u are held", l->mapped,
			    gmem->nr_resident);
	owned = atoll_pool_owned(gmem, ATOLL_EXTENT_SHIFT);
	if (owned != gmem->nr_resident)
		atoll_blame(l->audit, "the pool has %llu extents on record, and %u are held",
			    owned, gmem->nr_resident);
	if (l->frames != gmem->nr_frames)
		atoll_blame(l->audit, "%u frames are mapped, and %u are held", l->frames,
			    gmem->nr_frames);
	if (l->shared != gmem->nr_shared)
		atoll_blame(l->audit, "%llu shared frames are mapped, and %llu are counted",
			    l->shared, gmem->nr_shared);
	owned = atoll_pool_owned(gmem, PAGE_SHIFT);
	if (owned != gmem->nr_frames)
		atoll_blame(l->audit, "the pool has %llu frames on record, and %u are held",
			    owned, gmem->nr_frames);
	if (gmem->nr_resident + DIV_ROUND_UP(gmem->nr_frames, FRAMES_IN_EXTENT) >
	    gmem->nr_promised)
		atoll_blame(l->audit, "%u extents and %u frames are held, and %u were promised",
			    gmem->nr_resident, gmem->nr_frames, gmem->nr_promised);
}

/**
 * atoll_gmem_audit - check that a guest reaches its own memory and no other
 * @gmem:	the guest's memory; vCPUs may run
 * @root_pa:	root of the tables that its CPUs use
 * @audit:	counts and violations are added
 *
 * May sleep, and waits while an extent is taken.
 */
void atoll_gmem_audit(struct atoll_gmem *gmem, u64 root_pa, struct atoll_audit *audit)
{
	struct look l = { .gmem = gmem, .audit = audit, .last_extent = U64_MAX };
	const struct atoll_slot *slot;

	guard(mutex)(&gmem->lock);
	if (atoll_s2pt_walk(&gmem->s2, root_pa, 0, s2_bytes(gmem->s2.levels + 1), &look_ops, &l))
		atoll_blame(audit, "the CPU is given the root %#llx, which is not this guest's",
			    root_pa);
	check_numbers(&l);
	for (slot = gmem->slot; audit->deep && slot < gmem->slot + gmem->nr_slots; slot++)
		check_rest(&l, slot);
}
