// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every allocation that a command makes, failing once: the first in the
 * first round, the second in the second, until a round ends before its turn.
 * Needs CONFIG_FAULT_INJECTION; the kernel's fault-injection documentation,
 * "/proc/<pid>/fail-nth".
 *
 * Each round must end in success or in a refusal that has changed nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "nltest.h"

#define VICTIM		"victim"
#define ABSENT		(-1)
#define ROUNDS_MAX	5000

static const struct {
	const char *name;
	uint8_t cmd;
	int before, after;	/* the victim's states */
	uint16_t flags;
} trials[] = {
	{ "define", ATOLL_CMD_VM_DEFINE, ABSENT, ATOLL_STATE_NEW, 0 },
	{ "start", ATOLL_CMD_VM_START, ATOLL_STATE_NEW, ATOLL_STATE_RUNNING, 0 },
	{ "get", ATOLL_CMD_VM_GET, ATOLL_STATE_RUNNING, ATOLL_STATE_RUNNING, 0 },
	{ "dump", ATOLL_CMD_VM_GET, ATOLL_STATE_RUNNING, ATOLL_STATE_RUNNING, NLM_F_DUMP },
	{ "pause", ATOLL_CMD_VM_PAUSE, ATOLL_STATE_RUNNING, ATOLL_STATE_PAUSED, 0 },
	{ "resume", ATOLL_CMD_VM_RESUME, ATOLL_STATE_PAUSED, ATOLL_STATE_RUNNING, 0 },
	{ "stop", ATOLL_CMD_VM_STOP, ATOLL_STATE_RUNNING, ATOLL_STATE_STOPPED, 0 },
	{ "kill", ATOLL_CMD_VM_KILL, ATOLL_STATE_PAUSED, ATOLL_STATE_STOPPED, 0 },
	{ "undefine", ATOLL_CMD_VM_UNDEFINE, ATOLL_STATE_NEW, ABSENT, 0 },
	{ "host-get", ATOLL_CMD_HOST_GET, ABSENT, ABSENT, 0 },
	{ "audit", ATOLL_CMD_AUDIT, ATOLL_STATE_PAUSED, ATOLL_STATE_PAUSED, 0 },
	{ "map", ATOLL_CMD_VM_MAP, ATOLL_STATE_RUNNING, ATOLL_STATE_RUNNING, 0 },
	{ "trim", ATOLL_CMD_VM_TRIM, ATOLL_STATE_RUNNING, ATOLL_STATE_RUNNING, 0 },
	{ "host-set", ATOLL_CMD_HOST_SET, ABSENT, ABSENT, 0 },
	{ "pool-add", ATOLL_CMD_POOL_ADD, ABSENT, ABSENT, 0 },
	{ "pool-dump", ATOLL_CMD_POOL_GET, ABSENT, ABSENT, NLM_F_DUMP },
};

static struct msg m;
static struct answer a;
static int nth_fd;

static void set_nth(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	if (pwrite(nth_fd, text, len, 0) != len)
		die("fail-nth: %s", strerror(errno));
}

/* How many allocations were left to wait for; 0: one has failed */
static unsigned int get_nth(void)
{
	char text[16] = "";

	if (pread(nth_fd, text, sizeof(text) - 1, 0) < 0)
		die("fail-nth: %s", strerror(errno));
	return strtoul(text, NULL, 10);
}

static void must(uint8_t cmd)
{
	if (verb(cmd, VICTIM, &a))
		die("command %u, with nothing failing: %s (%s)", cmd, strerror(a.err), a.text);
}

static void bring_to(int state)
{
	int is = world_state(VICTIM);

	if (is == state)
		return;
	if (is == ATOLL_STATE_RUNNING || is == ATOLL_STATE_PAUSED)
		must(ATOLL_CMD_VM_KILL);
	if (is != ABSENT)
		must(ATOLL_CMD_VM_UNDEFINE);
	if (state == ABSENT)
		return;
	world_define(&m, VICTIM, image_fd);
	call(&m, &a);
	if (a.err)
		die("define, with nothing failing: %s (%s)", strerror(a.err), a.text);
	if (state == ATOLL_STATE_NEW)
		return;
	must(ATOLL_CMD_VM_START);
	if (state == ATOLL_STATE_PAUSED)
		must(ATOLL_CMD_VM_PAUSE);
}

/* A dynamic one, or of the range that the environment names as START+LEN */
static void request_pool(void)
{
	const char *range = getenv("NLTEST_RANGE");
	char *plus;
	size_t nest;

	msg_pool(&m, ATOLL_CMD_POOL_REMOVE, VICTIM);
	call(&m, &a);
	msg_begin(&m, ATOLL_CMD_POOL_ADD, 0);
	nest = msg_nest(&m, ATOLL_A_POOL);
	msg_string(&m, ATOLL_POOL_A_NAME, VICTIM);
	if (range) {
		msg_u64(&m, ATOLL_POOL_A_START, strtoull(range, &plus, 0));
		msg_u64(&m, ATOLL_POOL_A_LEN, strtoull(plus + (*plus == '+'), NULL, 0));
	} else {
		msg_u64(&m, ATOLL_POOL_A_LIMIT, 4 << 20);
	}
	msg_nest_end(&m, nest);
}

static void request(unsigned int trial)
{
	uint8_t cmd = trials[trial].cmd;
	size_t nest;

	if (cmd == ATOLL_CMD_VM_DEFINE) {
		world_define(&m, VICTIM, image_fd);
	} else if (cmd == ATOLL_CMD_POOL_ADD) {
		request_pool();
	} else if (cmd == ATOLL_CMD_HOST_GET || cmd == ATOLL_CMD_AUDIT || trials[trial].flags) {
		msg_begin(&m, cmd, trials[trial].flags);
	} else if (cmd == ATOLL_CMD_HOST_SET) {
		msg_begin(&m, cmd, 0);
		nest = msg_nest(&m, ATOLL_A_HOST);
		msg_u64(&m, ATOLL_HOST_A_POOL_LIMIT, 64 << 20);
		msg_nest_end(&m, nest);
	} else {
		msg_verb(&m, cmd, VICTIM);
	}
	/* With all that it may do: the extent that the image is in comes apart */
	if (cmd == ATOLL_CMD_VM_TRIM) {
		nest = msg_nest(&m, ATOLL_A_TRIM);
		msg_u32(&m, ATOLL_TRIM_A_SPLIT, 1);
		msg_nest_end(&m, nest);
	}
}

/* The answer itself may have been what could not be allocated */
static bool is_sound(unsigned int trial, int state)
{
	if (a.told && !a.err)
		return state == trials[trial].after;
	if (a.told)
		return state == trials[trial].before;
	return state == trials[trial].before || state == trials[trial].after;
}

/* How many extents came apart by the last trim */
static uint64_t came_apart(void)
{
	const struct nlattr *trim = attr_find(a.data, a.len, ATOLL_A_TRIM);
	const struct nlattr *apart = trim ? attr_find(attr_data(trim), attr_len(trim),
						      ATOLL_TRIM_A_CAME_APART) : NULL;
	uint64_t nr = 0;

	if (apart)
		memcpy(&nr, attr_data(apart), sizeof(nr));
	return nr;
}

static void run(unsigned int trial)
{
	bool is_trim = trials[trial].cmd == ATOLL_CMD_VM_TRIM;
	const char *name = trials[trial].name;
	unsigned int n, left = 0, refused = 0;
	int state;

	for (n = 1; !left && n < ROUNDS_MAX; n++) {
		/* What has come apart can't do so once more */
		if (is_trim)
			bring_to(ABSENT);
		bring_to(trials[trial].before);
		request(trial);
		set_nth(n);
		call(&m, &a);
		left = get_nth();
		set_nth(0);
		/* A late answer to this must not be taken for one to the next */
		if (!a.told)
			sock_open();
		state = world_state(VICTIM);
		refused += a.err != 0;
		if (!is_sound(trial, state))
			check(false, "%s, allocation %u: %s (%s), state %d", name, n,
			      strerror(a.err), a.text, state);
	}
	if (is_trim)
		check(came_apart() == 1, "%s: an extent came apart with nothing failing", name);
	check(left && !a.err && n > 6, "%s: %u allocations failed in turn, %u refusals", name, n - 2,
	      refused);
	bring_to(ABSENT);
}

void test_fail_nth(const char *verb_name)
{
	bool known = false;
	unsigned int i;

	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	if (nth_fd < 0)
		die("this kernel has no fail-nth: %s", strerror(errno));
	for (i = 0; i < ARRAY_SIZE(trials); i++) {
		if (strcmp(verb_name, "all") && strcmp(verb_name, trials[i].name))
			continue;
		known = true;
		run(i);
	}
	if (!known)
		die("no command '%s'", verb_name);
	check(world_state(WITNESS) == ATOLL_STATE_NEW, "the neighbour is as it was");
}
