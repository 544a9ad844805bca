// SPDX-License-Identifier: MIT
#include <string.h>

#include "userland/helios/random.h"

enum { WORDS = 16, DOUBLE_ROUNDS = 10, KEY_WORD = 4, COUNTER_WORD = 12 };

static uint32_t rotate(uint32_t value, unsigned bits) {
    return value << bits | value >> (32 - bits);
}

// RFC 8439, section 2.1.
static void quarter(uint32_t *x, unsigned a, unsigned b, unsigned c, unsigned d) {
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 16);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 12);
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 8);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 7);
}

static void mix(uint32_t *x) {
    for (unsigned i = 0; i < DOUBLE_ROUNDS; i++) {
        for (unsigned column = 0; column < 4; column++) {
            quarter(x, column, 4 + column, 8 + column, 12 + column);
        }
        for (unsigned i2 = 0; i2 < 4; i2++) {
            quarter(x, i2, 4 + (i2 + 1) % 4, 8 + (i2 + 2) % 4, 12 + (i2 + 3) % 4);
        }
    }
}

void helios_chacha20(const uint8_t key[32], uint64_t counter, uint8_t block[64]) {
    // "expand 32-byte k", section 2.3.
    uint32_t start[WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    memcpy(&start[KEY_WORD], key, 32);
    start[COUNTER_WORD] = (uint32_t)counter;
    start[COUNTER_WORD + 1] = (uint32_t)(counter >> 32);
    uint32_t x[WORDS];
    memcpy(x, start, sizeof(x));
    mix(x);
    for (unsigned i = 0; i < WORDS; i++) {
        x[i] += start[i];
    }
    memcpy(block, x, sizeof(x));
}
