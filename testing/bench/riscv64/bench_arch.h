// SPDX-License-Identifier: GPL-3.0-only
//
// riscv64 counts instructions itself; its time (10 MHz) has a tick every 100 of them under -icount.
#ifndef HELIOS_TESTING_BENCH_RISCV64_BENCH_ARCH_H
#define HELIOS_TESTING_BENCH_RISCV64_BENCH_ARCH_H

#include <stdint.h>

#define BENCH_INSTRUCTIONS_PER_TICK      1u
#define BENCH_INSTRUCTIONS_PER_BOOT_TICK 100u

static inline uint64_t bench_counter(void) {
    uint64_t value;
    __asm__ volatile("rdinstret %0" : "=r"(value));
    return value;
}

// Adds one to a word again and again, by so many instructions each time.
#define BENCH_INSTRUCTIONS_PER_ROUND 4u

static inline void bench_count_for_ever(void *word) {
    __asm__ volatile("1: ld t0, 0(%0)\n\taddi t0, t0, 1\n\tsd t0, 0(%0)\n\tj 1b"
                     :
                     : "r"(word)
                     : "t0", "memory");
}

#endif // HELIOS_TESTING_BENCH_RISCV64_BENCH_ARCH_H
