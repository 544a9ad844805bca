// SPDX-License-Identifier: GPL-3.0-only
//
// Bytes and words: what the kernel wants of a C library.
#ifndef HELIOS_KERNEL_MEMORY_H
#define HELIOS_KERNEL_MEMORY_H

#include <stddef.h>
#include <stdint.h>

#include "arch/include/port.h"

#ifdef __cplusplus
extern "C" {
#endif

#define KERNEL_PAGE_SIZE 4096ull

static inline void memory_zero(void *to, size_t length) {
    __builtin_memset(to, 0, length);
}

// A page, for the direct map: both the address and the length are what a loop likes.
static inline void memory_zero_page(void *page) {
    enum { WORDS_PER_TURN = 64 };
    if (arch_zero_page(page)) {
        return;
    }
    uint64_t *end = (uint64_t *)page + KERNEL_PAGE_SIZE / sizeof(uint64_t);
    for (uint64_t *to = (uint64_t *)page; to != end; to += WORDS_PER_TURN) {
#pragma clang loop unroll(full)
        for (unsigned i = 0; i < WORDS_PER_TURN; i++) {
            to[i] = 0;
        }
    }
}

static inline void memory_copy(void *to, const void *from, size_t length) {
    __builtin_memcpy(to, from, length);
}

// `alignment` is a power of two.
static inline uint64_t align_down(uint64_t value, uint64_t alignment) {
    return value & ~(alignment - 1);
}

// The caller knows that the result fits.
static inline uint64_t align_up(uint64_t value, uint64_t alignment) {
    return (value + alignment - 1) & ~(alignment - 1);
}

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_MEMORY_H
