/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The other end of a guest's serial port: what the port may call.
 */
#ifndef ATOLL_DEV_CONSOLE_H
#define ATOLL_DEV_CONSOLE_H

#include <linux/types.h>

struct atoll_console;
struct atoll_uart;

struct atoll_console *atoll_console_create(struct atoll_uart *uart);
void atoll_console_destroy(struct atoll_console *con);
void atoll_console_put(struct atoll_console *con, u8 byte);
void atoll_console_forget(struct atoll_console *con);
int atoll_console_get(struct atoll_console *con);

#endif
