// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/task.h"

#include "arch/include/task.h"
#include "kernel/check.h"
#include "kernel/cspace.h"
#include "kernel/deadline.h"
#include "kernel/fpu.h"
#include "kernel/ipc.h"
#include "kernel/ipc_wait.h"
#include "kernel/memory.h"
#include "kernel/sched.h"
#include "kernel/smp.h"
#include "kernel/vspace.h"

enum { REAP_BUDGET = 12 };

// Beginning. -----------------------------------------------------------------------------------

void task_init(struct object *object, struct memory *owner, struct frame *frame) {
    (void)frame;
    struct percpu *cpu = arch_percpu();
    struct task *task = task_of(object);
    object_init(object, HELIOS_TYPE_TASK, owner);
    object_init(&task->reply, HELIOS_TYPE_REPLY, owner);
    arch_task_init(&task->arch, 0, 0, 0);
    task->state = HELIOS_TASK_INACTIVE;
    task->suspended = 1;
    task->cpu = cpu->index;
    memory_copy(task->name, "task", sizeof("task"));
    task->affinity = cpu->current != NULL ? cpu->current->affinity : ~0ull;
    sched_count_task(1);
}

// References. ----------------------------------------------------------------------------------

static const size_t reference_offsets[REFERENCE_KIND_COUNT] = {
    [REFERENCE_TASK_CSPACE] = offsetof(struct task, cspace_reference),
    [REFERENCE_TASK_VSPACE] = offsetof(struct task, vspace_reference),
    [REFERENCE_TASK_BUFFER] = offsetof(struct task, buffer_reference),
    [REFERENCE_TASK_FAULT] = offsetof(struct task, fault_reference),
    [REFERENCE_TASK_NOTIFICATION] = offsetof(struct task, notification_reference),
};

static struct reference *reference_at(struct task *task, enum reference_kind kind) {
    return (struct reference *)((char *)task + reference_offsets[kind]);
}

// The task that holds a reference of this kind.
static struct task *holder(struct reference *reference) {
    CHECK(reference_offsets[reference->kind] != 0);
    return (struct task *)((char *)reference - reference_offsets[reference->kind]);
}

static enum reference_kind part_kind(unsigned part) {
    static_assert(HELIOS_TASK_CSPACE == 1 << (REFERENCE_TASK_CSPACE - 1) &&
                      HELIOS_TASK_FAULT_ENDPOINT == 1 << (REFERENCE_TASK_FAULT - 1),
                  "in the same order");
    return (enum reference_kind)(__builtin_ctz(part) + 1);
}

// What the task keeps beside the reference, so that the IPC path finds it with one load. `object`
// NULL: nothing.
static void set_pointers(struct task *task, enum reference_kind kind, struct object *object) {
    switch (kind) {
    case REFERENCE_TASK_CSPACE:
        task->cspace = object != NULL ? cspace_of(object) : NULL;
        task->slots = object != NULL ? task->cspace->slots : NULL;
        task->slot_count = object != NULL ? task->cspace->slot_count : 0;
        break;
    case REFERENCE_TASK_VSPACE:
        task->vspace = object != NULL ? vspace_of(object) : NULL;
        if (object != NULL) {
            vspace_note_cpu(task->vspace, task->cpu);
        }
        if (sched_is_current(task)) {
            arch_percpu()->reschedule = 1;
        }
        break;
    case REFERENCE_TASK_BUFFER:
        // A CPU that has the task may be copying from the old one, or to it.
        __atomic_store_n(&task->buffer,
                         object != NULL ? arch_direct(frame_physical(frame_of(object))) : NULL,
                         __ATOMIC_RELAXED);
        ipc_let_copy(task);
        break;
    default:
        break;
    }
}

// The task does not use any more what the reference refers to.
static void forget(struct task *task, struct reference *reference) {
    if (reference->kind == REFERENCE_TASK_NOTIFICATION) {
        notification_unbind(notification_of(reference->object));
    }
    set_pointers(task, (enum reference_kind)reference->kind, NULL);
}

// Lets go of whatever the reference refers to.
static void let_go(struct task *task, struct reference *reference) {
    if (reference->object != NULL) {
        forget(task, reference);
        reference_clear(reference);
    }
}

// Whether reference_set will succeed: nothing comes between.
static enum cap_result check_source(const struct slot *source, uint32_t version) {
    if (source->version != version || source->type == HELIOS_TYPE_NULL ||
        !object_is_live(source->object)) {
        return CAP_GONE;
    }
    return source->object->revoking != 0 ? CAP_REVOKING : CAP_OK;
}

static enum cap_result set_reference(struct task *task, enum reference_kind kind,
                                     struct slot *source, uint32_t version) {
    struct reference *reference = reference_at(task, kind);
    enum cap_result result = check_source(source, version);
    if (result == CAP_OK) {
        let_go(task, reference);
        result = reference_set(reference, kind, source, version);
    }
    if (result == CAP_OK) {
        set_pointers(task, kind, reference->object);
    }
    return result;
}

enum cap_result task_set_part(struct task *task, unsigned part, struct slot *source,
                              uint32_t version) {
    return set_reference(task, part_kind(part), source, version);
}

enum cap_result task_bind(struct task *task, struct slot *source, uint32_t version) {
    enum cap_result result = set_reference(task, REFERENCE_TASK_NOTIFICATION, source, version);
    if (result == CAP_OK) {
        notification_bind(notification_of(task->notification_reference.object), task);
    }
    return result;
}

void task_unbind(struct task *task) {
    let_go(task, &task->notification_reference);
}

// The task, which waits for nothing, has no address space to run in.
static void stop_running(struct task *task) {
    if (task->queued != 0) {
        sched_dequeue(task);
    }
    task_set_state(task, HELIOS_TASK_INACTIVE);
}

// An operation that is under way is finished first: it is the kernel's work, and needs no address
// space (kernel/sched.c).
static void deactivate(struct task *task) {
    if (task->operation.step != NULL) {
        return;
    }
    // It becomes ready on the way, and must not leave for another CPU as that.
    bool stays = task_is_suspended(task) || task_state(task) == HELIOS_TASK_FAULTED;
    task_set_suspended(task, 1);
    task_unblock(task, HELIOS_ERROR_CANCELLED);
    ipc_finish_wait(task); // another CPU may have ended its wait a moment ago
    stop_running(task);
    task_set_suspended(task, stays);
}

void task_serve_drops(struct task *task, unsigned kinds) {
    for (int kind = REFERENCE_TASK_CSPACE; kind <= REFERENCE_TASK_NOTIFICATION; kind++) {
        struct reference *reference = reference_at(task, (enum reference_kind)kind);
        if ((kinds >> kind & 1) == 0 || reference->drop != REFERENCE_DROP_ASKED) {
            continue; // or it has been let go, or replaced, meanwhile
        }
        forget(task, reference);
        reference->drop = REFERENCE_LET_GO;
        if (kind == REFERENCE_TASK_VSPACE) {
            deactivate(task);
        }
    }
}

void task_drop_reference(struct reference *reference) {
    struct task *task = holder(reference);
    bool is_vspace = reference->kind == REFERENCE_TASK_VSPACE;
    if (reference->drop == REFERENCE_LET_GO) {
        reference_clear(reference);
        return;
    }
    uint32_t owner = __atomic_load_n(&task->cpu, __ATOMIC_ACQUIRE);
    if (owner != arch_percpu()->index && owner != TASK_NOBODY) {
        reference->drop = REFERENCE_DROP_ASKED;
        smp_post(task, (unsigned)TASK_DROP << reference->kind);
        return;
    }
    let_go(task, reference);
    if (is_vspace) {
        deactivate(task);
    }
}

// Blocking. ------------------------------------------------------------------------------------

void task_make_ready(struct task *task) {
    smp_post(task, TASK_WOKEN);
}

void task_withdraw(struct task *task) {
    if (task->operation.step != NULL) {
        operation_abort(task);
    }
    if (task->queued != 0) {
        sched_dequeue(task);
    }
    if (task_is_blocked(task)) {
        ipc_withdraw(task);
        __atomic_store_n(&task->in_fault, 0, __ATOMIC_RELAXED);
        task->message_flags = 0;
        task_set_state(task, HELIOS_TASK_READY);
    }
}

bool task_unblock(struct task *task, enum helios_error error) {
    if (task->operation.step == NULL) {
        return ipc_unblock(task, error);
    }
    uint32_t flags = ipc_is_receiving(task) ? HELIOS_FLAG_ERROR : 0;
    operation_abort(task);
    arch_task_set_message(&task->arch, 0, helios_tag(error, 0, 3, flags), HELIOS_ARGUMENT_NONE, 0,
                          0, 0);
    if (task->vspace == NULL) { // it lost it inside the operation
        stop_running(task);
    }
    return true;
}

// End. -----------------------------------------------------------------------------------------

// Nobody refers to the task any more: it leaves everything that refers to it, what it
// waits for first: it is INACTIVE then, or this has to be done again.
static void leave_wait(struct task *task) {
    if (task_state(task) == HELIOS_TASK_POLLING && !poll_withdraw_some(task, REAP_BUDGET)) {
        return;
    }
    task_withdraw(task);
    task_set_state(task, HELIOS_TASK_INACTIVE);
    task->message_flags = 0; // also of a wait that ended when it had to be given up already
}

static void detach(struct task *task) {
    ipc_abandon_caller(task, HELIOS_ERROR_ABANDONED);
    for (int kind = REFERENCE_TASK_CSPACE; kind <= REFERENCE_TASK_NOTIFICATION; kind++) {
        let_go(task, reference_at(task, (enum reference_kind)kind));
    }
    sched_count_task(-1);
}

// In steps, as each of them may be long: the end of its wait, that of its references, that of stale
// Reply capabilities. Its state and the reply's tell what has been done.
bool task_reap(struct object *object) {
    struct task *task = task_of(object);
    if (!sched_release(task) || __atomic_load_n(&task->pending, __ATOMIC_SEQ_CST) != 0) {
        return false; // it runs elsewhere, or is still in somebody's mailbox
    }
    if (task_state(task) != HELIOS_TASK_INACTIVE) {
        leave_wait(task);
        return false;
    }
    if (object_is_live(&task->reply)) {
        object_set_state(&task->reply, OBJECT_DYING);
        detach(task);
        return false;
    }
    return cap_purge_step(&task->reply, REAP_BUDGET);
}
