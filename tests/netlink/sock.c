// SPDX-License-Identifier: GPL-2.0-only
/* The socket: send one request, gather what comes back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "nltest.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK	270
#endif

uint16_t family_id;
uint32_t events_group;

static int fd = -1;
static uint32_t seq;

static void take_error(const struct nlmsghdr *h, struct answer *a)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);
	const struct nlattr *text;
	size_t skip = sizeof(*e);

	a->told = true;
	a->err = -e->error;
	if (!(h->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(h->nlmsg_flags & NLM_F_CAPPED))
		skip += e->msg.nlmsg_len - NLMSG_HDRLEN;
	text = attr_find((const uint8_t *)e + skip, h->nlmsg_len - NLMSG_HDRLEN - skip,
			 NLMSGERR_ATTR_MSG);
	if (text)
		snprintf(a->text, sizeof(a->text), "%s", (const char *)attr_data(text));
}

/* Returns true when the conversation is over */
static bool take(const struct nlmsghdr *h, struct answer *a)
{
	size_t skip = NLMSG_HDRLEN + GENL_HDRLEN, len;

	if (h->nlmsg_seq != seq)
		return false;
	if (h->nlmsg_type == NLMSG_ERROR) {
		take_error(h, a);
		return true;
	}
	if (h->nlmsg_type == NLMSG_DONE) {
		a->told = true;
		a->err = -*(const int *)NLMSG_DATA(h);
		return true;
	}
	len = h->nlmsg_len - skip;
	if (a->len + len <= sizeof(a->data)) {
		memcpy(a->data + a->len, (const uint8_t *)h + skip, len);
		a->len += len;
	}
	return false;
}

/*
 * Send @m as it is, but for its sequence number, and wait for its end: the
 * acknowledgement or the end of a dump.
 */
void call(struct msg *m, struct answer *a)
{
	static uint8_t buf[64 * 1024] __attribute__((aligned(4)));
	bool over = false;

	a->err = 0;
	a->told = false;
	a->text[0] = '\0';
	a->len = 0;
	msg_head(m)->nlmsg_seq = ++seq;
	if (send(fd, m->buf, m->len, 0) < 0) {
		a->err = errno;
		return;
	}
	while (!over) {
		ssize_t n = recv(fd, buf, sizeof(buf), 0);
		const struct nlmsghdr *h = (const struct nlmsghdr *)buf;
		int left = n;

		if (n < 0) {
			a->err = errno;
			return;
		}
		for (; !over && NLMSG_OK(h, left); h = NLMSG_NEXT(h, left))
			over = take(h, a);
	}
}

int verb(uint8_t cmd, const char *name, struct answer *a)
{
	static struct msg m;

	msg_verb(&m, cmd, name);
	call(&m, a);
	return a->err;
}

static void resolve(void)
{
	static struct answer a;
	static struct msg m;
	const struct nlattr *id, *groups, *group, *number;

	msg_begin(&m, CTRL_CMD_GETFAMILY, 0);
	msg_head(&m)->nlmsg_type = GENL_ID_CTRL;
	msg_string(&m, CTRL_ATTR_FAMILY_NAME, ATOLL_GENL_NAME);
	call(&m, &a);
	if (a.err)
		die("no family '%s': %s", ATOLL_GENL_NAME, strerror(a.err));
	id = attr_find(a.data, a.len, CTRL_ATTR_FAMILY_ID);
	groups = attr_find(a.data, a.len, CTRL_ATTR_MCAST_GROUPS);
	group = groups ? attr_find(attr_data(groups), attr_len(groups), 1) : NULL;
	number = group ? attr_find(attr_data(group), attr_len(group), CTRL_ATTR_MCAST_GRP_ID) :
		NULL;
	if (!id || !number)
		die("the family has no number or no group");
	memcpy(&family_id, attr_data(id), sizeof(family_id));
	memcpy(&events_group, attr_data(number), sizeof(events_group));
}

/* A second call gives the first socket back and opens another */
void sock_open(void)
{
	struct timeval limit = { .tv_sec = 30 };
	int one = 1;

	if (fd >= 0)
		close(fd);
	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (fd < 0)
		die("socket: %s", strerror(errno));
	if (setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &one, sizeof(one)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		die("setsockopt: %s", strerror(errno));
	resolve();
}

/* Returns 0 or an errno */
int sock_join(uint32_t group)
{
	return setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)) ?
		errno : 0;
}
