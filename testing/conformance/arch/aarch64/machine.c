// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of aarch64 that the cases need.
#include "testing/conformance/machine.h"
#include "testing/conformance/actor.h"

const uint64_t machine_illegal_bytes = 4;

uint64_t machine_ticks(void) {
    uint64_t ticks;
    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
}

void machine_illegal(void) {
    __asm__ volatile("udf #0");
}

void machine_breakpoint(void) {
    __asm__ volatile("brk #0");
}

// virt: SPIs 3 to 6.
uint64_t machine_pci_line(uint64_t device, uint64_t pin) {
    return 35 + (device + pin) % 4;
}

void machine_write_function(volatile uint32_t *code, uint32_t value) {
    code[0] = 0xd2800000 | value << 5; // mov x0, #value
    code[1] = 0xd65f03c0;              // ret
}
