// SPDX-License-Identifier: GPL-2.0-only
/*
 * A VM's time, and how a guest reads it: its TSC, and KVM's paravirtual clock
 * (Documentation/virt/kvm/x86/msr.rst), of which every distribution's kernel
 * has the other half.
 *
 * A VM has one clock: its TSC, zero at power-on, which stands still while the
 * VM is paused.  Where the TSCs of the host's CPUs agree, the paravirtual
 * clock is that TSC in nanoseconds, by one formula that never changes; where
 * they don't, each vCPU gets a new pair of readings whenever it is loaded.
 *
 * A VM may ask for a TSC of another frequency than the host's.  The CPU scales
 * then, and what is computed here scales in the same steps, with as many bits:
 * Intel SDM vol. 3, "TSC scaling"; AMD APM vol. 2, "TSC Ratio MSR".
 *
 * Deviation: the host's corrections of its own clock (NTP) don't reach a
 * guest; a guest corrects its wall clock itself, as a PC does.
 *
 * Called by msr.c, by the vCPU's loop and by the verbs.
 */
#include <linux/align.h>
#include <linux/math64.h>
#include <linux/ktime.h>
#include <asm/cpufeature.h>
#include <asm/pvclock-abi.h>
#include <uapi/asm/kvm_para.h>
#include <asm/tsc.h>
#include "../atoll.h"
#include "../hw/hw.h"

/* What a user may ask for: no TSC is slower or faster, and all ratios fit the CPUs' */
#define KHZ_MIN		100000U
#define KHZ_MAX		10000000U

/* The factor of a scale; see struct atoll_clock */
static u64 scale_factor(u32 khz, s8 shift)
{
	return div_u64((u64)NSEC_PER_MSEC << (32 - shift), khz);
}

/* The shift with which the factor uses all of its 32 bits */
static void set_scale(struct atoll_clock *clock, u32 khz)
{
	s8 shift = 0;

	while (scale_factor(khz, shift) >> 32)
		shift++;
	while (!(scale_factor(khz, shift) >> 31))
		shift--;
	clock->mul = scale_factor(khz, shift);
	clock->shift = shift;
}

static u64 ticks_to_ns(const struct atoll_clock *clock, u64 ticks)
{
	ticks = clock->shift < 0 ? ticks >> -clock->shift : ticks << clock->shift;
	return mul_u64_u32_shr(ticks, clock->mul, 32);
}

/* A TSC of the host's in ticks of the VM's, before the offset */
static u64 scaled(const struct atoll_clock *clock, u64 tsc)
{
	return clock->ratio ? mul_u64_u64_shr(tsc, clock->ratio, clock->ratio_bits) : tsc;
}

/**
 * atoll_clock_check() - can a VM have such a TSC?
 * @khz:	its frequency, 0: the host's
 * @host_khz:	that one
 * @ratio_bits:	with which the CPU scales, 0: it doesn't
 * @extack:	told why not
 *
 * Context: any.
 * Return: 0; -ERANGE: nobody's TSC is like that; -EOPNOTSUPP: not on this CPU.
 */
int atoll_clock_check(u32 khz, u32 host_khz, u32 ratio_bits, struct netlink_ext_ack *extack)
{
	if (!khz || khz == host_khz)
		return 0;
	if (khz < KHZ_MIN || khz > KHZ_MAX) {
		NL_SET_ERR_MSG(extack, "the TSC's frequency has to be 100000 to 10000000 kHz");
		return -ERANGE;
	}
	if (!ratio_bits) {
		NL_SET_ERR_MSG(extack, "this CPU can't scale the TSC: it has to be as the host's");
		return -EOPNOTSUPP;
	}
	return 0;
}

/**
 * atoll_clock_start() - the VM is switched on: its time is zero
 * @clock:	the VM's; none of its vCPUs runs
 * @khz:	frequency of its TSC, which atoll_clock_check() takes; 0: the host's
 * @host_khz:	that one
 * @ratio_bits:	with which the CPU scales
 * @stable:	do all CPUs of the host read the same TSC?
 *
 * Context: any.
 */
void atoll_clock_start(struct atoll_clock *clock, u32 khz, u32 host_khz, u32 ratio_bits,
		       u32 stable)
{
	clock->khz = khz ?: host_khz;
	clock->ratio = 0;
	clock->ratio_bits = ratio_bits;
	if (clock->khz != host_khz)
		clock->ratio = mul_u64_u64_div_u64(clock->khz, BIT_ULL(ratio_bits), host_khz);
	set_scale(clock, clock->khz);
	clock->stable = stable;
	clock->start_ns = ktime_get_raw_ns();
	WRITE_ONCE(clock->tsc_offset, -scaled(clock, rdtsc_ordered()));
}

/** atoll_clock_host_stable() - do all CPUs of this host read the same TSC? */
u32 atoll_clock_host_stable(void)
{
	return boot_cpu_has(X86_FEATURE_CONSTANT_TSC) && !check_tsc_unstable();
}

/**
 * atoll_clock_pause() - the VM's time stands still from now on
 * @vm:		every vCPU is held, and so is vm->state_lock
 */
void atoll_clock_pause(struct atoll_vm *vm)
{
	lockdep_assert_held(&vm->state_lock);
	vm->clock.paused_tsc = rdtsc_ordered();
	vm->clock.paused_ns = ktime_get_raw_ns();
	atoll_pm_pause(vm);
}

/**
 * atoll_clock_resume() - it goes on
 * @vm:		after atoll_clock_pause(); its vCPUs are still held
 *
 * Each vCPU takes the new offset over before it enters its guest again, and
 * tells it that it was stopped, so that its watchdogs don't bark.
 */
void atoll_clock_resume(struct atoll_vm *vm)
{
	struct atoll_clock *clock = &vm->clock;
	u32 i;

	lockdep_assert_held(&vm->lock);
	atoll_pm_resume(vm);
	clock->start_ns += ktime_get_raw_ns() - clock->paused_ns;
	WRITE_ONCE(clock->tsc_offset, clock->tsc_offset -
		   (scaled(clock, rdtsc_ordered()) - scaled(clock, clock->paused_tsc)));
	for (i = 0; i < vm->nr_vcpus; i++) {
		WRITE_ONCE(vm->vcpu[i]->pv.was_stopped, 1);
		atoll_vcpu_request(vm->vcpu[i], ATOLL_REQ_CLOCK);
	}
}

static u64 vcpu_tsc_offset(const struct atoll_vcpu *vcpu)
{
	return READ_ONCE(vcpu->vm->clock.tsc_offset) + vcpu->pv.tsc_adjust;
}

/**
 * atoll_clock_read_tsc() - what RDTSC would give the guest
 * @vcpu:	the calling thread's own
 */
u64 atoll_clock_read_tsc(struct atoll_vcpu *vcpu)
{
	return scaled(&vcpu->vm->clock, rdtsc_ordered()) + vcpu_tsc_offset(vcpu);
}

/* The formula for this vCPU, as of now */
static void fill_info(struct atoll_vcpu *vcpu, struct pvclock_vcpu_time_info *info)
{
	const struct atoll_clock *clock = &vcpu->vm->clock;

	info->tsc_to_system_mul = clock->mul;
	info->tsc_shift = clock->shift;
	if (clock->stable) {
		/* What the guest wrote to its TSC moves that, not the time */
		info->tsc_timestamp = vcpu->pv.tsc_adjust;
		info->flags |= PVCLOCK_TSC_STABLE_BIT;
	} else {
		info->tsc_timestamp = atoll_clock_read_tsc(vcpu);
		info->system_time = ktime_get_raw_ns() - clock->start_ns;
	}
}

/*
 * Other vCPUs may read it meanwhile: an odd version tells them to try again.
 * A guest that has made its memory disappear has no clock; that is all.
 */
static void write_info(struct atoll_vcpu *vcpu)
{
	struct atoll_gmem *gmem = &vcpu->vm->gmem;
	struct pvclock_vcpu_time_info info = { 0 }, old;
	u64 gpa = vcpu->pv.clock_gpa;
	u32 version;

	if (atoll_gmem_read(gmem, gpa, &old, sizeof(old)))
		return;
	info.flags = old.flags & PVCLOCK_GUEST_STOPPED;
	if (vcpu->pv.was_stopped)
		info.flags |= PVCLOCK_GUEST_STOPPED;
	WRITE_ONCE(vcpu->pv.was_stopped, 0);
	fill_info(vcpu, &info);

	version = (old.version | 1) + 2;
	info.version = version;
	atoll_gmem_write(gmem, gpa, &version, sizeof(version));
	/* The odd version before what it warns of; pairs with the guest's reads */
	smp_wmb();
	atoll_gmem_write(gmem, gpa, &info, sizeof(info));
	/* And all of that before the even one */
	smp_wmb();
	version++;
	atoll_gmem_write(gmem, gpa, &version, sizeof(version));
}

/**
 * atoll_clock_sync() - have a vCPU take over the VM's time
 * @vcpu:	the calling thread's own, loaded; or one that is being reset
 */
void atoll_clock_sync(struct atoll_vcpu *vcpu)
{
	if (unlikely(vcpu->vm->clock.ratio))
		atoll_hw->set_reg(vcpu, ATOLL_TSC_RATIO, vcpu->vm->clock.ratio);
	atoll_hw->set_reg(vcpu, ATOLL_TSC_OFFSET, vcpu_tsc_offset(vcpu));
	atoll_lapic_tsc_changed(vcpu);
	if (vcpu->pv.clock_gpa)
		write_info(vcpu);
}

/**
 * atoll_clock_load() - the vCPU may run on another CPU than before
 * @vcpu:	the calling thread's own, loaded
 */
void atoll_clock_load(struct atoll_vcpu *vcpu)
{
	if (unlikely(!vcpu->vm->clock.stable) && vcpu->pv.clock_gpa)
		write_info(vcpu);
}

/**
 * atoll_clock_write_tsc() - the guest sets the TSC of this vCPU
 * @vcpu:	the calling thread's own, loaded
 * @value:	that it has from now on
 *
 * Return: 0: any value is one.
 */
int atoll_clock_write_tsc(struct atoll_vcpu *vcpu, u64 value)
{
	vcpu->pv.tsc_adjust += value - atoll_clock_read_tsc(vcpu);
	atoll_clock_sync(vcpu);
	return 0;
}

/** atoll_clock_read_system_time() - MSR_KVM_SYSTEM_TIME_NEW, as it was written */
u64 atoll_clock_read_system_time(struct atoll_vcpu *vcpu)
{
	return vcpu->pv.clock_gpa ? vcpu->pv.clock_gpa | KVM_MSR_ENABLED : 0;
}

/**
 * atoll_clock_write_system_time() - MSR_KVM_SYSTEM_TIME_NEW
 * @vcpu:	the calling thread's own, loaded
 * @value:	gpa of a struct pvclock_vcpu_time_info; bit 0: keep it up to date
 *
 * Once set, its memory is there: all later updates find it.
 *
 * Return: 0; -EINVAL: no such memory; -EAGAIN: the vCPU has to take it first.
 */
int atoll_clock_write_system_time(struct atoll_vcpu *vcpu, u64 value)
{
	u64 gpa = value & ~(u64)KVM_MSR_ENABLED;

	vcpu->pv.clock_gpa = 0;
	if (!(value & KVM_MSR_ENABLED))
		return 0;
	if (!IS_ALIGNED(gpa, sizeof(u32)) || !gpa ||
	    !atoll_gmem_has(&vcpu->vm->gmem, gpa, sizeof(struct pvclock_vcpu_time_info)))
		return -EINVAL;
	if (atoll_vcpu_wants(vcpu, gpa, sizeof(struct pvclock_vcpu_time_info)))
		return -EAGAIN;
	vcpu->pv.clock_gpa = gpa;
	write_info(vcpu);
	return 0;
}

/** atoll_clock_read_wall_clock() - MSR_KVM_WALL_CLOCK_NEW, as it was written */
u64 atoll_clock_read_wall_clock(struct atoll_vcpu *vcpu)
{
	return vcpu->vm->clock.wall_gpa;
}

static u64 vm_ns(const struct atoll_clock *clock)
{
	if (!clock->stable)
		return ktime_get_raw_ns() - clock->start_ns;
	return ticks_to_ns(clock, scaled(clock, rdtsc_ordered()) + clock->tsc_offset);
}

/**
 * atoll_clock_write_wall_clock() - MSR_KVM_WALL_CLOCK_NEW
 * @vcpu:	the calling thread's own
 * @gpa:	of a struct pvclock_wall_clock, which is filled once: the date of
 *		the VM's time zero
 *
 * Return: 0; -EINVAL: no such memory; -EAGAIN: the vCPU has to take it first.
 */
int atoll_clock_write_wall_clock(struct atoll_vcpu *vcpu, u64 gpa)
{
	struct atoll_vm *vm = vcpu->vm;
	struct pvclock_wall_clock wall;
	u32 nsec;
	u64 sec;

	if (!IS_ALIGNED(gpa, sizeof(u32)) || atoll_gmem_read(&vm->gmem, gpa, &wall, sizeof(wall)))
		return -EINVAL;
	if (atoll_vcpu_wants(vcpu, gpa, sizeof(wall)))
		return -EAGAIN;
	sec = div_u64_rem(ktime_get_real_ns() - vm_ns(&vm->clock), NSEC_PER_SEC, &nsec);
	wall.sec = sec;
	wall.nsec = nsec;
	wall.version = (wall.version | 1) + 1;
	WRITE_ONCE(vm->clock.wall_gpa, gpa);
	return atoll_gmem_write(&vm->gmem, gpa, &wall, sizeof(wall));
}
