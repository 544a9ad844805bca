// SPDX-License-Identifier: GPL-3.0-only
//
// What the root task is told, and given, of the machine.
#include <stddef.h>

#include "arch/include/mmu.h"
#include "kernel/asid.h"
#include "kernel/boot_block.h"
#include "kernel/check.h"
#include "kernel/console.h"
#include "kernel/cspace.h"
#include "kernel/device_memory.h"
#include "kernel/device_ranges.h"
#include "kernel/init_load.h"
#include "kernel/io_port.h"
#include "kernel/irq.h"
#include "kernel/memory.h"
#include "kernel/power.h"
#include "kernel/smp.h"

static void describe_machine(const struct helios_boot *boot, struct helios_bootinfo *info) {
    info->magic = HELIOS_BOOTINFO_MAGIC;
    info->version = HELIOS_BOOTINFO_VERSION;
    info->size = sizeof(*info);
    info->arch = ARCH_ID;
    info->flags = (KERNEL_CHECKED ? HELIOS_BOOTINFO_CHECKED : 0u) |
                  (boot->flags & HELIOS_BOOT_SECURE ? HELIOS_BOOTINFO_SECURE : 0u) |
                  (boot->flags & HELIOS_BOOT_SEED_WEAK ? HELIOS_BOOTINFO_SEED_WEAK : 0u);
    info->page_size = KERNEL_PAGE_SIZE;
    info->paging_levels = arch_mmu_levels();
    info->memory_bytes = boot_memory_total(boot);
    info->timer_hz = boot->timer.frequency_hz;
    info->ipc_buffer = INIT_BUFFER;
    info->user_top = ARCH_USER_TOP - KERNEL_PAGE_SIZE;
    info->acpi_rsdp = boot->acpi_rsdp;
    info->smbios = boot->smbios;
    info->efi_system_table = boot->efi_system_table;
    info->device_tree =
        (struct helios_bootinfo_range){boot->device_tree.base, boot->device_tree.length};
    memory_copy(info->seed, boot->seed, sizeof(info->seed));
    info->cpu_count = boot->cpus.count;
    info->cpus_online = (uint32_t)__builtin_popcountll(smp_online());
    for (uint32_t i = 0; i < boot->cpus.count && i < HELIOS_BOOTINFO_CPUS; i++) {
        info->cpus[i].hardware_id = boot_cpu(boot, i)->hardware_id;
    }
    for (uint32_t i = 0; i < boot->irq_overrides.count && i < HELIOS_BOOTINFO_IRQS; i++) {
        const struct helios_boot_irq_override *from = boot_record(boot, &boot->irq_overrides, i);
        info->irqs[info->irq_count++] = (struct helios_bootinfo_irq){
            .source = from->source, .line = from->gsi, .trigger = from->flags};
    }
}

static_assert((unsigned)HELIOS_IRQ_TRIGGER_LEVEL == (unsigned)HELIOS_IRQ_LEVEL &&
                  (unsigned)HELIOS_IRQ_ACTIVE_LOW == (unsigned)HELIOS_IRQ_LOW,
              "the loader's flags are passed on");

static_assert((int)HELIOS_CONSOLE_NONE == HELIOS_BOOTINFO_CONSOLE_NONE &&
                  (int)HELIOS_CONSOLE_16550_PORT == HELIOS_BOOTINFO_CONSOLE_16550_PORT &&
                  (int)HELIOS_CONSOLE_16550_MMIO == HELIOS_BOOTINFO_CONSOLE_16550_MMIO &&
                  (int)HELIOS_CONSOLE_PL011 == HELIOS_BOOTINFO_CONSOLE_PL011 &&
                  (int)HELIOS_CONSOLE_SBI == HELIOS_BOOTINFO_CONSOLE_FIRMWARE,
              "a console's kind is passed on");

static void describe_console(const struct helios_boot_console *console,
                             struct helios_bootinfo_console *info) {
    *info = (struct helios_bootinfo_console){
        .base = console->base,
        .length = console->kind == HELIOS_CONSOLE_16550_PORT ? CONSOLE_PORTS : console->length,
        .address = INIT_CONSOLE,
        .kind = console->kind <= HELIOS_CONSOLE_SBI ? console->kind : HELIOS_CONSOLE_NONE,
        .reg_shift = console->reg_shift,
        .io_width = console->io_width == 4 ? 4 : 1,
        .clock_hz = console->clock_hz,
        .irq = console->irq,
        .irq_valid = console->irq_valid,
    };
}

static void describe_framebuffer(const struct helios_boot_framebuffer *from,
                                 struct helios_bootinfo_framebuffer *info) {
    *info = (struct helios_bootinfo_framebuffer){
        .base = from->base,
        .length = from->length,
        .width = from->width,
        .height = from->height,
        .pitch = from->pitch,
        .bits_per_pixel = from->bits_per_pixel,
        .red_mask = from->format == HELIOS_FB_XBGR8888 ? 0xff : 0xff0000,
        .green_mask = 0xff00,
        .blue_mask = from->format == HELIOS_FB_XBGR8888 ? 0xff0000 : 0xff,
    };
    if (from->format == HELIOS_FB_OTHER) {
        info->red_mask = from->red_mask;
        info->green_mask = from->green_mask;
        info->blue_mask = from->blue_mask;
    }
}

static void copy_command_line(const struct helios_boot *boot, char *to) {
    const char *from = boot_command_line(boot);
    for (size_t i = 0; i + 1 < HELIOS_BOOTINFO_COMMAND_LINE && from[i] != '\0'; i++) {
        to[i] = from[i];
    }
}

static_assert(sizeof(((struct helios_bootinfo_module *)0)->name) ==
                  sizeof(((struct helios_boot_module *)0)->name),
              "names are copied whole");

// Maps the modules behind init one after the other, with an unmapped page between them.
static void give_modules(struct init *init, struct memory *const *memories) {
    uintptr_t next = INIT_MODULES;
    struct helios_bootinfo *info = init->info;
    for (uint32_t i = 1; i < init->boot->modules.count && i <= HELIOS_BOOTINFO_MODULES; i++) {
        const struct helios_boot_module *module = boot_module(init->boot, i);
        struct helios_bootinfo_module *given = &info->modules[info->module_count++];
        memory_copy(given->name, module->name, sizeof(given->name));
        given->length = module->length;
        given->first_slot = init->next_slot;
        given->page_count = memories[i] == NULL ? 0 : memories[i]->frame_count;
        bool fits = (memories[i] != NULL || module->length == 0) &&
                    given->page_count * KERNEL_PAGE_SIZE < INIT_REGION - next;
        given->address = fits ? next : 0;
        for (uint64_t page = 0; page < given->page_count; page++) {
            struct slot *slot = init_give_page(init, &memories[i]->frames[page].object);
            if (fits) {
                init_map(init, next + page * KERNEL_PAGE_SIZE, slot, 0);
            }
        }
        next += fits ? (given->page_count + 1) * KERNEL_PAGE_SIZE : 0;
    }
}

static void give_memory(struct init *init, struct memory *const *modules) {
    for (uint32_t i = 0; i < init->memory_count; i++) {
        struct memory *memory = init->memories[i];
        init->info->memories[i] = (struct helios_bootinfo_memory){
            .slot = cspace_address(init_give(init, HELIOS_CADDR_UNDEF, &memory->object)),
            .base = memory->base,
            .length = memory->frame_count * KERNEL_PAGE_SIZE,
        };
    }
    init->info->memory_count = init->memory_count;
    // A module's Memory has nothing to give yet; it gets its pages back when they are destroyed.
    for (uint32_t i = 0; i < HELIOS_BOOTINFO_MODULES + 1; i++) {
        if (modules[i] != NULL) {
            init_give(init, HELIOS_CADDR_UNDEF, &modules[i]->object);
        }
    }
}

static void give_devices(struct init *init) {
    static struct device_memory objects[HELIOS_BOOTINFO_DEVICES];
    struct helios_bootinfo *info = init->info;
    info->device_count = device_ranges(init->boot, info->devices);
    for (uint32_t i = 0; i < info->device_count; i++) {
        struct helios_bootinfo_device *device = &info->devices[i];
        memory_zero(&objects[i], sizeof(objects[i]));
        device_memory_init(&objects[i], device->base, device->length);
        device->slot = cspace_address(init_give(init, HELIOS_CADDR_UNDEF, &objects[i].object));
    }
}

static void give_controls(struct init *init) {
    init_give(init, HELIOS_INIT_POWER, power_object());
    init_give(init, HELIOS_INIT_IRQ_CONTROL, irq_control());
    init_give(init, HELIOS_INIT_ASID_CONTROL, asid_init());
    init_give(init, HELIOS_INIT_IO_CONTROL, io_control_init());
    struct object *ring = console_ring_page();
    if (ring != NULL) {
        init_give(init, HELIOS_INIT_CONSOLE, ring);
    }
}

void init_describe(struct init *init, struct memory *const *module_memories) {
    struct helios_bootinfo *info = init->info;
    describe_machine(init->boot, info);
    describe_console(&init->boot->console, &info->console);
    describe_framebuffer(&init->boot->framebuffer, &info->framebuffer);
    copy_command_line(init->boot, info->command_line);
    give_controls(init);
    give_modules(init, module_memories);
    give_memory(init, module_memories);
    info->table_count = info->memories[0].slot - info->table_slot;
    give_devices(init);
    info->cspace_slots = init->cspace->slot_count;
    info->first_free = init->first_free;
    for (uint32_t i = 0; i < init->memory_count; i++) {
        info->free_bytes += memory_free_bytes(init->memories[i]);
    }
}
