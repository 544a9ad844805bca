// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/init_load.h"

#include <assert.h>
#include <stddef.h>

#include "arch/include/device.h"
#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "arch/include/task.h"
#include "boot/elf/elf.h"
#include "kernel/boot_block.h"
#include "kernel/check.h"
#include "kernel/memory.h"
#include "kernel/mmu.h"
#include "kernel/panic.h"
#include "kernel/physmem.h"
#include "uapi/bootinfo.h"

// I/O ports of a 16550.
enum { UART_PORTS = 8 };

// The root task is the only one, so its objects need no allocator yet.
static struct task init_task;
static struct cspace init_cspace;

static uint64_t take_page(void) {
    uint64_t physical = physmem_alloc_page();
    if (physical == 0) {
        panic("init: out of memory");
    }
    return physical;
}

static void map_page(arch_pte *root, uintptr_t address, uint64_t physical, unsigned flags) {
    struct mmu_result mapped = mmu_map_filling(root, address, physical, 0, flags | MMU_USER);
    if (mapped.error == MMU_NO_MEMORY) {
        panic("init: out of memory");
    }
    if (mapped.error != MMU_OK) {
        panic("init: can't map a page at 0x%lx (error %d)", (unsigned long)address, mapped.error);
    }
}

// Fills the page of a segment at `address` with the part of the file that belongs there.
static void fill_page(const struct elf_segment *segment, uintptr_t address, void *page) {
    uint64_t start = address > segment->vaddr ? address : segment->vaddr;
    uint64_t page_end = address + KERNEL_PAGE_SIZE;
    uint64_t file_end = segment->vaddr + segment->filesz;
    uint64_t end = page_end < file_end ? page_end : file_end;
    if (start < end) {
        memory_copy((uint8_t *)page + (start - address), segment->data + (start - segment->vaddr),
                    end - start);
    }
}

static void load_segment(arch_pte *root, const struct elf_segment *segment) {
    unsigned flags = (segment->flags & ELF_WRITE ? MMU_WRITE : 0) |
                     (segment->flags & ELF_EXECUTE ? MMU_EXECUTE : 0);
    uintptr_t first = align_down(segment->vaddr, KERNEL_PAGE_SIZE);
    uintptr_t end = align_up(segment->vaddr + segment->memsz, KERNEL_PAGE_SIZE);
    for (uintptr_t address = first; address < end; address += KERNEL_PAGE_SIZE) {
        uint64_t physical = take_page();
        void *page = arch_direct(physical);
        fill_page(segment, address, page);
        if (segment->flags & ELF_EXECUTE) {
            arch_instruction_sync(page, KERNEL_PAGE_SIZE);
        }
        map_page(root, address, physical, flags);
    }
}

// Returns the entry point.
static uintptr_t load_program(arch_pte *root, const struct helios_boot_module *module) {
    struct elf_image image;
    struct elf_error error;
    if (!elf_open(arch_direct(module->base), module->length, ARCH_ELF_MACHINE, &image, &error)) {
        panic("init: %s (0x%lx)", elf_problem_text(error.problem), (unsigned long)error.value);
    }
    if (image.low < INIT_LOW_LIMIT || image.high >= INIT_MODULES) {
        panic("init: lies at 0x%lx to 0x%lx, wanted inside 0x%lx to 0x%lx",
              (unsigned long)image.low, (unsigned long)image.high, (unsigned long)INIT_LOW_LIMIT,
              (unsigned long)INIT_MODULES);
    }
    for (uint32_t i = 0; i < image.segment_count; i++) {
        load_segment(root, &image.segments[i]);
    }
    return image.entry;
}

static_assert(sizeof(((struct helios_bootinfo_module *)0)->name) ==
                  sizeof(((struct helios_boot_module *)0)->name),
              "names are copied whole");

static uint64_t give(const struct capability *capability) {
    uint64_t address = cspace_insert(&init_cspace, capability);
    CHECK(address != 0);
    return address;
}

// Describes the console's device and gives init access to it.
static void give_console(arch_pte *root, const struct helios_boot_console *console,
                         struct helios_bootinfo_console *info) {
    info->reg_shift = console->reg_shift;
    info->io_width = console->io_width == 4 ? 4 : 1;
    switch (console->kind) {
    case HELIOS_CONSOLE_16550_PORT:
        info->kind = HELIOS_BOOTINFO_CONSOLE_16550_PORT;
        info->base = console->base;
        info->capability = give(&(struct capability){
            .type = HELIOS_TYPE_IO_PORT, .io_port = {(uint32_t)console->base, UART_PORTS}});
        break;
    case HELIOS_CONSOLE_16550_MMIO:
    case HELIOS_CONSOLE_PL011:
        info->kind = console->kind == HELIOS_CONSOLE_PL011 ? HELIOS_BOOTINFO_CONSOLE_PL011
                                                           : HELIOS_BOOTINFO_CONSOLE_16550_MMIO;
        info->base = INIT_CONSOLE + (console->base & (KERNEL_PAGE_SIZE - 1));
        map_page(root, INIT_CONSOLE, align_down(console->base, KERNEL_PAGE_SIZE),
                 MMU_WRITE | MMU_DEVICE);
        break;
    case HELIOS_CONSOLE_SBI:
        info->kind = HELIOS_BOOTINFO_CONSOLE_FIRMWARE;
        break;
    default:
        info->kind = HELIOS_BOOTINFO_CONSOLE_NONE;
        break;
    }
}

// Maps the modules behind init one after the other, with an unmapped page between them.
static void give_modules(const struct helios_boot *boot, arch_pte *root,
                         struct helios_bootinfo *info) {
    uintptr_t next = INIT_MODULES;
    for (uint32_t i = 1; i < boot->modules.count && i <= HELIOS_BOOTINFO_MODULES; i++) {
        const struct helios_boot_module *module = boot_module(boot, i);
        struct helios_bootinfo_module *given = &info->modules[info->module_count++];
        memory_copy(given->name, module->name, sizeof(given->name));
        given->length = module->length;
        uint64_t bytes = align_up(module->length, KERNEL_PAGE_SIZE);
        if (bytes >= INIT_REGION - KERNEL_PAGE_SIZE - next) {
            continue;
        }
        given->address = next;
        for (uint64_t offset = 0; offset < bytes; offset += KERNEL_PAGE_SIZE) {
            map_page(root, next + offset, module->base + offset, 0);
        }
        next += bytes + KERNEL_PAGE_SIZE;
    }
}

static void copy_command_line(const struct helios_boot *boot, char *to) {
    const char *from = boot_command_line(boot);
    for (size_t i = 0; i + 1 < HELIOS_BOOTINFO_COMMAND_LINE && from[i] != '\0'; i++) {
        to[i] = from[i];
    }
}

// The bootinfo lies in physically contiguous pages, so that it can be written as one structure.
static struct helios_bootinfo *map_bootinfo(arch_pte *root) {
    uint64_t length = align_up(sizeof(struct helios_bootinfo), KERNEL_PAGE_SIZE);
    uint64_t physical = physmem_alloc(length, KERNEL_PAGE_SIZE);
    if (physical == 0) {
        panic("init: out of memory");
    }
    memory_zero(arch_direct(physical), length);
    for (uint64_t offset = 0; offset < length; offset += KERNEL_PAGE_SIZE) {
        map_page(root, INIT_REGION + offset, physical + offset, 0);
    }
    return arch_direct(physical);
}

static void describe(const struct helios_boot *boot, arch_pte *root, struct helios_bootinfo *info) {
    info->magic = HELIOS_BOOTINFO_MAGIC;
    info->version = HELIOS_BOOTINFO_VERSION;
    info->size = sizeof(*info);
    info->arch = ARCH_ID;
    info->flags = (KERNEL_CHECKED ? HELIOS_BOOTINFO_CHECKED : 0u) |
                  (boot->flags & HELIOS_BOOT_SECURE ? HELIOS_BOOTINFO_SECURE : 0u);
    info->cpu_count = boot->cpus.count;
    info->page_size = KERNEL_PAGE_SIZE;
    info->memory_bytes = boot_memory_total(boot);
    info->timer_hz = boot->timer.frequency_hz;
    info->ipc_buffer = INIT_BUFFER;
    info->power = give(&(struct capability){.type = HELIOS_TYPE_POWER});
    info->cspace_slots = CSPACE_SLOTS;
    give_console(root, &boot->console, &info->console);
    give_modules(boot, root, info);
    copy_command_line(boot, info->command_line);
    info->free_bytes = physmem_free_bytes();
}

struct task *init_load(const struct helios_boot *boot, uint64_t entered) {
    uint64_t root_physical = take_page();
    arch_pte *root = arch_direct(root_physical);
    arch_root_init(root);
    uintptr_t entry = load_program(root, boot_module(boot, 0));
    for (uint64_t offset = 0; offset < INIT_STACK_SIZE; offset += KERNEL_PAGE_SIZE) {
        map_page(root, INIT_STACK_TOP - INIT_STACK_SIZE + offset, take_page(), MMU_WRITE);
    }
    uint64_t buffer = take_page();
    map_page(root, INIT_BUFFER, buffer, MMU_WRITE);

    init_cspace = (struct cspace){0};
    init_task = (struct task){
        .root = root_physical,
        .cspace = &init_cspace,
        .buffer = arch_direct(buffer),
        .name = "init",
    };
    struct helios_bootinfo *info = map_bootinfo(root);
    describe(boot, root, info);
    arch_task_init(&init_task.arch, entry, INIT_STACK_TOP, INIT_REGION);
    info->start_ticks = arch_counter() - entered;
    return &init_task;
}
