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

// Inlined wherever they are used.
#define IPC_FAST static inline __attribute__((always_inline))

// A check that is taken to succeed.
IPC_FAST bool ipc_fast_expect(bool condition) {
    return __builtin_expect(condition, 1) != 0;
}

// Whether the tag announces no capability, at most so many parameters, and exactly these flags:
// counts and flags, turned so that the number of parameters is what is left to compare.
IPC_FAST bool ipc_fast_tag(uint64_t tag, uint32_t flags, uint32_t params) {
    uint32_t upper = (uint32_t)(tag >> 32) ^ flags << (HELIOS_TAG_FLAGS_SHIFT - 32);
    unsigned shift = HELIOS_TAG_PARAM_SHIFT - 32;
    return (upper >> shift | upper << (32 - shift)) <= params;
}

// Whether the slot holds a capability of this type with these rights. Its object, which may be
// dying, and its badge (unless NULL) are set then.
IPC_FAST bool ipc_fast_read(const struct slot *slot, unsigned type, unsigned rights,
                            struct object **object, uint64_t *badge) {
    uint64_t word = slot_word(slot);
    if (!ipc_fast_expect(slot_word_is(word, type, rights))) {
        return false;
    }
    *object = slot_object(slot);
    if (badge != NULL) {
        *badge = slot_badge(slot);
    }
    return slot_is_still(slot, word);
}

// The slot that is invoked, if there is such a slot. Where its CSpace's slots are is loaded before
// it is known that one is wanted, because that can be one instruction with how many there are. Its
// address is made once, not again in the addressing mode of what is loaded first.
IPC_FAST bool ipc_fast_slot(const struct task *current, uint64_t capability, struct slot **slot) {
    struct slot *slots = current->slots;
    __asm__ volatile("" : "+r"(slots));
    if (!ipc_fast_expect(capability < current->slot_count)) {
        return false;
    }
    struct slot *found = &slots[capability];
    __asm__ volatile("" : "+r"(found));
    *slot = found;
    return true;
}

// The same for who is going to lock the object: it need not be the object of this capability, nor
// the badge its badge, until the lock is held and slot_is_locked(slot, word) says so. Every object
// begins with its lock, and none that was found is reused before this CPU has left the kernel.
IPC_FAST bool ipc_fast_peek(const struct slot *slot, unsigned type, unsigned rights,
                            uint64_t *word) {
    *word = slot_word(slot);
    return ipc_fast_expect(slot_word_is(*word, type, rights));
}

// The same for the capability that is invoked.
IPC_FAST bool ipc_fast_find(const struct task *current, uint64_t capability, unsigned type,
                            unsigned rights, struct slot **slot, uint64_t *word) {
    return ipc_fast_slot(current, capability, slot) && ipc_fast_peek(*slot, type, rights, word);
}

// Whether the task is in this state, belongs to this CPU, and nothing else is to be looked after.
IPC_FAST bool ipc_fast_is(const struct percpu *cpu, const struct task *task,
                          enum helios_task_state state) {
    return ipc_fast_expect(task_state_word(task) == cpu->own_state[state]);
}

// Parameters beyond the registers. Both tasks have a buffer, which may be the same.
IPC_FAST void ipc_fast_copy(const struct task *from, struct task *to, uint64_t tag) {
    unsigned params = helios_tag_params(tag);
    if (params > HELIOS_REGISTER_PARAMS) {
        arch_copy_words(&to->buffer->params[HELIOS_REGISTER_PARAMS],
                        &from->buffer->params[HELIOS_REGISTER_PARAMS],
                        params - HELIOS_REGISTER_PARAMS);
    }
}

// The next one in the queue of an endpoint, or a notification, whose first one leaves.
IPC_FAST void ipc_fast_pop(struct task_queue *queue, const struct task *first) {
    queue->first = first->queue.next;
}

IPC_FAST void ipc_fast_wait_alone(struct task_queue *queue, struct task *task, struct object *on,
                                  enum helios_task_state state) {
    queue->first = task;
    queue->last = task;
    task->queue.next = NULL;
    task_set_blocked_on(task, on);
    task_set_state(task, state);
}

// The receiver, which runs next, has the call.
IPC_FAST void ipc_fast_link(struct task *current, struct task *receiver) {
    task_set_caller(receiver, current);
    task_set_state(current, HELIOS_TASK_CALLING);
    __atomic_store_n(&current->callee, receiver, __ATOMIC_RELAXED);
    if (receiver->priority < current->priority) {
        task_set_priority(receiver, current->priority);
    }
}

// A call. Returns the receiver, which runs next and is to be told; NULL: nothing has been done.
// `is_long`: buffers may be needed, and the caller has one.
IPC_FAST struct task *ipc_fast_call(struct percpu *cpu, struct task *current,
                                    const struct slot *slot, uint64_t word, bool is_long,
                                    uint64_t tag, uint64_t *badge) {
    struct endpoint *endpoint = endpoint_of(slot_object(slot));
    lock_acquire(&endpoint->object.lock);
    if (!slot_is_locked(slot, word)) {
        lock_release(&endpoint->object.lock);
        return NULL;
    }
    struct task *receiver = endpoint->waiters.first;
    if (!ipc_fast_expect(receiver != NULL) || !ipc_fast_is(cpu, receiver, HELIOS_TASK_RECEIVING) ||
        (is_long && receiver->buffer == NULL)) {
        lock_release(&endpoint->object.lock);
        return NULL;
    }
    *badge = slot_badge(slot);
    ipc_fast_pop(&endpoint->waiters, receiver);
    task_set_state(receiver, HELIOS_TASK_READY);
    task_set_blocked_on(receiver, NULL);
    lock_release(&endpoint->object.lock);
    if (is_long) {
        ipc_fast_copy(current, receiver, tag);
    }
    ipc_fast_link(current, receiver);
    return receiver;
}

// The same with one capability. The locks that its copy takes come after none: the receiver is
// taken out of the queue first, and put back if it could not be served. Others who look for it
// there meanwhile must not find it gone, so there are no other CPUs.
IPC_FAST struct task *ipc_fast_call_cap(struct percpu *cpu, struct task *current,
                                        struct object *object, uint64_t tag) {
    struct endpoint *endpoint = endpoint_of(object);
    lock_acquire(&endpoint->object.lock);
    struct task *receiver = endpoint->waiters.first;
    bool is_usual =
        ipc_fast_expect(receiver != NULL) && ipc_fast_is(cpu, receiver, HELIOS_TASK_RECEIVING) &&
        ipc_fast_expect(receiver->buffer != NULL) && ipc_fast_expect(receiver->cspace != NULL);
    if (is_usual) {
        ipc_fast_pop(&endpoint->waiters, receiver);
    }
    lock_release(&endpoint->object.lock);
    if (!is_usual) {
        return NULL;
    }
    if (!ipc_fast_expect(object_fast_carry(current, receiver, object))) {
        lock_acquire(&endpoint->object.lock);
        task_queue_push_first(&endpoint->waiters, receiver);
        lock_release(&endpoint->object.lock);
        return NULL;
    }
    task_set_state(receiver, HELIOS_TASK_READY);
    task_set_blocked_on(receiver, NULL);
    ipc_fast_copy(current, receiver, tag);
    ipc_fast_link(current, receiver);
    return receiver;
}

// Whether the notification has not been signalled, by another CPU either: that looks for the task
// that it is bound to after it has signalled, as this one looks for signals after it has begun to
// wait.
IPC_FAST bool ipc_fast_is_quiet(const struct object *bound) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    return __atomic_load_n(&((const struct notification *)bound)->word, __ATOMIC_RELAXED) == 0;
}

// recv with HELIOS_FLAG_REPLY. Returns the caller that is to be answered, which runs next; NULL:
// nothing has been done.
IPC_FAST struct task *ipc_fast_receive(struct percpu *cpu, struct task *current,
                                       const struct slot *slot, uint64_t word, bool is_long,
                                       uint64_t tag) {
    struct task *caller = task_caller(current);
    if (!ipc_fast_expect(caller != NULL) || !ipc_fast_is(cpu, caller, HELIOS_TASK_CALLING) ||
        (is_long && caller->buffer == NULL)) {
        return NULL;
    }
    struct endpoint *endpoint = endpoint_of(slot_object(slot));
    lock_acquire(&endpoint->object.lock);
    if (!slot_is_locked(slot, word)) {
        lock_release(&endpoint->object.lock);
        return NULL;
    }
    uintptr_t others = (uintptr_t)endpoint->waiters.first | (uintptr_t)endpoint->pollers;
    if (!ipc_fast_expect(others == 0) || !ipc_fast_expect(object_is_live(&endpoint->object))) {
        lock_release(&endpoint->object.lock);
        return NULL;
    }
    ipc_fast_wait_alone(&endpoint->waiters, current, &endpoint->object, HELIOS_TASK_RECEIVING);
    const struct object *bound = task_bound(current);
    if (!ipc_fast_expect(bound == NULL) && !ipc_fast_is_quiet(bound)) {
        endpoint->waiters.first = NULL;
        task_set_blocked_on(current, NULL);
        task_set_state(current, HELIOS_TASK_READY);
        lock_release(&endpoint->object.lock);
        return NULL;
    }
    if (is_long) {
        ipc_fast_copy(current, caller, tag);
    }
    task_set_caller(current, NULL);
    task_set_priority(current, current->base_priority);
    // From here on another CPU may send something to the current task.
    lock_release(&endpoint->object.lock);
    __atomic_store_n(&caller->callee, NULL, __ATOMIC_RELAXED);
    task_set_state(caller, HELIOS_TASK_READY);
    return caller;
}

// signal at a notification that concerns nobody right now, or the longest waiter. false: nothing
// has been done. *woken is the waiter, which is to be told, ready and in no queue; or NULL.
IPC_FAST bool ipc_fast_signal(struct percpu *cpu, const struct slot *slot, uint64_t word,
                              struct task **woken, uint64_t *bits) {
    struct notification *notification = notification_of(slot_object(slot));
    lock_acquire(&notification->object.lock);
    if (!slot_is_locked(slot, word) ||
        !ipc_fast_expect(object_is_live_locked(&notification->object))) {
        lock_release(&notification->object.lock);
        return false;
    }
    *bits = slot_badge(slot);
    *bits += *bits == 0;
    uint64_t before = notification->word; // loaded together with what stands beside it
    struct task *waiter = notification->waiters.first;
    __asm__ volatile("" : "+r"(before), "+r"(waiter));
    *woken = waiter;
    if (waiter == NULL) {
        uintptr_t others = (uintptr_t)notification->bound | (uintptr_t)notification->pollers;
        if (ipc_fast_expect(others == 0)) {
            __atomic_store_n(&notification->word, before | *bits, __ATOMIC_RELAXED);
            lock_release(&notification->object.lock);
            return true;
        }
    } else if (ipc_fast_is(cpu, waiter, HELIOS_TASK_WAITING)) {
        ipc_fast_pop(&notification->waiters, waiter);
        task_set_state(waiter, HELIOS_TASK_READY);
        task_set_blocked_on(waiter, NULL);
        lock_release(&notification->object.lock);
        return true;
    }
    lock_release(&notification->object.lock);
    return false;
}

enum ipc_fast_wait {
    IPC_FAST_NOTHING, // nothing has been done
    IPC_FAST_TAKEN,   // there was a word
    IPC_FAST_BLOCKED,
};

// wait without a deadline.
IPC_FAST enum ipc_fast_wait ipc_fast_wait(struct task *current, const struct slot *slot,
                                          uint64_t word, uint64_t *bits) {
    struct notification *notification = notification_of(slot_object(slot));
    lock_acquire(&notification->object.lock);
    enum ipc_fast_wait result = IPC_FAST_TAKEN;
    *bits = notification->word;
    if (!slot_is_locked(slot, word) || !object_is_live_locked(&notification->object)) {
        result = IPC_FAST_NOTHING;
    } else if (*bits != 0) {
        __atomic_store_n(&notification->word, 0, __ATOMIC_RELAXED);
    } else if (notification->waiters.first == NULL) {
        ipc_fast_wait_alone(&notification->waiters, current, &notification->object,
                            HELIOS_TASK_WAITING);
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
