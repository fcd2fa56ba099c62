// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guest's own paging in each of its formats: what is found, what faults
 * with which error code, and which bits are left behind.  Written from AMD APM
 * vol. 2, "Page Translation and Protection".
 */
#include <asm/msr-index.h>
#include <asm/processor-flags.h>
#include "../../kmod/vm/insn.h"
#include "fake_guest.h"

#define P	0x1ULL
#define RW	0x2ULL
#define US	0x4ULL
#define A	0x20ULL
#define D	0x40ULL
#define PS	0x80ULL
#define NX	BIT_ULL(63)

/* Bits of the error code of a #PF */
#define E_P	0x1
#define E_W	0x2
#define E_U	0x4
#define E_RSVD	0x8
#define E_I	0x10

struct format {
	const char *name;
	u64 cr4;
	u64 efer;
	u64 gva;
	u8 levels;
	u8 index_bits;
	u8 entry_bytes;
};

static const struct format formats[] = {
	{ "32-bit", X86_CR4_PSE, 0, 0x00c05123, 2, 10, 4 },
	{ "pae", X86_CR4_PAE, EFER_NX, 0xc0a05123, 3, 9, 8 },
	{ "4-level", X86_CR4_PAE, EFER_LMA | EFER_NX, 0x7f3456a05123, 4, 9, 8 },
	{ "5-level", X86_CR4_PAE | X86_CR4_LA57, EFER_LMA | EFER_NX,
	  0xff123456789ab123, 5, 9, 8 },
};

#define F_32	(&formats[0])
#define F_PAE	(&formats[1])
#define F_4	(&formats[2])
#define F_5	(&formats[3])

/* Where the suite's gvas lead */
#define PAGE_GPA	0x155000ULL

struct translation {
	int err;
	u64 gpa;
	u32 error;
};

static struct atoll_vcpu *vcpu;

static u64 entry_gpa(const struct format *f, int level)
{
	u64 index = (f->gva >> (12 + f->index_bits * (level - 1))) &
		    (BIT_ULL(f->index_bits) - 1);

	return FAKE_GUEST_TABLES + 0x1000 * level + index * f->entry_bytes;
}

static u64 get_entry(const struct format *f, int level)
{
	return fake_guest_peek(vcpu, entry_gpa(f, level), f->entry_bytes);
}

static void set_entry(const struct format *f, int level, u64 entry)
{
	fake_guest_poke(vcpu, entry_gpa(f, level), &entry, f->entry_bytes);
}

static bool has_rights(const struct format *f, int level)
{
	return !(f == F_PAE && level == 3);
}

/* What the entries have besides, 0 or A | D */
static u64 marks;

/* All rights on the way to a page at PAGE_GPA with rights @leaf */
static void build(const struct format *f, u64 leaf)
{
	int level;

	fake_guest_enter(vcpu, FAKE_GUEST_PROTECTED);
	atoll_hw->set_reg(vcpu, ATOLL_CR0, X86_CR0_PE | X86_CR0_PG | X86_CR0_WP);
	atoll_hw->set_reg(vcpu, ATOLL_CR4, f->cr4);
	atoll_hw->set_reg(vcpu, ATOLL_EFER, f->efer);
	atoll_hw->set_reg(vcpu, ATOLL_CR3, FAKE_GUEST_TABLES + 0x1000 * f->levels);
	for (level = f->levels; level > 1; level--)
		set_entry(f, level, (FAKE_GUEST_TABLES + 0x1000 * (level - 1)) | P |
				    (has_rights(f, level) ? RW | US | marks : 0));
	set_entry(f, 1, PAGE_GPA | leaf | marks);
}

static struct translation translate(const struct format *f, u32 access)
{
	struct translation t = {};

	t.err = atoll_gva_to_gpa(vcpu, f->gva, access, &t.gpa, &t.error);
	return t;
}

static void expect_fault(struct kunit *test, const struct format *f, u32 access,
			 u32 error, const char *what)
{
	struct translation t = translate(f, access);

	KUNIT_EXPECT_EQ_MSG(test, t.err, -EFAULT, "%s %s", f->name, what);
	KUNIT_EXPECT_EQ_MSG(test, t.error, error, "%s %s", f->name, what);
}

static void expect_gpa(struct kunit *test, const struct format *f, u32 access,
		       u64 gpa, const char *what)
{
	struct translation t = translate(f, access);

	KUNIT_EXPECT_EQ_MSG(test, t.err, 0, "%s %s", f->name, what);
	KUNIT_EXPECT_EQ_MSG(test, t.gpa, gpa, "%s %s", f->name, what);
}

static void no_paging_is_identity(struct kunit *test)
{
	u32 error;
	u64 gpa;

	fake_guest_enter(vcpu, FAKE_GUEST_PROTECTED);
	KUNIT_EXPECT_EQ(test, 0, atoll_gva_to_gpa(vcpu, 0x1fee00123, ATOLL_GVA_WRITE,
						  &gpa, &error));
	KUNIT_EXPECT_EQ(test, gpa, 0xfee00123);
}

static void walks_each_format(struct kunit *test)
{
	const struct format *f;

	for (f = formats; f < formats + ARRAY_SIZE(formats); f++) {
		build(f, P | RW | US);
		expect_gpa(test, f, ATOLL_GVA_USER, PAGE_GPA + 0x123, "read");
	}
}

static void marks_what_it_used(struct kunit *test)
{
	const struct format *f;
	int level;

	for (f = formats; f < formats + ARRAY_SIZE(formats); f++) {
		build(f, P | RW | US);
		translate(f, 0);
		for (level = f->levels; level >= 1; level--)
			KUNIT_EXPECT_EQ_MSG(test, get_entry(f, level) & (A | D),
					    has_rights(f, level) ? A : 0,
					    "%s level %d after a read", f->name,
					    level);
		translate(f, ATOLL_GVA_WRITE);
		KUNIT_EXPECT_EQ(test, get_entry(f, 1), PAGE_GPA | P | RW | US | A | D);
		KUNIT_EXPECT_EQ(test, get_entry(f, 2) & D, 0);
	}
}

static void a_fault_marks_nothing(struct kunit *test)
{
	const struct format *f;

	for (f = formats; f < formats + ARRAY_SIZE(formats); f++) {
		build(f, P | US);
		expect_fault(test, f, ATOLL_GVA_WRITE, E_P | E_W, "write");
		KUNIT_EXPECT_EQ(test, get_entry(f, 1), PAGE_GPA | P | US);
		KUNIT_EXPECT_EQ(test, get_entry(f, 2) & A, 0);
	}
}

static void faults_where_not_present(struct kunit *test)
{
	const struct format *f;
	int level;

	for (f = formats; f < formats + ARRAY_SIZE(formats); f++) {
		for (level = f->levels; level >= 1; level--) {
			build(f, P | RW | US);
			set_entry(f, level, get_entry(f, level) & ~P);
			expect_fault(test, f, 0, 0, "read");
			expect_fault(test, f, ATOLL_GVA_WRITE | ATOLL_GVA_USER,
				     E_W | E_U, "user write");
		}
	}
}

static void finds_large_pages(struct kunit *test)
{
	build(F_32, 0);
	set_entry(F_32, 2, 0x00400000 | PS | P);
	expect_gpa(test, F_32, 0, 0x00405123, "4 MiB");
	/* Bits 13 to 20 are bits 32 to 39 of the address */
	set_entry(F_32, 2, 0x00400000 | BIT(14) | PS | P);
	expect_gpa(test, F_32, 0, 0x200405123, "4 MiB, PSE-36");

	build(F_PAE, 0);
	set_entry(F_PAE, 2, 0x200000 | BIT(12) | PS | P);
	expect_gpa(test, F_PAE, 0, 0x205123, "2 MiB");

	build(F_4, 0);
	set_entry(F_4, 2, 0x200000 | PS | P);
	expect_gpa(test, F_4, 0, 0x205123, "2 MiB");
	set_entry(F_4, 3, 0x140000000 | PS | P);
	expect_gpa(test, F_4, 0, 0x140000000 + (F_4->gva & 0x3fffffff), "1 GiB");
}

static void ignores_ps_without_cr4_pse(struct kunit *test)
{
	build(F_32, P);
	atoll_hw->set_reg(vcpu, ATOLL_CR4, 0);
	set_entry(F_32, 2, get_entry(F_32, 2) | PS);
	expect_gpa(test, F_32, 0, PAGE_GPA + 0x123, "PS without CR4.PSE");
}

/* Rights, on 4-level tables; every format shares the check */
static const struct {
	const char *what;
	u64 leaf;
	u64 cr0;	/* to clear */
	u64 cr4;	/* to set */
	u64 rflags;
	u32 access;
	u32 error;	/* 0: goes through */
} rights[] = {
	{ "user reads user", P | US, .access = E_U },
	{ "user reads supervisor", P, .access = E_U, .error = E_P | E_U },
	{ "user writes read-only", P | US, .access = E_U | E_W, .error = E_P | E_U | E_W },
	{ "user writes read-only, no WP", P | US, X86_CR0_WP, .access = E_U | E_W,
	  .error = E_P | E_U | E_W },
	{ "user writes", P | RW | US, .access = E_U | E_W },
	{ "supervisor writes read-only", P, .access = E_W, .error = E_P | E_W },
	{ "supervisor writes read-only, no WP", P, X86_CR0_WP, .access = E_W },
	{ "supervisor fetches", P, .access = E_I },
	{ "supervisor fetches NX", P | NX, .access = E_I, .error = E_P | E_I },
	{ "supervisor reads NX", P | NX },
	{ "supervisor fetches user", P | US, .access = E_I },
	{ "SMEP", P | US, 0, X86_CR4_SMEP, .access = E_I, .error = E_P | E_I },
	{ "SMEP, user", P | US, 0, X86_CR4_SMEP, .access = E_I | E_U },
	{ "SMEP, read", P | US, 0, X86_CR4_SMEP },
	{ "SMAP", P | US, 0, X86_CR4_SMAP, .error = E_P },
	{ "SMAP, write", P | US | RW, 0, X86_CR4_SMAP, .access = E_W, .error = E_P | E_W },
	{ "SMAP with AC", P | US, 0, X86_CR4_SMAP, X86_EFLAGS_AC },
	{ "SMAP, user", P | US, 0, X86_CR4_SMAP, .access = E_U },
	{ "SMAP, supervisor page", P, 0, X86_CR4_SMAP },
};

static void checks_rights(struct kunit *test)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(rights); i++) {
		build(F_4, rights[i].leaf);
		atoll_hw->set_reg(vcpu, ATOLL_CR0, (X86_CR0_PE | X86_CR0_PG |
						    X86_CR0_WP) & ~rights[i].cr0);
		atoll_hw->set_reg(vcpu, ATOLL_CR4, F_4->cr4 | rights[i].cr4);
		vcpu->regs[ATOLL_RFLAGS] |= rights[i].rflags;
		if (rights[i].error)
			expect_fault(test, F_4, rights[i].access, rights[i].error,
				     rights[i].what);
		else
			expect_gpa(test, F_4, rights[i].access, PAGE_GPA + 0x123,
				   rights[i].what);
	}
}

static void every_level_limits_rights(struct kunit *test)
{
	const struct format *f;
	int level;

	for (f = formats; f < formats + ARRAY_SIZE(formats); f++) {
		for (level = f->levels; level >= 1; level--) {
			if (!has_rights(f, level))
				continue;
			build(f, P | RW | US);
			set_entry(f, level, get_entry(f, level) & ~RW);
			expect_fault(test, f, E_W, E_P | E_W, "RW");
			build(f, P | RW | US);
			set_entry(f, level, get_entry(f, level) & ~US);
			expect_fault(test, f, E_U, E_P | E_U, "US");
			if (f == F_32)
				continue;
			build(f, P | RW | US);
			set_entry(f, level, get_entry(f, level) | NX);
			expect_fault(test, f, E_I, E_P | E_I, "NX");
		}
	}
}

static void tells_fetches_apart_only_with_nx_or_smep(struct kunit *test)
{
	build(F_32, 0);
	expect_fault(test, F_32, E_I, 0, "plain");
	atoll_hw->set_reg(vcpu, ATOLL_CR4, X86_CR4_SMEP);
	expect_fault(test, F_32, E_I, E_I, "SMEP");
	build(F_4, 0);
	expect_fault(test, F_4, E_I, E_I, "NX");
	atoll_hw->set_reg(vcpu, ATOLL_EFER, EFER_LMA);
	expect_fault(test, F_4, E_I, 0, "no NX");
}

static void refuses_reserved_bits(struct kunit *test)
{
	/* The first bit above a physical address; there may be none */
	u64 high = (atoll_cpuid_gpa_mask() + 1) & GENMASK_ULL(51, 32);
	const struct {
		const struct format *f;
		u8 level;
		u64 set;
		u64 efer;	/* to clear */
	} c[] = {
		{ F_PAE, 3, RW }, { F_PAE, 3, US }, { F_PAE, 3, PS },
		{ F_PAE, 3, NX }, { F_PAE, 1, BIT_ULL(62) },
		{ F_PAE, 2, high }, { F_PAE, 2, PS | BIT(13) },
		{ F_PAE, 1, NX, EFER_NX },
		{ F_4, 4, PS }, { F_4, 4, high }, { F_4, 3, high },
		{ F_4, 3, PS | BIT(29) }, { F_4, 2, PS | BIT(20) },
		{ F_4, 1, high }, { F_4, 1, NX, EFER_NX },
		{ F_5, 5, PS }, { F_5, 4, PS },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(c); i++) {
		if (!c[i].set)
			continue;
		build(c[i].f, P | RW | US);
		atoll_hw->set_reg(vcpu, ATOLL_EFER, c[i].f->efer & ~c[i].efer);
		set_entry(c[i].f, c[i].level, get_entry(c[i].f, c[i].level) | c[i].set);
		expect_fault(test, c[i].f, E_U, E_P | E_U | E_RSVD, "reserved");
	}
	build(F_32, 0);
	set_entry(F_32, 2, PS | BIT(21) | P | US);
	expect_fault(test, F_32, E_U, E_P | E_U | E_RSVD, "4 MiB, bit 21");
	/* What software may use for itself is not reserved */
	build(F_4, P | BIT_ULL(52) | BIT(9));
	expect_gpa(test, F_4, 0, PAGE_GPA + 0x123, "available bits");
}

/* Where nothing is left to mark there is a shorter way, with the same answers */
static void walks_as_well_what_is_marked(struct kunit *test)
{
	marks = A | D;
	walks_each_format(test);
	faults_where_not_present(test);
	checks_rights(test);
	every_level_limits_rights(test);
	refuses_reserved_bits(test);
	marks = 0;
}

static void stops_where_tables_leave_ram(struct kunit *test)
{
	const struct format *f;
	int level;

	for (f = formats; f < formats + ARRAY_SIZE(formats); f++) {
		build(f, P);
		atoll_hw->set_reg(vcpu, ATOLL_CR3, 0xd0000000);
		KUNIT_EXPECT_EQ(test, translate(f, 0).err, -ENXIO);
		for (level = f->levels; level > 1; level--) {
			build(f, P);
			set_entry(f, level, 0xd0000000 | P);
			KUNIT_EXPECT_EQ(test, translate(f, 0).err, -ENXIO);
		}
	}
}

static void reads_and_writes_across_pages(struct kunit *test)
{
	u64 pf_gva = 0, value;
	u32 error = 0;

	fake_guest_enter(vcpu, FAKE_GUEST_LONG);
	fake_guest_map(vcpu, 0x5000, 0x8000 | P | RW);
	fake_guest_map(vcpu, 0x6000, 0x3000 | P);
	fake_guest_poke(vcpu, 0x8ffc, "\x11\x22\x33\x44", 4);
	fake_guest_poke(vcpu, 0x3000, "\x55\x66\x77\x88", 4);
	KUNIT_EXPECT_EQ(test, 0, atoll_gva_read(vcpu, 0x5ffc, &value, 8, 0, &pf_gva,
						&error));
	KUNIT_EXPECT_EQ(test, value, 0x8877665544332211);

	/* The second page is read-only: the first is written, and no more */
	value = 0;
	KUNIT_EXPECT_EQ(test, -EFAULT, atoll_gva_write(vcpu, 0x5ffc, &value, 8, 0,
						       &pf_gva, &error));
	KUNIT_EXPECT_EQ(test, pf_gva, 0x6000);
	KUNIT_EXPECT_EQ(test, error, E_P | E_W);
	KUNIT_EXPECT_EQ(test, fake_guest_peek(vcpu, 0x8ffc, 4), 0);
	KUNIT_EXPECT_EQ(test, fake_guest_peek(vcpu, 0x3000, 4), 0x88776655);
}

static void fetches_up_to_a_missing_page(struct kunit *test)
{
	u8 buf[ATOLL_INSN_LEN_MAX];
	enum atoll_insn_mode mode;
	size_t len;

	fake_guest_enter(vcpu, FAKE_GUEST_LONG);
	fake_guest_map(vcpu, 0x5000, 0x8000 | P);
	vcpu->regs[ATOLL_RIP] = 0x5000;
	KUNIT_EXPECT_EQ(test, 0, atoll_insn_fetch(vcpu, buf, &len, &mode));
	KUNIT_EXPECT_EQ(test, len, 15);
	vcpu->regs[ATOLL_RIP] = 0x5ffd;
	KUNIT_EXPECT_EQ(test, 0, atoll_insn_fetch(vcpu, buf, &len, &mode));
	KUNIT_EXPECT_EQ(test, len, 3);
	vcpu->regs[ATOLL_RIP] = 0x6000;
	KUNIT_EXPECT_EQ(test, -EFAULT, atoll_insn_fetch(vcpu, buf, &len, &mode));
	KUNIT_EXPECT_EQ(test, len, 0);
}

static void fetches_up_to_the_segments_limit(struct kunit *test)
{
	u8 buf[ATOLL_INSN_LEN_MAX];
	enum atoll_insn_mode mode;
	size_t len;

	fake_guest_enter(vcpu, FAKE_GUEST_REAL);
	vcpu->regs[ATOLL_RIP] = 0xfffe;
	KUNIT_EXPECT_EQ(test, 0, atoll_insn_fetch(vcpu, buf, &len, &mode));
	KUNIT_EXPECT_EQ(test, len, 2);
	vcpu->regs[ATOLL_RIP] = 0x10000;
	KUNIT_EXPECT_EQ(test, -EFAULT, atoll_insn_fetch(vcpu, buf, &len, &mode));
	/* Up to the last byte of RAM */
	fake_guest_enter(vcpu, FAKE_GUEST_PROTECTED);
	vcpu->regs[ATOLL_RIP] = FAKE_GUEST_RAM - 1;
	KUNIT_EXPECT_EQ(test, 0, atoll_insn_fetch(vcpu, buf, &len, &mode));
	KUNIT_EXPECT_EQ(test, len, 1);
}

static int gva_init(struct kunit *test)
{
	vcpu = fake_guest_create(test);
	return 0;
}

static void gva_exit(struct kunit *test)
{
	fake_guest_destroy(vcpu);
}

static struct kunit_case gva_cases[] = {
	KUNIT_CASE(no_paging_is_identity),
	KUNIT_CASE(walks_each_format),
	KUNIT_CASE(marks_what_it_used),
	KUNIT_CASE(a_fault_marks_nothing),
	KUNIT_CASE(faults_where_not_present),
	KUNIT_CASE(finds_large_pages),
	KUNIT_CASE(ignores_ps_without_cr4_pse),
	KUNIT_CASE(checks_rights),
	KUNIT_CASE(every_level_limits_rights),
	KUNIT_CASE(walks_as_well_what_is_marked),
	KUNIT_CASE(tells_fetches_apart_only_with_nx_or_smep),
	KUNIT_CASE(refuses_reserved_bits),
	KUNIT_CASE(stops_where_tables_leave_ram),
	KUNIT_CASE(reads_and_writes_across_pages),
	KUNIT_CASE(fetches_up_to_a_missing_page),
	KUNIT_CASE(fetches_up_to_the_segments_limit),
	{}
};

static struct kunit_suite gva_suite = {
	.name = "atoll_gva",
	.init = gva_init,
	.exit = gva_exit,
	.test_cases = gva_cases,
};

kunit_test_suite(gva_suite);
