// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/info.h"

#include "boot/info/cmdline.h"

#include <string.h>

static const char *const name = "boot information";

void boot_info_warn(struct boot_info *info, enum boot_error error, const char *what,
                    const char *field, uint64_t found, uint64_t wanted, uint64_t address) {
    if (info->warning_count == BOOT_INFO_WARNINGS) {
        info->warnings_lost++;
        return;
    }
    boot_fail(&info->warnings[info->warning_count], error, what, field, found, wanted, address);
    info->warning_count++;
}

// Count a record that found no room. There is one warning for each kind; it tells the number.
static bool ignored(struct boot_info *info, const char *field, uint32_t capacity) {
    for (uint32_t i = 0; i < info->warning_count; i++) {
        struct boot_failure *warning = &info->warnings[i];
        if (warning->error == BOOT_TOO_MANY && warning->field != NULL &&
            strcmp(warning->field, field) == 0) {
            warning->found++;
            return false;
        }
    }
    boot_info_warn(info, BOOT_TOO_MANY, name, field, capacity + 1u, capacity, 0);
    return false;
}

static bool is_boot_cpu(const struct boot_info *info, const struct helios_boot_cpu *cpu) {
    return cpu->hardware_id == info->boot_hardware_id;
}

bool boot_info_add_cpu(struct boot_info *info, const struct helios_boot_cpu *cpu) {
    for (uint32_t i = 0; i < info->cpu_count; i++) {
        if (info->cpus[i].hardware_id == cpu->hardware_id) {
            return true;
        }
    }
    struct helios_boot_cpu *slot = &info->cpus[info->cpu_count];
    if (info->cpu_count == BOOT_INFO_CPUS) {
        info->cpus_ignored++;
        ignored(info, "CPUs", BOOT_INFO_CPUS);
        if (!is_boot_cpu(info, cpu)) {
            return false;
        }
        slot = &info->cpus[BOOT_INFO_CPUS - 1];
    } else {
        info->cpu_count++;
    }
    *slot = *cpu;
    slot->flags &= ~(uint32_t)HELIOS_CPU_BOOT;
    if (is_boot_cpu(info, cpu)) {
        slot->flags |= HELIOS_CPU_BOOT;
    }
    return true;
}

bool boot_info_add_intc(struct boot_info *info, const struct helios_boot_intc *intc) {
    if (info->intc_count == BOOT_INFO_INTCS) {
        return ignored(info, "interrupt controllers", BOOT_INFO_INTCS);
    }
    info->intcs[info->intc_count] = *intc;
    info->intc_count++;
    return true;
}

bool boot_info_add_context(struct boot_info *info, const struct helios_boot_intc_context *context) {
    if (info->context_count == BOOT_INFO_CONTEXTS) {
        return ignored(info, "interrupt contexts", BOOT_INFO_CONTEXTS);
    }
    info->contexts[info->context_count] = *context;
    info->context_count++;
    return true;
}

bool boot_info_add_override(struct boot_info *info, const struct helios_boot_irq_override *entry) {
    if (info->override_count == BOOT_INFO_OVERRIDES) {
        return ignored(info, "interrupt overrides", BOOT_INFO_OVERRIDES);
    }
    info->overrides[info->override_count] = *entry;
    info->override_count++;
    return true;
}

bool boot_info_add_iommu(struct boot_info *info, const struct helios_boot_iommu *iommu) {
    if (info->iommu_count == BOOT_INFO_IOMMUS) {
        return ignored(info, "IOMMUs", BOOT_INFO_IOMMUS);
    }
    info->iommus[info->iommu_count] = *iommu;
    info->iommu_count++;
    return true;
}

bool boot_info_add_pci(struct boot_info *info, const struct helios_boot_pci *pci) {
    if (info->pci_count == BOOT_INFO_PCIS) {
        return ignored(info, "PCI segments", BOOT_INFO_PCIS);
    }
    info->pcis[info->pci_count] = *pci;
    info->pci_count++;
    return true;
}

bool boot_info_add_window(struct boot_info *info, const struct helios_boot_window *window) {
    if (info->window_count == BOOT_INFO_WINDOWS) {
        return ignored(info, "windows", BOOT_INFO_WINDOWS);
    }
    info->windows[info->window_count] = *window;
    info->window_count++;
    return true;
}

// The union of [*base, *end) with a window that it touches, which is taken out. false: none.
static bool absorb_device(struct boot_info *info, uint64_t *base, uint64_t *end) {
    for (uint32_t i = 0; i < info->window_count; i++) {
        struct helios_boot_window *window = &info->windows[i];
        const uint64_t window_end = window->base + window->length;
        if (window->kind == HELIOS_WINDOW_DEVICE && *base <= window_end && *end >= window->base) {
            *base = *base < window->base ? *base : window->base;
            *end = *end > window_end ? *end : window_end;
            info->window_count--;
            *window = info->windows[info->window_count];
            return true;
        }
    }
    return false;
}

bool boot_info_add_device(struct boot_info *info, uint64_t base, uint64_t length) {
    uint64_t end = base + length;
    if (length == 0) {
        return true;
    }
    while (absorb_device(info, &base, &end)) {
    }
    const struct helios_boot_window window = {
        .kind = HELIOS_WINDOW_DEVICE,
        .base = base,
        .length = end - base,
        .pci_base = base,
    };
    return boot_info_add_window(info, &window);
}

uint32_t boot_info_drop_windows(struct boot_info *info, uint32_t kind, uint64_t base,
                                uint64_t length) {
    uint32_t kept = 0;
    for (uint32_t i = 0; i < info->window_count; i++) {
        const struct helios_boot_window *window = &info->windows[i];
        const bool overlaps = base < window->base + window->length && window->base < base + length;
        if (!overlaps || (kind != 0 && window->kind != kind)) {
            info->windows[kept] = *window;
            kept++;
        }
    }
    const uint32_t dropped = info->window_count - kept;
    info->window_count = kept;
    return dropped;
}

bool boot_info_add_module(struct boot_info *info, const char *module_name, uint64_t base,
                          uint64_t length) {
    if (info->module_count == BOOT_INFO_MODULES) {
        return ignored(info, "modules", BOOT_INFO_MODULES);
    }
    struct helios_boot_module *module = &info->modules[info->module_count];
    *module = (struct helios_boot_module){.base = base, .length = length};
    for (size_t i = 0; i + 1 < sizeof(module->name) && module_name[i] != '\0'; i++) {
        module->name[i] = module_name[i];
    }
    info->module_count++;
    return true;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

enum boot_error boot_info_set_command_line(struct boot_info *info, const char *text, size_t length,
                                           struct boot_failure *failure) {
    while (length > 0 && (is_blank(text[length - 1]) || text[length - 1] == '\0')) {
        length--;
    }
    while (length > 0 && is_blank(*text)) {
        text++;
        length--;
    }
    if (length >= BOOT_INFO_COMMAND_LINE) {
        return boot_fail(failure, BOOT_COMMAND_LINE_TOO_LONG, "command line", NULL, length,
                         BOOT_INFO_COMMAND_LINE - 1, 0);
    }
    for (size_t i = 0; i < length; i++) {
        if ((unsigned char)text[i] < ' ' && text[i] != '\t') {
            return boot_fail(failure, BOOT_COMMAND_LINE_SYNTAX, "command line", "control character",
                             (unsigned char)text[i], ' ', i);
        }
    }
    memset(info->command_line, 0, sizeof(info->command_line));
    memcpy(info->command_line, text, length);
    return cmdline_check(info->command_line, failure);
}

static void drop_windows_over_memory(struct boot_info *info) {
    for (uint32_t i = 0; i < info->memory.count; i++) {
        const struct helios_boot_memory *range = &info->memory.ranges[i];
        const bool memory = memmap_is_mapped((enum helios_mem_kind)range->kind) ||
                            range->kind == HELIOS_MEM_KERNEL || range->kind == HELIOS_MEM_BEYOND;
        if (memory && boot_info_drop_windows(info, 0, range->base, range->length) != 0) {
            boot_info_warn(info, BOOT_MEMORY_RANGE, name, "device window over memory",
                           range->length, 0, range->base);
        }
    }
}

enum boot_error boot_info_check(struct boot_info *info, struct boot_failure *failure) {
    uint32_t boot_cpu = 0;
    while (boot_cpu < info->cpu_count && !(info->cpus[boot_cpu].flags & HELIOS_CPU_BOOT)) {
        boot_cpu++;
    }
    if (info->cpu_count == 0) {
        return boot_fail(failure, BOOT_NO_CPU, name, NULL, 0, 0, 0);
    }
    if (boot_cpu == info->cpu_count) {
        return boot_fail(failure, BOOT_NO_BOOT_CPU, name, "hardware id", info->boot_hardware_id,
                         info->cpus[0].hardware_id, 0);
    }
    if (info->intc_count == 0) {
        return boot_fail(failure, BOOT_NO_INTC, name, NULL, 0, 0, 0);
    }
    if (info->boot.timer.frequency_hz == 0) {
        return boot_fail(failure, BOOT_NO_TIMER, name, "frequency", 0, 0, 0);
    }
    if (memmap_sum(&info->memory, HELIOS_MEM_FREE) == 0) {
        return boot_fail(failure, BOOT_MEMORY_TOO_SMALL, name, "free memory", 0, 1, 0);
    }
    info->boot.boot_cpu = boot_cpu;
    drop_windows_over_memory(info);
    return BOOT_OK;
}

// One array on its way into the block.
struct section {
    struct helios_boot_array *place;
    const void *records;
    uint32_t count;
    uint32_t stride;
};

#define SECTION_COUNT 10

static void list_sections(const struct boot_info *info, struct helios_boot *boot,
                          struct section sections[SECTION_COUNT]) {
    const struct section list[SECTION_COUNT] = {
        {&boot->memory, info->memory.ranges, info->memory.count, sizeof(info->memory.ranges[0])},
        {&boot->modules, info->modules, info->module_count, sizeof(info->modules[0])},
        {&boot->cpus, info->cpus, info->cpu_count, sizeof(info->cpus[0])},
        {&boot->intcs, info->intcs, info->intc_count, sizeof(info->intcs[0])},
        {&boot->intc_contexts, info->contexts, info->context_count, sizeof(info->contexts[0])},
        {&boot->irq_overrides, info->overrides, info->override_count, sizeof(info->overrides[0])},
        {&boot->iommus, info->iommus, info->iommu_count, sizeof(info->iommus[0])},
        {&boot->pcis, info->pcis, info->pci_count, sizeof(info->pcis[0])},
        {&boot->windows, info->windows, info->window_count, sizeof(info->windows[0])},
        {&boot->command_line, info->command_line, (uint32_t)strlen(info->command_line) + 1, 1},
    };
    memcpy(sections, list, sizeof(list));
}

static size_t round_up(size_t size) {
    return (size + 7) & ~(size_t)7;
}

size_t boot_info_size(const struct boot_info *info, uint32_t spare_ranges) {
    struct helios_boot unused;
    struct section sections[SECTION_COUNT];
    list_sections(info, &unused, sections);
    size_t size = sizeof(struct helios_boot) + spare_ranges * sizeof(struct helios_boot_memory);
    for (int i = 0; i < SECTION_COUNT; i++) {
        size += round_up((size_t)sections[i].count * sections[i].stride);
    }
    return size;
}

enum boot_error boot_info_write(const struct boot_info *info, void *block, size_t size,
                                struct boot_failure *failure) {
    const size_t needed = boot_info_size(info, 0);
    if (size < needed) {
        return boot_fail(failure, BOOT_BLOCK_TOO_SMALL, name, NULL, size, needed, 0);
    }
    struct helios_boot boot = info->boot;
    struct section sections[SECTION_COUNT];
    list_sections(info, &boot, sections);
    memset(block, 0, size);
    size_t offset = sizeof(struct helios_boot);
    for (int i = 0; i < SECTION_COUNT; i++) {
        const size_t bytes = (size_t)sections[i].count * sections[i].stride;
        memcpy((char *)block + offset, sections[i].records, bytes);
        *sections[i].place = (struct helios_boot_array){
            .offset = (uint32_t)offset,
            .count = sections[i].count,
            .stride = sections[i].stride,
        };
        offset += round_up(bytes);
    }
    boot.magic = HELIOS_BOOT_MAGIC;
    boot.version = HELIOS_BOOT_VERSION;
    boot.size = (uint32_t)needed;
    memcpy(block, &boot, sizeof(boot));
    return BOOT_OK;
}
