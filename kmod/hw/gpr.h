/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where a register lies in vcpu->regs, for assembly: the CPU's own numbers, as
 * enum atoll_gpr has them, eight bytes each.
 */
#ifndef ATOLL_GPR_H
#define ATOLL_GPR_H

#define REG_RAX		(0 * 8)
#define REG_RCX		(1 * 8)
#define REG_RDX		(2 * 8)
#define REG_RBX		(3 * 8)
#define REG_RBP		(5 * 8)
#define REG_RSI		(6 * 8)
#define REG_RDI		(7 * 8)
#define REG_R8		(8 * 8)
#define REG_R9		(9 * 8)
#define REG_R10		(10 * 8)
#define REG_R11		(11 * 8)
#define REG_R12		(12 * 8)
#define REG_R13		(13 * 8)
#define REG_R14		(14 * 8)
#define REG_R15		(15 * 8)

#endif
