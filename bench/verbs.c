// SPDX-License-Identifier: GPL-2.0-only
/*
 * What Atoll's verbs take, in ticks of the TSC:
 *
 *	verbs [-c ATOLL] COUNT IMAGE MEMORY	so many lives of a guest, a line for
 *						each: define, start, undefine
 *	verbs COUNT				so many audits, a line for each
 *
 * The kernel does a verb while it is sent the request, so the time of that one
 * system call is the kernel's part and nothing else, but for what other threads do on
 * that CPU meanwhile.  With -c the whole command ATOLL is run instead, and the time is
 * from before the fork until it has been waited for.  A kill, between start and
 * undefine, is not timed.
 *
 * Exit status: 0 all verbs worked; 1 one was refused, named on stderr.
 */
#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <x86intrin.h>
#include <netlink/netlink.h>
#include <netlink/genl/ctrl.h>
#include <netlink/genl/genl.h>
#include <linux/atoll.h>

#define NAME	"verbs"

static struct nl_sock *sock;
static int family;

static void reach_atoll(void)
{
	sock = nl_socket_alloc();
	if (!sock || genl_connect(sock))
		errx(1, "no generic netlink");
	family = genl_ctrl_resolve(sock, ATOLL_GENL_NAME);
	if (family < 0)
		errx(1, "atoll.ko is not loaded: %s", nl_geterror(family));
	nl_socket_disable_auto_ack(sock);
}

/* Each request has one answer: some say what they did, others are acknowledged */
static struct nl_msg *request(int command)
{
	int answers = command == ATOLL_CMD_VM_DEFINE || command == ATOLL_CMD_AUDIT;
	struct nl_msg *msg = nlmsg_alloc();

	if (!msg || !genlmsg_put(msg, NL_AUTO_PORT, NL_AUTO_SEQ, family, 0,
				 answers ? 0 : NLM_F_ACK, command, ATOLL_GENL_VERSION))
		errx(1, "out of memory");
	return msg;
}

/* Frees @msg; returns the ticks of sending it */
static unsigned long long perform(struct nl_msg *msg, const char *verb)
{
	unsigned long long begin, end;
	struct nlmsghdr *head;
	ssize_t sent;
	int ret;

	nl_complete_msg(sock, msg);
	head = nlmsg_hdr(msg);
	begin = __rdtsc();
	sent = send(nl_socket_get_fd(sock), head, head->nlmsg_len, 0);
	end = __rdtsc();
	if (sent < 0)
		err(1, "%s", verb);
	nlmsg_free(msg);
	ret = nl_recvmsgs_default(sock);
	if (ret < 0)
		errx(1, "%s: %s", verb, nl_geterror(ret));
	return end - begin;
}

static unsigned long long define(int image, unsigned long memory)
{
	struct nl_msg *msg = request(ATOLL_CMD_VM_DEFINE);
	struct nlattr *vm = nla_nest_start(msg, ATOLL_A_VM), *boot;

	nla_put_string(msg, ATOLL_VM_A_NAME, NAME);
	nla_put_u64(msg, ATOLL_VM_A_MEMORY, memory);
	nla_put_u32(msg, ATOLL_VM_A_NR_VCPUS, 1);
	boot = nla_nest_start(msg, ATOLL_VM_A_BOOT);
	nla_put_u32(msg, ATOLL_BOOT_A_IMAGE_FD, image);
	nla_put_string(msg, ATOLL_BOOT_A_CMDLINE, NAME);
	nla_nest_end(msg, boot);
	nla_nest_end(msg, vm);
	return perform(msg, "define");
}

static unsigned long long verb(int command, const char *name)
{
	struct nl_msg *msg = request(command);
	struct nlattr *vm = nla_nest_start(msg, ATOLL_A_VM);

	nla_put_string(msg, ATOLL_VM_A_NAME, NAME);
	nla_nest_end(msg, vm);
	return perform(msg, name);
}

static void live(int image, unsigned long memory)
{
	unsigned long long defined = define(image, memory);
	unsigned long long started = verb(ATOLL_CMD_VM_START, "start"), undefined;

	verb(ATOLL_CMD_VM_KILL, "kill");
	undefined = verb(ATOLL_CMD_VM_UNDEFINE, "undefine");
	printf("%llu %llu %llu\n", defined, started, undefined);
}

/* The arguments end with a NULL */
static unsigned long long run(char *const command[])
{
	unsigned long long begin, end;
	int status = 0, null;
	pid_t child;

	begin = __rdtsc();
	child = fork();
	if (child < 0)
		err(1, "fork");
	if (!child) {
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
		dup2(null, STDOUT_FILENO);
		execvp(command[0], command);
		err(127, "%s", command[0]);
	}
	if (waitpid(child, &status, 0) != child)
		err(1, "waitpid");
	end = __rdtsc();
	if (status)
		errx(1, "%s %s failed", command[0], command[1]);
	return end - begin;
}

static void live_by_commands(char *atoll, char *image, char *memory)
{
	unsigned long long defined, started, undefined;

	defined = run((char *[]){ atoll, "define", NAME, image, "--memory", memory, NULL });
	started = run((char *[]){ atoll, "start", NAME, NULL });
	run((char *[]){ atoll, "kill", NAME, NULL });
	undefined = run((char *[]){ atoll, "undefine", NAME, NULL });
	printf("%llu %llu %llu\n", defined, started, undefined);
}

int main(int argc, char **argv)
{
	char *atoll = NULL;
	unsigned long memory = 0;
	int image = -1;
	long count;

	if (argc > 2 && !strcmp(argv[1], "-c")) {
		atoll = argv[2];
		argc -= 2;
		argv += 2;
	}
	if (argc != 4 && (argc != 2 || atoll))
		errx(1, "usage: verbs [-c ATOLL] COUNT IMAGE MEMORY, or verbs COUNT");
	reach_atoll();
	if (argc == 4) {
		memory = strtoul(argv[3], NULL, 0);
		image = open(argv[2], O_RDONLY | O_CLOEXEC);
		if (image < 0)
			err(1, "%s", argv[2]);
	}
	for (count = atol(argv[1]); count > 0; count--) {
		if (atoll)
			live_by_commands(atoll, argv[2], argv[3]);
		else if (argc == 4)
			live(image, memory);
		else
			printf("%llu\n", perform(request(ATOLL_CMD_AUDIT), "audit"));
		/* Not buffered until a write falls between two ticks */
		fflush(stdout);
		/* What was given back is cleared meanwhile, and not in the next round's time */
		usleep(50000);
	}
	return 0;
}
