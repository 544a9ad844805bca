// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of riscv64 that a user program must not get away with.
#ifndef HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_RISCV64_FAULT_INSTRUCTIONS_H
#define HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_RISCV64_FAULT_INSTRUCTIONS_H

#define FAULT_NOTHING_CODE 0x0000806700008067ull // ret
#define FAULT_DIRECT_MAP   0xffffffc080000000ull

static inline void fault_illegal_instruction(void) {
    __asm__ volatile("unimp");
}

static inline void fault_privileged_instruction(void) {
    __asm__ volatile("csrw sstatus, zero" : : : "memory");
}

static inline void fault_breakpoint(void) {
    __asm__ volatile("ebreak");
}

#endif // HELIOS_TESTING_CONFORMANCE_FAULTS_ARCH_RISCV64_FAULT_INSTRUCTIONS_H
