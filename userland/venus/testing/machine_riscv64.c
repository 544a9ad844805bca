// SPDX-License-Identifier: GPL-3.0-only
#include "userland/venus/testing/machine.h"

// virt: sources 32 to 35.
uint64_t machine_pci_line(uint64_t device, uint64_t pin) {
    return 32 + (device + pin) % 4;
}
