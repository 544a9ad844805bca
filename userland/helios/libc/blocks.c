// SPDX-License-Identifier: MIT
//
// Blocks that musl's allocator maps for small objects come and go all the time. To unmap a page
// costs a system call, and every CPU that runs the process has to hear of it before that is over.
// So a few blocks stay mapped for who wants as many pages next; large ones go back at once.
#include <string.h>

#include "userland/helios/libc/glue.h"
#include "userland/helios/memory.h"
#include "userland/helios/sync.h"

enum { MOST_PAGES = 16, MOST_KEPT = 64 };

// Stands at the beginning of a block.
struct kept {
    struct kept *next;
};

static struct {
    struct helios_mutex lock; // guards the others
    uint64_t pages;           // of all that are kept
    struct kept *first[MOST_PAGES + 1];
} blocks;

static uint64_t pages_of(uint64_t bytes) {
    return bytes / HELIOS_PAGE_BYTES + (bytes % HELIOS_PAGE_BYTES != 0);
}

static struct kept *take(uint64_t pages) {
    helios_mutex_lock(&blocks.lock);
    struct kept *block = blocks.first[pages];
    if (block != NULL) {
        blocks.first[pages] = block->next;
        blocks.pages -= pages;
    }
    helios_mutex_unlock(&blocks.lock);
    return block;
}

// Returns whether there is room for it.
static bool keep(struct kept *block, uint64_t pages) {
    helios_mutex_lock(&blocks.lock);
    bool has_room = pages <= MOST_KEPT - blocks.pages;
    if (has_room) {
        block->next = blocks.first[pages];
        blocks.first[pages] = block;
        blocks.pages += pages;
    }
    helios_mutex_unlock(&blocks.lock);
    return has_room;
}

static void let_go(void) {
    for (uint64_t pages = 1; pages <= MOST_PAGES; pages++) {
        struct kept *block;
        while ((block = take(pages)) != NULL) {
            helios_pages_free(block);
        }
    }
}

void *helios_libc_block_new(uint64_t bytes) {
    uint64_t pages = pages_of(bytes);
    void *block = pages <= MOST_PAGES ? take(pages) : NULL;
    if (block != NULL) {
        memset(block, 0, pages * HELIOS_PAGE_BYTES);
        return block;
    }
    block = helios_pages_new(bytes, HELIOS_MAP_WRITE);
    if (block == NULL) {
        let_go();
        block = helios_pages_new(bytes, HELIOS_MAP_WRITE);
    }
    return block;
}

void helios_libc_block_free(void *block, uint64_t bytes) {
    uint64_t pages = pages_of(bytes);
    if (pages == 0 || pages > MOST_PAGES || !keep(block, pages)) {
        helios_pages_free(block);
    }
}
