// SPDX-License-Identifier: GPL-3.0-only
//
// What happens to an object when the last reference to it goes.
//
// It is pushed on this CPU's stack of dying objects and taken apart in bounded steps: a CSpace is
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

// Takes an object whose ring is empty. Marks it dying. Its lock is not held any more.
void reaper_push(struct object *object);

// Number of objects on this CPU's stack.
uint32_t reaper_depth(void);

// One bounded step on the topmost object. There is one.
void reaper_step(void);

struct task;

// For a handler whose acting is done and whose answer is set: works the stack down to `depth`, as a
// long operation if it takes more than one step. Returns what the handler returns. Nothing to do is
// the common case.
struct task *reaper_finish(struct task *current, uint32_t depth);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_REAPER_H
