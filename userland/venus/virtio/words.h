// SPDX-License-Identifier: GPL-3.0-only
//
// Numbers of 64 bits in registers of 32, as both transports have them. Internal.
#ifndef HELIOS_USERLAND_VENUS_VIRTIO_WORDS_H
#define HELIOS_USERLAND_VENUS_VIRTIO_WORDS_H

#include "userland/venus/hardware/registers.h"

// A register that shows one half, which `select` chooses.
static inline uint64_t words_read_halves(const struct venus_registers *registers, uint64_t select,
                                         uint64_t at) {
    venus_write32(registers, select, 0);
    uint64_t low = venus_read32(registers, at);
    venus_write32(registers, select, 1);
    return low | (uint64_t)venus_read32(registers, at) << 32;
}

static inline void words_write_halves(const struct venus_registers *registers, uint64_t select,
                                      uint64_t at, uint64_t value) {
    for (uint32_t half = 0; half < 2; half++) {
        venus_write32(registers, select, half);
        venus_write32(registers, at, (uint32_t)(value >> 32 * half));
    }
}

// Two registers, the lower half first.
static inline void words_write(const struct venus_registers *registers, uint64_t at,
                               uint64_t value) {
    venus_write32(registers, at, (uint32_t)value);
    venus_write32(registers, at + 4, (uint32_t)(value >> 32));
}

#endif // HELIOS_USERLAND_VENUS_VIRTIO_WORDS_H
