// SPDX-License-Identifier: GPL-3.0-only
//
// Capabilities, and the two for messages (PCI Local Bus Specification 3.0, sections 6.7 and 6.8).
#include "userland/venus/pci/header.h"
#include "userland/venus/pci/pci.h"

enum {
    MOST_CAPABILITIES = 48, // 4 bytes each between the header's end and 256
    MSIX_CONTROL = 2,
    MSIX_TABLE = 4,
    MSIX_CONTROL_ENABLE = 1 << 15,
    MSIX_CONTROL_MASK = 1 << 14,
    MSIX_CONTROL_SIZE = 0x7ff,
    MSIX_ENTRY_BYTES = 16,
    MSIX_ENTRY_CONTROL = 12,
    MSI_CONTROL = 2,
    MSI_CONTROL_ENABLE = 1,
    MSI_CONTROL_COUNT = 7 << 4,
    MSI_CONTROL_64 = 1 << 7,
    MSI_ADDRESS = 4,
    MSI_ADDRESS_HIGH = 8,
    MSI_DATA_32 = 8,
    MSI_DATA_64 = 12,
};

uint32_t pci_find_capability(const struct pci_function *function, uint8_t id, uint32_t after) {
    if ((pci_read(function, PCI_HEADER_STATUS, 2) & PCI_STATUS_CAPABILITIES) == 0) {
        return 0;
    }
    uint32_t at = after == 0 ? pci_read(function, PCI_HEADER_CAPABILITIES, 1)
                             : pci_read(function, after + 1, 1);
    for (unsigned i = 0; i < MOST_CAPABILITIES; i++) {
        at &= 0xfc;
        if (at < PCI_HEADER_END) {
            return 0;
        }
        if (pci_read(function, at, 1) == id) {
            return at;
        }
        at = pci_read(function, at + 1, 1);
    }
    return 0;
}

bool pci_find_msix(const struct pci_function *function, const struct pci_bar bars[PCI_BARS],
                   struct pci_msix *msix) {
    uint32_t at = pci_find_capability(function, PCI_CAPABILITY_MSIX, 0);
    if (at == 0) {
        return false;
    }
    uint32_t table = pci_read(function, at + MSIX_TABLE, 4);
    msix->capability = at;
    msix->entries = (pci_read(function, at + MSIX_CONTROL, 2) & MSIX_CONTROL_SIZE) + 1;
    msix->bar = table & 7;
    msix->offset = table & ~7u;
    if (msix->bar >= PCI_BARS || bars[msix->bar].is_io) {
        return false;
    }
    uint64_t bytes = (uint64_t)msix->entries * MSIX_ENTRY_BYTES;
    uint64_t length = bars[msix->bar].length;
    return msix->offset < length && length - msix->offset >= bytes;
}

void pci_msix_set(const struct venus_registers *table, uint32_t entry, uint64_t address,
                  uint32_t data) {
    uint64_t at = (uint64_t)entry * MSIX_ENTRY_BYTES;
    venus_write32(table, at + MSIX_ENTRY_CONTROL, 1); // not while it changes
    venus_write32(table, at, (uint32_t)address);
    venus_write32(table, at + 4, (uint32_t)(address >> 32));
    venus_write32(table, at + 8, data);
    venus_write32(table, at + MSIX_ENTRY_CONTROL, 0);
}

void pci_msix_enable(const struct pci_function *function, const struct pci_msix *msix, bool on) {
    uint32_t at = msix->capability + MSIX_CONTROL;
    uint32_t control =
        pci_read(function, at, 2) & ~(uint32_t)(MSIX_CONTROL_ENABLE | MSIX_CONTROL_MASK);
    if (on) {
        pci_set_command(function, PCI_COMMAND_NO_LINE, 0);
    }
    pci_write(function, at, 2, on ? control | MSIX_CONTROL_ENABLE : control);
}

bool pci_msi_enable(const struct pci_function *function, uint64_t address, uint32_t data) {
    uint32_t at = pci_find_capability(function, PCI_CAPABILITY_MSI, 0);
    if (at == 0) {
        return false;
    }
    uint32_t control = pci_read(function, at + MSI_CONTROL, 2);
    bool is_64 = (control & MSI_CONTROL_64) != 0;
    if (!is_64 && address >> 32 != 0) {
        return false;
    }
    control &= ~(uint32_t)(MSI_CONTROL_ENABLE | MSI_CONTROL_COUNT);
    pci_set_command(function, PCI_COMMAND_NO_LINE, 0);
    pci_write(function, at + MSI_ADDRESS, 4, (uint32_t)address);
    if (is_64) {
        pci_write(function, at + MSI_ADDRESS_HIGH, 4, (uint32_t)(address >> 32));
    }
    pci_write(function, at + (is_64 ? MSI_DATA_64 : MSI_DATA_32), 2, data & 0xffff);
    pci_write(function, at + MSI_CONTROL, 2, control | MSI_CONTROL_ENABLE);
    return true;
}

static void messages_off(const struct pci_function *function) {
    uint32_t msi = pci_find_capability(function, PCI_CAPABILITY_MSI, 0);
    if (msi != 0) {
        uint32_t control = pci_read(function, msi + MSI_CONTROL, 2);
        pci_write(function, msi + MSI_CONTROL, 2, control & ~(uint32_t)MSI_CONTROL_ENABLE);
    }
    uint32_t msix = pci_find_capability(function, PCI_CAPABILITY_MSIX, 0);
    if (msix != 0) {
        const struct pci_msix found = {.capability = msix};
        pci_msix_enable(function, &found, false);
    }
}

void pci_use_line(const struct pci_function *function) {
    messages_off(function);
    pci_set_command(function, 0, PCI_COMMAND_NO_LINE);
}

void pci_quiet(const struct pci_function *function) {
    pci_set_command(function, PCI_COMMAND_NO_LINE, PCI_COMMAND_MASTER);
    messages_off(function);
}
