// SPDX-License-Identifier: GPL-3.0-only
//
// Inside the device-tree reader: a walk over all nodes that knows about buses, access to properties
// with their lengths checked, and the reader of each kind of node. Not for loaders: they include
// boot/info/devicetree.h. Mercury's device manager walks the tree with it too.
#ifndef HELIOS_BOOT_INFO_DEVICETREE_NODE_H
#define HELIOS_BOOT_INFO_DEVICETREE_NODE_H

#include "boot/info/devicetree.h"

#ifdef __cplusplus
extern "C" {
#endif

#define DT_DEPTH 12 // deepest nesting; boards use 6

// What a node means for its children.
struct dt_level {
    int offset; // of the node
    uint32_t address_cells;
    uint32_t size_cells;
    uint32_t interrupt_parent; // phandle, inherited
    bool disabled;             // it or one above it
};

// A position in the walk: level[depth] is the node itself, level[0] the root.
struct dt_node {
    const void *fdt;
    int depth;
    struct dt_level level[DT_DEPTH];
};

// The walk, in the order of the tree. Start with a zeroed node and its fdt; false at the end.
// Errors (*error): BOOT_DEVICE_TREE_DEPTH, BOOT_DEVICE_TREE_INVALID; the walk ends then.
bool dt_walk(struct dt_node *node, bool *started, enum boot_error *error,
             struct boot_failure *failure);

// Offset of the node, for libfdt.
int dt_offset(const struct dt_node *node);

// Name without its path ("pl011@9000000"); never NULL.
const char *dt_name(const struct dt_node *node);

// Whether its status says that it can be used, and that of every node above it.
bool dt_available(const struct dt_node *node);

// Whether `compatible` has this string.
bool dt_compatible(const struct dt_node *node, const char *compatible);

// Whether a property is this string.
bool dt_string_is(const struct dt_node *node, const char *property, const char *value);

// An array of 32-bit cells in the tree.
struct dt_cells {
    const void *data;
    uint32_t count;
};

// A property as cells; count 0 if there is none or its length is not a multiple of 4.
struct dt_cells dt_cells(const void *fdt, int offset, const char *property);

// Cell `index`; 0 beyond the end.
uint32_t dt_cell(struct dt_cells cells, uint32_t index);

// `size` cells (1 or 2; 0 gives 0) from `index` on as one number.
uint64_t dt_number(struct dt_cells cells, uint32_t index, uint32_t size);

// A property of one cell, or `otherwise`.
uint32_t dt_u32(const struct dt_node *node, const char *property, uint32_t otherwise);

// Entry `index` of `reg`, translated to a CPU address through the `ranges` of all buses above.
// false: no such entry, or no CPU address.
bool dt_reg(const struct dt_node *node, uint32_t index, struct helios_boot_range *range);

// Translate an address on the bus that `level[depth]` is to a CPU address.
bool dt_translate(const struct dt_node *node, int depth, uint64_t *address, uint64_t length);

// Interrupt `index` of a node, as its controller counts: INTID, PLIC or APLIC source.
// flags: enum helios_irq_flags. false: none, or of a controller that is not known.
bool dt_interrupt(const struct dt_node *node, uint32_t index, uint32_t *irq, uint32_t *flags);

// The interrupt that a pin (1 to 4) of a device on the bus below a PCI host bridge is wired to, by
// the bridge's interrupt-map. false: none, or of a controller that is not known.
bool dt_pci_interrupt(const struct dt_node *node, uint32_t device, uint32_t pin, uint32_t *irq,
                      uint32_t *flags);

// Readers of one kind of node each. true: this node was
// its business.
bool dt_read_cpu(const struct dt_node *node, struct boot_info *info);
bool dt_read_intc(const struct dt_node *node, struct boot_info *info);
bool dt_read_device(const struct dt_node *node, struct boot_info *info);

// The console that /chosen/stdout-path names.
struct dt_console {
    int offset; // of its node; negative: none named
};
void dt_find_console(const void *fdt, struct dt_console *console);

// Read a serial port: the one that is named, or the first one if none is. true: this is it.
bool dt_read_console(const struct dt_node *node, const struct dt_console *named,
                     struct boot_info *info);

// Note `reg` entries as device windows.
void dt_add_device_windows(const struct dt_node *node, struct boot_info *info);

// A property of this node is missing or makes no sense: a warning that names both.
void dt_warn(const struct dt_node *node, struct boot_info *info, const char *property);

#ifdef __cplusplus
}
#endif

#endif // HELIOS_BOOT_INFO_DEVICETREE_NODE_H
