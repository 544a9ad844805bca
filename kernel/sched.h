// SPDX-License-Identifier: GPL-3.0-only
//
// The scheduler: 64 priorities, round robin within one, a run queue per CPU.
//
// The running task is in no queue. Handlers return the task that is to run next, or NULL: "whoever
// is best". One place, sched_resume, makes it so: it is the end of every kernel entry.
//
// Slices. A task that has others of its priority waiting runs for SCHED_SLICE_NS at most, then it
// goes behind them; one that is alone with its priority has no slice, and no timer runs for it. A
// slice belongs to whoever was taken from the run queue, and goes on when a call, or its answer,
// switches straight to another task: so a server works on its client's slice, and if the slice ends
// there, the client makes way as soon as it is back. A task that is preempted by a more important
// one stays first of its priority and keeps what is left of its slice.
//
// A task has a set of CPUs on which it may run (its affinity) and belongs to one of them
// (kernel/smp.h). One that becomes ready while its CPU has something better to do goes to an idle
// CPU; an idle CPU asks busy ones for what is in their queues. A task inside a long operation
// stays.
//
// CPU time is accounted at every switch, by one reading of the counter: it is taken off the task
// that begins and added to the one that stops, so nothing has to be remembered.
#ifndef HELIOS_KERNEL_SCHED_H
#define HELIOS_KERNEL_SCHED_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/check.h"
#include "kernel/fpu.h"
#include "kernel/latency.h"
#include "kernel/task.h"
#include "kernel/vspace.h"

#ifdef __cplusplus
extern "C" {
#endif

// Length of a time slice.
#define SCHED_SLICE_NS 5000000ull

// The boot CPU, before the others start. After deadline_init.
void sched_init(struct percpu *cpu);

// Tasks that there are, of all CPUs; one more or one less.
uint64_t sched_task_count(void);
void sched_count_task(int change);

// Puts a READY task that is in no queue into its CPU's run queue, behind or before those of its
// priority. sched_enqueue_first is for the current task, when it has to make way for a more
// important one: if its slice is over, it goes behind all the same.
void sched_enqueue(struct task *task);
void sched_enqueue_first(struct task *task);
void sched_dequeue(struct task *task); // it is in the run queue

// For a handler that has made `woken` ready (it is in no queue yet) while `current` can go on: the
// one that runs now; the other goes into the run queue. If `woken` is suspended nothing happens.
struct task *sched_prefer(struct task *current, struct task *woken);

// The priority of a task has changed, wherever it stands.
void sched_set_priority(struct task *task, uint8_t effective);

// Takes what interrupts are pending and deals with them, between two steps of a long operation.
// Returns whether the CPU is wanted for something else than `current`.
bool sched_poll_interrupts(void);

// Whether the CPU is wanted for something else than `current`.
bool sched_is_wanted(struct percpu *cpu);

// The timer's interrupt has come at `now`.
void sched_timer(struct percpu *cpu, uint64_t now);

// The task is going to be destroyed: its CPU gives it up. If it is the current one nobody is
// current until the kernel's exit. False: it belongs to another CPU, which has been asked.
bool sched_release(struct task *task);

// What has been asked of a task of this CPU (enum task_request, kernel/smp.h).
void sched_serve(struct task *task, unsigned requests);

// The task, which is in no queue, goes to another CPU and competes there as soon as it is ready. If
// it is the current one nobody is current until the kernel's exit.
void sched_move(struct task *task, uint32_t cpu);

// The affinity of a task of this CPU has changed.
void sched_check_affinity(struct task *task);

// Sends one of the queued tasks to another CPU, if one may go.
void sched_give_away(struct percpu *cpu, uint32_t to);

// CPU time up to now, in counter ticks.
uint64_t sched_cpu_time(const struct task *task);

// Length of a time slice in counter ticks.
extern uint64_t sched_slice_ticks;

// A slice has begun that ends before the timer does.
void sched_program_timer(struct percpu *cpu);

// sched_resume's long way.
struct arch_task *sched_choose(struct percpu *cpu, struct task *next);

// Whether the task belongs to another CPU than this one. If not, what its last owner did to it is
// seen here.
static inline bool sched_is_foreign(const struct task *task) {
    return __atomic_load_n(&task->cpu, __ATOMIC_ACQUIRE) != arch_percpu()->index;
}

// Whether a task of this CPU need not go to another one.
static inline bool sched_may_stay(const struct task *task) {
    return (task->affinity >> arch_percpu()->index & 1) != 0;
}

// Whether the task may be switched to here: it belongs to this CPU, and may stay.
static inline bool sched_is_here(const struct task *task) {
    return !sched_is_foreign(task) && sched_may_stay(task);
}

static inline bool sched_is_current(const struct task *task) {
    return arch_percpu()->current == task;
}

// Which priorities have ready tasks. Other CPUs take a look (smp_beg).
static inline void sched_set_ready(struct percpu *cpu, uint64_t mask) {
    __atomic_store_n(&cpu->ready_mask, mask, __ATOMIC_RELAXED);
}

// Run queues. The first one of its priority, of whom there is none.
static inline void sched_append_first(struct percpu *cpu, struct task *task, unsigned priority) {
    CHECK(cpu->ready[priority].last == NULL && task->priority == priority);
    task->queue = (struct task_link){.next = NULL, .prev = NULL};
    cpu->ready[priority].first = task;
    cpu->ready[priority].last = task;
    sched_set_ready(cpu, cpu->ready_mask | 1ull << priority);
    task->queued = 1;
}

// Behind all of its priority.
static inline void sched_append(struct percpu *cpu, struct task *task) {
    const unsigned priority = task->priority;
    struct task *last = cpu->ready[priority].last;
    if (last == NULL) {
        sched_append_first(cpu, task, priority);
        return;
    }
    task->queue = (struct task_link){.next = NULL, .prev = last};
    last->queue.next = task;
    cpu->ready[priority].last = task;
    task->queued = 1;
}

// The first of the best, which there is.
static inline struct task *sched_best(const struct percpu *cpu) {
    return cpu->ready[63u - (unsigned)__builtin_clzll(cpu->ready_mask)].first;
}

// The only one of its priority is taken; a slice, if one ran, was somebody else's.
static inline void sched_take_last(struct percpu *cpu, struct task *last, unsigned priority) {
    CHECK(last->priority == priority && last->queue.next == NULL && last->queue.prev == NULL);
    cpu->ready[priority].first = NULL;
    cpu->ready[priority].last = NULL;
    sched_set_ready(cpu, cpu->ready_mask & ~(1ull << priority));
    last->queued = 0;
    cpu->slice_end = 0;
    cpu->slice_over = 0;
}

static inline void sched_take(struct percpu *cpu, struct task *first) {
    const unsigned priority = first->priority;
    struct task *next = first->queue.next;
    if (next == NULL) {
        sched_take_last(cpu, first, priority);
        return;
    }
    cpu->ready[priority].first = next;
    next->queue.prev = NULL;
    first->queued = 0;
    cpu->slice_end = 0;
    cpu->slice_over = 0;
}

// Others of its priority wait for the end of current's slice, which begins if it has not yet. While
// a slice runs the timer is set for its end or earlier; most often it still is, for one that was
// given up. Returns whether that is left to do.
static inline bool sched_begin_slice(struct percpu *cpu, const struct task *current) {
    if (cpu->slice_end != 0) {
        return false;
    }
    uint64_t left = current->slice_left;
    cpu->slice_end = arch_counter() + (left != 0 ? left : sched_slice_ticks);
    return cpu->timer_set_for - 1 >= cpu->slice_end; // also if it is stopped
}

// Perhaps there are others of its priority.
static inline void sched_share(struct percpu *cpu, const struct task *current) {
    if (cpu->ready_mask >> current->priority == 1 && sched_begin_slice(cpu, current)) {
        sched_program_timer(cpu);
    }
}

// Current yields: behind those of its priority. Returns whom sched_resume is to be given.
static inline struct task *sched_yield_current(void) {
    struct percpu *cpu = arch_percpu();
    struct task *current = cpu->current;
    if (cpu->ready_mask >> current->priority == 0) {
        return current;
    }
    sched_enqueue(current);
    return NULL;
}

// From the current task, which there is, to another one: what the CPU keeps across entry and exit.
static inline void sched_switch(struct percpu *cpu, struct task *next) {
    struct task *from = cpu->current;
    uint64_t now = arch_counter();
    from->cpu_time += now;
    next->cpu_time -= now;
    cpu->current = next;
    arch_task_switch(&from->arch, &next->arch);
    fpu_switch(cpu, next);
}

// The same while nothing wants attention.
static inline void sched_switch_plain(struct percpu *cpu, struct task *from, struct task *next) {
    CHECK(cpu->attention == 0 && cpu->current == from);
    arch_task_switch_plain(&from->arch, &next->arch, &from->cpu_time, &next->cpu_time);
    cpu->current = next;
    vspace_activate(cpu, next->vspace);
}

// Whether `next` can't simply go on: better ones are ready, or others of its priority and no slice
// runs that they could wait for, or something else has to be looked at.
static inline bool sched_must_choose(const struct percpu *cpu, const struct task *next) {
    uint64_t others = cpu->ready_mask >> next->priority;
    return cpu->reschedule != 0 ||
           (others != 0 && (others > 1 || cpu->slice_end == 0 || cpu->slice_over != 0));
}

// sched_resume for `next` that is not the current task and need not be chosen.
static inline struct arch_task *sched_go_to(struct percpu *cpu, struct task *next) {
    CHECK(cpu->reschedule == 0);
    // A task that another CPU has begun to destroy is suspended: its mail tells it soon.
    CHECK(task_state(next) == HELIOS_TASK_READY && next->queued == 0);
    CHECK(cpu->current != NULL && cpu->current != next);
    if (__builtin_expect(cpu->attention == 0, 1)) {
        sched_switch_plain(cpu, cpu->current, next);
        return &next->arch;
    }
    sched_switch(cpu, next);
    vspace_activate(cpu, next->vspace);
    return &next->arch;
}

// Makes `next` current on this CPU (NULL: the best of the run queue; goes on with its long
// operation if it has one; waits for an interrupt if there is nobody) and returns its registers for
// the port to resume. The address space, FP access and the timer are right afterwards.
static inline struct arch_task *sched_resume(struct task *next) {
    struct percpu *cpu = arch_percpu();
    struct arch_task *resumed;
    if (next == NULL || sched_must_choose(cpu, next)) {
        resumed = sched_choose(cpu, next);
    } else if (next != cpu->current) {
        resumed = sched_go_to(cpu, next);
    } else {
        vspace_activate(cpu, next->vspace);
        resumed = &next->arch;
    }
    latency_end();
    return resumed;
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_SCHED_H
