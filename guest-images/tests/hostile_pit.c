// SPDX-License-Identifier: GPL-2.0-only
/*
 * A timer of the shortest period there is, again and again, random words for
 * its counters, and a random walk through the I/O APIC.
 *
 *	n=N	end after so many rounds, never if absent
 *
 * expect: exit 0
 * append: n=20000
 * expect: runs
 */
#include "guest.h"

#define IOAPIC		0xfec00000UL

static u32 seed = 1;

static u32 random(void)
{
	/* Numerical Recipes' generator; its upper bits are the better ones */
	seed = seed * 1664525 + 1013904223;
	return seed >> 8;
}

static void disturb_timer(void)
{
	u32 r = random();

	outb(PIT_CONTROL, r);
	outb(PIT_COUNTER(r % 3), r >> 8);
	outb(PIT_COUNTER(r % 3), r >> 16);
	outb(PIT_PORT61, r >> 4);
	inb(PIT_COUNTER(random() % 3));
	inl(PIT_COUNTER(0));
	outl(PIT_COUNTER(0), random() << 8 | random());
	/* The one that hurts most: mode 2, count 1 */
	outb(PIT_CONTROL, PIT_SELECT(0) | PIT_LSB | PIT_MODE(2));
	outb(PIT_COUNTER(0), 1 + r % 3);
}

static void disturb_ioapic(void)
{
	u32 r = random();

	*(volatile u32 *)IOAPIC = r % 0x44;
	/* Fixed and lowest priority only: an NMI would end the guest, as it must */
	*(volatile u32 *)(IOAPIC + 0x10) = (random() << 8 ^ random()) & ~0x600U;
	(void)*(volatile u32 *)(IOAPIC + 0x10);
	*(volatile u32 *)(IOAPIC + 0x40) = r >> 8;
	*(volatile u16 *)(IOAPIC + (r & 0xffe)) = r;
	(void)*(volatile u64 *)(IOAPIC + (r >> 4 & 0xff0));
}

int main(void)
{
	ulong n = boot_number("n", 0), i;

	pic_init();
	printf("disturbing\n");
	for (i = 0; !n || i < n; i++) {
		disturb_timer();
		disturb_ioapic();
	}
	printf("ok: the timer was disturbed\n");
	return 0;
}
