// SPDX-License-Identifier: GPL-3.0-only
//
// Interrupt controllers (Linux bindings arm,gic, arm,gic-v3, sifive,plic-1.0.0, riscv,aplic,
// riscv,imsics).
#include "boot/info/devicetree_node.h"

#include <libfdt.h>

#define RISCV_S_EXTERNAL 9u // interrupt of a hart's own controller: S-mode external

static void read_range(const struct dt_node *node, struct boot_info *info, uint32_t index,
                       uint64_t *base, uint64_t *length) {
    struct helios_boot_range range = {0, 0};
    if (!dt_reg(node, index, &range)) {
        dt_warn(node, info, "reg");
        return;
    }
    *base = range.base;
    *length = range.length;
}

static struct helios_boot_intc start_intc(const struct dt_node *node, struct boot_info *info,
                                          uint32_t kind) {
    struct helios_boot_intc intc = {
        .kind = kind,
        .id = fdt_get_phandle(node->fdt, dt_offset(node)),
    };
    read_range(node, info, 0, &intc.base, &intc.length);
    return intc;
}

static void read_gicv2(const struct dt_node *node, struct boot_info *info) {
    struct helios_boot_intc intc = start_intc(node, info, HELIOS_INTC_GICV2);
    read_range(node, info, 1, &intc.base2, &intc.length2);
    if (intc.length != 0 && intc.length2 != 0) {
        boot_info_add_intc(info, &intc);
    }
}

static void read_gicv3(const struct dt_node *node, struct boot_info *info) {
    struct helios_boot_intc intc = start_intc(node, info, HELIOS_INTC_GICV3);
    read_range(node, info, 1, &intc.base2, &intc.length2);
    if (intc.length == 0 || intc.length2 == 0) {
        return;
    }
    boot_info_add_intc(info, &intc);
    const uint32_t regions = dt_u32(node, "#redistributor-regions", 1);
    for (uint32_t i = 1; i < regions && i < BOOT_INFO_INTCS; i++) {
        struct helios_boot_intc more = {.kind = HELIOS_INTC_GICV3_REDIST};
        read_range(node, info, 1 + i, &more.base, &more.length);
        if (more.length == 0) {
            return;
        }
        boot_info_add_intc(info, &more);
    }
}

static void read_its(const struct dt_node *node, struct boot_info *info) {
    const struct helios_boot_intc intc = start_intc(node, info, HELIOS_INTC_GIC_ITS);
    if (intc.length != 0) {
        boot_info_add_intc(info, &intc);
    }
}

static void read_v2m(const struct dt_node *node, struct boot_info *info) {
    struct helios_boot_intc intc = start_intc(node, info, HELIOS_INTC_GICV2M);
    intc.first = dt_u32(node, "arm,msi-base-spi", 0);
    intc.count = dt_u32(node, "arm,msi-num-spis", 0);
    if (intc.length != 0) {
        boot_info_add_intc(info, &intc);
    }
}

// The CPU whose own interrupt controller has this phandle; cpu_count if none has (it is disabled,
// or one too many).
static uint32_t cpu_of(const struct boot_info *info, uint32_t phandle) {
    uint32_t cpu = 0;
    while (cpu < info->cpu_count && info->cpus[cpu].intc_id != phandle) {
        cpu++;
    }
    return cpu;
}

// Whether any of the pairs in interrupts-extended is an S-mode external interrupt. Machine-mode
// controllers stand in the tree as well.
static bool serves_s_mode(struct dt_cells pairs) {
    for (uint32_t i = 0; i + 1 < pairs.count; i += 2) {
        if (dt_cell(pairs, i + 1) == RISCV_S_EXTERNAL) {
            return true;
        }
    }
    return false;
}

// Pair number n belongs to context (IDC, file) n.
static void add_contexts(struct boot_info *info, struct dt_cells pairs) {
    for (uint32_t i = 0; i + 1 < pairs.count; i += 2) {
        const uint32_t cpu = cpu_of(info, dt_cell(pairs, i));
        if (dt_cell(pairs, i + 1) != RISCV_S_EXTERNAL || cpu == info->cpu_count) {
            continue;
        }
        const struct helios_boot_intc_context context = {
            .intc = info->intc_count - 1, .cpu = cpu, .context = i / 2};
        boot_info_add_context(info, &context);
    }
}

static struct dt_cells parents(const struct dt_node *node) {
    return dt_cells(node->fdt, dt_offset(node), "interrupts-extended");
}

static void read_plic(const struct dt_node *node, struct boot_info *info) {
    struct helios_boot_intc intc = start_intc(node, info, HELIOS_INTC_PLIC);
    intc.count = dt_u32(node, "riscv,ndev", 0);
    if (!serves_s_mode(parents(node))) {
        dt_warn(node, info, "interrupts-extended");
        return;
    }
    if (intc.length != 0 && boot_info_add_intc(info, &intc)) {
        add_contexts(info, parents(node));
    }
}

// An APLIC delivers to harts by wires, or through the IMSIC that msi-parent names.
static bool delivers_to_s_mode(const struct dt_node *node, bool *by_msi) {
    const uint32_t parent = dt_u32(node, "msi-parent", 0);
    *by_msi = parent != 0;
    if (!*by_msi) {
        return serves_s_mode(parents(node));
    }
    const int imsic = fdt_node_offset_by_phandle(node->fdt, parent);
    return imsic >= 0 && serves_s_mode(dt_cells(node->fdt, imsic, "interrupts-extended"));
}

static void read_aplic(const struct dt_node *node, struct boot_info *info) {
    bool by_msi = false;
    if (!delivers_to_s_mode(node, &by_msi)) {
        return;
    }
    struct helios_boot_intc intc = start_intc(node, info, HELIOS_INTC_APLIC);
    intc.count = dt_u32(node, "riscv,num-sources", 0);
    intc.flags = by_msi;
    if (intc.length != 0 && boot_info_add_intc(info, &intc) && !by_msi) {
        add_contexts(info, parents(node));
    }
}

// Without the property: as many bits as number the files (the binding's default).
static uint32_t hart_bits(const struct dt_node *node) {
    const uint32_t files = parents(node).count / 2;
    uint32_t bits = 0;
    while (bits < 15 && (1u << bits) < files) {
        bits++;
    }
    return dt_u32(node, "riscv,hart-index-bits", bits);
}

static void read_imsic(const struct dt_node *node, struct boot_info *info) {
    if (!serves_s_mode(parents(node))) {
        return;
    }
    struct helios_boot_intc intc = start_intc(node, info, HELIOS_INTC_IMSIC);
    intc.count = dt_u32(node, "riscv,num-ids", 0);
    intc.guest_bits = (uint16_t)(dt_u32(node, "riscv,guest-index-bits", 0) & 7);
    intc.hart_bits = (uint16_t)(hart_bits(node) & 15);
    if (intc.length != 0 && boot_info_add_intc(info, &intc)) {
        add_contexts(info, parents(node));
    }
}

struct reader {
    const char *compatible;
    void (*read)(const struct dt_node *node, struct boot_info *info);
};

static const struct reader readers[] = {
    {"arm,gic-v3", read_gicv3},         {"arm,gic-v3-its", read_its},
    {"arm,cortex-a15-gic", read_gicv2}, {"arm,gic-400", read_gicv2},
    {"arm,cortex-a7-gic", read_gicv2},  {"arm,gic-v2m-frame", read_v2m},
    {"sifive,plic-1.0.0", read_plic},   {"riscv,plic0", read_plic},
    {"riscv,aplic", read_aplic},        {"riscv,imsics", read_imsic},
};

bool dt_read_intc(const struct dt_node *node, struct boot_info *info) {
    for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++) {
        if (dt_compatible(node, readers[i].compatible)) {
            if (dt_available(node)) {
                readers[i].read(node, info);
            }
            return true;
        }
    }
    return false;
}
