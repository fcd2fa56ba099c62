// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests that are wrong in form: every attribute of every command missing,
 * too long, too short, of another type, twice, cut off; and every number that
 * an attribute doesn't have.
 *
 * Each command's right request is described as a tree.  A request is built
 * from it with one fault at one node, and must be refused with a sentence.
 */
#include <errno.h>
#include <string.h>
#include "nltest.h"

enum type { U32, U64, STRING, NEST };

struct node {
	const char *name;
	const struct node *child;	/* of a nest; ends with an empty name */
	const char *text;		/* of a string */
	uint64_t value;
	uint16_t number;
	uint8_t type;
	uint8_t optional;
	uint8_t repeatable;
	const int *fd;			/* the value, where it is a descriptor */
};

static const struct node name_only[] = {
	{ "NAME", .type = STRING, .number = ATOLL_VM_A_NAME, .text = WITNESS },
	{ NULL }
};

static const struct node module[] = {
	{ "FD", .type = U32, .number = ATOLL_MODULE_A_FD, .fd = &image_fd },
	{ "CMDLINE", .type = STRING, .number = ATOLL_MODULE_A_CMDLINE, .text = "mod a=1",
	  .optional = 1 },
	{ NULL }
};

static const struct node flat_boot[] = {
	{ "IMAGE_FD", .type = U32, .number = ATOLL_BOOT_A_IMAGE_FD, .fd = &image_fd },
	{ "FORMAT", .type = U32, .number = ATOLL_BOOT_A_FORMAT, .value = ATOLL_BOOT_FLAT },
	{ "LOAD_ADDR", .type = U64, .number = ATOLL_BOOT_A_LOAD_ADDR, .value = 0x7c00,
	  .optional = 1 },
	{ NULL }
};

static const struct node multiboot[] = {
	{ "IMAGE_FD", .type = U32, .number = ATOLL_BOOT_A_IMAGE_FD, .fd = &multiboot_fd },
	{ "FORMAT", .type = U32, .number = ATOLL_BOOT_A_FORMAT, .value = ATOLL_BOOT_MULTIBOOT,
	  .optional = 1 },
	{ "CMDLINE", .type = STRING, .number = ATOLL_BOOT_A_CMDLINE, .text = "image b=2",
	  .optional = 1 },
	{ "MODULE", .type = NEST, .number = ATOLL_BOOT_A_MODULE, .child = module,
	  .optional = 1, .repeatable = 1 },
	{ NULL }
};

#define DEFINE_VM(_boot)								\
	{ "NAME", .type = STRING, .number = ATOLL_VM_A_NAME, .text = "newcomer" },	\
	{ "MEMORY", .type = U64, .number = ATOLL_VM_A_MEMORY, .value = 2 << 20 },	\
	{ "NR_VCPUS", .type = U32, .number = ATOLL_VM_A_NR_VCPUS, .value = 2 },		\
	{ "BOOT", .type = NEST, .number = ATOLL_VM_A_BOOT, .child = (_boot) },		\
	{ "PIN", .type = U32, .number = ATOLL_VM_A_PIN, .value = 0,			\
	  .optional = 1, .repeatable = 1 },						\
	{ "RESERVE", .type = U32, .number = ATOLL_VM_A_RESERVE, .value = 1,		\
	  .optional = 1 },								\
	{ "TSC_KHZ", .type = U32, .number = ATOLL_VM_A_TSC_KHZ, .value = 0,		\
	  .optional = 1 },								\
	{ "NODE", .type = U32, .number = ATOLL_VM_A_NODE, .value = 0,			\
	  .optional = 1 },								\
	{ "POOL", .type = STRING, .number = ATOLL_VM_A_POOL, .text = ATOLL_POOL_DEFAULT,	\
	  .optional = 1 },								\
	{ NULL }

static const struct node flat_vm[] = { DEFINE_VM(flat_boot) };
static const struct node multiboot_vm[] = { DEFINE_VM(multiboot) };

static const struct node host[] = {
	{ "POOL_LIMIT", .type = U64, .number = ATOLL_HOST_A_POOL_LIMIT, .value = 64 << 20,
	  .optional = 1 },
	{ "POOL_OVERCOMMIT", .type = U32, .number = ATOLL_HOST_A_POOL_OVERCOMMIT, .value = 1,
	  .optional = 1 },
	{ NULL }
};

static const struct node flat_root[] = {
	{ "VM", .type = NEST, .number = ATOLL_A_VM, .child = flat_vm }, { NULL }
};

static const struct node multiboot_root[] = {
	{ "VM", .type = NEST, .number = ATOLL_A_VM, .child = multiboot_vm }, { NULL }
};

static const struct node verb_root[] = {
	{ "VM", .type = NEST, .number = ATOLL_A_VM, .child = name_only }, { NULL }
};

static const struct node host_root[] = {
	{ "HOST", .type = NEST, .number = ATOLL_A_HOST, .child = host }, { NULL }
};

static const struct node audit[] = {
	{ "DEEP", .type = U32, .number = ATOLL_AUDIT_A_DEEP, .value = 1 },
	{ NULL }
};

static const struct node audit_root[] = {
	{ "AUDIT", .type = NEST, .number = ATOLL_A_AUDIT, .child = audit, .optional = 1 },
	{ NULL }
};

static const struct node map[] = {
	{ "FROM", .type = U64, .number = ATOLL_MAP_A_FROM, .value = 0x1000 },
	{ NULL }
};

static const struct node map_root[] = {
	{ "VM", .type = NEST, .number = ATOLL_A_VM, .child = name_only },
	{ "MAP", .type = NEST, .number = ATOLL_A_MAP, .child = map, .optional = 1 },
	{ NULL }
};

static const struct node trim[] = {
	{ "SPLIT", .type = U32, .number = ATOLL_TRIM_A_SPLIT, .value = 1 },
	{ NULL }
};

static const struct node trim_root[] = {
	{ "VM", .type = NEST, .number = ATOLL_A_VM, .child = name_only },
	{ "TRIM", .type = NEST, .number = ATOLL_A_TRIM, .child = trim, .optional = 1 },
	{ NULL }
};

static const struct node new_pool[] = {
	{ "NAME", .type = STRING, .number = ATOLL_POOL_A_NAME, .text = "new-pool" },
	{ "LIMIT", .type = U64, .number = ATOLL_POOL_A_LIMIT, .value = 4 << 20 },
	{ NULL }
};

/* Refused even without a fault: the default pool's RAM is the host's */
static const struct node new_range[] = {
	{ "NAME", .type = STRING, .number = ATOLL_POOL_A_NAME, .text = "new-pool" },
	{ "START", .type = U64, .number = ATOLL_POOL_A_START, .value = 2 << 20 },
	{ "LEN", .type = U64, .number = ATOLL_POOL_A_LEN, .value = 2 << 20 },
	{ NULL }
};

static const struct node pool_numbers[] = {
	{ "NAME", .type = STRING, .number = ATOLL_POOL_A_NAME, .text = ATOLL_POOL_DEFAULT },
	{ "LIMIT", .type = U64, .number = ATOLL_POOL_A_LIMIT, .value = 64 << 20,
	  .optional = 1 },
	{ "OVERCOMMIT", .type = U32, .number = ATOLL_POOL_A_OVERCOMMIT, .value = 1,
	  .optional = 1 },
	{ NULL }
};

static const struct node pool_name[] = {
	{ "NAME", .type = STRING, .number = ATOLL_POOL_A_NAME, .text = "no-pool" },
	{ NULL }
};

static const struct node new_pool_root[] = {
	{ "POOL", .type = NEST, .number = ATOLL_A_POOL, .child = new_pool }, { NULL }
};

static const struct node new_range_root[] = {
	{ "POOL", .type = NEST, .number = ATOLL_A_POOL, .child = new_range }, { NULL }
};

static const struct node pool_set_root[] = {
	{ "POOL", .type = NEST, .number = ATOLL_A_POOL, .child = pool_numbers }, { NULL }
};

static const struct node pool_name_root[] = {
	{ "POOL", .type = NEST, .number = ATOLL_A_POOL, .child = pool_name }, { NULL }
};

static const struct node nothing[] = { { NULL } };

static const struct {
	const char *name;
	const struct node *root;
	uint8_t cmd;
} commands[] = {
	{ "VM_DEFINE, flat", flat_root, ATOLL_CMD_VM_DEFINE },
	{ "VM_DEFINE, multiboot", multiboot_root, ATOLL_CMD_VM_DEFINE },
	{ "VM_GET", verb_root, ATOLL_CMD_VM_GET },
	{ "VM_UNDEFINE", verb_root, ATOLL_CMD_VM_UNDEFINE },
	{ "VM_START", verb_root, ATOLL_CMD_VM_START },
	{ "VM_STOP", verb_root, ATOLL_CMD_VM_STOP },
	{ "VM_KILL", verb_root, ATOLL_CMD_VM_KILL },
	{ "VM_PAUSE", verb_root, ATOLL_CMD_VM_PAUSE },
	{ "VM_RESUME", verb_root, ATOLL_CMD_VM_RESUME },
	{ "VM_BUTTON", verb_root, ATOLL_CMD_VM_BUTTON },
	{ "VM_MAP", map_root, ATOLL_CMD_VM_MAP },
	{ "VM_TRIM", trim_root, ATOLL_CMD_VM_TRIM },
	{ "POOL_ADD, dynamic", new_pool_root, ATOLL_CMD_POOL_ADD },
	{ "POOL_ADD, reserved", new_range_root, ATOLL_CMD_POOL_ADD },
	{ "POOL_SET", pool_set_root, ATOLL_CMD_POOL_SET },
	{ "POOL_REMOVE", pool_name_root, ATOLL_CMD_POOL_REMOVE },
	{ "HOST_SET", host_root, ATOLL_CMD_HOST_SET },
	{ "HOST_GET", nothing, ATOLL_CMD_HOST_GET },
	{ "AUDIT", audit_root, ATOLL_CMD_AUDIT },
};

#define NR_COMMANDS	ARRAY_SIZE(commands)

enum fault {
	RIGHT, MISSING, EMPTY, SHORT, LONG, OTHER_TYPE, TWICE, CUT, TINY,
	INNER_NUL, NO_NUL, NR_FAULTS
};

static const char *const fault_names[NR_FAULTS] = {
	"right", "missing", "empty", "too short", "too long", "with the nest flag wrong",
	"twice", "longer than the message", "shorter than its own header",
	"with a NUL inside", "without a NUL",
};

static struct msg m;
static struct answer a;
static const struct node *faulty;
static enum fault fault;

static void put(const struct node *n);

static size_t put_right(const struct node *n)
{
	uint64_t value = n->fd ? (uint64_t)*n->fd : n->value;
	uint32_t value32 = value;
	const struct node *c;
	size_t at = m.len;

	switch (n->type) {
	case U32:
		return msg_put(&m, n->number, &value32, sizeof(value32));
	case U64:
		return msg_put(&m, n->number, &value, sizeof(value));
	case STRING:
		return msg_put(&m, n->number, n->text, strlen(n->text) + 1);
	default:
		msg_nest(&m, n->number);
		for (c = n->child; c->name; c++)
			put(c);
		msg_nest_end(&m, at);
		return at;
	}
}

/* A nest gets three stray bytes, anything else is a good deal longer */
static void put_long(const struct node *n)
{
	static char text[5000];
	size_t at;

	memset(text, 'x', sizeof(text) - 1);
	switch (n->type) {
	case STRING:
		msg_put(&m, n->number, text, sizeof(text));
		break;
	case NEST:
		at = put_right(n);
		msg_raw(&m, "\377\377\377", 3);
		msg_attr(&m, at)->nla_len = m.len - at - 1;
		break;
	default:
		msg_put(&m, n->number, text, n->type == U32 ? 8 : 12);
	}
}

static void put_faulty(const struct node *n)
{
	static const uint8_t zero[8];
	size_t at;

	switch (fault) {
	case MISSING:
		break;
	case EMPTY:
		msg_put(&m, n->number | (n->type == NEST ? NLA_F_NESTED : 0), NULL, 0);
		break;
	case SHORT:
		at = msg_put(&m, n->number, zero, n->type == U64 ? 7 : 3);
		if (n->type == NEST)
			msg_attr(&m, at)->nla_type |= NLA_F_NESTED;
		break;
	case LONG:
		put_long(n);
		break;
	case OTHER_TYPE:
		at = put_right(n);
		msg_attr(&m, at)->nla_type ^= NLA_F_NESTED;
		break;
	case TWICE:
		put_right(n);
		put_right(n);
		break;
	case CUT:
		at = put_right(n);
		msg_attr(&m, at)->nla_len = 0xfffc;
		break;
	case TINY:
		at = put_right(n);
		msg_attr(&m, at)->nla_len = NLA_HDRLEN - 1;
		break;
	case INNER_NUL:
		msg_put(&m, n->number, "a\0b", 4);
		break;
	case NO_NUL:
		msg_put(&m, n->number, "abc", 3);
		break;
	default:
		put_right(n);
	}
}

static void put(const struct node *n)
{
	/* The end of a nest's children outlives an inner fault: see build() */
	if (n == faulty)
		put_faulty(n);
	else
		put_right(n);
}

static void build(unsigned int command, const struct node *at, enum fault f)
{
	const struct node *n;

	faulty = at;
	fault = f;
	msg_begin(&m, commands[command].cmd, 0);
	for (n = commands[command].root; n->name; n++)
		put(n);
}

/* A right request, for others to spoil; NULL past the last */
const struct msg *malformed_seed(unsigned int i)
{
	if (i >= NR_COMMANDS)
		return NULL;
	build(i, NULL, RIGHT);
	return &m;
}

static bool fits(const struct node *n, enum fault f)
{
	if (f == INNER_NUL || f == NO_NUL)
		return n->type == STRING;
	/* Three zero bytes are a string like any other */
	return f != SHORT || n->type != STRING;
}

/* Some faults are none: what is optional may be missing */
static bool is_allowed(const struct node *n, enum fault f)
{
	return (f == MISSING && n->optional) || (f == TWICE && n->repeatable);
}

static void one_fault(unsigned int command, const struct node *n, enum fault f)
{
	const char *cmd = commands[command].name;

	build(command, n, f);
	call(&m, &a);
	if (is_allowed(n, f)) {
		check(!a.err, "%s: %s %s is taken (%s)", cmd, n->name, fault_names[f], a.text);
		world_reset();
		return;
	}
	check(a.err && a.told && a.text[0], "%s: %s %s is refused: %s (%s)", cmd, n->name,
	      fault_names[f], strerror(a.err), a.text);
	if (world_changed()) {
		check(false, "%s: %s %s has changed something", cmd, n->name, fault_names[f]);
		world_reset();
	}
}

static bool has_child(const struct node *nest, uint16_t number)
{
	const struct node *c;

	for (c = nest; c->name; c++)
		if (c->number == number)
			return true;
	return false;
}

/* Every number that the nest at @n does not take, put at its end */
static void foreign(unsigned int command, const struct node *n)
{
	static const uint16_t far[] = { 0, 63, 64, 255, 256, 0x3fff };
	unsigned int i, bad = 0;

	for (i = 0; i < 24 + ARRAY_SIZE(far); i++) {
		uint16_t number = i < 24 ? i : far[i - 24];
		struct node extra[10] = {}, copy = *n;
		unsigned int len;

		if (has_child(n->child, number))
			continue;
		for (len = 0; n->child[len].name; len++)
			extra[len] = n->child[len];
		extra[len].name = "extra";
		extra[len].number = number;
		copy.child = extra;
		faulty = NULL;
		msg_begin(&m, commands[command].cmd, 0);
		put(&copy);
		call(&m, &a);
		bad += !a.err || !a.text[0] || world_changed();
	}
	check(!bad, "%s: numbers that %s does not take are refused, %u are not",
	      commands[command].name, n->name, bad);
}

/* The same one level up, in the message itself */
static void foreign_top(unsigned int command)
{
	unsigned int number, bad = 0;

	for (number = 0; number < 24; number++) {
		if (has_child(commands[command].root, number))
			continue;
		build(command, NULL, RIGHT);
		msg_u32(&m, number, 0);
		call(&m, &a);
		bad += !a.err || !a.text[0] || world_changed();
	}
	check(!bad, "%s: numbers that the message does not take are refused, %u are not",
	      commands[command].name, bad);
}

static void faults_below(unsigned int command, const struct node *n)
{
	enum fault f;

	for (; n->name; n++) {
		for (f = MISSING; f < NR_FAULTS; f++)
			if (fits(n, f))
				one_fault(command, n, f);
		if (n->child)
			faults_below(command, n->child);
	}
}

void test_malformed(void)
{
	unsigned int i;

	for (i = 0; i < NR_COMMANDS; i++) {
		faults_below(i, commands[i].root);
		foreign_top(i);
		if (commands[i].root->name)
			foreign(i, commands[i].root);
	}
}

static void refused(const char *what, int err)
{
	call(&m, &a);
	check(a.err == err, "%s: %s", what, strerror(a.err));
	if (world_changed()) {
		check(false, "%s has changed something", what);
		world_reset();
	}
}

/* The kernel tells anybody what a family takes, and must not stumble over it */
static void told_policies(void)
{
	msg_begin(&m, CTRL_CMD_GETPOLICY, NLM_F_DUMP);
	msg_head(&m)->nlmsg_type = GENL_ID_CTRL;
	msg_put(&m, CTRL_ATTR_FAMILY_ID, &family_id, sizeof(family_id));
	call(&m, &a);
	check(!a.err && a.len, "the policies can be read: %s", strerror(a.err));
}

/* Wrong headers, and commands that there aren't */
void test_headers(void)
{
	static const uint8_t not_dumped[] = {
		ATOLL_CMD_HOST_GET, ATOLL_CMD_HOST_SET, ATOLL_CMD_VM_DEFINE, ATOLL_CMD_VM_START,
	};
	static const uint16_t not_commands[] = {
		ATOLL_CMD_UNSPEC, ATOLL_CMD_VM_EVENT, __ATOLL_CMD_MAX, 100, 255
	};
	struct genlmsghdr *genl = (struct genlmsghdr *)(m.buf + NLMSG_HDRLEN);
	unsigned int i;

	told_policies();
	for (i = 0; i < ARRAY_SIZE(not_commands); i++) {
		msg_verb(&m, not_commands[i], WITNESS);
		refused("a command that does not exist", EOPNOTSUPP);
	}
	for (i = 0; i < sizeof(not_dumped); i++) {
		msg_begin(&m, not_dumped[i], NLM_F_DUMP);
		refused("a dump of what is no list", EOPNOTSUPP);
	}

	msg_verb(&m, ATOLL_CMD_VM_GET, WITNESS);
	msg_head(&m)->nlmsg_flags |= NLM_F_DUMP;
	refused("a dump that names a VM", EINVAL);

	msg_verb(&m, ATOLL_CMD_VM_UNDEFINE, WITNESS);
	genl->reserved = 1;
	refused("a reserved field that is not zero", EINVAL);

	msg_verb(&m, ATOLL_CMD_VM_UNDEFINE, WITNESS);
	msg_head(&m)->nlmsg_flags |= NLM_F_REPLACE;
	refused("a reserved flag", EINVAL);

	msg_verb(&m, ATOLL_CMD_VM_UNDEFINE, WITNESS);
	m.len = NLMSG_HDRLEN + 2;
	msg_head(&m)->nlmsg_len = m.len;
	refused("half a generic netlink header", EINVAL);
}
