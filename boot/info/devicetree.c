// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/devicetree.h"

#include "boot/info/devicetree_node.h"

#include <libfdt.h>
#include <string.h>

static const char *const name = "device tree";

#define SIZE_LIMIT (16u << 20) // a tree longer than this is nonsense

static enum boot_error invalid(struct boot_failure *failure, int code) {
    return boot_fail(failure, BOOT_DEVICE_TREE_INVALID, name, NULL, (uint64_t)-code, 0, 0);
}

enum boot_error devicetree_size(const void *fdt, size_t available, size_t *size,
                                struct boot_failure *failure) {
    if (fdt == NULL || ((uintptr_t)fdt & 7) != 0) {
        return invalid(failure, -FDT_ERR_BADSTRUCTURE);
    }
    if (available < sizeof(struct fdt_header)) {
        return invalid(failure, -FDT_ERR_TRUNCATED);
    }
    int code = fdt_check_header(fdt);
    if (code == 0 && (fdt_totalsize(fdt) > available || fdt_totalsize(fdt) > SIZE_LIMIT)) {
        code = -FDT_ERR_TRUNCATED;
    }
    // Devicetree Specification 0.4, 5.6; libfdt takes it for granted.
    if (code == 0 && (fdt_off_dt_struct(fdt) % 4 != 0 || fdt_off_mem_rsvmap(fdt) % 8 != 0)) {
        code = -FDT_ERR_BADSTRUCTURE;
    }
    if (code == 0) {
        code = fdt_check_full(fdt, fdt_totalsize(fdt));
    }
    if (code != 0) {
        return invalid(failure, code);
    }
    *size = fdt_totalsize(fdt);
    return BOOT_OK;
}

// Later nodes refer to CPUs by their place in the list, so those are read in a walk of their own.
static enum boot_error read_cpus(const void *fdt, struct boot_info *info,
                                 struct boot_failure *failure) {
    enum boot_error error = BOOT_OK;
    struct dt_node node = {.fdt = fdt};
    bool started = false;
    while (dt_walk(&node, &started, &error, failure)) {
        dt_read_cpu(&node, info);
    }
    if (error == BOOT_OK && info->cpu_count == 0) {
        return boot_fail(failure, BOOT_NO_CPU, name, "/cpus", 0, 0, 0);
    }
    return error;
}

static enum boot_error read_devices(const void *fdt, struct boot_info *info,
                                    struct boot_failure *failure) {
    enum boot_error error = BOOT_OK;
    struct dt_console console;
    dt_find_console(fdt, &console);
    struct dt_node node = {.fdt = fdt};
    bool started = false;
    while (dt_walk(&node, &started, &error, failure)) {
        if (!dt_read_intc(&node, info) && !dt_read_console(&node, &console, info)) {
            dt_read_device(&node, info);
        }
    }
    return error;
}

enum boot_error devicetree_read(const void *fdt, size_t size, struct boot_info *info,
                                struct boot_failure *failure) {
    size_t checked = 0;
    enum boot_error error = devicetree_size(fdt, size, &checked, failure);
    if (error != BOOT_OK) {
        return error;
    }
    if (info->boot.arch == HELIOS_ARCH_RISCV64) {
        info->boot.cpu_start = HELIOS_CPU_START_SBI_HSM;
        info->boot.power.kind = HELIOS_POWER_SBI;
    }
    error = read_cpus(fdt, info, failure);
    if (error == BOOT_OK) {
        error = read_devices(fdt, info, failure);
    }
    if (info->boot.arch == HELIOS_ARCH_RISCV64 && info->boot.console.kind == HELIOS_CONSOLE_NONE) {
        info->boot.console.kind = HELIOS_CONSOLE_SBI;
    }
    return error;
}

// A property of /chosen.
static const void *chosen(const void *fdt, size_t size, const char *property, int *length) {
    size_t checked = 0;
    if (devicetree_size(fdt, size, &checked, NULL) != BOOT_OK) {
        return NULL;
    }
    const int offset = fdt_path_offset(fdt, "/chosen");
    return offset < 0 ? NULL : fdt_getprop(fdt, offset, property, length);
}

const char *devicetree_bootargs(const void *fdt, size_t size, size_t *length) {
    int bytes = 0;
    const char *text = chosen(fdt, size, "bootargs", &bytes);
    const char *end = text == NULL || bytes <= 0 ? NULL : memchr(text, '\0', (size_t)bytes);
    if (end == NULL) {
        return NULL;
    }
    *length = (size_t)(end - text);
    return text;
}

const void *devicetree_rng_seed(const void *fdt, size_t size, size_t *length) {
    int bytes = 0;
    const void *seed = chosen(fdt, size, "rng-seed", &bytes);
    if (seed == NULL || bytes <= 0) {
        return NULL;
    }
    *length = (size_t)bytes;
    return seed;
}

bool devicetree_boot_hart(const void *fdt, size_t size, uint64_t *hart) {
    int bytes = 0;
    const void *value = chosen(fdt, size, "boot-hartid", &bytes);
    if (value == NULL || (bytes != 4 && bytes != 8)) {
        return false;
    }
    const struct dt_cells cells = {value, (uint32_t)bytes / 4};
    *hart = dt_number(cells, 0, cells.count);
    return true;
}
