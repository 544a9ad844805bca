// SPDX-License-Identifier: GPL-3.0-only
//
// The scheduler: 64 priorities, round robin within one, a run queue per CPU.
//
// The running task is in no queue. Handlers return the task that is to run next, or NULL: "whoever
// is best". One place, sched_resume, makes it so: it is the end of every kernel entry.
#ifndef HELIOS_KERNEL_SCHED_H
#define HELIOS_KERNEL_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/task.h"

#ifdef __cplusplus
extern "C" {
#endif

// Length of a time slice.
#define SCHED_SLICE_NS 5000000ull

void sched_init(struct percpu *cpu);

// Puts a READY task that does not run into its CPU's run queue, behind or before those of its
// priority. If it is more important than the CPU's current task, cpu->reschedule is set.
void sched_enqueue(struct task *task);
void sched_enqueue_first(struct task *task);
void sched_dequeue(struct task *task); // it is in the run queue

// For a handler that has made `woken` ready (it is in no queue yet) while `current` can go on: the
// one that runs now; the other goes into the run queue.
struct task *sched_prefer(struct task *current, struct task *woken);

// The priority of a task has changed, wherever it stands.
void sched_set_priority(struct task *task, uint8_t effective);

// Makes `next` current on this CPU (NULL: the best of the run queue; goes on with its long
// operation if it has one; waits for an interrupt if there is nobody) and returns its registers for
// the port to resume. The address space, FP access and the timer are right afterwards.
struct arch_task *sched_resume(struct task *next);

// Current has used up its slice or yields: behind those of its priority. Returns NULL.
struct task *sched_yield_current(void);

// Takes what interrupts are pending and deals with them, between two steps of a long operation.
// Returns whether the CPU is wanted for something else than `current`.
bool sched_poll_interrupts(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_SCHED_H
