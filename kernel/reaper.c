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
uint32_t reaper_limbo;

void reaper_reset(void) {
    struct percpu *cpu = arch_percpu();
    cpu->dying = NULL;
    cpu->dying_count = 0;
    cpu->reaps_for = NULL;
    cpu->reaping = 0;
    cpu->limbo.waiting = NULL;
    cpu->limbo.fresh = NULL;
    reaper_dying = 0;
    reaper_limbo = 0;
}

// The stacks. A stack has one taker, who holds its token, so what is on top with this below it
// stays so unless something is pushed. --------------------------------------------------------

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
        __atomic_store_n(&object->reap_next, top != NULL ? top : &bottom, __ATOMIC_RELAXED);
    } while (!__atomic_compare_exchange_n(&cpu->dying, &top, object, true, __ATOMIC_RELEASE,
                                          __ATOMIC_RELAXED));
}

// It is counted as dying until its memory has been given back, or is counted as in limbo.
static bool take_off(struct object *object) {
    struct percpu *cpu = stack_owner();
    struct object *top = object;
    struct object *next = object->reap_next != &bottom ? object->reap_next : NULL;
    if (!__atomic_compare_exchange_n(&cpu->dying, &top, next, false, __ATOMIC_RELAXED,
                                     __ATOMIC_RELAXED)) {
        return false;
    }
    __atomic_store_n(&object->reap_next, NULL, __ATOMIC_RELEASE);
    __atomic_fetch_sub(&cpu->dying_count, 1, __ATOMIC_RELEASE); // see reaper_is_above
    return true;
}

static void count_off(uint32_t *count) {
    __atomic_fetch_sub(count, 1, __ATOMIC_RELEASE); // see reaper_has_work
}

bool reaper_pop(struct object *object) {
    bool is_off = take_off(object);
    if (is_off) {
        count_off(&reaper_dying);
    }
    return is_off;
}

bool reaper_claim_again(struct object *object) {
    return claim_link(object);
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
    struct percpu *cpu = stack_owner();
    if (smp_is_quiet()) {
        memory_release_object(object);
        return;
    }
    struct object *next = cpu->limbo.fresh;
    __atomic_store_n(&object->reap_next, next != NULL ? next : &bottom, __ATOMIC_RELAXED);
    cpu->limbo.fresh = object;
    __atomic_fetch_add(&reaper_limbo, 1, __ATOMIC_RELAXED);
}

// True: a grace has begun, or something has come out.
static bool limbo_step(struct percpu *cpu) {
    struct object *object = cpu->limbo.waiting;
    bool begins = object == NULL && cpu->limbo.fresh != NULL;
    if (begins) {
        object = cpu->limbo.fresh;
        cpu->limbo.waiting = object;
        cpu->limbo.fresh = NULL;
        smp_grace_begin(&cpu->limbo.grace);
    }
    if (object == NULL || !smp_grace_is_over(&cpu->limbo.grace)) {
        return begins;
    }
    for (unsigned i = 0; i < LIMBO_RELEASES && object != NULL; i++) {
        struct object *next = object->reap_next != &bottom ? object->reap_next : NULL;
        cpu->limbo.waiting = next;
        __atomic_store_n(&object->reap_next, NULL, __ATOMIC_RELAXED);
        memory_release_object(object);
        count_off(&reaper_limbo);
        object = next;
    }
    return true;
}

// The object has been taken apart, unless something has been pushed meanwhile: that goes first, and
// it is asked once more. So it is if it was a Memory that was reset, and has begun to die: who lets
// go of its last reference comes before this or after it.
static void finish(struct object *object, bool was_dying) {
    lock_acquire(&object->lock);
    bool is_dying = !object_is_live(object);
    bool is_off = is_dying == was_dying && take_off(object);
    if (is_off && !is_dying) {
        memory_end_reset(object);
    }
    lock_release(&object->lock);
    if (is_off && is_dying) {
        retire(object);
    }
    if (is_off) {
        count_off(&reaper_dying);
    }
}

// Others may be letting go of it at the same time.
static bool is_referenced(struct object *object) {
    lock_acquire(&object->lock);
    bool has_members = object_is_referenced(object);
    lock_release(&object->lock);
    return has_members;
}

// The topmost object of a stack. False: there is none.
static bool take_apart(struct percpu *cpu) {
    struct object *object = __atomic_load_n(&cpu->dying, __ATOMIC_ACQUIRE);
    if (object == NULL) {
        return false;
    }
    bool is_dying = __atomic_load_n(&object->state, __ATOMIC_RELAXED) == OBJECT_DYING;
    // An empty ring is the rule; the exception is what was made from a Memory that goes.
    if (is_dying && is_referenced(object) && !cap_purge_step(object, PURGE_MEMBERS)) {
        return true;
    }
    const struct object_type *type = &object_types[object->type];
    LATENCY_STEP(type->reap);
    if (type->reap == NULL || type->reap(object)) {
        finish(object, is_dying);
    }
    return true;
}

// With the token of a CPU, unless somebody else has it. False: nothing has been done.
static bool step_for(struct percpu *cpu, bool (*step)(struct percpu *cpu)) {
    struct percpu *self = arch_percpu();
    uint8_t nobody = 0;
    if (!__atomic_compare_exchange_n(&cpu->reaping, &nobody, 1, false, __ATOMIC_ACQUIRE,
                                     __ATOMIC_RELAXED)) {
        return false;
    }
    self->reaps_for = cpu;
    bool has_done = step(cpu);
    self->reaps_for = NULL;
    __atomic_store_n(&cpu->reaping, 0, __ATOMIC_RELEASE);
    return has_done;
}

// The next CPU, this one first, whose stack or limbo can get on.
static bool step_for_any(bool (*step)(struct percpu *cpu), bool is_stack) {
    struct percpu *self = arch_percpu();
    struct percpu *cpu = self;
    do {
        bool may_have = !is_stack || __atomic_load_n(&cpu->dying, __ATOMIC_RELAXED) != NULL;
        if (may_have && step_for(cpu, step)) {
            return true;
        }
        if (self->shares_kernel != 0) {
            cpu = percpu_get(cpu->index + 1 < percpu_count() ? cpu->index + 1 : 0);
        }
    } while (cpu != self);
    return false;
}

void reaper_step(void) {
    bool has_limbo = __atomic_load_n(&reaper_limbo, __ATOMIC_RELAXED) != 0;
    if (!step_for_any(take_apart, true) && !(has_limbo && step_for_any(limbo_step, false))) {
        arch_relax(); // others are at it
    }
}

// Operation word: the depth to work down to.
static enum operation_result finish_step(struct task *task) {
    return reaper_is_above((uint32_t)task->operation.words[0]) ? OPERATION_REAP : OPERATION_DONE;
}

struct task *reaper_finish(struct task *current, uint32_t depth) {
    if (reaper_depth() > depth) {
        reaper_step(); // most often that is all
    }
    if (!reaper_is_above(depth) || !object_is_live(&current->object)) {
        return operation_can_go_on(current) ? current : NULL;
    }
    current->operation.step = finish_step;
    current->operation.abort = NULL;
    current->operation.words[0] = depth;
    return operation_start(current);
}
