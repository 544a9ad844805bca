// SPDX-License-Identifier: GPL-3.0-only
//
// What is on the buses.
#include <stddef.h>

#include "userland/venus/pci/header.h"
#include "userland/venus/pci/pci.h"

enum {
    DEVICES = 32,
    FUNCTIONS = 8,
    BUSES = 256,
};

bool pci_identify(const struct pci_function *function, struct pci_identity *identity) {
    uint32_t id = pci_read(function, PCI_HEADER_ID, 4);
    if ((id & 0xffff) == 0xffff || id == 0) {
        return false;
    }
    uint32_t class_code = pci_read(function, PCI_HEADER_CLASS, 4);
    uint8_t header = (uint8_t)(pci_read(function, PCI_HEADER_TYPE, 1) & PCI_HEADER_TYPE_MASK);
    uint32_t subsystem =
        header == PCI_HEADER_DEVICE ? pci_read(function, PCI_HEADER_SUBSYSTEM, 4) : 0;
    uint8_t pin = (uint8_t)pci_read(function, PCI_HEADER_PIN, 1);
    *identity = (struct pci_identity){
        .vendor = (uint16_t)id,
        .device = (uint16_t)(id >> 16),
        .subsystem_vendor = (uint16_t)subsystem,
        .subsystem = (uint16_t)(subsystem >> 16),
        .class_code = (uint8_t)(class_code >> 24),
        .subclass = (uint8_t)(class_code >> 16),
        .interface = (uint8_t)(class_code >> 8),
        .revision = (uint8_t)class_code,
        .header = header,
        .pin = pin <= 4 ? pin : 0,
    };
    return true;
}

struct scan {
    const struct pci_access *access;
    bool (*visit)(void *context, const struct pci_function *function,
                  const struct pci_identity *identity);
    void *context;
    bool reachable[BUSES];
};

static bool scan_function(struct scan *scan, uint32_t address, bool *several) {
    const struct pci_function function = {scan->access, address};
    struct pci_identity identity;
    if (!pci_identify(&function, &identity)) {
        *several = *several && address % FUNCTIONS != 0;
        return true;
    }
    if (address % FUNCTIONS == 0) {
        *several = (pci_read(&function, PCI_HEADER_TYPE, 1) & PCI_HEADER_TYPE_SEVERAL) != 0;
    }
    if (identity.header == PCI_HEADER_BRIDGE) {
        uint8_t secondary = (uint8_t)pci_read(&function, PCI_HEADER_SECONDARY, 1);
        if (secondary > address >> 8 && secondary <= scan->access->last_bus) {
            scan->reachable[secondary] = true;
        }
    }
    return scan->visit(scan->context, &function, &identity);
}

static bool scan_bus(struct scan *scan, uint32_t bus) {
    for (uint32_t device = 0; device < DEVICES; device++) {
        bool several = true;
        for (uint32_t function = 0; function < FUNCTIONS && (function == 0 || several);
             function++) {
            if (!scan_function(scan, PCI_ADDRESS(bus, device, function), &several)) {
                return false;
            }
        }
    }
    return true;
}

void pci_scan(const struct pci_access *access,
              bool (*visit)(void *context, const struct pci_function *function,
                            const struct pci_identity *identity),
              void *context) {
    struct scan scan = {.access = access, .visit = visit, .context = context};
    scan.reachable[access->first_bus] = true;
    for (uint32_t bus = access->first_bus; bus <= access->last_bus; bus++) {
        if (scan.reachable[bus] && !scan_bus(&scan, bus)) {
            return;
        }
    }
}

// The bridge whose other side is `bus`.
struct bridge_search {
    uint32_t bus;
    uint32_t found;
    bool is_found;
};

static bool visit_bridge(void *context, const struct pci_function *function,
                         const struct pci_identity *identity) {
    struct bridge_search *search = context;
    if (identity->header == PCI_HEADER_BRIDGE &&
        pci_read(function, PCI_HEADER_SECONDARY, 1) == search->bus) {
        search->found = function->address;
        search->is_found = true;
    }
    return !search->is_found;
}

uint8_t pci_root_pin(const struct pci_function *function, uint8_t pin, uint32_t *root_device) {
    uint32_t address = function->address;
    while (address >> 8 != function->access->first_bus) {
        struct bridge_search search = {.bus = address >> 8};
        pci_scan(function->access, visit_bridge, &search);
        if (!search.is_found || search.found >> 8 >= address >> 8 || pin == 0) {
            return 0;
        }
        pin = (uint8_t)((pin - 1u + (address >> 3 & 0x1f)) % 4 + 1);
        address = search.found;
    }
    *root_device = address >> 3 & 0x1f;
    return pin;
}
