// SPDX-License-Identifier: GPL-3.0-only
//
// Instructions of aarch64 that end in the kernel.
#ifndef HELIOS_TESTING_FUZZ_GUEST_AARCH64_FUZZ_ARCH_H
#define HELIOS_TESTING_FUZZ_GUEST_AARCH64_FUZZ_ARCH_H

#include <stdint.h>

static inline uint64_t fuzz_ticks(void) {
    uint64_t ticks;
    __asm__ volatile("isb; mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
}

// One of them, with `value` in a register. What it does to the task is its supervisor's to mend.
static inline void fuzz_trap(uint64_t which, uint64_t value) {
    switch (which % 16) {
    case 0:
        __asm__ volatile("udf #0");
        break;
    case 1:
        __asm__ volatile("brk #0");
        break;
    case 2:
        __asm__ volatile("hlt #0");
        break;
    case 3:
        __asm__ volatile("hvc #0" : : : "memory");
        break;
    case 4:
        __asm__ volatile("smc #0" : : : "memory");
        break;
    case 5:
        __asm__ volatile("msr ttbr0_el1, %0" : : "r"(value) : "memory");
        break;
    case 6:
        __asm__ volatile("msr daifset, #15");
        break;
    case 7:
        __asm__ volatile("eret");
        break;
    case 8:
        __asm__ volatile("mrs %0, sctlr_el1" : "=r"(value));
        break;
    case 9:
        __asm__ volatile("br %0" : : "r"(value));
        break;
    case 10:
        __asm__ volatile("dc zva, %0" : : "r"(value) : "memory");
        break;
    case 11:
        __asm__ volatile("dc civac, %0" : : "r"(value) : "memory");
        break;
    case 12:
        __asm__ volatile("ic ivau, %0" : : "r"(value) : "memory");
        break;
    case 13:
        __asm__ volatile("svc #0x1234"
                         :
                         :
                         : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
                           "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x20", "x21", "x22",
                           "x23", "x24", "x25", "x26", "x27", "x28", "x30", "cc", "memory");
        break;
    case 14:
        __asm__ volatile("ldxr x9, [%0]" : : "r"(value) : "x9", "memory");
        break;
    default:
        __asm__ volatile("tlbi vmalle1" : : : "memory");
    }
}

// Words of code that a page may be filled with: system calls, returns, what changes much.
#define FUZZ_CODE_WORDS                                                                            \
    {0xd4000001d4000001, 0xd4200000, 0xd503205fd503207f, 0,                                        \
     0xd503201fd503201f, 0x14000000, 0xd69f03e0,         0xd65f03c0}

// Random code.
static inline uint32_t fuzz_code(uint32_t random) {
    return random;
}

#endif // HELIOS_TESTING_FUZZ_GUEST_AARCH64_FUZZ_ARCH_H
