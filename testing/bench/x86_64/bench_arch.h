// SPDX-License-Identifier: GPL-3.0-only
//
// x86_64 under -icount: the time stamp counter counts instructions.
#ifndef HELIOS_TESTING_BENCH_X86_64_BENCH_ARCH_H
#define HELIOS_TESTING_BENCH_X86_64_BENCH_ARCH_H

#include <stdint.h>

#define BENCH_INSTRUCTIONS_PER_TICK      1u
#define BENCH_INSTRUCTIONS_PER_BOOT_TICK 1u

static inline uint64_t bench_counter(void) {
    uint32_t low;
    uint32_t high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

// Adds one to a word again and again, by so many instructions each time.
#define BENCH_INSTRUCTIONS_PER_ROUND 2u

static inline void bench_count_for_ever(void *word) {
    __asm__ volatile("1: incq (%0)\n\tjmp 1b" : : "r"(word) : "memory", "cc");
}

#endif // HELIOS_TESTING_BENCH_X86_64_BENCH_ARCH_H
