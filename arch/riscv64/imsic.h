// SPDX-License-Identifier: GPL-3.0-only
//
// A hart's incoming message-signalled interrupt controller, its supervisor-level interrupt file
// (RISC-V Advanced Interrupt Architecture 1.0, chapter 3). Identities are numbered from 1.
#ifndef HELIOS_ARCH_RISCV64_IMSIC_H
#define HELIOS_ARCH_RISCV64_IMSIC_H

#include <stdbool.h>
#include <stdint.h>

#include "arch/include/port.h"

#define IMSIC_MAX_IDS 2047u

// What is wanted of a hart's file, noted for the hart to do.
static inline void imsic_request(struct riscv_imsic_file *file, uint32_t id, bool open) {
    const uint64_t bit = 1ull << id % 64;
    uint64_t *word = &file->enabled[id / 64];
    *word = open ? *word | bit : *word & ~bit;
    file->changed |= 1u << id / 64;
}

// Empty, with what has been sent for it up to then forgotten.
static inline void imsic_request_empty(struct riscv_imsic_file *file, uint32_t id) {
    file->emptied[id / 64] |= 1ull << id % 64;
    file->changed |= 1u << id / 64;
}

// The rest is for the calling hart's file.

// Nothing enabled, nothing pending, delivery on. `ids` is a multiple of 64, less one.
void imsic_reset(uint32_t ids);

// Of 64 identities, beginning at 64 * word: which are enabled, and which stop to be pending.
void imsic_write(unsigned word, uint64_t enabled, uint64_t cleared);

void imsic_set_pending(uint32_t id, bool pending);

// The lowest identity that is pending and enabled, which is no longer pending; 0 if there is none.
uint32_t imsic_claim(void);

#endif // HELIOS_ARCH_RISCV64_IMSIC_H
