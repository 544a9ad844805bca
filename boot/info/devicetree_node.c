// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/devicetree_node.h"

#include <libfdt.h>
#include <string.h>

#define DEFAULT_ADDRESS_CELLS 2u // Devicetree Specification 0.4, 2.3.5
#define DEFAULT_SIZE_CELLS    1u

struct dt_cells dt_cells(const void *fdt, int offset, const char *property) {
    int length = 0;
    const void *data = fdt_getprop(fdt, offset, property, &length);
    if (data == NULL || length <= 0 || length % 4 != 0) {
        return (struct dt_cells){NULL, 0};
    }
    return (struct dt_cells){data, (uint32_t)length / 4};
}

uint32_t dt_cell(struct dt_cells cells, uint32_t index) {
    if (index >= cells.count) {
        return 0;
    }
    const uint8_t *cell = (const uint8_t *)cells.data + (size_t)index * 4;
    return (uint32_t)cell[0] << 24 | (uint32_t)cell[1] << 16 | (uint32_t)cell[2] << 8 | cell[3];
}

uint64_t dt_number(struct dt_cells cells, uint32_t index, uint32_t size) {
    uint64_t number = 0;
    for (uint32_t i = 0; i < size; i++) {
        number = number << 32 | dt_cell(cells, index + i);
    }
    return number;
}

int dt_offset(const struct dt_node *node) {
    return node->level[node->depth].offset;
}

const char *dt_name(const struct dt_node *node) {
    const char *name = fdt_get_name(node->fdt, dt_offset(node), NULL);
    return name != NULL ? name : "?";
}

static uint32_t one_cell(const void *fdt, int offset, const char *property, uint32_t otherwise) {
    const struct dt_cells cells = dt_cells(fdt, offset, property);
    return cells.count == 1 ? dt_cell(cells, 0) : otherwise;
}

uint32_t dt_u32(const struct dt_node *node, const char *property, uint32_t otherwise) {
    return one_cell(node->fdt, dt_offset(node), property, otherwise);
}

static bool string_is(const void *fdt, int offset, const char *property, const char *value) {
    int length = 0;
    const char *text = fdt_getprop(fdt, offset, property, &length);
    const size_t wanted = strlen(value) + 1;
    return text != NULL && (size_t)length == wanted && memcmp(text, value, wanted) == 0;
}

bool dt_string_is(const struct dt_node *node, const char *property, const char *value) {
    return string_is(node->fdt, dt_offset(node), property, value);
}

bool dt_compatible(const struct dt_node *node, const char *compatible) {
    return fdt_node_check_compatible(node->fdt, dt_offset(node), compatible) == 0;
}

bool dt_available(const struct dt_node *node) {
    return !node->level[node->depth].disabled;
}

static bool status_allows(const void *fdt, int offset) {
    return fdt_getprop(fdt, offset, "status", NULL) == NULL ||
           string_is(fdt, offset, "status", "okay") || string_is(fdt, offset, "status", "ok");
}

// Fill in level[depth] for the node at `offset`, whose parent is level[depth - 1].
static void enter(struct dt_node *node, int offset) {
    struct dt_level *level = &node->level[node->depth];
    const struct dt_level root = {.interrupt_parent = 0, .disabled = false};
    const struct dt_level *parent = node->depth > 0 ? level - 1 : &root;
    *level = (struct dt_level){
        .offset = offset,
        .address_cells = one_cell(node->fdt, offset, "#address-cells", DEFAULT_ADDRESS_CELLS),
        .size_cells = one_cell(node->fdt, offset, "#size-cells", DEFAULT_SIZE_CELLS),
        .interrupt_parent =
            one_cell(node->fdt, offset, "interrupt-parent", parent->interrupt_parent),
        .disabled = parent->disabled || !status_allows(node->fdt, offset),
    };
}

bool dt_walk(struct dt_node *node, bool *started, enum boot_error *error,
             struct boot_failure *failure) {
    int depth = node->depth;
    int offset = 0;
    *error = BOOT_OK;
    if (*started) {
        offset = fdt_next_node(node->fdt, dt_offset(node), &depth);
    }
    *started = true;
    if (offset == -FDT_ERR_NOTFOUND || depth < 0) {
        return false;
    }
    if (offset < 0) {
        *error = boot_fail(failure, BOOT_DEVICE_TREE_INVALID, "device tree", NULL,
                           (uint64_t)-offset, 0, 0);
        return false;
    }
    if (depth >= DT_DEPTH) {
        *error = boot_fail(failure, BOOT_DEVICE_TREE_DEPTH, "device tree", dt_name(node),
                           (uint64_t)depth, DT_DEPTH - 1, (uint64_t)offset);
        return false;
    }
    node->depth = depth;
    enter(node, offset);
    return true;
}

// One bus upwards: find `address` in the bus's `ranges`. An empty property means no change, a
// missing one that the CPU cannot reach what is behind the bus.
static bool translate_once(const void *fdt, const struct dt_level *bus,
                           const struct dt_level *parent, uint64_t *address, uint64_t length) {
    int bytes = 0;
    if (fdt_getprop(fdt, bus->offset, "ranges", &bytes) == NULL) {
        return false;
    }
    if (bytes == 0) {
        return true;
    }
    if (bus->address_cells > 2 || parent->address_cells > 2 || bus->size_cells > 2) {
        return false;
    }
    const struct dt_cells ranges = dt_cells(fdt, bus->offset, "ranges");
    const uint32_t step = bus->address_cells + parent->address_cells + bus->size_cells;
    for (uint32_t at = 0; step > 0 && at + step <= ranges.count; at += step) {
        const uint64_t child = dt_number(ranges, at, bus->address_cells);
        const uint64_t base = dt_number(ranges, at + bus->address_cells, parent->address_cells);
        const uint64_t size =
            dt_number(ranges, at + bus->address_cells + parent->address_cells, bus->size_cells);
        const uint64_t into = *address - child;
        if (*address >= child && into < size && length <= size - into &&
            base <= UINT64_MAX - into) {
            *address = base + into;
            return true;
        }
    }
    return false;
}

bool dt_translate(const struct dt_node *node, int depth, uint64_t *address, uint64_t length) {
    for (; depth > 0; depth--) {
        if (!translate_once(node->fdt, &node->level[depth], &node->level[depth - 1], address,
                            length)) {
            return false;
        }
    }
    return true;
}

bool dt_reg(const struct dt_node *node, uint32_t index, struct helios_boot_range *range) {
    if (node->depth == 0) {
        return false;
    }
    const struct dt_level *bus = &node->level[node->depth - 1];
    if (bus->address_cells == 0 || bus->address_cells > 2 || bus->size_cells > 2) {
        return false;
    }
    const struct dt_cells reg = dt_cells(node->fdt, dt_offset(node), "reg");
    const uint32_t step = bus->address_cells + bus->size_cells;
    if (index >= reg.count / step) {
        return false;
    }
    range->base = dt_number(reg, index * step, bus->address_cells);
    range->length = dt_number(reg, index * step + bus->address_cells, bus->size_cells);
    return dt_translate(node, node->depth - 1, &range->base, range->length) &&
           range->length <= UINT64_MAX - range->base;
}

// Meaning of the cells of an interrupt of one controller.
struct interrupt_cells {
    const void *fdt;
    int controller;
    struct dt_cells cells;
    uint32_t at; // first cell of this interrupt
};

#define GIC_SPI 0u
#define GIC_PPI 1u

// Interrupt types of the GIC's and APLIC's binding: 1 rising, 2 falling, 4 high, 8 low.
static uint32_t trigger_flags(uint32_t type) {
    return ((type & 0xc) != 0 ? HELIOS_IRQ_LEVEL : 0) | ((type & 0xa) != 0 ? HELIOS_IRQ_LOW : 0);
}

static bool is_gic(const void *fdt, int offset) {
    static const char *const names[] = {"arm,gic-v3", "arm,cortex-a15-gic", "arm,gic-400",
                                        "arm,cortex-a7-gic"};
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        if (fdt_node_check_compatible(fdt, offset, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_plic(const void *fdt, int offset) {
    return fdt_node_check_compatible(fdt, offset, "riscv,plic0") == 0 ||
           fdt_node_check_compatible(fdt, offset, "sifive,plic-1.0.0") == 0;
}

static bool decode(const struct interrupt_cells *interrupt, uint32_t *irq, uint32_t *flags) {
    const uint32_t first = dt_cell(interrupt->cells, interrupt->at);
    const uint32_t second = dt_cell(interrupt->cells, interrupt->at + 1);
    const uint32_t third = dt_cell(interrupt->cells, interrupt->at + 2);
    if (is_gic(interrupt->fdt, interrupt->controller)) {
        *irq = second + (first == GIC_PPI ? 16 : 32);
        *flags = trigger_flags(third);
        return (first == GIC_SPI && second < 988) || (first == GIC_PPI && second < 16);
    }
    *irq = first;
    *flags = HELIOS_IRQ_LEVEL;
    if (is_plic(interrupt->fdt, interrupt->controller)) {
        return true;
    }
    *flags = trigger_flags(second);
    return fdt_node_check_compatible(interrupt->fdt, interrupt->controller, "riscv,aplic") == 0;
}

bool dt_interrupt(const struct dt_node *node, uint32_t index, uint32_t *irq, uint32_t *flags) {
    const int offset = dt_offset(node);
    struct dt_cells cells = dt_cells(node->fdt, offset, "interrupts-extended");
    const bool extended = cells.count != 0;
    uint32_t phandle = node->level[node->depth].interrupt_parent;
    if (!extended) {
        cells = dt_cells(node->fdt, offset, "interrupts");
    }
    for (uint32_t at = 0; at < cells.count; index--) {
        if (extended) {
            phandle = dt_cell(cells, at);
            at++;
        }
        const int controller = fdt_node_offset_by_phandle(node->fdt, phandle);
        const uint32_t step =
            controller >= 0 ? one_cell(node->fdt, controller, "#interrupt-cells", 0) : 0;
        if (step == 0 || step > cells.count - at) {
            return false;
        }
        const struct interrupt_cells interrupt = {node->fdt, controller, cells, at};
        if (index == 0) {
            return decode(&interrupt, irq, flags);
        }
        at += step;
    }
    return false;
}

#define PCI_UNIT_CELLS 3u // of an address on the bus
#define PCI_PIN_CELLS  1u
#define PCI_DEVICE_AT  11u // of the first cell: where the device's number stands

// One entry of an interrupt-map, from `at` on; *next is where the one behind it begins.
static bool map_entry(const void *fdt, struct dt_cells map, uint32_t at, uint32_t *next,
                      struct interrupt_cells *interrupt) {
    const uint32_t parent_at = at + PCI_UNIT_CELLS + PCI_PIN_CELLS;
    const int controller = fdt_node_offset_by_phandle(fdt, dt_cell(map, parent_at));
    if (parent_at >= map.count || controller < 0) {
        return false;
    }
    const uint32_t unit = one_cell(fdt, controller, "#address-cells", 0);
    const uint32_t cells = one_cell(fdt, controller, "#interrupt-cells", 0);
    if (unit > 4 || cells == 0 || cells > 4 || map.count - parent_at < 1 + unit + cells) {
        return false;
    }
    *interrupt = (struct interrupt_cells){fdt, controller, map, parent_at + 1 + unit};
    *next = parent_at + 1 + unit + cells;
    return true;
}

// Whether an entry of the map, from `at` on, is for this pin of this device: its own bus, first
// function and register count as 0.
static bool map_fits(struct dt_cells map, uint32_t at, struct dt_cells mask, uint32_t device,
                     uint32_t pin) {
    const uint32_t wanted[] = {device << PCI_DEVICE_AT, 0, 0, pin};
    for (uint32_t i = 0; i < PCI_UNIT_CELLS + PCI_PIN_CELLS; i++) {
        const uint32_t bits = mask.count == PCI_UNIT_CELLS + PCI_PIN_CELLS ? dt_cell(mask, i) : ~0u;
        if (((wanted[i] ^ dt_cell(map, at + i)) & bits) != 0) {
            return false;
        }
    }
    return true;
}

bool dt_pci_interrupt(const struct dt_node *node, uint32_t device, uint32_t pin, uint32_t *irq,
                      uint32_t *flags) {
    const struct dt_cells map = dt_cells(node->fdt, dt_offset(node), "interrupt-map");
    const struct dt_cells mask = dt_cells(node->fdt, dt_offset(node), "interrupt-map-mask");
    struct interrupt_cells interrupt;
    uint32_t next = 0;
    for (uint32_t at = 0; map_entry(node->fdt, map, at, &next, &interrupt); at = next) {
        if (map_fits(map, at, mask, device, pin)) {
            return decode(&interrupt, irq, flags);
        }
    }
    return false;
}

void dt_warn(const struct dt_node *node, struct boot_info *info, const char *property) {
    boot_info_warn(info, BOOT_DEVICE_TREE_PROPERTY, dt_name(node), property, 0, 0, 0);
}
