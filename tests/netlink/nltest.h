/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nltest: a hostile caller of the generic netlink family "atoll".
 *
 * It builds its messages byte by byte, since a library would not let it
 * build wrong ones.
 */
#ifndef NLTEST_H
#define NLTEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/atoll.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

#define MSG_MAX		(256 * 1024)

/* msg.c: a request under construction */
struct msg {
	size_t len;
	uint8_t buf[MSG_MAX] __attribute__((aligned(4)));
};

void msg_begin(struct msg *m, uint8_t cmd, uint16_t flags);
struct nlmsghdr *msg_head(struct msg *m);
void msg_raw(struct msg *m, const void *data, size_t len);
size_t msg_put(struct msg *m, uint16_t type, const void *data, size_t len);
void msg_u32(struct msg *m, uint16_t type, uint32_t value);
void msg_u64(struct msg *m, uint16_t type, uint64_t value);
void msg_string(struct msg *m, uint16_t type, const char *s);
size_t msg_nest(struct msg *m, uint16_t type);
void msg_nest_end(struct msg *m, size_t nest);
struct nlattr *msg_attr(struct msg *m, size_t at);
void msg_verb(struct msg *m, uint8_t cmd, const char *name);
void msg_pool(struct msg *m, uint8_t cmd, const char *name);
const struct nlattr *attr_find(const void *data, size_t len, uint16_t type);
const void *attr_data(const struct nlattr *attr);
size_t attr_len(const struct nlattr *attr);

/* sock.c: the conversation */
struct answer {
	int err;		/* 0, or an errno */
	bool told;		/* an acknowledgement came; else @err is recv's */
	char text[256];		/* the sentence, "" if there was none */
	size_t len;		/* of all replies' attributes, one after the other */
	uint8_t data[MSG_MAX] __attribute__((aligned(4)));
};

extern uint16_t family_id;
extern uint32_t events_group;
void sock_open(void);
int sock_join(uint32_t group);
void call(struct msg *m, struct answer *a);
int verb(uint8_t cmd, const char *name, struct answer *a);

/* world.c: one VM that nothing may change, and the fds that VMs boot from */
#define WITNESS		"witness"
extern int image_fd, multiboot_fd;
void world_open(void);
void world_define(struct msg *m, const char *name, int fd);
int world_state(const char *name);
void world_clear(void);
void world_reset(void);
void world_close(void);
bool world_changed(void);

/* main.c: counting */
__attribute__((format(printf, 2, 3)))
void check(bool good, const char *fmt, ...);
__attribute__((format(printf, 1, 2), noreturn))
void die(const char *fmt, ...);

/* One file for each kind of hostility; they call check() */
void test_malformed(void);
void test_headers(void);
void test_values(void);
void test_states(void);
void test_fuzz(void);
void test_privilege(void);
void test_fail_nth(const char *verb_name);
const struct msg *malformed_seed(unsigned int i);

#endif
