// SPDX-License-Identifier: GPL-3.0-only
//
// The debug registers of a CPU.
#ifndef HELIOS_ARCH_AARCH64_DEBUG_H
#define HELIOS_ARCH_AARCH64_DEBUG_H

#ifdef __cplusplus
extern "C" {
#endif

// Unlocks the debug registers and turns every breakpoint and watchpoint of this CPU off, whoever
// set it.
void debug_init(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_AARCH64_DEBUG_H
