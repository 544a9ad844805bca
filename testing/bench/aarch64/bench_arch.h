// SPDX-License-Identifier: GPL-3.0-only
//
// aarch64 under -icount: a tick of the virtual counter (62.5 MHz) is 16 instructions.
#ifndef HELIOS_TESTING_BENCH_AARCH64_BENCH_ARCH_H
#define HELIOS_TESTING_BENCH_AARCH64_BENCH_ARCH_H

#include <stdint.h>

#define BENCH_INSTRUCTIONS_PER_TICK      16u
#define BENCH_INSTRUCTIONS_PER_BOOT_TICK 16u

static inline uint64_t bench_counter(void) {
    uint64_t value;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(value));
    return value;
}

// Adds one to a word again and again, by so many instructions each time.
#define BENCH_INSTRUCTIONS_PER_ROUND 4u

static inline void bench_count_for_ever(void *word) {
    __asm__ volatile("1: ldr x1, [%0]\n\tadd x1, x1, #1\n\tstr x1, [%0]\n\tb 1b"
                     :
                     : "r"(word)
                     : "x1", "memory");
}

#endif // HELIOS_TESTING_BENCH_AARCH64_BENCH_ARCH_H
