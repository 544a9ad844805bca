// SPDX-License-Identifier: GPL-3.0-only
//
// The machine's interrupt controllers as the kernel sees them.
//
// There are three ways in which a line reaches a hart, and one for messages:
//
//              take                     until arch_irq_done       enable, disable
//   PLIC       claim                    claimed                   the context's enable bit
//   APLIC      claim                    disabled in the APLIC     in the APLIC
//   APLIC+MSI  claim from the IMSIC     disabled in the APLIC     in the APLIC
//   message    claim from the IMSIC     disabled in the IMSIC     in the IMSIC
//
// A machine has one of the first three; with several controllers of a kind (one per socket) the
// first that serves the boot hart is used. Messages need an IMSIC. A hart that the controllers
// don't serve has its timer and inter-processor interrupts all the same.
//
// A line or message is configured for one hart, but any may open, close and finish it, while that
// one takes it: what changes is guarded by one lock, in which nothing waits. It is the last of all.
#include "arch/include/interrupt.h"

#include <stddef.h>

#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "arch/include/smp.h"
#include "arch/riscv64/aplic.h"
#include "arch/riscv64/cause.h"
#include "arch/riscv64/csr.h"
#include "arch/riscv64/machine.h"
#include "arch/riscv64/msi.h"
#include "arch/riscv64/msi_ids.h"
#include "arch/riscv64/plic.h"
#include "arch/riscv64/trap.h"
#include "boot/protocol/protocol.h"
#include "kernel/boot_block.h"
#include "kernel/entry.h"
#include "kernel/lock.h"
#include "kernel/percpu.h"
#include "kernel/window.h"

enum wiring {
    WIRED_NONE = 0,
    WIRED_PLIC,
    WIRED_APLIC,
    WIRED_APLIC_MSI,
};

enum irq_state {
    CONFIGURED = 1 << 0,
    ENABLED = 1 << 1, // by arch_irq_enable
    TAKEN = 1 << 2,   // until arch_irq_done
    LEVEL = 1 << 3,
};

// The controllers. Written once, by arch_interrupt_init.
static struct {
    enum wiring wiring;
    struct plic plic;
    struct aplic aplic;
    uint32_t lines;
    bool has_imsic;
} controllers;

// Guards irqs, registers of the controllers that hold more than one source, and msi.h.
static struct lock irqs_lock;

// What the kernel asked for, by irq: enum irq_state, and the CPU that takes it from IRQ_CPU_SHIFT
// on. A line of the PLIC may become TAKEN without the lock, so every change is an atomic one.
static uint32_t irqs[MSI_MAX_IRQS];
#define IRQ_CPU_SHIFT 16

static uint32_t state_of(uint32_t irq) {
    return __atomic_load_n(&irqs[irq], __ATOMIC_RELAXED);
}

static uint32_t cpu_of(uint32_t irq) {
    return state_of(irq) >> IRQ_CPU_SHIFT;
}

static void set_state(uint32_t irq, uint32_t state, uint32_t cpu) {
    __atomic_store_n(&irqs[irq], state | cpu << IRQ_CPU_SHIFT, __ATOMIC_RELAXED);
}

static void add_state(uint32_t irq, uint32_t bits) {
    __atomic_fetch_or(&irqs[irq], bits, __ATOMIC_RELAXED);
}

static void drop_state(uint32_t irq, uint32_t bits) {
    __atomic_fetch_and(&irqs[irq], ~bits, __ATOMIC_RELAXED);
}

static const struct helios_boot_intc *boot_intc(const struct helios_boot *boot, uint32_t index) {
    return boot_record(boot, &boot->intcs, index);
}

static const struct helios_boot_intc_context *boot_context(const struct helios_boot *boot,
                                                           uint32_t index) {
    return boot_record(boot, &boot->intc_contexts, index);
}

// --- Finding them

static bool serves_boot_cpu(const struct helios_boot *boot, uint32_t intc) {
    for (uint32_t i = 0; i < boot->intc_contexts.count; i++) {
        const struct helios_boot_intc_context *context = boot_context(boot, i);
        if (context->intc == intc && context->cpu == boot->boot_cpu) {
            return true;
        }
    }
    return false;
}

// Notes which part of this controller belongs to which CPU.
static void take_contexts(const struct helios_boot *boot, uint32_t intc) {
    for (uint32_t i = 0; i < boot->intc_contexts.count; i++) {
        const struct helios_boot_intc_context *context = boot_context(boot, i);
        if (context->intc == intc && context->cpu < percpu_count()) {
            struct arch_percpu *cpu = &percpu_get(context->cpu)->arch;
            cpu->irq_context = context->context;
            cpu->has_irq_context = true;
        }
    }
}

// The highest part number of all CPUs.
static uint32_t last_context(void) {
    uint32_t last = 0;
    for (uint32_t i = 0; i < percpu_count(); i++) {
        const uint32_t context = percpu_get(i)->arch.irq_context;
        last = context > last ? context : last;
    }
    return last;
}

static uint32_t at_most(uint32_t value, uint32_t limit) {
    return value < limit ? value : limit;
}

static const char *start_plic(const struct helios_boot_intc *intc) {
    const uint64_t length = PLIC_ENABLES + PLIC_ENABLE_STRIDE * ((uint64_t)last_context() + 1);
    controllers.plic.sources = at_most(intc->count, PLIC_MAX_SOURCES);
    controllers.plic.registers = window_map(intc->base, length, MMU_WRITE | MMU_DEVICE);
    for (uint32_t i = 0; i < percpu_count(); i++) {
        struct arch_percpu *cpu = &percpu_get(i)->arch;
        if (!cpu->has_irq_context) {
            continue;
        }
        const uint64_t offset = PLIC_CLAIMS + PLIC_CLAIM_STRIDE * (uint64_t)cpu->irq_context;
        cpu->plic_claim =
            window_map(intc->base + offset, PLIC_CLAIM_STRIDE, MMU_WRITE | MMU_DEVICE);
        if (cpu->plic_claim == 0 || controllers.plic.registers == 0) {
            return "memory to map the PLIC";
        }
    }
    controllers.wiring = WIRED_PLIC;
    controllers.lines = controllers.plic.sources + 1;
    plic_reset(&controllers.plic);
    return NULL;
}

static const char *start_aplic(const struct helios_boot_intc *intc) {
    const bool by_msi = (intc->flags & 1) != 0;
    uint64_t length = APLIC_IDCS;
    if (!by_msi) {
        length += APLIC_IDC_STRIDE * ((uint64_t)last_context() + 1);
    }
    controllers.aplic.by_msi = by_msi;
    controllers.aplic.sources = at_most(intc->count, APLIC_MAX_SOURCES);
    controllers.aplic.registers = window_map(intc->base, length, MMU_WRITE | MMU_DEVICE);
    if (controllers.aplic.registers == 0) {
        return "memory to map the APLIC";
    }
    controllers.wiring = by_msi ? WIRED_APLIC_MSI : WIRED_APLIC;
    controllers.lines = controllers.aplic.sources + 1;
    aplic_reset(&controllers.aplic);
    return NULL;
}

// The first controller of a kind that serves the boot CPU; its parts are taken. NULL: none.
static const struct helios_boot_intc *find(const struct helios_boot *boot, uint32_t kind) {
    for (uint32_t i = 0; i < boot->intcs.count; i++) {
        if (boot_intc(boot, i)->kind == kind && serves_boot_cpu(boot, i)) {
            take_contexts(boot, i);
            return boot_intc(boot, i);
        }
    }
    return NULL;
}

// An APLIC that sends messages has no parts, it serves whoever the IMSICs serve.
static const struct helios_boot_intc *find_sender(const struct helios_boot *boot) {
    for (uint32_t i = 0; i < boot->intcs.count; i++) {
        const struct helios_boot_intc *intc = boot_intc(boot, i);
        if (intc->kind == HELIOS_INTC_APLIC && (intc->flags & 1) != 0) {
            return intc;
        }
    }
    return NULL;
}

// With IMSICs, lines come as messages too: a hart listens to one or the other.
static const char *find_controllers(const struct helios_boot *boot) {
    const struct helios_boot_intc *intc = find(boot, HELIOS_INTC_IMSIC);
    if (intc != NULL) {
        controllers.has_imsic = true;
        const char *missing = msi_init(intc);
        const struct helios_boot_intc *aplic = find_sender(boot);
        return missing != NULL || aplic == NULL ? missing : start_aplic(aplic);
    }
    intc = find(boot, HELIOS_INTC_APLIC);
    if (intc != NULL) {
        return start_aplic(intc);
    }
    intc = find(boot, HELIOS_INTC_PLIC);
    return intc != NULL ? start_plic(intc) : "an interrupt controller that serves the boot hart";
}

static struct plic_context plic_context(uint32_t cpu) {
    const struct arch_percpu *arch = &percpu_get(cpu)->arch;
    return (struct plic_context){
        .enables = controllers.plic.registers + PLIC_ENABLES +
                   PLIC_ENABLE_STRIDE * (uintptr_t)arch->irq_context,
        .claims = arch->plic_claim,
    };
}

// This hart's part of the controllers. False: it has none.
static bool start_part(struct percpu *cpu) {
    if (!cpu->arch.has_irq_context || (controllers.has_imsic && !msi_reaches(cpu))) {
        return false;
    }
    if (controllers.has_imsic) {
        msi_start_cpu(cpu);
        cpu->arch.is_rung = true;
    } else if (controllers.wiring == WIRED_PLIC) {
        const struct plic_context context = plic_context(cpu->index);
        plic_reset_context(&controllers.plic, &context);
    } else {
        aplic_open_idc(&controllers.aplic, cpu->arch.irq_context);
    }
    return true;
}

const char *arch_interrupt_init_cpu(void) {
    struct percpu *cpu = arch_percpu();
    lock_acquire(&irqs_lock);
    cpu->arch.takes_interrupts = start_part(cpu);
    lock_release(&irqs_lock);
    CSR_SET(sie, SI_SOFTWARE | (cpu->arch.takes_interrupts ? SI_EXTERNAL : 0));
    return NULL;
}

const char *arch_interrupt_init(const struct helios_boot *boot) {
    const char *missing = find_controllers(boot);
    return missing != NULL ? missing : arch_interrupt_init_cpu();
}

// --- Interrupts by number

uint32_t arch_irq_lines(void) {
    return controllers.lines;
}

uint32_t arch_irq_count(void) {
    return controllers.lines + msi_count();
}

static bool is_line(uint32_t irq) {
    return irq < controllers.lines;
}

static bool is_plic_line(uint32_t irq) {
    return is_line(irq) && controllers.wiring == WIRED_PLIC;
}

// Comes to the hart as a message.
static bool is_message(uint32_t irq) {
    return !is_line(irq) || controllers.wiring == WIRED_APLIC_MSI;
}

static bool is_configured(uint32_t irq) {
    return irq < arch_irq_count() && (state_of(irq) & CONFIGURED) != 0;
}

bool arch_irq_line_exists(uint32_t irq) {
    if (irq == 0 || !is_line(irq)) {
        return false;
    }
    lock_acquire(&irqs_lock);
    const bool exists = is_configured(irq) || (controllers.wiring == WIRED_PLIC
                                                   ? plic_source_exists(&controllers.plic, irq)
                                                   : aplic_source_exists(&controllers.aplic, irq));
    lock_release(&irqs_lock);
    return exists;
}

bool arch_irq_reaches(uint32_t cpu) {
    return percpu_get(cpu)->arch.takes_interrupts;
}

static bool configure_aplic(uint32_t irq, unsigned flags, uint32_t cpu) {
    uint32_t id = 0;
    if (controllers.wiring == WIRED_APLIC_MSI) {
        aplic_set_enabled(&controllers.aplic, irq, false);
        id = msi_take(irq, cpu, true);
        if (id == 0) {
            return false;
        }
    }
    if (!aplic_configure(&controllers.aplic, irq, flags, percpu_get(cpu)->arch.irq_context, id)) {
        if (id != 0) {
            msi_release(irq, cpu);
        }
        return false;
    }
    return true;
}

// Whose claim register empties a source. Not the one of the hart that it is for: that hart may be
// claiming at this moment, and one of the two would get what the other should. Here nothing is
// being claimed.
static struct plic_context draining_context(uint32_t cpu) {
    const struct percpu *self = arch_percpu();
    return plic_context(self->arch.takes_interrupts ? self->index : cpu);
}

// The PLIC's gateways have the trigger that they were built with; active low is none that one could
// ask for.
static bool configure_plic(uint32_t irq, unsigned flags, uint32_t cpu) {
    if ((flags & IRQ_LOW) != 0) {
        return false;
    }
    const struct plic_context context = draining_context(cpu);
    plic_configure(&controllers.plic, &context, irq);
    return true;
}

static void release(uint32_t irq) {
    if (!is_configured(irq)) {
        return;
    }
    const uint32_t cpu = cpu_of(irq);
    set_state(irq, 0, 0);
    if (is_plic_line(irq)) {
        const struct plic_context context = plic_context(cpu);
        const struct plic_context drain = draining_context(cpu);
        plic_set_enabled(&context, irq, false);
        plic_release(&controllers.plic, &drain, irq);
        return;
    }
    if (is_line(irq)) {
        aplic_release(&controllers.aplic, irq);
    }
    if (is_message(irq)) {
        msi_release(irq, cpu);
    }
}

bool arch_irq_configure(uint32_t irq, unsigned flags, uint32_t cpu) {
    if (!arch_irq_line_exists(irq)) {
        return false;
    }
    lock_acquire(&irqs_lock);
    release(irq);
    const bool done = (is_plic_line(irq) ? configure_plic : configure_aplic)(irq, flags, cpu);
    if (done) {
        set_state(irq, CONFIGURED | ((flags & IRQ_LEVEL) != 0 ? LEVEL : 0), cpu);
    }
    lock_release(&irqs_lock);
    return done;
}

// Any device may send any message to any file: who it is does not matter.
bool arch_irq_configure_msi(uint32_t irq, uint32_t device, uint32_t cpu, uint64_t *address,
                            uint32_t *data) {
    (void)device;
    if (is_line(irq) || irq >= arch_irq_count()) {
        return false;
    }
    lock_acquire(&irqs_lock);
    release(irq);
    const uint32_t id = msi_take(irq, cpu, false);
    if (id != 0) {
        set_state(irq, CONFIGURED, cpu);
    }
    lock_release(&irqs_lock);
    *address = msi_address(cpu);
    *data = id;
    return id != 0;
}

void arch_irq_release(uint32_t irq) {
    lock_acquire(&irqs_lock);
    release(irq);
    lock_release(&irqs_lock);
}

void arch_irq_settle(void) {
    if (controllers.has_imsic) {
        lock_acquire(&irqs_lock);
        msi_serve();
        lock_release(&irqs_lock);
    }
}

// A line whose interrupts come as messages: what happened while it was closed is looked at again,
// since the APLIC sends one message for each time that a level-triggered line becomes active.
static void set_open(uint32_t irq, bool open) {
    const uint32_t cpu = cpu_of(irq);
    if (is_plic_line(irq)) {
        const struct plic_context context = plic_context(cpu);
        plic_set_enabled(&context, irq, open);
    } else if (is_line(irq)) {
        aplic_set_enabled(&controllers.aplic, irq, open);
        if (open && (state_of(irq) & LEVEL) != 0 && controllers.aplic.by_msi) {
            aplic_retrigger(&controllers.aplic, irq);
        }
    } else {
        msi_set_open(irq, cpu, open);
    }
}

void arch_irq_enable(uint32_t irq) {
    lock_acquire(&irqs_lock);
    if (is_configured(irq)) {
        add_state(irq, ENABLED);
        if ((state_of(irq) & TAKEN) == 0 || is_plic_line(irq)) {
            set_open(irq, true);
        }
    }
    lock_release(&irqs_lock);
}

void arch_irq_disable(uint32_t irq) {
    lock_acquire(&irqs_lock);
    if (is_configured(irq)) {
        drop_state(irq, ENABLED);
        set_open(irq, false);
    }
    lock_release(&irqs_lock);
}

void arch_irq_done(uint32_t irq) {
    lock_acquire(&irqs_lock);
    if (is_configured(irq) && (state_of(irq) & TAKEN) != 0) {
        drop_state(irq, TAKEN);
        if (is_plic_line(irq)) {
            const struct plic_context context = plic_context(cpu_of(irq));
            plic_complete(&context, irq);
        } else if ((state_of(irq) & ENABLED) != 0) {
            set_open(irq, true);
        }
    }
    lock_release(&irqs_lock);
}

// --- Taking them

// It has been claimed although its source is closed: a message was under way, or another hart
// closed it at this moment. It counts once that is open again.
static void keep_for_later(uint32_t irq) {
    if (is_line(irq)) {
        aplic_retrigger(&controllers.aplic, irq);
    } else {
        msi_put_back(irq);
    }
}

// A level-triggered line that is no longer active has nothing to say. (QEMU's APLIC keeps it
// pending until it is claimed, or its message sent, once more.)
static bool is_stale(uint32_t irq) {
    return controllers.wiring != WIRED_PLIC && (state_of(irq) & LEVEL) != 0 &&
           !aplic_is_active(&controllers.aplic, irq);
}

// What the PLIC has given away is taken whether or not it is still open: there is no putting back.
// It gives a source to one hart only, and not again before its completion, so there is nothing that
// the lock would keep others from. If the source is released and configured anew at this moment,
// its new owner hears of an interrupt that was the old one's.
static inline __attribute__((always_inline)) uint32_t take_from_plic(const struct percpu *cpu) {
    const uint32_t irq = plic_claim(cpu->arch.plic_claim);
    if (irq > PLIC_MAX_SOURCES) {
        return ARCH_IRQ_NONE;
    }
    const uint32_t mine = CONFIGURED | cpu->index << IRQ_CPU_SHIFT;
    if ((state_of(irq) & (CONFIGURED | ~0u << IRQ_CPU_SHIFT)) != mine) {
        return ARCH_IRQ_NONE;
    }
    add_state(irq, TAKEN);
    return irq;
}

// The lock is held.
static bool take_claimed(uint32_t irq) {
    if (!is_configured(irq) || cpu_of(irq) != arch_percpu()->index || is_stale(irq)) {
        return false;
    }
    if ((state_of(irq) & (ENABLED | TAKEN)) != ENABLED) {
        keep_for_later(irq);
        return false;
    }
    add_state(irq, TAKEN);
    set_open(irq, false);
    return true;
}

// Nobody else takes its identity, or itself, between the claim and what follows from it.
static __attribute__((noinline)) uint32_t take_from_other(const struct percpu *cpu) {
    bool is_taken = true;
    lock_acquire(&irqs_lock);
    const uint32_t irq = controllers.has_imsic
                             ? msi_claim()
                             : aplic_claim(&controllers.aplic, cpu->arch.irq_context);
    if (irq == ARCH_IRQ_IPI) {
        msi_serve();
    } else {
        is_taken = take_claimed(irq);
    }
    lock_release(&irqs_lock);
    return is_taken ? irq : ARCH_IRQ_NONE;
}

// With a PLIC without a call: half of its instructions would save and load registers.
static inline __attribute__((always_inline)) uint32_t take_external(void) {
    const struct percpu *cpu = arch_percpu();
    return controllers.wiring == WIRED_PLIC ? take_from_plic(cpu) : take_from_other(cpu);
}

// The software interrupt is over before anybody looks at what it was for: whatever is asked for
// later makes it pending again.
static uint32_t take_software(void) {
    CSR_CLEAR(sip, SI_SOFTWARE);
    __asm__ volatile("fence iorw, iorw" ::: "memory");
    return ARCH_IRQ_IPI;
}

static uint32_t take_timer(void) {
    arch_timer_stop();
    return ARCH_IRQ_TIMER;
}

uint32_t arch_interrupt_take(void) {
    const uint64_t pending = CSR_READ(sip) & CSR_READ(sie);
    if ((pending & SI_SOFTWARE) != 0) {
        return take_software();
    }
    if ((pending & SI_TIMER) != 0) {
        return take_timer();
    }
    return (pending & SI_EXTERNAL) != 0 ? take_external() : ARCH_IRQ_NONE;
}

// The hart has said which one it is.
struct arch_task *riscv_interrupt(uint64_t cause) {
    uint32_t irq;
    if (__builtin_expect(cause == RISCV_CAUSE_EXTERNAL, 1)) {
        irq = take_external();
    } else {
        irq = cause == RISCV_CAUSE_TIMER ? take_timer() : take_software();
    }
    return irq == ARCH_IRQ_NONE ? arch_percpu()->arch_current : kernel_interrupt(irq);
}
