/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * 64-bit numbers that stand for all their values at once.
 *
 * Code in C whose u64 is a term is run by a C++ compiler's operators: they build
 * an expression for Z3 (a solver for bit vectors) in place of a number.  Where
 * the code branches on one, each side that is possible is run, one after the
 * other from the start.  What prove() claims must hold on every path for every
 * value; where it doesn't, the values are printed.
 */
#ifndef ATOLL_PROOF_TERM_H
#define ATOLL_PROOF_TERM_H

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>
#include <z3++.h>

static z3::context z3c;

/* One run along one path; branches[] are the decisions so far */
static struct {
	z3::solver *solver;
	std::vector<bool> branches;
	std::vector<bool> open;		/* the other side is to be run yet */
	size_t depth;
	unsigned long paths, claims, failures;
	const char *name;
} run;

static bool possible(const z3::expr &e)
{
	z3::expr_vector v(z3c);

	v.push_back(e);
	switch (run.solver->check(v)) {
	case z3::sat:
		return true;
	case z3::unsat:
		return false;
	default:
		fprintf(stderr, "%s: the solver gave up\n", run.name);
		exit(2);
	}
}

static bool branch(const z3::expr &cond)
{
	z3::expr c = cond.simplify();
	bool side;

	if (c.is_true() || c.is_false())
		return c.is_true();
	if (run.depth == run.branches.size()) {
		side = possible(c);
		run.branches.push_back(side);
		run.open.push_back(side && possible(!c));
	}
	side = run.branches[run.depth++];
	run.solver->add(side ? c : !c);
	return side;
}

struct term {
	z3::expr e;

	term(unsigned long long n = 0) : e(z3c.bv_val((uint64_t)n, 64)) {}
	term(const z3::expr &expr) : e(expr) {}
	explicit operator bool() const { return branch(e != z3c.bv_val(0, 64)); }
	bool operator!() const { return !(bool)*this; }
	term operator~() const { return term(~e); }
	term &operator|=(const term &o) { e = e | o.e; return *this; }
	term &operator&=(const term &o) { e = e & o.e; return *this; }
};

#define ARITHMETIC(op, what)						\
static inline term operator op(const term &a, const term &b)		\
{									\
	return term(what);						\
}
ARITHMETIC(+, a.e + b.e)
ARITHMETIC(-, a.e - b.e)
ARITHMETIC(|, a.e | b.e)
ARITHMETIC(&, a.e & b.e)
ARITHMETIC(*, a.e * b.e)
ARITHMETIC(>>, z3::lshr(a.e, b.e))
ARITHMETIC(<<, z3::shl(a.e, b.e))

#define COMPARISON(op, what)						\
static inline bool operator op(const term &a, const term &b)		\
{									\
	return branch(what);						\
}
COMPARISON(==, a.e == b.e)
COMPARISON(!=, a.e != b.e)
COMPARISON(<, z3::ult(a.e, b.e))
COMPARISON(<=, z3::ule(a.e, b.e))
COMPARISON(>, z3::ugt(a.e, b.e))
COMPARISON(>=, z3::uge(a.e, b.e))

/* Any number at all */
static inline term any(const char *name)
{
	return term(z3c.bv_const(name, 64));
}

/* From here on only what fulfils it */
struct impossible {};

static inline void assume(const z3::expr &cond)
{
	run.solver->add(cond);
	if (!possible(z3c.bool_val(true)))
		throw impossible();
}

static inline void prove(const z3::expr &claim, const char *text, int line)
{
	run.claims++;
	if (!possible(!claim))
		return;
	run.failures++;
	printf("%s, line %d: not so: %s\n", run.name, line, text);
	z3::model m = run.solver->get_model();
	for (unsigned int i = 0; i < m.size(); i++)
		printf("    %s = %s\n", m[i].name().str().c_str(),
		       m.get_const_interp(m[i]).to_string().c_str());
}

static inline void prove(bool claim, const char *text, int line)
{
	prove(z3c.bool_val(claim), text, line);
}

#define PROVE(claim) prove(claim, #claim, __LINE__)

/* Run all paths through a function */
static inline void all_paths(const char *name, const std::function<void()> &fn)
{
	unsigned long paths = 0, failures = run.failures;

	run.name = name;
	run.branches.clear();
	run.open.clear();
	do {
		z3::solver solver(z3c, "QF_BV");

		run.solver = &solver;
		run.depth = 0;
		try {
			fn();
		} catch (impossible &) {
		}
		paths++;
		/* The last decision of which the other side is open */
		while (!run.open.empty() && !run.open.back()) {
			run.open.pop_back();
			run.branches.pop_back();
		}
		if (!run.open.empty()) {
			run.open.back() = false;
			run.branches.back() = !run.branches.back();
		}
	} while (!run.open.empty() && run.failures == failures);
	run.paths += paths;
}

#endif
