// SPDX-License-Identifier: GPL-3.0-only
//
// Devices of the device tree: every node that can be used, says what it is compatible with, and has
// registers. The walk is the loaders' (boot/info), which trusts nothing in the tree.
#include "userland/mercury/find.h"

#include <libfdt.h>
#include <string.h>

#include "boot/info/devicetree_node.h"
#include "uapi/object.h"

// virtio-mmio (virtio 1.2, section 4.2.2).
enum {
    VIRTIO_MAGIC = 0x000,
    VIRTIO_DEVICE = 0x008,
    VIRTIO_VENDOR = 0x00c,
    VIRTIO_MAGIC_VALUE = 0x74726976, // "virt"
    RANGES = 4,
};

static uint32_t trigger_of(uint32_t flags) {
    return ((flags & HELIOS_IRQ_LEVEL) != 0 ? HELIOS_IRQ_TRIGGER_LEVEL : 0) |
           ((flags & HELIOS_IRQ_LOW) != 0 ? HELIOS_IRQ_ACTIVE_LOW : 0);
}

static bool is_device(const struct dt_node *node, struct helios_boot_range *range) {
    int length = 0;
    if (!dt_available(node) ||
        fdt_getprop(node->fdt, dt_offset(node), "compatible", &length) == NULL ||
        fdt_getprop(node->fdt, dt_offset(node), "interrupt-controller", &length) != NULL ||
        fdt_getprop(node->fdt, dt_offset(node), "device_type", &length) != NULL) {
        return false; // processors, memory and host bridges have a device_type
    }
    return dt_reg(node, 0, range) && range->length != 0;
}

// What stands behind a virtio-mmio transport. false: nothing.
static bool look_behind(struct dev *dev, const struct helios_boot_range *range, find_map *map) {
    struct venus_registers registers = map(range->base, range->length);
    if (!venus_has(&registers, VIRTIO_VENDOR, 4) ||
        venus_read32(&registers, VIRTIO_MAGIC) != VIRTIO_MAGIC_VALUE) {
        return false;
    }
    dev->bus = DEV_VIRTIO_MMIO;
    dev->identity.is_virtio = true;
    dev->identity.device = venus_read32(&registers, VIRTIO_DEVICE);
    dev->identity.vendor = venus_read32(&registers, VIRTIO_VENDOR);
    if (virtio_open_mmio(&dev->virtio, &registers) != VIRTIO_OK) {
        dev->virtio.transport = NULL;
    }
    return dev->identity.device != 0;
}

static void add_rest(struct dev *dev, const struct dt_node *node) {
    struct helios_boot_range range;
    uint32_t irq = 0;
    uint32_t flags = 0;
    for (uint32_t i = 0; i < RANGES && dt_reg(node, i, &range); i++) {
        dev_add_range(dev, DEV_MEMORY, i, range.base, range.length);
    }
    for (uint32_t i = 0; i < DEV_LINES && dt_interrupt(node, i, &irq, &flags); i++) {
        dev_add_line(dev, irq, trigger_of(flags));
    }
}

static void set_compatible(struct dev *dev, const struct dt_node *node) {
    int length = 0;
    dev->identity.compatible = fdt_getprop(node->fdt, dt_offset(node), "compatible", &length);
    dev->identity.compatible_length = length > 0 ? (size_t)length : 0;
}

// The console is among the legacy devices already; what it is called is added there.
static bool is_console(const struct dt_node *node, uint64_t base) {
    for (uint32_t i = 0; i < dev_count; i++) {
        if (devs[i].is_console && devs[i].ranges[0].kind == DEV_MEMORY &&
            devs[i].ranges[0].base == base) {
            set_compatible(&devs[i], node);
            return true;
        }
    }
    return false;
}

static void add_node(const struct dt_node *node, find_map *map) {
    struct helios_boot_range range;
    if (!is_device(node, &range) || is_console(node, range.base)) {
        return;
    }
    struct dev *dev = dev_add(DEV_TREE, "dt:%s", dt_name(node));
    if (dev == NULL) {
        return;
    }
    if (dt_compatible(node, "virtio,mmio") && !look_behind(dev, &range, map)) {
        memset(dev, 0, sizeof *dev);
        dev_count--; // an empty transport
        return;
    }
    set_compatible(dev, node);
    add_rest(dev, node);
}

void find_tree(const void *tree, find_map *map) {
    struct dt_node node;
    struct boot_failure failure;
    enum boot_error error = BOOT_OK;
    bool started = false;
    memset(&node, 0, sizeof node);
    node.fdt = tree;
    while (dt_walk(&node, &started, &error, &failure)) {
        add_node(&node, map);
    }
}

bool find_pci_line(const struct find_bridge *bridge, uint32_t device, uint32_t pin,
                   struct dev_line *line) {
    struct dt_node node;
    struct boot_failure failure;
    struct helios_boot_range range;
    enum boot_error error = BOOT_OK;
    bool started = false;
    uint32_t flags = 0;
    memset(&node, 0, sizeof node);
    node.fdt = bridge->tree;
    while (bridge->tree != NULL && dt_walk(&node, &started, &error, &failure)) {
        if (dt_compatible(&node, "pci-host-ecam-generic") && dt_reg(&node, 0, &range) &&
            range.base == bridge->ecam_base) {
            bool found = dt_pci_interrupt(&node, device, pin, &line->line, &flags);
            line->trigger = trigger_of(flags);
            return found;
        }
    }
    return false;
}
