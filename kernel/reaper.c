// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/reaper.h"

#include <stddef.h>

#include "kernel/cap.h"
#include "kernel/check.h"
#include "kernel/object_types.h"
#include "kernel/operation.h"
#include "kernel/smp.h"
#include "kernel/task.h"

// Members of a ring that one step removes.
enum { PURGE_MEMBERS = 16 };

enum { LIMBO_RELEASES = 8 }; // in one step

// What the lowest object of a stack is linked to, so that `reap_next` says whether an object is on
// one.
static struct object bottom;

struct reaper reaper;

// Objects in limbo, linked through reap_next: those whose grace has begun, and those that have come
// since.
static struct object *waiting;
static struct object *fresh;
static struct grace grace;

void reaper_reset(void) {
    reaper = (struct reaper){.top = NULL};
    waiting = NULL;
    fresh = NULL;
}

void reaper_queue(struct object *object) {
    if (object->reap_next != NULL) {
        return;
    }
    object->reap_next = reaper.top != NULL ? reaper.top : &bottom;
    reaper.top = object;
    reaper.depth++;
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
    CHECK(reaper.top == object);
    reaper.top = object->reap_next != &bottom ? object->reap_next : NULL;
    reaper.depth--;
    object->reap_next = NULL;
}

// Nothing is left of the object but its memory.
static void retire(struct object *object) {
    if (smp_is_quiet()) {
        memory_release_object(object);
        return;
    }
    object->reap_next = fresh != NULL ? fresh : &bottom;
    fresh = object;
    reaper.limbo++;
}

static void limbo_step(void) {
    if (waiting == NULL) {
        waiting = fresh;
        fresh = NULL;
        smp_grace_begin(&grace);
    }
    if (!smp_grace_is_over(&grace)) {
        return;
    }
    for (unsigned i = 0; i < LIMBO_RELEASES && waiting != NULL; i++) {
        struct object *object = waiting;
        waiting = object->reap_next != &bottom ? object->reap_next : NULL;
        object->reap_next = NULL;
        reaper.limbo--;
        memory_release_object(object);
    }
}

void reaper_step(void) {
    struct object *object = reaper.top;
    if (object == NULL) {
        if (reaper.limbo > 0) {
            limbo_step();
        }
        return;
    }
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
    if (reaper.top != object) {
        return;
    }
    reaper_pop(object);
    if (object->state == OBJECT_DYING) {
        retire(object);
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
