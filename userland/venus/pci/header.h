// SPDX-License-Identifier: GPL-3.0-only
//
// Offsets in the configuration space (PCI Local Bus Specification 3.0, section 6.1; bridges:
// PCI-to-PCI Bridge Architecture Specification 1.2, section 3.2).
#ifndef HELIOS_USERLAND_VENUS_PCI_HEADER_H
#define HELIOS_USERLAND_VENUS_PCI_HEADER_H

enum pci_header {
    PCI_HEADER_ID = 0x00,
    PCI_HEADER_COMMAND = 0x04,
    PCI_HEADER_STATUS = 0x06,
    PCI_HEADER_CLASS = 0x08, // with the revision
    PCI_HEADER_TYPE = 0x0e,
    PCI_HEADER_BAR = 0x10,
    PCI_HEADER_SECONDARY = 0x19,
    PCI_HEADER_SUBSYSTEM = 0x2c,
    PCI_HEADER_CAPABILITIES = 0x34,
    PCI_HEADER_LINE = 0x3c,
    PCI_HEADER_PIN = 0x3d,
    PCI_HEADER_END = 0x40,
};

enum pci_header_type {
    PCI_HEADER_DEVICE = 0,
    PCI_HEADER_BRIDGE = 1,
    PCI_HEADER_TYPE_MASK = 0x7f,
    PCI_HEADER_TYPE_SEVERAL = 0x80, // it has more functions than the first
};

#define PCI_STATUS_CAPABILITIES 0x10

#endif // HELIOS_USERLAND_VENUS_PCI_HEADER_H
