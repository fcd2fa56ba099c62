// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accesses to I/O ports.  IN and OUT need nothing but the exit; INS and OUTS
 * are decoded from the guest's memory.
 *
 * The path of a plain OUT is the shortest one that reaches a device: keep it
 * so, and keep structs off its stack frame, which the compiler zeroes.  Called
 * by exit.c.
 */
#include <linux/compiler.h>
#include "insn.h"

/* The CPU didn't say where the instruction ends */
static noinline enum atoll_next skip_decoded(struct atoll_vcpu *vcpu)
{
	struct atoll_insn insn;
	int err;

	err = atoll_insn_current(vcpu, &insn);
	if (err)
		return atoll_insn_next(err);
	atoll_exit_skip(vcpu, insn.len);
	return ATOLL_NEXT_RUN;
}

/* One element: memory first, since a port must not be read for nothing */
static int transfer(struct atoll_vcpu *vcpu, const struct atoll_insn *insn)
{
	struct atoll_io io = {
		.addr = vcpu->exit.pio.port,
		.len = vcpu->exit.pio.size,
		.dir = vcpu->exit.pio.dir,
		.data = ~0ULL,
	};
	struct atoll_span span;
	int err;

	err = atoll_insn_locate(vcpu, insn,
				io.dir == ATOLL_READ ? ATOLL_GVA_WRITE : 0, &span);
	if (err)
		return err;
	if (io.dir == ATOLL_WRITE)
		io.data = atoll_span_read(vcpu, &span);
	atoll_bus_pio(vcpu, &io);
	if (io.dir == ATOLL_READ)
		atoll_span_write(vcpu, &span, io.data);
	return 0;
}

/*
 * Is it still the instruction that exited?  The CPU has checked the guest's
 * right to that port and size, not to those of another instruction that one
 * of the guest's CPUs has put there since.
 */
static bool is_as_exited(struct atoll_vcpu *vcpu, const struct atoll_insn *insn)
{
	if (vcpu->exit.pio.dir == ATOLL_READ)
		return insn->op == ATOLL_INSN_INS &&
		       insn->dst.bytes == vcpu->exit.pio.size;
	return insn->op == ATOLL_INSN_OUTS &&
	       insn->src.bytes == vcpu->exit.pio.size;
}

static noinline enum atoll_next handle_string(struct atoll_vcpu *vcpu)
{
	struct atoll_insn insn;
	u64 count;
	int i, err;

	err = atoll_insn_current(vcpu, &insn);
	if (err)
		return atoll_insn_next(err);
	if (!is_as_exited(vcpu, &insn)) {
		atoll_vm_crash(vcpu, "string i/o at rip %#llx changed while it ran",
			       vcpu->regs[ATOLL_RIP]);
		return ATOLL_NEXT_LEAVE;
	}
	count = atoll_string_count(vcpu, &insn);
	for (i = 0; i < ATOLL_STRING_MAX && count; i++, count--) {
		err = transfer(vcpu, &insn);
		if (err)
			return atoll_insn_next(err);
		atoll_string_step(vcpu, &insn);
	}
	if (!count)
		atoll_exit_skip(vcpu, insn.len);
	return ATOLL_NEXT_RUN;
}

static noinline void merge_into_rax(struct atoll_vcpu *vcpu, u64 data)
{
	const struct atoll_operand rax = {
		.reg = ATOLL_RAX, .bytes = vcpu->exit.pio.size,
	};

	atoll_insn_gpr_write(&rax, vcpu->regs, data);
}

/**
 * atoll_pio_handle() - answer an IN, OUT, INS or OUTS
 * @vcpu:	the vCPU; own thread, its exit is a PIO
 *
 * Any context, no lock; takes what locks the device takes.
 */
enum atoll_next atoll_pio_handle(struct atoll_vcpu *vcpu)
{
	struct atoll_io *io = &vcpu->io;

	if (unlikely(vcpu->exit.pio.string))
		return handle_string(vcpu);
	io->addr = vcpu->exit.pio.port;
	io->len = vcpu->exit.pio.size;
	io->dir = vcpu->exit.pio.dir;
	io->data = io->dir == ATOLL_WRITE ? vcpu->regs[ATOLL_RAX] : ~0ULL;
	atoll_bus_pio(vcpu, io);
	if (io->dir == ATOLL_READ)
		merge_into_rax(vcpu, io->data);
	if (unlikely(!vcpu->exit.pio.next_rip))
		return skip_decoded(vcpu);
	atoll_exit_skip(vcpu, vcpu->exit.pio.next_rip - vcpu->regs[ATOLL_RIP]);
	return ATOLL_NEXT_RUN_ON;
}
