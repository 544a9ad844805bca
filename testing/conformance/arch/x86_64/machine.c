// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of x86_64 that the cases need.
#include "testing/conformance/actor.h"
#include "testing/conformance/edu.h"

const uint64_t machine_illegal_bytes = 2;

uint64_t machine_ticks(void) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

void machine_illegal(void) {
    __asm__ volatile("ud2");
}

void machine_breakpoint(void) {
    __asm__ volatile("int3");
}

// q35: the first eight inputs behind those of ISA, of which the upper four serve devices 0 to 24.
uint64_t machine_pci_line(uint64_t device, uint64_t pin) {
    return 20 + (device + pin) % 4;
}
