// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lives of a guest, one after another, without the cost of a process for each
 * verb: lives IMAGE MEMORY COUNT defines, starts, kills and undefines it, and
 * says how long the longest kill took.
 *
 * Exit status: 0 all verbs worked; 1 one was refused, named on stderr.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <netlink/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <linux/atoll.h>

static struct nl_sock *sock;
static int family;

/* Each request has one answer: define the VM, which says it all, others an ACK */
static struct nl_msg *request(int command, const char *name, struct nlattr **vm)
{
	int flags = command == ATOLL_CMD_VM_DEFINE ? 0 : NLM_F_ACK;
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0, flags, command,
				 ATOLL_GENL_VERSION))
		errx(1, "out of memory");
	*vm = nla_nest_start(msg, ATOLL_A_VM);
	nla_put_string(msg, ATOLL_VM_A_NAME, name);
	return msg;
}

static void perform(struct nl_msg *msg, struct nlattr *vm, const char *verb, long life)
{
	int ret;

	nla_nest_end(msg, vm);
	ret = nl_send_auto(sock, msg);
	nlmsg_free(msg);
	if (ret >= 0)
		ret = nl_recvmsgs_default(sock);
	if (ret < 0)
		errx(1, "life %ld: %s: %s", life, verb, nl_geterror(ret));
}

static void define(int fd, unsigned long memory, long life)
{
	struct nlattr *vm, *boot;
	struct nl_msg *msg = request(ATOLL_CMD_VM_DEFINE, "life", &vm);

	nla_put_u64(msg, ATOLL_VM_A_MEMORY, memory);
	nla_put_u32(msg, ATOLL_VM_A_NR_VCPUS, 1);
	boot = nla_nest_start(msg, ATOLL_VM_A_BOOT);
	nla_put_u32(msg, ATOLL_BOOT_A_IMAGE_FD, fd);
	nla_put_string(msg, ATOLL_BOOT_A_CMDLINE, "life");
	nla_nest_end(msg, boot);
	perform(msg, vm, "define", life);
}

static void verb(int command, const char *name, long life)
{
	struct nlattr *vm;
	struct nl_msg *msg = request(command, "life", &vm);

	perform(msg, vm, name, life);
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

int main(int argc, char **argv)
{
	double killed, longest = 0;
	long life, count;
	int fd;

	if (argc != 4)
		errx(2, "usage: lives IMAGE MEMORY COUNT");
	fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		err(1, "%s", argv[1]);
	sock = nl_socket_alloc();
	if (!sock || genl_connect(sock))
		errx(1, "no generic netlink");
	family = genl_ctrl_resolve(sock, ATOLL_GENL_NAME);
	if (family < 0)
		errx(1, "no family: %s", nl_geterror(family));
	nl_socket_disable_auto_ack(sock);

	count = atol(argv[3]);
	for (life = 1; life <= count; life++) {
		define(fd, strtoul(argv[2], NULL, 0), life);
		verb(ATOLL_CMD_VM_START, "start", life);
		killed = now_ms();
		verb(ATOLL_CMD_VM_KILL, "kill", life);
		killed = now_ms() - killed;
		longest = killed > longest ? killed : longest;
		verb(ATOLL_CMD_VM_UNDEFINE, "undefine", life);
	}
	printf("%ld lives, longest kill %.1f ms\n", count, longest);
	return 0;
}
