// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of aarch64 that a user program must not get away with.
#ifndef HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_AARCH64_FAULT_INSTRUCTIONS_H
#define HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_AARCH64_FAULT_INSTRUCTIONS_H

#include <stdint.h>

#define FAULT_NOTHING_CODE 0xd65f03c0d65f03c0ull // ret
#define FAULT_DIRECT_MAP   0xffff800040000000ull
#define FAULT_FRAME_WORDS  0 // between a frame record and where the frame pointer points

static inline void fault_illegal_instruction(void) {
    __asm__ volatile("udf #0");
}

static inline void fault_privileged_instruction(void) {
    __asm__ volatile("msr daifset, #2" : : : "memory");
}

static inline void fault_breakpoint(void) {
    __asm__ volatile("brk #0");
}

// Faults with this frame pointer.
static inline void fault_with_frame(uintptr_t frame) {
    __asm__ volatile("mov x29, %0; udf #0" : : "r"(frame) : "memory");
}

#endif // HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_AARCH64_FAULT_INSTRUCTIONS_H
