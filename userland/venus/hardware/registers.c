// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/hardware/registers.h"

#include <stddef.h>

static uint32_t read_mmio(void *context, uint64_t offset, unsigned bytes) {
    uintptr_t at = (uintptr_t)context + offset;
    switch (bytes) {
    case 1:
        return *(const volatile uint8_t *)at;
    case 2:
        return *(const volatile uint16_t *)at;
    default:
        return *(const volatile uint32_t *)at;
    }
}

static void write_mmio(void *context, uint64_t offset, unsigned bytes, uint32_t value) {
    uintptr_t at = (uintptr_t)context + offset;
    switch (bytes) {
    case 1:
        *(volatile uint8_t *)at = (uint8_t)value;
        break;
    case 2:
        *(volatile uint16_t *)at = (uint16_t)value;
        break;
    default:
        *(volatile uint32_t *)at = value;
        break;
    }
}

struct venus_registers venus_mmio(volatile void *address, uint64_t length) {
    return (struct venus_registers){
        .read = read_mmio,
        .write = write_mmio,
        .context = (void *)(uintptr_t)address,
        .length = length,
    };
}

struct venus_registers venus_part(const struct venus_registers *registers, uint64_t offset,
                                  uint64_t length) {
    struct venus_registers part = *registers;
    if (offset > registers->length || length > registers->length - offset) {
        part.length = 0;
        return part;
    }
    part.base += offset;
    part.length = length;
    return part;
}
