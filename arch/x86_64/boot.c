// SPDX-License-Identifier: GPL-3.0-only
#include "arch/include/boot.h"

#include "arch/include/port.h"
#include "arch/x86_64/internal.h"

// Written by arch_boot only.
static const struct helios_boot *boot_block;
static uint64_t boot_root;
static uint64_t boot_start_page;
static uint64_t boot_tsc_hz;
static bool boot_has_reset;

// Nobody has checked the block yet, so its arrays wait for arch_cpu_init.
void arch_boot(const struct helios_boot *boot) {
    boot_block = boot;
    boot_root = boot->page_table_root;
    boot_start_page = boot->start_page;
    boot_tsc_hz = boot->timer.frequency_hz;
    boot_has_reset = boot->power.reset.address != 0;
    x86_early_traps();
}

uint64_t x86_boot_root(void) {
    return boot_root;
}

uint64_t x86_boot_start_page(void) {
    return boot_start_page;
}

uint64_t x86_boot_tsc_hz(void) {
    return boot_tsc_hz;
}

bool x86_boot_has_reset(void) {
    return boot_has_reset;
}

const struct helios_boot_intc *x86_boot_intc(enum helios_intc_kind kind, uint32_t number) {
    const struct helios_boot_array *array = &boot_block->intcs;
    for (uint32_t i = 0; i < array->count; i++) {
        const struct helios_boot_intc *intc =
            (const void *)((const char *)boot_block + array->offset + (size_t)i * array->stride);
        if (intc->kind == (uint32_t)kind && number-- == 0) {
            return intc;
        }
    }
    return NULL;
}

uintptr_t arch_boot_stack_guard(unsigned index) {
    if (index >= sizeof x86_boot_stacks / sizeof x86_boot_stacks[0]) {
        return 0;
    }
    return (uintptr_t)x86_boot_stacks[index];
}
