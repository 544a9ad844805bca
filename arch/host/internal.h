// SPDX-License-Identifier: GPL-3.0-only
//
// Between the files of the host port.
#ifndef HELIOS_ARCH_HOST_INTERNAL_H
#define HELIOS_ARCH_HOST_INTERNAL_H

#include "arch/host/host.h"

#ifdef __cplusplus
extern "C" {
#endif

// Parts of host_reset. Tables: the arena is new.
void host_reset_devices(void);
void host_reset_tables(void);
void host_reset_interrupts(void);

// Ends host_run.
#ifdef __cplusplus
[[noreturn]]
#else
_Noreturn
#endif
void host_leave(enum host_exit how);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_HOST_INTERNAL_H
