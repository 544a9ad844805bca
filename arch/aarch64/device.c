// SPDX-License-Identifier: GPL-3.0-only
//
// Device registers. Plain loads and stores with one base register and no write-back: what a
// hypervisor can emulate (the syndrome describes no other, Arm ARM D17.2.37 ISV).
#include "arch/include/device.h"

#include "arch/aarch64/sysreg.h"

bool arch_has_ports(void) {
    return false;
}

uint64_t arch_device_read(enum device_space space, uintptr_t address, unsigned width) {
    (void)space;
    uint64_t value = 0;
    switch (width) {
    case 1:
        __asm__ volatile("ldrb %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
        break;
    case 2:
        __asm__ volatile("ldrh %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
        break;
    case 4:
        __asm__ volatile("ldr %w0, [%1]" : "=r"(value) : "r"(address) : "memory");
        break;
    default:
        __asm__ volatile("ldr %0, [%1]" : "=r"(value) : "r"(address) : "memory");
        break;
    }
    AARCH64_DMB("oshld"); // what the register announces is read after it
    return value;
}

void arch_device_write(enum device_space space, uintptr_t address, unsigned width, uint64_t value) {
    (void)space;
    AARCH64_DMB("oshst"); // what was prepared for the device is there before it is told
    switch (width) {
    case 1:
        __asm__ volatile("strb %w0, [%1]" ::"r"(value), "r"(address) : "memory");
        break;
    case 2:
        __asm__ volatile("strh %w0, [%1]" ::"r"(value), "r"(address) : "memory");
        break;
    case 4:
        __asm__ volatile("str %w0, [%1]" ::"r"(value), "r"(address) : "memory");
        break;
    default:
        __asm__ volatile("str %0, [%1]" ::"r"(value), "r"(address) : "memory");
        break;
    }
}

bool arch_firmware_putchar(char c) {
    (void)c;
    return false;
}
