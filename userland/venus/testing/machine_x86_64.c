// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/testing/machine.h"

// q35: the upper four of the eight inputs behind those of ISA.
uint64_t machine_pci_line(uint64_t device, uint64_t pin) {
    return 20 + (device + pin) % 4;
}

const struct machine_virtio machine_virtio = {0};

const struct device_extent machine_fwcfg = {DEVICE_RANGE_KIND_PORTS, 0, 0x510, 12};
