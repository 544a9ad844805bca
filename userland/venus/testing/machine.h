// SPDX-License-Identifier: GPL-3.0-only
//
// How QEMU's boards are wired.
#ifndef HELIOS_USERLAND_VENUS_TESTING_MACHINE_H
#define HELIOS_USERLAND_VENUS_TESTING_MACHINE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// The line of a device's pin (0: INTA) on PCI bus 0.
uint64_t machine_pci_line(uint64_t device, uint64_t pin);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_TESTING_MACHINE_H
