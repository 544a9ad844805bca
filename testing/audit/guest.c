// SPDX-License-Identifier: GPL-3.0-only
//
// The invariant checker as a part of the kernel in a guest: --wrap puts it before every system
// call. At a writecons of the root task, which as a test program has something behind it then, and
// at a system call of its own (testing/audit/call.h) it looks at everything; what it finds ends the
// kernel.
//
// With several CPUs the world has to stand still: all others wait for an interrupt, and nothing is
// on its way between them. One that wakes meanwhile waits for the end, before it looks at anything:
// it says that it has woken, then asks whether somebody looks; who looks says so, then asks whether
// somebody has woken.
#include <stdbool.h>
#include <stdint.h>

#include "arch/include/power.h"
#include "kernel/console.h"
#include "kernel/deadline.h"
#include "kernel/entry.h"
#include "kernel/panic.h"
#include "kernel/sched.h"
#include "kernel/smp.h"
#include "testing/audit/call.h"
#include "testing/audit/check.h"
#include "testing/audit/world.h"
#include "uapi/message.h"

// How long others may take to become idle, if they are about to.
#define PATIENCE_NS 20000000ull

static uint32_t looking; // atomic: some CPU looks, or is about to

static uint64_t totals[AUDIT_ANSWERS]; // atomic

static const struct task *root_task; // whoever made the first system call

const char *audit_port(const struct percpu *cpu) {
    (void)cpu; // no port can tell what a TLB holds
    return NULL;
}

static bool has_requests(const struct percpu *cpu) {
    return __atomic_load_n(&cpu->mail, __ATOMIC_ACQUIRE) != NULL ||
           __atomic_load_n(&cpu->beggars, __ATOMIC_RELAXED) != 0 ||
           __atomic_load_n(&cpu->flush_from, __ATOMIC_RELAXED) != 0 ||
           __atomic_load_n(&cpu->flush_waiting, __ATOMIC_RELAXED) != 0;
}

// Whether all others are idle.
static bool is_quiet(void) {
    const uint64_t others = smp_online() & ~(1ull << arch_percpu()->index);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    bool is_quiet = (smp_idle() & others) == others;
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    for (uint32_t i = 0; i < percpu_count() && i < SMP_MAX_CPUS; i++) {
        is_quiet = is_quiet && !has_requests(percpu_get(i));
    }
    return is_quiet;
}

static bool becomes_quiet(void) {
    const uint64_t limit = arch_counter() + deadline_to_counter(PATIENCE_NS);
    while (!is_quiet()) {
        if (arch_counter() >= limit) {
            return false;
        }
        smp_serve_flushes();
        arch_relax();
    }
    return true;
}

static void add(unsigned which, uint64_t count) {
    __atomic_fetch_add(&totals[which], count, __ATOMIC_RELAXED);
}

// While nobody else does anything.
static void look_now(void) {
    const char *finding = audit_check_cpus(NULL);
    add(AUDIT_RUNS, 1);
    if (finding != NULL) {
        panic("audit %lu: %s", totals[AUDIT_RUNS], finding);
    }
    if (totals[AUDIT_OBJECTS] < audit_object_count()) {
        add(AUDIT_OBJECTS, audit_object_count() - totals[AUDIT_OBJECTS]);
    }
}

static void look(void) {
    if (becomes_quiet() && __atomic_exchange_n(&looking, 1, __ATOMIC_SEQ_CST) == 0) {
        bool is_still = is_quiet();
        if (is_still) {
            look_now();
        }
        __atomic_store_n(&looking, 0, __ATOMIC_RELEASE);
        add(AUDIT_SKIPPED, !is_still);
    } else {
        add(AUDIT_SKIPPED, 1);
    }
}

// Others may write all the time, and each look takes patience.
static bool is_root_task(void) {
    const struct task *current = arch_percpu()->current;
    if (root_task == NULL) {
        root_task = current; // nobody else runs yet
    }
    return current == root_task;
}

static struct arch_task *answer_totals(void) {
    struct task *current = arch_percpu()->current;
    arch_task_set_message(&current->arch, 0, helios_tag(HELIOS_OK, 0, AUDIT_ANSWERS, 0),
                          totals[AUDIT_RUNS], totals[AUDIT_SKIPPED], totals[AUDIT_OBJECTS], 0);
    return sched_resume(current);
}

// The linker gives these names to what is wrapped and to what wraps it.
struct arch_task *__real_kernel_syscall(uint64_t capability, uint64_t tag, uint64_t p0, uint64_t p1,
                                        uint64_t p2, uint64_t p3, uint64_t number);
struct arch_task *__wrap_kernel_syscall(uint64_t capability, uint64_t tag, uint64_t p0, uint64_t p1,
                                        uint64_t p2, uint64_t p3, uint64_t number);
void __real_smp_end_idle(void);
void __wrap_smp_end_idle(void);
bool __real_arch_power_off(void);
bool __wrap_arch_power_off(void);

struct arch_task *__wrap_kernel_syscall(uint64_t capability, uint64_t tag, uint64_t p0, uint64_t p1,
                                        uint64_t p2, uint64_t p3, uint64_t number) {
    const bool is_root = is_root_task();
    if ((number == HELIOS_SYS_WRITECONS && is_root) || number == AUDIT_SYSCALL) {
        look();
    }
    return number == AUDIT_SYSCALL ? answer_totals()
                                   : __real_kernel_syscall(capability, tag, p0, p1, p2, p3, number);
}

void __wrap_smp_end_idle(void) {
    __real_smp_end_idle();
    while (__atomic_load_n(&looking, __ATOMIC_SEQ_CST) != 0) {
        smp_serve_flushes(); // that may end here, if what was found stops all
        arch_relax();
    }
}

bool __wrap_arch_power_off(void) {
    console_printf("audit: %lu audits of up to %lu objects, %lu left out\n", totals[AUDIT_RUNS],
                   totals[AUDIT_OBJECTS], totals[AUDIT_SKIPPED]);
    return __real_arch_power_off();
}
