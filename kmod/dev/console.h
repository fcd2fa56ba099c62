/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other end of a guest's serial port: what the port may call, and what a
 * console consists of.
 */
#ifndef ATOLL_DEV_CONSOLE_H
#define ATOLL_DEV_CONSOLE_H

#include <linux/kfifo.h>
#include <linux/spinlock.h>
#include <linux/tty_port.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "../atoll.h"
#include "backlog.h"

#define ATOLL_CONSOLE_INPUT_BYTES	1024
#define ATOLL_CONSOLE_CHUNK_BYTES	256

struct atoll_uart;

/**
 * struct atoll_console - a guest's console
 * @port:	the tty layer's part; its reference count is the console's
 * @uart:	[I] the serial port; gone once @gone is set and the work is done
 * @index:	[I] the number in the tty's name
 * @backlog:	[D] the port's lock: printed and not yet taken
 * @tail:	[D] a ring of what was printed last, taken or not; NULL: nothing was, or there
 *		was no memory for it
 * @printed:	[D] bytes put into it since the port was reset
 * @chunk:	taken, and not yet accepted by the line discipline; @out_work's
 * @chunk_at:	[D] where the rest of it begins
 * @chunk_len:	[D] and how long that is
 * @attached:	[a] someone has the tty open
 * @lock:	guards @gone and @input
 * @gone:	no work may be queued any more; set under port.mutex as well
 * @input:	written to the tty, and not yet fetched by the guest
 * @in_work:	tells the guest of input and writers of room
 * @out_work:	hands output over
 */
struct atoll_console {
	struct tty_port port;
	struct atoll_uart *uart;
	int index;
	struct atoll_backlog backlog;
	u8 *tail;
	u64 printed;
	u8 chunk[ATOLL_CONSOLE_CHUNK_BYTES];
	u32 chunk_at, chunk_len;
	int attached;
	spinlock_t lock;		/* any context; inside the port's */
	int gone;
	DECLARE_KFIFO(input, u8, ATOLL_CONSOLE_INPUT_BYTES);
	struct work_struct in_work;
	struct delayed_work out_work;
};

struct atoll_console *atoll_console_create(struct atoll_uart *uart);
void atoll_console_destroy(struct atoll_console *con);
void atoll_console_put(struct atoll_console *con, u8 byte);
void atoll_console_forget(struct atoll_console *con);
int atoll_console_get(struct atoll_console *con);

#endif
