// SPDX-License-Identifier: GPL-3.0-only
//
// Where a BIOS puts the ACPI root pointer.
#ifndef HELIOS_BOOT_MULTIBOOT_RSDP_H
#define HELIOS_BOOT_MULTIBOOT_RSDP_H

#include "boot/info/acpi.h"

#ifdef __cplusplus
extern "C" {
#endif

// Look for a valid RSDP at every 16 bytes of the first KiB of the extended BIOS data area and of
// 0xe0000 to 0xfffff (ACPI 6.5, 5.2.5.1). 0: there is none.
uint64_t rsdp_find(const struct acpi_memory *memory);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_MULTIBOOT_RSDP_H
