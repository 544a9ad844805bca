// SPDX-License-Identifier: MIT
#include "userland/helios/ranges.h"

void helios_ranges_add(struct helios_ranges *ranges, struct helios_range *nodes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        nodes[i].next = ranges->spare;
        ranges->spare = &nodes[i];
    }
    ranges->spare_count += count;
}

// Puts a part behind *link. Returns false if there is no node.
static bool insert(struct helios_ranges *ranges, struct helios_range **link, uint64_t base,
                   uint64_t size) {
    struct helios_range *node = ranges->spare;
    if (node == NULL) {
        return false;
    }
    ranges->spare = node->next;
    ranges->spare_count--;
    *node = (struct helios_range){.base = base, .size = size, .next = *link};
    *link = node;
    return true;
}

// Rounds up; false if the result does not fit.
static bool align_up(uint64_t value, uint64_t alignment, uint64_t *result) {
    uint64_t mask = alignment - 1;
    *result = (value + mask) & ~mask;
    return *result >= value;
}

bool helios_ranges_take(struct helios_ranges *ranges, uint64_t size, uint64_t alignment,
                        uint64_t gap, uint64_t *address) {
    uint64_t low = ranges->base;
    for (struct helios_range **link = &ranges->taken;; link = &(*link)->next) {
        const struct helios_range *next = *link;
        uint64_t high = next != NULL ? next->base : ranges->end;
        uint64_t start;
        bool fits = size != 0 && low + gap >= low && align_up(low + gap, alignment, &start) &&
                    start <= high && high - start >= size && high - start - size >= gap;
        if (fits) {
            *address = start;
            return insert(ranges, link, start, size);
        }
        if (next == NULL) {
            return false;
        }
        low = next->base + next->size;
    }
}

bool helios_ranges_take_at(struct helios_ranges *ranges, uint64_t address, uint64_t size) {
    if (size == 0 || address < ranges->base || address > ranges->end ||
        ranges->end - address < size) {
        return false;
    }
    struct helios_range **link = &ranges->taken;
    while (*link != NULL && (*link)->base + (*link)->size <= address) {
        link = &(*link)->next;
    }
    if (*link != NULL && (*link)->base - address < size && (*link)->base >= address) {
        return false;
    }
    if (*link != NULL && (*link)->base < address) {
        return false;
    }
    return insert(ranges, link, address, size);
}

uint64_t helios_ranges_give(struct helios_ranges *ranges, uint64_t address) {
    for (struct helios_range **link = &ranges->taken; *link != NULL; link = &(*link)->next) {
        struct helios_range *node = *link;
        if (node->base == address) {
            uint64_t size = node->size;
            *link = node->next;
            helios_ranges_add(ranges, node, 1);
            return size;
        }
    }
    return 0;
}

const struct helios_range *helios_ranges_find(const struct helios_ranges *ranges,
                                              uint64_t address) {
    for (const struct helios_range *node = ranges->taken; node != NULL; node = node->next) {
        if (address - node->base < node->size) {
            return node;
        }
    }
    return NULL;
}

bool helios_ranges_is_free(const struct helios_ranges *ranges, uint64_t address, uint64_t size) {
    for (const struct helios_range *node = ranges->taken; node != NULL; node = node->next) {
        if (node->base < address ? address - node->base < node->size
                                 : node->base - address < size) {
            return false;
        }
    }
    return true;
}
