// SPDX-License-Identifier: GPL-2.0-only
/*
 * The local APIC's registers as a guest reaches them: as memory (xAPIC), as
 * MSRs (x2APIC), or not at all; and the MSR that says which.  Intel SDM vol. 3,
 * "Local APIC", "Extended XAPIC (x2APIC)".
 *
 * Called by the vCPU's own thread with preemption off; no lock, no sleep.
 */
#include <linux/array_size.h>
#include <linux/bits.h>
#include <linux/errno.h>
#include <asm/msr-index.h>

#include "lapic.h"

#define MSR_X2APIC_FIRST	APIC_BASE_MSR
#define MSR_X2APIC_LAST		(APIC_BASE_MSR + 0xff)
#define MSR_X2APIC_ICR		(APIC_BASE_MSR + (APIC_ICR >> 4))

/* Of IA32_APIC_BASE: what says where the registers are */
#define BASE_MODE	(MSR_IA32_APICBASE_ENABLE | X2APIC_ENABLE)
#define MODE_OFF	0
#define MODE_XAPIC	MSR_IA32_APICBASE_ENABLE
#define MODE_X2APIC	(MSR_IA32_APICBASE_ENABLE | X2APIC_ENABLE)

/* Six LVT entries, no suppression of EOI broadcasts */
#define VERSION		(0x14 | (ATOLL_NR_LVTS - 1) << 16)

#define REG(offset)	((offset) >> 4)
#define REG_BYTES	16
#define LVT_FIRST	APIC_LVTT

/* Who may do what: X in the xAPIC, X2 in the x2APIC */
#define XR		BIT(0)
#define XW		BIT(1)
#define X2R		BIT(2)
#define X2W		BIT(3)
#define RO		(XR | X2R)
#define RW		(XR | XW | X2R | X2W)

#define LVT_COMMON	(APIC_LVT_MASKED | APIC_VECTOR_MASK)
#define LVT_LOCAL	(LVT_COMMON | APIC_MODE_MASK)
#define LVT_LINT	(LVT_LOCAL | APIC_INPUT_POLARITY | APIC_LVT_LEVEL_TRIGGER)
/* "Read only", so that a write of what was read is no mistake; not reserved */
#define LVT_STATUS	(APIC_SEND_PENDING | APIC_LVT_REMOTE_IRR)
#define ICR_WRITABLE	(APIC_DEST_ALLBUT | APIC_INT_LEVELTRIG | APIC_INT_ASSERT | \
			 APIC_DEST_LOGICAL | APIC_MODE_MASK | APIC_VECTOR_MASK)

/* "Local APIC Register Address Map": access, and the bits that can be written */
static const struct {
	u8 access;
	u32 writable;
} regs[] = {
	[REG(APIC_ID)]		= { RO },
	[REG(APIC_LVR)]		= { RO },
	[REG(APIC_TASKPRI)]	= { RW, 0xff },
	[REG(APIC_ARBPRI)]	= { XR },
	[REG(APIC_PROCPRI)]	= { RO },
	[REG(APIC_EOI)]		= { XW | X2W },
	[REG(APIC_LDR)]		= { RO | XW, APIC_LDR_MASK },
	[REG(APIC_DFR)]		= { XR | XW, (u32)~APIC_DFR_CLUSTER },
	[REG(APIC_SPIV)]	= { RW, APIC_SPIV_FOCUS_DISABLED | APIC_SPIV_APIC_ENABLED | 0xff },
	[REG(APIC_ISR) ... REG(APIC_IRR) + 7] = { RO },
	[REG(APIC_ESR)]		= { RW },
	[REG(APIC_ICR)]		= { XR | XW, ICR_WRITABLE },
	[REG(APIC_ICR2)]	= { XR | XW, 0xff000000 },
	[REG(APIC_LVTT)]	= { RW, LVT_COMMON | ATOLL_LAPIC_TIMER_MODE },
	[REG(APIC_LVTTHMR)]	= { RW, LVT_LOCAL },
	[REG(APIC_LVTPC)]	= { RW, LVT_LOCAL },
	[REG(APIC_LVT0)]	= { RW, LVT_LINT },
	[REG(APIC_LVT1)]	= { RW, LVT_LINT },
	[REG(APIC_LVTERR)]	= { RW, LVT_COMMON },
	[REG(APIC_TMICT)]	= { RW, 0xffffffff },
	[REG(APIC_TMCCT)]	= { RO },
	[REG(APIC_TDCR)]	= { RW, 0xb },
	[REG(APIC_SELF_IPI)]	= { X2W, APIC_VECTOR_MASK },
};

static u64 mode(const struct atoll_lapic *lapic)
{
	return lapic->base & BASE_MODE;
}

static u32 read_ldr(const struct atoll_lapic *lapic)
{
	u32 id = lapic->vcpu->index;

	return mode(lapic) == MODE_X2APIC ? (id >> 4) << 16 | BIT(id & 0xf) : lapic->ldr;
}

static u32 read_id(const struct atoll_lapic *lapic)
{
	u32 id = lapic->vcpu->index;

	return mode(lapic) == MODE_X2APIC ? id : id << 24;
}

/* @i-th 32 bits of a bitmap of all vectors */
static u32 word(const unsigned long *map, u32 i)
{
	return READ_ONCE(map[i / 2]) >> (i % 2 * 32);
}

static u32 read_reg(struct atoll_lapic *lapic, u32 offset)
{
	switch (offset) {
	case APIC_ID:
		return read_id(lapic);
	case APIC_LVR:
		return VERSION;
	case APIC_TASKPRI:
		return atoll_lapic_tpr(lapic);
	case APIC_ARBPRI:
	case APIC_PROCPRI:
		return atoll_lapic_ppr(lapic);
	case APIC_LDR:
		return read_ldr(lapic);
	case APIC_DFR:
		return lapic->dfr;
	case APIC_SPIV:
		return lapic->svr;
	case APIC_ISR ... APIC_TMR - 1:
		atoll_lapic_pv_sync(lapic);
		return word(lapic->isr, REG(offset - APIC_ISR));
	case APIC_TMR ... APIC_IRR - 1:
		return word(lapic->tmr, REG(offset - APIC_TMR));
	case APIC_IRR ... APIC_ESR - 1:
		return word(lapic->irr, REG(offset - APIC_IRR));
	case APIC_ESR:
		return lapic->esr;
	case APIC_ICR:
		return lapic->icr;
	case APIC_ICR2:
		return lapic->icr >> 32;
	case LVT_FIRST ... APIC_LVTERR:
		return lapic->lvt[REG(offset - LVT_FIRST)];
	case APIC_TMICT:
		return lapic->timer.initial;
	case APIC_TMCCT:
		return atoll_lapic_timer_count(lapic);
	case APIC_TDCR:
		return lapic->timer.divide;
	default:
		return 0;
	}
}

/* "LVT: while the APIC is disabled by software, all mask bits are set" */
static void write_lvt(struct atoll_lapic *lapic, u32 i, u32 value)
{
	if (!(lapic->svr & APIC_SPIV_APIC_ENABLED))
		value |= APIC_LVT_MASKED;
	if (i == ATOLL_LVT_TIMER)
		atoll_lapic_timer_set_lvt(lapic, value);
	else
		WRITE_ONCE(lapic->lvt[i], value);
}

static void write_svr(struct atoll_lapic *lapic, u32 value)
{
	u32 i;

	WRITE_ONCE(lapic->svr, value);
	for (i = 0; i < ATOLL_NR_LVTS; i++)
		write_lvt(lapic, i, lapic->lvt[i]);
}

static void send_self(struct atoll_lapic *lapic, u8 vector)
{
	if (vector < ATOLL_LAPIC_FIRST)
		atoll_lapic_error(lapic, ATOLL_LAPIC_SENT_ILLEGAL);
	else if (lapic->svr & APIC_SPIV_APIC_ENABLED)
		atoll_lapic_post(lapic, vector, 0);
}

/* @value has writable bits only */
static void write_reg(struct atoll_lapic *lapic, u32 offset, u32 value)
{
	switch (offset) {
	case APIC_TASKPRI:
		atoll_lapic_set_tpr(lapic, value);
		break;
	case APIC_EOI:
		atoll_lapic_eoi(lapic);
		break;
	case APIC_LDR:
		WRITE_ONCE(lapic->ldr, value);
		break;
	case APIC_DFR:
		WRITE_ONCE(lapic->dfr, value | APIC_DFR_CLUSTER);
		break;
	case APIC_SPIV:
		write_svr(lapic, value);
		break;
	case APIC_ESR:
		lapic->esr = xchg(&lapic->errors, 0);
		break;
	case APIC_ICR:
		lapic->icr = (lapic->icr & GENMASK_ULL(63, 32)) | value;
		atoll_lapic_send_icr(lapic);
		break;
	case APIC_ICR2:
		lapic->icr = (u32)lapic->icr | (u64)value << 32;
		break;
	case LVT_FIRST ... APIC_LVTERR:
		write_lvt(lapic, REG(offset - LVT_FIRST), value);
		break;
	case APIC_TMICT:
		atoll_lapic_timer_set_initial(lapic, value);
		break;
	case APIC_TDCR:
		atoll_lapic_timer_set_divide(lapic, value);
		break;
	case APIC_SELF_IPI:
		send_self(lapic, value);
		break;
	}
}

static u8 access_of(u32 offset)
{
	return REG(offset) < ARRAY_SIZE(regs) ? regs[REG(offset)].access : 0;
}

static void mmio_read(struct atoll_lapic *lapic, struct atoll_io *io)
{
	u32 in_reg = io->addr % REG_BYTES, offset = io->addr - in_reg;

	io->data = 0;
	if (!(access_of(offset) & XR))
		atoll_lapic_error(lapic, ATOLL_LAPIC_NO_REGISTER);
	else if (in_reg < sizeof(u32))
		io->data = read_reg(lapic, offset) >> (8 * in_reg);
}

/* "All 32-bit registers should be accessed using 128-bit aligned 32-bit accesses" */
static void mmio_write(struct atoll_lapic *lapic, const struct atoll_io *io)
{
	if (io->len != sizeof(u32) || io->addr % REG_BYTES)
		return;
	if (access_of(io->addr) & XW)
		write_reg(lapic, io->addr, io->data & regs[REG(io->addr)].writable);
	else if (!access_of(io->addr))
		atoll_lapic_error(lapic, ATOLL_LAPIC_NO_REGISTER);
}

/**
 * atoll_lapic_mmio() - an access to the page of the xAPIC
 * @dev:	the page, on the bus
 * @io:		the access, of the vCPU whose APIC answers
 *
 * Without an xAPIC there is nothing: reads give all-ones.
 */
void atoll_lapic_mmio(struct atoll_device *dev, struct atoll_io *io)
{
	struct atoll_lapic *lapic = io->vcpu->lapic;

	if (mode(lapic) != MODE_XAPIC)
		return;
	if (io->dir == ATOLL_READ)
		mmio_read(lapic, io);
	else
		mmio_write(lapic, io);
}

/*
 * "x2APIC State Transitions": from xAPIC to x2APIC, from either to off, from
 * off to xAPIC.  Off forgets all but the ID.
 * Deviation: the page can't be moved.
 */
static int write_base(struct atoll_lapic *lapic, u64 value)
{
	u64 old = mode(lapic), new = value & BASE_MODE;
	u64 fixed = ~(u64)(BASE_MODE | MSR_IA32_APICBASE_BSP);

	if ((value & fixed) != APIC_DEFAULT_PHYS_BASE || new == X2APIC_ENABLE)
		return -EINVAL;
	if ((old == MODE_X2APIC && new == MODE_XAPIC) || (old == MODE_OFF && new == MODE_X2APIC))
		return -EINVAL;
	if (old != new && (old == MODE_OFF || new == MODE_OFF))
		atoll_lapic_reset_registers(lapic);
	/* Which CPU is the boot CPU doesn't change */
	value &= ~(u64)MSR_IA32_APICBASE_BSP;
	WRITE_ONCE(lapic->base, value | (lapic->base & MSR_IA32_APICBASE_BSP));
	return 0;
}

static bool is_x2apic_msr(u32 msr)
{
	return msr >= MSR_X2APIC_FIRST && msr <= MSR_X2APIC_LAST;
}

/**
 * atoll_lapic_msr_read() - RDMSR of one of the APIC's
 * @vcpu:	the calling thread's own
 * @msr:	any; others than the APIC's are refused
 * @value:	receives the answer
 *
 * Return: 0, or -EINVAL: #GP.
 */
int atoll_lapic_msr_read(struct atoll_vcpu *vcpu, u32 msr, u64 *value)
{
	struct atoll_lapic *lapic = vcpu->lapic;
	u32 offset = (msr - MSR_X2APIC_FIRST) << 4;

	if (msr == MSR_IA32_APICBASE) {
		*value = lapic->base;
	} else if (msr == MSR_IA32_TSC_DEADLINE) {
		*value = atoll_lapic_timer_deadline(lapic);
	} else if (!is_x2apic_msr(msr) || mode(lapic) != MODE_X2APIC) {
		return -EINVAL;
	} else if (msr == MSR_X2APIC_ICR) {
		*value = lapic->icr;
	} else {
		if (!(access_of(offset) & X2R))
			return -EINVAL;
		*value = read_reg(lapic, offset);
	}
	return 0;
}

/* 64 bits at once here, and sent at once */
static int write_x2apic_icr(struct atoll_lapic *lapic, u64 value)
{
	if ((u32)value & ~(u32)ICR_WRITABLE)
		return -EINVAL;
	lapic->icr = value;
	atoll_lapic_send_icr(lapic);
	return 0;
}

static int write_x2apic(struct atoll_lapic *lapic, u32 msr, u64 value)
{
	u32 offset = (msr - MSR_X2APIC_FIRST) << 4;

	if (msr == MSR_X2APIC_ICR)
		return write_x2apic_icr(lapic, value);
	if (offset >= LVT_FIRST && offset <= APIC_LVTERR)
		value &= ~(u64)LVT_STATUS;
	if (!(access_of(offset) & X2W) || (value & ~(u64)regs[REG(offset)].writable))
		return -EINVAL;
	write_reg(lapic, offset, value);
	return 0;
}

/**
 * atoll_lapic_msr_write() - WRMSR of one of the APIC's
 * @vcpu:	the calling thread's own
 * @msr:	any; others than the APIC's are refused
 * @value:	what is written
 *
 * Return: 0, or -EINVAL: #GP.
 */
int atoll_lapic_msr_write(struct atoll_vcpu *vcpu, u32 msr, u64 value)
{
	struct atoll_lapic *lapic = vcpu->lapic;

	if (msr == MSR_IA32_APICBASE)
		return write_base(lapic, value);
	if (msr == MSR_IA32_TSC_DEADLINE) {
		atoll_lapic_timer_set_deadline(lapic, value);
		return 0;
	}
	if (!is_x2apic_msr(msr) || mode(lapic) != MODE_X2APIC)
		return -EINVAL;
	return write_x2apic(lapic, msr, value);
}
