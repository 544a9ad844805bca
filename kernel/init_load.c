// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/init_load.h"

#include <stddef.h>

#include "arch/include/mmu.h"
#include "arch/include/port.h"
#include "arch/include/task.h"
#include "boot/elf/elf.h"
#include "kernel/boot_block.h"
#include "kernel/check.h"
#include "kernel/console.h"
#include "kernel/cspace.h"
#include "kernel/memory.h"
#include "kernel/object_types.h"
#include "kernel/panic.h"
#include "kernel/physmem.h"
#include "kernel/vspace.h"

enum {
    CSPACE_LEAST_BITS = 10,
    // A longer module has no pages of its own: all slots of the largest CSpace would not do.
    MODULE_PAGES = (1 << CSPACE_MAX_BITS) / (2 * (HELIOS_BOOTINFO_MODULES + 1)),
};

enum {
    BOOTINFO_PAGES = (sizeof(struct helios_bootinfo) + KERNEL_PAGE_SIZE - 1) / KERNEL_PAGE_SIZE
};
static_assert(INIT_REGION + BOOTINFO_PAGES * KERNEL_PAGE_SIZE <= INIT_BUFFER, "user addresses");

// Too large for the stack, and written before it is copied into pages.
static struct helios_bootinfo bootinfo;

static struct object *make(struct init *init, enum helios_type type, uint64_t size) {
    struct object *object = memory_make(init->memories[0], type, size);
    if (object == NULL) {
        panic("init: out of memory");
    }
    return object;
}

struct slot *init_give(struct init *init, uint64_t address, struct object *object) {
    enum helios_error error = HELIOS_ERROR_NO_SLOT;
    struct slot *slot = address < HELIOS_INIT_FIRST
                            ? cspace_slot(init->cspace, address)
                            : cspace_take_slot(init->cspace, address, &error);
    if (slot == NULL) {
        panic("init: no slot for a capability (%d)", (int)error);
    }
    cap_make(slot, object, HELIOS_RIGHT_ALL, 0);
    if (cspace_address(slot) >= init->first_free) {
        init->first_free = cspace_address(slot) + 1;
    }
    return slot;
}

void init_map(struct init *init, uintptr_t address, struct slot *slot, unsigned flags) {
    if (!vspace_map_at_boot(init->vspace, address, slot, flags, init->memories[0], init->cspace)) {
        panic("init: no memory or slot to map the page at 0x%lx", (unsigned long)address);
    }
}

struct slot *init_give_page(struct init *init, struct object *page) {
    struct slot *slot = cspace_slot(init->cspace, init->next_slot++);
    cap_make(slot, page, HELIOS_RIGHT_ALL, 0);
    return slot;
}

// A page of init's own, mapped at `address`. Its slot is the next one. What it contains is not
// zero: whoever asks for it writes all of it.
static void *give_page(struct init *init, uintptr_t address, unsigned flags) {
    struct frame *frame = memory_take_block(init->memories[0], 0);
    if (frame == NULL) {
        panic("init: out of memory");
    }
    init_map(init, address, init_give_page(init, memory_page_init(frame)), flags);
    return arch_direct(frame_physical(frame));
}

// Fills the page of a segment at `address` with the part of the file that belongs there, and zeroes
// around it.
static void fill_page(const struct elf_segment *segment, uintptr_t address, void *page) {
    uint64_t start = address > segment->vaddr ? address : segment->vaddr;
    uint64_t page_end = address + KERNEL_PAGE_SIZE;
    uint64_t file_end = segment->vaddr + segment->filesz;
    uint64_t end = page_end < file_end ? page_end : file_end;
    uint64_t length = start < end ? end - start : 0;
    if (length < KERNEL_PAGE_SIZE) {
        memory_zero_page(page);
    }
    if (length > 0) {
        memory_copy((uint8_t *)page + (start - address), segment->data + (start - segment->vaddr),
                    length);
    }
}

static void load_segment(struct init *init, const struct elf_segment *segment) {
    unsigned flags = (segment->flags & ELF_WRITE ? HELIOS_MAP_WRITE : 0) |
                     (segment->flags & ELF_EXECUTE ? HELIOS_MAP_EXECUTE : 0);
    uintptr_t first = align_down(segment->vaddr, KERNEL_PAGE_SIZE);
    uintptr_t end = align_up(segment->vaddr + segment->memsz, KERNEL_PAGE_SIZE);
    for (uintptr_t address = first; address < end; address += KERNEL_PAGE_SIZE) {
        void *page = give_page(init, address, flags);
        fill_page(segment, address, page);
        if (segment->flags & ELF_EXECUTE) {
            arch_instruction_sync(page, KERNEL_PAGE_SIZE);
        }
    }
}

static void open_program(const struct helios_boot_module *module, struct elf_image *image) {
    struct elf_error error;
    if (!elf_open(arch_direct(module->base), module->length, ARCH_ELF_MACHINE, image, &error)) {
        panic("init: %s (0x%lx)", elf_problem_text(error.problem), (unsigned long)error.value);
    }
    if (image->low < INIT_LOW_LIMIT || image->high >= INIT_MODULES) {
        panic("init: lies at 0x%lx to 0x%lx, wanted inside 0x%lx to 0x%lx",
              (unsigned long)image->low, (unsigned long)image->high, (unsigned long)INIT_LOW_LIMIT,
              (unsigned long)INIT_MODULES);
    }
}

static uint64_t segment_pages(const struct elf_segment *segment) {
    return (align_up(segment->vaddr + segment->memsz, KERNEL_PAGE_SIZE) -
            align_down(segment->vaddr, KERNEL_PAGE_SIZE)) /
           KERNEL_PAGE_SIZE;
}

static uint64_t module_pages(const struct helios_boot *boot, uint32_t index) {
    return align_up(boot_module(boot, index)->length, KERNEL_PAGE_SIZE) / KERNEL_PAGE_SIZE;
}

// How many pages are going to have slots of their own.
static uint64_t count_pages(struct memory *const *modules, const struct elf_image *image) {
    uint64_t pages = INIT_STACK_SIZE / KERNEL_PAGE_SIZE + BOOTINFO_PAGES;
    for (uint32_t i = 0; i < image->segment_count; i++) {
        pages += segment_pages(&image->segments[i]);
    }
    for (uint32_t i = 1; i <= HELIOS_BOOTINFO_MODULES; i++) {
        pages += modules[i] != NULL ? modules[i]->frame_count : 0;
    }
    return pages;
}

// At least half of the slots are left untouched.
static unsigned cspace_bits(uint64_t pages) {
    uint64_t used = HELIOS_INIT_FIRST + pages + HELIOS_BOOTINFO_MEMORIES + HELIOS_BOOTINFO_DEVICES +
                    HELIOS_BOOTINFO_MODULES;
    unsigned bits = CSPACE_LEAST_BITS;
    while (bits < CSPACE_MAX_BITS && 1ull << bits < 2 * used) {
        bits++;
    }
    return bits;
}

// Slots with a fixed use and those of the pages, which are a run, are taken first; what has no slot
// of its own (page tables, Memory, devices) comes behind them.
static void reserve_slots(struct init *init, uint64_t first, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        enum helios_error error;
        if (cspace_take_slot(init->cspace, first + i, &error) == NULL) {
            panic("init: no slot %lu", (unsigned long)(first + i));
        }
    }
}

static struct slot *give_part(struct init *init, enum helios_init_slot address,
                              enum helios_task_part part, struct object *object) {
    struct slot *slot = init_give(init, address, object);
    task_set_part(init->task, part, slot, slot->version);
    return slot;
}

// The task, the spaces that it runs in, its buffer and its stack.
static void make_task(struct init *init, uint64_t pages) {
    struct object *cspace = make(init, HELIOS_TYPE_CSPACE, cspace_bits(pages));
    init->cspace = cspace_of(cspace);
    reserve_slots(init, 0, HELIOS_INIT_FIRST + pages);
    struct object *vspace = make(init, HELIOS_TYPE_VSPACE, 0);
    init->vspace = vspace_of(vspace);
    struct object *task = make(init, HELIOS_TYPE_TASK, 0);
    init->task = task_of(task);
    struct object *buffer = make(init, HELIOS_TYPE_PAGE, 0);

    give_part(init, HELIOS_INIT_CSPACE, HELIOS_TASK_CSPACE, cspace);
    give_part(init, HELIOS_INIT_VSPACE, HELIOS_TASK_VSPACE, vspace);
    init_give(init, HELIOS_INIT_TASK, task);
    bootinfo.table_slot = HELIOS_INIT_FIRST + pages;
    init->first_free = bootinfo.table_slot;
    init_map(init, INIT_BUFFER, give_part(init, HELIOS_INIT_BUFFER, HELIOS_TASK_BUFFER, buffer),
             HELIOS_MAP_WRITE);

    init->task->state = HELIOS_TASK_READY;
    init->task->suspended = 0;
    init->task->priority = INIT_PRIORITY;
    init->task->base_priority = INIT_PRIORITY;
    init->task->ceiling = HELIOS_PRIORITIES - 1;
    init->task->affinity = ~0ull;
    memory_copy(init->task->name, "init", sizeof("init"));
}

static void load_program(struct init *init, const struct elf_image *image) {
    bootinfo.image_slot = init->next_slot;
    for (uint32_t i = 0; i < image->segment_count; i++) {
        load_segment(init, &image->segments[i]);
    }
    for (uintptr_t at = INIT_STACK_TOP - INIT_STACK_SIZE; at < INIT_STACK_TOP;
         at += KERNEL_PAGE_SIZE) {
        memory_zero_page(give_page(init, at, HELIOS_MAP_WRITE));
    }
    bootinfo.image_pages = init->next_slot - bootinfo.image_slot;
}

static void write_bootinfo(struct init *init, void *const *pages, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        uint64_t offset = i * KERNEL_PAGE_SIZE;
        uint64_t rest = sizeof(bootinfo) - offset;
        uint64_t length = rest < KERNEL_PAGE_SIZE ? rest : KERNEL_PAGE_SIZE;
        memory_copy(pages[i], (const uint8_t *)init->info + offset, length);
        memory_zero((uint8_t *)pages[i] + length, KERNEL_PAGE_SIZE - length);
    }
}

// Of those with a fixed use: what this machine has nothing for.
static void release_unused_slots(struct init *init) {
    for (uint64_t i = 0; i < HELIOS_INIT_FIRST; i++) {
        struct slot *slot = cspace_slot(init->cspace, i);
        if (slot->type == HELIOS_TYPE_NULL) {
            cspace_release_slot(slot);
        }
    }
}

struct task *init_load(const struct helios_boot *boot, uint64_t entered) {
    struct init init = {.boot = boot, .next_slot = HELIOS_INIT_FIRST, .info = &bootinfo};
    struct memory *modules[HELIOS_BOOTINFO_MODULES + 1] = {NULL};
    memory_zero(&bootinfo, sizeof(bootinfo));
    struct elf_image image;
    open_program(boot_module(boot, 0), &image);
    for (uint32_t i = 1; i < boot->modules.count && i <= HELIOS_BOOTINFO_MODULES; i++) {
        if (module_pages(boot, i) != 0 && module_pages(boot, i) <= MODULE_PAGES) {
            modules[i] = init_module_memory(boot_module(boot, i)->base, module_pages(boot, i));
        }
    }
    init_take_memory(&init);
    uint64_t pages = count_pages(modules, &image);
    make_task(&init, pages);
    load_program(&init, &image);
    void *info[BOOTINFO_PAGES];
    for (unsigned i = 0; i < BOOTINFO_PAGES; i++) {
        info[i] = give_page(&init, INIT_REGION + i * KERNEL_PAGE_SIZE, 0);
    }
    init_describe(&init, modules);
    release_unused_slots(&init);
    arch_task_init(&init.task->arch, image.entry, INIT_STACK_TOP, INIT_REGION);
    bootinfo.start_ticks = arch_counter() - entered;
    write_bootinfo(&init, info, BOOTINFO_PAGES);
    return init.task;
}
