// SPDX-License-Identifier: GPL-2.0-only
/*
 * Where an instruction meets its vCPU: fetched at RIP, its memory operand
 * found through segment and paging, read and written, be it RAM or a device.
 *
 * An operand is located as a whole before a byte of it is touched, so that a
 * fault in its second half leaves no trace.  Never reaches RAM but through
 * gmem.  Called by a vCPU's own thread, with preemption on or off.
 */
#include <linux/errno.h>
#include <linux/log2.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <asm/page.h>
#include <asm/processor-flags.h>
#include <asm/trapnr.h>
#include <asm/unaligned.h>
#include "../hw/hw.h"
#include "insn.h"

/* The bytes are as last time, and so is what they mean */
static bool is_remembered(const struct atoll_insn_memo *memo, size_t len,
			  enum atoll_insn_mode mode)
{
	const size_t end = ATOLL_INSN_LEN_MAX - sizeof(u64);

	return len == ATOLL_INSN_LEN_MAX && memo->len == len && memo->insn.mode == mode &&
	       get_unaligned((const u64 *)memo->fetched) ==
	       get_unaligned((const u64 *)memo->bytes) &&
	       get_unaligned((const u64 *)(memo->fetched + end)) ==
	       get_unaligned((const u64 *)(memo->bytes + end));
}

static noinline const struct atoll_insn *decode(struct atoll_vcpu *vcpu, size_t len,
						enum atoll_insn_mode mode)
{
	struct atoll_insn_memo *memo = &vcpu->memo;

	memcpy(memo->bytes, memo->fetched, sizeof(memo->bytes));
	memo->len = len;
	if (!atoll_insn_decode(&memo->insn, memo->bytes, len, mode))
		return &memo->insn;
	memo->len = 0;
	atoll_vm_crash(vcpu, "cannot decode %*ph at rip %#llx (exit %s, info %#llx %#llx)",
		       (int)len, memo->bytes, vcpu->regs[ATOLL_RIP],
		       atoll_exit_name(vcpu->exit.kind), vcpu->exit.hw_info[0],
		       vcpu->exit.hw_info[1]);
	return NULL;
}

/**
 * atoll_insn_peek() - fetch and decode the instruction at RIP
 * @vcpu:	the vCPU; own thread
 *
 * Any context, no lock.
 *
 * Return: it, valid until the next call, or NULL if that can't be done: the guest
 * has then crashed, with the bytes as the reason.
 */
const struct atoll_insn *atoll_insn_peek(struct atoll_vcpu *vcpu)
{
	enum atoll_insn_mode mode;
	size_t len;

	if (unlikely(atoll_insn_fetch(vcpu, vcpu->memo.fetched, &len, &mode))) {
		atoll_vm_crash(vcpu, "cannot fetch the instruction at rip %#llx",
			       vcpu->regs[ATOLL_RIP]);
		return NULL;
	}
	if (likely(is_remembered(&vcpu->memo, len, mode)))
		return &vcpu->memo.insn;
	return decode(vcpu, len, mode);
}

/**
 * atoll_insn_current() - fetch and decode the instruction at RIP, to keep
 * @vcpu:	the vCPU; own thread
 * @insn:	the result; undefined after an error
 *
 * Any context, no lock.
 *
 * Return: 0, or -EIO if that can't be done: the guest has then crashed.
 */
int atoll_insn_current(struct atoll_vcpu *vcpu, struct atoll_insn *insn)
{
	const struct atoll_insn *current_insn = atoll_insn_peek(vcpu);

	if (!current_insn)
		return -EIO;
	*insn = *current_insn;
	return 0;
}

static bool is_canonical(struct atoll_vcpu *vcpu, u64 gva)
{
	u64 cr4 = atoll_hw->get_reg(vcpu, ATOLL_CR4);

	return __is_canonical_address(gva, cr4 & X86_CR4_LA57 ? 57 : 48);
}

static bool is_expand_down(const struct atoll_segment *seg)
{
	return (seg->attr & ATOLL_SEG_S) && (seg->attr & ATOLL_SEG_TYPE & 0xc) == 4;
}

/*
 * Add the segment to a memory operand's offset and check what the CPU does not
 * before it intercepts INS and OUTS.  AMD APM vol. 2, "Segmentation".
 *
 * Deviation: the lower limit of expand-down segments is not checked.
 */
static int add_segment(struct atoll_vcpu *vcpu, const struct atoll_insn *insn,
		       u8 bytes, u64 *gva)
{
	u64 offset = atoll_insn_offset(insn, vcpu->regs);
	struct atoll_segment seg;
	bool ok;

	atoll_hw->get_seg(vcpu, insn->seg, &seg);
	if (insn->mode == ATOLL_INSN_MODE_64) {
		*gva = offset;
		if (insn->seg == ATOLL_FS || insn->seg == ATOLL_GS)
			*gva += seg.base;
		ok = is_canonical(vcpu, *gva) &&
		     is_canonical(vcpu, *gva + bytes - 1);
	} else {
		*gva = (u32)(seg.base + offset);
		ok = is_expand_down(&seg) || offset + bytes - 1 <= seg.limit;
	}
	if (ok)
		return 0;
	atoll_inject_error(vcpu, insn->seg == ATOLL_SS ? X86_TRAP_SS : X86_TRAP_GP,
			   0);
	return -EFAULT;
}

static int translate(struct atoll_vcpu *vcpu, u64 gva, u32 access, u64 *gpa)
{
	u32 pf_error;
	int err;

	err = atoll_gva_to_gpa(vcpu, gva, access, gpa, &pf_error);
	if (err == -EFAULT) {
		atoll_inject_pf(vcpu, gva, pf_error);
		return -EFAULT;
	}
	if (err) {
		atoll_vm_crash(vcpu, "page tables in unmapped gpa, walked for gva %#llx",
			       gva);
		return -EIO;
	}
	return 0;
}

/* Within a page */
static int locate_part(struct atoll_vcpu *vcpu, u64 gva, u32 access, u8 len, u64 *gpa)
{
	int err = translate(vcpu, gva, access, gpa);

	if (!err && (access & ATOLL_GVA_WRITE) && atoll_vcpu_wants(vcpu, *gpa, len))
		err = -EIO;
	return err;
}

/**
 * atoll_insn_is_at_exit() - has the CPU found the memory operand already?
 * @vcpu:	the vCPU; own thread, its exit is an S2FAULT
 * @insn:	the instruction at RIP, with a memory operand
 * @bytes:	the operand's
 * @access:	ATOLL_GVA_WRITE if it is written, else 0
 *
 * The CPU exits with the guest-physical address, after it has checked segment,
 * tables and rights for a read or a write.  The instruction may be another by
 * now, so it has to touch the same bytes of its page, in no other way than the
 * CPU did: then it gets no more than it was granted.
 *
 * Any context, no lock.
 *
 * Return: true if the operand is what lies at exit.s2.gpa.
 */
bool atoll_insn_is_at_exit(struct atoll_vcpu *vcpu, const struct atoll_insn *insn,
			   u8 bytes, u32 access)
{
	const struct atoll_exit *exit = &vcpu->exit;
	u64 offset;

	if (insn->mode != ATOLL_INSN_MODE_64 || insn->seg == ATOLL_FS || insn->seg == ATOLL_GS)
		return false;
	if ((access & ATOLL_GVA_WRITE) && exit->s2.dir != ATOLL_WRITE)
		return false;
	offset = offset_in_page(atoll_insn_offset(insn, vcpu->regs));
	return offset == offset_in_page(exit->s2.gpa) && offset + bytes <= PAGE_SIZE;
}

/**
 * atoll_insn_locate() - find an instruction's memory operand
 * @vcpu:	the vCPU; own thread
 * @insn:	the instruction at RIP; one of its operands is MEM
 * @access:	ATOLL_GVA_WRITE if it will be written, else 0
 * @span:	the result; it may lie anywhere
 *
 * Any context, no lock.
 *
 * What lies in RAM and will be written is there on success.
 *
 * Return: 0, -EFAULT if an exception was injected instead, -EIO if the guest
 * has crashed, or has to take memory and execute it again.
 */
int atoll_insn_locate(struct atoll_vcpu *vcpu, const struct atoll_insn *insn,
		      u32 access, struct atoll_span *span)
{
	bool is_dst = insn->dst.kind == ATOLL_OPERAND_MEM;
	u8 bytes = is_dst ? insn->dst.bytes : insn->src.bytes;
	u64 gva, next;
	int err;

	err = add_segment(vcpu, insn, bytes, &gva);
	if (err)
		return err;
	access |= atoll_vcpu_access(vcpu);
	span->len[0] = min_t(u64, bytes, PAGE_SIZE - offset_in_page(gva));
	span->len[1] = bytes - span->len[0];
	err = locate_part(vcpu, gva, access, span->len[0], &span->gpa[0]);
	if (err || !span->len[1])
		return err;
	next = gva + span->len[0];
	if (insn->mode != ATOLL_INSN_MODE_64)
		next = (u32)next;
	return locate_part(vcpu, next, access, span->len[1], &span->gpa[1]);
}

/* The bits of 1 to 8 bytes */
static u64 bits_of(u8 len)
{
	return ~0ULL >> (64 - 8 * len);
}

static u64 device_read_part(struct atoll_vcpu *vcpu, u64 gpa, u8 len)
{
	struct atoll_io *io = &vcpu->io;

	io->addr = gpa;
	io->len = len;
	io->dir = ATOLL_READ;
	io->data = ~0ULL;
	atoll_bus_mmio(vcpu, io);
	return io->data & bits_of(len);
}

static void device_write_part(struct atoll_vcpu *vcpu, u64 gpa, u8 len, u64 data)
{
	struct atoll_io *io = &vcpu->io;

	io->addr = gpa;
	io->len = len;
	io->dir = ATOLL_WRITE;
	io->data = data & bits_of(len);
	atoll_bus_mmio(vcpu, io);
}

/**
 * atoll_device_read() - read an address that is not RAM
 * @vcpu:	the vCPU; own thread
 * @gpa:	first byte
 * @len:	1 to 8 bytes; a device is asked for 1, 2, 4 or 8 at a time
 *
 * Any context, no lock; takes what locks the device takes.
 *
 * Return: the bytes, zero-extended.
 */
u64 atoll_device_read(struct atoll_vcpu *vcpu, u64 gpa, u8 len)
{
	u64 data = 0;
	u8 done, part;

	if (likely(is_power_of_2(len)))
		return device_read_part(vcpu, gpa, len);
	for (done = 0; done < len; done += part) {
		part = rounddown_pow_of_two(len - done);
		data |= device_read_part(vcpu, gpa + done, part) << (8 * done);
	}
	return data;
}

/**
 * atoll_device_write() - write an address that is not RAM
 * @vcpu:	the vCPU; own thread
 * @gpa:	first byte
 * @len:	as for atoll_device_read()
 * @data:	the bytes; those above are ignored
 *
 * Any context, no lock; takes what locks the device takes.
 */
void atoll_device_write(struct atoll_vcpu *vcpu, u64 gpa, u8 len, u64 data)
{
	u8 done, part;

	if (likely(is_power_of_2(len))) {
		device_write_part(vcpu, gpa, len, data);
		return;
	}
	for (done = 0; done < len; done += part) {
		part = rounddown_pow_of_two(len - done);
		device_write_part(vcpu, gpa + done, part, data >> (8 * done));
	}
}

/**
 * atoll_span_read() - read an operand, be it RAM or a device
 * @vcpu:	the vCPU; own thread
 * @span:	where atoll_insn_locate() found it
 *
 * Any context, no lock; takes what locks the device takes.
 *
 * Return: its bytes, zero-extended.
 */
u64 atoll_span_read(struct atoll_vcpu *vcpu, const struct atoll_span *span)
{
	u64 data = 0, part;
	u8 shift = 0;
	int i;

	for (i = 0; i < ARRAY_SIZE(span->gpa) && span->len[i]; i++) {
		part = 0;
		if (atoll_gmem_read(&vcpu->vm->gmem, span->gpa[i], &part,
				    span->len[i]))
			part = atoll_device_read(vcpu, span->gpa[i], span->len[i]);
		data |= part << shift;
		shift += 8 * span->len[i];
	}
	return data;
}

/**
 * atoll_span_write() - write an operand, be it RAM or a device
 * @vcpu:	the vCPU; own thread
 * @span:	where atoll_insn_locate() found it
 * @data:	its bytes; those above are ignored
 *
 * Any context, no lock; takes what locks the device takes.
 */
void atoll_span_write(struct atoll_vcpu *vcpu, const struct atoll_span *span,
		      u64 data)
{
	u8 shift = 0;
	u64 part;
	int i;

	for (i = 0; i < ARRAY_SIZE(span->gpa) && span->len[i]; i++) {
		part = data >> shift;
		if (atoll_gmem_write(&vcpu->vm->gmem, span->gpa[i], &part,
				     span->len[i]))
			atoll_device_write(vcpu, span->gpa[i], span->len[i], part);
		shift += 8 * span->len[i];
	}
}

/**
 * atoll_string_count() - how many elements a string instruction has to go
 * @vcpu:	the vCPU; own thread
 * @insn:	INS, OUTS or STOS
 *
 * Any context, no lock.
 */
u64 atoll_string_count(struct atoll_vcpu *vcpu, const struct atoll_insn *insn)
{
	const struct atoll_operand count = {
		.reg = ATOLL_RCX, .bytes = insn->addr_bytes,
	};

	return insn->rep ? atoll_insn_gpr_read(&count, vcpu->regs) : 1;
}

/**
 * atoll_string_step() - move a string instruction's registers by one element
 * @vcpu:	the vCPU; own thread
 * @insn:	INS, OUTS or STOS
 *
 * Any context, no lock.
 */
void atoll_string_step(struct atoll_vcpu *vcpu, const struct atoll_insn *insn)
{
	const struct atoll_operand count = {
		.reg = ATOLL_RCX, .bytes = insn->addr_bytes,
	};
	const struct atoll_operand pointer = {
		.reg = insn->base, .bytes = insn->addr_bytes,
	};
	bool is_dst = insn->dst.kind == ATOLL_OPERAND_MEM;
	u64 step = is_dst ? insn->dst.bytes : insn->src.bytes;
	u64 *regs = vcpu->regs;

	if (regs[ATOLL_RFLAGS] & X86_EFLAGS_DF)
		step = -step;
	atoll_insn_gpr_write(&pointer, regs, regs[insn->base] + step);
	if (insn->rep)
		atoll_insn_gpr_write(&count, regs, regs[ATOLL_RCX] - 1);
}
