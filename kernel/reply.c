// SPDX-License-Identifier: GPL-3.0-only
//
// Reply: the right to answer one call.
//
// It is a link between two tasks (`caller` and `callee`) until the callee asks to store it in a
// slot (CSpace.save_reply). Reply capabilities are members of the ring of the *caller's*
// task->reply; their badge is the caller's call_number at that time, so that what is left of an
// earlier call is recognised (ERROR_NO_CALL) without having been hunted down. reply_count of them
// are for the present call: when it falls to 0 nobody can answer any more, and the call ends with
// ERROR_ABANDONED. call_number moves on when a call ends that Replies exist for, and at no other
// time: the ordinary call does not touch it.
//
// The lock of task->reply, which is that of its ring, guards reply_count, call_number and
// `answering`, and decides who claims a call that can be answered through Replies
// (kernel/ipc_wait.h):
//
//   - who answers finds a Reply for this call (reply_count not 0, call_number the slot's badge) and
//     sets `answering`; who finds that set waits, as for any claim. Nobody else ends the call
//     before it is cleared. If all Replies have gone by then and the answer has failed, the call is
//     over;
//   - who takes the last Reply out of its slot, unless somebody is answering, moves call_number on;
//   - so does the caller's side, when it stops waiting.
//
// Each of the three leaves nobody a Reply for this call, so one of them has it: what stands in
// slots of an ended call is of no use, and new ones are only made from such as count. save_reply
// claims the call as the callee, and gives it free by counting the first Reply in the critical
// section in which that joins the ring.
//
//   received --reply, recv with REPLY--> answered
//            --save_reply--> stored --reply through the capability--> answered, slot Null
//                                   --last copy destroyed, revoked--> ABANDONED
//            --the callee receives again or dies--> ABANDONED
//   any      --the caller stops waiting--> nothing; later answers are refused
#include <stddef.h>

#include "kernel/check.h"
#include "kernel/cspace.h"
#include "kernel/fault.h"
#include "kernel/ipc_wait.h"
#include "kernel/reaper.h"

// The Replies of the present call, if there are any, are for nothing from here on. The lock is
// held.
static void forget_replies(struct task *caller) {
    caller->reply_count = 0;
    caller->call_number++;
    caller->answering = 0;
}

// Claims a call through a Reply with this badge; false: it is for an earlier one.
static bool claim_stored_call(struct task *caller, uint64_t number) {
    for (uint64_t began = 0;;) {
        lock_acquire(&caller->reply.lock);
        bool is_present = caller->reply_count != 0 && caller->call_number == number;
        bool is_taken = is_present && caller->answering != 0;
        if (is_present && !is_taken) { // who has it looks at that without the lock
            caller->answering = 1;
        }
        lock_release(&caller->reply.lock);
        if (!is_taken) {
            ipc_end_waiting(began);
            return is_present;
        }
        ipc_wait_a_moment(&began);
    }
}

// Claims a call that can be answered through Replies for its caller's side.
static bool withdraw_stored_call(struct task *caller) {
    lock_acquire(&caller->reply.lock);
    bool is_mine = caller->reply_count != 0 && caller->answering == 0;
    if (is_mine) {
        forget_replies(caller);
    }
    lock_release(&caller->reply.lock);
    return is_mine;
}

bool reply_withdraw_call(struct task *caller) {
    struct task *callee = __atomic_load_n(&caller->callee, __ATOMIC_ACQUIRE);
    if (callee == NULL) {
        return withdraw_stored_call(caller);
    }
    if (!ipc_claim_call(caller, callee)) {
        return false;
    }
    // Unless the callee has found that out, and has another.
    struct task *expected = caller;
    __atomic_compare_exchange_n(&callee->caller, &expected, NULL, false, __ATOMIC_RELAXED,
                                __ATOMIC_RELAXED);
    return true;
}

bool reply_is_waited_for(struct task *caller) {
    lock_acquire(&caller->reply.lock);
    bool is_waited_for = caller->reply_count != 0 && caller->answering == 0;
    lock_release(&caller->reply.lock);
    return is_waited_for;
}

static void abandon(struct task *caller, enum helios_error error) {
    const struct refusal refusal = ipc_refusal(error);
    ipc_fail_wait(caller, &refusal);
}

void ipc_abandon_caller(struct task *task, enum helios_error error) {
    struct task *caller = task_caller(task);
    if (caller == NULL) {
        return;
    }
    bool is_mine = ipc_claim_call(caller, task);
    task_set_caller(task, NULL);
    if (is_mine) {
        abandon(caller, error);
    }
}

void reply_slot_filled(struct task *caller, uint64_t call_number) {
    caller->reply_count += call_number == caller->call_number;
}

bool reply_slot_emptied(struct task *caller, uint64_t call_number) {
    if (call_number != caller->call_number || caller->reply_count == 0) {
        return false;
    }
    caller->reply_count--;
    bool is_mine = caller->reply_count == 0 && caller->answering == 0;
    caller->call_number += is_mine;
    return is_mine;
}

void reply_abandon(struct task *caller) {
    abandon(caller, HELIOS_ERROR_ABANDONED);
}

bool reply_save(struct task *current, struct slot *slot) {
    struct task *caller = task_caller(current);
    if (caller == NULL || !ipc_claim_call(caller, current)) {
        return false;
    }
    task_set_caller(current, NULL);
    cap_make(slot, &caller->reply, HELIOS_RIGHT_ALL, caller->call_number);
    return true;
}

// The call, which is claimed, is answered.
static void end_call(struct task *caller) {
    if (caller->answering != 0) { // nobody else has set it, nor will
        lock_acquire(&caller->reply.lock);
        forget_replies(caller);
        lock_release(&caller->reply.lock);
    }
}

// The answer through a Reply has failed: the call can still be answered, unless that was the last.
static void give_up_answer(struct task *caller) {
    lock_acquire(&caller->reply.lock);
    bool is_over = caller->reply_count == 0;
    caller->answering = 0;
    caller->call_number += is_over;
    lock_release(&caller->reply.lock);
    if (is_over) {
        reply_abandon(caller);
    }
}

// A fault is answered with an order, not with a message.
static bool answer_fault(struct task *from, struct task *to, const struct syscall *call,
                         struct task **woken, struct refusal *problem) {
    if (helios_tag_caps(call->tag) > 0) {
        return ipc_refuse(problem, HELIOS_ERROR_RECEIVER, HELIOS_ARGUMENT_CAP_COUNT,
                          helios_tag_caps(call->tag), 0);
    }
    if (from->buffer == NULL && helios_tag_params(call->tag) > HELIOS_REGISTER_PARAMS) {
        return ipc_refuse(problem, HELIOS_ERROR_BUFFER, HELIOS_ARGUMENT_NONE, 0, 0);
    }
    end_call(to);
    fault_answer(to, call->tag & IPC_TAG_MESSAGE, call->params, from->buffer);
    *woken = ipc_woken(to, ipc_end_wait(to));
    return true;
}

bool reply_deliver(struct task *from, struct task *to, const struct syscall *call,
                   struct task **woken, struct refusal *problem) {
    if (to->in_fault) {
        return answer_fault(from, to, call, woken, problem);
    }
    from->tag = call->tag & IPC_TAG_MESSAGE;
    for (unsigned i = 0; i < HELIOS_REGISTER_PARAMS; i++) {
        from->params[i] = call->params[i];
    }
    if (!transfer_message(from, to, NULL, 0, problem)) {
        return false;
    }
    end_call(to);
    *woken = ipc_woken(to, ipc_end_wait(to));
    return true;
}

static void refuse_no_call(struct refusal *problem) {
    ipc_refuse(problem, HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
}

// Who is to be answered: the caller of the task's own, or that of a Reply capability, which is
// *slot then (else of type Null). Whether that is for the present call turns out when it is
// claimed.
static struct task *find_caller(struct task *current, const struct syscall *call,
                                struct slot_view *slot, struct refusal *problem) {
    struct task *caller = task_caller(current);
    *slot = (struct slot_view){.word = 0};
    if (call->capability != HELIOS_CADDR_UNDEF) {
        if (!ipc_lookup(current, call->capability, HELIOS_TYPE_REPLY, slot, problem)) {
            return NULL;
        }
        caller = task_of_reply(slot->object);
    }
    if (!ipc_check_tag(call->tag, 0, problem)) {
        return NULL;
    }
    if (slot->type != HELIOS_TYPE_NULL && !ipc_check_rights(slot, HELIOS_RIGHT_WRITE, problem)) {
        return NULL;
    }
    uint64_t when;
    if (!ipc_check_buffer(current, call->tag, &when, problem)) {
        return NULL;
    }
    if (caller == NULL) {
        refuse_no_call(problem);
    }
    return caller;
}

// The Reply has been used up. It is still there, unless another task has been faster: nothing
// arrives in an occupied slot.
static void consume(struct slot *slot, const struct slot_view *reply) {
    if (cap_delete_version(slot, reply->object, reply->version)) {
        cspace_release_slot(slot);
    }
}

struct task *ipc_reply(struct task *current, const struct syscall *call) {
    struct refusal problem;
    struct slot_view slot;
    struct task *caller = find_caller(current, call, &slot, &problem);
    if (caller == NULL) {
        return answer_refusal(current, &problem);
    }
    bool is_own = slot.type == HELIOS_TYPE_NULL;
    if (!(is_own ? ipc_claim_call(caller, current) : claim_stored_call(caller, slot.badge))) {
        if (is_own) {
            task_set_caller(current, NULL);
        }
        refuse_no_call(&problem);
        return answer_refusal(current, &problem);
    }
    struct task *woken;
    if (!reply_deliver(current, caller, call, &woken, &problem)) {
        if (is_own) {
            __atomic_store_n(&caller->callee, current, __ATOMIC_RELEASE);
        } else {
            give_up_answer(caller);
        }
        return answer_refusal(current, &problem);
    }
    if (is_own) {
        task_set_caller(current, NULL);
    } else {
        consume(cspace_slot(current->cspace, call->capability), &slot);
    }
    answer_values(current, 0, 0, 0, 0, 0);
    ipc_update_priority(current);
    return ipc_prefer(current, woken);
}
