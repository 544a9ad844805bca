// SPDX-License-Identifier: GPL-3.0-only
//
// The Power object: what only the kernel's privilege can ask of the machine.
#ifndef HELIOS_KERNEL_POWER_H
#define HELIOS_KERNEL_POWER_H

#include "kernel/syscall.h"

#ifdef __cplusplus
extern "C" {
#endif

struct helios_boot;
struct object;

// Remembers the registers and options of the boot block. After window_init, while there is memory.
void power_init(const struct helios_boot *boot);

// Try everything the machine has; return only if nothing worked.
void power_off(void);
void power_reboot(void);

// The end of everything, after a panic or the root task's death: reboots if the command line says
// panic=reboot, halts this CPU otherwise.
#ifdef __cplusplus
[[noreturn]]
#else
_Noreturn
#endif
void power_stop(void);

// For init's capability.
struct object *power_object(void);

struct task *power_invoke(struct task *current, const struct slot_view *slot,
                          const struct syscall *call);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_KERNEL_POWER_H
