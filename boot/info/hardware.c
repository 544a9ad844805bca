// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/hardware.h"

static enum boot_error read_tree(const struct boot_hardware *hardware, struct boot_info *info,
                                 struct boot_failure *failure) {
    return devicetree_read(hardware->device_tree, hardware->device_tree_size, info, failure);
}

// Everything that a description says, as it was before one was read: a reader that fails halfway
// leaves nothing behind.
static void forget(struct boot_info *info, const struct helios_boot *boot) {
    info->boot = *boot;
    info->cpu_count = 0;
    info->cpus_ignored = 0;
    info->intc_count = 0;
    info->context_count = 0;
    info->override_count = 0;
    info->iommu_count = 0;
    info->pci_count = 0;
    info->window_count = 0;
}

enum boot_error boot_hardware_read(const struct boot_hardware *hardware, struct boot_info *info,
                                   struct boot_failure *failure) {
    const struct helios_boot before = info->boot;
    if (hardware->rsdp == 0 && hardware->device_tree == NULL) {
        return boot_fail(failure, BOOT_NO_HARDWARE_DESCRIPTION, "firmware", NULL, 0, 0, 0);
    }
    if (hardware->rsdp == 0) {
        return read_tree(hardware, info, failure);
    }
    struct boot_failure acpi_failure;
    enum boot_error error = acpi_read(&hardware->acpi_memory, hardware->rsdp, info, &acpi_failure);
    if (error == BOOT_OK) {
        return BOOT_OK;
    }
    forget(info, &before);
    if (hardware->device_tree == NULL) {
        return boot_fail(failure, error, acpi_failure.what, acpi_failure.field, acpi_failure.found,
                         acpi_failure.wanted, acpi_failure.address);
    }
    boot_info_warn(info, error, acpi_failure.what, acpi_failure.field, acpi_failure.found,
                   acpi_failure.wanted, acpi_failure.address);
    return read_tree(hardware, info, failure);
}
