// SPDX-License-Identifier: GPL-3.0-only
//
// Where a function's registers are (PCI Local Bus Specification 3.0, section 6.2.5).
#include "userland/venus/pci/header.h"
#include "userland/venus/pci/pci.h"

enum {
    BAR_IO = 1,
    BAR_TYPE_64 = 4,
    BAR_TYPE_MASK = 6,
    BAR_PREFETCHABLE = 8,
    BARS_OF_BRIDGE = 2,
};

#define BAR_IO_MASK     0xfffffffcu
#define BAR_MEMORY_MASK 0xfffffff0u

static uint32_t offset_of(uint32_t index) {
    return PCI_HEADER_BAR + 4 * index;
}

// What the bits that can be written say when all are written as ones.
static uint32_t probe(const struct pci_function *function, uint32_t index) {
    uint32_t before = pci_read(function, offset_of(index), 4);
    pci_write(function, offset_of(index), 4, ~0u);
    uint32_t ones = pci_read(function, offset_of(index), 4);
    pci_write(function, offset_of(index), 4, before);
    return ones;
}

// The length is the lowest bit that can be written; bits above it that can't are a device's error,
// and its BAR is not used.
static uint64_t length_of(uint64_t ones, uint64_t all) {
    uint64_t lowest = ones & (~ones + 1);
    return (ones | (lowest - 1)) == all ? lowest : 0;
}

static void read_io(const struct pci_function *function, uint32_t index, uint32_t value,
                    struct pci_bar *bar) {
    uint32_t ones = probe(function, index) & BAR_IO_MASK;
    // The upper half may be fixed to 0.
    uint32_t all = ones >> 16 == 0 ? 0xffffu : ~0u;
    bar->is_io = true;
    bar->address = value & BAR_IO_MASK;
    bar->length = ones == 0 ? 0 : length_of(ones, all);
}

static void read_memory(const struct pci_function *function, uint32_t index, uint32_t value,
                        struct pci_bar *bar) {
    uint64_t ones = probe(function, index) & BAR_MEMORY_MASK;
    uint64_t all = 0xffffffffu;
    bar->address = value & BAR_MEMORY_MASK;
    bar->is_prefetchable = (value & BAR_PREFETCHABLE) != 0;
    if (bar->is_64) {
        bar->address |= (uint64_t)pci_read(function, offset_of(index + 1), 4) << 32;
        ones |= (uint64_t)probe(function, index + 1) << 32;
        all = ~0ull;
    }
    bar->length = ones == 0 ? 0 : length_of(ones, all);
}

void pci_read_bars(const struct pci_function *function, struct pci_bar bars[PCI_BARS]) {
    for (uint32_t i = 0; i < PCI_BARS; i++) {
        bars[i] = (struct pci_bar){0};
    }
    struct pci_identity identity;
    if (!pci_identify(function, &identity)) {
        return;
    }
    uint32_t count = identity.header == PCI_HEADER_DEVICE   ? PCI_BARS
                     : identity.header == PCI_HEADER_BRIDGE ? BARS_OF_BRIDGE
                                                            : 0;
    uint16_t command = (uint16_t)pci_read(function, PCI_HEADER_COMMAND, 2);
    pci_set_command(function, 0, PCI_COMMAND_IO | PCI_COMMAND_MEMORY);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t value = pci_read(function, offset_of(i), 4);
        if ((value & BAR_IO) != 0) {
            read_io(function, i, value, &bars[i]);
            continue;
        }
        bars[i].is_64 = (value & BAR_TYPE_MASK) == BAR_TYPE_64 && i + 1 < count;
        read_memory(function, i, value, &bars[i]);
        i += bars[i].is_64;
    }
    pci_write(function, PCI_HEADER_COMMAND, 2, command);
}

bool pci_assign(const struct pci_function *function, uint32_t index, struct pci_bar *bar,
                struct pci_window *window) {
    uint64_t mask = bar->length - 1;
    if (bar->is_io || bar->length == 0 || window->next + mask < window->next) {
        return false;
    }
    uint64_t address = (window->next + mask) & ~mask;
    uint64_t last = address + mask;
    if (last < address || last >= window->end || (!bar->is_64 && last >> 32 != 0)) {
        return false;
    }
    pci_write(function, offset_of(index), 4, (uint32_t)address);
    if (bar->is_64) {
        pci_write(function, offset_of(index + 1), 4, (uint32_t)(address >> 32));
    }
    bar->address = address;
    window->next = last + 1;
    return true;
}

void pci_set_command(const struct pci_function *function, uint16_t set, uint16_t clear) {
    uint32_t command = pci_read(function, PCI_HEADER_COMMAND, 2);
    pci_write(function, PCI_HEADER_COMMAND, 2, (command & ~(uint32_t)clear) | set);
}
