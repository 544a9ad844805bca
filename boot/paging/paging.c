// SPDX-License-Identifier: GPL-3.0-only
#include "boot/paging/paging.h"

#include "boot/info/memmap.h"

#include <stddef.h>

// Bytes that one entry of a table of this level maps.
static uint64_t paging_span(unsigned level) {
    return PAGING_PAGE_SIZE << (9 * (level - 1));
}

static unsigned paging_index(uint64_t virtual_address, unsigned level) {
    return (unsigned)(virtual_address / paging_span(level)) % PAGING_ENTRIES;
}

static uint64_t *paging_table(uint64_t physical) {
    // Loaders see memory one to one.
    return (uint64_t *)(uintptr_t)physical; // NOLINT(performance-no-int-to-ptr)
}

enum paging_result paging_begin(struct paging *paging) {
    paging->root = (uint64_t *)paging->allocate(paging->context);
    return paging->root == NULL ? PAGING_NO_MEMORY : PAGING_OK;
}

// Finds the entry of `level` for an address, making the tables on the way.
static enum paging_result paging_reach(struct paging *paging, uint64_t virtual_address,
                                       unsigned level, uint64_t **entry) {
    uint64_t *table = paging->root;
    for (unsigned at = paging->levels; at > level; at--) {
        uint64_t *link = &table[paging_index(virtual_address, at)];
        if (!paging->format->is_present(*link)) {
            void *fresh = paging->allocate(paging->context);
            if (fresh == NULL) {
                return PAGING_NO_MEMORY;
            }
            *link = paging->format->table((uintptr_t)fresh);
        } else if (paging->format->is_leaf(*link, at)) {
            return PAGING_CONFLICT;
        }
        table = paging_table(paging->format->address(*link));
    }
    *entry = &table[paging_index(virtual_address, level)];
    return paging->format->is_present(**entry) ? PAGING_CONFLICT : PAGING_OK;
}

static unsigned paging_largest_leaf(uint64_t virtual_address, uint64_t physical, uint64_t length,
                                    unsigned largest) {
    unsigned level = largest;
    while (level > 1 && (((virtual_address | physical) & (paging_span(level) - 1)) != 0 ||
                         length < paging_span(level))) {
        level--;
    }
    return level;
}

enum paging_result paging_map(struct paging *paging, uint64_t virtual_address, uint64_t physical,
                              uint64_t length, unsigned flags, unsigned largest) {
    if ((virtual_address | physical | length) % PAGING_PAGE_SIZE != 0) {
        return PAGING_UNALIGNED;
    }
    if ((flags & PAGING_WRITE) != 0 && (flags & PAGING_EXECUTE) != 0) {
        return PAGING_WRITE_EXECUTE;
    }
    if (largest > paging->largest_level) {
        largest = paging->largest_level;
    }
    while (length > 0) {
        unsigned level = paging_largest_leaf(virtual_address, physical, length, largest);
        uint64_t *entry = NULL;
        enum paging_result result = paging_reach(paging, virtual_address, level, &entry);
        if (result != PAGING_OK) {
            return result;
        }
        *entry = paging->format->leaf(physical, level, flags);
        virtual_address += paging_span(level);
        physical += paging_span(level);
        length -= paging_span(level);
    }
    return PAGING_OK;
}

enum paging_result paging_map_image(struct paging *paging, const struct elf_image *image,
                                    uint64_t physical) {
    for (uint32_t i = 0; i < image->segment_count; i++) {
        const struct elf_segment *segment = &image->segments[i];
        uint64_t lead = segment->vaddr % PAGING_PAGE_SIZE;
        uint64_t start = segment->vaddr - lead;
        uint64_t length =
            (lead + segment->memsz + PAGING_PAGE_SIZE - 1) / PAGING_PAGE_SIZE * PAGING_PAGE_SIZE;
        unsigned flags = PAGING_GLOBAL;
        flags |= (segment->flags & ELF_WRITE) != 0 ? PAGING_WRITE : 0u;
        flags |= (segment->flags & ELF_EXECUTE) != 0 ? PAGING_EXECUTE : 0u;
        enum paging_result result =
            paging_map(paging, start, physical + (start - image->low), length, flags, 1);
        if (result != PAGING_OK) {
            return result;
        }
    }
    return PAGING_OK;
}

// Finds the next run of mapped memory, neighbours of different kinds taken together: a large page
// may span them. *at is the index to go on from.
static bool paging_next_run(const struct helios_boot_memory *ranges, uint32_t count, uint32_t *at,
                            uint64_t *base, uint64_t *end) {
    while (*at < count && !memmap_is_mapped((enum helios_mem_kind)ranges[*at].kind)) {
        ++*at;
    }
    if (*at == count) {
        return false;
    }
    *base = ranges[*at].base;
    *end = *base;
    while (*at < count && memmap_is_mapped((enum helios_mem_kind)ranges[*at].kind) &&
           ranges[*at].base == *end) {
        *end += ranges[*at].length;
        ++*at;
    }
    return true;
}

enum paging_result paging_map_direct(struct paging *paging, const struct helios_boot_memory *ranges,
                                     uint32_t count, uint64_t base) {
    uint64_t start = 0;
    uint64_t end = 0;
    for (uint32_t at = 0; paging_next_run(ranges, count, &at, &start, &end);) {
        enum paging_result result = paging_map(paging, base + start, start, end - start,
                                               PAGING_WRITE | PAGING_GLOBAL, paging->largest_level);
        if (result != PAGING_OK) {
            return result;
        }
    }
    return PAGING_OK;
}

// Tables of `level` that the run [start, end) needs, those already counted (up to region
// *next - 1) left out. A table is needed for a region that no single larger leaf can map.
static uint64_t paging_count_level(const struct paging *paging, unsigned level, uint64_t start,
                                   uint64_t end, uint64_t *next) {
    uint64_t region = paging_span(level + 1);
    uint64_t first = start / region;
    uint64_t last = (end - 1) / region;
    bool whole_is_leaf = level < paging->largest_level;
    uint64_t count = 0;
    for (uint64_t i = first < *next ? *next : first; i <= last; i++) {
        bool partial = start > i * region || end - i * region < region;
        if (!whole_is_leaf || partial) {
            count++;
            *next = i + 1;
        }
        if (whole_is_leaf && i == first && last > first) {
            i = last - 1; // all between are whole
        }
    }
    return count;
}

uint64_t paging_count_direct(const struct paging *paging, const struct helios_boot_memory *ranges,
                             uint32_t count) {
    uint64_t tables = 0;
    for (unsigned level = 1; level < paging->levels; level++) {
        uint64_t start = 0;
        uint64_t end = 0;
        uint64_t next = 0;
        for (uint32_t at = 0; paging_next_run(ranges, count, &at, &start, &end);) {
            tables += paging_count_level(paging, level, start, end, &next);
        }
    }
    return tables;
}

bool paging_find(const struct paging *paging, uint64_t virtual_address, uint64_t *physical,
                 unsigned *level, unsigned *flags) {
    uint64_t *table = paging->root;
    for (unsigned at = paging->levels; at > 0; at--) {
        uint64_t entry = table[paging_index(virtual_address, at)];
        if (!paging->format->is_present(entry)) {
            return false;
        }
        if (at > 1 && !paging->format->is_leaf(entry, at)) {
            table = paging_table(paging->format->address(entry));
            continue;
        }
        if (physical != NULL) {
            *physical = paging->format->address(entry) + virtual_address % paging_span(at);
        }
        if (level != NULL) {
            *level = at;
        }
        if (flags != NULL) {
            *flags = paging->format->flags(entry);
        }
        return true;
    }
    return false;
}
