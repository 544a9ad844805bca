// SPDX-License-Identifier: GPL-3.0-only
//
// Device registers. I/O regions keep the order of accesses to one device among themselves; the
// fences order them against normal memory, in which drivers and devices leave work for each other
// (RISC-V Unprivileged Architecture, section 2.7 and appendix A.5).
#include "arch/include/device.h"

#include "arch/riscv64/sbi.h"

bool arch_has_ports(void) {
    return false;
}

uint64_t arch_device_read(enum device_space space, uintptr_t address, unsigned width) {
    uint64_t value = ~0ull;
    if (space != DEVICE_MEMORY) {
        return value;
    }
    switch (width) {
    case 1:
        value = *(const volatile uint8_t *)address; // NOLINT(performance-no-int-to-ptr)
        break;
    case 2:
        value = *(const volatile uint16_t *)address; // NOLINT(performance-no-int-to-ptr)
        break;
    case 4:
        value = *(const volatile uint32_t *)address; // NOLINT(performance-no-int-to-ptr)
        break;
    default:
        value = *(const volatile uint64_t *)address; // NOLINT(performance-no-int-to-ptr)
        break;
    }
    __asm__ volatile("fence i, iorw" ::: "memory");
    return value;
}

void arch_device_write(enum device_space space, uintptr_t address, unsigned width, uint64_t value) {
    if (space != DEVICE_MEMORY) {
        return;
    }
    __asm__ volatile("fence iorw, o" ::: "memory");
    switch (width) {
    case 1:
        *(volatile uint8_t *)address = (uint8_t)value; // NOLINT(performance-no-int-to-ptr)
        break;
    case 2:
        *(volatile uint16_t *)address = (uint16_t)value; // NOLINT(performance-no-int-to-ptr)
        break;
    case 4:
        *(volatile uint32_t *)address = (uint32_t)value; // NOLINT(performance-no-int-to-ptr)
        break;
    default:
        *(volatile uint64_t *)address = value; // NOLINT(performance-no-int-to-ptr)
        break;
    }
}

bool arch_firmware_putchar(char c) {
    return sbi_putchar(c);
}
