// SPDX-License-Identifier: MIT
#include <string.h>

#include "userland/helios/random.h"
#include "userland/helios/spawn_state.h"

enum { STARTUP_NAME = 32 };

// The addresses of the arguments, and the texts behind them.
static void append_arguments(const struct spawn *spawn, char *block, uint32_t where) {
    const struct helios_spawn_config *config = spawn->config;
    uint32_t count = spawn_argument_count(config);
    const char *const *texts = config->argument_count != 0 ? config->arguments : &config->name;
    uint64_t at = where + (count + 1ull) * sizeof(uint64_t);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t address = spawn->places.startup + at;
        size_t size = strlen(texts[i]) + 1;
        memcpy(block + where + i * sizeof(address), &address, sizeof(address));
        memcpy(block + at, texts[i], size);
        at += size;
    }
}

static void append_capabilities(const struct helios_spawn_config *config, const uint64_t *slots,
                                struct helios_startup_capability *list) {
    for (uint32_t i = 0; i < config->capability_count; i++) {
        const char *name = config->capabilities[i].name;
        if (name != NULL) {
            memcpy(list->name, name, strlen(name) + 1);
            list->slot = slots[i];
            list++;
        }
    }
}

static struct helios_startup startup_of(const struct spawn *spawn) {
    const struct helios_spawn_config *config = spawn->config;
    const struct spawn_places *places = &spawn->places;
    uint32_t named = spawn_named_capabilities(config);
    struct helios_startup startup = {
        .magic = HELIOS_STARTUP_MAGIC,
        .version = HELIOS_STARTUP_VERSION,
        .size = (uint32_t)places->startup_bytes,
        .ipc_buffer = places->buffer,
        .image_base = spawn->process->image_base,
        .image_end = spawn->process->image_end,
        .stack_base = places->stack_base,
        .stack_top = places->stack_top,
        .vm_base = places->vm_base,
        .vm_end = places->vm_end,
        .user_top = helios_environment.user_top,
        .cspace_slots = 1ull << spawn_or_default(config->cspace_bits, HELIOS_SPAWN_CSPACE_BITS),
        .timer_hz = helios_environment.timer_hz,
        .argument_count = spawn_argument_count(config),
        .capability_count = named,
        .capabilities = sizeof(struct helios_startup),
        .arguments = (uint32_t)(sizeof(struct helios_startup) +
                                named * sizeof(struct helios_startup_capability)),
    };
    helios_random(startup.seed, sizeof(startup.seed));
    size_t length = strlen(config->name);
    memcpy(startup.name, config->name, length < STARTUP_NAME ? length : STARTUP_NAME - 1);
    return startup;
}

void spawn_compose(const struct spawn *spawn, const uint64_t *slots, char *block) {
    struct helios_startup startup = startup_of(spawn);
    memcpy(block, &startup, sizeof(startup));
    append_arguments(spawn, block, startup.arguments);
    append_capabilities(
        spawn->config, slots,
        (struct helios_startup_capability *)((uintptr_t)block + startup.capabilities));
}
