// SPDX-License-Identifier: MIT
//
// A spawn under way: what spawn.c, spawn_check.c and spawn_startup.c share, and nobody else.
#ifndef HELIOS_USERLAND_HELIOS_SPAWN_STATE_H
#define HELIOS_USERLAND_HELIOS_SPAWN_STATE_H

#include "userland/helios/memory.h"
#include "userland/helios/spawn.h"

#ifdef __cplusplus
extern "C" {
#endif

// Addresses in the new process.
struct spawn_places {
    uint64_t stack_base;
    uint64_t stack_top;
    uint64_t buffer;
    uint64_t startup;
    uint64_t startup_bytes;
    uint64_t vm_base;
    uint64_t vm_end;
};

struct spawn {
    const struct helios_spawn_config *config;
    struct helios_process *process;
    struct elf_image image;
    struct spawn_places places;
    char *window; // addresses of the maker's, for the pages that are being filled
};

static inline uint64_t spawn_page_up(uint64_t value) {
    return (value + HELIOS_PAGE_BYTES - 1) & ~(HELIOS_PAGE_BYTES - 1);
}

static inline uint64_t spawn_or_default(uint64_t value, uint64_t otherwise) {
    return value != 0 ? value : otherwise;
}

// Keeps a refusal, if it is one. Returns whether it is.
bool spawn_fails(struct spawn *spawn, enum helios_spawn_stage stage, uint32_t index,
                 struct helios_answer answer);

// Refuses. Returns false.
bool spawn_refuse(struct spawn *spawn, enum helios_spawn_stage stage, uint32_t index,
                  enum helios_error error, uint64_t found, uint64_t wanted);

// Checks the file and the configuration, and decides on the addresses. Nothing is made.
bool spawn_check(struct spawn *spawn);

// How many of the config's capabilities have names; how many arguments there are.
uint32_t spawn_named_capabilities(const struct helios_spawn_config *config);
uint32_t spawn_argument_count(const struct helios_spawn_config *config);

// Writes the startup block, places.startup_bytes long. `slots`: where the config's capabilities
// are.
void spawn_compose(const struct spawn *spawn, const uint64_t *slots, char *block);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_HELIOS_SPAWN_STATE_H
