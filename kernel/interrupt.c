// SPDX-License-Identifier: GPL-3.0-only
//
// Interrupts: the timer is the scheduler's, everything else belongs to an IRQHandler.
#include "arch/include/interrupt.h"

#include <stddef.h>

#include "arch/include/smp.h"
#include "kernel/deadline.h"
#include "kernel/entry.h"
#include "kernel/ipc_wait.h"
#include "kernel/irq.h"
#include "kernel/latency.h"
#include "kernel/sched.h"
#include "kernel/smp.h"

// What is dealt with before the kernel is left, or goes on with what it does: interrupts are off
// all the while. Whatever is left comes again at once.
enum {
    MAX_EXPIRED = 8,
    MAX_INTERRUPTS = 4,
};

static struct task *task_of_deadline(struct deadline *deadline) {
    return (struct task *)((char *)deadline - offsetof(struct task, deadline));
}

// One who polls is taken out of so many lists that the next one has to wait.
static void end_deadlines(uint64_t now) {
    bool polled = false;
    for (unsigned i = 0; i < MAX_EXPIRED && !polled; i++) {
        struct deadline *deadline = deadline_take_expired(now);
        if (deadline == NULL) {
            return;
        }
        struct task *task = task_of_deadline(deadline);
        polled = task_state(task) == HELIOS_TASK_POLLING;
        task_unblock(task, HELIOS_ERROR_DEADLINE);
    }
}

// Returns whom the interrupt has made ready, in no queue yet; or NULL. Inline, as an interrupt of a
// user has no time for a call.
static inline __attribute__((always_inline)) struct task *handle(uint32_t irq) {
    if (irq == ARCH_IRQ_IPI) {
        smp_handle_interrupt();
        return NULL;
    }
    if (irq != ARCH_IRQ_TIMER) {
        return irq_raise(irq);
    }
    uint64_t now = arch_counter();
    if (deadline_has_expired(now)) {
        end_deadlines(now);
    }
    sched_timer(arch_percpu(), now);
    return NULL;
}

// A driver that waits for its device and is more important than who runs goes on at once.
struct arch_task *kernel_interrupt(uint32_t irq) {
    latency_begin(LATENCY_INTERRUPT, 0, 0);
    struct task *woken = handle(irq);
    struct task *current = arch_percpu()->current;
    struct arch_task *next = sched_resume(woken != NULL ? ipc_prefer(current, woken) : current);
    lock_check_none();
    return next;
}

// While something goes on in the kernel: who waited for it competes for the CPU. Apart, so that an
// interrupt of a user has the way above to itself.
static __attribute__((noinline)) void handle_here(uint32_t irq) {
    struct task *woken = handle(irq);
    if (woken != NULL) {
        task_make_ready(woken);
    }
}

// Taken as if nobody had looked: they come again as soon as the kernel is left, or steps aside.
static void leave_for_later(bool timer, bool ipi) {
    if (timer) {
        arch_timer_set(arch_counter());
    }
    if (ipi) {
        arch_ipi_send(arch_percpu()->index);
    }
}

void irq_window(void) {
    lock_check_none();
    bool timer = false;
    bool ipi = false;
    for (unsigned i = 0; i < MAX_INTERRUPTS; i++) {
        latency_pass();
        uint32_t irq = arch_interrupt_take();
        if (irq == ARCH_IRQ_NONE) {
            break;
        }
        if (irq == ARCH_IRQ_IPI) {
            smp_serve_flushes();
            ipi = true;
        } else if (irq == ARCH_IRQ_TIMER) {
            timer = true;
        } else {
            handle_here(irq);
        }
    }
    leave_for_later(timer, ipi);
}

bool sched_poll_interrupts(void) {
    for (unsigned i = 0; i < MAX_INTERRUPTS; i++) {
        latency_pass();
        uint32_t irq = arch_interrupt_take();
        if (irq == ARCH_IRQ_NONE) {
            break;
        }
        handle_here(irq);
    }
    return sched_is_wanted(arch_percpu());
}
