// SPDX-License-Identifier: GPL-3.0-only
//
// What stands on the disk of the tests: each word says where it is.
#ifndef HELIOS_USERLAND_VENUS_TESTING_DISK_H
#define HELIOS_USERLAND_VENUS_TESTING_DISK_H

#include <stdint.h>

#define DISK_SECTORS 8192 // of 512 bytes

static inline uint64_t disk_word(uint64_t index) {
    return (index + 1) * 0x9e3779b97f4a7c15ull;
}

#endif // HELIOS_USERLAND_VENUS_TESTING_DISK_H
