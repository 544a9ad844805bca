// SPDX-License-Identifier: GPL-3.0-only
//
// Timer, PSCI, PCI host bridges, IOMMUs, and everything else that has addresses.
#include "boot/info/devicetree_node.h"

#include <libfdt.h>
#include <string.h>

#define VIRTUAL_TIMER 2u // third interrupt of arm,armv8-timer

static void read_timer(const struct dt_node *node, struct boot_info *info) {
    uint32_t irq = 0;
    uint32_t flags = 0;
    if (!dt_interrupt(node, VIRTUAL_TIMER, &irq, &flags)) {
        dt_warn(node, info, "interrupts");
        return;
    }
    info->boot.timer.irq = irq;
    info->boot.timer.irq_flags = flags;
}

static void read_psci(const struct dt_node *node, struct boot_info *info) {
    if (dt_string_is(node, "method", "hvc")) {
        info->boot.cpu_start = HELIOS_CPU_START_PSCI_HVC;
    } else if (dt_string_is(node, "method", "smc")) {
        info->boot.cpu_start = HELIOS_CPU_START_PSCI_SMC;
    } else {
        dt_warn(node, info, "method");
        return;
    }
    info->boot.power.kind = HELIOS_POWER_PSCI;
}

// PCI addresses have three cells; the space is in bits 24 and 25 of the first (IEEE 1275 PCI
// binding 2.2.1.1).
#define PCI_CELLS    3u
#define PCI_ECAM_BUS 0x100000u // bytes of configuration space for each bus

static uint32_t window_kind(uint32_t high) {
    static const uint32_t kinds[] = {0, HELIOS_WINDOW_PCI_IO, HELIOS_WINDOW_PCI_MEM32,
                                     HELIOS_WINDOW_PCI_MEM64};
    return kinds[high >> 24 & 3];
}

static void read_pci_windows(const struct dt_node *node, struct boot_info *info, uint32_t segment) {
    const struct dt_cells ranges = dt_cells(node->fdt, dt_offset(node), "ranges");
    const uint32_t parent = node->level[node->depth - 1].address_cells;
    const uint32_t step = PCI_CELLS + parent + 2;
    if (parent == 0 || parent > 2 || ranges.count == 0 || ranges.count % step != 0) {
        dt_warn(node, info, "ranges");
        return;
    }
    for (uint32_t at = 0; at < ranges.count; at += step) {
        struct helios_boot_window window = {
            .kind = window_kind(dt_cell(ranges, at)),
            .segment = segment,
            .base = dt_number(ranges, at + PCI_CELLS, parent),
            .length = dt_number(ranges, at + PCI_CELLS + parent, 2),
            .pci_base = dt_number(ranges, at + 1, 2),
        };
        if (window.kind != 0 && window.length != 0 && window.length <= UINT64_MAX - window.base &&
            dt_translate(node, node->depth - 1, &window.base, window.length)) {
            boot_info_add_window(info, &window);
        }
    }
}

static void read_pci(const struct dt_node *node, struct boot_info *info) {
    struct helios_boot_range ecam = {0, 0};
    if (!dt_reg(node, 0, &ecam) || ecam.length < PCI_ECAM_BUS) {
        dt_warn(node, info, "reg");
        return;
    }
    const struct dt_cells buses = dt_cells(node->fdt, dt_offset(node), "bus-range");
    const uint64_t count = ecam.length / PCI_ECAM_BUS;
    const uint32_t first = dt_cell(buses, 0);
    const uint32_t last = buses.count == 2 ? dt_cell(buses, 1) : (uint32_t)(count - 1) & 0xff;
    if (first > last || last > 0xff || last - first >= count) {
        dt_warn(node, info, "bus-range");
        return;
    }
    const struct helios_boot_pci pci = {
        .ecam_base = ecam.base,
        .segment = dt_u32(node, "linux,pci-domain", info->pci_count),
        .first_bus = (uint16_t)first,
        .last_bus = (uint16_t)last,
    };
    boot_info_add_pci(info, &pci);
    read_pci_windows(node, info, pci.segment);
}

static void add_iommu(const struct dt_node *node, struct boot_info *info, uint32_t kind) {
    struct helios_boot_range range = {0, 0};
    if (!dt_reg(node, 0, &range)) { // a PCI function has no address of its own
        range = (struct helios_boot_range){0, 0};
    }
    const struct helios_boot_iommu iommu = {kind, 0, range.base, range.length};
    boot_info_add_iommu(info, &iommu);
}

static void read_smmu(const struct dt_node *node, struct boot_info *info) {
    add_iommu(node, info, HELIOS_IOMMU_SMMUV3);
}

static void read_riscv_iommu(const struct dt_node *node, struct boot_info *info) {
    add_iommu(node, info, HELIOS_IOMMU_RISCV);
}

static void read_virtio_iommu(const struct dt_node *node, struct boot_info *info) {
    add_iommu(node, info, HELIOS_IOMMU_VIRTIO);
}

struct reader {
    const char *compatible;
    void (*read)(const struct dt_node *node, struct boot_info *info);
};

static const struct reader readers[] = {
    {"arm,armv8-timer", read_timer},
    {"arm,psci-0.2", read_psci},
    {"arm,psci-1.0", read_psci},
    {"pci-host-ecam-generic", read_pci},
    {"arm,smmu-v3", read_smmu},
    {"riscv,iommu", read_riscv_iommu},
    {"riscv,pci-iommu", read_riscv_iommu},
    {"virtio,pci-iommu", read_virtio_iommu},
};

// Nodes whose `reg` is memory, not a device.
static bool is_memory(const struct dt_node *node) {
    if (dt_string_is(node, "device_type", "memory")) {
        return true;
    }
    return node->depth >= 1 &&
           strcmp(fdt_get_name(node->fdt, node->level[1].offset, NULL), "reserved-memory") == 0;
}

bool dt_read_device(const struct dt_node *node, struct boot_info *info) {
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (dt_compatible(node, readers[i].compatible)) {
            if (dt_available(node)) {
                readers[i].read(node, info);
            }
            return true;
        }
    }
    if (dt_available(node) && !is_memory(node)) {
        dt_add_device_windows(node, info);
    }
    return true;
}

void dt_add_device_windows(const struct dt_node *node, struct boot_info *info) {
    struct helios_boot_range range;
    for (uint32_t i = 0; dt_reg(node, i, &range); i++) {
        boot_info_add_device(info, range.base, range.length);
    }
}
