// SPDX-License-Identifier: GPL-3.0-only
//
// What stands on the disk of the tests, before and after the steps of the random test: each word
// says where it is, and which step has written it.
#ifndef HELIOS_USERLAND_VENUS_TESTING_DISK_H
#define HELIOS_USERLAND_VENUS_TESTING_DISK_H

#include <stdbool.h>
#include <stdint.h>

#define DISK_SECTORS 8192 // of 512 bytes
#define DISK_WORDS   64   // of a sector
#define DISK_STEPS   1000
#define DISK_MOST    64 // sectors of a step
#define DISK_SEED    20261122

struct disk_step {
    bool is_write;
    uint32_t count;
    uint64_t sector;
};

static inline uint64_t disk_word_after(uint64_t index, uint32_t step) {
    return (index + 1 + ((uint64_t)step << 32)) * 0x9e3779b97f4a7c15ull;
}

// Before any step.
static inline uint64_t disk_word(uint64_t index) {
    return disk_word_after(index, 0);
}

static inline uint64_t disk_random(uint64_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

static inline struct disk_step disk_next(uint64_t *state) {
    struct disk_step step;
    step.is_write = disk_random(state) % 2 == 0;
    step.count = 1 + (uint32_t)(disk_random(state) % DISK_MOST);
    step.sector = disk_random(state) % (DISK_SECTORS - step.count + 1);
    return step;
}

// Steps are counted from 1 on; `writers` says which one has written a sector last.
static inline void disk_note(uint32_t *writers, const struct disk_step *step, uint32_t number) {
    for (uint32_t i = 0; step->is_write && i < step->count; i++) {
        writers[step->sector + i] = number;
    }
}

#endif // HELIOS_USERLAND_VENUS_TESTING_DISK_H
