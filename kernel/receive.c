// SPDX-License-Identifier: GPL-3.0-only
//
// recv and nbrecv: the receiver's side of an endpoint (kernel/endpoint.c says how the two sides
// meet), and the answer that comes with it.
//
// One recv refuses at most SENDERS_AT_ONCE senders whose messages can't be taken, then goes on as a
// long operation.
#include <stddef.h>

#include "kernel/ipc_wait.h"
#include "kernel/operation.h"
#include "kernel/percpu.h"

enum { SENDERS_AT_ONCE = 8 };

enum receive_result {
    RECEIVE_DONE,    // the result is set
    RECEIVE_NOTHING, // nobody sends
    RECEIVE_MORE,    // SENDERS_AT_ONCE have been refused, others wait
};

// The sender that waits longest, claimed; NULL: none.
static struct task *take_sender(struct endpoint *endpoint) {
    lock_acquire(&endpoint->object.lock);
    struct task *sender = endpoint->waiters.first;
    bool is_sender = sender != NULL && sender->state != HELIOS_TASK_RECEIVING;
    if (is_sender) {
        ipc_claim_first(endpoint, sender);
    }
    lock_release(&endpoint->object.lock);
    return is_sender ? sender : NULL;
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
        ipc_link_call(sender, current);
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

// Joins the queue.
static enum ipc_wait_result queue_receiver(struct task *current, struct endpoint *endpoint,
                                           const struct receipt *receipt) {
    lock_acquire(&endpoint->object.lock);
    const struct task *first = endpoint->waiters.first;
    bool is_live = object_is_live(&endpoint->object);
    bool waits = is_live && (first == NULL || first->state == HELIOS_TASK_RECEIVING);
    bool is_polled = endpoint->pollers != NULL;
    if (waits) {
        task_queue_push(&endpoint->waiters, current);
        ipc_block(current, &endpoint->object, HELIOS_TASK_RECEIVING,
                  receipt->flags != 0 ? MESSAGE_REPLY_FAILED : 0, receipt->when);
    }
    lock_release(&endpoint->object.lock);
    if (waits && is_polled) {
        poll_wake(&endpoint->object, false); // the current task may be bound
    }
    return waits ? IPC_WAIT_BEGUN : is_live ? IPC_WAIT_RETRY : IPC_WAIT_GONE;
}

enum receipt_end {
    RECEIPT_ANSWERED, // current goes on
    RECEIPT_BLOCKED,  // it waits, if it has not been woken already
    RECEIPT_MORE,     // something is left to do
};

static enum receipt_end refuse_receive(struct task *current, enum helios_error error,
                                       const struct receipt *receipt) {
    struct refusal problem = ipc_refusal(error);
    ipc_answer_receive(current, &problem, (unsigned)receipt->flags);
    ipc_update_priority(current);
    return RECEIPT_ANSWERED;
}

// Nobody sends: current waits, or is refused.
static enum receipt_end wait_for_sender(struct task *current, struct endpoint *endpoint,
                                        const struct receipt *receipt) {
    if (!receipt->blocks || ipc_has_passed(receipt->when)) {
        return refuse_receive(
            current, receipt->blocks ? HELIOS_ERROR_DEADLINE : HELIOS_ERROR_WOULD_BLOCK, receipt);
    }
    task_set_priority(current, current->base_priority);
    switch (queue_receiver(current, endpoint, receipt)) {
    case IPC_WAIT_GONE:
        return refuse_receive(current, HELIOS_ERROR_GONE, receipt);
    case IPC_WAIT_RETRY:
        return RECEIPT_MORE;
    case IPC_WAIT_BEGUN:
        break;
    }
    // What was signalled before that has woken nobody.
    return notification_end_recv(current) ? RECEIPT_ANSWERED : RECEIPT_BLOCKED;
}

// One round.
static enum receipt_end receive_or_wait(struct task *current, struct endpoint *endpoint,
                                        const struct receipt *receipt) {
    switch (receive(current, endpoint, (unsigned)receipt->flags)) {
    case RECEIVE_DONE:
        ipc_update_priority(current);
        return RECEIPT_ANSWERED;
    case RECEIVE_NOTHING:
        return wait_for_sender(current, endpoint, receipt);
    case RECEIVE_MORE:
        break;
    }
    return RECEIPT_MORE;
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
    switch (receive_or_wait(task, endpoint_of(slot.object), &receipt)) {
    case RECEIPT_ANSWERED:
        return OPERATION_DONE;
    case RECEIPT_BLOCKED:
        return OPERATION_BLOCKED;
    case RECEIPT_MORE:
        break;
    }
    return OPERATION_MORE;
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
// that was answered, if it is this CPU's (in no queue yet), or NULL.
static struct task *answer_first(struct task *current, const struct syscall *call,
                                 uint64_t *flags) {
    struct task *caller = task_caller(current);
    bool answers = (helios_tag_flags(call->tag) & HELIOS_FLAG_REPLY) != 0;
    *flags = answers ? HELIOS_FLAG_REPLY_FAILED : 0;
    if (!answers || caller == NULL) {
        ipc_abandon_caller(current, HELIOS_ERROR_ABANDONED);
        return NULL;
    }
    struct refusal problem;
    bool is_mine = ipc_claim_call(caller, current);
    task_set_caller(current, NULL);
    if (!is_mine) {
        return NULL;
    }
    struct task *woken;
    if (reply_deliver(current, caller, call, &woken, &problem)) {
        *flags = 0;
        return woken;
    }
    problem = ipc_refusal(HELIOS_ERROR_ABANDONED);
    ipc_fail_wait(caller, &problem);
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
    switch (receive_or_wait(current, endpoint_of(slot.object), &receipt)) {
    case RECEIPT_ANSWERED:
        return ipc_prefer(current, answered);
    case RECEIPT_BLOCKED:
        return ipc_run_woken(answered);
    case RECEIPT_MORE:
        break;
    }
    if (answered != NULL) {
        task_make_ready(answered);
    }
    current->operation.step = receive_step;
    current->operation.abort = NULL;
    *(struct receipt *)current->operation.words = receipt;
    return operation_start(current);
}
