// SPDX-License-Identifier: GPL-3.0-only
//
// The Endpoint: where a message goes from one task to another.
//
// Nothing is stored in an endpoint. A sender and a receiver meet there, and the message goes from
// the one's registers and IPC buffer to the other's. Who comes first waits, in the order of coming;
// an endpoint has waiting senders or waiting receivers, never both:
//
//                      send, call                          recv
//                +--------------------+            +---------------------+
//                v                    |            |                     v
//   senders wait (SENDING, CALLING,   +--- idle ---+   receivers wait (RECEIVING)
//   FAULTED)                              ^  ^
//       |        recv takes the first     |  |     send, call serve the first    |
//       +---------------------------------+  +-----------------------------------+
//
// The states of the two parties (enum helios_task_state), from the sender's side:
//
//   send    READY --nobody receives--> SENDING --taken--> READY
//   call    READY --nobody receives--> CALLING, queued --taken--> CALLING --answer--> READY
//                 --somebody does-------------------------------> CALLING
//   fault   the same with FAULTED in place of CALLING; the message is the kernel's, and the answer
//           says how the task goes on (uapi/fault.h)
//
// and from the receiver's:
//
//   recv    READY --nobody sends--> RECEIVING --a message, or its notification is signalled-->
//   READY
//
// While a task is queued, `blocked_on` is the endpoint. A call that has been received is in no
// queue: `callee` of the caller and `caller` of the receiver point to each other, until
//
//   - the receiver answers: reply, or recv with HELIOS_FLAG_REPLY;
//   - it stores the right to answer in a slot (CSpace.save_reply, kernel/reply.c): the two are
//     strangers then, and Reply capabilities lead to the caller;
//   - it receives again without an answer, or dies: the call is abandoned;
//   - the caller stops waiting: cancel, deadline, death.
//
// So a task serves one caller at a time, which it finds without looking anything up, and any number
// of others through Reply capabilities.
//
// Priority. Who takes a call runs with the caller's effective priority, if that is higher than its
// own, until it has answered or receives again. It is taken once, at delivery: no chain is walked
// when it changes later. A caller that waits in the queue lends nothing yet: first come, first
// served bounds how long it waits by the requests ahead.
//
// Who runs next. A call hands the CPU to the receiver, a reply-and-receive that finds nobody hands
// it back to the caller, without a look at the run queue (but for one word, kernel/ipc_fast.h):
// the receiver is as important as the caller now, and the caller was the best of the queue. A send
// or a reply wakes the other party, and the more important of the two runs.
//
// Where the message is. Tag, first four parameters, badge and whether capabilities may be sent are
// copied into struct task when a sender blocks, so that its registers are not needed; the rest
// stays in its IPC buffer until it is taken (kernel/transfer.c). A message that does not fit the
// receiver goes back to its sender as ERROR_RECEIVER, and the receiver goes on waiting: who can't
// receive what a server sends hurts no one else.
//
// The lock. object.lock of the endpoint guards its queue and what a queued task waits with. It is
// not held while a message is carried, because that takes the locks of what is carried: the waiter
// is taken out of the queue first, which claims it (kernel/ipc_wait.h), so that nobody else serves
// it or ends its wait, and put back in front if it could not be served.
//
// Nothing runs long. One recv refuses a few senders whose messages can't be taken, then goes on as
// a long operation; an endpoint that dies wakes WAKES_AT_ONCE waiters per step.
#include <stddef.h>

#include "kernel/check.h"
#include "kernel/ipc_wait.h"
#include "kernel/operation.h"
#include "kernel/percpu.h"

enum { WAKES_AT_ONCE = 8 };

void endpoint_init(struct object *object, struct memory *owner, struct frame *frame) {
    (void)frame;
    object_init(object, HELIOS_TYPE_ENDPOINT, owner);
}

// The first of those who wait at a dying endpoint; NULL: none is left.
static struct task *take_waiter(struct endpoint *endpoint) {
    lock_acquire(&endpoint->object.lock);
    struct task *task = endpoint->waiters.first;
    if (task != NULL) {
        ipc_claim_first(endpoint, task);
    }
    lock_release(&endpoint->object.lock);
    return task;
}

bool endpoint_reap(struct object *object) {
    struct endpoint *endpoint = endpoint_of(object);
    const struct refusal gone = ipc_refusal(HELIOS_ERROR_GONE);
    struct task *task = NULL;
    for (unsigned i = 0; i < WAKES_AT_ONCE && (task = take_waiter(endpoint)) != NULL; i++) {
        ipc_fail_wait(task, &gone);
    }
    return poll_fail(object, WAKES_AT_ONCE) && task == NULL;
}

// Sending. -----------------------------------------------------------------------------------

// A message that a receiver may have to be put back for: one that is not all in registers.
static bool can_fail(uint64_t tag) {
    return helios_tag_caps(tag) != 0 || helios_tag_params(tag) > HELIOS_REGISTER_PARAMS;
}

// The receiver that waits longest, claimed; NULL: none. While another one is away, which may come
// back, nobody can say that there is none: that is over when a message has been copied, by who
// needs nothing that this CPU has.
static struct task *take_receiver(struct endpoint *endpoint, uint64_t tag) {
    for (uint64_t began = 0;;) {
        lock_acquire(&endpoint->object.lock);
        struct task *first = endpoint->waiters.first;
        bool is_away = first == NULL && endpoint->away != 0;
        bool is_receiver = first != NULL && first->state == HELIOS_TASK_RECEIVING;
        if (is_receiver) {
            ipc_claim_first(endpoint, first);
            endpoint->away += can_fail(tag);
        }
        lock_release(&endpoint->object.lock);
        if (!is_away) {
            ipc_end_waiting(began);
            return is_receiver ? first : NULL;
        }
        ipc_wait_a_moment(&began);
    }
}

// The claimed receiver has the message, or is put back.
static void settle_receiver(struct endpoint *endpoint, struct task *receiver, uint64_t tag,
                            bool is_served) {
    if (!can_fail(tag)) {
        return;
    }
    lock_acquire(&endpoint->object.lock);
    endpoint->away--;
    bool is_live = object_is_live(&endpoint->object);
    if (!is_served && is_live) {
        task_queue_push_first(&endpoint->waiters, receiver);
        task_set_blocked_on(receiver, &endpoint->object);
    }
    lock_release(&endpoint->object.lock);
    if (!is_served && is_live) {
        notification_look_again(receiver); // who has signalled it meanwhile has not found it here
    } else if (!is_served) {
        const struct refusal gone = ipc_refusal(HELIOS_ERROR_GONE);
        ipc_fail_wait(receiver, &gone);
    }
}

static unsigned receive_flags(const struct task *receiver) {
    return (ipc_message_flags(receiver) & MESSAGE_REPLY_FAILED) != 0 ? HELIOS_FLAG_REPLY_FAILED : 0;
}

// Carries current's message to a receiver. false: it is refused, and the receiver goes on waiting.
static bool deliver(struct task *current, struct endpoint *endpoint, struct task *receiver,
                    unsigned flags, struct refusal *problem) {
    bool is_served = transfer_message(current, receiver, &endpoint->object,
                                      receive_flags(receiver) | flags, problem);
    settle_receiver(endpoint, receiver, current->tag, is_served);
    return is_served;
}

// Its CPU may be changing it.
static void lend_priority(const struct task *caller, struct task *callee) {
    uint8_t lent = task_priority(caller);
    uint8_t old = task_priority(callee);
    while (old < lent && !__atomic_compare_exchange_n(&callee->priority, &old, lent, false,
                                                      __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
}

// Waits in the queue for a receiver.
static enum ipc_wait_result wait_for_receiver(struct endpoint *endpoint, struct task *sender,
                                              enum helios_task_state state, uint64_t when) {
    lock_acquire(&endpoint->object.lock);
    const struct task *first = endpoint->waiters.first;
    bool is_live = object_is_live(&endpoint->object);
    bool waits =
        is_live && endpoint->away == 0 && (first == NULL || first->state != HELIOS_TASK_RECEIVING);
    bool is_polled = endpoint->pollers != NULL;
    if (waits) {
        task_queue_push(&endpoint->waiters, sender);
        ipc_block(sender, &endpoint->object, state, 0, when);
    }
    lock_release(&endpoint->object.lock);
    if (waits && is_polled) {
        poll_wake(&endpoint->object, true);
    }
    return waits ? IPC_WAIT_BEGUN : is_live ? IPC_WAIT_RETRY : IPC_WAIT_GONE;
}

// The receiver has a call, or a fault: it runs in place of the caller.
static struct task *hand_over(struct task *caller, struct task *receiver,
                              enum helios_task_state state, uint64_t when) {
    ipc_block(caller, NULL, state, 0, when);
    ipc_link_call(caller, receiver);
    lend_priority(caller, receiver);
    return ipc_run_woken(ipc_woken(receiver, ipc_end_wait(receiver)));
}

// Everything that can be wrong with a message before anybody is looked for.
static bool check_send(struct task *current, const struct slot_view *slot,
                       const struct syscall *call, unsigned flags, uint64_t *when,
                       struct refusal *problem) {
    unsigned rights = HELIOS_RIGHT_WRITE;
    if (helios_tag_caps(call->tag) > 0) {
        rights |= HELIOS_RIGHT_GRANT;
    }
    return ipc_check_tag(call->tag, flags, problem) && ipc_check_rights(slot, rights, problem) &&
           ipc_check_buffer(current, call->tag, when, problem);
}

static void note_message(struct task *task, uint64_t badge, const struct syscall *call) {
    task->badge = badge;
    task->tag = call->tag & IPC_TAG_MESSAGE;
    for (unsigned i = 0; i < HELIOS_REGISTER_PARAMS; i++) {
        task->params[i] = call->params[i];
    }
}

// Nobody receives: whether the sender may wait.
static bool may_wait(struct task *current, const struct endpoint *endpoint, bool blocks,
                     uint64_t when, struct refusal *problem) {
    if (!transfer_check_sources(current, &endpoint->object, problem)) {
        return false;
    }
    if (!blocks) {
        return ipc_refuse(problem, HELIOS_ERROR_WOULD_BLOCK, HELIOS_ARGUMENT_NONE, 0, 0);
    }
    if (ipc_has_passed(when)) {
        *problem = ipc_refusal(HELIOS_ERROR_DEADLINE);
        return false;
    }
    return true;
}

static struct task *answer_gone(struct task *current) {
    const struct refusal gone = ipc_refusal(HELIOS_ERROR_GONE);
    return answer_refusal(current, &gone);
}

struct task *ipc_call(struct task *current, const struct slot_view *slot,
                      const struct syscall *call) {
    struct refusal problem;
    uint64_t when;
    if (!check_send(current, slot, call, HELIOS_FLAG_DEADLINE, &when, &problem)) {
        return answer_refusal(current, &problem);
    }
    struct endpoint *endpoint = endpoint_of(slot->object);
    note_message(current, slot->badge, call);
    struct task *receiver;
    while ((receiver = take_receiver(endpoint, current->tag)) == NULL) {
        if (!may_wait(current, endpoint, true, when, &problem)) {
            return answer_refusal(current, &problem);
        }
        enum ipc_wait_result result =
            wait_for_receiver(endpoint, current, HELIOS_TASK_CALLING, when);
        if (result != IPC_WAIT_RETRY) {
            return result == IPC_WAIT_BEGUN ? NULL : answer_gone(current);
        }
    }
    if (!deliver(current, endpoint, receiver, HELIOS_FLAG_CALL, &problem)) {
        return answer_refusal(current, &problem);
    }
    return hand_over(current, receiver, HELIOS_TASK_CALLING, when);
}

static struct task *send(struct task *current, const struct slot_view *slot,
                         const struct syscall *call, uint64_t when) {
    struct refusal problem;
    struct endpoint *endpoint = endpoint_of(slot->object);
    note_message(current, slot->badge, call);
    struct task *receiver;
    while ((receiver = take_receiver(endpoint, current->tag)) == NULL) {
        if (!may_wait(current, endpoint, call->number == HELIOS_SYS_SEND, when, &problem)) {
            return answer_refusal(current, &problem);
        }
        enum ipc_wait_result result =
            wait_for_receiver(endpoint, current, HELIOS_TASK_SENDING, when);
        if (result != IPC_WAIT_RETRY) {
            return result == IPC_WAIT_BEGUN ? NULL : answer_gone(current);
        }
    }
    if (!deliver(current, endpoint, receiver, 0, &problem)) {
        return answer_refusal(current, &problem);
    }
    answer_values(current, 0, 0, 0, 0, 0);
    return ipc_prefer(current, ipc_woken(receiver, ipc_end_wait(receiver)));
}

struct task *ipc_send(struct task *current, const struct syscall *call) {
    struct refusal problem;
    uint64_t when;
    struct slot_view slot;
    unsigned flags = call->number == HELIOS_SYS_SEND ? HELIOS_FLAG_DEADLINE : 0;
    if (!ipc_lookup(current, call->capability, HELIOS_TYPE_ENDPOINT, &slot, &problem) ||
        !check_send(current, &slot, call, flags, &when, &problem)) {
        return answer_refusal(current, &problem);
    }
    return send(current, &slot, call, when);
}

// Faults. ------------------------------------------------------------------------------------

bool ipc_send_fault(struct task *task, const struct fault *fault, uint32_t label,
                    struct task **next) {
    struct object *object = task_fault_endpoint(task);
    if (object == NULL || !object_is_live(object)) {
        return false;
    }
    __atomic_store_n(&task->in_fault, 1, __ATOMIC_RELAXED);
    task->badge = task->fault_reference.badge;
    task->tag = helios_tag(label, 0, 0, 0);
    task->params[0] = fault->address;
    task->params[1] = fault->pc;
    task->params[2] = fault->code;
    struct endpoint *endpoint = endpoint_of(object);
    struct task *receiver;
    struct refusal problem;
    while ((receiver = take_receiver(endpoint, task->tag)) == NULL) {
        enum ipc_wait_result result = wait_for_receiver(endpoint, task, HELIOS_TASK_FAULTED, 0);
        if (result == IPC_WAIT_GONE) {
            __atomic_store_n(&task->in_fault, 0, __ATOMIC_RELAXED);
            return false;
        }
        if (result == IPC_WAIT_BEGUN) {
            *next = NULL;
            return true;
        }
    }
    // A fault message is never refused.
    deliver(task, endpoint, receiver, HELIOS_FLAG_CALL, &problem);
    *next = hand_over(task, receiver, HELIOS_TASK_FAULTED, 0);
    return true;
}
