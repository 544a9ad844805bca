// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/acpi.h"

#include "boot/info/acpi_table.h"

// A table that is nice to have: whatever is wrong with it is a warning.
struct optional_table {
    const char *signature;
    const char *name;
    size_t least;
    enum boot_error (*read)(const struct acpi_table *table, struct boot_info *info,
                            struct boot_failure *failure);
};

static const struct optional_table optional_tables[] = {
    {"RHCT", "RHCT", 56, acpi_read_rhct}, {"MCFG", "MCFG", 44, acpi_read_mcfg},
    {"SPCR", "SPCR", 80, acpi_read_spcr}, {"GTDT", "GTDT", 80, acpi_read_gtdt},
    {"DMAR", "DMAR", 48, acpi_read_dmar}, {"IVRS", "IVRS", 48, acpi_read_ivrs},
    {"IORT", "IORT", 48, acpi_read_iort}, {"VIOT", "VIOT", 48, acpi_read_viot},
};

static void warn(struct boot_info *info, const struct boot_failure *failure) {
    boot_info_warn(info, failure->error, failure->what, failure->field, failure->found,
                   failure->wanted, failure->address);
}

static void read_optional(const struct acpi_root *root, const struct optional_table *optional,
                          struct boot_info *info) {
    struct boot_failure failure;
    struct acpi_table table;
    enum boot_error error =
        acpi_find(root, optional->signature, optional->name, optional->least, 0, &table, &failure);
    if (error == BOOT_ACPI_MISSING) {
        return;
    }
    if (error == BOOT_OK) {
        error = optional->read(&table, info, &failure);
    }
    if (error != BOOT_OK) {
        warn(info, &failure);
    }
}

static void read_fadt(const struct acpi_root *root, struct boot_info *info) {
    struct boot_failure failure;
    struct acpi_table fadt;
    enum boot_error error = acpi_find(root, "FACP", "FADT", 116, 0, &fadt, &failure);
    if (error == BOOT_OK) {
        error = acpi_read_fadt(root, &fadt, info, &failure);
    }
    if (error != BOOT_OK) {
        warn(info, &failure);
    }
}

// What the architecture prescribes and no table says. aarch64 learns of PSCI from the FADT.
static void set_conventions(struct boot_info *info) {
    if (info->boot.arch == HELIOS_ARCH_X86_64) {
        info->boot.cpu_start = HELIOS_CPU_START_INIT_SIPI;
    }
    if (info->boot.arch == HELIOS_ARCH_RISCV64) {
        info->boot.cpu_start = HELIOS_CPU_START_SBI_HSM;
        info->boot.power.kind = HELIOS_POWER_SBI;
    }
}

// AML names everything that occupies addresses, in the same way as windows of host bridges and
// devices: also configuration space, and what the kernel keeps to itself.
static void drop_false_windows(struct boot_info *info) {
    for (uint32_t i = 0; i < info->pci_count; i++) {
        const struct helios_boot_pci *pci = &info->pcis[i];
        const uint64_t buses = (uint64_t)(pci->last_bus - pci->first_bus) + 1;
        boot_info_drop_windows(info, 0, pci->ecam_base, buses << 20);
    }
    for (uint32_t i = 0; i < info->intc_count; i++) {
        const struct helios_boot_intc *intc = &info->intcs[i];
        boot_info_drop_windows(info, HELIOS_WINDOW_DEVICE, intc->base, intc->length);
        boot_info_drop_windows(info, HELIOS_WINDOW_DEVICE, intc->base2, intc->length2);
    }
    for (uint32_t i = 0; i < info->iommu_count; i++) {
        boot_info_drop_windows(info, HELIOS_WINDOW_DEVICE, info->iommus[i].base,
                               info->iommus[i].length);
    }
}

enum boot_error acpi_read(const struct acpi_memory *memory, uint64_t rsdp, struct boot_info *info,
                          struct boot_failure *failure) {
    struct acpi_root root;
    struct acpi_table madt;
    enum boot_error error = acpi_open_root(memory, rsdp, &root, failure);
    if (error == BOOT_OK) {
        error = acpi_find(&root, "APIC", "MADT", 44, 0, &madt, failure);
    }
    if (error == BOOT_OK) {
        error = acpi_read_madt(&madt, info, failure);
    }
    if (error != BOOT_OK) {
        return error;
    }
    info->boot.acpi_rsdp = rsdp;
    set_conventions(info);
    for (size_t i = 0; i < sizeof(optional_tables) / sizeof(optional_tables[0]); i++) {
        read_optional(&root, &optional_tables[i], info);
    }
    read_fadt(&root, info); // last: it asks whether there is a console
    drop_false_windows(info);
    return BOOT_OK;
}
