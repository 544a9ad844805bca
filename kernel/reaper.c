// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/reaper.h"

#include <stddef.h>

#include "kernel/cap.h"
#include "kernel/check.h"
#include "kernel/latency.h"
#include "kernel/object_types.h"
#include "kernel/operation.h"
#include "kernel/smp.h"
#include "kernel/task.h"

// Members of a ring that one step removes.
enum { PURGE_MEMBERS = 12 };

enum { LIMBO_RELEASES = 8 }; // in one step

// What the lowest object of a stack is linked to, so that `reap_next` says whether an object is on
// one.
static struct object bottom;

uint32_t reaper_dying;
uint32_t reaper_limbo; // the kernel lock guards it

// Objects in limbo, linked through reap_next: those whose grace has begun, and those that have come
// since. Guarded by the kernel lock.
static struct object *waiting;
static struct object *fresh;
static struct grace grace;

void reaper_reset(void) {
    struct percpu *cpu = arch_percpu();
    cpu->dying = NULL;
    cpu->dying_count = 0;
    cpu->reaps_for = NULL;
    reaper_dying = 0;
    reaper_limbo = 0;
    waiting = NULL;
    fresh = NULL;
}

// The stacks. A stack has one taker, who holds the kernel lock, so what is on top with this below
// it stays so unless something is pushed. -----------------------------------------------------

// Whose stack this CPU pushes on: while it takes a step for another CPU, that one's.
static struct percpu *stack_owner(void) {
    struct percpu *cpu = arch_percpu();
    return cpu->reaps_for != NULL ? cpu->reaps_for : cpu;
}

// `reap_next` is not NULL from here on until the object is off the stack.
static bool claim_link(struct object *object) {
    struct object *expected = NULL;
    return __atomic_compare_exchange_n(&object->reap_next, &expected, &bottom, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

static void push(struct object *object) {
    struct percpu *cpu = stack_owner();
    __atomic_fetch_add(&reaper_dying, 1, __ATOMIC_RELAXED);
    __atomic_fetch_add(&cpu->dying_count, 1, __ATOMIC_RELAXED);
    struct object *top = __atomic_load_n(&cpu->dying, __ATOMIC_RELAXED);
    do {
        object->reap_next = top != NULL ? top : &bottom;
    } while (!__atomic_compare_exchange_n(&cpu->dying, &top, object, true, __ATOMIC_RELEASE,
                                          __ATOMIC_RELAXED));
}

bool reaper_pop(struct object *object) {
    struct percpu *cpu = stack_owner();
    struct object *top = object;
    struct object *next = object->reap_next != &bottom ? object->reap_next : NULL;
    if (!__atomic_compare_exchange_n(&cpu->dying, &top, next, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED)) {
        return false;
    }
    __atomic_store_n(&object->reap_next, NULL, __ATOMIC_RELEASE);
    __atomic_fetch_sub(&cpu->dying_count, 1, __ATOMIC_RELAXED);
    __atomic_fetch_sub(&reaper_dying, 1, __ATOMIC_RELAXED);
    return true;
}

void reaper_queue(struct object *object) {
    if (claim_link(object)) {
        push(object);
    }
}

bool reaper_claim(struct object *object) {
    if (!object_is_live(object)) {
        return false;
    }
    object_set_state(object, OBJECT_DYING);
    return claim_link(object); // it may be a Memory that is being reset
}

void reaper_add(struct object *object) {
    if (object->type == HELIOS_TYPE_TASK) {
        // It may be found waiting until it is taken apart, but it does not run any more, whoever is
        // resuming it (task_let_run).
        smp_fence();
        task_set_suspended(task_of(object), 1);
    }
    push(object);
}

void reaper_push(struct object *object) {
    lock_acquire(&object->lock);
    bool is_mine = reaper_claim(object);
    lock_release(&object->lock);
    if (is_mine) {
        reaper_add(object);
    }
}

// Taking apart. --------------------------------------------------------------------------------

// Nothing is left of the object but its memory.
static void retire(struct object *object) {
    if (smp_is_quiet()) {
        memory_release_object(object);
        return;
    }
    object->reap_next = fresh != NULL ? fresh : &bottom;
    fresh = object;
    __atomic_store_n(&reaper_limbo, reaper_limbo + 1, __ATOMIC_RELAXED);
}

static void limbo_step(void) {
    if (waiting == NULL && fresh == NULL) {
        return;
    }
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
        __atomic_store_n(&reaper_limbo, reaper_limbo - 1, __ATOMIC_RELAXED);
        memory_release_object(object);
    }
}

// The object has been taken apart, unless something has been pushed meanwhile: that goes first, and
// it is asked once more. So it is if it was a Memory that was reset, and has begun to die: who lets
// go of its last reference comes before this or after it.
static void finish(struct object *object, bool was_dying) {
    lock_acquire(&object->lock);
    bool is_dying = !object_is_live(object);
    bool is_off = is_dying == was_dying && reaper_pop(object);
    if (is_off && !is_dying) {
        memory_end_reset(object);
    }
    lock_release(&object->lock);
    if (is_off && is_dying) {
        retire(object);
    }
}

// Others may be letting go of it at the same time.
static bool is_referenced(struct object *object) {
    lock_acquire(&object->lock);
    bool has_members = object_is_referenced(object);
    lock_release(&object->lock);
    return has_members;
}

static void take_apart(struct object *object) {
    bool is_dying = __atomic_load_n(&object->state, __ATOMIC_RELAXED) == OBJECT_DYING;
    // An empty ring is the rule; the exception is what was made from a Memory that goes.
    if (is_dying && is_referenced(object) && !cap_purge_step(object, PURGE_MEMBERS)) {
        return;
    }
    const struct object_type *type = &object_types[object->type];
    LATENCY_STEP(type->reap);
    if (type->reap == NULL || type->reap(object)) {
        finish(object, is_dying);
    }
}

// A CPU on whose stack there is something, this one if possible; NULL: none.
static struct percpu *find_stack(struct percpu *self) {
    if (self->dying != NULL || self->shares_kernel == 0) {
        return self;
    }
    for (uint32_t i = 0; i < percpu_count(); i++) {
        struct percpu *cpu = percpu_get(i);
        if (__atomic_load_n(&cpu->dying, __ATOMIC_RELAXED) != NULL) {
            return cpu;
        }
    }
    return self;
}

void reaper_step(void) {
    struct percpu *self = arch_percpu();
    CHECK(self->shares_kernel == 0 || self->holds_kernel != 0);
    struct percpu *cpu = find_stack(self);
    struct object *object = __atomic_load_n(&cpu->dying, __ATOMIC_ACQUIRE);
    if (object == NULL) {
        limbo_step();
        return;
    }
    self->reaps_for = cpu;
    take_apart(object);
    self->reaps_for = NULL;
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
        smp_enter();
        reaper_step(); // most often that is all
    }
    if (reaper_depth() <= depth || !object_is_live(&current->object)) {
        return operation_can_go_on(current) ? current : NULL;
    }
    current->operation.step = finish_step;
    current->operation.abort = NULL;
    current->operation.words[0] = depth;
    return operation_start(current);
}
