// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/boot_block.h"

const char *boot_command_line(const struct helios_boot *boot) {
    if (boot->command_line.count == 0) {
        return "";
    }
    return (const char *)boot + boot->command_line.offset;
}

bool boot_has_option(const struct helios_boot *boot, const char *word) {
    const char *at = boot_command_line(boot);
    while (*at != '\0') {
        const char *expected = word;
        while (*expected != '\0' && *at == *expected) {
            at++;
            expected++;
        }
        if (*expected == '\0' && (*at == ' ' || *at == '\0')) {
            return true;
        }
        while (*at != ' ' && *at != '\0') {
            at++;
        }
        while (*at == ' ') {
            at++;
        }
    }
    return false;
}

uint64_t boot_memory_total(const struct helios_boot *boot) {
    uint64_t total = 0;
    for (uint32_t i = 0; i < boot->memory.count; i++) {
        const struct helios_boot_memory *range = boot_memory(boot, i);
        if (range->kind >= HELIOS_MEM_FREE && range->kind <= HELIOS_MEM_FIRMWARE) {
            total += range->length;
        }
    }
    return total;
}
