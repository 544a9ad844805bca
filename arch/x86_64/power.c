// SPDX-License-Identifier: GPL-3.0-only
//
// Power off is ACPI's business, through the registers of the boot block (kernel/power.c). So is
// reset where the tables name a register for it; older machines have three ways that this file
// tries.
#include "arch/include/power.h"

#include "arch/include/interrupt.h"
#include "arch/include/port.h"
#include "arch/x86_64/instructions.h"
#include "arch/x86_64/internal.h"
#include "kernel/percpu.h"

// The chipset's reset control register: bit 1 full reset, bit 2 do it.
#define RESET_CONTROL_PORT 0xcf9
#define RESET_CONTROL_ARM  0x02
#define RESET_CONTROL_FULL 0x06

// The keyboard controller's command that pulses the reset line.
#define KEYBOARD_COMMAND_PORT 0x64
#define KEYBOARD_INPUT_FULL   0x02
#define KEYBOARD_RESET        0xfe
#define KEYBOARD_ATTEMPTS     100000

bool arch_power_off(void) {
    return false;
}

static void keyboard_reset(void) {
    for (unsigned i = 0; i < KEYBOARD_ATTEMPTS; i++) {
        if (!(port_read8(KEYBOARD_COMMAND_PORT) & KEYBOARD_INPUT_FULL)) {
            break;
        }
    }
    port_write8(KEYBOARD_COMMAND_PORT, KEYBOARD_RESET);
}

// An exception without a table to find its handler in is a shutdown, which a chipset answers with a
// reset.
static _Noreturn void triple_fault(void) {
    const struct __attribute__((packed)) {
        uint16_t limit;
        uint64_t base;
    } none = {0, 0};
    __asm__ volatile("lidt %0\n\tint3" : : "m"(none));
    arch_halt();
}

bool arch_power_reset(void) {
    if (x86_boot_has_reset()) {
        return false;
    }
    port_write8(RESET_CONTROL_PORT, RESET_CONTROL_ARM);
    port_write8(RESET_CONTROL_PORT, RESET_CONTROL_FULL);
    keyboard_reset();
    triple_fault();
}

void arch_halt(void) {
    for (;;) {
        __asm__ volatile("cli\n\thlt");
    }
}

// STI takes effect after the next instruction, so no interrupt slips in between the two.
void arch_wait_for_interrupt(void) {
    const volatile struct arch_percpu *arch = &arch_percpu()->arch;
    while (arch->taken == ARCH_IRQ_NONE) {
        __asm__ volatile("sti\n\thlt\n\tcli" : : : "memory");
    }
}
