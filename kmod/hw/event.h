/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What becomes of an exception that arises while another is delivered.
 */
#ifndef ATOLL_EVENT_H
#define ATOLL_EVENT_H

#include <linux/types.h>

#define ATOLL_TRIPLE_FAULT	(-1)

int atoll_event_combine(u8 first, u8 second);

#endif
