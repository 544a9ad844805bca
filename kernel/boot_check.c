// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/boot_check.h"

#include <stddef.h>

#include "arch/include/port.h"
#include "boot/protocol/protocol.h"
#include "kernel/boot_block.h"
#include "kernel/memory.h"
#include "kernel/physmem.h"

// Of the clock: what comes from a measurement that went wrong is most often near 2^64.
#define MAX_FREQUENCY (1ull << 40)

// Says what is wrong, unless it is right.
static bool require(bool is_right, struct boot_problem *problem, const char *field,
                    const char *text, uint64_t found, uint64_t wanted) {
    if (!is_right) {
        *problem = (struct boot_problem){field, text, found, wanted};
    }
    return is_right;
}

static bool is_page_aligned(uint64_t value) {
    return (value & (KERNEL_PAGE_SIZE - 1)) == 0;
}

static bool check_header(const struct helios_boot *boot, struct boot_problem *problem) {
    return require(boot->magic == HELIOS_BOOT_MAGIC, problem, "magic", "is not the boot protocol's",
                   boot->magic, HELIOS_BOOT_MAGIC) &&
           require(boot->version == HELIOS_BOOT_VERSION, problem, "version",
                   "is another one than the kernel's", boot->version, HELIOS_BOOT_VERSION) &&
           require(boot->arch == ARCH_ID, problem, "arch", "is not the kernel's", boot->arch,
                   ARCH_ID) &&
           require(boot->size >= sizeof(struct helios_boot), problem, "size", "is too small",
                   boot->size, sizeof(struct helios_boot));
}

static bool check_array(const struct helios_boot *boot, const struct helios_boot_array *array,
                        const char *field, uint32_t record, struct boot_problem *problem) {
    if (array->count == 0) {
        return true;
    }
    uint64_t alignment = record < 8 ? record : 8;
    uint64_t end = array->offset + (uint64_t)array->count * array->stride;
    return require(array->stride >= record, problem, field, "has too small records", array->stride,
                   record) &&
           require((array->offset | array->stride) % alignment == 0, problem, field,
                   "is not aligned", array->offset, 8) &&
           require(array->offset >= sizeof(struct helios_boot) && end <= boot->size, problem, field,
                   "lies outside the block", end, boot->size);
}

static bool check_range(const struct helios_boot_memory *range, uint64_t previous_end,
                        struct boot_problem *problem) {
    return require(range->length != 0, problem, "memory", "has an empty range", range->base, 0) &&
           require(is_page_aligned(range->base | range->length), problem, "memory",
                   "has a range that is not page aligned", range->base, KERNEL_PAGE_SIZE) &&
           require(range->base + range->length > range->base, problem, "memory",
                   "has a range that wraps around", range->base, 0) &&
           require(range->base >= previous_end, problem, "memory", "is not sorted or overlaps",
                   range->base, previous_end);
}

static bool is_in_direct_map(uint32_t kind) {
    return kind == HELIOS_MEM_FREE ||
           (kind >= HELIOS_MEM_PAGE_TABLE && kind <= HELIOS_MEM_FIRMWARE);
}

static bool check_memory(const struct helios_boot *boot, struct boot_problem *problem) {
    uint32_t count = boot->memory.count;
    bool is_good = require(count != 0, problem, "memory", "is missing", 0, 1) &&
                   require(count <= PHYSMEM_CAPACITY, problem, "memory", "has too many ranges",
                           count, PHYSMEM_CAPACITY);
    uint64_t end = 0;
    bool has_free = false;
    for (uint32_t i = 0; is_good && i < count; i++) {
        const struct helios_boot_memory *range = boot_memory(boot, i);
        is_good = check_range(range, end, problem);
        end = range->base + range->length;
        is_good = is_good &&
                  require(!is_in_direct_map(range->kind) || end <= boot->direct_map_size, problem,
                          "memory", "goes beyond the direct map", end, boot->direct_map_size);
        has_free = has_free || range->kind == HELIOS_MEM_FREE;
    }
    return is_good && require(has_free, problem, "memory", "has nothing free", 0, 1);
}

bool boot_check_base(const struct helios_boot *boot, struct boot_problem *problem) {
    return check_header(boot, problem) &&
           require(boot->direct_map_size != 0 &&
                       is_page_aligned(boot->direct_map_base | boot->direct_map_size),
                   problem, "direct_map_base", "is not usable", boot->direct_map_base, 0) &&
           require(boot->page_table_root != 0 && is_page_aligned(boot->page_table_root), problem,
                   "page_table_root", "is not a table", boot->page_table_root, 0) &&
           check_array(boot, &boot->memory, "memory", sizeof(struct helios_boot_memory), problem) &&
           check_memory(boot, problem);
}

static bool check_arrays(const struct helios_boot *boot, struct boot_problem *problem) {
    const struct {
        const struct helios_boot_array *array;
        const char *field;
        uint32_t record;
    } arrays[] = {
        {&boot->modules, "modules", sizeof(struct helios_boot_module)},
        {&boot->cpus, "cpus", sizeof(struct helios_boot_cpu)},
        {&boot->intcs, "intcs", sizeof(struct helios_boot_intc)},
        {&boot->intc_contexts, "intc_contexts", sizeof(struct helios_boot_intc_context)},
        {&boot->irq_overrides, "irq_overrides", sizeof(struct helios_boot_irq_override)},
        {&boot->iommus, "iommus", sizeof(struct helios_boot_iommu)},
        {&boot->pcis, "pcis", sizeof(struct helios_boot_pci)},
        {&boot->windows, "windows", sizeof(struct helios_boot_window)},
        {&boot->command_line, "command_line", 1},
    };
    for (size_t i = 0; i < sizeof(arrays) / sizeof(arrays[0]); i++) {
        if (!check_array(boot, arrays[i].array, arrays[i].field, arrays[i].record, problem)) {
            return false;
        }
    }
    return true;
}

// Whether one range of the map, of this kind, holds all of it.
static bool is_covered(const struct helios_boot *boot, uint64_t base, uint64_t length,
                       uint32_t kind) {
    for (uint32_t i = 0; i < boot->memory.count; i++) {
        const struct helios_boot_memory *range = boot_memory(boot, i);
        if (range->kind == kind && base >= range->base && base - range->base < range->length) {
            return length <= range->length - (base - range->base);
        }
    }
    return false;
}

static bool check_modules(const struct helios_boot *boot, struct boot_problem *problem) {
    bool is_good = require(boot->modules.count != 0, problem, "modules", "has no init", 0, 1);
    for (uint32_t i = 0; is_good && i < boot->modules.count; i++) {
        const struct helios_boot_module *module = boot_module(boot, i);
        is_good = require(is_page_aligned(module->base), problem, "modules",
                          "has one that is not page aligned", module->base, KERNEL_PAGE_SIZE) &&
                  require(is_covered(boot, module->base, module->length, HELIOS_MEM_MODULE),
                          problem, "modules", "has one outside module memory", module->base, 0) &&
                  require(module->name[sizeof(module->name) - 1] == '\0', problem, "modules",
                          "has a name without end", i, 0);
    }
    return is_good;
}

static bool check_cpus(const struct helios_boot *boot, struct boot_problem *problem) {
    if (!require(boot->cpus.count != 0, problem, "cpus", "is missing", 0, 1) ||
        !require(boot->boot_cpu < boot->cpus.count, problem, "boot_cpu", "is not in the list",
                 boot->boot_cpu, boot->cpus.count - 1)) {
        return false;
    }
    uint32_t marked = 0;
    for (uint32_t i = 0; i < boot->cpus.count; i++) {
        marked += (boot_cpu(boot, i)->flags & HELIOS_CPU_BOOT) != 0;
    }
    return require(marked == 1 && (boot_cpu(boot, boot->boot_cpu)->flags & HELIOS_CPU_BOOT) != 0,
                   problem, "cpus", "does not mark exactly the boot CPU", marked, 1);
}

static bool check_command_line(const struct helios_boot *boot, struct boot_problem *problem) {
    const struct helios_boot_array *line = &boot->command_line;
    return line->count == 0 || (require(line->stride == 1, problem, "command_line",
                                        "is not made of bytes", line->stride, 1) &&
                                require(boot_command_line(boot)[line->count - 1] == '\0', problem,
                                        "command_line", "has no end", line->count, 0));
}

bool boot_check_rest(const struct helios_boot *boot, struct boot_problem *problem) {
    return check_arrays(boot, problem) && check_modules(boot, problem) &&
           check_cpus(boot, problem) && check_command_line(boot, problem) &&
           require(boot->console.reg_shift <= 4, problem, "console.reg_shift", "is too large",
                   boot->console.reg_shift, 4) &&
           require(boot->timer.frequency_hz != 0, problem, "timer.frequency_hz", "is missing", 0,
                   1) &&
           require(boot->timer.frequency_hz <= MAX_FREQUENCY, problem, "timer.frequency_hz",
                   "is too high", boot->timer.frequency_hz, MAX_FREQUENCY);
}
