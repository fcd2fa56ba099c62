// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the policies of the netlink door take and what they refuse, measured
 * against the attribute tree at the head of the uapi header.
 */
#include <kunit/test.h>

#include "../../kmod/nl/nl.h"
#include "fake_hw.h"

/* A policy and the highest type in it, as generic netlink is told of them */
struct table {
	const struct nla_policy *policy;
	int maxattr;
};

static const struct table vm_message = { atoll_nl_vm_policy, ATOLL_A_VM };
static const struct table define_message = { atoll_nl_vm_define_policy, ATOLL_A_VM };
static const struct table host_message = { atoll_nl_host_set_policy, ATOLL_A_HOST };
static const struct table verb_vm = { atoll_nl_name_policy, ATOLL_VM_A_NAME };
static const struct table define_vm = { atoll_nl_define_policy, ATOLL_VM_A_POOL };
static const struct table define_boot = { atoll_nl_boot_policy, ATOLL_BOOT_A_MAX };
static const struct table define_module = { atoll_nl_module_policy, ATOLL_MODULE_A_MAX };
static const struct table audit_message = { atoll_nl_audit_msg_policy, ATOLL_A_AUDIT };
static const struct table deep_audit = { atoll_nl_audit_policy, ATOLL_AUDIT_A_DEEP };
static const struct table from_map = { atoll_nl_map_policy, ATOLL_MAP_A_FROM };
static const struct table set_host = { atoll_nl_host_policy, ATOLL_HOST_A_POOL_OVERCOMMIT };

/* test->priv is a buffer, for attributes as they come from a caller */
static int nl_init(struct kunit *test)
{
	struct sk_buff *skb = alloc_skb(16384, GFP_KERNEL);

	test->priv = skb;
	return skb ? 0 : -ENOMEM;
}

static void nl_exit(struct kunit *test)
{
	kfree_skb(test->priv);
}

static int parse(struct kunit *test, const struct table *table)
{
	struct sk_buff *skb = test->priv;
	struct netlink_ext_ack extack = {};
	int err;

	err = __nla_validate((struct nlattr *)skb->data, skb->len, table->maxattr,
			     table->policy, NL_VALIDATE_STRICT, &extack);
	if (err)
		KUNIT_EXPECT_NOT_ERR_OR_NULL(test, extack._msg);
	skb_trim(skb, 0);
	return err;
}

/* One attribute of @len bytes, alone in its nest */
static void put_bytes(struct kunit *test, u16 type, const void *data, int len)
{
	KUNIT_ASSERT_EQ(test, nla_put(test->priv, type, len, data), 0);
}

static const struct name_case {
	const char *desc;
	const char *name;
	size_t len;
	bool good;
} name_cases[] = {
	{ "one letter", "a", 1, true },
	{ "every kind", "aZ09._-", 7, true },
	{ "first and last of each range", "azAZ09", 6, true },
	{ "a dot", ".", 1, true },
	{ "a dash first", "-x", 2, true },
	{ "63 bytes", "123456789012345678901234567890123456789012345678901234567890123", 63, true },
	{ "64 bytes", "1234567890123456789012345678901234567890123456789012345678901234", 64,
	  false },
	{ "empty", "", 0, false },
	{ "a blank", "a b", 3, false },
	{ "a slash", "a/b", 3, false },
	{ "below 0", "a/", 2, false },
	{ "above 9", "a:", 2, false },
	{ "below A", "a@", 2, false },
	{ "above Z", "a[", 2, false },
	{ "below a", "a`", 2, false },
	{ "above z", "a{", 2, false },
	{ "a line feed", "a\n", 2, false },
	{ "a NUL", "a\0b", 3, false },
	{ "Latin-1", "\xe9", 1, false },
	{ "UTF-8", "\xc3\xa9", 2, false },
};

static void name_desc(const struct name_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(name, name_cases, name_desc);

static void names_are_checked(struct kunit *test)
{
	const struct name_case *c = test->param_value;
	struct netlink_ext_ack extack = {};
	int err = atoll_name_check(c->name, c->len, &extack);

	KUNIT_EXPECT_EQ(test, err, c->good ? 0 : -EINVAL);
	KUNIT_EXPECT_EQ(test, !extack._msg, c->good);
	/* The sentence is for whoever listens; the verdict is the same without */
	KUNIT_EXPECT_EQ(test, atoll_name_check(c->name, c->len, NULL), err);
}

static void a_name_ends_in_its_only_nul(struct kunit *test)
{
	put_bytes(test, ATOLL_VM_A_NAME, "web", 4);
	KUNIT_EXPECT_EQ(test, parse(test, &verb_vm), 0);
	put_bytes(test, ATOLL_VM_A_NAME, "web", 3);
	KUNIT_EXPECT_NE(test, parse(test, &verb_vm), 0);
	put_bytes(test, ATOLL_VM_A_NAME, "we\0b", 5);
	KUNIT_EXPECT_NE(test, parse(test, &verb_vm), 0);
	put_bytes(test, ATOLL_VM_A_NAME, "web\0", 5);
	KUNIT_EXPECT_NE(test, parse(test, &verb_vm), 0);
	put_bytes(test, ATOLL_VM_A_NAME, "", 1);
	KUNIT_EXPECT_NE(test, parse(test, &verb_vm), 0);
	put_bytes(test, ATOLL_VM_A_NAME, "", 0);
	KUNIT_EXPECT_NE(test, parse(test, &verb_vm), 0);
}

/* The lengths that an attribute may have, first and last */
static const struct length_case {
	const char *desc;
	const struct table *table;
	u16 type;
	int min, max;
} length_cases[] = {
	{ "POOL_LIMIT", &set_host, ATOLL_HOST_A_POOL_LIMIT, 8, 8 },
	{ "FROM", &from_map, ATOLL_MAP_A_FROM, 8, 8 },
	{ "NAME of a verb", &verb_vm, ATOLL_VM_A_NAME, 2, ATOLL_NAME_MAX + 1 },
	{ "NAME", &define_vm, ATOLL_VM_A_NAME, 2, ATOLL_NAME_MAX + 1 },
	{ "MEMORY", &define_vm, ATOLL_VM_A_MEMORY, 8, 8 },
	{ "NR_VCPUS", &define_vm, ATOLL_VM_A_NR_VCPUS, 4, 4 },
	{ "PIN", &define_vm, ATOLL_VM_A_PIN, 4, 4 },
	{ "TSC_KHZ", &define_vm, ATOLL_VM_A_TSC_KHZ, 4, 4 },
	{ "IMAGE_FD", &define_boot, ATOLL_BOOT_A_IMAGE_FD, 4, 4 },
	{ "FORMAT", &define_boot, ATOLL_BOOT_A_FORMAT, 4, 4 },
	{ "LOAD_ADDR", &define_boot, ATOLL_BOOT_A_LOAD_ADDR, 8, 8 },
	{ "CMDLINE", &define_boot, ATOLL_BOOT_A_CMDLINE, 1, ATOLL_CMDLINE_MAX + 1 },
	{ "FD of a module", &define_module, ATOLL_MODULE_A_FD, 4, 4 },
	{ "CMDLINE of a module", &define_module, ATOLL_MODULE_A_CMDLINE, 1,
	  ATOLL_CMDLINE_MAX + 1 },
};

static void length_desc(const struct length_case *c, char *desc)
{
	strscpy(desc, c->desc, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(length, length_cases, length_desc);

/* As many letters as fit, and a NUL at the end: right for a string as well */
static int parse_length(struct kunit *test, const struct length_case *c, int len)
{
	char *bytes = kunit_kzalloc(test, len + 1, GFP_KERNEL);

	KUNIT_ASSERT_NOT_ERR_OR_NULL(test, bytes);
	if (len)
		memset(bytes, 'x', len - 1);
	put_bytes(test, c->type, bytes, len);
	return parse(test, c->table);
}

static void lengths_are_checked(struct kunit *test)
{
	const struct length_case *c = test->param_value;

	KUNIT_EXPECT_EQ(test, parse_length(test, c, c->min), 0);
	KUNIT_EXPECT_EQ(test, parse_length(test, c, c->max), 0);
	KUNIT_EXPECT_NE(test, parse_length(test, c, c->min - 1), 0);
	KUNIT_EXPECT_NE(test, parse_length(test, c, c->max + 1), 0);
}

/* Each number as a nest, which is right for no other type */
static void check_nests(struct kunit *test, const struct table *table, u32 taken)
{
	u32 type;

	for (type = 0; type < 32; type++) {
		nla_nest_end(test->priv, nla_nest_start(test->priv, type));
		KUNIT_EXPECT_EQ_MSG(test, !parse(test, table), type == taken, "type %u", type);
	}
}

static void types_not_listed_are_refused(struct kunit *test)
{
	const u32 none = U32_MAX;

	check_nests(test, &vm_message, ATOLL_A_VM);
	check_nests(test, &define_message, ATOLL_A_VM);
	check_nests(test, &host_message, ATOLL_A_HOST);
	check_nests(test, &audit_message, ATOLL_A_AUDIT);
	check_nests(test, &deep_audit, none);
	check_nests(test, &from_map, none);
	check_nests(test, &verb_vm, none);
	check_nests(test, &set_host, none);
	check_nests(test, &define_vm, ATOLL_VM_A_BOOT);
	check_nests(test, &define_boot, ATOLL_BOOT_A_MODULE);
	check_nests(test, &define_module, none);
}

/* Each number with eight bytes or a short string: what a verb must not take */
static void a_verb_takes_the_name_alone(struct kunit *test)
{
	u32 type;

	for (type = 0; type <= ATOLL_VM_A_MAX; type++) {
		if (type == ATOLL_VM_A_NAME)
			continue;
		put_bytes(test, type, "12345678", 8);
		KUNIT_EXPECT_NE_MSG(test, parse(test, &verb_vm), 0, "type %u", type);
		put_bytes(test, type, "123", 4);
		KUNIT_EXPECT_NE_MSG(test, parse(test, &verb_vm), 0, "type %u", type);
	}
}

static void a_nest_says_that_it_is_one(struct kunit *test)
{
	struct nlattr *nest;

	nest = nla_nest_start(test->priv, ATOLL_A_VM);
	put_bytes(test, ATOLL_VM_A_NAME, "web", 4);
	nla_nest_end(test->priv, nest);
	KUNIT_EXPECT_EQ(test, parse(test, &vm_message), 0);

	nest = nla_nest_start_noflag(test->priv, ATOLL_A_VM);
	put_bytes(test, ATOLL_VM_A_NAME, "web", 4);
	nla_nest_end(test->priv, nest);
	KUNIT_EXPECT_NE(test, parse(test, &vm_message), 0);

	put_bytes(test, ATOLL_VM_A_NAME | NLA_F_NESTED, "web", 4);
	KUNIT_EXPECT_NE(test, parse(test, &verb_vm), 0);
}

/* The tree, down to the last leaf, with one byte of it wrong */
static int parse_deep(struct kunit *test, const char *module_cmdline, int len)
{
	struct nlattr *vm, *boot, *module;
	u32 fd = 3;

	vm = nla_nest_start(test->priv, ATOLL_A_VM);
	boot = nla_nest_start(test->priv, ATOLL_VM_A_BOOT);
	module = nla_nest_start(test->priv, ATOLL_BOOT_A_MODULE);
	put_bytes(test, ATOLL_MODULE_A_FD, &fd, sizeof(fd));
	put_bytes(test, ATOLL_MODULE_A_CMDLINE, module_cmdline, len);
	nla_nest_end(test->priv, module);
	nla_nest_end(test->priv, boot);
	nla_nest_end(test->priv, vm);
	return parse(test, &define_message);
}

static void leaves_are_checked_too(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, parse_deep(test, "a b=c", 6), 0);
	KUNIT_EXPECT_NE(test, parse_deep(test, "a\0b=c", 6), 0);
	KUNIT_EXPECT_NE(test, parse_deep(test, "a b=c", 5), 0);
}

static int once(struct kunit *test, u16 repeatable)
{
	struct sk_buff *skb = test->priv;
	struct netlink_ext_ack extack = {};
	int err = atoll_nl_once((struct nlattr *)skb->data, skb->len, repeatable, &extack);

	KUNIT_EXPECT_EQ(test, !extack._msg, !err);
	skb_trim(skb, 0);
	return err;
}

static void nothing_comes_twice(struct kunit *test)
{
	u32 zero = 0;

	put_bytes(test, ATOLL_BOOT_A_IMAGE_FD, &zero, 4);
	put_bytes(test, ATOLL_BOOT_A_MODULE, &zero, 4);
	put_bytes(test, ATOLL_BOOT_A_MODULE | NLA_F_NESTED, &zero, 4);
	KUNIT_EXPECT_EQ(test, once(test, ATOLL_BOOT_A_MODULE), 0);

	put_bytes(test, ATOLL_BOOT_A_MODULE, &zero, 4);
	put_bytes(test, ATOLL_BOOT_A_MODULE, &zero, 4);
	KUNIT_EXPECT_EQ(test, once(test, 0), -EINVAL);

	/* The flag is no part of the type */
	put_bytes(test, ATOLL_BOOT_A_IMAGE_FD, &zero, 4);
	put_bytes(test, ATOLL_BOOT_A_IMAGE_FD | NLA_F_NESTED, &zero, 4);
	KUNIT_EXPECT_EQ(test, once(test, ATOLL_BOOT_A_MODULE), -EINVAL);
}

/* Each vCPU counts for itself; a VM tells of all */
static void unknown_msrs_are_summed_up(struct kunit *test)
{
	struct sk_buff *skb = test->priv;
	struct nlattr *nest, *count;
	struct atoll_vm *vm;
	u64 value;

	fake_rooms_open(test);
	vm = fake_vm_define(test, "msrs", 2);
	KUNIT_EXPECT_EQ(test, atoll_msr_read(vm->vcpu[0], 0x1fff, &value), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_msr_write(vm->vcpu[0], 0x1fff, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_msr_write(vm->vcpu[1], 0xc0011fff, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, atoll_nl_vm_fill(skb, vm), 0);
	nest = (struct nlattr *)skb->data;
	count = nla_find_nested(nest, ATOLL_VM_A_UNKNOWN_MSRS);
	KUNIT_EXPECT_NOT_NULL(test, count);
	KUNIT_EXPECT_EQ(test, count ? nla_get_u64(count) : 0, 3);
	fake_vm_undefine(vm);
	fake_rooms_close(test);
}

/* Everything there that may be absent, and as long as it may be */
static void blow_up(struct atoll_vm *vm)
{
	u32 i;

	vm->has_exit_code = 1;
	memset(vm->crash.reason, 'x', ATOLL_CRASH_REASON_LEN - 1);
	for (i = 0; i < vm->nr_vcpus; i++) {
		vm->vcpu[i]->tid = 1;
		vm->vcpu[i]->cpu = 1;
		vm->vcpu[i]->pin = 1;
		memset(vm->vcpu[i]->exits, 0xff, sizeof(vm->vcpu[i]->exits));
	}
}

/* The largest VM there can be fits into one attribute, and one message */
static void the_largest_vm_fits(struct kunit *test)
{
	static const char name[] =
		"123456789012345678901234567890123456789012345678901234567890123";
	struct sk_buff *skb = alloc_skb(65536, GFP_KERNEL);
	struct atoll_vm *vm;

	KUNIT_ASSERT_NOT_NULL(test, skb);
	fake_rooms_open(test);
	vm = fake_vm_define(test, name, ATOLL_VCPUS_MAX);
	blow_up(vm);
	KUNIT_EXPECT_EQ(test, atoll_nl_vm_fill(skb, vm), 0);
	KUNIT_EXPECT_LE(test, (size_t)skb->len, atoll_nl_vm_len(ATOLL_VCPUS_MAX));
	KUNIT_EXPECT_LT(test, atoll_nl_vm_len(ATOLL_VCPUS_MAX), (size_t)32768 - 256);
	fake_vm_undefine(vm);
	fake_rooms_close(test);
	kfree_skb(skb);
}

static struct kunit_case nl_cases[] = {
	KUNIT_CASE_PARAM(names_are_checked, name_gen_params),
	KUNIT_CASE(a_name_ends_in_its_only_nul),
	KUNIT_CASE_PARAM(lengths_are_checked, length_gen_params),
	KUNIT_CASE(types_not_listed_are_refused),
	KUNIT_CASE(a_verb_takes_the_name_alone),
	KUNIT_CASE(a_nest_says_that_it_is_one),
	KUNIT_CASE(leaves_are_checked_too),
	KUNIT_CASE(nothing_comes_twice),
	KUNIT_CASE(unknown_msrs_are_summed_up),
	KUNIT_CASE(the_largest_vm_fits),
	{}
};

static struct kunit_suite nl_suite = {
	.name = "atoll_nl",
	.init = nl_init,
	.exit = nl_exit,
	.test_cases = nl_cases,
};

kunit_test_suite(nl_suite);
