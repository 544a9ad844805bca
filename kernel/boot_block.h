// SPDX-License-Identifier: GPL-3.0-only
//
// Reading a boot block that boot_check has accepted.
#ifndef HELIOS_KERNEL_BOOT_BLOCK_H
#define HELIOS_KERNEL_BOOT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "boot/protocol/protocol.h"
#include "kernel/check.h"

#ifdef __cplusplus
extern "C" {
#endif

// Record `index` of an array of the block.
static inline const void *boot_record(const struct helios_boot *boot,
                                      const struct helios_boot_array *array, uint32_t index) {
    CHECK(index < array->count);
    return (const uint8_t *)boot + array->offset + (uint64_t)index * array->stride;
}

static inline const struct helios_boot_memory *boot_memory(const struct helios_boot *boot,
                                                           uint32_t index) {
    return (const struct helios_boot_memory *)boot_record(boot, &boot->memory, index);
}

static inline const struct helios_boot_module *boot_module(const struct helios_boot *boot,
                                                           uint32_t index) {
    return (const struct helios_boot_module *)boot_record(boot, &boot->modules, index);
}

static inline const struct helios_boot_cpu *boot_cpu(const struct helios_boot *boot,
                                                     uint32_t index) {
    return (const struct helios_boot_cpu *)boot_record(boot, &boot->cpus, index);
}

// NUL-terminated; "" if there is none.
const char *boot_command_line(const struct helios_boot *boot);

// Whether the command line has this word, `key` or `key=value` as it stands there.
bool boot_has_option(const struct helios_boot *boot, const char *word);

// Bytes of memory in the machine, what the kernel and firmware use included.
uint64_t boot_memory_total(const struct helios_boot *boot);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_BOOT_BLOCK_H
