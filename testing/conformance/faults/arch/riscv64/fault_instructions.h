// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of riscv64 that a user program must not get away with.
#ifndef HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_RISCV64_FAULT_INSTRUCTIONS_H
#define HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_RISCV64_FAULT_INSTRUCTIONS_H

#include <stdint.h>

#define FAULT_NOTHING_CODE 0x0000806700008067ull // ret
#define FAULT_DIRECT_MAP   0xffffffc080000000ull
#define FAULT_FRAME_WORDS  2 // between a frame record and where the frame pointer points

static inline void fault_illegal_instruction(void) {
    __asm__ volatile("unimp");
}

static inline void fault_privileged_instruction(void) {
    __asm__ volatile("csrw sstatus, zero" : : : "memory");
}

static inline void fault_breakpoint(void) {
    __asm__ volatile("ebreak");
}

// Faults with this frame pointer.
static inline void fault_with_frame(uintptr_t frame) {
    __asm__ volatile("mv s0, %0; unimp" : : "r"(frame) : "memory");
}

#endif // HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_RISCV64_FAULT_INSTRUCTIONS_H
