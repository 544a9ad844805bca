// SPDX-License-Identifier: GPL-3.0-only
//
// Interrupts as the portable kernel sees them, over GIC, GICv2m and ITS; the virtual timer.
#include "arch/include/interrupt.h"

#include <stddef.h>

#include "arch/aarch64/fault.h"
#include "arch/aarch64/gic.h"
#include "arch/aarch64/gic_format.h"
#include "arch/aarch64/irq_map.h"
#include "arch/aarch64/sysreg.h"
#include "arch/include/mmu.h"
#include "arch/include/smp.h"
#include "kernel/percpu.h"
#include "kernel/window.h"

#define GICV2M_TYPER  0x008u
#define GICV2M_SETSPI 0x040u
#define GICV2M_SIZE   0x1000u

#define CNTV_ENABLE (1ull << 0)
#define CNTV_IMASK  (1ull << 1)
#define CNTV_STATUS (1ull << 2)

// An LPI has no active state in hardware, so software keeps it from coming again before it is done
// with. What comes meanwhile is remembered once. Lines pass from QUIET to TAKEN and back.
enum irq_state {
    IRQ_QUIET = 0,
    IRQ_TAKEN = 1,
    IRQ_TAKEN_AGAIN = 2,
};

#define IPI_INTID 0u // an SGI

static struct irq_map map;
static uint32_t irq_count;
static uint32_t timer_intid;
static uint8_t states[GIC_END_SPI + IRQ_MAP_LPIS]; // enum irq_state by irq; changed atomically

static bool is_lpi(uint32_t irq) {
    return irq >= map.lines && map.lpis != 0;
}

static void find_frames(const struct helios_boot *boot) {
    const struct helios_boot_intc *record;
    for (uint32_t n = 0; (record = gic_record(boot, HELIOS_INTC_GICV2M, n)) != NULL; n++) {
        struct irq_map_frame frame = {
            .address = record->base + GICV2M_SETSPI,
            .first = record->first,
            .count = record->count,
        };
        if (frame.count == 0) {
            uintptr_t base = window_map(record->base, GICV2M_SIZE, MMU_DEVICE | MMU_WRITE);
            uint64_t type = base != 0 ? aarch64_probe(base + GICV2M_TYPER) : 0;
            frame.first = (uint32_t)gic_field(type, GICV2M_TYPER_FIRST);
            frame.count = (uint32_t)gic_field(type, GICV2M_TYPER_COUNT);
        }
        irq_map_add_frame(&map, &frame);
    }
}

// What has been set up for this CPU is seen by who sees that it takes interrupts.
static void start_private(void) {
    gic_enable_private(timer_intid);
    gic_enable_private(IPI_INTID);
    __atomic_store_n(&arch_percpu()->arch.takes_interrupts, true, __ATOMIC_RELEASE);
}

const char *arch_interrupt_init(const struct helios_boot *boot) {
    timer_intid = boot->timer.irq;
    if (timer_intid < 16 || timer_intid >= GIC_FIRST_SPI) {
        return "no interrupt of the virtual timer";
    }
    const char *missing = gic_init(boot);
    if (missing != NULL) {
        return missing;
    }
    irq_map_init(&map, gic_line_end(gic_distributor_type()));
    map.lpis = its_init(boot);
    if (map.lpis == 0) {
        find_frames(boot);
    }
    irq_count = irq_map_end(&map);
    start_private();
    return NULL;
}

const char *arch_interrupt_init_cpu(void) {
    const char *missing = gic_init_cpu();
    if (missing == NULL) {
        its_init_cpu();
        start_private();
    }
    return missing;
}

void arch_ipi_send(uint32_t cpu) {
    gic_send(percpu_get(cpu), IPI_INTID);
}

uint32_t arch_irq_lines(void) {
    return map.lines;
}

uint32_t arch_irq_count(void) {
    return irq_count;
}

bool arch_irq_line_exists(uint32_t irq) {
    return irq_map_is_line(&map, irq);
}

static void set_quiet(uint32_t irq) {
    __atomic_store_n(&states[irq], IRQ_QUIET, __ATOMIC_RELAXED);
}

bool arch_irq_reaches(uint32_t cpu) {
    return __atomic_load_n(&percpu_get(cpu)->arch.takes_interrupts, __ATOMIC_ACQUIRE);
}

bool arch_irq_configure(uint32_t irq, unsigned flags, uint32_t cpu) {
    if ((flags & IRQ_LOW) != 0 || !arch_irq_line_exists(irq) ||
        !gic_spi_configure(irq, (flags & IRQ_LEVEL) != 0, percpu_get(cpu))) {
        return false;
    }
    set_quiet(irq);
    return true;
}

bool arch_irq_configure_msi(uint32_t irq, uint32_t device, uint32_t cpu, uint64_t *address,
                            uint32_t *data) {
    if (irq < map.lines || irq >= irq_map_end(&map)) {
        return false;
    }
    if (is_lpi(irq)) {
        set_quiet(irq);
        return its_configure(irq - map.lines, device, percpu_get(cpu), address, data);
    }
    uint32_t intid;
    const struct irq_map_frame *frame = irq_map_frame_of(&map, irq, &intid);
    if (frame == NULL || !gic_spi_configure(intid, false, percpu_get(cpu))) {
        return false;
    }
    set_quiet(irq);
    *address = frame->address;
    *data = intid;
    return true;
}

void arch_irq_release(uint32_t irq) {
    if (is_lpi(irq)) {
        its_release(irq - map.lines);
    } else {
        gic_spi_reset(irq_map_intid(&map, irq));
    }
    set_quiet(irq);
}

void arch_irq_enable(uint32_t irq) {
    if (is_lpi(irq)) {
        its_set_enabled(irq - map.lines, true);
    } else {
        gic_spi_enable(irq_map_intid(&map, irq));
    }
}

void arch_irq_disable(uint32_t irq) {
    if (is_lpi(irq)) {
        its_set_enabled(irq - map.lines, false);
    } else {
        gic_spi_disable(irq_map_intid(&map, irq));
    }
}

// No CPU has a part of its own in which what is nobody's could stay.
void arch_irq_settle(void) {
}

void arch_irq_done(uint32_t irq) {
    uint8_t state = __atomic_exchange_n(&states[irq], IRQ_QUIET, __ATOMIC_RELAXED);
    if (state == IRQ_QUIET) {
        return;
    }
    if (!is_lpi(irq)) {
        gic_spi_end(irq_map_intid(&map, irq));
    } else if (state == IRQ_TAKEN_AGAIN) {
        its_retrigger(irq - map.lines);
    }
}

// Whether the LPI is the first since it was last done with.
static bool note_lpi(uint32_t irq) {
    uint8_t before = IRQ_QUIET;
    while (!__atomic_compare_exchange_n(&states[irq], &before,
                                        before == IRQ_QUIET ? IRQ_TAKEN : IRQ_TAKEN_AGAIN, false,
                                        __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    }
    return before == IRQ_QUIET;
}

// The timer's line falls when the timer is off. It may have been set anew or stopped after the line
// rose: then the interrupt is nobody's.
static uint32_t take_timer(void) {
    bool is_due = (SYSREG_READ("cntv_ctl_el0") & (CNTV_ENABLE | CNTV_IMASK | CNTV_STATUS)) ==
                  (CNTV_ENABLE | CNTV_STATUS);
    if (is_due) {
        arch_timer_stop();
    }
    return is_due ? ARCH_IRQ_TIMER : ARCH_IRQ_NONE;
}

static uint32_t take_other(uint32_t intid, uint32_t token) {
    uint32_t irq = ARCH_IRQ_NONE;
    if (intid >= GIC_FIRST_LPI) {
        irq = irq_map_irq(&map, intid);
        return irq != ARCH_IRQ_NONE && note_lpi(irq) ? irq : ARCH_IRQ_NONE;
    }
    if (intid >= GIC_END_SPI) {
        return ARCH_IRQ_NONE;
    }
    if (intid == timer_intid) {
        irq = take_timer();
    } else if (intid == IPI_INTID) {
        irq = ARCH_IRQ_IPI;
    }
    gic_deactivate(token);
    return irq;
}

uint32_t arch_interrupt_take(void) {
    if (!arch_percpu()->arch.takes_interrupts) {
        return ARCH_IRQ_NONE;
    }
    uint32_t token;
    uint32_t intid = gic_take(&token);
    uint32_t irq = intid < GIC_END_SPI ? map.irqs[intid] : 0;
    if (irq == 0) {
        return take_other(intid, token);
    }
    __atomic_store_n(&states[irq], IRQ_TAKEN, __ATOMIC_RELAXED);
    return irq;
}

void arch_timer_set(uint64_t counter) {
    SYSREG_WRITE("cntv_cval_el0", counter);
    SYSREG_WRITE("cntv_ctl_el0", CNTV_ENABLE);
    AARCH64_ISB();
}

void arch_timer_stop(void) {
    SYSREG_WRITE("cntv_ctl_el0", 0ull);
    AARCH64_ISB();
}
