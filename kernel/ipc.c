// SPDX-License-Identifier: GPL-3.0-only
//
// What endpoints, notifications, replies and poll have in common: decoding, and the end of a wait.
#include "kernel/ipc.h"

#include "kernel/check.h"
#include "kernel/cspace.h"
#include "kernel/ipc_wait.h"
#include "kernel/smp.h"

void task_queue_remove(struct task_queue *queue, struct task *task) {
    struct task *next = task->queue.next;
    if (queue->first == task) {
        queue->first = next;
        return;
    }
    task->queue.prev->queue.next = next;
    if (queue->last == task) {
        queue->last = task->queue.prev;
    } else {
        next->queue.prev = task->queue.prev;
    }
}

bool ipc_lookup(const struct task *current, uint64_t address, enum helios_type type,
                struct slot_view *slot, struct refusal *problem) {
    if (!syscall_lookup(current, address, slot)) {
        uint64_t count = current->cspace != NULL ? current->cspace->slot_count : 0;
        return ipc_refuse(problem, HELIOS_ERROR_CAPABILITY, HELIOS_ARGUMENT_CAPABILITY, address,
                          count);
    }
    return slot->type == type ||
           ipc_refuse(problem, HELIOS_ERROR_TYPE, HELIOS_ARGUMENT_CAPABILITY, slot->type, type);
}

bool ipc_check_tag(uint64_t tag, unsigned flags, struct refusal *problem) {
    if (helios_tag_caps(tag) > HELIOS_MAX_CAPS) {
        return ipc_refuse(problem, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_CAP_COUNT,
                          helios_tag_caps(tag), HELIOS_MAX_CAPS);
    }
    if (helios_tag_params(tag) > HELIOS_MAX_PARAMS) {
        return ipc_refuse(problem, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_PARAM_COUNT,
                          helios_tag_params(tag), HELIOS_MAX_PARAMS);
    }
    if ((tag & ~(IPC_TAG_MESSAGE | (uint64_t)flags << HELIOS_TAG_FLAGS_SHIFT)) != 0) {
        return ipc_refuse(problem, HELIOS_ERROR_ARGUMENTS, HELIOS_ARGUMENT_FLAGS,
                          helios_tag_flags(tag), flags);
    }
    return true;
}

bool ipc_check_rights(const struct slot_view *slot, unsigned rights, struct refusal *problem) {
    if ((slot->rights & rights) != rights) {
        return ipc_refuse(problem, HELIOS_ERROR_RIGHTS, HELIOS_ARGUMENT_CAPABILITY, slot->rights,
                          rights);
    }
    if (!object_is_live(slot->object)) {
        return ipc_refuse(problem, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    }
    return true;
}

bool ipc_check_buffer(struct task *current, uint64_t tag, uint64_t *when, struct refusal *problem) {
    const struct helios_ipc_buffer *buffer = current->buffer;
    bool has_deadline = (helios_tag_flags(tag) & HELIOS_FLAG_DEADLINE) != 0;
    *when = 0;
    if (buffer == NULL) {
        bool needs_one = has_deadline || helios_tag_caps(tag) > 0 ||
                         helios_tag_params(tag) > HELIOS_REGISTER_PARAMS;
        return !needs_one ||
               ipc_refuse(problem, HELIOS_ERROR_BUFFER,
                          has_deadline ? HELIOS_ARGUMENT_DEADLINE : HELIOS_ARGUMENT_NONE, 0, 0);
    }
    if (has_deadline) {
        *when = deadline_to_counter(*(const volatile uint64_t *)&buffer->deadline);
        *when += *when == 0; // 0 is none
    }
    return true;
}

struct task *ipc_answer_receive(struct task *task, const struct refusal *refusal, unsigned flags) {
    answer_note(task, refusal);
    arch_task_set_message(&task->arch, 0,
                          helios_tag(refusal->error, 0, 3, HELIOS_FLAG_ERROR | flags),
                          refusal->argument, refusal->found, refusal->wanted, 0);
    return task;
}

struct refusal ipc_refusal(enum helios_error error) {
    struct refusal refusal = {.error = error, .argument = HELIOS_ARGUMENT_NONE};
    if (error == HELIOS_ERROR_GONE) {
        refusal.argument = HELIOS_ARGUMENT_CAPABILITY;
    } else if (error == HELIOS_ERROR_DEADLINE) {
        refusal.argument = HELIOS_ARGUMENT_DEADLINE;
    }
    return refusal;
}

void ipc_fail_wait(struct task *task, const struct refusal *refusal) {
    if (task_state(task) == HELIOS_TASK_FAULTED) {
        __atomic_store_n(&task->in_fault, 0, __ATOMIC_RELAXED);
        task_set_suspended(task, 1);
    } else if (task_state(task) == HELIOS_TASK_RECEIVING) {
        unsigned failed = ipc_message_flags(task) & MESSAGE_REPLY_FAILED;
        ipc_answer_receive(task, refusal, failed != 0 ? HELIOS_FLAG_REPLY_FAILED : 0);
    } else {
        answer_refusal(task, refusal);
    }
    ipc_end_wait(task);
    task_make_ready(task);
}

void ipc_finish_wait(struct task *task) {
    if (task_state(task) == HELIOS_TASK_READY && ipc_message_flags(task) != 0) {
        deadline_disarm(&task->deadline);
        ipc_forget_flags(task);
    }
}

static void leave_queue(struct task *task, struct object *object) {
    struct task_queue *queue = object->type == HELIOS_TYPE_ENDPOINT
                                   ? &endpoint_of(object)->waiters
                                   : &notification_of(object)->waiters;
    task_queue_remove(queue, task);
    task_set_blocked_on(task, NULL);
}

bool ipc_take_waiter(struct task *task, enum helios_task_state state) {
    struct object *object = task_blocked_on(task);
    if (object == NULL) {
        return false;
    }
    lock_acquire(&object->lock);
    bool waits = task_blocked_on(task) == object && task_state(task) == state;
    if (waits) {
        leave_queue(task, object);
    }
    lock_release(&object->lock);
    return waits;
}

void ipc_wait_a_moment(uint64_t *began) {
    if (*began == 0) {
        *began = latency_begin_wait();
    }
    smp_serve_flushes();
    arch_relax();
}

static bool withdraw(struct task *task, uint64_t *began) {
    enum helios_task_state state;
    while ((state = task_state(task)) > HELIOS_TASK_READY) {
        bool is_mine = state == HELIOS_TASK_POLLING
                           ? poll_claim(task)
                           : ipc_take_waiter(task, state) || reply_withdraw_call(task);
        if (!is_mine) {
            ipc_wait_a_moment(began);
            continue;
        }
        poll_withdraw(task);
        if (!sched_is_foreign(task)) {
            deadline_disarm(&task->deadline);
        }
        return true;
    }
    return false; // or its wait has just ended
}

bool ipc_withdraw(struct task *task) {
    uint64_t began = 0;
    bool is_mine = withdraw(task, &began);
    ipc_end_waiting(began);
    return is_mine;
}

static bool is_claimed(struct task *task) {
    enum helios_task_state state = task_state(task);
    if (state == HELIOS_TASK_POLLING) {
        return __atomic_load_n(&task->poll_claim, __ATOMIC_ACQUIRE) == POLL_CLOSED;
    }
    return state > HELIOS_TASK_READY && task_blocked_on(task) == NULL &&
           __atomic_load_n(&task->callee, __ATOMIC_ACQUIRE) == NULL && !reply_is_waited_for(task);
}

void ipc_let_copy(struct task *task) {
    smp_fence(); // who claims it from now on finds the new one (kernel/transfer.c)
    uint64_t began = 0;
    while (is_claimed(task)) {
        ipc_wait_a_moment(&began);
    }
    ipc_end_waiting(began);
}

bool ipc_unblock(struct task *task, enum helios_error error) {
    if (!ipc_withdraw(task)) {
        return false;
    }
    const struct refusal refusal = ipc_refusal(error);
    ipc_fail_wait(task, &refusal);
    return true;
}

void ipc_update_priority(struct task *current) {
    uint8_t priority = current->base_priority;
    const struct task *caller = task_caller(current);
    if (caller != NULL && task_priority(caller) > priority) {
        priority = task_priority(caller);
    }
    if (priority != current->priority) {
        sched_set_priority(current, priority);
    }
}
