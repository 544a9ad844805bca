// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of x86_64 that a user program must not get away with.
#ifndef HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_X86_64_FAULT_INSTRUCTIONS_H
#define HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_X86_64_FAULT_INSTRUCTIONS_H

#include <stdint.h>

#define FAULT_NOTHING_CODE 0xc3c3c3c3c3c3c3c3ull // ret
#define FAULT_DIRECT_MAP   0xffff800000100000ull
#define FAULT_FRAME_WORDS  0 // between a frame record and where the frame pointer points

static inline void fault_illegal_instruction(void) {
    __asm__ volatile("ud2");
}

static inline void fault_privileged_instruction(void) {
    __asm__ volatile("hlt" : : : "memory");
}

static inline void fault_breakpoint(void) {
    __asm__ volatile("int3");
}

// Faults with this frame pointer.
static inline void fault_with_frame(uintptr_t frame) {
    __asm__ volatile("mov %0, %%rbp; ud2" : : "r"(frame) : "memory");
}

#endif // HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_X86_64_FAULT_INSTRUCTIONS_H
