// SPDX-License-Identifier: GPL-3.0-only
#include "boot/multiboot/multiboot.h"

#include <string.h>

static const char *const name = "Multiboot information";

enum info_flag {
    HAS_COMMAND_LINE = 1 << 2,
    HAS_MODULES = 1 << 3,
    HAS_MEMORY_MAP = 1 << 6,
};

enum info_offset {
    INFO_FLAGS = 0,
    INFO_COMMAND_LINE = 16,
    INFO_MODULE_COUNT = 20,
    INFO_MODULES = 24,
    INFO_MAP_LENGTH = 44,
    INFO_MAP = 48,
    INFO_SIZE = 52, // as far as it is read
};

#define MODULE_SIZE    16u
#define MAP_ENTRY_SIZE 24u         // with the size field in front, which does not count itself
#define MAP_LIMIT      (64u << 10) // a longer map is nonsense

static uint32_t get32(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint64_t get64(const uint8_t *at) {
    return get32(at) | (uint64_t)get32(at + 4) << 32;
}

static const uint8_t *map_bytes(const struct multiboot_memory *memory, uint64_t address,
                                size_t length) {
    return memory->map(memory->context, address, length);
}

// Copy a string byte by byte, as its length is not known. false: it leaves memory, or is longer
// than fits (it is cut off then).
static bool copy_string(const struct multiboot_memory *memory, uint64_t address, char *to,
                        size_t size) {
    for (size_t i = 0; i < size; i++) {
        const uint8_t *byte = map_bytes(memory, address + i, 1);
        if (byte == NULL) {
            to[i] = '\0';
            return false;
        }
        to[i] = (char)*byte;
        if (*byte == 0) {
            return true;
        }
    }
    to[size - 1] = '\0';
    return false;
}

static enum boot_error nowhere(struct boot_failure *failure, const char *field, uint64_t address) {
    return boot_fail(failure, BOOT_FIRMWARE, name, field, 0, 0, address);
}

static enum helios_mem_kind kind_of(uint32_t type) {
    switch (type) {
    case 1:
        return HELIOS_MEM_FREE;
    case 3: // tables, reclaimable
    case 4: // non-volatile storage
        return HELIOS_MEM_ACPI;
    case 5:
        return HELIOS_MEM_BAD;
    default:
        return HELIOS_MEM_RESERVED;
    }
}

static enum boot_error read_map(const struct multiboot_memory *memory, const uint8_t *info,
                                struct memmap *map, struct boot_failure *failure) {
    const uint32_t length = get32(info + INFO_MAP_LENGTH);
    const uint64_t address = get32(info + INFO_MAP);
    if ((get32(info + INFO_FLAGS) & HAS_MEMORY_MAP) == 0 || length < MAP_ENTRY_SIZE) {
        return boot_fail(failure, BOOT_MEMORY_MAP_MISSING, name, "mmap", length, MAP_ENTRY_SIZE, 0);
    }
    const uint8_t *entries = length <= MAP_LIMIT ? map_bytes(memory, address, length) : NULL;
    if (entries == NULL) {
        return nowhere(failure, "mmap", address);
    }
    for (uint32_t at = 0; length - at >= MAP_ENTRY_SIZE;) {
        const uint8_t *entry = entries + at;
        const uint32_t size = get32(entry);
        enum boot_error error = memmap_add(map, get64(entry + 4), get64(entry + 12),
                                           kind_of(get32(entry + 20)), failure);
        if (error != BOOT_OK) {
            return error;
        }
        if (size < MAP_ENTRY_SIZE - 4 || size > length - at - 4) {
            return boot_fail(failure, BOOT_MEMORY_RANGE, name, "mmap size", size,
                             MAP_ENTRY_SIZE - 4, address + at);
        }
        at += size + 4;
    }
    return BOOT_OK;
}

static enum boot_error read_modules(const struct multiboot_memory *memory, const uint8_t *info,
                                    struct multiboot *result, struct boot_failure *failure) {
    const uint32_t count = get32(info + INFO_MODULE_COUNT);
    const uint64_t address = get32(info + INFO_MODULES);
    if ((get32(info + INFO_FLAGS) & HAS_MODULES) == 0) {
        return BOOT_OK;
    }
    for (uint32_t i = 0; i < count && i < MULTIBOOT_MODULES; i++) {
        struct multiboot_module *module = &result->modules[i];
        const uint8_t *entry = map_bytes(memory, address + (uint64_t)i * MODULE_SIZE, MODULE_SIZE);
        if (entry == NULL) {
            return nowhere(failure, "mods", address);
        }
        const uint32_t end = get32(entry + 4);
        module->base = get32(entry);
        if (end < module->base || map_bytes(memory, module->base, end - module->base) == NULL) {
            return nowhere(failure, "module", module->base);
        }
        module->length = end - module->base;
        copy_string(memory, get32(entry + 8), module->string, sizeof(module->string));
        result->module_count++;
    }
    return BOOT_OK;
}

// The first word is the name of the loader's own file, as QEMU and GRUB Legacy write it; GRUB 2
// leaves it out. A name has a slash in it or no '=', and our command line's words that come first
// have neither reason to begin with a slash.
static void drop_file_name(char *line) {
    size_t end = 0;
    bool path = false;
    while (line[end] != '\0' && line[end] != ' ') {
        path = path || (line[end] == '/' && memchr(line, '=', end) == NULL);
        end++;
    }
    if (path) {
        memmove(line, line + end, strlen(line + end) + 1);
    }
}

static enum boot_error read_command_line(const struct multiboot_memory *memory, const uint8_t *info,
                                         struct multiboot *result, struct boot_failure *failure) {
    if ((get32(info + INFO_FLAGS) & HAS_COMMAND_LINE) == 0) {
        return BOOT_OK;
    }
    if (!copy_string(memory, get32(info + INFO_COMMAND_LINE), result->command_line,
                     sizeof(result->command_line))) {
        return boot_fail(failure, BOOT_COMMAND_LINE_TOO_LONG, "command line", NULL,
                         sizeof(result->command_line), sizeof(result->command_line) - 1, 0);
    }
    drop_file_name(result->command_line);
    return BOOT_OK;
}

enum boot_error multiboot_read(const struct multiboot_memory *memory, uint64_t address,
                               struct multiboot *result, struct memmap *map,
                               struct boot_failure *failure) {
    const uint8_t *info = map_bytes(memory, address, INFO_SIZE);
    if (info == NULL) {
        return nowhere(failure, NULL, address);
    }
    memset(result, 0, sizeof(*result));
    enum boot_error error = read_map(memory, info, map, failure);
    if (error == BOOT_OK) {
        error = read_modules(memory, info, result, failure);
    }
    if (error == BOOT_OK) {
        error = read_command_line(memory, info, result, failure);
    }
    return error;
}

// Whether the string's first word is a path that ends in this name.
static bool has_name(const struct multiboot_module *module, const char *wanted) {
    const char *last = module->string;
    const char *at = module->string;
    for (; *at != '\0' && *at != ' '; at++) {
        if (*at == '/') {
            last = at + 1;
        }
    }
    const size_t length = (size_t)(at - last);
    return length == strlen(wanted) && memcmp(last, wanted, length) == 0;
}

static const struct multiboot_module *find_named(const struct multiboot *multiboot,
                                                 const char *wanted) {
    for (uint32_t i = 0; i < multiboot->module_count; i++) {
        if (has_name(&multiboot->modules[i], wanted)) {
            return &multiboot->modules[i];
        }
    }
    return NULL;
}

const struct multiboot_module *multiboot_find(const struct multiboot *multiboot,
                                              const char *const *names, uint32_t count,
                                              uint32_t wanted) {
    bool any = false;
    for (uint32_t i = 0; i < count; i++) {
        any = any || find_named(multiboot, names[i]) != NULL;
    }
    if (any) {
        return find_named(multiboot, names[wanted]);
    }
    return wanted < multiboot->module_count ? &multiboot->modules[wanted] : NULL;
}
