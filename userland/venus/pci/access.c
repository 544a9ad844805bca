// SPDX-License-Identifier: GPL-3.0-only
//
// The ways to the configuration space.
#include "userland/venus/pci/pci.h"

enum {
    ECAM_SHIFT = 12,
    PORT_BYTES = 256,
    PORT_ADDRESS = 0,
    PORT_DATA = 4,
};

#define PORT_ENABLE 0x80000000u

static uint64_t ecam_offset(uint32_t function, uint32_t offset) {
    return ((uint64_t)function << ECAM_SHIFT) + offset;
}

static uint32_t read_ecam(void *context, uint32_t function, uint32_t offset, unsigned bytes) {
    const struct venus_registers *registers = context;
    return venus_read(registers, ecam_offset(function, offset), bytes);
}

static void write_ecam(void *context, uint32_t function, uint32_t offset, unsigned bytes,
                       uint32_t value) {
    const struct venus_registers *registers = context;
    venus_write(registers, ecam_offset(function, offset), bytes, value);
}

struct pci_access pci_ecam(struct venus_registers *registers, uint8_t first_bus, uint8_t last_bus) {
    return (struct pci_access){
        .read = read_ecam,
        .write = write_ecam,
        .context = registers,
        .first_bus = first_bus,
        .last_bus = last_bus,
    };
}

static void select_port(const struct venus_registers *registers, uint32_t function,
                        uint32_t offset) {
    venus_write32(registers, PORT_ADDRESS, PORT_ENABLE | function << 8 | (offset & 0xfc));
}

static uint32_t read_ports(void *context, uint32_t function, uint32_t offset, unsigned bytes) {
    const struct venus_registers *registers = context;
    if (offset >= PORT_BYTES) {
        return ~0u >> (32 - 8 * bytes);
    }
    select_port(registers, function, offset);
    return venus_read(registers, PORT_DATA + (offset & 3), bytes);
}

static void write_ports(void *context, uint32_t function, uint32_t offset, unsigned bytes,
                        uint32_t value) {
    const struct venus_registers *registers = context;
    if (offset < PORT_BYTES) {
        select_port(registers, function, offset);
        venus_write(registers, PORT_DATA + (offset & 3), bytes, value);
    }
}

struct pci_access pci_ports(struct venus_registers *registers) {
    return (struct pci_access){
        .read = read_ports,
        .write = write_ports,
        .context = registers,
        .last_bus = 255,
    };
}

static uint32_t read_single(void *context, uint32_t function, uint32_t offset, unsigned bytes) {
    (void)function;
    return venus_read(context, offset, bytes);
}

static void write_single(void *context, uint32_t function, uint32_t offset, unsigned bytes,
                         uint32_t value) {
    (void)function;
    venus_write(context, offset, bytes, value);
}

struct pci_access pci_single(struct venus_registers *registers) {
    return (struct pci_access){.read = read_single, .write = write_single, .context = registers};
}

// ECAM counts buses from its first one.
static uint32_t address_in(const struct pci_function *function) {
    uint32_t first = PCI_ADDRESS(function->access->first_bus, 0, 0);
    return function->address - first;
}

uint32_t pci_read(const struct pci_function *function, uint32_t offset, unsigned bytes) {
    return function->access->read(function->access->context, address_in(function), offset, bytes);
}

void pci_write(const struct pci_function *function, uint32_t offset, unsigned bytes,
               uint32_t value) {
    function->access->write(function->access->context, address_in(function), offset, bytes, value);
}
