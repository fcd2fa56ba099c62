// SPDX-License-Identifier: GPL-2.0-only
/*
 * The audit: a guest's stage-2 tables, walked as the CPU does, against the records
 * of what the guest owns.  Knows nothing of how the tables were built: it must not
 * repeat a mistake of s2pt.c, so it reads entries by the format alone.
 *
 * What it proves, as long as it holds the guest's lock: every frame that the CPU
 * can reach lies in an extent that the pool has on record as this guest's, at the
 * address where the guest's own books have it; no table lies in guest memory; and
 * the two records agree in number, so that no extent is in the books twice.
 * Called by nl/, for one guest after the other, while they run.
 */
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>

#include "gmem.h"

#define TABLE_ENTRIES	512
#define LEAF_LEVEL_MAX	3
#define FRAMES_IN_EXTENT	(ATOLL_EXTENT_BYTES / PAGE_SIZE)

/**
 * struct walk - one walk
 * @gmem:	whose tables
 * @audit:	what was found
 * @last_extent: number of the one in the guest's space that was seen last
 * @mapped:	extents that are mapped, whole or in part
 * @frames:	frames that are mapped where no extent is
 * @tables:	pages of tables that were reached
 */
struct walk {
	struct atoll_gmem *gmem;
	struct atoll_audit *audit;
	u64 last_extent;
	u32 mapped;
	u32 frames;
	u32 tables;
};

/**
 * atoll_blame - note a violation
 * @audit:	has room for the first few; the others are counted
 * @fmt:	what is wrong with the guest that audit->who names
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

static u64 level_bytes(u32 level)
{
	return 1ULL << (PAGE_SHIFT + 9 * (level - 1));
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

/* A run of frames within one extent, all of which a leaf maps */
static void check_frames(struct walk *w, u64 gpa, u64 hpa, u64 bytes)
{
	const struct atoll_gmem *owner = atoll_pool_owner(hpa);
	struct atoll_audit *audit = w->audit;

	audit->frames += bytes >> PAGE_SHIFT;
	if (!owner)
		atoll_blame(audit, "gpa %#llx is mapped to the host's frame %#llx", gpa, hpa);
	else if (owner != w->gmem)
		atoll_blame(audit, "gpa %#llx is mapped to frame %#llx of another guest", gpa,
			    hpa);
	else if (!atoll_gmem_has(w->gmem, gpa, bytes))
		atoll_blame(audit, "gpa %#llx is mapped to frame %#llx and is not RAM", gpa,
			    hpa);
	else if (booked_hpa(w->gmem, gpa) != hpa)
		atoll_blame(audit,
			    "gpa %#llx is mapped to frame %#llx, which lies elsewhere in RAM",
			    gpa, hpa);
	if (booked_frames(w->gmem, gpa)) {
		w->frames += bytes >> PAGE_SHIFT;
	} else if (w->last_extent != gpa >> ATOLL_EXTENT_SHIFT) {
		w->last_extent = gpa >> ATOLL_EXTENT_SHIFT;
		w->mapped++;
	}
}

static void check_leaf(struct walk *w, u64 gpa, u64 hpa, u32 level)
{
	u64 done, part;

	for (done = 0; done < level_bytes(level); done += part) {
		part = booked_frames(w->gmem, gpa + done) ? PAGE_SIZE :
			min_t(u64, level_bytes(level), ATOLL_EXTENT_BYTES);
		check_frames(w, gpa + done, hpa + done, part);
	}
}

/* Goes as deep as the tree, at most five calls */
static void check_table(struct walk *w, u64 table_pa, u32 level, u64 gpa)
{
	const struct atoll_s2_format *fmt = w->gmem->s2.fmt;
	const u64 *table = phys_to_virt(table_pa);
	u64 entry;
	u32 i;

	/* More than there are: one leads back to another, and the count will tell */
	if (w->tables++ > w->gmem->s2.nr_tables)
		return;
	w->audit->tables++;
	if (!pfn_valid(table_pa >> PAGE_SHIFT)) {
		atoll_blame(w->audit, "the table for gpa %#llx, %#llx, is not memory", gpa,
			    table_pa);
		return;
	}
	if (atoll_pool_owner(table_pa)) {
		atoll_blame(w->audit, "the table for gpa %#llx, %#llx, lies in guest memory",
			    gpa, table_pa);
		/* The guest shall not lead this walk */
		return;
	}
	for (i = 0; i < TABLE_ENTRIES; i++, gpa += level_bytes(level)) {
		entry = READ_ONCE(table[i]);
		w->audit->entries++;
		if (!(entry & fmt->present))
			continue;
		if (level == 1 || (level <= LEAF_LEVEL_MAX && (entry & fmt->large)))
			check_leaf(w, gpa, entry & fmt->addr & ~(level_bytes(level) - 1), level);
		else
			check_table(w, entry & fmt->addr, level - 1, gpa);
	}
	cond_resched();
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
	struct walk w = { .gmem = gmem, .audit = audit, .last_extent = U64_MAX };
	u64 owned, all;

	guard(mutex)(&gmem->lock);
	check_table(&w, root_pa, gmem->s2.levels, 0);
	if (w.tables != gmem->s2.nr_tables)
		atoll_blame(audit, "%u tables are reached, and %u are on record", w.tables,
			    gmem->s2.nr_tables);
	if (w.mapped != gmem->nr_resident)
		atoll_blame(audit, "%u extents are mapped, and %u are held", w.mapped,
			    gmem->nr_resident);
	owned = atoll_pool_owned(gmem, &audit->records);
	if (owned != gmem->nr_resident)
		atoll_blame(audit, "the pool has %llu extents on record, and %u are held", owned,
			    gmem->nr_resident);
	if (w.frames != gmem->nr_frames)
		atoll_blame(audit, "%u frames are mapped, and %u are held", w.frames,
			    gmem->nr_frames);
	owned = atoll_pool_owned_frames(gmem, &all);
	audit->records += all;
	if (owned != gmem->nr_frames)
		atoll_blame(audit, "the pool has %llu frames on record, and %u are held", owned,
			    gmem->nr_frames);
	if (gmem->nr_resident + DIV_ROUND_UP(gmem->nr_frames, FRAMES_IN_EXTENT) >
	    gmem->nr_promised)
		atoll_blame(audit, "%u extents and %u frames are held, and %u were promised",
			    gmem->nr_resident, gmem->nr_frames, gmem->nr_promised);
}
