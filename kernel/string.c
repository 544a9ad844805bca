// SPDX-License-Identifier: GPL-3.0-only
//
// The four functions that compilers call on their own (C11 section 7.24), for kernels: unit tests
// use the host's. Built with -fno-builtin, or the loops would become calls of themselves.
#include <stddef.h>
#include <stdint.h>

void *memcpy(void *restrict to, const void *restrict from, size_t length);
void *memmove(void *to, const void *from, size_t length);
void *memset(void *to, int value, size_t length);
int memcmp(const void *a, const void *b, size_t length);

enum {
    WORD = sizeof(uint64_t),
    BLOCK = 8, // words that are moved per turn of the fast loop
};

void *memcpy(void *restrict to, const void *restrict from, size_t length) {
    uint8_t *out = to;
    const uint8_t *in = from;
    if ((((uintptr_t)out | (uintptr_t)in) & (WORD - 1)) == 0) {
        uint64_t *wide_out = to;
        const uint64_t *wide_in = from;
        for (; length >= BLOCK * WORD; length -= BLOCK * WORD) {
            for (unsigned i = 0; i < BLOCK; i++) {
                wide_out[i] = wide_in[i];
            }
            wide_out += BLOCK;
            wide_in += BLOCK;
        }
        for (; length >= WORD; length -= WORD) {
            *wide_out++ = *wide_in++;
        }
        out = (uint8_t *)wide_out;
        in = (const uint8_t *)wide_in;
    }
    while (length-- > 0) {
        *out++ = *in++;
    }
    return to;
}

void *memmove(void *to, const void *from, size_t length) {
    uint8_t *out = to;
    const uint8_t *in = from;
    if ((uintptr_t)out - (uintptr_t)in >= length) {
        return memcpy(to, from, length);
    }
    while (length-- > 0) {
        out[length] = in[length];
    }
    return to;
}

void *memset(void *to, int value, size_t length) {
    uint8_t *out = to;
    if (((uintptr_t)out & (WORD - 1)) == 0) {
        uint64_t word = 0x0101010101010101u * (uint8_t)value;
        uint64_t *wide = to;
        for (; length >= BLOCK * WORD; length -= BLOCK * WORD) {
            for (unsigned i = 0; i < BLOCK; i++) {
                wide[i] = word;
            }
            wide += BLOCK;
        }
        for (; length >= WORD; length -= WORD) {
            *wide++ = word;
        }
        out = (uint8_t *)wide;
    }
    while (length-- > 0) {
        *out++ = (uint8_t)value;
    }
    return to;
}

int memcmp(const void *a, const void *b, size_t length) {
    const uint8_t *x = a;
    const uint8_t *y = b;
    for (; length > 0; length--, x++, y++) {
        if (*x != *y) {
            return *x - *y;
        }
    }
    return 0;
}
