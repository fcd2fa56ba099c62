// SPDX-License-Identifier: GPL-2.0-only
/*
 * RAM that was never written is zero, and the host may have one CPU read zeroes that
 * aren't this machine's until another writes: from then on both must see what
 * was written, in the order in which it was.
 *
 * One CPU has read a word, and knows where; the other writes it, and then a word that
 * the first one waits for.  An instruction that reads and writes comes after that.
 *
 * expect: exit 0
 * vcpus: 2
 * memory: 64M
 */
#include "apic.h"
#include "guest.h"

#define STEP		(2 * MIB)
#define PATIENCE	2000000000ULL

static volatile ulong *volatile word;
static volatile ulong go, seen, asked, answered;

static void ap(ulong id)
{
	volatile ulong *w;
	ulong n;

	asm volatile("sti");
	for (n = 1;; n++) {
		while (asked != n)
			barrier();
		w = word;
		seen = *w;
		answered = n;
		while (go != n)
			barrier();
		/* Without an instruction in between that would leave the guest */
		seen = *w;
		answered = n + 1000000;
	}
}

static int await(ulong what)
{
	u64 patience = PATIENCE;

	while (answered != what)
		if (!--patience)
			return 0;
	return 1;
}

/* The other CPU's word, from zero to @value */
static int hand_over(ulong n, ulong gpa, ulong value, ulong *before)
{
	answered = 0;
	word = (volatile ulong *)gpa;
	asked = n;
	if (!await(n))
		return 0;
	*before = seen;
	*word = value;
	go = n;
	return await(n + 1000000);
}

static void orders(ulong start, ulong end)
{
	ulong gpa, n = 0, stale = 0, dirty = 0, before = 0;

	for (gpa = start; gpa + STEP <= end; gpa += STEP) {
		n++;
		if (!hand_over(n, gpa + 8 * n, n, &before)) {
			report(0, "the other CPU answers at %lx", gpa);
			return;
		}
		dirty += before != 0;
		stale += seen != n;
	}
	report(!dirty, "%lu words were zero, %lu were not", n - dirty, dirty);
	report(!stale, "%lu were seen as soon as they were written, %lu were not", n - stale,
	       stale);
	for (n = 1, gpa = start; gpa + STEP <= end; gpa += STEP, n++)
		stale += *(volatile ulong *)(gpa + 8 * n) != n ||
			 *(volatile ulong *)(gpa + STEP - 8);
	report(!stale, "and are there, with zeroes around");
}

static void updates(ulong gpa)
{
	volatile ulong *w = (volatile ulong *)gpa;
	ulong was = *w, old = 3;

	asm volatile("lock xadd %0, %1" : "+r"(old), "+m"(*w));
	report(!was && !old && *w == 3, "an add to what was only read gives %lu", *w);
}

int main(void)
{
	ulong start = ((ulong)image_end + STEP - 1) & ~(STEP - 1), end = boot_ram_end() & ~(STEP - 1);

	/* None comes, but where CPUs take turns each has to be open to the host's */
	pic_init();
	asm volatile("sti");
	ap_main = ap;
	ap_prepare();
	apic_write(APIC_SVR, APIC_ENABLED | 0xff);
	ap_start(1);
	orders(start, end - STEP);
	updates(end - 64);
	return report_summary();
}
