// SPDX-License-Identifier: GPL-3.0-only
//
// The console's device, which interrupts as soon as it is asked to say when it can take a
// character: at once. 16550 (PC16550D data sheet, section 8) and PL011 (Arm DDI 0183, section 3.2).
#include "testing/bench/counter.h"
#include "uapi/object.h"

enum {
    NS_INTERRUPT_ENABLE = 1,
    NS_INTERRUPT_ROOM = 2,
    PL011_INTERRUPT_MASK = 0x38,
    PL011_INTERRUPT_ROOM = 0x20,
};

static const struct helios_bootinfo_console *console;

// The library has mapped the registers.
static void write_mask(uint32_t ns, uint32_t pl011) {
    uint64_t offset = console->base & 4095;
    if (console->kind == HELIOS_BOOTINFO_CONSOLE_PL011) {
        *(volatile uint32_t *)(uintptr_t)(console->address + offset + PL011_INTERRUPT_MASK) = pl011;
    } else {
        *(volatile uint8_t *)(uintptr_t)(console->address + offset +
                                         ((uint64_t)NS_INTERRUPT_ENABLE << console->reg_shift)) =
            (uint8_t)ns;
    }
}

bool bench_irq_open(const struct helios_bootinfo *info, uint32_t *line, uint64_t *trigger) {
    console = &info->console;
    *line = console->irq;
    *trigger = HELIOS_IRQ_TRIGGER_LEVEL;
    return console->irq_valid != 0;
}

void bench_irq_trigger(void) {
    write_mask(NS_INTERRUPT_ROOM, PL011_INTERRUPT_ROOM);
}

void bench_irq_quiet(void) {
    write_mask(0, 0);
}
