// SPDX-License-Identifier: GPL-3.0-only
//
// Long operations. A system call that may take long does it in steps of bounded length; between two
// steps the kernel takes interrupts and lets a more important task run. What has to be remembered
// stands in the task: a step function and a few words. The arguments of the system call are not
// there any more (its registers were not saved), so whatever is needed goes into the words.
//
// Objects can disappear between two steps. Keep capability addresses and look them up again, or a
// reference, or nothing that can go.
#ifndef HELIOS_KERNEL_OPERATION_H
#define HELIOS_KERNEL_OPERATION_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

struct slot_view;
struct syscall;
struct task;

enum operation_result {
    OPERATION_MORE = 0, // another step is needed
    OPERATION_DONE = 1, // the task's answer is set
    OPERATION_LEFT = 2, // the task has gone to another CPU, and goes on there, or to the reaper
    OPERATION_REAP = 3, // another one, when the reaper has taken one: that may take the task itself
    OPERATION_BLOCKED = 4, // nothing is left to do, and the task waits; if another CPU has ended
                           // that already it runs when this one has been told (kernel/ipc_wait.h)
};

#define OPERATION_WORDS 8 // as many as a struct syscall has, and one

struct operation {
    // NULL: the task is not inside a long operation.
    enum operation_result (*step)(struct task *task);
    // Called instead of the next step when the task is destroyed or its system call is cancelled:
    // gives back what the words hold. May be NULL.
    void (*abort)(struct task *task);
    bool is_running; // on this CPU, right now
    uint64_t words[OPERATION_WORDS];
};

// For a handler: begins with the steps of current->operation, which it has filled in. Returns what
// the handler returns: `current` if the operation is done, NULL if something more important became
// ready or `current` can't go on any more.
struct task *operation_start(struct task *current);

// Goes on with a task's operation (kernel/sched.c, when it picks the task). Returns true if it is
// done, false if the CPU is wanted for something else: the task is in the run queue again then,
// unless it can't go on (operation_can_go_on).
bool operation_continue(struct task *task);

// Whether a task that a long operation has worked for can be resumed: it is ready, not suspended,
// and not dying.
bool operation_can_go_on(const struct task *task);

// For a handler that has changed nothing and lacks memory while reaper_has_work(): works that
// off, then begins again with the same call. Returns what the handler returns.
struct task *operation_retry(struct task *current, const struct slot_view *slot,
                             const struct syscall *call);

// For an invocation of a task that belongs to another CPU: the invoker goes there and begins again.
// It is more important than everybody there until it has begun, so that a busy task can be
// suspended. Returns what the handler returns.
struct task *operation_elsewhere(struct task *current, const struct slot_view *slot,
                                 const struct syscall *call);

// Ends it before its time.
void operation_abort(struct task *task);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_OPERATION_H
