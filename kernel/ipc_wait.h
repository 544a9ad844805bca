// SPDX-License-Identifier: GPL-3.0-only
//
// What the modules of IPC share: queues of waiting tasks, how a wait begins and ends, how a message
// gets from one task to another. For endpoint.c, notification.c, reply.c, poll.c and transfer.c.
#ifndef HELIOS_KERNEL_IPC_WAIT_H
#define HELIOS_KERNEL_IPC_WAIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/check.h"
#include "kernel/ipc.h"
#include "kernel/sched.h"

#ifdef __cplusplus
extern "C" {
#endif

// Parts of a tag that a sender decides.
#define IPC_TAG_MESSAGE                                                                            \
    (HELIOS_TAG_LABEL_MASK | HELIOS_TAG_CAPS_MASK << HELIOS_TAG_CAPS_SHIFT |                       \
     HELIOS_TAG_PARAM_MASK << HELIOS_TAG_PARAM_SHIFT)

// Queues. The object's lock is held.
static inline void task_queue_push(struct task_queue *queue, struct task *task) {
    task->queue.next = NULL;
    task->queue.prev = queue->last;
    if (queue->first == NULL) {
        queue->first = task;
    } else {
        queue->last->queue.next = task;
    }
    queue->last = task;
}

static inline void task_queue_push_first(struct task_queue *queue, struct task *task) {
    task->queue.next = queue->first;
    if (queue->first == NULL) {
        queue->last = task;
    } else {
        queue->first->queue.prev = task;
    }
    queue->first = task;
}

// The longest waiter leaves. There is one.
static inline void task_queue_pop(struct task_queue *queue) {
    queue->first = queue->first->queue.next;
}

void task_queue_remove(struct task_queue *queue, struct task *task);

// How it goes with a task that wants to wait at an endpoint.
enum ipc_wait_result {
    IPC_WAIT_BEGUN, // it belongs to whoever takes it out of the queue
    IPC_WAIT_RETRY, // somebody has come meanwhile
    IPC_WAIT_GONE,  // the endpoint has
};

// Claims. Who ends a wait has the task to himself first, and nobody else can: whoever takes it out
// of its queue under the object's lock, and whoever takes it out of `callee` by
// compare-and-exchange while it waits for an answer; if that can come through Replies, whoever
// their lock says (kernel/reply.c); a polling task, by its word (kernel/poll.c). Then it is
// blocked, in no queue and with nobody who is to answer; it is given free by ipc_end_wait, by
// putting it back, by setting `callee`, or by its Replies. Who finds it claimed waits
// (ipc_wait_a_moment): that is over when a message has been copied. So who has claimed a task takes
// locks of objects and of CSpaces, but does not wait for another claim, nor for other CPUs'
// acknowledgment. He may claim another one that is to be had at once: a device's
// interrupt in the middle of a message wakes tasks, and the last Reply to a call may go.

// Another CPU has claimed what this one, which holds no lock and no claim, wants. *began is 0
// before the first time. ipc_end_waiting: it is to be had, or wanted no more (kernel/latency.h).
void ipc_wait_a_moment(uint64_t *began);

static inline void ipc_end_waiting(uint64_t began) {
    if (began != 0) {
        latency_end_wait(began);
    }
}

// The first one leaves the queue of an endpoint, which is locked, and is claimed.
static inline void ipc_claim_first(struct endpoint *endpoint, struct task *first) {
    task_queue_pop(&endpoint->waiters);
    task_set_blocked_on(first, NULL);
}

// The call of `caller` has been received by `callee`. Both are claimed, or run here; the caller is
// not claimed any more.
static inline void ipc_link_call(struct task *caller, struct task *callee) {
    CHECK(task_caller(callee) == NULL);
    task_set_caller(callee, caller);
    __atomic_store_n(&caller->callee, callee, __ATOMIC_RELEASE);
}

// Takes the task out of the queue of what it is blocked on, if it is (still) in one, in this state.
// No lock is held.
bool ipc_take_waiter(struct task *task, enum helios_task_state state);

// Fills a refusal; false, for checks to return.
static inline bool ipc_refuse(struct refusal *problem, enum helios_error error, unsigned argument,
                              uint64_t found, uint64_t wanted) {
    *problem = (struct refusal){error, argument, found, wanted};
    return false;
}

// Decoding: false (NULL) if something is wrong, and *problem says what.

// The capability that is invoked, which must be of this type.
bool ipc_lookup(const struct task *current, uint64_t address, enum helios_type type,
                struct slot_view *slot, struct refusal *problem);

// The tag of a message: counts in range, and no flag but `flags`.
bool ipc_check_tag(uint64_t tag, unsigned flags, struct refusal *problem);

bool ipc_check_rights(const struct slot_view *slot, unsigned rights, struct refusal *problem);

// A buffer, if the message or its deadline needs one; *when is the counter value that
// HELIOS_FLAG_DEADLINE asks for, 0 without it. The word is read once.
bool ipc_check_buffer(struct task *current, uint64_t tag, uint64_t *when, struct refusal *problem);

// The refusal of a recv: HELIOS_FLAG_ERROR and `flags` in the result's tag.
struct task *ipc_answer_receive(struct task *task, const struct refusal *refusal, unsigned flags);

// enum ipc_message_flags: its CPU may be setting one.
static inline unsigned ipc_message_flags(const struct task *task) {
    return __atomic_load_n(&task->message_flags, __ATOMIC_RELAXED);
}

// Who was to answer it may be reading the state word.
static inline void ipc_forget_flags(struct task *task) {
    __atomic_store_n(&task->message_flags, 0, __ATOMIC_RELAXED);
}

static inline bool ipc_has_passed(uint64_t when) {
    return when != 0 && when <= arch_counter();
}

// The task stops until something ends its wait; it is in the queue of `on` already, if there is
// one. `when`: its deadline, 0: none. `flags`: enum ipc_message_flags.
static inline void ipc_block(struct task *task, struct object *on, enum helios_task_state state,
                             unsigned flags, uint64_t when) {
    flags |= when != 0 ? MESSAGE_DEADLINE : 0u;
    __atomic_store_n(&task->message_flags, (uint8_t)flags, __ATOMIC_RELAXED);
    if (when != 0) {
        deadline_arm(&task->deadline, when);
    }
    task_set_state(task, state);
    task_set_blocked_on(task, on);
}

// The task, which is claimed or taken out under its object's lock, has its result: it can run, but
// is in no run queue yet. If it belongs to another CPU its deadline is left to that one, which may
// let it run from now on: whatever is to be changed of it is changed before. Returns whether it
// belongs to this one.
static inline bool ipc_end_wait(struct task *task) {
    bool is_own = !sched_is_foreign(task);
    task_set_blocked_on(task, NULL);
    __atomic_store_n(&task->state, HELIOS_TASK_READY, __ATOMIC_RELEASE);
    if (is_own && ipc_message_flags(task) != 0) {
        ipc_finish_wait(task);
    }
    return is_own;
}

// Its CPU is told, if that is another one: it may have been run there and come here meanwhile, and
// be anywhere. Returns the task if it is this CPU's, in no queue, for ipc_prefer or ipc_run_woken.
static inline struct task *ipc_woken(struct task *task, bool is_own) {
    if (is_own) {
        return task;
    }
    task_make_ready(task);
    return NULL;
}

// The same with a refusal as its result, and it competes for its CPU. A task that waits for the
// answer to a fault has no system call that could be refused: it is suspended as it stands.
void ipc_fail_wait(struct task *task, const struct refusal *refusal);

// What a wait that ends with this error is refused with.
struct refusal ipc_refusal(enum helios_error error);

// Who runs: `current`, which can go on, or `woken`, which has just become ready, on this CPU
// (ipc_woken; NULL: nobody has).
static inline struct task *ipc_prefer(struct task *current, struct task *woken) {
    if (woken == NULL) {
        return current;
    }
    if (!sched_may_stay(woken)) {
        task_make_ready(woken);
        return current;
    }
    return sched_prefer(current, woken);
}

// The same if current can't go on: NULL leaves it to the scheduler.
static inline struct task *ipc_run_woken(struct task *woken) {
    if (woken != NULL && !sched_is_here(woken)) {
        task_make_ready(woken);
        return NULL;
    }
    return woken == NULL || task_is_suspended(woken) ? NULL : woken;
}

// The effective priority of a task that runs: its own, or that of the caller which it serves.
void ipc_update_priority(struct task *current);

// Claims the call that `caller` waits in, which `callee` has received. false: somebody else has.
static inline bool ipc_claim_call(struct task *caller, struct task *callee) {
    return __atomic_compare_exchange_n(&caller->callee, &callee, NULL, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

// Claims a call for the side of the caller, whoever is to answer it: nobody has the right to any
// more. false: it is not (yet) received, or claimed.
bool reply_withdraw_call(struct task *caller);

// Whether there are Replies for it, none of which is being used.
bool reply_is_waited_for(struct task *caller);

// Answers `to`, which is claimed, with the message of the system call `call` of `from`. On success
// *woken is what ipc_woken returns of it. On failure nothing has changed but *problem.
bool reply_deliver(struct task *from, struct task *to, const struct syscall *call,
                   struct task **woken, struct refusal *problem);

// Carries the message in from->tag, from->params and its IPC buffer to `to`, and sets the registers
// with which the system call of `to` returns: `flags` are those of the tag that it sees. `through`:
// the endpoint; NULL for an answer. Nothing has changed if it is refused: *problem is what the
// sender has to be told.
bool transfer_message(struct task *from, struct task *to, struct object *through, unsigned flags,
                      struct refusal *problem);

// Whether the capabilities of the message in from->tag and its IPC buffer can be sent as they are.
bool transfer_check_sources(struct task *from, const struct object *through,
                            struct refusal *problem);

// If the task's bound notification has been signalled, takes its word as the result of a recv.
bool notification_take_bound(struct task *current, unsigned flags);

// The same when it has joined the queue of an endpoint: its wait is over then. Whoever signals
// after that finds it there.
bool notification_end_recv(struct task *current);

// The same for a receiver that another CPU has put back into its queue: it may be gone from there
// already.
void notification_look_again(struct task *receiver);

// Who may end the wait of a polling task: whoever closes this word.
enum poll_claim {
    POLL_CLOSED = 0, // it is claimed, or its own CPU is not yet, or no more, waiting
    POLL_OPEN,       // it waits
    POLL_REAPED,     // it dies, and is being taken out of its lists in steps
};

// Claims it. false: somebody else has, or it does not poll.
static inline bool poll_claim(struct task *task) {
    uint8_t open = POLL_OPEN;
    return __atomic_compare_exchange_n(&task->poll_claim, &open, POLL_CLOSED, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

// Poll: something has happened at the object. All who wait for that wake, unless somebody else has
// been faster. No lock is held. `lets_in`: with a moment for devices' interrupts between them, if
// nothing that these wake is the current task.
void poll_wake(struct object *object, bool lets_in);

// The object dies: wakes at most `budget` of them with HELIOS_ERROR_GONE. true: nobody polls it any
// more. false: once more; who is claimed by somebody else leaves soon.
bool poll_fail(struct object *object, unsigned budget);

// Takes a polling task, which is claimed, out of all lists.
void poll_withdraw(struct task *task);

// The same for the reaper, which claims it first: out of at most `budget` lists. true: it is in
// none, and can be claimed again; false: once more, if it still polls then.
bool poll_reap(struct task *task, unsigned budget);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_IPC_WAIT_H
