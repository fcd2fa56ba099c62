// SPDX-License-Identifier: GPL-2.0-only
/*
 * The ring of what a guest has printed and nobody has read yet.
 *
 * The guest sets the pace, so nothing here sleeps, grows beyond the ring, or
 * fails: when there is no room or no memory, the oldest goes.  No locks; the
 * console's owner serialises every call.
 */
#include <linux/gfp.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "backlog.h"

static u32 slot_of(u32 pos)
{
	return pos / PAGE_SIZE % ATOLL_BACKLOG_PAGES;
}

/* Give a page back unless the head is writing into it, a lap later */
static void release_page(struct atoll_backlog *log, u32 slot)
{
	if (offset_in_page(log->head) && slot_of(log->head) == slot)
		return;
	free_page((unsigned long)log->page[slot]);
	log->page[slot] = NULL;
}

/* Advance by @n bytes that lie in one page */
static void advance(struct atoll_backlog *log, u32 n)
{
	u32 slot = slot_of(log->tail);

	log->tail += n;
	if (!offset_in_page(log->tail))
		release_page(log, slot);
}

/* No memory: write over the oldest page.  The head stands at a boundary */
static u8 *steal_oldest(struct atoll_backlog *log)
{
	u32 slot = slot_of(log->tail);
	u32 n = PAGE_SIZE - offset_in_page(log->tail);
	u8 *page = log->page[slot];

	if (!atoll_backlog_len(log))
		return NULL;
	log->page[slot] = NULL;
	log->tail += n;
	log->lost += n;
	return page;
}

static u8 *head_page(struct atoll_backlog *log)
{
	u8 **page = &log->page[slot_of(log->head)];

	if (unlikely(!*page))
		*page = (u8 *)__get_free_page(GFP_NOWAIT | __GFP_NOWARN);
	if (unlikely(!*page))
		*page = steal_oldest(log);
	return *page;
}

/**
 * atoll_backlog_put() - keep one more byte, at the cost of the oldest if need be
 * @log:	the backlog
 * @byte:	the byte
 *
 * Context: any but an interrupt; does not sleep.
 */
void atoll_backlog_put(struct atoll_backlog *log, u8 byte)
{
	u8 *page = head_page(log);

	if (unlikely(!page)) {
		log->lost++;
		return;
	}
	if (unlikely(atoll_backlog_len(log) == ATOLL_BACKLOG_BYTES)) {
		log->lost++;
		log->tail++;
	}
	page[offset_in_page(log->head)] = byte;
	log->head++;
}

/**
 * atoll_backlog_take() - take the oldest bytes out
 * @log:	the backlog
 * @buf:	where to
 * @len:	how many at most
 *
 * Context: as atoll_backlog_put().
 * Return: how many.
 */
u32 atoll_backlog_take(struct atoll_backlog *log, u8 *buf, u32 len)
{
	u32 left = min(len, atoll_backlog_len(log));
	u32 taken = left;

	while (left) {
		u32 at = offset_in_page(log->tail);
		u32 n = min_t(u32, left, PAGE_SIZE - at);

		memcpy(buf, log->page[slot_of(log->tail)] + at, n);
		advance(log, n);
		buf += n;
		left -= n;
	}
	return taken;
}

/**
 * atoll_backlog_pages() - how many pages a backlog holds
 * @log:	the backlog
 */
u32 atoll_backlog_pages(const struct atoll_backlog *log)
{
	u32 i, nr = 0;

	for (i = 0; i < ATOLL_BACKLOG_PAGES; i++)
		nr += !!log->page[i];
	return nr;
}

/**
 * atoll_backlog_free() - forget everything and hold no memory
 * @log:	the backlog
 */
void atoll_backlog_free(struct atoll_backlog *log)
{
	u32 i;

	for (i = 0; i < ATOLL_BACKLOG_PAGES; i++) {
		free_page((unsigned long)log->page[i]);
		log->page[i] = NULL;
	}
	log->tail = log->head;
}
