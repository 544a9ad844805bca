// SPDX-License-Identifier: GPL-3.0-only
//
// System calls. One table of handlers with one signature: a handler decodes, checks, acts, leaves
// its answer in the task it is for, and returns the task that runs next (NULL: the scheduler
// chooses). One place (kernel_syscall) makes that happen.
#ifndef HELIOS_KERNEL_SYSCALL_H
#define HELIOS_KERNEL_SYSCALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/cap.h"
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

// An object's side of `call`: `slot` is the capability as it was found, which is of the object's
// type and was alive then.
typedef struct task *(*object_handler)(struct task *current, const struct slot_view *slot,
                                       const struct syscall *call);

// An invocation: what syscall_check wants of its call, and who does the rest.
struct invocation {
    object_handler act;
    uint8_t caps;
    uint8_t params;
    uint8_t rights; // 0: `act` checks the call itself
};

// The call of an object whose invocations, by label, are these.
struct task *syscall_invoke(struct task *current, const struct slot_view *slot,
                            const struct syscall *call, const struct invocation *invocations,
                            unsigned count);

// kernel_syscall without the short ways of call and reply-and-receive.
struct arch_task *syscall_dispatch(uint64_t capability, uint64_t tag, uint64_t p0, uint64_t p1,
                                   uint64_t p2, uint64_t p3, uint64_t number);

// Why something is refused: what an answer of the kernel says of it.
struct refusal {
    enum helios_error error;
    uint32_t argument; // enum helios_argument
    uint64_t found;
    uint64_t wanted;
};

// Whether the tag announces exactly this many capabilities and parameters, and no flags.
static inline bool syscall_takes(const struct syscall *call, uint32_t caps, uint32_t params) {
    return call->tag >> HELIOS_TAG_CAPS_SHIFT ==
           helios_tag(0, caps, params, 0) >> HELIOS_TAG_CAPS_SHIFT;
}

// The refusal of a call that does not pass syscall_check.
void syscall_refuse(struct task *current, const struct slot_view *slot, const struct syscall *call,
                    uint32_t caps, uint32_t params, unsigned rights);

// Checks what every invocation has to check: that the tag announces exactly this many capabilities
// and parameters, and that the capability has `rights`. true: all well. false: current has its
// refusal, and the handler returns it.
static inline bool syscall_check(struct task *current, const struct slot_view *slot,
                                 const struct syscall *call, uint32_t caps, uint32_t params,
                                 unsigned rights) {
    bool needs_buffer = caps > 0 || params > HELIOS_REGISTER_PARAMS;
    if (syscall_takes(call, caps, params) && (!needs_buffer || current->buffer != NULL) &&
        (slot->rights & rights) == rights) {
        return true;
    }
    syscall_refuse(current, slot, call, caps, params, rights);
    return false;
}

// Parameter `index`: the first four stand in registers, the others are read from the IPC buffer, a
// word each time. index < HELIOS_MAX_PARAMS; the task has a buffer if index >= 4 (syscall_check
// sees to that).
uint64_t syscall_param(const struct task *current, const struct syscall *call, unsigned index);

// Capability argument `index` (of type `type`; HELIOS_TYPE_NULL: any but Null; with at least
// `rights`) in the current task's CSpace. NULL: current has its refusal. *view is what was
// found there; its version is for cap_copy and friends, who know whether it has changed since. Only
// after syscall_check.
struct slot *syscall_cap(struct task *current, unsigned index, enum helios_type type,
                         unsigned rights, struct slot_view *view);

// The capability at `address` in the current task's CSpace, as it is now; false if there is none
// (no refusal set).
bool syscall_lookup(const struct task *current, uint64_t address, struct slot_view *view);

// Answers: success with one value or several, and refusals. Each returns `task`, for handlers to
// return. A checked kernel prints a line for a refusal.
struct task *answer(struct task *task, uint64_t value);
struct task *answer_values(struct task *task, unsigned count, uint64_t v0, uint64_t v1, uint64_t v2,
                           uint64_t v3);
// Success with capabilities, whose slots have been reported (cspace_report_slots), and values.
struct task *answer_caps(struct task *task, unsigned caps, unsigned count, uint64_t v0,
                         uint64_t v1);
struct task *answer_error(struct task *task, enum helios_error error, unsigned argument,
                          uint64_t found, uint64_t wanted);
struct task *answer_refusal(struct task *task, const struct refusal *refusal);
// The line that a checked kernel prints for a refusal; whoever sets one by other means than these
// functions calls it.
void answer_note(struct task *task, const struct refusal *refusal);

// The name of a system call, or of the invocation that it is of an object of this type:
// "Memory.allocate" or "recv". False: it has none.
bool answer_subject(uint64_t number, unsigned type, uint32_t label, char *text, size_t size);

// A cap_result that is not CAP_OK.
struct task *answer_cap_result(struct task *task, enum cap_result result, unsigned argument);

// A refusal of a tag for which syscall_takes(call, caps, params) is false: says which part.
struct task *answer_count(struct task *task, const struct syscall *call, uint32_t caps,
                          uint32_t params);

// A refusal of the invocation that the tag's label names.
struct task *answer_invocation(struct task *task, const struct syscall *call);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_SYSCALL_H
