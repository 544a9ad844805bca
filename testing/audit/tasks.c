// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/ipc.h"
#include "kernel/ipc_wait.h"
#include "testing/audit/say.h"
#include "testing/audit/world.h"

static bool is_call(const struct task *task) {
    return task->state == HELIOS_TASK_CALLING || task->state == HELIOS_TASK_FAULTED;
}

// Queues. ----------------------------------------------------------------------------------------

static bool is_waiting(const struct task *task) {
    return task->state == HELIOS_TASK_WAITING;
}

static bool is_receiver(const struct task *task) {
    return task->state == HELIOS_TASK_RECEIVING;
}

static bool is_sender(const struct task *task) {
    return task->state == HELIOS_TASK_SENDING || is_call(task);
}

// audit_discover has seen that it comes to its end.
static const char *check_queue(const struct object *object, const struct task_queue *queue,
                               bool (*has_good_state)(const struct task *task)) {
    const struct task *last = NULL;
    for (const struct task *task = queue->first; task != NULL; task = task->queue.next) {
        if (task->blocked_on != object || !has_good_state(task)) {
            return audit_say("task %p (state %u, waits for %p) stands in the queue of %p", task,
                             task->state, task->blocked_on, object);
        }
        if (last != NULL && task->queue.prev != last) {
            return audit_say("queue of %p: %p does not know who is before it", object, task);
        }
        last = task;
    }
    if (last != NULL && last != queue->last) {
        return audit_say("queue of %p ends with %p, says %p", object, last, queue->last);
    }
    return NULL;
}

static const char *check_pollers(const struct object *object, struct poll_link *const *first,
                                 uint32_t said) {
    uint32_t count = 0;
    struct poll_link *const *from = first;
    for (const struct poll_link *link = *first; link != NULL && count <= said; link = link->next) {
        if (link->prev != from || link->object != object) {
            return audit_say("pollers of %p: %p is not linked to it", object, link);
        }
        const struct task *task =
            (const struct task *)((uintptr_t)(link - link->index) - offsetof(struct task, polls));
        if (task->state != HELIOS_TASK_POLLING || link->index >= task->poll_count) {
            return audit_say("pollers of %p: task %p is in state %u", object, task, task->state);
        }
        from = &link->next;
        count++;
    }
    return count == said ? NULL
                         : audit_say("object %p has %u pollers, says %u", object, count, said);
}

const char *audit_endpoint(const struct endpoint *endpoint) {
    if (endpoint->away != 0) {
        return audit_say("endpoint %p has lost %u receivers", endpoint, endpoint->away);
    }
    const struct task *first = endpoint->waiters.first;
    bool receive = first != NULL && is_receiver(first);
    const char *problem =
        check_queue(&endpoint->object, &endpoint->waiters, receive ? is_receiver : is_sender);
    return problem != NULL
               ? problem
               : check_pollers(&endpoint->object, &endpoint->pollers, endpoint->poller_count);
}

const char *audit_notification(const struct notification *notification) {
    if (notification->word != 0 && notification->waiters.first != NULL) {
        return audit_say("notification %p is signalled (0x%lx), but somebody waits", notification,
                         notification->word);
    }
    const struct task *bound = notification->bound;
    if (bound != NULL && bound->notification_reference.object != &notification->object) {
        return audit_say("notification %p: task %p does not know that it is bound", notification,
                         bound);
    }
    if (bound != NULL && is_receiver(bound) && notification->word != 0) {
        return audit_say("notification %p is signalled, its task %p waits in recv", notification,
                         bound);
    }
    const char *problem = check_queue(&notification->object, &notification->waiters, is_waiting);
    return problem != NULL ? problem
                           : check_pollers(&notification->object, &notification->pollers,
                                           notification->poller_count);
}

// Tasks. -----------------------------------------------------------------------------------------

// On which CPU it is current, if it is.
static const char *find_current(const struct audit_world *world, const struct task *task,
                                bool can_run, bool *is_current) {
    *is_current = false;
    for (uint32_t i = 0; i < world->cpu_count; i++) {
        const struct percpu *cpu = world->cpus[i];
        if (cpu->current == task && (*is_current || (task->cpu != cpu->index && can_run))) {
            return audit_say("task %p of CPU %u runs on CPU %u", task, task->cpu, cpu->index);
        }
        *is_current = *is_current || cpu->current == task;
    }
    return NULL;
}

static const char *check_operation(const struct task *task, bool is_current) {
    if (task->operation.is_running) {
        return audit_say("task %p is in the middle of a step", task);
    }
    if (task->operation.step != NULL && (is_current || task->state != HELIOS_TASK_READY)) {
        return audit_say("task %p: state %u inside a long operation", task, task->state);
    }
    return NULL;
}

static const char *check_place(const struct audit_world *world, const struct task *task) {
    const bool is_live = task->object.state == OBJECT_LIVE;
    const bool can_run = task->state == HELIOS_TASK_READY && task->suspended == 0 && is_live;
    bool is_current;
    const char *problem = find_current(world, task, can_run, &is_current);
    if (problem != NULL) {
        return problem;
    }
    const bool is_queued = audit_has_mark(world, &task->object, AUDIT_QUEUED);
    if (is_queued != (task->queued != 0)) {
        return audit_say("task %p: %s the run queue and does not know it", task,
                         is_queued ? "in" : "not in");
    }
    // What is dying stays where it is until the reaper comes to it, which asks its CPU to let go of
    // it; the scheduler passes it by.
    const bool may_stay = !is_live && (is_queued || (is_current && world->cpu_count > 1));
    if ((can_run != (is_current || is_queued) && !may_stay) || (is_current && is_queued)) {
        return audit_say("task %p: state %u, suspended %u, object %u, but %s%s", task, task->state,
                         task->suspended, task->object.state, is_current ? "current " : "",
                         is_queued ? "queued" : "");
    }
    return check_operation(task, is_current);
}

// It is blocked, in an object's queue or because it has called.
static const char *check_queued(const struct audit_world *world, const struct task *task) {
    const struct object *object = task->blocked_on;
    if (object == NULL) {
        bool can_be_answered = (task->callee != NULL) != (task->reply_count != 0);
        return is_call(task) && can_be_answered
                   ? NULL
                   : audit_say("task %p (state %u) waits for nobody: callee %p, %u replies", task,
                               task->state, task->callee, task->reply_count);
    }
    if (object->type != (is_waiting(task) ? HELIOS_TYPE_NOTIFICATION : HELIOS_TYPE_ENDPOINT)) {
        return audit_say("task %p (state %u) waits for type %u", task, task->state, object->type);
    }
    // Whoever stands in the queue of another object is found there (check_queue).
    return audit_has_mark(world, &task->object, AUDIT_WAITS)
               ? NULL
               : audit_say("task %p waits in no queue of %p", task, object);
}

// Whether what this entry waits for has happened, and has not been taken by anybody.
static bool is_ready(const struct poll_link *link) {
    if (link->object->type == HELIOS_TYPE_NOTIFICATION) {
        return notification_of(link->object)->word != 0;
    }
    const struct task *first = endpoint_of(link->object)->waiters.first;
    unsigned event = first != NULL && is_sender(first) ? HELIOS_POLL_RECV : HELIOS_POLL_SEND;
    return first != NULL && (link->events & event) != 0;
}

static const char *check_polls(const struct task *task) {
    bool polls = task->state == HELIOS_TASK_POLLING;
    if (polls != (task->poll_count != 0) && !(polls && task->deadline.when != 0)) {
        return audit_say("task %p (state %u) polls %u objects", task, task->state,
                         task->poll_count);
    }
    if (polls != (task->poll_claim != POLL_CLOSED)) {
        return audit_say("task %p (state %u) can be claimed as one that polls: %u", task,
                         task->state, task->poll_claim);
    }
    for (unsigned i = 0; i < task->poll_count; i++) {
        if (task->polls[i].prev == NULL || task->polls[i].index != i) {
            return audit_say("task %p: poll entry %u is in no list", task, i);
        }
        if (object_is_live(&task->object) && object_is_live(task->polls[i].object) &&
            is_ready(&task->polls[i])) {
            return audit_say("task %p polls %p, which is ready", task, task->polls[i].object);
        }
    }
    return NULL;
}

static const char *check_waiting(const struct audit_world *world, const struct task *task) {
    const bool is_blocked = task->state > HELIOS_TASK_READY;
    if (!is_blocked && (task->blocked_on != NULL || task->message_flags != 0)) {
        return audit_say("task %p (state %u) waits for %p, flags %u", task, task->state,
                         task->blocked_on, task->message_flags);
    }
    const char *problem = check_polls(task);
    if (problem != NULL) {
        return problem;
    }
    bool has_deadline = (task->message_flags & MESSAGE_DEADLINE) != 0;
    if (has_deadline != (task->deadline.when != 0)) {
        return audit_say("task %p (state %u): deadline %lu, flags %u", task, task->state,
                         task->deadline.when, task->message_flags);
    }
    if (task->in_fault != (task->state == HELIOS_TASK_FAULTED)) {
        return audit_say("task %p: state %u, in_fault %u", task, task->state, task->in_fault);
    }
    return is_blocked && task->state != HELIOS_TASK_POLLING ? check_queued(world, task) : NULL;
}

static const char *check_calls(const struct task *task) {
    if (task->callee != NULL && task->callee->caller != task) {
        return audit_say("task %p calls %p, which serves %p", task, task->callee,
                         task->callee->caller);
    }
    if (task->caller != NULL && task->caller->callee != task) {
        return audit_say("task %p serves %p, which calls %p", task, task->caller,
                         task->caller->callee);
    }
    if (!(is_call(task) && task->blocked_on == NULL) &&
        (task->callee != NULL || task->reply_count != 0)) {
        return audit_say("task %p (state %u) has callee %p and %u replies", task, task->state,
                         task->callee, task->reply_count);
    }
    if (task->answering != 0) {
        return audit_say("task %p: somebody has begun to answer its call", task);
    }
    uint32_t replies = 0;
    for (ring_link link = task->reply.ring.next; ring_node(link) != &task->reply.ring;
         link = ring_node(link)->next) {
        replies += ring_kind(link) == RING_CAP &&
                   slot_of_node(ring_node(link))->badge == task->call_number;
    }
    return replies == task->reply_count ? NULL
                                        : audit_say("task %p: %u Replies for its call, says %u",
                                                    task, replies, task->reply_count);
}

static bool is_let_go(const struct reference *reference) {
    return reference->drop == REFERENCE_LET_GO;
}

static const char *check_buffer(const struct task *task) {
    const struct object *page = task->buffer_reference.object;
    const void *buffer =
        page != NULL ? arch_direct(frame_physical((const struct frame *)page)) : NULL;
    if ((task->buffer != buffer && !is_let_go(&task->buffer_reference)) ||
        (page != NULL && page->type != HELIOS_TYPE_PAGE)) {
        return audit_say("task %p: buffer at %p, its page is at %p", task, task->buffer, buffer);
    }
    return NULL;
}

static const char *check_parts(const struct task *task) {
    const struct object *space = task->cspace_reference.object;
    if ((const struct object *)task->cspace != space && !is_let_go(&task->cspace_reference)) {
        return audit_say("task %p: CSpace %p, refers to %p", task, task->cspace, space);
    }
    const struct object *address_space = task->vspace_reference.object;
    if ((const struct object *)task->vspace != address_space &&
        !is_let_go(&task->vspace_reference)) {
        return audit_say("task %p: VSpace %p, refers to %p", task, task->vspace, address_space);
    }
    struct object *bound = task->notification_reference.object;
    if (bound != NULL && notification_of(bound)->bound != task &&
        !is_let_go(&task->notification_reference)) {
        return audit_say("task %p is bound to %p, which is not to it", task, bound);
    }
    return check_buffer(task);
}

const char *audit_task(const struct audit_world *world, const struct task *task) {
    if (task->state > HELIOS_TASK_FAULTED || task->suspended > 1 ||
        task->base_priority >= HELIOS_PRIORITIES || task->priority >= HELIOS_PRIORITIES ||
        task->ceiling >= HELIOS_PRIORITIES) {
        return audit_say("task %p: state %u, suspended %u, priority %u, base %u, ceiling %u", task,
                         task->state, task->suspended, task->priority, task->base_priority,
                         task->ceiling);
    }
    const char *problem = check_place(world, task);
    if (problem == NULL) {
        problem = check_waiting(world, task);
    }
    if (problem == NULL) {
        problem = check_calls(task);
    }
    return problem == NULL ? check_parts(task) : problem;
}
