/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The host's side of a world switch, for the backends.
 */
#ifndef ATOLL_HOST_H
#define ATOLL_HOST_H

struct atoll_vcpu;

void atoll_host_leave(struct atoll_vcpu *vcpu);
void atoll_host_return(void);
void atoll_host_machine_check(void);

#endif
