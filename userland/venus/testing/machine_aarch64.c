// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/testing/machine.h"

// virt: SPIs 3 to 6.
uint64_t machine_pci_line(uint64_t device, uint64_t pin) {
    return 35 + (device + pin) % 4;
}

// virt: SPIs 16 to 47, which are edges.
const struct machine_virtio machine_virtio = {0xa000000, 0x200, 32, 48, 0};

const struct device_extent machine_fwcfg = {DEVICE_RANGE_KIND_MEMORY, 0, 0x9020000, 0x18};
