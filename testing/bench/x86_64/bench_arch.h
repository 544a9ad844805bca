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

#endif // HELIOS_TESTING_BENCH_X86_64_BENCH_ARCH_H
