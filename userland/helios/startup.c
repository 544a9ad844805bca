// SPDX-License-Identifier: MIT
#include "userland/helios/startup.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

const struct helios_startup *helios_startup;

static const struct helios_startup_capability *
capabilities_of(const struct helios_startup *startup) {
    return (const struct helios_startup_capability *)((const char *)startup +
                                                      startup->capabilities);
}

// Whether `size` bytes from `offset` on lie behind the structure and inside of the whole.
static bool part_inside(const struct helios_startup *startup, uint64_t offset, uint64_t size) {
    return offset >= sizeof(*startup) && offset <= startup->size && startup->size - offset >= size;
}

// Whether a text that ends begins at this address of the process.
static bool is_text(const struct helios_startup *startup, uint64_t where) {
    if (where < sizeof(*startup)) {
        return false;
    }
    while (where < startup->size && ((const char *)startup)[where] != '\0') {
        where++;
    }
    return where < startup->size;
}

static bool arguments_valid(const struct helios_startup *startup, uint64_t address) {
    if (startup->arguments % sizeof(uint64_t) != 0 ||
        !part_inside(startup, startup->arguments,
                     (startup->argument_count + 1ull) * sizeof(uint64_t))) {
        return false;
    }
    const uint64_t *texts = (const uint64_t *)((uintptr_t)startup + startup->arguments);
    for (uint32_t i = 0; i < startup->argument_count; i++) {
        if (!is_text(startup, texts[i] - address)) {
            return false;
        }
    }
    return texts[startup->argument_count] == 0;
}

static bool capabilities_valid(const struct helios_startup *startup) {
    if (startup->capabilities % sizeof(uint64_t) != 0 ||
        !part_inside(startup, startup->capabilities,
                     (uint64_t)startup->capability_count *
                         sizeof(struct helios_startup_capability))) {
        return false;
    }
    const struct helios_startup_capability *list = capabilities_of(startup);
    for (uint32_t i = 0; i < startup->capability_count; i++) {
        if (list[i].name[HELIOS_STARTUP_NAME - 1] != '\0' || list[i].slot == 0) {
            return false;
        }
    }
    return true;
}

int helios_startup_valid(const struct helios_startup *startup, uint64_t bytes, uint64_t address) {
    return bytes >= sizeof(*startup) && startup->magic == HELIOS_STARTUP_MAGIC &&
           startup->version == HELIOS_STARTUP_VERSION && startup->size >= sizeof(*startup) &&
           startup->size <= bytes && startup->name[sizeof(startup->name) - 1] == '\0' &&
           arguments_valid(startup, address) && capabilities_valid(startup);
}

// Whether both are the same text.
static bool same(const char *a, const char *b) {
    while (*a != '\0' && *a == *b) {
        a++;
        b++;
    }
    return *a == *b;
}

uint64_t helios_startup_cap(const struct helios_startup *startup, const char *name) {
    const struct helios_startup_capability *list = capabilities_of(startup);
    for (uint32_t i = 0; i < startup->capability_count; i++) {
        if (same(list[i].name, name)) {
            return list[i].slot;
        }
    }
    return 0;
}

uint64_t helios_cap(const char *name) {
    return helios_startup != NULL ? helios_startup_cap(helios_startup, name) : 0;
}
