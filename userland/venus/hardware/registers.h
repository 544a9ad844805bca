// SPDX-License-Identifier: GPL-3.0-only
//
// How drivers reach what their devices consist of: registers, and memory that both use. A driver's
// logic knows nothing else of the machine, so that a test can stand in for the device.
#ifndef HELIOS_USERLAND_VENUS_HARDWARE_REGISTERS_H
#define HELIOS_USERLAND_VENUS_HARDWARE_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// A range of registers. Offsets count from its beginning; an access is of 1, 2 or 4 bytes.
struct venus_registers {
    uint32_t (*read)(void *context, uint64_t offset, unsigned bytes);
    void (*write)(void *context, uint64_t offset, unsigned bytes, uint32_t value);
    void *context;
    uint64_t base;   // of the range within what the context has
    uint64_t length; // bytes
};

// Memory that a device reads and writes: contiguous, and the same for both.
struct venus_dma {
    void *address;
    uint64_t physical;
    uint64_t length; // bytes
};

// Whether an access lies inside, aligned to its size.
static inline bool venus_has(const struct venus_registers *registers, uint64_t offset,
                             unsigned bytes) {
    return offset % bytes == 0 && offset < registers->length && registers->length - offset >= bytes;
}

// Registers that do not exist read as all ones, as on a bus where nobody answers.
static inline uint32_t venus_read(const struct venus_registers *registers, uint64_t offset,
                                  unsigned bytes) {
    if (!venus_has(registers, offset, bytes)) {
        return ~0u >> (32 - 8 * bytes);
    }
    return registers->read(registers->context, registers->base + offset, bytes);
}

static inline void venus_write(const struct venus_registers *registers, uint64_t offset,
                               unsigned bytes, uint32_t value) {
    if (venus_has(registers, offset, bytes)) {
        registers->write(registers->context, registers->base + offset, bytes, value);
    }
}

static inline uint32_t venus_read32(const struct venus_registers *registers, uint64_t offset) {
    return venus_read(registers, offset, 4);
}

static inline uint16_t venus_read16(const struct venus_registers *registers, uint64_t offset) {
    return (uint16_t)venus_read(registers, offset, 2);
}

static inline uint8_t venus_read8(const struct venus_registers *registers, uint64_t offset) {
    return (uint8_t)venus_read(registers, offset, 1);
}

static inline void venus_write32(const struct venus_registers *registers, uint64_t offset,
                                 uint32_t value) {
    venus_write(registers, offset, 4, value);
}

static inline void venus_write16(const struct venus_registers *registers, uint64_t offset,
                                 uint16_t value) {
    venus_write(registers, offset, 2, value);
}

static inline void venus_write8(const struct venus_registers *registers, uint64_t offset,
                                uint8_t value) {
    venus_write(registers, offset, 1, value);
}

// Registers in memory that is mapped at `address`.
struct venus_registers venus_mmio(volatile void *address, uint64_t length);

// A part of a range; of what is not inside, nothing.
struct venus_registers venus_part(const struct venus_registers *registers, uint64_t offset,
                                  uint64_t length);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_HARDWARE_REGISTERS_H
