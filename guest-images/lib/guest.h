/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All that a guest may use; README.md in the directory above has the tour.
 */
#ifndef GUEST_H
#define GUEST_H

#include "boot.h"
#include "cpu.h"
#include "pic.h"
#include "pit.h"
#include "print.h"
#include "report.h"
#include "string.h"
#include "trap.h"
#include "uart.h"

#endif
