// SPDX-License-Identifier: GPL-3.0-only
//
// Contiguous memory of which every page has its own capability.
#include <string.h>

#include "userland/helios/error.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/venus/driver/driver.h"

static uint64_t log2_of(uint64_t bytes) {
    uint64_t bits = 14;
    while (1ull << bits < bytes) {
        bits++;
    }
    return bits;
}

static void check(const struct driver *driver, const struct helios_answer *answer) {
    if (answer->status != HELIOS_OK) {
        driver_fail(driver, "has no memory to share: %s", helios_strerror(answer->status));
    }
}

// The pages of a Memory come in any order: each one is put where its address says.
static void sort_pages(const struct driver *driver, struct driver_pages *shared,
                       const uint64_t *pages, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        struct helios_answer place = helios_page_query(pages[i]);
        check(driver, &place);
        if (shared->dma.physical == 0) {
            shared->dma.physical = place.value & ~(shared->dma.length - 1);
        }
        uint64_t index = (place.value - shared->dma.physical) / HELIOS_PAGE_BYTES;
        if (index >= shared->count) {
            driver_fail(driver, "has memory that is not in one piece");
        }
        shared->pages[index] = pages[i];
    }
}

void driver_shared(const struct driver *driver, uint64_t bytes, struct driver_pages *shared) {
    uint64_t bits = log2_of(bytes);
    *shared = (struct driver_pages){.dma = {.length = 1ull << bits},
                                    .count = (uint32_t)((1ull << bits) / HELIOS_PAGE_BYTES)};
    struct helios_answer made = helios_make(HELIOS_TYPE_MEMORY, bits);
    check(driver, &made);
    uint64_t memory = made.value;
    shared->pages = helios_pages_new(shared->count * sizeof(uint64_t), HELIOS_MAP_WRITE);
    if (shared->pages == NULL) {
        driver_fail(driver, "has no memory for capabilities");
    }
    for (uint64_t done = 0; done < shared->count;) {
        uint64_t count = shared->count - done;
        count = count < HELIOS_MAX_CAPS ? count : HELIOS_MAX_CAPS;
        made = helios_memory_allocate(memory, HELIOS_TYPE_PAGE, 0, count);
        check(driver, &made);
        uint64_t pages[HELIOS_MAX_CAPS];
        memcpy(pages, helios_buffer->caps, count * sizeof(pages[0]));
        sort_pages(driver, shared, pages, count);
        done += count;
    }
    shared->dma.address = helios_pages_map(shared->pages, shared->count, HELIOS_MAP_WRITE, &made);
    check(driver, &made);
}
