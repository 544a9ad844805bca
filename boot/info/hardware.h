// SPDX-License-Identifier: GPL-3.0-only
//
// Which description of the machine to believe when firmware offers two, one or none.
#ifndef HELIOS_BOOT_INFO_HARDWARE_H
#define HELIOS_BOOT_INFO_HARDWARE_H

#include "boot/info/acpi.h"
#include "boot/info/devicetree.h"

#ifdef __cplusplus
extern "C" {
#endif

// What the loader found; rsdp 0 or device_tree NULL: not there.
struct boot_hardware {
    struct acpi_memory acpi_memory;
    uint64_t rsdp;
    const void *device_tree;
    size_t device_tree_size;
};

// Read the machine's description. ACPI is used where it is there and usable; a device tree
// otherwise (with a warning that says why ACPI wasn't).
// Errors: BOOT_NO_HARDWARE_DESCRIPTION, or what the only description there is gives.
enum boot_error boot_hardware_read(const struct boot_hardware *hardware, struct boot_info *info,
                                   struct boot_failure *failure);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_INFO_HARDWARE_H
