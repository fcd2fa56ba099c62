// SPDX-License-Identifier: GPL-2.0-only
/* Callers who may not: everything is refused, whatever they send. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "nltest.h"

static struct msg m;
static struct answer a;

static void all_refused(const char *who)
{
	unsigned int i;

	for (i = 0; malformed_seed(i); i++) {
		memcpy(&m, malformed_seed(i), sizeof(m));
		call(&m, &a);
		check(a.err == EPERM, "%s: command %u: %s (%s)", who,
		      ((struct genlmsghdr *)(m.buf + NLMSG_HDRLEN))->cmd, strerror(a.err), a.text);
	}
	msg_begin(&m, ATOLL_CMD_VM_GET, NLM_F_DUMP);
	call(&m, &a);
	check(a.err == EPERM && !a.len, "%s: dump: %s", who, strerror(a.err));
}

static void drop_sys_admin(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &head, data))
		die("capget: %s", strerror(errno));
	data[0].effective &= ~(1U << CAP_SYS_ADMIN);
	data[0].permitted &= ~(1U << CAP_SYS_ADMIN);
	if (syscall(SYS_capset, &head, data))
		die("capset: %s", strerror(errno));
}

/* Gives its rights up: nothing can follow it */
void test_privilege(void)
{
	drop_sys_admin();
	all_refused("without CAP_SYS_ADMIN, on a socket opened with it");
	sock_open();
	all_refused("without CAP_SYS_ADMIN");
	check(sock_join(events_group) == EPERM, "without CAP_SYS_ADMIN: events are not told");

	if (syscall(SYS_setresuid, 65534, 65534, 65534))
		die("setresuid: %s", strerror(errno));
	sock_open();
	all_refused("as nobody");
	check(sock_join(events_group) == EPERM, "as nobody: events are not told");
}
