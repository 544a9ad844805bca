// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/sched.h"

#include "arch/include/interrupt.h"
#include "arch/include/power.h"
#include "kernel/console.h"
#include "kernel/deadline.h"
#include "kernel/ipc.h"
#include "kernel/operation.h"
#include "kernel/power.h"
#include "kernel/reaper.h"
#include "kernel/smp.h"

uint64_t sched_slice_ticks = SCHED_SLICE_NS;

static uint64_t task_count; // atomic

// A task has run on some CPU: that there is none is not because the kernel is just starting.
static bool was_started; // atomic

// Which CPU takes dead objects apart because it has nothing else to do (its index + 1; 0: none).
// Not all idle ones do: they would wait for each other, and who has work to do for all of them.
static uint32_t idle_reaper; // atomic

void sched_init(struct percpu *cpu) {
    sched_slice_ticks = deadline_to_counter(SCHED_SLICE_NS);
    task_count = 0;
    was_started = false;
    idle_reaper = 0;
    cpu->reschedule = 1; // nobody is current yet
}

uint64_t sched_task_count(void) {
    return __atomic_load_n(&task_count, __ATOMIC_RELAXED);
}

void sched_count_task(int change) {
    __atomic_fetch_add(&task_count, (uint64_t)(int64_t)change, __ATOMIC_RELAXED);
}

// Run queues. ----------------------------------------------------------------------------------

static struct percpu *cpu_of(const struct task *task) {
    struct percpu *cpu = arch_percpu();
    CHECK(task->cpu == cpu->index);
    (void)task;
    return cpu;
}

// A task that begins to die is suspended, wherever it stands. That it is READY may be another CPU's
// doing, of a moment ago: its result is seen with it.
static inline bool may_run(const struct task *task) {
    return task_state(task) == HELIOS_TASK_READY && !task_is_suspended(task);
}

// Whether this CPU has something else to do than to run this task.
static bool is_busy(const struct percpu *cpu, const struct task *task) {
    return cpu->current != NULL && (cpu->current == task || may_run(cpu->current));
}

// Sends a ready task to a CPU where it may run or, if this one is busy, where nobody else does.
// False: it stays.
static bool place_elsewhere(struct percpu *cpu, struct task *task) {
    uint64_t allowed = task->affinity & smp_online();
    uint64_t idle = allowed & smp_idle();
    bool must_go = (allowed >> cpu->index & 1) == 0;
    if (task->operation.step != NULL || allowed == 0 ||
        (!must_go && (idle == 0 || !is_busy(cpu, task)))) {
        return false;
    }
    sched_move(task, (uint32_t)__builtin_ctzll(idle != 0 ? idle : allowed));
    return true;
}

void sched_enqueue(struct task *task) {
    struct percpu *cpu = cpu_of(task);
    CHECK(task->queued == 0);
    if (!may_run(task)) {
        return;
    }
    if (cpu->shares_kernel != 0 && place_elsewhere(cpu, task)) {
        return;
    }
    sched_append(cpu, task);
}

static void insert_first(struct percpu *cpu, struct task *task) {
    struct task *first = cpu->ready[task->priority].first;
    task->queue = (struct task_link){.next = first, .prev = NULL};
    if (first != NULL) {
        first->queue.prev = task;
    } else {
        cpu->ready[task->priority].last = task;
        sched_set_ready(cpu, cpu->ready_mask | 1ull << task->priority);
    }
    cpu->ready[task->priority].first = task;
    task->queued = 1;
}

void sched_enqueue_first(struct task *task) {
    struct percpu *cpu = cpu_of(task);
    CHECK(task->queued == 0);
    uint64_t left = 0;
    bool is_over = cpu->slice_over != 0;
    if (!is_over && cpu->slice_end != 0) {
        uint64_t now = arch_counter();
        is_over = cpu->slice_end <= now;
        left = cpu->slice_end - now;
    }
    if (is_over || !may_run(task)) {
        sched_enqueue(task);
    } else {
        task->slice_left = left;
        insert_first(cpu, task);
    }
}

void sched_dequeue(struct task *task) {
    struct percpu *cpu = cpu_of(task);
    CHECK(task->queued != 0);
    struct task *next = task->queue.next;
    struct task *prev = task->queue.prev;
    if (next != NULL) {
        next->queue.prev = prev;
    } else {
        cpu->ready[task->priority].last = prev;
    }
    if (prev != NULL) {
        prev->queue.next = next;
    } else {
        cpu->ready[task->priority].first = next;
    }
    if (next == NULL && prev == NULL) {
        sched_set_ready(cpu, cpu->ready_mask & ~(1ull << task->priority));
    }
    task->queue = (struct task_link){.next = NULL, .prev = NULL};
    task->queued = 0;
}

static void forget_slice(struct percpu *cpu) {
    cpu->slice_end = 0;
    cpu->slice_over = 0;
}

void sched_set_priority(struct task *task, uint8_t effective) {
    bool was_queued = task->queued != 0;
    if (was_queued) {
        sched_dequeue(task);
    }
    __atomic_store_n(&task->priority, effective, __ATOMIC_RELAXED);
    if (was_queued) {
        sched_enqueue(task);
    }
}

// Slices. --------------------------------------------------------------------------------------

// Current has others of its priority waiting for the end of its slice, which begins if it has none.
static bool has_equals(const struct percpu *cpu, const struct task *current) {
    return cpu->ready_mask >> current->priority == 1;
}

static bool has_better(const struct percpu *cpu, const struct task *current) {
    return cpu->ready_mask >> current->priority > 1;
}

void sched_program_timer(struct percpu *cpu) {
    deadline_program_timer(cpu->slice_over != 0 ? 0 : cpu->slice_end);
}

void sched_timer(struct percpu *cpu, uint64_t now) {
    cpu->timer_set_for = 0;
    if (cpu->slice_end != 0 && cpu->slice_end <= now) {
        cpu->slice_over = 1;
    }
    sched_program_timer(cpu);
    cpu->reschedule = 1;
}

struct task *sched_prefer(struct task *current, struct task *woken) {
    struct percpu *cpu = arch_percpu();
    if (woken->priority > current->priority && may_run(woken)) {
        sched_enqueue_first(current);
        forget_slice(cpu);
        return woken;
    }
    sched_enqueue(woken);
    sched_share(cpu, current);
    return current;
}

void sched_give_away(struct percpu *cpu, uint32_t to) {
    enum { LOOKS = 16 };
    unsigned looks = 0;
    for (uint64_t left = cpu->ready_mask; left != 0 && looks < LOOKS;) {
        unsigned priority = 63u - (unsigned)__builtin_clzll(left);
        left &= ~(1ull << priority);
        struct task *task = cpu->ready[priority].first;
        for (; task != NULL && looks < LOOKS; task = task->queue.next) {
            looks++;
            if ((task->affinity >> to & 1) != 0 && task->operation.step == NULL) {
                sched_dequeue(task);
                sched_move(task, to);
                return;
            }
        }
    }
}

void sched_check_affinity(struct task *task) {
    struct percpu *cpu = cpu_of(task);
    if ((task->affinity >> cpu->index & 1) != 0) {
        return;
    }
    if (task_is_blocked(task)) {
        // It is looked at when it wakes; others may be reading the state word.
        __atomic_fetch_or(&task->message_flags, MESSAGE_MOVES, __ATOMIC_RELAXED);
    } else if (task->queued != 0) {
        sched_dequeue(task);
        sched_enqueue(task);
    } else if (cpu->current == task) {
        cpu->reschedule = 1;
    }
}

bool sched_is_wanted(struct percpu *cpu) {
    struct task *current = cpu->current;
    if (current == NULL || !may_run(current) || has_better(cpu, current)) {
        return true;
    }
    if (!has_equals(cpu, current)) {
        return false;
    }
    sched_share(cpu, current);
    return cpu->slice_over != 0;
}

// Who runs. ------------------------------------------------------------------------------------

uint64_t sched_cpu_time(const struct task *task) {
    return task->cpu_time + (sched_is_current(task) ? arch_counter() : 0);
}

// Everything but what user mode needs: address space and FP registers.
static void make_current(struct percpu *cpu, struct task *next) {
    if (cpu->current == next) {
        return;
    }
    uint64_t now = arch_counter();
    struct task *from = cpu->loaded;
    if (cpu->current != NULL) {
        from = cpu->current;
        from->cpu_time += now;
    }
    next->cpu_time -= now;
    if (from != next) {
        arch_task_switch(from != NULL ? &from->arch : NULL, &next->arch);
    }
    cpu->loaded = NULL;
    cpu->current = next;
}

static void leave_current(struct percpu *cpu) {
    struct task *current = cpu->current;
    if (current != NULL) {
        current->cpu_time += arch_counter();
        cpu->loaded = current;
        cpu->current = NULL;
    }
}

// The task leaves this CPU. It is in no queue.
static void give_up(struct percpu *cpu, struct task *task) {
    fpu_release(task);
    if (cpu->current == task) {
        leave_current(cpu);
        cpu->reschedule = 1;
    }
    if (cpu->loaded == task) {
        arch_task_leave(&task->arch);
        cpu->loaded = NULL;
    }
}

void sched_move(struct task *task, uint32_t to) {
    struct percpu *cpu = cpu_of(task);
    CHECK(task->queued == 0);
    give_up(cpu, task);
    if (task->vspace != NULL) {
        vspace_note_cpu(task->vspace, to);
    }
    __atomic_store_n(&task->cpu, to, __ATOMIC_RELEASE);
    smp_post(task, TASK_WOKEN);
}

bool sched_release(struct task *task) {
    if (__atomic_load_n(&task->cpu, __ATOMIC_ACQUIRE) == TASK_NOBODY) {
        return true;
    }
    if (sched_is_foreign(task)) {
        smp_post(task, TASK_RELEASE);
        return false;
    }
    struct percpu *cpu = cpu_of(task);
    if (task->queued != 0) {
        sched_dequeue(task);
    }
    deadline_disarm(&task->deadline);
    __atomic_fetch_and(&task->message_flags, (uint8_t)~MESSAGE_DEADLINE, __ATOMIC_RELAXED);
    give_up(cpu, task);
    __atomic_store_n(&task->cpu, TASK_NOBODY, __ATOMIC_SEQ_CST);
    return true;
}

void sched_serve(struct task *task, unsigned requests) {
    if (requests >= TASK_DROP) {
        task_serve_drops(task, requests / TASK_DROP);
    }
    if ((requests & TASK_RELEASE) != 0) {
        sched_release(task);
    } else if ((requests & TASK_WOKEN) != 0) {
        ipc_finish_wait(task);
        if (task->queued == 0 && !sched_is_current(task)) {
            sched_enqueue(task);
        }
    }
}

// Somebody else has to be found if the result is NULL; `task` is in the run queue then, if it can
// run at all.
static struct task *settle(struct percpu *cpu, struct task *task) {
    if (task->vspace == NULL && task_state(task) == HELIOS_TASK_READY) {
        task_set_state(task, HELIOS_TASK_INACTIVE); // it lost it inside a long operation
    }
    if (!may_run(task)) {
        return NULL;
    }
    if ((task->affinity >> cpu->index & 1) == 0 && cpu->shares_kernel != 0) {
        sched_enqueue(task);
        return NULL;
    }
    if (has_better(cpu, task)) {
        sched_enqueue_first(task);
        return NULL;
    }
    if (has_equals(cpu, task) && cpu->slice_over != 0) {
        sched_enqueue(task);
        return NULL;
    }
    return task;
}

static struct task *take_best(struct percpu *cpu) {
    if (cpu->ready_mask == 0) {
        return NULL;
    }
    struct task *task = sched_best(cpu);
    sched_take(cpu, task);
    return task;
}

// A task that is inside a long operation does not return to user mode before that is done.
static struct task *go_on(struct percpu *cpu, struct task *task) {
    if (task->operation.step == NULL) {
        return may_run(task) ? task : NULL;
    }
    make_current(cpu, task);
    if (!operation_continue(task) || cpu->current != task) {
        return NULL;
    }
    return settle(cpu, task);
}

static bool may_reap(const struct percpu *cpu) {
    uint32_t expected = 0;
    return reaper_has_work() &&
           (__atomic_load_n(&idle_reaper, __ATOMIC_RELAXED) == cpu->index + 1 ||
            __atomic_compare_exchange_n(&idle_reaper, &expected, cpu->index + 1, false,
                                        __ATOMIC_SEQ_CST, __ATOMIC_RELAXED));
}

static bool may_sleep(void) {
    return !reaper_has_work() || __atomic_load_n(&idle_reaper, __ATOMIC_SEQ_CST) != 0;
}

// It has something else to do: another idle CPU goes on. That one either sees that nobody reaps,
// before it sleeps, or is seen to be idle.
static void stop_reaping(const struct percpu *cpu) {
    if (__atomic_load_n(&idle_reaper, __ATOMIC_RELAXED) == cpu->index + 1) {
        __atomic_store_n(&idle_reaper, 0, __ATOMIC_SEQ_CST);
        if (reaper_has_work()) {
            smp_wake_idle();
        }
    }
}

// Nobody is ready. What dead tasks left to be taken apart is done now; then an interrupt has to
// make somebody ready.
static void idle(struct percpu *cpu) {
    leave_current(cpu);
    if (may_reap(cpu)) {
        sched_poll_interrupts(); // who has just gone to sleep has done something, too
        if (cpu->ready_mask == 0) {
            reaper_step();
        }
    } else {
        stop_reaping(cpu);
        if (__atomic_load_n(&was_started, __ATOMIC_RELAXED) && sched_task_count() == 0) {
            console_printf("no task is left\n");
            power_stop();
        }
        smp_beg();
        if (smp_begin_idle() && may_sleep()) {
            deadline_program_idle();
            latency_end();
            arch_wait_for_interrupt();
            latency_begin(LATENCY_IDLE, 0, 0);
        }
        smp_end_idle();
    }
    sched_poll_interrupts();
}

struct arch_task *sched_choose(struct percpu *cpu, struct task *next) {
    if (next != NULL) {
        next = settle(cpu, next);
    }
    while (next == NULL) {
        next = take_best(cpu);
        if (next != NULL) {
            next = go_on(cpu, next);
        } else {
            idle(cpu);
        }
    }
    __atomic_store_n(&was_started, true, __ATOMIC_RELAXED);
    stop_reaping(cpu);
    make_current(cpu, next);
    vspace_activate(cpu, next->vspace);
    fpu_switch(cpu, next);
    sched_share(cpu, next);
    next->slice_left = 0;
    if (cpu->reschedule != 0) {
        sched_program_timer(cpu);
        cpu->reschedule = 0;
    }
    return &next->arch;
}
