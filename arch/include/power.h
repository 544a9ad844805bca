// SPDX-License-Identifier: GPL-3.0-only
//
// What only the kernel's privilege can ask of the machine.
#ifndef HELIOS_ARCH_INCLUDE_POWER_H
#define HELIOS_ARCH_INCLUDE_POWER_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct helios_boot_power;

// Turns the machine off, or resets it, by firmware call (PSCI SYSTEM_OFF/SYSTEM_RESET, SBI SRST).
// Returns false where the port knows no such call or firmware refused it; kernel/power.c then uses
// the registers of the boot block.
bool arch_power_off(void);
bool arch_power_reset(void);

// Stops this CPU for good: interrupts masked, lowest power state.
#ifdef __cplusplus
[[noreturn]]
#else
_Noreturn
#endif
void arch_halt(void);

// Waits until an interrupt is pending for this CPU, then returns (interrupts stay masked; where
// hardware must take the interrupt to wake, the port takes it and keeps it pending). Kernel
// context.
void arch_wait_for_interrupt(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_INCLUDE_POWER_H
