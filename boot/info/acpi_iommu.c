// SPDX-License-Identifier: GPL-3.0-only
//
// IOMMUs are only reported, not set up: DMAR (Intel VT-d 4.1, 8), IVRS (AMD 48882, 5.2), IORT (Arm
// DEN 0049E), VIOT (ACPI 6.5, 5.2.34).
#include "boot/info/acpi_table.h"

enum iommu_type {
    DMAR_DRHD = 0,
    IVRS_IVHD_10 = 0x10, // the same IOMMU may be described once in each of these three forms
    IVRS_IVHD_11 = 0x11,
    IVRS_IVHD_40 = 0x40,
    IORT_SMMUV3 = 4,
    VIOT_PCI = 3,
    VIOT_MMIO = 4,
};

#define IVRS_SIZE   0x4000u
#define SMMUV3_SIZE 0x20000u
#define VIRTIO_SIZE 0x200u

static void add_iommu(struct boot_info *info, uint32_t kind, uint32_t segment, uint64_t base,
                      uint64_t length) {
    for (uint32_t i = 0; i < info->iommu_count; i++) {
        if (base != 0 && info->iommus[i].base == base) {
            return;
        }
    }
    const struct helios_boot_iommu iommu = {kind, segment, base, length};
    boot_info_add_iommu(info, &iommu);
}

typedef void iommu_visit(struct boot_info *info, uint32_t type, const struct acpi_table *entry);

static enum boot_error for_each(struct acpi_walk walk, struct boot_info *info, iommu_visit *visit,
                                struct boot_failure *failure) {
    for (;;) {
        struct acpi_table entry;
        uint32_t type = 0;
        bool more = false;
        enum boot_error error = acpi_next(&walk, &entry, &type, &more, failure);
        if (error != BOOT_OK || !more) {
            return error;
        }
        visit(info, type, &entry);
    }
}

static void visit_dmar(struct boot_info *info, uint32_t type, const struct acpi_table *entry) {
    if (type == DMAR_DRHD && entry->length >= 16) {
        const uint64_t length = MEMMAP_PAGE_SIZE << (acpi_u8(entry, 5) & 15);
        add_iommu(info, HELIOS_IOMMU_VTD, acpi_u16(entry, 6), acpi_u64(entry, 8), length);
    }
}

enum boot_error acpi_read_dmar(const struct acpi_table *dmar, struct boot_info *info,
                               struct boot_failure *failure) {
    const struct acpi_walk walk = {
        .table = dmar, .at = 48, .type_size = 2, .length_offset = 2, .length_size = 2};
    return for_each(walk, info, visit_dmar, failure);
}

static void visit_ivrs(struct boot_info *info, uint32_t type, const struct acpi_table *entry) {
    const bool ivhd = type == IVRS_IVHD_10 || type == IVRS_IVHD_11 || type == IVRS_IVHD_40;
    if (ivhd && entry->length >= 18) {
        add_iommu(info, HELIOS_IOMMU_AMD, acpi_u16(entry, 16), acpi_u64(entry, 8), IVRS_SIZE);
    }
}

enum boot_error acpi_read_ivrs(const struct acpi_table *ivrs, struct boot_info *info,
                               struct boot_failure *failure) {
    const struct acpi_walk walk = {
        .table = ivrs, .at = 48, .type_size = 1, .length_offset = 2, .length_size = 2};
    return for_each(walk, info, visit_ivrs, failure);
}

static void visit_iort(struct boot_info *info, uint32_t type, const struct acpi_table *entry) {
    if (type == IORT_SMMUV3 && entry->length >= 24) {
        add_iommu(info, HELIOS_IOMMU_SMMUV3, 0, acpi_u64(entry, 16), SMMUV3_SIZE);
    }
}

enum boot_error acpi_read_iort(const struct acpi_table *iort, struct boot_info *info,
                               struct boot_failure *failure) {
    const struct acpi_walk walk = {.table = iort,
                                   .at = acpi_u32(iort, 40),
                                   .type_size = 1,
                                   .length_offset = 1,
                                   .length_size = 2};
    return for_each(walk, info, visit_iort, failure);
}

static void visit_viot(struct boot_info *info, uint32_t type, const struct acpi_table *entry) {
    if (type == VIOT_PCI && entry->length >= 8) {
        add_iommu(info, HELIOS_IOMMU_VIRTIO, acpi_u16(entry, 4), 0, 0);
    }
    if (type == VIOT_MMIO && entry->length >= 16) {
        add_iommu(info, HELIOS_IOMMU_VIRTIO, 0, acpi_u64(entry, 8), VIRTIO_SIZE);
    }
}

enum boot_error acpi_read_viot(const struct acpi_table *viot, struct boot_info *info,
                               struct boot_failure *failure) {
    const struct acpi_walk walk = {.table = viot,
                                   .at = acpi_u16(viot, 38),
                                   .type_size = 1,
                                   .length_offset = 2,
                                   .length_size = 2};
    return for_each(walk, info, visit_viot, failure);
}
