// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/reaper.h"

#include <stddef.h>

#include "kernel/cap.h"
#include "kernel/check.h"
#include "kernel/object_types.h"
#include "kernel/operation.h"
#include "kernel/percpu.h"
#include "kernel/task.h"

// Members of a ring that one step removes.
enum { PURGE_MEMBERS = 16 };

// What the lowest object of a stack is linked to, so that `reap_next` says whether an object is on
// one.
static struct object bottom;

void reaper_queue(struct object *object) {
    if (object->reap_next != NULL) {
        return;
    }
    struct percpu *cpu = arch_percpu();
    object->reap_next = cpu->dying != NULL ? cpu->dying : &bottom;
    cpu->dying = object;
    cpu->dying_depth++;
}

void reaper_push(struct object *object) {
    object->state = OBJECT_DYING;
    if (object->type == HELIOS_TYPE_TASK) {
        // It may be found waiting until it is taken apart, but it does not run any more.
        task_of(object)->suspended = 1;
    }
    reaper_queue(object);
}

void reaper_pop(struct object *object) {
    struct percpu *cpu = arch_percpu();
    CHECK(cpu->dying == object);
    cpu->dying = object->reap_next != &bottom ? object->reap_next : NULL;
    cpu->dying_depth--;
    object->reap_next = NULL;
}

void reaper_step(void) {
    struct object *object = arch_percpu()->dying;
    CHECK(object != NULL);
    // An empty ring is the rule; the exception is what was made from a Memory that goes.
    if (object->state == OBJECT_DYING && object_is_referenced(object) &&
        !cap_purge_step(object, PURGE_MEMBERS)) {
        return;
    }
    const struct object_type *type = &object_types[object->type];
    if (type->reap != NULL && !type->reap(object)) {
        return;
    }
    // What it pushed goes first; then it is asked once more.
    if (arch_percpu()->dying != object) {
        return;
    }
    reaper_pop(object);
    if (object->state == OBJECT_DYING) {
        memory_release_object(object);
    }
}

// Operation word: the depth to work down to.
static enum operation_result finish_step(struct task *task) {
    uint32_t depth = (uint32_t)task->operation.words[0];
    if (reaper_depth() > depth) {
        reaper_step();
    }
    return reaper_depth() > depth ? OPERATION_MORE : OPERATION_DONE;
}

struct task *reaper_finish(struct task *current, uint32_t depth) {
    if (reaper_depth() > depth) {
        reaper_step(); // most often that is all
    }
    if (reaper_depth() <= depth || current->object.state != OBJECT_LIVE) {
        return operation_can_go_on(current) ? current : NULL;
    }
    current->operation.step = finish_step;
    current->operation.abort = NULL;
    current->operation.words[0] = depth;
    return operation_start(current);
}
