// SPDX-License-Identifier: GPL-2.0-only
/*
 * The sockets to the module: open, send, receive, and above all the reason
 * of a refusal, which the kernel gives as a sentence.  libnl 3.7 neither asks
 * for that sentence nor reads it, so both happen here.
 *
 * What is inside a message is nl_attr.c's business.  Nothing here prints.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/socket.h>

#include "nl_sock.h"

/* A nest's length is 16 bits, so a request of 64 KiB is as large as any */
#define REQUEST_LEN_MAX		65535
#define SEND_BUFFER_LEN		(2 * REQUEST_LEN_MAX)
/* Room for a burst of events while the reader is busy */
#define EVENT_BUFFER_LEN	(1024 * 1024)

#define NOT_LOADED "the atoll kernel module is not loaded (modprobe atoll)"

struct wire {
	struct nl_sock *sock;
	int family;
};

/* A call's way through libnl's callbacks */
struct exchange {
	wire_read_fn read;
	void *data;
	int done;
	int failed;
};

/* Why the last call failed; the command runs one call at a time */
static struct {
	char sentence[512];
	int err;
} last;

const char *wire_sentence(void)
{
	return last.sentence;
}

int wire_errno(void)
{
	return last.err;
}

int wire_fail(int err, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(last.sentence, sizeof(last.sentence), fmt, ap);
	va_end(ap);
	last.err = err;
	return -1;
}

/* @err is libnl's, negative; its own errors and the kernel's both end here */
static int fail_libnl(int err)
{
	switch (-err) {
	case NLE_PERM:
	case NLE_NOACCESS:
		return wire_fail(EPERM, "needs CAP_SYS_ADMIN");
	case NLE_NOMEM:
		return wire_fail(ENOBUFS, "out of memory or buffer space");
	default:
		return wire_fail(EIO, "netlink: %s", nl_geterror(err));
	}
}

/* The kernel's sentence, and where in the request the trouble is */
struct ext_ack {
	const char *sentence;
	u32 offset;	/* 0: not told */
	u32 missing;		/* type of an attribute that is missing, or 0 */
};

static void read_ext_ack(struct nlattr *tlv, int len, struct ext_ack *ack)
{
	int left;

	nla_for_each_attr(tlv, tlv, len, left) {
		switch (nla_type(tlv)) {
		case NLMSGERR_ATTR_MSG:
			if (nla_len(tlv) > 0 &&
			    memchr(nla_data(tlv), '\0', nla_len(tlv)))
				ack->sentence = nla_get_string(tlv);
			break;
		case NLMSGERR_ATTR_OFFS:
			if (nla_len(tlv) >= (int)sizeof(u32))
				ack->offset = nla_get_u32(tlv);
			break;
		case NLMSGERR_ATTR_MISS_TYPE:
			if (nla_len(tlv) >= (int)sizeof(u32))
				ack->missing = nla_get_u32(tlv);
			break;
		}
	}
}

static void fail_kernel(int err, const struct ext_ack *ack)
{
	if (ack->sentence)
		wire_fail(err, "%s", ack->sentence);
	else if (err == EPERM)
		wire_fail(err, "needs CAP_SYS_ADMIN");
	else if (ack->missing)
		wire_fail(err, "%s (attribute %u is missing)", strerror(err),
			  ack->missing);
	else if (ack->offset)
		wire_fail(err, "%s (the attribute at byte %u of the request)",
			  strerror(err), ack->offset);
	else
		wire_fail(err, "%s", strerror(err));
}

/*
 * The sentence stands behind the echo of the request: all of it, or its
 * header alone when the kernel capped it.
 */
static int on_error(struct sockaddr_nl *from, struct nlmsgerr *err, void *arg)
{
	struct nlmsghdr *hdr = (struct nlmsghdr *)((char *)err - NLMSG_HDRLEN);
	struct exchange *exchange = arg;
	struct ext_ack ack = { NULL };
	size_t skip = sizeof(*err);

	(void)from;
	if (!(hdr->nlmsg_flags & NLM_F_CAPPED))
		skip += NLMSG_ALIGN(err->msg.nlmsg_len - NLMSG_HDRLEN);
	if ((hdr->nlmsg_flags & NLM_F_ACK_TLVS) &&
	    (size_t)nlmsg_datalen(hdr) > skip)
		read_ext_ack((struct nlattr *)((char *)err + skip),
			     nlmsg_datalen(hdr) - skip, &ack);
	fail_kernel(-err->error, &ack);
	exchange->done = 1;
	exchange->failed = 1;
	return NL_STOP;
}

static int on_ack(struct nl_msg *msg, void *arg)
{
	struct exchange *exchange = arg;

	(void)msg;
	exchange->done = 1;
	return NL_STOP;
}

/* The end of a dump carries an errno too, which libnl does not look at */
static int on_finish(struct nl_msg *msg, void *arg)
{
	struct nlmsghdr *hdr = nlmsg_hdr(msg);
	struct exchange *exchange = arg;
	struct ext_ack ack = { NULL };
	int err;

	exchange->done = 1;
	if (nlmsg_datalen(hdr) < (int)sizeof(err))
		return NL_OK;
	memcpy(&err, nlmsg_data(hdr), sizeof(err));
	if (err >= 0)
		return NL_OK;
	if (hdr->nlmsg_flags & NLM_F_ACK_TLVS)
		read_ext_ack((struct nlattr *)((char *)nlmsg_data(hdr) +
					       sizeof(err)),
			     nlmsg_datalen(hdr) - sizeof(err), &ack);
	fail_kernel(-err, &ack);
	exchange->failed = 1;
	return NL_OK;
}

static int on_valid(struct nl_msg *msg, void *arg)
{
	struct exchange *exchange = arg;

	if (exchange->failed || !exchange->read)
		return NL_OK;
	if (exchange->read(nlmsg_hdr(msg), exchange->data)) {
		wire_fail(EPROTO, "the module's answer makes no sense: is it of another version?");
		exchange->failed = 1;
	}
	return NL_OK;
}

static struct nl_cb *callbacks_new(struct exchange *exchange)
{
	struct nl_cb *cb = nl_cb_alloc(NL_CB_CUSTOM);

	if (!cb) {
		fail_libnl(-NLE_NOMEM);
		return NULL;
	}
	nl_cb_err(cb, NL_CB_CUSTOM, on_error, exchange);
	nl_cb_set(cb, NL_CB_ACK, NL_CB_CUSTOM, on_ack, exchange);
	nl_cb_set(cb, NL_CB_FINISH, NL_CB_CUSTOM, on_finish, exchange);
	nl_cb_set(cb, NL_CB_VALID, NL_CB_CUSTOM, on_valid, exchange);
	return cb;
}

static void ask_for_sentences(struct nl_sock *sock)
{
	int on = 1;

	/* A kernel that knows neither still answers with an errno */
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_EXT_ACK, &on,
		   sizeof(on));
	setsockopt(nl_socket_get_fd(sock), SOL_NETLINK, NETLINK_CAP_ACK, &on,
		   sizeof(on));
}

/**
 * wire_open() - connect to the module
 *
 * Return: NULL, and a sentence, if the module is not there.
 */
struct wire *wire_open(void)
{
	struct wire *wire = calloc(1, sizeof(*wire));
	int err = -NLE_NOMEM;

	if (!wire)
		goto failed;
	wire->sock = nl_socket_alloc();
	if (!wire->sock)
		goto failed;
	err = genl_connect(wire->sock);
	if (err)
		goto failed;
	nl_socket_set_buffer_size(wire->sock, EVENT_BUFFER_LEN, SEND_BUFFER_LEN);
	nl_socket_enable_msg_peek(wire->sock);
	ask_for_sentences(wire->sock);
	wire->family = genl_ctrl_resolve(wire->sock, ATOLL_GENL_NAME);
	if (wire->family >= 0)
		return wire;
	err = wire->family;
failed:
	if (err == -NLE_OBJ_NOTFOUND)
		wire_fail(ENOENT, NOT_LOADED);
	else
		fail_libnl(err);
	wire_close(wire);
	return NULL;
}

/**
 * wire_open_events() - connect and subscribe to the events
 *
 * Whatever happens after this returned is there to be read.
 */
struct wire *wire_open_events(void)
{
	struct wire *wire = wire_open();
	int group;
	int err;

	if (!wire)
		return NULL;
	group = genl_ctrl_resolve_grp(wire->sock, ATOLL_GENL_NAME,
				      ATOLL_MCGRP_EVENTS);
	err = group < 0 ? group :
	      nl_socket_add_membership(wire->sock, group);
	if (err) {
		fail_libnl(err);
		wire_close(wire);
		return NULL;
	}
	nl_socket_set_nonblocking(wire->sock);
	return wire;
}

void wire_close(struct wire *wire)
{
	if (!wire)
		return;
	if (wire->sock)
		nl_socket_free(wire->sock);
	free(wire);
}

int wire_fd(struct wire *wire)
{
	return nl_socket_get_fd(wire->sock);
}

/**
 * wire_request() - begin a message
 *
 * Return: a message for wire_call(), or NULL and a sentence.
 */
struct nl_msg *wire_request(struct wire *wire, enum atoll_cmd cmd, int flags)
{
	struct nl_msg *msg = nlmsg_alloc_size(REQUEST_LEN_MAX);

	if (msg && genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, wire->family, 0,
			       flags, cmd, ATOLL_GENL_VERSION))
		return msg;
	nlmsg_free(msg);
	fail_libnl(-NLE_NOMEM);
	return NULL;
}

/**
 * wire_call() - send a message and take in all of its answer
 * @msg: freed here
 * @read: called for each message of the answer; NULL: none is expected
 *
 * Return: 0; 1 if a dump was cut across by a change, so that it may lack
 * something; -1 and a sentence.
 */
int wire_call(struct wire *wire, struct nl_msg *msg, wire_read_fn read, void *data)
{
	struct exchange exchange = { .read = read, .data = data };
	struct nl_cb *cb = callbacks_new(&exchange);
	int err;

	if (!cb) {
		nlmsg_free(msg);
		return -1;
	}
	err = nl_send_auto(wire->sock, msg);
	nlmsg_free(msg);
	while (err >= 0 && !exchange.done)
		err = nl_recvmsgs(wire->sock, cb);
	nl_cb_put(cb);

	if (exchange.failed)
		return -1;
	if (err == -NLE_DUMP_INTR)
		return 1;
	return err < 0 ? fail_libnl(err) : 0;
}

/* Events answer no request, so their numbers follow nothing */
static int any_sequence(struct nl_msg *msg, void *arg)
{
	(void)msg;
	(void)arg;
	return NL_OK;
}

/**
 * wire_receive() - take in the events that are there, without waiting
 * @read: called for each
 *
 * Return: 0; 1 if events were lost; -1 and a sentence.
 */
int wire_receive(struct wire *wire, wire_read_fn read, void *data)
{
	struct exchange exchange = { .read = read, .data = data };
	struct nl_cb *cb = callbacks_new(&exchange);
	int err;

	if (!cb)
		return -1;
	nl_cb_set(cb, NL_CB_SEQ_CHECK, NL_CB_CUSTOM, any_sequence, NULL);
	do {
		err = nl_recvmsgs(wire->sock, cb);
	} while (err >= 0 && !exchange.failed);
	nl_cb_put(cb);

	if (exchange.failed)
		return -1;
	/* libnl says NOMEM for ENOBUFS: the socket's buffer ran over */
	if (err == -NLE_NOMEM)
		return 1;
	return err == -NLE_AGAIN ? 0 : fail_libnl(err);
}
