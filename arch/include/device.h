// SPDX-License-Identifier: GPL-3.0-only
//
// Access to device registers, in memory or in I/O port space, with the ordering that devices need.
#ifndef HELIOS_ARCH_INCLUDE_DEVICE_H
#define HELIOS_ARCH_INCLUDE_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum device_space {
    DEVICE_MEMORY = 0, // address: kernel virtual, mapped with MMU_DEVICE
    DEVICE_PORT = 1,   // address: port number; only where arch_has_ports()
};

// Whether this architecture has an I/O port space.
bool arch_has_ports(void);

// `width` is 1, 2, 4 or 8 bytes (ports: not 8); `address` is aligned to it.
uint64_t arch_device_read(enum device_space space, uintptr_t address, unsigned width);
void arch_device_write(enum device_space space, uintptr_t address, unsigned width, uint64_t value);

// Writes one character to the firmware's console (riscv64: SBI DBCN or legacy putchar). False where
// there is none.
bool arch_firmware_putchar(char c);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_ARCH_INCLUDE_DEVICE_H
