// SPDX-License-Identifier: GPL-3.0-only
//
// The short ways of invocations: what programs ask of the kernel's objects all day. One page mapped
// or unmapped, one capability copied or destroyed, one object made; one capability in a message.
//
// As with those of kernel/ipc_fast.h, everything is as it nearly always is, or nothing is done and
// the ordinary way (syscall_dispatch) decides: what is refused, what takes long, what has to be
// reaped, where a revocation is under way. Every check comes before the first change, every
// capability is looked up once, every lock is taken once. They call nobody, so that they need
// next to no stack, and answer by themselves.
#ifndef HELIOS_KERNEL_OBJECT_FAST_H
#define HELIOS_KERNEL_OBJECT_FAST_H

#include "kernel/cspace.h"
#include "kernel/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// An invocation of what is in `slot` by the current task. Returns whom to resume.
typedef struct arch_task *(*object_fast_way)(struct slot *slot, uint64_t tag, uint64_t p0,
                                             uint64_t p1, uint64_t p2, uint64_t p3);

struct arch_task *object_fast_cspace(struct slot *slot, uint64_t tag, uint64_t p0, uint64_t p1,
                                     uint64_t p2, uint64_t p3);
struct arch_task *object_fast_vspace(struct slot *slot, uint64_t tag, uint64_t p0, uint64_t p1,
                                     uint64_t p2, uint64_t p3);
struct arch_task *object_fast_memory(struct slot *slot, uint64_t tag, uint64_t p0, uint64_t p1,
                                     uint64_t p2, uint64_t p3);

// Carries the only capability of a message: copies what caps[0] in the buffer of `from` names to
// the first receive slot of `to`, and says there where it is. Both have a buffer and a CSpace.
// false: nothing has been done.
bool object_fast_carry(struct task *from, struct task *to, const struct object *through);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_OBJECT_FAST_H
