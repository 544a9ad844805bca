// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/operation.h"

#include <stddef.h>

#include "kernel/check.h"
#include "kernel/object_types.h"
#include "kernel/percpu.h"
#include "kernel/reaper.h"
#include "kernel/sched.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

bool operation_can_go_on(const struct task *task) {
    return task->state == HELIOS_TASK_READY && task->suspended == 0 &&
           task->object.state == OBJECT_LIVE;
}

// Steps until it is done, which the result says, or until the CPU is wanted for something else.
static bool run(struct task *task) {
    struct operation *operation = &task->operation;
    operation->is_running = true;
    for (;;) {
        enum operation_result result = operation->step(task);
        if (result == OPERATION_DONE) {
            operation->step = NULL;
            operation->is_running = false;
            return true;
        }
        // A step may have taken the task's own address space, or the task itself. The reaper has
        // it then, and what is left of the operation is left to others.
        bool can_go_on = operation_can_go_on(task);
        if (!can_go_on || sched_poll_interrupts()) {
            operation->is_running = false;
            if (task->object.state == OBJECT_DYING) {
                operation_abort(task);
            } else if (can_go_on) {
                sched_enqueue_first(task);
            }
            return false;
        }
    }
}

struct task *operation_start(struct task *current) {
    if (current->operation.is_running) {
        return current; // operation_retry's
    }
    return run(current) && operation_can_go_on(current) ? current : NULL;
}

bool operation_continue(struct task *task) {
    return run(task);
}

void operation_abort(struct task *task) {
    struct operation *operation = &task->operation;
    if (operation->step != NULL && operation->abort != NULL) {
        operation->abort(task);
    }
    operation->step = NULL;
}

// What operation_retry remembers.
struct retry {
    struct syscall call;
    uint64_t type;
} __attribute__((may_alias));

static_assert(sizeof(struct retry) <= sizeof(((struct operation *)0)->words), "operation words");

static enum operation_result retry_step(struct task *task) {
    if (reaper_depth() > 0) {
        reaper_step();
        return OPERATION_MORE;
    }
    const struct retry retry = *(struct retry *)task->operation.words;
    task->operation.step = NULL;
    struct slot *slot = syscall_lookup(task, retry.call.capability);
    if (slot == NULL || slot->type != retry.type || slot->object->state != OBJECT_LIVE) {
        answer_error(task, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
        return OPERATION_DONE;
    }
    object_types[retry.type].invoke(task, slot, &retry.call);
    return task->operation.step != NULL ? OPERATION_MORE : OPERATION_DONE;
}

struct task *operation_retry(struct task *current, const struct slot *slot,
                             const struct syscall *call) {
    CHECK(reaper_depth() > 0);
    current->operation.step = retry_step;
    current->operation.abort = NULL;
    *(struct retry *)current->operation.words = (struct retry){*call, slot->type};
    return operation_start(current);
}
