// SPDX-License-Identifier: MIT
//
// Built with -fno-builtin, or the compiler would turn each loop into a call of itself.
#include <stdint.h>
#include <string.h>

// A program that has a whole C library beside this has that one's.
#pragma weak memcpy
#pragma weak memmove
#pragma weak memset
#pragma weak memcmp
#pragma weak memchr
#pragma weak strlen
#pragma weak strnlen
#pragma weak strcmp
#pragma weak strncmp
#pragma weak strchr
#pragma weak strrchr

enum {
    WORD = sizeof(uint64_t),
    BLOCK = 8,        // words that are moved per turn of the fast loop,
    LARGE_BLOCK = 32, // and of the faster one for what is longer
};

// Copies whole blocks of so many words, a number that the compiler knows.
static inline __attribute__((always_inline)) void copy_blocks(uint64_t **to, const uint64_t **from,
                                                              size_t *length, size_t block) {
    for (; *length >= block * WORD; *length -= block * WORD) {
#pragma clang loop unroll(full)
        for (size_t i = 0; i < block; i++) {
            (*to)[i] = (*from)[i];
        }
        *to += block;
        *from += block;
    }
}

void *memcpy(void *restrict to, const void *restrict from, size_t length) {
    uint8_t *out = to;
    const uint8_t *in = from;
    if ((((uintptr_t)out | (uintptr_t)in) & (WORD - 1)) == 0) {
        uint64_t *wide_out = to;
        const uint64_t *wide_in = from;
        copy_blocks(&wide_out, &wide_in, &length, LARGE_BLOCK);
        copy_blocks(&wide_out, &wide_in, &length, BLOCK);
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

void *memchr(const void *in, int value, size_t length) {
    const uint8_t *at = in;
    for (; length > 0; length--, at++) {
        if (*at == (uint8_t)value) {
            return (void *)(uintptr_t)at;
        }
    }
    return NULL;
}

size_t strlen(const char *text) {
    size_t length = 0;
    while (text[length] != 0) {
        length++;
    }
    return length;
}

size_t strnlen(const char *text, size_t limit) {
    size_t length = 0;
    while (length < limit && text[length] != 0) {
        length++;
    }
    return length;
}

int strcmp(const char *a, const char *b) {
    for (; *a != 0 && *a == *b; a++, b++) {
    }
    return (uint8_t)*a - (uint8_t)*b;
}

int strncmp(const char *a, const char *b, size_t limit) {
    for (; limit > 0; limit--, a++, b++) {
        if (*a != *b || *a == 0) {
            return (uint8_t)*a - (uint8_t)*b;
        }
    }
    return 0;
}

char *strchr(const char *text, int value) {
    for (;; text++) {
        if (*text == (char)value) {
            return (char *)(uintptr_t)text;
        }
        if (*text == 0) {
            return NULL;
        }
    }
}

char *strrchr(const char *text, int value) {
    char *found = NULL;
    for (;; text++) {
        if (*text == (char)value) {
            found = (char *)(uintptr_t)text;
        }
        if (*text == 0) {
            return found;
        }
    }
}
