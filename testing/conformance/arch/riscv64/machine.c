// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of riscv64 that the cases need.
#include "testing/conformance/machine.h"
#include "testing/conformance/actor.h"

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

void machine_write_function(volatile uint32_t *code, uint32_t value) {
    code[0] = 0x00000513 | value << 20; // li a0, value
    code[1] = 0x00008067;               // ret
}
