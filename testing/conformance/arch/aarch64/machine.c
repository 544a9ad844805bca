// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of aarch64 that the cases need.
#include "testing/conformance/actor.h"
#include "testing/conformance/edu.h"

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
