// SPDX-License-Identifier: GPL-3.0-only
//
// What happens to an object when the last reference to it goes.
//
// It is pushed on its CPU's stack of dying objects and taken apart in bounded steps: a CSpace is
// emptied slot by slot, an address space unmapped, Memory's children purged; what loses its last
// reference on the way is pushed on top, so there is no recursion. When nothing is left of an
// object, its memory goes back to its Memory.
//
// The system call that caused it goes on (as a long operation, kernel/operation.h) until the stack
// is as low as it was before, so destroying is complete when it returns. If the task that began it
// is killed meanwhile, whoever comes next works off what it left: another destroy that finishes
// only at a lower depth, an allocation that would fail otherwise, or an idle CPU.
//
// Objects are pushed without a lock, steps are taken under the kernel lock: by the stack's CPU, or
// by another one that needs the memory or has nothing to do.
#ifndef HELIOS_KERNEL_REAPER_H
#define HELIOS_KERNEL_REAPER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/object.h"

#ifdef __cplusplus
extern "C" {
#endif

// An object whose ring is empty, or is to be emptied (what was made from a Memory that is
// destroyed), begins to die; its lock is held. True: whoever called gives it to the reaper
// (reaper_add) once he holds no lock any more. False: somebody else does that.
bool reaper_claim(struct object *object);
void reaper_add(struct object *object);

// Both, for who does not hold the lock.
void reaper_push(struct object *object);

// A Memory that is being reset, or goes on dying. Nothing happens to one that is on a stack.
void reaper_queue(struct object *object);

// Takes the object that a step is about off the stack without its being done. For memory_reap.
// False: something has been pushed on top of it.
bool reaper_pop(struct object *object);

extern uint32_t reaper_dying; // objects on all stacks
extern uint32_t reaper_limbo; // taken apart, but another CPU may still look at them

// Number of objects on this CPU's stack.
static inline uint32_t reaper_depth(void) {
    return __atomic_load_n(&arch_percpu()->dying_count, __ATOMIC_RELAXED);
}

// Whether memory will come back if reaper_step is called often enough.
static inline bool reaper_has_work(void) {
    return (__atomic_load_n(&reaper_dying, __ATOMIC_RELAXED) |
            __atomic_load_n(&reaper_limbo, __ATOMIC_RELAXED)) != 0;
}

// One bounded step on the topmost object, of another CPU's stack if this one's is empty, or in
// limbo if there is none at all. First its ring is emptied, then its type's `reap` is asked until
// it answers true (and may be asked again after that, if it has pushed something), then its memory
// is given back: at once if no other CPU can be looking at it, else it waits in limbo until every
// CPU has passed by. Nothing may happen, if another CPU has to do something first.
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
