// SPDX-License-Identifier: GPL-3.0-only
#include "boot/info/memmap.h"

#include <string.h>

// All arithmetic is in page numbers, so that the end of the address space (2^52 pages) fits.
// A struct span is [first, end).
struct span {
    uint64_t first;
    uint64_t end;
};

#define PAGE_SHIFT 12
#define LAST_PAGE  ((1ull << (64 - PAGE_SHIFT)) - 1) // never in the map, see memmap.h

static const char *const name = "memory map";

static struct span span_of(const struct helios_boot_memory *range) {
    return (struct span){
        .first = range->base >> PAGE_SHIFT,
        .end = (range->base + range->length) >> PAGE_SHIFT,
    };
}

static struct helios_boot_memory range_of(struct span span, uint32_t kind, uint32_t node) {
    return (struct helios_boot_memory){
        .base = span.first << PAGE_SHIFT,
        .length = (span.end - span.first) << PAGE_SHIFT,
        .kind = kind,
        .node = node,
    };
}

// Bytes to pages. An empty span comes out with end <= first.
static enum boot_error span_from_bytes(uint64_t base, uint64_t length, bool inwards,
                                       struct span *span, struct boot_failure *failure) {
    const uint64_t mask = MEMMAP_PAGE_SIZE - 1;
    if (length == 0) {
        *span = (struct span){0, 0};
        return BOOT_OK;
    }
    uint64_t last = base + (length - 1);
    if (last < base) {
        return boot_fail(failure, BOOT_MEMORY_RANGE, name, NULL, length, 0, base);
    }
    span->first = base >> PAGE_SHIFT;
    span->end = (last >> PAGE_SHIFT) + 1;
    if (inwards && (base & mask) != 0) {
        span->first++;
    }
    if (inwards && (last & mask) != mask) {
        span->end--;
    }
    if (span->end > LAST_PAGE) {
        span->end = LAST_PAGE;
    }
    return BOOT_OK;
}

// Index of the first range that ends after `page`; count if there is none.
static uint32_t find_index(const struct memmap *map, uint64_t page) {
    uint32_t low = 0;
    uint32_t high = map->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (span_of(&map->ranges[middle]).end <= page) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static bool mergeable(const struct helios_boot_memory *a, const struct helios_boot_memory *b) {
    return a->base + a->length == b->base && a->kind == b->kind && a->node == b->node;
}

static void remove_at(struct memmap *map, uint32_t index) {
    memmove(&map->ranges[index], &map->ranges[index + 1],
            (map->count - index - 1) * sizeof(map->ranges[0]));
    map->count--;
}

// Put the n ranges at `parts` in the place of `replaced` ranges from `index` on. The caller has
// made sure of room.
static void replace_at(struct memmap *map, uint32_t index, uint32_t replaced,
                       const struct helios_boot_memory *parts, uint32_t n) {
    memmove(&map->ranges[index + n], &map->ranges[index + replaced],
            (map->count - index - replaced) * sizeof(map->ranges[0]));
    memcpy(&map->ranges[index], parts, n * sizeof(parts[0]));
    map->count = map->count + n - replaced;
}

// Merge neighbours among the ranges [first, last], which are the only ones that changed.
static void merge(struct memmap *map, uint32_t first, uint32_t last) {
    uint32_t index = first > 0 ? first - 1 : 0;
    uint32_t left = last - index + 1;
    for (; left > 0 && index + 1 < map->count; left--) {
        if (mergeable(&map->ranges[index], &map->ranges[index + 1])) {
            map->ranges[index].length += map->ranges[index + 1].length;
            remove_at(map, index + 1);
        } else {
            index++;
        }
    }
}

// How one change treats what is there already.
struct paint {
    uint32_t kind;
    uint32_t node;
    bool keep_restrictive; // a more restrictive kind stays
    bool fill_holes;       // what was not in the map becomes `kind`
    bool node_only;        // set the node, keep the kind
};

static struct helios_boot_memory painted(const struct helios_boot_memory *old, struct span span,
                                         const struct paint *paint) {
    if (paint->node_only) {
        return range_of(span, old->kind, paint->node);
    }
    return range_of(span, paint->kind, old->node);
}

static bool leaves_alone(const struct helios_boot_memory *old, const struct paint *paint) {
    return paint->keep_restrictive && old->kind >= paint->kind;
}

// Paint the part of range `index` that lies in `span`. Returns how many ranges it is now.
static uint32_t paint_range(struct memmap *map, uint32_t index, struct span span,
                            const struct paint *paint) {
    const struct helios_boot_memory old = map->ranges[index];
    const struct span whole = span_of(&old);
    const struct span middle = {
        .first = whole.first > span.first ? whole.first : span.first,
        .end = whole.end < span.end ? whole.end : span.end,
    };
    struct helios_boot_memory parts[3];
    uint32_t n = 0;
    if (whole.first < middle.first) {
        parts[n++] = range_of((struct span){whole.first, middle.first}, old.kind, old.node);
    }
    parts[n++] = painted(&old, middle, paint);
    if (middle.end < whole.end) {
        parts[n++] = range_of((struct span){middle.end, whole.end}, old.kind, old.node);
    }
    replace_at(map, index, 1, parts, n);
    return n;
}

// Most ranges that painting `span` can add: one for each hole in it, and two where it splits.
static uint32_t growth(const struct memmap *map, struct span span) {
    uint32_t extra = 3;
    for (uint32_t i = find_index(map, span.first);
         i < map->count && span_of(&map->ranges[i]).first < span.end; i++) {
        extra++;
    }
    return extra;
}

// The sweep of one change: ranges and holes of `span` in order of address. Ranges are merged only
// afterwards, so the map grows for a while by up to growth(); paint_map has made room for that.
static void sweep(struct memmap *map, struct span span, const struct paint *paint) {
    uint32_t index = find_index(map, span.first);
    const uint32_t start = index;
    uint64_t page = span.first;
    while (page < span.end) {
        struct span next = {span.end, span.end};
        if (index < map->count) {
            next = span_of(&map->ranges[index]);
        }
        if (page < next.first) { // a hole
            struct span hole = {page, next.first < span.end ? next.first : span.end};
            if (paint->fill_holes) {
                struct helios_boot_memory part = range_of(hole, paint->kind, 0);
                replace_at(map, index, 0, &part, 1);
                index++;
            }
            page = hole.end;
            continue;
        }
        if (leaves_alone(&map->ranges[index], paint)) {
            index++;
        } else {
            index += paint_range(map, index, span, paint);
        }
        page = next.end;
    }
    merge(map, start, index);
}

static uint32_t free_slots(const struct memmap *map) {
    return MEMMAP_CAPACITY - map->count;
}

static enum boot_error paint_map(struct memmap *map, struct span span, const struct paint *paint,
                                 struct boot_failure *failure) {
    if (span.end <= span.first) {
        return BOOT_OK;
    }
    if (free_slots(map) < growth(map, span)) {
        return boot_fail(failure, BOOT_MEMORY_MAP_FULL, name, NULL, map->count, MEMMAP_CAPACITY,
                         span.first << PAGE_SHIFT);
    }
    sweep(map, span, paint);
    return BOOT_OK;
}

enum boot_error memmap_add(struct memmap *map, uint64_t base, uint64_t length,
                           enum helios_mem_kind kind, struct boot_failure *failure) {
    const struct paint paint = {.kind = kind, .keep_restrictive = true, .fill_holes = true};
    struct span span = {0, 0};
    enum boot_error error = span_from_bytes(base, length, kind == HELIOS_MEM_FREE, &span, failure);
    return error != BOOT_OK ? error : paint_map(map, span, &paint, failure);
}

enum boot_error memmap_set(struct memmap *map, uint64_t base, uint64_t length,
                           enum helios_mem_kind kind, struct boot_failure *failure) {
    const struct paint paint = {.kind = kind, .fill_holes = true};
    struct span span = {0, 0};
    enum boot_error error = span_from_bytes(base, length, kind == HELIOS_MEM_FREE, &span, failure);
    return error != BOOT_OK ? error : paint_map(map, span, &paint, failure);
}

enum boot_error memmap_set_node(struct memmap *map, uint64_t base, uint64_t length, uint32_t node,
                                struct boot_failure *failure) {
    const struct paint paint = {.node = node, .node_only = true};
    struct span span = {0, 0};
    enum boot_error error = span_from_bytes(base, length, true, &span, failure);
    return error != BOOT_OK ? error : paint_map(map, span, &paint, failure);
}

enum boot_error memmap_limit(struct memmap *map, uint64_t limit, struct boot_failure *failure) {
    const uint64_t page = limit >> PAGE_SHIFT;
    const struct paint paint = {.kind = HELIOS_MEM_BEYOND};
    for (uint32_t i = find_index(map, page); i < map->count; i++) {
        const struct helios_boot_memory *range = &map->ranges[i];
        if (!memmap_is_mapped((enum helios_mem_kind)range->kind)) {
            continue;
        }
        struct span span = span_of(range);
        if (span.first < page) {
            span.first = page;
        }
        enum boot_error error = paint_map(map, span, &paint, failure);
        if (error != BOOT_OK) {
            return error;
        }
        i = find_index(map, span.end - 1); // merging may have moved it
    }
    return BOOT_OK;
}

// The part of a free range that an allocation in [least, limit) may use.
static bool usable(const struct helios_boot_memory *range, struct span bounds, struct span *span) {
    *span = span_of(range);
    if (span->first < bounds.first) {
        span->first = bounds.first;
    }
    if (span->end > bounds.end) {
        span->end = bounds.end;
    }
    return range->kind == HELIOS_MEM_FREE && span->first < span->end;
}

// What to allocate, in pages.
struct request {
    uint64_t pages;
    uint64_t align;
    struct span bounds;
    bool low;
};

// Place the request in one span, as low or as high as it may.
static bool place(struct span span, const struct request *request, uint64_t *page) {
    if (span.end - span.first < request->pages) {
        return false;
    }
    uint64_t mask = request->align - 1;
    uint64_t place =
        request->low ? (span.first + mask) & ~mask : (span.end - request->pages) & ~mask;
    *page = place;
    return place >= span.first && place <= span.end - request->pages;
}

static bool search(const struct memmap *map, const struct request *request, uint64_t *page,
                   uint64_t *largest) {
    bool found = false;
    *largest = 0;
    for (uint32_t i = 0; i < map->count; i++) {
        struct span span = {0, 0};
        if (!usable(&map->ranges[i], request->bounds, &span)) {
            continue;
        }
        if (span.end - span.first > *largest) {
            *largest = span.end - span.first;
        }
        uint64_t here;
        if (place(span, request, &here)) {
            *page = here;
            found = true;
            if (request->low) {
                return true;
            }
        }
    }
    return found;
}

static enum boot_error allocate(struct memmap *map, uint64_t length, struct request request,
                                enum helios_mem_kind kind, uint64_t *base,
                                struct boot_failure *failure) {
    uint64_t page = 0;
    uint64_t largest = 0;
    request.pages = (length >> PAGE_SHIFT) + ((length & (MEMMAP_PAGE_SIZE - 1)) != 0);
    if (request.pages == 0 || !search(map, &request, &page, &largest)) {
        return boot_fail(failure, BOOT_MEMORY_TOO_SMALL, "memory", NULL, largest << PAGE_SHIFT,
                         length, 0);
    }
    *base = page << PAGE_SHIFT;
    return memmap_set(map, *base, request.pages << PAGE_SHIFT, kind, failure);
}

static struct request request_of(uint64_t align, uint64_t least, uint64_t limit, bool low) {
    const uint64_t mask = MEMMAP_PAGE_SIZE - 1;
    return (struct request){
        .pages = 0,
        .align = align > MEMMAP_PAGE_SIZE ? align >> PAGE_SHIFT : 1,
        .bounds = {(least >> PAGE_SHIFT) + ((least & mask) != 0), limit >> PAGE_SHIFT},
        .low = low,
    };
}

enum boot_error memmap_alloc(struct memmap *map, uint64_t length, uint64_t align, uint64_t least,
                             uint64_t limit, enum helios_mem_kind kind, uint64_t *base,
                             struct boot_failure *failure) {
    return allocate(map, length, request_of(align, least, limit, false), kind, base, failure);
}

enum boot_error memmap_alloc_low(struct memmap *map, uint64_t length, uint64_t align,
                                 uint64_t least, uint64_t limit, enum helios_mem_kind kind,
                                 uint64_t *base, struct boot_failure *failure) {
    return allocate(map, length, request_of(align, least, limit, true), kind, base, failure);
}

const struct helios_boot_memory *memmap_find(const struct memmap *map, uint64_t address) {
    uint32_t index = find_index(map, address >> PAGE_SHIFT);
    if (index == map->count || map->ranges[index].base > address) {
        return NULL;
    }
    return &map->ranges[index];
}

bool memmap_covers(const struct memmap *map, uint64_t base, uint64_t length, uint32_t kinds) {
    struct span span = {0, 0};
    if (span_from_bytes(base, length, false, &span, NULL) != BOOT_OK) {
        return false;
    }
    uint64_t page = span.first;
    for (uint32_t i = find_index(map, page); page < span.end; i++) {
        if (i == map->count || span_of(&map->ranges[i]).first > page ||
            ((1u << map->ranges[i].kind) & kinds) == 0) {
            return false;
        }
        page = span_of(&map->ranges[i]).end;
    }
    return true;
}

uint64_t memmap_sum(const struct memmap *map, enum helios_mem_kind kind) {
    uint64_t sum = 0;
    for (uint32_t i = 0; i < map->count; i++) {
        if (map->ranges[i].kind == kind) {
            sum += map->ranges[i].length;
        }
    }
    return sum;
}

uint64_t memmap_top(const struct memmap *map) {
    for (uint32_t i = map->count; i > 0; i--) {
        const struct helios_boot_memory *range = &map->ranges[i - 1];
        if (memmap_is_mapped((enum helios_mem_kind)range->kind)) {
            return range->base + range->length;
        }
    }
    return 0;
}

bool memmap_is_mapped(enum helios_mem_kind kind) {
    switch (kind) {
    case HELIOS_MEM_FREE:
    case HELIOS_MEM_PAGE_TABLE:
    case HELIOS_MEM_BOOT_INFO:
    case HELIOS_MEM_MODULE:
    case HELIOS_MEM_ACPI:
    case HELIOS_MEM_FIRMWARE:
        return true;
    case HELIOS_MEM_KERNEL:
    case HELIOS_MEM_RESERVED:
    case HELIOS_MEM_MMIO:
    case HELIOS_MEM_BAD:
    case HELIOS_MEM_BEYOND:
        break;
    }
    return false;
}
