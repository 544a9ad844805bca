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
static struct task *holder(struct reference *reference, enum reference_kind kind) {
    CHECK(reference_offsets[kind] != 0);
    return (struct task *)((char *)reference - reference_offsets[kind]);
}

static enum reference_kind part_kind(unsigned part) {
    static_assert(HELIOS_TASK_CSPACE == 1 << (REFERENCE_TASK_CSPACE - 1) &&
                      HELIOS_TASK_FAULT_ENDPOINT == 1 << (REFERENCE_TASK_FAULT - 1),
                  "in the same order");
    return (enum reference_kind)(__builtin_ctz(part) + 1);
}

static void set_cspace(struct task *task, struct object *object) {
    struct cspace *cspace = object != NULL ? cspace_of(object) : NULL;
    __atomic_store_n(&task->cspace, cspace, __ATOMIC_RELAXED);
    __atomic_store_n(&task->slots, cspace != NULL ? cspace->slots : NULL, __ATOMIC_RELAXED);
    __atomic_store_n(&task->slot_count, cspace != NULL ? cspace->slot_count : 0, __ATOMIC_RELAXED);
}

static void set_vspace(struct task *task, struct object *object) {
    __atomic_store_n(&task->vspace, object != NULL ? vspace_of(object) : NULL, __ATOMIC_RELAXED);
    if (object != NULL) {
        vspace_note_cpu(vspace_of(object), task->cpu);
    }
    if (sched_is_current(task)) {
        arch_percpu()->reschedule = 1;
    }
}

static void set_buffer(struct task *task, struct object *object) {
    void *buffer = object != NULL ? arch_direct(frame_physical(frame_of(object))) : NULL;
    __atomic_store_n(&task->buffer, buffer, __ATOMIC_RELAXED);
}

// What the task keeps beside the reference, so that the IPC path finds it with one load. `object`
// NULL: nothing. A CPU that has claimed the task may be using what it had, and is waited for.
static void set_pointers(struct task *task, enum reference_kind kind, struct object *object) {
    if (kind == REFERENCE_TASK_CSPACE) {
        set_cspace(task, object);
        ipc_let_copy(task);
    } else if (kind == REFERENCE_TASK_VSPACE) {
        set_vspace(task, object);
    } else if (kind == REFERENCE_TASK_BUFFER) {
        set_buffer(task, object);
        ipc_let_copy(task);
    }
}

// The task does not use any more what the reference refers to.
static void forget(struct task *task, enum reference_kind kind, struct object *object) {
    if (kind == REFERENCE_TASK_NOTIFICATION) {
        notification_unbind(notification_of(object), task);
    }
    set_pointers(task, kind, NULL);
}

// Lets go of whatever the reference refers to. Here everything goes twice without harm: if the task
// is nobody's, who takes it apart and who takes apart what it refers to may be doing this at the
// same time, and reference_clear is done by one of them.
static void let_go(struct task *task, enum reference_kind kind) {
    struct reference *reference = reference_at(task, kind);
    struct object *object = reference_object(reference);
    if (object != NULL) {
        forget(task, kind, object);
        reference_clear(reference);
    }
}

// Whether reference_set will succeed, unless another CPU is faster.
static enum cap_result check_source(const struct slot *source, uint32_t version) {
    const struct slot_view view = slot_read(source);
    if (view.version != version || view.type == HELIOS_TYPE_NULL || !object_is_live(view.object)) {
        return CAP_GONE;
    }
    return object_is_revoking(view.object) ? CAP_REVOKING : CAP_OK;
}

static enum cap_result set_reference(struct task *task, enum reference_kind kind,
                                     struct slot *source, uint32_t version) {
    struct reference *reference = reference_at(task, kind);
    enum cap_result result = check_source(source, version);
    if (result == CAP_OK) {
        let_go(task, kind);
        result = reference_set(reference, kind, source, version);
    }
    if (result == CAP_OK) {
        set_pointers(task, kind, reference_object(reference));
    }
    return result;
}

enum cap_result task_set_part(struct task *task, unsigned part, struct slot *source,
                              uint32_t version) {
    return set_reference(task, part_kind(part), source, version);
}

// The notification is the task's before the task refers to it, so that of two who want it one gets
// it. What is signalled in between finds the task waiting, or is found when it is bound.
enum cap_result task_bind(struct task *task, struct slot *source, const struct slot_view *found) {
    struct notification *notification = notification_of(found->object);
    if (!notification_bind(notification, task)) {
        return CAP_OCCUPIED;
    }
    enum cap_result result =
        set_reference(task, REFERENCE_TASK_NOTIFICATION, source, found->version);
    if (result == CAP_OK) {
        notification_begin_bound(notification, task);
    } else {
        notification_unbind(notification, task);
    }
    return result;
}

void task_unbind(struct task *task) {
    let_go(task, REFERENCE_TASK_NOTIFICATION);
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
    bool stays = task_stays_suspended(task);
    task_set_suspended(task, 1);
    task_unblock(task, HELIOS_ERROR_CANCELLED);
    ipc_finish_wait(task); // another CPU may have ended its wait a moment ago
    stop_running(task);
    if (!stays) {
        task_let_run(task);
    }
}

// While it is asked nobody but the task's CPU ends the reference: it stands where it stood, until
// it says LET_GO, which is the last thing that is done to it here.
static void serve_drop(struct task *task, enum reference_kind kind) {
    struct reference *reference = reference_at(task, kind);
    struct object *object = reference_object(reference);
    if (object == NULL) {
        return; // it has gone meanwhile
    }
    lock_acquire(&object->lock);
    bool is_asked =
        reference_object(reference) == object && reference->drop == REFERENCE_DROP_ASKED;
    lock_release(&object->lock);
    if (!is_asked) {
        return; // or has been replaced
    }
    forget(task, kind, object);
    if (kind == REFERENCE_TASK_VSPACE) {
        deactivate(task);
    }
    lock_acquire(&object->lock);
    reference->drop = REFERENCE_LET_GO;
    lock_release(&object->lock);
}

void task_serve_drops(struct task *task, unsigned kinds) {
    for (int kind = REFERENCE_TASK_CSPACE; kind <= REFERENCE_TASK_NOTIFICATION; kind++) {
        if ((kinds >> kind & 1) != 0) {
            serve_drop(task, (enum reference_kind)kind);
        }
    }
}

// Whose the reference is to end is decided under the lock of what it refers to: one that is LET_GO
// belongs to whoever comes first, any other one to the task's CPU, which is asked, or which this
// is. A task that is nobody's uses nothing any more, does not run, and is taken out of what it
// waits for by the reaper: what is left is to let who has claimed it finish (let_go).
void task_drop_reference(const struct reference_place *place) {
    struct task *task = holder(place->reference, place->kind);
    uint32_t owner = __atomic_load_n(&task->cpu, __ATOMIC_ACQUIRE);
    bool is_own = owner == arch_percpu()->index;
    bool is_foreign = !is_own && owner != TASK_NOBODY;
    if (!reference_lock(place)) {
        return;
    }
    if (place->reference->drop == REFERENCE_LET_GO) {
        reference_clear_locked(place);
        return;
    }
    if (is_foreign) {
        place->reference->drop = REFERENCE_DROP_ASKED;
    }
    lock_release(&place->object->lock);
    if (is_foreign) {
        smp_post(task, (unsigned)TASK_DROP << place->kind); // who has given it up hears nothing
        return;
    }
    let_go(task, place->kind);
    if (is_own && place->kind == REFERENCE_TASK_VSPACE) {
        deactivate(task);
    }
}

// Blocking. ------------------------------------------------------------------------------------

void task_let_run(struct task *task) {
    task_set_suspended(task, 0);
    smp_fence();
    if (!object_is_live(&task->object)) {
        task_set_suspended(task, 1);
    }
}

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
        ipc_forget_flags(task);
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
    if (task_state(task) == HELIOS_TASK_POLLING && !poll_reap(task, REAP_BUDGET)) {
        return;
    }
    task_withdraw(task);
    task_set_state(task, HELIOS_TASK_INACTIVE);
    ipc_forget_flags(task); // also of a wait that ended when it had to be given up already
}

static void detach(struct task *task) {
    ipc_abandon_caller(task, HELIOS_ERROR_ABANDONED);
    for (int kind = REFERENCE_TASK_CSPACE; kind <= REFERENCE_TASK_NOTIFICATION; kind++) {
        let_go(task, (enum reference_kind)kind);
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
