// SPDX-License-Identifier: GPL-3.0-only
//
// What drivers need to know of PCI functions.
#include "userland/mercury/find.h"

enum {
    WINDOWS = 8,
};

static void add_messages(struct dev *dev) {
    if (pci_find_msix(&dev->function, dev->bars, &dev->msix)) {
        dev->has_msix = true;
        dev->messages = dev->msix.entries;
    } else if (pci_find_capability(&dev->function, PCI_CAPABILITY_MSI, 0) != 0) {
        dev->messages = 1;
    }
}

static void add_pin(const struct find_bridge *bridge, struct dev *dev, uint8_t pin) {
    uint32_t root_device = 0;
    struct dev_line line;
    uint8_t root_pin = pin != 0 ? pci_root_pin(&dev->function, pin, &root_device) : 0;
    if (root_pin != 0 && find_pci_line(bridge, root_device, root_pin, &line)) {
        dev_add_line(dev, line.line, line.trigger);
    }
}

static bool add_function(void *context, const struct pci_function *function,
                         const struct pci_identity *identity) {
    if (identity->header != 0) {
        return true; // bridges need no driver
    }
    struct dev *dev = dev_add(DEV_PCI, "pci:%02x:%02x.%u", function->address >> 8,
                              function->address >> 3 & 31, function->address & 7);
    if (dev == NULL) {
        return true; // it is counted
    }
    dev->function = *function;
    dev->identity.is_pci = true;
    dev->identity.vendor = identity->vendor;
    dev->identity.device = identity->device;
    dev->identity.class_code = (uint32_t)identity->class_code << 16 |
                               (uint32_t)identity->subclass << 8 | identity->interface;
    dev->subsystem = (uint32_t)identity->subsystem << 16 | identity->subsystem_vendor;
    dev->revision = identity->revision;
    pci_read_bars(function, dev->bars);
    add_pin(context, dev, identity->pin);
    return true;
}

static bool is_window(const struct find_bridge *bridge,
                      const struct helios_bootinfo_device *device) {
    return device->kind == HELIOS_BOOTINFO_PCI_MEMORY && device->segment == bridge->segment &&
           device->length != 0 && device->length <= UINT64_MAX - device->bus_base &&
           device->length <= UINT64_MAX - device->base;
}

// What is left of a window behind everything that firmware has put there.
static struct pci_window rest_of(const struct helios_bootinfo_device *window, uint32_t first) {
    struct pci_window rest = {window->bus_base, window->bus_base + window->length};
    for (uint32_t i = first; i < dev_count; i++) {
        for (uint32_t bar = 0; bar < PCI_BARS; bar++) {
            const struct pci_bar *used = &devs[i].bars[bar];
            bool is_inside = used->length != 0 && !used->is_io && used->address < rest.end &&
                             used->address >= window->bus_base &&
                             used->length <= rest.end - used->address;
            if (is_inside && used->address + used->length > rest.next) {
                rest.next = used->address + used->length;
            }
        }
    }
    return rest;
}

// BARs of memory that firmware has not assigned get addresses of the host bridges' windows. Not
// behind a bridge: that lets through what firmware has told it to, and nothing else.
static void assign_bars(struct dev *dev, struct pci_window *windows, uint32_t count) {
    if (dev->function.address >> 8 != dev->function.access->first_bus) {
        return;
    }
    for (uint32_t bar = 0; bar < PCI_BARS; bar++) {
        struct pci_bar *own = &dev->bars[bar];
        for (uint32_t i = 0; i < count && own->length != 0 && own->address == 0 && !own->is_io;
             i++) {
            bool fits = own->is_64 || windows[i].end <= 1ull << 32;
            // Nobody decodes address 0, so it is not given away.
            if (fits && windows[i].next == 0) {
                windows[i].next = 1;
            }
            if (fits) {
                pci_assign(&dev->function, bar, own, &windows[i]);
            }
        }
    }
}

// Where the CPU finds an address of the bus. false: in no window.
static bool cpu_address(const struct find_bridge *bridge, const struct pci_bar *bar,
                        uint64_t *physical) {
    const struct helios_bootinfo *info = bridge->bootinfo;
    bool has_windows = false;
    for (uint32_t i = 0; i < info->device_count; i++) {
        const struct helios_bootinfo_device *window = &info->devices[i];
        if (!is_window(bridge, window)) {
            continue;
        }
        has_windows = true;
        if (bar->address >= window->bus_base && bar->address - window->bus_base < window->length &&
            bar->length <= window->length - (bar->address - window->bus_base)) {
            *physical = window->base + (bar->address - window->bus_base);
            return true;
        }
    }
    // Where firmware names no windows (ACPI keeps them in AML), both count alike.
    *physical = bar->address;
    return !has_windows;
}

static void add_ranges(const struct find_bridge *bridge, struct dev *dev) {
    for (uint32_t bar = 0; bar < PCI_BARS; bar++) {
        const struct pci_bar *own = &dev->bars[bar];
        uint64_t physical = 0;
        if (own->length == 0 || own->address == 0) {
            continue;
        }
        if (own->is_io) {
            dev_add_range(dev, DEV_PORTS, bar, own->address, own->length);
        } else if (cpu_address(bridge, own, &physical)) {
            dev_add_range(dev, DEV_MEMORY, bar, physical, own->length);
        }
    }
}

void find_pci(const struct find_bridge *bridge) {
    const struct helios_bootinfo *info = bridge->bootinfo;
    struct pci_window windows[WINDOWS];
    uint32_t first = dev_count;
    uint32_t count = 0;
    pci_scan(bridge->access, add_function, (void *)(uintptr_t)bridge);
    for (uint32_t i = 0; i < info->device_count && count < WINDOWS; i++) {
        if (is_window(bridge, &info->devices[i])) {
            windows[count++] = rest_of(&info->devices[i], first);
        }
    }
    for (uint32_t i = first; i < dev_count; i++) {
        assign_bars(&devs[i], windows, count);
        add_ranges(bridge, &devs[i]);
        add_messages(&devs[i]);
    }
}
