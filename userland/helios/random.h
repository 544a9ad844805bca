// SPDX-License-Identifier: MIT
//
// Random bytes of this process: ChaCha20 (RFC 8439) whose key is the seed that the process was
// started with, and is replaced with each use, so that what was given out can't be computed later.
#ifndef HELIOS_USERLAND_HELIOS_RANDOM_H
#define HELIOS_USERLAND_HELIOS_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// Fills `bytes` bytes. As good as the seed is (bootinfo's HELIOS_BOOTINFO_SEED_WEAK).
void helios_random(void *buffer, size_t bytes);

// One block of the cipher: 64 bytes for a key of 32 and a counter.
void helios_chacha20(const uint8_t key[32], uint64_t counter, uint8_t block[64]);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_RANDOM_H
