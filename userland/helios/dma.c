// SPDX-License-Identifier: MIT
//
// A Memory is one run of physical memory: what is made of it lies inside, page by page.
#include <string.h>

#include "uapi/object.h"
#include "userland/helios/memory.h"
#include "userland/helios/objects.h"

enum {
    MEMORY_LEAST_BITS = 14,
    MEMORY_MOST_BITS = 40,
};

static uint64_t bits_for(uint64_t bytes) {
    uint64_t bits = MEMORY_LEAST_BITS;
    while (bits < MEMORY_MOST_BITS && 1ull << bits < bytes) {
        bits++;
    }
    return bits;
}

// Where the run begins: the lowest of all its pages. Leaves them in place: each is mapped where
// its physical address says.
static struct helios_answer map_pages(const struct helios_dma *dma, uint64_t run,
                                      const uint64_t *pages, uint64_t count) {
    struct helios_answer answer = {.status = HELIOS_OK};
    for (uint64_t i = 0; i < count && answer.status == HELIOS_OK; i++) {
        answer = helios_page_query(pages[i]);
        uint64_t offset = answer.value & (run - 1);
        if (answer.status == HELIOS_OK && offset < dma->bytes) {
            answer = helios_vm_map(pages[i], (uintptr_t)dma->address + offset, HELIOS_MAP_WRITE);
        }
    }
    return answer;
}

// All pages of the run: only so it is known which one is where.
static struct helios_answer fill(struct helios_dma *dma, uint64_t run) {
    struct helios_answer answer = {.status = HELIOS_OK};
    for (uint64_t done = 0; done < run && answer.status == HELIOS_OK;) {
        uint64_t count = (run - done) / HELIOS_PAGE_BYTES;
        count = count < HELIOS_MAX_CAPS ? count : HELIOS_MAX_CAPS;
        answer = helios_memory_allocate(dma->memory, HELIOS_TYPE_PAGE, 0, count);
        if (answer.status == HELIOS_OK) {
            uint64_t pages[HELIOS_MAX_CAPS];
            memcpy(pages, helios_buffer->caps, count * sizeof(pages[0]));
            dma->physical = helios_page_query(pages[0]).value & ~(run - 1);
            answer = map_pages(dma, run, pages, count);
            // Those that are mapped stay; the others would be handed out again.
            helios_cspace_destroy(helios_environment.cspace, pages, (uint32_t)count);
            done += count * HELIOS_PAGE_BYTES;
        }
    }
    return answer;
}

struct helios_answer helios_dma_new(uint64_t bytes, struct helios_dma *dma) {
    uint64_t run = 1ull << bits_for(bytes);
    *dma = (struct helios_dma){.bytes = run};
    dma->address = (void *)(uintptr_t)helios_vm_reserve(run, 0);
    if (dma->address == NULL || bytes > run) {
        helios_dma_free(dma);
        return (struct helios_answer){.status = HELIOS_ERROR_NO_MEMORY};
    }
    struct helios_answer answer = helios_make(HELIOS_TYPE_MEMORY, bits_for(bytes));
    if (answer.status == HELIOS_OK) {
        dma->memory = answer.value;
        answer = fill(dma, run);
    }
    if (answer.status != HELIOS_OK) {
        helios_dma_free(dma);
    }
    return answer;
}

void helios_dma_free(struct helios_dma *dma) {
    if (dma->address != NULL) {
        helios_vm_release((uintptr_t)dma->address);
    }
    helios_drop(dma->memory);
    *dma = (struct helios_dma){0};
}
