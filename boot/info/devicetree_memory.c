// SPDX-License-Identifier: GPL-3.0-only
//
// Memory of machines whose firmware gives no other map (Devicetree Specification 0.4, 3.4, 3.5 and
// 5.3). Reserved memory that must not even be mapped says so.
#include "boot/info/devicetree_node.h"

#include <libfdt.h>
#include <string.h>

static bool is_reserved(const struct dt_node *node) {
    return node->depth == 2 &&
           strcmp(fdt_get_name(node->fdt, node->level[1].offset, NULL), "reserved-memory") == 0;
}

static enum boot_error add_node(const struct dt_node *node, struct memmap *map,
                                struct boot_failure *failure) {
    enum helios_mem_kind kind = HELIOS_MEM_FREE;
    if (is_reserved(node)) {
        const bool unmapped = fdt_getprop(node->fdt, dt_offset(node), "no-map", NULL) != NULL;
        kind = unmapped ? HELIOS_MEM_RESERVED : HELIOS_MEM_FIRMWARE;
    } else if (!dt_string_is(node, "device_type", "memory")) {
        return BOOT_OK;
    }
    struct helios_boot_range range;
    for (uint32_t i = 0; dt_available(node) && dt_reg(node, i, &range); i++) {
        enum boot_error error = memmap_add(map, range.base, range.length, kind, failure);
        if (error != BOOT_OK) {
            return error;
        }
    }
    return BOOT_OK;
}

static enum boot_error add_reservations(const void *fdt, struct memmap *map,
                                        struct boot_failure *failure) {
    const int count = fdt_num_mem_rsv(fdt);
    for (int i = 0; i < count; i++) {
        uint64_t base = 0;
        uint64_t length = 0;
        enum boot_error error = BOOT_OK;
        if (fdt_get_mem_rsv(fdt, i, &base, &length) == 0) {
            error = memmap_add(map, base, length, HELIOS_MEM_FIRMWARE, failure);
        }
        if (error != BOOT_OK) {
            return error;
        }
    }
    return BOOT_OK;
}

enum boot_error devicetree_read_memory(const void *fdt, size_t size, struct memmap *map,
                                       struct boot_failure *failure) {
    size_t checked = 0;
    enum boot_error error = devicetree_size(fdt, size, &checked, failure);
    if (error != BOOT_OK) {
        return error;
    }
    struct dt_node node = {.fdt = fdt};
    bool started = false;
    while (dt_walk(&node, &started, &error, failure)) {
        error = add_node(&node, map, failure);
        if (error != BOOT_OK) {
            return error;
        }
    }
    return error != BOOT_OK ? error : add_reservations(fdt, map, failure);
}
