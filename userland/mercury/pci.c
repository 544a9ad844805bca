// SPDX-License-Identifier: GPL-3.0-only
//
// PCI functions, through ECAM; where there is none, through the ports of the PC.
#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/mercury/devices.h"
#include "userland/mercury/mercury.h"
#include "userland/mercury/resources.h"

enum {
    SEGMENTS = 4,
    CHUNK_SHIFT = 21, // configuration space is mapped 2 MiB at a time, when it is looked at
    CHUNKS = 128,     // of 256 buses
    BUS_SHIFT = 20,
    FUNCTION_SHIFT = 12,
    WINDOWS = 8,
    CONFIG_PORTS = 0xcf8,
    CONFIG_PORT_COUNT = 8,
};

// The configuration space of one segment.
struct segment {
    const struct helios_bootinfo_device *device;
    uint64_t memory;  // its DeviceMemory
    uint64_t address; // where it is mapped, as far as it is
    bool is_mapped[CHUNKS];
    struct pci_access access;
};

static struct segment segments[SEGMENTS];
static uint32_t segment_count;
static struct segment *scanned;

static uint64_t config_ports; // IOPort

static bool map_chunk(struct segment *segment, uint64_t chunk) {
    uint64_t at = chunk << CHUNK_SHIFT;
    if (segment->is_mapped[chunk]) {
        return true;
    }
    struct helios_answer answer = helios_device_memory_allocate(
        segment->memory, helios_environment.memories[0], segment->device->base + at, 1);
    if (answer.status != HELIOS_OK) {
        return false;
    }
    uint64_t page = helios_buffer->caps[0];
    answer = helios_vm_map(page, segment->address + at, HELIOS_MAP_WRITE | HELIOS_MAP_DEVICE);
    helios_drop(page);
    segment->is_mapped[chunk] = answer.status == HELIOS_OK;
    return segment->is_mapped[chunk];
}

// Where a register of a function is; NULL: not to be reached.
static volatile void *register_at(struct segment *segment, uint32_t function, uint32_t offset) {
    uint64_t first = (uint64_t)segment->device->first_bus << BUS_SHIFT;
    uint64_t at = ((uint64_t)function << FUNCTION_SHIFT) - first + offset;
    if (at >= segment->device->length || !map_chunk(segment, at >> CHUNK_SHIFT)) {
        return NULL;
    }
    return (volatile void *)(uintptr_t)(segment->address + at);
}

static uint32_t ecam_read(void *context, uint32_t function, uint32_t offset, unsigned bytes) {
    const volatile void *at = register_at(context, function, offset);
    if (at == NULL) {
        return ~0u;
    }
    switch (bytes) {
    case 1:
        return *(const volatile uint8_t *)at;
    case 2:
        return *(const volatile uint16_t *)at;
    default:
        return *(const volatile uint32_t *)at;
    }
}

static void ecam_write(void *context, uint32_t function, uint32_t offset, unsigned bytes,
                       uint32_t value) {
    volatile void *at = register_at(context, function, offset);
    if (at == NULL) {
        return;
    }
    switch (bytes) {
    case 1:
        *(volatile uint8_t *)at = (uint8_t)value;
        break;
    case 2:
        *(volatile uint16_t *)at = (uint16_t)value;
        break;
    default:
        *(volatile uint32_t *)at = value;
        break;
    }
}

static bool open_segment(struct segment *segment, uint32_t index) {
    const struct helios_bootinfo_device *device = &resources.bootinfo->devices[index];
    segment->device = device;
    segment->memory = resources.devices[index];
    segment->address = helios_vm_reserve(device->length, 1ull << CHUNK_SHIFT);
    segment->access = (struct pci_access){
        .read = ecam_read,
        .write = ecam_write,
        .context = segment,
        .first_bus = (uint8_t)device->first_bus,
        .last_bus = (uint8_t)device->last_bus,
    };
    return segment->memory != 0 && segment->address != 0 &&
           device->base % (1ull << CHUNK_SHIFT) == 0;
}

static uint32_t port_read(void *context, uint64_t offset, unsigned bytes) {
    uint64_t port = CONFIG_PORTS + offset;
    (void)context;
    switch (bytes) {
    case 1:
        return (uint32_t)helios_io_port_in8(config_ports, port).value;
    case 2:
        return (uint32_t)helios_io_port_in16(config_ports, port).value;
    default:
        return (uint32_t)helios_io_port_in32(config_ports, port).value;
    }
}

static void port_write(void *context, uint64_t offset, unsigned bytes, uint32_t value) {
    uint64_t port = CONFIG_PORTS + offset;
    (void)context;
    switch (bytes) {
    case 1:
        helios_io_port_out8(config_ports, port, value);
        break;
    case 2:
        helios_io_port_out16(config_ports, port, value);
        break;
    default:
        helios_io_port_out32(config_ports, port, value);
        break;
    }
}

static struct venus_registers port_registers = {port_read, port_write, NULL, 0, CONFIG_PORT_COUNT};
static struct pci_access port_access;

static bool open_ports(void) {
    if (resources.io_control == 0 || resources.bootinfo->arch != HELIOS_BOOTINFO_X86_64 ||
        helios_io_control_issue(resources.io_control, CONFIG_PORTS, CONFIG_PORT_COUNT).status !=
            HELIOS_OK) {
        return false;
    }
    config_ports = helios_buffer->caps[0];
    port_access = pci_ports(&port_registers);
    return true;
}

static void add_messages(struct dev *dev) {
    if (pci_find_msix(&dev->function, dev->bars, &dev->msix)) {
        dev->has_msix = true;
        dev->messages = dev->msix.entries;
    } else if (pci_find_capability(&dev->function, PCI_CAPABILITY_MSI, 0) != 0) {
        dev->messages = 1;
    }
}

static void add_pin(struct dev *dev, uint8_t pin) {
    uint32_t root_device = 0;
    struct dev_line line;
    uint8_t root_pin = pin != 0 ? pci_root_pin(&dev->function, pin, &root_device) : 0;
    if (root_pin != 0 && scanned != NULL &&
        dev_tree_pci_line(scanned->device->base, root_device, root_pin, &line)) {
        dev_add_line(dev, line.line, line.trigger);
    }
}

static bool add_function(void *context, const struct pci_function *function,
                         const struct pci_identity *identity) {
    (void)context;
    if (identity->header != 0) {
        return true; // bridges need no driver
    }
    struct dev *dev = dev_add(DEV_PCI, "pci:%02x:%02x.%u", function->address >> 8,
                              function->address >> 3 & 31, function->address & 7);
    if (dev == NULL) {
        return false;
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
    add_pin(dev, identity->pin);
    return true;
}

// What is left of a window behind everything that firmware has put there.
static struct pci_window rest_of(const struct helios_bootinfo_device *window) {
    struct pci_window rest = {window->bus_base, window->bus_base + window->length};
    for (uint32_t i = 0; i < dev_count; i++) {
        for (uint32_t bar = 0; devs[i].bus == DEV_PCI && bar < PCI_BARS; bar++) {
            const struct pci_bar *used = &devs[i].bars[bar];
            uint64_t end = used->address + used->length;
            if (used->length != 0 && !used->is_io && used->address >= window->bus_base &&
                end <= rest.end && end > rest.next) {
                rest.next = end;
            }
        }
    }
    return rest;
}

// BARs of memory that firmware has not assigned get addresses of the host bridges' windows.
static void assign_bars(struct dev *dev, struct pci_window *windows, uint32_t count) {
    for (uint32_t bar = 0; bar < PCI_BARS; bar++) {
        struct pci_bar *own = &dev->bars[bar];
        for (uint32_t i = 0; i < count && own->length != 0 && own->address == 0 && !own->is_io;
             i++) {
            bool fits = own->is_64 || windows[i].end <= 1ull << 32;
            if (fits) {
                pci_assign(&dev->function, bar, own, &windows[i]);
            }
        }
    }
}

static void add_ranges(struct dev *dev) {
    for (uint32_t bar = 0; bar < PCI_BARS; bar++) {
        const struct pci_bar *own = &dev->bars[bar];
        uint64_t physical = 0;
        if (own->length == 0 || own->address == 0) {
            continue;
        }
        if (own->is_io) {
            dev_add_range(dev, DEV_PORTS, bar, own->address, own->length);
        } else if (resources_bus_address(own->address, own->length, &physical)) {
            dev_add_range(dev, DEV_MEMORY, bar, physical, own->length);
        }
    }
}

static void scan(struct segment *segment, struct pci_access *access) {
    uint32_t first = dev_count;
    scanned = segment;
    pci_scan(access, add_function, NULL);
    struct pci_window windows[WINDOWS];
    uint32_t count = 0;
    for (uint32_t i = 0; i < resources.bootinfo->device_count && count < WINDOWS; i++) {
        const struct helios_bootinfo_device *window = &resources.bootinfo->devices[i];
        if (window->kind == HELIOS_BOOTINFO_PCI_MEMORY) {
            windows[count++] = rest_of(window);
        }
    }
    for (uint32_t i = first; i < dev_count; i++) {
        assign_bars(&devs[i], windows, count);
        add_ranges(&devs[i]);
        add_messages(&devs[i]);
    }
}

void dev_find_pci(void) {
    for (uint32_t i = 0; i < resources.bootinfo->device_count && segment_count < SEGMENTS; i++) {
        if (resources.bootinfo->devices[i].kind == HELIOS_BOOTINFO_PCI_CONFIG &&
            open_segment(&segments[segment_count], i)) {
            struct segment *segment = &segments[segment_count++];
            scan(segment, &segment->access);
        }
    }
    if (segment_count == 0 && open_ports()) {
        scan(NULL, &port_access);
    }
}
