// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/smp.h"

#include <stddef.h>

#include "arch/include/boot.h"
#include "arch/include/interrupt.h"
#include "arch/include/mmu.h"
#include "arch/include/power.h"
#include "arch/include/smp.h"
#include "kernel/check.h"
#include "kernel/console.h"
#include "kernel/deadline.h"
#include "kernel/entry.h"
#include "kernel/latency.h"
#include "kernel/lock.h"
#include "kernel/sched.h"
#include "kernel/task.h"
#include "kernel/vspace.h"
#include "kernel/window.h"

// How long a CPU may take to come up, an emulated one of many on a busy host too; and to stop.
#define START_LIMIT_NS 5000000000ull
#define STOP_LIMIT_NS  1000000000ull

// Sets of CPUs; atomic.
static uint64_t online = 1;
static uint64_t idle;
static uint64_t stopping; // not 0: everybody stops
static uint64_t stopped;  // who has

enum cpu_state {
    CPU_OFF = 0,
    CPU_ONLINE = 1,
    CPU_GIVEN_UP = 2, // if it comes after all it is too late
    CPU_UNFIT = 3,    // it has come, and lacks something
};

static uint64_t bit_of(uint32_t cpu) {
    return 1ull << cpu;
}

uint64_t smp_online(void) {
    return __atomic_load_n(&online, __ATOMIC_RELAXED);
}

uint64_t smp_idle(void) {
    return __atomic_load_n(&idle, __ATOMIC_RELAXED);
}

static uint32_t take_lowest(uint64_t *set) {
    uint32_t cpu = (uint32_t)__builtin_ctzll(*set);
    *set &= *set - 1;
    return cpu;
}

// Start. ---------------------------------------------------------------------------------------

// Whether this is what has become of the CPU: it comes up, or is given up, whatever is first.
static bool decide(struct percpu *cpu, enum cpu_state state) {
    uint8_t expected = CPU_OFF;
    return __atomic_compare_exchange_n(&cpu->is_online, &expected, (uint8_t)state, false,
                                       __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
}

// What has become of it.
static enum cpu_state wait_until_up(struct percpu *cpu) {
    uint64_t limit = arch_counter() + deadline_to_counter(START_LIMIT_NS);
    while (__atomic_load_n(&cpu->is_online, __ATOMIC_ACQUIRE) == CPU_OFF) {
        if (arch_counter() > limit) {
            decide(cpu, CPU_GIVEN_UP);
        }
        arch_relax();
    }
    return (enum cpu_state)cpu->is_online;
}

// False: it has not come up, and what it needs until it is up may still be in use.
static bool start(struct percpu *cpu) {
    cpu->stack_top = window_stack();
    const char *problem = cpu->stack_top == 0 ? "no memory for its stack" : arch_cpu_start(cpu);
    if (problem != NULL) {
        console_printf("CPU %u does not start: %s\n", cpu->index, problem);
        return true;
    }
    enum cpu_state state = wait_until_up(cpu);
    if (state == CPU_GIVEN_UP) {
        console_printf("CPU %u does not start: no sign of it; the ones after it are left alone\n",
                       cpu->index);
    } else if (state == CPU_ONLINE) {
        __atomic_fetch_or(&online, bit_of(cpu->index), __ATOMIC_RELAXED);
    }
    return state != CPU_GIVEN_UP;
}

void smp_start(void) {
    struct percpu *boot = arch_percpu();
    online = boot->index < SMP_MAX_CPUS ? bit_of(boot->index) : 0;
    idle = 0;
    stopping = 0;
    stopped = 0;
    boot->is_online = CPU_ONLINE;
    for (uint32_t i = 0; i < percpu_count() && i < SMP_MAX_CPUS; i++) {
        if (i != boot->index && !start(percpu_get(i))) {
            break;
        }
    }
    // The others have begun with that.
    boot->shares_kernel = (online & (online - 1)) != 0;
}

void kernel_secondary(struct percpu *cpu) {
    const char *missing = arch_cpu_init(cpu);
    if (missing == NULL) {
        missing = arch_interrupt_init_cpu();
    }
    if (missing != NULL) {
        console_printf("CPU %u does not start: it lacks %s\n", cpu->index, missing);
        decide(cpu, CPU_UNFIT);
        arch_halt();
    }
    cpu->reschedule = 1; // nobody is current yet
    cpu->shares_kernel = 1;
    if (!decide(cpu, CPU_ONLINE)) {
        arch_halt();
    }
    arch_resume(sched_resume(NULL));
}

// Mail. ----------------------------------------------------------------------------------------

static void send_mail(struct task *task, struct percpu *to) {
    struct task *first = __atomic_load_n(&to->mail, __ATOMIC_RELAXED);
    do {
        task->mail_next = first;
    } while (!__atomic_compare_exchange_n(&to->mail, &first, task, true, __ATOMIC_RELEASE,
                                          __ATOMIC_RELAXED));
    if (first == NULL) { // else it has an interrupt pending
        arch_ipi_send(to->index);
    }
}

void smp_post(struct task *task, unsigned requests) {
    // Mail that was sent to this CPU before the task left it may be served after it has come back
    // and before the mail that says so: what its last owner did to it has to be seen then, too.
    uint32_t owner = __atomic_load_n(&task->cpu, __ATOMIC_ACQUIRE);
    if (owner == TASK_NOBODY) {
        return;
    }
    if (owner == arch_percpu()->index) {
        sched_serve(task, requests);
        return;
    }
    if (__atomic_fetch_or(&task->pending, requests, __ATOMIC_SEQ_CST) != 0) {
        return;
    }
    // Whether it has been given up meanwhile: the reaper looks for requests after that, and waits
    // until a task is in no mailbox (task_reap).
    owner = __atomic_load_n(&task->cpu, __ATOMIC_SEQ_CST);
    if (owner != TASK_NOBODY) {
        send_mail(task, percpu_get(owner));
    } else {
        __atomic_store_n(&task->pending, 0, __ATOMIC_RELEASE);
    }
}

// Everything that has been posted up to now, oldest first.
static struct task *take_mail(struct percpu *cpu) {
    struct task *newest = __atomic_exchange_n(&cpu->mail, NULL, __ATOMIC_ACQUIRE);
    struct task *oldest = NULL;
    while (newest != NULL) {
        struct task *next = newest->mail_next;
        newest->mail_next = oldest;
        oldest = newest;
        newest = next;
    }
    return oldest;
}

static void serve_mail(struct percpu *cpu) {
    struct task *task = take_mail(cpu);
    while (task != NULL) {
        struct task *next = task->mail_next; // the task may be posted again from the next line on
        unsigned requests = __atomic_exchange_n(&task->pending, 0, __ATOMIC_ACQ_REL);
        smp_post(task, requests); // it may have moved on
        task = next;
    }
}

static void serve_beggars(struct percpu *cpu) {
    uint64_t beggars = __atomic_exchange_n(&cpu->beggars, 0, __ATOMIC_RELAXED);
    while (beggars != 0) {
        sched_give_away(cpu, take_lowest(&beggars));
    }
}

static bool has_requests(const struct percpu *cpu) {
    return __atomic_load_n(&cpu->mail, __ATOMIC_RELAXED) != NULL ||
           __atomic_load_n(&cpu->beggars, __ATOMIC_RELAXED) != 0;
}

// This CPU looks at nothing right now: what it has looked at was before, what it finds from here on
// is what others have left.
static void pass(struct percpu *cpu) {
    __atomic_store_n(&cpu->passes, cpu->passes + 1, __ATOMIC_RELEASE);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void smp_handle_interrupt(void) {
    struct percpu *cpu = arch_percpu();
    pass(cpu);
    smp_serve_flushes();
    if (has_requests(cpu)) {
        serve_mail(cpu);
        serve_beggars(cpu);
    }
}

// Idle. ----------------------------------------------------------------------------------------

bool smp_begin_idle(void) {
    struct percpu *cpu = arch_percpu();
    __atomic_store_n(&cpu->is_idle, 1, __ATOMIC_RELEASE);
    if (cpu->shares_kernel != 0) {
        __atomic_fetch_or(&idle, bit_of(cpu->index), __ATOMIC_SEQ_CST);
    }
    return !has_requests(cpu);
}

void smp_end_idle(void) {
    struct percpu *cpu = arch_percpu();
    if (cpu->shares_kernel != 0) {
        __atomic_fetch_and(&idle, ~bit_of(cpu->index), __ATOMIC_SEQ_CST);
    }
    __atomic_store_n(&cpu->is_idle, 0, __ATOMIC_RELAXED);
    pass(cpu);
}

void smp_beg(void) {
    struct percpu *cpu = arch_percpu();
    uint64_t others = smp_online() & ~bit_of(cpu->index) & ~smp_idle();
    while (others != 0) {
        struct percpu *other = percpu_get(take_lowest(&others));
        if (__atomic_load_n(&other->ready_mask, __ATOMIC_RELAXED) == 0) {
            continue;
        }
        if (__atomic_fetch_or(&other->beggars, bit_of(cpu->index), __ATOMIC_RELAXED) == 0) {
            arch_ipi_send(other->index);
        }
        return;
    }
}

void smp_wake_idle(void) {
    uint64_t others = __atomic_load_n(&idle, __ATOMIC_SEQ_CST) & ~bit_of(arch_percpu()->index);
    if (others != 0) {
        arch_ipi_send(take_lowest(&others));
    }
}

// Stop. ----------------------------------------------------------------------------------------

void smp_stop(void) {
    __atomic_fetch_or(&stopped, bit_of(arch_percpu()->index), __ATOMIC_RELEASE);
    arch_halt();
}

// Before the clock is known there is nobody else.
static void wait_until_stopped(uint64_t others) {
    const uint64_t limit = arch_counter() + deadline_to_counter(STOP_LIMIT_NS);
    while ((others & ~__atomic_load_n(&stopped, __ATOMIC_ACQUIRE)) != 0 &&
           arch_counter() <= limit) {
        arch_relax();
    }
}

void smp_stop_others(void) {
    __atomic_store_n(&stopping, 1, __ATOMIC_SEQ_CST);
    const uint64_t others = smp_online() & ~bit_of(arch_percpu()->index);
    for (uint64_t left = others; left != 0;) {
        arch_ipi_send(take_lowest(&left));
    }
    if (others != 0) {
        wait_until_stopped(others);
    }
}

// Flushing. --------------------------------------------------------------------------------------

static void flush_here(const struct flush_request *flush) {
    struct percpu *cpu = arch_percpu();
    switch ((enum flush_kind)flush->kind) {
    case FLUSH_PAGE:
        arch_tlb_flush_page(flush->address, flush->asid);
        if (flush->old_asid != flush->asid) {
            arch_tlb_flush_page(flush->address, flush->old_asid);
        }
        break;
    case FLUSH_ASID:
        arch_tlb_flush_asid(flush->asid);
        if (flush->old_asid != flush->asid) {
            arch_tlb_flush_asid(flush->old_asid);
        }
        break;
    case FLUSH_LEAVE:
        if (cpu->vspace == flush->vspace) {
            cpu->vspace = NULL;
            arch_root_leave();
        }
        break;
    case FLUSH_ROOT:
        if (cpu->vspace == flush->vspace) {
            cpu->vspace = NULL;
            vspace_activate(cpu, flush->vspace);
        }
        break;
    case FLUSH_INSTRUCTIONS:
        arch_instruction_fence();
        break;
    case FLUSH_MESSAGES:
        arch_irq_settle();
        break;
    }
}

void smp_serve_flushes(void) {
    struct percpu *cpu = arch_percpu();
    if (__atomic_load_n(&stopping, __ATOMIC_RELAXED) != 0) {
        smp_stop();
    }
    if (__atomic_load_n(&cpu->flush_from, __ATOMIC_RELAXED) == 0) {
        return;
    }
    uint64_t from = __atomic_exchange_n(&cpu->flush_from, 0, __ATOMIC_ACQUIRE);
    while (from != 0) {
        struct percpu *other = percpu_get(take_lowest(&from));
        flush_here(&other->flush);
        __atomic_fetch_and(&other->flush_waiting, ~bit_of(cpu->index), __ATOMIC_RELEASE);
    }
}

// A CPU that fetches instructions has to be interrupted even if its caches are told.
static bool needs_others(const struct flush_request *flush) {
    return !arch_flush_is_broadcast() || flush->kind >= FLUSH_LEAVE;
}

uint64_t smp_flush_begin(const struct flush_request *flush, const uint64_t *cpus) {
    flush_here(flush);
    if (arch_percpu()->shares_kernel == 0 || !needs_others(flush)) {
        return 0;
    }
    smp_fence(); // who comes to the address space from now on finds what has been changed
    return __atomic_load_n(cpus, __ATOMIC_RELAXED) & smp_online() & ~bit_of(arch_percpu()->index);
}

void smp_flush_others(struct flush_request flush, uint64_t others) {
    struct percpu *cpu = arch_percpu();
    lock_check_none();
    cpu->flush = flush;
    __atomic_store_n(&cpu->flush_waiting, others, __ATOMIC_RELEASE);
    while (others != 0) {
        struct percpu *other = percpu_get(take_lowest(&others));
        __atomic_fetch_or(&other->flush_from, bit_of(cpu->index), __ATOMIC_RELEASE);
        arch_ipi_send(other->index);
    }
    uint64_t began = latency_begin_wait();
    while (__atomic_load_n(&cpu->flush_waiting, __ATOMIC_ACQUIRE) != 0) {
        smp_serve_flushes();
        arch_relax();
    }
    latency_end_wait(began);
}

void smp_flush(struct flush_request flush, const uint64_t *cpus) {
    uint64_t others = smp_flush_begin(&flush, cpus);
    if (others != 0) {
        smp_flush_others(flush, others);
    }
}

// Grace. -----------------------------------------------------------------------------------------

// Whether the CPU holds nothing that has been taken out of everything before this is asked.
static bool looks_at_nothing(const struct percpu *cpu) {
    return __atomic_load_n(&cpu->is_idle, __ATOMIC_SEQ_CST) != 0;
}

static uint64_t busy_others(void) {
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    uint64_t busy = 0;
    uint64_t others = smp_online() & ~bit_of(arch_percpu()->index);
    while (others != 0) {
        uint32_t i = take_lowest(&others);
        busy |= looks_at_nothing(percpu_get(i)) ? 0 : bit_of(i);
    }
    return busy;
}

bool smp_is_quiet(void) {
    return arch_percpu()->shares_kernel == 0 || busy_others() == 0;
}

void smp_grace_begin(struct grace *grace) {
    grace->waiting = busy_others();
    for (uint64_t left = grace->waiting; left != 0;) {
        uint32_t i = take_lowest(&left);
        grace->passes[i] = __atomic_load_n(&percpu_get(i)->passes, __ATOMIC_RELAXED);
        arch_ipi_send(i);
    }
}

bool smp_grace_is_over(struct grace *grace) {
    for (uint64_t left = grace->waiting; left != 0;) {
        uint32_t i = take_lowest(&left);
        const struct percpu *cpu = percpu_get(i);
        if (looks_at_nothing(cpu) ||
            __atomic_load_n(&cpu->passes, __ATOMIC_ACQUIRE) != grace->passes[i]) {
            grace->waiting &= ~bit_of(i);
        }
    }
    return grace->waiting == 0;
}
