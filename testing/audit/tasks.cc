// SPDX-License-Identifier: GPL-3.0-only
#include "arch/host/host.h"
#include "kernel/deadline.h"
#include "kernel/ipc.h"
#include "kernel/sched.h"
#include "testing/audit/say.h"
#include "testing/audit/world.h"

namespace {

bool IsSender(const task *task) {
    return task->state == HELIOS_TASK_SENDING || task->state == HELIOS_TASK_CALLING ||
           task->state == HELIOS_TASK_FAULTED;
}

// Whether `task` stands in this queue.
bool IsQueued(const task_queue &queue, const task *wanted) {
    for (const task *task = queue.first; task != nullptr; task = task->queue.next) {
        if (task == wanted) {
            return true;
        }
        if (task == queue.last) {
            break;
        }
    }
    return false;
}

template <typename Check>
std::string AuditQueue(const object *object, const task_queue &queue, Check has_good_state) {
    const task *last = nullptr;
    unsigned count = 0;
    for (const task *task = queue.first; task != nullptr; task = task->queue.next) {
        if (task->blocked_on != object || !has_good_state(task)) {
            return Say("task %p (state %u, waits for %p) stands in the queue of %p", task,
                       task->state, task->blocked_on, object);
        }
        if (last != nullptr && task->queue.prev != last) {
            return Say("queue of %p: %p does not know who is before it", object, task);
        }
        if (++count > 100000) {
            return Say("queue of %p has no end", object);
        }
        last = task;
    }
    if (last != nullptr && last != queue.last) {
        return Say("queue of %p ends with %p, says %p", object, last, queue.last);
    }
    return "";
}

std::string AuditPollers(const object *object, poll_link *const *first, uint32_t said) {
    uint32_t count = 0;
    poll_link *const *from = first;
    for (const poll_link *link = *first; link != nullptr; link = link->next) {
        if (link->prev != from || link->object != object) {
            return Say("pollers of %p: %p is not linked to it", object, link);
        }
        auto *task = reinterpret_cast<const struct task *>(
            reinterpret_cast<uintptr_t>(link - link->index) - offsetof(struct task, polls));
        if (task->state != HELIOS_TASK_POLLING || link->index >= task->poll_count) {
            return Say("pollers of %p: task %p is in state %u", object, task, task->state);
        }
        from = &link->next;
        if (++count > said) {
            break;
        }
    }
    return count == said ? "" : Say("object %p has %u pollers, says %u", object, count, said);
}

std::string AuditRunning(const World &world, const task *task) {
    bool can_run = task->state == HELIOS_TASK_READY && task->suspended == 0 &&
                   task->object.state == OBJECT_LIVE;
    bool is_current = false;
    for (const percpu *cpu : world.cpus) {
        if (cpu->current == task && (is_current || (task->cpu != cpu->index && can_run))) {
            return Say("task %p of CPU %u runs on CPU %u", task, task->cpu, cpu->index);
        }
        is_current = is_current || cpu->current == task;
    }
    bool is_queued = world.queued.Has(task);
    if (is_queued != (task->queued != 0)) {
        return Say("task %p: %s the run queue and does not know it", task,
                   is_queued ? "in" : "not in");
    }
    // What is dying stays where it is until the reaper comes to it, which asks its CPU to let go of
    // it; the scheduler passes it by.
    bool is_dying =
        task->object.state == OBJECT_DYING && (is_queued || (is_current && world.cpus.size() > 1));
    if ((can_run != (is_current || is_queued) && !is_dying) || (is_current && is_queued)) {
        return Say("task %p: state %u, suspended %u, object %u, but %s%s", task, task->state,
                   task->suspended, task->object.state, is_current ? "current " : "",
                   is_queued ? "queued" : "");
    }
    if (task->operation.is_running) {
        return Say("task %p is in the middle of a step", task);
    }
    if (task->operation.step != nullptr && (is_current || task->state != HELIOS_TASK_READY)) {
        return Say("task %p: state %u inside a long operation", task, task->state);
    }
    return "";
}

std::string AuditWaiting(const task *task) {
    bool is_blocked = task->state > HELIOS_TASK_READY;
    bool polls = task->state == HELIOS_TASK_POLLING;
    if (!is_blocked && (task->blocked_on != nullptr || task->message_flags != 0)) {
        return Say("task %p (state %u) waits for %p, flags %u", task, task->state, task->blocked_on,
                   task->message_flags);
    }
    if (polls != (task->poll_count != 0) && !(polls && task->deadline.when != 0)) {
        return Say("task %p (state %u) polls %u objects", task, task->state, task->poll_count);
    }
    for (unsigned i = 0; i < task->poll_count; i++) {
        if (task->polls[i].prev == nullptr || task->polls[i].index != i) {
            return Say("task %p: poll entry %u is in no list", task, i);
        }
    }
    bool has_deadline = (task->message_flags & MESSAGE_DEADLINE) != 0;
    if (has_deadline != (task->deadline.when != 0)) {
        return Say("task %p (state %u): deadline %lu, flags %u", task, task->state,
                   task->deadline.when, task->message_flags);
    }
    if (task->in_fault != (task->state == HELIOS_TASK_FAULTED)) {
        return Say("task %p: state %u, in_fault %u", task, task->state, task->in_fault);
    }
    if (!is_blocked || polls) {
        return "";
    }
    if (task->blocked_on == nullptr) {
        bool is_calling = task->state == HELIOS_TASK_CALLING || task->state == HELIOS_TASK_FAULTED;
        bool can_be_answered = (task->callee != nullptr) != (task->reply_count != 0);
        return is_calling && can_be_answered
                   ? ""
                   : Say("task %p (state %u) waits for nobody: callee %p, %u replies", task,
                         task->state, task->callee, task->reply_count);
    }
    bool at_endpoint = task->state != HELIOS_TASK_WAITING;
    if (task->blocked_on->type != (at_endpoint ? HELIOS_TYPE_ENDPOINT : HELIOS_TYPE_NOTIFICATION)) {
        return Say("task %p (state %u) waits for type %u", task, task->state,
                   task->blocked_on->type);
    }
    const task_queue &queue = at_endpoint ? endpoint_of(task->blocked_on)->waiters
                                          : notification_of(task->blocked_on)->waiters;
    return IsQueued(queue, task) ? ""
                                 : Say("task %p waits in no queue of %p", task, task->blocked_on);
}

std::string AuditCalls(const task *task) {
    if (task->callee != nullptr && task->callee->caller != task) {
        return Say("task %p calls %p, which serves %p", task, task->callee, task->callee->caller);
    }
    if (task->caller != nullptr && task->caller->callee != task) {
        return Say("task %p serves %p, which calls %p", task, task->caller, task->caller->callee);
    }
    bool is_calling = (task->state == HELIOS_TASK_CALLING || task->state == HELIOS_TASK_FAULTED) &&
                      task->blocked_on == nullptr;
    if (!is_calling && (task->callee != nullptr || task->reply_count != 0)) {
        return Say("task %p (state %u) has callee %p and %u replies", task, task->state,
                   task->callee, task->reply_count);
    }
    uint32_t replies = 0;
    for (ring_link link = task->reply.ring.next; ring_node(link) != &task->reply.ring;
         link = ring_node(link)->next) {
        replies += ring_kind(link) == RING_CAP &&
                   slot_of_node(ring_node(link))->badge == task->call_number;
    }
    return replies == task->reply_count
               ? ""
               : Say("task %p: %u Replies for its call, says %u", task, replies, task->reply_count);
}

std::string AuditParts(const task *task) {
    const object *space = task->cspace_reference.object;
    if (reinterpret_cast<const object *>(task->cspace) != space &&
        task->cspace_reference.drop != REFERENCE_LET_GO) {
        return Say("task %p: CSpace %p, refers to %p", task, task->cspace, space);
    }
    const object *address_space = task->vspace_reference.object;
    if (reinterpret_cast<const object *>(task->vspace) != address_space &&
        task->vspace_reference.drop != REFERENCE_LET_GO) {
        return Say("task %p: VSpace %p, refers to %p", task, task->vspace, address_space);
    }
    object *page = task->buffer_reference.object;
    const void *buffer = page != nullptr ? arch_direct(frame_physical(frame_of(page))) : nullptr;
    if ((task->buffer != buffer && task->buffer_reference.drop != REFERENCE_LET_GO) ||
        (page != nullptr && page->type != HELIOS_TYPE_PAGE)) {
        return Say("task %p: buffer at %p, its page is at %p", task, task->buffer, buffer);
    }
    object *bound = task->notification_reference.object;
    if (bound != nullptr && notification_of(bound)->bound != task &&
        task->notification_reference.drop != REFERENCE_LET_GO) {
        return Say("task %p is bound to %p, which is not to it", task, bound);
    }
    return "";
}

std::string AuditDeadlines(const World &world) {
    size_t expected = 0, found = 0;
    for (const object *object : world.objects) {
        expected += object->type == HELIOS_TYPE_TASK && TaskOf(object)->deadline.when != 0;
    }
    std::vector<const deadline *> todo;
    for (const percpu *cpu : world.cpus) {
        if (cpu->deadlines != nullptr) {
            todo.push_back(cpu->deadlines);
            if (cpu->deadlines->parent != nullptr) {
                return "the first deadline has a parent";
            }
        }
    }
    while (!todo.empty()) {
        const deadline *node = todo.back();
        todo.pop_back();
        if (++found > expected) {
            break;
        }
        auto *task = reinterpret_cast<const struct task *>(reinterpret_cast<uintptr_t>(node) -
                                                           offsetof(struct task, deadline));
        if (!world.known.Has(&task->object) || node->when == 0) {
            return Say("deadline %p is of no task", node);
        }
        uint32_t left = node->left != nullptr ? node->left->rank : 0;
        uint32_t right = node->right != nullptr ? node->right->rank : 0;
        if (left < right || node->rank != right + 1) {
            return Say("deadline %p: ranks %u, %u and %u", node, left, right, node->rank);
        }
        for (const deadline *child : {node->left, node->right}) {
            if (child != nullptr) {
                if (child->parent != node || child->when < node->when) {
                    return Say("deadline %p is no heap", child);
                }
                todo.push_back(child);
            }
        }
    }
    return found == expected ? ""
                             : Say("%zu deadlines are in the queue, %zu armed", found, expected);
}

} // namespace

std::string audit_task(const World &world, const task *task) {
    if (task->state > HELIOS_TASK_FAULTED || task->suspended > 1 ||
        task->base_priority >= HELIOS_PRIORITIES || task->priority >= HELIOS_PRIORITIES ||
        task->ceiling >= HELIOS_PRIORITIES) {
        return Say("task %p: state %u, suspended %u, priority %u, base %u, ceiling %u", task,
                   task->state, task->suspended, task->priority, task->base_priority,
                   task->ceiling);
    }
    std::string problem = AuditRunning(world, task);
    if (problem.empty()) {
        problem = AuditWaiting(task);
    }
    if (problem.empty()) {
        problem = AuditCalls(task);
    }
    return problem.empty() ? AuditParts(task) : problem;
}

std::string audit_endpoint(const endpoint *endpoint) {
    if (endpoint->away != 0) {
        return Say("endpoint %p has lost %u receivers", endpoint, endpoint->away);
    }
    const task *first = endpoint->waiters.first;
    bool receive = first != nullptr && first->state == HELIOS_TASK_RECEIVING;
    std::string problem = AuditQueue(&endpoint->object, endpoint->waiters, [&](const task *task) {
        return receive ? task->state == HELIOS_TASK_RECEIVING : IsSender(task);
    });
    return !problem.empty()
               ? problem
               : AuditPollers(&endpoint->object, &endpoint->pollers, endpoint->poller_count);
}

std::string audit_notification(const notification *notification) {
    if (notification->word != 0 && notification->waiters.first != nullptr) {
        return Say("notification %p is signalled (0x%lx), but somebody waits", notification,
                   notification->word);
    }
    const task *bound = notification->bound;
    if (bound != nullptr && bound->notification_reference.object != &notification->object) {
        return Say("notification %p: task %p does not know that it is bound", notification, bound);
    }
    if (bound != nullptr && bound->state == HELIOS_TASK_RECEIVING && notification->word != 0) {
        return Say("notification %p is signalled, its task %p waits in recv", notification, bound);
    }
    std::string problem =
        AuditQueue(&notification->object, notification->waiters,
                   [](const task *task) { return task->state == HELIOS_TASK_WAITING; });
    return !problem.empty() ? problem
                            : AuditPollers(&notification->object, &notification->pollers,
                                           notification->poller_count);
}

static std::string AuditCpu(const World &world, const percpu *cpu) {
    for (unsigned i = 0; i < HELIOS_PRIORITIES; i++) {
        const task *last = nullptr;
        for (const task *task = cpu->ready[i].first; task != nullptr; task = task->queue.next) {
            if (task->queue.prev != last || task->priority != i) {
                return Say("run queue %u: task %p has priority %u", i, task, task->priority);
            }
            last = task;
        }
        bool has_some = last != nullptr;
        if (has_some != ((cpu->ready_mask >> i & 1) != 0) ||
            (has_some && cpu->ready[i].last != last)) {
            return Say("run queue %u: its end or its bit is wrong", i);
        }
    }
    if (cpu->current != nullptr && cpu->ready_mask >> cpu->current->priority > 1) {
        return Say("task %p runs, but somebody better is ready", cpu->current);
    }
    if (cpu->current != nullptr && cpu->vspace != cpu->current->vspace) {
        return Say("task %p runs in VSpace %p", cpu->current, cpu->vspace);
    }
    if (cpu->vspace != nullptr && !world.known.Has(&cpu->vspace->root.object)) {
        return Say("the CPU walks VSpace %p, which is gone", cpu->vspace);
    }
    const host_cpu &host = host_cpus[cpu->index % HOST_MAX_CPUS];
    if (host.record.stale_activations != 0) {
        return "a CPU uses an identifier of which its TLB knows another VSpace";
    }
    if (cpu->fpu_owner != nullptr &&
        (cpu->fpu_owner->fpu_used == 0 || cpu->fpu_owner->reply.state != OBJECT_LIVE)) {
        return Say("task %p owns the FP registers", cpu->fpu_owner);
    }
    if (cpu->current != nullptr && cpu->fpu_open != 0 && cpu->fpu_owner != cpu->current) {
        return Say("FP registers are %s for task %p, they are of %p",
                   cpu->fpu_open ? "open" : "closed", cpu->current, cpu->fpu_owner);
    }
    if (cpu->call != nullptr) {
        return "a system call is still being handled";
    }
    return "";
}

std::string audit_running(const World &world) {
    size_t tasks = 0;
    for (const object *object : world.objects) {
        // Until the first step of the reaper has taken it out of everything.
        tasks += object->type == HELIOS_TYPE_TASK && TaskOf(object)->reply.state == OBJECT_LIVE;
    }
    if (tasks != sched_task_count()) {
        return Say("the kernel counts %lu tasks, there are %zu", sched_task_count(), tasks);
    }
    for (const percpu *cpu : world.cpus) {
        std::string problem = AuditCpu(world, cpu);
        if (!problem.empty()) {
            return problem;
        }
    }
    return AuditDeadlines(world);
}
