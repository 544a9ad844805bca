// SPDX-License-Identifier: GPL-3.0-only
//
// The platform-level interrupt controller (RISC-V PLIC specification 1.0.0). Reaches the machine
// through arch_device_read and arch_device_write only: tested on the host.
//
// A source's trigger is fixed by its gateway. A claimed source does not come again until it is
// completed, and completion only counts while the source is enabled.
#ifndef HELIOS_ARCH_RISCV64_PLIC_H
#define HELIOS_ARCH_RISCV64_PLIC_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/device.h"

#ifdef __cplusplus
extern "C" {
#endif

// Register blocks, as offsets from the controller's base: priorities and pending bits; from
// PLIC_ENABLES on, PLIC_ENABLE_STRIDE bytes of enable bits for every context; from PLIC_CLAIMS on,
// PLIC_CLAIM_STRIDE bytes with threshold and claim register for every context.
#define PLIC_ENABLES       0x2000u
#define PLIC_ENABLE_STRIDE 0x80u
#define PLIC_CLAIMS        0x200000u
#define PLIC_CLAIM_STRIDE  0x1000u
#define PLIC_CLAIM         4u // the claim register in the latter

#define PLIC_MAX_SOURCES 1023u

struct plic {
    uintptr_t registers; // virtual address of the controller's base; mapped up to the enables
    uint32_t sources;    // 1 .. sources
};

// One context: where its enable bits stand, and its threshold and claim registers (which may be
// mapped elsewhere than the rest).
struct plic_context {
    uintptr_t enables;
    uintptr_t claims;
};

// Nothing interrupts anybody.
void plic_reset(const struct plic *plic);
void plic_reset_context(const struct plic *plic, const struct plic_context *context);

// Whether something is wired there: the priority of what does not exist is stuck at 0. For sources
// that are not in use.
bool plic_source_exists(const struct plic *plic, uint32_t source);

// Makes the source the context's: masked and with nothing pending.
void plic_configure(const struct plic *plic, const struct plic_context *context, uint32_t source);

// Takes it back.
void plic_release(const struct plic *plic, const struct plic_context *context, uint32_t source);

void plic_set_enabled(const struct plic_context *context, uint32_t source, bool enabled);

// The source of the highest priority that is pending and enabled; 0 if there is none. Of the
// context whose `claims` this is.
static inline uint32_t plic_claim(uintptr_t claims) {
    return (uint32_t)arch_device_read(DEVICE_MEMORY, claims + PLIC_CLAIM, 4);
}

void plic_complete(const struct plic_context *context, uint32_t source);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_RISCV64_PLIC_H
