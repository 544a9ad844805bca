// SPDX-License-Identifier: GPL-3.0-only
//
// ACPI tables to boot information. The tables are input that nobody vouches for: every read goes
// through struct acpi_memory, every length and checksum is checked before use, and no AML is
// executed (the one thing needed from it, the _S5_ package, is found by a scan).
//
// Sources: ACPI 6.5 chapter 5 (tables), 7.4.2 (_S5); PCI Firmware 3.3 section 4.1.2 (MCFG);
// Microsoft "Serial Port Console Redirection Table" 1.10 (SPCR); Arm DEN 0049E (IORT);
// Intel VT-d 4.1 section 8 (DMAR); AMD 48882 section 5.2 (IVRS).
#ifndef HELIOS_BOOT_INFO_ACPI_H
#define HELIOS_BOOT_INFO_ACPI_H

#include "boot/info/info.h"

#ifdef __cplusplus
extern "C" {
#endif

// How to get at physical memory. `map` returns a pointer to `length` readable bytes at physical
// `address`, valid until the end, or NULL if there is no memory there.
struct acpi_memory {
    const void *(*map)(void *context, uint64_t address, size_t length);
    void *context;
};

// Check an RSDP at `address`: signature, checksums, length.
// Errors: BOOT_ACPI_ADDRESS, _SIGNATURE, _LENGTH, _CHECKSUM.
enum boot_error acpi_check_rsdp(const struct acpi_memory *memory, uint64_t address,
                                struct boot_failure *failure);

// Read everything from the tables that `rsdp` leads to. Uses info->boot.arch and
// info->boot_hardware_id. Fills CPUs, cpu_start, interrupt controllers, overrides, PCI, IOMMUs,
// power, timer (interrupt; frequency where the tables say it), console, acpi_rsdp. A MADT is
// needed; an optional table that is broken is left out with a warning.
// Errors: any BOOT_ACPI_*.
enum boot_error acpi_read(const struct acpi_memory *memory, uint64_t rsdp, struct boot_info *info,
                          struct boot_failure *failure);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_INFO_ACPI_H
