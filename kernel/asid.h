// SPDX-License-Identifier: GPL-3.0-only
//
// Address space identifiers: ASIDControl makes pools, a pool assigns one to a VSpace. A VSpace
// without one works (asid 0) but leaves nothing behind in the TLB when it is switched away from.
// Where the hardware has no identifiers, pools hand out numbers all the same.
#ifndef HELIOS_KERNEL_ASID_H
#define HELIOS_KERNEL_ASID_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

struct vspace;

// How many identifiers one pool has.
#define ASID_POOL_SIZE 256u

// Boot: forgets every pool. The control object, for init's capability.
struct object *asid_init(void);

struct task *asid_control_invoke(struct task *current, struct slot *slot,
                                 const struct syscall *call);
struct task *asid_pool_invoke(struct task *current, struct slot *slot, const struct syscall *call);

// The VSpace dies: its identifier is free again once no TLB remembers it.
void asid_release(struct vspace *vspace);

// Object table row: the pool dies; VSpaces that it served fall back to asid 0.
bool asid_pool_reap(struct object *object);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_ASID_H
