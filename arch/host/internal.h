// SPDX-License-Identifier: GPL-3.0-only
//
// Between the files of the host port.
#ifndef HELIOS_ARCH_HOST_INTERNAL_H
#define HELIOS_ARCH_HOST_INTERNAL_H

#ifdef __cplusplus
extern "C" {
#endif

// Parts of host_reset. Tables: the arena is new.
void host_reset_devices(void);
void host_reset_tables(void);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_HOST_INTERNAL_H
