// SPDX-License-Identifier: GPL-3.0-only
//
// Accesses to uncached memory and to ports are never reordered with each other on this
// architecture, so each is one instruction of the right width and nothing else.
#include "arch/include/device.h"

bool arch_has_ports(void) {
    return true;
}

static uint64_t port_read(uint16_t port, unsigned width) {
    uint32_t value = 0;
    switch (width) {
    case 1:
        __asm__ volatile("inb %w1, %b0" : "+a"(value) : "Nd"(port) : "memory");
        break;
    case 2:
        __asm__ volatile("inw %w1, %w0" : "+a"(value) : "Nd"(port) : "memory");
        break;
    default:
        __asm__ volatile("inl %w1, %k0" : "+a"(value) : "Nd"(port) : "memory");
        break;
    }
    return value;
}

static void port_write(uint16_t port, unsigned width, uint32_t value) {
    switch (width) {
    case 1:
        __asm__ volatile("outb %b0, %w1" : : "a"(value), "Nd"(port) : "memory");
        break;
    case 2:
        __asm__ volatile("outw %w0, %w1" : : "a"(value), "Nd"(port) : "memory");
        break;
    default:
        __asm__ volatile("outl %k0, %w1" : : "a"(value), "Nd"(port) : "memory");
        break;
    }
}

static uint64_t memory_read(uintptr_t address, unsigned width) {
    switch (width) {
    case 1:
        return *(volatile const uint8_t *)address;
    case 2:
        return *(volatile const uint16_t *)address;
    case 4:
        return *(volatile const uint32_t *)address;
    default:
        return *(volatile const uint64_t *)address;
    }
}

static void memory_write(uintptr_t address, unsigned width, uint64_t value) {
    switch (width) {
    case 1:
        *(volatile uint8_t *)address = (uint8_t)value;
        break;
    case 2:
        *(volatile uint16_t *)address = (uint16_t)value;
        break;
    case 4:
        *(volatile uint32_t *)address = (uint32_t)value;
        break;
    default:
        *(volatile uint64_t *)address = value;
        break;
    }
}

uint64_t arch_device_read(enum device_space space, uintptr_t address, unsigned width) {
    if (space == DEVICE_PORT) {
        return port_read((uint16_t)address, width);
    }
    return memory_read(address, width);
}

void arch_device_write(enum device_space space, uintptr_t address, unsigned width, uint64_t value) {
    if (space == DEVICE_PORT) {
        port_write((uint16_t)address, width, (uint32_t)value);
    } else {
        memory_write(address, width, value);
    }
}

bool arch_firmware_putchar(char c) {
    (void)c;
    return false;
}
