/* SPDX-License-Identifier: GPL-2.0-only */
/* How a guest looks in the output: for list, show, define, run and events. */
#ifndef ATOLL_VM_H
#define ATOLL_VM_H

#include "nl.h"
#include "out.h"

const char *vm_state_name(u32 state);
const char *vm_memory_kind(const struct vm *vm);
int vm_has_ended(const struct vm *vm);
void vm_add_end(struct json_object *object, const struct vm *vm);
void vm_fill_row(struct json_object *object, const struct vm *vm);
void vm_fill_all(struct json_object *object, const struct vm *vm);

#endif
