// SPDX-License-Identifier: GPL-3.0-only
//
// The short ways: system calls for the case that everything is as it nearly always is. A call to an
// endpoint at which somebody receives, and a reply-and-receive at one where nobody waits, without
// capabilities and deadline; a signal that needs to be told to one task at most; a wait. Everything
// else takes the way of kernel/endpoint.c and kernel/notification.c, which does the same when it
// comes to these cases: nothing here decides anything.
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
#include "kernel/ipc_wait.h"
#include "kernel/object_fast.h"

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

// Whether the tag announces no capability, at most so many parameters, and exactly these flags:
// counts and flags, turned so that the number of parameters is what is left to compare.
static inline bool ipc_fast_tag(uint64_t tag, uint32_t flags, uint32_t params) {
    uint32_t upper = (uint32_t)(tag >> 32) ^ flags << (HELIOS_TAG_FLAGS_SHIFT - 32);
    unsigned shift = HELIOS_TAG_PARAM_SHIFT - 32;
    return (upper >> shift | upper << (32 - shift)) <= params;
}

// Whether a slot holds a capability of this type with this right: one load.
static inline bool ipc_fast_slot(const struct slot *slot, uint32_t type, uint32_t right) {
    static_assert(offsetof(struct slot, rights) == offsetof(struct slot, type) + 1, "one load");
    uint16_t word;
    __builtin_memcpy(&word, &slot->type, sizeof(word));
    return (word & (0xffu | right << 8)) == (type | right << 8);
}

// A check that is taken to succeed.
static inline bool ipc_fast_expect(bool condition) {
    return __builtin_expect(condition, 1) != 0;
}

// The capability that is invoked, if it is of this type and has this right; NULL: it is not.
static inline const struct slot *ipc_fast_find(const struct task *current, uint64_t capability,
                                               uint32_t type, uint32_t right) {
    const struct cspace *cspace = current->cspace;
    if (!ipc_fast_expect(cspace != NULL) || !ipc_fast_expect(capability < cspace->slot_count)) {
        return NULL;
    }
    const struct slot *slot = &cspace->slots[capability];
    return ipc_fast_expect(ipc_fast_slot(slot, type, right)) ? slot : NULL;
}

// Parameters beyond the registers. Both tasks have a buffer, which may be the same.
static inline void ipc_fast_copy(const struct task *from, struct task *to, uint64_t tag) {
    enum { BLOCK = 4 }; // words that are moved per turn
    unsigned params = helios_tag_params(tag);
    const uint64_t *source = from->buffer->params;
    uint64_t *target = to->buffer->params;
    unsigned i = HELIOS_REGISTER_PARAMS;
    for (; i + BLOCK <= params; i += BLOCK) {
        for (unsigned j = 0; j < BLOCK; j++) {
            target[i + j] = source[i + j];
        }
    }
    for (; i < params; i++) {
        target[i] = source[i];
    }
}

// The tags that the other side gets.
static inline uint64_t ipc_fast_call_tag(uint64_t tag) {
    return tag | (uint64_t)HELIOS_FLAG_CALL << HELIOS_TAG_FLAGS_SHIFT;
}
static inline uint64_t ipc_fast_reply_tag(uint64_t tag) {
    return tag ^ (uint64_t)HELIOS_FLAG_REPLY << HELIOS_TAG_FLAGS_SHIFT;
}

// The receiver, which runs next, has the call.
static inline void ipc_fast_link(struct task *current, struct task *receiver) {
    receiver->state = HELIOS_TASK_READY;
    receiver->blocked_on = NULL;
    receiver->caller = current;
    current->state = HELIOS_TASK_CALLING;
    current->callee = receiver;
    if (receiver->priority < current->priority) {
        receiver->priority = current->priority;
    }
}

// Returns the receiver, which runs next, and the badge; NULL: nothing has been done. `is_long`:
// buffers may be needed, and the caller has one. The message is delivered, but not there yet.
static inline struct task *ipc_fast_call(const struct slot *slot, bool is_long, uint64_t *badge,
                                         uint64_t tag, uint64_t p0, uint64_t p1, uint64_t p2,
                                         uint64_t p3) {
    struct endpoint *endpoint = endpoint_of(slot->object);
    lock_acquire(&endpoint->object.lock);
    struct task *receiver = endpoint->waiters.first;
    if (!ipc_fast_expect(receiver != NULL) ||
        !ipc_fast_expect(ipc_fast_state(receiver) == HELIOS_TASK_RECEIVING) ||
        (is_long && receiver->buffer == NULL)) {
        lock_release(&endpoint->object.lock);
        return NULL;
    }
    *badge = slot->badge;
    arch_deliver(&receiver->arch, *badge, ipc_fast_call_tag(tag), p0, p1, p2, p3);
    endpoint->waiters.first = receiver->queue.next;
    lock_release(&endpoint->object.lock);
    struct task *current = arch_percpu()->current;
    if (is_long) {
        ipc_fast_copy(current, receiver, tag);
    }
    ipc_fast_link(current, receiver);
    return receiver;
}

// The same with one capability. The locks that its copy takes come after none: the receiver is
// taken out of the queue first, and put back if it could not be served.
static inline struct task *ipc_fast_call_cap(const struct slot *slot, uint64_t *badge, uint64_t tag,
                                             uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3) {
    struct endpoint *endpoint = endpoint_of(slot->object);
    struct task *current = arch_percpu()->current;
    lock_acquire(&endpoint->object.lock);
    struct task *receiver = endpoint->waiters.first;
    bool is_usual = ipc_fast_expect(receiver != NULL) &&
                    ipc_fast_expect(ipc_fast_state(receiver) == HELIOS_TASK_RECEIVING) &&
                    ipc_fast_expect(receiver->buffer != NULL) &&
                    ipc_fast_expect(receiver->cspace != NULL);
    if (is_usual) {
        endpoint->waiters.first = receiver->queue.next;
    }
    lock_release(&endpoint->object.lock);
    if (!is_usual) {
        return NULL;
    }
    if (!ipc_fast_expect(object_fast_carry(current, receiver, &endpoint->object))) {
        lock_acquire(&endpoint->object.lock);
        task_queue_push_first(&endpoint->waiters, receiver);
        lock_release(&endpoint->object.lock);
        return NULL;
    }
    *badge = slot->badge;
    arch_deliver(&receiver->arch, *badge, ipc_fast_call_tag(tag), p0, p1, p2, p3);
    ipc_fast_copy(current, receiver, tag);
    ipc_fast_link(current, receiver);
    return receiver;
}

// recv with HELIOS_FLAG_REPLY. Returns the caller that has been answered, which runs next; NULL:
// nothing has been done. The message is delivered, but not there yet.
static inline struct task *ipc_fast_receive(const struct slot *slot, bool is_long, uint64_t tag,
                                            uint64_t p0, uint64_t p1, uint64_t p2, uint64_t p3) {
    struct task *current = arch_percpu()->current;
    struct task *caller = current->caller;
    if (!ipc_fast_expect(caller != NULL) ||
        !ipc_fast_expect(ipc_fast_state(caller) == HELIOS_TASK_CALLING) ||
        (is_long && caller->buffer == NULL)) {
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
    arch_deliver(&caller->arch, 0, ipc_fast_reply_tag(tag), p0, p1, p2, p3);
    endpoint->waiters.first = current;
    endpoint->waiters.last = current;
    current->queue.next = NULL;
    current->blocked_on = &endpoint->object;
    current->state = HELIOS_TASK_RECEIVING;
    lock_release(&endpoint->object.lock);
    if (is_long) {
        ipc_fast_copy(current, caller, tag);
    }
    current->caller = NULL;
    current->priority = current->base_priority;
    caller->callee = NULL;
    caller->state = HELIOS_TASK_READY;
    return caller;
}

// signal at a notification that concerns nobody right now, or the longest waiter. false: nothing
// has been done. *woken is the waiter, ready and in no queue, or NULL.
static inline bool ipc_fast_signal(const struct slot *slot, struct task **woken) {
    struct notification *notification = notification_of(slot->object);
    uint64_t bits = slot->badge;
    bits += bits == 0;
    lock_acquire(&notification->object.lock);
    struct task *waiter = notification->waiters.first;
    bool is_simple = waiter == NULL ? notification->bound == NULL && notification->pollers == NULL
                                    : ipc_fast_state(waiter) == HELIOS_TASK_WAITING;
    if (!ipc_fast_expect(is_simple)) {
        lock_release(&notification->object.lock);
        return false;
    }
    if (waiter == NULL) {
        notification->word |= bits;
    } else {
        notification->waiters.first = waiter->queue.next;
        waiter->state = HELIOS_TASK_READY;
        waiter->blocked_on = NULL;
        arch_task_set_message(&waiter->arch, bits, helios_tag(HELIOS_OK, 0, 1, 0), bits, 0, 0, 0);
    }
    lock_release(&notification->object.lock);
    *woken = waiter;
    return true;
}

enum ipc_fast_wait {
    IPC_FAST_NOTHING, // nothing has been done
    IPC_FAST_TAKEN,   // there was a word
    IPC_FAST_BLOCKED,
};

// wait without a deadline. *taken: what was taken.
static inline enum ipc_fast_wait ipc_fast_wait(struct task *current, const struct slot *slot,
                                               uint64_t *taken) {
    struct notification *notification = notification_of(slot->object);
    lock_acquire(&notification->object.lock);
    uint64_t word = notification->word;
    *taken = word;
    enum ipc_fast_wait result = IPC_FAST_TAKEN;
    if (word != 0) {
        notification->word = 0;
    } else if (notification->waiters.first == NULL && notification->object.state == OBJECT_LIVE) {
        notification->waiters.first = current;
        notification->waiters.last = current;
        current->queue.next = NULL;
        current->blocked_on = &notification->object;
        current->state = HELIOS_TASK_WAITING;
        result = IPC_FAST_BLOCKED;
    } else {
        result = IPC_FAST_NOTHING;
    }
    lock_release(&notification->object.lock);
    return result;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_IPC_FAST_H
