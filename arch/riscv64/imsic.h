// SPDX-License-Identifier: GPL-3.0-only
//
// This hart's incoming message-signalled interrupt controller, its supervisor-level interrupt file
// (RISC-V Advanced Interrupt Architecture 1.0, chapter 3). Identities are numbered from 1.
#ifndef HELIOS_ARCH_RISCV64_IMSIC_H
#define HELIOS_ARCH_RISCV64_IMSIC_H

#include <stdbool.h>
#include <stdint.h>

#define IMSIC_MAX_IDS 2047u

// Nothing enabled, nothing pending, delivery on. `ids` is a multiple of 64, less one.
void imsic_reset(uint32_t ids);

void imsic_set_enabled(uint32_t id, bool enabled);
void imsic_clear_pending(uint32_t id);

// The lowest identity that is pending and enabled, which is no longer pending; 0 if there is none.
uint32_t imsic_claim(void);

#endif // HELIOS_ARCH_RISCV64_IMSIC_H
