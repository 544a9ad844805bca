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
// Several CPUs. Objects are pushed without a lock, by the stack's CPU or by who takes a step for
// it. Steps are taken by who holds the token of the stack's CPU, which goes with the stack and with
// what has come from it into limbo: the CPU itself, or another one that needs the memory or has
// nothing to do. The token is tried and never waited for, and held for one step. In it any lock may
// be taken, what others have claimed be waited for, and translations be flushed.
//
// Why everything that is dying gets taken apart. Whoever finds that a stack's token is taken need
// not care: its holder takes a step. What is on top and can't get on waits for another CPU to leave
// the kernel, or to look at its mail: it has taken a slot of the CSpace, is making something of the
// Memory, flushes a translation, or has the task. All these come to an end by themselves, and no
// CPU waits for a stack inside of the kernel without looking at its mail. It never waits for what
// is on another stack: a Memory that has pushed all that it could, and lacks what is dying
// elsewhere, is off the stacks, until whoever brings the last of that home pushes it on his own;
// that is above nothing that waits for it. So some stack can always get on, and whoever has nothing
// on his own, or finds its token taken, helps with the next one that has something.
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

// The same for a Memory that is being reset, or goes on dying; its struct memory is locked, so that
// nobody takes it off a stack for good meanwhile (memory_reap). False: it is on one.
bool reaper_claim_again(struct object *object);

// Takes the object that a step is about off the stack without its being done. For memory_reap.
// False: something has been pushed on top of it.
bool reaper_pop(struct object *object);

extern uint32_t reaper_dying; // atomic: objects on all stacks, and those that come from there
extern uint32_t reaper_limbo; // atomic: taken apart, but another CPU may still look at them

// Number of objects on this CPU's stack.
static inline uint32_t reaper_depth(void) {
    return __atomic_load_n(&arch_percpu()->dying_count, __ATOMIC_RELAXED);
}

// Whether something that came on this CPU's stack above `depth` has not gone: it is there, or in
// the hands of another CPU, which is taking a step.
static inline bool reaper_is_above(uint32_t depth) {
    const struct percpu *cpu = arch_percpu();
    return __atomic_load_n(&cpu->dying_count, __ATOMIC_ACQUIRE) > depth ||
           __atomic_load_n(&cpu->reaping, __ATOMIC_ACQUIRE) != 0;
}

// Whether memory will come back if reaper_step is called often enough. What goes from a stack to
// limbo is counted there before it is not here any more, and memory is given back before it is not
// counted: false means that it has come.
static inline bool reaper_has_work(void) {
    return __atomic_load_n(&reaper_dying, __ATOMIC_ACQUIRE) != 0 ||
           __atomic_load_n(&reaper_limbo, __ATOMIC_ACQUIRE) != 0;
}

// One bounded step on the topmost object, of another CPU's stack if this one's is empty or in
// another CPU's hands, or in limbo if there is none at all. First its ring is emptied, then its
// type's `reap` is asked until it answers true (and may be asked again after that, if it has pushed
// something), then its memory is given back: at once if no other CPU can be looking at it, else it
// waits in limbo until every CPU has passed by. Nothing may happen, if another CPU has to do
// something first. Who calls this keeps no pointer to an object across it, as for a CPU that
// passes, but for tasks of its own CPU.
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
