// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of riscv64 that end in the kernel.
#ifndef HELIOS_TESTING_FUZZ_GUEST_RISCV64_FUZZ_ARCH_H
#define HELIOS_TESTING_FUZZ_GUEST_RISCV64_FUZZ_ARCH_H

#include <stdint.h>

static inline uint64_t fuzz_ticks(void) {
    uint64_t ticks;
    __asm__ volatile("rdtime %0" : "=r"(ticks));
    return ticks;
}

// One of them, with `value` in a register. What it does to the task is its supervisor's to mend.
static inline void fuzz_trap(uint64_t which, uint64_t value) {
    switch (which % 12) {
    case 0:
        __asm__ volatile(".balign 4; .4byte 0");
        break;
    case 1:
        __asm__ volatile("ebreak");
        break;
    case 2:
        __asm__ volatile("csrw satp, %0" : : "r"(value) : "memory");
        break;
    case 3:
        __asm__ volatile("csrc sstatus, %0" : : "r"(value) : "memory");
        break;
    case 4:
        __asm__ volatile("sret");
        break;
    case 5:
        __asm__ volatile("wfi");
        break;
    case 6:
        __asm__ volatile("sfence.vma" : : : "memory");
        break;
    case 7:
        __asm__ volatile("jr %0" : : "r"(value));
        break;
    case 8:
        __asm__ volatile("fence.i" : : : "memory");
        break;
    case 9:
        __asm__ volatile("ld t0, 1(%0)" : : "r"(value) : "t0", "memory");
        break;
    case 10:
        __asm__ volatile("lr.d t0, (%0)" : : "r"(value) : "t0", "memory");
        break;
    default:
        __asm__ volatile("fscsr %0" : : "r"(value));
    }
}

// Words of code that a page may be filled with: system calls, returns, what changes much.
#define FUZZ_CODE_WORDS                                                                            \
    {0x0000007300000073, 0x00100073, 0x10500073, 0,                                                \
     0x0000001300000013, 0x0000006f, 0x10200073, 0x00008067}

// Random code, without what makes OpenSBI print a line: SYSTEM instructions that access a CSR in a
// way that there is not (funct3 4).
static inline uint32_t fuzz_code(uint32_t random) {
    return (random & 0x707f) == 0x4073 ? random & ~0x4000u : random;
}

#endif // HELIOS_TESTING_FUZZ_GUEST_RISCV64_FUZZ_ARCH_H
