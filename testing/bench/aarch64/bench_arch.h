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

#endif // HELIOS_TESTING_BENCH_AARCH64_BENCH_ARCH_H
