// SPDX-License-Identifier: GPL-2.0-only
/*
 * What must survive: a VM that no refused request may change.
 *
 * The VMs here boot two bytes of code that jump to themselves.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "nltest.h"

int image_fd, multiboot_fd;

struct pools {
	size_t len;
	uint8_t data[16 * 1024] __attribute__((aligned(4)));
};

static struct pools pools_before, pools_now;
static struct answer before, now;
static struct msg m;
static uint64_t pool_limit;

static uint32_t get_u32(const struct nlattr *attr)
{
	uint32_t v = 0;

	if (attr && attr_len(attr) == sizeof(v))
		memcpy(&v, attr_data(attr), sizeof(v));
	return v;
}

static void dump(struct answer *a)
{
	msg_begin(&m, ATOLL_CMD_VM_GET, NLM_F_DUMP);
	call(&m, a);
	if (a->err)
		die("the dump failed: %s", strerror(a->err));
}

/* The smallest whole VM_DEFINE */
void world_define(struct msg *out, const char *name, int fd)
{
	size_t vm, boot;

	msg_begin(out, ATOLL_CMD_VM_DEFINE, 0);
	vm = msg_nest(out, ATOLL_A_VM);
	msg_string(out, ATOLL_VM_A_NAME, name);
	msg_u64(out, ATOLL_VM_A_MEMORY, 2 << 20);
	msg_u32(out, ATOLL_VM_A_NR_VCPUS, 1);
	boot = msg_nest(out, ATOLL_VM_A_BOOT);
	msg_u32(out, ATOLL_BOOT_A_IMAGE_FD, fd);
	msg_u32(out, ATOLL_BOOT_A_FORMAT, ATOLL_BOOT_FLAT);
	msg_u64(out, ATOLL_BOOT_A_LOAD_ADDR, 0x7c00);
	msg_nest_end(out, boot);
	msg_nest_end(out, vm);
}

/* The state of a VM, or -1 if there is none */
int world_state(const char *name)
{
	static struct answer a;
	const struct nlattr *vm;

	if (verb(ATOLL_CMD_VM_GET, name, &a))
		return -1;
	vm = attr_find(a.data, a.len, ATOLL_A_VM);
	if (!vm)
		die("a reply to VM_GET has no VM");
	return get_u32(attr_find(attr_data(vm), attr_len(vm), ATOLL_VM_A_STATE));
}

/* Undefine whatever there is */
void world_clear(void)
{
	const struct nlattr *vm, *attr;
	static struct answer a;
	char name[ATOLL_NAME_MAX + 1];

	for (;;) {
		dump(&now);
		vm = attr_find(now.data, now.len, ATOLL_A_VM);
		attr = vm ? attr_find(attr_data(vm), attr_len(vm), ATOLL_VM_A_NAME) : NULL;
		if (!attr)
			return;
		memcpy(name, attr_data(attr), attr_len(attr));
		verb(ATOLL_CMD_VM_KILL, name, &a);
		if (verb(ATOLL_CMD_VM_UNDEFINE, name, &a))
			die("undefine %s: %s (%s)", name, strerror(a.err), a.text);
	}
}

static void reset_pool(void)
{
	size_t host;

	msg_begin(&m, ATOLL_CMD_HOST_SET, 0);
	host = msg_nest(&m, ATOLL_A_HOST);
	msg_u64(&m, ATOLL_HOST_A_POOL_LIMIT, pool_limit);
	msg_u32(&m, ATOLL_HOST_A_POOL_OVERCOMMIT, 0);
	msg_nest_end(&m, host);
	call(&m, &now);
	if (now.err)
		die("the pool's limit cannot be put back: %s", strerror(now.err));
}

/* What of the pools nothing but a request changes, in a form that compares */
static void read_pools(struct pools *p)
{
	const uint16_t kept[] = { ATOLL_POOL_A_NAME, ATOLL_POOL_A_LIMIT, ATOLL_POOL_A_START,
				  ATOLL_POOL_A_OVERCOMMIT };
	const struct nlattr *pool, *attr;
	size_t at;
	unsigned int i;

	p->len = 0;
	msg_begin(&m, ATOLL_CMD_POOL_GET, NLM_F_DUMP);
	call(&m, &now);
	if (now.err)
		die("the dump of pools failed: %s", strerror(now.err));
	for (at = 0; at < now.len; at += NLA_ALIGN(pool->nla_len)) {
		pool = (const struct nlattr *)(now.data + at);
		for (i = 0; i < ARRAY_SIZE(kept); i++) {
			attr = attr_find(attr_data(pool), attr_len(pool), kept[i]);
			if (!attr || p->len + attr->nla_len > sizeof(p->data))
				continue;
			memcpy(p->data + p->len, attr, attr->nla_len);
			p->len += NLA_ALIGN(attr->nla_len);
		}
	}
}

/* All but the default one */
static void remove_pools(void)
{
	const struct nlattr *attr;
	static struct answer a;
	static struct pools p;
	const char *name;
	size_t at;

	read_pools(&p);
	for (at = 0; at < p.len; at += NLA_ALIGN(attr->nla_len)) {
		attr = (const struct nlattr *)(p.data + at);
		name = attr_data(attr);
		if (attr->nla_type != ATOLL_POOL_A_NAME || !strcmp(name, ATOLL_POOL_DEFAULT))
			continue;
		msg_pool(&m, ATOLL_CMD_POOL_REMOVE, name);
		call(&m, &a);
		if (a.err)
			die("remove pool %s: %s (%s)", name, strerror(a.err), a.text);
	}
}

static void read_limit(void)
{
	const struct nlattr *host, *limit;

	msg_begin(&m, ATOLL_CMD_HOST_GET, 0);
	call(&m, &now);
	host = attr_find(now.data, now.len, ATOLL_A_HOST);
	limit = host ? attr_find(attr_data(host), attr_len(host), ATOLL_HOST_A_POOL_LIMIT) : NULL;
	if (now.err || !limit)
		die("HOST_GET: %s", strerror(now.err));
	memcpy(&pool_limit, attr_data(limit), sizeof(pool_limit));
}

/* Have the witness, and only it, as new, and remember how that looks */
void world_reset(void)
{
	world_clear();
	remove_pools();
	reset_pool();
	read_pools(&pools_before);
	world_define(&m, WITNESS, image_fd);
	call(&m, &now);
	if (now.err)
		die("define %s: %s (%s)", WITNESS, strerror(now.err), now.text);
	dump(&before);
}

static int new_file(const void *data, size_t len)
{
	int fd = memfd_create("image", MFD_CLOEXEC);

	if (fd < 0 || write(fd, data, len) != (ssize_t)len)
		die("no image: %s", strerror(errno));
	return fd;
}

void world_open(void)
{
	static const uint8_t code[] = { 0xeb, 0xfe };	/* jmp . */
	/* Multiboot Specification, "The layout of Multiboot header" */
	static const uint32_t multiboot[] = {
		0x1badb002, 0x10000, -(0x1badb002 + 0x10000),
		0x100000, 0x100000, 0x100024, 0x100024, 0x100020, 0xfeeb,
	};

	image_fd = new_file(code, sizeof(code));
	multiboot_fd = new_file(multiboot, sizeof(multiboot));
	dump(&now);
	if (now.len)
		die("there are guests already; undefine them first");
	read_limit();
	world_reset();
}

void world_close(void)
{
	world_clear();
	remove_pools();
	reset_pool();
}

/* Does the list of VMs, or that of pools, look different from how it was left? */
bool world_changed(void)
{
	read_pools(&pools_now);
	if (pools_now.len != pools_before.len ||
	    memcmp(pools_now.data, pools_before.data, pools_now.len))
		return true;
	dump(&now);
	return now.len != before.len || memcmp(now.data, before.data, now.len);
}
