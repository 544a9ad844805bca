// SPDX-License-Identifier: GPL-3.0-only
//
// The two halves of a round trip, for the case that everything is as it nearly always is: a call to
// an endpoint at which somebody receives, and a reply-and-receive at one where nobody waits; four
// parameters at most, no capabilities, no deadline. Everything else takes kernel/endpoint.c's way,
// which does the same when it comes to these cases: nothing here decides anything.
//
// Every check comes before the first change, those that fail most easily first. There is one lock,
// and the scheduler is not asked: the caller was the best of the ready tasks, the receiver inherits
// its priority, and sched_resume looks at one word to see whether somebody better than the task
// that is answered has become ready.
//
// Inline in what kernel_syscall begins with, so that the message stays in registers from entry to
// exit.
#ifndef HELIOS_KERNEL_IPC_FAST_H
#define HELIOS_KERNEL_IPC_FAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/cspace.h"
#include "kernel/ipc.h"

#ifdef __cplusplus
extern "C" {
#endif

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "first bytes are low bits");

// state, suspended, in_fault and message_flags: equal to a state if the task is in that state and
// there is nothing else to look after when it wakes.
static inline uint32_t ipc_fast_state(const struct task *task) {
    uint32_t word;
    __builtin_memcpy(&word, &task->state, sizeof(word));
    return word;
}

// Whether the tag announces no capability, parameters in registers only, and exactly these flags:
// counts and flags, turned so that the number of parameters is what is left to compare.
static inline bool ipc_fast_tag(uint64_t tag, uint32_t flags) {
    uint32_t upper = (uint32_t)(tag >> 32) ^ flags << (HELIOS_TAG_FLAGS_SHIFT - 32);
    unsigned shift = HELIOS_TAG_PARAM_SHIFT - 32;
    return (upper >> shift | upper << (32 - shift)) <= HELIOS_REGISTER_PARAMS;
}

// Whether a slot holds a capability to an Endpoint with this right: one load.
static inline bool ipc_fast_slot(const struct slot *slot, uint32_t right) {
    static_assert(offsetof(struct slot, rights) == offsetof(struct slot, type) + 1, "one load");
    uint16_t word;
    __builtin_memcpy(&word, &slot->type, sizeof(word));
    return (word & (0xffu | right << 8)) == (HELIOS_TYPE_ENDPOINT | right << 8);
}

// A check that is taken to succeed.
static inline bool ipc_fast_expect(bool condition) {
    return __builtin_expect(condition, 1) != 0;
}

// The capability that is invoked, if everything that can be seen in the tag and in the slot is as
// it nearly always is; NULL: it is not.
static inline const struct slot *ipc_fast_find(const struct task *current, uint64_t capability,
                                               uint64_t tag, uint32_t flags, uint32_t right) {
    if (!ipc_fast_expect(ipc_fast_tag(tag, flags))) {
        return NULL;
    }
    const struct cspace *cspace = current->cspace;
    if (!ipc_fast_expect(cspace != NULL) || !ipc_fast_expect(capability < cspace->slot_count)) {
        return NULL;
    }
    const struct slot *slot = &cspace->slots[capability];
    return ipc_fast_expect(ipc_fast_slot(slot, right)) ? slot : NULL;
}

// Returns the receiver, which runs next; NULL: nothing has been done.
static inline struct task *ipc_fast_call(const struct slot *slot, uint64_t tag, uint64_t p0,
                                         uint64_t p1, uint64_t p2, uint64_t p3) {
    struct endpoint *endpoint = endpoint_of(slot->object);
    lock_acquire(&endpoint->object.lock);
    struct task *receiver = endpoint->waiters.first;
    if (!ipc_fast_expect(receiver != NULL) ||
        !ipc_fast_expect(ipc_fast_state(receiver) == HELIOS_TASK_RECEIVING)) {
        lock_release(&endpoint->object.lock);
        return NULL;
    }
    arch_task_set_message(&receiver->arch, slot->badge,
                          tag | (uint64_t)HELIOS_FLAG_CALL << HELIOS_TAG_FLAGS_SHIFT, p0, p1, p2,
                          p3);
    endpoint->waiters.first = receiver->queue.next;
    lock_release(&endpoint->object.lock);
    struct task *current = arch_percpu()->current;
    receiver->state = HELIOS_TASK_READY;
    receiver->blocked_on = NULL;
    receiver->caller = current;
    current->state = HELIOS_TASK_CALLING;
    current->callee = receiver;
    if (receiver->priority < current->priority) {
        receiver->priority = current->priority;
    }
    return receiver;
}

// recv with HELIOS_FLAG_REPLY. Returns the caller that has been answered, which runs next; NULL:
// nothing has been done.
static inline struct task *ipc_fast_receive(const struct slot *slot, uint64_t tag, uint64_t p0,
                                            uint64_t p1, uint64_t p2, uint64_t p3) {
    struct task *current = arch_percpu()->current;
    struct task *caller = current->caller;
    if (!ipc_fast_expect(caller != NULL) ||
        !ipc_fast_expect(ipc_fast_state(caller) == HELIOS_TASK_CALLING)) {
        return NULL;
    }
    struct object *bound = current->notification_reference.object;
    if (!ipc_fast_expect(bound == NULL || notification_of(bound)->word == 0)) {
        return NULL;
    }
    struct endpoint *endpoint = endpoint_of(slot->object);
    lock_acquire(&endpoint->object.lock);
    if (!ipc_fast_expect(endpoint->waiters.first == NULL) ||
        !ipc_fast_expect(endpoint->pollers == NULL) ||
        !ipc_fast_expect(endpoint->object.state == OBJECT_LIVE)) {
        lock_release(&endpoint->object.lock);
        return NULL;
    }
    arch_task_set_message(&caller->arch, 0,
                          tag ^ (uint64_t)HELIOS_FLAG_REPLY << HELIOS_TAG_FLAGS_SHIFT, p0, p1, p2,
                          p3);
    endpoint->waiters.first = current;
    endpoint->waiters.last = current;
    current->queue.next = NULL;
    current->blocked_on = &endpoint->object;
    current->state = HELIOS_TASK_RECEIVING;
    lock_release(&endpoint->object.lock);
    current->caller = NULL;
    current->priority = current->base_priority;
    caller->callee = NULL;
    caller->state = HELIOS_TASK_READY;
    return caller;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_IPC_FAST_H
