// SPDX-License-Identifier: GPL-3.0-only
//
// The serial port that firmware talks on: /chosen/stdout-path (Devicetree Specification 0.4, 3.6;
// serial bindings, 4.2).
#include "boot/info/devicetree_node.h"

#include <libfdt.h>
#include <string.h>

// stdout-path is a path or an alias, with options after a colon ("serial0:115200n8").
void dt_find_console(const void *fdt, struct dt_console *console) {
    console->offset = -FDT_ERR_NOTFOUND;
    const int chosen = fdt_path_offset(fdt, "/chosen");
    int length = 0;
    const char *path = NULL;
    if (chosen >= 0) {
        path = fdt_getprop(fdt, chosen, "stdout-path", &length);
    }
    if (path == NULL || length <= 1 || memchr(path, '\0', (size_t)length) == NULL) {
        return;
    }
    const char *colon = strchr(path, ':');
    const size_t name = colon != NULL ? (size_t)(colon - path) : strlen(path);
    console->offset = fdt_path_offset_namelen(fdt, path, (int)name);
}

static bool is_16550(const struct dt_node *node) {
    return dt_compatible(node, "ns16550a") || dt_compatible(node, "ns16550") ||
           dt_compatible(node, "snps,dw-apb-uart");
}

bool dt_read_console(const struct dt_node *node, const struct dt_console *named,
                     struct boot_info *info) {
    const bool pl011 = dt_compatible(node, "arm,pl011");
    const bool first = named->offset < 0 && info->boot.console.kind == HELIOS_CONSOLE_NONE;
    if ((!pl011 && !is_16550(node)) || !dt_available(node) ||
        (dt_offset(node) != named->offset && !first)) {
        return false;
    }
    struct helios_boot_range range = {0, 0};
    const uint32_t shift = dt_u32(node, "reg-shift", 0);
    const uint32_t width = dt_u32(node, "reg-io-width", 1);
    if (!dt_reg(node, 0, &range) || shift > 8 || (width != 1 && width != 4)) {
        dt_warn(node, info, "reg");
        return false;
    }
    struct helios_boot_console console = {
        .base = range.base,
        .length = range.length,
        .kind = pl011 ? HELIOS_CONSOLE_PL011 : HELIOS_CONSOLE_16550_MMIO,
        .reg_shift = pl011 ? 0 : shift,
        .io_width = pl011 ? 4 : width,
        .clock_hz = dt_u32(node, "clock-frequency", 0),
    };
    uint32_t flags = 0;
    console.irq_valid = dt_interrupt(node, 0, &console.irq, &flags);
    info->boot.console = console;
    return true;
}
