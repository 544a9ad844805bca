// SPDX-License-Identifier: GPL-3.0-only
#include "arch/include/interrupt.h"

#include <stddef.h>

#include "arch/host/host.h"
#include "arch/host/internal.h"
#include "arch/include/power.h"

enum { IRQS = HOST_IRQ_LINES + HOST_IRQ_MESSAGES };

struct host_irq host_irqs[IRQS];
const char *host_interrupts_lack;
bool host_cpu_is_deaf;

void host_reset_interrupts(void) {
    for (unsigned i = 0; i < IRQS; i++) {
        host_irqs[i] = (struct host_irq){.is_configured = false};
    }
    host_interrupts_lack = NULL;
    host_cpu_is_deaf = false;
}

// CPUs look at what others are changing.
static bool get(const bool *flag) {
    return __atomic_load_n(flag, __ATOMIC_RELAXED);
}

static void set(bool *flag, bool value) {
    __atomic_store_n(flag, value, __ATOMIC_RELAXED);
}

void host_irq_pend(uint32_t irq) {
    set(&host_irqs[irq].is_pending, true);
}

// As it is after a reset, with nothing pending.
static struct host_irq *reset(uint32_t irq) {
    struct host_irq *source = &host_irqs[irq];
    set(&source->is_pending, false);
    set(&source->is_enabled, false);
    set(&source->is_taken, false);
    return source;
}

const char *arch_interrupt_init(const struct helios_boot *boot) {
    (void)boot;
    return host_interrupts_lack;
}

uint32_t arch_irq_lines(void) {
    return HOST_IRQ_LINES;
}

uint32_t arch_irq_count(void) {
    return IRQS;
}

bool arch_irq_line_exists(uint32_t irq) {
    return irq > 0 && irq < HOST_IRQ_LINES;
}

bool arch_irq_reaches(uint32_t cpu) {
    (void)cpu;
    return !host_cpu_is_deaf;
}

bool arch_irq_configure(uint32_t irq, unsigned flags, uint32_t cpu) {
    struct host_irq *source = reset(irq);
    source->is_configured = true;
    source->flags = flags;
    source->cpu = cpu;
    return true;
}

bool arch_irq_configure_msi(uint32_t irq, uint32_t device, uint32_t cpu, uint64_t *address,
                            uint32_t *data) {
    struct host_irq *source = reset(irq);
    source->is_configured = true;
    source->device = device;
    source->cpu = cpu;
    *address = 0xfee00000 + cpu;
    *data = irq;
    return true;
}

void arch_irq_release(uint32_t irq) {
    reset(irq)->is_configured = false;
}

void arch_irq_settle(void) {
    host_record.settled++;
}

void arch_irq_enable(uint32_t irq) {
    set(&host_irqs[irq].is_enabled, true);
}

void arch_irq_disable(uint32_t irq) {
    set(&host_irqs[irq].is_enabled, false);
}

void arch_irq_done(uint32_t irq) {
    set(&host_irqs[irq].is_taken, false);
}

// The line or message that comes next; IRQS: none.
static uint32_t first_pending(void) {
    uint32_t irq = 0;
    for (; irq < IRQS; irq++) {
        const struct host_irq *source = &host_irqs[irq];
        if (get(&source->is_pending) && get(&source->is_enabled) && !get(&source->is_taken)) {
            break;
        }
    }
    return irq;
}

static bool timer_is_due(void) {
    uint64_t when = __atomic_load_n(&host_record.timer, __ATOMIC_RELAXED);
    return when != 0 && __atomic_load_n(&host_counter, __ATOMIC_RELAXED) >= when;
}

bool host_has_pending(void) {
    return __atomic_load_n(&host_self->has_ipi, __ATOMIC_RELAXED) != 0 || timer_is_due() ||
           first_pending() != IRQS;
}

uint32_t arch_interrupt_take(void) {
    if (__atomic_exchange_n(&host_self->has_ipi, 0, __ATOMIC_ACQUIRE) != 0) {
        return ARCH_IRQ_IPI;
    }
    if (timer_is_due()) {
        arch_timer_stop();
        return ARCH_IRQ_TIMER;
    }
    uint32_t irq = first_pending();
    if (irq == IRQS) {
        if (host_smp != NULL && host_smp->poll != NULL) {
            host_smp->poll();
        }
        return ARCH_IRQ_NONE;
    }
    if (!__atomic_exchange_n(&host_irqs[irq].is_pending, false, __ATOMIC_RELAXED)) {
        return ARCH_IRQ_NONE; // another CPU has it
    }
    set(&host_irqs[irq].is_taken, true);
    return irq;
}

// An idle machine skips to the moment at which its timer fires; without one it idles for good.
void arch_wait_for_interrupt(void) {
    if (host_has_pending()) {
        return;
    }
    if (host_smp != NULL) {
        host_smp->wait();
        return;
    }
    if (host_record.timer == 0) {
        host_stop();
    }
    if (host_counter < host_record.timer) {
        host_counter = host_record.timer;
    }
}

void host_stop(void) {
    host_leave(HOST_IDLE);
}

void arch_timer_set(uint64_t counter) {
    __atomic_store_n(&host_record.timer, counter == 0 ? 1 : counter, __ATOMIC_RELAXED);
}

void arch_timer_stop(void) {
    __atomic_store_n(&host_record.timer, 0, __ATOMIC_RELAXED);
}
