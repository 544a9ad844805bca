// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/operation.h"

#include <stddef.h>

#include "kernel/check.h"
#include "kernel/latency.h"
#include "kernel/object_types.h"
#include "kernel/percpu.h"
#include "kernel/reaper.h"
#include "kernel/sched.h"
#include "kernel/smp.h"
#include "kernel/syscall.h"
#include "kernel/task.h"

bool operation_can_go_on(const struct task *task) {
    return task_state(task) == HELIOS_TASK_READY && !task_is_suspended(task) &&
           object_is_live(&task->object);
}

// Steps until it is done, which the result says, or until the CPU is wanted for something else. A
// step, or the mail between two, may take the task away from this CPU: then it is another CPU's, or
// the reaper's, which deals with what is left of the operation, and its memory may be gone.
static bool run(struct task *task) {
    const struct percpu *cpu = arch_percpu();
    struct operation *operation = &task->operation;
    operation->is_running = true;
    for (;;) {
        LATENCY_STEP(operation->step);
        enum operation_result result = operation->step(task);
        if (result == OPERATION_REAP) {
            reaper_step();
        }
        if (cpu->current != task) {
            return false;
        }
        if (result == OPERATION_DONE || result == OPERATION_BLOCKED) {
            operation->step = NULL;
            operation->is_running = false;
            return result == OPERATION_DONE;
        }
        // It may have taken the task's own address space.
        bool can_go_on = operation_can_go_on(task);
        bool is_wanted = !can_go_on || sched_poll_interrupts();
        if (cpu->current != task) {
            return false;
        }
        if (is_wanted) {
            operation->is_running = false;
            if (!object_is_live(&task->object)) {
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
    operation->is_running = false;
}

// What operation_retry and operation_elsewhere remember.
struct retry {
    struct syscall call;
    uint32_t type;
    uint16_t visits;  // how often it has looked for a task that was elsewhere
    uint8_t priority; // the invoker's own
} __attribute__((may_alias));

static_assert(sizeof(struct retry) <= sizeof(((struct operation *)0)->words), "operation words");

// Whether what is invoked is still there.
static bool find_again(const struct task *task, const struct retry *retry, struct slot_view *slot) {
    return syscall_lookup(task, retry->call.capability, slot) && slot->type == retry->type &&
           object_is_live(slot->object);
}

// `slot` NULL: what is invoked has gone.
static enum operation_result begin_again(struct task *task, const struct retry *retry,
                                         const struct slot_view *slot) {
    task->operation.step = NULL;
    if (slot == NULL) {
        answer_error(task, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
        return OPERATION_DONE;
    }
    object_types[retry->type].invoke(task, slot, &retry->call);
    if (arch_percpu()->current != task) {
        return OPERATION_LEFT; // it may have destroyed itself
    }
    return task->operation.step != NULL ? OPERATION_MORE : OPERATION_DONE;
}

static enum operation_result retry_step(struct task *task) {
    if (reaper_has_work()) {
        return OPERATION_REAP;
    }
    const struct retry retry = *(struct retry *)task->operation.words;
    struct slot_view slot;
    return begin_again(task, &retry, find_again(task, &retry, &slot) ? &slot : NULL);
}

struct task *operation_retry(struct task *current, const struct slot_view *slot,
                             const struct syscall *call) {
    current->operation.step = retry_step;
    current->operation.abort = NULL;
    *(struct retry *)current->operation.words = (struct retry){.call = *call, .type = slot->type};
    return operation_start(current);
}

// Two tasks that look for each other must not pass each other by for ever: one of them waits for a
// few steps wherever it comes to.
static bool waits_here(const struct task *task, const struct task *target,
                       const struct retry *retry) {
    enum { STEPS = 16 };
    return task < target && retry->visits % STEPS != 0;
}

// TASK_NOBODY: it has begun to die since it was looked up.
static uint32_t owner_of(const struct task *task) {
    return __atomic_load_n(&task->cpu, __ATOMIC_ACQUIRE);
}

static enum operation_result visit_step(struct task *task) {
    struct retry *retry = (struct retry *)task->operation.words;
    struct slot_view slot;
    bool is_there = find_again(task, retry, &slot);
    const struct task *target =
        is_there && slot.type == HELIOS_TYPE_TASK ? task_of(slot.object) : NULL;
    uint32_t to = target != NULL ? owner_of(target) : arch_percpu()->index;
    if (to == TASK_NOBODY) {
        is_there = false;
    } else if (to != arch_percpu()->index) {
        bool waits = waits_here(task, target, retry);
        retry->visits++;
        if (waits) {
            return OPERATION_MORE;
        }
        task->operation.is_running = false;
        sched_move(task, to);
        return OPERATION_LEFT;
    }
    task_set_priority(task, retry->priority);
    const struct retry copy = *retry;
    return begin_again(task, &copy, is_there ? &slot : NULL);
}

struct task *operation_elsewhere(struct task *current, const struct slot_view *slot,
                                 const struct syscall *call) {
    uint32_t to = owner_of(task_of(slot->object));
    if (to == TASK_NOBODY) {
        return answer_error(current, HELIOS_ERROR_GONE, HELIOS_ARGUMENT_CAPABILITY, 0, 0);
    }
    current->operation.step = visit_step;
    current->operation.abort = NULL;
    *(struct retry *)current->operation.words =
        (struct retry){.call = *call, .type = slot->type, .priority = current->priority};
    if (current->operation.is_running) {
        return current; // operation_retry's
    }
    task_set_priority(current, HELIOS_PRIORITIES - 1);
    sched_move(current, to);
    return NULL;
}
