/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest has printed and nobody has read yet: a ring that holds the last
 * 64 KiB, and counts what it had to drop.  Pages come and go with the bytes in
 * them, so a guest that is silent or read holds one at most.
 */
#ifndef ATOLL_DEV_BACKLOG_H
#define ATOLL_DEV_BACKLOG_H

#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/types.h>

#define ATOLL_BACKLOG_BYTES	SZ_64K
#define ATOLL_BACKLOG_PAGES	(ATOLL_BACKLOG_BYTES / PAGE_SIZE)

/**
 * struct atoll_backlog - bytes in the order of their arrival
 * @head:	bytes ever put, modulo 2^32
 * @tail:	bytes ever taken or dropped, modulo 2^32
 * @lost:	bytes dropped
 * @page:	NULL where there is nothing to keep
 */
struct atoll_backlog {
	u32 head, tail;
	u64 lost;
	u8 *page[ATOLL_BACKLOG_PAGES];
};

void atoll_backlog_put(struct atoll_backlog *log, u8 byte);
u32 atoll_backlog_take(struct atoll_backlog *log, u8 *buf, u32 len);
u32 atoll_backlog_pages(const struct atoll_backlog *log);
void atoll_backlog_free(struct atoll_backlog *log);

static inline u32 atoll_backlog_len(const struct atoll_backlog *log)
{
	return log->head - log->tail;
}

#endif
