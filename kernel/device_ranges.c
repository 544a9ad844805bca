// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/device_ranges.h"

#include <stdbool.h>
#include <stddef.h>

#include "kernel/boot_block.h"
#include "kernel/memory.h"

struct list {
    const struct helios_boot *boot;
    struct helios_bootinfo_device *devices;
    uint32_t count;
};

// What of [start, end) must not be handed out: the lowest part that is known, [low, high).
struct hole {
    uint64_t start;
    uint64_t end;
    uint64_t low;
    uint64_t high;
};

// [base, base + length) must not be handed out.
static void consider(struct hole *hole, uint64_t base, uint64_t length) {
    uint64_t first = align_down(base, KERNEL_PAGE_SIZE);
    uint64_t last = align_up(base + length, KERNEL_PAGE_SIZE);
    uint64_t low = first > hole->start ? first : hole->start;
    if (length != 0 && last > hole->start && low < hole->low) {
        hole->low = low;
        hole->high = last < hole->end ? last : hole->end;
    }
}

static bool is_memory(uint32_t kind, bool tables) {
    return kind != HELIOS_MEM_MMIO && kind != HELIOS_MEM_RESERVED &&
           !(tables && (kind == HELIOS_MEM_ACPI || kind == HELIOS_MEM_MODULE));
}

// Finds the lowest part of [start, end) that must not be handed out; `low` = end if there is none.
static struct hole find_hole(const struct list *list, uint64_t start, uint64_t end, bool tables) {
    const struct helios_boot *boot = list->boot;
    struct hole hole = {start, end, end, end};
    for (uint32_t i = 0; i < boot->memory.count; i++) {
        const struct helios_boot_memory *range = boot_memory(boot, i);
        if (is_memory(range->kind, tables)) {
            consider(&hole, range->base, range->length);
        }
    }
    for (uint32_t i = 0; i < boot->intcs.count; i++) {
        const struct helios_boot_intc *intc = boot_record(boot, &boot->intcs, i);
        // Local APICs and I/O APICs are one page each and come without a length.
        uint64_t length = intc->length != 0 ? intc->length : KERNEL_PAGE_SIZE;
        consider(&hole, intc->base, intc->base != 0 ? length : 0);
        consider(&hole, intc->base2, intc->length2);
    }
    for (uint32_t i = 0; i < boot->iommus.count; i++) {
        const struct helios_boot_iommu *iommu = boot_record(boot, &boot->iommus, i);
        consider(&hole, iommu->base, iommu->length);
    }
    for (uint32_t i = 0; i < list->count; i++) {
        consider(&hole, list->devices[i].base, list->devices[i].length);
    }
    return hole;
}

// Adds what is left of the device's range, piece by piece.
static void add(struct list *list, struct helios_bootinfo_device device) {
    if (device.length == 0 || device.length > UINT64_MAX - device.base - KERNEL_PAGE_SIZE) {
        return;
    }
    uint64_t offset = device.bus_base - device.base;
    uint64_t start = align_down(device.base, KERNEL_PAGE_SIZE);
    uint64_t end = align_up(device.base + device.length, KERNEL_PAGE_SIZE);
    while (start < end && list->count < HELIOS_BOOTINFO_DEVICES) {
        struct hole hole = find_hole(list, start, end, device.kind == HELIOS_BOOTINFO_TABLES);
        if (hole.low > start) {
            device.base = start;
            device.length = hole.low - start;
            device.bus_base = start + offset;
            list->devices[list->count++] = device;
        }
        start = hole.high;
    }
}

static void add_pci(struct list *list) {
    const struct helios_boot *boot = list->boot;
    for (uint32_t i = 0; i < boot->pcis.count; i++) {
        const struct helios_boot_pci *pci = boot_record(boot, &boot->pcis, i);
        add(list, (struct helios_bootinfo_device){
                      .base = pci->ecam_base,
                      .length = (pci->last_bus - pci->first_bus + 1ull) << 20,
                      .kind = HELIOS_BOOTINFO_PCI_CONFIG,
                      .segment = pci->segment,
                      .first_bus = pci->first_bus,
                      .last_bus = pci->last_bus,
                  });
    }
}

static void add_windows(struct list *list, bool pci) {
    static const uint32_t kinds[] = {
        [HELIOS_WINDOW_PCI_MEM32] = HELIOS_BOOTINFO_PCI_MEMORY,
        [HELIOS_WINDOW_PCI_MEM64] = HELIOS_BOOTINFO_PCI_MEMORY,
        [HELIOS_WINDOW_PCI_IO] = HELIOS_BOOTINFO_PCI_IO,
        [HELIOS_WINDOW_DEVICE] = HELIOS_BOOTINFO_DEVICE,
    };
    const struct helios_boot *boot = list->boot;
    for (uint32_t i = 0; i < boot->windows.count; i++) {
        const struct helios_boot_window *window = boot_record(boot, &boot->windows, i);
        if (window->kind == 0 || window->kind > HELIOS_WINDOW_DEVICE ||
            (window->kind != HELIOS_WINDOW_DEVICE) != pci) {
            continue;
        }
        add(list, (struct helios_bootinfo_device){
                      .base = window->base,
                      .length = window->length,
                      .bus_base = window->pci_base,
                      .kind = kinds[window->kind],
                      .segment = window->segment,
                  });
    }
}

static void add_range(struct list *list, uint64_t base, uint64_t length, uint32_t kind) {
    add(list, (struct helios_bootinfo_device){
                  .base = base, .length = length, .bus_base = base, .kind = kind});
}

uint32_t device_ranges(const struct helios_boot *boot, struct helios_bootinfo_device *devices) {
    struct list list = {.boot = boot, .devices = devices};
    const struct helios_boot_console *console = &boot->console;
    if (console->kind == HELIOS_CONSOLE_16550_MMIO || console->kind == HELIOS_CONSOLE_PL011) {
        add_range(&list, console->base, console->length, HELIOS_BOOTINFO_CONSOLE);
    }
    add_range(&list, boot->framebuffer.base, boot->framebuffer.length, HELIOS_BOOTINFO_FRAMEBUFFER);
    add_pci(&list);
    add_windows(&list, true);
    add_windows(&list, false);
    for (uint32_t i = 0; i < boot->memory.count; i++) {
        const struct helios_boot_memory *range = boot_memory(boot, i);
        if (range->kind == HELIOS_MEM_ACPI) {
            add_range(&list, range->base, range->length, HELIOS_BOOTINFO_TABLES);
        } else if (range->kind == HELIOS_MEM_MMIO) {
            add_range(&list, range->base, range->length, HELIOS_BOOTINFO_DEVICE);
        }
    }
    add_range(&list, boot->device_tree.base, boot->device_tree.length, HELIOS_BOOTINFO_TABLES);
    return list.count;
}
