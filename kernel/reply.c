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
#include "kernel/smp.h"

// The right to answer is gone from all slots.
static void forget_replies(struct task *caller) {
    if (caller->reply_count != 0) {
        caller->reply_count = 0;
        caller->call_number++;
    }
}

bool reply_withdraw_call(struct task *caller) {
    struct task *callee = __atomic_load_n(&caller->callee, __ATOMIC_ACQUIRE);
    if (callee == NULL) {
        bool has_replies = caller->reply_count != 0;
        forget_replies(caller);
        return has_replies;
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

void reply_slot_removed(struct task *caller, uint64_t call_number) {
    if (call_number != caller->call_number || caller->reply_count == 0) {
        return;
    }
    caller->reply_count--;
    if (caller->reply_count == 0) {
        caller->call_number++;
        abandon(caller, HELIOS_ERROR_ABANDONED);
    }
}

bool reply_save(struct task *current, struct slot *slot) {
    struct task *caller = task_caller(current);
    if (caller == NULL || !ipc_claim_call(caller, current)) {
        return false;
    }
    task_set_caller(current, NULL);
    caller->reply_count = 1;
    cap_make(slot, &caller->reply, HELIOS_RIGHT_ALL, caller->call_number);
    return true;
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
    forget_replies(to);
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
    forget_replies(to);
    *woken = ipc_woken(to, ipc_end_wait(to));
    return true;
}

// Who is to be answered: the caller of the task's own, or that of a Reply capability, which is
// *slot then (else of type Null).
static struct task *find_caller(struct task *current, const struct syscall *call,
                                struct slot_view *slot, struct refusal *problem) {
    struct task *caller = task_caller(current);
    *slot = (struct slot_view){.word = 0};
    if (call->capability != HELIOS_CADDR_UNDEF) {
        if (!ipc_lookup(current, call->capability, HELIOS_TYPE_REPLY, slot, problem)) {
            return NULL;
        }
        struct task *owner = task_of_reply(slot->object);
        bool is_live = owner->reply_count != 0 && owner->call_number == slot->badge;
        caller = is_live ? owner : NULL;
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
        ipc_refuse(problem, HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
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

// Replies, capabilities in messages and answers to faults are the kernel lock's.
static void choose_lock(const struct task *current, const struct syscall *call) {
    const struct task *caller = task_caller(current);
    bool is_fault = caller != NULL && __atomic_load_n(&caller->in_fault, __ATOMIC_RELAXED) != 0;
    if (is_fault || call->capability != HELIOS_CADDR_UNDEF || helios_tag_caps(call->tag) != 0) {
        smp_enter();
    }
}

// The call is the task's own, or that of a Reply capability, which nobody else can use just now.
static bool claim(struct task *current, struct task *caller, bool is_own) {
    return !is_own || ipc_claim_call(caller, current);
}

struct task *ipc_reply(struct task *current, const struct syscall *call) {
    struct refusal problem;
    struct slot_view slot;
    choose_lock(current, call);
    struct task *caller = find_caller(current, call, &slot, &problem);
    if (caller == NULL) {
        return answer_refusal(current, &problem);
    }
    bool is_own = slot.type == HELIOS_TYPE_NULL;
    if (!claim(current, caller, is_own)) {
        task_set_caller(current, NULL);
        ipc_refuse(&problem, HELIOS_ERROR_NO_CALL, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
        return answer_refusal(current, &problem);
    }
    struct task *woken;
    if (!reply_deliver(current, caller, call, &woken, &problem)) {
        if (is_own) {
            __atomic_store_n(&caller->callee, current, __ATOMIC_RELEASE);
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
