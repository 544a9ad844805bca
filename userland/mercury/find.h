// SPDX-License-Identifier: GPL-3.0-only
//
// Finding devices: what firmware and the devices themselves say becomes entries of `devs`. None of
// it is believed. This part knows nothing of the kernel, so that tests run it on the host.
#ifndef HELIOS_USERLAND_MERCURY_FIND_H
#define HELIOS_USERLAND_MERCURY_FIND_H

#include "uapi/bootinfo.h"
#include "userland/mercury/dev.h"

#ifdef __cplusplus
extern "C" {
#endif

// Registers at a physical address, reachable for good; of length 0: they can't be reached.
typedef struct venus_registers find_map(uint64_t base, uint64_t length);

// Every node of a device tree that is a device. The tree has passed devicetree_size, and has to
// stay: names are left where they are. Transports of virtio are looked behind.
void find_tree(const void *tree, find_map *map);

// A host bridge of PCI.
struct find_bridge {
    const struct pci_access *access;
    const struct helios_bootinfo *bootinfo; // has its windows
    const void *tree;                       // has its wiring; NULL: nobody knows it
    uint64_t ecam_base;                     // by which the tree knows it
    uint32_t segment;
};

// Every function behind it. BARs of memory that firmware has left unassigned get addresses of its
// windows.
void find_pci(const struct find_bridge *bridge);

// The interrupt line that a pin (1 to 4) of a device on the bridge's own bus is wired to, by the
// tree's interrupt-map. false: it is not known.
bool find_pci_line(const struct find_bridge *bridge, uint32_t device, uint32_t pin,
                   struct dev_line *line);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_USERLAND_MERCURY_FIND_H
