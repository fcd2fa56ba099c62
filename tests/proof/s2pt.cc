// SPDX-License-Identifier: GPL-2.0-only
/*
 * Proofs about the arithmetic of the stage-2 tables, from the very source that
 * the module is built from: for every 64-bit address, length and entry, both
 * formats, both depths, all levels and rights.
 */
#include "../../kmod/mem/s2entry.h"
#include "../../kmod/mem/s2format.c"

typedef const struct atoll_s2_format *format;

static const format formats[] = { &atoll_npt_format, &atoll_ept_format };

/* The manuals' words for it, not the code's: 9 bits a level, above 12 */
static z3::expr size(u32 level)
{
	return z3c.bv_val((uint64_t)1 << (12 + 9 * (level - 1)), 64);
}

static z3::expr is_multiple(const term &a, u32 level)
{
	return z3::urem(a.e, size(level)) == z3c.bv_val(0, 64);
}

static z3::expr is_zero(const term &a)
{
	return a.e == z3c.bv_val(0, 64);
}

/* Nine bits a level find every page once, and no index leaves its table */
static void indices()
{
	for (u32 levels = 4; levels <= 5; levels++)
		all_paths("indices", [levels] {
			term gpa = any("gpa"), sum = gpa & 0xfff;

			assume(z3::ult(gpa.e, size(levels + 1)));
			for (u32 level = levels; level; level--) {
				term i = s2_index(gpa, level);

				PROVE(z3::ult(i.e, z3c.bv_val(512, 64)));
				sum = sum + (i << term(12 + 9 * (level - 1)));
				PROVE(is_multiple(s2_start(gpa, level), level));
				PROVE(z3::ult((gpa - s2_start(gpa, level)).e, size(level)));
			}
			PROVE(sum.e == gpa.e);
		});
	for (u32 level = 1; level <= 5; level++)
		all_paths("any index", [level] {
			PROVE(z3::ult(s2_index(any("gpa"), level).e, z3c.bv_val(512, 64)));
		});
}

/* Whatever is accepted lies in the space, in whole pages, and doesn't wrap */
static void ranges()
{
	for (u32 levels = 4; levels <= 5; levels++)
		all_paths("guest ranges", [levels] {
			term gpa = any("gpa"), len = any("len");
			z3::expr good = gpa.e != gpa.e;

			good = is_multiple(gpa, 1) && is_multiple(len, 1) && !is_zero(len) &&
			       z3::ult(gpa.e, size(levels + 1)) &&
			       z3::ule(len.e, size(levels + 1) - gpa.e);
			PROVE(good == z3c.bool_val(!s2_check_gpa(levels, gpa, len)));
		});
	for (format f : formats)
		all_paths("host ranges", [f] {
			term hpa = any("hpa"), len = any("len");
			z3::expr end = z3c.bv_val((uint64_t)1 << 52, 64), good = end == end;

			assume(is_multiple(len, 1) && !is_zero(len));
			good = is_multiple(hpa, 1) && z3::ult(hpa.e, end) &&
			       z3::ule(len.e, end - hpa.e);
			PROVE(good == z3c.bool_val(!s2_check_hpa(f, hpa, len)));
		});
}

/* The leaf that is chosen fits, and the next larger one doesn't */
static void sizes()
{
	for (u32 largest = 1; largest <= 3; largest++)
		all_paths("fit", [largest] {
			term gpa = any("gpa"), hpa = any("hpa"), len = any("len");
			auto fits = [&](u32 level) {
				return is_multiple(gpa, level) && is_multiple(hpa, level) &&
				       z3::uge(len.e, size(level));
			};

			assume(fits(1));
			u32 level = s2_fit(gpa, hpa, len, largest);
			PROVE(level >= 1 && level <= largest);
			PROVE(fits(level));
			if (level < largest)
				PROVE(!fits(level + 1));
		});
	all_paths("edges", [] {
		term gpa = any("gpa");

		assume(is_multiple(gpa, 1));
		u32 level = s2_edge_level(gpa);
		PROVE(is_multiple(gpa, level));
		if (level < 3)
			PROVE(!is_multiple(gpa, level + 1));
	});
}

/* A leaf says what it was made to say, and is taken for nothing else */
static void leaf(format f, u32 level, u32 prot)
{
	all_paths("leaf", [=] {
		term hpa = any("hpa"), gpa = any("gpa");

		assume(is_multiple(hpa, level) && z3::ult(hpa.e, z3c.bv_val((uint64_t)1 << 52, 64)));
		term entry = s2_leaf_entry(f, hpa, level, prot);
		PROVE(s2_present(f, entry));
		PROVE(s2_is_leaf(f, entry, level));
		PROVE(s2_leaf_prot(f, entry) == prot);
		PROVE(is_zero(entry & (f->accessed | f->dirty)));
		PROVE(s2_entry_flaw(f, entry | f->accessed | f->dirty, level) == 0);
		PROVE(s2_entry_flaw(f, entry, level) == 0);
		/* The offset in the page is kept, the page is the one that was meant */
		PROVE(s2_leaf_hpa(f, entry, level, gpa).e ==
		      hpa.e + z3::urem(gpa.e, size(level)));
	});
}

/* Whoever has a leaf changed gets what was asked for, and the rest as it was */
static void rights(format f, u32 prot, u32 give, u32 take)
{
	all_paths("rights", [=] {
		term hpa = any("hpa");

		assume(is_multiple(hpa, 1) && z3::ult(hpa.e, z3c.bv_val((uint64_t)1 << 52, 64)));
		term entry = s2_leaf_entry(f, hpa, 1, prot) | (any("marks") & (f->accessed | f->dirty));
		term after = (entry & ~s2_rights(f, take, give)) | s2_rights(f, give, take);
		PROVE(s2_leaf_prot(f, after) == ((prot | give) & ~take));
		PROVE((after & (f->addr | f->accessed | f->dirty)).e ==
		      (entry & (f->addr | f->accessed | f->dirty)).e);
		PROVE(s2_entry_flaw(f, after, 1) == 0);
	});
}

/* 512 small leaves map what the large one does, and become it again */
static void split(format f, u32 level, u32 prot)
{
	all_paths("split", [=] {
		term hpa = any("hpa"), gpa = any("gpa"), i = any("i");
		term marks = any("marks") & (f->accessed | f->dirty);

		assume(is_multiple(hpa, level) && z3::ult(hpa.e, z3c.bv_val((uint64_t)1 << 52, 64)));
		term large = s2_leaf_entry(f, hpa, level, prot) | marks;
		assume(z3::ult(i.e, z3c.bv_val(512, 64)));
		term small = s2_split_entry(f, large, level, i);
		PROVE(s2_is_leaf(f, small, level - 1));
		PROVE(s2_entry_flaw(f, small, level - 1) == 0);
		PROVE(s2_leaf_prot(f, small) == prot);
		PROVE((small & (f->accessed | f->dirty)).e == marks.e);
		PROVE(z3::implies(s2_index(gpa, level - 1).e == i.e,
				  s2_leaf_hpa(f, small, level - 1, gpa).e ==
				  s2_leaf_hpa(f, large, level, gpa).e));
		PROVE(s2_merge_entry(f, s2_split_entry(f, large, level, 0), level).e == large.e);
	});
}

/* A table is found again, whatever page it is in, and never taken for a leaf */
static void table(format f, u32 level)
{
	all_paths("table", [=] {
		term pa = any("pa");

		assume(is_multiple(pa, 1) && z3::ult(pa.e, z3c.bv_val((uint64_t)1 << 52, 64)));
		term entry = s2_table_entry(f, pa);
		PROVE(s2_present(f, entry));
		PROVE(!s2_is_leaf(f, entry, level));
		PROVE((entry & f->addr).e == pa.e);
		PROVE(s2_entry_flaw(f, entry | f->accessed, level) == 0);
	});
}

/* What passes for a good leaf is one that s2_leaf_entry() makes, but for marks */
static void flaws(format f, u32 level)
{
	all_paths("flaws", [=] {
		term entry = any("entry");

		if (s2_entry_flaw(f, entry, level))
			return;
		if (!s2_present(f, entry)) {
			PROVE(is_zero(entry));
			return;
		}
		if (!s2_is_leaf(f, entry, level)) {
			PROVE((entry & ~f->accessed).e ==
			      s2_table_entry(f, entry & f->addr).e);
			return;
		}
		PROVE(level <= 3);
		PROVE(is_multiple(entry & f->addr, level));
		PROVE((entry & ~(f->accessed | f->dirty)).e ==
		      s2_leaf_entry(f, entry & f->addr, level, s2_leaf_prot(f, entry)).e);
	});
}

int main()
{
	indices();
	ranges();
	sizes();
	for (format f : formats) {
		for (u32 level = 1; level <= 5; level++)
			flaws(f, level);
		for (u32 level = 2; level <= 5; level++)
			table(f, level);
		for (u32 prot = 0; prot < 4; prot++) {
			for (u32 level = 1; level <= 3; level++)
				leaf(f, level, prot);
			for (u32 level = 2; level <= 3; level++)
				split(f, level, prot);
			for (u32 give = 0; give < 4; give++)
				for (u32 take = 0; take < 4; take++)
					if (!(give & take))
						rights(f, prot, give, take);
		}
	}
	printf("%lu claims on %lu paths\n", run.claims, run.paths);
	return run.failures || !run.claims;
}
