// SPDX-License-Identifier: GPL-3.0-only
//
// What a user may have in the registers that hold more than data: PSTATE and the debug registers.
// Arithmetic only, so it is tested on the host.
#ifndef HELIOS_ARCH_AARCH64_USER_STATE_H
#define HELIOS_ARCH_AARCH64_USER_STATE_H

#include <stdint.h>

#include "arch/include/task.h"

#ifdef __cplusplus
extern "C" {
#endif

#define PSTATE_SS (1ull << 21) // software step: one more instruction before the exception

// The PSTATE bits that user mode can set by itself on a CPU with these ID_AA64PFR0_EL1 and
// ID_AA64PFR1_EL1: NZCV, DIT, SSBS. Everything else that matters is zero: EL0t, AArch64, nothing
// masked, no step, no illegal state (Arm ARM C5.2.19).
uint64_t user_state_pstate_mask(uint64_t pfr0, uint64_t pfr1);

// The value register (DBGBVR, DBGWVR) and the control register (DBGBCR, DBGWCR; Arm ARM D17.3.2,
// D17.3.11) that match these bytes in EL0 and nowhere else. The control word is 0 where hardware
// has no match of that shape, and for BREAKPOINT_OFF.
uint64_t user_state_debug_value(enum breakpoint_kind kind, uint64_t address);
uint32_t user_state_debug_control(enum breakpoint_kind kind, uint64_t address, unsigned length);

// How many breakpoints a task gets on a CPU with this ID_AA64DFR0_EL1, of which `most` have room.
unsigned user_state_breakpoint_count(uint64_t dfr0, unsigned most);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_USER_STATE_H
