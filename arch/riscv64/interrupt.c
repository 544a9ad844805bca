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
// first that serves the boot hart is used. Messages need an IMSIC.
#include "arch/include/interrupt.h"

#include <stddef.h>

#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "arch/riscv64/aplic.h"
#include "arch/riscv64/csr.h"
#include "arch/riscv64/imsic.h"
#include "arch/riscv64/machine.h"
#include "arch/riscv64/msi_ids.h"
#include "arch/riscv64/plic.h"
#include "boot/protocol/protocol.h"
#include "kernel/boot_block.h"
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
    uint32_t imsic_ids; // 0: there is no IMSIC
    uint64_t imsic_base;
    unsigned imsic_shift; // log2 of the distance of two harts' interrupt files
} controllers;

// What the kernel asked for, by irq.
static struct {
    uint8_t state; // enum irq_state
    uint8_t cpu;
} irqs[MSI_MAX_IRQS];

static struct msi_ids msi_ids;

static const struct helios_boot_intc *boot_intc(const struct helios_boot *boot, uint32_t index) {
    return boot_record(boot, &boot->intcs, index);
}

static const struct helios_boot_intc_context *boot_context(const struct helios_boot *boot,
                                                           uint32_t index) {
    return boot_record(boot, &boot->intc_contexts, index);
}

// --- Finding them

// Notes which part of this controller belongs to which CPU. False: none belongs to the boot CPU.
static bool take_contexts(const struct helios_boot *boot, uint32_t intc) {
    bool found = false;
    for (uint32_t i = 0; i < boot->intc_contexts.count; i++) {
        const struct helios_boot_intc_context *context = boot_context(boot, i);
        if (context->intc == intc && context->cpu < percpu_count()) {
            percpu_get(context->cpu)->arch.irq_context = context->context;
            found = found || context->cpu == boot->boot_cpu;
        }
    }
    return found;
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

static const char *start_imsic(const struct helios_boot_intc *intc) {
    if (!riscv_has(HELIOS_RISCV_ISA_SSAIA)) {
        return "Ssaia, although there are IMSICs";
    }
    controllers.imsic_ids = at_most(intc->count, IMSIC_MAX_IDS);
    controllers.imsic_base = intc->base;
    controllers.imsic_shift = ARCH_PAGE_SHIFT + intc->guest_bits;
    msi_ids_init(&msi_ids, controllers.imsic_ids);
    return NULL;
}

static const char *start_plic(const struct helios_boot_intc *intc) {
    const uint64_t length = PLIC_ENABLES + PLIC_ENABLE_STRIDE * ((uint64_t)last_context() + 1);
    controllers.plic.sources = at_most(intc->count, PLIC_MAX_SOURCES);
    controllers.plic.registers = window_map(intc->base, length, MMU_WRITE | MMU_DEVICE);
    for (uint32_t i = 0; i < percpu_count(); i++) {
        struct arch_percpu *cpu = &percpu_get(i)->arch;
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

// The first controller of a kind that serves the boot CPU; `by_msi` is for APLICs. An APLIC that
// sends messages has no parts, it serves whoever the IMSICs serve.
static const struct helios_boot_intc *find(const struct helios_boot *boot, uint32_t kind,
                                           bool by_msi) {
    for (uint32_t i = 0; i < boot->intcs.count; i++) {
        const struct helios_boot_intc *intc = boot_intc(boot, i);
        const bool is_wanted =
            intc->kind == kind && (kind != HELIOS_INTC_APLIC || ((intc->flags & 1) != 0) == by_msi);
        if (is_wanted && (by_msi || take_contexts(boot, i))) {
            return intc;
        }
    }
    return NULL;
}

// With IMSICs, lines come as messages too: a hart listens to one or the other.
static const char *find_controllers(const struct helios_boot *boot) {
    const struct helios_boot_intc *intc = find(boot, HELIOS_INTC_IMSIC, false);
    if (intc != NULL) {
        const char *missing = start_imsic(intc);
        const struct helios_boot_intc *aplic = find(boot, HELIOS_INTC_APLIC, true);
        return missing != NULL || aplic == NULL ? missing : start_aplic(aplic);
    }
    intc = find(boot, HELIOS_INTC_APLIC, false);
    if (intc != NULL) {
        return start_aplic(intc);
    }
    intc = find(boot, HELIOS_INTC_PLIC, false);
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

// This hart's part of the controllers.
static void start_cpu(struct percpu *cpu) {
    if (controllers.imsic_ids != 0) {
        imsic_reset(controllers.imsic_ids);
    } else if (controllers.wiring == WIRED_PLIC) {
        const struct plic_context context = plic_context(cpu->index);
        plic_reset_context(&controllers.plic, &context);
    } else {
        aplic_open_idc(&controllers.aplic, cpu->arch.irq_context);
    }
    cpu->arch.takes_interrupts = true;
    CSR_SET(sie, SI_EXTERNAL);
}

const char *arch_interrupt_init(const struct helios_boot *boot) {
    const char *missing = find_controllers(boot);
    if (missing == NULL) {
        start_cpu(arch_percpu());
    }
    return missing;
}

// --- Interrupts by number

uint32_t arch_irq_lines(void) {
    return controllers.lines;
}

uint32_t arch_irq_count(void) {
    return controllers.lines + controllers.imsic_ids;
}

static bool is_line(uint32_t irq) {
    return irq < controllers.lines;
}

static bool is_plic_line(uint32_t irq) {
    return is_line(irq) && controllers.wiring == WIRED_PLIC;
}

static bool is_configured(uint32_t irq) {
    return irq < arch_irq_count() && (irqs[irq].state & CONFIGURED) != 0;
}

// Of an interrupt that comes as a message.
static uint32_t identity(uint32_t irq) {
    return msi_ids.id_of[irq];
}

bool arch_irq_line_exists(uint32_t irq) {
    if (irq == 0 || !is_line(irq)) {
        return false;
    }
    if (is_configured(irq)) {
        return true;
    }
    return controllers.wiring == WIRED_PLIC ? plic_source_exists(&controllers.plic, irq)
                                            : aplic_source_exists(&controllers.aplic, irq);
}

bool arch_irq_reaches(uint32_t cpu) {
    return percpu_get(cpu)->arch.takes_interrupts;
}

// Gives the interrupt an identity that is enabled in this hart's IMSIC file (the boot hart's: no
// other takes interrupts yet), or not, with nothing pending. 0: they are all in use.
static uint32_t take_identity(uint32_t irq, bool enabled) {
    const uint32_t id = msi_ids_take(&msi_ids, irq);
    if (id != 0) {
        imsic_clear_pending(id);
        imsic_set_enabled(id, enabled);
    }
    return id;
}

static void release_identity(uint32_t irq) {
    if (identity(irq) != 0) {
        imsic_set_enabled(identity(irq), false);
        imsic_clear_pending(identity(irq));
        msi_ids_release(&msi_ids, irq);
    }
}

static bool configure_aplic(uint32_t irq, unsigned flags, uint32_t cpu) {
    uint32_t id = 0;
    if (controllers.wiring == WIRED_APLIC_MSI) {
        aplic_set_enabled(&controllers.aplic, irq, false);
        id = take_identity(irq, true);
        if (id == 0) {
            return false;
        }
    }
    if (!aplic_configure(&controllers.aplic, irq, flags, percpu_get(cpu)->arch.irq_context, id)) {
        release_identity(irq);
        return false;
    }
    return true;
}

// The PLIC's gateways have the trigger that they were built with; active low is none that one could
// ask for.
static bool configure_plic(uint32_t irq, unsigned flags, uint32_t cpu) {
    if ((flags & IRQ_LOW) != 0) {
        return false;
    }
    const struct plic_context context = plic_context(cpu);
    plic_configure(&controllers.plic, &context, irq);
    return true;
}

bool arch_irq_configure(uint32_t irq, unsigned flags, uint32_t cpu) {
    if (!arch_irq_line_exists(irq)) {
        return false;
    }
    arch_irq_release(irq);
    if (!(is_plic_line(irq) ? configure_plic : configure_aplic)(irq, flags, cpu)) {
        return false;
    }
    irqs[irq].cpu = (uint8_t)cpu;
    irqs[irq].state = CONFIGURED | ((flags & IRQ_LEVEL) != 0 ? LEVEL : 0);
    return true;
}

// Any device may send any message to any file: who it is does not matter.
bool arch_irq_configure_msi(uint32_t irq, uint32_t device, uint32_t cpu, uint64_t *address,
                            uint32_t *data) {
    (void)device;
    if (is_line(irq) || irq >= arch_irq_count()) {
        return false;
    }
    const uint32_t id = take_identity(irq, false);
    if (id == 0) {
        return false;
    }
    const uint64_t file = percpu_get(cpu)->arch.irq_context;
    *address = controllers.imsic_base + (file << controllers.imsic_shift);
    *data = id;
    irqs[irq].cpu = (uint8_t)cpu;
    irqs[irq].state = CONFIGURED;
    return true;
}

void arch_irq_release(uint32_t irq) {
    if (!is_configured(irq)) {
        return;
    }
    irqs[irq].state = 0;
    if (is_plic_line(irq)) {
        const struct plic_context context = plic_context(irqs[irq].cpu);
        plic_release(&controllers.plic, &context, irq);
        return;
    }
    if (is_line(irq)) {
        aplic_release(&controllers.aplic, irq);
    }
    release_identity(irq);
}

// A line whose interrupts come as messages: what happened while it was closed is looked at again,
// since the APLIC sends one message for each time that a level-triggered line becomes active.
static void set_open(uint32_t irq, bool open) {
    if (is_plic_line(irq)) {
        const struct plic_context context = plic_context(irqs[irq].cpu);
        plic_set_enabled(&context, irq, open);
    } else if (is_line(irq)) {
        aplic_set_enabled(&controllers.aplic, irq, open);
        if (open && (irqs[irq].state & LEVEL) != 0 && controllers.aplic.by_msi) {
            aplic_retrigger(&controllers.aplic, irq);
        }
    } else {
        imsic_set_enabled(identity(irq), open);
    }
}

void arch_irq_enable(uint32_t irq) {
    if (!is_configured(irq)) {
        return;
    }
    irqs[irq].state |= ENABLED;
    if ((irqs[irq].state & TAKEN) == 0 || is_plic_line(irq)) {
        set_open(irq, true);
    }
}

void arch_irq_disable(uint32_t irq) {
    if (is_configured(irq)) {
        irqs[irq].state &= (uint8_t)~ENABLED;
        set_open(irq, false);
    }
}

void arch_irq_done(uint32_t irq) {
    if (!is_configured(irq) || (irqs[irq].state & TAKEN) == 0) {
        return;
    }
    irqs[irq].state &= (uint8_t)~TAKEN;
    if (is_plic_line(irq)) {
        const struct plic_context context = plic_context(irqs[irq].cpu);
        plic_complete(&context, irq);
    } else if ((irqs[irq].state & ENABLED) != 0) {
        set_open(irq, true);
    }
}

// --- Taking them

static uint32_t claim(void) {
    const struct percpu *cpu = arch_percpu();
    if (controllers.imsic_ids != 0) {
        return msi_ids_irq(&msi_ids, imsic_claim());
    }
    if (controllers.wiring == WIRED_PLIC) {
        const struct plic_context context = plic_context(cpu->index);
        return plic_claim(&context);
    }
    return aplic_claim(&controllers.aplic, cpu->arch.irq_context);
}

// A message may be under way while its source is being closed. It counts once that is open again.
static void keep_for_later(uint32_t irq) {
    if (is_line(irq) && controllers.aplic.by_msi) {
        aplic_retrigger(&controllers.aplic, irq);
    }
}

// A level-triggered line that is no longer active has nothing to say. (QEMU's APLIC keeps it
// pending until it is claimed, or its message sent, once more.)
static bool is_stale(uint32_t irq) {
    return controllers.wiring != WIRED_PLIC && (irqs[irq].state & LEVEL) != 0 &&
           !aplic_is_active(&controllers.aplic, irq);
}

static uint32_t take_external(void) {
    const uint32_t irq = claim();
    if (irq == MSI_NO_IRQ || !is_configured(irq) || is_stale(irq)) {
        return ARCH_IRQ_NONE;
    }
    if ((irqs[irq].state & (ENABLED | TAKEN)) != ENABLED) {
        keep_for_later(irq);
        return ARCH_IRQ_NONE;
    }
    irqs[irq].state |= TAKEN;
    if (!is_plic_line(irq)) {
        set_open(irq, false);
    }
    return irq;
}

uint32_t arch_interrupt_take(void) {
    const uint64_t pending = CSR_READ(sip) & CSR_READ(sie);
    if ((pending & SI_TIMER) != 0) {
        arch_timer_stop();
        return ARCH_IRQ_TIMER;
    }
    return (pending & SI_EXTERNAL) != 0 ? take_external() : ARCH_IRQ_NONE;
}
