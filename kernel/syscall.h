// SPDX-License-Identifier: GPL-3.0-only
//
// System calls. One table of handlers with one signature: a handler decodes, checks, acts, leaves
// its answer in the task it is for, and returns the task that runs next. One place
// (kernel_syscall) makes that happen.
#ifndef HELIOS_KERNEL_SYSCALL_H
#define HELIOS_KERNEL_SYSCALL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/cspace.h"
#include "kernel/task.h"
#include "uapi/error.h"
#include "uapi/message.h"
#include "uapi/object.h"
#include "uapi/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

// The registers of a system call.
struct syscall {
    uint64_t number;
    uint64_t capability;
    uint64_t tag;
    uint64_t params[HELIOS_REGISTER_PARAMS];
};

typedef struct task *(*syscall_handler)(struct task *current, const struct syscall *call);

// An object's side of `call`.
typedef struct task *(*object_handler)(struct task *current, const struct capability *capability,
                                       const struct syscall *call);

// Whether the tag announces exactly this many capabilities and parameters, and no flags.
static inline bool syscall_takes(const struct syscall *call, uint32_t caps, uint32_t params) {
    return call->tag >> HELIOS_TAG_CAPS_SHIFT ==
           helios_tag(0, caps, params, 0) >> HELIOS_TAG_CAPS_SHIFT;
}

// Answers: success with a value, and refusals. Each returns `task`, for handlers to return.
struct task *answer(struct task *task, uint64_t value);
struct task *answer_error(struct task *task, enum helios_error error, unsigned argument,
                          uint64_t found, uint64_t wanted);

// A refusal of a tag for which syscall_takes(call, caps, params) is false: says which part.
struct task *answer_count(struct task *task, const struct syscall *call, uint32_t caps,
                          uint32_t params);

// A refusal of the invocation that the tag's label names.
struct task *answer_invocation(struct task *task, const struct syscall *call);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_SYSCALL_H
