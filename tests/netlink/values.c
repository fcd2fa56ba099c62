// SPDX-License-Identifier: GPL-2.0-only
/* Requests that are right in form and wrong in what they say. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>
#include "nltest.h"

static struct msg m;
static struct answer a;

static void refused(int err, const char *fmt_what, const char *which)
{
	char what[160];

	snprintf(what, sizeof(what), fmt_what, which);
	call(&m, &a);
	check(a.err && a.text[0] && (!err || a.err == err), "%s is refused: %s (%s)", what,
	      strerror(a.err), a.text);
	if (world_changed()) {
		check(false, "%s has changed something", what);
		world_reset();
	}
}

static void names(void)
{
	static const char *const bad[] = {
		"", " ", "a b", "a/b", "../x", "a\n", "\x1b[2J", "\xc3\xa9", "\xff",
		"a:b", "%n", "~",
	};
	char name[ATOLL_NAME_MAX + 2];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		world_define(&m, bad[i], image_fd);
		refused(EINVAL, "name no. %s", (char[]){ 'a' + i, '\0' });
		msg_verb(&m, ATOLL_CMD_VM_START, bad[i]);
		refused(EINVAL, "start of name no. %s", (char[]){ 'a' + i, '\0' });
	}
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	world_define(&m, name, image_fd);
	refused(EINVAL, "a name of %s bytes", "64");

	name[ATOLL_NAME_MAX] = '\0';
	world_define(&m, name, image_fd);
	call(&m, &a);
	check(!a.err, "a name of 63 bytes is taken (%s)", a.text);
	world_reset();

	world_define(&m, WITNESS, image_fd);
	refused(EEXIST, "a name that is taken%s", "");
	world_define(&m, "Witness", image_fd);
	call(&m, &a);
	check(!a.err, "names differ by case (%s)", a.text);
	world_reset();
}

static void sizes(void)
{
	static const uint64_t memory[] = {
		0, 1, 4095, 4097, (2 << 20) + 1, 1ULL << 52, 1ULL << 63, -1ULL, -4096ULL,
	};
	static const uint32_t vcpus[] = { 0, ATOLL_VCPUS_MAX + 1, 1U << 31, -1U };
	const size_t vm = NLMSG_HDRLEN + GENL_HDRLEN;
	struct nlattr *attr;
	char text[32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(memory); i++) {
		world_define(&m, "newcomer", image_fd);
		attr = (struct nlattr *)attr_find(attr_data(msg_attr(&m, vm)),
						  attr_len(msg_attr(&m, vm)), ATOLL_VM_A_MEMORY);
		memcpy(attr + 1, &memory[i], sizeof(memory[i]));
		snprintf(text, sizeof(text), "%llu", (unsigned long long)memory[i]);
		refused(0, "memory of %s bytes", text);
	}
	for (i = 0; i < ARRAY_SIZE(vcpus); i++) {
		world_define(&m, "newcomer", image_fd);
		attr = (struct nlattr *)attr_find(attr_data(msg_attr(&m, vm)),
						  attr_len(msg_attr(&m, vm)), ATOLL_VM_A_NR_VCPUS);
		memcpy(attr + 1, &vcpus[i], sizeof(vcpus[i]));
		snprintf(text, sizeof(text), "%u", vcpus[i]);
		refused(0, "%s vCPUs", text);
	}
}

/* The smallest definition, pinned to @cpu @count times */
static void pinned_to(uint32_t cpu, unsigned int count)
{
	const size_t vm = NLMSG_HDRLEN + GENL_HDRLEN;

	world_define(&m, "newcomer", image_fd);
	while (count--)
		msg_u32(&m, ATOLL_VM_A_PIN, cpu);
	msg_nest_end(&m, vm);
}

static void pins(void)
{
	static const uint32_t none[] = { 8192, 1U << 31, -1U };
	char text[32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		pinned_to(none[i], 1);
		snprintf(text, sizeof(text), "%u", none[i]);
		refused(EINVAL, "a pin to CPU %s", text);
	}
	pinned_to(0, 2);
	refused(EINVAL, "two pins for one vCPU%s", "");
	pinned_to(0, ATOLL_VCPUS_MAX + 1);
	refused(E2BIG, "33 pins%s", "");
	pinned_to(0, 4000);
	refused(E2BIG, "4000 pins%s", "");
	pinned_to(0, 1);
	call(&m, &a);
	check(!a.err, "a pin to CPU 0 is taken (%s)", a.text);
	world_reset();
}

static void tsc_khz(uint32_t khz)
{
	const size_t vm = NLMSG_HDRLEN + GENL_HDRLEN;

	world_define(&m, "newcomer", image_fd);
	msg_u32(&m, ATOLL_VM_A_TSC_KHZ, khz);
	msg_nest_end(&m, vm);
}

static void frequencies(void)
{
	static const uint32_t none[] = { 1, 99999, 10000001, -1U };
	char text[32];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(none); i++) {
		tsc_khz(none[i]);
		snprintf(text, sizeof(text), "%u", none[i]);
		refused(ERANGE, "a TSC of %s kHz", text);
	}
	/* No emulator's CPU scales */
	tsc_khz(100000);
	refused(EOPNOTSUPP, "a TSC of 100000 kHz%s", "");
	tsc_khz(0);
	call(&m, &a);
	check(!a.err, "the host's TSC is taken (%s)", a.text);
	world_reset();
}

static void file(int err, int fd, const char *what)
{
	world_define(&m, "newcomer", fd);
	refused(err, "an image that is %s", what);
	if (fd > 2 && fd < 1000)
		close(fd);
}

static void files(void)
{
	int fds[2];

	file(EBADF, -1, "file -1");
	file(EBADF, 1000, "not open");
	file(EISDIR, open("/", O_RDONLY | O_DIRECTORY), "a directory");
	file(EINVAL, open("/dev/zero", O_RDONLY), "a device");
	file(EBADF, open("/proc/self/exe", O_PATH), "an O_PATH descriptor");
	file(EBADF, open("/tmp/nltest.image", O_WRONLY | O_CREAT, 0600), "open for writing only");
	unlink("/tmp/nltest.image");
	file(EINVAL, socket(AF_UNIX, SOCK_STREAM, 0), "a socket");
	file(0, memfd_create("empty", 0), "empty");
	if (!pipe(fds)) {
		file(EINVAL, fds[0], "a pipe");
		close(fds[1]);
	}
}

static void boot_with(uint32_t format, uint64_t load_addr, unsigned int nr_modules)
{
	size_t vm, boot, module;

	msg_begin(&m, ATOLL_CMD_VM_DEFINE, 0);
	vm = msg_nest(&m, ATOLL_A_VM);
	msg_string(&m, ATOLL_VM_A_NAME, "newcomer");
	msg_u64(&m, ATOLL_VM_A_MEMORY, 2 << 20);
	msg_u32(&m, ATOLL_VM_A_NR_VCPUS, 1);
	boot = msg_nest(&m, ATOLL_VM_A_BOOT);
	msg_u32(&m, ATOLL_BOOT_A_IMAGE_FD, image_fd);
	msg_u32(&m, ATOLL_BOOT_A_FORMAT, format);
	msg_u64(&m, ATOLL_BOOT_A_LOAD_ADDR, load_addr);
	while (nr_modules--) {
		module = msg_nest(&m, ATOLL_BOOT_A_MODULE);
		msg_u32(&m, ATOLL_MODULE_A_FD, image_fd);
		msg_nest_end(&m, module);
	}
	msg_nest_end(&m, boot);
	msg_nest_end(&m, vm);
}

static void boots(void)
{
	boot_with(__ATOLL_BOOT_FORMATS, 0, 0);
	refused(EINVAL, "boot format %s", "5");
	boot_with(-1U, 0, 0);
	refused(EINVAL, "boot format %s", "-1");
	boot_with(ATOLL_BOOT_MULTIBOOT, 0x100000, 0);
	refused(EINVAL, "a load address for multiboot%s", "");
	boot_with(ATOLL_BOOT_FLAT, 2 << 20, 0);
	refused(0, "a load address behind the memory%s", "");
	boot_with(ATOLL_BOOT_FLAT, -1ULL, 0);
	refused(0, "a load address of %s", "-1");
	boot_with(ATOLL_BOOT_FLAT, 0x7c00, ATOLL_MODULES_MAX + 1);
	refused(E2BIG, "33 modules%s", "");
	boot_with(ATOLL_BOOT_FLAT, 0x7c00, 4000);
	refused(E2BIG, "4000 modules%s", "");
}

static void host(void)
{
	size_t nest;

	msg_begin(&m, ATOLL_CMD_HOST_SET, 0);
	nest = msg_nest(&m, ATOLL_A_HOST);
	msg_u64(&m, ATOLL_HOST_A_POOL_LIMIT, 0);
	msg_nest_end(&m, nest);
	refused(0, "a pool limit below what is in use%s", "");
}

static void new_pool(uint64_t limit, uint64_t start, uint64_t len)
{
	size_t nest;

	msg_begin(&m, ATOLL_CMD_POOL_ADD, 0);
	nest = msg_nest(&m, ATOLL_A_POOL);
	msg_string(&m, ATOLL_POOL_A_NAME, "new-pool");
	if (limit)
		msg_u64(&m, ATOLL_POOL_A_LIMIT, limit);
	if (start || len || !limit) {
		msg_u64(&m, ATOLL_POOL_A_START, start);
		msg_u64(&m, ATOLL_POOL_A_LEN, len);
	}
	msg_nest_end(&m, nest);
}

static void pools(void)
{
	static const struct { uint64_t limit, start, len; } bad[] = {
		{ 1, 0, 0 }, { (2 << 20) + 1, 0, 0 }, { 1ULL << 52, 0, 0 }, { -1ULL << 21, 0, 0 },
		{ 0, 0, 0 }, { 0, 0, 2 << 20 }, { 0, 1, 2 << 20 }, { 0, 2 << 20, 1 },
		{ 0, -1ULL << 21, 2 << 20 }, { 0, 2 << 20, -1ULL << 21 }, { 0, -1, -1 },
		{ 0, 0xfee00000, 2 << 20 }, { 0, 1ULL << 52, 2 << 20 }, { 2 << 20, 0, 2 << 20 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		new_pool(bad[i].limit, bad[i].start, bad[i].len);
		refused(0, "pool no. %s", (char[]){ 'a' + i, '\0' });
	}
	new_pool(4 << 20, 0, 0);
	call(&m, &a);
	check(!a.err, "a pool of 4 MiB is taken (%s)", a.text);
	new_pool(4 << 20, 0, 0);
	call(&m, &a);
	check(a.err == EEXIST && a.text[0], "and no other of that name (%s)", a.text);
	world_reset();
	msg_pool(&m, ATOLL_CMD_POOL_REMOVE, ATOLL_POOL_DEFAULT);
	refused(EINVAL, "removal of the default pool%s", "");
	msg_pool(&m, ATOLL_CMD_POOL_SET, ATOLL_POOL_DEFAULT);
	refused(EINVAL, "a change of nothing%s", "");
	world_define(&m, "newcomer", image_fd);
	msg_string(&m, ATOLL_VM_A_POOL, "no-pool");
	msg_nest_end(&m, NLMSG_HDRLEN + GENL_HDRLEN);
	refused(ENOENT, "a guest of a pool that isn't there%s", "");
}

void test_values(void)
{
	names();
	sizes();
	pins();
	frequencies();
	files();
	boots();
	host();
	pools();
}

static void step(uint8_t cmd, const char *what, int want_state)
{
	int state;

	verb(cmd, WITNESS, &a);
	state = world_state(WITNESS);
	check(state == want_state && (!a.err || a.text[0]), "%s: %s, state %d (%s)", what,
	      strerror(a.err), state, a.text);
}

/* Each verb in a state where it is right, and in one where it is not */
void test_states(void)
{
	msg_verb(&m, ATOLL_CMD_VM_START, "nobody");
	refused(ENOENT, "a VM that does not exist%s", "");

	step(ATOLL_CMD_VM_PAUSE, "pause what is new", ATOLL_STATE_NEW);
	step(ATOLL_CMD_VM_RESUME, "resume what is new", ATOLL_STATE_NEW);
	step(ATOLL_CMD_VM_STOP, "stop what is new", ATOLL_STATE_NEW);
	step(ATOLL_CMD_VM_BUTTON, "press the button of what is new", ATOLL_STATE_NEW);
	step(ATOLL_CMD_VM_START, "start", ATOLL_STATE_RUNNING);
	step(ATOLL_CMD_VM_START, "start what runs", ATOLL_STATE_RUNNING);
	step(ATOLL_CMD_VM_RESUME, "resume what runs", ATOLL_STATE_RUNNING);
	step(ATOLL_CMD_VM_BUTTON, "press the button without ACPI", ATOLL_STATE_RUNNING);
	step(ATOLL_CMD_VM_UNDEFINE, "undefine what runs", ATOLL_STATE_RUNNING);
	step(ATOLL_CMD_VM_PAUSE, "pause", ATOLL_STATE_PAUSED);
	step(ATOLL_CMD_VM_PAUSE, "pause what is paused", ATOLL_STATE_PAUSED);
	step(ATOLL_CMD_VM_START, "start what is paused", ATOLL_STATE_PAUSED);
	step(ATOLL_CMD_VM_BUTTON, "press the button of what is paused", ATOLL_STATE_PAUSED);
	step(ATOLL_CMD_VM_UNDEFINE, "undefine what is paused", ATOLL_STATE_PAUSED);
	step(ATOLL_CMD_VM_RESUME, "resume", ATOLL_STATE_RUNNING);
	step(ATOLL_CMD_VM_STOP, "stop", ATOLL_STATE_STOPPED);
	step(ATOLL_CMD_VM_STOP, "stop what is stopped", ATOLL_STATE_STOPPED);
	step(ATOLL_CMD_VM_BUTTON, "press the button of what is stopped", ATOLL_STATE_STOPPED);
	step(ATOLL_CMD_VM_START, "start again", ATOLL_STATE_RUNNING);
	step(ATOLL_CMD_VM_KILL, "kill", ATOLL_STATE_STOPPED);
	step(ATOLL_CMD_VM_UNDEFINE, "undefine", -1);
	world_reset();
}
