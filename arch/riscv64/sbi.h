// SPDX-License-Identifier: GPL-3.0-only
//
// Calls to the machine's firmware (RISC-V Supervisor Binary Interface 2.0).
#ifndef HELIOS_ARCH_RISCV64_SBI_H
#define HELIOS_ARCH_RISCV64_SBI_H

#include <stdbool.h>
#include <stdint.h>

// Asks which of the extensions below the firmware has. Called once, by arch_boot.
void sbi_probe(void);

// Debug console extension, or the legacy call. False where there is neither.
bool sbi_putchar(char c);

// System reset extension. Return only where the firmware lacks it or refuses.
bool sbi_shutdown(void);
bool sbi_reboot(void);

#endif // HELIOS_ARCH_RISCV64_SBI_H
