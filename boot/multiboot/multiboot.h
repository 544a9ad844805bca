// SPDX-License-Identifier: GPL-3.0-only
//
// What a Multiboot 1 boot loader hands over (Multiboot Specification 0.6.96, section 3.3), copied
// to a place of our own. The structure points to strings, modules and the memory map anywhere in
// memory; every read goes through struct multiboot_memory.
#ifndef HELIOS_BOOT_MULTIBOOT_MULTIBOOT_H
#define HELIOS_BOOT_MULTIBOOT_MULTIBOOT_H

#include "boot/info/error.h"
#include "boot/info/info.h"
#include "boot/info/memmap.h"

#ifdef __cplusplus
extern "C" {
#endif

#define MULTIBOOT_MAGIC 0x2badb002u // in eax at entry

// How to get at physical memory: `length` readable bytes at `address`, or NULL.
struct multiboot_memory {
    const void *(*map)(void *context, uint64_t address, size_t length);
    void *context;
};

enum multiboot_limit {
    MULTIBOOT_MODULES = 8, // more are not looked at
    MULTIBOOT_STRING = 256 // a module's string is cut here
};

struct multiboot_module {
    uint64_t base;
    uint64_t length;
    char string[MULTIBOOT_STRING]; // as the boot loader's configuration has it, NUL-terminated
};

struct multiboot {
    struct multiboot_module modules[MULTIBOOT_MODULES];
    uint32_t module_count;
    char command_line[BOOT_INFO_COMMAND_LINE]; // without the name of the loader's file
};

// Read the structure at physical `address`; the memory map goes to `map`. Strings without an end
// are cut off. Errors: BOOT_FIRMWARE (a pointer that leads nowhere: field says which),
// BOOT_MEMORY_MAP_MISSING, BOOT_MEMORY_RANGE, BOOT_MEMORY_MAP_FULL, BOOT_COMMAND_LINE_TOO_LONG.
enum boot_error multiboot_read(const struct multiboot_memory *memory, uint64_t address,
                               struct multiboot *result, struct memmap *map,
                               struct boot_failure *failure);

// The module for a purpose ("kernel"): the one whose string begins with a path that ends in this
// name, or, if no module has any of the `count` names, the one at the position of the name.
// NULL: there is none.
const struct multiboot_module *multiboot_find(const struct multiboot *multiboot,
                                              const char *const *names, uint32_t count,
                                              uint32_t wanted);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_MULTIBOOT_MULTIBOOT_H
