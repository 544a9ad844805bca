// SPDX-License-Identifier: GPL-3.0-only
//
// How QEMU's boards are wired.
#ifndef HELIOS_USERLAND_VENUS_TESTING_MACHINE_H
#define HELIOS_USERLAND_VENUS_TESTING_MACHINE_H

#include <stdint.h>

#include "userland/interfaces/device.h"

#ifdef __cplusplus
extern "C" {
#endif

// The line of a device's pin (0: INTA) on PCI bus 0.
uint64_t machine_pci_line(uint64_t device, uint64_t pin);

// Where virtio devices are memory-mapped, one behind the other.
struct machine_virtio {
    uint64_t base;
    uint64_t stride; // bytes from one to the next
    uint32_t count;  // 0: the board has none
    uint64_t line;   // of the first
    uint32_t trigger;
};

extern const struct machine_virtio machine_virtio;

// Where QEMU's fw_cfg is.
extern const struct device_extent machine_fwcfg;

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_VENUS_TESTING_MACHINE_H
