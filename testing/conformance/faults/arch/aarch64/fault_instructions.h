// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of aarch64 that a user program must not get away with.
#ifndef HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_AARCH64_FAULT_INSTRUCTIONS_H
#define HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_AARCH64_FAULT_INSTRUCTIONS_H

#define FAULT_NOTHING_CODE 0xd65f03c0d65f03c0ull // ret
#define FAULT_DIRECT_MAP   0xffff800040000000ull

static inline void fault_illegal_instruction(void) {
    __asm__ volatile("udf #0");
}

static inline void fault_privileged_instruction(void) {
    __asm__ volatile("msr daifset, #2" : : : "memory");
}

static inline void fault_breakpoint(void) {
    __asm__ volatile("brk #0");
}

#endif // HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_AARCH64_FAULT_INSTRUCTIONS_H
