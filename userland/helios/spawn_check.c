// SPDX-License-Identifier: MIT
//
// What has to be right before anything is made.
#include <string.h>

#include "userland/helios/spawn_state.h"

enum {
    IMAGE_LEAST = 0x1000, // a pointer that is NULL, or nearly, faults
    VM_ALIGNMENT = 0x200000,
    STACK_MOST = 1 << 30,
    CSPACE_LEAST_BITS = 5,
    CSPACE_MOST_BITS = 18,
};

#define IMAGE_MOST (1ull << 36)
#define VM_SIZE    (1ull << 35)

static uint64_t argument_bytes(const struct helios_spawn_config *config) {
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < config->argument_count; i++) {
        bytes += strlen(config->arguments[i]) + 1;
    }
    return config->argument_count != 0 ? bytes : strlen(config->name) + 1;
}

uint32_t spawn_argument_count(const struct helios_spawn_config *config) {
    return config->argument_count != 0 ? config->argument_count : 1;
}

uint32_t spawn_named_capabilities(const struct helios_spawn_config *config) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < config->capability_count; i++) {
        count += config->capabilities[i].name != NULL;
    }
    return count;
}

static bool check_capabilities(struct spawn *spawn) {
    const struct helios_spawn_config *config = spawn->config;
    uint64_t slots = 1ull << spawn_or_default(config->cspace_bits, HELIOS_SPAWN_CSPACE_BITS);
    for (uint32_t i = 0; i < config->capability_count; i++) {
        const struct helios_spawn_capability *wanted = &config->capabilities[i];
        if (wanted->name != NULL && strlen(wanted->name) >= HELIOS_STARTUP_NAME) {
            return spawn_refuse(spawn, HELIOS_SPAWN_CAPABILITY, i, HELIOS_ERROR_RANGE,
                                strlen(wanted->name), HELIOS_STARTUP_NAME - 1);
        }
        if ((wanted->slot != 0 && wanted->slot < HELIOS_PROCESS_FIRST) || wanted->slot >= slots) {
            return spawn_refuse(spawn, HELIOS_SPAWN_CAPABILITY, i, HELIOS_ERROR_RANGE, wanted->slot,
                                slots - 1);
        }
    }
    return true;
}

static bool check_config(struct spawn *spawn) {
    const struct helios_spawn_config *config = spawn->config;
    uint64_t bytes = sizeof(struct helios_startup) + argument_bytes(config) +
                     (spawn_argument_count(config) + 1ull) * sizeof(uint64_t) +
                     spawn_named_capabilities(config) * sizeof(struct helios_startup_capability);
    if (bytes > HELIOS_STARTUP_MAX_BYTES) {
        return spawn_refuse(spawn, HELIOS_SPAWN_CONFIG, 0, HELIOS_ERROR_RANGE, bytes,
                            HELIOS_STARTUP_MAX_BYTES);
    }
    spawn->places.startup_bytes = bytes;
    if (config->stack_size > STACK_MOST) {
        return spawn_refuse(spawn, HELIOS_SPAWN_CONFIG, 0, HELIOS_ERROR_RANGE, config->stack_size,
                            STACK_MOST);
    }
    if (config->cspace_bits != 0 &&
        (config->cspace_bits < CSPACE_LEAST_BITS || config->cspace_bits > CSPACE_MOST_BITS)) {
        return spawn_refuse(spawn, HELIOS_SPAWN_CONFIG, 0, HELIOS_ERROR_RANGE, config->cspace_bits,
                            18);
    }
    return check_capabilities(spawn);
}

// Every address is far below 2^37, the image ends below 2^36: nothing here can wrap.
static void place(struct spawn *spawn) {
    struct spawn_places *places = &spawn->places;
    uint64_t stack = spawn_page_up(spawn_or_default(spawn->config->stack_size, HELIOS_SPAWN_STACK));
    places->stack_base = spawn->image.high + 1 + HELIOS_PAGE_BYTES;
    places->stack_top = places->stack_base + stack;
    places->buffer = places->stack_top + HELIOS_PAGE_BYTES;
    places->startup = places->buffer + 2 * HELIOS_PAGE_BYTES;
    uint64_t end = places->startup + spawn_page_up(places->startup_bytes) + HELIOS_PAGE_BYTES;
    places->vm_base = (end + VM_ALIGNMENT - 1) & ~(VM_ALIGNMENT - 1ull);
    places->vm_end = places->vm_base + VM_SIZE;
}

bool spawn_check(struct spawn *spawn) {
    const struct helios_spawn_config *config = spawn->config;
    struct helios_process *process = spawn->process;
    if (!elf_open(config->elf, config->elf_size, HELIOS_STUB_MACHINE, &spawn->image,
                  &process->elf)) {
        return spawn_refuse(spawn, HELIOS_SPAWN_ELF, process->elf.segment, HELIOS_ERROR_UNSUPPORTED,
                            process->elf.value, process->elf.wanted);
    }
    if (spawn->image.low < IMAGE_LEAST || spawn->image.high >= IMAGE_MOST) {
        return spawn_refuse(spawn, HELIOS_SPAWN_ELF, 0, HELIOS_ERROR_RANGE,
                            spawn->image.low < IMAGE_LEAST ? spawn->image.low : spawn->image.high,
                            IMAGE_MOST);
    }
    process->image_base = spawn->image.low;
    process->image_end = spawn->image.high + 1;
    if (!check_config(spawn)) {
        return false;
    }
    place(spawn);
    process->stack_base = spawn->places.stack_base;
    process->stack_top = spawn->places.stack_top;
    return true;
}
