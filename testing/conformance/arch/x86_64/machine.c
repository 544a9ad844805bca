// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of x86_64 that the cases need.
#include "testing/conformance/machine.h"
#include "testing/conformance/actor.h"

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

void machine_write_function(volatile uint32_t *code, uint32_t value) {
    code[0] = 0xb8 | value << 8; // mov $value, %eax
    code[1] = 0xc300;            // ret, behind the last byte of the value
}
