// SPDX-License-Identifier: GPL-3.0-only
//
// Interrupts of devices: lines of the IOAPICs, and messages.
//
// An irq has a vector of its own, VECTOR_IRQ + irq, on whichever CPU it goes to. Once taken it is
// quiet until arch_irq_done: a level-triggered line is masked before it is acknowledged, because it
// would come again at once; an edge or a message that comes meanwhile is acknowledged and counted,
// and sent again, by the CPU to itself as it were, when the first is done with.
//
// The two 8259s of a PC are moved away from the exceptions' vectors and masked for good; what comes
// from them all the same (a spurious interrupt is not maskable) is ignored.
//
// Source: Intel 82093AA data sheet (IOAPIC); Intel 8259A data sheet (initialisation words).
#include "arch/include/interrupt.h"

#include <stddef.h>

#include "arch/include/mmu.h"
#include "arch/x86_64/apic.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/internal.h"
#include "arch/x86_64/registers.h"
#include "kernel/entry.h"
#include "kernel/lock.h"
#include "kernel/percpu.h"
#include "kernel/window.h"

enum pic_port {
    PIC_MASTER_COMMAND = 0x20,
    PIC_MASTER_DATA = 0x21,
    PIC_SLAVE_COMMAND = 0xa0,
    PIC_SLAVE_DATA = 0xa1,
};

// An IOAPIC's two registers in memory, through which all others are reached.
enum ioapic_window {
    IOAPIC_INDEX = 0x00,
    IOAPIC_DATA = 0x10,
    IOAPIC_LENGTH = 0x20,
};

enum ioapic_register {
    IOAPIC_VERSION = 1,
    IOAPIC_ENTRIES = 0x10, // two for each line
};

enum {
    MAX_IOAPICS = 16,
    MAX_LINES = 128, // the other vectors are for messages
};

// Written by the boot CPU only, but for the lock, which guards the registers.
struct ioapic {
    uintptr_t registers;
    uint32_t first; // GSI
    uint32_t count;
    struct lock lock;
};
static struct ioapic ioapics[MAX_IOAPICS];
static uint32_t ioapic_count;
static uint32_t line_count;

// Of each irq. `entry` and `apic_id` change only while it is disabled. Who takes an interrupt and
// who enables, disables or is done with it may be different CPUs: `enabled` and `taken` are atomic,
// and what follows from them for a level-triggered line is decided under its IOAPIC's lock.
struct source {
    uint32_t entry; // lines: lower half of the redirection entry, unmasked
    uint32_t apic_id;
    uint32_t enabled;
    uint32_t taken; // how often since arch_irq_done
};
static struct source sources[X86_IRQ_COUNT];

static void pic_disable(void) {
    port_write8(PIC_MASTER_COMMAND, 0x11); // ICW1: edge, cascade, ICW4 follows
    port_write8(PIC_SLAVE_COMMAND, 0x11);
    port_write8(PIC_MASTER_DATA, VECTOR_PIC); // ICW2: vectors
    port_write8(PIC_SLAVE_DATA, VECTOR_PIC + 8);
    port_write8(PIC_MASTER_DATA, 1 << 2); // ICW3: the slave is at input 2
    port_write8(PIC_SLAVE_DATA, 2);
    port_write8(PIC_MASTER_DATA, 0x01); // ICW4: 8086 mode
    port_write8(PIC_SLAVE_DATA, 0x01);
    port_write8(PIC_MASTER_DATA, 0xff); // mask everything
    port_write8(PIC_SLAVE_DATA, 0xff);
}

static void ioapic_write(const struct ioapic *ioapic, uint32_t index, uint32_t value) {
    *(volatile uint32_t *)(ioapic->registers + IOAPIC_INDEX) = index;
    *(volatile uint32_t *)(ioapic->registers + IOAPIC_DATA) = value;
}

static uint32_t ioapic_read(const struct ioapic *ioapic, uint32_t index) {
    *(volatile uint32_t *)(ioapic->registers + IOAPIC_INDEX) = index;
    return *(volatile uint32_t *)(ioapic->registers + IOAPIC_DATA);
}

static void ioapic_write_low(const struct ioapic *ioapic, uint32_t irq, uint32_t value) {
    ioapic_write(ioapic, IOAPIC_ENTRIES + 2 * (irq - ioapic->first), value);
}

// The one that this line belongs to, or NULL.
static struct ioapic *ioapic_of(uint32_t irq) {
    for (uint32_t i = 0; i < ioapic_count; i++) {
        if (irq - ioapics[i].first < ioapics[i].count) {
            return &ioapics[i];
        }
    }
    return NULL;
}

static bool ioapic_init(struct ioapic *ioapic, const struct helios_boot_intc *intc) {
    ioapic->registers = window_map(intc->base, IOAPIC_LENGTH, MMU_DEVICE | MMU_WRITE);
    if (ioapic->registers == 0) {
        return false;
    }
    ioapic->first = intc->first;
    ioapic->count = (ioapic_read(ioapic, IOAPIC_VERSION) >> 16 & 0xff) + 1;
    for (uint32_t line = 0; line < ioapic->count; line++) {
        ioapic_write(ioapic, IOAPIC_ENTRIES + 2 * line, X86_IOAPIC_MASKED);
    }
    return true;
}

const char *arch_interrupt_init(const struct helios_boot *boot) {
    if (x86_boot_intc(HELIOS_INTC_PIC, 0) != NULL) {
        pic_disable();
    }
    const struct helios_boot_intc *intc;
    while (ioapic_count < MAX_IOAPICS &&
           (intc = x86_boot_intc(HELIOS_INTC_IOAPIC, ioapic_count)) != NULL) {
        struct ioapic *ioapic = &ioapics[ioapic_count];
        if (!ioapic_init(ioapic, intc)) {
            return "memory to map an IOAPIC";
        }
        const uint32_t end = ioapic->first + ioapic->count;
        line_count = end > line_count ? end : line_count;
        ioapic_count++;
    }
    line_count = line_count > MAX_LINES ? MAX_LINES : line_count;
    const char *missing = x86_lapic_find();
    if (missing == NULL) {
        missing = x86_lapic_init();
    }
    return missing != NULL ? missing
                           : x86_timer_init(boot->timer.frequency_hz, boot->timer.lapic_hz);
}

uint32_t arch_irq_lines(void) {
    return line_count;
}

uint32_t arch_irq_count(void) {
    return X86_IRQ_COUNT;
}

bool arch_irq_line_exists(uint32_t irq) {
    return irq < line_count && ioapic_of(irq) != NULL;
}

static bool is_level(const struct source *source) {
    return (source->entry & X86_IOAPIC_LEVEL) != 0;
}

bool arch_irq_reaches(uint32_t cpu) {
    return percpu_get(cpu)->hardware_id <= X86_APIC_ID_MAX;
}

bool arch_irq_configure(uint32_t irq, unsigned flags, uint32_t cpu) {
    struct source *source = &sources[irq];
    struct ioapic *ioapic = ioapic_of(irq);
    source->apic_id = (uint32_t)percpu_get(cpu)->hardware_id;
    const uint32_t entry = x86_ioapic_entry_low(VECTOR_IRQ + irq, flags);
    lock_acquire(&ioapic->lock);
    ioapic_write_low(ioapic, irq, entry);
    ioapic_write(ioapic, IOAPIC_ENTRIES + 2 * (irq - ioapic->first) + 1,
                 x86_ioapic_entry_high(source->apic_id));
    lock_release(&ioapic->lock);
    source->entry = entry & ~X86_IOAPIC_MASKED;
    source->taken = 0;
    return true;
}

bool arch_irq_configure_msi(uint32_t irq, uint32_t device, uint32_t cpu, uint64_t *address,
                            uint32_t *data) {
    (void)device;
    struct source *source = &sources[irq];
    source->apic_id = (uint32_t)percpu_get(cpu)->hardware_id;
    source->taken = 0;
    *address = x86_msi_address(source->apic_id);
    *data = x86_msi_data(VECTOR_IRQ + irq);
    return true;
}

// Masks or unmasks a line as its state says. Messages can't be masked: they are dropped as they
// come.
static void update(uint32_t irq) {
    const struct source *source = &sources[irq];
    struct ioapic *ioapic = irq < line_count ? ioapic_of(irq) : NULL;
    if (ioapic == NULL) {
        return;
    }
    lock_acquire(&ioapic->lock);
    const bool is_quiet =
        !__atomic_load_n(&source->enabled, __ATOMIC_RELAXED) ||
        (is_level(source) && __atomic_load_n(&source->taken, __ATOMIC_RELAXED) != 0);
    ioapic_write_low(ioapic, irq, source->entry | (is_quiet ? X86_IOAPIC_MASKED : 0));
    lock_release(&ioapic->lock);
}

void arch_irq_enable(uint32_t irq) {
    __atomic_store_n(&sources[irq].enabled, 1, __ATOMIC_RELAXED);
    update(irq);
}

void arch_irq_disable(uint32_t irq) {
    __atomic_store_n(&sources[irq].enabled, 0, __ATOMIC_RELAXED);
    update(irq);
}

// One that the local APIC has already will be dropped when it comes.
void arch_irq_release(uint32_t irq) {
    arch_irq_disable(irq);
    sources[irq].taken = 0;
}

// A local APIC keeps nothing back: what is nobody's is taken and forgotten.
void arch_irq_settle(void) {
}

void arch_irq_done(uint32_t irq) {
    struct source *source = &sources[irq];
    const uint32_t taken = __atomic_exchange_n(&source->taken, 0, __ATOMIC_RELAXED);
    if (is_level(source)) {
        update(irq);
    } else if (taken > 1) {
        x86_lapic_send(source->apic_id, VECTOR_IRQ + irq);
    }
}

// False if nobody wants to hear of it now. The local APIC has it acknowledged.
static inline bool take(uint32_t irq) {
    struct source *source = &sources[irq];
    bool is_wanted = false;
    if (__builtin_expect(__atomic_load_n(&source->enabled, __ATOMIC_RELAXED) != 0, 1)) {
        is_wanted = __atomic_fetch_add(&source->taken, 1, __ATOMIC_RELAXED) == 0;
        if (is_level(source)) {
            update(irq);
        }
    }
    x86_lapic_acknowledge();
    return is_wanted;
}

uint32_t x86_interrupt_taken(uint64_t vector) {
    const uint64_t irq = vector - VECTOR_IRQ;
    if (irq < X86_IRQ_COUNT) {
        return take((uint32_t)irq) ? (uint32_t)irq : ARCH_IRQ_NONE;
    }
    if (vector < VECTOR_IRQ || vector == VECTOR_SPURIOUS) {
        return ARCH_IRQ_NONE; // the local APIC wants no acknowledgement
    }
    x86_lapic_acknowledge();
    if (vector == VECTOR_IPI) {
        return ARCH_IRQ_IPI;
    }
    return vector == VECTOR_TIMER ? ARCH_IRQ_TIMER : ARCH_IRQ_NONE;
}

struct arch_task *x86_user_interrupt(struct arch_task *task, uint64_t vector) {
    uint32_t irq = (uint32_t)vector - VECTOR_IRQ;
    if (irq < X86_IRQ_COUNT) {
        return __builtin_expect(take(irq), 1) ? kernel_interrupt(irq) : task;
    }
    irq = x86_interrupt_taken(vector);
    return irq == ARCH_IRQ_NONE ? task : kernel_interrupt(irq);
}

uint32_t arch_interrupt_take(void) {
    struct arch_percpu *arch = &arch_percpu()->arch;
    if (arch->taken == ARCH_IRQ_NONE) {
        __asm__ volatile("sti\n\tnop\n\tcli" : : : "memory");
    }
    const uint32_t irq = arch->taken;
    arch->taken = ARCH_IRQ_NONE;
    return irq;
}
