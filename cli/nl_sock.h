/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between nl.c, which carries messages, and nl_attr.c and the other nl_*.c, which
 * write and read them.  Nobody else includes this: libnl stays behind it.
 */
#ifndef ATOLL_NL_SOCK_H
#define ATOLL_NL_SOCK_H

#include <netlink/attr.h>
#include <netlink/genl/genl.h>
#include <netlink/msg.h>

#include "nl.h"

/* Reads one message; returns 0, or -1 if the message makes no sense */
typedef int (*wire_read_fn)(struct nlmsghdr *hdr, void *data);

struct nl_msg *wire_request(struct wire *wire, enum atoll_cmd cmd, int flags);
int wire_call(struct wire *wire, struct nl_msg *msg, wire_read_fn read, void *data);
int wire_receive(struct wire *wire, wire_read_fn read, void *data);
int wire_fail(int err, const char *fmt, ...)
	__printf(2, 3);

/* nl_attr.c */
struct nl_msg *wire_request_named(struct wire *wire, enum atoll_cmd cmd, const char *name);
int wire_too_long(struct nl_msg *msg);
u32 wire_u32(struct nlattr *attr);
u64 wire_u64(struct nlattr *attr);
void wire_string(struct nlattr *attr, char *buf, size_t len);

#endif
