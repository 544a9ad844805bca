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
// is taken out of the queue first, so that nobody else serves it, and put back in front if it could
// not be served.
//
// Nothing runs long. One recv refuses at most SENDERS_AT_ONCE senders whose messages can't be
// taken, then goes on as a long operation; an endpoint that dies wakes WAKES_AT_ONCE waiters per
// step.
#include <stddef.h>

#include "kernel/check.h"
#include "kernel/ipc_wait.h"
#include "kernel/operation.h"
#include "kernel/percpu.h"

enum {
    SENDERS_AT_ONCE = 8,
    WAKES_AT_ONCE = 8,
};

void endpoint_init(struct object *object, struct memory *owner, struct frame *frame) {
    (void)frame;
    object_init(object, HELIOS_TYPE_ENDPOINT, owner);
}

// The first of those who wait at a dying endpoint; NULL: none is left.
static struct task *take_waiter(struct endpoint *endpoint) {
    lock_acquire(&endpoint->object.lock);
    struct task *task = endpoint->waiters.first;
    if (task != NULL) {
        task_queue_pop(&endpoint->waiters);
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
    poll_fail(object, &endpoint->pollers, &endpoint->poller_count, WAKES_AT_ONCE);
    return endpoint->waiters.first == NULL && endpoint->pollers == NULL;
}

// Sending. -----------------------------------------------------------------------------------

// The receiver that waits longest, taken out of the queue; NULL: none.
static struct task *take_receiver(struct endpoint *endpoint) {
    lock_acquire(&endpoint->object.lock);
    struct task *receiver = endpoint->waiters.first;
    if (receiver != NULL && receiver->state == HELIOS_TASK_RECEIVING) {
        task_queue_pop(&endpoint->waiters);
    } else {
        receiver = NULL;
    }
    lock_release(&endpoint->object.lock);
    return receiver;
}

static void put_back(struct endpoint *endpoint, struct task *task) {
    lock_acquire(&endpoint->object.lock);
    task_queue_push_first(&endpoint->waiters, task);
    lock_release(&endpoint->object.lock);
}

static unsigned receive_flags(const struct task *receiver) {
    return (receiver->message_flags & MESSAGE_REPLY_FAILED) != 0 ? HELIOS_FLAG_REPLY_FAILED : 0;
}

// The call of `caller` has been received by `callee`.
static void link_call(struct task *caller, struct task *callee) {
    CHECK(callee->caller == NULL);
    caller->callee = callee;
    callee->caller = caller;
    task_set_blocked_on(caller, NULL);
    caller->message_flags &= MESSAGE_DEADLINE | MESSAGE_MOVES;
}

static void lend_priority(const struct task *caller, struct task *callee) {
    if (caller->priority > callee->priority) {
        callee->priority = caller->priority;
    }
}

// Waits in the queue for a receiver. False: one has come meanwhile.
static bool wait_for_receiver(struct endpoint *endpoint, struct task *sender,
                              enum helios_task_state state, uint64_t when) {
    lock_acquire(&endpoint->object.lock);
    const struct task *first = endpoint->waiters.first;
    bool waits = first == NULL || first->state != HELIOS_TASK_RECEIVING;
    if (waits) {
        task_queue_push(&endpoint->waiters, sender);
        ipc_block(sender, &endpoint->object, state, 0, when);
    }
    lock_release(&endpoint->object.lock);
    if (waits) {
        poll_wake(&endpoint->object, &endpoint->pollers, &endpoint->poller_count, HELIOS_POLL_RECV);
    }
    return waits;
}

// The receiver has a call, or a fault: it runs in place of the caller.
static struct task *hand_over(struct task *caller, struct task *receiver,
                              enum helios_task_state state, uint64_t when) {
    ipc_block(caller, NULL, state, 0, when);
    link_call(caller, receiver);
    lend_priority(caller, receiver);
    ipc_end_wait(receiver);
    return ipc_run_woken(receiver);
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
    while ((receiver = take_receiver(endpoint)) == NULL) {
        if (!may_wait(current, endpoint, true, when, &problem)) {
            return answer_refusal(current, &problem);
        }
        if (wait_for_receiver(endpoint, current, HELIOS_TASK_CALLING, when)) {
            return NULL;
        }
    }
    if (!transfer_message(current, receiver, &endpoint->object,
                          receive_flags(receiver) | HELIOS_FLAG_CALL, &problem)) {
        put_back(endpoint, receiver);
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
    while ((receiver = take_receiver(endpoint)) == NULL) {
        if (!may_wait(current, endpoint, call->number == HELIOS_SYS_SEND, when, &problem)) {
            return answer_refusal(current, &problem);
        }
        if (wait_for_receiver(endpoint, current, HELIOS_TASK_SENDING, when)) {
            return NULL;
        }
    }
    if (!transfer_message(current, receiver, &endpoint->object, receive_flags(receiver),
                          &problem)) {
        put_back(endpoint, receiver);
        return answer_refusal(current, &problem);
    }
    ipc_end_wait(receiver);
    answer_values(current, 0, 0, 0, 0, 0);
    return ipc_prefer(current, receiver);
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
    struct object *object = task->fault_reference.object;
    if (object == NULL || !object_is_live(object)) {
        return false;
    }
    task->in_fault = 1;
    task->badge = task->fault_reference.badge;
    task->tag = helios_tag(label, 0, 0, 0);
    task->params[0] = fault->address;
    task->params[1] = fault->pc;
    task->params[2] = fault->code;
    struct endpoint *endpoint = endpoint_of(object);
    struct task *receiver;
    struct refusal problem;
    while ((receiver = take_receiver(endpoint)) == NULL) {
        if (wait_for_receiver(endpoint, task, HELIOS_TASK_FAULTED, 0)) {
            *next = NULL;
            return true;
        }
    }
    // A fault message is never refused.
    transfer_message(task, receiver, object, receive_flags(receiver) | HELIOS_FLAG_CALL, &problem);
    *next = hand_over(task, receiver, HELIOS_TASK_FAULTED, 0);
    return true;
}

// Receiving. ---------------------------------------------------------------------------------

enum receive_result {
    RECEIVE_DONE,    // the result is set
    RECEIVE_NOTHING, // nobody sends
    RECEIVE_MORE,    // SENDERS_AT_ONCE have been refused, others wait
};

// The sender that waits longest, taken out of the queue; NULL: none.
static struct task *take_sender(struct endpoint *endpoint) {
    lock_acquire(&endpoint->object.lock);
    struct task *sender = endpoint->waiters.first;
    if (sender != NULL && sender->state != HELIOS_TASK_RECEIVING) {
        task_queue_pop(&endpoint->waiters);
    } else {
        sender = NULL;
    }
    lock_release(&endpoint->object.lock);
    return sender;
}

// Takes one sender's message; false if it has been refused.
static bool receive_from(struct task *current, struct endpoint *endpoint, struct task *sender,
                         unsigned flags) {
    struct refusal problem;
    bool is_send = sender->state == HELIOS_TASK_SENDING;
    if (!transfer_message(sender, current, &endpoint->object,
                          flags | (is_send ? 0 : HELIOS_FLAG_CALL), &problem)) {
        ipc_fail_wait(sender, &problem);
        return false;
    }
    if (is_send) {
        answer_values(sender, 0, 0, 0, 0, 0);
        ipc_end_wait(sender);
        task_make_ready(sender);
    } else {
        link_call(sender, current);
    }
    return true;
}

// What the task's own notification has for it comes before messages.
static enum receive_result receive(struct task *current, struct endpoint *endpoint,
                                   unsigned flags) {
    if (notification_take_bound(current, flags)) {
        return RECEIVE_DONE;
    }
    for (unsigned i = 0; i < SENDERS_AT_ONCE; i++) {
        struct task *sender = take_sender(endpoint);
        if (sender == NULL) {
            return RECEIVE_NOTHING;
        }
        if (receive_from(current, endpoint, sender, flags)) {
            return RECEIVE_DONE;
        }
    }
    return RECEIVE_MORE;
}

// A recv under way.
struct receipt {
    uint64_t capability;
    uint64_t when;  // its deadline; 0: none
    uint64_t flags; // HELIOS_FLAG_REPLY_FAILED or 0
    uint64_t blocks;
} __attribute__((may_alias));

static_assert(sizeof(struct receipt) <= sizeof(((struct operation *)0)->words), "operation words");

// Nobody sends: current waits, or is refused.
static void wait_for_sender(struct task *current, struct endpoint *endpoint,
                            const struct receipt *receipt) {
    unsigned flags = (unsigned)receipt->flags;
    if (!receipt->blocks || ipc_has_passed(receipt->when)) {
        struct refusal problem =
            ipc_refusal(receipt->blocks ? HELIOS_ERROR_DEADLINE : HELIOS_ERROR_WOULD_BLOCK);
        ipc_answer_receive(current, &problem, flags);
        ipc_update_priority(current);
        return;
    }
    current->priority = current->base_priority;
    lock_acquire(&endpoint->object.lock);
    task_queue_push(&endpoint->waiters, current);
    ipc_block(current, &endpoint->object, HELIOS_TASK_RECEIVING,
              flags != 0 ? MESSAGE_REPLY_FAILED : 0, receipt->when);
    lock_release(&endpoint->object.lock);
    poll_wake(&endpoint->object, &endpoint->pollers, &endpoint->poller_count, HELIOS_POLL_SEND);
}

// One round. Returns whether there is nothing left to do but wait, if current does.
static bool receive_or_wait(struct task *current, struct endpoint *endpoint,
                            const struct receipt *receipt) {
    switch (receive(current, endpoint, (unsigned)receipt->flags)) {
    case RECEIVE_DONE:
        ipc_update_priority(current);
        return true;
    case RECEIVE_NOTHING:
        wait_for_sender(current, endpoint, receipt);
        return true;
    case RECEIVE_MORE:
        break;
    }
    return false;
}

static enum operation_result receive_step(struct task *task) {
    const struct receipt receipt = *(struct receipt *)task->operation.words;
    struct refusal problem;
    struct slot_view slot;
    if (!ipc_lookup(task, receipt.capability, HELIOS_TYPE_ENDPOINT, &slot, &problem) ||
        !ipc_check_rights(&slot, HELIOS_RIGHT_READ, &problem)) {
        ipc_answer_receive(task, &problem, (unsigned)receipt.flags);
        ipc_update_priority(task);
        return OPERATION_DONE;
    }
    return receive_or_wait(task, endpoint_of(slot.object), &receipt) ? OPERATION_DONE
                                                                     : OPERATION_MORE;
}

bool ipc_is_receiving(const struct task *task) {
    return task->operation.step == receive_step;
}

// The message of the tag is an answer, so without HELIOS_FLAG_REPLY there is none.
static bool check_receive(struct task *current, const struct slot_view *slot,
                          const struct syscall *call, uint64_t *when, struct refusal *problem) {
    uint64_t tag = call->tag;
    bool has_reply = (helios_tag_flags(tag) & HELIOS_FLAG_REPLY) != 0;
    if (!has_reply && helios_tag_caps(tag) > 0) {
        return ipc_refuse(problem, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT,
                          helios_tag_caps(tag), 0);
    }
    if (!has_reply && helios_tag_params(tag) > 0) {
        return ipc_refuse(problem, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT,
                          helios_tag_params(tag), 0);
    }
    unsigned flags = HELIOS_FLAG_REPLY;
    if (call->number == HELIOS_SYS_RECV) {
        flags |= HELIOS_FLAG_DEADLINE;
    }
    // What the answer needs is no condition for the receive.
    uint64_t own = tag & HELIOS_TAG_FLAGS_MASK << HELIOS_TAG_FLAGS_SHIFT;
    return ipc_check_tag(tag, flags, problem) &&
           ipc_check_rights(slot, HELIOS_RIGHT_READ, problem) &&
           ipc_check_buffer(current, own, when, problem);
}

// The answer that comes with the receive, or the end of the call that got none. Returns the task
// that was answered, ready and in no queue yet, or NULL.
static struct task *answer_first(struct task *current, const struct syscall *call,
                                 uint64_t *flags) {
    struct task *caller = current->caller;
    *flags = 0;
    if ((helios_tag_flags(call->tag) & HELIOS_FLAG_REPLY) == 0) {
        ipc_abandon_caller(current, HELIOS_ERROR_ABANDONED);
        return NULL;
    }
    struct refusal problem;
    if (caller != NULL && reply_deliver(current, caller, call, &problem)) {
        return caller;
    }
    *flags = HELIOS_FLAG_REPLY_FAILED;
    ipc_abandon_caller(current, HELIOS_ERROR_ABANDONED);
    return NULL;
}

struct task *ipc_recv(struct task *current, const struct syscall *call) {
    struct refusal problem;
    struct receipt receipt = {
        .capability = call->capability,
        .blocks = call->number == HELIOS_SYS_RECV,
    };
    struct slot_view slot;
    if (!ipc_lookup(current, call->capability, HELIOS_TYPE_ENDPOINT, &slot, &problem) ||
        !check_receive(current, &slot, call, &receipt.when, &problem)) {
        return ipc_answer_receive(current, &problem, 0);
    }
    struct task *answered = answer_first(current, call, &receipt.flags);
    if (receive_or_wait(current, endpoint_of(slot.object), &receipt)) {
        return current->state == HELIOS_TASK_READY ? ipc_prefer(current, answered)
                                                   : ipc_run_woken(answered);
    }
    if (answered != NULL) {
        task_make_ready(answered);
    }
    current->operation.step = receive_step;
    current->operation.abort = NULL;
    *(struct receipt *)current->operation.words = receipt;
    return operation_start(current);
}
