// SPDX-License-Identifier: GPL-3.0-only
//
// Placing everything that the kernel will find in memory. Allocations go from the top of what the
// loader reaches, away from modules and loader, which lie low.
#include "boot/multiboot/loader.h"

#include <string.h>

#define RANGE_SLACK 16u // ranges by which the map may still grow
#define START_LOW   0x1000ull
#define START_HIGH  0x9f000ull
#define PAGE_MASK   (PAGING_PAGE_SIZE - 1)

static enum boot_error allocate(struct loader *loader, uint64_t length, enum helios_mem_kind kind,
                                uint64_t *base) {
    return memmap_alloc(&loader->info.memory, length, PAGING_PAGE_SIZE, START_HIGH, LOADER_REACH,
                        kind, base, &loader->failure);
}

static enum boot_error load_kernel(struct loader *loader) {
    const struct elf_image *image = &loader->payload.kernel_image;
    const uint64_t length = image->high - image->low + 1;
    uint64_t base = 0;
    enum boot_error error = allocate(loader, length, HELIOS_MEM_KERNEL, &base);
    if (error != BOOT_OK) {
        return error;
    }
    memset((void *)base, 0, length);
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        memcpy((void *)(base + (segment->vaddr - image->low)), segment->data, segment->filesz);
    }
    loader->info.boot.kernel_phys = base;
    loader->info.boot.kernel_length = length;
    return BOOT_OK;
}

// Modules stay where the boot loader put them: on pages of their own, as the header asks. One that
// is not is copied.
static enum boot_error place_module(struct loader *loader, const char *name,
                                    const struct multiboot_module *module) {
    if (module == NULL || module->length == 0) {
        return BOOT_OK;
    }
    const uint64_t length = (module->length + PAGE_MASK) & ~PAGE_MASK;
    uint64_t base = module->base;
    enum boot_error error = BOOT_OK;
    if ((base & PAGE_MASK) != 0) {
        error = allocate(loader, length, HELIOS_MEM_MODULE, &base);
    } else {
        error = memmap_set(&loader->info.memory, base, length, HELIOS_MEM_MODULE, &loader->failure);
    }
    if (error != BOOT_OK) {
        return error;
    }
    if (base != module->base) {
        memcpy((void *)base, (const void *)module->base, module->length);
    }
    memset((uint8_t *)base + module->length, 0, length - module->length);
    boot_info_add_module(&loader->info, name, base, module->length);
    return BOOT_OK;
}

static enum boot_error place_start_page(struct loader *loader) {
    return memmap_alloc(&loader->info.memory, PAGING_PAGE_SIZE, PAGING_PAGE_SIZE, START_LOW,
                        START_HIGH, HELIOS_MEM_BOOT_INFO, &loader->info.boot.start_page,
                        &loader->failure);
}

static void *allocate_table(void *context) {
    struct loader *loader = context;
    uint64_t base = 0;
    if (allocate(loader, PAGING_PAGE_SIZE, HELIOS_MEM_PAGE_TABLE, &base) != BOOT_OK) {
        return NULL;
    }
    return memset((void *)base, 0, PAGING_PAGE_SIZE);
}

// Taking a table out of free memory changes the map that is being walked, so the direct map is
// built from a copy; a table has the same place in it either way.
static enum paging_result map_direct(struct loader *loader) {
    static struct memmap copy;
    copy = loader->info.memory;
    return paging_map_direct(&loader->paging, copy.ranges, copy.count,
                             loader->info.boot.direct_map_base);
}

static enum boot_error build_tables(struct loader *loader) {
    struct paging *paging = &loader->paging;
    const uint64_t enter = (uint64_t)&loader_enter;
    paging->allocate = allocate_table;
    paging->context = loader;
    enum paging_result result = paging_begin(paging);
    if (result == PAGING_OK) {
        result = map_direct(loader);
    }
    if (result == PAGING_OK) {
        result =
            paging_map_image(paging, &loader->payload.kernel_image, loader->info.boot.kernel_phys);
    }
    if (result == PAGING_OK) {
        result = paging_map(paging, enter, enter, PAGING_PAGE_SIZE, PAGING_EXECUTE, 1);
    }
    if (result != PAGING_OK) {
        return boot_fail(&loader->failure,
                         result == PAGING_NO_MEMORY ? BOOT_MEMORY_TOO_SMALL : BOOT_MEMORY_RANGE,
                         "page tables", NULL, memmap_sum(&loader->info.memory, HELIOS_MEM_FREE),
                         PAGING_PAGE_SIZE, 0);
    }
    loader->info.boot.page_table_root = (uint64_t)paging->root;
    return BOOT_OK;
}

// What only the loader needed: itself, and the kernel's file. Done last: nothing is allocated from
// it.
static enum boot_error free_loader(struct loader *loader) {
    const struct multiboot_module *kernel = loader->payload.kernel;
    struct memmap *map = &loader->info.memory;
    enum boot_error error =
        memmap_set(map, (uint64_t)loader_start, (uint64_t)(loader_end - loader_start),
                   HELIOS_MEM_FREE, &loader->failure);
    if (error == BOOT_OK) {
        error = memmap_set(
            map, kernel->base & ~PAGE_MASK,
            (kernel->base + kernel->length + PAGE_MASK - (kernel->base & ~PAGE_MASK)) & ~PAGE_MASK,
            HELIOS_MEM_FREE, &loader->failure);
    }
    return error;
}

// The block is the last thing in the map that changes its length; tables merge with one another.
static enum boot_error finish(struct loader *loader, struct place_block *block) {
    block->size = boot_info_size(&loader->info, RANGE_SLACK);
    enum boot_error error = allocate(loader, block->size, HELIOS_MEM_BOOT_INFO, &block->base);
    if (error == BOOT_OK) {
        error = build_tables(loader);
    }
    if (error == BOOT_OK) {
        error = free_loader(loader);
    }
    return error != BOOT_OK ? error : boot_info_check(&loader->info, &loader->failure);
}

enum boot_error place_kernel(struct loader *loader, struct place_block *block) {
    enum boot_error error = load_kernel(loader);
    if (error == BOOT_OK) {
        error = place_module(loader, "init", loader->payload.init);
    }
    if (error == BOOT_OK) {
        error = place_module(loader, "bootfs", loader->payload.bootfs);
    }
    if (error == BOOT_OK) {
        error = place_start_page(loader);
    }
    if (error == BOOT_OK) {
        error =
            memmap_limit(&loader->info.memory, loader->info.boot.direct_map_size, &loader->failure);
    }
    return error != BOOT_OK ? error : finish(loader, block);
}
