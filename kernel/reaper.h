// SPDX-License-Identifier: GPL-3.0-only
//
// What happens to an object when the last reference to it goes.
//
// It is pushed on the stack of dying objects and taken apart in bounded steps: a CSpace is
// emptied slot by slot, an address space unmapped, Memory's children purged; what loses its last
// reference on the way is pushed on top, so there is no recursion. When nothing is left of an
// object, its memory goes back to its Memory.
//
// The system call that caused it goes on (as a long operation, kernel/operation.h) until the stack
// is as low as it was before, so destroying is complete when it returns. If the task that began it
// is killed meanwhile, whoever comes next works off what it left: another destroy that finishes
// only at a lower depth, an allocation that would fail otherwise, or the idle CPU.
#ifndef HELIOS_KERNEL_REAPER_H
#define HELIOS_KERNEL_REAPER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/object.h"

#ifdef __cplusplus
extern "C" {
#endif

// Takes an object whose ring is empty, or is to be emptied (what was made from a Memory that is
// destroyed). Marks it dying. Its lock is not held any more. Nothing happens to one that is on a
// stack already.
void reaper_push(struct object *object);

// The same without the mark: a Memory that is being reset, or goes on dying.
void reaper_queue(struct object *object);

// Takes the topmost object off the stack without its being done. For memory_reap.
void reaper_pop(struct object *object);

// The kernel lock guards it, as everything here.
struct reaper {
    struct object *top; // NULL: empty
    uint32_t depth;     // number of objects on the stack
    uint32_t limbo;     // taken apart, but another CPU may still look at them
};
extern struct reaper reaper;

static inline uint32_t reaper_depth(void) {
    return __atomic_load_n(&reaper.depth, __ATOMIC_RELAXED);
}

// Whether memory will come back if reaper_step is called often enough.
static inline bool reaper_has_work(void) {
    return reaper_depth() > 0 || __atomic_load_n(&reaper.limbo, __ATOMIC_RELAXED) > 0;
}

// One bounded step on the topmost object, or in limbo if there is none. First its ring is emptied,
// then its type's `reap` is asked until it answers true (and may be asked again after that, if it
// has pushed something), then its memory is given back: at once if no other CPU can be looking at
// it, else it waits in limbo until every CPU has passed by. Nothing may happen, if another CPU has
// to do something first.
void reaper_step(void);

// Boot: forgets everything.
void reaper_reset(void);

struct task;

// For a handler whose acting is done and whose answer is set: works the stack down to `depth`, as a
// long operation. Returns what the handler returns: NULL if `current` can't go on, because it has
// lost its address space or is dying itself. Nothing to do is the common case.
struct task *reaper_finish(struct task *current, uint32_t depth);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_REAPER_H
