// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading is not using: where a guest reads what it has never written, it is given
 * zeroes that all guests share and none may write, and holds nothing of its own.
 *
 * There is one extent of them for the host, there for as long as a guest has a part
 * of it mapped.  It is mapped like an extent, or page by page where that is how the
 * place is, and is in no guest's books: a place that is not taken may lead there or
 * nowhere.  A write faults, and elastic.c takes what the guest lacks.  Before that is
 * mapped no CPU may know the zeroes any more, or one vCPU would go on reading them
 * while another writes; so they are unmapped first, and whoever reads meanwhile faults
 * and waits for gmem->lock.
 *
 * vm/want.c shares; elastic.c and trim.c unshare.
 */
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/sched.h>

#include "elastic.h"
#include "s2entry.h"

/* Who finds none does without: it is not worth to work for */
#define ZEROES_GFP	(GFP_KERNEL | __GFP_COMP | __GFP_ZERO | __GFP_NOWARN | __GFP_NORETRY)
#define ZEROES_ORDER	(ATOLL_EXTENT_SHIFT - PAGE_SHIFT)

static DEFINE_MUTEX(zeroes_lock);
static void *zeroes;		/* [zeroes_lock] NULL: nobody needs any */
static u32 nr_sharers;		/* [zeroes_lock] guests */

static void *get_zeroes(void)
{
	struct page *page;

	guard(mutex)(&zeroes_lock);
	if (!zeroes) {
		page = alloc_pages(ZEROES_GFP, ZEROES_ORDER);
		if (!page)
			return NULL;
		zeroes = page_address(page);
	}
	nr_sharers++;
	return zeroes;
}

static void put_zeroes(void)
{
	guard(mutex)(&zeroes_lock);
	if (--nr_sharers)
		return;
	__free_pages(virt_to_page(zeroes), ZEROES_ORDER);
	zeroes = NULL;
}

/**
 * elastic_is_shared - does this address lie in the zeroes that a guest shares?
 * @gmem:	the guest's memory; its lock is held
 * @hpa:	host-physical, any
 *
 * Does not sleep.
 */
bool elastic_is_shared(const struct atoll_gmem *gmem, u64 hpa)
{
	return gmem->zeroes && hpa - virt_to_phys(gmem->zeroes) < ATOLL_EXTENT_BYTES;
}

/* How much is mapped at once where this byte is: by what else may be there one day */
static u32 share_level(const struct atoll_slot *slot, u64 offset)
{
	u32 i = offset >> ATOLL_EXTENT_SHIFT;

	return atoll_slot_place(slot, i) || extent_len(slot, i) != ATOLL_EXTENT_BYTES ? 1 : 2;
}

static int share_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot, u64 offset)
{
	u32 level = share_level(slot, offset);
	u64 start = round_down(offset, s2_bytes(level));
	int err;

	lockdep_assert_held(&gmem->lock);
	err = atoll_s2pt_map_page(&gmem->s2, slot->gpa + start,
				  virt_to_phys(gmem->zeroes) + (start & (ATOLL_EXTENT_BYTES - 1)),
				  level, 0);
	if (!err)
		WRITE_ONCE(gmem->nr_shared, gmem->nr_shared + (s2_bytes(level) >> PAGE_SHIFT));
	return err;
}

/**
 * atoll_gmem_share - let a guest read zeroes where it has nothing yet
 * @gmem:	the guest's memory; vCPUs may run
 * @gpa:	an address that was read
 *
 * May sleep.
 *
 * Return: 0: it can be read; -EFAULT: it is not RAM; -EEXIST: there is something
 * already; -ENOMEM: the host has no zeroes, or no memory for tables.
 */
int atoll_gmem_share(struct atoll_gmem *gmem, u64 gpa)
{
	const struct atoll_slot *slot = atoll_gmem_slot(gmem, gpa, 1);
	struct atoll_s2_leaf leaf;

	if (!slot)
		return -EFAULT;
	guard(mutex)(&gmem->lock);
	if (!atoll_s2pt_lookup(&gmem->s2, gpa, &leaf))
		return -EEXIST;
	if (!gmem->zeroes)
		gmem->zeroes = get_zeroes();
	return gmem->zeroes ? share_locked(gmem, slot, gpa - slot->gpa) : -ENOMEM;
}

static void unshare_range_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot,
				 u64 offset, u64 end, struct atoll_s2_gather *gather)
{
	u64 bytes = s2_bytes(share_level(slot, offset));
	struct atoll_s2_leaf leaf;

	lockdep_assert_held(&gmem->lock);
	for (offset = round_down(offset, bytes); offset < end; offset += bytes) {
		if (atoll_s2pt_lookup(&gmem->s2, slot->gpa + offset, &leaf) ||
		    !elastic_is_shared(gmem, leaf.hpa))
			continue;
		/* A whole leaf: takes no memory, and can't fail */
		WARN_ON_ONCE(atoll_s2pt_zap(&gmem->s2, slot->gpa + offset, bytes, gather));
		WRITE_ONCE(gmem->nr_shared, gmem->nr_shared - (bytes >> PAGE_SHIFT));
	}
}

/* What CPUs know is gone when this returns */
static void flush_locked(struct atoll_gmem *gmem, struct atoll_s2_gather *gather)
{
	lockdep_assert_held(&gmem->lock);
	if (gather->flush && gmem->flush)
		gmem->flush(gmem);
	atoll_s2pt_flushed(&gmem->s2, gather);
}

/**
 * elastic_unshare_locked - take the zeroes away from where memory is to come
 * @gmem:	the guest's memory, locked; vCPUs may run
 * @slot:	of its slots
 * @offset:	first byte in it that is to come
 * @end:	the one behind the last, in the same extent
 *
 * Of a place that is not taken all of them go, whatever comes there first.  Sleeps
 * until no CPU knows them.
 */
void elastic_unshare_locked(struct atoll_gmem *gmem, const struct atoll_slot *slot,
			    u64 offset, u64 end)
{
	u32 i = offset >> ATOLL_EXTENT_SHIFT;
	struct atoll_s2_gather gather;

	lockdep_assert_held(&gmem->lock);
	if (!atoll_slot_place(slot, i)) {
		offset = (u64)i << ATOLL_EXTENT_SHIFT;
		end = offset + extent_len(slot, i);
	}
	atoll_s2_gather_init(&gather);
	unshare_range_locked(gmem, slot, offset, end, &gather);
	flush_locked(gmem, &gather);
}

/**
 * elastic_unshare_all_locked - the same for all that a guest has
 * @gmem:	the guest's memory, locked; vCPUs may run
 *
 * Sleeps as well.
 */
void elastic_unshare_all_locked(struct atoll_gmem *gmem)
{
	const struct atoll_slot *slot;
	struct atoll_s2_gather gather;
	u64 start;
	u32 i;

	lockdep_assert_held(&gmem->lock);
	atoll_s2_gather_init(&gather);
	for (slot = gmem->slot; slot < gmem->slot + gmem->nr_slots; slot++) {
		for (i = 0; gmem->nr_shared && i < slot->nr_extents; i++) {
			start = (u64)i << ATOLL_EXTENT_SHIFT;
			unshare_range_locked(gmem, slot, start, start + extent_len(slot, i),
					     &gather);
			cond_resched();
		}
	}
	flush_locked(gmem, &gather);
}

/**
 * elastic_forget_shared_locked - a guest's tables, or all that was in them, are gone
 * @gmem:	the guest's memory, locked; no vCPU runs, and none will before a flush
 *
 * Does not wait for anybody who runs.
 */
void elastic_forget_shared_locked(struct atoll_gmem *gmem)
{
	lockdep_assert_held(&gmem->lock);
	WRITE_ONCE(gmem->nr_shared, 0);
	if (gmem->zeroes)
		put_zeroes();
	gmem->zeroes = NULL;
}

/**
 * atoll_gmem_shared - bytes that a guest reads and doesn't hold
 * @gmem:	the guest's memory
 *
 * Any context.  As it is just now.
 */
u64 atoll_gmem_shared(const struct atoll_gmem *gmem)
{
	return READ_ONCE(gmem->nr_shared) << PAGE_SHIFT;
}

/**
 * atoll_zeroes_audit - check that what guests share is what they expect
 * @audit:	counts and violations are added; audit->who is set
 *
 * May sleep.
 */
void atoll_zeroes_audit(struct atoll_audit *audit)
{
	const void *dirt;

	audit->who = "zeroes";
	guard(mutex)(&zeroes_lock);
	if (!zeroes)
		return;
	if (atoll_pool_owner(virt_to_phys(zeroes)))
		atoll_blame(audit, "what all guests share is on record as one guest's");
	if (!audit->deep)
		return;
	audit->zeroes += BIT(ZEROES_ORDER);
	dirt = memchr_inv(zeroes, 0, ATOLL_EXTENT_BYTES);
	if (dirt)
		atoll_blame(audit, "frame %#llx, which guests share, is not zero",
			    (u64)virt_to_phys((void *)dirt) & PAGE_MASK);
}
