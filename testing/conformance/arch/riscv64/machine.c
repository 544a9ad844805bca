// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of riscv64 that the cases need.
#include "testing/conformance/actor.h"
#include "testing/conformance/edu.h"

const uint64_t machine_illegal_bytes = 4;

uint64_t machine_ticks(void) {
    uint64_t ticks;
    __asm__ volatile("rdtime %0" : "=r"(ticks));
    return ticks;
}

void machine_illegal(void) {
    __asm__ volatile(".balign 4; .4byte 0xc0001073");
}

void machine_breakpoint(void) {
    __asm__ volatile("ebreak");
}

// virt: sources 32 to 35.
uint64_t machine_pci_line(uint64_t device, uint64_t pin) {
    return 32 + (device + pin) % 4;
}
