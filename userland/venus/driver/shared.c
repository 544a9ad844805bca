// SPDX-License-Identifier: GPL-3.0-only
//
// Contiguous memory of which every page has its own capability.
#include <string.h>

#include "userland/helios/error.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"
#include "userland/venus/driver/driver.h"
#include "userland/venus/driver/pages.h"

static uint64_t log2_of(uint64_t bytes) {
    uint64_t bits = 14;
    while (1ull << bits < bytes) {
        bits++;
    }
    return bits;
}

// The pages of a Memory come in any order: each one is put where its address says.
static struct helios_answer sort_pages(struct driver_pages *shared, const uint64_t *pages,
                                       uint64_t count) {
    struct helios_answer place = {.status = HELIOS_OK};
    for (uint64_t i = 0; i < count; i++) {
        place = helios_page_query(pages[i]);
        if (place.status != HELIOS_OK) {
            return place;
        }
        if (shared->dma.physical == 0) {
            shared->dma.physical = place.value & ~(shared->dma.length - 1);
        }
        uint64_t index = (place.value - shared->dma.physical) / HELIOS_PAGE_BYTES;
        if (index >= shared->count) {
            return (struct helios_answer){.status = HELIOS_ERROR_RANGE}; // not in one piece
        }
        shared->pages[index] = pages[i];
    }
    return place;
}

static struct helios_answer fill(struct driver_pages *shared) {
    struct helios_answer made = {.status = HELIOS_OK};
    for (uint64_t done = 0; done < shared->count && made.status == HELIOS_OK;) {
        uint64_t count = shared->count - done;
        count = count < HELIOS_MAX_CAPS ? count : HELIOS_MAX_CAPS;
        made = helios_memory_allocate(shared->memory, HELIOS_TYPE_PAGE, 0, count);
        if (made.status == HELIOS_OK) {
            uint64_t pages[HELIOS_MAX_CAPS];
            memcpy(pages, helios_buffer->caps, count * sizeof(pages[0]));
            made = sort_pages(shared, pages, count);
        }
        done += count;
    }
    return made;
}

static void destroy(const struct driver_pages *shared) {
    helios_pages_free(shared->dma.address);
    helios_drop(shared->memory);
}

// The caller has filled in where the capabilities go.
static struct helios_answer make(uint64_t bits, struct driver_pages *shared) {
    struct helios_answer made = helios_make(HELIOS_TYPE_MEMORY, bits);
    if (made.status != HELIOS_OK) {
        return made;
    }
    shared->memory = made.value;
    shared->dma.length = 1ull << bits;
    shared->count = (uint32_t)(shared->dma.length / HELIOS_PAGE_BYTES);
    made = fill(shared);
    if (made.status == HELIOS_OK) {
        shared->dma.address =
            helios_pages_map(shared->pages, shared->count, HELIOS_MAP_WRITE, &made);
    }
    if (made.status != HELIOS_OK) {
        destroy(shared);
    }
    return made;
}

void driver_shared(const struct driver *driver, uint64_t bytes, struct driver_pages *shared) {
    uint64_t bits = log2_of(bytes);
    uint64_t count = (1ull << bits) / HELIOS_PAGE_BYTES;
    *shared = (struct driver_pages){
        .pages = helios_pages_new(count * sizeof(uint64_t), HELIOS_MAP_WRITE),
    };
    if (shared->pages == NULL) {
        driver_fail(driver, "has no memory for capabilities");
    }
    struct helios_answer made = make(bits, shared);
    if (made.status != HELIOS_OK) {
        driver_fail(driver, "has no memory to share: %s", helios_strerror(made.status));
    }
}

enum helios_error pages_kernel_make(uint32_t count, struct pages_memory *memory, uint64_t *pages) {
    struct driver_pages shared = {.pages = pages};
    struct helios_answer made = make(log2_of(count * HELIOS_PAGE_BYTES), &shared);
    *memory = (struct pages_memory){shared.memory, shared.dma.physical, shared.dma.address};
    return made.status;
}

void pages_kernel_destroy(struct pages_memory *memory) {
    helios_pages_free(memory->address);
    helios_drop(memory->memory);
}

bool pages_kernel_is_there(uint64_t token) {
    return helios_identify(token).value == HELIOS_TYPE_NOTIFICATION;
}

void pages_kernel_drop(uint64_t token) {
    helios_drop(token);
}
