// SPDX-License-Identifier: GPL-3.0-only
//
// Function level reset (PCI Express Base Specification 5.0, section 6.6.2; registers: 7.5.3).
#include "userland/venus/pci/header.h"
#include "userland/venus/pci/pci.h"

enum {
    EXPRESS_CAPABILITIES = 0x04,
    EXPRESS_CONTROL = 0x08,
    EXPRESS_STATUS = 0x0a,
    STATUS_PENDING = 1 << 5,
    CONTROL_RESET = 1 << 15,
    BARS_END = 0x28,
    BAR_WORDS = (BARS_END - PCI_HEADER_BAR) / 4,
};

#define CAPABILITY_RESET 0x10000000u
#define RESET_TIME       100000000ull // ns: so long it may take, and nobody may speak to it

// What the reset takes away, and nobody but the firmware would set again.
struct kept {
    uint32_t bars[BAR_WORDS];
    uint32_t command;
    uint32_t line;
    uint32_t control; // of PCI Express: sizes of packets
};

static void keep(const struct pci_function *function, uint32_t express, struct kept *kept) {
    for (uint32_t i = 0; i < BAR_WORDS; i++) {
        kept->bars[i] = pci_read(function, PCI_HEADER_BAR + 4 * i, 4);
    }
    kept->command = pci_read(function, PCI_HEADER_COMMAND, 2);
    kept->line = pci_read(function, PCI_HEADER_LINE, 1);
    kept->control = pci_read(function, express + EXPRESS_CONTROL, 2) & ~(uint32_t)CONTROL_RESET;
}

static void restore(const struct pci_function *function, uint32_t express,
                    const struct kept *kept) {
    for (uint32_t i = 0; i < BAR_WORDS; i++) {
        pci_write(function, PCI_HEADER_BAR + 4 * i, 4, kept->bars[i]);
    }
    pci_write(function, PCI_HEADER_LINE, 1, kept->line);
    pci_write(function, express + EXPRESS_CONTROL, 2, kept->control);
    pci_write(function, PCI_HEADER_COMMAND, 2, kept->command);
}

bool pci_reset(const struct pci_function *function, void (*wait)(uint64_t nanoseconds)) {
    struct pci_identity identity;
    struct kept kept;
    uint32_t express = pci_find_capability(function, PCI_CAPABILITY_EXPRESS, 0);
    if (express == 0 || !pci_identify(function, &identity) ||
        identity.header != PCI_HEADER_DEVICE ||
        (pci_read(function, express + EXPRESS_CAPABILITIES, 4) & CAPABILITY_RESET) == 0) {
        return false;
    }
    keep(function, express, &kept);
    pci_write(function, PCI_HEADER_COMMAND, 2, PCI_COMMAND_NO_LINE);
    if ((pci_read(function, express + EXPRESS_STATUS, 2) & STATUS_PENDING) != 0) {
        wait(RESET_TIME); // answers that are on their way must not meet another owner
    }
    pci_write(function, express + EXPRESS_CONTROL, 2, kept.control | CONTROL_RESET);
    wait(RESET_TIME);
    if (!pci_identify(function, &identity)) {
        return false;
    }
    restore(function, express, &kept);
    return true;
}
