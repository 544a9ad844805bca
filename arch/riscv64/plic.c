// SPDX-License-Identifier: GPL-3.0-only
#include "arch/riscv64/plic.h"

#include "arch/include/device.h"

enum {
    PENDING = 0x1000,
    THRESHOLD = 0,
    CLAIM = PLIC_CLAIM,
    PRIORITY_OFF = 0,
    PRIORITY_NORMAL = 1,
};

// More than any controller implements: the field keeps what it can (WARL).
#define PRIORITY_HIGHEST 0xffffffffu

static uint32_t get(uintptr_t address) {
    return (uint32_t)arch_device_read(DEVICE_MEMORY, address, 4);
}

static void put(uintptr_t address, uint32_t value) {
    arch_device_write(DEVICE_MEMORY, address, 4, value);
}

static uintptr_t priority(const struct plic *plic, uint32_t source) {
    return plic->registers + 4 * (uintptr_t)source;
}

// The word of a bit array, one bit per source, that begins at `array`.
static uintptr_t word_of(uintptr_t array, uint32_t source) {
    return array + 4 * (uintptr_t)(source / 32);
}

static uint32_t bit_of(uint32_t source) {
    return 1u << source % 32;
}

static bool is_enabled(const struct plic_context *context, uint32_t source) {
    return (get(word_of(context->enables, source)) & bit_of(source)) != 0;
}

void plic_reset(const struct plic *plic) {
    for (uint32_t source = 1; source <= plic->sources; source++) {
        put(priority(plic, source), PRIORITY_OFF);
    }
}

void plic_reset_context(const struct plic *plic, const struct plic_context *context) {
    for (uint32_t source = 0; source <= plic->sources; source += 32) {
        put(word_of(context->enables, source), 0);
    }
    put(context->claims + THRESHOLD, PRIORITY_OFF);
}

bool plic_source_exists(const struct plic *plic, uint32_t source) {
    put(priority(plic, source), PRIORITY_NORMAL);
    const bool exists = get(priority(plic, source)) != PRIORITY_OFF;
    put(priority(plic, source), PRIORITY_OFF);
    return exists;
}

void plic_set_enabled(const struct plic_context *context, uint32_t source, bool enabled) {
    const uintptr_t word = word_of(context->enables, source);
    const uint32_t others = get(word) & ~bit_of(source);
    put(word, enabled ? others | bit_of(source) : others);
}

// A pending bit goes only by being claimed, so the source is claimed, ahead of all others. It is
// completed in any case: whoever had the controller before may have claimed it and gone.
static void drain(const struct plic *plic, const struct plic_context *context, uint32_t source) {
    put(priority(plic, source), PRIORITY_HIGHEST);
    plic_set_enabled(context, source, true);
    put(context->claims + CLAIM, source);
    if ((get(word_of(plic->registers + PENDING, source)) & bit_of(source)) != 0) {
        put(context->claims + CLAIM, get(context->claims + CLAIM));
    }
    plic_set_enabled(context, source, false);
}

void plic_configure(const struct plic *plic, const struct plic_context *context, uint32_t source) {
    drain(plic, context, source);
    put(priority(plic, source), PRIORITY_NORMAL);
}

void plic_release(const struct plic *plic, const struct plic_context *context, uint32_t source) {
    drain(plic, context, source);
    put(priority(plic, source), PRIORITY_OFF);
}

void plic_complete(const struct plic_context *context, uint32_t source) {
    const bool enabled = is_enabled(context, source);
    if (!enabled) {
        plic_set_enabled(context, source, true);
    }
    put(context->claims + CLAIM, source);
    if (!enabled) {
        plic_set_enabled(context, source, false);
    }
}
