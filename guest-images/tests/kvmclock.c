// SPDX-License-Identifier: GPL-2.0-only
/*
 * KVM's paravirtual ABI, as far as CPUID promises it: clock, wall clock, steal
 * time, EOI, hypercalls.  Linux' Documentation/virt/kvm/x86/{cpuid,msr,hypercalls}.rst
 *
 * expect: exit 0
 */
#include "apic.h"
#include "guest.h"

#define MSR_TSC			0x10
#define MSR_WALL_CLOCK		0x4b564d00
#define MSR_SYSTEM_TIME		0x4b564d01
#define MSR_ASYNC_PF		0x4b564d02
#define MSR_STEAL_TIME		0x4b564d03
#define MSR_PV_EOI		0x4b564d04
#define ENABLED			1
#define HC_KICK_CPU		5

#define FEATURE_CLOCKSOURCE2	BIT(3)
#define FEATURE_ASYNC_PF	BIT(4)
#define FEATURE_STEAL_TIME	BIT(5)
#define FEATURE_EOI		BIT(6)
#define FEATURE_STABLE		BIT(24)

#define LOW			0x51
#define HIGH			0x62

struct time_info {
	u32 version, pad0;
	u64 tsc_timestamp, system_time;
	u32 mul;
	signed char shift;
	u8 flags, pad[2];
} __attribute__((packed));

struct wall_clock {
	u32 version, sec, nsec;
};

struct steal_time {
	u64 steal;
	u32 version, flags;
	u8 preempted, pad[47];
};

static volatile struct time_info info __attribute__((aligned(64)));
static volatile struct wall_clock wall;
static volatile struct steal_time stolen __attribute__((aligned(64)));

/* The formula of msr.rst; the upper half of the product is the answer */
static u64 now(void)
{
	u64 delta, high, low;
	u32 version;

	do {
		version = info.version & ~1U;
		barrier();
		delta = rdtsc() - info.tsc_timestamp;
		delta = info.shift < 0 ? delta >> -info.shift : delta << info.shift;
		asm("mulq %3" : "=a"(low), "=d"(high) : "a"(delta), "r"((u64)info.mul));
		low = (high << 32 | low >> 32) + info.system_time;
		barrier();
	} while (version != info.version);
	return low;
}

/* Intel SDM, CPUID leaves 0x15 and 0x16: the same frequency, where they exist */
static void check_frequency(void)
{
	struct cpuid ratio = cpuid(0x15), mhz = cpuid(0x16);
	u64 khz = (1000000UL << 32) / info.mul;
	u32 told;

	khz = info.shift < 0 ? khz << -info.shift : khz >> info.shift;
	if (cpuid(0).eax < 0x16) {
		report(!ratio.ebx && !mhz.eax, "CPUID tells no frequency of the TSC");
		return;
	}
	report(mhz.eax + 1 >= khz / 1000 && mhz.eax <= khz / 1000 + 1,
	       "CPUID has the clock's frequency, %u of %u MHz", mhz.eax,
	       (u32)(khz / 1000));
	told = ratio.eax ? 1000UL * ratio.ebx / ratio.eax : 0;
	report(told + 2 >= mhz.eax && told <= mhz.eax + 2,
	       "and its ratio to the local APIC's timer, %u of 1000", told);
	report(!ratio.ecx, "that timer's frequency is left to be measured");
}

static void check_clock(u32 features)
{
	u64 t, last, v, tsc, back;
	u32 i;

	wrmsr(MSR_SYSTEM_TIME, (ulong)&info | ENABLED);
	report(info.version && !(info.version & 1), "the clock's version is even, %u",
	       info.version);
	report(info.mul >> 31, "its factor uses all of its bits, %x", info.mul);
	report(!(features & FEATURE_STABLE) == !(info.flags & 1),
	       "the flag that the TSC is stable goes with CPUID's bit");
	check_frequency();
	/*
	 * Without the flag each new formula is another measurement, and may be behind the
	 * last by as much as the host's clocks differ: Linux keeps the last value itself
	 */
	back = info.flags & 1 ? 0 : 10000000;
	last = now();
	for (i = 0; i < 100000; i++) {
		t = now();
		if (t + back < last)
			break;
		last = t;
	}
	report(i == 100000, "it never goes back");
	report(last < 3600 * 1000000000UL, "it began with this guest, %u s ago",
	       (u32)(last / 1000000000));

	tsc = rdtsc();
	wrmsr(MSR_TSC, tsc + (1UL << 40));
	t = now();
	report(rdtsc() > tsc + (1UL << 39), "the TSC can be set");
	report(t + back >= last && t < last + 60 * 1000000000UL,
	       "a TSC that was set doesn't move the clock (%lu to %lu ns)", (ulong)last,
	       (ulong)t);
	v = rdmsr(MSR_SYSTEM_TIME);
	report(v == ((ulong)&info | ENABLED), "the MSR reads as it was written, %llx", v);
	wrmsr(MSR_SYSTEM_TIME, 0);
	report(rdmsr(MSR_SYSTEM_TIME) == 0, "it can be switched off");
}

static void check_wall_clock(void)
{
	wrmsr(MSR_WALL_CLOCK, (ulong)&wall);
	report(wall.version && !(wall.version & 1) && wall.nsec < 1000000000,
	       "the wall clock is filled in");
	report(wall.sec > 1600000000, "and no earlier than 2020, %u", wall.sec);
}

static void check_steal_time(void)
{
	stolen.preempted = 1;
	wrmsr(MSR_STEAL_TIME, (ulong)&stolen | ENABLED);
	report(!stolen.preempted, "a vCPU that runs is not preempted");
	report(!(stolen.version & 1), "the version of the steal time is even");
	report(rdmsr(MSR_STEAL_TIME) == ((ulong)&stolen | ENABLED),
	       "the MSR reads as it was written");
	report(try_wrmsr(MSR_STEAL_TIME, (ulong)&stolen | ENABLED | 2) == GP_VECTOR,
	       "its reserved bits are refused");
	wrmsr(MSR_STEAL_TIME, 0);
}

static volatile u32 eoi, taken, spared;

static void handler(struct trap_frame *f)
{
	u8 set;

	taken++;
	if (f->vector == LOW && taken == 1)
		apic_write(APIC_ICR, ICR_SELF | ICR_ASSERT | HIGH);
	if (f->vector == LOW)
		asm volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
	asm volatile("btrl $0, %1\n\tsetc %0" : "=q"(set), "+m"(eoi) : : "memory");
	spared += set;
	if (!set)
		apic_write(APIC_EOI, 0);
}

static void send(u8 vector)
{
	taken = 0;
	spared = 0;
	apic_write(APIC_ICR, ICR_SELF | ICR_ASSERT | vector);
	asm volatile("sti\n\tnop\n\tnop\n\tcli" : : : "memory");
}

static u32 in_service(u8 vector)
{
	return apic_read(APIC_ISR + vector / 32 * 16) >> (vector % 32) & 1;
}

static void check_eoi(void)
{
	u32 i, rounds = 0;

	pic_init();
	trap_set(LOW, handler);
	trap_set(HIGH, handler);
	wrmsr(MSR_PV_EOI, (ulong)&eoi | ENABLED);
	report(rdmsr(MSR_PV_EOI) == ((ulong)&eoi | ENABLED), "the MSR reads as it was written");
	for (i = 0; i < 1000; i++) {
		send(HIGH);
		rounds += taken == 1 && spared == 1;
	}
	report(rounds == 1000, "an interrupt needs no EOI, %u of 1000", rounds);
	report(!in_service(HIGH) && !(eoi & 1), "and is not in service afterwards");
	send(LOW);
	report(taken == 2 && spared == 1, "one within another is spared it, the outer one is not");
	report(!in_service(HIGH) && !in_service(LOW), "and neither is in service afterwards");
	report(try_wrmsr(MSR_PV_EOI, (ulong)&eoi | ENABLED | 2) == GP_VECTOR,
	       "its reserved bit is refused");
	wrmsr(MSR_PV_EOI, 0);
	send(HIGH);
	report(taken == 1 && !spared && !in_service(HIGH), "switched off, nothing is spared");
}

/* Where no memory is */
static void check_addresses(void)
{
	static const u64 bad[] = {
		0xd0000000, 0xfffffff8, ~0ULL & ~0xfffULL, 1ULL << 51, 0x8000000000000000,
	};
	u32 i;

	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		report(try_wrmsr(MSR_SYSTEM_TIME, bad[i] | ENABLED) == GP_VECTOR,
		       "no clock at %llx", bad[i]);
		report(try_wrmsr(MSR_WALL_CLOCK, bad[i]) == GP_VECTOR,
		       "no wall clock at %llx", bad[i]);
		report(try_wrmsr(MSR_STEAL_TIME, (bad[i] & ~63ULL) | ENABLED) == GP_VECTOR,
		       "no steal time at %llx", bad[i] & ~63ULL);
		report(try_wrmsr(MSR_PV_EOI, (bad[i] & ~3ULL) | ENABLED) == GP_VECTOR,
		       "no EOI at %llx", bad[i] & ~3ULL);
	}
	report(try_wrmsr(MSR_SYSTEM_TIME, ((ulong)&info + 2) | ENABLED) == GP_VECTOR,
	       "no clock where it isn't aligned");
	report(rdmsr(MSR_SYSTEM_TIME) == 0, "a refused clock is off");
}

static long hypercall(ulong nr, ulong a0, ulong a1)
{
	long ret;

	if (cpu_is_amd())
		asm volatile("vmmcall" : "=a"(ret) : "a"(nr), "b"(a0), "c"(a1) : "memory");
	else
		asm volatile("vmcall" : "=a"(ret) : "a"(nr), "b"(a0), "c"(a1) : "memory");
	return ret;
}

static void check_hypercalls(void)
{
	report(hypercall(HC_KICK_CPU, 0, 12345) == 0, "a kick for a CPU that isn't there is lost");
	report(hypercall(HC_KICK_CPU, 0, ~0UL) == 0, "so is one for the last there could be");
	report(hypercall(HC_KICK_CPU, 0, 0) == 0, "a CPU may kick itself");
	asm volatile("cli; hlt");
	report(1, "a kicked CPU goes on from HLT with interrupts off");
	report(hypercall(0xffff, 0, 0) == -1000, "an unknown hypercall is ENOSYS");
	report(hypercall((ulong)HC_KICK_CPU | 1UL << 32, 0, 0) == -1000,
	       "all 64 bits of the number count");
}

int main(void)
{
	u32 features = cpuid(0x40000001).eax;
	u64 v;

	report(features & FEATURE_CLOCKSOURCE2, "there is a clock");
	report(features & FEATURE_STEAL_TIME, "there is steal time");
	report(features & FEATURE_EOI, "there is an EOI without an exit");
	report(!(features & FEATURE_ASYNC_PF) && try_rdmsr(MSR_ASYNC_PF, &v) == GP_VECTOR &&
	       try_wrmsr(MSR_ASYNC_PF, 0) == GP_VECTOR, "there are no asynchronous page faults");
	check_clock(features);
	check_wall_clock();
	check_steal_time();
	check_eoi();
	check_addresses();
	check_hypercalls();
	return report_summary();
}
