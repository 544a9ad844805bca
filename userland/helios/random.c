// SPDX-License-Identifier: MIT
#include "userland/helios/random.h"

#include <string.h>

#include "userland/helios/memory.h"

enum { BLOCK = 64 };

// One round: the first half of the block is the next key, the second goes out.
static size_t some(uint8_t *out, size_t bytes) {
    uint8_t block[BLOCK];
    uint8_t *key = helios_environment.seed;
    helios_chacha20(key, helios_stub_ticks(), block);
    memcpy(key, block, HELIOS_STARTUP_SEED);
    size_t count = bytes < BLOCK - HELIOS_STARTUP_SEED ? bytes : BLOCK - HELIOS_STARTUP_SEED;
    memcpy(out, block + HELIOS_STARTUP_SEED, count);
    memset(block, 0, sizeof(block));
    return count;
}

void helios_random(void *buffer, size_t bytes) {
    uint8_t *out = buffer;
    helios_mutex_lock(&helios_environment.lock);
    while (bytes != 0) {
        size_t count = some(out, bytes);
        out += count;
        bytes -= count;
    }
    helios_mutex_unlock(&helios_environment.lock);
}
