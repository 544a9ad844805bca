// SPDX-License-Identifier: GPL-3.0-only
//
// What the CPUs do: their run queues, who runs, their deadlines.
#include "kernel/deadline.h"
#include "kernel/sched.h"
#include "testing/audit/say.h"
#include "testing/audit/world.h"

// Deadlines. -------------------------------------------------------------------------------------

static uint32_t rank_of(const struct deadline *deadline) {
    return deadline != NULL ? deadline->rank : 0;
}

static bool is_below(const struct deadline *child, const struct deadline *node) {
    return child == NULL || (child->parent == node && child->when >= node->when);
}

static const char *check_deadline(const struct audit_world *world, const struct deadline *node) {
    const struct task *task =
        (const struct task *)((uintptr_t)node - offsetof(struct task, deadline));
    if (!audit_knows(world, &task->object) || node->when == 0) {
        return audit_say("deadline %p is of no task", node);
    }
    uint32_t left = rank_of(node->left);
    uint32_t right = rank_of(node->right);
    if (left < right || node->rank != right + 1) {
        return audit_say("deadline %p: ranks %u, %u and %u", node, left, right, node->rank);
    }
    if (!is_below(node->left, node) || !is_below(node->right, node)) {
        return audit_say("deadline %p is no heap", node);
    }
    return NULL;
}

// The one after `node`, whose children know it: parents first, left before right.
static const struct deadline *next_deadline(const struct deadline *node) {
    if (node->left != NULL || node->right != NULL) {
        return node->left != NULL ? node->left : node->right;
    }
    const struct deadline *above = node->parent;
    while (above != NULL && (above->right == node || above->right == NULL)) {
        node = above;
        above = node->parent;
    }
    return above != NULL ? above->right : NULL;
}

static const char *check_deadlines(const struct audit_world *world) {
    uint32_t expected = 0;
    uint32_t found = 0;
    for (uint32_t i = 0; i < world->objects.count; i++) {
        const struct object *object = world->objects.items[i].pointer;
        expected += object->type == HELIOS_TYPE_TASK && audit_task_of(object)->deadline.when != 0;
    }
    for (uint32_t i = 0; i < world->cpu_count; i++) {
        const struct deadline *first = world->cpus[i]->deadlines;
        if (first != NULL && first->parent != NULL) {
            return "the first deadline has a parent";
        }
        for (const struct deadline *node = first; node != NULL && found <= expected;
             node = next_deadline(node)) {
            const char *problem = check_deadline(world, node);
            if (problem != NULL) {
                return problem;
            }
            found++;
        }
    }
    return found == expected
               ? NULL
               : audit_say("%u deadlines are in the queue, %u armed", found, expected);
}

// CPUs. ------------------------------------------------------------------------------------------

static const char *check_ready(const struct percpu *cpu) {
    for (unsigned i = 0; i < HELIOS_PRIORITIES; i++) {
        const struct task *last = NULL;
        for (const struct task *task = cpu->ready[i].first; task != NULL; task = task->queue.next) {
            if (task->queue.prev != last || task->priority != i) {
                return audit_say("run queue %u: task %p has priority %u", i, task, task->priority);
            }
            last = task;
        }
        bool has_some = last != NULL;
        if (has_some != ((cpu->ready_mask >> i & 1) != 0) ||
            (has_some && cpu->ready[i].last != last)) {
            return audit_say("run queue %u: its end or its bit is wrong", i);
        }
    }
    return NULL;
}

static const char *check_current(const struct percpu *cpu, const struct task *current) {
    if (cpu->ready_mask >> current->priority > 1) {
        return audit_say("task %p runs, but somebody better is ready", current);
    }
    if (cpu->vspace != current->vspace) {
        return audit_say("task %p runs in VSpace %p", current, cpu->vspace);
    }
    if (cpu->fpu_open != 0 && cpu->fpu_owner != current) {
        return audit_say("FP registers are open for task %p, they are of %p", current,
                         cpu->fpu_owner);
    }
    return NULL;
}

static const char *check_cpu(const struct audit_world *world, const struct percpu *cpu) {
    const char *problem = check_ready(cpu);
    if (problem == NULL && cpu->current != NULL) {
        problem = check_current(cpu, cpu->current);
    }
    if (problem != NULL) {
        return problem;
    }
    if (cpu->vspace != NULL && !audit_knows(world, &cpu->vspace->root.object)) {
        return audit_say("the CPU walks VSpace %p, which is gone", cpu->vspace);
    }
    const struct task *owner = cpu->fpu_owner;
    if (owner != NULL && (owner->fpu_used == 0 || owner->reply.state != OBJECT_LIVE)) {
        return audit_say("task %p owns the FP registers", owner);
    }
    if (cpu->call != NULL) {
        return "a system call is still being handled";
    }
    return audit_port(cpu);
}

const char *audit_running(const struct audit_world *world) {
    uint64_t tasks = 0;
    for (uint32_t i = 0; i < world->objects.count; i++) {
        const struct object *object = world->objects.items[i].pointer;
        // Until the first step of the reaper has taken it out of everything.
        tasks +=
            object->type == HELIOS_TYPE_TASK && audit_task_of(object)->reply.state == OBJECT_LIVE;
    }
    if (tasks != sched_task_count()) {
        return audit_say("the kernel counts %lu tasks, there are %lu", sched_task_count(), tasks);
    }
    for (uint32_t i = 0; i < world->cpu_count; i++) {
        const char *problem = check_cpu(world, world->cpus[i]);
        if (problem != NULL) {
            return problem;
        }
    }
    return check_deadlines(world);
}
