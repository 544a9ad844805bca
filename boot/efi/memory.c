// SPDX-License-Identifier: GPL-3.0-only
#include "boot/efi/loader.h"

#include <string.h>

// Ranges by which the map may grow between asking for its size and leaving firmware.
enum {
    MEMORY_MAP_SLACK = 64,
};

static uint64_t memory_pages(uint64_t length) {
    return (length + EFI_PAGE_SIZE - 1) / EFI_PAGE_SIZE;
}

enum boot_error memory_allocate(struct loader *loader, uint64_t length, uint64_t align,
                                uint64_t limit, enum helios_mem_kind kind, uint64_t *base) {
    uint64_t pages = memory_pages(length);
    uint64_t extra = align > EFI_PAGE_SIZE ? align / EFI_PAGE_SIZE - 1 : 0;
    EFI_PHYSICAL_ADDRESS found = limit - 1;
    if (loader->place_count == LOADER_PLACES) {
        return boot_fail(&loader->failure, BOOT_TOO_MANY, "loader", "places", LOADER_PLACES + 1,
                         LOADER_PLACES, 0);
    }
    EFI_STATUS status =
        loader->services->AllocatePages(AllocateMaxAddress, EfiLoaderData, pages + extra, &found);
    if (status != EFI_SUCCESS) {
        return boot_fail(&loader->failure, BOOT_MEMORY_TOO_SMALL, "memory", NULL,
                         memmap_sum(&loader->info.memory, HELIOS_MEM_FREE),
                         (pages + extra) * EFI_PAGE_SIZE, 0);
    }
    uint64_t aligned = (found + align - 1) & ~(align - 1);
    uint64_t before = (aligned - found) / EFI_PAGE_SIZE;
    if (before > 0) {
        loader->services->FreePages(found, before);
    }
    if (extra > before) {
        loader->services->FreePages(aligned + pages * EFI_PAGE_SIZE, extra - before);
    }
    loader->places[loader->place_count++] =
        (struct loader_place){aligned, pages * EFI_PAGE_SIZE, kind};
    *base = aligned;
    return BOOT_OK;
}

void memory_free_all(struct loader *loader) {
    while (loader->place_count > 0) {
        struct loader_place *place = &loader->places[--loader->place_count];
        loader->services->FreePages(place->base, place->length / EFI_PAGE_SIZE);
    }
}

enum boot_error memory_prepare_map(struct loader *loader) {
    UINTN size = 0;
    UINT32 version = 0;
    EFI_STATUS status = loader->services->GetMemoryMap(&size, NULL, &loader->map_key,
                                                       &loader->map_stride, &version);
    if (status != EFI_BUFFER_TOO_SMALL || loader->map_stride < sizeof(EFI_MEMORY_DESCRIPTOR)) {
        return boot_fail(&loader->failure, BOOT_MEMORY_MAP_MISSING, "firmware", "GetMemoryMap",
                         status, EFI_BUFFER_TOO_SMALL, 0);
    }
    uint64_t base = 0;
    loader->map_room = size + MEMORY_MAP_SLACK * loader->map_stride;
    enum boot_error error =
        memory_allocate(loader, loader->map_room, EFI_PAGE_SIZE, loader->info.boot.direct_map_size,
                        HELIOS_MEM_FREE, &base);
    loader->map = (uint8_t *)base;
    return error;
}

enum boot_error memory_read_map(struct loader *loader) {
    UINT32 version = 0;
    loader->map_size = loader->map_room;
    EFI_STATUS status = loader->services->GetMemoryMap(
        &loader->map_size, (EFI_MEMORY_DESCRIPTOR *)(void *)loader->map, &loader->map_key,
        &loader->map_stride, &version);
    if (status != EFI_SUCCESS) {
        return boot_fail(&loader->failure, BOOT_MEMORY_MAP_MISSING, "firmware", "GetMemoryMap",
                         status, EFI_SUCCESS, 0);
    }
    return BOOT_OK;
}

// UEFI 2.10 table 7.10: what a type is after ExitBootServices.
static enum helios_mem_kind memory_kind(const EFI_MEMORY_DESCRIPTOR *entry) {
    switch (entry->Type) {
    case EfiLoaderCode:
    case EfiLoaderData:
    case EfiBootServicesCode:
    case EfiBootServicesData:
    case EfiConventionalMemory:
        // Not cacheable, or set aside for one device: not for general use.
        if ((entry->Attribute & EFI_MEMORY_WB) == 0 ||
            (entry->Attribute & HELIOS_EFI_MEMORY_SPECIAL) != 0) {
            return HELIOS_MEM_RESERVED;
        }
        return HELIOS_MEM_FREE;
    case EfiACPIReclaimMemory:
    case EfiACPIMemoryNVS:
        return HELIOS_MEM_ACPI;
    case EfiRuntimeServicesCode:
    case EfiRuntimeServicesData:
        return HELIOS_MEM_FIRMWARE;
    case EfiUnusableMemory:
        return HELIOS_MEM_BAD;
    case EfiMemoryMappedIO:
    case EfiMemoryMappedIOPortSpace:
        return HELIOS_MEM_MMIO;
    default:
        return HELIOS_MEM_RESERVED;
    }
}

enum boot_error memory_convert_map(struct loader *loader) {
    struct memmap *map = &loader->info.memory;
    map->count = 0;
    for (UINTN at = 0; at + loader->map_stride <= loader->map_size; at += loader->map_stride) {
        EFI_MEMORY_DESCRIPTOR entry;
        memcpy(&entry, loader->map + at, sizeof entry);
        enum boot_error error =
            memmap_add(map, entry.PhysicalStart, entry.NumberOfPages * EFI_PAGE_SIZE,
                       memory_kind(&entry), &loader->failure);
        if (error != BOOT_OK) {
            return error;
        }
    }
    for (unsigned i = 0; i < loader->place_count; i++) {
        const struct loader_place *place = &loader->places[i];
        enum boot_error error =
            memmap_set(map, place->base, place->length, place->kind, &loader->failure);
        if (error != BOOT_OK) {
            return error;
        }
    }
    // Firmware that draws into its own memory (ramfb) need not have set it aside.
    const struct helios_boot_framebuffer *display = &loader->info.boot.framebuffer;
    const struct helios_boot_memory *under = memmap_find(map, display->base);
    if (display->length != 0 && under != NULL && under->kind == HELIOS_MEM_FREE) {
        enum boot_error error =
            memmap_set(map, display->base, display->length, HELIOS_MEM_RESERVED, &loader->failure);
        if (error != BOOT_OK) {
            return error;
        }
    }
    return memmap_limit(map, loader->info.boot.direct_map_size, &loader->failure);
}
