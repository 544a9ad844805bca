// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/testing/machine.h"

#include "uapi/object.h"

// virt: sources 32 to 35.
uint64_t machine_pci_line(uint64_t device, uint64_t pin) {
    return 32 + (device + pin) % 4;
}

// virt: sources 1 to 8.
const struct machine_virtio machine_virtio = {0x10001000, 0x1000, 8, 1, HELIOS_IRQ_TRIGGER_LEVEL};

const struct device_extent machine_fwcfg = {DEVICE_RANGE_KIND_MEMORY, 0, 0x10100000, 0x18};
