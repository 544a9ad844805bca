// SPDX-License-Identifier: GPL-3.0-only
#include "testing/conformance/edu.h"

#include "testing/conformance/machine.h"
#include "testing/conformance/world.h"
#include "userland/helios/map.h"

enum {
    IDENTITY = 0x11e81234, // device and vendor
    BYTES = 1 << 20,       // of its registers
    DEVICES = 32,
    FUNCTION_SHIFT = 12, // PCI Express Base Specification, section 7.2.2: ECAM
    DEVICE_SHIFT = 15,
    // Configuration space (PCI Local Bus Specification 3.0, section 6.1)
    COMMAND = 0x04,
    COMMAND_MEMORY = 1 << 1,
    COMMAND_MASTER = 1 << 2,
    COMMAND_NO_LINE = 1 << 10,
    BAR = 0x10,
    CAPABILITIES = 0x34,
    PIN = 0x3c, // byte 1
    // The capability for messages (section 6.8.1), with addresses of 64 bits
    MSI = 5,
    MSI_CONTROL = 0, // upper half
    MSI_ENABLE = 1 << 16,
    MSI_ADDRESS = 4,
    MSI_DATA = 12,
    // The device
    RAISE = 0x60,
    ACKNOWLEDGE = 0x64,
};

#define CONFIG_AT    0x40000000ull // a large page
#define REGISTERS_AT 0x40200000ull

static struct {
    uintptr_t config; // 0: not found yet
    uint64_t number;
    uint64_t address;
    uint32_t msi;
} edu;

static volatile uint32_t *config(uint32_t offset) {
    return (volatile uint32_t *)(edu.config + offset);
}

static void map_device(uint64_t slot, uint64_t physical, uint64_t level, uint64_t address) {
    EXPECT_OK(helios_device_memory_allocate(slot, world_memory(), physical, level));
    EXPECT_OK(helios_map(HELIOS_INIT_VSPACE, world_memory(), helios_buffer->caps[0], address,
                         HELIOS_MAP_DEVICE | HELIOS_MAP_WRITE));
}

static const struct helios_bootinfo_device *device_of_kind(uint32_t kind, uint64_t bus_address) {
    for (uint32_t i = 0; i < helios_test_bootinfo->device_count; i++) {
        const struct helios_bootinfo_device *device = &helios_test_bootinfo->devices[i];
        if (device->kind == kind && bus_address - device->bus_base < device->length) {
            return device;
        }
    }
    return 0;
}

static bool find_config(void) {
    const struct helios_bootinfo_device *bus = device_of_kind(HELIOS_BOOTINFO_PCI_CONFIG, 0);
    if (!EXPECT_TRUE(bus != 0)) {
        return false;
    }
    map_device(bus->slot, bus->base, 1, CONFIG_AT);
    for (uint64_t number = 0; number < DEVICES; number++) {
        uintptr_t at = CONFIG_AT + (number << DEVICE_SHIFT);
        if (*(volatile uint32_t *)at == IDENTITY) {
            edu.number = number;
            edu.config = at;
        }
    }
    return EXPECT_TRUE(edu.config != 0);
}

// Firmware has chosen where: the address is taken away to see how many bytes it is for, and
// given back.
static bool place_registers(void) {
    *config(COMMAND) = 0;
    uint32_t bar = *config(BAR) & ~0xfu;
    *config(BAR) = ~0u;
    EXPECT_EQ(~(*config(BAR) & ~0xfu) + 1, BYTES);
    *config(BAR) = bar;
    *config(COMMAND) = COMMAND_MEMORY | COMMAND_MASTER;
    const struct helios_bootinfo_device *window = device_of_kind(HELIOS_BOOTINFO_PCI_MEMORY, bar);
    if (!EXPECT_TRUE(window != 0)) {
        return false;
    }
    edu.address = window->base + (bar - window->bus_base);
    map_device(window->slot, edu.address, 0, REGISTERS_AT);
    return true;
}

static bool find_msi(void) {
    edu.msi = *config(CAPABILITIES) & 0xfc;
    while (edu.msi != 0 && (*config(edu.msi) & 0xff) != MSI) {
        edu.msi = *config(edu.msi) >> 8 & 0xfc;
    }
    return EXPECT_TRUE(edu.msi != 0);
}

bool edu_find(void) {
    return edu.config != 0 || (find_config() && place_registers() && find_msi());
}

uint32_t edu_read(enum edu_register index) {
    return *(volatile uint32_t *)(REGISTERS_AT + index);
}

void edu_write(enum edu_register index, uint32_t value) {
    *(volatile uint32_t *)(REGISTERS_AT + index) = value;
}

uint64_t edu_address(void) {
    return edu.address;
}

uint64_t edu_line(void) {
    return machine_pci_line(edu.number, (*config(PIN) >> 8 & 0xff) - 1);
}

uint64_t edu_requester(void) {
    return edu.number << (DEVICE_SHIFT - FUNCTION_SHIFT);
}

void edu_use_line(void) {
    edu_quiet();
    *config(edu.msi + MSI_CONTROL) &= ~(uint32_t)MSI_ENABLE;
    *config(COMMAND) = COMMAND_MEMORY | COMMAND_MASTER;
}

void edu_use_message(uint64_t address, uint64_t data) {
    edu_quiet();
    *config(COMMAND) = COMMAND_MEMORY | COMMAND_MASTER | COMMAND_NO_LINE;
    *config(edu.msi + MSI_ADDRESS) = (uint32_t)address;
    *config(edu.msi + MSI_ADDRESS + 4) = (uint32_t)(address >> 32);
    *config(edu.msi + MSI_DATA) = (uint32_t)data;
    *config(edu.msi + MSI_CONTROL) |= MSI_ENABLE;
}

// A read brings the write before it to its end.
static void write_through(uint32_t offset, uint32_t value) {
    *(volatile uint32_t *)(REGISTERS_AT + offset) = value;
    edu_read(EDU_PENDING);
}

void edu_raise(void) {
    write_through(RAISE, 1);
}

void edu_quiet(void) {
    write_through(ACKNOWLEDGE, ~0u);
}
