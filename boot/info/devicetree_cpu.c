// SPDX-License-Identifier: GPL-3.0-only
//
// /cpus (Devicetree Specification 0.4, 3.7 and 3.8; Linux bindings arm/cpus, riscv/cpus).
#include "boot/info/devicetree_node.h"
#include "boot/info/riscv_isa.h"

#include <libfdt.h>
#include <string.h>

static bool is_cpu(const struct dt_node *node) {
    return node->depth == 2 &&
           strcmp(fdt_get_name(node->fdt, node->level[1].offset, NULL), "cpus") == 0 &&
           dt_string_is(node, "device_type", "cpu");
}

// The list of extensions is newer than the string and wins.
static uint64_t read_isa(const struct dt_node *node) {
    int length = 0;
    const char *list = fdt_getprop(node->fdt, dt_offset(node), "riscv,isa-extensions", &length);
    if (list != NULL && length > 0) {
        return riscv_isa_from_list(list, (size_t)length);
    }
    const char *text = fdt_getprop(node->fdt, dt_offset(node), "riscv,isa", &length);
    if (text != NULL && length > 0) {
        return riscv_isa_from_string(text, (size_t)length);
    }
    return 0;
}

// Phandle of the RISC-V hart's own interrupt controller, which PLIC and IMSIC name.
static uint32_t local_intc(const struct dt_node *node) {
    int child = 0;
    fdt_for_each_subnode(child, node->fdt, dt_offset(node)) {
        if (fdt_node_check_compatible(node->fdt, child, "riscv,cpu-intc") == 0) {
            return fdt_get_phandle(node->fdt, child);
        }
    }
    return 0;
}

// Where every CPU has its own property, that of the node above counts for those without.
static void read_timebase(const struct dt_node *node, struct boot_info *info) {
    struct dt_cells cells = dt_cells(node->fdt, node->level[1].offset, "timebase-frequency");
    if (cells.count == 0) {
        cells = dt_cells(node->fdt, dt_offset(node), "timebase-frequency");
    }
    if (cells.count == 1 || cells.count == 2) {
        info->boot.timer.frequency_hz = dt_number(cells, 0, cells.count);
    }
}

bool dt_read_cpu(const struct dt_node *node, struct boot_info *info) {
    if (!is_cpu(node)) {
        return false;
    }
    if (!dt_available(node) || dt_string_is(node, "mmu-type", "riscv,none")) {
        return true;
    }
    const uint32_t size = node->level[1].address_cells;
    const struct dt_cells reg = dt_cells(node->fdt, dt_offset(node), "reg");
    if (reg.count == 0 || reg.count != size || size > 2) {
        dt_warn(node, info, "reg");
        return true;
    }
    const struct helios_boot_cpu cpu = {
        .hardware_id = dt_number(reg, 0, size),
        .firmware_uid = fdt_get_phandle(node->fdt, dt_offset(node)),
        .isa = read_isa(node),
        .intc_id = local_intc(node),
        .node = dt_u32(node, "numa-node-id", 0),
    };
    boot_info_add_cpu(info, &cpu);
    if (info->boot.arch == HELIOS_ARCH_RISCV64) {
        read_timebase(node, info);
    }
    return true;
}
