// SPDX-License-Identifier: GPL-3.0-only
//
// Making objects from a Memory: how much memory each type takes, how it is zeroed, and when all of
// them are ready, how they become objects and capabilities at once.
//
// What is small and few is made within the system call. Everything else goes on as a long
// operation: the memory is taken first, all or none, then prepared, both in steps; and only then
// does anybody see it. Meanwhile it is half made: listed in the Memory, so that the Memory's death
// or reset can take it back (memory_reap does so before it walks), and given back if the operation
// is aborted.
//
// Whose it is. `memory`, `link` and `in_step` change under the Memory's lock. While a step runs it
// is the step's; between two it is the task's CPU's or the reaper's, whoever has the lock. A step
// loads `memory`, locks what it has found, and looks again: the reaper writes NULL there before the
// Memory dies, so the Memory is there to be locked until this CPU leaves the kernel. The reaper,
// finding a step under way, comes again. So does the last step, which turns what is listed into
// what this CPU is `making`, unless the Memory is purging by then.
#ifndef HELIOS_KERNEL_ALLOCATE_H
#define HELIOS_KERNEL_ALLOCATE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/memory_object.h"

#ifdef __cplusplus
extern "C" {
#endif

// What is to be made, and what of it is there. In a task's operation words, or on the stack.
struct allocation {
    struct ring_node link; // in memory->allocations, guarded by the Memory's lock
    struct memory *memory; // atomic; NULL: it was destroyed or reset meanwhile
    struct object *made;   // list of what is taken, by reap_next
    struct object *next;   // first one that is not prepared
    uint32_t units;        // that there are to prepare in one of them
    uint32_t progress;     // how many are, of `next`
    uint8_t taken;         // length of the list
    uint8_t type;          // enum helios_type
    uint8_t size;          // as in Memory.allocate
    uint8_t count;
    bool gives_back; // all that is taken, in steps
    bool in_step;    // it is being worked on
} __attribute__((may_alias));

struct task *allocate_invoke(struct task *current, const struct slot_view *slot,
                             const struct syscall *call);

// Takes back the first half-made allocation of a Memory whose lock is held, or a part of it, unless
// a step is under way. Its task finds that out at its next step.
void allocate_take_back(struct memory *memory);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_ALLOCATE_H
