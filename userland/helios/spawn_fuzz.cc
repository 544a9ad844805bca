// SPDX-License-Identifier: MIT
//
// Any bytes as the ELF file of helios_spawn, with any configuration: what is accepted lies where a
// process may lie, and nothing of it meets; what is refused is refused with a reason. Its last
// bytes are the configuration too, so that a file which makes sense can begin the search.
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include "userland/helios/spawn_state.h"

namespace {

constexpr size_t kNumbers = 8;
constexpr uint64_t kEnd = 1ull << 37; // of a process's addresses

void Require(bool condition) {
    if (!condition) {
        abort();
    }
}

bool IsPage(uint64_t address) {
    return address % HELIOS_PAGE_BYTES == 0;
}

void CheckPlaces(const struct spawn &spawn) {
    const struct spawn_places &places = spawn.places;
    const struct helios_process &process = *spawn.process;
    Require(process.image_base == spawn.image.low && process.image_base >= HELIOS_PAGE_BYTES);
    Require(process.image_end > process.image_base && IsPage(process.image_end));
    // A page that is never mapped lies below the stack, the buffer and the startup block.
    Require(places.stack_base >= process.image_end + HELIOS_PAGE_BYTES);
    Require(places.stack_top > places.stack_base);
    Require(places.buffer >= places.stack_top + HELIOS_PAGE_BYTES);
    Require(places.startup >= places.buffer + 2 * HELIOS_PAGE_BYTES);
    Require(places.vm_base >= places.startup + places.startup_bytes + HELIOS_PAGE_BYTES);
    Require(places.vm_end > places.vm_base && places.vm_end <= kEnd);
    Require(IsPage(places.stack_base) && IsPage(places.stack_top) && IsPage(places.buffer) &&
            IsPage(places.startup) && IsPage(places.vm_base));
    Require(places.startup_bytes >= sizeof(struct helios_startup) &&
            places.startup_bytes <= HELIOS_STARTUP_MAX_BYTES);
}

void CheckRefusal(const struct helios_process &process) {
    char text[128];
    Require(process.answer.status != HELIOS_OK);
    Require(process.stage == HELIOS_SPAWN_ELF || process.stage == HELIOS_SPAWN_CONFIG ||
            process.stage == HELIOS_SPAWN_CAPABILITY);
    Require(helios_spawn_describe(text, sizeof text, &process) > 0);
    Require(memchr(text, 0, sizeof text) != nullptr);
}

} // namespace

// In place of spawn.c's.
bool spawn_refuse(struct spawn *spawn, enum helios_spawn_stage stage, uint32_t index,
                  enum helios_error error, uint64_t found, uint64_t wanted) {
    spawn->process->stage = stage;
    spawn->process->index = index;
    spawn->process->answer.status = error;
    spawn->process->answer.found = found;
    spawn->process->answer.wanted = wanted;
    return false;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    uint8_t numbers[kNumbers] = {};
    size_t tail = size < kNumbers ? size : kNumbers;
    memcpy(numbers, data + size - tail, tail);
    char argument[256];
    memset(argument, 'x', sizeof argument);
    argument[numbers[0] % sizeof argument] = '\0';
    argument[sizeof argument - 1] = '\0';
    const char *arguments[256];
    for (const char *&one : arguments) {
        one = argument;
    }
    const struct helios_spawn_capability capabilities[] = {
        {argument, 1, 0, 0, numbers[1]},
        {nullptr, 1, 0, 0, 1ull << numbers[2] % 64},
    };
    struct helios_spawn_config config = {};
    config.elf = data;
    config.elf_size = size;
    config.name = argument;
    config.arguments = arguments;
    config.argument_count = numbers[3];
    config.capabilities = capabilities;
    config.capability_count = numbers[4] % 3;
    config.cspace_bits = numbers[5] % 32;
    config.stack_size = static_cast<uint64_t>(numbers[6]) << numbers[7] % 64;
    struct helios_process process = {};
    struct spawn spawn = {};
    spawn.config = &config;
    spawn.process = &process;
    if (spawn_check(&spawn)) {
        CheckPlaces(spawn);
    } else {
        CheckRefusal(process);
    }
    return 0;
}
