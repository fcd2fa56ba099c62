// SPDX-License-Identifier: GPL-2.0-only
/* Messages, byte by byte. */
#include <string.h>
#include "nltest.h"

void msg_raw(struct msg *m, const void *data, size_t len)
{
	size_t padded = NLMSG_ALIGN(len);

	if (m->len + padded > sizeof(m->buf))
		die("a test's message is too long");
	memset(m->buf + m->len, 0, padded);
	if (len)
		memcpy(m->buf + m->len, data, len);
	m->len += padded;
	msg_head(m)->nlmsg_len = m->len;
}

struct nlmsghdr *msg_head(struct msg *m)
{
	return (struct nlmsghdr *)m->buf;
}

void msg_begin(struct msg *m, uint8_t cmd, uint16_t flags)
{
	struct genlmsghdr genl = { .cmd = cmd, .version = ATOLL_GENL_VERSION };

	m->len = NLMSG_HDRLEN;
	memset(m->buf, 0, NLMSG_HDRLEN);
	msg_head(m)->nlmsg_type = family_id;
	msg_head(m)->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags;
	msg_raw(m, &genl, sizeof(genl));
}

/* Returns where the attribute lies, for msg_attr() */
size_t msg_put(struct msg *m, uint16_t type, const void *data, size_t len)
{
	struct nlattr attr = { .nla_len = NLA_HDRLEN + len, .nla_type = type };
	size_t at = m->len;

	msg_raw(m, &attr, sizeof(attr));
	msg_raw(m, data, len);
	return at;
}

void msg_u32(struct msg *m, uint16_t type, uint32_t value)
{
	msg_put(m, type, &value, sizeof(value));
}

void msg_u64(struct msg *m, uint16_t type, uint64_t value)
{
	msg_put(m, type, &value, sizeof(value));
}

void msg_string(struct msg *m, uint16_t type, const char *s)
{
	msg_put(m, type, s, strlen(s) + 1);
}

size_t msg_nest(struct msg *m, uint16_t type)
{
	return msg_put(m, type | NLA_F_NESTED, NULL, 0);
}

void msg_nest_end(struct msg *m, size_t nest)
{
	msg_attr(m, nest)->nla_len = m->len - nest;
}

struct nlattr *msg_attr(struct msg *m, size_t at)
{
	return (struct nlattr *)(m->buf + at);
}

/* A whole request of the kind that only names a VM */
void msg_verb(struct msg *m, uint8_t cmd, const char *name)
{
	size_t nest;

	msg_begin(m, cmd, 0);
	nest = msg_nest(m, ATOLL_A_VM);
	msg_string(m, ATOLL_VM_A_NAME, name);
	msg_nest_end(m, nest);
}

const struct nlattr *attr_find(const void *data, size_t len, uint16_t type)
{
	const uint8_t *p = data;

	while (len >= NLA_HDRLEN) {
		const struct nlattr *attr = (const struct nlattr *)p;
		size_t step = NLA_ALIGN(attr->nla_len);

		if (attr->nla_len < NLA_HDRLEN || attr->nla_len > len)
			return NULL;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		if (step >= len)
			return NULL;
		p += step;
		len -= step;
	}
	return NULL;
}

const void *attr_data(const struct nlattr *attr)
{
	return (const uint8_t *)attr + NLA_HDRLEN;
}

size_t attr_len(const struct nlattr *attr)
{
	return attr->nla_len - NLA_HDRLEN;
}

/* A request about a pool, named and no more */
void msg_pool(struct msg *m, uint8_t cmd, const char *name)
{
	size_t pool;

	msg_begin(m, cmd, 0);
	pool = msg_nest(m, ATOLL_A_POOL);
	msg_string(m, ATOLL_POOL_A_NAME, name);
	msg_nest_end(m, pool);
}
