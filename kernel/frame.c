// SPDX-License-Identifier: GPL-3.0-only
#include "kernel/frame.h"

#include <stddef.h>

#include "kernel/check.h"
#include "kernel/memory.h"

struct frame_range {
    uint64_t base;
    uint64_t end;
    struct frame *frames;
};

// Ascending. Written during boot only, so readers take no lock.
static struct frame_range ranges[FRAME_RANGES];
static uint32_t range_count;

void frame_reset(void) {
    range_count = 0;
}

bool frame_add_range(uint64_t base, uint64_t count, struct frame *frames) {
    CHECK((base & (KERNEL_PAGE_SIZE - 1)) == 0);
    if (range_count == FRAME_RANGES) {
        return false;
    }
    uint32_t at = range_count++;
    for (; at > 0 && ranges[at - 1].base > base; at--) {
        ranges[at] = ranges[at - 1];
    }
    ranges[at] = (struct frame_range){base, base + count * KERNEL_PAGE_SIZE, frames};
    CHECK(at == 0 || ranges[at - 1].end <= base);
    CHECK(at + 1 == range_count || ranges[at].end <= ranges[at + 1].base);
    return true;
}

struct frame *frame_at(uint64_t physical) {
    uint32_t low = 0;
    uint32_t high = range_count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        const struct frame_range *range = &ranges[middle];
        if (physical < range->base) {
            high = middle;
        } else if (physical >= range->end) {
            low = middle + 1;
        } else {
            return range->frames + (physical - range->base) / KERNEL_PAGE_SIZE;
        }
    }
    return NULL;
}
