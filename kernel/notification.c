// SPDX-License-Identifier: GPL-3.0-only
//
// The Notification: a word of 64 flags that is signalled, and waited for.
//
//   idle (word 0)      --wait--> somebody waits (word 0, a queue)
//   idle               --signal--> signalled (word not 0)
//   signalled          --signal--> signalled, more flags
//   signalled          --wait, nbwait, recv of the bound task--> idle; the word is its result
//   somebody waits     --signal--> the longest waiter gets the flags
//
// A signal never blocks and is never lost. Its flags are the badge of the capability that it comes
// through; an unbadged capability sets flag 0.
//
// A notification can be bound to one task (Task.bind): that one's recv ends when it is signalled,
// with HELIOS_FLAG_NOTIFIED, unless somebody waits in `wait` for it. So a driver waits for clients
// and interrupts in one place.
//
// object.lock guards everything. It is released before the lock of an endpoint is taken, which the
// bound task has to be taken out of: it stays signalled until that is done.
#include <stddef.h>

#include "kernel/check.h"
#include "kernel/ipc_wait.h"
#include "kernel/smp.h"

enum { WAKES_AT_ONCE = 8 };

void notification_init(struct object *object, struct memory *owner, struct frame *frame) {
    (void)frame;
    object_init(object, HELIOS_TYPE_NOTIFICATION, owner);
}

static struct task *take_waiter(struct notification *notification) {
    lock_acquire(&notification->object.lock);
    struct task *task = notification->waiters.first;
    if (task != NULL) {
        task_queue_pop(&notification->waiters);
        task_set_blocked_on(task, NULL);
    }
    lock_release(&notification->object.lock);
    return task;
}

bool notification_reap(struct object *object) {
    struct notification *notification = notification_of(object);
    const struct refusal gone = ipc_refusal(HELIOS_ERROR_GONE);
    struct task *task = NULL;
    for (unsigned i = 0; i < WAKES_AT_ONCE && (task = take_waiter(notification)) != NULL; i++) {
        ipc_fail_wait(task, &gone);
    }
    return poll_fail(object, WAKES_AT_ONCE) && task == NULL;
}

// The result of wait: the word, as badge and as value.
static void set_word(struct task *task, uint64_t word) {
    arch_task_set_message(&task->arch, word, helios_tag(HELIOS_OK, 0, 1, 0), word, 0, 0, 0);
}

// The result of a recv that the bound notification ended.
static void set_notified(struct task *task, uint64_t word, unsigned flags) {
    arch_task_set_message(&task->arch, word,
                          helios_tag(HELIOS_OK, 0, 1, HELIOS_FLAG_NOTIFIED | flags), word, 0, 0, 0);
}

// Takes the word; 0: nothing is signalled, or the task has just been unbound.
static uint64_t take_word(struct notification *notification, const struct task *bound) {
    lock_acquire(&notification->object.lock);
    uint64_t word = notification->bound == bound ? notification->word : 0;
    if (word != 0) {
        __atomic_store_n(&notification->word, 0, __ATOMIC_RELAXED);
    }
    lock_release(&notification->object.lock);
    return word;
}

// The queue that the bound task stands in, and the word, are looked at as one.
static void lock_both(struct object *a, struct object *b) {
    lock_acquire(a < b ? &a->lock : &b->lock);
    lock_acquire(a < b ? &b->lock : &a->lock);
}

// The bound task gets the word if it waits in `endpoint`. Both are locked.
static bool hand_word(struct notification *notification, struct task *task,
                      struct endpoint *endpoint, bool *is_own) {
    uint64_t word = notification->bound == task ? notification->word : 0;
    if (word == 0) {
        return false; // somebody else was faster
    }
    __atomic_store_n(&notification->word, 0, __ATOMIC_RELAXED);
    task_queue_remove(&endpoint->waiters, task);
    unsigned failed = ipc_message_flags(task) & MESSAGE_REPLY_FAILED;
    set_notified(task, word, failed != 0 ? HELIOS_FLAG_REPLY_FAILED : 0);
    *is_own = ipc_end_wait(task);
    return true;
}

// If the bound task waits in recv it gets the word, and *woken is what ipc_woken returns.
//
// One that is claimed is not waited for: who signals may have claimed another task (a device's
// interrupt comes in the middle of a long message), and whoever has claimed this one may be
// signalling it. The word stays where it is. No signal is lost by that: whoever puts a task into an
// endpoint's queue, itself or a receiver that could not be served, stores `blocked_on`, fences, and
// looks at the word (here, too); who signals stores the word, fences, and looks at `blocked_on`. So
// one of the two sees what the other has done. A task that is not put back has its recv ended by
// whoever has claimed it, and finds the word when it receives again.
static bool wake_bound(struct notification *notification, struct task *task, struct task **woken) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    while (task_state(task) == HELIOS_TASK_RECEIVING) {
        struct object *object = task_blocked_on(task);
        if (object == NULL || object->type != HELIOS_TYPE_ENDPOINT) {
            return false;
        }
        lock_both(object, &notification->object);
        bool waits = task_blocked_on(task) == object && task_state(task) == HELIOS_TASK_RECEIVING;
        bool is_own = false;
        bool is_woken = waits && hand_word(notification, task, endpoint_of(object), &is_own);
        lock_release(&object->lock);
        lock_release(&notification->object.lock);
        if (is_woken) {
            *woken = ipc_woken(task, is_own);
        }
        if (waits) {
            return is_woken;
        }
    }
    return false;
}

bool notification_end_recv(struct task *current) {
    struct object *bound = task_bound(current);
    struct task *woken;
    return bound != NULL && wake_bound(notification_of(bound), current, &woken);
}

// The task may be any that another CPU is waking, running or destroying by now: the notification
// that it is bound to when this looks is there until this CPU has left the kernel.
void notification_look_again(struct task *receiver) {
    smp_fence(); // who binds it looks for it in the queue after that
    struct object *bound = reference_object(&receiver->notification_reference);
    if (bound != NULL) {
        notification_begin_bound(notification_of(bound), receiver);
    }
}

// The lock is held; a receiver that is bound looks without it (ipc_fast_is_quiet).
static void add_word(struct notification *notification, uint64_t bits) {
    __atomic_store_n(&notification->word, notification->word | bits, __ATOMIC_RELAXED);
}

// The longest waiter has its result before the lock is released: whoever wants to end its wait for
// another reason sees that it has ended.
// Inline, as an interrupt has no time for another call.
static inline __attribute__((always_inline)) struct task *signal(struct notification *notification,
                                                                 uint64_t bits, bool lets_in) {
    bits += bits == 0;
    lock_acquire(&notification->object.lock);
    struct task *task = notification->waiters.first;
    if (task != NULL) {
        task_queue_pop(&notification->waiters);
        set_word(task, bits);
        bool is_own = ipc_end_wait(task);
        lock_release(&notification->object.lock);
        return ipc_woken(task, is_own);
    }
    struct task *bound = notification->bound;
    bool is_polled = notification->pollers != NULL;
    add_word(notification, bits);
    lock_release(&notification->object.lock);
    if (bound != NULL && wake_bound(notification, bound, &task)) {
        return task;
    }
    if (is_polled) {
        poll_wake(&notification->object, lets_in);
    }
    return NULL;
}

// It may be an interrupt's.
struct task *notification_signal(struct notification *notification, uint64_t bits) {
    return signal(notification, bits, false);
}

struct task *ipc_signal(struct task *current, const struct syscall *call) {
    struct refusal problem;
    struct slot_view slot;
    if (!ipc_lookup(current, call->capability, HELIOS_TYPE_NOTIFICATION, &slot, &problem)) {
        return answer_refusal(current, &problem);
    }
    if (!syscall_takes(call, 0, 0)) {
        return answer_count(current, call, 0, 0);
    }
    if (!ipc_check_rights(&slot, HELIOS_RIGHT_WRITE, &problem)) {
        return answer_refusal(current, &problem);
    }
    arch_task_set_message(&current->arch, 0, 0, 0, 0, 0, 0);
    struct notification *notification = notification_of(slot.object);
    return ipc_prefer(current, signal(notification, slot.badge, true));
}

bool notification_take_bound(struct task *current, unsigned flags) {
    struct object *object = task_bound(current);
    if (object == NULL) {
        return false;
    }
    uint64_t word = take_word(notification_of(object), current);
    if (word == 0) {
        return false;
    }
    set_notified(current, word, flags);
    return true;
}

static bool check_wait(struct task *current, const struct syscall *call, struct slot_view *slot,
                       uint64_t *when, struct refusal *problem) {
    if (!ipc_lookup(current, call->capability, HELIOS_TYPE_NOTIFICATION, slot, problem)) {
        return false;
    }
    if (helios_tag_caps(call->tag) > 0) {
        return ipc_refuse(problem, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT,
                          helios_tag_caps(call->tag), 0);
    }
    if (helios_tag_params(call->tag) > 0) {
        return ipc_refuse(problem, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT,
                          helios_tag_params(call->tag), 0);
    }
    unsigned flags = call->number == HELIOS_SYS_WAIT ? HELIOS_FLAG_DEADLINE : 0;
    return ipc_check_tag(call->tag, flags, problem) &&
           ipc_check_rights(slot, HELIOS_RIGHT_READ, problem) &&
           ipc_check_buffer(current, call->tag, when, problem);
}

// The word; 0: nothing is signalled, and the task waits if it may, unless the notification is gone.
static uint64_t take_or_wait(struct task *current, struct notification *notification,
                             bool *may_block, uint64_t when) {
    lock_acquire(&notification->object.lock);
    uint64_t word = notification->word;
    __atomic_store_n(&notification->word, 0, __ATOMIC_RELAXED);
    *may_block = *may_block && notification->object.state == OBJECT_LIVE;
    if (word == 0 && *may_block) {
        task_queue_push(&notification->waiters, current);
        ipc_block(current, &notification->object, HELIOS_TASK_WAITING, 0, when);
    }
    lock_release(&notification->object.lock);
    return word;
}

struct task *ipc_wait(struct task *current, const struct syscall *call) {
    struct refusal problem;
    struct slot_view slot;
    uint64_t when;
    if (!check_wait(current, call, &slot, &when, &problem)) {
        return answer_refusal(current, &problem);
    }
    bool has_time = call->number == HELIOS_SYS_WAIT && !ipc_has_passed(when);
    bool may_block = has_time;
    uint64_t word = take_or_wait(current, notification_of(slot.object), &may_block, when);
    if (word != 0) {
        set_word(current, word);
        return current;
    }
    if (may_block) {
        return NULL;
    }
    enum helios_error error =
        call->number == HELIOS_SYS_WAIT ? HELIOS_ERROR_DEADLINE : HELIOS_ERROR_WOULD_BLOCK;
    problem = ipc_refusal(has_time ? HELIOS_ERROR_GONE : error);
    return answer_refusal(current, &problem);
}

bool notification_bind(struct notification *notification, struct task *task) {
    lock_acquire(&notification->object.lock);
    bool is_free = notification->bound == NULL;
    if (is_free) {
        notification->bound = task;
    }
    lock_release(&notification->object.lock);
    return is_free;
}

void notification_begin_bound(struct notification *notification, struct task *task) {
    struct task *woken = NULL;
    if (wake_bound(notification, task, &woken) && woken != NULL) {
        task_make_ready(woken);
    }
}

void notification_unbind(struct notification *notification, const struct task *task) {
    lock_acquire(&notification->object.lock);
    if (notification->bound == task) {
        notification->bound = NULL;
    }
    lock_release(&notification->object.lock);
}
