// SPDX-License-Identifier: GPL-3.0-only
//
// Placing: everything that the kernel will find in memory. All of it is allocated while firmware
// can still give memory; page tables and boot block are then (re)built in place from the final
// memory map, when it can't any more.
#include "boot/efi/loader.h"
#include "boot/info/devicetree.h"

#include <string.h>

enum {
    KERNEL_ALIGNMENT = 2 << 20,
    // Tables beyond those that the map of now needs: the map may change a little before firmware
    // is left, and the kernel's image and the jump want some.
    KERNEL_TABLE_SLACK = 48,
    // Ranges by which the map in the boot block may have grown then.
    KERNEL_RANGE_SLACK = 64,
};

static void *kernel_table(void *context) {
    struct loader_pool *pool = context;
    if (pool->used == pool->pages) {
        return NULL;
    }
    void *page = (void *)(pool->base + pool->used++ * PAGING_PAGE_SIZE);
    memset(page, 0, PAGING_PAGE_SIZE);
    return page;
}

static enum boot_error kernel_load(struct loader *loader) {
    const struct elf_image *image = &loader->kernel_image;
    uint64_t length = image->high - image->low + 1;
    uint64_t base = 0;
    enum boot_error error =
        memory_allocate(loader, length, KERNEL_ALIGNMENT, loader->info.boot.direct_map_size,
                        HELIOS_MEM_KERNEL, &base);
    if (error != BOOT_OK) {
        return error;
    }
    memset((void *)base, 0, length);
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        memcpy((void *)(base + (segment->vaddr - image->low)), segment->data, segment->filesz);
    }
    arch_publish(base, length);
    loader->info.boot.kernel_phys = base;
    loader->info.boot.kernel_length = length;
    return BOOT_OK;
}

// Copies data to pages of its own; the tail of the last is zero.
static enum boot_error kernel_copy(struct loader *loader, const void *data, uint64_t size,
                                   uint64_t *base) {
    uint64_t length = (size + PAGING_PAGE_SIZE - 1) & ~(PAGING_PAGE_SIZE - 1);
    enum boot_error error =
        memory_allocate(loader, length, PAGING_PAGE_SIZE, loader->info.boot.direct_map_size,
                        HELIOS_MEM_MODULE, base);
    if (error == BOOT_OK) {
        memcpy((void *)*base, data, size);
        memset((uint8_t *)*base + size, 0, length - size);
    }
    return error;
}

static enum boot_error kernel_add_module(struct loader *loader, const char *name,
                                         const struct loader_payload *payload) {
    uint64_t base = (uint64_t)payload->data;
    if (payload->data == NULL || payload->size == 0) {
        return BOOT_OK;
    }
    if (!payload->is_placed) {
        enum boot_error error = kernel_copy(loader, payload->data, payload->size, &base);
        if (error != BOOT_OK) {
            return error;
        }
    }
    boot_info_add_module(&loader->info, name, base, payload->size);
    return BOOT_OK;
}

static enum boot_error kernel_copy_device_tree(struct loader *loader) {
    struct helios_boot_range *copy = &loader->info.boot.device_tree;
    if (loader->device_tree == NULL) {
        return BOOT_OK;
    }
    enum boot_error error =
        kernel_copy(loader, loader->device_tree, loader->device_tree_size, &copy->base);
    if (error != BOOT_OK) {
        return error;
    }
    copy->length = loader->device_tree_size;
    // The seed is in the boot block now; drivers, who may read the tree, must not know it.
    size_t length = 0;
    const void *seed = devicetree_rng_seed((void *)copy->base, copy->length, &length);
    if (seed != NULL) {
        memset((void *)(uintptr_t)seed, 0, length);
    }
    return BOOT_OK;
}

// The last allocations: how much is needed depends on the memory map, and allocating changes it.
static enum boot_error kernel_reserve(struct loader *loader) {
    struct boot_info *info = &loader->info;
    loader->pool.pages =
        KERNEL_TABLE_SLACK +
        paging_count_direct(&loader->paging, info->memory.ranges, info->memory.count);
    uint64_t limit = info->boot.direct_map_size;
    enum boot_error error =
        memory_allocate(loader, loader->pool.pages * PAGING_PAGE_SIZE, PAGING_PAGE_SIZE,
                        limit < arch_table_limit ? limit : arch_table_limit, HELIOS_MEM_PAGE_TABLE,
                        &loader->pool.base);
    if (error != BOOT_OK) {
        return error;
    }
    loader->block_size = boot_info_size(info, KERNEL_RANGE_SLACK);
    return memory_allocate(loader, loader->block_size, PAGING_PAGE_SIZE, info->boot.direct_map_size,
                           HELIOS_MEM_BOOT_INFO, &loader->block);
}

enum boot_error kernel_place(struct loader *loader) {
    enum boot_error error = kernel_load(loader);
    error = error != BOOT_OK ? error : kernel_add_module(loader, "init", &loader->init);
    error = error != BOOT_OK ? error : kernel_add_module(loader, "bootfs", &loader->bootfs);
    error = error != BOOT_OK ? error : kernel_copy_device_tree(loader);
    error = error != BOOT_OK ? error : arch_place(loader);
    // Again: the places above have split ranges.
    error = error != BOOT_OK ? error : memory_read_map(loader);
    error = error != BOOT_OK ? error : memory_convert_map(loader);
    return error != BOOT_OK ? error : kernel_reserve(loader);
}

static enum paging_result kernel_build_tables(struct loader *loader) {
    struct helios_boot *boot = &loader->info.boot;
    loader->pool.used = 0;
    loader->paging.allocate = kernel_table;
    loader->paging.context = &loader->pool;
    loader->identity = loader->paging;
    enum paging_result result = paging_begin(&loader->paging);
    if (result == PAGING_OK) {
        result = paging_map_image(&loader->paging, &loader->kernel_image, boot->kernel_phys);
    }
    if (result == PAGING_OK) {
        result = paging_map_direct(&loader->paging, loader->info.memory.ranges,
                                   loader->info.memory.count, boot->direct_map_base);
    }
    return result != PAGING_OK ? result : arch_map(loader);
}

enum boot_error kernel_prepare(struct loader *loader) {
    struct boot_info *info = &loader->info;
    enum paging_result result = kernel_build_tables(loader);
    if (result != PAGING_OK) {
        return boot_fail(&loader->failure,
                         result == PAGING_NO_MEMORY ? BOOT_MEMORY_TOO_SMALL : BOOT_MEMORY_RANGE,
                         "page tables", NULL, loader->pool.used, loader->pool.pages, 0);
    }
    // What is left of the pool is free.
    uint64_t used = loader->pool.used * PAGING_PAGE_SIZE;
    enum boot_error error =
        memmap_set(&info->memory, loader->pool.base + used,
                   loader->pool.pages * PAGING_PAGE_SIZE - used, HELIOS_MEM_FREE, &loader->failure);
    if (error != BOOT_OK) {
        return error;
    }
    info->boot.page_table_root = (uint64_t)loader->paging.root;
    loader->handover.root = (uint64_t)loader->paging.root;
    loader->handover.boot = info->boot.direct_map_base + loader->block;
    loader->handover.entry = loader->kernel_image.entry;
    return boot_info_write(info, (void *)loader->block, loader->block_size, &loader->failure);
}
