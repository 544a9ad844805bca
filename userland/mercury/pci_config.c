// SPDX-License-Identifier: GPL-3.0-only
//
// The ways to the configuration space of PCI: ECAM, and where there is none the ports of the PC.
#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/mercury/devices.h"
#include "userland/mercury/find.h"
#include "userland/mercury/resources.h"

enum {
    SEGMENTS = 4,
    CHUNK_SHIFT = 21, // configuration space is mapped 2 MiB at a time, when it is looked at
    CHUNKS = 128,     // of 256 buses
    FUNCTION_SHIFT = 12,
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

// Where a register of a function, counted from the first bus, is; NULL: not to be reached.
static volatile void *register_at(struct segment *segment, uint32_t function, uint32_t offset) {
    uint64_t at = ((uint64_t)function << FUNCTION_SHIFT) + offset;
    if (at >= segment->device->length || at >> CHUNK_SHIFT >= CHUNKS ||
        !map_chunk(segment, at >> CHUNK_SHIFT)) {
        return NULL;
    }
    return (volatile void *)(uintptr_t)(segment->address + at);
}

static uint32_t ecam_read(void *context, uint32_t function, uint32_t offset, unsigned bytes) {
    const volatile void *at = register_at(context, function, offset);
    if (at == NULL) {
        return ~0u >> (32 - 8 * bytes);
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

static void find(const struct segment *segment) {
    const struct find_bridge bridge = {
        .access = &segment->access,
        .bootinfo = resources.bootinfo,
        .tree = dev_tree(),
        .ecam_base = segment->device->base,
        .segment = segment->device->segment,
    };
    find_pci(&bridge);
}

void dev_find_pci(void) {
    for (uint32_t i = 0; i < resources.bootinfo->device_count && segment_count < SEGMENTS; i++) {
        if (resources.bootinfo->devices[i].kind == HELIOS_BOOTINFO_PCI_CONFIG &&
            open_segment(&segments[segment_count], i)) {
            find(&segments[segment_count++]);
        }
    }
    if (segment_count == 0 && open_ports()) {
        const struct find_bridge bridge = {.access = &port_access, .bootinfo = resources.bootinfo};
        find_pci(&bridge);
    }
}
